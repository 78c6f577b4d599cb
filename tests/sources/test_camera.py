"""A file played as a camera, and a device that is pretended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtwcoach.errors import SourceError
from dtwcoach.sources.camera import Camera, End, open_camera
from dtwcoach.sources.video import open_writer

SIZE = (64, 48)


def clip(path: Path, *, frames: int, fps: float) -> Path:
    """Pictures that get lighter, so that each says which it is."""
    with open_writer(path, fps=fps, size=SIZE) as writer:
        for number in range(frames):
            writer.write(np.full((48, 64, 3), 10 * number + 10, np.uint8))
    return path


def wait_for_the_end(camera: Camera) -> None:
    """Let everything come before anything more is taken."""
    assert camera._reader is not None
    camera._reader.join(10)


class Device:
    """Stands in for `cv2.VideoCapture`: gives so many pictures and is gone."""

    pictures = 5
    opens = True
    released: int

    def __init__(self) -> None:
        self.left, self.released = self.pictures, 0
        Device.last = self

    last: Device

    def open(self, source: int, *_: Any) -> bool:
        return self.opens

    def get(self, what: int) -> float:
        import cv2

        return {cv2.CAP_PROP_FRAME_WIDTH: 64.0, cv2.CAP_PROP_FRAME_HEIGHT: 48.0}.get(what, 0.0)

    def set(self, what: int, value: float) -> bool:
        return True

    def grab(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def retrieve(self) -> tuple[bool, Any]:
        return True, np.zeros((48, 64, 3), np.uint8)

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> type[Device]:
    monkeypatch.setattr("cv2.VideoCapture", Device)
    return Device


def test_without_pace_a_file_gives_every_frame(tmp_path: Path) -> None:
    file = clip(tmp_path / "clip.avi", frames=12, fps=25.0)
    with open_camera(file, paced=False) as camera:
        assert (camera.name, camera.size) == ("clip.avi", (64, 48))
        assert camera.end is None
        times = [frame.time_s for frame in camera]
    assert times == pytest.approx(np.arange(12) / 25.0)
    assert camera.frames_dropped == 0
    assert camera.end is End.FILE_OVER


def test_whoever_is_late_gets_the_newest_frame_and_the_number_of_those_missed(
    tmp_path: Path,
) -> None:
    file = clip(tmp_path / "clip.avi", frames=20, fps=400.0)
    with open_camera(file) as camera:
        frames = iter(camera)
        first = next(frames)
        wait_for_the_end(camera)
        (last,) = frames
    assert last.index == 19
    assert last.image.mean() == pytest.approx(200, abs=8)
    assert camera.frames_dropped == 18 - first.index
    assert camera.end is End.FILE_OVER


def test_a_paced_file_keeps_its_time(tmp_path: Path) -> None:
    import time

    file = clip(tmp_path / "clip.avi", frames=6, fps=50.0)
    started_s = time.monotonic()
    with open_camera(file) as camera:
        last_s = [frame.time_s for frame in camera][-1]
    assert last_s == pytest.approx(0.1)
    assert time.monotonic() - started_s > 0.09  # never early; late on a busy machine


def test_a_camera_that_is_pulled_out_ends_and_says_so(device: type[Device]) -> None:
    with open_camera(0) as camera:
        frames = list(camera)
    assert camera.name == "camera 0"
    assert len(frames) + camera.frames_dropped == 5
    assert (np.diff([frame.time_s for frame in frames]) > 0).all()
    assert camera.end is End.CAMERA_LOST
    assert device.last.released == 1


def test_ctrl_c_releases_the_camera(device: type[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "pictures", 10**9)
    cameras = []

    def interrupted() -> None:
        with open_camera(0) as camera:
            cameras.append(camera)
            next(iter(camera))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert device.last.released == 1
    assert cameras[0]._reader is not None
    assert not cameras[0]._reader.is_alive()


def test_a_camera_that_is_not_there_is_named(
    device: type[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "opens", False)
    with pytest.raises(SourceError, match="camera 3: could not be opened"), open_camera(3):
        pass


def test_what_goes_wrong_while_reading_is_raised_where_frames_are_taken(
    device: type[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Device) -> tuple[bool, Any]:
        if self.left < 2:
            raise SourceError("camera 0: burnt")
        return True, np.zeros((48, 64, 3), np.uint8)

    monkeypatch.setattr(device, "retrieve", broken)
    with open_camera(0) as camera, pytest.raises(SourceError, match="burnt"):
        list(camera)
