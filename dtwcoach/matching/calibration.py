"""Tolerances, joint limits, weights and the threshold, from reference repetitions.

Every estimate here leaves the judged person out: distances of a repetition are measured to the
references of *other* people (of other recordings, or of the other repetitions, where only one
person is known), so that what is learnt holds for somebody new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.average import barycenter
from dtwcoach.matching.estimates import Estimates, interval
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.measures import between, column_names, nearest
from dtwcoach.matching.references import (
    LABELS,
    Calibration,
    Exercise,
    Reference,
    ReferenceInfo,
    groups_of,
)
from dtwcoach.matching.rule import ENOUGH_WRONG, Floor, Rule, median_rule, weighted_rule
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.motion.noise import noise_floor
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings

NOISE_SHARE = 0.5
"""Smallest tolerance as a share of the pose model's noise (`noise.NOISE`), which is the 95th
percentile over all limbs, also those that the camera hardly sees."""
BETWEEN_PEOPLE = {"deg": 7.0, "torso": 0.11}
"""Smallest tolerance while the references show fewer than `ENOUGH_PEOPLE`: how far two people who
both do it right are apart (80th percentile of their distances in UI-PRMD, median over features)."""
STRANGER_LIMIT = 4.5
"""Least joint limit while there are so few: the worst of many joints of somebody who does it right
is that many tolerances from one trainer (`python -m benchmarks.learning_curve`)."""
SEEN_SHARE = 0.8
"""A feature counts when this share of the right references shows it throughout."""
ENOUGH_RIGHT, ENOUGH_PEOPLE = 10, 3
"""Below either, or below `ENOUGH_WRONG`, a calibration is provisional and no weights are learnt."""
ENOUGH_OWN, MOST_OWN = 3, 3
"""Own right repetitions from which on somebody is judged by them; so many are compared with when
tolerances are learnt from other people's own."""

LEVELS = ("references only", "references and labelled repetitions", "personal baseline")
"""What a calibration can rest on: right repetitions; wrong ones too; the athlete's own right
repetitions, with tolerances learnt from how other people's own differ."""


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
            or (name in KNOWN_FEATURES and KNOWN_FEATURES[name].joint in exercise.ignore)
            for name in names
        ]
    )
    return np.asarray(shown & chosen & ~ignored)


@dataclass(frozen=True, eq=False)
class Fit:
    """A rule, and what it said of repetitions that it had not seen.

    Parameters
    ----------
    rule : Rule
    scores : (rep,) float
        Each by a rule fitted without the repetition's group; nan where it cannot be known.
    estimates : Estimates
        Figures expected for other people.
    compared : dict
        Rule's name -> (balanced accuracy, AUC) of every rule that was tried, held out.
    """

    rule: Rule
    scores: FloatArray
    estimates: Estimates
    compared: dict[str, tuple[float, float]]


def fit(
    distances: FloatArray,
    is_right: np.ndarray,
    groups: np.ndarray,
    *,
    floor: Floor,
    only: str = "",
) -> Fit:
    """Fit a rule to held-out distances and estimate its figures on people it has not seen.

    Weights are learnt where there are labels and people enough, and kept where they do better
    than the median on groups left out: in balanced accuracy and AUC together.

    Parameters
    ----------
    distances : (rep, column) float
        Each to references of other groups; rows all NaN where there are none.
    is_right : (rep,) bool
    groups : (rep,) int
        Repetitions of one group are left out together.
    floor : Floor
    only : {"", "median", "weighted"}
        The rule to use, whatever the comparison says.
    """
    known = np.isfinite(distances).any(axis=1)
    cut = distances[known], is_right[known], groups[known]
    rules: dict[str, Callable[..., Rule]] = {"median": median_rule}
    if only == "weighted" or (not only and _can_learn(*cut, floor)):
        rules["weighted"] = weighted_rule
    fits = {}
    for name, make in rules.items():
        scores = np.full(len(distances), np.nan)
        scores[known] = _held_out_scores(make, *cut, floor)
        figures = interval(scores, is_right, groups)
        fits[name] = (scores, figures)
    compared = {n: (f.balanced_accuracy.value, f.auc.value) for n, (_, f) in fits.items()}
    best = only or max(compared, key=lambda name: np.nan_to_num(sum(compared[name])))
    return Fit(rules[best](*cut, floor), *fits[best], compared)


def _can_learn(
    distances: FloatArray, is_right: np.ndarray, groups: np.ndarray, floor: Floor
) -> bool:
    """Whether labels and people are enough to learn weights, also with any group left out."""
    people = [len(np.unique(groups[part])) for part in (is_right, ~is_right)]
    return (
        not floor.steady
        and is_right.sum() >= ENOUGH_RIGHT
        and (~is_right).sum() >= ENOUGH_WRONG
        and min(people) >= ENOUGH_PEOPLE
    )


def _held_out_scores(
    make: Callable[..., Rule],
    distances: FloatArray,
    is_right: np.ndarray,
    groups: np.ndarray,
    floor: Floor,
) -> FloatArray:
    scores = np.full(len(distances), np.nan)
    for group in np.unique(groups):
        out = groups == group
        if is_right[~out].any():
            rule = make(distances[~out], is_right[~out], groups[~out], floor)
            scores[out] = rule.score(distances[out])
    return scores


def calibrate(
    exercise: Exercise,
    references: tuple[Reference, ...],
    settings: Settings,
    *,
    athlete: str = "",
    with_average: bool = False,
) -> Calibration:
    """Make tolerances, joint limits, the rule and its threshold from labelled references.

    Parameters
    ----------
    exercise : Exercise
    references : tuple of Reference
        At least one labelled right, all of one pose model.
    settings : Settings
    athlete : str
        Whose own right repetitions are judged by; all people's where not given.
    with_average : bool
        Also make the references' barycenter; takes seconds.

    Raises
    ------
    CalibrationError
        When there is nothing to calibrate from.
    """
    right = tuple(r for r in references if r.info.label == "right")
    wrong = tuple(r for r in references if r.info.label == "wrong")
    judging = tuple(r for r in right if r.info.person == athlete) if athlete else right
    if not judging:
        raise CalibrationError(
            f"{exercise.title}: no reference labelled right{athlete and f' of {athlete}'} "
            f"arrived; needed at least 1. Add one: dtwcoach reference add {exercise.name} VIDEO"
        )
    names = right[0].series.names
    curves = resampled([*right, *wrong], settings)
    shown = np.array([r in judging for r in right])
    counts = counting_features(exercise, curves[: len(right)][shown], names)
    if not counts.any():
        raise CalibrationError(
            f"{exercise.title}: no feature is visible in the references throughout. "
            "Film the whole body, and check `counts` and `ignore` in exercise.toml."
        )
    kept = tuple(name for name, keep in zip(names, counts, strict=True) if keep)
    infos = [r.info for r in (*right, *wrong)]
    fitted = _fitted(exercise, infos, curves[..., counts], kept, settings, athlete)
    level = 2 if athlete else int(bool(wrong))
    rule, weights = fitted.rule, fitted.rule.weights
    learnt = {
        key: dict(zip(column_names(kept), getattr(weights, key).tolist(), strict=True))
        for key in ("share", "typical", "least")
        if weights
    }
    return Calibration(
        **learnt,
        rule=rule.name,
        threshold=rule.threshold,
        power=weights.power if weights else 1.0,
        tolerance=dict(zip(kept, rule.tolerance.tolist(), strict=True)),
        limit=dict(zip(kept, rule.limit.tolist(), strict=True)),
        level=LEVELS[level],
        right_reps=len(judging),
        wrong_reps=len(wrong),
        people=len({r.info.person for r in right}),
        synthetic=any(r.info.synthetic for r in references),
        estimates={
            name: (part["value"], part["low"], part["high"])
            for name, part in asdict(fitted.estimates).items()
        },
        compared=fitted.compared,
        scores={
            label: {
                info.id: float(score)
                for info, score in zip(infos, fitted.scores, strict=True)
                if info.label == label and np.isfinite(score)
            }
            for label in LABELS
        },
        references=tuple(sorted(r.info.id for r in references)),
        model=right[0].info.model,
        settings=settings.fingerprint(),
        average=_average(curves[: len(right)][shown][..., counts], rule, kept, settings)
        if with_average
        else {},
    )


def _fitted(
    exercise: Exercise,
    infos: Sequence[ReferenceInfo],
    curves: FloatArray,
    names: tuple[str, ...],
    settings: Settings,
    athlete: str,
) -> Fit:
    """Fit to held-out distances of all, or of other people to their own right repetitions."""
    is_right = np.array([info.label == "right" for info in infos])
    apart = between(curves, curves[is_right], radius=settings.band_radius)
    if athlete:
        person = np.unique([info.person for info in infos], return_inverse=True)[1]
        apart[~_compared_with_own(person, is_right)] = np.nan
        known = np.isfinite(apart).any(axis=(1, 2))
        others = known & np.array([info.person != athlete for info in infos])
        if len(np.unique(person[others & is_right])) >= ENOUGH_PEOPLE:
            apart[~others] = np.nan
            groups = person
        else:
            groups = np.arange(len(infos))
        few = False
    else:
        groups, _ = groups_of(infos)
        apart[groups[:, None] == groups[is_right][None]] = np.nan
        people = {info.person for info in infos if info.label == "right"}
        few = len(people) < ENOUGH_PEOPLE
    floor = _floor(exercise, names, few_people=few)
    return fit(nearest(apart), is_right, groups, floor=floor)


def _compared_with_own(person: np.ndarray, is_right: np.ndarray) -> np.ndarray:
    """Which right repetitions each is compared with: a few of the same person, never itself."""
    at = np.flatnonzero(is_right)
    own = (person[:, None] == person[at][None]) & (np.arange(len(person))[:, None] != at[None])
    return np.asarray(own & (np.cumsum(own, axis=1) <= MOST_OWN))


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
    if calibration.level == LEVELS[2]:
        needs[0] = ("right repetitions of their own", calibration.right_reps, ENOUGH_OWN)
    lacking = [f"{need - have} more {what}" for what, have, need in needs if have < need]
    if calibration.synthetic:
        lacking.insert(0, "references of real people in place of the drawn starters")
    return ", ".join(lacking)


def _floor(exercise: Exercise, names: tuple[str, ...], *, few_people: bool) -> Floor:
    """Least tolerances and limits, and what the trainer fixed: by feature, or all of a joint's."""
    known = [name for name in names if name in KNOWN_FEATURES]
    noise = dict(zip(known, NOISE_SHARE * noise_floor(known), strict=True))
    apart = {name: BETWEEN_PEOPLE[KNOWN_FEATURES[name].unit] for name in known}
    least = np.array([(apart if few_people else noise).get(name, 0.0) for name in names])
    fixed = np.zeros(len(names), dtype=bool)
    for column, name in enumerate(names):
        chosen = exercise.tolerance_of(name)
        if chosen is not None:
            least[column], fixed[column] = chosen, True
    return Floor(least, fixed, STRANGER_LIMIT if few_people else 1.0, steady=few_people)
