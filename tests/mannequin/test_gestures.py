"""Gestures: known names, truth about repetitions, fingers and faces in the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.gestures import GESTURES
from dtwcoach.mannequin.gesturing import gesticulate, gesture_camera
from dtwcoach.mannequin.kinematics import POINT_INDEX
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, frames
from dtwcoach.pose import FACE_MEASURES, HAND_INDEX

PERSON = Person.from_seed(3)
LEFT, RIGHT = 0, 1


def made(gesture: str, person: Person = PERSON, **how: float | str) -> Truth:
    fields: dict[str, float | str] = {"reps": 2, "side": "right", "seed": 5, **how}
    return gesticulate(person, gesture, Performance(**fields))  # type: ignore[arg-type]


def bent(truth: Truth, finger: str, frame: int) -> float:
    """Distance from wrist to finger tip in hand lengths."""
    assert truth.hands_m is not None
    hand = truth.hands_m[frame, RIGHT]
    apart = np.linalg.norm(hand[HAND_INDEX[f"{finger}_tip"]] - hand[HAND_INDEX["wrist"]])
    return float(apart / truth.person.limbs.hand)


@pytest.mark.parametrize("gesture", GESTURES)
def test_every_gesture_begins_and_ends_at_rest(gesture: str) -> None:
    truth = made(gesture)
    assert [rep.side for rep in truth.reps] == ["right", "right"]
    first, second = truth.reps
    assert 0 < first.start < first.turn < first.stop < second.start < second.stop < len(truth)
    assert truth.hands_m is not None
    assert truth.hands_m.shape == (len(truth), 2, 21, 3)
    assert np.isfinite(truth.hands_m).all()
    assert truth.hands_m[-1, RIGHT, 0] == pytest.approx(truth.hands_m[0, RIGHT, 0], abs=0.02)
    steps = np.linalg.norm(np.diff(truth.hands_m[:, RIGHT], axis=0), axis=2)
    assert steps.max() < 0.2  # six metres a second: no finger leaps
    arm = truth.points_m[:, [POINT_INDEX[f"right_{j}"] for j in ("shoulder", "elbow", "wrist")]]
    lengths = np.linalg.norm(np.diff(arm, axis=1), axis=2)
    assert lengths[:, 0] == pytest.approx(PERSON.limbs.upper_arm, rel=0.01)
    assert lengths[:, 1] == pytest.approx(PERSON.limbs.forearm, rel=0.01)


def test_signs_show_the_fingers_they_are_known_by() -> None:
    for gesture, straight, folded in (
        ("victory", ("index", "middle"), ("ring", "pinky")),
        ("i_love_you", ("index", "pinky"), ("middle", "ring")),
        ("point", ("index",), ("middle", "ring", "pinky")),
        ("thumbs_up", (), ("index", "middle", "ring", "pinky")),
    ):
        truth = made(gesture)
        turn = truth.reps[0].turn
        assert all(bent(truth, finger, turn) > 0.75 for finger in straight), gesture
        assert all(bent(truth, finger, turn) < 0.6 for finger in folded), gesture


def test_thumbs_up_and_down_differ_in_where_the_thumb_is() -> None:
    for gesture, sign in (("thumbs_up", 1), ("thumbs_down", -1)):
        truth = made(gesture)
        assert truth.hands_m is not None
        hand = truth.hands_m[truth.reps[0].turn, RIGHT]
        rise = hand[HAND_INDEX["thumb_tip"], 1] - hand[HAND_INDEX["wrist"], 1]
        assert sign * rise > 0.08


def test_the_other_side_is_the_mirror_image() -> None:
    still = {"fidget": 0.0, "variation_deg": 0.0}
    person = replace(PERSON, style={})
    right, left = made("wave", person, **still), made("wave", person, side="left", **still)
    assert right.hands_m is not None
    assert left.hands_m is not None
    mirror = np.array([-1.0, 1.0, 1.0])
    assert right.hands_m[:, RIGHT] * mirror == pytest.approx(left.hands_m[:, LEFT], abs=1e-3)


def test_people_and_repetitions_vary_and_the_same_seed_repeats() -> None:
    one, same, other = made("ok"), made("ok"), made("ok", Person.from_seed(4))
    assert one.hands_m is not None
    assert other.hands_m is not None
    assert same.hands_m == pytest.approx(one.hands_m)
    first, second = (one.hands_m[rep.turn, RIGHT, 8] for rep in one.reps)
    assert 0.001 < np.linalg.norm(first - second) < 0.1
    assert one.reps[0].stop - one.reps[0].start != other.reps[0].stop - other.reps[0].start


def test_pace_and_number_follow_the_performance() -> None:
    usual, quick = made("nod"), made("nod", tempo=2.0, reps=3)
    assert len(quick.reps) == 3
    lasts = [one.reps[0].stop - one.reps[0].start for one in (usual, quick)]
    assert lasts[1] == pytest.approx(lasts[0] / 2, abs=3)


def test_an_unknown_gesture_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'bow'.*wave, pinch"):
        gesticulate(PERSON, "bow")


def test_fingers_and_faces_are_drawn_where_they_are() -> None:
    small = replace(gesture_camera(PERSON), width=640, height=360, noise=0.0)
    performance = Performance(reps=1, side="right", fidget=0.0, seed=5)
    for gesture, finger in (("victory", "index_tip"), ("smile", None)):
        truth = gesticulate(PERSON, gesture, performance, small)
        turn = truth.reps[0].turn
        plain = replace(truth, hands_m=None, expression=None)
        with_them, without = (list(frames(t, every=turn))[1] for t in (truth, plain))
        changed = np.abs(with_them.astype(int) - without).max(axis=2) > 12
        assert truth.hands_m is not None
        place = truth.points_m[turn, POINT_INDEX["mouth_left"]]
        if finger is not None:
            place = truth.hands_m[turn, RIGHT, HAND_INDEX[finger]]
        x, y = small.project(place)[:2].astype(int)
        assert changed[y - 2 : y + 3, x - 4 : x + 5].any(), gesture
        assert changed.mean() < 0.02


def test_the_true_pose_has_hands_and_face() -> None:
    truth = made("smile", fidget=0.0)
    pose = truth.pose()
    assert pose.hands is not None
    assert pose.face is not None
    assert truth.hands_m is not None
    turn = truth.reps[0].turn
    width, opening = (pose.face[:, FACE_MEASURES.index(f"mouth_{n}")] for n in ("width", "opening"))
    assert width[turn] > width[0] + 0.06
    assert opening[turn] > opening[0] + 0.1
    assert np.isnan(pose.hands[turn]).all()  # they hang out of the picture
    wave = made("wave")
    assert wave.hands_m is not None
    seen = wave.pose().hands
    assert seen is not None
    turn = wave.reps[0].turn
    assert seen[turn, RIGHT, :, :2] == pytest.approx(
        wave.camera.project(wave.hands_m[turn, RIGHT])[:, :2]
    )
    assert seen[turn, RIGHT, 0, 2] == 0.0
    assert np.isnan(seen[turn, LEFT]).all()
    noisy = wave.pose(noise_px=2.0).hands
    assert noisy is not None
    assert np.nanstd(noisy - seen) == pytest.approx(2.0, rel=0.05)


def test_heads_turn_and_nod_by_so_many_degrees() -> None:
    for gesture, measure, low, high in (
        ("nod", "head_pitch", -5, 17),
        ("shake_head", "head_yaw", -24, 24),
    ):
        face = made(gesture, fidget=0.0).pose().face
        assert face is not None
        angle = face[:, FACE_MEASURES.index(measure)] - face[0, FACE_MEASURES.index(measure)]
        assert angle.min() == pytest.approx(low, rel=0.3, abs=1)
        assert angle.max() == pytest.approx(high, rel=0.3)
