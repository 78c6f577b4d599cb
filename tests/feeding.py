"""Poses fed frame by frame: to a live coach, or by a tracker that knows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dtwcoach.live.coach import LiveCoach, LiveState
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.mediapipe import Sighting
from dtwcoach.sources.tracking import Person
from dtwcoach.sources.video import Frame, open_writer


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


def tracker_of(pose: PoseSequence, looked: list[int] | None = None) -> type:
    """A class like `PoseTracker` that knows the pose; `looked` gets the frames it has looked at."""

    class Known:
        def __enter__(self) -> Known:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, frame: Frame) -> Sighting:
            if looked is not None:
                looked.append(frame.index)
            person = person_at(pose, frame.index)
            people = {} if person is None else {0: person}
            return Sighting(frame.time_s, people, person, len(people))

    return Known


def blank_film(path: Path, frames: int) -> Path:
    """Write a film of so many black pictures, 30 a second."""
    with open_writer(path, fps=30.0, size=(640, 480)) as writer:
        for _ in range(frames):
            writer.write(np.zeros((480, 640, 3), np.uint8))
    return path
