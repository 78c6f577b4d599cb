"""Which of several ways to do a movement an execution is: as it should be, too fast, too small.

A warped distance does not say: it forgives tempo, which may be all that tells one from another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.motion.features import resample
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.subsequence import frame_costs

LEAST_SPREAD = 0.1
"""Kinds that are less than about a tenth apart in something are not told apart by it."""
SAMPLES = 30


def nearest_kind(values: FloatArray, kinds: Sequence[FloatArray]) -> int:
    """Find the kind most like an execution in how long it takes, how far it goes, and its course.

    - How long: the spread in time of its movement, which hardly depends on where it is cut.
    - How far: the largest distance between any two of its frames. Both count as ratios.
    - Its course: about its own mean, stretched to a common length.

    Each over its spread among the kinds, so that what sets them apart decides; offsets never do.

    Parameters
    ----------
    values : (time, feature) float
        One execution, with differences that count as equally large in all features; finite.
    kinds : sequence of (time, feature) float
        An execution of each kind, at the same rate and cut in the same way.

    Returns
    -------
    int
        Number of the kind; the first of equally near ones.

    Raises
    ------
    ValueError
        When there is one frame only, a value is not finite or a kind does not move.

    Examples
    --------
    >>> swing = np.sin(np.linspace(0.0, np.pi, 40))[:, None]
    >>> nearest_kind(1.1 * swing[::2] + 5.0, [swing, swing[::2], 0.5 * swing])
    1
    """
    if not all(len(each) > 1 and np.isfinite(each).all() for each in (values, *kinds)):
        raise ValueError("One frame, NaN or infinity arrived; needed executions without gaps.")
    variances = np.array([kind.var(axis=0) for kind in kinds])
    if not variances.any(axis=1).all():
        raise ValueError("An execution arrived as a kind in which nothing moves.")
    weight = (variances / variances.sum(axis=1, keepdims=True)).mean(axis=0)

    def apart(courses: FloatArray, other: FloatArray) -> FloatArray:
        """Mean square of what lies between courses."""
        return np.asarray(((courses - other) ** 2 @ weight).mean(axis=-1))

    ratios = np.array([_ratios(kind, weight) for kind in kinds])
    courses = np.array([_course(kind) for kind in kinds])
    spread = np.maximum(ratios.std(axis=0), LEAST_SPREAD)
    size = apart(courses, np.zeros(courses.shape[1:])).mean()
    variance = max(apart(courses, courses.mean(axis=0)).mean(), LEAST_SPREAD**2 * size)
    far = (((ratios - _ratios(values, weight)) / spread) ** 2).sum(axis=1)
    return int((far + apart(courses, _course(values)) / variance).argmin())


def _ratios(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Logarithms of time and size: their differences are ratios."""
    tiny = np.finfo(float).tiny
    moved = np.sqrt(np.diff(values, axis=0) ** 2 @ weight) + tiny
    at = np.arange(len(moved))
    middle = np.average(at, weights=moved)
    variance = np.average((at - middle) ** 2, weights=moved) + 1.0 / 12.0  # a step takes a frame
    size = frame_costs(values, values, weight).max()
    return np.log([np.sqrt(variance), max(size, tiny)])


def _course(values: FloatArray) -> FloatArray:
    course = resample(values, SAMPLES)
    return np.asarray(course - course.mean(axis=0))
