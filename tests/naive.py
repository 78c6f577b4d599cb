"""Slow and obvious twins of the fast code."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, filtfilt


def dtw(x: np.ndarray, y: np.ndarray, *, radius: int) -> float:
    """Root mean square DTW distance of two (n,) series inside a band: a double loop."""
    n = len(x)
    total = np.full((n + 1, n + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(n):
        for j in range(n):
            if abs(i - j) <= radius:
                before = min(total[i, j], total[i, j + 1], total[i + 1, j])
                total[i + 1, j + 1] = (x[i] - y[j]) ** 2 + before
    return float(np.sqrt(total[n, n] / n))


def reversals(values: list[float], least: float) -> list[tuple[int, bool]]:
    """Alternating extremes that differ by at least `least`: looks at every stretch anew."""
    found: list[tuple[int, bool]] = []
    for i in range(len(values)):
        since = found[-1][0] if found else 0
        stretch = values[since : i + 1]
        low, high = since + int(np.argmin(stretch)), since + int(np.argmax(stretch))
        low_may_end = not found or found[-1][1]
        high_may_end = not found or not found[-1][1]
        if low_may_end and values[i] - values[low] >= least:
            found.append((low, False))
        elif high_may_end and values[high] - values[i] >= least:
            found.append((high, True))
    if found:
        since, is_high = found[-1]
        rest = values[since:]
        last = int(np.argmin(rest) if is_high else np.argmax(rest))
        found.append((since + last, not is_high))
    return found


def lowpass(values: np.ndarray, *, rate_hz: float, corner_hz: float) -> np.ndarray:
    """Second-order Butterworth forwards and backwards, its corner corrected for two passes."""
    b, a = butter(2, corner_hz / (np.sqrt(2) - 1) ** 0.25, fs=rate_hz)
    return np.asarray(filtfilt(b, a, values, axis=0))
