"""Sets as people really film them: another person, another camera, some repetitions wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.recording import default_camera

FRAME_RATES = (15.0, 24.0, 25.0, 29.97, 30.0, 30.0, 50.0, 60.0)
LEAST_FAULT_DEG = 12.0
FAULT_RANGE = 0.75, 1.5
"""Fault sizes relative to the fault's typical size, never below `LEAST_FAULT_DEG`."""
VIEW_DEG = 15.0
"""Cameras stand up to so far from the exercise's own view, to either side."""


def varied_camera(rng: np.random.Generator, exercise: str, *, yaw_off_deg: float) -> Camera:
    """Draw a camera near the one that films the exercise well."""
    base = default_camera(exercise)
    return replace(
        base,
        yaw_deg=base.yaw_deg + yaw_off_deg,
        height_m=base.height_m + float(rng.uniform(-0.15, 0.15)),
        distance_m=base.distance_m * float(rng.uniform(0.97, 1.2)),
        fps=float(rng.choice(FRAME_RATES)),
        light=float(rng.uniform(0.75, 1.1)),
        noise=float(rng.uniform(1.0, 4.0)),
        blur_px=float(rng.uniform(0.3, 1.2)),
    )


def practice_set(
    exercise: str, seed: int, *, reps: int = 6, view_deg: float = VIEW_DEG
) -> tuple[Performance, Camera]:
    """Draw a set in which half of the repetitions, rounded down, hold one fault each.

    Parameters
    ----------
    exercise : str
        A name of `EXERCISES`.
    seed : int
        The same seed gives the same set.
    reps : int
    view_deg : float
        How far the camera may stand from the exercise's own view, to either side.
    """
    rng = np.random.default_rng([seed, 5])
    faults = [fault for fault in FAULTS[EXERCISES[exercise].name].values() if fault.kind != "tempo"]
    placed = {}
    for rep in rng.choice(reps, size=reps // 2, replace=False):
        fault = faults[int(rng.integers(len(faults)))]
        low, high = (share * fault.typical for share in FAULT_RANGE)
        placed[int(rep)] = ((fault.name, float(rng.uniform(max(low, LEAST_FAULT_DEG), high))),)
    performance = Performance(
        reps=reps,
        tempo=float(rng.uniform(0.7, 1.4)),
        faults=placed,
        seed=seed,
        pause_s=float(rng.uniform(0.3, 1.2)),
    )
    yaw_off_deg = float(rng.uniform(-view_deg, view_deg))
    return performance, varied_camera(rng, exercise, yaw_off_deg=yaw_off_deg)
