from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from movements import (
    FAR,
    GUIDE,
    NAMES,
    RATE_HZ,
    at_working_rate,
    guide_of,
    mixed_set,
    rep,
    rests_between,
    series,
    still,
)

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.found import Segmentation, kept_frames
from dtwcoach.segmentation.guided import find_reps, spot
from dtwcoach.segmentation.templates import make_template, template_of

EXERCISES = ("squat", "push_up", "lateral_raise", "seated_knee_extension")


def found_in(recording: FeatureSeries, ignore: np.ndarray | None = None) -> Segmentation:
    return find_reps(recording, GUIDE, ignore=ignore)


def with_values(recording: FeatureSeries, values: np.ndarray) -> FeatureSeries:
    return FeatureSeries(recording.time_s, values, recording.names)


@settings(max_examples=30)
@given(
    st.lists(st.floats(1.0, 4.0), min_size=1, max_size=6),
    st.lists(st.floats(0.0, 3.0), min_size=6, max_size=6),
)
def test_every_repetition_of_whatever_tempo(took_s: list[float], rests_s: list[float]) -> None:
    parts, true, frame = [still(1.0)], [], 30
    for seconds, rest_s in zip(took_s, rests_s, strict=False):
        parts += [rep(seconds), still(rest_s)]
        true.append((frame, frame + len(parts[-2])))
        frame += len(parts[-2]) + len(parts[-1])
    found = found_in(series(*parts, still(0.5)))
    assert len(found.reps) == len(true)
    assert not found.halves
    assert not found.cut_off
    for own, (start, stop) in zip(found.reps, true, strict=True):
        # A repetition leaves and reaches rest at 5 % of its way, which takes a seventh of it.
        late = 0.5 / 7 * (stop - start) + 3
        assert start - 3 <= own.start <= start + late
        assert stop - late <= own.stop <= stop + 3
        assert own.turn == pytest.approx((start + stop - 1) / 2, abs=2)
    for before, after in pairwise(found.reps):
        assert before.stop <= after.start


@pytest.mark.parametrize("rate_hz", [15.0, 60.0])
def test_the_rate_does_not_change_what_is_found(rate_hz: float) -> None:
    usual = rests_between(rep(), rep(1.5), rep(2.7))
    time_s = np.arange(0.0, usual.time_s[-1], 1 / rate_hz)
    values = np.column_stack([np.interp(time_s, usual.time_s, v) for v in usual.values.T])
    found = found_in(FeatureSeries(time_s, values, NAMES))
    ends_s = [time_s[[own.start, own.stop - 1]] for own in found.reps]
    expected = [usual.time_s[[own.start, own.stop - 1]] for own in found_in(usual).reps]
    assert np.array(ends_s) == pytest.approx(np.array(expected), abs=2 / 15)


def test_who_does_not_come_back_all_the_way_does_two_repetitions() -> None:
    found = found_in(series(still(), rep()[:-9], rep()[9:-9], rep()[9:], still()))
    assert [own.turn for own in found.reps] == pytest.approx([60, 103, 146], abs=2)
    for before, after in pairwise(found.reps):
        assert before.stop <= after.start
    assert [own.start for own in found.reps[1:]] == pytest.approx([82, 125], abs=4)


def test_quick_repetitions_that_run_into_each_other_do_not_overlap() -> None:
    quick = rep(0.8)
    found = found_in(series(still(), quick[:-4], quick[4:-4], quick[4:], still()))
    assert len(found.reps) == 3
    for before, after in pairwise(found.reps):
        assert before.turn < before.stop <= after.start < after.turn


@pytest.mark.parametrize("held_s", [1.0, 3.0])
def test_a_pause_at_the_turn_splits_no_repetition(held_s: float) -> None:
    found = found_in(rests_between(rep(), rep(held_s=held_s), rep()))
    assert [bool(own.pauses) for own in found.reps] == [False, True, False]
    left_out = found.reps[1].stop - found.reps[1].start - len(kept_frames(found.reps[1]))
    assert left_out == pytest.approx(RATE_HZ * (held_s - 0.3), abs=12)


def test_a_pause_on_the_way_splits_no_repetition() -> None:
    whole = rep()
    paused = np.concatenate([whole[:20], np.repeat(whole[20:21], 45, axis=0), whole[20:]])
    found = found_in(rests_between(rep(), paused))
    assert len(found.reps) == 2
    assert found.reps[1].stop - found.reps[1].start == pytest.approx(45 + 52, abs=4)
    assert len(found.reps[1].pauses) == 1


@pytest.mark.parametrize("share", [0.3, 0.45, 0.5])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_half_repetition_is_kept_apart(share: float, at: int) -> None:
    parts = [rep() for _ in range(4)]
    parts.insert(at, rep(1.2, share=share))
    found = found_in(rests_between(*parts, seconds=0.7))
    assert len(found.reps) == 4
    (half,) = found.halves
    assert all(half.stop <= own.start or own.stop <= half.start for own in found.reps)
    assert sum(own.start < half.start for own in found.reps) == at
    assert found.drive[half.turn] == pytest.approx(share, abs=0.02)


def test_a_small_repetition_is_whole() -> None:
    found = found_in(rests_between(rep(), rep(share=0.65), rep()))
    assert (len(found.reps), len(found.halves)) == (3, 0)


def test_a_set_that_is_shallow_throughout_is_no_set_of_halves() -> None:
    found = found_in(rests_between(*(rep(share=0.5) for _ in range(5))))
    assert (len(found.reps), len(found.halves)) == (5, 0)


def test_a_single_repetition_is_held_against_the_references() -> None:
    found = found_in(rests_between(rep(share=0.5)))
    assert (len(found.reps), len(found.halves)) == (0, 1)


def test_one_who_goes_farther_than_the_references_may_do_halves_of_that() -> None:
    found = found_in(rests_between(*(rep(share=s) for s in (1.3, 1.3, 0.65, 1.3))))
    assert (len(found.reps), len(found.halves)) == (3, 1)


@pytest.mark.parametrize("cut_at", [19, 30, 34, 38])
def test_incomplete_repetitions_at_the_ends_are_told_apart(cut_at: int) -> None:
    whole = rests_between(rep(), rep(), rep())
    begins = series(rep()[cut_at:], still(), rep(), still(), rep(), still())
    ends = series(still(), rep(), still(), rep(), still(), rep()[:-cut_at])
    assert not found_in(whole).cut_off
    for recording, at_edge in ((begins, 0), (ends, len(ends) - 1)):
        found = found_in(recording)
        assert len(found.reps) == 2
        assert not found.halves
        (part,) = found.cut_off
        assert part.start <= at_edge < part.stop


def test_a_repetition_that_is_all_but_over_in_the_end_counts() -> None:
    found = found_in(series(still(), rep(), still(), rep()[:-11]))
    assert (len(found.reps), len(found.cut_off)) == (2, 0)


def test_who_stands_a_little_off_rest_in_the_end_has_begun_nothing() -> None:
    leans = np.outer(np.r_[np.linspace(0.0, 0.2, 20), np.full(30, 0.2)], FAR)
    found = found_in(series(leans[::-1], rep(), still(), rep(), leans))
    assert (len(found.reps), len(found.halves), len(found.cut_off)) == (2, 0, 0)


def test_what_is_to_be_ignored_belongs_to_no_repetition() -> None:
    recording = rests_between(rep(), rep(), rep())
    ignore = np.zeros(len(recording), dtype=bool)
    ignore[100:190] = True  # the second one, and the rest around it
    found = found_in(recording, ignore)
    assert len(found.reps) == 2
    assert not any(ignore[own.start : own.stop].any() for own in found.reps)
    assert not found_in(recording, np.ones(len(recording), dtype=bool)).reps


def test_a_repetition_does_not_begin_in_what_is_ignored() -> None:
    walks = series(np.tile(-0.5 * FAR, (40, 1)), rep(), still(), rep())
    ignore = np.arange(len(walks)) < 40
    assert [own.start for own in found_in(walks, ignore).reps] == pytest.approx([42, 133], abs=4)


@pytest.mark.parametrize("off", [-0.15, 0.1, 0.15, 0.2])
def test_one_may_rest_elsewhere_than_the_references(off: float) -> None:
    recording = rests_between(rep(), rep(1.5), rep(2.6), seconds=2.0)
    found = found_in(with_values(recording, recording.values + off * FAR))
    expected = found_in(recording).reps
    assert [own.start for own in found.reps] == pytest.approx([o.start for o in expected], abs=2)
    assert [own.stop for own in found.reps] == pytest.approx([o.stop for o in expected], abs=2)


def test_no_match_reaches_across_what_is_ignored() -> None:
    recording = rests_between(rep(), rep(), rep())
    ignore = np.zeros(len(recording), dtype=bool)
    ignore[148:154] = True  # around the turn of the second one
    spans = spot(recording, [template_of(GUIDE, rate_hz=RATE_HZ)], ignore=ignore)
    assert len(spans) >= 2
    assert not any(ignore[start:stop].any() for _, start, stop in spans)


def test_no_match_lingers_where_one_stands_near_rest() -> None:
    beyond = -0.06 * FAR * np.sin(np.linspace(0.0, np.pi, 12))[:, None]
    course = np.vstack([rep(), beyond])  # swings a little past rest in the end
    template = make_template(NAMES, course, scale=np.ones(3))
    stays = np.tile(beyond[6], (60, 1))
    spans = spot(series(still(), rep(), beyond[:6], stays, rep(), beyond[:6], stays), [template])
    for (_, start, stop), first in zip(spans, (30, 157), strict=True):
        assert first - 3 <= start < first + 10
        assert first + 50 < stop <= first + 66


@pytest.mark.parametrize("first", range(115, 160, 8))
def test_a_second_out_of_sight_inside_a_repetition_does_not_lose_it(first: int) -> None:
    recording = rests_between(rep(), rep(2.6), rep())
    values = recording.values.copy()
    values[first : first + 30] = np.nan
    assert len(found_in(with_values(recording, values)).reps) == 3


def test_a_long_absence_splits() -> None:
    once = rests_between(rep(), rep()).values
    away = np.full((90, 3), np.nan)
    found = found_in(series(once, away, once))
    assert len(found.reps) == 4
    halfway = once[: 30 + 61 + 30 + 30]
    found = found_in(series(halfway, away, once))
    assert len(found.reps) == 3
    (part,) = found.cut_off
    assert part.stop == len(halfway)
    assert all(np.isfinite(found.drive[own.start : own.stop]).all() for own in found.reps)


def test_a_driving_joint_that_is_lost_on_the_way_does_not_shrink_a_repetition() -> None:
    values = rests_between(rep(), rep(), rep()).values.copy()
    values[141:165, 0] = 0.0  # the pose model takes another joint for it
    found = found_in(series(values))
    assert len(found.reps) == 3
    assert found.reps[1].start == pytest.approx(121, abs=8)
    assert found.reps[1].stop == pytest.approx(182, abs=8)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_channel_without_values_does_not_hinder(bad: float) -> None:
    recording = rests_between(rep(), rep(), rep())
    values = recording.values.copy()
    values[:, 1] = bad
    values[5:9] = bad
    found = found_in(with_values(recording, values))
    assert [(own.start, own.stop) for own in found.reps] == [
        (own.start, own.stop) for own in found_in(recording).reps
    ]


def noise(size: float, frames: int = 300) -> np.ndarray:
    return np.random.default_rng(4).normal(scale=size, size=(frames, 3))


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((300, 3)),
        np.full((300, 3), 0.5),
        np.tile(FAR, (300, 1)),
        np.full((300, 3), np.nan),
        np.full((300, 3), np.inf),
        noise(1e-9),
        noise(0.05),
        np.vstack([noise(0.02), np.full((60, 3), np.nan)]),
        np.zeros((1, 3)),
        np.zeros((0, 3)),
    ],
    ids=["rest", "midway", "turn", "nan", "inf", "tiny", "restless", "left", "one frame", "empty"],
)
def test_idleness_holds_no_repetition(values: np.ndarray) -> None:
    found = found_in(FeatureSeries(np.arange(len(values)) / RATE_HZ, values, NAMES))
    assert not found.reps
    assert not found.halves
    assert len(found.drive) == len(values)


def test_a_joint_that_twitches_is_no_repetition() -> None:
    recording = rests_between(rep(), still(2.0), rep())
    values = recording.values.copy()
    values[140:146, 0] = 1.0
    assert len(found_in(with_values(recording, values)).reps) == 2


def test_a_movement_that_takes_too_long_is_left_out_and_said() -> None:
    found = found_in(rests_between(rep(), rep(12.0), rep()))
    assert len(found.reps) == 2
    assert any("it took" in note for note in found.notes)


@pytest.mark.parametrize(
    ("along", "found"), [(1.0, 3), (0.0, 3), (-0.5, 3), (-0.75, 0), (-1.0, 0), (-2.0, 0)]
)
def test_the_channels_beside_the_driving_one_may_differ_so_far(along: float, found: int) -> None:
    other = rep() * np.array([1.0, along, along])
    assert len(found_in(rests_between(other, other, other)).reps) == found


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("seed", [31, 32])
def test_drawn_people(exercise: str, seed: int) -> None:
    truth, recording = mixed_set(exercise, seed)
    found = find_reps(recording.series, guide_of(exercise), ignore=recording.walking)
    assert (len(found.reps), len(found.halves), len(found.cut_off)) == (4, 1, 0)
    for own, true in zip(found.reps, at_working_rate(truth, recording), strict=True):
        assert own.start == pytest.approx(true.start, abs=6)
        assert own.stop - 1 == pytest.approx(true.stop, abs=6)
        assert own.start < true.turn < own.stop


@pytest.mark.parametrize(
    ("exercise", "other"),
    [
        ("squat", "lateral_raise"),
        ("seated_knee_extension", "squat"),
        ("push_up", "seated_knee_extension"),
    ],
)
def test_another_exercise_holds_no_repetition_of_this_one(exercise: str, other: str) -> None:
    _, recording = mixed_set(other, 31)
    assert not find_reps(recording.series, guide_of(exercise), ignore=recording.walking).reps


@pytest.mark.parametrize(("share", "found"), [(0.3, 1), (0.15, 0)])
def test_what_is_too_small_to_match_may_still_be_half_a_repetition(
    share: float, found: int
) -> None:
    small = rep(share=share) * np.array([1.0, 0.0, 0.0])  # the other channels do not go along
    recording = rests_between(rep(), rep(), small, rep(), rep())
    assert len(spot(recording, [template_of(GUIDE, rate_hz=RATE_HZ)])) == 4
    seen = find_reps(recording, GUIDE)
    assert (len(seen.reps), len(seen.halves)) == (4, found)


def test_a_quick_jerk_is_no_half_repetition() -> None:
    jerk = rep(0.6, share=0.3) * np.array([1.0, 0.0, 0.0])
    found = find_reps(rests_between(rep(), rep(), jerk, rep()), GUIDE)
    assert (len(found.reps), len(found.halves)) == (3, 0)


def test_what_is_ignored_late_in_a_long_recording_stays_so() -> None:
    recording = rests_between(*[rep() for _ in range(20)])  # 1,800 frames
    ignore = np.zeros(len(recording), dtype=bool)
    ignore[1300:] = True
    found = find_reps(recording, GUIDE, ignore=ignore)
    assert 13 <= len(found.reps) <= 14
    assert all(one.stop <= 1300 for one in found.reps)
    spans = spot(recording, [template_of(GUIDE, rate_hz=RATE_HZ)], ignore=ignore)
    assert max(stop for _, _, stop in spans) <= 1300
    assert len(find_reps(recording, GUIDE).reps) == 20
