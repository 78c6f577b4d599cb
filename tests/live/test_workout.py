"""A plan followed frame by frame, with poses that are known; and a session of it on blank films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from athletes import filmed, judge_of
from feeding import blank_film, person_at, tracker_of

from dtwcoach.drawing import Picture
from dtwcoach.live import workout as module
from dtwcoach.live.coach import LiveState
from dtwcoach.live.session import INTERRUPTED
from dtwcoach.live.workout import LiveWorkout, WorkoutEnded, coach_workout
from dtwcoach.matching.assessment import Verdict
from dtwcoach.pose import PoseSequence
from dtwcoach.workout.plan import Plan, PlannedExercise

FPS = 30.0
R, W = Verdict.RIGHT, Verdict.WRONG


@pytest.fixture(scope="module")
def squats() -> PoseSequence:
    """A right and a shallow one."""
    return filmed("squat", 7, reps=2, lead_in_s=0.7, faults={1: (("shallow", 30.0),)})


def planned(
    reps: int, *, sets: int = 2, rest_s: float = 6.0, then: tuple[PlannedExercise, ...] = ()
) -> Plan:
    squat = PlannedExercise("squat", reps, sets=sets, rest_s=rest_s, title="Squat")
    return Plan("Monday", (squat, *then))


def following(plan: Plan) -> LiveWorkout:
    names = dict.fromkeys(one.name for one in plan.exercises)
    return LiveWorkout(plan, [judge_of(name) for name in names], frame_size=(640, 480))


def feed(workout: LiveWorkout, pose: PoseSequence, *, at_s: float = 0.0) -> list[LiveState | None]:
    return [
        workout.update(person_at(pose, frame), at_s + float(time_s))
        for frame, time_s in enumerate(pose.time_s)
    ]


def verdicts(workout: LiveWorkout) -> list[tuple[Verdict, ...]]:
    return [one.verdicts for one in workout.watched.run.done]


def test_sets_end_by_their_count_and_the_next_exercise_follows(squats: PoseSequence) -> None:
    workout = following(planned(2, sets=1, rest_s=0, then=(PlannedExercise("lunge", 1),)))
    assert workout.run.prompt == "Next: Squat"
    feed(workout, squats)
    assert verdicts(workout) == [(R, W)]
    assert workout.run.prompt == "Next: lunge"
    feed(workout, filmed("lunge", 7, reps=1, lead_in_s=0.7), at_s=10.0)
    assert workout.is_over
    assert verdicts(workout) == [(R, W), (R,)]
    assert workout.run.prompt == "Done: 2 of 3 right"
    found = workout.watched.assessments
    assert [one.exercise for one in found] == ["squat", "lunge"]
    assert [one.recording for one in found] == [None, None]
    assert workout.update(None, 30.0) is None


def test_prompts_count_down_repetitions_and_rest_and_nobody_looks_at_its_first_half(
    squats: PoseSequence,
) -> None:
    workout = following(planned(2, rest_s=10.0))
    prompts = []
    for frame, time_s in enumerate(squats.time_s):
        workout.update(person_at(squats, frame), float(time_s))
        prompts.append(workout.run.prompt)
    assert list(dict.fromkeys(prompts))[:3] == [
        "Next: Squat, set 1 of 2", "Squat, set 1 of 2: 1 more",
        "Rest 10 s. Next: Squat, set 2 of 2",
    ]  # fmt: skip
    stop_s = workout.run.done[0].stop_s
    person = person_at(squats, 0)
    assert workout.update(person, stop_s + 4.9) is None
    assert workout.run.prompt == "Rest 6 s. Next: Squat, set 2 of 2"
    assert workout.update(person, stop_s + 5.1) is not None
    feed(workout, squats, at_s=stop_s + 5.2)
    assert verdicts(workout) == [(R, W), (R, W)]
    first, second = workout.run.rows
    assert first.done is not None
    assert first.done.rest_s == pytest.approx(5.9, abs=0.3)
    assert (first.rest, second.rest) == ("too short", "")


def test_a_long_pause_ends_a_set_that_lacks_some(squats: PoseSequence) -> None:
    workout = following(planned(3))
    idle = filmed("squat", 7, reps=0, lead_in_s=4.0)
    feed(workout, squats)
    assert verdicts(workout) == []
    feed(workout, idle, at_s=float(squats.time_s[-1]) + 0.1)
    assert verdicts(workout) == [(R, W)]
    assert workout.run.rows[0].missing == 1


def test_next_ends_a_set_and_then_the_rest(squats: PoseSequence) -> None:
    workout = following(planned(3))
    feed(workout, squats)
    now_s = float(squats.time_s[-1])
    workout.next()
    assert verdicts(workout) == [(R, W)]
    assert workout.update(None, now_s + 0.1) is None
    assert workout.run.prompt == "Rest 5 s. Next: Squat, set 2 of 2"
    workout.next()
    assert workout.update(None, now_s + 0.2) is not None


def test_a_set_that_is_left_out_asks_for_no_rest(squats: PoseSequence) -> None:
    workout = following(planned(2))
    feed(workout, filmed("squat", 7, reps=0, lead_in_s=0.5))
    workout.next()
    assert workout.run.prompt == "Next: Squat, set 2 of 2"
    feed(workout, squats, at_s=1.0)
    assert verdicts(workout) == [(), (R, W)]
    assert [row.missing for row in workout.run.rows] == [2, 0]
    assert workout.run.rows[0].rest == ""


def test_who_leaves_without_a_repetition_has_not_done_the_set() -> None:
    workout = following(planned(2))
    feed(workout, filmed("squat", 7, reps=0, lead_in_s=0.5))
    workout.end_set(left=True)
    assert workout.watched.run.done == ()
    assert workout.watched.assessments == ()


def test_undo_takes_a_repetition_back_and_the_set_goes_on(squats: PoseSequence) -> None:
    workout = following(planned(2))
    for frame, time_s in enumerate(squats.time_s):
        state = workout.update(person_at(squats, frame), float(time_s))
        if state is not None and state.new is not None and state.new.number == 1:
            if workout.run.prompt.endswith(": 1 more"):
                workout.undo()
            assert workout.run.prompt == "Next: Squat, set 1 of 2"
            break
    feed(workout, squats, at_s=10.0)
    workout.end_set()
    assert verdicts(workout)[0] == (R, W)


class Scripted:
    """A window in which keys are pressed at certain pictures."""

    def __init__(self, keys: dict[int, str]) -> None:
        self.keys, self.lingered = keys, 0.0
        self.pictures: list[Picture] = []

    def show(self, picture: Picture) -> str:
        self.pictures.append(picture.copy())
        wish = self.keys.get(len(self.pictures), "")
        if wish == "interrupt":
            raise KeyboardInterrupt
        return wish

    def linger(self, seconds: float) -> None:
        self.lingered = seconds


@pytest.fixture
def run(tmp_path: Path, squats: PoseSequence, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Coach a workout of a film with blank pictures in which somebody squats."""

    monkeypatch.setattr(module, "PoseTracker", tracker_of(squats))
    path = blank_film(tmp_path / "set.avi", len(squats))

    def coached(plan: Plan, **options: Any) -> tuple[WorkoutEnded, list[str]]:
        heard: list[str] = []
        ended = coach_workout(
            plan, [judge_of("squat")], path, paced=False, told=heard.append,
            said=lambda rep: heard.append(f"{rep.number}: {rep.verdict}"), **options,
        )  # fmt: skip
        return ended, heard

    return coached


def test_a_workout_from_its_first_picture_to_the_total(run: Any, tmp_path: Path) -> None:
    window = Scripted({})
    plan = planned(1, rest_s=0.0)
    ended, heard = run(plan, window=window, save=tmp_path / "out.webm", athlete="Anna")
    assert heard == [
        "Next: Squat, set 1 of 2", "1: right", "Next: Squat, set 2 of 2", "1: wrong",
        "Done: 1 of 2 right",
    ]  # fmt: skip
    assert ended.end == "the workout is over"
    assert ended.watched.run.points == 1
    assert [one.athlete for one in ended.watched.assessments] == ["Anna", "Anna"]
    assert [one.source for one in ended.watched.assessments] == ["set.avi", "set.avi"]
    assert window.pictures[0].shape == (600, 640, 3)
    assert (window.pictures[-1][480:] != window.pictures[-3][480:]).any()  # the total
    assert window.lingered > 0
    assert (tmp_path / "out.webm").stat().st_size > 10_000


def test_n_goes_on_and_q_ends_the_workout(run: Any, squats: PoseSequence) -> None:
    ended, heard = run(planned(2), window=Scripted({20: "next", 40: "end"}))
    assert (ended.frames, ended.end) == (40, "asked for")
    assert heard == [
        "Next: Squat, set 1 of 2", "Next: Squat, set 2 of 2", "Done: 0 of 4 right",
    ]  # fmt: skip
    ended, _ = run(planned(2), window=Scripted({10: "next", 20: "next"}))
    assert (ended.frames, ended.end) == (20, "the workout is over")
    assert [row.missing for row in ended.watched.run.rows] == [2, 2]


def test_space_holds_it(run: Any) -> None:
    _, free = run(planned(1, sets=1, rest_s=0.0), window=Scripted({}))
    _, held = run(planned(1, sets=1, rest_s=0.0), window=Scripted({5: "pause"}))
    assert "1: right" in free
    assert held == ["Next: Squat", "Done: 0 of 1 right"]


def test_ctrl_c_keeps_what_was_done(run: Any) -> None:
    window = Scripted({180: "interrupt"})
    ended, _ = run(planned(3), window=window)
    assert ended.end == INTERRUPTED
    assert [one.verdicts[0] for one in ended.watched.run.done] == [R]
    assert len(ended.watched.assessments) == 1
