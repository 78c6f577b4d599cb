import pickle
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
    guide_of,
    mixed_set,
    rep,
    rests_between,
    series,
    still,
)

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.guided import find_reps, spot
from dtwcoach.segmentation.stream import Emitted, RepStream, SpotStream
from dtwcoach.segmentation.templates import Template, template_of

HALF_A_SECOND = 15  # frames


def streamed(
    recording: FeatureSeries, guide: Guide = GUIDE, ignore: np.ndarray | None = None
) -> list[tuple[Emitted, int]]:
    """What is emitted, and with which frame; the end of the stream comes after the last one."""
    stream = RepStream(guide, names=recording.names, rate_hz=recording.rate_hz)
    ignored = np.zeros(len(recording), dtype=bool) if ignore is None else ignore
    frames = zip(recording.values, ignored, strict=True)
    each = [stream.step(values, ignore=bool(ignore)) for values, ignore in frames]
    return [(one, at) for at, one in enumerate([*each, stream.finish()]) if one is not None]


def of_kind(emitted: list[tuple[Emitted, int]], kind: str) -> list[Rep]:
    return [one.rep for one, _ in emitted if one.kind == kind]


def same(some: list[Rep] | tuple[Rep, ...], others: list[Rep] | tuple[Rep, ...]) -> bool:
    """Whether they are as many, and each overlaps its twin by half of what both take."""
    return len(some) == len(others) and all(
        2 * (min(a.stop, b.stop) - max(a.start, b.start))
        > max(a.stop, b.stop) - min(a.start, b.start)
        for a, b in zip(some, others, strict=True)
    )


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.floats(1.0, 4.0), st.floats(0.0, 3.0), st.sampled_from([0.0, 0.0, 1.5])),
        min_size=1,
        max_size=5,
    )
)
def test_the_stream_finds_what_is_found_at_once(plan: list[tuple[float, float, float]]) -> None:
    parts = [part for took, rest, held in plan for part in (rep(took, held_s=held), still(rest))]
    recording = series(still(1.0), *parts, still(1.0))
    emitted = streamed(recording)
    at_once = find_reps(recording, GUIDE)
    assert len(at_once.reps) == len(plan)
    assert [one.kind for one, _ in emitted] == ["rep"] * len(plan)
    for own, other in zip(of_kind(emitted, "rep"), at_once.reps, strict=True):
        assert own.start == pytest.approx(other.start, abs=2)
        assert own.turn == pytest.approx(other.turn, abs=1)
        assert own.stop == pytest.approx(other.stop, abs=4)
        assert np.ravel(own.pauses) == pytest.approx(np.ravel(other.pauses), abs=4)


@settings(max_examples=15)
@given(st.lists(st.floats(1.0, 4.0), min_size=1, max_size=5), st.floats(0.0, 2.0))
def test_a_repetition_is_known_half_a_second_after_its_end(
    took_s: list[float], rest_s: float
) -> None:
    parts = [part for took in took_s for part in (rep(took), still(rest_s))]
    emitted = streamed(series(still(0.5), *parts, still(1.0)))
    assert len(emitted) == len(took_s)
    for one, at in emitted:
        assert one.rep.stop <= at <= one.rep.stop - 1 + HALF_A_SECOND


def test_the_drive_of_a_repetition_comes_with_it() -> None:
    (first, _), (second, _) = streamed(rests_between(rep(), rep(share=0.9)))
    for one, height in ((first, 1.0), (second, 0.9)):
        assert len(one.drive) == one.rep.stop - one.rep.start
        assert one.drive.max() == pytest.approx(height, abs=0.01)
        assert one.drive[one.rep.turn - one.rep.start] == one.drive.max()


@pytest.mark.parametrize("share", [0.3, 0.45, 0.5])
def test_half_repetitions_are_kept_apart(share: float) -> None:
    recording = rests_between(rep(), rep(), rep(1.2, share=share), rep(), seconds=0.7)
    emitted = streamed(recording)
    assert [one.kind for one, _ in emitted] == ["rep", "rep", "half", "rep"]
    assert same(of_kind(emitted, "half"), find_reps(recording, GUIDE).halves)


def test_who_is_always_shallow_does_whole_repetitions_before_long() -> None:
    kinds = [one.kind for one, _ in streamed(rests_between(*(rep(share=0.5) for _ in range(6))))]
    assert kinds[-4:] == ["rep"] * 4


def test_the_end_of_the_stream_settles_what_only_waited() -> None:
    whole = series(still(), rep(), still(), rep())
    *before, (last, at) = streamed(whole)
    assert [one.kind for one, _ in before] == ["rep"]
    assert last.kind == "rep"
    assert at == len(whole)
    stream = RepStream(GUIDE, names=NAMES, rate_hz=RATE_HZ)
    assert stream.finish() is None
    assert stream.finish() is None


@pytest.mark.parametrize("cut_at", [30, 34, 38])
def test_a_stream_that_begins_midway_counts_whole_repetitions_only(cut_at: int) -> None:
    recording = series(rep()[cut_at:], still(), rep(), still(), rep(), still())
    emitted = streamed(recording)
    assert same(of_kind(emitted, "rep"), find_reps(recording, GUIDE).reps)
    assert not of_kind(emitted, "half")


def test_what_is_to_be_ignored_belongs_to_no_repetition() -> None:
    recording = rests_between(rep(), rep(), rep())
    ignore = np.zeros(len(recording), dtype=bool)
    ignore[100:190] = True
    reps = of_kind(streamed(recording, ignore=ignore), "rep")
    assert same(reps, find_reps(recording, GUIDE, ignore=ignore).reps)
    assert len(reps) == 2


@pytest.mark.parametrize("hidden", [10, 30, 90])
def test_gaps_do_as_they_do_at_once(hidden: int) -> None:
    recording = rests_between(rep(), rep(2.6), rep())
    values = recording.values.copy()
    values[135 : 135 + hidden] = np.nan
    broken = FeatureSeries(recording.time_s, values, NAMES)
    at_once = find_reps(broken, GUIDE).reps
    assert same(of_kind(streamed(broken), "rep"), at_once)
    assert len(at_once) == (3 if hidden <= 30 else 2)


def test_a_driving_joint_that_is_lost_on_the_way_ends_no_repetition() -> None:
    values = rests_between(rep(), rep(3.0), rep()).values.copy()
    values[150:180, 0] = 0.0
    broken = series(values)
    assert same(of_kind(streamed(broken), "rep"), find_reps(broken, GUIDE).reps)


@pytest.mark.parametrize(
    "value", [0.0, 0.5, np.nan, np.inf], ids=["rest", "midway", "nan", "infinity"]
)
def test_idleness_holds_no_repetition(value: float) -> None:
    values = np.full((300, 3), value)
    assert not streamed(FeatureSeries(np.arange(300) / RATE_HZ, values, NAMES))


@pytest.mark.parametrize("exercise", ["squat", "push_up", "lateral_raise"])
def test_drawn_people(exercise: str) -> None:
    _, recording = mixed_set(exercise, 31)
    at_once = find_reps(recording.series, guide_of(exercise), ignore=recording.walking)
    emitted = streamed(recording.series, guide_of(exercise), recording.walking)
    assert len(at_once.reps) == 4
    assert same(of_kind(emitted, "rep"), at_once.reps)
    assert same(of_kind(emitted, "half"), at_once.halves)
    assert all(at - one.rep.stop < HALF_A_SECOND for one, at in emitted)


@pytest.mark.parametrize("off", [-0.15, 0.1, 0.15, 0.2])
def test_one_who_rests_elsewhere_is_emitted_in_time_and_once(off: float) -> None:
    recording = rests_between(rep(), rep(1.5), rep(2.6), seconds=2.0)
    elsewhere = series(recording.values + off * FAR)
    emitted = streamed(elsewhere)
    assert same([one.rep for one, _ in emitted], find_reps(elsewhere, GUIDE).reps)
    assert len(emitted) == 3
    assert all(at - one.rep.stop < HALF_A_SECOND for one, at in emitted)


def test_quick_repetitions_that_run_into_each_other_do_not_overlap() -> None:
    quick = rep(0.8)
    emitted = streamed(series(still(), quick[:-4], quick[4:-4], quick[4:], still()))
    assert [one.kind for one, _ in emitted] == ["rep"] * 3
    for before, after in pairwise(one.rep for one, _ in emitted):
        assert before.turn < before.stop <= after.start < after.turn


def spotted(recording: FeatureSeries, templates: list[Template]) -> list[tuple[int, int, int]]:
    stream = SpotStream(templates, names=NAMES, rate_hz=RATE_HZ)
    spans = [stream.step(values) for values in recording.values]
    return [span for span in (*spans, stream.finish()) if span is not None]


@pytest.mark.parametrize("rest_s", [0.1, 0.5])
def test_several_templates_are_matched_as_at_once(rest_s: float) -> None:
    parts = (rep(), rep(1.2, share=0.4), rep(), rep(3.0), rep())
    recording = rests_between(*parts, seconds=rest_s)
    template = template_of(GUIDE, rate_hz=RATE_HZ)
    templates = [template, template.smaller(0.4)]
    found, expected = spotted(recording, templates), spot(recording, templates)
    assert [own[:2] for own in found] == [other[:2] for other in expected]
    assert [own[2] for own in found] == pytest.approx([other[2] for other in expected], abs=1)


def test_no_match_reaches_across_a_long_absence() -> None:
    recording = rests_between(rep(), rep(held_s=2.0), rep())
    values = recording.values.copy()
    values[155:205] = np.nan  # 1.7 s at the turn of the second one
    spans = spotted(series(values), [template_of(GUIDE, rate_hz=RATE_HZ)])
    assert len(spans) >= 2
    assert not any(start < 160 and stop > 200 for _, start, stop in spans)


def test_a_match_without_end_is_not_remembered_frame_by_frame() -> None:
    stream = SpotStream([template_of(GUIDE, rate_hz=RATE_HZ)], names=NAMES, rate_hz=RATE_HZ)
    for values in rests_between(rep()).values:
        stream.step(values)
    sizes = []
    for _ in range(2):
        for _ in range(2_500):
            stream.step(0.15 * FAR)  # as in the middle of a template, for ever
        sizes.append(len(pickle.dumps(stream)))
    assert sizes[1] < sizes[0] + 2_000


def test_memory_stays_flat_and_frames_are_counted_on() -> None:
    recording = rests_between(rep(), rep(1.2, share=0.4), rep(), still(2.0))
    stream = RepStream(GUIDE, names=NAMES, rate_hz=RATE_HZ)
    sizes, reps = [], []
    for at in range(20_000):
        one = stream.step(recording.values[at % len(recording)])
        if one is not None and one.kind == "rep":
            reps.append(one.rep)
        if at in (10_000, 19_999):
            sizes.append(len(pickle.dumps(stream)))
    assert sizes[1] < sizes[0] + 2_000
    assert len(reps) == pytest.approx(2 * 20_000 / len(recording), abs=1)
    second, last = reps[2:4], reps[-1]
    assert (last.start - second[0].start) % len(recording) in (
        0,
        second[1].start - second[0].start,
    )
