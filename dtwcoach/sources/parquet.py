"""dtwcoach's own pose file: a flat Parquet table that any program can open.

Columns: `time_s`, `people`, and for each keypoint `<keypoint>_x`, `_y`, `_z` (image, pixels),
`_world_x`, `_world_y`, `_world_z` (metres), `_confidence` and `_presence`. Picture size, model
and notes are JSON in the metadata under the key `dtwcoach`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from dtwcoach.errors import PoseDataError, SourceError
from dtwcoach.pose import KEYPOINTS, PoseSequence
from dtwcoach.settings import SCHEMA_VERSION
from dtwcoach.storage import write_atomically

METADATA_KEY = b"dtwcoach"
KIND = "pose"

QUANTITIES = ("x", "y", "z", "world_x", "world_y", "world_z", "confidence", "presence")
COLUMNS = (
    "time_s",
    "people",
    *(f"{keypoint}_{quantity}" for keypoint in KEYPOINTS for quantity in QUANTITIES),
)


def write_pose(path: Path, pose: PoseSequence) -> None:
    """Write a pose sequence; `read_pose` gives exactly the same back.

    Raises
    ------
    StorageError
        When it cannot be written; what was there is intact.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

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
    table = pa.Table.from_arrays(
        [pa.array(pose.time_s), pa.array(pose.people), *map(pa.array, columns)],
        names=list(COLUMNS),
        metadata={METADATA_KEY: json.dumps(header)},
    )
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    write_atomically(path, sink.getvalue().to_pybytes())


def read_pose(path: Path) -> PoseSequence:
    """Read a pose file of dtwcoach's own.

    Raises
    ------
    SourceError
        When the file is missing, damaged, of a newer program, or no pose file; then the message
        shows the expected columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        data = pa.py_buffer(Path(path).read_bytes())
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        names = file.schema_arrow.names
        header = _header(path, file.schema_arrow.metadata, names)
        table = file.read(columns=list(COLUMNS))
        columns = {name: table.column(name).to_numpy() for name in COLUMNS}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as Parquet: {error}.") from error
    values = np.array([columns[name] for name in COLUMNS[2:]], dtype=np.float64)
    values = values.reshape(len(KEYPOINTS), len(QUANTITIES), table.num_rows).transpose(2, 0, 1)
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
        )
    except (PoseDataError, KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{path} is no valid pose file: {error}.") from error


def _header(path: Path, metadata: dict[bytes, bytes] | None, names: list[str]) -> dict[str, Any]:
    try:
        header = dict(json.loads((metadata or {})[METADATA_KEY]))
    except (KeyError, TypeError, ValueError):
        header = {}
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
    return header
