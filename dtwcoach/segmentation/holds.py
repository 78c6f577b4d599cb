"""Time in position: the stretches in which a body holds still where it should be."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import PoseDataError
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.motion.noise import MEDIAN_OF_NORMAL
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import finite_runs, scales
from dtwcoach.segmentation.found import Rep, Segmentation

UPRIGHT = ("trunk", "left thigh", "right thigh", "left shin", "right shin")
"""Joint angles make a posture, with the inclinations of these, which tell lying from standing."""
NEAR, FAR = 1.8, 2.0
"""A hold begins nearer to the position than the first and ends farther than the second: in scales
(see `Position`), root mean square over features. Drawn people who hold a plank or a wall sit right
are at 0.3 to 0.9, with a fault of 25 degrees at 1.0 to 2.2, kneeling at 2.1 from the plank."""
APART = 1.0
"""So far from where the athlete has held it so far, the hold is left, or settled anew."""
SETTLED, NOISY = 0.22, 1.25
"""A hold reaches as far as the posture is within so much of the athlete's own, beside so many times
its usual unrest; both add like variances."""
QUICK_S, SLOW_S, STILL = 0.15, 0.35, 0.12
"""Who stands still has running means over these times that are no farther apart than this, or than
single frames are from the quicker one: a jittery pose must not look like movement."""
STILL_S = 0.5
"""A body must stand still for so long to have arrived."""
GAP_S = 1.0
"""Leaving the position, or the picture, for no longer than this does not end a hold."""
ADAPT_S = 2.0
"""The athlete's own posture is a running mean over about this long."""
LOOK_BACK_S = 4.0
"""How far back from the first still moment a hold may have begun."""
LEAST_S = 2.0
"""Shorter holds are none."""
LEAST_SEEN = 1 / 3
"""Share of the position's features that must be seen to know where a body is."""


@dataclass(frozen=True, eq=False)
class Position:
    """A posture to hold.

    Parameters
    ----------
    names : tuple of str
        Features.
    mean, spread : (feature,) float
        Their values in position, and how far these differ between people and moments. Distances
        count in scales: `drive.scales`, or the spread where that is larger.
    """

    names: tuple[str, ...]
    mean: FloatArray
    spread: FloatArray

    @property
    def duration_s(self) -> tuple[float, float]:
        """Any time will do."""
        return 0.0, float("inf")

    @property
    def scale(self) -> FloatArray:
        """Size of an equally large difference for each feature."""
        return np.maximum(scales(self.names), self.spread)


def position_from(holds: Sequence[FeatureSeries], *, names: Sequence[str] = ()) -> Position:
    """Learn a position from reference holds.

    Parameters
    ----------
    holds : sequence of FeatureSeries
        Each in position from start to end.
    names : sequence of str
        Features to use; all that make a posture when left out.

    Raises
    ------
    PoseDataError
        When no feature is seen in four of five frames of every hold.
    """
    wanted = names or (_posture_names(holds[0]) if holds else ())
    seen = [
        name
        for name in wanted
        if all(np.isfinite(hold.column(name)).mean() > 0.8 for hold in holds)
    ]
    if not seen:
        raise PoseDataError(
            f"Of {len(holds)} reference holds no feature is seen throughout all; needed at least"
            " one. Film the whole body, and add the references again."
        )
    columns = [np.stack([hold.column(name) for name in seen], axis=1) for hold in holds]
    # Medians: settling in and getting up at the ends of a hold are no part of the position.
    middles = np.array([np.nanmedian(values, axis=0) for values in columns])
    unrest = [np.nanmedian(np.abs(v - m), axis=0) for v, m in zip(columns, middles, strict=True)]
    spread = np.hypot(middles.std(axis=0), np.mean(unrest, axis=0) / MEDIAN_OF_NORMAL)
    return Position(tuple(seen), middles.mean(axis=0), spread)


def find_position(series: FeatureSeries, *, ignore: np.ndarray | None = None) -> Position | None:
    """Learn the position that a recording holds without any reference.

    It is that of the longest still stretch in a posture in which the recording does not both
    begin and end; or of the longest at all, for a recording cut to the hold.

    Parameters
    ----------
    series : FeatureSeries
    ignore : (time,) bool, optional
        Frames to leave out, such as walking.

    Returns
    -------
    Position or None
        None where nobody is still for `LEAST_S`.
    """
    kept = np.ones(len(series), dtype=bool) if ignore is None else ~ignore
    names = tuple(
        name
        for name in _posture_names(series)
        if np.isfinite(series.column(name)[kept]).sum() > 0.8 * kept.sum()
    )
    if not names:
        return None
    values = series.columns(names)
    scaled = np.where(kept[:, None], values / scales(names), np.nan)
    stretches = _still_stretches(scaled, series.time_s)
    if not stretches:
        return None
    known = scaled[np.isfinite(scaled).mean(axis=1) >= LEAST_SEEN]
    ends = [_middle(part) for part in (known[:10], known[-10:])]
    unlike = [
        (start, stop)
        for start, stop in stretches
        if max(_distance(_middle(scaled[start:stop]), end) for end in ends) > APART
    ]
    start, stop = max(unlike or stretches, key=lambda part: part[1] - part[0])
    return position_from([FeatureSeries(series.time_s[start:stop], values[start:stop], names)])


def cut_holds(
    series: FeatureSeries,
    position: Position,
    *,
    ignore: np.ndarray | None = None,
    least_s: float = LEAST_S,
) -> Segmentation:
    """Find the stretches in which a position is held.

    Parameters
    ----------
    series : FeatureSeries
    position : Position
    ignore : (time,) bool, optional
        Frames that belong to no hold, such as walking.
    least_s : float
        Shorter holds are left out, and said.

    Returns
    -------
    Segmentation
        One `Rep` for each hold, with its middle as the turn; `drive` is the closeness. Holds that
        the recording's ends cut off are kept, and said.
    """
    values = series.columns(position.names).copy()
    if ignore is not None:
        values[ignore] = np.nan
    finder = HoldFinder(position, least_s=least_s)
    states = [finder.step(t, row) for t, row in zip(series.time_s.tolist(), values, strict=True)]
    states.append(finder.finish())
    reps = tuple(state.ended for state in states if state.ended)
    notes = [state.note for state in states if state.note]
    known = np.flatnonzero(np.isfinite(values).any(axis=1))
    if reps and reps[0].start <= known[0]:
        notes.append("The recording begins in position: the first hold may have been longer.")
    if reps and reps[-1].stop > known[-1]:
        notes.append("The recording ends in position: the last hold may have been longer.")
    drive = np.array([state.closeness for state in states[:-1]])
    return Segmentation(reps, drive, tuple(notes))


@dataclass(frozen=True)
class HoldState:
    """What is known about a hold after a frame.

    Parameters
    ----------
    closeness : float
        1 in position, 0 at twice the distance that still counts as near, nan where not known.
    held_s : float
        Time in position so far; 0 when in none.
    ended : Rep or None
        The hold that is now known to be over.
    note : str
        Said of a hold that was too short.
    """

    closeness: float
    held_s: float = 0.0
    ended: Rep | None = None
    note: str = ""


class _Steadiness:
    """Tells standing still from moving, frame by frame."""

    def __init__(self) -> None:
        self.quick = self.slow = np.zeros(0)
        self.moved_s = self.last_s = float("-inf")
        self.jitter = 0.0

    def step(self, time_s: float, scaled: FloatArray) -> bool:
        """Take in a frame (feature,) in scales; return whether the body has come to rest."""
        if not _is_known(scaled):
            return False
        passed_s = time_s - self.last_s
        if passed_s > GAP_S:
            self.quick, self.slow, self.jitter, self.moved_s = scaled, scaled, 0.0, time_s
        else:
            # A feature hidden on the way would keep its two means apart for as long as it is.
            seen = np.isfinite(scaled)
            self.quick = np.where(seen, _blended(self.quick, scaled, passed_s / QUICK_S), np.nan)
            self.slow = np.where(seen, _blended(self.slow, scaled, passed_s / SLOW_S), np.nan)
        share = min(1.0, passed_s / SLOW_S)
        self.jitter += share * (_distance(scaled, self.quick) - self.jitter)
        self.last_s = time_s
        if not _distance(self.quick, self.slow) < max(STILL, self.jitter):
            self.moved_s = time_s
        return time_s - self.moved_s >= STILL_S


@dataclass(frozen=True, eq=False)
class _Frame:
    number: int
    time_s: float
    values: FloatArray


class HoldFinder:
    """Finds holds in frames that arrive one by one; its memory does not grow.

    A hold begins when the body is near the position and still, and is dated back to when it had
    settled; it ends when the body has been away for `GAP_S`, dated back to when it left.

    Parameters
    ----------
    position : Position
    least_s : float
        Shorter holds are left out.
    """

    def __init__(self, position: Position, *, least_s: float = LEAST_S) -> None:
        self._position = position
        self._least_s = least_s
        self._number = 0
        self._steadiness = _Steadiness()
        self._recent: deque[_Frame] = deque()
        self._own: FloatArray | None = None
        self._unrest = 0.0
        self._start = self._last = self._inside = _Frame(0, 0.0, position.mean)

    def step(self, time_s: float, values: FloatArray) -> HoldState:
        """Take in a frame.

        Parameters
        ----------
        time_s : float
            Later than the last frame's.
        values : (feature,) float
            In the order of the position's names; NaN where not seen.
        """
        scaled = (values - self._position.mean) / self._position.scale
        frame = _Frame(self._number, time_s, scaled)
        self._number += 1
        self._recent.append(frame)
        while time_s - self._recent[0].time_s > LOOK_BACK_S:
            self._recent.popleft()
        away = _distance(scaled, np.zeros_like(scaled))
        closeness = float(np.clip(2.0 - away / NEAR, 0.0, 1.0))
        arrived = self._steadiness.step(time_s, scaled) and away < NEAR
        if self._own is None and not arrived:
            return HoldState(closeness)
        if self._own is None:
            self._begin(frame)
        elif arrived and _distance(scaled, self._own) > APART:
            if self._last.time_s - self._start.time_s < self._least_s:
                self._begin(frame)  # what came before was settling in
            else:
                self._own = self._steadiness.quick
        self._follow(frame, away, arrived=arrived)
        if time_s - self._inside.time_s > GAP_S:
            return self._end(closeness)
        return HoldState(closeness, self._last.time_s - self._start.time_s)

    def finish(self) -> HoldState:
        """End the recording: a hold that still lasts ends here."""
        return HoldState(float("nan")) if self._own is None else self._end(float("nan"))

    def _begin(self, frame: _Frame) -> None:
        """Start a hold, as far back as the body was where it now is."""
        self._own = self._steadiness.quick
        latest = [f.values for f in self._recent if frame.time_s - f.time_s <= QUICK_S]
        self._unrest = float(np.nanmean([_distance(values, self._own) for values in latest]))
        self._start = self._last = self._inside = frame
        here = np.zeros_like(frame.values)
        for earlier in reversed(self._recent):
            apart, away = (_distance(earlier.values, place) for place in (self._own, here))
            if apart > APART or away > FAR:
                break
            if apart <= self._edge:  # neither holds for a frame that is not known
                self._start = earlier

    @property
    def _edge(self) -> float:
        return float(np.hypot(SETTLED, NOISY * self._unrest))

    def _follow(self, frame: _Frame, away: float, *, arrived: bool) -> None:
        """Note whether the body is still in position, and what its posture there is."""
        assert self._own is not None
        apart = _distance(frame.values, self._own)
        if not (away <= FAR and apart <= APART):
            return
        if arrived:
            share = min(1.0, (frame.time_s - self._inside.time_s) / ADAPT_S)
            self._own = _blended(self._own, frame.values, share)
            self._unrest += share * (apart - self._unrest)
        self._inside = frame
        if apart <= self._edge:
            self._last = frame

    def _end(self, closeness: float) -> HoldState:
        start, last = self._start, self._last
        self._own = None
        self._recent = deque(f for f in self._recent if f.number > last.number)
        held_s = last.time_s - start.time_s
        if held_s < STILL_S:
            return HoldState(closeness)  # passed slowly
        if held_s < self._least_s:
            note = (
                f"A position held for {held_s:.1f} s around {start.time_s:.1f} s was left out:"
                f" a hold lasts at least {self._least_s:.1f} s."
            )
            return HoldState(closeness, note=note)
        stop = last.number + 1
        return HoldState(closeness, ended=Rep(start.number, (start.number + stop) // 2, stop))


def _posture_names(series: FeatureSeries) -> tuple[str, ...]:
    """Features that make a posture; every channel of a series of something else."""
    return tuple(
        name
        for name in series.names
        if name not in KNOWN_FEATURES
        or KNOWN_FEATURES[name].kind == "angle"
        or (KNOWN_FEATURES[name].kind == "inclination" and KNOWN_FEATURES[name].joint in UPRIGHT)
    )


def _is_known(scaled: FloatArray) -> bool:
    return bool(np.isfinite(scaled).sum() >= LEAST_SEEN * len(scaled))


def _distance(one: FloatArray, other: FloatArray) -> float:
    """Root mean square difference over the features known in both; nan where these are few."""
    difference = one - other
    if not _is_known(difference):
        return float("nan")
    return float(np.sqrt(np.nanmean(difference**2)))


def _blended(mean: FloatArray, values: FloatArray, share: float) -> FloatArray:
    """A running mean with its newest values; what one of them lacks is the other's."""
    step = np.where(np.isfinite(values), values - mean, 0.0)
    return np.where(np.isfinite(mean), mean + min(share, 1.0) * step, values)


def _middle(scaled: FloatArray) -> FloatArray:
    """Mean of each feature over the frames (time, feature) that show it; nan where none does."""
    known = np.isfinite(scaled)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, scaled, 0.0).sum(axis=0) / known.sum(axis=0))


def _still_stretches(scaled: FloatArray, time_s: FloatArray) -> list[tuple[int, int]]:
    """Half-open ranges of at least `LEAST_S` in which nothing moves."""
    steadiness = _Steadiness()
    moves = [not steadiness.step(t, row) for t, row in zip(time_s.tolist(), scaled, strict=True)]
    still = finite_runs(np.where(moves, np.nan, 0.0))
    return [(a, b) for a, b in still if time_s[b - 1] - time_s[a] >= LEAST_S - 2 * STILL_S]
