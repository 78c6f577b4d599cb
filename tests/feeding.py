"""Poses fed to a live coach frame by frame."""

from __future__ import annotations

import numpy as np

from dtwcoach.live.coach import LiveCoach, LiveState
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.tracking import Person


def person_at(pose: PoseSequence, frame: int) -> Person | None:
    """Whoever is seen in a frame, as a tracker would give them."""
    if not np.isfinite(pose.image[frame]).any():
        return None
    arrays = (pose.image, pose.world, pose.confidence, pose.presence)
    return Person(*(array[frame].astype(np.float32) for array in arrays))


def feed(coach: LiveCoach, pose: PoseSequence, *, delay_s: float = 0.0) -> list[LiveState]:
    """What the coach makes of each frame of a pose."""
    return [
        coach.update(
            person_at(pose, frame), float(time_s) + delay_s, people=int(pose.people[frame])
        )
        for frame, time_s in enumerate(pose.time_s)
    ]
