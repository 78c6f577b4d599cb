"""Exercises that alternate sides: one side after the other as one repetition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Rep


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
    )
