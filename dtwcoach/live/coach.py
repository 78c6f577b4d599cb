"""What is said to an athlete while the set goes on, and the final word at its end."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dtwcoach.coach import assess
from dtwcoach.live.body import BodyNow, CausalBody
from dtwcoach.live.buffer import MOST_FRAMES, PoseBuffer
from dtwcoach.live.joints import JointWatch
from dtwcoach.live.ready import Doorkeeper
from dtwcoach.live.referee import Referee
from dtwcoach.live.watch import watch_for
from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.matching.judging import Judge
from dtwcoach.pose import FloatArray
from dtwcoach.sources.tracking import Person
from dtwcoach.sources.video import DEFAULT_FPS

ASK_S = (0.2, 0.5, 0.9, 1.5)
"""So long after a movement seems over it is judged, and again while no repetition is found in it:
what the stages make of its end needs a little of what follows."""
WINDOW_S = 30.0
"""So much of the past, and all since the last repetition, is looked at to judge one."""
OVER_S, SURELY_S, LEVEL = 0.3, 1.0, 0.8
"""A repetition is believed when it ended so long before the newest frame, provided that its shorter
way is this share of the longer one: else it may still go on, and the second holds."""
REST_S, END_S = 2.5, 10.0
"""Who does nothing for the first rests, for the second has ended the set."""
CLEARLY_DEG = 20.0
"""The mirror image is looked at when its view fits better by so much."""


class Stage(StrEnum):
    """Where in a set the athlete is."""

    WAITING = "something keeps the set from being judged"
    READY = "it may begin"
    MOVING = "in a repetition"
    BETWEEN = "between repetitions"
    RESTING = "a pause"
    OVER = "the set has ended"


@dataclass(frozen=True, eq=False)
class LiveState:
    """What is known, and to be shown, after a frame.

    Parameters
    ----------
    time_s : float
    stage : Stage
    message : str
        What to do before the set can be judged; "" where nothing is in the way.
    points : (keypoint, 2) float
        Pixels; NaN where not seen.
    off : (keypoint,) bool
        Joints that are off in this moment.
    phase : str
        Of the movement, as the exercise calls it; "" between repetitions.
    drive : float
        How far along the movement the body is, 0 at rest and 1 at the turn.
    held_s : float
        Time in position, where one is held; 0 otherwise.
    rest_s : float
        Time since anything was done.
    reps : tuple of RepAssessment
        As they were said, without those taken back, and without their curves.
    new : RepAssessment or None
        The one that was judged with this frame.
    """

    time_s: float
    stage: Stage
    message: str
    points: FloatArray
    off: NDArray[np.bool_]
    phase: str = ""
    drive: float = float("nan")
    held_s: float = 0.0
    rest_s: float = 0.0
    reps: tuple[RepAssessment, ...] = ()
    new: RepAssessment | None = None

    @property
    def last(self) -> RepAssessment | None:
        """The last repetition that was judged."""
        return self.reps[-1] if self.reps else None


class LiveCoach:
    """Follows one set, frame by frame.

    A light look at every frame shows joints and finds out when something may have ended; then the
    same stages that judge recordings judge the last half minute, and what they find is said. At
    the end they judge the whole set.

    Parameters
    ----------
    judge : Judge
    frame_size : (width, height)
        Of the pictures, in pixels.
    helper : Executor, optional
        From `referee.helper_process`: judges beside the frames. Without it the frame after a
        repetition takes longer than others.
    reps : int, optional
        The set ends with so many.
    end_s : float
        It ends also when nothing is done for so long, once it has begun.
    before_s : float
        So much of the time before anything is done belongs to the set. A body's size and heading
        are those of the whole set: who stands facing the camera for long and then turns would be
        seen askew.
    most_frames : int
        See `PoseBuffer`.

    Examples
    --------
    ::

        coach = LiveCoach(judge, frame_size=camera.size)
        for frame in camera:
            sighting = tracker.update(frame)
            state = coach.update(sighting.athlete, frame.time_s, people=sighting.count)
        assessment = coach.finish()
    """

    def __init__(
        self,
        judge: Judge,
        *,
        frame_size: tuple[int, int],
        helper: Executor | None = None,
        reps: int | None = None,
        end_s: float = END_S,
        before_s: float = float("inf"),
        most_frames: int = MOST_FRAMES,
    ) -> None:
        self._judge, self._wanted, self._end_s = judge, reps, end_s
        self._buffer = PoseBuffer(frame_size=frame_size, model=judge.model, most_frames=most_frames)
        self._body = CausalBody(self._buffer, judge.settings)
        sides = judge.exercise.sides
        self._watch = watch_for(judge.guide, both_sides=sides != "together")
        self._joints, self._door = JointWatch(judge), Doorkeeper(judge)
        self._referee = Referee(judge, helper)
        self._steps_s: deque[float] = deque(maxlen=30)
        self._asks_s: list[float] = []
        self._said: list[RepAssessment] = []
        self._taken_back: list[RepAssessment] = []
        self._before_s, self._since_s = before_s, float("-inf")
        self._last_s = self._busy_s = float("nan")
        self._mirrored = self._over = False

    def update(self, person: Person | None, time_s: float, *, people: int = 1) -> LiveState:
        """Take in a frame.

        Parameters
        ----------
        person : Person or None
            The athlete, as `PoseTracker` finds them; None when not in the picture.
        time_s : float
            Later than the last frame's.
        people : int
            How many are in the picture.
        """
        if not np.isnan(self._last_s):
            self._steps_s.append(time_s - self._last_s)
            if time_s - self._last_s > REST_S:  # the camera was held
                self._busy_s = time_s
        self._last_s = time_s
        self._buffer.append(person, time_s, people=people if person is not None else 0)
        fps = 1.0 / float(np.median(self._steps_s)) if self._steps_s else DEFAULT_FPS
        body = self._body.now(time_s, fps=fps, mirrored=self._mirrored)
        if self._watch.step(body.values, time_s):
            self._asks_s = [time_s + wait_s for wait_s in ASK_S]
        if np.isnan(self._busy_s) or self._watch.away or body.walking:
            self._busy_s = time_s
        new = self._judged(time_s)
        if not (self._begun or self._watch.away):
            self._since_s = time_s - self._before_s
        message = self._door.advice(body, people=people, fps=fps)
        self._choose_side(body)
        off, phase = self._joints.step(body.values, self._watch, time_s, mirrored=self._mirrored)
        return LiveState(
            time_s=time_s,
            stage=self._stage(message, time_s),
            message=message,
            points=body.points,
            off=off,
            phase=phase,
            drive=self._watch.drive,
            held_s=self._watch.held_s,
            rest_s=time_s - self._busy_s,
            reps=tuple(self._said),
            new=new,
        )

    def undo(self) -> RepAssessment | None:
        """Take the last repetition back: it counts neither now nor at the end."""
        if not self._said:
            return None
        self._taken_back.append(self._said.pop())
        return self._taken_back[-1]

    def finish(
        self, *, athlete: str = "", source: str = "", height_cm: float | None = None
    ) -> SetAssessment:
        """Judge the whole set as a recording: the final word.

        Its notes say which repetitions were called otherwise, or not at all, while it went on,
        and what was taken back.
        """
        pose = self._buffer.pose(self._since_s)
        judged = assess(pose, self._judge, athlete=athlete, source=source, height_cm=height_cm)
        back = [_same(judged.reps, one) for one in self._taken_back]
        kept = [rep for rep in judged.reps if rep not in back]
        reps = tuple(replace(rep, number=number) for number, rep in enumerate(kept, start=1))
        notes = list(differences(self._said, reps))
        if self._taken_back:
            notes.append(f"{_counted(len(self._taken_back))} taken back by hand.")
        if self._buffer.frames_dropped:
            notes.append(
                f"The set was longer than what is remembered: its first "
                f"{self._buffer.frames_dropped} frames are not part of this."
            )
        if self._wanted is not None and self._wanted != len(reps):
            notes.append(f"{self._wanted} repetitions were announced; {len(reps)} were found.")
        return replace(judged, reps=reps, notes=(*judged.notes, *notes))

    def _judged(self, time_s: float) -> RepAssessment | None:
        """Ask for, and take, the verdict on what has just ended."""
        if self._asks_s and time_s >= self._asks_s[0] and not self._referee.is_busy:
            self._asks_s.pop(0)
            self._referee.ask(self._buffer.pose(self._window_s(time_s)))
            self._asked_s = time_s
        answer = self._referee.answer()
        if answer is None:
            return None
        after_s = max((rep.stop_s for rep in (*self._said, *self._taken_back)), default=-np.inf)
        new = [
            rep
            for rep in answer.reps
            if rep.turn_s > after_s and _is_over(rep, answer, self._asked_s)
        ]
        for rep in new:
            self._said.append(_light(rep, number=len(self._said) + 1))
        if new:
            self._asks_s = []
        self._over |= self._wanted is not None and len(self._said) >= self._wanted
        return self._said[-1] if new else None

    def _window_s(self, time_s: float) -> float:
        """Since when it is looked at to judge what has just ended."""
        if self._judge.exercise.kind == "hold":
            return self._body.since_s
        last_s = self._said[-1].stop_s if self._said else float("inf")
        since_s = max(self._since_s, self._body.since_s)
        return max(since_s, min(time_s - WINDOW_S, last_s - WINDOW_S / 2))

    def _choose_side(self, body: BodyNow) -> None:
        """Look at the mirror image where an exercise allows it and its view fits clearly better."""
        exercise = self._judge.exercise
        if self._watch.away or not exercise.symmetric or exercise.sides != "together":
            return
        own, other = (
            self._judge.view_difference_deg(yaw_deg)
            for yaw_deg in (body.view_yaw_deg, -body.view_yaw_deg)
        )
        if own - other > CLEARLY_DEG:
            self._mirrored = not self._mirrored

    @property
    def _begun(self) -> bool:
        """Whether there has been a repetition, or something that may turn out to be one."""
        asked = bool(self._asks_s) or self._referee.is_busy
        return asked or bool(self._said or self._taken_back)

    def _stage(self, message: str, time_s: float) -> Stage:
        rest_s = time_s - self._busy_s
        self._over |= self._begun and rest_s > self._end_s
        if self._over:
            return Stage.OVER
        if self._watch.away:
            return Stage.MOVING
        if not self._begun:
            return Stage.WAITING if message else Stage.READY
        return Stage.RESTING if rest_s > REST_S else Stage.BETWEEN


def differences(said: list[RepAssessment], final: tuple[RepAssessment, ...]) -> list[str]:
    """Return what the final word says otherwise than what was said live, in words."""
    notes = []
    for rep in said:
        now = _same(final, rep)
        if now is None:
            notes.append(
                f"Repetition {rep.number}, called {rep.verdict} live, is none in the whole set."
            )
        elif now.verdict is not rep.verdict:
            notes.append(
                f"Repetition {now.number} was called {rep.verdict} live; "
                f"in the whole set it is {now.verdict}."
            )
    notes += [
        f"Repetition {now.number} was not noticed live."
        for now in final
        if _same(said, now) is None
    ]
    return notes


def _light(rep: RepAssessment, *, number: int) -> RepAssessment:
    """A repetition as it is remembered until the end: without its curves, which are large."""
    none = np.zeros((0, 0))
    return replace(
        rep, number=number, attempt=none, body=none, path=none.astype(int), sample_s=none
    )


def _is_over(rep: RepAssessment, answer: SetAssessment, now_s: float) -> bool:
    """Whether a repetition has ended for good, as far as can be told."""
    start, stop = np.searchsorted(answer.time_s, [rep.start_s, rep.stop_s + 1e-6])
    drive = answer.drive[start:stop]
    ways = sorted(np.nanmax(drive) - drive[[0, -1]]) if np.isfinite(drive).all() else [1.0, 1.0]
    is_level = ways[0] >= LEVEL * ways[1]
    return bool(now_s - rep.stop_s > (OVER_S if is_level else SURELY_S))


def _same(
    reps: tuple[RepAssessment, ...] | list[RepAssessment], one: RepAssessment
) -> RepAssessment | None:
    """The repetition in whose time the other one turns."""
    return next((rep for rep in reps if rep.start_s <= one.turn_s <= rep.stop_s), None)


def _counted(number: int) -> str:
    return "1 repetition was" if number == 1 else f"{number} repetitions were"
