"""Recognition by a few examples against trained models: `python -m benchmarks.recognition`.

Twelve movements of drawn people, each repetition a window (see `recognition_data`); the people of
the test are in no training. So many people show each movement once, drawn anew for each of several
draws, the same for every method. Models see the landmarks, flattened or in order, raw (x, y, z and
visibility in shares of the picture) or as our normalised features; both standardised. Each is tuned
by cross-validation over the training's people, and has its middle setting where there is but one.
Gradient boosting sees every third sample.

Right: of the test's repetitions, without rejection, which no baseline has; once more with the same
people filmed from 30 to 45 degrees elsewhere, which no training showed. Told apart: area under the
ROC curve of how sure a method is of known movements against unknown ones.

Needs `pip install dtwcoach[bench]`.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recognition_data import CLASSES, OTHER_VIEW, UNKNOWN, Windows, windows
from benchmarks.recognition_lstm import EPOCHS, Lstm
from dtwcoach.motion.features import FEATURE_NAMES, FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.recognition.classifier import Classifier, Example, curve_of, learn_classifier
from dtwcoach.segmentation.drive import scales

SHOTS = {1: 3, 3: 3, 5: 2, 10: 1, 30: 1}
"""Examples of a class -> draws of people."""
TRAINING, TEST = range(3000, 3030), range(4000, 4020)
FOLDS = 3
TABLE = Path(__file__).with_name("recognition.csv")
PICTURE = TABLE.with_suffix(".png")
LEAST_SPREAD = 1e-3


@dataclass(frozen=True)
class Model:
    """A trained model: how it is made with some setting, its settings, the middle one first."""

    make: Callable[..., Any]
    settings: tuple[dict[str, Any], ...]
    every: int = 1


def _grid(**choices: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(dict(zip(choices, row, strict=True)) for row in product(*choices.values()))


def _logistic(**setting: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=300, **setting)


def _ridge(**setting: Any) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(**setting)


def _forest(**setting: Any) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(300, random_state=0, **setting)


def _boosting(**setting: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.1, max_leaf_nodes=8, random_state=0, **setting
    )


MODELS = {
    "logistic regression": Model(_logistic, _grid(C=(0.1, 0.001, 0.01, 1.0))),
    "ridge": Model(_ridge, _grid(alpha=(100.0, 1.0, 1e4, 1e6))),
    "random forest": Model(_forest, _grid(max_features=("sqrt", 0.1))),
    "gradient boosting": Model(
        _boosting, _grid(min_samples_leaf=(3, 1), max_features=(0.1, 0.03)), every=3
    ),
}


@dataclass(frozen=True, eq=False)
class Inputs:
    """Training, test and unknown windows of one kind, standardised by the training's."""

    training: FloatArray
    test: FloatArray
    unknown: FloatArray


def inputs(kind: str, training: Windows, test: Windows, unknown: Windows) -> Inputs:
    """Raw landmarks or normalised features, (window, samples, column)."""
    parts = [getattr(one, kind) for one in (training, test, unknown)]
    mean, spread = np.nanmean(parts[0], axis=(0, 1)), np.nanstd(parts[0], axis=(0, 1))
    if kind == "features":  # differences of one kind of feature stay comparable
        spread = scales(FEATURE_NAMES) * np.nanmean(spread / scales(FEATURE_NAMES))
    return Inputs(*(np.nan_to_num((part - mean) / (spread + LEAST_SPREAD)) for part in parts))


def by_model(
    model: Model, given: Inputs, training: Windows
) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Labels of the test, and how sure of the test and of the unknown windows."""
    x, y, z = (part[:, :: model.every].reshape(len(part), -1) for part in vars(given).values())
    setting = model.settings[0]
    if len(set(training.people)) > 1:
        from sklearn.model_selection import GridSearchCV, GroupKFold

        folds = GroupKFold(min(FOLDS, len(set(training.people))))
        grid = {name: sorted({s[name] for s in model.settings}, key=str) for name in setting}
        search = GridSearchCV(model.make(), grid, cv=folds, refit=False)
        setting = search.fit(x, training.labels, groups=training.people).best_params_
    fitted = model.make(**setting).fit(x, training.labels)
    sure = getattr(fitted, "predict_proba", None) or fitted.decision_function
    return fitted.predict(y), *(sure(part).max(axis=1) for part in (y, z))


def by_lstm(given: Inputs, training: Windows) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """The same by the network; step size and epochs from a third of the people held out."""
    people = sorted(set(training.people))
    epochs, rate = EPOCHS // 2, 2e-3
    if len(people) > 1:
        held = np.isin(training.people, people[: max(1, len(people) // FOLDS)])
        tried = [
            Lstm(rate=rate).fit(
                given.training[~held], training.labels[~held],
                check=(given.training[held], training.labels[held]),
            )
            for rate in (1e-3, 4e-3)
        ]  # fmt: skip
        best = max(tried, key=lambda one: one.best_accuracy)
        # As many steps as were best, though there are more windows in an epoch now.
        epochs, rate = max(3, round(best.best_epoch * (1 - held.mean())) + 2), best.rate
    fitted = Lstm(rate=rate, epochs=epochs).fit(given.training, training.labels)
    chances, strange = fitted.predict_proba(given.test), fitted.predict_proba(given.unknown)
    return fitted.predict(given.test), chances.max(axis=1), strange.max(axis=1)


def learnt(training: Windows) -> Classifier:
    """Ours, from the same windows."""
    time_s = np.arange(training.features.shape[1]) / 30.0
    rows = zip(training.features, training.labels, training.people, strict=True)
    return learn_classifier(
        [
            Example(str(label), str(person), FeatureSeries(time_s, values, FEATURE_NAMES), 0)
            for values, label, person in rows
        ],
        most=len(training.labels),
    )


def _curves(found: Windows) -> FloatArray:
    return np.stack([curve_of(values) for values in found.features])


def by_dtw(
    training: Windows, test: Windows, unknown: Windows
) -> tuple[np.ndarray, FloatArray, FloatArray, dict[str, float]]:
    """Labels, how sure, and what rejection does."""
    from dtwcoach.evaluation.scores import calibration_error

    classifier = learnt(training)
    near, far = classifier.distances(_curves(test)), classifier.distances(_curves(unknown))
    chances, strange = (classifier.probabilities(_curves(one)) for one in (test, unknown))
    names = np.array([classifier.name_of(row) for row in chances])
    half = len(names) // 2  # the other half is seen from elsewhere
    truth = np.r_[test.labels[:half], np.full(len(strange), "")]
    extra = {
        "right with rejection": float((names == test.labels)[:half].mean()),
        "unknown rejected": float((strange.argmax(axis=1) == len(classifier.classes)).mean()),
        "calibration error": calibration_error(
            np.concatenate([chances[:half], strange]), truth, classifier.classes
        ),
    }
    labels = np.array(classifier.classes)[near.argmin(axis=1)]
    return labels, -near.min(axis=1), -far.min(axis=1), extra


def joined(one: Windows, other: Windows) -> Windows:
    """Windows of both."""
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return Windows(*(np.concatenate(pair) for pair in pairs))


def told_apart(known: FloatArray, unknown: FloatArray) -> float:
    """Area under the ROC curve."""
    above = np.sign(known[:, None] - unknown[None])
    return float((above.mean() + 1) / 2)


def run(shots: dict[int, int], methods: list[str]) -> list[dict[str, Any]]:
    """One row a method, number of examples and draw."""
    pool, unknown = windows(CLASSES, TRAINING), windows(UNKNOWN, TEST)
    test = joined(windows(CLASSES, TEST), windows(CLASSES, TEST, off_deg=OTHER_VIEW))
    rows = []
    for count, draws in shots.items():
        for draw in range(draws):
            people = np.random.default_rng([count, draw]).choice(TRAINING, count, replace=False)
            training = pool.of(np.isin(pool.people, people))
            for method in methods:
                for kind in ("features", "raw") if method != "dtw" else ("features",):
                    row = _row(method, kind, training, test, unknown)
                    rows.append({"examples": count, "draw": draw, **row})
                    print(rows[-1], flush=True)
        write(summary(rows))
    return rows


def _row(
    method: str, kind: str, training: Windows, test: Windows, unknown: Windows
) -> dict[str, Any]:
    extra: dict[str, float] = {}
    if method == "dtw":
        labels, sure, strange, extra = by_dtw(training, test, unknown)
    else:
        given = inputs(kind, training, test, unknown)
        if method == "lstm":
            labels, sure, strange = by_lstm(given, training)
        else:
            labels, sure, strange = by_model(MODELS[method], given, training)
    right = (labels == test.labels).reshape(2, -1).mean(axis=1)
    return {
        "method": method,
        "input": kind,
        "right": float(right[0]),
        "right from elsewhere": float(right[1]),
        "told apart": told_apart(sure[: len(sure) // 2], strange),
        **extra,
    }


def summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Means over draws."""
    keys = sorted({(r["method"], r["input"], int(r["examples"])) for r in rows})
    result = []
    for method, kind, count in keys:
        own = [
            r
            for r in rows
            if (r["method"], r["input"], int(r["examples"])) == (method, kind, count)
        ]
        means = {
            name: round(float(np.mean([float(r[name]) for r in own])), 4)
            for name in COLUMNS[4:]
            if own[0].get(name) not in (None, "")
        }
        result.append(
            {"method": method, "input": kind, "examples": count, "draws": len(own), **means}
        )
    return result


COLUMNS = (
    "method", "input", "examples", "draws", "right", "right from elsewhere", "told apart",
    "right with rejection", "unknown rejected", "calibration error",
)  # fmt: skip


def write(found: list[dict[str, Any]]) -> None:
    """Put rows into the table beside this file, in the place of those that were there."""
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for row in (*_table(), *found):
        rows[row["method"], row["input"], int(row["examples"])] = row
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))


def _table() -> list[dict[str, Any]]:
    if not TABLE.exists():
        return []
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def plot() -> None:
    """The picture beside this file, from the table."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = _table()
    figure, panes = plt.subplots(2, 2, figsize=(10, 7.6), sharey=True, layout="constrained")
    views = (("right", "same view"), ("right from elsewhere", "30 to 45 degrees elsewhere"))
    kinds = (("raw", "raw landmarks"), ("features", "our normalised features"))
    for pane, ((column, view), (kind, title)) in zip(
        panes.ravel(), product(views, kinds), strict=True
    ):
        others = [row for row in rows if row["method"] != "dtw" and row["input"] == kind]
        for marker, name in zip("svD^P", sorted({row["method"] for row in others}), strict=False):
            _curve(pane, [r for r in others if r["method"] == name], column, name, marker=marker)
        ours = [row for row in rows if row["method"] == "dtw"]
        _curve(pane, ours, column, "dtwcoach", marker="o", color="black", linewidth=2.5)
        pane.set(xscale="log", xlabel="examples of each class")
        pane.set_title(f"{view}; models on {title}", fontsize=10)
        pane.set_xticks(list(SHOTS), [str(count) for count in SHOTS])
        pane.set_ylabel("right, people not seen before")
        pane.minorticks_off()
        pane.grid(alpha=0.3)
    panes[0, 0].legend(loc="lower right", fontsize=8)
    figure.savefig(PICTURE, dpi=110)


def _curve(pane: Any, rows: list[dict[str, str]], column: str, name: str, **style: Any) -> None:
    rows = sorted(rows, key=lambda row: int(row["examples"]))
    x, y = ([float(row[key]) for row in rows] for key in ("examples", column))
    pane.plot(x, y, label=name, **style)


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison, or only draw its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", action="store_true", help="only draw the table that is there")
    parser.add_argument("--methods", nargs="+", default=["dtw", *MODELS, "lstm"])
    parser.add_argument("--examples", nargs="+", type=int, default=list(SHOTS))
    options = parser.parse_args(arguments)
    if not options.plot:
        warnings.simplefilter("ignore")
        run({count: SHOTS[count] for count in options.examples}, options.methods)
    plot()


if __name__ == "__main__":
    main()
