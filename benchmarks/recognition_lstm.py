"""The trained network that recognition is compared with: three LSTM layers and a softmax.

In NumPy, with gradients by `autograd` (`pip install dtwcoach[bench]`, 300 kB), since the usual
frameworks bring hundreds of megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

UNITS = (64, 128, 64)
EPOCHS, PATIENCE, BATCH, MOST_NORM = 60, 8, 32, 1.0

Weights = list[Any]


class Lstm:
    """A classifier with scikit-learn's `fit` and `predict_proba`; inputs (n, time, feature).

    Parameters
    ----------
    rate : float
        Adam's step.
    epochs : int
    seed : int
    """

    def __init__(self, *, rate: float = 2e-3, epochs: int = EPOCHS, seed: int = 0) -> None:
        self.rate, self.epochs, self.seed = rate, epochs, seed

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        check: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> Lstm:
        """Train; with `check`, held-out inputs and labels, note the best epoch and its accuracy."""
        from autograd import grad

        self.classes_ = np.unique(y)
        one_hot = (y[:, None] == self.classes_).astype(np.float32)
        rng = np.random.default_rng(self.seed)
        self._weights = _start(x.shape[2], len(self.classes_), rng)
        slope, state = grad(_loss), [np.zeros_like(w) for w in self._weights * 2]
        self.best_epoch, self.best_accuracy, steps = 1, -1.0, 0
        for epoch in range(1, self.epochs + 1):
            for batch in _batches(len(x), rng):
                steps += 1
                slopes = slope(self._weights, x[batch].astype(np.float32), one_hot[batch])
                _adam(self._weights, slopes, state, steps, self.rate)
            if check is not None:
                accuracy = float((self.predict(check[0]) == check[1]).mean())
                if accuracy > self.best_accuracy:
                    self.best_epoch, self.best_accuracy = epoch, accuracy
                elif epoch - self.best_epoch >= PATIENCE:
                    break
        return self

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Probabilities, (n, class)."""
        return np.asarray(np.exp(_log_softmax(self._weights, x.astype(np.float32))))

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Labels, (n,)."""
        return np.asarray(self.classes_[self.predict_proba(x).argmax(axis=1)])


def _start(features: int, classes: int, rng: np.random.Generator) -> Weights:
    """Glorot's weights; forget gates start open."""
    weights: Weights = []
    for before, units in zip((features, *UNITS), (*UNITS, 0), strict=False):
        if units:
            rows = before + units
            own = rng.normal(0, np.sqrt(2 / (rows + units)), (rows, 4 * units))
            bias = np.zeros(4 * units)
            bias[units : 2 * units] = 1.0
            weights += [own, bias]
    weights += [rng.normal(0, np.sqrt(2 / (UNITS[-1] + classes)), (UNITS[-1], classes))]
    return [w.astype(np.float32) for w in [*weights, np.zeros(classes)]]


def _log_softmax(weights: Weights, x: Any) -> Any:
    import autograd.numpy as anp

    rows = [x[:, t] for t in range(x.shape[1])]
    for layer, units in enumerate(UNITS):
        matrix, bias = weights[2 * layer], weights[2 * layer + 1]
        hidden = cell = np.zeros((len(x), units), np.float32)
        for t, row in enumerate(rows):
            gates = anp.dot(anp.concatenate([row, hidden], axis=1), matrix) + bias
            # Input, forget and output gates by the logistic function, written with tanh.
            opened = 0.5 * anp.tanh(0.5 * gates[:, : 3 * units]) + 0.5
            fresh = anp.tanh(gates[:, 3 * units :])
            cell = opened[:, units : 2 * units] * cell + opened[:, :units] * fresh
            hidden = opened[:, 2 * units :] * anp.tanh(cell)
            rows[t] = hidden
    scores = anp.dot(rows[-1], weights[-2]) + weights[-1]
    scores = scores - anp.max(scores, axis=1, keepdims=True)
    return scores - anp.log(anp.sum(anp.exp(scores), axis=1, keepdims=True))


def _loss(weights: Weights, x: Any, one_hot: Any) -> Any:
    import autograd.numpy as anp

    return -anp.mean(anp.sum(one_hot * _log_softmax(weights, x), axis=1))


def _adam(weights: Weights, slopes: Weights, state: Weights, step: int, rate: float) -> None:
    """One step of Adam on weights in place, gradients clipped to `MOST_NORM`."""
    norm = float(np.sqrt(sum((s**2).sum() for s in slopes)))
    for k, slope in enumerate(slopes):
        g = slope * min(1.0, MOST_NORM / max(norm, 1e-9))
        mean, square = state[k], state[len(slopes) + k]
        mean += 0.1 * (g - mean)
        square += 0.001 * (g**2 - square)
        weights[k] -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)


def _batches(count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    yield from np.array_split(rng.permutation(count), max(1, count // BATCH))
