"""A recording on its way from the pose to its repetitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dtwcoach.motion.body import BodyMotion, body_motion, mirrored_body
from dtwcoach.motion.cleaning import CleanPose, clean, smooth_resample
from dtwcoach.motion.face import measure_face
from dtwcoach.motion.features import (
    FEATURE_NAMES,
    NEEDS_DEPTH,
    FeatureSeries,
    measure,
)
from dtwcoach.motion.groups import BODY, GROUPS
from dtwcoach.motion.hands import measure_hands
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.pose import mirrored as mirrored_pose
from dtwcoach.settings import Settings

TRAVEL_S, TRAVEL_TORSOS = 1.5, 1.5
"""Walking: the hips end up this far away, sideways in the picture, after this long."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A recording as features, with the stages it came through.

    Parameters
    ----------
    source : PoseSequence
        As it arrived.
    cleaned : CleanPose
    body : BodyMotion
    series : FeatureSeries
        All features of the groups asked for, at the working rate.
    walking : (time,) bool
        Frames in which the person walks.
    groups : tuple of str
        Of `groups.GROUPS`.
    """

    source: PoseSequence
    cleaned: CleanPose
    body: BodyMotion
    series: FeatureSeries
    walking: np.ndarray
    groups: tuple[str, ...] = BODY

    @property
    def view_yaw_deg(self) -> float:
        """From where the camera saw the body: 0 the front, 90 its left side."""
        return self.body.view_yaw_deg

    @property
    def seen_share(self) -> float:
        """Share of the frames in which the body was found."""
        return float(np.isfinite(self.body.positions[..., 0]).any(axis=1).mean())

    @cached_property
    def mirrored(self) -> Recording:
        """The recording as its mirror image."""
        positions = mirrored_body(self.body.positions)
        body = replace(self.body, positions=positions, view_yaw_deg=-self.body.view_yaw_deg)
        pose = mirrored_pose(self.cleaned.pose)
        return replace(
            self,
            cleaned=replace(self.cleaned, pose=pose),
            body=body,
            series=_series(pose, body, self.groups),
        )

    def frames(self, start: int, stop: int) -> tuple[int, int]:
        """Half-open frame range in the recording as it arrived, of one at the working rate."""
        wanted = self.series.time_s[[start, stop - 1]]
        first, last = np.searchsorted(self.source.time_s, wanted - 1e-9)
        return int(first), int(min(last, len(self.source) - 1)) + 1


def describe(
    pose: PoseSequence, settings: Settings, *, groups: tuple[str, ...] = BODY
) -> Recording:
    """Pose -> cleaned -> body coordinates -> features.

    Parameters
    ----------
    pose : PoseSequence
        At least two frames.
    settings : Settings
    groups : tuple of str
        Whose features are wanted (`groups.GROUPS`). Hands and face that the pose model did not
        look for are NaN throughout.
    """
    cleaned = clean(replace(pose, hands=None, face=None), settings)
    hands, face = (
        None
        if array is None
        else smooth_resample(array, pose.time_s, cleaned.pose.time_s, settings)
        for array in (pose.hands, pose.face)
    )
    cleaned = replace(cleaned, pose=replace(cleaned.pose, hands=hands, face=face))
    body = body_motion(cleaned.pose)
    series = _series(cleaned.pose, body, groups)
    return Recording(
        pose, cleaned, body, series, travelling(body.time_s, body.place), groups=groups
    )


def _series(pose: PoseSequence, body: BodyMotion, groups: tuple[str, ...]) -> FeatureSeries:
    """Features of the groups, in the order of `GROUPS`."""
    known: dict[str, FloatArray] = {}
    if "body" in groups:
        known["body"] = _values(body, has_depth=pose.has_depth)
    if "hands" in groups and pose.hands is not None:
        known["hands"] = measure_hands(pose)
    if "face" in groups and pose.face is not None:
        known["face"] = measure_face(pose.face)
    wanted = [group for group in GROUPS if group in groups]
    missing = {group: np.full((len(pose), len(GROUPS[group])), np.nan) for group in wanted}
    values = np.concatenate([known.get(group, missing[group]) for group in wanted], axis=1)
    names = tuple(name for group in wanted for name in GROUPS[group])
    return FeatureSeries(body.time_s, values, names)


def _values(body: BodyMotion, *, has_depth: bool) -> FloatArray:
    values = measure(body.positions)
    if not has_depth:
        values[:, [name in NEEDS_DEPTH for name in FEATURE_NAMES]] = np.nan
    return values


def travelling(time_s: FloatArray, place: FloatArray) -> np.ndarray:
    """Frames in which the person walks, from where the hips are in the picture.

    Parameters
    ----------
    time_s : (time,) float
    place : (time, 2) float
        Torso lengths.

    Returns
    -------
    (time,) bool
    """
    known = np.isfinite(place[:, 0])
    if known.sum() < 2:
        return np.zeros(len(time_s), dtype=bool)
    x = np.interp(
        np.stack([time_s - TRAVEL_S / 2, time_s + TRAVEL_S / 2]), time_s[known], place[known, 0]
    )
    return np.asarray(np.abs(x[1] - x[0]) > TRAVEL_TORSOS)
