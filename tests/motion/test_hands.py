"""Features of hands: postures whose values are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.hand import SHAPES, axes, joints
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.motion.groups import GROUPS
from dtwcoach.motion.hands import HAND_FEATURES, measure_hands
from dtwcoach.motion.recording import describe
from dtwcoach.pose import INDEX, KEYPOINTS, PoseSequence, mirrored, mirrored_name
from dtwcoach.settings import Settings

NAMES = tuple(HAND_FEATURES)
SETTINGS = Settings()


def posed(
    shape: np.ndarray,
    *,
    along: tuple[float, float, float] = (0.0, 1.0, 0.0),
    palm: tuple[float, float, float] = (0.0, 0.0, 1.0),
    wrist: tuple[float, float] = (500.0, 200.0),
    frames: int = 3,
) -> PoseSequence:
    """Somebody 100 px wide at the shoulders with the left hand in that shape, 100 px long."""
    body = np.full((frames, len(KEYPOINTS), 3), np.nan)
    for name, place in {
        "left_shoulder": (450, 300),
        "right_shoulder": (350, 300),
        "nose": (400, 200),
    }.items():
        body[:, INDEX[name]] = (*place, 0.0)
    hand = joints(shape) @ axes(np.array(along), np.array(palm), side="left")
    hands = np.full((frames, 2, 21, 3), np.nan)
    hands[:, 0] = 100 * hand * np.array([1, -1, -1]) + np.array([*wrist, 0.0])
    return PoseSequence(
        time_s=np.arange(frames) / 30,
        image=body,
        world=np.full_like(body, np.nan),
        confidence=np.isfinite(body[..., 0]).astype(float),
        frame_size=(800, 600),
        model="hand made",
        hands=hands,
    )


def value(pose: PoseSequence, name: str) -> float:
    return float(measure_hands(pose)[0, NAMES.index(name)])


def shape(**changes: tuple[float, float, float, float]) -> np.ndarray:
    """A straight hand with some fingers otherwise."""
    rows = dict.fromkeys(("thumb", "index", "middle", "ring", "pinky"), (0.0, 0.0, 0.0, 0.0))
    return np.array(list({**rows, **changes}.values()))


def test_bend_is_the_mean_flexion_of_a_fingers_joints() -> None:
    pose = posed(shape(index=(16.0, 30.0, 60.0, 30.0), thumb=(40.0, 0.0, 20.0, 40.0)))
    assert value(pose, "left_index_bend") == pytest.approx(40.0, abs=0.5)
    assert value(pose, "left_thumb_bend") == pytest.approx(30.0, abs=0.5)
    assert value(pose, "left_middle_bend") == pytest.approx(4.0 / 3, abs=0.5)


def test_spread_is_the_angle_between_neighbours() -> None:
    pose = posed(shape(index=(20.0, 0, 0, 0), middle=(-5.0, 0, 0, 0)))
    assert value(pose, "left_index_middle_spread") == pytest.approx(25.0)
    assert value(pose, "left_ring_pinky_spread") == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("palm", "along", "expected"),
    [
        ((0, 0, 1), (0, 1, 0), {"palm_forward": 90, "palm_up": 0, "fingers_up": 90}),
        ((0, 1, 0), (0, 0, 1), {"palm_up": 90, "palm_forward": 0, "fingers_forward": 90}),
        ((-1, 0, 0), (0, -1, 0), {"palm_sideways": -90, "fingers_up": -90}),
    ],
)
def test_directions_of_palm_and_fingers(
    palm: tuple[float, float, float],
    along: tuple[float, float, float],
    expected: dict[str, float],
) -> None:
    pose = posed(SHAPES["flat"], palm=palm, along=along)
    for name, degrees in expected.items():
        assert value(pose, f"left_{name}") == pytest.approx(degrees, abs=6), name


def test_place_is_told_from_the_shoulder_and_from_the_nose() -> None:
    pose = posed(shape(), wrist=(500.0, 200.0))
    middle = np.array([0.446 * np.sin(np.radians(4)), 0.446 * np.cos(np.radians(4))]) * 50
    torso = 135.0
    assert value(pose, "left_hand_height") == pytest.approx((100 + middle[1]) / torso)
    assert value(pose, "left_hand_side") == pytest.approx((50 - middle[0]) / torso)
    assert value(pose, "left_hand_face_side") == pytest.approx((100 - middle[0]) / torso)
    assert value(pose, "left_hand_face_height") == pytest.approx(middle[1] / torso)


def test_a_hand_that_is_not_seen_has_no_features() -> None:
    values = measure_hands(posed(SHAPES["open"]))
    left = [name.startswith("left") for name in NAMES]
    assert np.isfinite(values[:, left]).all()
    assert np.isnan(values[:, np.invert(left)]).all()


def test_the_mirror_image_swaps_sides_and_turns_what_flips() -> None:
    truth = gesticulate(Person.from_seed(6), "ok", Performance(reps=1, side="right", seed=2))
    pose = truth.pose()
    there, back = measure_hands(pose), measure_hands(mirrored(pose))
    assert np.isfinite(there).any()
    for column, name in enumerate(NAMES):
        other = NAMES.index(mirrored_name(name))
        sign = -1.0 if HAND_FEATURES[name].flips else 1.0
        assert back[:, other] == pytest.approx(sign * there[:, column], nan_ok=True), name


def test_moving_and_scaling_the_picture_changes_nothing() -> None:
    pose = posed(SHAPES["victory"])
    assert pose.hands is not None
    moved = replace(pose, image=pose.image * 1.7 + 30.0, hands=pose.hands * 1.7 + 30.0)
    assert measure_hands(moved) == pytest.approx(measure_hands(pose), nan_ok=True)


def test_only_the_groups_asked_for_are_described() -> None:
    truth = gesticulate(Person.from_seed(6), "victory", Performance(reps=1, side="right", seed=2))
    pose = truth.pose()
    body = describe(pose, SETTINGS)
    assert body.series.names == FEATURE_NAMES
    plain = describe(replace(pose, hands=None, face=None), SETTINGS)
    assert body.series.values == pytest.approx(plain.series.values, nan_ok=True)
    hands = describe(pose, SETTINGS, groups=("hands", "face"))
    assert hands.series.names == (*HAND_FEATURES, *GROUPS["face"])
    turn = truth.reps[0].turn
    assert hands.series.column("right_index_bend")[turn] < 20
    assert hands.series.column("right_ring_bend")[turn] > 60
    assert np.isfinite(hands.series.column("head_yaw")).all()
    blind = describe(replace(pose, hands=None, face=None), SETTINGS, groups=("body", "hands"))
    assert np.isnan(blind.series.columns(tuple(HAND_FEATURES))).all()
    assert blind.series.values[:, : len(FEATURE_NAMES)] == pytest.approx(
        plain.series.values, nan_ok=True
    )


def test_a_recording_in_the_mirror_shows_the_other_hand() -> None:
    truth = gesticulate(Person.from_seed(6), "victory", Performance(reps=1, side="right", seed=2))
    recording = describe(truth.pose(), SETTINGS, groups=("body", "hands"))
    other = recording.mirrored
    assert other.series.column("left_index_bend") == pytest.approx(
        recording.series.column("right_index_bend"), nan_ok=True
    )
    again = other.mirrored.series.values
    assert again == pytest.approx(recording.series.values, nan_ok=True, abs=1e-9)
