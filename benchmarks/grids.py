"""The ranges from which benchmark clips are drawn. Frozen before the verdicts were tuned.

Tuning used the seeds of `TUNING`; every figure in the README is from `FRESH`, which was not
looked at before.
"""

from __future__ import annotations

import numpy as np

from benchmarks.clips import Clip
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.mannequin.performance import Performance

TUNING, FRESH = 1000, 5000
FRAME_RATES = (15.0, 24.0, 25.0, 29.97, 30.0, 30.0, 50.0, 60.0)
LEAST_FAULT_DEG = 12.0
FAULT_RANGE = 0.75, 1.5
"""Fault sizes relative to the fault's typical size, never below `LEAST_FAULT_DEG`."""


def _camera(rng: np.random.Generator, exercise: str) -> dict[str, float]:
    base = EXERCISES[exercise]
    return {
        "height_m": base.height_m + float(rng.uniform(-0.15, 0.15)),
        "distance_m": base.distance_m * float(rng.uniform(0.97, 1.2)),
        "fps": float(rng.choice(FRAME_RATES)),
        "light": float(rng.uniform(0.75, 1.1)),
        "noise": float(rng.uniform(1.0, 4.0)),
        "blur_px": float(rng.uniform(0.3, 1.2)),
    }


def verdict_clips(first_seed: int, *, per_exercise: int = 6, reps: int = 6) -> list[Clip]:
    """Sets in which half of the repetitions hold one fault; views within 15 degrees."""
    clips = []
    for number, exercise in enumerate(EXERCISES):
        faults = [f for f in FAULTS[exercise].values() if f.kind != "tempo"]
        for take in range(per_exercise):
            seed = first_seed + 100 * number + take
            rng = np.random.default_rng([seed, 5])
            placed = {}
            for rep in rng.choice(reps, size=reps // 2, replace=False):
                fault = faults[int(rng.integers(len(faults)))]
                low, high = (share * fault.typical for share in FAULT_RANGE)
                size = float(rng.uniform(max(low, LEAST_FAULT_DEG), high))
                placed[int(rep)] = ((fault.name, size),)
            performance = Performance(
                reps=reps,
                tempo=float(rng.uniform(0.7, 1.4)),
                faults=placed,
                seed=seed,
                pause_s=float(rng.uniform(0.3, 1.2)),
            )
            clips.append(
                Clip(
                    exercise, seed, performance, float(rng.uniform(-15, 15)), _camera(rng, exercise)
                )
            )
    return clips


def count_clips(first_seed: int, *, per_exercise: int = 6) -> list[Clip]:
    """Sets of 3 to 8 repetitions with idle time, drift, holds and walks; views within 30."""
    clips = []
    for number, exercise in enumerate(EXERCISES):
        standing = EXERCISES[exercise].contact == "feet"
        for take in range(per_exercise):
            seed = first_seed + 3000 + 100 * number + take
            rng = np.random.default_rng([seed, 7])
            reps = int(rng.integers(3, 9))
            holds = {int(rng.integers(reps)): 1.5} if rng.random() < 0.25 else {}
            performance = Performance(
                reps=reps,
                tempo=float(rng.uniform(0.6, 1.6)),
                tempo_drift=float(rng.uniform(-0.3, 0.3)),
                rom=float(rng.uniform(0.85, 1.1)),
                pause_s=float(rng.uniform(0.0, 2.0)),
                lead_in_s=float(rng.uniform(0.5, 4.0)),
                lead_out_s=float(rng.uniform(0.5, 3.0)),
                walk_in=standing and rng.random() < 0.3,
                walk_out=standing and rng.random() < 0.3,
                holds=holds,
                seed=seed,
            )
            clips.append(
                Clip(
                    exercise,
                    seed,
                    performance,
                    float(rng.uniform(-30, 30)),
                    _camera(rng, exercise),
                    passer_by_seed=seed + 50 if rng.random() < 0.1 else None,
                )
            )
    return clips
