"""Cleaning: what cannot be trusted becomes missing, short gaps are filled, jitter is filtered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.motion.sides import unswap_sides
from dtwcoach.pose import BONES, INDEX, FloatArray, PoseSequence
from dtwcoach.settings import Settings

BORDER = 0.02
"""Share of the picture by which a keypoint may lie outside before it counts as out of it."""
BONE_RANGE = (0.4, 1.7)
"""A bone shorter or longer than this, relative to its median, is a mistake of the pose model."""
OUTLIER_TORSOS = 0.25
"""A keypoint this many torso lengths off the running median of five frames is an outlier."""
AT_TURN_S = 0.05
"""Where a pose model changes sides it is between two readings of the picture for so long."""


@dataclass(frozen=True, eq=False)
class CleanPose:
    """A pose at the uniform working rate, with what was wrong, frame by frame.

    Parameters
    ----------
    pose : PoseSequence
        Untrusted keypoints and long gaps are NaN.
    problems : dict of (time,) bool
        Reason code of `dtwcoach.matching.assessment.REASONS` -> the frames it concerns.
    """

    pose: PoseSequence
    problems: dict[str, np.ndarray]


def clean(pose: PoseSequence, settings: Settings) -> CleanPose:
    """Mask, repair, resample and filter a pose.

    In this order: swapped sides are swapped back; keypoints of low confidence, outside the
    picture, at the end of an impossible bone or far off their neighbours in time are removed;
    gaps up to `settings.max_gap_s` are filled; all is low-passed and resampled.

    Parameters
    ----------
    pose : PoseSequence
        At least two frames, any frame rate, not necessarily a constant one.
    settings : Settings

    Returns
    -------
    CleanPose
        At `settings.rate_hz`.
    """
    pose, turns = unswap_sides(pose)
    seen = np.isfinite(pose.image[..., 0]) | np.isfinite(pose.world[..., 0])
    outside = _outside_picture(pose)
    bad = (pose.confidence < settings.min_confidence) | outside | _impossible_bones(pose)
    points = np.concatenate([pose.image, pose.world], axis=2)
    points[bad] = np.nan
    points = _without_outliers(points)
    time_s = uniform_times(pose.time_s, settings.rate_hz)
    values = smooth_resample(points, pose.time_s, time_s, settings)
    nearest = _nearest(pose.time_s, time_s)
    arms_and_legs = [INDEX[f"left_{j}"] for j in ("wrist", "knee", "ankle")]
    arms_and_legs += [INDEX[f"right_{j}"] for j in ("wrist", "knee", "ankle")]
    problems = {
        "nobody": ~seen.any(axis=1)[nearest],
        "out_of_picture": outside[:, arms_and_legs].any(axis=1)[nearest],
        "unsteady_pose": _near(time_s, pose.time_s[turns]),
    }
    cleaned = replace(
        pose,
        time_s=time_s,
        image=values[..., :3],
        world=values[..., 3:],
        confidence=pose.confidence[nearest],
        presence=pose.presence[nearest],
        people=pose.people[nearest],
    )
    return CleanPose(cleaned, problems)


def uniform_times(time_s: FloatArray, rate_hz: float) -> FloatArray:
    """Return times at a constant rate that cover the given ones."""
    count = int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-6)) + 1
    return np.asarray(time_s[0] + np.arange(count) / rate_hz)


def _nearest(time_s: FloatArray, wanted_s: FloatArray) -> np.ndarray:
    middle = (time_s[1:] + time_s[:-1]) / 2
    return np.searchsorted(middle, wanted_s)


def _near(time_s: FloatArray, turns_s: FloatArray) -> np.ndarray:
    """Times less than `AT_TURN_S` from a turn."""
    since, until = (np.searchsorted(turns_s, time_s + d) for d in (-AT_TURN_S, AT_TURN_S))
    return np.asarray(until > since)


def _outside_picture(pose: PoseSequence) -> np.ndarray:
    if 0 in pose.frame_size:
        return np.zeros(pose.confidence.shape, dtype=bool)
    share = pose.image[..., :2] / np.array(pose.frame_size)
    return np.asarray(((share < -BORDER) | (share > 1 + BORDER)).any(axis=2))


def _impossible_bones(pose: PoseSequence) -> np.ndarray:
    """Mark the far end of bones whose length is far from the recording's median."""
    bad = np.zeros(pose.confidence.shape, dtype=bool)
    if not pose.has_depth or len(pose) < 5:
        return bad
    near, far = (np.array([INDEX[bone[end]] for bone in BONES]) for end in (0, 1))
    length = np.linalg.norm(pose.world[:, near] - pose.world[:, far], axis=2)
    known = np.isfinite(length).any(axis=0)
    typical = np.full(len(BONES), np.nan)
    typical[known] = np.nanmedian(length[:, known], axis=0)
    with np.errstate(invalid="ignore"):
        ratio = length / typical
        wrong = (ratio < BONE_RANGE[0]) | (ratio > BONE_RANGE[1])
    for bone, end in enumerate(far):
        bad[:, end] |= wrong[:, bone]
    return bad


def _without_outliers(points: FloatArray) -> FloatArray:
    """Remove single-frame jumps: far off the running median of five frames (Hampel)."""
    if len(points) < 5:
        return points
    hips, shoulders = (
        points[:, [INDEX[f"left_{j}"], INDEX[f"right_{j}"]]].mean(axis=1)
        for j in ("hip", "shoulder")
    )
    windows = np.lib.stride_tricks.sliding_window_view(points, 5, axis=0)
    middle = np.median(windows, axis=-1)  # NaN beside a gap: nothing is removed there
    result = points.copy()
    for columns in (slice(0, 2), slice(3, 6)):
        torso = np.linalg.norm((shoulders - hips)[:, columns], axis=1)
        if not np.isfinite(torso).any():
            continue
        limit = OUTLIER_TORSOS * np.nanmedian(torso)
        jump = np.linalg.norm(points[2:-2, :, columns] - middle[..., columns], axis=2) > limit
        result[2:-2][jump] = np.nan
    return result


def smooth_resample(
    values: FloatArray, time_s: FloatArray, wanted_s: FloatArray, settings: Settings
) -> FloatArray:
    """Fill short gaps, low-pass and resample to uniform times.

    Parameters
    ----------
    values : (time, ...) float
        NaN where missing.
    time_s : (time,) float
    wanted_s : (wanted,) float
        Uniform, inside the range of `time_s`.
    settings : Settings

    Returns
    -------
    (wanted, ...) float
        NaN inside gaps longer than `settings.max_gap_s`, and before the first and after the
        last known sample.
    """
    flat = values.reshape(len(values), -1)
    rate_hz = max(settings.rate_hz, 1.0 / float(np.median(np.diff(time_s))))
    fine_s = uniform_times(time_s, rate_hz)
    finite = np.isfinite(flat)
    result = np.full((len(wanted_s), flat.shape[1]), np.nan)
    patterns, which = np.unique(finite, axis=1, return_inverse=True)
    for number, known in enumerate(patterns.T):
        columns = np.flatnonzero(which.ravel() == number)
        for first, last in _runs(time_s, known, settings.max_gap_s):
            inside = (wanted_s >= time_s[first] - 1e-9) & (wanted_s <= time_s[last] + 1e-9)
            part = fine_s[(fine_s >= time_s[first] - 1e-9) & (fine_s <= time_s[last] + 1e-9)]
            if not inside.any() or not len(part):
                continue
            rows = np.flatnonzero(known[first : last + 1]) + first
            fine = _interpolate(part, time_s[rows], flat[np.ix_(rows, columns)])
            fine = lowpass(fine, rate_hz=rate_hz, corner_hz=settings.lowpass_hz)
            result[np.ix_(np.flatnonzero(inside), columns)] = _interpolate(
                wanted_s[inside], part, fine
            )
    return result.reshape(len(wanted_s), *values.shape[1:])


def _runs(time_s: FloatArray, known: np.ndarray, max_gap_s: float) -> list[tuple[int, int]]:
    """First and last index of stretches without a gap longer than `max_gap_s`.

    The gap is the time between two known samples less one frame, so that slow recordings
    without any missing frame have none.
    """
    rows = np.flatnonzero(known)
    if not len(rows):
        return []
    frame_s = float(np.median(np.diff(time_s)))
    cuts = np.flatnonzero(np.diff(time_s[rows]) - frame_s > max_gap_s + 1e-9)
    return list(zip(rows[np.r_[0, cuts + 1]], rows[np.r_[cuts, len(rows) - 1]], strict=True))


def _interpolate(wanted_s: FloatArray, time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Linear interpolation of all columns at once; constant beyond the ends."""
    if len(time_s) == 1:
        return np.repeat(values, len(wanted_s), axis=0)
    left = np.clip(np.searchsorted(time_s, wanted_s, side="right") - 1, 0, len(time_s) - 2)
    share = (wanted_s - time_s[left]) / (time_s[left + 1] - time_s[left])
    share = np.clip(share, 0.0, 1.0)[:, None]
    return np.asarray(values[left] * (1 - share) + values[left + 1] * share)


def lowpass(values: FloatArray, *, rate_hz: float, corner_hz: float) -> FloatArray:
    """Zero-lag fourth-order Butterworth low pass, -3 dB at the corner.

    The gain of a second-order Butterworth filter run forwards and backwards, applied to the
    spectrum of the series continued by odd reflection at both ends.

    Parameters
    ----------
    values : (time, channel) float
        Finite.
    rate_hz, corner_hz : float

    References
    ----------
    D. A. Winter, "Biomechanics and Motor Control of Human Movement", 4th ed., section 3.4.4.
    """
    if len(values) < 3:
        return values
    pad = min(len(values) - 1, round(rate_hz))
    head = 2 * values[0] - values[pad:0:-1]
    tail = 2 * values[-1] - values[-2 : -pad - 2 : -1]
    padded = np.concatenate([head, values, tail])
    frequency = np.fft.rfftfreq(len(padded), 1.0 / rate_hz)
    gain = 1.0 / (1.0 + (np.sqrt(2.0) - 1.0) * (frequency / corner_hz) ** 4)
    spectrum = np.fft.rfft(padded, axis=0) * gain[:, None]
    return np.fft.irfft(spectrum, len(padded), axis=0)[pad : pad + len(values)]
