"""Exercises that alternate sides: one row of repetitions from those found for each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Rep

SAME_SHARE = 0.3
"""Two repetitions that share more than this of the shorter one are the same movement."""


def interleaved(left: Sequence[Rep], right: Sequence[Rep]) -> tuple[Rep, ...]:
    """Put the repetitions of both sides in order, each with its side.

    Of two that are the same movement, seen once as it is and once in the mirror, the better match
    stays. Where one begins before the other has quite ended, they part in the middle.

    Parameters
    ----------
    left, right : sequence of Rep
        Found in the recording, and in its mirror image.

    Returns
    -------
    tuple of Rep
        In order, not overlapping.

    Examples
    --------
    >>> reps = interleaved([Rep(0, 5, 10), Rep(20, 25, 30)], [Rep(9, 15, 20)])
    >>> [(rep.start, rep.stop, rep.side) for rep in reps]
    [(0, 9, 'left'), (9, 20, 'right'), (20, 30, 'left')]
    """
    both = [*(replace(r, side="left") for r in left), *(replace(r, side="right") for r in right)]
    kept: list[Rep] = []
    for rep in sorted(both, key=lambda rep: (np.nan_to_num(rep.cost, nan=np.inf), rep.start)):
        if not any(_same(rep, other) for other in kept):
            kept.append(rep)
    kept.sort(key=lambda rep: rep.turn)
    for number in range(1, len(kept)):
        first, second = kept[number - 1 : number + 1]
        if second.start < first.stop:
            middle = (second.start + first.stop) // 2
            kept[number - 1] = _within(first, first.start, middle)
            kept[number] = _within(second, middle, second.stop)
    return tuple(kept)


def paired(reps: Sequence[Rep], time_s: FloatArray) -> tuple[tuple[Rep, ...], tuple[str, ...]]:
    """Join each repetition and the following one of the other side into one.

    They belong together when no longer time than both take lies between them. That time is a
    pause of the pair, and its turn is where the sides change.

    Parameters
    ----------
    reps : sequence of Rep
        In order, each with its side.
    time_s : (time,) float
        Of the recording's frames.

    Returns
    -------
    reps, notes
        Pairs, and what was left out because its other side is missing.
    """
    pairs: list[Rep] = []
    notes: list[str] = []
    waiting: Rep | None = None
    for rep in (*reps, None):
        if waiting and rep and _belong_together(waiting, rep):
            pairs.append(_joined(waiting, rep))
            waiting = None
            continue
        if waiting:
            other = {"left": "right", "right": "left"}[waiting.side]
            notes.append(
                f"A {waiting.side} repetition around {time_s[waiting.turn]:.1f} s was left out:"
                f" no {other} one follows it."
            )
        waiting = rep
    return tuple(pairs), tuple(notes)


def _same(one: Rep, other: Rep) -> bool:
    shared = min(one.stop, other.stop) - max(one.start, other.start)
    return shared > SAME_SHARE * min(one.stop - one.start, other.stop - other.start)


def _within(rep: Rep, start: int, stop: int) -> Rep:
    """The part of a repetition within [start, stop)."""
    clipped = [(max(a, start), min(b, stop)) for a, b in rep.pauses]
    pauses = tuple((a, b) for a, b in clipped if a < b)
    turn = min(max(rep.turn, start), stop - 1)
    return replace(rep, start=start, turn=turn, stop=stop, pauses=pauses)


def _belong_together(first: Rep, second: Rep) -> bool:
    longest = (first.stop - first.start) + (second.stop - second.start)
    return first.side != second.side and second.start - first.stop <= longest


def _joined(first: Rep, second: Rep) -> Rep:
    between = ((first.stop, second.start),) if second.start > first.stop else ()
    return replace(
        first,
        turn=(first.stop + second.start) // 2,
        stop=second.stop,
        pauses=(*first.pauses, *between, *second.pauses),
        side="",
        cost=(first.cost + second.cost) / 2,
    )
