"""How far features scatter without anybody having moved differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.motion.body import body_motion
from dtwcoach.motion.cleaning import lowpass
from dtwcoach.motion.features import FEATURE_NAMES, measure
from dtwcoach.motion.view import kind_of
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.settings import Settings

LEAST_FRAMES = 30
"""Fewer frames than this of a feature say nothing about its jitter."""
MEDIAN_OF_NORMAL = 0.6745
"""Median of the absolute value of normal noise, in standard deviations."""


NOISE: dict[str, float] = {
    "angle": 6.8,
    "inclination forward": 5.7,
    "inclination sideways": 5.1,
    "inclination up": 4.7,
    "turn": 14.0,
    "position side": 0.058,
    "position height": 0.034,
    "position depth": 0.080,
    "symmetry": 8.2,
}
"""Kind of feature -> how far two repetitions in one view are apart, in degrees or torso lengths,
only because the pose model errs differently: root mean square over a repetition, 95th percentile
over features, people and exercises. From `python -m benchmarks.view_error`; that of turns, which
lie in depth, from the right repetitions of `benchmarks.strangers`' tuning clips."""


def noise_floor(names: Sequence[str], own_jitter: FloatArray | None = None) -> FloatArray:
    """Least deviation that may be called one.

    Parameters
    ----------
    names : sequence of str
        Of `FEATURES`.
    own_jitter : (feature,) float, optional
        Of the recording in question (`jitter`); nan where it is not known.

    Returns
    -------
    (feature,) float
        In the feature's unit: `NOISE`, or the recording's own jitter where that is larger.
    """
    floor = np.array([NOISE[kind_of(name)] for name in names])
    return floor if own_jitter is None else np.fmax(floor, own_jitter)


def jitter(
    pose: PoseSequence, settings: Settings, *, names: Sequence[str] = FEATURE_NAMES
) -> FloatArray:
    """Estimate how much of a recording's own jitter is left in each feature after cleaning.

    What the low-pass filter takes away is noise, since bodies do not move that fast; noise that
    is alike at all frequencies leaves a known share of itself behind. The slow part of a real
    pose model's jitter does not show in this, so it is a lower bound.

    Parameters
    ----------
    pose : PoseSequence
        As it arrived, before cleaning.
    settings : Settings
    names : sequence of str
        Features wanted; only a body's own are estimated.

    Returns
    -------
    (feature,) float
        Standard deviation in the feature's unit; nan where a feature was seen in fewer than
        `LEAST_FRAMES` frames.
    """
    result = np.full(len(FEATURE_NAMES), np.nan)
    if len(pose) >= LEAST_FRAMES and pose.fps > 2 * settings.lowpass_hz:
        result = _left(pose, settings)
    known = dict(zip(FEATURE_NAMES, result, strict=True))
    return np.array([known.get(name, np.nan) for name in names])


def _left(pose: PoseSequence, settings: Settings) -> FloatArray:
    """Jitter of every feature of the body."""
    result = np.full(len(FEATURE_NAMES), np.nan)
    values = measure(body_motion(pose).positions)
    known = np.isfinite(values)
    enough = np.flatnonzero(known.sum(axis=0) >= LEAST_FRAMES)
    filled = np.zeros((len(values), len(enough)))
    for number, feature in enumerate(enough):
        seen = known[:, feature]
        filled[:, number] = np.interp(pose.time_s, pose.time_s[seen], values[seen, feature])
    removed = np.abs(filled - _passed(filled, pose.fps, settings))
    removed[~known[:, enough]] = np.nan
    # The median, not the mean square: a mistake of one frame is no jitter.
    result[enough] = np.nanmedian(removed, axis=0) / MEDIAN_OF_NORMAL
    return result * _share_left(pose.fps, settings)


def _passed(values: FloatArray, fps: float, settings: Settings) -> FloatArray:
    return lowpass(values, rate_hz=fps, corner_hz=settings.lowpass_hz)


def _share_left(fps: float, settings: Settings) -> float:
    """White noise that passes the filter over that which it takes away, both root mean square."""
    impulse = np.zeros((257, 1))
    impulse[128] = 1.0
    passed = _passed(impulse, fps, settings)
    return float(np.linalg.norm(passed) / np.linalg.norm(impulse - passed))
