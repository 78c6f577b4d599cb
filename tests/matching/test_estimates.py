"""Estimates of errors on other people."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.matching.estimates import Estimates, interval

FIGURES = ("balanced_accuracy", "sensitivity", "specificity", "auc")


def people_who_differ(
    rng: np.random.Generator, people: int, *, reps: int = 10
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, labels and persons: everybody is judged well or badly in a way of their own."""
    groups = np.repeat(np.arange(people), 2 * reps)
    is_right = np.tile(np.arange(2 * reps) < reps, people)
    own = rng.normal(0.0, 0.3, people)[groups]
    scores = np.exp(np.where(is_right, -0.5, 0.5) + own + rng.normal(0.0, 0.4, len(groups)))
    return scores, is_right, groups


def test_values_are_the_plain_shares() -> None:
    scores = np.array([0.5, 1.0, 1.1, 0.8, 2.0, 3.0])
    is_right = np.array([True, True, True, False, False, False])
    found = interval(scores, is_right, np.array([0, 1, 2, 0, 1, 2]))
    assert found.specificity.value == pytest.approx(2 / 3)
    assert found.sensitivity.value == pytest.approx(2 / 3)
    assert found.balanced_accuracy.value == pytest.approx(2 / 3)
    assert found.auc.value == pytest.approx(7 / 9)


@pytest.mark.parametrize("figure", FIGURES)
def test_holds_what_as_many_other_people_show(figure: str) -> None:
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(200):
        known, other = (interval(*people_who_differ(rng, 6)) for _ in range(2))
        bounds, seen = getattr(known, figure), getattr(other, figure).value
        inside.append(bounds.low <= seen <= bounds.high)
    assert np.mean(inside) >= 0.9


def test_more_people_narrow_it_more_than_more_repetitions() -> None:
    def width(people: int, reps: int) -> float:
        rng = np.random.default_rng(1)
        found = [
            interval(*people_who_differ(rng, people, reps=reps), others=float("inf"))
            for _ in range(20)
        ]
        return float(np.mean([f.balanced_accuracy.high - f.balanced_accuracy.low for f in found]))

    assert width(10, 10) < 0.8 * width(5, 10)
    assert width(5, 20) > 0.9 * width(5, 10)


def test_faultless_verdicts_on_few_people_are_not_certain() -> None:
    is_right = np.tile([True, False], 10)
    found = interval(np.where(is_right, 0.5, 2.0), is_right, np.repeat(np.arange(5), 4))
    assert found.balanced_accuracy.value == 1.0
    assert found.balanced_accuracy.low < 0.9


def test_one_person_says_nothing_of_others() -> None:
    found = interval(np.array([0.5, 2.0]), np.array([True, False]), np.array([0, 0]))
    assert found.auc.value == 1.0
    assert np.isnan([found.auc.low, found.auc.high]).all()


def test_without_wrong_repetitions_only_specificity_is_known() -> None:
    found: Estimates = interval(np.array([0.5, 2.0]), np.array([True, True]), np.array([0, 1]))
    assert found.specificity.value == 0.5
    assert np.isnan([getattr(found, name).value for name in FIGURES if name != "specificity"]).all()


def test_what_could_not_be_judged_is_left_out() -> None:
    rng = np.random.default_rng(2)
    scores, is_right, groups = people_who_differ(rng, 4)
    whole = interval(scores[3:], is_right[3:], groups[3:])
    assert interval(np.r_[[np.nan] * 3, scores[3:]], is_right, groups) == whole
