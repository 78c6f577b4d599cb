"""What calibration promises against what strangers see: `python -m benchmarks.interval FOLDER`.

FOLDER as for `benchmarks.uiprmd`. Without it the benchmark says so and ends.

Protocol: in each of 50 splits, the same for all movements, five people calibrate and the others are
never seen. Their right repetitions are the references; rule, tolerances, limits and threshold come
from all their repetitions. Promised: the balanced accuracy that `fit` estimates, each of those five
judged by the other four, with its 95 % interval. Seen: the balanced accuracy of the final rule on
the others. `held`: how often the interval holds what was seen; `width`: its mean. A row "all" takes
the five movements as one. `sure`: the narrowest width that, given to every promise alike, would
hold 90 % of what was seen. People are split without putting back, so that a lucky promise goes with
unlucky others: real strangers are a little kinder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.uiprmd import Movement
from benchmarks.uiprmd_data import distances_to, movements_from
from dtwcoach.matching.calibration import fit
from dtwcoach.matching.estimates import Estimate, interval
from dtwcoach.matching.rule import Floor
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

    @property
    def balanced_accuracy(self) -> Estimate:
        """As `calibrate` estimates it from such scores."""
        return interval(self.scores, self.is_right, self.person).balanced_accuracy


def promised_and_seen(data: Movement, known: np.ndarray) -> tuple[Judged, Judged, str]:
    """Judge the known people, each by the others, and the unknown by all; and by which rule."""
    inside = np.isin(data.subject, known)
    own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    references = np.flatnonzero(inside & data.is_right)
    distances = distances_to(data, own, references)
    people = np.unique(data.subject[own], return_inverse=True)[1]
    features = distances.shape[1] // 3
    floor = Floor(np.zeros(features), np.zeros(features, dtype=bool))
    found = fit(distances, data.is_right[own], people, floor=floor)
    scores = found.rule.score(distances_to(data, others, references))
    return (
        Judged(found.scores, data.is_right[own], data.subject[own]),
        Judged(scores, data.is_right[others], data.subject[others]),
        found.rule.name,
    )


def together(parts: list[Judged]) -> Judged:
    """Several movements as one."""
    return Judged(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Judged.__annotations__)
    )


def run(movements: dict[str, Movement]) -> dict[str, list[tuple[Judged, Judged, str]]]:
    """Promised and seen of every split, by movement and together, and the rule."""
    rng = np.random.default_rng(0)
    everybody = np.unique(np.concatenate([data.subject for data in movements.values()]))
    rows: dict[str, list[tuple[Judged, Judged, str]]] = {name: [] for name in (*movements, "all")}
    for _ in range(SPLITS):
        known = rng.permutation(everybody)[:KNOWN]
        found = [
            promised_and_seen(data, known[np.isin(known, data.subject)])
            for data in movements.values()
        ]
        for name, row in zip(movements, found, strict=True):
            rows[name].append(row)
        promised, seen, _ = zip(*found, strict=True)
        rows["all"].append((together(list(promised)), together(list(seen)), ""))
    return rows


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    movements = movements_from(arguments, __doc__)
    if not movements:
        return
    heads = ("promised", "seen", "held", "width", "sure", "weighted")
    print(f"{'movement':10}" + "".join(f"{head:>10}" for head in heads))
    for name, rows in run(movements).items():
        found = [promised.balanced_accuracy for promised, _, _ in rows]
        seen = np.array([judged.balanced_accuracy.value for _, judged, _ in rows])
        value, low, high = np.array([(one.value, one.low, one.high) for one in found]).T
        cells = (
            value.mean(),
            seen.mean(),
            ((low <= seen) & (seen <= high)).mean(),
            (high - low).mean(),
            2 * np.quantile(np.abs(value - seen), 0.9),
            np.mean([rule == "weighted" for *_, rule in rows]) if name != "all" else np.nan,
        )
        print(f"{name:10}" + "".join(f"{cell:10.3f}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
