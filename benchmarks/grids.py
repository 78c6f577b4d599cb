"""The ranges from which benchmark clips are drawn. Frozen before the verdicts were tuned.

The starter references and all tuning used the seeds of `TUNING`; every figure in the README is
from `FRESH`, whose people appear in neither.
"""

from __future__ import annotations

import numpy as np

from benchmarks.clips import Clip
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.practice import practice_set, varied_camera

TUNING, FRESH = 1000, 5000


def verdict_clips(first_seed: int, *, per_exercise: int = 6, reps: int = 6) -> list[Clip]:
    """Sets in which half of the repetitions hold one fault; views within 15 degrees."""
    seeds = [
        (exercise, first_seed + 100 * number + take)
        for number, exercise in enumerate(EXERCISES)
        for take in range(per_exercise)
    ]
    return [
        Clip(exercise, seed, *practice_set(exercise, seed, reps=reps)) for exercise, seed in seeds
    ]


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
            camera = varied_camera(rng, exercise, yaw_off_deg=float(rng.uniform(-30, 30)))
            passer_by = seed + 50 if rng.random() < 0.1 else None
            clips.append(Clip(exercise, seed, performance, camera, passer_by))
    return clips
