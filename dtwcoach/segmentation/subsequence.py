"""Subsequence DTW: where in a long series a template occurs, with open start and open end.

Every frame costs something whichever way it is explained: `cost[t, j]` as sample j of the template,
`idle[t]` as no part of it. What a warping path has gained over idleness is what is minimised, so
that paths of different length and place compare, and the best of them below zero is a match.

Offline one sample of the template is taken at a time, for all frames at once; in a stream one frame
at a time, for all samples at once. The step along the vectorised axis is a cumulative sum and a
running minimum: with D[t] = min(enter[t], D[t-1] + c[t]) and C the cumulative sum of c,
D - C is the running minimum of enter - C.

References
----------
Y. Sakurai, C. Faloutsos and M. Yamamuro, "Stream monitoring under the time warping distance",
ICDE 2007 (SPRING: the start of each path is carried along with its cost).
M. Mueller, "Information retrieval for music and motion", chapter 4, Springer 2007.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.pose import FloatArray, IntArray

UNKNOWN_SHARE = 0.5
"""A frame in which features of less than this weight are known cannot be compared."""


@dataclass(frozen=True, eq=False)
class Occurrences:
    """The best path of a template that ends at each frame.

    Parameters
    ----------
    gain : (time,) float
        Cost of the path less the cost of idleness in the same frames; below zero is a match.
    start : (time,) int
        Frame at which the path begins; it ends, inclusive, at its own index.
    """

    gain: FloatArray
    start: IntArray


def frame_costs(values: FloatArray, template: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the distance of every frame to every sample of a template.

    The root of the weighted mean square over the features known in the frame.

    Parameters
    ----------
    values : (time, feature) float
        NaN where not known.
    template : (samples, feature) float
        Finite.
    weight : (feature,) float
        0 and above.

    Returns
    -------
    (time, samples) float
        NaN where features of less than half of the weight are known.
    """
    known = np.isfinite(values)
    x = np.where(known, values, 0.0)
    # (x - y)^2 multiplied out, so that the work is three matrix products.
    total = known @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(total >= UNKNOWN_SHARE * weight.sum(), 1.0 / total, np.nan)
    square = ((x * x) @ weight)[:, None] - (x * weight) @ (2.0 * template.T)
    square += (known * weight) @ (template * template).T
    square *= scale[:, None]
    return np.asarray(np.sqrt(np.maximum(square, 0.0, out=square), out=square))


def search(cost: FloatArray, idle: FloatArray) -> Occurrences:
    """Find the best path of a template through all of its samples that ends at each frame.

    A path moves forward in time, in the template, or in both. A frame's idleness is saved once,
    when the path enters the frame.

    Parameters
    ----------
    cost : (time, samples) float
        Finite; see `frame_costs`.
    idle : (time,) float

    Returns
    -------
    Occurrences
    """
    frames = np.arange(len(cost))
    reached = np.full(len(cost) + 1, np.inf)  # of the sample before, from before the first frame
    begun = np.zeros(len(cost) + 1, dtype=np.int64)
    column = np.ascontiguousarray(cost.T)
    for j, own in enumerate(column):
        moved = own - idle
        if j == 0:
            enter, origin = moved, frames
        else:
            onward, upward = reached[:-1] + moved, reached[1:] + own
            enter = np.minimum(onward, upward)
            origin = np.where(onward < upward, begun[:-1], begun[1:])
        stayed = np.cumsum(moved)
        level = enter - stayed
        lowest = np.minimum.accumulate(level)
        since = np.maximum.accumulate(np.where(level <= lowest, frames, 0))
        reached[1:] = lowest + stayed
        begun[1:] = origin[since]
    return Occurrences(reached[1:], begun[1:])


class Tracker:
    """The same, for frames that arrive one by one and several templates at once.

    Memory and time per frame depend on the templates alone.

    Parameters
    ----------
    lengths : sequence of int
        Samples of each template.
    """

    def __init__(self, lengths: tuple[int, ...]) -> None:
        shape = (len(lengths), max(lengths))
        self._reached = np.full(shape, np.inf)
        self._begun = np.zeros(shape, dtype=np.int64)
        self._last = np.array(lengths) - 1
        self._rows = np.arange(len(lengths))
        self._samples = np.arange(shape[1])
        self._frame = 0

    def step(self, cost: FloatArray, idle: float) -> tuple[FloatArray, IntArray]:
        """Take in one frame.

        Parameters
        ----------
        cost : (template, samples) float
            Of the frame against every sample; anything beyond a template's length.
        idle : float

        Returns
        -------
        gain, start : (template,)
            As in `Occurrences`, of the paths that end at this frame.
        """
        before, begun = self._reached, self._begun
        diagonal, origin = np.empty_like(before), np.empty_like(begun)
        diagonal[:, 0], origin[:, 0] = 0.0, self._frame
        diagonal[:, 1:], origin[:, 1:] = before[:, :-1], begun[:, :-1]
        stays = before < diagonal
        enter = np.where(stays, before, diagonal) + (cost - idle)
        origin = np.where(stays, begun, origin)
        climbed = np.cumsum(cost, axis=1)
        level = enter - climbed
        lowest = np.minimum.accumulate(level, axis=1)
        since = np.maximum.accumulate(np.where(level <= lowest, self._samples, 0), axis=1)
        self._reached = lowest + climbed
        self._begun = np.take_along_axis(origin, since, axis=1)
        self._frame += 1
        return self._reached[self._rows, self._last], self._begun[self._rows, self._last]
