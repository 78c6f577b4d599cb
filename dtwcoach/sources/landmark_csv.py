"""A CSV of MediaPipe landmarks: `class,accuracy,sequence,pose_x0,pose_y0,pose_z0,pose_v0,...`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.pose import KEYPOINTS, FloatArray, PoseSequence
from dtwcoach.sources.keypoints import DEFAULT_FPS

MODEL = "mediapipe/landmarks-csv"

NOMINAL_SIZE = (1000, 1000)
"""Pixels of the picture, which the file does not tell; only a square keeps x and y as they are."""

KEYS = ("class", "accuracy", "sequence")
LANDMARKS = tuple(f"pose_{axis}{n}" for n in range(len(KEYPOINTS)) for axis in "xyzv")
COLUMNS = (*KEYS, *LANDMARKS)

EXPECTED = (
    f"{len(COLUMNS)} columns: class,accuracy,sequence,pose_x0,pose_y0,pose_z0,pose_v0,...,"
    "pose_x32,pose_y32,pose_z32,pose_v32 (the header may be left out)"
)


def read_landmark_csv(
    path: Path, *, fps: float | None = None, frame_size: tuple[int, int] | None = None
) -> list[tuple[str, str, str, PoseSequence]]:
    """Read every sequence of a landmark CSV.

    A sequence is a run of rows, one per frame, with the same class, accuracy and sequence.
    Landmarks that are all zero were not detected. Columns beyond the expected are ignored when
    there is a header.

    Parameters
    ----------
    path : Path
    fps : float, optional
        Frames per second; 30 is assumed, and noted, where it is not given.
    frame_size : (width, height), optional
        Pixels of the video. The file holds fractions of it; without it the picture is taken,
        and noted, as a square of 1000 pixels, which distorts angles of any other shape.

    Returns
    -------
    list of (class, accuracy, sequence, PoseSequence)

    Raises
    ------
    SourceError
        When the columns are others (the message shows the expected) or a row is damaged.
    """
    rows = _rows(path)
    line, first = rows[0]
    names = [cell.strip() for cell in first]
    has_header = not _is_number(names[-1])
    if has_header:
        rows = rows[1:]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise _unexpected(path, f"a header without {missing[0]} ({','.join(names[:6])},...)")
    elif len(names) != len(COLUMNS):
        raise _unexpected(path, f"{len(names)} columns without a header")
    else:
        names = list(COLUMNS)
    if not rows:
        raise SourceError(f"{path}: a header without rows arrived; needed one row per frame.")
    where = [names.index(name) for name in COLUMNS]
    runs: list[tuple[tuple[str, ...], list[list[float]]]] = []
    for line, row in rows:
        if len(row) != len(names):
            raise SourceError(f"{path}, line {line}: {len(row)} cells; needed {len(names)}.")
        cells = [row[place] for place in where]
        key = tuple(cell.strip() for cell in cells[: len(KEYS)])
        if not runs or runs[-1][0] != key:
            runs.append((key, []))
        runs[-1][1].append(_numbers(path, line, cells[len(KEYS) :]))
    return [
        (key[0], key[1], key[2], _sequence(np.array(values), fps, frame_size))
        for key, values in runs
    ]


def read_one_landmark_csv(
    path: Path, *, fps: float | None = None, frame_size: tuple[int, int] | None = None
) -> PoseSequence:
    """Read a landmark CSV that holds one sequence (errors as above, and when it holds more)."""
    found = read_landmark_csv(path, fps=fps, frame_size=frame_size)
    if len(found) > 1:
        names = "; ".join(f"{c} {a} {s} ({len(pose)} frames)" for c, a, s, pose in found[:8])
        more = ", ..." if len(found) > 8 else ""
        raise SourceError(
            f"{path} holds {len(found)} sequences ({names}{more}); needed one. Put each into a "
            "file of its own."
        )
    return found[0][3]


def _unexpected(path: Path, arrived: str) -> SourceError:
    return SourceError(f"{path}: {arrived} arrived; needed {EXPECTED}.")


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Line number and cells of every row that is not empty."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} is not readable as CSV: {error}.") from error
    if not rows:
        raise _unexpected(path, "an empty file")
    return rows


def _is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return False
    return True


def _numbers(path: Path, line: int, cells: Sequence[str]) -> list[float]:
    try:
        return [float(cell) if cell.strip() else float("nan") for cell in cells]
    except ValueError as error:
        bad = next(n for n, cell in enumerate(cells) if not _is_number(cell.strip()))
        raise SourceError(
            f"{path}, line {line}: {LANDMARKS[bad]} = {cells[bad]!r} arrived; needed a number."
        ) from error


def _sequence(
    values: FloatArray, fps: float | None, frame_size: tuple[int, int] | None
) -> PoseSequence:
    data = values.reshape(len(values), len(KEYPOINTS), 4)
    missing = ~np.isfinite(data).all(axis=2) | (data[..., :3] == 0).all(axis=2)
    width, height = frame_size or NOMINAL_SIZE
    image = data[..., :3] * (width, height, width)  # MediaPipe's z is in widths, like x
    image[missing] = np.nan
    notes: tuple[str, ...] = ()
    if not fps:
        notes += (f"no times in landmark CSV files: {DEFAULT_FPS:g} fps assumed",)
    if frame_size is None:
        notes += (f"picture size unknown: taken as {width} x {height} pixels",)
    return PoseSequence(
        time_s=np.arange(len(data)) / (fps or DEFAULT_FPS),
        image=image,
        world=np.full_like(image, np.nan),
        confidence=np.where(missing, 0.0, data[..., 3]).clip(0.0, 1.0),
        frame_size=(width, height),
        model=MODEL,
        notes=notes,
    )
