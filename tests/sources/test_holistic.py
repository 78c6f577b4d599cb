"""Holistic: hands and faces of drawn people through the real model, and how they are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, frames, render_video
from dtwcoach.motion.hands import HAND_FEATURES, measure_hands
from dtwcoach.pose import FACE_MEASURES, PoseSequence
from dtwcoach.sources import mediapipe
from dtwcoach.sources.holistic import (
    HolisticTracker,
    extract_holistic,
    face_measures,
    model_name,
    read_holistic,
    sequence,
)
from dtwcoach.sources.parquet import read_pose, write_pose
from dtwcoach.sources.video import Frame
from dtwcoach.tables import decode_table

RIGHT = 1


@pytest.fixture(scope="module")
def victory() -> tuple[Truth, PoseSequence]:
    """A sign, and what Holistic saw of it around its turn."""
    how = Performance(reps=1, side="right", seed=8)
    truth = gesticulate(Person.from_seed(12), "victory", how)
    seen = []
    with HolisticTracker() as tracker:
        for number, picture in enumerate(frames(truth, every=4, seed=8)):
            seen.append(tracker.update(Frame(number, number / 7.5, picture)))
    return truth, sequence(seen, frame_size=(1280, 720))


def test_a_drawn_hand_is_found_where_it_is(victory: tuple[Truth, PoseSequence]) -> None:
    truth, pose = victory
    rep = truth.reps[0]
    away = slice(-(-rep.start // 4), rep.stop // 4)
    assert pose.hands is not None
    assert truth.hands_m is not None
    hand = pose.hands[away, RIGHT]
    assert np.isfinite(hand[:, 0, 0]).mean() >= 0.8
    true = truth.camera.project(truth.hands_m[::4][away, RIGHT])
    length = truth.person.limbs.hand * truth.camera.focal_px / true[:, 0, 2]
    percent = 100 * np.linalg.norm(hand[..., :2] - true[..., :2], axis=2) / length[:, None]
    assert np.nanmedian(percent) < 8.0
    assert np.isfinite(pose.image).all()
    values = dict(zip(HAND_FEATURES, measure_hands(pose)[rep.turn // 4], strict=True))
    assert values["right_middle_bend"] < 35 < 55 < values["right_ring_bend"]


def test_a_face_is_reduced_to_its_measures(victory: tuple[Truth, PoseSequence]) -> None:
    _, pose = victory
    assert pose.face is not None
    usual = dict(zip(FACE_MEASURES, np.median(pose.face, axis=0), strict=True))
    assert usual["mouth_width"] == pytest.approx(0.5, abs=0.06)
    assert usual["mouth_opening"] < 0.1
    assert abs(usual["head_yaw"]) < 6
    assert usual["left_eye_opening"] == pytest.approx(usual["right_eye_opening"], abs=0.02)


def test_the_model_has_a_name_of_its_own(victory: tuple[Truth, PoseSequence]) -> None:
    assert victory[1].model == model_name() != mediapipe.model_name()
    assert "holistic" in model_name()


def test_nobody_in_the_picture_is_all_missing() -> None:
    with HolisticTracker() as tracker:
        seen = tracker.update(Frame(0, 0.0, np.full((240, 320, 3), 128, np.uint8)))
    pose = sequence([seen], frame_size=(320, 240))
    assert np.isnan(pose.image).all()
    assert np.isnan(pose.hands).all()
    assert np.isnan(pose.face).all()
    assert pose.confidence.max() == 0.0
    assert pose.people.tolist() == [0]


def test_a_closed_tracker_says_so() -> None:
    tracker = HolisticTracker()
    tracker.close()
    tracker.close()
    with pytest.raises(ValueError, match="make a new one"):
        tracker.update(Frame(0, 0.0, np.zeros((48, 64, 3), np.uint8)))


def turned(mesh: np.ndarray, degrees: float, axes: tuple[int, int]) -> np.ndarray:
    """The mesh turned in the plane of two axes."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    result = mesh.copy()
    a, b = axes
    result[:, a], result[:, b] = c * mesh[:, a] - s * mesh[:, b], s * mesh[:, a] + c * mesh[:, b]
    return result


def test_measures_of_a_face_made_by_hand() -> None:
    mesh = np.zeros((468, 3))  # right, down, away; the person's left is at the picture's right
    for row, place in {
        263: (50, 0), 362: (20, 0), 33: (-50, 0), 133: (-20, 0),
        386: (35, -5), 374: (35, 5), 159: (-35, -8), 145: (-35, 8),
        334: (35, -30), 105: (-35, -20), 291: (30, 60), 61: (-30, 60),
        13: (0, 55), 14: (0, 75), 10: (0, -60), 152: (0, 100),
    }.items():  # fmt: skip
        mesh[row, :2] = place
    found = dict(zip(FACE_MEASURES, face_measures(mesh), strict=True))
    expected = {
        "mouth_width": 0.6, "mouth_opening": 0.2, "left_brow_height": 0.3,
        "right_brow_height": 0.2, "left_eye_opening": 0.1, "right_eye_opening": 0.16,
        "head_yaw": 0.0, "head_pitch": 0.0, "head_roll": 0.0,
    }  # fmt: skip
    assert found == pytest.approx(expected)
    for name, axes in (("yaw", (2, 0)), ("pitch", (1, 2)), ("roll", (0, 1))):
        after = dict(zip(FACE_MEASURES, face_measures(turned(mesh, 20.0, axes)), strict=True))
        assert abs(after[f"head_{name}"]) == pytest.approx(20.0), name
        lengths = [key for key in expected if not key.startswith("head")]
        assert [after[key] for key in lengths] == pytest.approx([found[key] for key in lengths])
    # Chin towards the chest: the forehead comes nearer to the camera (smaller depth).
    nodded = mesh.copy()
    nodded[10, 2], nodded[152, 2] = -30.0, 50.0
    assert face_measures(nodded)[FACE_MEASURES.index("head_pitch")] > 10
    tilted = mesh + np.array([0.0, 0.2, 0.0]) * mesh[:, [0]]  # the left eye comes down
    assert face_measures(tilted)[FACE_MEASURES.index("head_roll")] > 10
    looks_left = mesh.copy()
    looks_left[:, 2] = 0.3 * mesh[:, 0]  # the left side of the face goes away
    assert face_measures(looks_left)[FACE_MEASURES.index("head_yaw")] > 10


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four frames of somebody at rest, small."""
    truth = gesticulate(
        Person.from_seed(12), "smile", Performance(reps=0, lead_in_s=0.1, lead_out_s=0.1)
    )
    small = replace(truth, camera=replace(truth.camera, width=320, height=180))
    return render_video(tmp_path / "clip.mp4", small)


def test_a_video_is_read_and_remembered(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path / "cache"))
    done: list[float] = []
    first = read_holistic(clip, progress=done.append)
    assert done[-1] == 1.0
    again: list[float] = []
    second = read_holistic(clip, progress=again.append)
    assert again == []
    assert first.hands is not None
    assert second.hands == pytest.approx(first.hands, nan_ok=True)
    assert second.face == pytest.approx(first.face, nan_ok=True)
    plain, selfie = extract_holistic(clip), extract_holistic(clip, mirrored=True)
    assert selfie.image[..., 0].mean() == pytest.approx(320 - plain.image[..., 0].mean())


def test_hands_and_face_survive_a_pose_file(
    victory: tuple[Truth, PoseSequence], tmp_path: Path
) -> None:
    pose = victory[1]
    write_pose(tmp_path / "pose.parquet", pose)
    back = read_pose(tmp_path / "pose.parquet")
    assert np.array_equal(back.hands, pose.hands, equal_nan=True)  # type: ignore[arg-type]
    assert np.array_equal(back.face, pose.face, equal_nan=True)  # type: ignore[arg-type]
    assert pose.hands is not None
    _, columns = decode_table((tmp_path / "pose.parquet").read_bytes(), max_rows=1000)
    tip = np.asarray(columns["right_hand_index_tip_y"])
    assert np.array_equal(tip, pose.hands[:, RIGHT, 8, 1], equal_nan=True)
    bare = replace(pose, hands=None, face=None)
    write_pose(tmp_path / "bare.parquet", bare)
    assert read_pose(tmp_path / "bare.parquet").hands is None
