"""Repetitions as they are compared: features of one length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.matching.references import Reference
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings


def resample(values: FloatArray, samples: int) -> FloatArray:
    """Resample to a common length, evenly in time; features with any gap become NaN throughout.

    Parameters
    ----------
    values : (time, feature) float
        At a uniform rate.
    samples : int

    Returns
    -------
    (samples, feature) float
    """
    if len(values) < 2:
        return np.full((samples, values.shape[1]), np.nan)
    at = np.linspace(0.0, len(values) - 1.0, samples)
    left = np.minimum(at.astype(int), len(values) - 2)
    share = (at - left)[:, None]
    result = values[left] * (1 - share) + values[left + 1] * share
    result[:, ~np.isfinite(values).all(axis=0)] = np.nan
    return np.asarray(result)


def resampled(references: Sequence[Reference], settings: Settings) -> FloatArray:
    """Stack references resampled to one length, (reference, samples, feature)."""
    return np.stack([resample(r.series.values, settings.samples) for r in references])
