"""COCO keypoint JSON: annotations or detection results with 17 keypoints per person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.sources.json_file import outline, read_json
from dtwcoach.sources.keypoints import COCO_17, DEFAULT_FPS, detection, sequence_of_athlete

MODEL = "coco-17"

EXPECTED = (
    'a list of {"image_id": 12, "keypoints": [x, y, v] * 17} (results), or an object with such '
    'a list under "annotations"'
)

PERSON = 1
"""COCO's category of people."""


def read_coco(
    path: Path, *, fps: float | None = None, frame_size: tuple[int, int] | None = None
) -> PoseSequence:
    """Read a COCO-17 keypoint file, one recording, frames in the order of `image_id`.

    Parameters
    ----------
    path : Path
    fps : float, optional
        Frames per second of the video; 30 is assumed, and noted, where it is not given. Image
        numbers count frames.
    frame_size : (width, height), optional
        Pixels of the video; else from the file's list of images, else unknown, (0, 0).

    Raises
    ------
    SourceError
        When the file is of another layout.
    """
    document = read_json(path)
    is_object = isinstance(document, dict)
    rows = document.get("annotations") if is_object else document
    images = document.get("images", []) if is_object else []
    try:
        frames: dict[int, list[FloatArray]] = {_number(row["id"]): [] for row in images}
        rows = [row for row in rows if row.get("category_id", PERSON) == PERSON]
        arrays = [np.array(row["keypoints"], dtype=np.float64) for row in rows]
        numbers = [_number(row["image_id"]) for row in rows]
        frame_size = frame_size or _frame_size(images)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceError(f"{path}: {outline(document)} arrived; needed {EXPECTED}.") from error
    if not (frames or arrays):
        raise SourceError(f"{path}: no frames arrived; needed {EXPECTED}.")
    if others := [array.size for array in arrays if array.size != 3 * len(COCO_17)]:
        raise SourceError(
            f"{path}: a person with {others[0]} numbers arrived; needed {3 * len(COCO_17)}: "
            f"{EXPECTED}."
        )
    arrays = _scores([array.reshape(-1, 3) for array in arrays])
    for number, array in zip(numbers, arrays, strict=True):
        frames.setdefault(number, []).append(detection(array, COCO_17))
    order = np.array(sorted(frames), dtype=np.float64)
    return sequence_of_athlete(
        [frames[int(number)] for number in order],
        time_s=(order - order[0]) / (fps or DEFAULT_FPS),
        frame_size=frame_size,
        model=MODEL,
        notes=() if fps else (f"no times in COCO files: {DEFAULT_FPS:g} fps assumed",),
    )


def _number(image_id: Any) -> int:
    """The frame's number: the id, or the last digits of a file name.

    >>> _number(7), _number("clip_0012.jpg")
    (7, 12)
    """
    digits = re.findall(r"\d+", str(image_id))
    if not digits:
        raise ValueError(f"no number in {image_id!r}")
    return int(digits[-1])


def _scores(arrays: list[FloatArray]) -> list[FloatArray]:
    """Visibility 0, 1, 2 of annotations as 0, 0.5, 1; scores of results as they are."""
    values = np.concatenate([array[:, 2] for array in arrays]) if arrays else np.zeros(0)
    if set(np.unique(values)) <= {0.0, 1.0, 2.0} and (values == 2).any():
        return [array * (1.0, 1.0, 0.5) for array in arrays]
    return arrays


def _frame_size(images: list[dict[str, Any]]) -> tuple[int, int]:
    sizes = {(int(row.get("width", 0)), int(row.get("height", 0))) for row in images}
    return sizes.pop() if len(sizes) == 1 else (0, 0)
