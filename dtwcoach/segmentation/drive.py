"""How far along its movement a body is: 0 at rest, 1 at the turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray, mirrored_name

UNIT_SCALE = {"deg": 10.0, "torso": 0.15}
"""Differences of this size count as equally large in different units."""
BRIDGE_S = 1.2
"""Gaps of the drive up to this long are drawn through."""


@dataclass(frozen=True, eq=False)
class Guide:
    """Where a movement rests and where it turns, in feature space.

    Parameters
    ----------
    names : tuple of str
        Driving features.
    rest, turn : (feature,) float
        Their values at rest and at the turn.
    duration_s : (shortest, longest)
        Of the repetitions it was learnt from; (0, inf) when not known.
    usual_s : float
        Their median.
    dwell_s : float
        Longest time those stood still inside a repetition.
    course_names : tuple of str
        Features of `course`: all that were seen.
    course : (samples, feature) float
        The whole movement, typical of those repetitions.
    """

    names: tuple[str, ...]
    rest: FloatArray
    turn: FloatArray
    duration_s: tuple[float, float] = (0.0, float("inf"))
    usual_s: float = float("nan")
    dwell_s: float = 0.5
    course_names: tuple[str, ...] = ()
    course: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def side(self) -> str:
        """The side of the body that moves more, "left" or "right"."""
        moved = np.abs(self.turn - self.rest) / scales(self.names)
        left, right = (
            moved[[name.startswith(side) for name in self.names]].sum()
            for side in ("left", "right")
        )
        return "left" if left >= right else "right"

    def mirrored(self) -> Guide:
        """The same movement done with the other side of the body."""
        sign, course_sign = (
            np.array([-1.0 if KNOWN_FEATURES[name].flips else 1.0 for name in names])
            for names in (self.names, self.course_names)
        )
        return replace(
            self,
            names=tuple(mirrored_name(name) for name in self.names),
            rest=sign * self.rest,
            turn=sign * self.turn,
            course_names=tuple(mirrored_name(name) for name in self.course_names),
            course=course_sign * self.course,
        )


def scales(names: tuple[str, ...]) -> FloatArray:
    """Size of an equally large difference for each feature; 1 for unknown channels."""
    return np.array(
        [UNIT_SCALE[KNOWN_FEATURES[n].unit] if n in KNOWN_FEATURES else 1.0 for n in names]
    )


def drive_signal(series: FeatureSeries, guide: Guide) -> FloatArray:
    """Project each frame onto the line from rest (0) to turn (1).

    Features missing in a frame are left out of that frame's projection; where features that
    carry less than half of the movement are left, the drive is NaN.
    """
    scale = scales(guide.names)
    amplitude = (guide.turn - guide.rest) / scale
    offset = series.columns(guide.names) - guide.rest
    known = np.isfinite(offset)
    weight = known * amplitude**2
    total = weight.sum(axis=1)
    along = np.where(known, offset / scale * amplitude, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total >= 0.5 * (amplitude**2).sum(), along / total, np.nan)


def searched_drive(
    series: FeatureSeries, guide: Guide, *, ignore: np.ndarray | None = None
) -> FloatArray:
    """The drive in which repetitions are looked for: bridged, and NaN where it is to be ignored."""
    drive = bridged(drive_signal(series, guide), series.time_s)
    return drive if ignore is None else np.where(ignore, np.nan, drive)


def bridged(drive: FloatArray, time_s: FloatArray) -> FloatArray:
    """Draw the drive straight through short gaps: a joint hidden for a moment cuts no rep in two.

    Only for finding repetitions; their features keep the gap.
    """
    known = np.isfinite(drive)
    if known.sum() < 2:
        return drive
    filled = np.interp(time_s, time_s[known], drive[known])
    for first, stop in finite_runs(np.where(known, np.nan, 0.0)):
        inner = first > 0 and stop < len(drive)
        if not inner or time_s[stop] - time_s[first - 1] > BRIDGE_S:
            filled[first:stop] = np.nan
    return filled


def finite_runs(values: FloatArray) -> list[tuple[int, int]]:
    """Half-open ranges in which a (time,) series is finite."""
    edges = np.flatnonzero(np.diff(np.r_[False, np.isfinite(values), False].astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def reversals(values: FloatArray, least: float) -> list[tuple[int, bool]]:
    """Alternating low and high extremes that differ by at least `least`.

    Parameters
    ----------
    values : (time,) float
        Finite.
    least : float
        Smaller wiggles are passed over.

    Returns
    -------
    list of (index, is high)
        Empty when the series never moves that much. The first and last extreme lie where the
        series begins and ends its first and last large movement.

    Examples
    --------
    >>> import numpy as np
    >>> reversals(np.array([0.0, 0.1, 0.0, 1.0, 0.9, 1.1, 0.0]), 0.5)
    [(0, False), (5, True), (6, False)]
    """
    low = high = 0
    found: list[tuple[int, bool]] = []
    rising: bool | None = None
    for i, value in enumerate(values):
        if rising is not False and value > values[high]:
            high = i
        if rising is not True and value < values[low]:
            low = i
        if rising is not True and value - values[low] >= least:
            found.append((low, False))
            rising, high = True, i
        elif rising is not False and values[high] - value >= least:
            found.append((high, True))
            rising, low = False, i
    if rising is not None:
        found.append((high, True) if rising else (low, False))
    return found
