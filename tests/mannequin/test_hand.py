"""Hands with fingers: bones, shapes and how they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.mannequin.hand import SHAPES, axes, joints, solids
from dtwcoach.pose import HAND_INDEX, HAND_KEYPOINTS


def at(shape: str, keypoint: str) -> np.ndarray:
    return np.asarray(joints(SHAPES[shape])[HAND_INDEX[keypoint]])


def apart(shape: str, a: str, b: str) -> float:
    return float(np.linalg.norm(at(shape, a) - at(shape, b)))


@pytest.mark.parametrize("shape", SHAPES)
def test_bones_keep_their_length_in_every_shape(shape: str) -> None:
    assert apart(shape, "wrist", "index_mcp") == pytest.approx(0.463)
    assert apart(shape, "ring_pip", "ring_dip") == pytest.approx(0.165)
    assert apart(shape, "thumb_ip", "thumb_tip") == pytest.approx(0.158)


def test_a_flat_hand_is_one_hand_long_and_a_fist_is_not() -> None:
    assert apart("flat", "wrist", "middle_tip") == pytest.approx(0.97, abs=0.03)
    assert apart("fist", "wrist", "middle_tip") < 0.5
    assert at("fist", "middle_tip")[0] > 0.0  # bent towards the palm
    assert at("open", "thumb_tip")[2] > at("open", "index_tip")[2] > at("open", "pinky_tip")[2]


def test_finger_and_thumb_meet_in_a_pinch_alone() -> None:
    assert apart("pinch", "thumb_tip", "index_tip") < 0.09
    assert apart("claw", "thumb_tip", "index_tip") > 0.25


def test_axes_are_a_mirror_image_on_the_other_side() -> None:
    along, palm = np.array([0.1, 1.0, 0.2]), np.array([0.0, 0.1, 1.0])
    mirror = np.array([-1.0, 1.0, 1.0])
    left = axes(along, palm, side="left")
    right = axes(along * mirror, palm * mirror, side="right")
    assert left @ left.T == pytest.approx(np.eye(3), abs=1e-12)
    assert right == pytest.approx(left * mirror)
    # Palm to the viewer and fingers up: the left thumb is on the viewer's left.
    assert left[2, 0] == pytest.approx(-1.0, abs=0.1)


def test_flesh_surrounds_every_keypoint() -> None:
    points = joints(SHAPES["open"]) * 0.19 - np.array([0.0, 0.0, 1.5])
    tubes = solids(points, np.full(3, 200.0, dtype=np.float32), side="left")
    for keypoint, point in zip(HAND_KEYPOINTS, points, strict=True):
        reach = min(
            np.linalg.norm((tube.a + tube.b) / 2 - point) - np.linalg.norm(tube.a - tube.b) / 2
            for tube in tubes
        )
        assert reach < 0.015, keypoint
