"""Holds, and exercises that alternate sides, from a trainer's recording to the verdict."""

from functools import cache

import numpy as np
import pytest
from athletes import SETTINGS, filmed, perform

from dtwcoach.coach import assess, references_from
from dtwcoach.mannequin.performance import Action
from dtwcoach.matching.assessment import Verdict
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import Judge, make_judge
from dtwcoach.matching.references import Exercise, Reference
from dtwcoach.motion.features import measure

KINDS = {
    "plank": Exercise("plank", "Plank", kind="hold"),
    "each": Exercise("high_knees", "High knees", sides="each"),
    "pair": Exercise("high_knees", "High knees", sides="pair"),
}


@cache
def taught(kind: str) -> tuple[Reference, ...]:
    """What three trainers show: a hold of 8 seconds, or four knees raised in turn."""
    exercise = KINDS[kind]
    performance = {"reps": 1, "hold_s": 8.0} if exercise.kind == "hold" else {"reps": 4}
    references: list[Reference] = []
    for seed in (101, 102, 103, 104):
        found, _ = references_from(
            filmed(exercise.name, seed, **performance),
            label="right",
            person=f"trainer {seed}",
            source=f"{seed}.mp4",
            created="2026-01-01T00:00:00+00:00",
            settings=SETTINGS,
            kind=exercise.kind,
            sides=exercise.sides,
        )
        references += found
    return tuple(references)


@cache
def judge_of(kind: str) -> Judge:
    exercise, references = KINDS[kind], taught(kind)
    return make_judge(exercise, references, calibrate(exercise, references, SETTINGS), SETTINGS)


def test_a_hold_is_judged_by_the_time_in_position() -> None:
    assert [round(r.info.stop_s - r.info.start_s) for r in taught("plank")] == [9, 9, 9, 9]
    truth = perform("plank", 201, reps=2, hold_s=5.0)
    said = assess(truth.pose(noise_px=1, seed=201), judge_of("plank"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT, Verdict.RIGHT]
    for rep, true in zip(said.reps, truth.reps, strict=True):
        assert rep.start_s == pytest.approx(truth.time_s[true.start], abs=0.5)
        assert rep.stop_s == pytest.approx(truth.time_s[true.stop - 1], abs=0.5)
        assert rep.pause_s == 0.0  # standing still is what is asked for
        assert rep.tempo == rep.ranges == ()
    assert said.kind == "hold"
    assert [round(one.seconds) for one in said.numbers.reps] == [6, 6]


def test_a_hold_with_a_fault_is_wrong_and_says_when() -> None:
    sagging = filmed("plank", 202, reps=2, hold_s=5.0, faults={1: (("hips_sag", 25.0),)})
    said = assess(sagging, judge_of("plank"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT, Verdict.WRONG]
    texts = " ".join(fault.text for fault in said.reps[1].faults)
    assert "hip" in texts
    assert "way" not in texts


def test_who_never_takes_the_position_is_not_judged() -> None:
    said = assess(filmed("push_up", 203, reps=2), judge_of("plank"))
    assert said.reps == ()
    assert said.verdict is Verdict.CANNOT_JUDGE


def test_each_side_is_a_repetition_of_its_own() -> None:
    judge = judge_of("each")
    truth = perform("high_knees", 205, reps=6, side="right")
    said = assess(truth.pose(noise_px=1, seed=205), judge)
    assert len(said.reps) == 6
    assert [rep.mirrored for rep in said.reps] == [rep.side == "right" for rep in truth.reps]
    low = filmed("high_knees", 205, reps=6, side="right", faults={2: (("low_knee", 30.0),)})
    scores = [rep.score for rep in assess(low, judge).reps]
    assert scores[2] > 1.5 * max(scores[:2] + scores[3:])
    assert "right_knee_angle" in said.reps[0].rom_deg


def test_both_sides_are_one_repetition_where_the_exercise_says_so() -> None:
    judge = judge_of("pair")
    said = assess(filmed("high_knees", 205, reps=5, side="right"), judge)
    assert len(said.reps) == 2
    assert all(rep.mirrored for rep in said.reps)  # the right knee first
    assert "no left one follows it" in " ".join(said.notes)


def test_a_trainer_who_alternates_teaches_both_sides() -> None:
    assert len(taught("each")) == 16
    assert len(taught("pair")) == 8


def test_half_repetitions_are_examples_of_wrong_ones_only() -> None:
    acts = ("idle", "rep", "idle", "half_rep", "idle", "rep", "idle", "rep", "idle")
    timeline = tuple(Action(act, 1.0 if act == "idle" else None) for act in acts)
    pose = filmed("squat", 5, timeline=timeline)
    counts = {}
    for label in ("right", "wrong"):
        found, notes = references_from(
            pose, label=label, person="", source="", created="", settings=SETTINGS
        )
        counts[label] = len(found), sum("half" in note for note in notes)
    assert counts == {"right": (3, 1), "wrong": (4, 0)}


def test_bodies_are_those_of_the_curves_also_where_the_sides_were_swapped() -> None:
    said = assess(filmed("high_knees", 202, reps=4), judge_of("each"))
    assert {rep.mirrored for rep in said.reps} == {False, True}
    hips = [said.features.index(f"{side}_hip_angle") for side in ("left", "right")]
    for rep in said.reps:
        off = measure(rep.body)[:, hips] - rep.attempt[:, hips]
        assert np.abs(off).max() < 12.0  # sides or moments swapped it is 60 and more
