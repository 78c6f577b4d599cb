"""How a movement goes, learnt from executions of it: what repetitions are looked for by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries, resample
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, drive_signal, scales
from dtwcoach.segmentation.found import Rep, kept_frames
from dtwcoach.segmentation.pauses import longest_stillness

COURSE_SAMPLES = 100
"""Of the typical movement, which is resampled to each recording's rate."""
SEEN_SHARE = 0.8
"""Share of the executions in which a feature must be seen throughout."""
DRIVING = 0.5
"""Features that move at least this share of the farthest, each over its scale, drive."""


@dataclass(frozen=True, eq=False)
class Execution:
    """One repetition to learn from.

    Parameters
    ----------
    series : FeatureSeries
        Of the repetition alone, time from 0.
    turn : int
        Sample at its farthest point.
    """

    series: FeatureSeries
    turn: int


def execution_of(series: FeatureSeries, rep: Rep) -> Execution:
    """A repetition of a recording, without its pauses."""
    kept = kept_frames(rep)
    time_s = np.arange(len(kept)) / series.rate_hz
    turn = int(np.searchsorted(kept, rep.turn))
    return Execution(FeatureSeries(time_s, series.values[kept], series.names), turn)


def learn_guide(
    executions: Sequence[Execution],
    *,
    driving: Collection[str] = (),
    ignore: Collection[str] = (),
) -> Guide | None:
    """Learn where a movement rests, where it turns, and its whole course.

    Parameters
    ----------
    executions : sequence of Execution
        At least one; all of the same features.
    driving : collection of str
        Features that show the repetitions; empty: those that move most, each over its scale.
    ignore : collection of str
        Joints or features that say nothing.

    Returns
    -------
    Guide or None
        None where no driving feature is seen or moves.
    """
    names = executions[0].series.names
    rest, turn = [], []
    for one in executions:
        values = one.series.values
        rest.append((values[0] + values[-1]) / 2)
        turn.append(values[max(0, one.turn - 1) : one.turn + 2].mean(axis=0))
    ends = np.array([rest, turn])
    shown = np.isfinite(ends).all(axis=0)  # (execution, feature)
    known = shown.mean(axis=0) >= SEEN_SHARE
    from_, to = np.where(shown, ends, 0.0).sum(axis=1) / np.maximum(shown.sum(axis=0), 1)
    moved = np.where(known, np.abs(to - from_), 0.0) / scales(names)
    drives = moved >= DRIVING * moved.max()
    if driving:
        drives = np.array([name in driving for name in names])
    drives &= moved > 0
    if not drives.any():
        return None
    chosen = tuple(name for name, is_driving in zip(names, drives, strict=True) if is_driving)
    guide = Guide(chosen, from_[drives], to[drives])
    took = [float(one.series.time_s[-1]) for one in executions]
    course_names, course = _typical_course(executions, ignore=ignore)
    return replace(
        guide,
        duration_s=(min(took), max(took)),
        usual_s=float(np.median(took)),
        dwell_s=max(
            longest_stillness(drive_signal(one.series, guide), time_s=one.series.time_s)
            for one in executions
        ),
        course_names=course_names,
        course=course,
    )


def _typical_course(
    executions: Sequence[Execution], *, ignore: Collection[str]
) -> tuple[tuple[str, ...], FloatArray]:
    """The whole movement: the median of the executions, their turns laid over each other.

    Returns
    -------
    names, (samples, feature) float
        Of the features seen in most executions.
    """
    share = float(np.median([one.turn / max(1, len(one.series) - 1) for one in executions]))
    before = min(max(2, round(share * COURSE_SAMPLES)), COURSE_SAMPLES - 2)
    curves = np.stack([_turning_after(before, one) for one in executions])
    seen = np.isfinite(curves).all(axis=1).mean(axis=0) >= SEEN_SHARE
    names = executions[0].series.names
    kept = [
        k for k in np.flatnonzero(seen) if not {names[k], _joint(names[k])}.intersection(ignore)
    ]
    return tuple(names[k] for k in kept), np.nanmedian(curves[..., kept], axis=0)


def _turning_after(samples: int, one: Execution) -> FloatArray:
    """An execution resampled so that it turns after so many of `COURSE_SAMPLES`."""
    values = one.series.values
    out, back = values[: one.turn + 1], values[one.turn :]
    return np.vstack([resample(out, samples), resample(back, COURSE_SAMPLES - samples)])


def _joint(name: str) -> str:
    return KNOWN_FEATURES[name].joint if name in KNOWN_FEATURES else ""
