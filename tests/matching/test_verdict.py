"""Distances to verdicts, and faults in words."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, trainer_references
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwcoach.matching.assessment import Fault
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.feedback import OPPOSITE, align, find_faults, phase_number
from dtwcoach.matching.judging import Match, match, warped
from dtwcoach.matching.ranges import range_faults, ranges_of_motion
from dtwcoach.motion.features import FEATURES, resample
from dtwcoach.motion.noise import noise_floor

JUDGE = judge_of("squat")
KNEE = JUDGE.names.index("left_knee_angle")
KNEE_FLOOR_DEG = noise_floor(["left_knee_angle"])[0]
OWN = resampled(trainer_references("squat"), SETTINGS)[0]


def off_by(size: float, feature: int = KNEE) -> np.ndarray:
    """A reference's curves with one feature off around its turn."""
    curve = OWN.copy()
    bump = np.exp(-(((np.arange(len(curve)) - JUDGE.turn) / 15.0) ** 2))
    curve[:, feature] += size * bump
    return curve


def matched(curve: np.ndarray) -> Match:
    return match(JUDGE, curve[None])[0]


def found(
    curve: np.ndarray, *, deviation: np.ndarray | None = None, **options: Any
) -> tuple[Fault, ...]:
    """What is named for a repetition of three seconds; its deviation may be made by hand."""
    usual: dict[str, Any] = {
        "rep_times_s": np.linspace(5.0, 8.0, SETTINGS.samples),
        "mirrored": False,
        "height_cm": None,
    }
    alignment = align(JUDGE, curve)
    if deviation is not None:
        alignment = replace(alignment, deviation=deviation)
    return find_faults(JUDGE, matched(curve), alignment, **usual | options)


@settings(max_examples=30)
@given(st.integers(2, 60), st.integers(2, 120))
def test_resampling_keeps_ends_and_straight_lines(length: int, samples: int) -> None:
    line = np.linspace(-3.0, 8.0, length)[:, None]
    assert resample(line, samples)[:, 0] == pytest.approx(np.linspace(-3.0, 8.0, samples))


@pytest.mark.parametrize("length", [0, 1])
def test_a_repetition_of_one_frame_has_no_curve(length: int) -> None:
    assert np.isnan(resample(np.zeros((length, 2)), 10)).all()


def test_one_gap_rejects_its_feature_only() -> None:
    values = np.ones((20, 2))
    values[7, 0] = np.nan
    result = resample(values, 50)
    assert np.isnan(result[:, 0]).all()
    assert (result[:, 1] == 1).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_cannot_be_measured_is_not_zero(bad: float) -> None:
    curve = off_by(0.0)
    curve[-20:] = bad
    got = matched(curve)
    assert np.isnan(got.distances).all()
    assert got.together == got.worst == got.score == np.inf


def test_the_reference_itself_is_at_distance_zero() -> None:
    assert matched(OWN).score == 0


def test_one_joint_decides_where_the_median_sees_nothing() -> None:
    scores = [matched(off_by(size)) for size in (0.0, 20.0, 40.0, 80.0)]
    assert all(one.together < 0.2 for one in scores)
    assert all(b.worst >= a.worst for a, b in pairwise(scores))
    assert scores[-1].score > 1


@pytest.mark.parametrize(
    ("feature", "size", "words"),
    [
        ("left_knee_angle", 60.0, "left knee 6# degrees straighter at the bottom"),
        ("left_knee_angle", -60.0, "left knee 6# degrees more bent at the bottom"),
        ("trunk_forward", 45.0, "trunk 4# degrees further forward at the bottom"),
        ("left_knee_side", -0.8, "left knee 0.# torso lengths further in at the bottom"),
        ("right_knee_side", -0.8, "right knee 0.# torso lengths further out at the bottom"),
    ],
)
def test_faults_in_words(feature: str, size: float, words: str) -> None:
    faults = found(off_by(size, JUDGE.names.index(feature)))
    fault = faults[0]
    assert fault.feature == feature
    assert fault.size == pytest.approx(size, rel=0.4)
    before, _, after = words.partition("#")
    assert fault.text.startswith(before[:-1])
    assert fault.text.endswith(after.split(" ", 1)[1])
    assert fault.cue[0].isupper()
    assert 5.0 <= fault.time_s <= 8.0
    assert len({f.joint for f in faults}) == len(faults)
    assert fault.ratio > 1


@pytest.mark.parametrize(
    ("height_cm", "unit", "size"), [(None, "torso", 0.8), (180.0, "cm", 0.8 * 0.288 * 180)]
)
def test_centimetres_only_with_the_athletes_height(
    height_cm: float | None, unit: str, size: float
) -> None:
    curve = off_by(0.8, JUDGE.names.index("left_knee_side"))
    fault = found(curve, height_cm=height_cm)[0]
    assert fault.unit == unit
    assert fault.size == pytest.approx(size, rel=0.4)


def test_no_deviation_below_the_noise_floor_is_a_fault() -> None:
    assert found(JUDGE.mean) == ()
    near = JUDGE.mean.copy()
    near[:, KNEE] += KNEE_FLOOR_DEG - 0.5
    assert found(near) == ()
    near[:, KNEE] += 1.0
    (fault,) = found(near)
    assert fault.feature == "left_knee_angle"
    assert fault.above_noise


def test_a_wrong_repetition_names_at_least_its_worst_deviation() -> None:
    small = np.zeros_like(JUDGE.mean)
    small[:, KNEE] = KNEE_FLOOR_DEG - 0.5
    assert found(off_by(20.0), deviation=small) == ()
    (fault,) = found(off_by(20.0), deviation=small, at_least_one=True)
    assert fault.feature == "left_knee_angle"
    assert not fault.above_noise
    assert all(fault.above_noise for fault in found(off_by(30.0), at_least_one=True))


@pytest.mark.parametrize(
    ("feature", "size"),
    [
        ("left_knee_angle", 60.0),
        ("left_thigh_sideways", 40.0),
        ("left_knee_side", -0.8),
        ("left_ankle_height", 0.8),
        ("knees_side", 0.8),
    ],
)
def test_faults_of_a_mirrored_athlete_are_of_the_own_side(feature: str, size: float) -> None:
    curve = off_by(size, JUDGE.names.index(feature))
    there, own = (found(curve, mirrored=mirrored)[0] for mirrored in (False, True))
    assert there.feature == feature
    assert own.joint == there.joint.replace("left", "right")
    assert own.direction == there.direction  # out stays out
    assert abs(own.size) == abs(there.size)


def test_a_mirrored_athlete_leans_to_the_other_side() -> None:
    own = found(off_by(40.0, JUDGE.names.index("trunk_sideways")), mirrored=True)[0]
    assert (own.joint, own.direction) == ("trunk", "further to the right")


def test_a_joint_is_named_once() -> None:
    assert found(off_by(60.0))[0].joint == "left knee"
    assert "left knee" not in {fault.joint for fault in found(off_by(60.0), named=("left knee",))}


def test_the_phase_is_where_a_deviation_lasts() -> None:
    deviation = np.zeros_like(JUDGE.mean)
    deviation[10:40, KNEE] = -15.0
    deviation[JUDGE.turn : JUDGE.turn + 3, KNEE] = -60.0  # a glitch: larger, but short
    fault = found(off_by(-60.0), deviation=deviation)[0]
    assert (fault.feature, fault.phase) == ("left_knee_angle", "way down")


@pytest.mark.parametrize("behind", ["left", "right"])
def test_of_two_sides_the_one_that_lags_is_named(behind: str) -> None:
    curve = JUDGE.mean.copy()
    other = {"left": "right", "right": "left"}[behind]
    bump = np.exp(-(((np.arange(len(curve)) - 25) / 8.0) ** 2))  # on the way down
    curve[:, JUDGE.names.index(f"{behind}_knee_angle")] += 12.0 * bump  # bends later
    curve[:, JUDGE.names.index(f"{other}_knee_angle")] -= 13.0 * bump
    curve[:, JUDGE.names.index("knee_difference")] = (
        curve[:, JUDGE.names.index("left_knee_angle")]
        - curve[:, JUDGE.names.index("right_knee_angle")]
    )
    fault = found(curve)[0]
    assert (fault.joint, fault.direction) == (f"{behind} knee", "straighter")
    assert fault.phase == "way down"


def test_of_two_sides_the_one_clearly_further_off_is_named() -> None:
    difference = JUDGE.names.index("knee_difference")
    deviation = np.zeros_like(JUDGE.mean)
    early = -40.0 * np.exp(-(((np.arange(SETTINGS.samples) - 25) / 8.0) ** 2))
    deviation[:, KNEE] = deviation[:, difference] = early
    deviation[:, JUDGE.names.index("right_knee_angle")] = -early / 5
    fault = found(off_by(60.0, difference), deviation=deviation)[0]
    assert (fault.joint, fault.direction) == ("left knee", "more bent")


def test_every_direction_has_an_advice() -> None:
    for feature in FEATURES.values():
        for direction in (feature.more, feature.less):
            assert OPPOSITE.get(direction) or "right" in direction


def test_phases_follow_each_other() -> None:
    for turn in (10, 50, 90):
        phases = [phase_number(sample, turn, 100) for sample in range(100)]
        assert phases == sorted(phases)
        assert set(phases) == {0, 1, 2, 3, 4}


def test_warping_onto_itself_changes_nothing() -> None:
    steps = np.repeat(np.arange(len(OWN))[:, None], 2, axis=1)
    assert warped(OWN, steps) == pytest.approx(OWN, nan_ok=True)
    assert np.nanmax(np.abs(align(JUDGE, JUDGE.mean).deviation[:, JUDGE.counts])) < 1e-9


def test_too_small_a_range_is_a_fault_of_its_own() -> None:
    least = JUDGE.exercise.min_rom["left_knee_angle"]
    values = OWN.copy()
    values[:, KNEE] = np.linspace(0, least * 0.5, len(values))
    ranges = ranges_of_motion(JUDGE, values, mirrored=False)
    knee = next(item for item in ranges if item.feature == "left_knee_angle")
    assert knee.reached == pytest.approx(least / 2)
    faults = range_faults(JUDGE, ranges)
    assert [fault.feature for fault in faults] == ["left_knee_angle"]
    assert faults[0].ratio == pytest.approx(2.0)
    assert f"needs {least:.0f} degrees" in faults[0].text
    other = range_faults(JUDGE, ranges_of_motion(JUDGE, values, mirrored=True))
    assert other[0].feature == "right_knee_angle"
    unjudged = replace(JUDGE, exercise=replace(JUDGE.exercise, judge_rom=False))
    assert range_faults(unjudged, ranges) == ()
