"""Which exercises a recording shows: whole recordings of drawn people, and the chain itself."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, filmed, joined, judge_of

from dtwcoach.matching.judging import Judge
from dtwcoach.motion.recording import describe
from dtwcoach.pose import PoseSequence
from dtwcoach.recognition.repetitions import best_chain, recognise, stretches
from dtwcoach.segmentation.found import Rep, Segmentation

TRAINERS = (101, 102, 103, 104)
KNOWN = ("squat", "lateral_raise", "biceps_curl", "jumping_jack")


def judges(*names: str) -> list[Judge]:
    return [judge_of(name, TRAINERS) for name in names or KNOWN]


def labels(pose: PoseSequence, known: list[Judge]) -> list[str]:
    return [rep.label for rep in recognise(describe(pose, SETTINGS), known).reps]


@pytest.mark.parametrize("exercise", KNOWN)
def test_a_set_is_recognised_among_others(exercise: str) -> None:
    assert labels(filmed(exercise, 7, reps=3), judges()) == [exercise] * 3


def test_one_recording_may_show_several_exercises() -> None:
    pose = joined(
        filmed("squat", 7, reps=2), filmed("lateral_raise", 7, reps=3), filmed("squat", 7, reps=1)
    )
    assert labels(pose, judges()) == ["squat"] * 2 + ["lateral_raise"] * 3 + ["squat"]


def test_idle_time_and_unknown_movements_are_rejected() -> None:
    assert labels(filmed("squat", 7, reps=0, lead_in_s=4.0), judges()) == []
    assert labels(filmed("push_up", 7, reps=2), judges()) == []
    assert labels(filmed("squat", 7, reps=2), []) == []


def test_a_recording_from_the_other_side_is_recognised_in_the_mirror() -> None:
    pose = filmed("lunge", 7, reps=2, side="right", camera={"yaw_off_deg": -90.0})
    found = recognise(describe(pose, SETTINGS), judges("lunge"))
    assert [(rep.label, rep.mirrored) for rep in found.reps] == [("lunge", True)] * 2


def test_half_repetitions_stand_apart_and_belong_to_the_set_around_them() -> None:
    from dtwcoach.mannequin.performance import Action

    idle = Action("idle", 1.0)
    timeline = (
        idle, Action("rep"), idle, Action("half_rep", depth=0.4), idle, Action("rep"), idle,
    )  # fmt: skip
    found = recognise(describe(filmed("squat", 7, timeline=timeline), SETTINGS), judges())
    assert [rep.label for rep in found.reps] == ["squat"] * 2
    (half,) = found.halves
    assert half.label == "squat"
    assert found.reps[0].stop <= half.start < half.stop <= found.reps[1].start


def test_the_drive_is_that_of_the_exercise_and_known_within_repetitions_only() -> None:
    found = recognise(describe(filmed("squat", 7, reps=2), SETTINGS), judges())
    first, second = found.reps
    assert found.drive[first.turn] == pytest.approx(1.0, abs=0.3)
    assert abs(found.drive[first.start]) < 0.2
    assert np.isnan(found.drive[first.stop : second.start]).all()


def test_the_chain_is_the_best_there_is() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        starts = rng.integers(0, 40, 8)
        reps = [
            Rep(int(a), int(a) + 1, int(a + rng.integers(2, 15)), label=str(rng.choice(["a", "b"])))
            for a in starts
        ]
        gains = rng.uniform(0.1, 3.0, 8).tolist()
        chosen = best_chain(reps, gains, change=0.7)
        everything = (some for size in range(9) for some in combinations(range(8), size))
        best = max(worth(reps, gains, some) for some in everything)
        assert worth(reps, gains, chosen) == pytest.approx(best)
    assert best_chain([], [], change=1.0) == []


def worth(reps: list[Rep], gains: list[float], some: Any) -> float:
    """Gain of a choice by its definition; nothing where repetitions overlap."""
    row = sorted(some, key=lambda number: reps[number].start)
    pairs = [(reps[a], reps[b]) for a, b in pairwise(row)]
    if any(first.stop > second.start for first, second in pairs):
        return -1.0
    changes = sum(first.label != second.label for first, second in pairs)
    return sum(gains[number] for number in row) - 0.7 * changes


def test_sets_part_where_the_exercise_changes_and_after_a_long_rest() -> None:
    rows = [(0, "a"), (3, "a"), (6, "b"), (40, "b"), (44, "b")]
    reps = [Rep(s * 10, s * 10 + 5, s * 10 + 10, label=label) for s, label in rows]
    found = Segmentation((*reps[:1], *reps[2:]), np.zeros(500), (), halves=(reps[1],))
    sets = stretches(found, np.arange(500) / 10)
    assert [(one.label, len(one.reps), len(one.halves)) for one in sets] == [
        ("a", 1, 1), ("b", 1, 0), ("b", 2, 0),
    ]  # fmt: skip
    assert [(one.start, one.stop) for one in sets] == [(0, 40), (60, 70), (400, 450)]


def test_a_change_of_exercise_costs_a_second_s_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = []

    def spied(reps: list[Rep], gains: list[float], *, change: float) -> list[int]:
        prices.append(change)
        return best_chain(reps, gains, change=change)

    monkeypatch.setattr("dtwcoach.recognition.repetitions.best_chain", spied)
    assert labels(filmed("squat", 7, reps=2), judges("squat")) == ["squat", "squat"]
    assert prices == pytest.approx([30.0])  # frames, at the working rate
