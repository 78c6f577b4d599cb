"""Sides that take turns become one row of repetitions, or of pairs."""

import numpy as np
import pytest
from athletes import SETTINGS, perform

from dtwcoach.motion.recording import describe
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.reps import cut_reps
from dtwcoach.segmentation.sides import interleaved, paired

TIME_S = np.arange(1000) / 10.0


def row(reps: tuple[Rep, ...]) -> list[tuple[int, int, str]]:
    return [(rep.start, rep.stop, rep.side) for rep in reps]


def sided(start: int, side: str, *, length: int = 20) -> Rep:
    return Rep(start, start + length // 2, start + length, side=side)


def test_both_sides_are_put_in_order_and_named() -> None:
    found = interleaved([Rep(0, 5, 10), Rep(40, 45, 50)], [Rep(20, 25, 30), Rep(60, 65, 70)])
    assert row(found) == [(0, 10, "left"), (20, 30, "right"), (40, 50, "left"), (60, 70, "right")]


@pytest.mark.parametrize(("left", "right", "side"), [(0.2, 0.5, "left"), (0.5, 0.2, "right")])
def test_of_the_same_movement_found_twice_the_better_match_stays(
    left: float, right: float, side: str
) -> None:
    found = interleaved([Rep(0, 10, 20, cost=left)], [Rep(3, 12, 22, cost=right)])
    assert [rep.side for rep in found] == [side]


def test_an_unknown_cost_is_the_worst() -> None:
    found = interleaved([Rep(0, 10, 20)], [Rep(3, 12, 22, cost=0.9)])
    assert [rep.side for rep in found] == ["right"]


def test_one_match_across_two_better_ones_goes() -> None:
    left = [Rep(0, 10, 20, cost=0.1), Rep(40, 50, 60, cost=0.1)]
    found = interleaved(left, [Rep(20, 30, 40, cost=0.2), Rep(10, 25, 45, cost=0.3)])
    assert row(found) == [(0, 20, "left"), (20, 40, "right"), (40, 60, "left")]


def test_neighbours_that_overlap_a_little_part_in_the_middle() -> None:
    first, second = Rep(0, 10, 24, ((12, 15), (21, 24))), Rep(20, 30, 40, ((20, 23),))
    found = interleaved([first], [second])
    assert row(found) == [(0, 22, "left"), (22, 40, "right")]
    assert [rep.pauses for rep in found] == [((12, 15), (21, 22)), ((22, 23),)]


def test_no_repetition_of_either_side() -> None:
    assert interleaved([], []) == ()
    assert paired((), TIME_S) == ((), ())


def test_pairs_reach_from_the_first_to_the_second() -> None:
    first = Rep(0, 10, 20, ((5, 7),), side="right", cost=0.2)
    second = Rep(24, 34, 44, side="left", cost=0.4)
    (pair,), notes = paired((first, second), TIME_S)
    assert (pair.start, pair.turn, pair.stop) == (0, 22, 44)
    assert pair.pauses == ((5, 7), (20, 24))
    assert pair.side == ""
    assert pair.cost == pytest.approx(0.3)
    assert notes == ()


@pytest.mark.parametrize(
    ("sides", "pairs", "left_out"),
    [
        ("LR", 1, []),
        ("LRLRL", 2, ["left repetition around 9.0 s was left out: no right one"]),
        ("LLR", 1, ["left repetition around 1.0 s was left out: no right one"]),
        ("RRLL", 1, ["right repetition around 1.0 s", "left repetition around 7.0 s"]),
    ],
)
def test_who_lacks_the_other_side_is_left_out_and_said(
    sides: str, pairs: int, left_out: list[str]
) -> None:
    names = {"L": "left", "R": "right"}
    found, notes = paired([sided(20 * n, names[s]) for n, s in enumerate(sides)], TIME_S)
    assert len(found) == pairs
    assert len(notes) == len(left_out)
    assert all(said in note for said, note in zip(left_out, notes, strict=True))


def test_a_long_rest_parts_what_would_be_a_pair() -> None:
    near, notes = paired([sided(0, "left"), sided(60, "right")], TIME_S)
    assert (len(near), notes) == (1, ())
    far, notes = paired([sided(0, "left"), sided(61, "right")], TIME_S)
    assert (len(far), len(notes)) == (0, 2)


@pytest.mark.parametrize("first", ["left", "right"])
def test_drawn_people_who_take_turns(first: str) -> None:
    """Left knees are found in the recording, right ones in its mirror image."""
    truth = perform("high_knees", 7, reps=5, side=first)
    recording = describe(truth.pose(noise_px=1, seed=7), SETTINGS)
    guide = Guide(("left_thigh_up", "left_hip_angle"), np.array([-85, 175]), np.array([-5, 95]))
    found = [cut_reps(one.series, guide).reps for one in (recording, recording.mirrored())]
    reps = interleaved(*found)
    assert [rep.side for rep in reps] == [rep.side for rep in truth.reps]
    time_s = recording.series.time_s
    for rep, true in zip(reps, truth.reps, strict=True):
        assert time_s[rep.turn] == pytest.approx(truth.time_s[true.turn], abs=0.3)
    pairs, notes = paired(reps, time_s)
    assert len(pairs) == 2
    assert len(notes) == 1
