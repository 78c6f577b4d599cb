"""When it is worth looking for a repetition that has just ended."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from dtwcoach.motion.features import FEATURE_NAMES, FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, drive_signal
from dtwcoach.segmentation.holds import HoldFinder, Position

AWAY, BACK, RETURNING = 0.25, 0.5, 0.15
"""A movement has begun when the drive rose so far, is over when so much of that is gone, and on its
way back when so much is."""
SETTLED_S, WIGGLE = 0.2, 0.05
"""Over, that is, as soon as it has gone down no further for so long, by more than a wiggle."""
FORGET_S = 2.0
"""Rest is the lowest drive of about this long."""


class Watch(Protocol):
    """Follows the movement.

    Attributes
    ----------
    drive : float
        How far along it the body is, 0 at rest and 1 at the turn.
    usual : float
        How far the last movement went.
    away, returning : bool
        Whether one goes on, and is on its way back.
    mirrored : bool
        Whether the other side does it, where an exercise alternates.
    held_s : float
        Time in position, where one is held; 0 otherwise.
    """

    drive: float
    usual: float
    away: bool
    returning: bool
    mirrored: bool
    held_s: float

    def step(self, values: FloatArray, time_s: float) -> bool:
        """Take in a frame's features; return whether something may have ended just now."""
        ...


def watch_for(guide: Guide | Position, *, both_sides: bool = False) -> Watch:
    """Return what follows repetitions, or holds."""
    return HoldWatch(guide) if isinstance(guide, Position) else DriveWatch(guide, both_sides)


class DriveWatch:
    """Follows the drive up and down; which of these are repetitions is for others to say."""

    held_s = 0.0

    def __init__(self, guide: Guide, both_sides: bool = False) -> None:
        self._ways = (guide, guide.mirrored()) if both_sides else (guide,)
        self.drive, self.usual, self.away, self.returning = float("nan"), 1.0, False, False
        self.mirrored = self._turned = False
        self._low = self._high = self._level = float("nan")
        self._level_s = self._last_s = 0.0

    def step(self, values: FloatArray, time_s: float) -> bool:
        """Take in a frame's features; return whether a movement may have ended just now."""
        series = FeatureSeries(np.zeros(1), values[None], FEATURE_NAMES)
        drives = [float(drive_signal(series, way)[0]) for way in self._ways]
        self.drive = float(np.fmax.reduce(drives))
        self.mirrored = self.drive > drives[0]
        if np.isnan(self.drive):
            return False
        passed_s, self._last_s = time_s - self._last_s, time_s
        if not self.away:
            higher = self._low + min(1.0, passed_s / FORGET_S) * (self.drive - self._low)
            self._low = float(np.fmin(higher, self.drive))
            if self.drive - self._low > AWAY:
                self.away, self._turned, self._high = True, False, self.drive
            return False
        return self._followed(time_s)

    def _followed(self, time_s: float) -> bool:
        if not self._turned:
            self._high = max(self._high, self.drive)
            share = (self._high - self.drive) / (self._high - self._low)
            self.returning, self._turned = share > RETURNING, share > BACK
            if self._turned:
                self._low = self._level = self.drive
                self._level_s = time_s
            return False
        if self.drive < self._level - WIGGLE:
            self._level, self._level_s = self.drive, time_s
        self._low = min(self._low, self.drive)
        rises = self.drive - self._low > AWAY / 2
        if time_s - self._level_s < SETTLED_S and not rises:
            return False
        self.usual, self.away, self.returning = self._high, False, False
        return True


class HoldWatch:
    """Follows a position that is held; `held_s` is for how long."""

    usual, returning, mirrored = 1.0, False, False

    def __init__(self, position: Position) -> None:
        self._finder = HoldFinder(position)
        self._columns = [FEATURE_NAMES.index(name) for name in position.names]
        self.drive, self.away, self.held_s = float("nan"), False, 0.0

    def step(self, values: FloatArray, time_s: float) -> bool:
        """Take in a frame's features; return whether a hold has ended just now."""
        state = self._finder.step(time_s, values[self._columns])
        self.drive, self.held_s, self.away = state.closeness, state.held_s, state.held_s > 0.0
        return state.ended is not None
