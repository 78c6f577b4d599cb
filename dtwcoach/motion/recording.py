"""A recording on its way from the pose to its repetitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dtwcoach.motion.body import BodyMotion, body_motion, mirrored_body
from dtwcoach.motion.cleaning import CleanPose, clean
from dtwcoach.motion.features import FEATURE_NAMES, NEEDS_DEPTH, FeatureSeries, measure
from dtwcoach.pose import FloatArray, PoseSequence
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
        All features at the working rate.
    walking : (time,) bool
        Frames in which the person walks.
    """

    source: PoseSequence
    cleaned: CleanPose
    body: BodyMotion
    series: FeatureSeries
    walking: np.ndarray

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
        values = _values(body, has_depth=self.source.has_depth)
        return replace(self, body=body, series=replace(self.series, values=values))

    def frames(self, start: int, stop: int) -> tuple[int, int]:
        """Half-open frame range in the recording as it arrived, of one at the working rate."""
        wanted = self.series.time_s[[start, stop - 1]]
        first, last = np.searchsorted(self.source.time_s, wanted - 1e-9)
        return int(first), int(min(last, len(self.source) - 1)) + 1


def describe(pose: PoseSequence, settings: Settings) -> Recording:
    """Pose -> cleaned -> body coordinates -> features.

    Parameters
    ----------
    pose : PoseSequence
        At least two frames.
    settings : Settings
    """
    cleaned = clean(pose, settings)
    body = body_motion(cleaned.pose)
    values = _values(body, has_depth=pose.has_depth)
    series = FeatureSeries(body.time_s, values, FEATURE_NAMES)
    return Recording(pose, cleaned, body, series, travelling(body.time_s, body.place))


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
