"""Cutting the repetitions out of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.motion.features import FEATURES, FeatureSeries
from dtwcoach.pose import FloatArray

UNIT_SCALE = {"deg": 10.0, "torso": 0.15}
"""Differences of this size count as equally large in different units."""
REVERSAL = 0.35
"""Share of the full movement by which the drive must turn back to end a rise or a fall."""
SMALL_REVERSAL, LIKE_OTHERS = 0.15, (0.7, 1.4)
"""So small a movement is a rep, too, in a set of reps that take about as long."""
EDGE = 0.05
"""A rep starts and ends where the drive passes this share of the rep's own range."""
MIN_REP_S = 0.4
BRIDGE_S = 0.5
"""Gaps of the drive up to this long are drawn through."""
LEAST_MOVEMENT = 1.5
"""Without references, some feature must move this many of its scales to be an exercise."""
DURATION_RANGE = (0.3, 4.0)
"""Reps shorter or longer than this, relative to the references, are another movement."""
STILL, STILL_S = 0.12, 0.3
"""The drive stands still below this speed, in full movements a second, taken over this long."""
LEAST_PAUSE_S, MOVING_DWELL_S, AT_TURN = 0.4, 0.1, 0.85
"""A pause is at least so long; on the way so much of it is left; the turn is above this share."""
TRAVEL_S, TRAVEL_TORSOS = 1.5, 1.5
"""Walking: the hips end up this far away, sideways in the picture, after this long."""


@dataclass(frozen=True)
class Rep:
    """One repetition.

    Parameters
    ----------
    start, stop : int
        Half-open range of frames.
    turn : int
        Frame at the farthest point.
    pauses : tuple of (start, stop)
        Half-open ranges to leave out before matching: standing still beyond the references' dwell.
    """

    start: int
    turn: int
    stop: int
    pauses: tuple[tuple[int, int], ...] = ()


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
    dwell_s : float
        Longest time those stood still inside a repetition.
    """

    names: tuple[str, ...]
    rest: FloatArray
    turn: FloatArray
    duration_s: tuple[float, float] = (0.0, float("inf"))
    dwell_s: float = 0.5


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The repetitions of a recording.

    Parameters
    ----------
    reps : tuple of Rep
        In order, not overlapping.
    drive : (time,) float
        0 at rest, 1 at the turn; NaN where it is not known.
    notes : tuple of str
        Incomplete or implausible repetitions that were dropped.
    """

    reps: tuple[Rep, ...]
    drive: FloatArray
    notes: tuple[str, ...]


def scales(names: tuple[str, ...]) -> FloatArray:
    """Size of an equally large difference for each feature; 1 for unknown channels."""
    return np.array([UNIT_SCALE[FEATURES[n].unit] if n in FEATURES else 1.0 for n in names])


def drive_signal(series: FeatureSeries, guide: Guide) -> FloatArray:
    """Project each frame onto the line from rest (0) to turn (1).

    Features missing in a frame are left out of that frame's projection; where features that
    carry less than half of the movement are left, the drive is NaN.
    """
    scale = scales(guide.names)
    amplitude = (guide.turn - guide.rest) / scale
    offset = np.stack([series.column(name) for name in guide.names], axis=1) - guide.rest
    known = np.isfinite(offset)
    weight = known * amplitude**2
    total = weight.sum(axis=1)
    along = np.where(known, offset / scale * amplitude, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total >= 0.5 * (amplitude**2).sum(), along / total, np.nan)


def travelling(time_s: FloatArray, place: FloatArray) -> np.ndarray:
    """Frames in which the person walks, from where the hips are in the picture.

    Parameters
    ----------
    time_s : (time,) float
    place : (time, 2) float
        Torso lengths.

    Returns
    -------
    (time,) bool
    """
    known = np.isfinite(place[:, 0])
    if known.sum() < 2:
        return np.zeros(len(time_s), dtype=bool)
    x = np.interp(
        np.stack([time_s - TRAVEL_S / 2, time_s + TRAVEL_S / 2]), time_s[known], place[known, 0]
    )
    return np.asarray(np.abs(x[1] - x[0]) > TRAVEL_TORSOS)


def find_guide(series: FeatureSeries, *, ignore: np.ndarray) -> Guide | None:
    """Learn the strongest movement of a recording without any reference.

    The first principal component of the features (each over its scale) is the movement; it
    rests at the end of its range near which it spends more time.

    Parameters
    ----------
    series : FeatureSeries
    ignore : (time,) bool
        Frames to leave out, such as walking.

    Returns
    -------
    Guide or None
        None when too little is seen or nothing moves.
    """
    usable = np.isfinite(series.values[~ignore]).mean(axis=0) > 0.8 if (~ignore).any() else []
    columns = np.flatnonzero(usable)
    values = series.values[~ignore][:, columns]
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < 10 or len(columns) < 1:
        return None
    names = tuple(series.names[c] for c in columns)
    scale = scales(names)
    scaled = values / scale
    centre = np.median(scaled, axis=0)
    _, _, axes = np.linalg.svd(scaled - scaled.mean(axis=0), full_matrices=False)
    along = (scaled - centre) @ axes[0]
    low, high = np.percentile(along, [2, 98])
    if np.median(along) > (low + high) / 2:
        axes, low, high = -axes, -high, -low
        along = -along
    rest, turn = (centre + level * axes[0] for level in (np.percentile(along, 10), high))
    moved = np.abs(turn - rest)
    if moved.max() < LEAST_MOVEMENT:
        return None
    strong = moved >= 0.2 * moved.max()
    kept = tuple(name for name, keep in zip(names, strong, strict=True) if keep)
    return Guide(kept, (rest * scale)[strong], (turn * scale)[strong])


def cut_reps(
    series: FeatureSeries, guide: Guide, *, ignore: np.ndarray | None = None
) -> Segmentation:
    """Find the repetitions of a movement.

    A repetition rises from rest to the turn and falls back; it starts where the drive leaves
    its level of rest by 5 % of the rep's own range and stops where it comes back. In a set
    of two or more, movements of a far smaller range that take as long count as well: what is wrong
    with them is for the verdict to say.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate.
    guide : Guide
    ignore : (time,) bool, optional
        Frames that belong to no repetition, such as walking.

    Returns
    -------
    Segmentation
    """
    drive = _bridged(drive_signal(series, guide), series.time_s)
    if ignore is not None:
        drive = np.where(ignore, np.nan, drive)
    reps, notes = _large_reps(drive, series.time_s, guide)
    reps = sorted((*reps, *_small_reps(drive, reps)), key=lambda rep: rep.start)
    rate_hz = 1.0 / float(np.median(np.diff(series.time_s))) if len(series) > 1 else 1.0
    with_pauses = tuple(_with_pauses(rep, drive, rate_hz, guide) for rep in reps)
    return Segmentation(with_pauses, drive, tuple(notes))


def _large_reps(drive: FloatArray, time_s: FloatArray, guide: Guide) -> tuple[list[Rep], list[str]]:
    """Repetitions by their range alone, and notes on what was left out."""
    reps: list[Rep] = []
    notes: list[str] = []
    for first, stop in finite_runs(drive):
        part = drive[first:stop]
        extremes = reversals(part, REVERSAL)
        for number, (index, is_high) in enumerate(extremes):
            if not is_high:
                continue
            at_s = time_s[first + index]
            if number in (0, len(extremes) - 1):
                notes.append(f"A repetition cut off around {at_s:.1f} s was left out.")
                continue
            rep = _bounded(part, extremes, number, first)
            problem = _implausible(float(time_s[rep.stop - 1] - time_s[rep.start]), guide)
            if problem:
                notes.append(f"A movement around {at_s:.1f} s was left out: {problem}.")
            else:
                reps.append(rep)
    return reps, notes


def _small_reps(drive: FloatArray, reps: list[Rep]) -> list[Rep]:
    """Repetitions of far too small a range, which take about as long as the others."""
    if len(reps) < 2:
        return []
    usual = np.median([rep.stop - rep.start for rep in reps])
    between = drive.copy()
    for rep in reps:
        between[rep.start : rep.stop] = np.nan
    small = []
    for first, stop in finite_runs(between):
        extremes = reversals(drive[first:stop], SMALL_REVERSAL)
        for number, (_, is_high) in enumerate(extremes[:-1]):
            if is_high and number > 0:
                rep = _bounded(drive[first:stop], extremes, number, first)
                if LIKE_OTHERS[0] < (rep.stop - rep.start) / usual < LIKE_OTHERS[1]:
                    small.append(rep)
    return small


def _bridged(drive: FloatArray, time_s: FloatArray) -> FloatArray:
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


def _implausible(took_s: float, guide: Guide) -> str:
    shortest = max(MIN_REP_S, DURATION_RANGE[0] * guide.duration_s[0])
    longest = DURATION_RANGE[1] * guide.duration_s[1]
    if took_s < shortest:
        return f"it took {took_s:.1f} s, needs {shortest:.1f}"
    if took_s > longest:
        return f"it took {took_s:.1f} s, may take {longest:.1f}"
    return ""


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


def _bounded(drive: FloatArray, extremes: list[tuple[int, bool]], number: int, first: int) -> Rep:
    """Find where the rep around a high extreme leaves rest and comes back to it."""
    peak = extremes[number][0]
    before = extremes[number - 2][0] if number >= 2 else 0
    after = extremes[number + 2][0] + 1 if number + 2 < len(extremes) else len(drive)
    rise, fall = drive[before : peak + 1], drive[peak:after]
    start = before + int(np.flatnonzero(rise <= _edge_level(rise, drive[peak]))[-1])
    stop = peak + int(np.flatnonzero(fall <= _edge_level(fall, drive[peak]))[0]) + 1
    return Rep(first + start, first + peak, first + stop)


def _edge_level(side: FloatArray, peak: float) -> float:
    """Level of the drive at which the rep begins or ends on this side of its peak."""
    bottom = side.min()
    rest = float(np.median(side[side <= bottom + 0.1 * (peak - bottom)]))
    return rest + EDGE * (peak - rest)


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
    inside = np.flatnonzero(drive > 2 * EDGE * np.nanmax(drive))
    if not len(inside):
        return []
    still[: inside[0]] = still[inside[-1] :] = False
    still[[0, -1]] = False
    edges = np.flatnonzero(np.diff(still.astype(int))) + 1
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _with_pauses(rep: Rep, drive: FloatArray, rate_hz: float, guide: Guide) -> Rep:
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
    return Rep(rep.start, rep.turn, rep.stop, tuple(pauses))


def kept_frames(rep: Rep) -> np.ndarray:
    """Frames of the rep without its pauses."""
    keep = np.ones(rep.stop - rep.start, dtype=bool)
    for start, stop in rep.pauses:
        keep[start - rep.start : stop - rep.start] = False
    return np.flatnonzero(keep) + rep.start
