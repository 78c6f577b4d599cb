"""Tolerances, joint limits and the threshold, from reference repetitions.

Every estimate here leaves the judged person out: distances of a repetition are measured to the
references of *other* people (of other recordings, or of the other repetitions, where only one
person is known), so that what is learnt holds for somebody new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.average import barycenter
from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.references import Calibration, Exercise, Reference, ReferenceInfo
from dtwcoach.motion.features import FEATURES
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings

MIN_TOLERANCE = {"deg": 2.0, "torso": 0.03}
"""Smallest tolerance by unit: the pose model's own noise between two recordings."""
BETWEEN_PEOPLE = {"deg": 7.0, "torso": 0.11}
"""Smallest tolerance while the references show fewer than `ENOUGH_PEOPLE`: how far two people who
both do it right are apart (80th percentile of their distances in UI-PRMD, median over features)."""
TOLERANCE_PERCENTILE = 80.0
LIMIT_PERCENTILE = 95.0
RIGHT_SHARE = 90.0
"""Percentile of right repetitions, each judged by others, that stays under the threshold."""
SEEN_SHARE = 0.8
"""A feature counts when this share of the right references shows it throughout."""
ENOUGH_RIGHT, ENOUGH_WRONG, ENOUGH_PEOPLE = 10, 10, 3
"""Below any of these a calibration is provisional."""


@dataclass(frozen=True, eq=False)
class Rule:
    """How distances become a score.

    Parameters
    ----------
    tolerance, limit : (feature,) float
        In the feature's unit; as a ratio to the tolerance.
    threshold : float
        For the median ratio.
    """

    tolerance: FloatArray
    limit: FloatArray
    threshold: float

    def parts(self, distances: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return median ratio over threshold and worst joint over its limit, (rep,) each.

        Parameters
        ----------
        distances : (rep, feature) float
            NaN for features that could not be measured; they are left out.
        """
        ratios = distances / self.tolerance
        median = np.nanmedian(ratios, axis=1) / self.threshold
        return median, np.nanmax(ratios / self.limit, axis=1)

    def score(self, distances: FloatArray) -> FloatArray:
        """1.0 is the border; exactly 1.0 is still right. Shapes as in `parts`."""
        return np.maximum(*self.parts(distances))


def counting_features(exercise: Exercise, right: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Which features count for the verdict, (feature,) bool.

    The exercise's own choice, or all that the right references show; never ignored ones.

    Parameters
    ----------
    exercise : Exercise
    right : (rep, samples, feature) float
    names : tuple of str
    """
    shown = np.isfinite(right).all(axis=1).mean(axis=0) >= SEEN_SHARE
    chosen = np.array([not exercise.counts or name in exercise.counts for name in names])
    ignored = np.array(
        [
            name in exercise.ignore
            or (name in FEATURES and FEATURES[name].joint in exercise.ignore)
            for name in names
        ]
    )
    return np.asarray(shown & chosen & ~ignored)


def calibrate(
    exercise: Exercise,
    references: tuple[Reference, ...],
    settings: Settings,
    *,
    with_average: bool = False,
) -> Calibration:
    """Make tolerances, joint limits and the threshold from labelled references.

    Without wrong repetitions the threshold lets through what `RIGHT_SHARE` percent of right
    repetitions reach when judged by other people's; with wrong ones it is moved to the
    largest Youden index (sensitivity + specificity - 1).

    Parameters
    ----------
    exercise : Exercise
    references : tuple of Reference
        At least one labelled right, all of one pose model.
    settings : Settings
    with_average : bool
        Also make the references' barycenter; takes seconds.

    Raises
    ------
    CalibrationError
        When there is nothing to calibrate from.

    References
    ----------
    W. J. Youden, "Index for rating diagnostic tests", Cancer 3(1), 1950.
    """
    right = tuple(r for r in references if r.info.label == "right")
    wrong = tuple(r for r in references if r.info.label == "wrong")
    if not right:
        raise CalibrationError(
            f"{exercise.title}: no reference labelled right arrived; needed at least 1. "
            f"Add one: dtwcoach reference add {exercise.name} VIDEO"
        )
    names = right[0].series.names
    curves = resampled([*right, *wrong], settings)
    counts = counting_features(exercise, curves[: len(right)], names)
    if not counts.any():
        raise CalibrationError(
            f"{exercise.title}: no feature is visible in the references throughout. "
            "Film the whole body, and check `counts` and `ignore` in exercise.toml."
        )
    kept = tuple(name for name, keep in zip(names, counts, strict=True) if keep)
    groups = _groups([r.info for r in (*right, *wrong)])
    is_right = np.arange(len(curves)) < len(right)
    distances = _held_out_distances(curves[..., counts], is_right, groups, settings)
    people = {r.info.person for r in right}
    least = MIN_TOLERANCE if len(people) >= ENOUGH_PEOPLE else BETWEEN_PEOPLE
    rule, errors = fit(distances, is_right, groups, floor=_floors(exercise, kept, least))
    return Calibration(
        threshold=rule.threshold,
        tolerance=dict(zip(kept, rule.tolerance.tolist(), strict=True)),
        limit=dict(zip(kept, rule.limit.tolist(), strict=True)),
        rule="Youden" if wrong else "leave one out",
        right_reps=len(right),
        wrong_reps=len(wrong),
        people=len(people),
        synthetic=any(r.info.synthetic for r in references),
        balanced_accuracy=errors[0],
        false_alarm_rate=errors[1],
        references=tuple(sorted(r.info.id for r in references)),
        model=right[0].info.model,
        settings=settings.fingerprint(),
        average=_average(curves[: len(right)][..., counts], rule, kept, settings)
        if with_average
        else {},
    )


def _average(
    right: FloatArray, rule: Rule, names: tuple[str, ...], settings: Settings
) -> dict[str, list[float]]:
    """Barycenter of the executions that show every feature, each feature over its tolerance."""
    whole = right[np.isfinite(right).all(axis=(1, 2))]
    if not len(whole):
        return {}
    middle = barycenter(whole / rule.tolerance, radius=settings.band_radius) * rule.tolerance
    return {name: middle[:, i].round(3).tolist() for i, name in enumerate(names)}


def missing_for_firm(calibration: Calibration) -> str:
    """What keeps a calibration provisional, in words; "" when nothing does."""
    needs = [
        ("right repetitions", calibration.right_reps, ENOUGH_RIGHT),
        ("wrong repetitions", calibration.wrong_reps, ENOUGH_WRONG),
        ("people", calibration.people, ENOUGH_PEOPLE),
    ]
    lacking = [f"{need - have} more {what}" for what, have, need in needs if have < need]
    if calibration.synthetic:
        lacking.insert(0, "references of real people in place of the drawn starters")
    return ", ".join(lacking)


def _groups(infos: Sequence[ReferenceInfo]) -> np.ndarray:
    """Group of each repetition: its person, else its recording, else itself."""
    for key in ("person", "source"):
        values = [getattr(info, key) for info in infos]
        if len({v for v, i in zip(values, infos, strict=True) if i.label == "right"}) > 1:
            return np.asarray(np.unique(values, return_inverse=True)[1])
    return np.arange(len(infos))


def _floors(
    exercise: Exercise, names: tuple[str, ...], by_unit: dict[str, float]
) -> tuple[FloatArray, np.ndarray]:
    """Least tolerance of each feature, and whether the trainer fixed it."""
    fixed = np.array([name in exercise.tolerances for name in names])
    least = [
        exercise.tolerances.get(name, by_unit[FEATURES[name].unit] if name in FEATURES else 0)
        for name in names
    ]
    return np.array(least), fixed


def _held_out_distances(
    curves: FloatArray, is_right: np.ndarray, groups: np.ndarray, settings: Settings
) -> FloatArray:
    """Distance of each repetition to the nearest right one of another group, (rep, feature)."""
    between = pairwise(curves, curves[is_right], radius=settings.band_radius)
    between[groups[:, None] == groups[is_right][None]] = np.nan
    return nearest(between)


def nearest(between: FloatArray) -> FloatArray:
    """Smallest distance over the references, feature by feature; NaN where there is none.

    Parameters
    ----------
    between : (rep, reference, feature) float
    """
    filled = np.where(np.isnan(between), np.inf, between)
    least = filled.min(axis=1, initial=np.inf)
    return np.where(np.isinf(least), np.nan, least)


def fit(
    distances: FloatArray,
    is_right: np.ndarray,
    groups: np.ndarray,
    *,
    floor: tuple[FloatArray, np.ndarray],
) -> tuple[Rule, tuple[float, float]]:
    """Fit a rule to held-out distances and estimate its error on people it has not seen.

    Parameters
    ----------
    distances : (rep, feature) float
        Each to references of other groups; rows all NaN where there are none.
    is_right : (rep,) bool
    groups : (rep,) int
        Repetitions of one group are left out together.
    floor : (feature,) float and (feature,) bool
        Least tolerances, and which of them are fixed.

    Returns
    -------
    Rule
    (balanced accuracy, false alarm rate)
        From leaving each group out of everything; nan where it cannot be known.
    """
    known = np.isfinite(distances).any(axis=1)
    distances, is_right, groups = distances[known], is_right[known], groups[known]
    rule = _fit_once(distances, is_right, groups, floor)
    scores = np.full(len(distances), np.nan)
    for group in np.unique(groups):
        out = groups == group
        if is_right[~out].any():
            scores[out] = _fit_once(distances[~out], is_right[~out], groups[~out], floor).score(
                distances[out]
            )
    judged = np.isfinite(scores)
    called_wrong = scores > 1
    alarms, hits = (
        float(called_wrong[judged & part].mean()) if (judged & part).any() else float("nan")
        for part in (is_right, ~is_right)
    )
    return rule, ((1 - alarms + hits) / 2, alarms)


def _fit_once(
    distances: FloatArray,
    is_right: np.ndarray,
    groups: np.ndarray,
    floor: tuple[FloatArray, np.ndarray],
) -> Rule:
    tolerance, limit = _tolerance_and_limit(distances[is_right], floor)
    median, worst = (np.zeros(len(distances)) for _ in range(2))
    for group in np.unique(groups):
        out = groups == group
        others = distances[is_right & ~out]
        rule = Rule(*_tolerance_and_limit(others if len(others) else distances[:0], floor), 1.0)
        median[out], worst[out] = rule.parts(distances[out])
    if is_right.any():
        of_median, of_worst = (
            max(1.0, float(np.percentile(part[is_right], RIGHT_SHARE))) for part in (median, worst)
        )
    else:
        of_median = of_worst = 1.0
    if (~is_right).any() and is_right.any():
        moved = youden_threshold(np.maximum(median / of_median, worst / of_worst), is_right)
        of_median, of_worst = of_median * moved, of_worst * moved
    return Rule(tolerance, limit * of_worst, of_median)


def _tolerance_and_limit(
    right: FloatArray, floor: tuple[FloatArray, np.ndarray]
) -> tuple[FloatArray, FloatArray]:
    """Tolerance and limit of each feature from right repetitions, (rep, feature) distances."""
    least, fixed = floor
    spread = _percentile(right, TOLERANCE_PERCENTILE)
    high = _percentile(right, LIMIT_PERCENTILE)
    tolerance = np.where(fixed, least, np.maximum(spread, least))
    return tolerance, np.maximum(high / tolerance, 1.0)


def _percentile(values: FloatArray, percent: float) -> FloatArray:
    """Percentile down each column, NaN left out (0 for empty columns), linear between samples.

    NumPy's own for NaN works column by column in Python, a hundred times slower.
    """
    known = np.isfinite(values).sum(axis=0)
    if not known.any():
        return np.zeros(values.shape[1])
    ordered = np.sort(values, axis=0)  # NaN last
    at = np.maximum(known - 1, 0) * (percent / 100.0)
    low = at.astype(int)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    columns = np.arange(values.shape[1])
    result = ordered[low, columns] * (1 - (at - low)) + ordered[high, columns] * (at - low)
    return np.where(known > 0, result, 0.0)


def youden_threshold(scores: FloatArray, is_right: np.ndarray) -> float:
    """Threshold with the largest sensitivity + specificity; scores up to it are right.

    Between two neighbouring scores their geometric mean is taken, since scores are ratios.

    Examples
    --------
    >>> import numpy as np
    >>> youden_threshold(np.array([0.5, 1.0, 4.0, 9.0]), np.array([True, True, False, False]))
    2.0
    """
    order = np.sort(np.unique(np.maximum(scores, 1e-9)))
    between = np.sqrt(order[1:] * order[:-1])
    candidates = np.concatenate([order[:1], between, order[-1:]])
    passed = scores[None] <= candidates[:, None] * (1 + 1e-12)
    youden = passed[:, is_right].mean(axis=1) - passed[:, ~is_right].mean(axis=1)
    return float(candidates[np.argmax(youden)])
