"""The numbers behind the figures: what is drawn, on which axis and within which bounds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray

MIN_SPAN: dict[str, float] = {"degrees": 30.0, "torso lengths": 0.3}
"""Least height of a panel, so that small differences do not look like large ones."""


MOST_PANELS = 12
"""Features drawn of one repetition."""


def has_curves(assessment: SetAssessment, rep: RepAssessment) -> bool:
    """Return whether there is anything to draw for this repetition."""
    return bool(
        len(assessment.features)
        and np.size(assessment.reference_mean)
        and np.isfinite(np.asarray(rep.attempt, dtype=float)).any()
    )


def ranked_features(assessment: SetAssessment, rep: RepAssessment) -> list[str]:
    """Return the features that count, the largest share of its own limit first.

    Without ratios (a repetition that was not judged) they come in their usual order.
    """
    counting = np.flatnonzero(np.asarray(assessment.counts, dtype=bool))
    if len(counting) == 0:
        counting = np.arange(len(assessment.features))
    share = limit_share(assessment, rep)[counting]
    order = np.argsort(-np.nan_to_num(share, nan=-1.0), kind="stable")
    return [assessment.features[index] for index in counting[order]]


def shown_features(assessment: SetAssessment, rep: RepAssessment) -> list[str]:
    """Return the features to draw, at most `MOST_PANELS`, those that matter most first.

    One of each joint, and besides these what alone is off enough to make the repetition wrong.
    """
    share = dict(zip(assessment.features, limit_share(assessment, rep), strict=True))
    shown: list[str] = []
    joints: set[str] = set()
    for name in ranked_features(assessment, rep):
        joint = KNOWN_FEATURES[name].joint if name in KNOWN_FEATURES else name
        if joint not in joints or share[name] > 1:
            shown.append(name)
            joints.add(joint)
    return shown[:MOST_PANELS]


def limit_share(assessment: SetAssessment, rep: RepAssessment) -> FloatArray:
    """Return each feature's ratio over its limit; above 1 it alone makes the rep wrong."""
    if len(rep.ratios) != len(assessment.features):
        return np.full(len(assessment.features), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: FloatArray = np.asarray(rep.ratios, dtype=float) / np.asarray(assessment.limit)
    return share


def aligned_attempt(rep: RepAssessment, samples: int) -> FloatArray:
    """Return the attempt on the references' time axis, (samples, feature).

    Where the warping path ties several attempt samples to one reference sample their mean is
    taken. An attempt without a path (not matched) is stretched evenly instead; an empty one is
    all NaN.
    """
    attempt: FloatArray = np.asarray(rep.attempt, dtype=float)
    features = attempt.shape[1] if attempt.ndim == 2 else len(rep.ratios)
    if attempt.size == 0 or samples == 0:
        return np.full((samples, features), np.nan)
    if len(rep.path) == 0:
        nearest = np.linspace(0, len(attempt) - 1, samples).round().astype(int)
        stretched: FloatArray = attempt[nearest]
        return stretched
    ours, theirs = np.asarray(rep.path).T
    total = np.zeros((samples, features))
    np.add.at(total, theirs, attempt[ours])
    ties = np.bincount(theirs, minlength=samples)[:, None]
    aligned: FloatArray = np.where(ties > 0, total / np.maximum(ties, 1), np.nan)
    return aligned


def allowed_band(assessment: SetAssessment) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper edge of what is allowed, (samples, feature) each.

    The edge is the references' range or tolerance times limit around their mean, whichever is
    further out: the distance is a root mean square, so an attempt over its limit must leave
    this band somewhere. Tolerances are those of the verdict: widened by the recording's jitter.
    """
    mean = assessment.reference_mean
    tolerance = np.asarray(assessment.tolerance, dtype=float)
    if assessment.jitter is not None:
        tolerance = np.hypot(tolerance, np.nan_to_num(assessment.jitter))
    reach = np.nan_to_num(tolerance * np.asarray(assessment.limit))
    low = np.fmin(assessment.reference_low, mean - reach)
    high = np.fmax(assessment.reference_high, mean + reach)
    return low, high


def turn_percent(rep: RepAssessment, samples: int) -> float | None:
    """Return the phase of the references, in percent, at which the attempt turned."""
    whole = rep.stop_s - rep.start_s
    if not (len(rep.path) and math.isfinite(whole) and whole > 0 and samples > 1):
        return None
    turn = round((rep.turn_s - rep.start_s) / whole * (len(rep.attempt) - 1))
    ours, theirs = np.asarray(rep.path).T
    tied = theirs[ours == turn]
    return rounded(float(tied.mean()) / (samples - 1) * 100, 1) if len(tied) else None


def span(values: FloatArray, unit: str) -> list[float] | None:
    """Return the range of a panel's vertical axis, never narrower than its unit's least span."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return None
    low, high = float(known.min()), float(known.max())
    half = max((high - low) * 1.08, MIN_SPAN.get(unit, 0.0), 1e-6) / 2
    middle = (low + high) / 2
    return [rounded(middle - half, 3), rounded(middle + half, 3)]


def thinned(values: FloatArray, most: int) -> npt.NDArray[np.intp]:
    """Return indices of at most `most` values that keep every bucket's lowest and highest."""
    if len(values) <= most:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), most // 2 + 1).astype(int)
    level = np.nan_to_num(values)
    keep = {0, len(values) - 1}
    for start, stop in pairwise(edges):
        keep |= {
            start + int(level[start:stop].argmin()),
            start + int(level[start:stop].argmax()),
        }
    return np.array(sorted(keep)[:most])


def rounded(values: Any, digits: int) -> Any:
    """Return numbers short enough to print, missing ones as None (JSON knows no NaN)."""
    if isinstance(values, float):
        return round(values, digits) if math.isfinite(values) else None
    array = np.round(np.asarray(values, dtype=float), digits)
    if np.isfinite(array).all():
        return array.tolist()
    return [value if math.isfinite(value) else None for value in array.tolist()]
