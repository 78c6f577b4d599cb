"""What is measured of a repetition, beside the references: phases, tempo, ranges, sides."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class PhaseSpan:
    """When one phase of a repetition was.

    Parameters
    ----------
    name : str
        One of `segmentation.phases.PHASES`.
    start_s, stop_s : float
        Seconds in the recording.
    """

    name: str
    start_s: float
    stop_s: float


@dataclass(frozen=True)
class PhaseTempo:
    """How long the way out, the turn or the way back took.

    Parameters
    ----------
    phase : str
        "way down", "bottom" (the turn with its hold) or "way up", as the exercise calls them.
    seconds : float
        Pauses in it included.
    low_s, high_s : float
        Shortest and longest among the references; nan where not known.
    hold_s : float
        How much of a way's seconds was spent standing still.
    """

    phase: str
    seconds: float
    low_s: float
    high_s: float
    hold_s: float = 0.0

    @property
    def usual(self) -> str:
        """The references' range: "1.4 to 2.0 s"."""
        if not math.isfinite(self.low_s):
            return "unknown"
        low, high = f"{self.low_s:.1f}", f"{self.high_s:.1f}"
        return f"{low} s" if low == high else f"{low} to {high} s"


@dataclass(frozen=True)
class RangeOfMotion:
    """How far one feature moved in a repetition.

    Parameters
    ----------
    feature, joint, unit : str
        As in `Fault`; the unit is "deg" or "torso".
    reached : float
        Largest minus smallest value.
    low, high : float
        The same, smallest and largest among the references; nan where not known.
    least : float
        What the exercise asks for; 0 where it asks for nothing.
    """

    feature: str
    joint: str
    unit: str
    reached: float
    low: float
    high: float
    least: float


@dataclass(frozen=True)
class Symmetry:
    """Left beside right: the ranges of motion of one joint.

    Parameters
    ----------
    joint : str
        Without its side: "knee".
    left, right : float
        Ranges of motion in degrees.
    percent : float
        Left minus right over their mean; positive when the left moved further.
    low, high : float
        The same among the references, percent; nan where not known.
    """

    joint: str
    left: float
    right: float
    percent: float
    low: float
    high: float
