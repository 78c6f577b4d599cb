"""One reference repetition as one Parquet file, sealed by checksums.

Columns: `time_s`, one per feature, and `<keypoint>_left`, `_up`, `_forward` for the keypoints
that were seen at all. Everything else is JSON in the schema metadata under the key `dtwcoach`.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtwcoach.errors import LibraryError
from dtwcoach.matching.references import Reference, ReferenceInfo
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import INDEX, KEYPOINTS
from dtwcoach.settings import SCHEMA_VERSION
from dtwcoach.tables import TableError, decode_table, encode_table, read_header

SUFFIX = ".parquet"
BODY_AXES = ("left", "up", "forward")

MAX_FRAMES = 20_000
"""Frames of one repetition; a file that claims more is not opened (it may be a bomb)."""

Float32Array = NDArray[np.float32]


def with_content_id(reference: Reference) -> Reference:
    """Return the reference as it will be read back: single precision, id from its content.

    The same repetition, model and settings give the same id, whoever adds it.
    """
    series = FeatureSeries(
        time_s=reference.series.time_s,
        values=reference.series.values.astype(np.float32).astype(np.float64),
        names=reference.series.names,
    )
    positions = reference.positions.astype(np.float32).astype(np.float64)
    positions.setflags(write=False)
    times, values = _content(Reference(reference.info, series, positions))
    context = f"{reference.info.model}|{reference.info.settings}"
    digest = _digest(_columns(Reference(reference.info, series, positions)), times, values, context)
    return Reference(replace(reference.info, id=digest[:12]), series, positions)


def encode_reference(reference: Reference) -> bytes:
    """Bytes of the reference's file; give it an id first (`with_content_id`)."""
    names = _columns(reference)
    if len({"time_s", *names}) != len(names) + 1:
        raise LibraryError(f"Reference {reference.info.id}: two columns have the same name.")
    times, values = _content(reference)
    header = {
        "schema": SCHEMA_VERSION,
        "info": {k: None if _is_nan(v) else v for k, v in asdict(reference.info).items()},
        "features": list(reference.series.names),
        "data_sha256": _digest(names, times, values),
    }
    header["seal"] = _seal(header)
    columns = {"time_s": times, **dict(zip(names, values.T, strict=True))}
    return encode_table(columns, header=header)


def decode_reference(data: bytes, *, where: str) -> Reference:
    """Read a reference from the bytes of its file.

    Raises
    ------
    LibraryError
        When it is no reference file, is damaged, or was written by a newer program; the
        message names the file by `where`.
    """
    try:
        header, columns = decode_table(data, max_rows=MAX_FRAMES)
    except TableError as error:
        raise _damaged(where, str(error)) from error
    header = _checked(header, where)
    names = list(columns)[1:]
    times = np.asarray(columns.get("time_s", ()), dtype=np.float64)
    values = np.empty((len(times), len(names)), dtype=np.float32)
    for number, name in enumerate(names):
        values[:, number] = columns[name]
    if _digest(names, times, values) != header["data_sha256"]:
        raise _damaged(where, "its checksum does not match its content")
    features = tuple(header["features"])
    series = FeatureSeries(times, values[:, : len(features)].astype(np.float64), features)
    positions = np.full((len(times), len(KEYPOINTS), 3), np.nan)
    for number, name in enumerate(names[len(features) :], start=len(features)):
        keypoint, _, axis = name.rpartition("_")
        if keypoint not in INDEX or axis not in BODY_AXES:
            raise _damaged(where, f"unknown column {name!r}")
        positions[:, INDEX[keypoint], BODY_AXES.index(axis)] = values[:, number]
    positions.setflags(write=False)
    return Reference(_info(header, where), series, positions)


def read_info(path: Path) -> ReferenceInfo:
    """Read what a reference file says about itself, without its data (errors as above)."""
    try:
        header = read_header(path)
    except TableError as error:
        raise _damaged(str(path), str(error)) from error
    return _info(_checked(header, str(path)), str(path))


def read_reference(path: Path) -> Reference:
    """Read and verify one reference file (errors as above)."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}.") from error
    return decode_reference(data, where=str(path))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _damaged(where: str, reason: str) -> LibraryError:
    return LibraryError(
        f"{where} is damaged ({reason}). Restore it from a backup, or delete this one file "
        "and add the repetition again."
    )


def _columns(reference: Reference) -> list[str]:
    seen = np.isfinite(reference.positions).any(axis=(0, 2))
    points = [name for name, some in zip(KEYPOINTS, seen, strict=True) if some]
    return [
        *reference.series.names,
        *(f"{p}_{axis}" for p in points for axis in BODY_AXES),
    ]


def _content(reference: Reference) -> tuple[NDArray[np.float64], Float32Array]:
    """Times, and all columns beside them, (time, column)."""
    frames = len(reference.series)
    if reference.positions.shape != (frames, len(KEYPOINTS), 3):
        raise LibraryError(
            f"Reference {reference.info.id}: positions have shape {reference.positions.shape}; "
            f"needed {(frames, len(KEYPOINTS), 3)}."
        )
    seen = np.isfinite(reference.positions).any(axis=(0, 2))
    body = reference.positions[:, seen].reshape(frames, 3 * int(seen.sum()))
    values = np.hstack([reference.series.values, body]).astype(np.float32)
    return np.asarray(reference.series.time_s, dtype=np.float64), values


def _digest(
    names: list[str],
    times: NDArray[np.float64],
    values: Float32Array,
    context: str = "",
) -> str:
    digest = hashlib.sha256(json.dumps([names, context]).encode())
    digest.update(times.astype("<f8").tobytes())
    # One bit pattern for "not known": NaN has many.
    digest.update(np.where(np.isnan(values), np.float32(np.nan), values).astype("<f4").tobytes())
    return digest.hexdigest()


def _seal(header: dict[str, Any]) -> str:
    rest = {key: value for key, value in header.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _checked(header: dict[str, Any], where: str) -> dict[str, Any]:
    """The header, when this program can read the file and nobody changed it."""
    try:
        schema = int(header["schema"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(where, "it carries no dtwcoach metadata") from error
    if schema > SCHEMA_VERSION:
        raise LibraryError(
            f"{where} was written by a newer dtwcoach (schema {schema}, this one knows "
            f"{SCHEMA_VERSION}); it is left as it is. Update dtwcoach to use it."
        )
    if schema < SCHEMA_VERSION:
        source = header.get("info", {}).get("source") or "VIDEO"
        raise LibraryError(
            f"{where} has schema {schema}, this dtwcoach needs {SCHEMA_VERSION}. Delete it and "
            f"rebuild it with `dtwcoach reference add EXERCISE {source}`."
        )
    if header.get("seal") != _seal(header):
        raise _damaged(where, "the checksum of its metadata does not match")
    return header


def _info(header: dict[str, Any], where: str) -> ReferenceInfo:
    try:
        row = dict(header["info"])
        if row.get("view_yaw_deg") is None:
            row["view_yaw_deg"] = float("nan")
        return ReferenceInfo(**row)
    except (KeyError, TypeError) as error:
        raise _damaged(where, f"incomplete metadata: {error}") from error
