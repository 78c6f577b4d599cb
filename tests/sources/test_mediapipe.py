"""The real pose model on rendered people (about 250 frames in all)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dtwcoach import sources
from dtwcoach.errors import SourceError
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.contact import body_points
from dtwcoach.mannequin.look import Look
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.render import Figure, Renderer
from dtwcoach.pose import INDEX, KEYPOINTS, MAJOR_JOINTS, PoseSequence, mirrored
from dtwcoach.sources import model_bundle, read_pose
from dtwcoach.sources.mediapipe import PoseTracker, extract_pose, model_name
from dtwcoach.sources.model_bundle import pose_bundle
from dtwcoach.sources.video import Frame, open_video, open_writer

FPS = 15.0
CAMERA = Camera(distance_m=3.6)
MAJOR = [INDEX[name] for name in MAJOR_JOINTS]


@dataclass(frozen=True, eq=False)
class Actor:
    """Somebody in a scene: world points over time, drawn where `seen`."""

    seed: int
    points: np.ndarray
    seen: np.ndarray


def actor(seed: int, *, frames: int, x_m: float = 0.0, move: float = 1.0) -> Actor:
    """Somebody who raises both arms (and bends the knees) once in two seconds."""
    up = move * (1 - np.cos(np.pi * np.arange(frames) / FPS)) / 2
    channels = {
        f"{side}_{name}": size * up + rest
        for side in ("left", "right")
        for name, size, rest in (
            ("shoulder_abduction", 70, 10),
            ("knee_flexion", 50, 10),
            ("hip_flexion", 50, 10),
        )
    }
    points = body_points(Person.from_seed(seed), channels, contact="feet", frames=frames)
    return Actor(seed, points + np.array([x_m, 0, 0]), np.ones(frames, bool))


def film(path: Path, actors: Sequence[Actor], *, frames: int) -> Path:
    renderer, rng = Renderer(CAMERA, seed=1), np.random.default_rng(0)
    with open_writer(path, fps=FPS, size=(CAMERA.width, CAMERA.height)) as writer:
        for at in range(frames):
            figures = [
                Figure(
                    who.points[at],
                    Look.from_seed(who.seed),
                    Person.from_seed(who.seed).build,
                )
                for who in actors
                if who.seen[at]
            ]
            writer.write(renderer.frame(figures, rng))
    return path


def truth(who: Actor) -> np.ndarray:
    """(time, keypoint, 2) pixels."""
    return CAMERA.project(who.points[:, : len(KEYPOINTS)])[..., :2]


def error_px(pose: PoseSequence, who: Actor) -> np.ndarray:
    """(time,) median over the major joints; nan where nobody was found."""
    gap = np.linalg.norm(pose.image[:, MAJOR, :2] - truth(who)[:, MAJOR], axis=2)
    return np.median(gap, axis=1)


ALONE = actor(1, frames=30)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("films") / "alone.mp4", [ALONE], frames=30)


@pytest.fixture(scope="module")
def pose(alone: Path) -> PoseSequence:
    return extract_pose(alone)


class TestOnePerson:
    def test_found_where_they_are(self, pose: PoseSequence) -> None:
        height_px = np.ptp(truth(ALONE)[0, :, 1])
        assert np.nanmedian(error_px(pose, ALONE)) < 0.03 * height_px
        assert np.isfinite(pose.image).all()

    def test_times_size_and_model(self, pose: PoseSequence) -> None:
        assert np.allclose(pose.time_s, np.arange(30) / FPS, atol=1e-3)
        assert pose.frame_size == (640, 480)
        assert pose.model == model_name() == "mediapipe-0.10.21/pose_full/video"
        assert (pose.people == 1).all()
        assert pose.notes == ()

    def test_world_axes(self, pose: PoseSequence) -> None:
        at = {name: np.median(pose.world[:, INDEX[name]], axis=0) for name in KEYPOINTS}
        assert at["nose"][1] > at["left_hip"][1] > at["left_ankle"][1]  # up
        assert at["left_shoulder"][0] > at["right_shoulder"][0]  # they face us: left is right
        assert at["nose"][2] > at["left_ear"][2]  # towards the camera

    def test_depth_in_pixels(self, pose: PoseSequence) -> None:
        nose, ear = pose.image[:, INDEX["nose"], 2], pose.image[:, INDEX["left_ear"], 2]
        assert (nose < ear).mean() > 0.9
        assert 1 < np.median(ear - nose) < 640

    def test_confidence(self, pose: PoseSequence) -> None:
        assert np.median(pose.confidence[:, MAJOR]) > 0.8
        assert pose.presence.min() >= 0
        assert pose.presence.max() <= 1


FRAMES = 40
ATHLETE = actor(1, frames=FRAMES, x_m=-0.6)
BYSTANDER = actor(2, frames=FRAMES, x_m=0.9, move=0.0)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "two.mp4"
    return film(path, [BYSTANDER, ATHLETE], frames=FRAMES)


class TestSeveralPeople:
    def test_the_one_who_moves(self, beside: Path) -> None:
        pose = extract_pose(beside)
        error = error_px(pose, ATHLETE)
        assert np.isfinite(error).mean() > 0.9
        assert np.nanmax(error) < 25
        assert (pose.people == 2).mean() > 0.9
        assert "another person was in the picture" in " ".join(pose.notes)

    def test_athlete_gone_and_bystander_left(self, tmp_path: Path) -> None:
        gone = np.arange(FRAMES) >= 28
        athlete = Actor(1, ATHLETE.points, ~gone)
        path = film(tmp_path / "left.mp4", [BYSTANDER, athlete], frames=FRAMES)
        error = error_px(extract_pose(path), ATHLETE)
        assert np.isfinite(error[~gone]).mean() > 0.9
        assert np.nanmax(error[~gone]) < 25
        assert np.isnan(error[gone][3:]).all()  # never the bystander in their place

    def test_order_of_videos_does_not_matter(
        self, beside: Path, alone: Path, pose: PoseSequence
    ) -> None:
        with open_video(beside) as video, PoseTracker() as tracker:
            for frame in video:
                tracker.update(frame)
                if frame.index == 5:
                    break
        again = extract_pose(alone)
        assert np.array_equal(again.image, pose.image)
        assert np.array_equal(again.world, pose.world)


def test_nobody(tmp_path: Path) -> None:
    path = film(tmp_path / "empty.mp4", [], frames=10)
    pose = extract_pose(path)
    assert len(pose) == 10
    assert np.isnan(pose.image).all()
    assert (pose.people == 0).all()
    assert (pose.confidence == 0).all()


def test_fast_video_is_thinned_out(tmp_path: Path) -> None:
    path = tmp_path / "fast.mp4"
    with open_writer(path, fps=240.0, size=(64, 48)) as writer:
        for _ in range(40):
            writer.write(np.zeros((48, 64, 3), np.uint8))
    seen: list[float] = []
    pose = extract_pose(path, progress=seen.append)
    assert 60 <= pose.fps <= 90
    assert pose.time_s[0] == 0
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_tracker_used_after_closing() -> None:
    tracker = PoseTracker()
    frame = Frame(0, 0.0, np.zeros((48, 64, 3), np.uint8))
    with tracker:
        assert tracker.update(frame).athlete is None
    with pytest.raises(ValueError, match="closed"):
        tracker.update(frame)


def test_silent(alone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with open_video(alone) as video, PoseTracker() as tracker:
        for frame in video:
            tracker.update(frame)
            if frame.index == 2:
                break
    assert capfd.readouterr().err == ""


class TestReadPose:
    def test_cached_and_mirrored(
        self, alone: Path, pose: PoseSequence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls: list[Path] = []

        def extract(path: Path, *, progress: Callable[[float], None] | None) -> PoseSequence:
            calls.append(path)
            return pose

        monkeypatch.setattr("dtwcoach.sources.mediapipe.extract_pose", extract)
        plain = read_pose(alone)
        turned = read_pose(str(alone), mirrored=True)
        assert len(calls) == 1
        assert np.array_equal(plain.image, pose.image)
        assert np.array_equal(turned.image, mirrored(pose).image)
        read_pose(alone, use_cache=False)
        assert len(calls) == 2

    def test_neither_video_nor_pose(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.mp4"
        path.write_text("bring water")
        with pytest.raises(SourceError, match="text file"):
            sources.read_pose(path)


class TestBundle:
    def test_kept_and_the_same(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path))
        first = pose_bundle()
        (path,) = (tmp_path / "models").iterdir()
        assert path.read_bytes() == first
        monkeypatch.setattr(model_bundle, "_build", lambda models: b"not needed")
        assert pose_bundle() == first

    def test_damaged_is_built_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path))
        first = pose_bundle()
        (path,) = (tmp_path / "models").iterdir()
        data = bytearray(first)
        data[5_000_000] ^= 1
        path.write_bytes(data)
        assert pose_bundle() == first == path.read_bytes()

    def test_folder_that_cannot_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path / "file"))
        assert len(pose_bundle()) > 9_000_000
