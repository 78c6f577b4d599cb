"""Subsequence DTW: where in a stream templates occur, one after the other, with idle time between.

Every frame costs something whichever way it is explained: `cost[k, j]` as sample j of template k,
`idle` as no part of any. The cheapest explanation of the whole stream is a chain of templates, each
passed from its first sample to its last, and idle frames. It is found in one pass: a template is
entered at the cost of the best chain so far, and when one is left at a lower cost than that of
idling on, the chain becomes the best. So two repetitions are never taken for a slow one.

One step over a template is a cumulative sum and a running minimum: with the cheapest way `enter[j]`
into each sample from the frame before, D[j] = min(enter[j], D[j-1] + cost[j]), and with C the
cumulative sum of the costs, D - C is the running minimum of enter - C.

References
----------
Y. Sakurai, C. Faloutsos and M. Yamamuro, "Stream monitoring under the time warping distance",
ICDE 2007 (the start of each path is carried along with its cost).
H. Ney, "The use of a one-stage dynamic programming algorithm for connected word recognition",
IEEE Trans. ASSP 32(2), 1984.
"""

from __future__ import annotations

import numpy as np

from dtwcoach.pose import FloatArray

UNKNOWN_SHARE = 0.5
"""A frame in which features of less than this weight are known cannot be compared."""


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


class Spotter:
    """The best chain of templates up to the present frame.

    Memory, and time per frame, depend on the templates alone.

    Parameters
    ----------
    lengths : tuple of int
        Samples of each template.
    """

    def __init__(self, lengths: tuple[int, ...]) -> None:
        shape = (len(lengths), max(lengths))
        # Costs relative to the best chain's; a template's first column is the chain to enter from.
        self._reached = np.full((shape[0], shape[1] + 1), np.inf)
        self._reached[:, 0] = 0.0
        self._begun = np.zeros(self._reached.shape, dtype=np.int64)
        self._sample = np.arange(shape[1])
        self._row = np.arange(shape[0])
        self._last = np.array(lengths)
        self.frame = 0

    def step(self, cost: FloatArray, idle: FloatArray) -> tuple[int, int] | None:
        """Take in one frame.

        Parameters
        ----------
        cost : (template, samples) float
            Of the frame; finite, anything beyond a template's length.
        idle : (template,) float
            What the frame costs as no part of that template.

        Returns
        -------
        (template, start) or None
            The template that the best chain leaves with this frame, and the frame at which it
            entered it; None where the best chain idles.
        """
        reached, begun = self._reached, self._begun
        begun[:, 0] = self.frame
        onward = reached[:, :-1] < reached[:, 1:]
        enter = np.minimum(reached[:, :-1], reached[:, 1:])
        origin = np.where(onward, begun[:, :-1], begun[:, 1:])
        climbed = np.cumsum(cost, axis=1)
        enter += cost
        enter -= climbed + idle[:, None]
        lowest = np.minimum.accumulate(enter, axis=1)
        since = np.maximum.accumulate(np.where(enter <= lowest, self._sample, 0), axis=1)
        np.add(lowest, climbed, out=reached[:, 1:])
        begun[:, 1:] = np.take_along_axis(origin, since, axis=1)
        self.frame += 1
        ends = reached[self._row, self._last]
        best = int(ends.argmin())
        if ends[best] >= 0.0:
            return None
        start = int(begun[best, self._last[best]])
        reached[:, 1:] -= ends[best]
        return best, start
