"""What calibration promises against what strangers see: `python -m benchmarks.interval FOLDER`.

FOLDER as for `benchmarks.uiprmd`. Without it the benchmark says so and ends.

Protocol: in each of 50 splits, the same for all movements, five people calibrate and the others are
never seen. Their right repetitions are the references; tolerances, limits and threshold come from
all their repetitions. Promised: the balanced accuracy of those five, each judged by the other four,
with a 95 % interval. Seen: the balanced accuracy of the final rule on the others. A row "all"
takes the five movements as one. `sure`: the narrowest width that, given to every promise
alike, would hold 90 % of what was seen. People are split without putting back, so that a lucky
promise goes with unlucky others: real strangers are a little kinder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.uiprmd import Movement
from benchmarks.uiprmd_data import distances_to, movements_from
from dtwcoach.matching.calibration import fit
from dtwcoach.matching.estimates import interval
from dtwcoach.pose import FloatArray

SPLITS, KNOWN = 50, 5


@dataclass(frozen=True, eq=False)
class Judged:
    """Scored repetitions.

    Parameters
    ----------
    scores : (rep,) float
        1.0 is the border.
    is_right : (rep,) bool
    person : (rep,) str
    """

    scores: FloatArray
    is_right: np.ndarray
    person: np.ndarray


def promised_and_seen(data: Movement, known: np.ndarray) -> tuple[Judged, Judged]:
    """Judge the known people, each by the others, and the unknown ones by all known."""
    inside = np.isin(data.subject, known)
    own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    references = np.flatnonzero(inside & data.is_right)
    distances = distances_to(data, own, references)
    people, is_right = data.subject[own], data.is_right[own]
    scores = np.empty(len(own))
    for person in known:
        out = people == person
        scores[out] = _fitted(distances, is_right, people, ~out)(distances[out])
    judge = _fitted(distances, is_right, people, np.ones(len(own), dtype=bool))
    return (
        Judged(scores, is_right, people),
        Judged(
            judge(distances_to(data, others, references)),
            data.is_right[others],
            data.subject[others],
        ),
    )


def _fitted(
    distances: FloatArray, is_right: np.ndarray, people: np.ndarray, part: np.ndarray
) -> Callable[[FloatArray], FloatArray]:
    """Scores by the rule that a part of the repetitions gives."""
    none = np.zeros(distances.shape[1])
    groups = np.unique(people[part], return_inverse=True)[1]
    rule, *_ = fit(distances[part], is_right[part], groups, floor=(none, none.astype(bool)))
    return rule.score


def together(parts: list[Judged]) -> Judged:
    """Several movements as one."""
    return Judged(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Judged.__annotations__)
    )


def by_bootstrap(promised: Judged, *, others: int | None) -> tuple[float, float]:
    """Interval by drawing people with replacement; with `others` also the unknown ones'."""
    shares = np.array(
        [
            [_share(promised, promised.person == person, right) for right in (True, False)]
            for person in np.unique(promised.person)
        ]
    ).mean(axis=1)
    rng = np.random.default_rng(0)
    drawn = shares[rng.integers(len(shares), size=(2000, len(shares)))].mean(axis=1)
    if others:
        drawn += shares[rng.integers(len(shares), size=(2000, others))].mean(axis=1) - shares.mean()
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def _share(judged: Judged, of: np.ndarray, right: bool) -> float:
    return float(((judged.scores[of & (judged.is_right == right)] <= 1) == right).mean())


def intervals(promised: Judged, others: int) -> dict[str, tuple[float, float]]:
    """Interval of the balanced accuracy by each method."""
    arrays = promised.scores, promised.is_right, promised.person
    found = {
        "t, mean": interval(*arrays, others=float("inf")).balanced_accuracy,
        "t, others": interval(*arrays, others=others).balanced_accuracy,
    }
    return {
        "bootstrap, mean": by_bootstrap(promised, others=None),
        "bootstrap, others": by_bootstrap(promised, others=others),
        **{name: (of.low, of.high) for name, of in found.items()},
    }


def run(movements: dict[str, Movement]) -> dict[str, list[tuple[Judged, Judged]]]:
    """Promised and seen of every split, by movement and together."""
    rng = np.random.default_rng(0)
    everybody = np.unique(np.concatenate([data.subject for data in movements.values()]))
    rows: dict[str, list[tuple[Judged, Judged]]] = {name: [] for name in (*movements, "all")}
    for _ in range(SPLITS):
        known = rng.permutation(everybody)[:KNOWN]
        pairs = []
        for name, data in movements.items():
            pairs.append(promised_and_seen(data, known[np.isin(known, data.subject)]))
            rows[name].append(pairs[-1])
        rows["all"].append((together([p for p, _ in pairs]), together([s for _, s in pairs])))
    return rows


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    movements = movements_from(arguments, __doc__)
    if not movements:
        return
    methods: tuple[str, ...] = ()
    for name, pairs in run(movements).items():
        promised, seen = (
            np.array(
                [interval(j.scores, j.is_right, j.person).balanced_accuracy.value for j in side]
            )
            for side in zip(*pairs, strict=True)
        )
        found = [intervals(p, len(np.unique(s.person))) for p, s in pairs]
        if not methods:
            methods = tuple(found[0])
            print(f"{'movement':10}{'promised':>9}{'seen':>7}{'sure':>7}", end="")
            print("".join(f"{method:>20}" for method in methods))
        sure = 2 * np.quantile(np.abs(promised - seen), 0.9)
        print(f"{name:10}{promised.mean():9.3f}{seen.mean():7.3f}{sure:7.3f}", end="")
        for method in methods:
            low, high = np.array([row[method] for row in found]).T
            inside = ((low <= seen) & (seen <= high)).mean()
            print(f"{inside:13.2f}{(high - low).mean():7.3f}", end="")
        print(flush=True)


if __name__ == "__main__":
    main()
