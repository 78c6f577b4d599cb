"""Pose files of the mannequin's truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import simulate
from dtwcoach.sources.parquet import write_pose


def record(path: Path, *, seed: int, exercise: str = "squat", **performance: Any) -> Path:
    """Write a pose file of somebody exercising."""
    truth = simulate(Person.from_seed(seed), exercise, Performance(seed=seed, **performance))
    write_pose(path, truth.pose(noise_px=1, seed=seed))
    return path
