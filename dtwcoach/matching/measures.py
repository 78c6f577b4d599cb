"""Three ways in which an execution of a movement differs from another, feature by feature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.matching.dtw import pairwise
from dtwcoach.pose import FloatArray

MEASURES = ("course", "shape", "range")
"""The feature's course under dynamic time warping; its shape alone, each course less its mean,
since people who do the same stand differently, and a camera's view shifts what it sees; and its
range of motion."""


def column_names(features: Sequence[str]) -> tuple[str, ...]:
    """Name the columns of `between`: all features by course, then by shape, then by range.

    >>> column_names(["left_knee_angle"])
    ('left_knee_angle', 'left_knee_angle shape', 'left_knee_angle range')
    """
    return (*features, *(f"{name} {measure}" for measure in MEASURES[1:] for name in features))


def between(
    attempts: FloatArray, references: FloatArray, *, radius: int, course_only: bool = False
) -> FloatArray:
    """Distances of executions to references by every measure.

    Parameters
    ----------
    attempts : (rep, samples, feature) float
    references : (reference, samples, feature) float
    radius : int
        Sakoe-Chiba radius in samples.
    course_only : bool
        Leave out shape and range.

    Returns
    -------
    (rep, reference, column) float
        In the features' units, columns as in `column_names`; NaN where a feature was not seen.
    """
    course = pairwise(attempts, references, radius=radius)
    if course_only:
        return course
    shape = pairwise(_centred(attempts), _centred(references), radius=radius)
    ranges = np.abs(np.ptp(attempts, axis=1)[:, None] - np.ptp(references, axis=1)[None])
    return np.concatenate([course, shape, ranges], axis=2)


def nearest(distances: FloatArray) -> FloatArray:
    """Smallest distance over the references, column by column; NaN where there is none.

    Parameters
    ----------
    distances : (rep, reference, column) float
    """
    filled = np.where(np.isnan(distances), np.inf, distances)
    least = filled.min(axis=1, initial=np.inf)
    return np.where(np.isinf(least), np.nan, least)


def _centred(curves: FloatArray) -> FloatArray:
    return np.asarray(curves - curves.mean(axis=1, keepdims=True))
