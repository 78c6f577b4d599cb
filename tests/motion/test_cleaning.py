from dataclasses import replace

import naive
import numpy as np
import pytest
from athletes import SETTINGS, filmed, perform
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.motion.cleaning import clean, lowpass, smooth_resample, uniform_times
from dtwcoach.pose import INDEX, PoseSequence

KNEE = INDEX["left_knee"]


@pytest.fixture(scope="module")
def squat() -> PoseSequence:
    return filmed("squat", 5, reps=2)


def changed(pose: PoseSequence, part: object, value: float, *names: str) -> PoseSequence:
    """The pose with `value` at the index `part` of these arrays."""
    arrays = {}
    for name in names or ("image", "world"):
        arrays[name] = getattr(pose, name).copy()
        arrays[name][part] = value
    return replace(pose, **arrays)


def test_lowpass_equals_a_butterworth_filter_run_both_ways() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(1200, 3)).cumsum(axis=0)
    ours = lowpass(values, rate_hz=240.0, corner_hz=6.0)
    theirs = naive.lowpass(values, rate_hz=240.0, corner_hz=6.0)
    middle = slice(240, -240)
    assert np.abs(ours - theirs)[middle].max() < 0.01 * np.abs(values).max()
    assert np.abs(ours - theirs)[middle].max() < 0.05 * np.abs(ours - values)[middle].max()


@pytest.mark.parametrize(("frequency_hz", "gain"), [(0.5, 1.0), (6.0, 0.7071), (14.0, 0.075)])
def test_lowpass_gain_and_no_delay(frequency_hz: float, gain: float) -> None:
    time_s = np.arange(0, 10, 1 / 120)
    wave = np.sin(2 * np.pi * frequency_hz * time_s)[:, None]
    filtered = lowpass(wave, rate_hz=120.0, corner_hz=6.0)
    middle = slice(300, -300)
    assert filtered[middle] == pytest.approx(gain * wave[middle], abs=0.01)


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_lowpass_leaves_straight_lines_alone(start: float, slope: float) -> None:
    line = (start + slope * np.arange(90.0) / 30)[:, None]
    assert lowpass(line, rate_hz=30.0, corner_hz=6.0) == pytest.approx(line, abs=0.01)


@pytest.mark.parametrize(
    ("missing", "filled"), [(1, True), (3, True), (4, True), (6, False), (15, False)]
)
def test_only_gaps_up_to_150_ms_are_filled(squat: PoseSequence, missing: int, filled: bool) -> None:
    gap = slice(30, 30 + missing)
    cleaned = clean(changed(squat, (gap, KNEE), np.nan), SETTINGS).pose
    knee = cleaned.image[30 : 30 + missing, KNEE, 0]
    assert np.isfinite(knee).all() == filled
    if filled:
        whole = clean(squat, SETTINGS).pose.image[30 : 30 + missing, KNEE]
        assert np.abs(cleaned.image[30 : 30 + missing, KNEE, :2] - whole[:, :2]).max() < 4


@pytest.mark.parametrize("end", [slice(0, 20), slice(-20, None)])
def test_nothing_is_invented_before_the_first_and_after_the_last_sample(
    squat: PoseSequence, end: slice
) -> None:
    cleaned = clean(changed(squat, (end, KNEE), np.nan), SETTINGS).pose
    assert np.isnan(cleaned.image[end, KNEE]).all()
    assert np.isfinite(np.delete(cleaned.image[end], KNEE, axis=1)).all()


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("array", ["image", "world"])
def test_no_infinity_survives(squat: PoseSequence, bad: float, array: str) -> None:
    rows = (slice(None, None, 7), slice(11, None))
    cleaned = clean(changed(squat, rows, bad, array), SETTINGS).pose
    assert not np.isinf(cleaned.image).any()
    assert not np.isinf(cleaned.world).any()


def test_what_the_model_does_not_trust_is_masked(squat: PoseSequence) -> None:
    doubtful = changed(squat, (slice(None), KNEE), 0.2, "confidence")
    assert np.isnan(clean(doubtful, SETTINGS).pose.world[:, KNEE]).all()


def test_a_keypoint_outside_the_picture_is_masked_and_reported(squat: PoseSequence) -> None:
    outside = changed(squat, (slice(20, 50), KNEE, 0), -80.0, "image")
    cleaned = clean(outside, SETTINGS)
    assert np.isnan(cleaned.pose.image[25:45, KNEE]).all()
    assert cleaned.problems["out_of_picture"][25:45].all()


def test_an_impossible_bone_is_masked(squat: PoseSequence) -> None:
    # Visible in every frame, says the model; but no shin doubles its length.
    stretched = squat.world.copy()
    ankle = INDEX["left_ankle"]
    stretched[30:60, ankle] += 1.2 * (stretched[30:60, ankle] - stretched[30:60, KNEE])
    cleaned = clean(replace(squat, world=stretched), SETTINGS).pose
    assert np.isnan(cleaned.world[35:55, ankle]).all()


def test_a_jump_of_one_frame_is_taken_out(squat: PoseSequence) -> None:
    jump = changed(squat, (40, KNEE, 0), squat.image[40, KNEE, 0] + 150, "image")
    before, after = (clean(p, SETTINGS).pose.image[:, KNEE, :2] for p in (squat, jump))
    assert np.abs(before - after).max() < 5


@pytest.mark.parametrize("fps", [15.0, 24.0, 29.97, 60.0, 120.0])
def test_every_frame_rate_becomes_the_working_rate(fps: float) -> None:
    truth = perform("squat", 5, reps=1, camera={"fps": fps})
    cleaned = clean(truth.pose(), SETTINGS).pose
    assert np.diff(cleaned.time_s) == pytest.approx(1 / SETTINGS.rate_hz)
    usual = clean(perform("squat", 5, reps=1).pose(), SETTINGS).pose
    shared = min(len(usual), len(cleaned))
    apart_px = np.abs(cleaned.image[:shared, KNEE, :2] - usual.image[:shared, KNEE, :2])
    assert np.median(apart_px) < 1.0
    assert apart_px.max() < 12.0


def test_a_variable_frame_rate_gives_the_same_curves() -> None:
    truth = perform("squat", 5, reps=1, camera={"fps": 60.0})
    pose = truth.pose()
    rng = np.random.default_rng(7)
    kept = np.sort(rng.choice(len(pose), size=len(pose) * 2 // 3, replace=False))
    thinned = replace(
        pose,
        time_s=pose.time_s[kept],
        image=pose.image[kept],
        world=pose.world[kept],
        confidence=pose.confidence[kept],
        presence=pose.presence[kept],
        people=pose.people[kept],
    )
    first = clean(pose, SETTINGS).pose
    second = clean(thinned, SETTINGS).pose
    shift = round((second.time_s[0] - first.time_s[0]) * SETTINGS.rate_hz)
    count = min(len(first) - shift, len(second))
    apart = first.image[shift : shift + count, KNEE, 1] - second.image[:count, KNEE, 1]
    assert np.nanmax(np.abs(apart)) < 4.0


@given(st.floats(0.1, 20), st.integers(2, 200), st.sampled_from([15.0, 30.0, 50.0]))
def test_uniform_times_stay_inside(start: float, count: int, rate_hz: float) -> None:
    time_s = start + np.arange(count) / 24.0
    wanted = uniform_times(time_s, rate_hz)
    assert wanted[0] == time_s[0]
    assert time_s[-1] - 1 / rate_hz < wanted[-1] + 1e-6
    assert wanted[-1] <= time_s[-1] + 1e-5


def test_resampling_spreads_no_gap_over_its_neighbours() -> None:
    time_s = np.arange(60) / 30
    values = np.stack([np.sin(time_s), np.cos(time_s)], axis=1)
    values[20:40, 0] = np.nan
    result = smooth_resample(values, time_s, time_s, SETTINGS)
    assert np.isnan(result[20:40, 0]).all()
    assert np.isfinite(result[:20, 0]).all()
    assert np.isfinite(result[40:, 0]).all()
    assert np.isfinite(result[:, 1]).all()
