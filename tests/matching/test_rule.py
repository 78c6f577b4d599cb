"""How distances become a score, and what is learnt from labelled repetitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.matching.rule import (
    MOST_POWER,
    RIGHT_SHARE,
    USUAL_SCORE,
    Floor,
    Rule,
    Weights,
    learn_weights,
    median_rule,
    weighted_rule,
    youden_threshold,
)

FEATURES = 4
FLOOR = Floor(np.full(FEATURES, 2.0), np.zeros(FEATURES, dtype=bool))
EVEN = Rule(np.full(5, 2.0), np.full(5, 2.0), 1.5)


def any_rule(rng: np.random.Generator, *, weighted: bool) -> Rule:
    """Five features, three columns each."""
    shares = rng.dirichlet(np.full(15, 0.3)) * (rng.random(15) < 0.7)
    typical = rng.uniform(1, 9, 15)
    least, power = typical * rng.uniform(0, 1, 15), rng.uniform(1, 5)
    weights = Weights(shares / max(shares.sum(), 1e-9), typical, least, power)
    rule = Rule(rng.uniform(1, 9, 5), rng.uniform(1, 3, 5), rng.uniform(0.5, 2.0))
    return replace(rule, weights=weights) if weighted else rule


def people(
    rng: np.random.Generator, count: int, *, reps: int = 4, telling: float = 3.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances, labels and persons; a fault multiplies the first column of `FEATURES` x 3."""
    groups = np.repeat(np.arange(count), 2 * reps)
    is_right = np.tile(np.arange(2 * reps) < reps, count)
    own = rng.lognormal(0.0, 0.2, (count, 1))[groups]
    distances = 8.0 * own * rng.lognormal(0.0, 0.3, (len(groups), 3 * FEATURES))
    distances[~is_right, 0] *= telling
    return distances, is_right, groups


def test_exactly_on_the_border_is_right() -> None:
    rule = Rule(np.array([10.0, 10.0]), np.array([2.0, 2.0]), 1.0)
    assert rule.score(np.array([[10.0, 10.0]]))[0] == 1.0
    assert rule.score(np.array([[10.0, 21.0]]))[0] > 1  # one joint decides
    assert rule.score(np.array([[np.nan, 5.0]]))[0] == 0.5


def test_the_worse_of_all_joints_together_and_the_worst_joint() -> None:
    even = np.full((1, 5), 6.0)  # three tolerances everywhere: twice the threshold
    one_joint = np.array([[0.0, 0.0, 0.0, 0.0, 20.0]])  # ten tolerances, five limits
    assert EVEN.score(np.concatenate([even, one_joint])).tolist() == [2.0, 5.0]
    assert [part.tolist() for part in EVEN.parts(one_joint)] == [[0.0], [5.0]]


def test_shape_and_range_do_not_move_the_median() -> None:
    row = np.r_[np.full(5, 3.0), np.full(10, 99.0)][None]
    assert EVEN.score(row) == EVEN.score(row[:, :5])


@pytest.mark.parametrize("weighted", [False, True], ids=["median", "weighted"])
@given(seed=st.integers(0, 10_000), factor=st.floats(1.0, 5.0))
def test_growing_distances_never_lower_the_score(weighted: bool, seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    rule = any_rule(rng, weighted=weighted)
    distances = rng.uniform(0, 20, (4, 15))
    grown = distances * np.where(rng.random((4, 15)) < 0.5, factor, 1.0)
    assert (rule.score(grown) >= rule.score(distances) * (1 - 1e-12)).all()


@pytest.mark.parametrize("weighted", [False, True], ids=["median", "weighted"])
@given(seed=st.integers(0, 10_000))
def test_an_allowance_never_raises_the_score(weighted: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rule = any_rule(rng, weighted=weighted)
    distances, allowance = rng.uniform(0, 20, (4, 15)), rng.uniform(0, 20, 5)
    widened = rule.widened(allowance).score(distances)
    assert (widened <= rule.score(distances) * (1 + 1e-12)).all()
    assert rule.widened(np.zeros(5)).score(distances) == pytest.approx(rule.score(distances))


@pytest.mark.parametrize("weighted", [False, True], ids=["median", "weighted"])
@given(seed=st.integers(0, 10_000), strictness=st.floats(0.2, 5.0))
def test_strictness_multiplies_every_score(weighted: bool, seed: int, strictness: float) -> None:
    rng = np.random.default_rng(seed)
    rule = any_rule(rng, weighted=weighted)
    distances = rng.uniform(0, 20, (4, 15))
    expected = strictness * rule.score(distances)
    assert rule.stricter(strictness).score(distances) == pytest.approx(expected)


def test_weights_leave_out_what_was_not_seen() -> None:
    weights = Weights(np.array([0.5, 0.5, 0.0]), np.full(3, 4.0), np.zeros(3))
    rows = np.array([[4.0, 16.0, 99.0], [np.nan, 16.0, 1.0], [np.nan, np.nan, 1.0]])
    assert weights.ratio(rows) == pytest.approx([2.0, 4.0, 0.0])  # nothing is left of the last


@pytest.mark.parametrize(
    ("changes", "usable"),
    [
        ({}, True),
        ({"threshold": 0.0}, False),
        ({"threshold": np.nan}, False),
        ({"tolerance": np.array([1.0, -1.0])}, False),
        ({"limit": np.array([1.0, np.inf])}, False),
        ({"weights": Weights(np.array([0.0, 1.0]), np.ones(2), np.zeros(2))}, True),
        ({"weights": Weights(np.array([-0.1, 1.1]), np.ones(2), np.zeros(2))}, False),
        ({"weights": Weights(np.array([np.nan, 1.0]), np.ones(2), np.zeros(2))}, False),
        ({"weights": Weights(np.ones(2) / 2, np.array([0.0, 1.0]), np.zeros(2))}, False),
        ({"weights": Weights(np.ones(2) / 2, np.ones(2), np.zeros(2), np.nan)}, False),
        ({"weights": Weights(np.ones(2) / 2, np.ones(2), np.array([np.nan, 1.0]))}, False),
    ],
)
def test_numbers_that_nothing_can_be_judged_by(changes: dict[str, object], usable: bool) -> None:
    rule = Rule(np.ones(2), np.ones(2), 1.0)
    assert replace(rule, **changes).is_usable is usable  # type: ignore[arg-type]


def test_the_median_lets_nine_in_ten_right_ones_through() -> None:
    distances, is_right, groups = people(np.random.default_rng(5), 30)
    rule = median_rule(distances[is_right], is_right[is_right], groups[is_right], FLOOR)
    together, worst = rule.parts(distances[is_right])
    for part in (together, worst):
        assert (part <= 1.0).mean() == pytest.approx(RIGHT_SHARE / 100, abs=0.03)


def test_wrong_ones_move_the_border_between_right_and_wrong() -> None:
    distances, is_right, groups = people(np.random.default_rng(6), 20, telling=6.0)
    loose = median_rule(distances[is_right], is_right[is_right], groups[is_right], FLOOR)
    moved = median_rule(distances, is_right, groups, FLOOR)
    far = distances.copy()
    far[~is_right] *= 3.0
    further = median_rule(far, is_right, groups, FLOOR)

    def accuracy(rule: Rule, of: np.ndarray) -> float:
        called = rule.score(of) > 1
        return float(called[~is_right].mean() + (~called[is_right]).mean()) / 2

    assert accuracy(moved, distances) > accuracy(loose, distances)
    assert further.threshold > moved.threshold  # room up to wrong ones that are far


def test_a_tolerance_spans_four_of_five_right_ones_and_never_less_than_the_floor() -> None:
    distances, is_right, groups = people(np.random.default_rng(7), 30)
    rule = median_rule(distances, is_right, groups, FLOOR)
    inside = distances[is_right, :FEATURES] <= rule.tolerance
    assert inside.mean(axis=0) == pytest.approx(np.full(FEATURES, 0.8), abs=0.01)
    high = replace(FLOOR, tolerance=np.full(FEATURES, 50.0))
    assert (median_rule(distances, is_right, groups, high).tolerance == 50.0).all()


@pytest.mark.parametrize("make", [median_rule, weighted_rule])
def test_beyond_a_fixed_tolerance_a_joint_is_wrong(make) -> None:  # type: ignore[no-untyped-def]
    distances, is_right, groups = people(np.random.default_rng(8), 12)
    fixed = replace(FLOOR, tolerance=np.full(FEATURES, 10.0), fixed=np.arange(FEATURES) == 1)
    rule = make(distances, is_right, groups, fixed)
    row = np.full((1, 3 * FEATURES), 0.1)
    row[0, 1] = 10.0
    assert rule.score(row)[0] == pytest.approx(1.0)
    row[0, 1] = 10.1
    assert rule.score(row)[0] > 1.0


def test_a_steady_floor_moves_nothing() -> None:
    distances, is_right, groups = people(np.random.default_rng(9), 2)
    steady = replace(FLOOR, limit=4.5, steady=True)
    rule = median_rule(distances, is_right, groups, steady)
    assert rule.threshold == 1.0
    assert (rule.limit == 4.5).all()
    assert (rule.tolerance == steady.tolerance).all()


def test_repetitions_of_one_person_do_not_judge_each_other() -> None:
    distances, is_right, _ = people(np.random.default_rng(10), 1, reps=10)
    distances = distances[is_right]
    distances[:5] *= 4.0  # somebody who differs from the other by far
    labels = np.ones(10, dtype=bool)
    apart = median_rule(distances, labels, np.repeat([0, 1], 5), FLOOR)
    mixed = median_rule(distances, labels, np.arange(10), FLOOR)
    assert apart.threshold > 1.5 * mixed.threshold


def test_learnt_weights_are_shares() -> None:
    distances, is_right, _ = people(np.random.default_rng(11), 12)
    weights, threshold = learn_weights(distances, is_right, FLOOR)
    assert (weights.share >= 0).all()
    assert weights.share.sum() == pytest.approx(1.0)
    assert weights.share.argmax() == 0
    assert weights.share[0] > 0.5
    ratio = weights.ratio(distances)
    assert ((ratio > threshold) == ~is_right).mean() > 0.8


def test_scores_spread_as_far_as_those_of_the_median() -> None:
    """A mean of many columns hardly moves: its power brings usual right ones to `USUAL_SCORE`."""
    distances, is_right, groups = people(np.random.default_rng(16), 12, telling=2.0)
    rule = weighted_rule(distances, is_right, groups, FLOOR)
    assert rule.weights is not None
    assert 1.0 <= rule.weights.power <= MOST_POWER
    usual = np.median(rule.parts(distances[is_right])[0])
    assert usual == pytest.approx(USUAL_SCORE, abs=0.02)


def test_what_is_smaller_in_wrong_ones_gets_no_weight() -> None:
    distances, is_right, _ = people(np.random.default_rng(12), 12)
    distances[~is_right, 1] /= 5.0
    assert learn_weights(distances, is_right, FLOOR)[0].share[1] == 0.0


def test_shrinkage_leaves_weight_with_more_than_a_few_lucky_columns() -> None:
    distances, is_right, _ = people(np.random.default_rng(15), 3, reps=2)
    share = learn_weights(distances, is_right, FLOOR)[0].share
    assert (share > 0.02).sum() >= 5  # without it, three tell these twelve repetitions apart


def test_labels_weigh_the_same_however_many_there_are() -> None:
    distances, is_right, _ = people(np.random.default_rng(13), 20)
    few = is_right | (np.cumsum(~is_right) <= 8)  # all right ones, eight wrong ones
    weights, threshold = learn_weights(distances[few], is_right[few], FLOOR)
    called = weights.ratio(distances) > threshold
    assert called[~is_right].mean() == pytest.approx((~called[is_right]).mean(), abs=0.15)


def test_distances_below_the_floor_are_none() -> None:
    distances, is_right, _ = people(np.random.default_rng(14), 12)
    distances[:, 1] = np.where(is_right, 1e-9, 1e-3)  # tells them apart, far below any noise
    share = learn_weights(distances, is_right, FLOOR)[0].share
    assert share[1] < 1e-3


@given(
    st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
    st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
)
def test_youden_is_the_best_of_all_thresholds(right: list[float], wrong: list[float]) -> None:
    scores = np.array(right + wrong)
    is_right = np.arange(len(scores)) < len(right)

    def youden(threshold: float) -> float:
        passed = scores <= threshold * (1 + 1e-12)
        return float(passed[is_right].mean() - passed[~is_right].mean())

    best = max(youden(t) for t in [*scores, 0.01, 100.0])
    assert youden(youden_threshold(scores, is_right)) >= best - 1e-9


def test_limits_beside_weights_leave_a_margin() -> None:
    distances, is_right, groups = people(np.random.default_rng(12), 12)
    distances[is_right] = 3.0  # all alike: nobody is beyond the tolerance
    assert weighted_rule(distances, is_right, groups, FLOOR).limit == pytest.approx(1.5)


@pytest.mark.parametrize(("wrong", "moves"), [(5, False), (6, True)])
def test_a_few_wrong_repetitions_move_no_threshold(wrong: int, moves: bool) -> None:
    distances, is_right, groups = people(np.random.default_rng(13), 12)
    kept = np.concatenate([np.flatnonzero(is_right), np.flatnonzero(~is_right)[:wrong]])
    few = median_rule(distances[kept], is_right[kept], groups[kept], FLOOR)
    none = median_rule(distances[is_right], is_right[is_right], groups[is_right], FLOOR)
    assert (few.threshold != none.threshold) == moves
