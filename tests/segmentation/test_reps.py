from dataclasses import replace

import naive
import numpy as np
import pytest
from athletes import SETTINGS, perform
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import describe, travelling
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.drive import Guide, finite_runs, reversals
from dtwcoach.segmentation.found import Rep, Segmentation, kept_frames
from dtwcoach.segmentation.reps import cut_reps

RATE_HZ = 30.0
GUIDE = Guide(("level",), np.array([0.0]), np.array([1.0]), dwell_s=0.5)


def channel(values: np.ndarray) -> FeatureSeries:
    return FeatureSeries(np.arange(len(values)) / RATE_HZ, values[:, None], ("level",))


def humps(count: int, *, frames: int = 60, rest: int = 30, height: float = 1.0) -> np.ndarray:
    """So many repetitions of a half cosine each, with rests around them."""
    one = height * (1 - np.cos(np.linspace(0, 2 * np.pi, frames))) / 2
    return np.concatenate([np.zeros(rest), *[part for _ in range(count) for part in
                                             (one, np.zeros(rest))]])  # fmt: skip


def segmented(values: np.ndarray) -> Segmentation:
    return cut_reps(channel(values), GUIDE)


@given(
    st.lists(st.floats(-2, 2, width=16), max_size=40),
    st.sampled_from([0.25, 0.5, 1.0]),
)
def test_reversals_equal_the_obvious_way(values: list[float], least: float) -> None:
    assert reversals(np.array(values), least) == naive.reversals(values, least)


@given(st.integers(1, 6), st.integers(20, 150), st.integers(2, 60))
def test_the_count_does_not_depend_on_tempo_or_rests(count: int, frames: int, rest: int) -> None:
    found = segmented(humps(count, frames=frames, rest=rest))
    assert len(found.reps) == count
    for before, after in zip(found.reps, found.reps[1:], strict=False):
        assert before.start < before.turn < before.stop <= after.start


@pytest.mark.parametrize("height", [0.7, 1.0, 1.5])
def test_a_rep_begins_and_ends_at_five_percent_of_its_own_range(height: float) -> None:
    values = humps(2, frames=200, height=height)
    for rep in segmented(values).reps:
        inside = values[rep.start + 1 : rep.stop - 1]
        assert inside.min() > 0.05 * height
        assert values[rep.start] <= 0.05 * height + 1e-9
        assert values[rep.stop - 1] <= 0.05 * height + 1e-9
        assert values[rep.turn] == pytest.approx(height, abs=1e-3)


def test_idle_time_belongs_to_no_repetition() -> None:
    wiggle = 0.02 * np.sin(np.arange(90))
    values = np.concatenate([wiggle, humps(2), wiggle])
    found = segmented(values)
    inside = np.zeros(len(values), dtype=bool)
    for rep in found.reps:
        inside[rep.start : rep.stop] = True
    assert len(found.reps) == 2
    assert not inside[:90].any()
    assert not inside[-90:].any()


@pytest.mark.parametrize("part", [slice(0, -70), slice(70, None)])
def test_half_a_repetition_at_an_end_is_told_apart(part: slice) -> None:
    found = segmented(humps(3, rest=30)[part])
    assert len(found.reps) == 2
    assert len(found.cut_off) == 1


@pytest.mark.parametrize(
    "values",
    [
        np.full(200, 0.3),
        np.full(200, np.nan),
        np.full(200, np.inf),
        1e-9 * np.sin(np.arange(200)),
        humps(3, height=0.1),
        np.zeros(1),
        np.zeros(0),
    ],
    ids=["constant", "nan", "inf", "noise", "tiny", "one frame", "empty"],
)
def test_nothing_to_find(values: np.ndarray) -> None:
    assert segmented(values).reps == ()


def test_a_twitch_is_no_repetition() -> None:
    values = humps(2)
    values[5:8] = 1.0
    found = segmented(values)
    assert len(found.reps) == 2
    assert any("left out" in note for note in found.notes)


def test_leaving_the_picture_splits_what_is_searched() -> None:
    one = humps(2)
    found = segmented(np.concatenate([one, np.full(50, np.nan), one]))
    assert len(found.reps) == 4
    assert all(np.isfinite(found.drive[rep.start : rep.stop]).all() for rep in found.reps)


@pytest.mark.parametrize(("half_frames", "left"), [(15, 3), (20, 2)])
def test_only_a_long_gap_inside_a_repetition_drops_it(half_frames: int, left: int) -> None:
    values = humps(3)
    middle = segmented(values).reps[1]
    values[middle.turn - half_frames : middle.turn + half_frames] = np.nan
    assert len(segmented(values).reps) == left


def test_pauses_are_cut_to_the_dwell() -> None:
    values = humps(1)
    turn = segmented(values).reps[0].turn
    held = np.concatenate([values[:turn], np.full(90, values[turn]), values[turn:]])
    (rep,) = segmented(held).reps
    kept = kept_frames(rep)
    assert len(rep.pauses) == 1
    lost = rep.stop - rep.start - len(kept)
    (start, stop) = rep.pauses[0]
    assert lost == stop - start
    assert lost == pytest.approx(90 - GUIDE.dwell_s * RATE_HZ, abs=25)
    plain = Rep(3, 5, 9)
    assert kept_frames(plain).tolist() == list(range(3, 9))


@pytest.mark.parametrize(
    ("slower", "hold", "cut_out"), [(1, 10, False), (2, 20, False), (1, 30, True)]
)
def test_a_turn_stretched_with_its_repetition_is_no_pause(
    slower: int, hold: int, cut_out: bool
) -> None:
    way = (1 - np.cos(np.linspace(0, np.pi, 30 * slower))) / 2
    held = np.concatenate([np.zeros(30), way, np.ones(hold), way[::-1], np.zeros(30)])
    (rep,) = cut_reps(channel(held), replace(GUIDE, duration_s=(1.5, 2.3))).reps
    assert bool(rep.pauses) == cut_out


@pytest.mark.parametrize(
    ("others", "height", "frames", "found"),
    [(2, 0.2, 60, 1), (2, 0.1, 60, 0), (2, 0.2, 30, 0), (2, 0.2, 120, 0), (1, 0.2, 60, 0)],
)
def test_a_small_repetition_counts_beside_others_as_long(
    others: int, height: float, frames: int, found: int
) -> None:
    small = humps(1, height=height, frames=frames)
    for values in (
        np.concatenate([small, humps(others)]),
        np.concatenate([humps(others), small]),
        np.concatenate([humps(1), small, humps(others - 1)]),
    ):
        assert len(segmented(values).reps) == others + found


@given(st.lists(st.booleans(), max_size=30))
def test_finite_runs_cover_what_is_finite(known: list[bool]) -> None:
    values = np.where(known, 1.0, np.nan)
    covered = np.zeros(len(known), dtype=bool)
    for start, stop in finite_runs(values):
        assert not covered[max(start - 1, 0) : stop].any()  # apart from the one before
        covered[start:stop] = True
    assert covered.tolist() == known


def test_walking_is_told_from_exercising() -> None:
    walk = perform("squat", 3, reps=2, walk_in=True, walk_out=True)
    recording = describe(walk.pose(noise_px=1), SETTINGS)
    first, last = walk.reps[0].start, walk.reps[-1].stop
    exercising = (recording.series.time_s > walk.time_s[first]) & (
        recording.series.time_s < walk.time_s[last - 1]
    )
    assert recording.walking[~exercising].any()
    assert not recording.walking[exercising].any()
    assert len(cut(recording, None).reps) == 2


def test_standing_still_is_not_walking() -> None:
    time_s = np.arange(100) / RATE_HZ
    assert not travelling(time_s, np.zeros((100, 2))).any()
    assert not travelling(time_s, np.full((100, 2), np.nan)).any()
