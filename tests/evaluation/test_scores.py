"""Figures of predictions, against counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dtwcoach.evaluation.scores import (
    calibration_error,
    class_scores,
    confusion,
    reliability,
)

TRUTH = ["a", "a", "a", "b", "b", "c"]
SAID = ["a", "a", "b", "b", "", "a"]


def test_precision_recall_and_f1_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import precision_recall_fscore_support

    counts = confusion(TRUTH, SAID, "abc")
    assert counts.tolist() == [[2, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]]
    theirs = precision_recall_fscore_support(TRUTH, SAID, labels=list("abc"), zero_division=np.nan)
    ours = class_scores(counts, "abc")
    for name, column in zip(("precision", "recall", "f1", "clips"), theirs, strict=True):
        np.testing.assert_allclose([getattr(one, name) for one in ours], column, equal_nan=True)
    assert math.isnan(ours[2].precision)


def test_probabilities_that_hold_have_no_error() -> None:
    chances = np.tile([0.75, 0.25, 0.0], (4, 1))
    assert calibration_error(chances, ["a", "a", "a", "b"], "ab") == pytest.approx(0.0)
    assert calibration_error(chances, ["b"] * 4, "ab") == pytest.approx(0.75)


def test_predictions_are_put_into_ten_bins() -> None:
    chances = np.array([[1.0, 0.0, 0.0], [0.95, 0.05, 0.0], [0.5, 0.2, 0.3], [0.1, 0.2, 0.7]])
    found = reliability(chances, ["a", "b", "a", ""], "ab")
    assert [one.predictions for one in found] == [1, 1, 2]
    assert [one.said for one in found] == pytest.approx([0.5, 0.7, 0.975])
    assert [one.held for one in found] == [1.0, 1.0, 0.5]
