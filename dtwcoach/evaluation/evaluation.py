"""How well classes are told apart on clips that were left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dtwcoach.errors import SourceError
from dtwcoach.evaluation.clips import Clip
from dtwcoach.evaluation.scores import (
    Bin,
    ClassScores,
    calibration_error,
    class_scores,
    confusion,
    reliability,
)
from dtwcoach.pose import FloatArray, IntArray
from dtwcoach.recognition.classifier import Classifier, Example, curve_of, learn_classifier, softmax

SPLITS = ("person", "file")
"""What is never on both sides of a split."""
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Judged:
    """A clip, and what a classifier that had not seen it said.

    Parameters
    ----------
    label, name, person : str
    predicted : str
        "" for none of the classes.
    probabilities : (class + 1,) float
        Mean over the clip's windows; the last is that of none.
    rejected : bool
        Whether it is called none of the classes where its own class is not known.
    """

    label: str
    name: str
    person: str
    predicted: str
    probabilities: FloatArray
    rejected: bool


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The figures of a set of labelled clips.

    Parameters
    ----------
    title : str
        What was evaluated.
    classes : tuple of str
    split : str
        How clips were left out, in words.
    clips : tuple of Judged
    left_out : tuple of str
        Clips that could not be used, and why.
    """

    title: str
    classes: tuple[str, ...]
    split: str
    clips: tuple[Judged, ...]
    left_out: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        """Share of the clips that were recognised."""
        return float(np.mean([one.predicted == one.label for one in self.clips]))

    @property
    def macro_f1(self) -> float:
        """Mean of the classes' F1."""
        return float(np.mean([one.f1 for one in self.scores]))

    @property
    def unknown_rejected(self) -> float:
        """Share of the clips called none of the classes where their own is not known."""
        return float(np.mean([one.rejected for one in self.clips]))

    @cached_property
    def confusion(self) -> IntArray:
        """(class, class + 1): the truth in rows; the last column is that of none."""
        said = [(one.label, one.predicted) for one in self.clips]
        return confusion([a for a, _ in said], [b for _, b in said], self.classes)

    @cached_property
    def scores(self) -> tuple[ClassScores, ...]:
        """Figures of each class."""
        return class_scores(self.confusion, self.classes)

    @cached_property
    def reliability(self) -> tuple[Bin, ...]:
        """How often predictions of about one probability are right."""
        return reliability(*self._chances, self.classes)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error of the probabilities."""
        return calibration_error(*self._chances, self.classes)

    @property
    def _chances(self) -> tuple[FloatArray, list[str]]:
        return np.stack([one.probabilities for one in self.clips]), [c.label for c in self.clips]


def evaluate(
    clips: Sequence[Clip],
    *,
    title: str = "",
    split: str = "",
    folds: int = FOLDS,
    either_side: Collection[str] = (),
    left_out: Sequence[str] = (),
) -> Evaluation:
    """Recognise every clip by those of other people, or other files.

    Parameters
    ----------
    clips : sequence of Clip
    title : str
    split : str
        One of `SPLITS`; "" for people where two are named or more, else files.
    folds : int
        The people, or files, are parted so often; 0 leaves one out at a time.
    either_side : collection of str
        Classes whose mirror image is the same class.
    left_out : sequence of str
        Carried along.

    Raises
    ------
    SourceError
        When there is nothing to learn from, or nobody to leave out.
    """
    usable = [clip for clip in clips if clip.windows]
    people = {clip.person for clip in usable if clip.person}
    split = split or ("person" if len(people) > 1 else "file")
    groups = [
        (clip.person or clip.name) if split == "person" else f"{clip.label}/{clip.name}"
        for clip in usable
    ]
    parts = parted(groups, folds=folds, classes=[clip.label for clip in usable])
    if max(parts, default=0) < 1 or len({clip.label for clip in usable}) < 2:
        raise SourceError(
            f"{len(usable)} usable clips of {len({c.label for c in usable})} classes and "
            f"{len(set(groups))} {_plural(split)} arrived; needed two of each. Names of files "
            "begin with the person: anna_1.mp4."
        )
    classes = tuple(sorted({clip.label for clip in usable}))
    judged: dict[int, Judged] = {}
    for part in range(max(parts) + 1):
        training = [
            Example(clip.label, group, window.series, window.turn)
            for clip, group, own in zip(usable, groups, parts, strict=True)
            if own != part
            for window in clip.windows
        ]
        classifier = learn_classifier(training, either_side=either_side)
        for number, own in enumerate(parts):
            if own == part:
                judged[number] = _judged(usable[number], classifier, classes)
    return Evaluation(
        title,
        classes,
        _in_words(split, len(set(groups)), max(parts) + 1),
        tuple(judged[number] for number in range(len(usable))),
        tuple(left_out),
    )


def parted(groups: Sequence[str], *, folds: int, classes: Sequence[str]) -> list[int]:
    """Part groups into folds of about equally many clips of each class.

    Parameters
    ----------
    groups, classes : sequence of str
        Of each clip.
    folds : int
        0: as many as there are groups.

    Returns
    -------
    list of int
        The fold of each clip; those of one group are in one.

    Examples
    --------
    >>> parted(["a", "a", "b", "c"], folds=2, classes=["x", "y", "x", "x"])
    [0, 0, 1, 1]
    """
    names, kinds = sorted(set(groups)), sorted(set(classes))
    count = min(folds or len(names), len(names))
    has = np.zeros((len(names), len(kinds)))
    for group, kind in zip(groups, classes, strict=True):
        has[names.index(group), kinds.index(kind)] += 1
    load, fold_of = np.zeros((count, len(kinds))), {}
    for number in np.argsort(-has.sum(axis=1), kind="stable"):
        crowded = ((load + has[number]) ** 2).sum(axis=1) - (load**2).sum(axis=1)
        fold = int(np.lexsort((load.sum(axis=1), crowded))[0])
        load[fold] += has[number]
        fold_of[names[number]] = fold
    return [fold_of[group] for group in groups]


def _judged(clip: Clip, classifier: Classifier, classes: tuple[str, ...]) -> Judged:
    """Mean over the clip's windows, in the order of all classes."""
    curves = np.stack([curve_of(window.series.values) for window in clip.windows])
    apart = classifier.distances(curves)
    strange = apart.copy()
    if clip.label in classifier.classes:
        strange[:, classifier.classes.index(clip.label)] = np.inf
    known, unknown = (
        softmax(one, classifier.temperature, classifier.limit).mean(axis=0)
        for one in (apart, strange)
    )
    chances = np.zeros(len(classes) + 1)
    chances[[classes.index(name) for name in classifier.classes]] = known[:-1]
    chances[-1] = known[-1]
    return Judged(
        clip.label,
        clip.name,
        clip.person,
        classifier.name_of(known),
        chances,
        classifier.name_of(unknown) == "",
    )


def _in_words(split: str, groups: int, folds: int) -> str:
    each = f"one {split} at a time" if folds == groups else f"{folds} parts of the {groups}"
    what = "" if folds == groups else f" {_plural(split)}"
    return f"Left out: {each}{what}; no {split} is on both sides."


def _plural(split: str) -> str:
    return {"person": "people", "file": "files"}[split]
