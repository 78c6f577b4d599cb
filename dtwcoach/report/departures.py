"""How far off each joint was, moment by moment: 1 is the edge of what is allowed."""

from __future__ import annotations

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.matching.feedback import MOMENT, phase_number
from dtwcoach.motion.features import SEGMENTS
from dtwcoach.motion.groups import GROUPS, KNOWN_FEATURES
from dtwcoach.pose import SIDES, FloatArray, IntArray
from dtwcoach.report.curves import aligned_attempt, allowed_band

_BOTH = {"pelvis": "hip", "hips": "hip", "shoulders": "shoulder", "knees": "knee", "feet": "ankle"}


def departure(assessment: SetAssessment, rep: RepAssessment) -> FloatArray:
    """Return how far off every feature is, over what is allowed there, (samples, feature).

    In the references' time; above 0 where the attempt is larger than the references' mean, and 1
    or -1 at the edge of what is allowed. Averaged over a moment, since one glitch of the pose
    model is no fault; NaN where nothing is known.
    """
    low, high = allowed_band(assessment)
    off = aligned_attempt(rep, len(low)) - assessment.reference_mean
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(
            off > 0,
            off / (high - assessment.reference_mean),
            off / (assessment.reference_mean - low),
        )
    share[~np.isfinite(share)] = np.nan
    padded = np.pad(share, ((MOMENT // 2, MOMENT // 2), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, MOMENT, axis=0)
    return np.asarray(windows.mean(axis=-1))


def joints_of(assessment: SetAssessment) -> dict[str, list[int]]:
    """Return the joints that count, as people say them, with the columns of their features."""
    joints: dict[str, list[int]] = {}
    for index in np.flatnonzero(np.asarray(assessment.counts, dtype=bool)):
        feature = KNOWN_FEATURES.get(assessment.features[index])
        if feature is not None:
            joints.setdefault(feature.joint, []).append(int(index))
    return joints


def by_moment(assessment: SetAssessment, rep: RepAssessment) -> dict[str, FloatArray]:
    """Return for each joint its largest departure at every attempt sample, (samples,), from 0."""
    size = np.abs(departure(assessment, rep))[tied_samples(rep)]
    return {joint: _largest(size[:, rows]) for joint, rows in joints_of(assessment).items()}


def by_phase(assessment: SetAssessment, rep: RepAssessment) -> FloatArray:
    """Return how far off every feature was in each of the five phases, (5, feature), from 0.

    It is the root mean square over the phase; NaN where a turn at either end leaves that out.
    """
    square = departure(assessment, rep) ** 2
    inside = sample_phases(assessment) == np.arange(5)[:, None]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt([square[at].sum(axis=0) / at.sum() for at in inside]))


def sample_phases(assessment: SetAssessment) -> IntArray:
    """Return the phase, 0 to 4, of every sample of the references' time."""
    samples = len(assessment.reference_mean)
    return np.array([phase_number(at, assessment.reference_turn, samples) for at in range(samples)])


def tied_samples(rep: RepAssessment) -> IntArray:
    """Return the reference sample that each attempt sample is tied to, (samples,).

    Where the warping path ties several it is the middle one; without a path time is shared evenly.
    """
    if not len(rep.path):
        return np.arange(len(rep.attempt))
    ours, theirs = np.asarray(rep.path).T
    return np.asarray(np.round(np.bincount(ours, theirs) / np.bincount(ours)).astype(np.int64))


_OF_THE_HANDS = frozenset(feature.joint for feature in GROUPS["hands"].values())
_OF_THE_FACE = frozenset(feature.joint for feature in GROUPS["face"].values())


def keypoints_of(joint: str) -> tuple[str, ...]:
    """Return the keypoints that show a joint or body part.

    >>> keypoints_of("left knee"), keypoints_of("right forearm"), keypoints_of("hips")
    (('left_knee',), ('right_elbow', 'right_wrist'), ('left_hip', 'right_hip'))
    """
    if joint == "head" or joint in _OF_THE_FACE:
        return ("nose", "left_ear", "right_ear")
    if joint == "trunk":
        return tuple(f"{side}_{point}" for point in ("shoulder", "hip") for side in SIDES)
    if joint in _BOTH:
        return tuple(f"{side}_{_BOTH[joint]}" for side in SIDES)
    side, _, part = joint.partition(" ")
    if joint in _OF_THE_HANDS:
        return (f"{side}_wrist", f"{side}_index", f"{side}_pinky")
    points = SEGMENTS.get(part.replace(" ", "_"), (part,))
    return tuple(f"{side}_{point}" for point in points)


def _largest(size: FloatArray) -> FloatArray:
    """Return the largest of each row, NaN where none is known."""
    return np.asarray(np.where(np.isnan(size).all(axis=1), np.nan, np.fmax.reduce(size, axis=1)))
