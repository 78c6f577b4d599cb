"""What the camera gets of it, and what is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.errors import StorageError, UsageError
from dtwcoach.mannequin.__main__ import main, parse_faults
from dtwcoach.mannequin.more import KNOWN
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import (
    Truth,
    contact_sheet,
    default_camera,
    frames,
    passer_by,
    simulate,
)
from dtwcoach.mannequin.truth_file import truth_record, write_truth
from dtwcoach.pose import INDEX


def small(exercise: str = "squat", **fields: float) -> Truth:
    camera = replace(default_camera(exercise), width=160, height=120, fps=10.0, **fields)  # type: ignore[arg-type]
    return simulate(Person.from_seed(1), exercise, Performance(reps=1), camera)


@pytest.mark.parametrize("exercise", KNOWN)
def test_the_default_camera_sees_the_whole_body(exercise: str) -> None:
    for seed in range(6):
        truth = simulate(Person.from_seed(seed, height_m=1.9), exercise, Performance(reps=1))
        low, high = (
            truth.keypoints_px.min(axis=(0, 1)),
            truth.keypoints_px.max(axis=(0, 1)),
        )
        assert (low > 4).all(), low
        assert (high < (truth.camera.width - 4, truth.camera.height - 4)).all(), high


def test_pose_is_the_truth() -> None:
    truth = small()
    pose = truth.pose()
    assert pose.model == "mannequin/truth"
    np.testing.assert_array_equal(pose.image[..., :2], truth.keypoints_px)
    np.testing.assert_array_equal(pose.world, truth.keypoints_m)
    hips = pose.world[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    np.testing.assert_allclose(hips, 0, atol=1e-9)
    assert (pose.confidence == 1).all()


def test_world_follows_the_camera() -> None:
    """From the left side the left hip is nearer (z) and the nose points to image left."""
    pose = small(yaw_deg=90.0).pose()
    assert pose.world[0, INDEX["left_hip"], 2] > pose.world[0, INDEX["right_hip"], 2]
    assert pose.world[0, INDEX["nose"], 0] < pose.world[0, INDEX["left_ear"], 0]
    assert pose.world[0, INDEX["nose"], 1] > 0.4
    assert pose.image[0, INDEX["left_hip"], 2] < pose.image[0, INDEX["right_hip"], 2]


def test_noise_has_the_size_asked_for() -> None:
    truth = small()
    noisy = truth.pose(noise_px=3.0, seed=4)
    off = noisy.image[..., :2] - truth.keypoints_px
    assert off.std() == pytest.approx(3.0, rel=0.05)
    np.testing.assert_array_equal(noisy.image, truth.pose(noise_px=3.0, seed=4).image)


def test_outside_the_picture_is_missing() -> None:
    camera = replace(default_camera("squat"), target=(3.0, 0.0))
    pose = simulate(Person.from_seed(1), "squat", Performance(reps=1), camera).pose()
    gone = pose.confidence == 0
    assert gone.any()
    assert np.isnan(pose.image[gone]).all()


def test_frames_are_pictures_and_repeat() -> None:
    truth = small()
    first = list(frames(truth, every=8))
    again = list(frames(truth, every=8))
    assert len(first) == len(range(0, len(truth), 8))
    assert first[0].shape == (120, 160, 3)
    assert first[0].dtype == np.uint8
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (first[0] != first[len(first) // 2]).any()


def test_passer_by_crosses_the_picture() -> None:
    truth = simulate(Person.from_seed(1), "squat", Performance(reps=3))
    other = passer_by(truth, Person.from_seed(2), start_s=0.5)
    x = other.keypoints_px[:, INDEX["nose"], 0]
    assert x[0] < 0
    assert x[-1] > truth.camera.width
    assert other.reps == ()
    assert len(list(frames(truth, others=(other,), every=200))) == -(-len(truth) // 200)


def test_people_in_one_picture_need_one_length() -> None:
    longer = simulate(Person.from_seed(2), "squat", Performance(reps=2), small().camera)
    with pytest.raises(UsageError, match="same length"):
        next(frames(small(), others=(longer,)))


def test_contact_sheet_is_a_grid() -> None:
    assert contact_sheet(small(), columns=4, rows=2).shape == (240, 640, 3)


def test_truth_file(tmp_path: Path) -> None:
    truth = small()
    record = json.loads(write_truth(tmp_path / "a.json", truth).read_text(encoding="utf-8"))
    assert record["reps"][0]["start"] == truth.reps[0].start
    assert record["reps"][0]["right"] is True
    assert record["half_reps"] == []
    assert np.shape(record["keypoints_px"]) == (len(truth), 33, 2)
    assert "keypoints_px" not in truth_record(truth, keypoints=False)
    with pytest.raises(StorageError, match="Cannot write"):
        write_truth(tmp_path / "missing" / "a.json", truth)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("knees_in:12@1,3", {0: (("knees_in", 12.0),), 2: (("knees_in", 12.0),)}),
        ("shallow@2", {1: (("shallow", 20.0),)}),
    ],
)
def test_faults_from_text(text: str, expected: dict[int, object]) -> None:
    assert parse_faults([text], exercise="squat", reps=3) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["squat"],
        ["yoga", "--out", "x.mp4"],
        ["yoga", "--list"],
        ["squat", "--out", "x.mp4", "--fault", "lazy"],
        ["squat", "--out", "x.mp4", "--fault", "shallow:a"],
        ["squat", "--out", "x.mp4", "--fault", "shallow:20@99"],
        ["squat", "--out", "x.mp4", "--size", "big"],
    ],
)
def test_misuse_exits_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_command_writes_video_and_truth(tmp_path: Path) -> None:
    video = tmp_path / "clip.avi"
    arguments = [
        "squat",
        "--out",
        str(video),
        "--reps",
        "1",
        "--fps",
        "5",
        "--size",
        "160x120",
    ]
    assert main([*arguments, "--truth"]) == 0
    assert video.stat().st_size > 1000
    assert (tmp_path / "clip.truth.json").exists()
