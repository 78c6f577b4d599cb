"""Dynamic Time Warping with a Sakoe-Chiba band, for many pairs at once.

All series have one length n. The accumulated cost is built one anti-diagonal at a time: the cells
of an anti-diagonal do not depend on each other, so NumPy computes them, for all pairs, in one step.

References
----------
H. Sakoe and S. Chiba, "Dynamic programming algorithm optimization for spoken word recognition",
IEEE Trans. ASSP 26(1), 1978.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dtwcoach.pose import FloatArray, IntArray


def _check(x: FloatArray, y: FloatArray) -> None:
    if x.shape != y.shape or x.ndim != 2 or not x.size:
        raise ValueError(f"Shapes {x.shape} and {y.shape} arrived; needed two equal (n, pairs).")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("A series with NaN or infinity arrived: fill or reject gaps first.")


def _diagonals(n: int, radius: int) -> Iterator[tuple[int, int, int]]:
    """Yield (k, lowest row, highest row) of each anti-diagonal i + j = k inside the band."""
    for k in range(2 * n - 1):
        low = max(0, k - n + 1, (k - radius + 1) // 2)
        yield k, low, min(n - 1, k, (k + radius) // 2)


def distances(x: FloatArray, y: FloatArray, *, radius: int) -> FloatArray:
    """Return the DTW distance of each pair of columns, as a root mean square.

    The root of the least sum of squared differences along a warping path, divided by the root
    of n, so that it reads in the unit of the series.

    Parameters
    ----------
    x, y : (n, pairs) float
        Pair p compares column p of `x` with column p of `y`.
    radius : int
        Sakoe-Chiba radius: rows and columns matched differ by at most this many samples.

    Returns
    -------
    (pairs,) float
        Lower is more alike; 0 for equal series.

    Raises
    ------
    ValueError
        When the shapes differ or a value is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> late, early = np.array([[0.0, 0, 1, 0]]).T, np.array([[0.0, 1, 0, 0]]).T
    >>> distances(late, early, radius=0).round(3), distances(late, early, radius=1)
    (array([0.707]), array([0.]))
    """
    _check(x, y)
    n, pairs = x.shape
    backwards = y[::-1]  # so that j falls as i rises
    before, last, now = (np.full((n + 1, pairs), np.inf) for _ in range(3))
    before[0] = 0.0
    for k, low, high in _diagonals(n, radius):
        rows = slice(low, high + 1)
        cost = x[rows] - backwards[n - 1 - k + low : n - k + high]
        cost *= cost
        best = np.minimum(last[low : high + 1], last[low + 1 : high + 2])
        np.minimum(best, before[low : high + 1], out=best)
        np.add(cost, best, out=now[low + 1 : high + 2])
        now[low] = np.inf
        now[high + 2 :] = np.inf
        before, last, now = last, now, before
    return np.asarray(np.sqrt(last[n] / n))


def pairwise(x: FloatArray, y: FloatArray, *, radius: int) -> FloatArray:
    """Return the distance of every series in `x` to every series in `y`, feature by feature.

    Parameters
    ----------
    x : (a, n, feature) float
    y : (b, n, feature) float
        A series with any NaN has no distance.
    radius : int
        Sakoe-Chiba radius in samples.

    Returns
    -------
    (a, b, feature) float
        NaN where either series is not complete.
    """
    result = np.full((len(x), len(y), x.shape[2]), np.nan)
    complete = np.isfinite(x).all(axis=1)[:, None] & np.isfinite(y).all(axis=1)[None]
    a, b, feature = np.nonzero(complete)
    for chunk in np.array_split(np.arange(len(a)), max(1, len(a) // 4096)):
        pair = (a[chunk], b[chunk], feature[chunk])
        if len(chunk):
            result[pair] = distances(
                np.ascontiguousarray(x[pair[0], :, pair[2]].T),
                np.ascontiguousarray(y[pair[1], :, pair[2]].T),
                radius=radius,
            )
    return result


def path(x: FloatArray, y: FloatArray, *, radius: int) -> IntArray:
    """Return the warping path that aligns two multivariate series jointly.

    Parameters
    ----------
    x, y : (n, channels) float
        Scaled so that channels weigh what they should.
    radius : int
        Sakoe-Chiba radius in samples.

    Returns
    -------
    (steps, 2) int
        Pairs (sample of x, sample of y) from (0, 0) to (n - 1, n - 1), each step one forward in
        one or both.

    Raises
    ------
    ValueError
        When the shapes differ or a value is not finite.
    """
    _check(x, y)
    n = len(x)
    total = np.full((n + 1, n + 1), np.inf)
    total[0, 0] = 0.0
    for k, low, high in _diagonals(n, radius):
        i = np.arange(low, high + 1)
        j = k - i
        best = np.minimum(np.minimum(total[i, j + 1], total[i + 1, j]), total[i, j])
        total[i + 1, j + 1] = ((x[i] - y[j]) ** 2).sum(axis=1) + best
    return _walk_back(total)


def _walk_back(total: FloatArray) -> IntArray:
    """Follow the cheapest predecessors from the last corner; ties go diagonally."""
    i = j = len(total) - 1
    steps = [(i, j)]
    while (i, j) != (1, 1):
        options = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(options, key=lambda cell: total[cell])
        steps.append((i, j))
    return np.array(steps[::-1], dtype=np.int64) - 1
