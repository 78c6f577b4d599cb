"""A planned workout in front of a camera: set after set, with prompts, rests and the total."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dtwcoach.drawing import Picture
from dtwcoach.live import screen
from dtwcoach.live.coach import LiveCoach, LiveState, Stage
from dtwcoach.live.referee import helper_process
from dtwcoach.live.session import INTERRUPTED, Show, notes_of
from dtwcoach.live.window import FILM_FPS, Film, NoWindow, Screen
from dtwcoach.live.window import KEYS as KEYS_OF_A_SET
from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.matching.judging import Judge
from dtwcoach.sources.camera import Camera, open_camera
from dtwcoach.sources.mediapipe import PoseTracker, thinned
from dtwcoach.sources.tracking import Person
from dtwcoach.sources.video import open_writer
from dtwcoach.workout.plan import Plan
from dtwcoach.workout.recordings import AROUND_S, Watched
from dtwcoach.workout.run import RepDone, SetSeen, TimePassed, WorkoutRun

KEYS = {**KEYS_OF_A_SET, ord("n"): "next"}
"""Key -> what is wanted in a workout."""


@dataclass(frozen=True, eq=False)
class WorkoutEnded:
    """What is left of a workout.

    Parameters
    ----------
    watched : Watched
        How far the plan was followed, and the final word on each set.
    frames, frames_dropped, end
        As in `session.Ended`.
    """

    watched: Watched
    frames: int
    frames_dropped: int
    end: str


class LiveWorkout:
    """Follows a plan, frame by frame, in its order.

    Each set has a live coach of its own. It ends with the planned number of repetitions, or by a
    pause (`PlannedExercise.pause_s`); after that much rest the next coach begins to look, so that
    who starts early is seen.

    Parameters
    ----------
    plan : Plan
    judges : iterable of Judge
        See `workout.recordings.judges_of`.
    frame_size : (width, height)
        Of the pictures, in pixels.
    helper : Executor, optional
        From `referee.helper_process`, with all judges.
    athlete, source, height_cm
        As in `coach.assess`.
    """

    def __init__(
        self,
        plan: Plan,
        judges: Iterable[Judge],
        *,
        frame_size: tuple[int, int],
        helper: Executor | None = None,
        athlete: str = "",
        source: str = "",
        height_cm: float | None = None,
    ) -> None:
        self._judges = {judge.exercise.name: judge for judge in judges}
        self._size, self._helper = frame_size, helper
        self._judged = partial(
            LiveCoach.finish, athlete=athlete, source=source, height_cm=height_cm
        )
        self._done, self._assessments = WorkoutRun(plan), list[SetAssessment]()
        self._coach: LiveCoach | None = None
        self._reps: tuple[RepAssessment, ...] = ()
        self._frames = 0
        self._skips_rest = False

    @property
    def watched(self) -> Watched:
        """The sets that are over."""
        return Watched(self._done, tuple(self._assessments))

    @property
    def run(self) -> WorkoutRun:
        """How far one is, with the set that goes on."""
        at = self._done.awaited
        return self._done if at is None else self._done.after(self._seen(at, self._reps))

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self._done.awaited is None

    def update(self, person: Person | None, time_s: float, *, people: int = 1) -> LiveState | None:
        """Take in a frame, as `LiveCoach.update` does; None while one rests, or all is over."""
        self._done = self._done.after(TimePassed(time_s))
        at = self._done.awaited
        if at is None or (self._coach is None and self._rests):
            return None
        if self._coach is None:
            planned = self._done.plan.exercises[at]
            self._coach = LiveCoach(
                self._judges[planned.name],
                frame_size=self._size,
                helper=self._helper,
                reps=planned.reps,
                end_s=planned.pause_s,
                before_s=AROUND_S,
            )
        state = self._coach.update(person, time_s, people=people)
        self._frames += 1
        self._reps = state.reps
        if state.stage is Stage.OVER:
            self.end_set()
        return state

    def undo(self) -> None:
        """Take the set's last repetition back."""
        if self._coach is not None and self._coach.undo() is not None:
            self._reps = self._reps[:-1]

    def next(self) -> None:
        """Go on: from a rest to the next set; from a set, done or not, to what follows it."""
        if self._coach is None:
            self._skips_rest = True
        else:
            self.end_set()

    def end_set(self, *, left: bool = False) -> None:
        """Judge the set that goes on as a whole.

        With `left`, since the athlete has gone, one without repetitions counts as missing.
        """
        at = self._done.awaited
        if self._coach is None or at is None or self._frames < 2:  # nothing to be judged
            return
        found = self._judged(self._coach)
        self._coach, self._reps, self._frames, self._skips_rest = None, (), 0, False
        if found.reps or not left:
            self._done = self._done.after(self._seen(at, found.reps, over=True))
            self._assessments.append(replace(found, recording=None))

    @property
    def _rests(self) -> bool:
        """Whether the rest is so young that nobody would begin."""
        if not self._done.done or self._skips_rest:
            return False
        entry = self._done.done[-1].entry
        assert entry is not None
        last = self._done.plan.exercises[entry]
        return self._done.rest_left_s > max(0.0, last.rest_s - last.pause_s)

    def _seen(self, at: int, reps: tuple[RepAssessment, ...], *, over: bool = False) -> SetSeen:
        name = self._done.plan.exercises[at].name
        done = tuple(RepDone(name, rep.start_s, rep.stop_s, rep.verdict) for rep in reps)
        return SetSeen(at, done, over)


def coach_workout(
    plan: Plan,
    judges: Iterable[Judge],
    source: Path | int,
    *,
    window: Screen | None = None,
    paced: bool = True,
    mirrored: bool = False,
    save: Path | None = None,
    athlete: str = "",
    height_cm: float | None = None,
    said: Callable[[RepAssessment], None] = lambda rep: None,
    told: Callable[[str], None] = lambda prompt: None,
) -> WorkoutEnded:
    """Coach a workout.

    Parameters
    ----------
    plan : Plan
    judges : iterable of Judge
        See `workout.recordings.judges_of`.
    source, window, paced, mirrored, save, athlete, said
        As in `session.coach_set`; `window` with `KEYS`.
    height_cm : float, optional
        As in `coach.assess`.
    told : callable
        Called with the prompt when the workout begins and after each set.

    Raises
    ------
    SourceError
        When there is no such camera or file.
    StorageError
        When the video cannot be written.
    """
    judges = tuple(judges)
    with ExitStack() as stack:
        waits = not paced and not isinstance(source, int)
        helper = None if waits else stack.enter_context(helper_process(*judges))
        tracker = stack.enter_context(PoseTracker())
        camera = stack.enter_context(open_camera(source, paced=paced, mirrored=mirrored))
        workout = LiveWorkout(
            plan, judges, frame_size=camera.size, helper=helper, athlete=athlete,
            source=camera.name, height_cm=height_cm,
        )  # fmt: skip
        film = None
        if save is not None:
            size = screen.size_of(camera.size)
            film = Film(stack.enter_context(open_writer(save, fps=FILM_FPS, size=size)))
        show = Show(window or NoWindow(), film)
        try:
            end = _coached(camera, tracker, workout, show, said, told)
        except KeyboardInterrupt:
            end = INTERRUPTED
        workout.end_set(left=True)
        done = workout.watched.run
        total = f"Done: {done.points} of {plan.reps} right"
        told(total)
        show.last(partial(screen.draw_total, total=total))
        notes = notes_of(camera)
        found = tuple(replace(a, notes=(*notes, *a.notes)) for a in workout.watched.assessments)
    return WorkoutEnded(Watched(done, found), show.frames, camera.frames_dropped, end)


def _coached(
    camera: Camera,
    tracker: PoseTracker,
    workout: LiveWorkout,
    show: Show,
    said: Callable[[RepAssessment], None],
    told: Callable[[str], None],
) -> str:
    """Follow the workout to its end; return why it ended."""
    state: LiveState | None = None
    held, sets_told = False, -1
    for frame in thinned(camera):
        if not held:
            sighting = tracker.update(frame)
            state = workout.update(sighting.athlete, frame.time_s, people=sighting.count)
            if state is not None and state.new is not None:
                said(state.new)
        if workout.is_over:
            return "the workout is over"
        watched = workout.watched
        if len(watched.assessments) != sets_told:
            sets_told = len(watched.assessments)
            told(watched.run.prompt)
        wish = show.frame(frame, partial(_drawn, state=state, workout=workout, held=held))
        if wish == "end":
            return "asked for"
        held ^= wish == "pause"
        if wish == "undo":
            workout.undo()
        if wish == "next":
            workout.next()
            if workout.is_over:
                return "the workout is over"
    return str(camera.end)


def _drawn(image: Picture, *, state: LiveState | None, workout: LiveWorkout, held: bool) -> Picture:
    """A picture with the prompt; in a rest with how the last set went."""
    run = workout.run
    if state is None or (state.stage is Stage.READY and run.rest_left_s > 0.0):
        before = workout.watched.assessments
        return screen.draw_rest(image, run.prompt, before=before[-1] if before else None, held=held)
    return screen.draw(image, state, prompt=run.prompt, held=held)
