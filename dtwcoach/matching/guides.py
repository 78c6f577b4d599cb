"""How a movement goes, from right references: what repetitions are looked for by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.calibration import SEEN_SHARE
from dtwcoach.matching.references import Exercise, Reference
from dtwcoach.motion.features import FEATURES, resample
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, drive_signal, scales
from dtwcoach.segmentation.pauses import longest_stillness

COURSE_SAMPLES = 100
"""Of the typical movement, which is resampled to each recording's rate."""


def guide_from(exercise: Exercise, right: tuple[Reference, ...]) -> Guide:
    """Where the movement rests and turns, from right references.

    The exercise's own driving features; else those that move most, each over its scale.
    """
    names = right[0].series.names
    rest, turn = [], []
    for reference in right:
        values = reference.series.values
        at = round(turn_share(reference) * (len(values) - 1))
        rest.append((values[0] + values[-1]) / 2)
        turn.append(values[max(0, at - 1) : at + 2].mean(axis=0))
    ends = np.array([rest, turn])
    shown = np.isfinite(ends).all(axis=0)  # (reference, feature)
    known = shown.mean(axis=0) >= SEEN_SHARE
    from_, to = np.where(shown, ends, 0.0).sum(axis=1) / np.maximum(shown.sum(axis=0), 1)
    moved = np.where(known, np.abs(to - from_), 0.0) / scales(names)
    if exercise.driving:
        drives = np.array([name in exercise.driving for name in names]) & known
    else:
        drives = moved >= 0.5 * moved.max()
    if not (drives & (moved > 0)).any():
        raise CalibrationError(
            f"{exercise.title}: no driving feature is visible in the references. "
            "Film the whole body, or name others under `driving` in exercise.toml."
        )
    chosen = tuple(name for name, is_driving in zip(names, drives, strict=True) if is_driving)
    guide = Guide(chosen, from_[drives], to[drives])
    took = [float(r.series.time_s[-1]) for r in right]
    dwell = max(
        longest_stillness(drive_signal(r.series, guide), time_s=r.series.time_s) for r in right
    )
    names, course = _typical_course(right, ignore=exercise.ignore)
    return replace(
        guide,
        duration_s=(min(took), max(took)),
        usual_s=float(np.median(took)),
        dwell_s=dwell,
        course_names=names,
        course=course,
    )


def _typical_course(
    right: tuple[Reference, ...], *, ignore: tuple[str, ...]
) -> tuple[tuple[str, ...], FloatArray]:
    """The whole movement: the median of the references, their turns laid over each other.

    Returns
    -------
    names, (samples, feature) float
        Of the features seen in most references.
    """
    turn = float(np.median([turn_share(r) for r in right]))
    curves = np.stack([_turning_at(turn, r) for r in right])
    seen = np.isfinite(curves).all(axis=1).mean(axis=0) >= SEEN_SHARE
    names = right[0].series.names
    wanted = [not {name, FEATURES[name].joint} & set(ignore) for name in names]
    kept = np.flatnonzero(seen & wanted)
    return tuple(names[k] for k in kept), np.nanmedian(curves[..., kept], axis=0)


def _turning_at(turn: float, reference: Reference) -> FloatArray:
    """A reference resampled so that it turns after this share of the samples."""
    values = reference.series.values
    at = round(turn_share(reference) * (len(values) - 1))
    before = max(2, round(turn * COURSE_SAMPLES))
    out, back = resample(values[: at + 1], before), resample(values[at:], COURSE_SAMPLES - before)
    return np.vstack([out, back])


def turn_share(reference: Reference) -> float:
    """Share of a repetition's time after which it turns."""
    info = reference.info
    return (info.turn_s - info.start_s) / (info.stop_s - info.start_s)
