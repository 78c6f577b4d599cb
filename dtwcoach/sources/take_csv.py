"""Labelled takes in one CSV: several recordings, right and wrong, in `landmark_csv`'s layout."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dtwcoach.errors import PoseDataError, SourceError
from dtwcoach.pose import HAND_KEYPOINTS, KEYPOINTS, SIDES, FloatArray, PoseSequence, mirrored
from dtwcoach.sources.keypoints import DEFAULT_FPS
from dtwcoach.sources.landmark_csv import COLUMNS, HANDS, LABELS, read_landmark_csv
from dtwcoach.storage import write_atomically

ACCURACY = {"right": "1", "wrong": "0"}
"""How a label is written."""
SAID = {
    "right": {"1", "right", "r", "true", "correct"},
    "wrong": {"0", "wrong", "w", "false", "incorrect"},
}
"""How labels are read, in small letters; numbers by their value."""
SUFFIX = dict(zip(LABELS, ("right", "wrong"), strict=True))
FORMULA = ("=", "+", "-", "@")
"""Text that begins so would be run by a spreadsheet; an apostrophe before it prevents that."""
DIGITS = 6
STEADY = 0.1
"""Frames this near to a steady rate, in steps, are written as they are."""


@dataclass(frozen=True, eq=False)
class Take:
    """Something that was recorded in one go.

    Parameters
    ----------
    name : str
        What is done: the class, an exercise.
    label : str
        "right", "wrong", or "" where nothing says.
    number : str
        Which take it is, as the file has it.
    pose : PoseSequence
    """

    name: str
    label: str
    number: str
    pose: PoseSequence


def read_takes(
    path: Path,
    *,
    fps: float | None = None,
    frame_size: tuple[int, int] | None = None,
    mirror: bool = False,
) -> tuple[Take, ...]:
    """Read every take of a landmark CSV.

    Right and wrong stand as 1 and 0 (or those words) in `accuracy`, or in the class: `wave_R` is a
    right and `wave_W` a wrong take of `wave`. Where the two contradict anywhere in the file, such
    endings are no labels, but part of the names.

    Parameters
    ----------
    path : Path
    fps, frame_size :
        As for `read_landmark_csv`.
    mirror : bool
        The recordings show a mirror image: sides and x are swapped back.

    Raises
    ------
    SourceError
        As `read_landmark_csv`; also when `accuracy` is no label.
    """
    found = read_landmark_csv(path, fps=fps, frame_size=frame_size)
    said = [_label(path, accuracy) for _, accuracy, _, _ in found]
    meant = [SUFFIX.get(name[-2:], "") for name, _, _, _ in found]
    if any(a and b and a != b for a, b in zip(said, meant, strict=True)):
        meant = [""] * len(found)
    return tuple(
        Take(
            name=_armed(name.removesuffix(name[-2:]) if ending else name),
            label=label or ending,
            number=number,
            pose=mirrored(pose) if mirror else pose,
        )
        for (name, _, number, pose), label, ending in zip(found, said, meant, strict=True)
    )


def _label(path: Path, accuracy: str) -> str:
    """What the column says; "" where it says nothing."""
    if not accuracy:
        return ""
    for label, words in SAID.items():
        if _plain(accuracy) in words:
            return label
    raise SourceError(
        f"{path}: accuracy = {accuracy[:40]!r} arrived; needed 1 (right) or 0 (wrong)."
    )


def _armed(name: str) -> str:
    """A name as it was before it was disarmed for spreadsheets."""
    return name[1:] if name.startswith("'") and name[1:].startswith(FORMULA) else name


def _plain(accuracy: str) -> str:
    try:
        return f"{float(accuracy):g}"
    except ValueError:
        return accuracy.lower()


def append_takes(path: Path, takes: Sequence[Take], *, fps: float = DEFAULT_FPS) -> None:
    """Write takes to a CSV, after those that are in it.

    Takes are numbered anew, on from the highest number there. The file holds no times, so every
    take is written at a steady rate. Places go in fractions of the picture; what was not seen is
    zero. Depths in metres have no column and are lost.

    Parameters
    ----------
    path : Path
        Begun where it does not exist, with hands where any take has them; else it must have this
        layout, with a header.
    takes : sequence of Take
    fps : float
        Frames per second that are written.

    Raises
    ------
    SourceError
        When the file holds something else.
    PoseDataError
        When the size of a take's picture is not known.
    StorageError
        When it cannot be written; what was there is intact.
    """
    old, next_number = "", 1
    with_hands = any(take.pose.hands is not None for take in takes)
    if path.exists():
        numbers = [take.number for take in read_takes(path)]
        next_number += max((int(number) for number in numbers if number.isdecimal()), default=0)
        old = path.read_text(encoding="utf-8-sig")
        header = old.split("\n", 1)[0].strip()
        layouts = {",".join(COLUMNS): False, ",".join((*COLUMNS, *HANDS)): True}
        if header not in layouts:
            raise SourceError(
                f"{path}: a file with other columns arrived, beginning {header[:60]!r}; takes are "
                "only added to one that dtwcoach wrote. Choose another name."
            )
        with_hands = layouts[header]
        old += "" if old.endswith("\n") else "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not old:
        writer.writerow((*COLUMNS, *HANDS) if with_hands else COLUMNS)
    for number, take in enumerate(takes, start=next_number):
        name = f"'{take.name}" if take.name.startswith(FORMULA) else take.name
        key = [" ".join(name.split()), ACCURACY.get(take.label, ""), number]
        for row in _rows(take.pose, fps=fps, with_hands=with_hands).tolist():
            writer.writerow([*key, *row])
    write_atomically(path, (old + text.getvalue()).encode("utf-8", "replace"))


def _rows(pose: PoseSequence, *, fps: float, with_hands: bool) -> FloatArray:
    """(time, column) what is written of a pose."""
    if min(pose.frame_size) <= 0:
        raise PoseDataError(
            f"A picture of {pose.frame_size[0]} x {pose.frame_size[1]} pixels arrived; needed its "
            "true size, to write places as fractions of it."
        )
    width, height = pose.frame_size
    pixels = np.array([width, height, width])
    frames = len(pose)
    parts = [np.concatenate([pose.image / pixels, pose.confidence[..., None]], axis=2)]
    if with_hands:
        shape = (frames, len(SIDES), len(HAND_KEYPOINTS), 3)
        parts.append((np.full(shape, np.nan) if pose.hands is None else pose.hands) / pixels)
    flat = np.concatenate([part.reshape(frames, -1) for part in parts], axis=1)
    rows = _steady(pose.time_s, flat, fps)
    body = rows[:, : 4 * len(KEYPOINTS)].reshape(len(rows), len(KEYPOINTS), 4)
    body[np.isnan(body[..., :2]).any(axis=2)] = 0.0  # also the confidence of what was not seen
    return np.asarray(np.round(np.nan_to_num(rows), DIGITS))


def _steady(time_s: FloatArray, values: FloatArray, fps: float) -> FloatArray:
    """(time, column) values at a steady rate, between two frames in proportion."""
    if len(time_s) < 2:
        return values.copy()
    at = (time_s - time_s[0]) * fps
    if np.abs(at - np.arange(len(at))).max() < STEADY:
        return values.copy()
    wanted = np.arange(int(at[-1] + STEADY) + 1)
    after = np.clip(np.searchsorted(at, wanted), 1, len(at) - 1)
    share = ((wanted - at[after - 1]) / (at[after] - at[after - 1]))[:, None]
    return np.asarray(values[after - 1] + share * (values[after] - values[after - 1]))


def one_exercise(takes: Sequence[Take], name: str, *, source: str) -> tuple[Take, ...]:
    """Return the takes of an exercise; of a file that knows one class only, all.

    Raises
    ------
    SourceError
        When there are several classes and none is of this name (the message lists them).
    """
    classes = sorted({take.name for take in takes})
    if len(classes) > 1:
        named = name.casefold()
        takes = [take for take in takes if take.name.casefold() == named]
    if not takes:
        raise SourceError(
            f"{source}: takes of {', '.join(classes[:12])} arrived, none of {name}. Name one of "
            "these as the exercise."
        )
    return tuple(replace(take, name=name) for take in takes)
