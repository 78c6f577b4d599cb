"""Poses remembered by content."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.pose import KEYPOINTS, PoseSequence
from dtwcoach.sources import cache
from dtwcoach.sources.cache import cache_folder, cached_pose, write_atomically

ARRAYS = ("time_s", "image", "world", "confidence", "presence", "people")


def some_pose(seed: int = 0, frames: int = 5) -> PoseSequence:
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(frames, len(KEYPOINTS), 3))
    image[1] = np.nan
    return PoseSequence(
        time_s=np.cumsum(rng.uniform(0.01, 0.1, frames)),
        image=image,
        world=rng.normal(size=image.shape),
        confidence=rng.uniform(size=image.shape[:2]),
        presence=rng.uniform(size=image.shape[:2]),
        people=rng.integers(0, 3, frames),
        frame_size=(640, 480),
        model="some model",
        notes=("ein Hinweis: ü",),
    )


class Extractor:
    """Gives a pose and counts how often it was asked."""

    def __init__(self, pose: PoseSequence | None = None) -> None:
        self.pose, self.calls = pose or some_pose(), 0

    def __call__(self) -> PoseSequence:
        self.calls += 1
        return self.pose


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "poses"


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"the content counts")
    return path


def same(a: PoseSequence, b: PoseSequence) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True) for name in ARRAYS
    ) and (a.frame_size, a.model) == (b.frame_size, b.model)


def test_second_time_from_the_cache_and_exactly_the_same(video: Path) -> None:
    extract = Extractor()
    first = cached_pose(video, extract=extract, made_by="m")
    second = cached_pose(video, extract=extract, made_by="m")
    assert extract.calls == 1
    assert same(first, second)
    assert second.notes == first.notes == ("ein Hinweis: ü",)


def test_name_and_place_do_not_matter(video: Path, tmp_path: Path) -> None:
    extract = Extractor()
    cached_pose(video, extract=extract, made_by="m")
    cached_pose(Path(shutil.copy(video, tmp_path / "b.mov")), extract=extract, made_by="m")
    assert extract.calls == 1


def test_content_and_settings_matter(video: Path) -> None:
    extract = Extractor()
    cached_pose(video, extract=extract, made_by="m")
    cached_pose(video, extract=extract, made_by="other settings")
    video.write_bytes(b"the content counts!")
    cached_pose(video, extract=extract, made_by="m")
    assert extract.calls == 3


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "pickle", "missing array"])
def test_damaged_entry_is_made_again_and_noted(video: Path, folder: Path, damage: str) -> None:
    extract = Extractor()
    cached_pose(video, extract=extract, made_by="m")
    (entry,) = folder.iterdir()
    data = bytearray(entry.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    elif damage == "cut":
        del data[-100:]
    elif damage == "empty":
        data.clear()
    if damage == "pickle":
        np.savez(entry, rest=np.array([{"a": 1}], dtype=object))
    elif damage == "missing array":
        np.savez(entry, time_s=np.zeros(3))
    else:
        entry.write_bytes(data)
    again = cached_pose(video, extract=extract, made_by="m")
    assert extract.calls == 2
    assert same(again, extract.pose)
    assert "damaged" in again.notes[-1]
    third = cached_pose(video, extract=extract, made_by="m")
    assert extract.calls == 2
    assert third.notes == extract.pose.notes


def test_oldest_used_go_first(video: Path, folder: Path) -> None:
    extract = Extractor()
    for number in range(3):
        cached_pose(video, extract=extract, made_by=f"m{number}")
    for age, entry in enumerate(sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)):
        os.utime(entry, (1000 + age, 1000 + age))
    cached_pose(video, extract=extract, made_by="m0")  # used again: now the newest
    size = next(folder.iterdir()).stat().st_size
    cached_pose(video, extract=extract, made_by="m3", limit_bytes=2 * size + size // 2)
    assert len(list(folder.iterdir())) == 2
    assert extract.calls == 4
    cached_pose(video, extract=extract, made_by="m0")
    assert extract.calls == 4


def test_cache_that_cannot_be_written(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DTWCOACH_CACHE", str(tmp_path / "file"))
    extract = Extractor()
    assert same(cached_pose(video, extract=extract, made_by="m"), extract.pose)


def test_failed_extraction_leaves_nothing(video: Path, folder: Path) -> None:
    def fail() -> PoseSequence:
        raise SourceError("no")

    with pytest.raises(SourceError):
        cached_pose(video, extract=fail, made_by="m")
    assert not folder.exists()


def test_missing_video(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        cached_pose(tmp_path / "none.mp4", extract=Extractor(), made_by="m")


def test_write_atomically_keeps_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "fsync", full)
    with pytest.raises(StorageError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_folder_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DTWCOACH_CACHE")
    assert cache_folder().name == "dtwcoach"


def test_a_cached_read_loads_nothing_heavy(video: Path) -> None:
    cached_pose(video, extract=Extractor(), made_by="m")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from dtwcoach.sources.cache import cached_pose\n"
        f"print(len(cached_pose(Path({str(video)!r}), extract=None, made_by='m')))\n"
        "print([m for m in ('cv2', 'mediapipe', 'pandas', 'scipy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["5", "[]"]
