"""OpenPose: a folder with one JSON file per frame (`--write_json`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.sources.json_file import outline, read_json
from dtwcoach.sources.keypoints import (
    BODY_25,
    COCO_18,
    DEFAULT_FPS,
    detection,
    sequence_of_athlete,
)

LAYOUTS = {25: ("openpose/BODY_25", BODY_25), 18: ("openpose/COCO-18", COCO_18)}
"""Number of keypoints -> model and layout."""

EXPECTED = (
    'a folder of files like clip_000000000012_keypoints.json, each {"people": '
    '[{"pose_keypoints_2d": [x, y, score, ...]}]} with 25 (BODY_25) or 18 (COCO) keypoints'
)

_NAME = re.compile(r"(.*?)(\d+)(?:_keypoints)?\.json", re.IGNORECASE)


def read_openpose(
    path: Path, *, fps: float | None = None, frame_size: tuple[int, int] | None = None
) -> PoseSequence:
    """Read a folder of OpenPose JSON files.

    Parameters
    ----------
    path : Path
    fps : float, optional
        Frames per second of the video; 30 is assumed, and noted, where it is not given.
    frame_size : (width, height), optional
        Pixels of the video; not in the files, so (0, 0) where not given.

    Raises
    ------
    SourceError
        When there are no such files, they are of several recordings, or of another layout.
    """
    files = _numbered_files(path)
    people: list[list[FloatArray]] = []
    counts: set[int] = set()
    unreadable: list[str] = []
    for file in files.values():
        try:
            document = read_json(file)
        except SourceError:
            unreadable.append(file.name)
            people.append([])
            continue
        rows = _rows(document, file)
        counts |= {len(row) for row in rows}
        if len(counts) > 1 or not counts <= LAYOUTS.keys():
            raise SourceError(
                f"{file}: people with {', '.join(map(str, sorted(counts)))} keypoints arrived; "
                f"needed {EXPECTED}."
            )
        people.append([detection(row, LAYOUTS[len(row)][1]) for row in rows])
    if len(unreadable) == len(files):
        raise SourceError(f"{path}: none of the {len(files)} files is readable as JSON.")
    notes: tuple[str, ...] = (
        () if fps else (f"no times in OpenPose files: {DEFAULT_FPS:g} fps assumed",)
    )
    if unreadable:
        notes += (f"{len(unreadable)} unreadable files skipped, first {unreadable[0]}",)
    _refuse_normalised(path, people)
    numbers = np.array(list(files), dtype=np.float64)
    return sequence_of_athlete(
        people,
        time_s=(numbers - numbers[0]) / (fps or DEFAULT_FPS),
        frame_size=frame_size or (0, 0),
        model=LAYOUTS[counts.pop() if counts else 25][0],
        notes=notes,
    )


def _numbered_files(path: Path) -> dict[int, Path]:
    """Frame number -> file, in order."""
    matches = [(m, file) for file in path.glob("*.json") if (m := _NAME.fullmatch(file.name))]
    clips = sorted({match[1] for match, _ in matches})
    if not matches:
        raise SourceError(f"{path} holds no numbered .json files; needed {EXPECTED}.")
    if len(clips) > 1:
        raise SourceError(
            f"{path} holds frames of {len(clips)} recordings ({', '.join(clips[:5])}); needed "
            "one. Put each into a folder of its own."
        )
    files = {int(match[2]): file for match, file in matches}
    if len(files) < len(matches):
        raise SourceError(f"{path}: two files have the same frame number; needed one per frame.")
    return dict(sorted(files.items()))


def _rows(document: Any, file: Path) -> list[FloatArray]:
    """(keypoint, 3) numbers of each person in one file."""
    try:
        people = document["people"]
        lists = [p.get("pose_keypoints_2d", p.get("pose_keypoints")) for p in people]
        return [np.array(row, dtype=np.float64).reshape(-1, 3) for row in lists if row]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceError(f"{file}: {outline(document)} arrived; needed {EXPECTED}.") from error


def _refuse_normalised(path: Path, people: list[list[FloatArray]]) -> None:
    """Coordinates scaled to [0, 1] or [-1, 1] have lost the picture's proportions."""
    largest = [np.nanmax(np.abs(p[:, :2])) for f in people for p in f if np.isfinite(p[:, 0]).any()]
    if largest and max(largest) <= 1.0:
        raise SourceError(
            f"{path}: coordinates within 0 and 1 arrived; needed pixels. Run OpenPose with "
            "--keypoint_scale 0."
        )
