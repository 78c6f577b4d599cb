"""Which of several ways to do a movement an execution is: as it should be, too fast, too small.

A warped distance does not say: it forgives tempo, which is all that tells one kind from another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.subsequence import frame_costs

LEAST_SPREAD = 0.1
"""Kinds that differ by less than about a tenth in time, or in size, are not told apart by it."""


def nearest_kind(values: FloatArray, kinds: Sequence[FloatArray]) -> int:
    """Find the kind most like an execution in how long it takes and how far it goes.

    How long: the spread in time of its movement, which hardly depends on where it is cut. How far:
    the largest distance between any two of its frames, which no offset changes. Both as ratios
    (their logarithms), over their spread among the kinds, so that what sets the kinds apart decides.

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
        raise ValueError(
            "One frame, NaN or infinity arrived; needed whole executions without gaps."
        )
    variances = np.array([kind.var(axis=0) for kind in kinds])
    if not variances.any(axis=1).all():
        raise ValueError("An execution arrived as a kind in which nothing moves.")
    weight = (variances / variances.sum(axis=1, keepdims=True)).mean(axis=0)
    known = np.array([_measures(kind, weight) for kind in kinds])
    spread = np.maximum(known.std(axis=0), LEAST_SPREAD)
    return int((((known - _measures(values, weight)) / spread) ** 2).sum(axis=1).argmin())


def _measures(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Logarithms of time and size."""
    tiny = np.finfo(float).tiny
    moved = np.sqrt(np.diff(values, axis=0) ** 2 @ weight) + tiny
    at = np.arange(len(moved))
    middle = np.average(at, weights=moved)
    variance = np.average((at - middle) ** 2, weights=moved) + 1.0 / 12.0  # a step takes a frame
    size = frame_costs(values, values, weight).max()
    return np.log([np.sqrt(variance), max(size, tiny)])
