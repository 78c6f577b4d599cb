"""What keeps a set from being judged, before it begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwcoach.live.body import BodyNow
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.reasons import MAX_VIEW_DIFFERENCE_DEG, MIN_EXTENT_PX
from dtwcoach.motion.features import measure
from dtwcoach.pose import INDEX, KEYPOINTS, MAJOR_JOINTS, FloatArray

LASTING_S = 1.0
"""Parts of the body are taken as hidden when they are for about this long."""
PARTS = {
    "feet": ("ankle", "heel", "toe"),
    "knees": ("knee",),
    "hips": ("hip",),
    "hands": ("wrist",),
    "elbows": ("elbow",),
    "shoulders": ("shoulder",),
    "head": ("nose", "ear"),
}
"""What people call their keypoints, in the order in which they are asked for."""


def needed_keypoints(judge: Judge) -> NDArray[np.bool_]:
    """Return the keypoints without which a feature that counts cannot be measured, (keypoint,)."""
    sample = judge.body[judge.turn]
    if not np.isfinite(sample).any():
        return np.array([name in MAJOR_JOINTS for name in KEYPOINTS])
    bodies = np.repeat(sample[None], len(KEYPOINTS) + 1, axis=0)
    bodies[np.arange(len(KEYPOINTS)), np.arange(len(KEYPOINTS))] = np.nan
    known = np.isfinite(measure(bodies))[:, judge.counts]
    return np.asarray((known[-1] & ~known[:-1]).any(axis=1))


class Doorkeeper:
    """Says what the athlete, or whoever set up the camera, should change first."""

    def __init__(self, judge: Judge) -> None:
        self._judge, self._needed = judge, needed_keypoints(judge)
        self._hidden: FloatArray = np.zeros(len(KEYPOINTS))
        self._outside: FloatArray = np.zeros(len(KEYPOINTS))
        self._last_s = float("-inf")

    def advice(self, body: BodyNow, *, people: int, fps: float) -> str:
        """Take in a frame; return the most important advice, "" when nothing is in the way."""
        share = 1.0 - np.exp(-(body.time_s - self._last_s) / LASTING_S)
        self._last_s = body.time_s
        self._hidden += share * (np.isnan(body.points[:, 0]) - self._hidden)
        self._outside += share * (body.outside - self._outside)
        if not body.is_seen:
            return "Step into the picture"
        if people > 1:
            return "One person only, please"
        unseen = self._needed & (self._hidden > 0.5)
        if unseen.any():
            return self._where(unseen)
        if _extent_px(body.points) < MIN_EXTENT_PX:
            return "Come nearer"
        if fps < self._judge.settings.min_fps:
            return "Too few pictures a second: close other programs"
        return self._turn(body.view_yaw_deg)

    def _where(self, unseen: NDArray[np.bool_]) -> str:
        """Name the first part of the body that is not seen, and what to do about it."""
        for part, names in PARTS.items():
            ends = [number for name, number in INDEX.items() if name.split("_")[-1] in names]
            if unseen[ends].any():
                outside = (self._outside[ends] > 0.5).any()
                return f"I can't see your {part}" + (": step back" if outside else "")
        return "Step back"

    def _turn(self, yaw_deg: float) -> str:
        """Say to which side to turn: the more of the left side is seen, the larger the yaw."""
        judge = self._judge
        views = np.array([view for view in judge.view_yaw_deg if np.isfinite(view)])
        apart = (views - yaw_deg + 180.0) % 360.0 - 180.0
        if judge.exercise.symmetric and judge.exercise.sides == "together":
            # Seen from the other side, it is judged as its mirror image.
            apart = np.r_[apart, (-views - yaw_deg + 180.0) % 360.0 - 180.0]
        if np.isnan(yaw_deg) or not len(apart):
            return ""
        nearest = float(apart[np.abs(apart).argmin()])
        if abs(nearest) <= MAX_VIEW_DIFFERENCE_DEG:
            return ""
        return f"Turn to your {'right' if nearest > 0 else 'left'}"


def _extent_px(points: FloatArray) -> float:
    """Diagonal of the box around the major joints that are seen."""
    seen = points[[INDEX[name] for name in MAJOR_JOINTS]]
    seen = seen[np.isfinite(seen).all(axis=1)]
    return float(np.hypot(*np.ptp(seen, axis=0))) if len(seen) else 0.0
