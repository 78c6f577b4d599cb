"""What is found in a recording: repetitions, and all that is none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
    label : str
        Name of the exercise, where several were looked for; else "".
    side : str
        "left" or "right" where the exercise alternates; else "".
    mirrored : bool
        Whether it is the mirror image of what was looked for.
    """

    start: int
    turn: int
    stop: int
    pauses: tuple[tuple[int, int], ...] = ()
    label: str = ""
    side: str = ""
    mirrored: bool = False


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The repetitions of a recording.

    Parameters
    ----------
    reps : tuple of Rep
        In order, not overlapping; whole ones.
    drive : (time,) float
        0 at rest, 1 at the turn; NaN where it is not known.
    notes : tuple of str
        What was left out, in words.
    halves : tuple of Rep
        Half repetitions: given up on the way, and not counted.
    cut_off : tuple of Rep
        Repetitions of which the recording shows a part only, at its ends or beside a gap.
    """

    reps: tuple[Rep, ...]
    drive: FloatArray
    notes: tuple[str, ...]
    halves: tuple[Rep, ...] = ()
    cut_off: tuple[Rep, ...] = ()

    def cycles(self) -> tuple[tuple[int, int], ...]:
        """Each repetition with the rest around it, as half-open frame ranges.

        A cycle reaches half of the way to its neighbours, and to the ends of the recording: where
        a moment such as a count called out belongs to a repetition though nothing moves.

        >>> Segmentation((Rep(2, 4, 6), Rep(10, 12, 14)), np.zeros(20), ()).cycles()
        ((0, 8), (8, 20))
        """
        between = [(a.stop + b.start) // 2 for a, b in pairwise(self.reps)]
        edges = [0, *between, len(self.drive)] if self.reps else []
        return tuple(pairwise(edges))


def kept_frames(rep: Rep) -> np.ndarray:
    """Frames of the rep without its pauses."""
    keep = np.ones(rep.stop - rep.start, dtype=bool)
    for start, stop in rep.pauses:
        keep[start - rep.start : stop - rep.start] = False
    return np.flatnonzero(keep) + rep.start
