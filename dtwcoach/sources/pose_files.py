"""Pose files of any known format: one table of readers, and the function that picks one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dtwcoach import pose as poses
from dtwcoach.errors import SourceError
from dtwcoach.pose import PoseSequence
from dtwcoach.sources import coco, landmark_csv, openpose, parquet


@dataclass(frozen=True)
class Reader:
    """One format: what people call it, how it is recognised, what it needs, how it is read.

    `read` takes the path and the keywords `fps` and `frame_size`, both None where not given.
    """

    title: str
    accepts: Callable[[Path], bool]
    expected: str
    read: Callable[..., PoseSequence]


def _ends_with(suffix: str) -> Callable[[Path], bool]:
    return lambda path: path.suffix.lower() == suffix and not path.is_dir()


def _read_parquet(path: Path, **_: Any) -> PoseSequence:
    return parquet.read_pose(path)  # has its own times and picture size


READERS: dict[str, Reader] = {
    "openpose": Reader(
        "OpenPose JSON folder",
        lambda path: path.is_dir() and any(path.glob("*.json")),
        openpose.EXPECTED,
        openpose.read_openpose,
    ),
    "landmark-csv": Reader(
        "CSV of MediaPipe landmarks",
        _ends_with(".csv"),
        landmark_csv.EXPECTED,
        landmark_csv.read_one_landmark_csv,
    ),
    "coco": Reader("COCO-17 keypoint JSON", _ends_with(".json"), coco.EXPECTED, coco.read_coco),
    "parquet": Reader(
        "dtwcoach Parquet", _ends_with(".parquet"), "a file by dtwcoach", _read_parquet
    ),
}
"""Every format by its name; a new one is one more row."""


def is_pose_file(path: Path) -> bool:
    """Whether the path looks like a pose file (or folder) rather than a video."""
    return any(reader.accepts(Path(path)) for reader in READERS.values())


def read_pose_file(
    path: Path,
    *,
    mirrored: bool = False,
    fps: float | None = None,
    frame_size: tuple[int, int] | None = None,
) -> PoseSequence:
    """Read a pose file of any known format.

    Parameters
    ----------
    path : Path
        A `.csv`, `.json` or `.parquet` file, or a folder of OpenPose JSON files.
    mirrored : bool
        Whether the video was a mirror image (selfie): sides and x are swapped together.
    fps : float, optional
        Frames per second, for formats that carry no times (30 assumed and noted).
    frame_size : (width, height), optional
        Pixels of the video, for formats that do not tell.

    Raises
    ------
    SourceError
        When the format is unknown, or the file is not what its format needs.
    """
    path = Path(path)
    if fps is not None and not 0 < fps < float("inf"):
        raise SourceError(f"fps = {fps!r} arrived; needed a number above 0.")
    if frame_size is not None and min(frame_size) <= 0:
        raise SourceError(f"frame size {frame_size} arrived; needed a width and height above 0.")
    for reader in READERS.values():
        if reader.accepts(path):
            pose = reader.read(path, fps=fps, frame_size=frame_size)
            return poses.mirrored(pose) if mirrored else pose
    if not path.exists():
        raise SourceError(f"{path} does not exist.")
    known = "; ".join(f"{reader.title} ({reader.expected})" for reader in READERS.values())
    raise SourceError(f"{path} is no known pose file. Known: {known}.")
