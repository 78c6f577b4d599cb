"""UI-PRMD for benchmarks that choose their own references: distances to any of them at once."""

from __future__ import annotations

import argparse
import csv
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.uiprmd import Movement, load
from dtwcoach.matching.measures import nearest
from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.pose import FloatArray

FEATURES_SEEN = tuple(name for name in FEATURE_NAMES if not name.endswith("ankle_angle"))
"""Features on the feature axis: the set has no toes."""


def distances_to(
    data: Movement, reps: np.ndarray, references: np.ndarray, *, same_person: bool = False
) -> FloatArray:
    """Distances of repetitions to the nearest of their references, (rep, column).

    The repetition is mirrored where its course then fits better. NaN where there is no reference.

    Parameters
    ----------
    reps, references : (...,) int
        Indices into the movement. A repetition is never measured against itself.
    same_person : bool
        Whether references of the repetition's own person serve as well.
    """
    barred = reps[:, None] == references[None]
    if not same_person:
        barred |= data.subject[reps][:, None] == data.subject[references][None]
    pairs = np.ix_(reps, references)
    sides = [
        nearest(np.where(barred[..., None], np.nan, between[pairs]))
        for between in (data.between, data.mirrored)
    ]
    scale = _scale(data)
    own, mirror = (np.median(side[:, : len(scale)] / scale, axis=1) for side in sides)
    return np.where((mirror < own)[:, None], sides[1], sides[0])


@cache
def _scale(data: Movement) -> FloatArray:
    """Typical distance of the courses of any two repetitions, (feature,)."""
    course = data.between[..., : data.between.shape[2] // 3]
    return np.asarray(np.median(course, axis=(0, 1)) + 1e-9)


def movements_from(arguments: list[str] | None, description: str | None) -> dict[str, Movement]:
    """Read the folder named on the command line; empty, after saying so, where it holds nothing."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    if not (folder / "positions.npz").is_file():
        print(f"Skipped: no positions.npz in {folder}.")
        return {}
    with (folder / "index.csv").open(newline="") as file:
        names = sorted({row["movement"] for row in csv.DictReader(file)})
    return {name: load(folder, name) for name in names}
