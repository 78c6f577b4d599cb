"""How an exercise is performed: repetitions, rests, faults and everything that is no repetition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.pose import FloatArray

FaultList = tuple[tuple[str, float], ...]

ACTIONS = ("idle", "pause", "rep", "half_rep", "walk_in", "walk_out")
"""What a timeline is made of: fidgeting, standing still, repetitions and walks."""


@dataclass(frozen=True)
class Action:
    """One entry of a timeline.

    Parameters
    ----------
    kind : str
        One of `ACTIONS`.
    seconds : float, optional
        How long; of a hold the time in position. Repetitions and walks know their own time.
    faults : tuple of (name, size)
        For repetitions.
    hold_s : float
        For repetitions: how long to stop midway.
    depth : float
        For half repetitions: the share of the way after which the athlete gives up.

    Raises
    ------
    UsageError
        For an unknown kind or negative time.
    """

    kind: str
    seconds: float | None = None
    faults: FaultList = ()
    hold_s: float = 0.0
    depth: float = 0.45

    def __post_init__(self) -> None:
        if self.kind not in ACTIONS:
            raise UsageError(f"Unknown action {self.kind!r}; known are {', '.join(ACTIONS)}.")
        if (self.seconds is not None and self.seconds < 0) or self.hold_s < 0:
            raise UsageError(f"Action {self.kind!r} has a negative time; give seconds from 0.")


@dataclass(frozen=True)
class Performance:
    """How the athlete does the set.

    Parameters
    ----------
    reps : int
        Number of repetitions.
    tempo : float
        1 is the exercise's usual speed, 2 twice as fast.
    tempo_drift : float
        Relative change of the speed from the first to the last repetition (-0.3: tires).
    rom : float
        Share of the usual range of motion.
    variation_deg : float
        Standard deviation of joint angles at the turn from one repetition to the next.
    pause_s : float
        Idle seconds between repetitions.
    lead_in_s, lead_out_s : float
        Idle seconds before the first and after the last repetition.
    fidget : float
        How restless the athlete is; 0 stands like a statue.
    walk_in, walk_out : bool
        Comes into the picture first, leaves it at the end (standing exercises).
    holds : mapping of repetition (from 0) to seconds
        Stops midway on the way out of that repetition.
    faults : mapping of repetition (from 0) to ((name, size), ...)
        See `faults.FAULTS`.
    hold_s : float, optional
        Seconds in position of each hold; the exercise's usual time when left out.
    side : {"left", "right"}
        Working side of one-sided exercises; the first one where sides alternate.
    seed : int
        Of everything that varies.
    timeline : tuple of Action, optional
        Composed by hand; takes the place of all that is said above about order and time.
    """

    reps: int = 8
    tempo: float = 1.0
    tempo_drift: float = 0.0
    rom: float = 1.0
    variation_deg: float = 2.0
    pause_s: float = 0.8
    lead_in_s: float = 1.5
    lead_out_s: float = 1.2
    fidget: float = 1.0
    walk_in: bool = False
    walk_out: bool = False
    holds: Mapping[int, float] = field(default_factory=dict)
    faults: Mapping[int, FaultList] = field(default_factory=dict)
    hold_s: float | None = None
    side: str = "left"
    seed: int = 0
    timeline: tuple[Action, ...] | None = None

    def __post_init__(self) -> None:
        for name, low, high in (
            ("tempo", 0.2, 5.0),
            ("rom", 0.1, 1.5),
            ("tempo_drift", -0.8, 2.0),
            ("reps", 0, 1000),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise UsageError(f"Performance {name} is {value}; give {low} to {high}.")
        if self.side not in ("left", "right"):
            raise UsageError(f"Performance side is {self.side!r}; use 'left' or 'right'.")
        for what in ("faults", "holds"):
            late = [number for number in getattr(self, what) if not 0 <= number < self.reps]
            if late and self.timeline is None:
                raise UsageError(
                    f"Performance {what} name repetition {late[0]}, but there are {self.reps}"
                    " (counted from 0)."
                )

    def actions(self) -> tuple[Action, ...]:
        """The timeline: as composed by hand, or built from the other fields.

        >>> [action.kind for action in Performance(reps=2).actions()]
        ['idle', 'rep', 'idle', 'rep', 'idle']
        """
        if self.timeline is not None:
            return self.timeline
        entries = [Action("walk_in")] if self.walk_in else []
        entries.append(Action("idle", self.lead_in_s))
        for number in range(self.reps):
            if number:
                entries.append(Action("idle", self.pause_s))
            faults = tuple(self.faults.get(number, ()))
            stop_s = self.holds.get(number, 0.0)
            entries.append(Action("rep", self.hold_s, faults=faults, hold_s=stop_s))
        entries.append(Action("idle", self.lead_out_s))
        if self.walk_out:
            entries.append(Action("walk_out"))
        return tuple(entries)


@dataclass(frozen=True)
class RepTiming:
    """Seconds of one repetition: out, hold midway, dwell at the turn, back; and its depth."""

    out_s: float
    dwell_s: float
    back_s: float
    hold_s: float = 0.0
    depth: float = 1.0

    @property
    def seconds(self) -> float:
        """The whole repetition."""
        return self.out_s + self.hold_s + self.dwell_s + self.back_s

    def way(self, time_s: FloatArray) -> FloatArray:
        """Share of the way out (0 at rest, `depth` at the turn) at seconds from the start.

        Minimum-jerk out and back (Flash & Hogan 1985), a dwell between.
        """
        back = time_s - self.out_s - self.hold_s - self.dwell_s
        if self.hold_s == 0.0:
            out = _minimum_jerk(time_s / self.out_s)
        else:
            half = self.out_s / 2
            out = 0.5 * _minimum_jerk(time_s / half)
            out = out + 0.5 * _minimum_jerk((time_s - half - self.hold_s) / half)
        return np.asarray(self.depth * (out - _minimum_jerk(back / self.back_s)))


def _minimum_jerk(share: FloatArray) -> FloatArray:
    s = np.clip(share, 0.0, 1.0)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))
