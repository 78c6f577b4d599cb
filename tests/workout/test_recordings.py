"""Workouts on recordings of drawn people: the sets are found, judged, and put into the plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, filmed, joined, judge_of

from dtwcoach.coach import assess
from dtwcoach.matching.assessment import Verdict
from dtwcoach.pose import PoseSequence
from dtwcoach.workout.plan import Plan, PlannedExercise
from dtwcoach.workout.recordings import Watched, watch
from dtwcoach.workout.run import WorkoutRun

JUDGES = tuple(judge_of(name) for name in ("squat", "lateral_raise"))
PLAN = Plan(
    "Monday",
    (
        PlannedExercise("squat", 3, sets=2, rest_s=10.0),
        PlannedExercise("lateral_raise", 2),
    ),
)
SHALLOW = {1: (("shallow", 60.0),)}


def seen(*poses: PoseSequence) -> Watched:
    watched = Watched(WorkoutRun(PLAN))
    for number, pose in enumerate(poses):
        watched = watch(watched, pose, JUDGES, source=f"{number}.mp4", athlete="Anna")
    return watched


FIRST = filmed("squat", 7, reps=3, faults=SHALLOW, lead_out_s=9.0)
SECOND = filmed("squat", 7, reps=2)
RAISES = filmed("lateral_raise", 7, reps=2)


@pytest.fixture(scope="module")
def whole() -> Watched:
    return seen(joined(FIRST, SECOND, RAISES))


def test_sets_are_found_in_one_recording(whole: Watched) -> None:
    rows = whole.run.rows
    assert [(row.planned.name, row.missing, row.extra) for row in rows if row.planned] == [
        ("squat", 0, 0), ("squat", 1, 0), ("lateral_raise", 0, 0),
    ]  # fmt: skip
    assert len(rows) == 3
    assert whole.run.done[0].rest_s == pytest.approx(10.5, abs=1.0)
    assert [row.rest for row in rows] == ["as planned", "too short", ""]
    assert whole.run.prompt.startswith("Done: ")


def test_each_set_is_judged_as_on_a_recording_of_its_own(whole: Watched) -> None:
    for found, pose, judge in zip(
        whole.assessments, (FIRST, SECOND, RAISES), (*JUDGES[:1] * 2, JUDGES[1]), strict=True
    ):
        alone = assess(pose, judge)
        assert [rep.verdict for rep in found.reps] == [rep.verdict for rep in alone.reps]
        # What stands beside a set in the whole recording changes a score by a little.
        assert [r.score for r in found.reps] == pytest.approx(
            [r.score for r in alone.reps], abs=0.2
        )
    assert [one.verdicts for one in whole.run.done] == [
        tuple(rep.verdict for rep in found.reps) for found in whole.assessments
    ]
    assert whole.run.done[0].verdicts == (Verdict.RIGHT, Verdict.WRONG, Verdict.RIGHT)
    assert {(a.athlete, a.source) for a in whole.assessments} == {("Anna", "0.mp4")}
    assert all(a.recording is None for a in whole.assessments)


def test_times_are_those_of_the_recording(whole: Watched) -> None:
    for one, found in zip(whole.run.done, whole.assessments, strict=True):
        assert found.reps[0].start_s == pytest.approx(one.start_s, abs=0.4)
        assert found.reps[-1].stop_s == pytest.approx(one.stop_s, abs=0.4)


def test_several_recordings_make_one_workout(whole: Watched) -> None:
    apart = seen(RAISES, FIRST, SECOND)
    assert [one.verdicts for one in apart.run.done[1:]] == [
        one.verdicts for one in whole.run.done[:2]
    ]
    assert [row.rest for row in apart.run.rows] == ["", "", ""]  # nobody knows
    assert [a.source for a in apart.assessments] == ["0.mp4", "1.mp4", "2.mp4"]
    assert apart.run.points == whole.run.points


def test_nothing_is_seen_of_nobody_nor_of_what_is_not_planned() -> None:
    nobody = replace(FIRST, people=np.zeros_like(FIRST.people))
    other = filmed("push_up", 7, reps=2)
    watched = seen(nobody, FIRST.slice(0, 1), other)
    assert watched.assessments == ()
    assert watched.run.points == 0
    assert watched.run.prompt == "Next: squat, set 1 of 2"


def test_what_cannot_be_judged_is_counted_and_has_no_points() -> None:
    """Filmed from far beside the references' place: no verdict, but repetitions all the same."""
    aside = filmed("squat", 7, reps=3, camera={"yaw_off_deg": 35.0})
    watched = seen(aside)
    (found,) = watched.assessments
    assert found.verdict is Verdict.CANNOT_JUDGE
    assert watched.run.done[0].verdicts == (Verdict.CANNOT_JUDGE,) * 3
    assert (watched.run.points, watched.run.rows[0].missing) == (0, 0)


def test_settings_are_those_of_the_judges() -> None:
    assert {judge.settings for judge in JUDGES} == {SETTINGS}
