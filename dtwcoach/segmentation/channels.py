"""Channels of any sensors, made comparable between sessions.

What a sensor shows at rest depends on how it was strapped on, and drifts. How it changes while the
body moves depends on that much less, so a movement is looked for among the changes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray


def averaged(series: FeatureSeries, *, over_s: float) -> FeatureSeries:
    """Smooth every channel: the mean of what is known in a window around each frame.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate.
    over_s : float
        Length of the window.
    """
    frames = _frames(series, over_s)
    before = frames // 2
    return replace(series, values=_means(series.values, frames, before, frames - 1 - before))


def changes(series: FeatureSeries, *, over_s: float) -> FeatureSeries:
    """How much every channel changes: its mean ahead less its mean before.

    0 wherever nothing moves. Offsets fall out, and slow drift nearly so. Rates, such as those of a
    gyroscope, should be summed up to angles first: then they are treated like all others.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate.
    over_s : float
        Length of each of both windows; beyond its ends the series is taken to stand still. Shorter
        than the quickest movement that is looked for.

    Examples
    --------
    >>> time_s = np.arange(6) / 2.0
    >>> series = FeatureSeries(time_s, np.array([[7.0, 7.0, 7.0, 9.0, 9.0, 9.0]]).T, ("tilt",))
    >>> changes(series, over_s=1.0).values.T
    array([[0., 0., 1., 2., 1., 0.]])
    """
    frames = _frames(series, over_s)
    means = _means(series.values, frames, frames, frames)
    return replace(series, values=means[frames : frames + len(series)] - means[: len(series)])


def _frames(series: FeatureSeries, over_s: float) -> int:
    return max(1, round(over_s * series.rate_hz))


def _means(values: FloatArray, frames: int, before: int, after: int) -> FloatArray:
    """Mean of what is known in each window of so many frames; NaN where nothing is."""
    padded = np.pad(values, ((before, after), (0, 0)), mode="edge")
    known = np.isfinite(padded)
    windows = np.lib.stride_tricks.sliding_window_view
    total = windows(np.where(known, padded, 0.0), frames, axis=0).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / windows(known, frames, axis=0).sum(axis=-1))
