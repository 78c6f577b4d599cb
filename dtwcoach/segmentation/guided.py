"""Repetitions of a known movement: matched as a whole, bounded where they leave and reach rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, finite_runs, reversals, searched_drive
from dtwcoach.segmentation.edges import edge_level, implausible
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.pauses import with_pauses
from dtwcoach.segmentation.subsequence import Spotter
from dtwcoach.segmentation.templates import Template, costs, out_of_reach, template_of

SIZES = (1.0, 0.35)
"""Shares of the movement that are looked for: half repetitions are found like whole ones."""
HALF = 0.6
"""One that gets less far than this share of what the athlete usually does is a half repetition."""
GIVEN_UP, AS_LONG = 0.25, (0.4, 1.5)
"""Between the repetitions of a set, a movement of this share of their range that takes so many
times as long as they do is a half one, too."""
REACH_S = 0.7
"""The ends of a rep are looked for up to so far outside its match."""
AGAIN = 0.5
"""Share of its own height to which the drive must rise once more to do so twice."""
CUT_OFF = 0.35
"""Share of the movement beyond which the recording's end, or a gap, cuts a repetition off."""
LOPSIDED = 0.5
"""One whose one way is shorter than this share of its other is cut off as well."""

BLOCK = 1000
"""So many frames are compared with the templates at once, so that hours need no more memory."""

Span = tuple[int, int, int]
"""Template, first frame, frame after the last."""


def chain(left: Sequence[tuple[int, int] | None]) -> list[Span]:
    """Follow the best chain of templates back from the last frame.

    Parameters
    ----------
    left : sequence of (template, start) or None
        What `Spotter.step` returned for each frame.

    Examples
    --------
    >>> chain([None, (0, 0), None, None, (0, 2), (1, 2), None])
    [(0, 0, 2), (1, 2, 6)]
    """
    spans: list[Span] = []
    stop = len(left)
    while stop > 0:
        leaves = left[stop - 1]
        if leaves is None:
            stop -= 1
        else:
            spans.append((leaves[0], leaves[1], stop))
            stop = leaves[1]
    return spans[::-1]


def spot(
    series: FeatureSeries, templates: Sequence[Template], *, ignore: np.ndarray | None = None
) -> list[Span]:
    """Find the best sequence of non-overlapping matches of any of the templates.

    Parameters
    ----------
    series : FeatureSeries
        Any channels, at the rate of the templates.
    templates : sequence of Template
    ignore : (time,) bool, optional
        Frames that belong to none.

    Returns
    -------
    list of (template, start, stop)
        In order; half-open frame ranges.
    """
    lengths = tuple(map(len, templates))
    spotter = Spotter(lengths)
    forbidden = [out_of_reach(series, template.names, ignore=ignore) for template in templates]
    left: list[tuple[int, int] | None] = []
    for first in range(0, len(series), BLOCK):
        here = slice(first, first + BLOCK)
        part = FeatureSeries(series.time_s[here], series.values[here], series.names)
        cost = np.ones((len(part), len(templates), max(lengths)))
        idle = np.ones((len(part), len(templates)))
        for k, template in enumerate(templates):
            cost[:, k, : lengths[k]], idle[:, k] = costs(
                part, template, forbidden=forbidden[k][here]
            )
        left += spotter.step(cost, idle)
    return chain(left)


def find_reps(
    series: FeatureSeries,
    guide: Guide,
    *,
    ignore: np.ndarray | None = None,
    both_sides: bool = False,
) -> Segmentation:
    """Find the repetitions of a known movement.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate.
    guide : Guide
    ignore : (time,) bool, optional
        Frames that belong to no repetition, such as walking.
    both_sides : bool
        Whether the mirror image of the movement is looked for as well.

    Returns
    -------
    Segmentation
        The drive is that of each repetition's own side.
    """
    ways = sides_of(guide, both=both_sides)
    drives = [searched_drive(series, way, ignore=ignore) for way in ways]
    spans = spot(series, templates_of(ways, rate_hz=series.rate_hz), ignore=ignore)
    drive = np.fmax.reduce(drives)
    reps, cut_off, notes = [], _beyond(drive, spans), []
    for number, span in enumerate(spans):
        before = spans[number - 1][2] if number else 0
        after = spans[number + 1][1] if number + 1 < len(spans) else len(series)
        own = span[0] // len(SIZES)
        rep = bounded(drives[own], span, reach=(before, after), rate_hz=series.rate_hz)
        if rep is None:
            continue
        if both_sides:
            rep = replace(rep, side=ways[own].side, mirrored=own > 0)
        drive[rep.start : rep.stop] = drives[own][rep.start : rep.stop]
        if is_lopsided(drive, rep):
            cut_off += [rep] if drive[rep.turn] > CUT_OFF else []
            continue
        problem = implausible(float(series.time_s[rep.stop - 1] - series.time_s[rep.start]), guide)
        if problem:
            at_s = series.time_s[rep.turn]
            notes.append(f"A movement around {at_s:.1f} s was left out: {problem}.")
        else:
            reps.append(with_pauses(rep, drive, series.rate_hz, guide))
    whole, halves = apart(reps, drive)
    given_up = _given_up(drive, whole, beside=(*halves, *cut_off), rate_hz=series.rate_hz)
    halves = tuple(sorted((*halves, *given_up), key=lambda rep: rep.start))
    cut_off.sort(key=lambda rep: rep.start)
    return Segmentation(whole, drive, tuple(notes), halves, tuple(cut_off))


def sides_of(guide: Guide, *, both: bool) -> tuple[Guide, ...]:
    """The movement as it was learnt, and for both sides its mirror image."""
    return (guide, guide.mirrored()) if both else (guide,)


def templates_of(ways: Sequence[Guide], *, rate_hz: float) -> list[Template]:
    """What is looked for: every way in each of `SIZES`."""
    whole = [template_of(way, rate_hz=rate_hz) for way in ways]
    return [template.smaller(size) for template in whole for size in SIZES]


def bounded(drive: FloatArray, span: Span, *, reach: tuple[int, int], rate_hz: float) -> Rep | None:
    """Bound a match where the drive leaves rest and comes back to it.

    Parameters
    ----------
    drive : (time,) float
    span : (template, start, stop)
    reach : (int, int)
        Stop of the match before, start of the next one.
    rate_hz : float

    Returns
    -------
    Rep or None
        None where the drive is not known or does not rise.
    """
    _, start, stop = span
    if not np.isfinite(drive[start:stop]).any():
        return None
    turn = start + int(np.nanargmax(drive[start:stop]))
    runs = [run for run in finite_runs(drive) if run[0] <= turn < run[1]]
    margin = round(REACH_S * rate_hz)
    first = max(runs[0][0], min(start, max(reach[0], start - margin)))
    last = min(runs[0][1], max(stop, min(reach[1], stop + margin)))
    rise, fall = drive[first : turn + 1], drive[turn:last]
    low = min(rise.min(), fall.min())
    if drive[turn] <= low:
        return None
    begin = first + int(np.flatnonzero(rise <= edge_level(rise, drive[turn]))[-1])
    end = turn + int(np.flatnonzero(fall <= edge_level(fall, drive[turn]))[0]) + 1
    left_out = np.r_[drive[start:begin], drive[end:stop]]
    if np.fmax.reduce(left_out, initial=low) - low > AGAIN * (drive[turn] - low):
        # It rises twice in one match: the driving joint was lost on the way, not the whole body.
        begin, end = max(start, runs[0][0]), min(stop, runs[0][1])
    return Rep(begin, turn, end)


def apart(reps: Iterable[Rep], drive: FloatArray) -> tuple[tuple[Rep, ...], tuple[Rep, ...]]:
    """Tell whole repetitions from half ones, against what the athlete usually does.

    Parameters
    ----------
    reps : iterable of Rep
    drive : (time,) float

    Returns
    -------
    whole, halves
    """
    reps = tuple(reps)
    ranges = [range_of(drive, rep) for rep in reps]
    halves = tuple(rep for rep, own in zip(reps, ranges, strict=True) if is_half(own, ranges))
    return tuple(rep for rep in reps if rep not in halves), halves


def is_half(own: float, ranges: Collection[float]) -> bool:
    """Whether a range is half of what the athlete usually does.

    Usual is the median of the larger half of all ranges, the references' own among them, so that
    a set that is shallow throughout is not half.

    >>> is_half(0.5, [1.0, 0.9, 0.5]), is_half(0.5, [0.5, 0.6, 0.5, 0.6])
    (True, False)
    """
    larger = sorted([1.0, *ranges])[(len(ranges) + 1) // 2 :]
    return own < HALF * float(np.median(larger))


def range_of(drive: FloatArray, rep: Rep) -> float:
    """How far a repetition's drive rises above its ends."""
    return float(drive[rep.turn] - max(drive[rep.start], drive[rep.stop - 1]))


def is_lopsided(drive: FloatArray, rep: Rep, *, share: float = LOPSIDED) -> bool:
    """Whether one way of a repetition is shorter than this share of the other."""
    ways = sorted(drive[rep.turn] - drive[[rep.start, rep.stop - 1]])
    return bool(ways[0] < share * ways[1])


def _given_up(
    drive: FloatArray, whole: Sequence[Rep], *, beside: Sequence[Rep], rate_hz: float
) -> list[Rep]:
    """Movements between the repetitions that are too small to match, but take about as long."""
    if len(whole) < 2:
        return []
    usual = np.median([rep.stop - rep.start for rep in whole])
    least = GIVEN_UP * float(np.median([range_of(drive, rep) for rep in whole]))
    between = drive.copy()
    for rep in (*whole, *beside):
        between[rep.start : rep.stop] = np.nan
    found = []
    for first, stop in finite_runs(between):
        extremes = reversals(drive[first:stop], least)
        for (low, _), (_, is_high), (end, _) in zip(
            extremes, extremes[1:], extremes[2:], strict=False
        ):
            span = (0, first + low, first + end + 1)
            one = bounded(drive, span, reach=(first, stop), rate_hz=rate_hz) if is_high else None
            if one and AS_LONG[0] < (one.stop - one.start) / usual < AS_LONG[1]:
                found.append(one)
    return found


def _beyond(drive: FloatArray, spans: list[Span]) -> list[Rep]:
    """Movements outside every match that the recording's end, or a gap, cuts off."""
    unmatched = drive.copy()
    for _, start, stop in spans:
        unmatched[start:stop] = np.nan
    edges = {edge for run in finite_runs(drive) for edge in (run[0], run[1] - 1)}
    found = []
    for first, stop in finite_runs(unmatched):
        at_edge = [drive[end] > CUT_OFF for end in (first, stop - 1) if end in edges]
        if any(at_edge):
            found.append(Rep(first, first + int(np.argmax(drive[first:stop])), stop))
    return found
