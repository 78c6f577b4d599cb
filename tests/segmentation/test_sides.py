"""Sides that take turns: found in one go, each a repetition or two of them a pair."""

import numpy as np
import pytest
from athletes import SETTINGS, perform

from dtwcoach.motion.recording import Recording, describe
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.learning import execution_of, learn_guide
from dtwcoach.segmentation.sides import paired
from dtwcoach.segmentation.stream import RepStream

TIME_S = np.arange(1000) / 10.0


def sided(start: int, side: str, *, length: int = 20) -> Rep:
    return Rep(start, start + length // 2, start + length, side=side)


def marching(seed: int, *, first: str = "left", reps: int = 5) -> tuple[Recording, list[str]]:
    """A recording of knees raised in turn, and the sides in order."""
    truth = perform("high_knees", seed, reps=reps, side=first)
    recording = describe(truth.pose(noise_px=1, seed=seed), SETTINGS)
    return recording, [rep.side for rep in truth.reps]


def guide_of(seed: int) -> Guide:
    """The left-sided movement, as that person does it."""
    recording, _ = marching(seed)
    found = cut(recording, None, sides="each")
    left = [rep for rep in found.reps if rep.side == "left"]
    guide = learn_guide([execution_of(recording.series, rep) for rep in left])
    assert guide is not None
    return guide


def test_pairs_reach_from_the_first_to_the_second() -> None:
    first = Rep(0, 10, 20, ((5, 7),), side="right", mirrored=True)
    second = Rep(24, 34, 44, side="left")
    (pair,), notes = paired((first, second), TIME_S)
    assert (pair.start, pair.turn, pair.stop) == (0, 22, 44)
    assert pair.pauses == ((5, 7), (20, 24))
    assert (pair.side, pair.mirrored) == ("right", True)
    assert notes == ()
    assert paired((), TIME_S) == ((), ())


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
@pytest.mark.parametrize("seed", [7, 101, 102, 103])
def test_sides_are_told_apart_without_any_reference(seed: int, first: str) -> None:
    recording, sides = marching(seed, first=first)
    found = cut(recording, None, sides="each")
    assert [rep.side for rep in found.reps] == sides
    assert [rep.mirrored for rep in found.reps] == [side == "right" for side in sides]
    assert len(cut(recording, None, sides="pair").reps) == 2


@pytest.mark.parametrize("first", ["left", "right"])
def test_a_guide_of_one_side_finds_both(first: str) -> None:
    recording, sides = marching(8, first=first)
    guide = guide_of(101)
    found = cut(recording, guide, sides="each")
    assert [rep.side for rep in found.reps] == sides
    turns = [found.drive[rep.turn] for rep in found.reps]
    assert min(turns) > 0.7  # each over its own side's drive
    one_side = cut(recording, guide).reps
    assert len(one_side) == sides.count("left")


def test_a_stream_tells_sides_apart_as_well() -> None:
    recording, sides = marching(8)
    series = recording.series
    stream = RepStream(guide_of(101), names=series.names, rate_hz=series.rate_hz, both_sides=True)
    said = [stream.step(values) for values in series.values]
    ended = [one.rep for one in (*said, stream.finish()) if one is not None]
    assert [rep.side for rep in ended] == sides
    assert [rep.mirrored for rep in ended] == [side == "right" for side in sides]


def test_the_mirror_image_of_a_guide_is_that_of_the_mirrored_body() -> None:
    recording, _ = marching(9)
    reps = cut(recording, None, sides="each").reps
    one, other = (
        learn_guide([execution_of(series, reps[0])])
        for series in (recording.series, recording.mirrored.series)
    )
    assert one is not None
    assert other is not None
    mirrored = one.mirrored()
    where = [other.names.index(name) for name in mirrored.names]
    assert mirrored.turn == pytest.approx(other.turn[where])
    where = [other.course_names.index(name) for name in mirrored.course_names]
    assert mirrored.course == pytest.approx(other.course[:, where], abs=1e-9)
    assert {one.side, mirrored.side} == {"left", "right"}
