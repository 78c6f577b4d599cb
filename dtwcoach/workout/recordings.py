"""A workout on recordings: which part of them is which set of the plan, and how it was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.coach import assess, judge_for
from dtwcoach.errors import UsageError
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.library import Library
from dtwcoach.motion.recording import describe
from dtwcoach.pose import PoseSequence
from dtwcoach.recognition.repetitions import recognise
from dtwcoach.settings import Settings
from dtwcoach.workout.plan import Plan
from dtwcoach.workout.run import Break, RepDone, SetDone, WorkoutRun

AROUND_S = 2.0
"""So much of the recording to both sides of a set is judged with it."""


@dataclass(frozen=True, eq=False)
class Watched:
    """What recordings show of a workout.

    Parameters
    ----------
    run : WorkoutRun
    assessments : tuple of SetAssessment
        Of each set in `run.done`, without its recording.
    """

    run: WorkoutRun
    assessments: tuple[SetAssessment, ...] = ()


def known(plan: Plan, library: Library) -> Plan:
    """Return a plan with the titles that the library has for its exercises.

    Raises
    ------
    UsageError
        When one of them is a position to hold: holds are not recognised.
    LibraryError
        When one is unknown.
    """
    exercises = []
    for planned in plan.exercises:
        exercise = library.exercise(planned.name)
        if exercise.kind == "hold":
            raise UsageError(
                f"{exercise.name} is held, not repeated; a plan takes exercises with repetitions. "
                f"For the time in position: dtwcoach score {exercise.name} FILE"
            )
        exercises.append(replace(planned, name=exercise.name, title=exercise.title))
    return replace(plan, exercises=tuple(exercises))


def judges_of(
    plan: Plan, library: Library, *, model: str, settings: Settings, athlete: str = ""
) -> tuple[Judge, ...]:
    """Return a judge for each exercise of a plan, for poses of one model.

    Raises
    ------
    LibraryError, CalibrationError
        As `coach.judge_for`.
    """
    return tuple(
        judge_for(library, name, model=model, settings=settings, athlete=athlete)
        for name in dict.fromkeys(one.name for one in plan.exercises)
    )


def watch(
    watched: Watched,
    pose: PoseSequence,
    judges: Iterable[Judge],
    *,
    source: str = "",
    athlete: str = "",
    height_cm: float | None = None,
) -> Watched:
    """Go on with a workout by one more recording.

    Its repetitions are recognised and put into sets by the run of the plan; then each set is
    judged as `coach.assess` judges a recording of its own. Where it can find nothing there, the
    repetitions count as not judged.

    Parameters
    ----------
    watched : Watched
        What earlier recordings have shown.
    pose : PoseSequence
    judges : iterable of Judge
        See `judges_of`.
    source, athlete, height_cm
        As in `coach.assess`.
    """
    run = watched.run.after(Break())
    before = len(run.done)
    by_name = {judge.exercise.name: judge for judge in judges}
    if len(pose) > 1 and (pose.people > 0).any():
        recording = describe(pose, next(iter(by_name.values())).settings)
        time_s = recording.series.time_s
        for rep in recognise(recording, by_name.values()).reps:
            start_s, stop_s = float(time_s[rep.start]), float(time_s[rep.stop - 1])
            run = run.after(RepDone(rep.label, start_s, stop_s, Verdict.CANNOT_JUDGE))
    sets = run.done[before:]
    found = [
        assess(
            _around(pose, sets, number),
            by_name[one.exercise],
            athlete=athlete,
            source=source,
            height_cm=height_cm,
        )
        for number, one in enumerate(sets)
    ]
    judged = [
        replace(one, verdicts=tuple(rep.verdict for rep in a.reps)) if a.reps else one
        for one, a in zip(sets, found, strict=True)
    ]
    light = (replace(a, recording=None) for a in found)
    done = (*run.done[:before], *judged)
    return Watched(replace(run, done=done), (*watched.assessments, *light))


def _around(pose: PoseSequence, sets: Sequence[SetDone], number: int) -> PoseSequence:
    """The recording of one set and a little around it, without any of the sets beside it."""
    one = sets[number]
    first_s = max([one.start_s - AROUND_S, *(other.stop_s for other in sets[:number])])
    last_s = min([one.stop_s + AROUND_S, *(other.start_s for other in sets[number + 1 :])])
    return pose.slice(*np.searchsorted(pose.time_s, [first_s, last_s], side="right"))
