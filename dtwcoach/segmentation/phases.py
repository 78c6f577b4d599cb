"""The phases of one repetition: rest, the way out, the turn, the way back, and standing still.

Which way is eccentric (muscles lengthen under load) and which concentric depends on the exercise:
a squat goes out eccentrically, a curl concentrically. A drive shows only that a body leaves its
rest and comes back, so phases are named by that; an exercise has words for people to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Rep

PHASES = ("start", "out", "turn", "back", "end", "hold")
"""What phases are called, in the order of a repetition; a hold may come on either way."""
SLOW, STILL = 0.02, 0.12
"""A way begins and ends where its speed passes the first share of its own peak; it pauses where it
stays below the second, which trembling does not reach."""
NEAR = 0.15
"""Standing still within this share of the range of the farthest point is the turn, within this
share of rest is the start or the end, and anywhere between is a hold."""
HOLD_S = 0.3
"""Shorter stillness on the way is a slow spot, such as the sticking point of a heavy lift."""
LEAST = 1e-6
"""A drive that rises less than this does not move."""
SPAN, SPAN_S = 0.03, 0.1
"""Speed is taken over this share of the repetition to both sides, at most over so many seconds."""


@dataclass(frozen=True)
class Phase:
    """One phase of a repetition.

    Parameters
    ----------
    name : str
        One of `PHASES`.
    start, stop : int
        Half-open range of frames.
    """

    name: str
    start: int
    stop: int


def phases_of(drive: FloatArray, rep: Rep, *, rate_hz: float) -> tuple[Phase, ...]:
    """Split a repetition by its drive.

    A way lasts while the drive moves faster than a small share of that way's own peak speed, the
    usual rule for the onset of a movement (compared with others by Teasdale et al.), so that slow
    and fast, deep and shallow repetitions are split alike.

    Parameters
    ----------
    drive : (time,) float
        0 at rest, 1 at the turn; of the whole recording.
    rep : Rep
    rate_hz : float

    Returns
    -------
    tuple of Phase
        They fill [rep.start, rep.stop) without a gap; phases of no length are left out. Empty
        where the drive is not known, does not move, or is not far out at the repetition's turn, as
        in a pair of both sides, which turns where these change.

    Examples
    --------
    >>> way = (1 - np.cos(np.pi * np.linspace(0, 1, 31))) / 2
    >>> drive = np.r_[way, np.ones(15), way[::-1]]
    >>> [(p.name, p.start, p.stop) for p in phases_of(drive, Rep(3, 38, 74), rate_hz=30)]
    [('out', 3, 30), ('turn', 30, 46), ('back', 46, 74)]

    References
    ----------
    N. Teasdale, C. Bard, M. Fleury, D. E. Young and L. Proteau, "Determining movement onsets from
    temporal series", J. Motor Behavior 25(2), 1993.
    """
    part = drive[rep.start : rep.stop]
    known = np.isfinite(part)
    if known.sum() < 3:
        return ()
    frames = np.arange(len(part))
    part = np.interp(frames, frames[known], part[known])
    top = int(np.argmax(part))
    span = part[top] - max(part[0], part[-1])
    if span < LEAST or part[rep.turn - rep.start] < part[top] - span / 2:
        return ()
    speed = _speed(part, rate_hz)
    out = _way(part[: top + 1], speed[: top + 1], rate_hz)
    back = _way(part[: top - 1 : -1], -speed[: top - 1 : -1], rate_hz)  # from its end, likewise
    names = [("start", "out", "turn", "hold")[kind] for kind in out]
    names += [("end", "back", "turn", "hold")[kind] for kind in back[:-1][::-1]]
    edges = [i for i in range(len(names) + 1) if i in (0, len(names)) or names[i] != names[i - 1]]
    return tuple(Phase(names[a], rep.start + a, rep.start + b) for a, b in pairwise(edges))


def _speed(drive: FloatArray, rate_hz: float) -> FloatArray:
    """Change per second, (time,), each over a short span around its frame."""
    reach = max(1, round(min(SPAN * len(drive), SPAN_S * rate_hz)))
    at = np.arange(len(drive))
    before, after = np.maximum(at - reach, 0), np.minimum(at + reach, len(drive) - 1)
    return np.asarray((drive[after] - drive[before]) * rate_hz / (after - before))


def _way(drive: FloatArray, speed: FloatArray, rate_hz: float) -> np.ndarray:
    """Kind of each frame from rest to the turn: 0 at rest, 1 on the way, 2 the turn, 3 a hold."""
    level = (drive - drive.min()) / np.ptp(drive)
    slow = speed < SLOW * speed.max()  # or backwards: what only trembles has arrived
    kind = np.ones(len(drive), dtype=int)
    left = int(np.argmax(level > NEAR))  # the first frame that is no longer near rest
    there = len(level) - int(np.argmax(level[::-1] < 1 - NEAR))  # from here on it is near the turn
    kind[: int(np.flatnonzero(np.r_[True, slow[:left]])[-1])] = 0
    kind[there + int(np.flatnonzero(np.r_[slow[there:-1], True])[0]) :] = 2
    still = (np.abs(speed) < STILL * speed.max()) & (kind == 1)
    edges = np.flatnonzero(np.diff(np.r_[False, still, False].astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= HOLD_S * rate_hz and NEAR < level[start:stop].mean() < 1 - NEAR:
            kind[start:stop] = 3
    return kind
