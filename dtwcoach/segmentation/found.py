"""What is found in a recording: repetitions, and all that is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.pose import FloatArray


@dataclass(frozen=True)
class Rep:
    """One repetition.

    Parameters
    ----------
    start, stop : int
        Half-open range of frames.
    turn : int
        Frame at the farthest point.
    pauses : tuple of (start, stop)
        Half-open ranges to leave out before matching: standing still beyond the references' dwell.
    """

    start: int
    turn: int
    stop: int
    pauses: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The repetitions of a recording.

    Parameters
    ----------
    reps : tuple of Rep
        In order, not overlapping.
    drive : (time,) float
        0 at rest, 1 at the turn; NaN where it is not known.
    notes : tuple of str
        Incomplete or implausible repetitions that were dropped.
    """

    reps: tuple[Rep, ...]
    drive: FloatArray
    notes: tuple[str, ...]


def kept_frames(rep: Rep) -> np.ndarray:
    """Frames of the rep without its pauses."""
    keep = np.ones(rep.stop - rep.start, dtype=bool)
    for start, stop in rep.pauses:
        keep[start - rep.start : stop - rep.start] = False
    return np.flatnonzero(keep) + rep.start
