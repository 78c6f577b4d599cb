"""Practice sets: the same seed the same set, faults of fair size in half of the repetitions."""

from __future__ import annotations

import pytest

from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import find_fault
from dtwcoach.mannequin.practice import FAULT_RANGE, LEAST_FAULT_DEG, VIEW_DEG, practice_set


@pytest.mark.parametrize("exercise", EXERCISES)
def test_half_of_the_repetitions_hold_one_fault_of_fair_size(exercise: str) -> None:
    performance, camera = practice_set(exercise, 3, reps=6)
    assert len(performance.faults) == 3
    for ((name, size),) in performance.faults.values():
        fault = find_fault(exercise, name)
        assert fault.kind != "tempo"
        assert max(LEAST_FAULT_DEG, FAULT_RANGE[0] * fault.typical) <= size
        assert size <= FAULT_RANGE[1] * fault.typical
    assert abs(camera.yaw_deg - EXERCISES[exercise].yaw_deg) <= VIEW_DEG


def test_the_seed_decides() -> None:
    assert practice_set("squat", 3) == practice_set("squat", 3)
    assert practice_set("squat", 3) != practice_set("squat", 4)
