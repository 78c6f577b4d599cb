"""A recording on its way from the pose to its repetitions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.motion.body import BodyMotion, body_motion, mirrored_body
from dtwcoach.motion.cleaning import CleanPose, clean
from dtwcoach.motion.features import FEATURE_NAMES, NEEDS_DEPTH, FeatureSeries, measure
from dtwcoach.motion.segmentation import (
    Guide,
    Rep,
    Segmentation,
    cut_reps,
    find_guide,
    travelling,
)
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.settings import Settings


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

    def mirrored(self) -> Recording:
        """The recording as its mirror image."""
        positions = mirrored_body(self.body.positions)
        body = replace(self.body, positions=positions, view_yaw_deg=-self.body.view_yaw_deg)
        values = _values(body, has_depth=self.source.has_depth)
        return replace(self, body=body, series=replace(self.series, values=values))

    def frames(self, rep: Rep) -> tuple[int, int]:
        """Half-open frame range of a repetition in the recording as it arrived."""
        wanted = self.series.time_s[[rep.start, rep.stop - 1]]
        start, last = np.searchsorted(self.source.time_s, wanted - 1e-9)
        return int(start), int(min(last, len(self.source) - 1)) + 1


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


def cut(recording: Recording, guide: Guide | None) -> Segmentation:
    """Features -> repetitions; without a guide the strongest movement is taken."""
    guide = guide or find_guide(recording.series, ignore=recording.walking)
    if guide is None:
        return Segmentation((), np.full(len(recording.series), np.nan), ("Nothing moves.",))
    return cut_reps(recording.series, guide, ignore=recording.walking)
