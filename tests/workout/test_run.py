"""The run of a plan: repetitions and time in, prompts and points out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.matching.assessment import Verdict
from dtwcoach.workout.plan import Plan, PlannedExercise
from dtwcoach.workout.run import Break, Event, RepDone, SetSeen, TimePassed, WorkoutRun

RIGHT, WRONG, CANNOT = Verdict.RIGHT, Verdict.WRONG, Verdict.CANNOT_JUDGE
SIGNS = {"+": RIGHT, "-": WRONG, "?": CANNOT}
PLAN = Plan(
    "Monday",
    (
        PlannedExercise("squat", 3, sets=2, rest_s=30.0, title="Squat"),
        PlannedExercise("lunge", 2, title="Lunge"),
    ),
)


def reps(exercise: str, signs: str, *, at_s: float, every_s: float = 3.0) -> list[Event]:
    """Repetitions of 2 s, one after the other."""
    return [
        RepDone(exercise, at_s + number * every_s, at_s + number * every_s + 2.0, SIGNS[sign])
        for number, sign in enumerate(signs)
    ]


def after(*events: Event | list[Event], plan: Plan = PLAN) -> WorkoutRun:
    run = WorkoutRun(plan)
    for event in events:
        for one in event if isinstance(event, list) else [event]:
            run = run.after(one)
    return run


def told(run: WorkoutRun) -> list[tuple[str, int, int, int, int, str]]:
    """Exercise, number, points, missing, extra and rest of each row."""
    return [
        (
            row.planned.name if row.planned else "-", row.number, row.points, row.missing,
            row.extra, row.rest,
        )
        for row in run.rows
    ]  # fmt: skip


def test_prompts_lead_through_the_plan() -> None:
    steps: list[tuple[Event, str]] = [
        (TimePassed(1.0), "Next: Squat, set 1 of 2"),
        (RepDone("squat", 2.0, 4.0, RIGHT), "Squat, set 1 of 2: 2 more"),
        (RepDone("squat", 5.0, 7.0, WRONG), "Squat, set 1 of 2: 1 more"),
        (RepDone("squat", 8.0, 10.0, CANNOT), "Rest 30 s. Next: Squat, set 2 of 2"),
        (TimePassed(20.2), "Rest 20 s. Next: Squat, set 2 of 2"),
        (TimePassed(40.0), "Next: Squat, set 2 of 2"),
        (RepDone("squat", 41.0, 43.0, RIGHT), "Squat, set 2 of 2: 2 more"),
        (TimePassed(57.9), "Squat, set 2 of 2: 2 more"),
        (TimePassed(58.0), "Rest 15 s. Next: Lunge"),  # half the rest: that set is over
        (RepDone("lunge", 75.0, 77.0, RIGHT), "Lunge: 1 more"),
        (RepDone("lunge", 78.0, 80.0, RIGHT), "Done: 4 of 8 right"),
    ]
    run = WorkoutRun(PLAN)
    for event, prompt in steps:
        run = run.after(event)
        assert run.prompt == prompt


def test_a_perfect_workout_has_all_points() -> None:
    run = after(
        reps("squat", "+++", at_s=0), reps("squat", "+++", at_s=38), reps("lunge", "++", at_s=76)
    )
    assert told(run) == [
        ("squat", 1, 3, 0, 0, "as planned"), ("squat", 2, 3, 0, 0, "as planned"),
        ("lunge", 1, 2, 0, 0, ""),
    ]  # fmt: skip
    assert (run.points, run.plan.reps, run.current) == (8, 8, None)
    assert [one.rest_s for one in run.done[:2]] == [30.0, 30.0]


def test_what_is_missing_and_too_much_is_told() -> None:
    run = after(reps("squat", "++++", at_s=0), reps("squat", "+-", at_s=60))
    assert told(run) == [
        ("squat", 1, 3, 0, 1, "too long"), ("squat", 2, 1, 1, 0, ""), ("lunge", 1, 0, 2, 0, ""),
    ]  # fmt: skip
    assert run.points == 4


@pytest.mark.parametrize(
    ("rest_s", "said"),
    [(15.0, "too short"), (22.4, "too short"), (22.6, "as planned"), (45.0, "as planned"),
     (45.1, "too long")],
)  # fmt: skip
def test_rests_are_compared_with_the_plan(rest_s: float, said: str) -> None:
    run = after(reps("squat", "+++", at_s=0), reps("squat", "+", at_s=8.0 + rest_s))
    assert run.rows[0].rest == said


def test_a_short_pause_ends_no_set() -> None:
    assert len(after(reps("squat", "+++", at_s=0, every_s=16.9)).done) == 1
    assert len(after(reps("squat", "+++", at_s=0, every_s=17.0)).done) == 3


def test_order_is_free_and_more_than_planned_stands_apart() -> None:
    run = after(
        reps("lunge", "++", at_s=0), reps("squat", "+++", at_s=10), reps("lunge", "+", at_s=30),
        reps("plank", "?", at_s=40), reps("squat", "-++", at_s=50),
    )  # fmt: skip
    assert told(run) == [
        ("squat", 1, 3, 0, 0, "too short"), ("squat", 2, 2, 0, 0, ""), ("lunge", 1, 2, 0, 0, ""),
        ("-", 0, 0, 0, 1, ""), ("-", 0, 0, 0, 1, ""),
    ]  # fmt: skip
    assert [row.at for row in run.rows] == [1, 4, 0, 2, 3]
    assert run.current is None


def test_an_exercise_that_comes_back_counts_for_its_second_entry() -> None:
    again = Plan("Game", (*PLAN.exercises, PlannedExercise("squat", 1)))
    run = after(*(reps("squat", "+", at_s=40 * n) for n in range(3)), plan=again)
    assert [one.entry for one in run.done] == [0, 0, 2]


def test_another_recording_is_another_set_without_a_known_rest() -> None:
    run = after(reps("squat", "+++", at_s=100), Break(), reps("squat", "+++", at_s=1))
    assert [row.rest for row in run.rows] == ["", "", ""]
    assert math.isnan(run.done[0].rest_s)
    assert run.prompt == "Rest 30 s. Next: Lunge"
    assert run.after(Break()).prompt == "Next: Lunge"
    begun = after(reps("squat", "+", at_s=1))
    assert begun.prompt == "Squat, set 1 of 2: 2 more"
    assert begun.after(Break()).prompt == "Next: Squat, set 2 of 2"


def test_a_run_is_never_changed() -> None:
    run = after(reps("squat", "+", at_s=0))
    run.after(RepDone("squat", 3.0, 5.0, RIGHT))
    assert len(run.done[0].verdicts) == 1


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["squat", "lunge", "plank"]), st.floats(0, 60), st.sampled_from("+-?")
    ),
    max_size=40,
)


@given(EVENTS)
def test_no_repetition_is_lost_and_none_counts_twice(
    happened: list[tuple[str, float, str]],
) -> None:
    run, now_s = WorkoutRun(PLAN), 0.0
    for exercise, pause_s, sign in happened:
        (rep,) = reps(exercise, sign, at_s=now_s + pause_s)
        run = run.after(rep)
        now_s += pause_s + 2.0
        assert run.prompt
    seen = [one for row in run.rows if row.done for one in row.done.verdicts]
    assert len(seen) == len(happened)
    assert sorted(row.at for row in run.rows if row.at is not None) == list(range(len(run.done)))
    assert 0 <= run.points <= min(8, sum(sign == "+" for _, _, sign in happened))
    assert sum(row.planned is not None for row in run.rows) == 3


def seen(entry: int, signs: str, *, at_s: float, over: bool = False) -> SetSeen:
    done = reps(PLAN.exercises[entry].name, signs, at_s=at_s)
    return SetSeen(entry, tuple(one for one in done if isinstance(one, RepDone)), over)


def test_a_set_that_is_seen_as_a_whole_ends_when_it_is_said_to() -> None:
    goes_on = after(seen(0, "++", at_s=0.0))
    assert goes_on.prompt == "Squat, set 1 of 2: 1 more"
    over = after(seen(0, "++", at_s=0.0, over=True))
    assert over.prompt == "Rest 30 s. Next: Squat, set 2 of 2"
    both = over.after(seen(0, "+-+", at_s=7.0, over=True))
    assert told(both)[:2] == [("squat", 1, 2, 1, 0, "too short"), ("squat", 2, 2, 0, 0, "")]
    assert both.awaited == 1
    assert after(seen(0, "++", at_s=0.0, over=True), reps("squat", "+", at_s=6.0)).awaited == 1


def test_a_set_without_repetitions_counts_only_when_it_is_over() -> None:
    assert after(seen(0, "", at_s=0.0)).done == ()
    left_out = after(TimePassed(5.0), seen(0, "", at_s=0.0, over=True))
    assert told(left_out)[0] == ("squat", 1, 0, 3, 0, "")
    assert left_out.prompt == "Next: Squat, set 2 of 2"
    last = after(*[seen(entry, "", at_s=0.0, over=True) for entry in (0, 0, 1)])
    assert (last.awaited, last.prompt) == (None, "Done: 0 of 8 right")
