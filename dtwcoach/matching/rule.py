"""How distances become a score: the plain median, or weights learnt from labelled repetitions.

Neither can be improved by moving further from every reference: all weights are zero or above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.pose import FloatArray

ENOUGH_WRONG, ENOUGH_TO_MOVE = 10, 6
"""So many wrong repetitions make a calibration firm; fewer than the second move no threshold: they
would cost more than they tell."""
TOLERANCE_PERCENTILE = 80.0
LIMIT_PERCENTILE = 95.0
RIGHT_SHARE = 90.0
"""Percentile of right repetitions, each judged by others, that stays under the threshold."""
LIMIT_SHARE, LIMIT_MARGIN = 99.0, 1.5
"""The same for the joint limit beside learnt weights, and how much further it then lies: the worst
of a hundred joints varies more from one camera to the next than all joints together."""
SHRINK = 0.1
"""How strongly learnt weights are drawn towards zero (L2 penalty)."""
USUAL_SCORE, MOST_POWER = 0.6, 5.0
"""Median score of right repetitions by learnt weights; how far scores are spread at most."""
LEAST_SHARE = 0.05
"""Distances below this share of the typical one count as no difference."""


@dataclass(frozen=True, eq=False)
class Weights:
    """A weighted combination of distances, each over its typical size among right repetitions.

    Parameters
    ----------
    share : (column,) float
        At least 0, sums to 1.
    typical, least : (column,) float
        Typical distance, and that below which nothing differs; in the feature's unit.
    power : float
        Of the mean: a mean of a hundred columns hardly moves, and scores should.
    """

    share: FloatArray
    typical: FloatArray
    least: FloatArray
    power: float = 1.0

    def ratio(self, distances: FloatArray) -> FloatArray:
        """Power of the weighted geometric mean of distance over typical distance, (rep,).

        Parameters
        ----------
        distances : (rep, column) float
            NaN for what could not be measured; it is left out. 0 where nothing is left.
        """
        logs = np.log(np.hypot(distances, self.least) / self.typical)
        known = np.isfinite(logs) * self.share
        total = known.sum(axis=1)
        mean = (np.nan_to_num(logs) * known).sum(axis=1) / np.where(total > 0, total, 1.0)
        return np.where(total > 0, np.exp(self.power * mean), 0.0)


@dataclass(frozen=True, eq=False)
class Rule:
    """How distances become a score.

    Parameters
    ----------
    tolerance, limit : (feature,) float
        Of a feature's course: in its unit; as a ratio to the tolerance.
    threshold : float
        For all joints together.
    weights : Weights, optional
        Take the place of the median over the features' courses.
    """

    tolerance: FloatArray
    limit: FloatArray
    threshold: float
    weights: Weights | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return "weighted" if self.weights else "median"

    @property
    def is_usable(self) -> bool:
        """Whether its numbers can judge: all above 0, shares and least distances from 0 on.

        Every comparison with nan is false: such a threshold would pass everything.
        """
        weights = self.weights
        above = np.r_[
            self.threshold,
            self.tolerance,
            self.limit,
            weights.typical if weights else 1,
            weights.power if weights else 1,
        ]
        from_0 = np.r_[weights.share, weights.least] if weights else np.zeros(1)
        numbers = np.isfinite(above).all() and np.isfinite(from_0).all()
        return bool(numbers and (above > 0).all() and (from_0 >= 0).all())

    def ratios(self, distances: FloatArray) -> FloatArray:
        """Distance over tolerance of each feature's course, (rep, feature)."""
        return distances[:, : len(self.tolerance)] / self.tolerance

    def parts(self, distances: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return all joints together over the threshold, worst joint over its limit; (rep,) each.

        Parameters
        ----------
        distances : (rep, column) float
            As `measures.between` has them; NaN for features that could not be measured.
        """
        ratios = self.ratios(distances)
        together = self.weights.ratio(distances) if self.weights else np.nanmedian(ratios, axis=1)
        return together / self.threshold, np.nanmax(ratios / self.limit, axis=1)

    def score(self, distances: FloatArray) -> FloatArray:
        """1.0 is the border; exactly 1.0 is still right. Shapes as in `parts`."""
        return np.maximum(*self.parts(distances))

    def stricter(self, strictness: float) -> Rule:
        """The rule with every score so many times as high."""
        return replace(self, limit=self.limit / strictness, threshold=self.threshold / strictness)

    def widened(self, allowance: FloatArray) -> Rule:
        """The rule where features may also be apart by an allowance, (feature,) in their units."""
        tolerance = np.hypot(self.tolerance, allowance)
        weights = self.weights
        if weights:
            repeated = np.tile(allowance, len(weights.typical) // len(allowance))
            weights = replace(weights, typical=np.hypot(weights.typical, repeated))
        return replace(self, tolerance=tolerance, weights=weights)


@dataclass(frozen=True, eq=False)
class Floor:
    """What no calibration goes below.

    Parameters
    ----------
    tolerance : (feature,) float
    fixed : (feature,) bool
        Tolerances that the trainer set: they stay as they are, and beyond them a joint is wrong.
    limit : float
        Least joint limit, as a ratio to the tolerance.
    steady : bool
        Leave threshold, tolerances and limits there: too few people are known to move them by.
    """

    tolerance: FloatArray
    fixed: np.ndarray
    limit: float = 1.0
    steady: bool = False


def median_rule(
    distances: FloatArray, is_right: np.ndarray, groups: np.ndarray, floor: Floor
) -> Rule:
    """Fit tolerances, limits and the threshold of the median.

    Without wrong repetitions the threshold lets through what `RIGHT_SHARE` percent of right
    repetitions reach when judged by other people's; with `ENOUGH_TO_MOVE` wrong ones it moves to
    the largest Youden index (sensitivity + specificity - 1).

    Parameters
    ----------
    distances : (rep, column) float
        Held out: each to references of other groups.
    is_right : (rep,) bool
    groups : (rep,) int
    floor : Floor

    References
    ----------
    W. J. Youden, "Index for rating diagnostic tests", Cancer 3(1), 1950.
    """
    tolerance, limit = _tolerance_and_limit(distances[is_right], floor)
    if floor.steady or not is_right.any():
        return Rule(tolerance, limit, 1.0)
    median, worst = _held_out_parts(distances, is_right, groups, floor)
    of_median, of_worst = (
        max(1.0, float(np.percentile(part[is_right], RIGHT_SHARE))) for part in (median, worst)
    )
    if (~is_right).sum() >= ENOUGH_TO_MOVE:
        moved = youden_threshold(np.maximum(median / of_median, worst / of_worst), is_right)
        of_median, of_worst = of_median * moved, of_worst * moved
    return Rule(tolerance, np.where(floor.fixed, limit, limit * of_worst), of_median)


def weighted_rule(
    distances: FloatArray, is_right: np.ndarray, groups: np.ndarray, floor: Floor
) -> Rule:
    """Fit weights that tell right from wrong; tolerances and limits as `median_rule`.

    The limits only let through what `LIMIT_SHARE` percent of right repetitions reach: they are
    there for the one joint that is far off among many good ones.
    """
    tolerance, limit = _tolerance_and_limit(distances[is_right], floor)
    worst = _held_out_parts(distances, is_right, groups, floor)[1]
    of_worst = LIMIT_MARGIN * max(1.0, float(np.percentile(worst[is_right], LIMIT_SHARE)))
    weights, threshold = learn_weights(distances, is_right, floor)
    return Rule(tolerance, np.where(floor.fixed, limit, limit * of_worst), threshold, weights)


def learn_weights(
    distances: FloatArray, is_right: np.ndarray, floor: Floor
) -> tuple[Weights, float]:
    """Learn non-negative weights by logistic regression on the logarithms of distances.

    Right and wrong repetitions weigh the same, however many there are of either.

    Parameters
    ----------
    distances : (rep, column) float
    is_right : (rep,) bool
    floor : Floor

    Returns
    -------
    weights : Weights
    threshold : float
        Ratio at which both are equally likely.
    """
    from scipy.optimize import minimize

    measures = distances.shape[1] // len(floor.tolerance)
    typical = np.nanmedian(distances[is_right], axis=0)
    least = np.maximum(np.tile(floor.tolerance, measures), LEAST_SHARE * typical) + 1e-9
    typical = np.hypot(typical, least)
    logs = np.nan_to_num(np.log(np.hypot(distances, least) / typical))
    sign = np.where(is_right, -1.0, 1.0)
    share = np.where(is_right, 0.5 / is_right.mean(), 0.5 / (~is_right).mean()) / len(sign)

    def loss(values: FloatArray) -> tuple[float, FloatArray]:
        weight, bias = values[:-1], values[-1]
        margin = sign * (logs @ weight + bias)
        slope = -share * sign / (1.0 + np.exp(np.clip(margin, -500, 500)))
        value = (share * np.logaddexp(0.0, -margin)).sum() + SHRINK * (weight @ weight) / 2
        return float(value), np.append(logs.T @ slope + SHRINK * weight, slope.sum())

    columns = logs.shape[1]
    bounds = [(0.0, None)] * columns + [(None, None)]
    found = minimize(loss, np.zeros(columns + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    total = max(float(found[:-1].sum()), 1e-9)
    shares, border = found[:-1] / total, -found[-1] / total
    usual = float(np.median(logs[is_right] @ shares)) - border
    power = float(np.clip(np.log(USUAL_SCORE) / min(usual, -1e-3), 1.0, MOST_POWER))
    return Weights(shares, typical, least, power), float(np.exp(power * border))


def _held_out_parts(
    distances: FloatArray, is_right: np.ndarray, groups: np.ndarray, floor: Floor
) -> tuple[FloatArray, FloatArray]:
    """Median ratio and worst ratio over its limit, (rep,) each, by tolerances of other groups."""
    median, worst = (np.zeros(len(distances)) for _ in range(2))
    for group in np.unique(groups):
        out = groups == group
        rule = Rule(*_tolerance_and_limit(distances[is_right & ~out], floor), 1.0)
        median[out], worst[out] = rule.parts(distances[out])
    return median, worst


def _tolerance_and_limit(right: FloatArray, floor: Floor) -> tuple[FloatArray, FloatArray]:
    """Tolerance and limit of each feature from right repetitions, (rep, column) distances."""
    if floor.steady:
        return floor.tolerance, np.where(floor.fixed, 1.0, floor.limit)
    course = right[:, : len(floor.tolerance)]
    spread = _percentile(course, TOLERANCE_PERCENTILE)
    high = _percentile(course, LIMIT_PERCENTILE)
    tolerance = np.where(floor.fixed, floor.tolerance, np.maximum(spread, floor.tolerance))
    limit = np.maximum(high / np.maximum(tolerance, 1e-9), floor.limit)
    return tolerance, np.where(floor.fixed, 1.0, limit)


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
