"""Repetitions by the drive alone: it rises by a large part of its range, and falls again."""

from __future__ import annotations

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, finite_runs, reversals, searched_drive
from dtwcoach.segmentation.edges import edge_level, implausible
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.pauses import with_pauses

REVERSAL = 0.35
"""Share of the full movement by which the drive must turn back to end a rise or a fall."""
SMALL_REVERSAL, LIKE_OTHERS = 0.15, (0.7, 1.4)
"""So small a movement is a rep, too, in a set of reps that take about as long."""


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
    drive = searched_drive(series, guide, ignore=ignore)
    reps, cut_off, notes = _large_reps(drive, series.time_s, guide)
    reps = sorted((*reps, *_small_reps(drive, reps)), key=lambda rep: rep.start)
    complete = tuple(with_pauses(rep, drive, series.rate_hz, guide) for rep in reps)
    return Segmentation(complete, drive, tuple(notes), cut_off=tuple(cut_off))


def _large_reps(
    drive: FloatArray, time_s: FloatArray, guide: Guide
) -> tuple[list[Rep], list[Rep], list[str]]:
    """Repetitions by their range alone, those cut off, and notes on what was left out."""
    reps: list[Rep] = []
    cut_off: list[Rep] = []
    notes: list[str] = []
    for first, stop in finite_runs(drive):
        part = drive[first:stop]
        extremes = reversals(part, REVERSAL)
        for number, (index, is_high) in enumerate(extremes):
            if not is_high:
                continue
            at_s = time_s[first + index]
            if number in (0, len(extremes) - 1):
                begin = extremes[number - 1][0] if number else 0
                end = extremes[1][0] if number == 0 and len(extremes) > 1 else len(part) - 1
                cut_off.append(Rep(first + begin, first + index, first + end + 1))
                continue
            rep = _bounded(part, extremes, number, first)
            problem = implausible(float(time_s[rep.stop - 1] - time_s[rep.start]), guide)
            if problem:
                notes.append(f"A movement around {at_s:.1f} s was left out: {problem}.")
            else:
                reps.append(rep)
    return reps, cut_off, notes


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


def _bounded(drive: FloatArray, extremes: list[tuple[int, bool]], number: int, first: int) -> Rep:
    """Find where the rep around a high extreme leaves rest and comes back to it."""
    peak = extremes[number][0]
    before = extremes[number - 2][0] if number >= 2 else 0
    after = extremes[number + 2][0] + 1 if number + 2 < len(extremes) else len(drive)
    rise, fall = drive[before : peak + 1], drive[peak:after]
    start = before + int(np.flatnonzero(rise <= edge_level(rise, drive[peak]))[-1])
    stop = peak + int(np.flatnonzero(fall <= edge_level(fall, drive[peak]))[0]) + 1
    return Rep(first + start, first + peak, first + stop)
