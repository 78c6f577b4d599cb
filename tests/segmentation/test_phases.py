"""Phases of a repetition: on drives made by hand, and on drawn people against the truth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, perform
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.mannequin.performance import RepTiming
from dtwcoach.mannequin.recording import find_exercise
from dtwcoach.motion.recording import describe
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.phases import Phase, phases_of


def course(timing: RepTiming, *, rate_hz: float = 30.0, still_s: float = 0.0) -> np.ndarray:
    """The drive of one repetition, with stillness before and after."""
    time_s = np.arange(0.0, timing.seconds + 2 * still_s + 0.5 / rate_hz, 1 / rate_hz)
    return timing.way(time_s - still_s)


def split(drive: np.ndarray, rate_hz: float = 30.0) -> tuple[Phase, ...]:
    return phases_of(drive, Rep(0, int(np.nanargmax(drive)), len(drive)), rate_hz=rate_hz)


def seconds(phases: tuple[Phase, ...], name: str, rate_hz: float = 30.0) -> float:
    return sum(p.stop - p.start for p in phases if p.name == name) / rate_hz


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0])
@pytest.mark.parametrize(
    ("timing", "names"),
    [
        (RepTiming(1.0, 0.5, 1.2), "start out turn back end"),
        (RepTiming(3.0, 2.0, 0.8), "start out turn back end"),
        (RepTiming(1.2, 0.4, 1.0, hold_s=1.5), "start out hold out turn back end"),
        (RepTiming(1.0, 0.5, 1.2, depth=0.3), "start out turn back end"),
    ],
)
def test_times_are_those_of_the_course(timing: RepTiming, names: str, rate_hz: float) -> None:
    phases = split(course(timing, rate_hz=rate_hz, still_s=0.5), rate_hz)
    assert [phase.name for phase in phases] == names.split()
    true = {"out": timing.out_s, "turn": timing.dwell_s, "back": timing.back_s}
    for name, expected in {**true, "hold": timing.hold_s}.items():
        assert seconds(phases, name, rate_hz) == pytest.approx(expected, abs=0.27), name


def test_a_pause_on_the_way_back_is_a_hold_too() -> None:
    names = [phase.name for phase in split(course(RepTiming(1.0, 0.4, 1.2, hold_s=1.0))[::-1])]
    assert names == ["out", "turn", "back", "hold", "back"]


def test_a_slow_spot_is_no_hold() -> None:
    names = [phase.name for phase in split(course(RepTiming(1.0, 0.4, 1.0, hold_s=0.05)))]
    assert names == ["out", "turn", "back"]


def test_trembling_at_the_turn_stays_one_turn() -> None:
    still = 1.0 + 0.03 * np.sin(np.arange(300) / 3.0)
    way = course(RepTiming(1.0, 0.0, 1.0))[:31]
    phases = split(np.r_[way, still, way[::-1]])
    assert [phase.name for phase in phases] == ["out", "turn", "back"]
    assert seconds(phases, "turn") == pytest.approx(10.0, abs=0.2)


def test_creeping_up_to_the_turn_is_no_hold() -> None:
    way = course(RepTiming(0.8, 0.0, 0.8))[:25]
    creep = 1.0 + 0.004 * np.arange(1, 21)
    phases = split(np.r_[way, creep, creep[-1] * way[::-1]])
    assert [phase.name for phase in phases] == ["out", "turn", "back"]


def test_frames_count_from_the_start_of_the_recording() -> None:
    drive = np.r_[np.zeros(20), course(RepTiming(1.0, 0.5, 1.0)), np.zeros(20)]
    shifted = phases_of(drive, Rep(24, 55, 90), rate_hz=30.0)
    alone = phases_of(drive[24:90], Rep(0, 31, 66), rate_hz=30.0)
    assert [(p.start - 24, p.stop - 24) for p in shifted] == [(p.start, p.stop) for p in alone]


def test_gaps_in_the_drive_are_drawn_through() -> None:
    whole = course(RepTiming(1.0, 0.5, 1.0))
    gappy = whole.copy()
    gappy[[8, 12, 13, 50]] = np.nan
    assert [p.name for p in split(gappy)] == ["out", "turn", "back"]
    assert seconds(split(gappy), "turn") == pytest.approx(seconds(split(whole), "turn"), abs=0.05)


@pytest.mark.parametrize(
    "drive",
    [np.full(30, np.nan), np.ones(30), np.zeros(2), np.zeros(0), np.linspace(0, 1, 30)],
    ids=["unknown", "still", "short", "empty", "never turns"],
)
def test_what_is_no_repetition_has_no_phases(drive: np.ndarray) -> None:
    assert phases_of(drive, Rep(0, len(drive) // 2, len(drive)), rate_hz=30.0) == ()


def test_a_pair_that_turns_where_its_sides_change_has_no_phases() -> None:
    one = course(RepTiming(1.0, 0.3, 1.0))
    drive = np.r_[one, 0.9 * one]
    assert phases_of(drive, Rep(0, len(one), len(drive)), rate_hz=30.0) == ()
    assert phases_of(drive, Rep(0, len(one) // 2, len(one)), rate_hz=30.0) != ()


@given(
    st.lists(st.floats(-1.0, 2.0), min_size=3, max_size=80),
    st.sampled_from([10.0, 30.0, 240.0]),
)
def test_phases_fill_the_repetition_without_a_gap(values: list[float], rate_hz: float) -> None:
    phases = split(np.array(values), rate_hz)
    if phases:
        assert (phases[0].start, phases[-1].stop) == (0, len(values))
        assert all(phase.start < phase.stop for phase in phases)
        assert all(a.stop == b.start and a.name != b.name for a, b in pairwise(phases))
        assert [phase.name for phase in phases].count("turn") == 1


@pytest.mark.parametrize("name", ["squat", "biceps_curl", "push_up", "glute_bridge"])
def test_drawn_people_against_the_truth(name: str) -> None:
    holds = {1: 1.0} if name in ("squat", "push_up") else {}
    truth = perform(name, 7, reps=3, tempo_drift=-0.3, variation_deg=0.0, holds=holds)
    recording = describe(truth.pose(), SETTINGS)
    found = cut(recording, judge_of(name, (101, 102)).guide)
    assert len(found.reps) == 3
    exercise, begin_s = find_exercise(name), 1.5
    for number, rep in enumerate(found.reps):
        speed = 1 - 0.15 * number
        moving_s = (exercise.rep_s - exercise.dwell_s) / speed
        timing = RepTiming(
            moving_s * exercise.out_share,
            exercise.dwell_s / speed,
            moving_s * (1 - exercise.out_share),
            hold_s=holds.get(number, 0.0),
        )
        turn_s = begin_s + timing.out_s + timing.hold_s
        phases = phases_of(found.drive, rep, rate_hz=30.0)
        turn = next(phase for phase in phases if phase.name == "turn")
        assert turn.start / 30 == pytest.approx(turn_s, abs=0.12)
        assert turn.stop / 30 == pytest.approx(turn_s + timing.dwell_s, abs=0.17)
        assert seconds(phases, "hold") == pytest.approx(timing.hold_s, abs=0.15)
        begin_s += timing.seconds + 0.8
