"""A CSV of MediaPipe landmarks: `class,accuracy,sequence,pose_x0,pose_y0,pose_z0,pose_v0,...`.

The landmarks of the left and the right hand may follow. `sources.take_csv` reads the same files
with what they say about right and wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.pose import HAND_KEYPOINTS, KEYPOINTS, SIDES, FloatArray, PoseSequence
from dtwcoach.sources.keypoints import DEFAULT_FPS

MODEL = "mediapipe/landmarks-csv"

NOMINAL_SIZE = (1000, 1000)
"""Pixels of the picture, which the file does not tell; only a square keeps x and y as they are."""

KEYS = ("class", "accuracy", "sequence")
LANDMARKS = tuple(f"pose_{axis}{n}" for n in range(len(KEYPOINTS)) for axis in "xyzv")
COLUMNS = (*KEYS, *LANDMARKS)
HANDS = tuple(
    f"{side}_hand_{axis}{n}" for side in SIDES for n in range(len(HAND_KEYPOINTS)) for axis in "xyz"
)
LABELS = "_R", "_W"
"""How the names of label columns, and of classes, end for right and wrong."""

EXPECTED = (
    f"{len(COLUMNS)} columns: class,accuracy,sequence,pose_x0,pose_y0,pose_z0,pose_v0,...,"
    f"pose_x32,pose_y32,pose_z32,pose_v32, or {len(COLUMNS) + len(HANDS)} with x, y, z of 21 "
    "landmarks of the left and 21 of the right hand (the header may be left out)"
)


def read_landmark_csv(
    path: Path, *, fps: float | None = None, frame_size: tuple[int, int] | None = None
) -> list[tuple[str, str, str, PoseSequence]]:
    """Read every sequence of a landmark CSV.

    A sequence is a run of rows, one per frame, with the same class, accuracy and sequence.
    Landmarks that are all zero were not detected. Where there is a header, columns may stand in
    any order and others are ignored; `accuracy` may be missing, and in place of `class` there may
    be a column for each class and label (`wave_R`, `wave_W`), 1 in one of them. Hands are the
    columns of their names, or the 126 after the body's, whatever they are called.

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
        The class is the label column's name where there are such.

    Raises
    ------
    SourceError
        When the columns are others (the message shows the expected) or a row is damaged.
    """
    rows = _rows(path)
    _, first = rows[0]
    names = [cell.strip() for cell in first]
    has_header = not _is_number(names[-1])
    if has_header:
        rows = rows[1:]
    else:
        names = _names_without_header(path, len(names))
    where = _where(path, names)
    if not rows:
        raise SourceError(f"{path}: a header without rows arrived; needed one row per frame.")
    choices = [] if "class" in names else _label_columns(names)
    keys = {name: names.index(name) for name in (*KEYS, *choices) if name in names}
    runs: list[tuple[tuple[str, ...], list[list[float]]]] = []
    for line, row in rows:
        if len(row) != len(names):
            raise SourceError(f"{path}, line {line}: {len(row)} cells; needed {len(names)}.")
        if has_header and row == first:
            raise SourceError(
                f"{path}, line {line}: the header again; needed one at the top only. Were two "
                "files put together? Take this line out, or keep them apart."
            )
        cells = {name: row[place].strip() for name, place in keys.items()}
        name = cells["class"] if not choices else _chosen(path, line, cells, choices)
        key = (name, cells.get("accuracy", ""), cells["sequence"])
        if not runs or runs[-1][0] != key:
            runs.append((key, []))
        runs[-1][1].append(_numbers(path, line, names, row, where))
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
            "file of its own; only `dtwcoach reference add` takes them all."
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


def _names_without_header(path: Path, count: int) -> list[str]:
    for names in (COLUMNS, (*COLUMNS, *HANDS)):
        if count == len(names):
            return list(names)
    raise _unexpected(path, f"{count} columns without a header")


def _where(path: Path, names: Sequence[str]) -> list[int]:
    """Places of the body's columns, and of the hands' where there are any."""
    needed = ("sequence", *LANDMARKS)
    if not _label_columns(names):
        needed = ("class", *needed)
    missing = [name for name in needed if name not in names]
    if missing:
        raise _unexpected(path, f"a header without {missing[0]} ({','.join(names[:6])},...)")
    where = [names.index(name) for name in LANDMARKS]
    if all(name in names for name in HANDS):
        return where + [names.index(name) for name in HANDS]
    after = where[-1] + 1
    return where + (list(range(after, len(names))) if len(names) - after == len(HANDS) else [])


def _label_columns(names: Sequence[str]) -> list[str]:
    return [name for name in names if name.endswith(LABELS)]


def _chosen(path: Path, line: int, cells: dict[str, str], choices: Sequence[str]) -> str:
    """The label column that is 1 in a row."""
    ones = [name for name in choices if _is_number(cells[name]) and float(cells[name] or 0) == 1]
    if len(ones) != 1:
        said = ", ".join(f"{name} = {cells[name]!r}" for name in choices[:6])
        raise SourceError(f"{path}, line {line}: {said} arrived; needed 1 in exactly one of them.")
    return ones[0]


def _numbers(
    path: Path, line: int, names: Sequence[str], row: Sequence[str], where: Sequence[int]
) -> list[float]:
    try:
        return [float(row[place]) if row[place].strip() else float("nan") for place in where]
    except ValueError as error:
        bad = next(place for place in where if not _is_number(row[place].strip()))
        raise SourceError(
            f"{path}, line {line}: {names[bad]} = {row[bad][:40]!r} arrived; needed a number."
        ) from error


def _sequence(
    values: FloatArray, fps: float | None, frame_size: tuple[int, int] | None
) -> PoseSequence:
    width, height = frame_size or NOMINAL_SIZE
    pixels = np.array([width, height, width])  # MediaPipe's z is in widths, like x
    body, hand = values[:, : len(LANDMARKS)], values[:, len(LANDMARKS) :]
    data = body.reshape(len(values), len(KEYPOINTS), 4)
    missing = _missing(data) | ~np.isfinite(data[..., 3])
    image = data[..., :3] * pixels
    image[missing] = np.nan
    hands = None
    if hand.size:
        hands = hand.reshape(len(values), len(SIDES), len(HAND_KEYPOINTS), 3)
        hands = np.where(_missing(hands)[..., None], np.nan, hands * pixels)
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
        hands=hands,
    )


def _missing(points: FloatArray) -> np.ndarray:
    """Which points, (..., 3 or more), were not detected: all zero, or no numbers."""
    places = points[..., :3]
    return np.asarray(~np.isfinite(places).all(axis=-1) | (places == 0).all(axis=-1))
