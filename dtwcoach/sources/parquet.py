"""dtwcoach's own pose file: a flat Parquet table that any program can open.

Columns: `time_s`, `people`, and for each keypoint `<keypoint>_x`, `_y`, `_z` (image, pixels),
`_world_x`, `_world_y`, `_world_z` (metres), `_confidence` and `_presence`. Poses with hands have
`<side>_hand_<keypoint>_x`, `_y`, `_z` as well, those with a face `face_<measure>`. Picture size,
model and notes are JSON in the metadata under the key `dtwcoach`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dtwcoach.errors import PoseDataError, SourceError
from dtwcoach.pose import FACE_MEASURES, HAND_KEYPOINTS, KEYPOINTS, SIDES, PoseSequence
from dtwcoach.settings import SCHEMA_VERSION
from dtwcoach.storage import write_atomically
from dtwcoach.tables import TableError, decode_table, encode_table

KIND = "pose"

MAX_FRAMES = 5_000_000
"""Frames of one recording; a file that claims more is not opened."""

QUANTITIES = ("x", "y", "z", "world_x", "world_y", "world_z", "confidence", "presence")
COLUMNS = (
    "time_s",
    "people",
    *(f"{keypoint}_{quantity}" for keypoint in KEYPOINTS for quantity in QUANTITIES),
)

OPTIONAL: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "hands": (
        tuple(
            f"{side}_hand_{keypoint}_{axis}"
            for side in SIDES
            for keypoint in HAND_KEYPOINTS
            for axis in "xyz"
        ),
        (len(SIDES), len(HAND_KEYPOINTS), 3),
    ),
    "face": (tuple(f"face_{name}" for name in FACE_MEASURES), (len(FACE_MEASURES),)),
}
"""Array that a pose may have -> its columns, and its shape in one frame."""


def write_pose(path: Path, pose: PoseSequence) -> None:
    """Write a pose sequence; `read_pose` gives exactly the same back.

    Raises
    ------
    StorageError
        When it cannot be written; what was there is intact.
    """
    header = {
        "schema": SCHEMA_VERSION,
        "kind": KIND,
        "frame_size": list(pose.frame_size),
        "model": pose.model,
        "notes": list(pose.notes),
    }
    values = np.concatenate(
        [pose.image, pose.world, pose.confidence[..., None], pose.presence[..., None]], axis=2
    )
    columns = values.reshape(len(pose), len(COLUMNS) - 2).T
    arrays = dict(zip(COLUMNS, [pose.time_s, pose.people, *columns], strict=True))
    for name, (names, _) in OPTIONAL.items():
        array = getattr(pose, name)
        if array is not None:
            arrays |= dict(zip(names, array.reshape(len(pose), -1).T, strict=True))
    write_atomically(path, encode_table(arrays, header=header))


def read_pose(path: Path) -> PoseSequence:
    """Read a pose file of dtwcoach's own.

    Raises
    ------
    SourceError
        When the file is missing, damaged, of a newer program, or no pose file; then the message
        shows the expected columns.
    """
    try:
        header, columns = decode_table(Path(path).read_bytes(), max_rows=MAX_FRAMES)
    except (TableError, OSError) as error:
        raise SourceError(f"{path} cannot be read as Parquet: {error}.") from error
    _check(path, header, list(columns))
    values = np.array([columns[name] for name in COLUMNS[2:]], dtype=np.float64)
    values = values.reshape(len(KEYPOINTS), len(QUANTITIES), len(columns["time_s"])).transpose(
        2, 0, 1
    )
    more = {
        name: np.array([columns[column] for column in names], dtype=np.float64).T.reshape(
            -1, *shape
        )
        for name, (names, shape) in OPTIONAL.items()
        if set(names) <= set(columns)
    }
    try:
        width, height = header["frame_size"]
        return PoseSequence(
            time_s=columns["time_s"],
            image=values[..., :3],
            world=values[..., 3:6],
            confidence=values[..., 6],
            frame_size=(int(width), int(height)),
            model=str(header["model"]),
            presence=values[..., 7],
            people=columns["people"],
            notes=tuple(map(str, header["notes"])),
            **more,
        )
    except (PoseDataError, KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{path} is no valid pose file: {error}.") from error


def _check(path: Path, header: dict[str, Any], names: list[str]) -> None:
    schema = header.get("schema")
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise SourceError(
            f"{path} was written by a newer dtwcoach (schema {schema}, this one knows "
            f"{SCHEMA_VERSION}). Update dtwcoach to read it."
        )
    if header.get("kind") != KIND or not set(COLUMNS) <= set(names):
        raise SourceError(
            f"{path}: a table with the columns {', '.join(names[:6])}, ... arrived; needed a pose "
            f"file written by dtwcoach, with {', '.join(COLUMNS[:10])}, ..."
        )
