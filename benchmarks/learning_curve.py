"""How verdicts improve with references and labels: `python -m benchmarks.learning_curve FOLDER`.

FOLDER as for `benchmarks.uiprmd`. Without it the benchmark says so and ends.

Protocol: 10 draws of people for each of the five movements. Five people are known. One of them
gives all references ("one trainer"), or as many as there are references give one each, ten being
two each of five ("trainers"). Labelled wrong repetitions are the trainers', and where those have
too few, other known people's. Tolerances, limits and threshold come from these repetitions alone;
judged are all repetitions of the strangers. "personal": the references are the athlete's own;
tolerances, limits and threshold come from the other nine people, each measured to as many
references of their own, with so many labelled wrong repetitions among them all; judged is the
rest of the athlete's repetitions. Means over draws and movements; SE: standard error of the
balanced accuracy over draws, which all come from the same ten people. Article: best threshold in
hindsight.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.uiprmd import Movement, area_under_curve
from benchmarks.uiprmd_data import FEATURES_SEEN, distances_to, movements_from
from benchmarks.verdicts import balanced_accuracy, best_in_hindsight
from dtwcoach.matching.calibration import (
    BETWEEN_PEOPLE,
    ENOUGH_PEOPLE,
    NOISE_SHARE,
    STRANGER_LIMIT,
    fit,
)
from dtwcoach.matching.rule import Floor, Rule
from dtwcoach.motion.features import FEATURES
from dtwcoach.motion.noise import noise_floor
from dtwcoach.pose import FloatArray, IntArray

DRAWS, KNOWN = 10, 5
REFERENCES, WRONG = (1, 2, 3, 5, 10), (0, 5, 20)
PROTOCOLS = ("one trainer", "trainers", "personal")
Figures = tuple[float, float, float, float]
"""Balanced accuracy, area under the ROC curve, specificity, the article's balanced accuracy."""


def of_trainers(
    data: Movement, rng: np.random.Generator, *, references: int, wrong: int, trainers: int
) -> Figures:
    """Judge strangers by what trainers showed."""
    people = rng.permutation(np.unique(data.subject))
    known = np.isin(data.subject, people[:KNOWN])
    each = [data.subject == person for person in people[:trainers]]
    chosen = np.concatenate(
        [_drawn(rng, of & data.is_right, references // trainers) for of in each]
    )
    theirs = np.isin(data.subject, people[:trainers])
    faults = [_drawn(rng, of & ~data.is_right, wrong) for of in (theirs, known & ~theirs)]
    reps = np.concatenate([chosen, np.concatenate(faults)[:wrong]])
    distances = distances_to(data, reps, chosen, same_person=trainers == 1)
    groups = data.subject[reps] if trainers > 1 else np.arange(len(reps))
    rule = _rule(distances, data.is_right[reps], groups, people=trainers)
    strangers = np.flatnonzero(~known)
    return _figures(data, rule, distances_to(data, strangers, chosen), strangers, chosen)


def of_oneself(data: Movement, rng: np.random.Generator, *, references: int, wrong: int) -> Figures:
    """Judge an athlete by their own references under a rule that other people gave."""
    athlete, *others = rng.permutation(np.unique(data.subject))
    own = {
        person: _drawn(rng, (data.subject == person) & data.is_right, references)
        for person in (athlete, *others)
    }
    faults = _drawn(rng, (data.subject != athlete) & ~data.is_right, wrong)
    reps, distances = [], []
    for person in others:
        of = np.flatnonzero((data.subject == person) & data.is_right)
        of = np.concatenate([np.setdiff1d(of, own[person]), faults[data.subject[faults] == person]])
        reps.append(of)
        distances.append(distances_to(data, of, own[person], same_person=True))
    known = np.concatenate(reps)
    rule = _rule(
        np.concatenate(distances), data.is_right[known], data.subject[known], people=len(others)
    )
    rest = np.setdiff1d(np.flatnonzero(data.subject == athlete), own[athlete])
    to_own = distances_to(data, rest, own[athlete], same_person=True)
    return _figures(data, rule, to_own, rest, own[athlete])


def _drawn(rng: np.random.Generator, among: np.ndarray, count: int) -> IntArray:
    """Indices of up to so many of the marked repetitions, at random."""
    return rng.permutation(np.flatnonzero(among))[:count]


def _rule(distances: FloatArray, is_right: np.ndarray, groups: np.ndarray, *, people: int) -> Rule:
    """Fit as `calibrate` does, with the floor that goes with so many people."""
    few = people < ENOUGH_PEOPLE
    apart = np.array([BETWEEN_PEOPLE[FEATURES[name].unit] for name in FEATURES_SEEN])
    least = apart if few else NOISE_SHARE * noise_floor(FEATURES_SEEN)
    fixed = np.zeros(len(least), dtype=bool)
    floor = Floor(least, fixed, STRANGER_LIMIT if few else 1.0, steady=few)
    return fit(distances, is_right, np.unique(groups, return_inverse=True)[1], floor=floor).rule


def _figures(
    data: Movement, rule: Rule, distances: FloatArray, reps: np.ndarray, references: np.ndarray
) -> Figures:
    scores, wrong = rule.score(distances), ~data.is_right[reps]
    article = data.raw[np.ix_(reps, references)].min(axis=1)
    return (
        balanced_accuracy(wrong, scores > 1),
        area_under_curve(wrong, scores),
        float((scores[~wrong] <= 1).mean()),
        best_in_hindsight(wrong, article),
    )


def rows(movements: dict[str, Movement]) -> Iterator[tuple[str, int, int, FloatArray]]:
    """Yield protocol, references, wrong repetitions and the figures of each draw, (draw, 4)."""
    for protocol in PROTOCOLS:
        for references in REFERENCES:
            for wrong in WRONG:
                size = {"references": references, "wrong": wrong}
                trainers = min(references, KNOWN) if protocol == "trainers" else 1
                if protocol == "personal" and references == max(REFERENCES):
                    continue  # nobody has a right repetition left to judge
                if protocol == "trainers" and trainers == 1:
                    continue  # the same as one trainer
                rng = np.random.default_rng(0)
                found = [
                    of_oneself(data, rng, **size)
                    if protocol == "personal"
                    else of_trainers(data, rng, trainers=trainers, **size)
                    for data in movements.values()
                    for _ in range(DRAWS)
                ]
                yield protocol, references, wrong, np.array(found)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    movements = movements_from(arguments, __doc__)
    if not movements:
        return
    heads = ("BA", "SE", "AUC", "right", "article")
    print(f"{'protocol':14}{'references':>11}{'wrong':>7}" + "".join(f"{h:>9}" for h in heads))
    for protocol, references, wrong, found in rows(movements):
        accuracy, auc, specificity, article = found.mean(axis=0)
        error = found[:, 0].std(ddof=1) / len(found) ** 0.5
        cells = (accuracy, error, auc, specificity, article)
        print(
            f"{protocol:14}{references:11}{wrong:7}" + "".join(f"{cell:9.3f}" for cell in cells),
            flush=True,
        )


if __name__ == "__main__":
    main()
