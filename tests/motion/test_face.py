"""Features of the face."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.motion.face import FACE_FEATURES, measure_face
from dtwcoach.motion.groups import GROUPS
from dtwcoach.pose import FACE_MEASURES, mirrored, mirrored_name

NAMES = tuple(FACE_FEATURES)


def test_lengths_become_the_angle_they_fill_and_angles_stay() -> None:
    row = np.zeros((1, 9))
    row[0, FACE_MEASURES.index("mouth_width")] = 2 * np.tan(np.radians(15.0))
    row[0, FACE_MEASURES.index("head_pitch")] = 12.0
    row[0, FACE_MEASURES.index("left_brow_height")] = np.nan
    values = dict(zip(NAMES, measure_face(row)[0], strict=True))
    assert values["mouth_width"] == pytest.approx(30.0)
    assert values["head_pitch"] == 12.0
    assert np.isnan(values["left_brow_height"])
    assert values["right_brow_height"] == 0.0


def test_a_smile_widens_the_mouth_and_a_shaken_head_turns_both_ways() -> None:
    person = Person.from_seed(2)
    for gesture, name, least in (("smile", "mouth_width", 4.0), ("shake_head", "head_yaw", 35.0)):
        face = gesticulate(person, gesture, Performance(reps=1)).pose().face
        assert face is not None
        assert np.ptp(measure_face(face)[:, NAMES.index(name)]) > least


def test_the_mirror_image_swaps_sides_and_turns_what_flips() -> None:
    pose = gesticulate(Person.from_seed(2), "shake_head", Performance(reps=1)).pose()
    there, back = pose.face, mirrored(pose).face
    assert there is not None
    assert back is not None
    values, other = measure_face(there), measure_face(back)
    for column, name in enumerate(NAMES):
        sign = -1.0 if FACE_FEATURES[name].flips else 1.0
        twin = NAMES.index(mirrored_name(name))
        assert other[:, twin] == pytest.approx(sign * values[:, column]), name


def test_no_two_groups_share_a_name() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names))
    assert set(GROUPS) == {"body", "hands", "face"}
