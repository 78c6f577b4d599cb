"""Movements of a recording that are no repetitions of the set, and what is said about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Rep, Segmentation

LEFT_OUT: dict[str, str] = {
    "half": "A half repetition around {:.1f} s was left out.",
    "cut off": "A repetition cut off around {:.1f} s was left out.",
    "other movement": "Another movement around {:.1f} s was left out.",
}
"""Kind -> the sentence that says so: given up midway; shown in part only, at the recording's ends
or beside a gap; nothing of this exercise."""


@dataclass(frozen=True)
class LeftOut:
    """A movement that is no repetition of the set.

    Parameters
    ----------
    kind : str
        One of `LEFT_OUT`.
    start_s, stop_s : float
        Seconds in the recording.
    text : str
        What people are told.
    """

    kind: str
    start_s: float
    stop_s: float
    text: str


def left_out(
    found: Segmentation, time_s: FloatArray, *, others: Sequence[Rep] = ()
) -> tuple[LeftOut, ...]:
    """Return what a recording shows beside its repetitions, in order.

    Parameters
    ----------
    found : Segmentation
    time_s : (time,) float
        Of its frames.
    others : sequence of Rep
        Movements that turned out to be of another kind.

    Examples
    --------
    >>> import numpy as np
    >>> found = Segmentation((), np.zeros(90), (), halves=(Rep(30, 36, 45),))
    >>> [item.text for item in left_out(found, np.arange(90) / 30)]
    ['A half repetition around 1.2 s was left out.']
    """
    kinds = zip(LEFT_OUT, (found.halves, found.cut_off, others), strict=True)
    items = [
        LeftOut(
            kind,
            float(time_s[rep.start]),
            float(time_s[rep.stop - 1]),
            LEFT_OUT[kind].format(time_s[rep.turn]),
        )
        for kind, reps in kinds
        for rep in reps
    ]
    return tuple(sorted(items, key=lambda item: item.start_s))
