"""`PoseSequence`: what it refuses, and what it carries beside the body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.errors import PoseDataError
from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.pose import FACE_MEASURES, PoseSequence, mirrored

POSE: PoseSequence = gesticulate(Person.from_seed(1), "wave", Performance(reps=1)).pose()


def test_hands_and_face_are_optional_and_locked() -> None:
    assert POSE.hands is not None
    assert POSE.face is not None
    bare = replace(POSE, hands=None, face=None)
    assert bare.hands is None
    assert bare.slice(0, 5).face is None
    assert mirrored(bare).hands is None
    with pytest.raises(ValueError, match="read-only"):
        POSE.hands[0] = 0.0


def test_shapes_are_checked_at_the_door() -> None:
    assert POSE.face is not None
    with pytest.raises(PoseDataError, match=r"hands has shape .*needed \(\d+, 2, 21, 3\)"):
        replace(POSE, hands=np.zeros((len(POSE), 21, 3)))
    with pytest.raises(PoseDataError, match="face has shape"):
        replace(POSE, face=POSE.face[:-1])
    assert np.isnan(replace(POSE, face=POSE.face * np.inf).face).all()


def test_a_slice_and_a_mirror_image_take_hands_and_face_with_them() -> None:
    assert POSE.hands is not None
    assert POSE.face is not None
    part = POSE.slice(10, 30)
    assert part.hands == pytest.approx(POSE.hands[10:30], nan_ok=True)
    image = mirrored(POSE)
    assert image.hands is not None
    assert image.face is not None
    width = POSE.frame_size[0]
    assert image.hands[:, 1, :, 0] == pytest.approx(width - POSE.hands[:, 0, :, 0], nan_ok=True)
    assert image.hands[..., 1:] == pytest.approx(POSE.hands[:, ::-1, :, 1:], nan_ok=True)
    yaw, brow = FACE_MEASURES.index("head_yaw"), FACE_MEASURES.index("left_brow_height")
    assert image.face[:, yaw] == pytest.approx(-POSE.face[:, yaw])
    assert image.face[:, brow] == pytest.approx(POSE.face[:, brow + 1])
    assert mirrored(image).hands == pytest.approx(POSE.hands, nan_ok=True)
