from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, filmed
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwcoach.errors import PoseDataError
from dtwcoach.motion.body import body_motion, mirrored_body, turned
from dtwcoach.motion.features import FEATURE_NAMES, FEATURES, NEEDS_DEPTH, FeatureSeries, measure
from dtwcoach.motion.recording import describe
from dtwcoach.pose import INDEX, KEYPOINTS, PoseSequence, mirrored, mirrored_name

LUNGE = filmed("lunge", 4, reps=1)


def seen_from_far(
    world_m: np.ndarray, *, px_per_m: float = 200.0, place_px: tuple[float, float] = (320.0, 240.0)
) -> PoseSequence:
    """The lunge with other points, as a camera without perspective sees them."""
    image = world_m * np.array([1.0, -1.0, -1.0]) * px_per_m
    image[..., :2] += place_px
    return replace(LUNGE, image=image, world=world_m)


def turned_about_the_vertical(world_m: np.ndarray, deg: float) -> np.ndarray:
    c, s = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    x, y, z = np.moveaxis(world_m, -1, 0)
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


@settings(max_examples=20, deadline=None)
@given(
    st.floats(0.3, 3.0),
    st.floats(-180, 180),
    st.tuples(*[st.floats(-5, 5)] * 3),
    st.floats(50, 800),
    st.tuples(*[st.floats(-900, 900)] * 2),
)
def test_unchanged_by_moving_scaling_and_turning_the_body(
    scale: float,
    turn_deg: float,
    shift_m: tuple[float, float, float],
    px_per_m: float,
    place_px: tuple[float, float],
) -> None:
    other = turned_about_the_vertical(LUNGE.world, turn_deg) * scale + np.array(shift_m)
    poses = (
        seen_from_far(LUNGE.world),
        seen_from_far(other, px_per_m=px_per_m, place_px=place_px),
    )
    expected, got = (measure(body_motion(pose).positions) for pose in poses)
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_mirroring_swaps_the_sides_of_every_feature() -> None:
    there = measure(body_motion(LUNGE).positions)
    mirrored_there = measure(body_motion(mirrored(LUNGE)).positions)
    for column, name in enumerate(FEATURE_NAMES):
        other = mirrored_name(name)
        if name.endswith("_difference"):  # named by its joint, of left minus right
            other = name
        expected = there[:, FEATURE_NAMES.index(other)] * (-1 if FEATURES[name].flips else 1)
        assert mirrored_there[:, column] == pytest.approx(expected, abs=1e-6), name


def test_mirrored_body_twice_is_the_same() -> None:
    body = body_motion(LUNGE).positions
    assert np.array_equal(mirrored_body(mirrored_body(body)), body)


def posed(**places: tuple[float, float, float]) -> np.ndarray:
    """One body in body coordinates: standing with arms down, some keypoints elsewhere."""
    at = dict.fromkeys(KEYPOINTS, (0.0, 1.3, 0.1))
    for side, x in (("left", 0.2), ("right", -0.2)):
        at |= {
            f"{side}_shoulder": (x, 1.0, 0.0),
            f"{side}_elbow": (x, 0.4, 0.0),
            f"{side}_wrist": (x, -0.1, 0.0),
            f"{side}_hip": (x, 0.0, 0.0),
            f"{side}_knee": (x, -0.8, 0.0),
            f"{side}_ankle": (x, -1.6, 0.0),
            f"{side}_toe": (x, -1.7, 0.3),
        }
    at |= places
    return np.array([at[name] for name in KEYPOINTS])[None]


TWISTED = posed(
    left_shoulder=(0.2, 1.0, 0.2),
    right_shoulder=(-0.2, 1.0, -0.2),
    left_hip=(0.2, 0.0, -0.2),
    right_hip=(-0.2, 0.0, 0.2),
)


@pytest.mark.parametrize(
    ("body", "feature", "expected"),
    [
        (posed(), "left_knee_angle", 180.0),
        (posed(), "left_elbow_angle", 180.0),
        (posed(), "right_hip_angle", 180.0),
        (posed(), "left_shoulder_angle", 0.0),
        (posed(), "trunk_up", 90.0),
        (posed(), "trunk_forward", 0.0),
        (posed(left_ankle=(0.2, -0.8, -0.8)), "left_knee_angle", 90.0),
        (posed(left_wrist=(0.2, 0.4, 0.5)), "left_elbow_angle", 90.0),
        (posed(left_elbow=(0.8, 1.0, 0.0)), "left_shoulder_angle", 90.0),
        (posed(left_knee=(0.2, 0.0, 0.8)), "left_hip_angle", 90.0),
        (posed(left_knee=(0.2, 0.0, 0.8)), "left_thigh_forward", 90.0),
        (posed(left_knee=(0.2, -0.8, -0.8)), "left_hip_angle", 225.0),
        (posed(left_ankle=(0.2, -0.8, -0.8)), "knee_difference", -90.0),
        (posed(), "pelvis_up", 0.0),
        (posed(left_hip=(0.2, 0.1, 0), right_hip=(-0.2, -0.3, 0)), "pelvis_up", 45.0),
        (posed(left_hip=(0.2, 0, 0.2), right_hip=(-0.2, 0, -0.2)), "pelvis_forward", 45.0),
        (posed(left_shoulder=(0.2, 0.8, 0), right_shoulder=(-0.2, 1.2, 0)), "shoulders_up", -45.0),
        (posed(left_shoulder=(0, 1, 0.3), right_shoulder=(0, 1, -0.3)), "shoulders_forward", 90.0),
        (posed(left_shoulder=(0.2, 1, 0.2), right_shoulder=(-0.2, 1, -0.2)), "trunk_twist", 45.0),
        (TWISTED, "trunk_twist", 90.0),
        (posed(), "hips_height", 1.6),
        (posed(left_ankle=(0.5, -1.6, 0.2)), "hips_side", -0.15),
        (posed(left_ankle=(0.5, -1.6, 0.2)), "hips_depth", -0.1),
        (posed(nose=(0.1, 1.3, 0.4)), "head_side", 0.1),
        (posed(nose=(0.1, 1.3, 0.4)), "head_height", 0.3),
        (posed(nose=(0.1, 1.3, 0.4)), "head_depth", 0.4),
        (posed(), "knees_side", 0.4),
        (posed(left_knee=(0.3, -0.5, 0.7)), "knees_side", 0.5),
        (posed(left_knee=(0.3, -0.5, 0.7)), "knees_height", 0.3),
        (posed(left_knee=(0.3, -0.5, 0.7)), "knees_depth", 0.7),
        (posed(right_ankle=(-0.4, -1.4, 0.7)), "feet_side", 0.6),
        (posed(right_ankle=(-0.4, -1.4, 0.7)), "feet_height", -0.2),
        (posed(right_ankle=(-0.4, -1.4, 0.7)), "feet_depth", -0.7),
        (posed(), "left_reach_height", -1.1),
        (posed(right_wrist=(-0.9, 0.8, 0.4)), "right_reach_side", -0.7),
        (posed(right_wrist=(-0.9, 0.8, 0.4)), "right_reach_height", -0.2),
        (posed(right_wrist=(-0.9, 0.8, 0.4)), "right_reach_depth", 0.4),
        (posed(right_wrist=(-0.9, 0.2, 0.4)), "right_wrist_side", -0.9),
        (posed(right_wrist=(-0.9, 0.2, 0.4)), "right_wrist_height", 0.2),
        (posed(right_wrist=(-0.9, 0.2, 0.4)), "right_wrist_depth", 0.4),
    ],
)
def test_known_postures(body: np.ndarray, feature: str, expected: float) -> None:
    value = measure(body)[0, FEATURE_NAMES.index(feature)]
    assert value == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("lean_deg", [-20.0, 0.0, 60.0])
def test_the_hip_angle_goes_on_past_straight_and_past_fully_bent(lean_deg: float) -> None:
    flexion_deg = np.arange(-60.0, 250.0, 5.0)  # no body goes as far
    lean, thigh = np.radians(lean_deg), np.radians(flexion_deg - lean_deg)
    body = np.repeat(posed(), len(flexion_deg), axis=0)
    for x, side in ((0.2, "left"), (-0.2, "right")):
        body[:, INDEX[f"{side}_shoulder"]] = (x, np.cos(lean), np.sin(lean))
        body[:, INDEX[f"{side}_knee"], 1:] = 0.8 * np.stack([-np.cos(thigh), np.sin(thigh)], axis=1)
    angle = measure(body)[:, FEATURE_NAMES.index("left_hip_angle")]
    assert angle == pytest.approx(180.0 - flexion_deg)


def test_a_missing_keypoint_is_missing_in_its_own_features_only() -> None:
    body = posed(left_wrist=(np.nan, np.nan, np.nan))
    values = dict(zip(FEATURE_NAMES, measure(body)[0], strict=True))
    missing = {name for name, value in values.items() if np.isnan(value)}
    assert missing >= {"left_elbow_angle", "left_wrist_height", "left_forearm_up"}
    assert not any("knee" in name or name.startswith("right") for name in missing)


def test_no_scaling_amplifies_noise() -> None:
    rng = np.random.default_rng(2)
    still = posed() + 1e-9 * rng.normal(size=(50, len(KEYPOINTS), 3))
    assert np.ptp(measure(still), axis=0).max() < 1e-2


def test_poses_without_depth_have_features_in_the_picture() -> None:
    flat = replace(LUNGE, world=np.full_like(LUNGE.world, np.nan))
    recording = describe(flat, SETTINGS)
    assert np.isnan(recording.view_yaw_deg)
    assert np.isfinite(recording.series.column("left_knee_angle")).all()
    for series in (recording.series, recording.mirrored.series):
        unknown = {name for name in series.names if np.isnan(series.column(name)).all()}
        assert unknown == NEEDS_DEPTH
    assert {"left_wrist_depth", "trunk_forward", "left_hip_angle", "trunk_twist"} <= NEEDS_DEPTH


@pytest.mark.parametrize("yaw_deg", [-90.0, -30.0, 0.0, 45.0, 90.0, 150.0])
def test_the_camera_view_is_found(yaw_deg: float) -> None:
    pose = filmed("squat", 3, reps=1, camera={"yaw_deg": yaw_deg, "yaw_off_deg": 0.0})
    found = body_motion(pose).view_yaw_deg
    assert abs((found - yaw_deg + 180) % 360 - 180) < 12


def test_turned_faces_forward() -> None:
    assert turned(np.array([0.0, 0.0, 1.0]), 0.0) == pytest.approx([0, 0, 1])
    assert turned(np.array([0.0, 0.0, 1.0]), 90.0) == pytest.approx([1, 0, 0], abs=1e-12)


def test_every_feature_has_words_and_a_twin_on_the_other_side() -> None:
    for name, feature in FEATURES.items():
        assert feature.name == name
        assert feature.unit in ("deg", "torso")
        assert feature.more != feature.less
        twin = FEATURES[mirrored_name(name)] if feature.kind != "symmetry" else feature
        assert twin.flips == feature.flips
        if feature.kind != "symmetry":  # "straighter than the right" has no such twin
            same = twin.less if feature.flips else twin.more
            swap = {"left": "right", "right": "left"}
            assert " ".join(swap.get(word, word) for word in feature.more.split()) == same


def test_series_are_read_only_and_checked() -> None:
    series = FeatureSeries(np.arange(3.0), np.zeros((3, 1)), ("a",))
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 1
    with pytest.raises(PoseDataError, match=r"needed \(3, 2\)"):
        FeatureSeries(np.arange(3.0), np.zeros((3, 1)), ("a", "b"))


def test_hips_are_the_origin() -> None:
    body = body_motion(LUNGE).positions
    middle = (body[:, INDEX["left_hip"]] + body[:, INDEX["right_hip"]]) / 2
    assert np.nanmax(np.abs(middle)) < 1e-9
