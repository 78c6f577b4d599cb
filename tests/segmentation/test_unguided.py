import numpy as np
import pytest
from athletes import SETTINGS, perform

from dtwcoach.mannequin.performance import Action
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import describe
from dtwcoach.segmentation.found import Segmentation
from dtwcoach.segmentation.unguided import discover_reps

RATE_HZ = 30.0


def channels(*columns: np.ndarray, noise: float = 0.02, seed: int = 1) -> FeatureSeries:
    """Unknown channels that nobody gave a unit, noisy."""
    values = np.stack(columns, axis=1)
    values = values + noise * np.random.default_rng(seed).normal(size=values.shape)
    names = tuple(f"channel {number}" for number in range(values.shape[1]))
    return FeatureSeries(np.arange(len(values)) / RATE_HZ, values, names)


def humps(*frames: int, rest: int = 30, height: float = 1.0) -> np.ndarray:
    """Repetitions that take so many frames each, with rests around them."""
    parts = [np.zeros(rest)]
    for count in frames:
        parts += [height * (1 - np.cos(np.linspace(0, 2 * np.pi, count))) / 2, np.zeros(rest)]
    return np.concatenate(parts)


def found_in(*actions: Action, exercise: str = "squat", seed: int = 7) -> tuple[Segmentation, int]:
    """What is found in the pose of a drawn person, and how many repetitions were done."""
    truth = perform(exercise, seed, timeline=actions)
    recording = describe(truth.pose(noise_px=2, seed=seed), SETTINGS)
    return discover_reps(recording.series, ignore=recording.walking), len(truth.reps)


@pytest.mark.parametrize("frames", [(60,), (60, 45), (90, 70, 50, 40, 30), (60,) * 30])
@pytest.mark.parametrize("turned", [1.0, -1.0])
def test_every_repetition_is_found_whatever_the_tempo(
    frames: tuple[int, ...], turned: float
) -> None:
    drive = turned * humps(*frames)
    found = discover_reps(channels(drive, -0.5 * drive, 3.0 * drive + 9.0))
    assert len(found.reps) == len(frames)
    start = 30
    for rep, count in zip(found.reps, frames, strict=True):
        assert rep.start == pytest.approx(start + 0.07 * count, abs=5)
        assert rep.turn == pytest.approx(start + 0.5 * count, abs=8)
        assert rep.stop == pytest.approx(start + 0.93 * count, abs=5)
        assert found.drive[rep.turn] > found.drive[rep.start]
        start += count + 30


def test_the_unit_of_a_channel_does_not_matter() -> None:
    drive = humps(50, 60, 55)
    series = channels(drive, drive**2, np.zeros(len(drive)), noise=0.05)
    scaled = FeatureSeries(series.time_s, series.values * [1e6, 1e-3, 40.0] + 5.0, series.names)
    ranges = [[(r.start, r.stop) for r in discover_reps(one).reps] for one in (series, scaled)]
    assert len(ranges[0]) == 3
    assert ranges[0] == ranges[1]


def test_repetitions_cut_by_the_recordings_ends_are_left_out_and_noted() -> None:
    drive = humps(60, 60, 60, 60)
    found = discover_reps(channels(drive[60:-60], noise=0.01))  # from the first turn to the last
    assert [(r.start // 30, r.stop // 30) for r in found.reps] == [(2, 3), (5, 6)]
    assert len(found.cut_off) == 2


def test_a_half_repetition_is_kept_apart() -> None:
    found, count = found_in(
        *(Action("idle", 2.0), Action("rep"), Action("idle", 0.5), Action("half_rep")),
        *(Action("idle", 0.5), Action("rep"), Action("idle", 2.0)),
    )
    assert len(found.reps) == count == 2
    assert len(found.halves) == 1


@pytest.mark.parametrize("exercise", ["squat", "push_up", "biceps_curl", "shoulder_press"])
def test_one_repetition_in_long_idleness(exercise: str) -> None:
    actions = (Action("idle", 60.0), Action("rep"), Action("idle", 40.0))
    found, count = found_in(*actions, exercise=exercise)
    assert len(found.reps) == count == 1


@pytest.mark.parametrize("exercise", ["squat", "push_up", "biceps_curl", "jumping_jack"])
def test_idleness_holds_no_repetition(exercise: str) -> None:
    found, _ = found_in(Action("idle", 12.0), exercise=exercise)
    assert found.reps == ()
    assert found.notes == ("Nothing repeats itself.",)


def test_a_pause_and_walks_split_nothing_and_add_nothing() -> None:
    found, count = found_in(
        *(Action("walk_in"), Action("idle", 1.0), Action("rep", hold_s=2.0), Action("idle", 4.0)),
        *(Action("rep"), Action("rep"), Action("idle", 1.0), Action("walk_out")),
        exercise="lunge",
    )
    assert len(found.reps) == count == 3


def test_a_movement_unlike_the_others_is_left_out() -> None:
    knee, elbow = humps(60, 60, 60, 60, height=60.0), np.zeros(390)
    elbow[210:270] = 130.0 * np.sin(np.linspace(0, 3 * np.pi, 60))  # while the knee bends as ever
    series = channels(knee, knee, elbow, noise=0.5)
    names = ("left_knee_angle", "right_knee_angle", "left_elbow_angle")
    found = discover_reps(FeatureSeries(series.time_s, series.values, names))
    assert [rep.turn // 90 for rep in found.reps] == [0, 1, 3]
    assert "unlike the others" in " ".join(found.notes)


def test_nothing_comes_of_nothing() -> None:
    rng = np.random.default_rng(3)
    constant = np.full((90, 3), 7.0)
    for values in (
        constant,
        constant + 1e-9 * rng.normal(size=(90, 3)),
        np.full((90, 3), np.nan),
        np.full((90, 3), np.inf),
        np.zeros((0, 3)),
        np.zeros((1, 3)),
        np.cumsum(rng.normal(size=(900, 8)), axis=0),
    ):
        names = tuple("abcdefgh"[: values.shape[1]])
        series = FeatureSeries(np.arange(len(values)) / RATE_HZ, values, names)
        found = discover_reps(series)
        assert found.reps == ()
        assert found.drive.shape == (len(values),)


def test_gaps_and_ignored_frames_belong_to_no_repetition() -> None:
    drive = humps(60, 60, 60)
    series = channels(drive, 2.0 * drive)
    values = series.values.copy()
    values[30:90] = np.nan
    values[::17, 0] = np.nan
    found = discover_reps(FeatureSeries(series.time_s, values, series.names))
    assert [r.turn // 90 for r in found.reps] == [1, 2]
    ignored = np.arange(len(drive)) >= 210
    assert [r.turn // 90 for r in discover_reps(series, ignore=ignored).reps] == [0, 1]
    assert discover_reps(series, ignore=np.ones(len(drive), dtype=bool)).reps == ()
