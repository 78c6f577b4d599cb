"""Where a repetition begins and ends, and how long it may take."""

from __future__ import annotations

import numpy as np

from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide

EDGE = 0.05
"""A rep starts and ends where the drive passes this share of the rep's own range."""
MIN_REP_S = 0.4
DURATION_RANGE = (0.3, 4.0)
"""Reps shorter or longer than this, relative to the references, are another movement."""


def edge_level(side: FloatArray, peak: float) -> float:
    """Level of the drive at which the rep begins or ends on this side of its peak."""
    bottom = side.min()
    rest = float(np.median(side[side <= bottom + 0.1 * (peak - bottom)]))
    return rest + EDGE * (peak - rest)


def implausible(took_s: float, guide: Guide) -> str:
    """What is wrong with a repetition that took so long; "" if nothing is."""
    shortest = max(MIN_REP_S, DURATION_RANGE[0] * guide.duration_s[0])
    longest = DURATION_RANGE[1] * guide.duration_s[1]
    if took_s < shortest:
        return f"it took {took_s:.1f} s, needs {shortest:.1f}"
    if took_s > longest:
        return f"it took {took_s:.1f} s, may take {longest:.1f}"
    return ""
