"""Standing still inside a repetition: a pause does not end it, and is left out of matching."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep

STILL, STILL_S = 0.12, 0.3
"""The drive stands still below this speed, in full movements a second, taken over this long."""
LEAST_PAUSE_S, MOVING_DWELL_S, AT_TURN = 0.4, 0.1, 0.85
"""A pause is at least so long; on the way so much of it is left; the turn is above this share."""
ENDS = 0.1
"""Below this share of its range a repetition begins and ends, and does not stand still."""


def longest_stillness(drive: FloatArray, *, time_s: FloatArray) -> float:
    """Longest time in seconds for which a repetition's drive stands still, its ends apart."""
    runs = _still_runs(drive, 1.0 / float(np.median(np.diff(time_s)))) if len(drive) > 2 else []
    return max((float(time_s[b] - time_s[a]) for a, b in runs), default=0.0)


def _still_runs(drive: FloatArray, rate_hz: float) -> list[tuple[int, int]]:
    """Half-open frame ranges in which the drive stands still, away from both ends."""
    reach = max(1, round(STILL_S / 2 * rate_hz))
    padded = np.pad(drive, reach, mode="edge")
    still = np.abs(padded[2 * reach :] - padded[: -2 * reach]) * rate_hz / (2 * reach) < STILL
    # The frames around a still span whose own span reaches into movement stand still as well.
    still = np.convolve(still, np.ones(2 * reach - 1), mode="same") > 0
    inside = np.flatnonzero(drive > ENDS * np.nanmax(drive))
    if not len(inside):
        return []
    still[: inside[0]] = still[inside[-1] :] = False
    still[[0, -1]] = False
    edges = np.flatnonzero(np.diff(still.astype(int))) + 1
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def with_pauses(rep: Rep, drive: FloatArray, rate_hz: float, guide: Guide) -> Rep:
    """Note where the rep stands still for longer than the references do.

    At the turn their dwell is left standing; on the way there and back hardly any time is. Where
    the whole rep takes longer than any of them, a second counts for as much less.
    """
    if rep.stop - rep.start < 3:
        return rep
    slower = (rep.stop - rep.start) / rate_hz / guide.duration_s[1]
    second = rate_hz * max(1.0, slower)
    part = drive[rep.start : rep.stop]
    pauses = []
    for first, stop in _still_runs(part, rate_hz):
        at_turn = part[first:stop].mean() > AT_TURN * part.max()
        left = round((guide.dwell_s if at_turn else MOVING_DWELL_S) * second)
        if stop - first - left > LEAST_PAUSE_S * second:
            pauses.append((rep.start + first + left // 2, rep.start + stop - (left - left // 2)))
    return replace(rep, pauses=tuple(pauses))
