"""Plans are read strictly; what is wrong is said with its line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtwcoach.errors import UsageError
from dtwcoach.workout.plan import EXAMPLE, Plan, PlannedExercise, parse_plan, read_plan

SQUAT = '[[exercise]]\nname = "squat"\nreps = 8\n'


def test_the_example_is_a_plan() -> None:
    squat = PlannedExercise("squat", reps=8, sets=3, rest_s=60.0)
    assert parse_plan(EXAMPLE) == Plan("Monday", (squat, PlannedExercise("lunge", reps=10)))
    assert parse_plan(EXAMPLE).reps == 34


def test_little_is_needed() -> None:
    assert parse_plan(SQUAT) == Plan("Workout", (PlannedExercise("squat", 8),))
    assert parse_plan('exercise = [{name = " squat ", reps = 8}]') == parse_plan(SQUAT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.toml: the key 'exercise' is missing; needed an entry [[exercise]]"),
        ("title = 3\n" + SQUAT, "p.toml, line 1: title = 3 arrived; needed a short text"),
        ("exercise = 3", "p.toml, line 1: exercise = 3 arrived; needed an entry"),
        ("exercise = [3]", "p.toml, line 1: exercise = [3] arrived; needed an entry"),
        ("exercise = []", "p.toml, line 1: 0 exercises arrived; needed 1 to 100"),
        (SQUAT * 101, "p.toml, line 1: 101 exercises arrived"),
        ("rest = 3\n" + SQUAT, "p.toml, line 1: unknown key 'rest'. Known here: title, exercise."),
        (SQUAT + "\n# more\nrests = 9", "line 6: unknown key 'rests'. Did you mean 'rest_s'?"),
        (SQUAT + '[[exercise]]\nname = "x"', "line 4: the key 'reps' is missing; needed a whole"),
        (SQUAT + "[[exercise]]\nreps = 2", "line 4: the key 'name' is missing; needed the name"),
        (SQUAT + "sets = 0", "line 4: sets = 0 arrived; needed a whole number, 1 to 100"),
        (SQUAT + "sets = true", "line 4: sets = True arrived"),
        (SQUAT + "sets = 2.0", "line 4: sets = 2.0 arrived"),
        (SQUAT.replace("8", "1001"), "line 3: reps = 1001 arrived; needed a whole number, 1 to 10"),
        (SQUAT.replace('"squat"', '" "'), "line 2: name = ' ' arrived; needed the name"),
        (SQUAT + "rest_s = nan", "line 4: rest_s = nan arrived; needed seconds, 0 to 3600"),
        (SQUAT + "rest_s = inf", "line 4: rest_s = inf arrived"),
        (SQUAT + 'rest_s = "60"', "line 4: rest_s = '60' arrived"),
        (SQUAT + "sets = 2", "line 1: rest_s = 0 for squat, of which another set follows"),
        (SQUAT + "sets = 2\nrest_s = 5", "line 5: rest_s = 5 for squat, of which another set"),
        (SQUAT + SQUAT, "line 1: rest_s = 0 for squat, of which another set follows; needed 6"),
        (SQUAT + "reps = 9\n", "p.toml is not readable as TOML: Cannot overwrite a value (at line"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_plan(text, where="p.toml")
    assert said in str(caught.value)


def test_the_same_exercise_may_come_back_after_another() -> None:
    lunge = SQUAT.replace("squat", "lunge")
    assert len(parse_plan(SQUAT + lunge + SQUAT).exercises) == 3


def test_a_file_that_cannot_be_read_is_named_with_an_example(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    with pytest.raises(UsageError, match=r"plan\.toml cannot be read: .*No such file") as caught:
        read_plan(path)
    assert parse_plan(str(caught.value).split("\n\n", 1)[1]) == parse_plan(EXAMPLE)
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="cannot be read: 'utf-8' codec"):
        read_plan(path)
    path.write_text("\ufeff" + EXAMPLE, encoding="utf-8")
    assert read_plan(path).title == "Monday"


@pytest.mark.parametrize(("rest_s", "pause_s"), [(0, 20), (6, 3), (30, 15), (90, 20)])
def test_half_the_rest_ends_a_set_twenty_seconds_at_most(rest_s: float, pause_s: float) -> None:
    assert PlannedExercise("squat", 8, rest_s=rest_s).pause_s == pause_s
