"""The body obeys its angles, its floor and its own bones."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.angles import measure
from dtwcoach.mannequin.contact import body_points
from dtwcoach.mannequin.kinematics import (
    MASS_WEIGHTS,
    POINT_INDEX,
    POINTS,
    centre_of_mass,
    two_bone,
)
from dtwcoach.mannequin.more import KNOWN
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import PROPORTIONS, Person
from dtwcoach.mannequin.recording import Truth, simulate
from dtwcoach.pose import KEYPOINTS, MIRROR, FloatArray

STIFF = [
    (f"{side}_{a}", f"{side}_{b}")
    for side in ("left", "right")
    for a, b in (
        ("hip", "knee"),
        ("knee", "ankle"),
        ("ankle", "toe"),
        ("ankle", "heel"),
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("wrist", "index"),
    )
] + [("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), ("nose", "head")]


def at(points: FloatArray, name: str) -> FloatArray:
    return points[:, POINT_INDEX[name]]


def two_reps(exercise: str, seed: int) -> Truth:
    return simulate(Person.from_seed(seed), exercise, Performance(reps=2, seed=seed))


def test_points_start_with_the_keypoints() -> None:
    assert POINTS[: len(KEYPOINTS)] == KEYPOINTS
    assert POINTS[len(KEYPOINTS) :] == ("pelvis", "chest", "neck", "head")


@pytest.mark.parametrize("exercise", KNOWN)
def test_bones_keep_their_length(exercise: str) -> None:
    points = two_reps(exercise, 3).points_m
    for a, b in STIFF:
        length = np.linalg.norm(at(points, a) - at(points, b), axis=-1)
        assert np.ptp(length) < 1e-6, (a, b)


@pytest.mark.parametrize("exercise", KNOWN)
def test_nothing_goes_through_the_floor_or_jumps(exercise: str) -> None:
    for seed in (0, 7, 21):
        truth = two_reps(exercise, seed)
        assert np.isfinite(truth.points_m).all()
        assert truth.points_m[..., 1].min() > 0
        speed = np.linalg.norm(np.diff(truth.points_m, axis=0), axis=-1) * truth.camera.fps
        assert speed.max() < 9


PLANTED = {
    "squat": ("left_toe", "right_toe", "left_heel", "right_heel"),
    "biceps_curl": ("left_toe", "right_toe", "left_heel", "right_heel"),
    "good_morning": ("left_toe", "right_heel"),
    "lunge": ("right_toe",),
    "push_up": ("left_wrist", "right_wrist", "left_index", "right_thumb"),
    "plank": ("left_elbow", "right_elbow", "left_wrist", "right_index"),
    "wall_sit": ("left_toe", "right_toe", "left_heel", "right_heel"),
    "glute_bridge": (
        "left_toe",
        "right_toe",
        "left_heel",
        "right_heel",
        "left_shoulder",
    ),
    "seated_knee_extension": ("left_hip", "right_hip", "right_knee"),
}


@pytest.mark.parametrize("exercise", PLANTED)
def test_what_is_planted_stays(exercise: str) -> None:
    points = two_reps(exercise, 5).points_m
    for name in PLANTED[exercise]:
        moved = np.linalg.norm(at(points, name) - at(points, name)[0], axis=-1)
        assert moved.max() < 0.01, name


@pytest.mark.parametrize("exercise", ["push_up", "plank"])
def test_stands_on_its_toes(exercise: str) -> None:
    points = two_reps(exercise, 5).points_m
    toes = (at(points, "left_toe") + at(points, "right_toe")) / 2
    assert np.ptp(toes, axis=0).max() < 1e-9


def held(exercise: str, seed: int) -> FloatArray:
    """Points in the middle of a hold, (1, P, 3)."""
    truth = two_reps(exercise, seed)
    return truth.points_m[truth.reps[0].turn][None]


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_plank_is_a_straight_body_on_upright_upper_arms(seed: int) -> None:
    points = held("plank", seed)
    shoulder, elbow = at(points, "left_shoulder")[0], at(points, "left_elbow")[0]
    assert measure(points, "left_hip")[0] == pytest.approx(180, abs=12)
    assert measure(points, "left_knee")[0] > 165
    assert measure(points, "left_elbow")[0] == pytest.approx(90, abs=12)
    assert abs(shoulder[2] - elbow[2]) < 0.1
    kneeling = two_reps("plank", seed).points_m
    assert at(kneeling, "left_knee")[0, 1] < 0.13 < at(points, "left_knee")[0, 1]


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_wall_sit_has_level_thighs_and_an_upright_back(seed: int) -> None:
    points = held("wall_sit", seed)
    thigh = at(points, "left_knee")[0] - at(points, "left_hip")[0]
    shin = at(points, "left_knee")[0] - at(points, "left_ankle")[0]
    assert np.degrees(np.arctan2(thigh[1], thigh[2])) == pytest.approx(0, abs=12)
    assert np.degrees(np.arctan2(shin[2], shin[1])) == pytest.approx(0, abs=12)
    assert measure(points, "trunk")[0] == pytest.approx(0, abs=10)


def test_lunging_foot_does_not_slide_while_it_is_down() -> None:
    truth = two_reps("lunge", 5)
    toe = at(truth.points_m, "left_toe")
    down = toe[:, 1] < toe[:, 1].min() + 0.002
    moved = np.linalg.norm(np.diff(toe, axis=0), axis=-1)
    assert np.ptp(toe[:, 2]) > 0.5
    assert moved[down[1:] & down[:-1]].max() < 0.01


def test_standing_feet_follow_no_walk_but_their_own() -> None:
    performance = Performance(reps=1, walk_in=True, walk_out=True)
    truth = simulate(Person.from_seed(3), "squat", performance)
    for side in ("left", "right"):
        toe = at(truth.points_m, f"{side}_toe")
        low = toe[:, 1] < toe[:, 1].min() + 5e-4
        moved = np.linalg.norm(np.diff(toe, axis=0), axis=-1)
        assert moved[low[1:] & low[:-1]].max() < 0.002
        assert np.ptp(toe[:, 0]) > 1.5
    outside = truth.keypoints_px[[0, -1], :, 0]
    assert ((outside < 0) | (outside > truth.camera.width)).all()


@pytest.mark.parametrize("exercise", ["squat", "good_morning", "biceps_curl", "shoulder_press"])
def test_balance(exercise: str) -> None:
    """The centre of mass stays between heels and toes."""
    for seed in range(5):
        points = two_reps(exercise, seed).points_m
        mass = centre_of_mass(points)[:, 2]
        assert (mass > at(points, "left_heel")[:, 2]).all()
        assert (mass < at(points, "left_toe")[:, 2]).all()


def test_squat_angles_are_possible() -> None:
    for seed in range(10):
        points = two_reps("squat", seed).points_m
        shank = at(points, "left_knee") - at(points, "left_ankle")
        assert np.degrees(np.arctan2(shank[:, 2], shank[:, 1])).max() < 45  # dorsiflexion
        assert measure(points, "left_knee").min() > 40


@pytest.mark.parametrize(
    ("contact", "channel", "value", "angle", "expected"),
    [
        ("feet", "knee_flexion", 90.0, "left_knee", 90.0),
        ("feet", "elbow_flexion", 70.0, "right_elbow", 110.0),
        ("hands_toes", "elbow_flexion", 80.0, "left_elbow", 100.0),
        ("hands_toes", "hip_flexion", 25.0, "left_hip", 155.0),
        ("forearms_toes", "hip_flexion", 25.0, "left_hip", 155.0),
        ("back", "hip_flexion", 20.0, "right_hip", 160.0),
        ("seat", "knee_flexion", 35.0, "left_knee", 145.0),
    ],
)
def test_the_angle_asked_for_is_reached(
    contact: str, channel: str, value: float, angle: str, expected: float
) -> None:
    channels = {f"{side}_{channel}": np.array([value]) for side in ("left", "right")}
    points = body_points(Person.average(), channels, contact=contact, frames=1)
    assert measure(points, angle)[0] == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(
    ("channel", "value", "angle"),
    [
        ("pelvis_pitch", 30.0, "trunk"),
        ("left_shoulder_flexion", 60.0, "left_arm_ahead"),
    ],
)
def test_directions_have_the_right_sign(channel: str, value: float, angle: str) -> None:
    channels = {channel: np.array([value]), "left_shoulder_abduction": np.zeros(1)}
    points = body_points(Person.average(), channels, contact="feet", frames=1)
    assert measure(points, angle)[0] == pytest.approx(value, abs=0.5)


def test_left_is_at_plus_x_and_the_nose_points_ahead() -> None:
    points = body_points(Person.average(), {}, contact="feet", frames=1)
    assert at(points, "left_shoulder")[0, 0] > 0.1
    assert at(points, "nose")[0, 2] > at(points, "head")[0, 2]
    assert at(points, "left_toe")[0, 2] > at(points, "left_heel")[0, 2]
    crown = at(points, "head")[0, 1] + 0.065 * 1.75
    assert crown == pytest.approx(1.75, abs=0.02)


def test_everything_scales_with_height() -> None:
    how = Performance(reps=1)
    small = simulate(Person.from_seed(4, height_m=1.5), "squat", how).points_m
    tall = simulate(Person.from_seed(4, height_m=1.8), "squat", how).points_m
    np.testing.assert_allclose(tall, small * 1.2, atol=0.002)


def test_mirrored_exercise_is_the_mirror_image() -> None:
    how = {"reps": 1, "fidget": 0.0, "variation_deg": 0.0}
    left = simulate(Person.average(), "lunge", Performance(side="left", **how))  # type: ignore[arg-type]
    right = simulate(Person.average(), "lunge", Performance(side="right", **how))  # type: ignore[arg-type]
    flipped = left.points_m[:, :33][:, MIRROR] * (-1, 1, 1)
    np.testing.assert_allclose(right.points_m[:, :33], flipped, atol=1e-9)


def test_two_bone_keeps_both_lengths_and_bends_to_the_pole() -> None:
    start, end = np.zeros((1, 3)), np.array([[0.0, -0.6, 0.0]])
    middle = two_bone(start, end, upper_m=0.4, lower_m=0.35, pole=np.array([[0.0, 0.0, 1.0]]))
    assert np.linalg.norm(middle) == pytest.approx(0.4)
    assert np.linalg.norm(middle - end) == pytest.approx(0.35)
    assert middle[0, 2] > 0.1


def test_mass_is_shared_completely() -> None:
    assert MASS_WEIGHTS.sum() == pytest.approx(1.0)
    upright = ("ankle", "shank", "thigh", "trunk", "head_neck")
    assert sum(PROPORTIONS[part] for part in upright) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("contact", "channels", "said"),
    [
        ("flying", {}, "Unknown contact"),
        ("feet", {"left_knee": np.zeros(1)}, "Unknown channel"),
    ],
)
def test_unknown_words_are_named(contact: str, channels: dict[str, FloatArray], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        body_points(Person.average(), channels, contact=contact, frames=1)
