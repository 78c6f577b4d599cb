"""Repetitions of an exercise that nobody has described: what moves, and repeats itself.

A few directions of movement are tried, both ways round. Each cuts the recording into repetitions,
and those are kept that account for most of what moves while the body is mostly at rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, scales
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.reps import cut_reps

COMPONENTS = 3
"""So many principal components are tried as the direction of movement."""
LEVELS = (2.0, 0.0)
"""Percentiles, from either end, between which a direction's range is taken: without the rarest
frames, and with them, for a recording of which a repetition is but a moment."""
LEAST_MOVEMENT = 1.5
"""Some feature must move this many of its scales to be an exercise."""
STRONG = 0.2
"""Features that move this share of the one that moves most are looked at."""
KNOWN = 0.8
"""Features known in this share of the frames are used; in recordings with fewer, the best known."""
SPAN_S = 0.25
"""Movement is what changes within this time: a pose model's jitter does not add up."""
SIMILAR, REPEATING = 0.3, 0.5
"""The other repetitions must account for this share of a repetition's departure from rest, as the
principal components show it; and of all of them, on average, as all features do, where jitter
that happens to look like a repetition in few components does not."""
FULL = 0.6
"""A repetition of less than this share of the others' range is half a one."""
SAMPLES = 25
"""Each way of a repetition is resampled to this length to be compared."""
LEAST_SHARE, STANDING_OUT = 0.2, 2.0
"""Repetitions explain this share of all movement, or this many times their share of the time."""
FLOOR = 1e-6
"""An unknown channel's standard deviation counts as this share of its size at least."""
MIN_FRAMES = 10
"""Shorter recordings hold no repetition."""


def discover_reps(series: FeatureSeries, *, ignore: np.ndarray | None = None) -> Segmentation:
    """Find the repetitions of an unknown exercise.

    Candidates are the leading principal components, with the rest at either end. Each is scored
    by the share of all movement that lies in its repetitions, counted as far as the other
    repetitions predict them (a single one: as far as its way back is its way there), times
    the share of the time spent near rest rather than near the turn.

    Parameters
    ----------
    series : FeatureSeries
        At a uniform rate. Features of a body count by their units; unknown channels by
        their own standard deviation.
    ignore : (time,) bool, optional
        Frames that belong to no repetition, such as walking.

    Returns
    -------
    Segmentation
        With notes on movements that were left out. Without repetitions where nothing repeats.
    """
    keep = np.ones(len(series), dtype=bool) if ignore is None else ~ignore
    best, most = Segmentation((), np.full(len(series), np.nan), ("Nothing repeats itself.",)), 0.0
    known = _known_part(series, keep)
    if known is None:
        return best
    filled = _filled(known.values) / scales(known.names)
    axes = _principal_axes(filled[keep])
    course = filled @ axes
    moved = _movement(course, known.time_s) * keep
    for guide in _guides(known.names, filled[keep], axes):
        cut = _without_halves(cut_reps(known, guide, ignore=~keep))
        found, likeness = _alike(cut, course, known.time_s)
        if not found.reps or _likeness(found.reps, filled).mean() < REPEATING:
            continue
        score = _score(found, likeness, moved, keep)
        if score > most:
            best, most = found, score
    return best


def _known_part(series: FeatureSeries, keep: np.ndarray) -> FeatureSeries | None:
    """Features that are known for most of the time, unknown channels over their own size."""
    finite = np.isfinite(series.values)
    if keep.sum() < MIN_FRAMES or not finite[keep].any():
        return None
    share = finite[keep].mean(axis=0)
    columns = np.flatnonzero(share >= min(KNOWN, share.max()))
    names = tuple(series.names[column] for column in columns)
    values, finite = series.values[:, columns].copy(), finite[:, columns]
    unknown = np.array([name not in KNOWN_FEATURES for name in names])
    if unknown.any():
        channels = _filled(values[:, unknown])
        least = FLOOR * np.abs(channels).max(axis=0) + np.finfo(float).tiny
        channels /= np.maximum(channels[keep].std(axis=0), least)
        values[:, unknown] = _smooth(channels, _frames(series.time_s, SPAN_S))
    return FeatureSeries(series.time_s, np.where(finite, values, np.nan), names)


def _frames(time_s: FloatArray, span_s: float) -> int:
    return max(1, round(span_s / float(np.median(np.diff(time_s)))))


def _smooth(values: FloatArray, frames: int) -> FloatArray:
    """Mean over so many frames around each."""
    before = frames // 2
    padded = np.pad(values, ((before, frames - 1 - before), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, frames, axis=0)
    return np.asarray(windows.mean(axis=-1))


def _filled(values: FloatArray) -> FloatArray:
    """Draw every feature through its gaps."""
    filled = np.where(np.isfinite(values), values, np.nan)
    frames = np.arange(len(values))
    for column in filled.T:
        known = np.isfinite(column)
        column[:] = np.interp(frames, frames[known], column[known])
    return filled


def _principal_axes(frames: FloatArray) -> FloatArray:
    """Leading principal axes of (frame, feature), strongest first: (feature, axis)."""
    spread = np.atleast_2d(np.cov(frames, rowvar=False))
    return np.asarray(np.linalg.eigh(spread)[1][:, ::-1][:, :COMPONENTS])


def _movement(course: FloatArray, time_s: FloatArray) -> FloatArray:
    """How far the body is, at each frame, between a little before and a little after."""
    reach = _frames(time_s, SPAN_S / 2)
    padded = np.pad(course, ((reach, reach), (0, 0)), mode="edge")
    return np.asarray(np.linalg.norm(padded[2 * reach :] - padded[: -2 * reach], axis=1))


def _guides(names: tuple[str, ...], frames: FloatArray, axes: FloatArray) -> Iterator[Guide]:
    """Directions in which the body may move from rest to turn, from its (frame, feature)."""
    scale = scales(names)
    centre = np.median(frames, axis=0)
    for axis in axes.T:
        along = (frames - centre) @ axis
        for level in LEVELS:
            ends = np.percentile(along, [level, 100.0 - level])
            moved = np.abs(np.ptp(ends) * axis)
            if moved.max() < LEAST_MOVEMENT:
                continue
            strong = moved >= STRONG * moved.max()
            kept = tuple(name for name, keep in zip(names, strong, strict=True) if keep)
            low, high = (((centre + end * axis) * scale)[strong] for end in ends)
            yield Guide(kept, low, high)
            yield Guide(kept, high, low)


def _without_halves(found: Segmentation) -> Segmentation:
    """Keep repetitions apart that go but half of the way."""
    if not found.reps:
        return found
    heights = [_height(found.drive, rep) for rep in found.reps]
    full = sorted(heights)[len(heights) // 2]
    pairs = list(zip(found.reps, heights, strict=True))
    whole = tuple(rep for rep, height in pairs if height >= FULL * full)
    return replace(found, reps=whole, halves=tuple(rep for rep, h in pairs if h < FULL * full))


def _height(drive: FloatArray, rep: Rep) -> float:
    return float(drive[rep.turn] - drive[[rep.start, rep.stop - 1]].mean())


def _alike(
    found: Segmentation, course: FloatArray, time_s: FloatArray
) -> tuple[Segmentation, FloatArray]:
    """Leave out what is unlike the other repetitions, worst first; how alike the others are.

    Where most are unlike each other, none is left.
    """
    while found.reps:
        likeness = _likeness(found.reps, course)
        if likeness.min() >= SIMILAR:
            return found, likeness
        keep = [number != likeness.argmin() for number in range(len(likeness))]
        if len(keep) > 2 and np.median(likeness) < SIMILAR:
            keep = [False] * len(keep)
        pairs = list(zip(found.reps, keep, strict=True))
        notes = (
            f"A movement around {time_s[rep.turn]:.1f} s, unlike the others, was left out."
            for rep, kept in pairs
            if not kept
        )
        reps = tuple(rep for rep, kept in pairs if kept)
        found = replace(found, reps=reps, notes=(*found.notes, *notes))
    return found, np.zeros(0)


def _likeness(reps: tuple[Rep, ...], course: FloatArray) -> FloatArray:
    """Share of each repetition's departure from rest that the mean of the others predicts.

    The ways there and back are resampled to equal lengths. A single repetition is compared with
    itself run backwards.
    """
    pieces = np.stack([_resampled(rep, course) for rep in reps])
    pieces -= np.median(pieces[:, [0, -1]].reshape(-1, pieces.shape[2]), axis=0)
    if len(pieces) > 1:
        others = (pieces.sum(axis=0) - pieces) / (len(pieces) - 1)
    else:
        others = pieces[:, ::-1]
    size, missed = ((part**2).sum(axis=(1, 2)) for part in (pieces, pieces - others))
    return np.asarray(1.0 - missed / np.maximum(size, np.finfo(float).tiny))


def _resampled(rep: Rep, course: FloatArray) -> FloatArray:
    there = np.linspace(rep.start, rep.turn, SAMPLES)
    back = np.linspace(rep.turn, rep.stop - 1, SAMPLES)
    at = np.concatenate([there, back])
    before = np.minimum(at.astype(int), len(course) - 2)
    share = (at - before)[:, None]
    return np.asarray(course[before] * (1 - share) + course[before + 1] * share)


def _score(found: Segmentation, likeness: FloatArray, moved: FloatArray, keep: np.ndarray) -> float:
    """Share of all movement that is explained, times the share of the time spent near rest."""
    inside = np.array([moved[rep.start : rep.stop].sum() for rep in found.reps])
    rest = np.median([found.drive[[rep.start, rep.stop - 1]] for rep in found.reps])
    height = np.median([_height(found.drive, rep) for rep in found.reps])
    away = np.abs(found.drive[keep] - rest) / height
    near = 1.0 - np.nanmean(np.clip(away, 0.0, 1.0))
    explained = (likeness * inside).sum() / moved.sum()
    took = sum(rep.stop - rep.start for rep in found.reps) / keep.sum()
    return float(explained * near) if explained >= min(LEAST_SHARE, STANDING_OUT * took) else 0.0
