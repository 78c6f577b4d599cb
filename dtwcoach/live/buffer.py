"""The poses of a set so far, compact and never more than so many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwcoach.pose import KEYPOINTS, FloatArray, PoseSequence
from dtwcoach.sources.tracking import Person

MOST_FRAMES = 36_000
"""Twenty minutes at 30 frames a second, 38 MB; then the oldest are let go."""
FIRST_ROOM = 1024
COLUMNS = 8
"""Of each keypoint: place in the picture and in metres (3 each), confidence, presence."""


class PoseBuffer:
    """Remembers poses frame by frame.

    Parameters
    ----------
    frame_size : (width, height)
        Pixels of the pictures they come from.
    model : str
        As in `PoseSequence`.
    most_frames : int
        The oldest are let go when there are more.

    Attributes
    ----------
    frames_dropped : int
        How many were let go.
    """

    def __init__(
        self, *, frame_size: tuple[int, int], model: str, most_frames: int = MOST_FRAMES
    ) -> None:
        self._size, self._model, self._most = frame_size, model, most_frames
        self._room(min(FIRST_ROOM, most_frames))
        self._next = self._count = self.frames_dropped = 0

    def __len__(self) -> int:
        return self._count

    def append(self, person: Person | None, time_s: float, *, people: int) -> None:
        """Add a frame; `person` is None where nobody was seen, `people` how many were."""
        room = len(self._time_s)
        if self._count == room and room < self._most:
            self._grow()
        at = self._next
        self._time_s[at], self._people[at] = time_s, people
        if person is None:
            self._poses[at, :, :6], self._poses[at, :, 6:] = np.nan, 0.0
        else:
            self._poses[at, :, :3], self._poses[at, :, 3:6] = person.image, person.world
            self._poses[at, :, 6], self._poses[at, :, 7] = person.confidence, person.presence
        self._next = (at + 1) % len(self._time_s)
        if self._count == len(self._time_s):
            self.frames_dropped += 1
        else:
            self._count += 1

    def pose(self, since_s: float = float("-inf"), *, every: int = 1) -> PoseSequence:
        """Return what is remembered of the time since then.

        With `every`, of every so many-th frame only; the newest is one of them.
        """
        rows = self._rows(since_s)[::-1][::every][::-1]
        poses = self._poses[rows]
        return PoseSequence(
            time_s=self._time_s[rows],
            image=poses[..., :3],
            world=poses[..., 3:6],
            confidence=poses[..., 6],
            presence=poses[..., 7],
            people=self._people[rows],
            frame_size=self._size,
            model=self._model,
        )

    def _rows(self, since_s: float) -> NDArray[np.int64]:
        """Places of the frames since then, oldest first."""
        oldest = self._next - self._count
        low, high = 0, self._count
        while low < high:  # times rise, but the oldest may stand in the middle
            middle = (low + high) // 2
            if self._time_s[(oldest + middle) % len(self._time_s)] < since_s:
                low = middle + 1
            else:
                high = middle
        return (np.arange(low, self._count) + oldest) % len(self._time_s)

    def _room(self, frames: int) -> None:
        self._time_s: FloatArray = np.zeros(frames)
        self._people: NDArray[np.int64] = np.zeros(frames, np.int64)
        self._poses: NDArray[np.float32] = np.zeros((frames, len(KEYPOINTS), COLUMNS), np.float32)

    def _grow(self) -> None:
        """Make room for twice as many; only while nothing has been let go."""
        time_s, people, poses = self._time_s, self._people, self._poses
        self._room(min(2 * len(time_s), self._most))
        for new, old in (
            (self._time_s, time_s), (self._people, people), (self._poses, poses),
        ):  # fmt: skip
            new[: len(old)] = old
        self._next = len(time_s)
