"""The body as it is now, from what was seen so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dtwcoach.live.buffer import PoseBuffer
from dtwcoach.motion.body import body_motion, mirrored_body
from dtwcoach.motion.cleaning import BORDER
from dtwcoach.motion.features import FEATURE_NAMES, measure
from dtwcoach.motion.recording import TRAVEL_S, TRAVEL_TORSOS
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.settings import Settings

MEMORY_S, SAMPLES = 10.0, 40
"""Size and heading of the body are those of so long, looked at so many times."""
SMOOTH_S = 0.1
"""Features follow over this time: the low pass of the offline stages needs the future."""
GAP_S = 0.3
"""A feature that was not known for longer begins anew."""


@dataclass(frozen=True, eq=False)
class BodyNow:
    """What is known of the body in the newest frame.

    Parameters
    ----------
    time_s : float
    points : (keypoint, 2) float
        Pixels; NaN where not to be trusted.
    outside : (keypoint,) bool
        Which lie outside the picture.
    values : (feature,) float
        In the order of `FEATURE_NAMES`, smoothed over `SMOOTH_S`.
    view_yaw_deg : float
        From where the camera has seen it lately; nan where not known.
    walking : bool
    """

    time_s: float
    points: FloatArray
    outside: NDArray[np.bool_]
    values: FloatArray
    view_yaw_deg: float
    walking: bool

    @property
    def is_seen(self) -> bool:
        """Whether anything of anybody is seen."""
        return bool(np.isfinite(self.points).any())


class CausalBody:
    """Sees the newest frame as `body_motion` would, without the future.

    Parameters
    ----------
    buffer : PoseBuffer
        Holds the newest frame when `now` is called.
    settings : Settings

    Attributes
    ----------
    since_s : float
        When the athlete last walked: who walks is seen from somewhere else.
    """

    def __init__(self, buffer: PoseBuffer, settings: Settings) -> None:
        self._buffer, self._settings = buffer, settings
        self.since_s = float("-inf")
        self._values = np.full(len(FEATURE_NAMES), np.nan)
        self._known_s = np.full(len(FEATURE_NAMES), -np.inf)

    def now(self, time_s: float, *, fps: float, mirrored: bool = False) -> BodyNow:
        """Return the body of the newest frame.

        Parameters
        ----------
        time_s : float
            Of the newest frame.
        fps : float
            About how many frames come a second.
        mirrored : bool
            Whether its mirror image is measured.
        """
        every = max(1, round(MEMORY_S * fps / SAMPLES))
        seen = self._buffer.pose(max(self.since_s, time_s - MEMORY_S), every=every)
        pose, outside = _trusted(seen, self._settings)
        motion = body_motion(pose)
        then = max(0, int(np.searchsorted(pose.time_s, time_s - TRAVEL_S, side="right")) - 1)
        way = abs(float(motion.place[-1, 0] - motion.place[then, 0]))
        if way > TRAVEL_TORSOS:
            self.since_s = time_s
        positions = motion.positions[-1:]
        values = measure(mirrored_body(positions) if mirrored else positions)[0]
        return BodyNow(
            time_s=time_s,
            points=pose.image[-1, :, :2],
            outside=outside[-1],
            values=self._smoothed(values, time_s),
            view_yaw_deg=-motion.view_yaw_deg if mirrored else motion.view_yaw_deg,
            walking=time_s - self.since_s < TRAVEL_S / 2,
        )

    def _smoothed(self, values: FloatArray, time_s: float) -> FloatArray:
        """Let features follow, each from where it was last known."""
        passed_s = time_s - self._known_s
        share = np.where(passed_s > GAP_S, 1.0, 1.0 - np.exp(-passed_s / SMOOTH_S))
        before = np.where(np.isfinite(self._values), self._values, values)
        known = np.isfinite(values)
        self._values = np.where(known, before + share * (values - before), before)
        self._known_s[known] = time_s
        return np.where(known, self._values, np.nan)


def _trusted(pose: PoseSequence, settings: Settings) -> tuple[PoseSequence, NDArray[np.bool_]]:
    """The pose without what is hidden or outside the picture, and what is outside."""
    share = pose.image[..., :2] / np.array(pose.frame_size)
    outside = ((share < -BORDER) | (share > 1 + BORDER)).any(axis=2)
    bad = (outside | (pose.confidence < settings.min_confidence))[..., None]
    trusted = replace(
        pose,
        image=np.where(bad, np.nan, pose.image),
        world=np.where(bad, np.nan, pose.world),
    )
    return trusted, np.asarray(outside)
