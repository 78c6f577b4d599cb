"""The set's numbers: by hand, and on drawn people whose tempo and range are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from athletes import judge_of, perform

from dtwcoach.coach import assess
from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.left_out import LeftOut, left_out
from dtwcoach.matching.measured import PhaseTempo, RangeOfMotion, Symmetry
from dtwcoach.matching.set_numbers import concentric_ways, main_range, set_numbers, velocity_loss
from dtwcoach.segmentation.found import Rep, Segmentation

JUDGE = judge_of("squat")
NAMES = ("way down", "bottom", "way up")


def knee(side: str, reached: float) -> RangeOfMotion:
    return RangeOfMotion(f"{side}_knee_angle", f"{side} knee", "deg", reached, 80.0, 100.0, 45.0)


def rep(
    number: int,
    *,
    start_s: float,
    back_s: float = 1.0,
    rom: float = 90.0,
    verdict: Verdict = Verdict.RIGHT,
    hold_s: float = 0.0,
) -> RepAssessment:
    """A squat: 1 s down with a pause, half a second at the bottom, and up."""
    seconds = (1.0 + hold_s, 0.5, back_s)
    empty = np.zeros(0)
    return RepAssessment(
        number=number,
        start_s=start_s,
        turn_s=start_s + 1.25 + hold_s,
        stop_s=start_s + sum(seconds),
        start_frame=0,
        stop_frame=0,
        verdict=verdict,
        score=0.5,
        decided_by="",
        worst_joint="",
        distances=empty,
        ratios=empty,
        attempt=empty,
        path=np.zeros((0, 2), dtype=np.int64),
        sample_s=empty,
        body=np.zeros((0, 33, 3)),
        faults=(),
        reasons=(),
        rom_deg={},
        mirrored=False,
        tempo=tuple(
            PhaseTempo(name, took, 1.0, 2.0, hold_s * (name == "way down"))
            for name, took in zip(NAMES, seconds, strict=True)
        ),
        ranges=(knee("left", rom), knee("right", 80.0)),
        symmetry=(Symmetry("knee", rom, 80.0, rom - 80.0, -5.0, 5.0),),
    )


EMPTY = assess(perform("squat", 5, reps=0).pose(), JUDGE)


def made(*reps: RepAssessment, **changes: object) -> SetAssessment:
    """A set whose drive goes straight down and up again in each repetition."""
    time_s = np.linspace(0.0, 100.0, 10001)
    drive = np.zeros_like(time_s)
    for one in reps:
        down_s, _, up_s = (phase.seconds for phase in one.tempo)
        bottom_s = one.start_s + down_s
        times = [one.start_s, bottom_s, bottom_s + 0.5, bottom_s + 0.5 + up_s]
        drive += np.interp(time_s, times, [0.0, 1.0, 1.0, 0.0])
    return replace(EMPTY, reps=reps, time_s=time_s, drive=drive, **changes)  # type: ignore[arg-type]


def test_no_repetition_has_no_numbers() -> None:
    numbers = EMPTY.numbers
    assert (numbers.right, numbers.wrong, numbers.not_judged, numbers.reps) == (0, 0, 0, ())
    assert (numbers.under_tension_s, numbers.pauses_s, numbers.joint) == (0, 0, "")
    for value in (numbers.rom_mean, numbers.velocity_loss_percent, numbers.density, numbers.out_s):
        assert math.isnan(value)


def test_one_repetition() -> None:
    numbers = made(rep(1, start_s=2.0)).numbers
    assert (numbers.rom_low, numbers.rom_mean, numbers.rom_high) == (90.0, 90.0, 90.0)
    assert numbers.rom_change == 0.0
    assert (numbers.out_s, numbers.turn_s, numbers.back_s) == (1.0, 0.5, 1.0)
    assert (numbers.under_tension_s, numbers.density) == (2.5, 1.0)
    assert math.isnan(numbers.velocity_loss_percent)
    assert math.isnan(numbers.longest_rest_s)
    assert numbers.reps[0].speed == pytest.approx(90.0)  # degrees in the second of the way up


def test_a_set_that_slows_down_and_gets_shallower() -> None:
    numbers = made(
        rep(1, start_s=1.0),
        rep(2, start_s=5.0, back_s=0.9, hold_s=2.0),
        rep(3, start_s=12.0, back_s=1.25, rom=72.0, verdict=Verdict.WRONG),
    ).numbers
    assert (numbers.right, numbers.wrong) == (2, 1)
    assert numbers.joint == "left knee"
    assert (numbers.rom_mean, numbers.rom_low, numbers.rom_change) == (84.0, 72.0, -18.0)
    assert [row.speed for row in numbers.reps] == pytest.approx([90.0, 100.0, 57.6])
    assert numbers.velocity_loss_percent == pytest.approx(42.4)
    assert numbers.concentric == "way up"
    assert numbers.pauses_s == 2.0
    assert [row.rest_s for row in numbers.reps] == pytest.approx([1.5, 2.6, math.nan], nan_ok=True)
    assert numbers.longest_rest_s == pytest.approx(2.6)
    assert numbers.under_tension_s == pytest.approx(2.5 + 4.4 + 2.75)
    assert numbers.density == pytest.approx(9.65 / 13.75)
    assert numbers.symmetry_percent == {"knee": pytest.approx(100 * 10 / 85)}


def test_what_was_not_judged_is_counted_and_timed_but_not_measured() -> None:
    hidden = rep(2, start_s=5.0, rom=170.0, verdict=Verdict.CANNOT_JUDGE)
    numbers = made(rep(1, start_s=1.0), hidden).numbers
    assert numbers.not_judged == 1
    assert (numbers.rom_high, numbers.symmetry_percent) == (
        90.0,
        {"knee": pytest.approx(100 * 10 / 85)},
    )
    assert numbers.under_tension_s == 5.0
    assert math.isnan(numbers.reps[1].rom)
    assert math.isnan(numbers.reps[1].out_s)
    assert math.isnan(made(hidden).numbers.rom_mean)


def test_half_repetitions_are_no_rest() -> None:
    left_out = (
        LeftOut("half", 4.0, 5.0, "A half repetition."),
        LeftOut("other movement", 6.0, 7.0, "A towel."),
        LeftOut("cut off", 90.0, 91.0, "Cut off."),
    )
    numbers = made(rep(1, start_s=1.0), rep(2, start_s=10.0), left_out=left_out).numbers
    assert (numbers.half, numbers.cut_off, numbers.other) == (1, 1, 1)
    assert numbers.longest_rest_s == pytest.approx(5.5)


def test_what_was_left_out_is_told_in_order() -> None:
    time_s = np.arange(300) / 30
    found = Segmentation(
        (), np.zeros(300), (), halves=(Rep(90, 105, 121),), cut_off=(Rep(0, 15, 31),)
    )
    items = left_out(found, time_s, others=(Rep(200, 216, 231),))
    assert [(item.kind, item.start_s, item.stop_s) for item in items] == [
        ("cut off", 0.0, 1.0),
        ("half", 3.0, 4.0),
        ("other movement", pytest.approx(200 / 30), pytest.approx(230 / 30)),
    ]
    assert items[2].text == "Another movement around 7.2 s was left out."


def test_a_hold_is_timed_in_position() -> None:
    held = [replace(rep(n, start_s=20.0 * n), tempo=()) for n in (1, 2)]
    numbers = replace(made(), reps=tuple(held), kind="hold").numbers
    assert [row.seconds for row in numbers.reps] == pytest.approx([2.5, 2.5])
    assert numbers.under_tension_s == 5.0
    assert numbers.symmetry_percent == {}
    assert math.isnan(numbers.rom_mean)
    assert math.isnan(numbers.velocity_loss_percent)


def test_sides_that_take_turns_are_measured_each_on_its_own() -> None:
    left, right = rep(1, start_s=1.0), rep(2, start_s=5.0)
    left, right = (
        replace(
            one,
            ranges=(knee("left", far), knee("right", near)),
            symmetry=(Symmetry("knee", far, near, 0.0, 0.0, 0.0),),
        )
        for one, far, near in ((left, 90.0, 12.0), (right, 11.0, 86.0))
    )
    numbers = made(left, right).numbers
    assert (numbers.rom_low, numbers.rom_high, numbers.joint) == (86.0, 90.0, "knee")
    assert numbers.symmetry_percent == {"knee": pytest.approx(100 * 4 / 88)}
    assert made(left).numbers.symmetry_percent == {}


def test_the_main_range_is_one_the_exercise_asks_for() -> None:
    hip = RangeOfMotion("left_hip_angle", "left hip", "deg", 100.0, 90.0, 120.0, 0.0)
    assert main_range((hip, knee("left", 90.0))) == knee("left", 90.0)
    assert main_range((hip,)) == hip


@pytest.mark.parametrize(
    ("names", "ways"),
    [
        (("way down", "bottom", "way up"), (2,)),
        (("way up", "top", "way down"), (0,)),
        (("way out", "widest point", "way back"), (0, 2)),
        (("supine", "middle", "prone"), (0, 2)),
        ((), (0, 2)),
    ],
)
def test_the_concentric_way_is_called_up(names: tuple[str, ...], ways: tuple[int, ...]) -> None:
    assert concentric_ways([PhaseTempo(name, 1.0, 1.0, 1.0) for name in names]) == ways


@pytest.mark.parametrize("speeds", [[], [1.0], [0.0, 0.0]])
def test_no_loss_without_two_speeds(speeds: list[float]) -> None:
    assert math.isnan(velocity_loss(speeds))


@pytest.mark.parametrize("drive", [np.zeros(0), np.full(10001, np.nan)], ids=["none", "unknown"])
def test_without_a_drive_there_is_no_speed(drive: np.ndarray) -> None:
    known = made(rep(1, start_s=1.0), rep(2, start_s=5.0))
    numbers = set_numbers(replace(known, drive=drive, time_s=known.time_s[: len(drive)]))
    assert math.isnan(numbers.velocity_loss_percent)
    assert numbers.rom_mean == 90.0


@pytest.mark.parametrize("exercise", ["squat", "biceps_curl", "lateral_raise"])
@pytest.mark.parametrize("drift", [0.0, -0.3])
def test_velocity_loss_is_the_drawn_one(exercise: str, drift: float) -> None:
    truth = perform(exercise, 7, reps=4, tempo_drift=drift, variation_deg=0.0)
    numbers = assess(truth.pose(), judge_of(exercise, (101, 102, 103))).numbers
    assert len(numbers.reps) == 4
    assert numbers.velocity_loss_percent == pytest.approx(-100 * drift, abs=3.0)


def test_a_pause_on_the_way_up_is_left_out_of_its_speed() -> None:
    truth = perform("biceps_curl", 7, reps=3, holds={2: 1.5}, variation_deg=0.0)
    numbers = assess(truth.pose(), judge_of("biceps_curl", (101, 102, 103))).numbers
    assert numbers.concentric == "way up"
    assert numbers.reps[2].out_s - numbers.reps[0].out_s == pytest.approx(1.5, abs=0.15)
    assert numbers.velocity_loss_percent < 30  # 76 with the pause; stopping and starting take time


def test_rests_and_pauses_of_drawn_people() -> None:
    truth = perform("squat", 7, reps=3, pause_s=2.0, holds={1: 1.5}, variation_deg=0.0)
    numbers = assess(truth.pose(), JUDGE).numbers
    spans = [(one.start / 30, (one.stop - 1) / 30) for one in truth.reps]
    assert numbers.under_tension_s == pytest.approx(sum(b - a for a, b in spans), abs=0.3)
    assert numbers.longest_rest_s == pytest.approx(spans[1][0] - spans[0][1], abs=0.15)
    assert numbers.pauses_s == pytest.approx(1.5, abs=0.15)
