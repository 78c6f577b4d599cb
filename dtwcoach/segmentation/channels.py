"""Channels of any sensors, made comparable between sessions.

What a sensor shows at rest depends on how it was strapped on, and drifts. How it changes while the
body moves depends on that much less, so a movement is looked for among the changes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries


def changes(series: FeatureSeries, *, over_s: float) -> FeatureSeries:
    """How much every channel changes: its mean ahead less its mean before.

    0 wherever nothing moves. Offsets fall out, and slow drift nearly so. Rates, such as those of a
    gyroscope, should be summed up to angles first: then they are treated like all others.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate.
    over_s : float
        Length of each of both windows; shorter than the quickest movement that is looked for.
        Beyond its ends the series is taken to stand still.

    Returns
    -------
    FeatureSeries
        Of the same names and times; NaN where nothing is known in one of the windows.

    Examples
    --------
    >>> time_s = np.arange(6) / 2.0
    >>> series = FeatureSeries(time_s, np.array([[7.0, 7.0, 7.0, 9.0, 9.0, 9.0]]).T, ("tilt",))
    >>> changes(series, over_s=1.0).values.T
    array([[0., 0., 1., 2., 1., 0.]])
    """
    frames = max(1, round(over_s * series.rate_hz))
    padded = np.pad(series.values, ((frames, frames), (0, 0)), mode="edge")
    known = np.isfinite(padded)
    windows = np.lib.stride_tricks.sliding_window_view
    total = windows(np.where(known, padded, 0.0), frames, axis=0).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        means = total / windows(known, frames, axis=0).sum(axis=-1)
    return replace(series, values=means[frames : frames + len(series)] - means[: len(series)])
