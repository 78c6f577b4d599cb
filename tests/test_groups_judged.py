"""Exercises of hands: only the groups they name count, all the way to the verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from dtwcoach.coach import assess, references_from
from dtwcoach.mannequin.gesturing import gesticulate, gesture_camera
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import Judge, make_judge
from dtwcoach.matching.references import Exercise
from dtwcoach.motion.groups import GROUPS
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import Settings

SETTINGS = Settings()


def filmed(gesture: str, seed: int) -> PoseSequence:
    """Three gestures from far enough away that the hand is seen at rest, too."""
    person = Person.from_seed(seed)
    camera = replace(gesture_camera(person), distance_m=2.2)
    how = Performance(reps=3, side="right", seed=seed, pause_s=1.0)
    return gesticulate(person, gesture, how, camera).pose(noise_px=1, seed=seed)


@cache
def judge_of(groups: tuple[str, ...]) -> Judge:
    exercise = Exercise("victory", "Victory", groups=groups, judge_rom=False)
    references = tuple(
        reference
        for seed in range(101, 106)
        for reference in references_from(
            filmed("victory", seed),
            label="right",
            person=f"trainer {seed}",
            source="x",
            created="2026-01-01T00:00:00+00:00",
            settings=SETTINGS,
            groups=groups,
            synthetic=True,
        )[0]
    )
    assert len(references) == 15
    return make_judge(exercise, references, calibrate(exercise, references, SETTINGS), SETTINGS)


@pytest.mark.parametrize("groups", [("hands",), ("body", "hands")])
def test_a_sign_is_judged_by_its_fingers(groups: tuple[str, ...]) -> None:
    judge = judge_of(groups)
    right, wrong = assess(filmed("victory", 301), judge), assess(filmed("ok", 301), judge)
    assert [rep.verdict.name for rep in right.reps] == ["RIGHT"] * 3
    assert [rep.verdict.name for rep in wrong.reps] == ["WRONG"] * 3
    assert any("finger" in fault.joint for fault in wrong.reps[0].faults)


def test_without_hands_fingers_do_not_count() -> None:
    judge = judge_of(("body",))
    assert set(judge.names) == set(GROUPS["body"])
    assert [rep.verdict.name for rep in assess(filmed("ok", 301), judge).reps] == ["RIGHT"] * 3
