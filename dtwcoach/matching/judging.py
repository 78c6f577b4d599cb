"""From one repetition's features to its score and verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.assessment import Grounds
from dtwcoach.matching.calibration import (
    BETWEEN_PEOPLE,
    ENOUGH_PEOPLE,
    missing_for_firm,
)
from dtwcoach.matching.dtw import pairwise, path
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.guides import guide_from, turn_share
from dtwcoach.matching.measures import between, column_names, nearest
from dtwcoach.matching.references import Calibration, Exercise, Reference
from dtwcoach.matching.rule import Rule, Weights
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray, IntArray
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings

NOT_THIS_EXERCISE, NOT_THIS_REP = 1.4, 2.8
"""A set is of another exercise when half of its reps differ so many times as much from every
reference as two people who both do it right (`BETWEEN_PEOPLE`), in a quarter of the features: a
fault moves some joints, another exercise moves them all. A single rep so far off among others is
another movement, such as picking up a towel. Of drawn strangers' sets, seen from where the
references are, 1 % are further away, and 96 % of the sets of other exercises."""
FEW_PEOPLE = 1.6
"""Both lie so many times as far where the references show fewer than `ENOUGH_PEOPLE`."""


@dataclass(frozen=True, eq=False)
class Judge:
    """Everything an exercise's references say, ready to judge by.

    Parameters
    ----------
    exercise : Exercise
    names : tuple of str
        All features.
    counts : (feature,) bool
    curves : (reference, samples, feature) float
        Right references of one length.
    mean, low, high : (samples, feature) float
        Their mean and range after aligning them in time with the calibration's barycenter, or
        with the most central of them where there is none.
    body : (samples, keypoint, 3) float
        Body coordinates of the reference nearest to the mean, in the mean's time: what to show
        when asked how it is done. All NaN where no reference was stored with its body.
    usual_s : float
        How long the references take, in the median; without their pauses.
    rule : Rule
        Over the counting features only.
    turn : int
        Sample of the turn in `mean`.
    view_yaw_deg : tuple of float
        Camera views of the references.
    guide : Guide or Position
        What repetitions, or holds, are looked for by.
    calibration : Calibration
    model : str
    settings : Settings
    """

    exercise: Exercise
    names: tuple[str, ...]
    counts: np.ndarray
    curves: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    body: FloatArray
    usual_s: float
    rule: Rule
    turn: int
    view_yaw_deg: tuple[float, ...]
    guide: Guide | Position
    calibration: Calibration
    model: str
    settings: Settings

    @property
    def grounds(self) -> Grounds:
        """What its verdicts rest on."""
        c = self.calibration
        missing = missing_for_firm(c)
        return Grounds(
            threshold=c.threshold,
            rule=c.rule,
            level=c.level,
            right_reps=c.right_reps,
            wrong_reps=c.wrong_reps,
            people=c.people,
            provisional=bool(missing),
            missing=missing,
            estimates=c.estimates,
            strictness=self.exercise.strictness,
        )

    def p_value(self, score: float) -> float:
        """Conformal p-value: how often somebody who does it right scores this high or higher.

        By the held-out scores of the right references, before strictness; nan where none is known.

        References
        ----------
        V. Vovk, A. Gammerman and G. Shafer, "Algorithmic learning in a random world", 2005.
        """
        right = np.array(list(self.calibration.scores.get("right", {}).values()))
        if not len(right):
            return float("nan")
        reached = (right >= score / self.exercise.strictness).sum()
        return float((1 + reached) / (1 + len(right)))

    def view_difference_deg(self, yaw_deg: float) -> float:
        """Angle to the nearest camera view among the references, 0 where either is unknown."""
        views = np.array(self.view_yaw_deg)
        views = views[np.isfinite(views)]
        if not len(views) or np.isnan(yaw_deg):
            return 0.0
        return float(np.abs((views - yaw_deg + 180.0) % 360.0 - 180.0).min())

    def spread(self, values: FloatArray, fill: float = np.nan) -> FloatArray:
        """Put values of the counting features, (..., counting), onto the axis of all."""
        result = np.full((*values.shape[:-1], len(self.names)), fill)
        result[..., self.counts] = values
        return result


def make_judge(
    exercise: Exercise,
    references: tuple[Reference, ...],
    calibration: Calibration,
    settings: Settings,
) -> Judge:
    """Prepare references for judging.

    Raises
    ------
    CalibrationError
        When the calibration has numbers that nothing can be judged by.
    """
    right = tuple(r for r in references if r.info.label == "right")
    names = right[0].series.names
    counts = np.array([name in calibration.tolerance for name in names])
    curves = resampled(right, settings)
    rule = _rule_of(calibration, [name for name in names if name in calibration.tolerance])
    if not (rule.is_usable and counts.any()):
        raise CalibrationError(
            f"{exercise.title}: the calibration holds a number that nothing can be judged by, "
            f"such as a threshold not above 0. Make it anew: dtwcoach calibrate {exercise.name}"
        )
    shares = [turn_share(r) for r in right]
    steps = _onto_average(curves[..., counts] / rule.tolerance, calibration, settings)
    aligned = np.stack([warped(curve, one) for curve, one in zip(curves, steps, strict=True)])
    mean = _ignoring_nan(np.nanmean, aligned)
    off = np.nan_to_num((aligned - mean)[..., counts] / rule.tolerance)
    shown = _to_show(right, (off**2).sum(axis=(1, 2)))
    return Judge(
        exercise=exercise,
        names=names,
        counts=counts,
        curves=curves,
        mean=mean,
        low=_ignoring_nan(np.nanmin, aligned),
        high=_ignoring_nan(np.nanmax, aligned),
        body=warped(_resampled_body(right[shown].positions, settings.samples), steps[shown]),
        usual_s=float(np.median([r.series.time_s[-1] for r in right])),
        rule=rule.stricter(exercise.strictness),
        turn=round(float(np.median(shares)) * (settings.samples - 1)),
        view_yaw_deg=tuple(r.info.view_yaw_deg for r in right),
        guide=guide_from(exercise, right),
        calibration=calibration,
        model=right[0].info.model,
        settings=settings,
    )


def _rule_of(calibration: Calibration, names: list[str]) -> Rule:
    """The rule that a calibration's tables hold, over the features that count."""
    tolerance, limit = (
        np.array([table[name] for name in names])
        for table in (calibration.tolerance, calibration.limit)
    )
    if not calibration.share:
        return Rule(tolerance, limit, calibration.threshold)
    tables = (calibration.share, calibration.typical, calibration.least)
    share, typical, least = (np.array([t[name] for name in column_names(names)]) for t in tables)
    weights = Weights(share, typical, least, calibration.power)
    return Rule(tolerance, limit, calibration.threshold, weights)


def _onto_average(
    scaled: FloatArray, calibration: Calibration, settings: Settings
) -> list[IntArray]:
    """Warping paths of the references onto their average.

    Parameters
    ----------
    scaled : (reference, samples, counting feature) float
        Each feature over its tolerance.
    """
    shown = np.where(np.isfinite(scaled), scaled, 0.0)
    if calibration.average:
        tolerance = np.array([calibration.tolerance[name] for name in calibration.average])
        middle = np.array(list(calibration.average.values())).T / tolerance
    else:
        between = pairwise(shown, shown, radius=settings.band_radius)
        middle = shown[np.argmin(np.median(between, axis=2).sum(axis=1))]
    return [path(one, middle, radius=settings.band_radius) for one in shown]


def _to_show(references: Sequence[Reference], off: FloatArray) -> int:
    """Number of the reference with the least `off`, (reference,), of those whose body is whole.

    Some are stored without it, and some were partly hidden.
    """
    seen = np.array([np.isfinite(r.positions).any(axis=2).mean() for r in references])
    return int(np.where(seen >= 0.95 * seen.max(), off, np.inf).argmin())


def _resampled_body(positions: FloatArray, samples: int) -> FloatArray:
    """Body coordinates, (time, keypoint, 3), at the nearest of `samples` even moments."""
    nearest_frame = np.linspace(0, len(positions) - 1, samples).round().astype(int)
    return np.asarray(positions[nearest_frame])


def _ignoring_nan(reduce: Callable[..., FloatArray], curves: FloatArray) -> FloatArray:
    """Reduce over references; NaN where none shows the feature."""
    result = np.full(curves.shape[1:], np.nan)
    known = np.isfinite(curves).any(axis=(0, 1))
    result[:, known] = reduce(curves[..., known], axis=0)
    return result


def warped(values: FloatArray, steps: IntArray) -> FloatArray:
    """Move a series into the time of what it was aligned with.

    Parameters
    ----------
    values : (n, ...) float
    steps : (steps, 2) int
        Warping path: (sample of `values`, sample of the other).

    Returns
    -------
    (n, ...) float
        For each sample of the other, the mean of all samples matched with it.
    """
    total = np.zeros_like(values)
    np.add.at(total, steps[:, 1], values[steps[:, 0]])
    ties = np.bincount(steps[:, 1]).reshape(-1, *(1 for _ in values.shape[1:]))
    return np.asarray(total / ties)


@dataclass(frozen=True, eq=False)
class Match:
    """One repetition against the references, before any verdict.

    Parameters
    ----------
    curve : (samples, feature) float
        The repetition resampled.
    distances : (counting feature,) float
        Of each feature's course to the nearest reference; NaN where not measurable.
    ratios : (counting feature,) float
        The same over its tolerance.
    together, worst : float
        All joints together over the threshold, worst joint over its limit; inf where nothing is
        measurable.
    unlike : float
        How unlike the references it is, as `NOT_THIS_EXERCISE` and `NOT_THIS_REP` count; inf where
        nothing is measurable.
    """

    curve: FloatArray
    distances: FloatArray
    ratios: FloatArray
    together: float
    worst: float
    unlike: float

    @property
    def score(self) -> float:
        """1.0 is the border; exactly 1.0 is still right."""
        return max(self.together, self.worst)


def match(judge: Judge, curves: FloatArray, *, jitter: FloatArray | None = None) -> list[Match]:
    """Measure repetitions against the references.

    Tolerances widen by the recording's own jitter, which was not the athlete's doing.

    Parameters
    ----------
    judge : Judge
    curves : (rep, samples, feature) float
    jitter : (feature,) float, optional
        See `noise.jitter`; nan where not known.
    """
    if not len(curves):
        return []
    counted = [name for name, counts in zip(judge.names, judge.counts, strict=True) if counts]
    rule = judge.rule
    if jitter is not None:
        rule = rule.widened(np.nan_to_num(jitter[judge.counts]))
    distances = nearest(
        between(
            curves[..., judge.counts],
            judge.curves[..., judge.counts],
            radius=judge.settings.band_radius,
            course_only=rule.weights is None,
        )
    )
    together, worst, unlike = (np.full(len(curves), np.inf) for _ in range(3))
    course = distances[:, : len(counted)]
    known = np.isfinite(course).any(axis=1)
    if known.any():
        together[known], worst[known] = rule.parts(distances[known])
        usual = np.array([BETWEEN_PEOPLE[KNOWN_FEATURES[name].unit] for name in counted])
        few = FEW_PEOPLE if judge.calibration.people < ENOUGH_PEOPLE else 1.0
        unlike[known] = np.nanpercentile(course[known] / usual / few, 75, axis=1)
    return [
        Match(curve, row, ratios, *map(float, parts))
        for curve, row, ratios, *parts in zip(
            curves, course, rule.ratios(distances), together, worst, unlike, strict=True
        )
    ]
