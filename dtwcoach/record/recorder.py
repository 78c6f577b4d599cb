"""When a take begins and ends, and what it holds: by keys, or by a plan."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from dtwcoach.live.buffer import MOST_FRAMES, PoseBuffer
from dtwcoach.pose import HAND_KEYPOINTS, KEYPOINTS, SIDES, FloatArray, PoseSequence
from dtwcoach.sources.tracking import Person

SHORTEST_S = 0.3
"""What ends sooner is no take."""
SAID_S = 3.0
"""So long it stays on the screen what became of a take."""


class Stage(StrEnum):
    """What is going on."""

    WAITING = "waiting"
    COUNTDOWN = "countdown"
    RECORDING = "recording"
    OVER = "over"


@dataclass(frozen=True)
class Plan:
    """Takes that begin and end by themselves.

    Parameters
    ----------
    takes : int
    seconds : float
        Of each take.
    break_s : float
        Before each take, also the first.
    label : str
        Of all of them, "right" or "wrong".
    """

    takes: int
    seconds: float
    break_s: float = 5.0
    label: str = "right"


@dataclass(frozen=True, eq=False)
class RecordedTake:
    """A finished take: its label, and its pose in seconds from its start."""

    label: str
    pose: PoseSequence


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen in one picture.

    Parameters
    ----------
    person : Person or None
        Whoever is recorded, where they are seen.
    people : int
        How many are in the picture.
    hands : (2, 21, 3) float, optional
    face : (9,) float, optional
        As in `PoseSequence`; None when nobody looks for them.
    """

    person: Person | None
    people: int
    hands: FloatArray | None = None
    face: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class RecorderState:
    """What is known after a frame.

    Parameters
    ----------
    stage : Stage
    label : str
        Of the take that runs or is about to.
    number, planned : int
        Which take that is, from 1, and how many there are to be (0: as many as are asked for).
    seconds : float
        Left until it begins, or recorded of it.
    right, wrong : int
        Finished takes.
    said : str
        What just became of a take; "" otherwise.
    points : (33, 2) float
        The body in the picture, pixels; NaN where not seen.
    hands : (2, 21, 2) float
        The same of the hands.
    """

    stage: Stage
    label: str
    number: int
    planned: int
    seconds: float
    right: int
    wrong: int
    said: str
    points: FloatArray
    hands: FloatArray


class Recorder:
    """Follows a session frame by frame, and holds its takes.

    Parameters
    ----------
    frame_size : (width, height)
        Pixels of the pictures.
    model : str
        Of the poses, as in `PoseSequence`.
    plan : Plan, optional
        Without one, takes begin and end with keys.
    countdown_s : float
        Between a key and its take; a plan has its own breaks.

    Attributes
    ----------
    takes : list of RecordedTake
    dropped : list of str
        What was not kept, and why, in words.

    Examples
    --------
    ::

        recorder = Recorder(frame_size=(1280, 720), model=model_name())
        state = recorder.update(Look(person, people=1), time_s, wish="right")
        recorder.close("the file is over", whole=True)
    """

    def __init__(
        self,
        *,
        frame_size: tuple[int, int],
        model: str,
        plan: Plan | None = None,
        countdown_s: float = 3.0,
    ) -> None:
        self.takes: list[RecordedTake] = []
        self.dropped: list[str] = []
        self._size, self._model, self._plan, self._countdown_s = (
            frame_size, model, plan, countdown_s,
        )  # fmt: skip
        self._stage, self._label = Stage.WAITING, plan.label if plan else ""
        self._clear()
        self._begins_s = self._now_s = 0.0
        self._said, self._said_s = "", float("-inf")

    @property
    def recording(self) -> bool:
        """Whether a take runs."""
        return self._stage is Stage.RECORDING

    def update(self, look: Look, time_s: float, *, wish: str = "") -> RecorderState:
        """Take in a frame.

        Parameters
        ----------
        look : Look
        time_s : float
            Must increase.
        wish : str
            "right" or "wrong" begins a take, "stop" ends it, "undo" takes the one that runs or
            else the last one back, "end" ends the session; "" is nothing.
        """
        self._now_s = time_s
        if self._plan is not None and self._stage is Stage.WAITING:
            self._count_down(self._plan.break_s)
        self._obey(wish)
        if self._stage is Stage.COUNTDOWN and time_s >= self._begins_s:
            self._stage, self._begins_s = Stage.RECORDING, time_s
            self._clear()
        if self.recording:
            if self._plan is not None and time_s - self._begins_s >= self._plan.seconds:
                self._finish()
            else:
                self._buffer.append(look.person, time_s, people=look.people)
                self._others.append((look.hands, look.face))
        return self._state(look)

    def close(self, why: str, *, whole: bool) -> None:
        """End the session; a take that still runs is kept if `whole`, and else dropped."""
        if self.recording:
            if whole:
                self._finish()
            else:
                self._drop(why)
        self._stage = Stage.OVER

    def _obey(self, wish: str) -> None:
        by_hand = self._plan is None
        if wish == "end":
            self.close("the session was ended", whole=False)
        elif wish == "undo":
            self._undo()
        elif wish == "stop" and self.recording:
            self._finish()
        elif wish == "stop" and by_hand:
            self._next()
        elif wish in ("right", "wrong") and by_hand and self._stage is Stage.WAITING:
            self._label = wish
            self._count_down(self._countdown_s)

    def _undo(self) -> None:
        if self.recording:
            self._drop("it was undone")
            self._next()
        elif self._stage is Stage.COUNTDOWN and self._plan is None:
            self._next()
        elif self.takes:
            self.takes.pop()
            self._say(f"Take {len(self.takes) + 1} undone")

    def _finish(self) -> None:
        """Keep the take that runs."""
        if self._now_s - self._begins_s < SHORTEST_S:
            self._drop("it was too short")
        else:
            pose = self._buffer.pose()
            lost = self._buffer.frames_dropped
            pose = replace(
                pose,
                time_s=pose.time_s - self._begins_s,
                hands=_joined([hands for hands, _ in self._others]),
                face=_joined([face for _, face in self._others]),
                notes=(f"the first {lost} pictures of a long take were let go",) if lost else (),
            )
            self.takes.append(RecordedTake(self._label, pose))
            self._say(f"Take {len(self.takes)} kept")
        self._next()

    def _drop(self, why: str) -> None:
        seconds = self._now_s - self._begins_s
        number = len(self.takes) + 1
        self.dropped.append(f"take {number} ({self._label}) after {seconds:.1f} s: {why}")
        self._say(f"Take {number} dropped")

    def _next(self) -> None:
        """What comes after a take."""
        self._clear()
        if self._plan is None:
            self._stage = Stage.WAITING
        elif len(self.takes) >= self._plan.takes:
            self._stage = Stage.OVER
        else:
            self._count_down(self._plan.break_s)

    def _count_down(self, seconds: float) -> None:
        self._stage, self._begins_s = Stage.COUNTDOWN, self._now_s + seconds

    def _say(self, text: str) -> None:
        self._said, self._said_s = text, self._now_s

    def _clear(self) -> None:
        self._buffer = PoseBuffer(frame_size=self._size, model=self._model, most_frames=MOST_FRAMES)
        # Hands and face, as many as the buffer has bodies.
        self._others: deque[tuple[FloatArray | None, FloatArray | None]] = deque(maxlen=MOST_FRAMES)

    def _state(self, look: Look) -> RecorderState:
        labels = [take.label for take in self.takes]
        away_s = abs(self._now_s - self._begins_s)
        points = np.full((len(KEYPOINTS), 2), np.nan)
        if look.person is not None:
            points = np.asarray(look.person.image[:, :2], dtype=np.float64)
        hands = np.full((len(SIDES), len(HAND_KEYPOINTS), 2), np.nan)
        return RecorderState(
            stage=self._stage,
            label=self._label,
            number=len(labels) + 1,
            planned=self._plan.takes if self._plan else 0,
            seconds=away_s if self._stage in (Stage.COUNTDOWN, Stage.RECORDING) else 0.0,
            right=labels.count("right"),
            wrong=labels.count("wrong"),
            said=self._said if self._now_s - self._said_s < SAID_S else "",
            points=points,
            hands=hands if look.hands is None else look.hands[..., :2],
        )


def _joined(arrays: list[FloatArray | None]) -> FloatArray | None:
    """Arrays of all frames in one; None where nobody looked."""
    known = [array for array in arrays if array is not None]
    return np.array(known) if known and len(known) == len(arrays) else None
