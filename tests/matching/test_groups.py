"""The groups of features that an exercise uses."""

from __future__ import annotations

import pytest

from dtwcoach.errors import LibraryError
from dtwcoach.matching.exercise_file import format_exercise, parse_exercise
from dtwcoach.matching.references import Exercise

WAVE = Exercise(
    "wave",
    "Wave",
    groups=("body", "hands"),
    counts=("right_index_bend", "right_elbow_angle"),
    tolerances={"right index finger": 12.0, "right_palm_up": 20.0},
)


def test_an_exercise_uses_the_body_unless_it_says_otherwise() -> None:
    assert Exercise("squat", "Squat").groups == ("body",)
    assert parse_exercise('name = "squat"\ntitle = "Squat"').groups == ("body",)


def test_groups_survive_the_file() -> None:
    text = format_exercise(WAVE)
    assert 'groups = ["body", "hands"]' in text
    assert parse_exercise(text) == WAVE
    assert 'groups = ["body"]' in format_exercise(Exercise("squat", "Squat"))


def test_tolerances_of_fingers_are_found_by_feature_and_by_joint() -> None:
    assert WAVE.tolerance_of("right_index_bend") == 12.0
    assert WAVE.tolerance_of("right_palm_up") == 20.0
    assert WAVE.tolerance_of("left_index_bend") is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('groups = ["body", "feet"]', "arrived; needed one or more of body, hands, face"),
        ("groups = []", "arrived; needed one or more of body, hands, face"),
        ('groups = "hands"', "groups = 'hands' arrived; needed a list of texts"),
        ('counts = ["mouth_width"]', "mouth_width is a feature of the group 'face'"),
        ('groups = ["hands"]\ndriving = ["left_knee_angle"]', "of the group 'body'"),
    ],
)
def test_mistakes_are_told(line: str, message: str) -> None:
    with pytest.raises(LibraryError, match=message):
        parse_exercise(f'name = "wave"\ntitle = "Wave"\n{line}')
