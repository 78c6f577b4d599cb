"""Tempo by phase, ranges beside the references', left beside right."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from athletes import filmed, judge_of, trainer_references

from dtwcoach.coach import assess
from dtwcoach.matching.assessment import RepAssessment, Verdict
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.measured import PhaseTempo
from dtwcoach.matching.ranges import range_faults, ranges_of_motion, symmetries
from dtwcoach.matching.tempo import TEMPO_MARGIN, phase_tempo, reference_times, tempo_faults
from dtwcoach.segmentation.drive import drive_signal
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.phases import Phase, phases_of

JUDGE = judge_of("squat")
STRICT = replace(JUDGE, exercise=replace(JUDGE.exercise, judge_tempo=True))


@cache
def done(judge: Judge = JUDGE, **performance: Any) -> RepAssessment:
    """What is said about the second of two squats."""
    faults = {1: (performance.pop("fault"),)} if "fault" in performance else {}
    holds = {1: performance.pop("hold_s")} if "hold_s" in performance else {}
    pose = filmed("squat", 2105, reps=2, faults=faults, holds=holds, **performance)
    return assess(pose, judge).reps[1]


def seconds(rep: RepAssessment) -> np.ndarray:
    return np.array([phase.seconds for phase in rep.tempo])


def test_the_phases_share_the_repetition_among_them() -> None:
    rep = done()
    assert [phase.phase for phase in rep.tempo] == ["way down", "bottom", "way up"]
    assert seconds(rep).sum() == pytest.approx(rep.stop_s - rep.start_s, abs=0.04)
    assert (seconds(rep) > 0.2).all()


def test_a_hasty_way_down_shows_in_its_phase_alone() -> None:
    out, _, back = seconds(done(fault=("too_fast", 2.2))) / seconds(done())
    assert out == pytest.approx(1 / 2.2, abs=0.12)
    assert back == pytest.approx(1.0, abs=0.1)


def test_a_pause_counts_on_the_way_where_it_was() -> None:
    held = done(hold_s=2.0)  # drawn people hold on the way
    assert seconds(held) - seconds(done()) == pytest.approx([2.0, 0.0, 0.0], abs=0.3)
    assert [phase.hold_s for phase in held.tempo] == pytest.approx([2.0, 0.0, 0.0], abs=0.2)
    assert held.pause_s == held.tempo[0].hold_s
    phases = (Phase("out", 0, 30), Phase("turn", 30, 45), Phase("hold", 45, 60))
    late = phase_tempo(JUDGE, (*phases, Phase("back", 60, 90), Phase("end", 90, 99)))
    assert [phase.seconds for phase in late] == [1.0, 0.5, 1.5]
    assert [phase.hold_s for phase in late] == [0.0, 0.0, 0.5]


def test_a_small_movement_has_a_tempo_too() -> None:
    assert seconds(done(fault=("shallow", 35.0))) == pytest.approx(seconds(done()), abs=0.3)


def test_the_references_times_hold_those_of_every_reference() -> None:
    shortest_s, longest_s = JUDGE.guide.duration_s
    low, high = reference_times(JUDGE)
    assert (low > 0.1).all()
    assert (low < high).all()
    assert low.sum() < shortest_s < longest_s < high.sum()
    again = trainer_references("squat", (101,))[0]
    drive = drive_signal(again.series, JUDGE.guide)
    phases = phases_of(drive, Rep(0, len(drive) // 2, len(drive)), rate_hz=30.0)
    took = np.array([phase.seconds for phase in phase_tempo(JUDGE, phases)])
    assert (low - 0.05 <= took).all()
    assert (took <= high + 0.05).all()


def test_without_phases_there_is_no_tempo() -> None:
    assert phase_tempo(JUDGE, ()) == ()
    assert tempo_faults(STRICT, (), starts_s=(0.0, 1.0)) == ()
    blind = replace(JUDGE, curves=np.full_like(JUDGE.curves, np.nan))
    assert np.isnan(reference_times(blind)).all()


def test_tempo_is_judged_only_where_the_trainer_says_so() -> None:
    assert done(fault=("too_fast", 2.2)).verdict is Verdict.RIGHT
    rep = done(STRICT, fault=("too_fast", 2.2))
    assert rep.verdict is Verdict.WRONG
    assert rep.decided_by == "tempo"
    fault = rep.faults[0]
    assert (fault.phase, fault.direction, fault.unit) == ("way down", "faster", "s")
    assert rep.cue == "Way down: slower."
    assert fault.ratio == pytest.approx(rep.score)
    assert done(STRICT).verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    ("out_s", "back_s", "cues"),
    [
        (1.0 / (1 + TEMPO_MARGIN) + 0.01, 2.0 * (1 + TEMPO_MARGIN) - 0.01, []),
        (0.6, 1.5, ["Way down: slower."]),
        (1.5, 3.0, ["Way up: faster."]),
        (3.0, 0.5, ["Way down: faster.", "Way up: slower."]),
    ],
)
def test_the_references_range_is_widened_by_the_margin(
    out_s: float, back_s: float, cues: list[str]
) -> None:
    rows = zip(("way down", "bottom", "way up"), (out_s, 9.0, back_s), strict=True)
    tempo = tuple(PhaseTempo(name, took, 1.0, 2.0) for name, took in rows)
    faults = tempo_faults(STRICT, tempo, starts_s=(5.0, 7.0))
    assert [fault.cue for fault in faults] == cues
    assert tempo_faults(JUDGE, tempo, starts_s=(5.0, 7.0)) == ()
    if cues == ["Way down: slower."]:
        assert faults[0].text == "way down took 0.6 s, the references 1.0 to 2.0 s"
        assert faults[0].size == pytest.approx(-0.4)
        assert faults[0].time_s == 5.0


def test_one_reference_has_no_range() -> None:
    assert PhaseTempo("top", 1.0, 1.42, 1.42).usual == "1.4 s"
    assert PhaseTempo("top", 1.0, float("nan"), float("nan")).usual == "unknown"


def test_ranges_stand_beside_those_of_the_references() -> None:
    ranges = ranges_of_motion(JUDGE, JUDGE.curves[0], mirrored=False)
    assert {item.feature for item in ranges} >= set(JUDGE.exercise.min_rom)
    assert all(item.low <= item.reached <= item.high for item in ranges)
    assert {item.least for item in ranges} == {0.0, *JUDGE.exercise.min_rom.values()}


def test_the_references_asymmetry_changes_sides_with_the_athlete() -> None:
    plain, turned = (
        symmetries(JUDGE, ranges_of_motion(JUDGE, JUDGE.mean, mirrored=m), mirrored=m)
        for m in (False, True)
    )
    for one, other in zip(plain, turned, strict=True):
        assert one.joint == other.joint
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
        assert other.percent == pytest.approx(-one.percent)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_side_that_moved_further(mirrored: bool) -> None:
    curve = JUDGE.mean.copy()
    column = JUDGE.names.index("right_knee_angle" if mirrored else "left_knee_angle")
    curve[:, column] = 180.0 - 2.0 * (180.0 - curve[:, column])
    ranges = ranges_of_motion(JUDGE, curve, mirrored=mirrored)
    knee = next(s for s in symmetries(JUDGE, ranges, mirrored=mirrored) if s.joint == "knee")
    assert knee.left == pytest.approx(2 * knee.right, rel=0.2)
    assert knee.percent == pytest.approx(200 / 3, abs=15)  # 100 (2 - 1) / 1.5
    assert knee.low < knee.high < knee.percent


def test_sides_are_compared_where_both_drive() -> None:
    judge = judge_of("seated_knee_extension")
    ranges = ranges_of_motion(judge, judge.curves[0], mirrored=False)
    assert symmetries(judge, ranges, mirrored=False) == ()


@pytest.mark.parametrize(("people", "share"), [(1, 0.75), (3, 0.85)])
def test_without_a_least_range_most_of_the_references_is_needed(people: int, share: float) -> None:
    plain = replace(
        JUDGE,
        exercise=replace(JUDGE.exercise, min_rom={}),
        calibration=replace(JUDGE.calibration, people=people),
    )
    curve = JUDGE.curves[0].copy()
    knee = JUDGE.names.index("left_knee_angle")
    smallest = np.ptp(JUDGE.curves[:, :, knee], axis=1).min()
    own = np.ptp(curve[:, knee])
    for reached, falls_short in ((share * smallest + 0.1, False), (share * smallest - 0.1, True)):
        curve[:, knee] = JUDGE.curves[0][:, knee] * reached / own
        faults = range_faults(plain, ranges_of_motion(plain, curve, mirrored=False))
        assert ("left_knee_angle" in {fault.feature for fault in faults}) == falls_short
