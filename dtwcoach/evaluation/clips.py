"""Labelled clips: a folder with one sub-folder a class, or a table of takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import describe
from dtwcoach.pose import PoseSequence
from dtwcoach.segmentation.drive import scales
from dtwcoach.segmentation.found import kept_frames
from dtwcoach.segmentation.unguided import discover_reps
from dtwcoach.settings import Settings

LAYOUT = (
    "a folder with one sub-folder of videos or pose files for each class, or a CSV of labelled "
    "takes (class,accuracy,sequence,pose_x0,...)"
)
LEAST_FRAMES = 10
"""Shorter clips say nothing."""


@dataclass(frozen=True, eq=False)
class Window:
    """An execution in a clip: its features, time from 0, and the sample at its farthest point."""

    series: FeatureSeries
    turn: int


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip of one class.

    Parameters
    ----------
    label : str
        Its class.
    name : str
        Its file, or its take.
    person : str
        Whom it shows; "" where nothing says.
    windows : tuple of Window
        The repetitions in it, or where nothing repeats itself all of it.
    """

    label: str
    name: str
    person: str
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class ClipFile:
    """A file of one class, not read yet."""

    label: str
    person: str
    path: Path


def find_clips(folder: Path) -> tuple[ClipFile, ...]:
    """List the files of a folder's classes, by name; hidden ones are passed over.

    A person is what stands before the first "_" in a file's name.

    Raises
    ------
    SourceError
        When there are not at least two classes with a file.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is no folder; needed {LAYOUT}.")
    found = tuple(
        ClipFile(kind.name, person_of(path.name), path)
        for kind in _visible(folder)
        if kind.is_dir()
        for path in _visible(kind)
    )
    check_classes([one.label for one in found], folder)
    return found


def check_classes(labels: list[str], place: Path) -> None:
    """Refuse what holds fewer than two classes.

    Raises
    ------
    SourceError
    """
    classes = sorted(set(labels))
    if len(classes) < 2:
        known = f"only {classes[0]!r}" if classes else "no class"
        raise SourceError(f"{place} holds {known}; needed two classes or more: {LAYOUT}.")


def person_of(name: str) -> str:
    """The person in a file's name.

    >>> person_of("anna_squat-2.mp4"), person_of("squat-2.mp4")
    ('anna', '')
    """
    person, under, _ = name.partition("_")
    return person if under else ""


def windows_of(pose: PoseSequence, settings: Settings) -> tuple[Window, ...]:
    """Repetitions of whatever repeats itself in a recording; else the recording as a whole.

    Parameters
    ----------
    pose : PoseSequence
    settings : Settings

    Returns
    -------
    tuple of Window
        None where too little is seen.
    """
    if len(pose) < LEAST_FRAMES or not (pose.people > 0).any():
        return ()
    recording = describe(pose, settings)
    series = recording.series
    reps = discover_reps(series, ignore=recording.walking).reps
    if reps:
        return tuple(_window(series, kept_frames(rep)) for rep in reps)
    seen = np.flatnonzero(np.isfinite(series.values).any(axis=1))
    if len(seen) < LEAST_FRAMES:
        return ()
    return (_window(series, np.arange(seen[0], seen[-1] + 1)),)


def _window(series: FeatureSeries, frames: np.ndarray) -> Window:
    values = series.values[frames]
    away = np.abs(values - (values[0] + values[-1]) / 2) / scales(series.names)
    turn = int(np.argmax(np.nan_to_num(away).sum(axis=1)))
    time_s = np.arange(len(frames)) / series.rate_hz
    return Window(FeatureSeries(time_s, values, series.names), turn)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
