"""Which of the known movements an execution is, and how probable each of them is.

A movement's distance to a class is that to its nearest example: the root mean square, over all
features known in both, of their warped distances, each over its scale; it is counted by what
people of the class usually keep from each other. Probabilities are a softmax of these distances,
in which a movement that is none of the classes counts as one at a fixed distance:

    p(class) ~ exp(-distance / temperature),  p(none) ~ exp(-limit / temperature)

Both numbers are fitted on people who were left out: each example is measured against other
people's, once with its own class among the known ones, and once without, as an unknown movement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dtwcoach.matching.dtw import distances
from dtwcoach.motion.features import FeatureSeries, resample
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray, mirrored_name
from dtwcoach.segmentation.drive import scales

SAMPLES, BAND = 32, 3
"""Length to which executions are resampled, and the Sakoe-Chiba radius at that length."""
LEAST_SHARE = 0.5
"""An execution with less of an example's features is at no known distance to it."""
USUAL, TEMPERATURE, LIMIT = 0.75, 0.25, 1.7
"""Distance between people of a class, temperature and limit while nobody can be left out: about
what drawn people give."""
DRAWN = 3.0
"""A class's usual distance is drawn to that of all classes as by so many examples, and so is the
temperature to `TEMPERATURE`: classes that are far apart would make it nought."""
NEAREST = 2
"""So many examples of a class are warped to: those that are nearest already without."""
BLOCK = 64
"""Pairs that are warped at once."""
MOST_EXAMPLES = 12
"""So many of a class are kept, of different people where possible: each costs time."""
Sums = tuple[FloatArray, FloatArray, FloatArray]
"""(n, feature) known or not, (n, feature) squares, (n, samples * feature) with 0 for unknown."""
TEMPERATURES = float(np.log(0.02)), float(np.log(1.0))
"""Logarithms between which the temperature is looked for."""
SPREADS, LEAST_SPREAD = 2.0, 0.2
"""The limit lies so many standard deviations above the mean of the logarithms of distances that
people keep from each other, which spread by this much at least."""


@dataclass(frozen=True, eq=False)
class Example:
    """One execution of a known movement.

    Parameters
    ----------
    label : str
        Its class.
    person : str
        Who is left out together with it when probabilities are fitted.
    series : FeatureSeries
        From its beginning to its end, at a uniform rate.
    turn : int
        Sample at its farthest point.
    """

    label: str
    person: str
    series: FeatureSeries
    turn: int


@dataclass(frozen=True, eq=False)
class Classifier:
    """Examples of every class, and what makes probabilities of distances to them.

    Parameters
    ----------
    classes : tuple of str
    names : tuple of str
        Features.
    curves : (example, SAMPLES, feature) float
        In the features' units; NaN throughout where a feature was not seen.
    labels : (example,) int
        Number of each example's class.
    either_side : (class,) bool
        Whether a class's mirror image is the same class.
    usual : (class,) float
        What people of a class usually keep from each other, in scales (10 degrees, 0.15 torso
        lengths); distances are counted by it.
    temperature, limit : float
        See above.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    curves: FloatArray
    labels: np.ndarray
    either_side: np.ndarray
    usual: FloatArray
    temperature: float = TEMPERATURE
    limit: float = LIMIT

    def distances(self, curves: FloatArray) -> FloatArray:
        """Distance of executions to every class.

        Parameters
        ----------
        curves : (n, SAMPLES, feature) float
            See `curve_of`.

        Returns
        -------
        (n, class) float
            1 is what people of the class usually keep from each other; inf where too few features
            are known.
        """
        return self._to_classes(curves) / self.usual

    def probabilities(self, curves: FloatArray) -> FloatArray:
        """How probable each class is, and in the last column that it is none of them.

        Parameters
        ----------
        curves : (n, SAMPLES, feature) float

        Returns
        -------
        (n, class + 1) float
            Rows sum to 1.
        """
        return softmax(self.distances(curves), self.temperature, self.limit)

    def name_of(self, probabilities: FloatArray) -> str:
        """The class of the largest probability, (class + 1,); "" where that is the last."""
        return (*self.classes, "")[int(np.argmax(probabilities))]

    def _to_classes(self, curves: FloatArray, barred: np.ndarray | bool = False) -> FloatArray:
        """Distances to classes, (n, class), in scales; to the mirror image where that is nearer.

        `barred` examples, (n, example) bool, are passed over.
        """
        scale = scales(self.names)
        result = self._nearest(curves / scale, barred)
        if self.either_side.any():
            flipped = mirrored_curves(curves, self.names) / scale
            other = self._nearest(flipped, barred | ~self.either_side[self.labels])
            result = np.minimum(result, other)
        return result

    @cached_property
    def _scaled(self) -> tuple[FloatArray, Sums]:
        """The examples over their scales, asked for with every execution."""
        examples = self.curves / scales(self.names)
        return examples, _sums(examples)

    def _nearest(self, curves: FloatArray, barred: np.ndarray | bool) -> FloatArray:
        examples, sums = self._scaled
        straight = _straight(_sums(curves), sums, samples=curves.shape[1])
        apart = np.where(barred, np.inf, straight)
        groups = [np.flatnonzero(self.labels == number) for number in range(len(self.classes))]
        promising = np.zeros(apart.shape, dtype=bool)
        for group in groups:
            best = group[np.argsort(apart[:, group], axis=1)[:, :NEAREST]]
            np.put_along_axis(promising, best, True, axis=1)
        warp(apart, curves, examples, promising)
        return np.stack([apart[:, group].min(axis=1) for group in groups], axis=1)

    def fitted(self, people: np.ndarray) -> Classifier:
        """The same with temperature and limit from examples of people left out.

        Parameters
        ----------
        people : (example,) str
        """
        held_out = self._to_classes(self.curves, people[:, None] == people[None])
        own = np.arange(len(self.labels)), self.labels
        usual = _usual(held_out[own], self.labels, len(self.classes))
        held_out = held_out / usual
        known = np.isfinite(held_out[own])
        unknown = held_out.copy()
        unknown[own] = np.inf
        strange = np.isfinite(unknown).any(axis=1)
        if not (known.any() and strange.any()):
            return replace(self, usual=usual)
        temperature, limit = _fit(held_out[known], self.labels[known], unknown[strange])
        return replace(self, usual=usual, temperature=temperature, limit=limit)


def learn_classifier(
    examples: Sequence[Example],
    *,
    either_side: Collection[str] = (),
    most: int = MOST_EXAMPLES,
) -> Classifier:
    """Make a classifier from labelled executions.

    Parameters
    ----------
    examples : sequence of Example
        At least one; all of the same features.
    either_side : collection of str
        Classes whose mirror image is the same class.
    most : int
        Examples kept of each class.

    Raises
    ------
    ValueError
        Without examples.
    """
    if not examples:
        raise ValueError("No example arrived; needed at least one.")
    classes = tuple(dict.fromkeys(example.label for example in examples))
    kept = [
        example
        for label in classes
        for example in _spread([one for one in examples if one.label == label], most)
    ]
    classifier = Classifier(
        classes,
        kept[0].series.names,
        np.stack([curve_of(example.series.values) for example in kept]),
        np.array([classes.index(example.label) for example in kept]),
        np.array([label in either_side for label in classes]),
        np.full(len(classes), USUAL),
    )
    return classifier.fitted(np.array([example.person for example in kept]))


def _spread(examples: Sequence[Example], most: int) -> list[Example]:
    """So many, evenly chosen of everybody's first, then of everybody's second, and so on."""
    turns: dict[str, int] = {}
    rounds = []
    for example in examples:
        rounds.append(turns.setdefault(example.person, 0))
        turns[example.person] += 1
    order = np.argsort(rounds, kind="stable")
    first = order[: max(most, len(turns))]
    chosen = first[np.linspace(0, len(first) - 1, min(most, len(first))).round().astype(int)]
    return [examples[number] for number in chosen]


def curve_of(values: FloatArray) -> FloatArray:
    """An execution's features, (time, feature), at the length at which they are compared."""
    return resample(values, SAMPLES)


def straight_distances(curves: FloatArray, others: FloatArray) -> FloatArray:
    """Root mean square difference, sample by sample, of every execution to every other, (a, b).

    Over the features known in both; inf where these are too few. Warping can only bring it down.

    Parameters
    ----------
    curves : (a, samples, feature) float
    others : (b, samples, feature) float
    """
    return _straight(_sums(curves), _sums(others), samples=curves.shape[1])


def _sums(curves: FloatArray) -> Sums:
    """What distances are made of: which features are known, their squares' sums, all in a row."""
    known = np.isfinite(curves).all(axis=1)
    filled = np.where(known[:, None], curves, 0.0)
    return known.astype(float), (filled**2).sum(axis=1), filled.reshape(len(curves), -1)


def _straight(one: Sums, other: Sums, *, samples: int) -> FloatArray:
    # (x - y)^2 multiplied out, so that the work is three matrix products.
    (known, x_square, x), (asked, y_square, y) = one, other
    total = x_square @ asked.T + known @ y_square.T - 2.0 * x @ y.T
    shared = known @ asked.T
    enough = (shared >= LEAST_SHARE * asked.sum(axis=1)) & (shared > 0)
    mean = np.maximum(total, 0.0) / np.maximum(shared, 1.0) / samples
    return np.where(enough, np.sqrt(mean), np.inf)


def warp(apart: FloatArray, curves: FloatArray, others: FloatArray, pairs: np.ndarray) -> None:
    """Put warped distances in the place of straight ones.

    Parameters
    ----------
    apart : (a, b) float
        Changed where `pairs` says so and it is finite.
    curves : (a, samples, feature) float
    others : (b, samples, feature) float
    pairs : (a, b) bool
    """
    rows, columns = np.nonzero(pairs & np.isfinite(apart))
    for first in range(0, len(rows), BLOCK):
        row, column = rows[first : first + BLOCK], columns[first : first + BLOCK]
        x, y = curves[row], others[column]
        known = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
        pair, feature = np.nonzero(known)
        warped = distances(x[pair, :, feature].T, y[pair, :, feature].T, radius=BAND)
        apart[row, column] = np.sqrt(np.bincount(pair, warped**2) / known.sum(axis=1))


def mirrored_curves(curves: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Features, (..., feature), of the mirror image."""
    sign = np.array(
        [-1.0 if name in KNOWN_FEATURES and KNOWN_FEATURES[name].flips else 1.0 for name in names]
    )
    other = [mirrored_name(name) for name in names]
    place = [names.index(name if name in names else mirrored_name(name)) for name in other]
    return np.asarray((curves * sign)[..., place])


def softmax(apart: FloatArray, temperature: float, limit: float) -> FloatArray:
    """Probabilities of classes at these distances, (n, class), and of none of them, last.

    >>> softmax(np.array([[0.5, 3.0], [4.0, 3.0]]), 0.1, 1.5).round(2)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    rows = np.column_stack([apart, np.full(len(apart), limit)])
    raised = np.exp((rows.min(axis=1, keepdims=True) - rows) / temperature)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _usual(own: FloatArray, labels: np.ndarray, classes: int) -> FloatArray:
    """Geometric mean of each class's distances between people, drawn to that of all classes.

    Parameters
    ----------
    own : (example,) float
        inf where not known.
    labels : (example,) int
    """
    log = np.log(np.maximum(own, 1e-6))
    known = np.isfinite(own)
    middle = float(log[known].mean()) if known.any() else float(np.log(USUAL))
    count = np.bincount(labels[known], minlength=classes)
    total = np.bincount(labels[known], log[known], minlength=classes)
    return np.asarray(np.exp((total + DRAWN * middle) / (count + DRAWN)))


def _fit(known: FloatArray, labels: np.ndarray, unknown: FloatArray) -> tuple[float, float]:
    """Temperature and limit from distances of examples to other people's, (n, class).

    Parameters
    ----------
    known, labels
        With the examples' own classes.
    unknown
        The same without them, as of unknown movements.
    """
    from scipy.optimize import minimize_scalar

    own = known[np.arange(len(known)), labels]
    limit = _limit(own, unknown.min(axis=1))
    rows = len(known) + len(unknown)

    def loss(log_temperature: float) -> float:
        chances = [
            softmax(part, float(np.exp(log_temperature)), limit) for part in (known, unknown)
        ]
        hit = chances[0][np.arange(len(known)), labels], chances[1][:, -1]
        drawn = (log_temperature - np.log(TEMPERATURE)) ** 2 * DRAWN / rows
        return float(drawn) - sum(float(np.log(one + 1e-9).mean()) for one in hit)

    return float(np.exp(minimize_scalar(loss, bounds=TEMPERATURES, method="bounded").x)), limit


def _limit(own: FloatArray, others: FloatArray) -> float:
    """Distance up to which most of one class stay, less where other classes are as near.

    Unknown movements may be nearer than any known class is, so the border keeps to the own side.
    """
    log = np.log(np.maximum(own, 1e-6))
    highest = float(np.exp(log.mean() + SPREADS * max(log.std(), LEAST_SPREAD)))
    tried = np.unique([*own[own < highest], highest])
    errors = [(own > limit).mean() + (others <= limit).mean() for limit in tried]
    return float(tried[::-1][int(np.argmin(errors[::-1]))])
