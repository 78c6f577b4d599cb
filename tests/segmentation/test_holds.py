"""Time in position: where a hold begins and ends, and what is none."""

import tracemalloc

import numpy as np
import pytest
from athletes import SETTINGS, perform

from dtwcoach.errors import PoseDataError
from dtwcoach.mannequin.performance import Action
from dtwcoach.mannequin.recording import Truth
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Segmentation
from dtwcoach.segmentation.holds import (
    HoldFinder,
    Position,
    cut_holds,
    find_position,
    position_from,
)

RATE_HZ = 30.0
CHANNELS = ("a", "b", "c")
AT_ZERO = Position(CHANNELS, np.zeros(3), np.zeros(3))


def posture(level: float, seconds: float) -> FloatArray:
    """So long at one distance from the position in all three channels."""
    return np.full((round(seconds * RATE_HZ), 3), level)


def way(start: float, stop: float, seconds: float = 1.0) -> FloatArray:
    share = np.linspace(0, 1, round(seconds * RATE_HZ))
    smooth = share**3 * (10 - 15 * share + 6 * share**2)
    return np.repeat((start + smooth * (stop - start))[:, None], 3, axis=1)


def series(*parts: FloatArray) -> FeatureSeries:
    values = np.concatenate(parts)
    return FeatureSeries(np.arange(len(values)) / RATE_HZ, values, CHANNELS)


def there_and_back(*held: FloatArray) -> FeatureSeries:
    """Two seconds away, a second of moving in, the hold, a second of moving out, two away."""
    return series(posture(5, 2), way(5, 0), *held, way(0, 5), posture(5, 2))


def spans_s(found: Segmentation) -> list[tuple[float, float]]:
    return [(rep.start / RATE_HZ, rep.stop / RATE_HZ) for rep in found.reps]


def test_a_hold_lasts_from_settling_to_leaving() -> None:
    found = cut_holds(there_and_back(posture(0, 6)), AT_ZERO)
    ((start, stop),) = spans_s(found)
    assert start == pytest.approx(3.0, abs=0.35)
    assert stop == pytest.approx(9.0, abs=0.35)
    (hold,) = found.reps
    assert hold.turn == (hold.start + hold.stop) // 2
    assert hold.pauses == ()
    assert found.notes == ()


def test_the_drive_is_the_closeness() -> None:
    drive = cut_holds(there_and_back(posture(0, 6)), AT_ZERO).drive
    assert len(drive) == 12 * 30
    assert drive[30] == 0
    assert drive[180] == 1
    assert np.ptp(drive[60:90]) == 1


@pytest.mark.parametrize(
    "wobble",
    [
        pytest.param(np.concatenate([way(0, 3, 0.3), way(3, 0, 0.3)]), id="knees on the floor"),
        pytest.param(np.concatenate([way(0, 0.8), posture(0.8, 3), way(0.8, 0)]), id="sags"),
        pytest.param(np.full((24, 3), np.nan), id="not seen"),
    ],
)
def test_what_passes_does_not_split_a_hold(wobble: FloatArray) -> None:
    found = cut_holds(there_and_back(posture(0, 4), wobble, posture(0, 4)), AT_ZERO)
    ((start, stop),) = spans_s(found)
    assert stop - start == pytest.approx(8 + len(wobble) / RATE_HZ, abs=0.6)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(np.concatenate([way(0, 3), posture(3, 2), way(3, 0)]), id="rests"),
        pytest.param(np.full((60, 3), np.nan), id="out of the picture"),
    ],
)
def test_who_leaves_for_long_holds_twice(between: FloatArray) -> None:
    found = cut_holds(there_and_back(posture(0, 4), between, posture(0, 3)), AT_ZERO)
    assert [stop - start for start, stop in spans_s(found)] == pytest.approx([4, 3], abs=0.6)


def test_breathing_and_jitter_are_no_movement() -> None:
    rng = np.random.default_rng(4)
    held = posture(0, 10) + 0.25 * np.sin(np.arange(300) / 10)[:, None]
    values = np.tile(there_and_back(held).values, (1, 8))
    names = tuple(f"channel {number}" for number in range(24))
    noisy = FeatureSeries(
        np.arange(len(values)) / RATE_HZ, values + rng.normal(0, 0.35, values.shape), names
    )
    ((start, stop),) = spans_s(cut_holds(noisy, Position(names, np.zeros(24), np.zeros(24))))
    assert stop - start == pytest.approx(10, abs=0.8)


@pytest.mark.parametrize("sunk", [0.8, 1.6])
def test_tiring_slowly_does_not_end_a_hold(sunk: float) -> None:
    tiring = series(posture(5, 2), way(5, 0), way(0, sunk, 30), way(sunk, 5), posture(5, 2))
    ((start, stop),) = spans_s(cut_holds(tiring, AT_ZERO))
    assert stop - start == pytest.approx(30, abs=1.0)


def test_a_joint_hidden_on_the_way_into_position_is_no_movement() -> None:
    """As the far side is in a plank: it goes out of sight while it moves, and stays there."""
    recording = there_and_back(posture(0, 6))
    values = recording.values.copy()
    values[75:280, 2] = np.nan
    hidden = FeatureSeries(recording.time_s, values, CHANNELS)
    ((start, stop),) = spans_s(cut_holds(hidden, AT_ZERO))
    assert start == pytest.approx(3.0, abs=0.35)
    assert stop == pytest.approx(9.0, abs=0.35)


def test_who_is_hardly_seen_is_neither_here_nor_there() -> None:
    values = np.zeros((300, 7))
    values[100:, :5] = np.nan
    names = tuple("abcdefg")
    found = cut_holds(
        FeatureSeries(np.arange(300) / RATE_HZ, values, names),
        Position(names, np.zeros(7), np.zeros(7)),
    )
    assert [(rep.start, rep.stop) for rep in found.reps] == [(0, 100)]
    assert np.isnan(found.drive[100:]).all()


def test_passing_by_is_no_hold() -> None:
    through = series(posture(5, 2), way(5, -5, 2), posture(-5, 2), way(-5, 5, 3), posture(5, 2))
    assert cut_holds(through, AT_ZERO).reps == ()


def test_near_in_one_channel_is_not_near() -> None:
    """A position is held by the whole body."""
    values = np.tile([0.0, 0.0, 5.0], (300, 1))
    assert cut_holds(series(values), AT_ZERO).reps == ()


def test_a_short_hold_is_left_out_and_said() -> None:
    recording = there_and_back(posture(0, 1.6))
    found = cut_holds(recording, AT_ZERO)
    assert found.reps == ()
    assert any("a hold lasts at least 2.0 s" in note for note in found.notes)
    assert len(cut_holds(recording, AT_ZERO, least_s=0.8).reps) == 1


def test_holds_that_the_recording_cuts_off_count_and_are_said() -> None:
    found = cut_holds(series(posture(0, 5)), AT_ZERO)
    assert [(rep.start, rep.stop) for rep in found.reps] == [(0, 150)]
    assert ["begins" in note for note in found.notes] == [True, False]
    assert ["ends" in note for note in found.notes] == [False, True]


def test_walking_belongs_to_no_hold() -> None:
    ignore = np.zeros(300, dtype=bool)
    ignore[:120] = True
    found = cut_holds(series(posture(0, 10)), AT_ZERO, ignore=ignore)
    assert [(rep.start, rep.stop) for rep in found.reps] == [(120, 300)]


def test_nothing_seen_holds_nothing() -> None:
    unseen = series(np.full((90, 3), np.nan))
    found = cut_holds(unseen, AT_ZERO)
    assert found.reps == ()
    assert np.isnan(found.drive).all()
    assert find_position(unseen) is None
    still = series(posture(0, 3))
    assert find_position(still, ignore=np.ones(90, dtype=bool)) is None
    assert find_position(series(np.zeros((1, 3)))) is None


def test_a_frame_at_a_time_is_the_same_and_reported_soon() -> None:
    recording = there_and_back(posture(0, 6))
    finder = HoldFinder(AT_ZERO)
    states = [
        finder.step(t, row) for t, row in zip(recording.time_s, recording.values, strict=True)
    ]
    states.append(finder.finish())
    ended = [(number, state.ended) for number, state in enumerate(states) if state.ended]
    assert tuple(rep for _, rep in ended) == cut_holds(recording, AT_ZERO).reps
    number, hold = ended[0]
    assert 1.0 <= (number - hold.stop) / RATE_HZ < 1.7  # when it is clear that nobody comes back
    assert states[180].held_s == pytest.approx(3.0, abs=0.4)
    assert states[30].held_s == states[-1].held_s == 0


def test_memory_stays_flat() -> None:
    finder = HoldFinder(AT_ZERO)
    rng = np.random.default_rng(6)
    sizes = []
    tracemalloc.start()
    for number in range(1800):
        finder.step(number / RATE_HZ, rng.normal(0, 0.1, 3))
        if number % 600 == 599:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[2] - sizes[0] < 20_000


def test_a_position_is_what_the_references_share() -> None:
    first, second = series(posture(2, 3)), series(posture(4, 3))
    position = position_from([first, second])
    assert position.names == CHANNELS
    np.testing.assert_allclose(position.mean, 3)
    np.testing.assert_allclose(position.spread, 1)
    assert position_from([first], names=("b",)).names == ("b",)
    wide = Position(CHANNELS, np.zeros(3), np.full(3, 4.0))
    assert cut_holds(there_and_back(posture(5, 4)), wide).reps


def test_features_that_are_hidden_in_a_reference_are_left_out() -> None:
    hidden = np.zeros((90, 3))
    hidden[:, 1] = np.nan
    assert position_from([series(posture(0, 3)), series(hidden)]).names == ("a", "c")
    with pytest.raises(PoseDataError, match="Of 1 reference holds .* Film the whole body"):
        position_from([series(np.full((90, 3), np.nan))])
    with pytest.raises(PoseDataError, match="Of 0 reference holds"):
        position_from([])


def test_an_unknown_position_is_the_one_between_two_rests() -> None:
    position = find_position(series(posture(5, 8), way(5, 0), posture(0, 5), way(0, 5)))
    assert position is not None
    np.testing.assert_allclose(position.mean, 0, atol=0.1)


def test_a_recording_cut_to_the_hold_is_all_position() -> None:
    recording = series(posture(7, 5))
    position = find_position(recording)
    assert position is not None
    assert [(r.start, r.stop) for r in cut_holds(recording, position).reps] == [(0, 150)]


def test_who_never_stands_still_holds_nothing() -> None:
    waves = 5 * np.sin(np.arange(300) / 8)[:, None] * np.ones(3)
    assert find_position(series(waves)) is None


HOLDS = ("plank", "wall_sit")
FAULTS = {"plank": ("hips_sag", "hips_high"), "wall_sit": ("thighs_high", "trunk_lean")}


def filmed(exercise: str, seed: int, **performance: object) -> tuple[Truth, Recording]:
    truth = perform(exercise, seed, **performance)  # type: ignore[arg-type]
    return truth, describe(truth.pose(noise_px=1, seed=seed), SETTINGS)


def one_reference(exercise: str) -> Position:
    """The position as one drawn trainer shows it."""
    _, recording = filmed(exercise, 301, reps=1, hold_s=5.0)
    position = find_position(recording.series, ignore=recording.walking)
    assert position is not None
    return position


def test_a_posture_is_joint_angles_and_how_upright_the_body_is() -> None:
    names = one_reference("plank").names
    assert {"left_hip_angle", "neck_angle", "trunk_up", "right_shin_forward"} <= set(names)
    assert not {"left_wrist_height", "pelvis_forward", "left_forearm_up"} & set(names)


@pytest.mark.parametrize("exercise", HOLDS)
@pytest.mark.parametrize("seed", [311, 312, 313])
def test_drawn_people_hold_for_as_long_as_they_do(exercise: str, seed: int) -> None:
    right, wrong = Action("rep", 6.0), Action("rep", 4.0, ((FAULTS[exercise][seed % 2], 20.0),))
    timeline = (Action("idle", 2.0), right, Action("idle", 3.0), wrong, Action("idle", 1.0))
    truth, recording = filmed(exercise, seed, timeline=timeline, camera={"yaw_off_deg": 12.0})
    found = cut_holds(recording.series, one_reference(exercise), ignore=recording.walking)
    assert len(found.reps) == 2
    time_s = recording.series.time_s
    for hold, true in zip(found.reps, truth.reps, strict=True):
        assert time_s[hold.start] == pytest.approx(truth.time_s[true.start], abs=0.4)
        assert time_s[hold.stop - 1] == pytest.approx(truth.time_s[true.stop - 1], abs=0.4)


@pytest.mark.parametrize("exercise", HOLDS)
@pytest.mark.parametrize("other", ["squat", "biceps_curl", "push_up", "glute_bridge", *HOLDS])
def test_other_postures_are_not_taken_for_it(exercise: str, other: str) -> None:
    if other == exercise:
        other = "high_knees"
    _, recording = filmed(other, 321, reps=2, lead_in_s=4.0, lead_out_s=3.0)
    assert cut_holds(recording.series, one_reference(exercise)).reps == ()


def test_sitting_is_not_taken_for_a_plank() -> None:
    _, recording = filmed("seated_knee_extension", 321, reps=1, lead_in_s=6.0)
    assert cut_holds(recording.series, one_reference("plank")).reps == ()
