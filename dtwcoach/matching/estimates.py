"""How often verdicts on other people will be right: estimates with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from dtwcoach.pose import FloatArray


@dataclass(frozen=True)
class Estimate:
    """A figure between 0 and 1, and between which bounds it will lie for other people.

    Parameters
    ----------
    value, low, high : float
        nan where they cannot be known.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimates:
    """Figures of verdicts.

    Parameters
    ----------
    sensitivity, specificity : Estimate
        Share of wrong repetitions called wrong, and of right ones called right.
    balanced_accuracy : Estimate
        The mean of both.
    auc : Estimate
        Area under the ROC curve: how often a wrong repetition scores above a right one.
    """

    balanced_accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    auc: Estimate


def interval(
    scores: FloatArray,
    is_right: np.ndarray,
    groups: np.ndarray,
    *,
    confidence: float = 0.95,
    others: float | None = None,
) -> Estimates:
    """Estimate the figures of verdicts on people whom a rule has not seen.

    Repetitions of one person are alike, so that people are what varies: the variance of a figure
    is summed over each person's part in it (the linearised variance of clustered data), and
    Student's t accounts for how few they are. The interval is for the figure that a number of
    `others` will show, who vary among themselves as these do; one for the mean of all people
    would too seldom hold what is then seen on ten of them.

    Parameters
    ----------
    scores : (rep,) float
        Each by a rule fitted without its group; up to 1.0 is right. NaN is left out.
    is_right : (rep,) bool
    groups : (rep,) int
        The person of each repetition, or what else was held out together.
    confidence : float
    others : float, optional
        How many other people; as many as there are groups where not given. `inf` gives the
        interval for the mean of all people.

    References
    ----------
    N. A. Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997.

    Examples
    --------
    >>> import numpy as np
    >>> people = np.repeat(np.arange(10), 4)
    >>> is_right = np.tile([True, True, False, False], 10)
    >>> scores = np.where(is_right, 0.5, 2.0)
    >>> scores[2] = 0.9  # one wrong repetition of one person
    >>> found = interval(scores, is_right, people).sensitivity
    >>> round(found.value, 2), round(found.low, 2), found.high
    (0.95, 0.74, 1.0)
    """
    known = np.isfinite(scores)
    scores, is_right, groups = scores[known], is_right[known], groups[known]
    right, wrong = scores[is_right], scores[~is_right]
    above = np.sign(wrong[:, None] - right[None]) / 2 + 0.5
    passed, caught = (right <= 1.0, groups[is_right]), (wrong > 1.0, groups[~is_right])
    ranks = [
        (above.sum(axis=axis) / max(above.shape[axis], 1), groups[is_right == label])
        for axis, label in ((0, True), (1, False))
    ]
    estimate = partial(_estimate, confidence=confidence, others=others)
    return Estimates(
        balanced_accuracy=estimate([passed, caught], 0.5),
        sensitivity=estimate([caught], 1.0),
        specificity=estimate([passed], 1.0),
        auc=estimate(ranks, 1.0),
    )


def _estimate(
    samples: list[tuple[FloatArray | np.ndarray, np.ndarray]],
    weight: float,
    *,
    confidence: float,
    others: float | None,
) -> Estimate:
    """Mean of the samples' means, which vary with `weight` each, and its interval.

    Parameters
    ----------
    samples : list of ((rep,) float in [0, 1], (rep,) int)
        What each repetition adds, and its group.
    """
    from scipy.special import stdtrit

    if not all(len(values) for values, _ in samples):
        return Estimate(*[float("nan")] * 3)
    value = float(np.mean([values.mean() for values, _ in samples]))
    adds = [weight * (values - values.mean()) / len(values) for values, _ in samples]
    people, who = np.unique(np.concatenate([of for _, of in samples]), return_inverse=True)
    if len(people) < 2:
        return Estimate(value, float("nan"), float("nan"))
    shares = np.bincount(who, np.concatenate(adds))
    variance = len(people) / (len(people) - 1) * float((shares**2).sum())
    variance = max(variance, sum(weight**2 * _least_variance(values) for values, _ in samples))
    variance *= 1 + len(people) / (others or len(people))
    half = float(stdtrit(len(people) - 1, 0.5 + confidence / 2)) * variance**0.5
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))


def _least_variance(values: np.ndarray) -> float:
    """Variance of a mean if no two repetitions were alike; above 0 also where all agree.

    One more of either extreme is added, as in the rule of succession.
    """
    return float(np.var(np.append(values, [0.0, 1.0])) / len(values))
