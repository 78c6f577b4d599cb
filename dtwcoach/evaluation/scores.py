"""From predicted classes to figures: accuracy, confusion, precision, recall, F1, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dtwcoach.pose import FloatArray, IntArray

BINS = 10
"""Of equal width, in which probabilities are compared with how often they are right."""


@dataclass(frozen=True)
class ClassScores:
    """Figures of one class.

    Parameters
    ----------
    name : str
    clips : int
        How many there are.
    precision, recall, f1 : float
        nan where none was predicted, or where there is none.
    """

    name: str
    clips: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Predictions of about one probability.

    Parameters
    ----------
    predictions : int
    said, held : float
        Their mean probability, and the share of them that was right.
    """

    predictions: int
    said: float
    held: float


def confusion(truth: Sequence[str], predicted: Sequence[str], classes: Sequence[str]) -> IntArray:
    """Count how often each class, in rows, was taken for each, in columns.

    Parameters
    ----------
    truth, predicted : sequence of str
        "" for none of the classes.
    classes : sequence of str

    Returns
    -------
    (class, class + 1) int
        The last column is that of none.

    Examples
    --------
    >>> confusion("aab", ["a", "", "a"], ["a", "b"])
    array([[1, 0, 1],
           [1, 0, 0]])
    """
    places = {name: number for number, name in enumerate((*classes, ""))}
    counts = np.zeros((len(classes), len(classes) + 1), dtype=np.int64)
    for own, said in zip(truth, predicted, strict=True):
        counts[places[own], places[said]] += 1
    return counts


def class_scores(counts: IntArray, classes: Sequence[str]) -> tuple[ClassScores, ...]:
    """Precision, recall and F1 of every class from a confusion matrix."""
    rows = []
    for number, name in enumerate(classes):
        hits = int(counts[number, number])
        there, said = int(counts[number].sum()), int(counts[:, number].sum())
        rows.append(
            ClassScores(
                name, there, _share(hits, said), _share(hits, there), _share(2 * hits, there + said)
            )
        )
    return tuple(rows)


def reliability(
    probabilities: FloatArray, truth: Sequence[str], classes: Sequence[str]
) -> tuple[Bin, ...]:
    """Compare how probable predictions were said to be with how often they held.

    Parameters
    ----------
    probabilities : (n, class + 1) float
        The last column is that of none.
    truth : sequence of str
    classes : sequence of str

    Returns
    -------
    tuple of Bin
        Of those of `BINS` that hold a prediction.
    """
    said = probabilities.max(axis=1)
    names = np.array([*classes, ""])[probabilities.argmax(axis=1)]
    held = names == np.array(truth)
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(int((place == k).sum()), float(said[place == k].mean()), float(held[place == k].mean()))
        for k in np.unique(place)
    )


def calibration_error(
    probabilities: FloatArray, truth: Sequence[str], classes: Sequence[str]
) -> float:
    """Expected calibration error: mean distance of said from held over all predictions.

    References
    ----------
    C. Guo et al., "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> chances = np.array([[0.8, 0.2, 0.0], [0.8, 0.2, 0.0]])
    >>> round(calibration_error(chances, ["a", "b"], ["a", "b"]), 2)  # right in half, not in 0.8
    0.3
    """
    bins = reliability(probabilities, truth, classes)
    total = sum(one.predictions for one in bins)
    return sum(one.predictions * abs(one.said - one.held) for one in bins) / max(total, 1)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
