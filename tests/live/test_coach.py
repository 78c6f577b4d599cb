"""A whole set, fed frame by frame; beside it the same poses judged as a recording."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, filmed, judge_of
from feeding import feed, person_at

from dtwcoach.coach import assess, references_from
from dtwcoach.live.coach import LiveCoach, LiveState, Stage, differences
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import Judge, make_judge
from dtwcoach.matching.references import Exercise
from dtwcoach.pose import INDEX, PoseSequence

RIGHT, WRONG = Verdict.RIGHT, Verdict.WRONG


def coach_for(pose: PoseSequence, exercise: str = "squat", **options: Any) -> LiveCoach:
    return LiveCoach(judge_of(exercise), frame_size=pose.frame_size, **options)


@cache
def squats() -> PoseSequence:
    """Four, of which the second is wrong, and then fourteen seconds of nothing."""
    faults = {1: (("shallow", 30.0),)}
    return filmed("squat", 7, reps=4, faults=faults, lead_out_s=14.0)


@cache
def coached() -> tuple[list[LiveState], SetAssessment]:
    coach = coach_for(squats())
    return feed(coach, squats()), coach.finish(athlete="Anna", source="camera 0")


def test_the_verdicts_are_those_of_the_recording_and_come_within_a_second() -> None:
    states, final = coached()
    offline = assess(squats(), judge_of("squat"))
    assert [rep.verdict for rep in offline.reps] == [RIGHT, WRONG, RIGHT, RIGHT]
    assert [rep.verdict for rep in states[-1].reps] == [RIGHT, WRONG, RIGHT, RIGHT]
    assert [rep.score for rep in final.reps] == pytest.approx(
        [rep.score for rep in offline.reps], abs=1e-4
    )
    assert [rep.number for rep in states[-1].reps] == [1, 2, 3, 4]
    new = [(state.time_s, state.new) for state in states if state.new is not None]
    assert len(new) == 4
    for now_s, rep in new:
        assert 0.1 < now_s - rep.stop_s < 1.0
    assert new[1][1].cue == states[-1].reps[1].cue != ""
    assert (final.athlete, final.source) == ("Anna", "camera 0")


def test_the_stages_of_a_set_follow_each_other() -> None:
    stages = [state.stage for state in coached()[0]]
    order = [stage for stage, _ in groupby(stages)]
    assert order[:3] == [Stage.READY, Stage.MOVING, Stage.BETWEEN]
    assert order[-3:] == [Stage.BETWEEN, Stage.RESTING, Stage.OVER]
    assert order.count(Stage.MOVING) == 4
    rest_s = [state.rest_s for state in coached()[0] if state.stage is Stage.RESTING]
    assert 2.5 < rest_s[0] < 2.6
    assert rest_s[-1] < 10.1


def test_phases_are_called_as_the_exercise_calls_them() -> None:
    first = [state for state in coached()[0] if not state.reps]
    phases = list(dict.fromkeys(state.phase for state in first if state.phase))
    assert phases == ["way down", "bottom", "way up"]
    assert max(state.drive for state in first) > 0.8


def test_joints_are_off_in_what_is_wrong_and_not_between() -> None:
    pose = filmed("squat", 7, reps=2, faults={1: (("trunk_lean", 25.0),)})
    states = feed(coach_for(pose), pose)
    off = np.array([state.off for state in states])
    moving = np.array([state.stage is Stage.MOVING for state in states])
    assert not off[~moving].any()
    trunk = [INDEX["left_shoulder"], INDEX["right_shoulder"]]
    wrong = np.array([len(state.reps) == 1 for state in states]) & moving
    assert off[wrong][:, trunk].all(axis=1).mean() > 0.15
    assert off[moving & ~wrong][:, trunk].any(axis=1).mean() < 0.1


def test_undo_takes_the_last_repetition_back_for_good() -> None:
    pose, coach, undone = squats(), coach_for(squats()), []
    for frame, time_s in enumerate(pose.time_s):
        state = coach.update(person_at(pose, frame), float(time_s))
        if state.new is not None and state.new.number == 2 and not undone:
            undone.append(coach.undo())
    assert undone[0].verdict is WRONG
    assert [rep.verdict for rep in state.reps] == [RIGHT, RIGHT, RIGHT]
    final = coach.finish()
    assert [(rep.number, rep.verdict) for rep in final.reps] == [(1, RIGHT), (2, RIGHT), (3, RIGHT)]
    assert "1 repetition was taken back by hand." in final.notes
    assert not any("live" in note for note in final.notes)
    assert coach_for(pose).undo() is None


def test_the_set_ends_with_the_announced_number() -> None:
    coach = coach_for(squats(), reps=2)
    for state in feed(coach, squats()):
        if state.stage is Stage.OVER:
            break
    assert len(state.reps) == 2
    short = filmed("squat", 7, reps=1)
    coach = coach_for(short, reps=3)
    feed(coach, short)
    assert "3 repetitions were announced; 1 were found." in coach.finish().notes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"camera": {"yaw_off_deg": 50.0}}, "Turn to your left"),
        ({"walk_in": True}, "Step into the picture"),
    ],
)
def test_before_the_set_it_is_said_what_is_in_the_way(
    options: dict[str, Any], message: str
) -> None:
    pose = filmed("squat", 7, reps=1, **options)
    states = feed(coach_for(pose), pose)
    waiting = [state for state in states if state.stage is Stage.WAITING]
    assert message in {state.message for state in waiting}


def test_a_mirrored_view_is_judged_as_the_references_are() -> None:
    pose = filmed("squat", 7, reps=2, camera={"yaw_off_deg": -60.0})
    coach = coach_for(pose)
    said = feed(coach, pose)[-1].reps
    final = coach.finish()
    assert [rep.verdict for rep in said] == [rep.verdict for rep in final.reps]
    assert len(said) == 2
    assert all(rep.mirrored for rep in said)


def test_holding_the_camera_does_not_end_the_set() -> None:
    pose = filmed("squat", 7, reps=1)
    coach = coach_for(pose)
    assert len(feed(coach, pose)[-1].reps) == 1
    later = feed(coach, pose, delay_s=60.0)
    assert Stage.OVER not in {state.stage for state in later}
    assert len(later[-1].reps) == 2
    assert len(coach.finish().reps) == 2


def test_only_so_much_is_remembered_and_that_is_said() -> None:
    pose = squats()
    coach = coach_for(pose, most_frames=len(pose) - 250)
    assert len(feed(coach, pose)[-1].reps) == 4
    final = coach.finish()
    assert len(final.reps) < 4
    assert any("its first 250 frames" in note for note in final.notes)


def test_nobody_at_all() -> None:
    coach = LiveCoach(judge_of("squat"), frame_size=(640, 480))
    states = [coach.update(None, frame / 30.0, people=0) for frame in range(90)]
    assert {(state.stage, state.message) for state in states} == {
        (Stage.WAITING, "Step into the picture")
    }
    final = coach.finish()
    assert final.verdict is Verdict.CANNOT_JUDGE
    assert final.reasons[0].code == "nobody"
    assert LiveCoach(judge_of("squat"), frame_size=(640, 480)).finish().reps == ()


def test_where_the_final_word_differs_it_is_said() -> None:
    final = coached()[1].reps
    elsewhere = {"start_s": 98.0, "turn_s": 99.0, "stop_s": 100.0}
    said = [replace(final[0], verdict=WRONG), final[1], replace(final[3], **elsewhere)]
    assert differences(said, final) == [
        "Repetition 1 was called wrong live; in the whole set it is right.",
        "Repetition 4, called right live, is none in the whole set.",
        "Repetition 3 was not noticed live.",
        "Repetition 4 was not noticed live.",
    ]


class Slow(Executor):
    """Answers when it is told to; `broken` as if its process had been killed."""

    def __init__(self) -> None:
        self.asked: list[Future[Any]] = []
        self.broken = False

    def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        if self.broken:
            raise BrokenExecutor
        self.asked.append(Future())
        self.poses = arguments
        return self.asked[-1]


def test_a_helper_is_asked_one_thing_at_a_time_and_frames_do_not_wait() -> None:
    helper = Slow()
    states = feed(coach_for(squats(), helper=helper), squats())
    assert len(helper.asked) == 1
    assert states[-1].reps == ()
    assert len(states) == len(squats())


def test_when_the_helper_dies_the_coach_goes_on_by_itself() -> None:
    helper, pose = Slow(), squats()
    coach = coach_for(pose, helper=helper)
    for frame, time_s in enumerate(pose.time_s):
        state = coach.update(person_at(pose, frame), float(time_s))
        if helper.asked and not helper.broken:
            helper.broken = True
            helper.asked[0].set_exception(BrokenExecutor())
    assert [rep.verdict for rep in state.reps] == [RIGHT, WRONG, RIGHT, RIGHT]


def taught(
    exercise: str, *, kind: str = "repetitions", sides: str = "together", **done: Any
) -> Judge:
    """A judge of an exercise that ships no references, learnt from three people."""
    about = {"kind": kind, "sides": sides}
    references = tuple(
        reference
        for seed in (101, 102, 103)
        for reference in references_from(
            filmed(exercise, seed, **done),
            label="right",
            person=str(seed),
            source="",
            created="2026-01-01T00:00:00+00:00",
            settings=SETTINGS,
            synthetic=True,
            **about,
        )[0]
    )
    known = Exercise(name=exercise, title=exercise, **about)
    return make_judge(known, references, calibrate(known, references, SETTINGS), SETTINGS)


def test_holds_are_timed_and_judged_when_they_end() -> None:
    judge = taught("plank", kind="hold", reps=1, hold_s=6.0)
    pose = filmed("plank", 7, reps=2, hold_s=6.0)
    coach = LiveCoach(judge, frame_size=pose.frame_size)
    states = feed(coach, pose)
    assert 5.0 < max(state.held_s for state in states) < 8.0
    final = coach.finish()
    assert [rep.verdict for rep in states[-1].reps] == [rep.verdict for rep in final.reps]
    assert len(final.reps) == 2
    assert {state.phase for state in states if state.held_s} == {judge.exercise.phases[2]}


@pytest.mark.parametrize(("sides", "count"), [("each", 4), ("pair", 2)])
def test_sides_in_turn(sides: str, count: int) -> None:
    judge = taught("high_knees", sides=sides, reps=4)
    pose = filmed("high_knees", 101, reps=4, lead_out_s=2.0)
    coach = LiveCoach(judge, frame_size=pose.frame_size)
    states = feed(coach, pose)
    final = coach.finish()
    assert len(final.reps) == count
    assert [rep.verdict for rep in states[-1].reps] == [rep.verdict for rep in final.reps]
    assert np.mean([state.off.any() for state in states]) < 0.1
