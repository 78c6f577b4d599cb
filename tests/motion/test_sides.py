from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, filmed

from dtwcoach.motion.cleaning import clean
from dtwcoach.motion.sides import facing, unswap_sides
from dtwcoach.pose import INDEX, MIRROR, PoseSequence, mirrored

ARRAYS = ("image", "world", "confidence", "presence")
LEGS = [
    INDEX[f"{side}_{j}"] for side in ("left", "right") for j in ("knee", "ankle", "heel", "toe")
]


@pytest.fixture(scope="module")
def squat() -> PoseSequence:
    return filmed("squat", 5, reps=2)


def mixed_up(pose: PoseSequence, frames: slice, part: list[int] | None = None) -> PoseSequence:
    """Sides swapped as pose models do: in the picture, not in depth."""
    joints = np.arange(len(MIRROR)) if part is None else np.array(part)
    rows, arrays = np.arange(len(pose))[frames][:, None], {}
    for name in ARRAYS:
        arrays[name] = array = getattr(pose, name).copy()
        flat = array[..., :2] if array.ndim == 3 else array
        flat[rows, joints] = flat[rows, MIRROR[joints]]
    return replace(pose, **arrays)


@pytest.mark.parametrize(
    "frames",
    [slice(30, 35), slice(50, 51), slice(60, 70), slice(30, 110), slice(0, 40), slice(90, None)],
)
def test_swapped_sides_are_swapped_back(squat: PoseSequence, frames: slice) -> None:
    repaired, turns = unswap_sides(mixed_up(squat, frames))
    start, stop, _ = frames.indices(len(squat))
    assert set(np.flatnonzero(turns)) == {start, stop} - {0, len(squat)}
    for name in ARRAYS:
        assert np.array_equal(getattr(repaired, name), getattr(squat, name), equal_nan=True)
    assert f"in {stop - start} frames and swapped back" in repaired.notes[-1]


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_a_body_taken_for_its_back_is_turned_for_most_or_all_of_the_recording(
    share: float,
) -> None:
    pose = filmed("shoulder_press", 5, reps=2)
    frames = slice(0, round(share * len(pose)))
    repaired, _ = unswap_sides(mixed_up(pose, frames))
    assert np.array_equal(repaired.image, pose.image, equal_nan=True)
    assert np.array_equal(repaired.world, pose.world, equal_nan=True)


def test_legs_alone_are_swapped_back() -> None:
    pose = filmed("lunge", 6, reps=1)
    apart = np.abs(pose.image[:, INDEX["left_ankle"], 0] - pose.image[:, INDEX["right_ankle"], 0])
    first, last = np.flatnonzero(apart > 0.8 * apart.max())[[0, -1]]
    repaired, turns = unswap_sides(mixed_up(pose, slice(first, last), LEGS))
    assert np.array_equal(repaired.image, pose.image, equal_nan=True)
    assert np.flatnonzero(turns).tolist() == [first, last]


@pytest.mark.parametrize(
    "exercise", ["squat", "lunge", "push_up", "glute_bridge", "jumping_jack", "good_morning"]
)
@pytest.mark.parametrize("seen", [lambda pose: pose, mirrored], ids=["so", "in a mirror"])
def test_good_recordings_keep_their_sides(
    exercise: str, seen: Callable[[PoseSequence], PoseSequence]
) -> None:
    pose = seen(filmed(exercise, 6, reps=3))
    repaired, turns = unswap_sides(pose)
    assert not turns.any()
    assert repaired is pose


@pytest.mark.parametrize("yaw_deg", [-135.0, 90.0, 180.0])
def test_a_person_seen_from_behind_or_aside_keeps_the_sides(yaw_deg: float) -> None:
    pose = filmed("squat", 7, reps=2, camera={"yaw_deg": yaw_deg})
    assert unswap_sides(pose)[0] is pose


def test_toes_point_forward_whichever_leg_is_which(squat: PoseSequence) -> None:
    right, legs, body = (
        facing(p.world) for p in (squat, mixed_up(squat, slice(None), LEGS), mirrored(squat))
    )
    assert right.min() > 0.7
    assert legs.min() > 0.3
    assert body == pytest.approx(right)
    assert facing(squat.world[:, MIRROR]).max() < -0.7


def test_two_dimensions_are_repaired_from_the_leaps_alone(squat: PoseSequence) -> None:
    flat = replace(squat, world=np.full_like(squat.world, np.nan))
    repaired, _ = unswap_sides(mixed_up(flat, slice(30, 60)))
    assert np.array_equal(repaired.image, flat.image, equal_nan=True)


def test_an_empty_recording_stays_as_it_is(squat: PoseSequence) -> None:
    nobody = replace(squat, **{n: np.full_like(getattr(squat, n), np.nan) for n in ARRAYS[:2]})
    assert unswap_sides(nobody)[0] is nobody


def test_where_sides_change_the_pose_is_said_to_be_unsteady(squat: PoseSequence) -> None:
    unsteady = clean(mixed_up(squat, slice(40, 70)), SETTINGS).problems["unsteady_pose"]
    near = {39, 40, 41, 69, 70, 71}
    assert near - {39, 69} <= set(np.flatnonzero(unsteady)) <= near
