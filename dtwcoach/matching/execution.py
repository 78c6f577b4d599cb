"""Repetitions as they are compared: features of one length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dtwcoach.matching.references import Reference
from dtwcoach.motion.features import resample
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings


def resampled(references: Sequence[Reference], settings: Settings) -> FloatArray:
    """Stack references resampled to one length, (reference, samples, feature)."""
    return np.stack([resample(r.series.values, settings.samples) for r in references])
