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
        rows, columns = len(lengths), max(lengths) + 1
        # Each number is a cost, relative to the best chain's, and in its imaginary part the frame
        # in which the template was entered: NumPy orders them by the cost, then by the frame.
        reached = np.full((rows, columns), np.inf, dtype=np.complex128)
        reached[:, 0] = 0.0
        # A template's first column is the chain to enter it from.
        self._chain, self._before, self._after = reached[:, 0], reached[:, :-1], reached[:, 1:]
        self._enter = np.empty_like(self._after)
        self._reached = reached
        self._last = np.arange(rows) * columns + lengths
        self.frame = 0

    def step(self, cost: FloatArray, idle: FloatArray) -> list[tuple[int, int] | None]:
        """Take in frames.

        Parameters
        ----------
        cost : (time, template, samples) float
            Of each frame; finite, anything beyond a template's length.
        idle : (time, template) float
            What each frame costs as no part of that template.

        Returns
        -------
        list of (template, start) or None
            For each frame the template that the best chain leaves with it, and the frame at which
            it entered that one; None where the best chain idles.
        """
        climbed = np.cumsum(cost, axis=2)
        gained = cost - climbed
        gained -= idle[:, :, None]
        return [self._step(*frame) for frame in zip(gained, climbed, strict=True)]

    def _step(self, gained: FloatArray, climbed: FloatArray) -> tuple[int, int] | None:
        self._chain.fill(1j * self.frame)
        self.frame += 1
        enter = np.minimum(self._before, self._after, out=self._enter)
        enter += gained
        np.minimum.accumulate(enter, axis=1, out=enter)
        np.add(enter, climbed, out=self._after)
        ends = self._reached.take(self._last)
        best = int(ends.argmin())
        end = complex(ends[best])
        if end.real >= 0.0:
            return None
        self._after -= end.real
        return best, int(end.imag)
