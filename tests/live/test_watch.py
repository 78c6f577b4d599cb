import numpy as np
import pytest
from athletes import filmed, judge_of

from dtwcoach.live.watch import DriveWatch, HoldWatch, watch_for
from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.motion.recording import describe
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings

RATE_HZ = 30.0
GUIDE = Guide(("left_knee_angle",), np.array([180.0]), np.array([90.0]))


def ended_at(drive: np.ndarray) -> list[float]:
    """When a watch says that something may have ended, in a course of the drive."""
    watch = DriveWatch(GUIDE)
    times = []
    for frame, along in enumerate(drive):
        values = np.full(len(FEATURE_NAMES), np.nan)
        values[FEATURE_NAMES.index("left_knee_angle")] = 180.0 - 90.0 * along
        if watch.step(values, frame / RATE_HZ):
            times.append(frame / RATE_HZ)
    return times


def swing(height: float = 1.0, *, seconds: float = 2.0, low: float = 0.0) -> np.ndarray:
    phase = np.linspace(0.0, 2 * np.pi, round(seconds * RATE_HZ), endpoint=False)
    return low + (height - low) * (1 - np.cos(phase)) / 2


def still(seconds: float, at: float = 0.0) -> np.ndarray:
    return np.full(round(seconds * RATE_HZ), at)


def test_a_movement_ends_a_moment_after_it_has_come_back() -> None:
    (first, second) = ended_at(np.r_[still(1), swing(), still(1), swing(0.6), still(1)])
    assert 2.9 <= first <= 3.4
    assert 5.9 <= second <= 6.4


def test_without_a_rest_it_ends_when_the_next_one_has_begun() -> None:
    times = ended_at(np.r_[still(1), swing(), swing(), swing(), still(1)])
    assert len(times) == 3
    assert 3.0 <= times[0] <= 3.8


def test_standing_still_and_wiggling_is_no_movement() -> None:
    wiggle = 0.1 * np.sin(np.arange(300))
    assert ended_at(wiggle) == []
    assert ended_at(np.r_[still(1), np.linspace(0, 0.6, 30 * 20), still(5, 0.6)]) == []


def test_a_pause_at_the_turn_is_not_the_end() -> None:
    rise = (1 - np.cos(np.linspace(0, np.pi, 30))) / 2
    times = ended_at(np.r_[still(1), rise, still(3, 1.0), rise[::-1], still(1)])
    assert len(times) == 1
    assert times[0] > 5.5


def test_what_is_not_seen_changes_nothing() -> None:
    drive = np.r_[still(1), swing(), still(1)]
    drive[40:50] = np.nan
    assert len(ended_at(drive)) == 1


def test_both_sides_are_followed_where_an_exercise_alternates() -> None:
    one_sided = Guide(("left_knee_angle",), np.array([180.0]), np.array([90.0]))
    watch = DriveWatch(one_sided, both_sides=True)
    values = np.full(len(FEATURE_NAMES), np.nan)
    values[FEATURE_NAMES.index("left_knee_angle")] = 180.0
    values[FEATURE_NAMES.index("right_knee_angle")] = 90.0
    watch.step(values, 0.0)
    assert watch.drive == pytest.approx(1.0)


def test_a_hold_is_timed_and_ends() -> None:
    series = describe(filmed("squat", 7, reps=1, lead_in_s=4.0), Settings()).series
    names = judge_of("squat").guide.names
    standing = Position(names, series.columns(names)[30], np.ones(len(names)))
    watch = watch_for(standing)
    assert isinstance(watch, HoldWatch)
    ended, held = [], []
    for values, time_s in zip(series.values, series.time_s.tolist(), strict=True):
        ended.append(watch.step(values, time_s))
        held.append(watch.held_s)
    assert sum(ended) == 1
    assert 3.0 < max(held) < 5.0
    assert watch.away == (held[-1] > 0)
