"""Cutting the repetitions out of a recording."""

from __future__ import annotations

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, bridged, drive_signal, finite_runs, reversals, scales
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.guided import find_reps
from dtwcoach.segmentation.pauses import with_pauses

REVERSAL = 0.35
"""Share of the full movement by which the drive must turn back to end a rise or a fall."""
SMALL_REVERSAL, LIKE_OTHERS = 0.15, (0.7, 1.4)
"""So small a movement is a rep, too, in a set of reps that take about as long."""
EDGE = 0.05
"""A rep starts and ends where the drive passes this share of the rep's own range."""
MIN_REP_S = 0.4
LEAST_MOVEMENT = 1.5
"""Without references, some feature must move this many of its scales to be an exercise."""
DURATION_RANGE = (0.3, 4.0)
"""Reps shorter or longer than this, relative to the references, are another movement."""


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
    drive = bridged(drive_signal(series, guide), series.time_s)
    if ignore is not None:
        drive = np.where(ignore, np.nan, drive)
    reps, notes = _large_reps(drive, series.time_s, guide)
    reps = sorted((*reps, *_small_reps(drive, reps)), key=lambda rep: rep.start)
    rate_hz = 1.0 / float(np.median(np.diff(series.time_s))) if len(series) > 1 else 1.0
    complete = tuple(with_pauses(rep, drive, rate_hz, guide) for rep in reps)
    return Segmentation(complete, drive, tuple(notes))


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


def _implausible(took_s: float, guide: Guide) -> str:
    shortest = max(MIN_REP_S, DURATION_RANGE[0] * guide.duration_s[0])
    longest = DURATION_RANGE[1] * guide.duration_s[1]
    if took_s < shortest:
        return f"it took {took_s:.1f} s, needs {shortest:.1f}"
    if took_s > longest:
        return f"it took {took_s:.1f} s, may take {longest:.1f}"
    return ""


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


def cut(recording: Recording, guide: Guide | None) -> Segmentation:
    """Features -> repetitions; without a guide the strongest movement is taken."""
    guide = guide or find_guide(recording.series, ignore=recording.walking)
    if guide is None:
        return Segmentation((), np.full(len(recording.series), np.nan), ("Nothing moves.",))
    find = find_reps if len(guide.course) else cut_reps
    return find(recording.series, guide, ignore=recording.walking)
