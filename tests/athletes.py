"""Poses of drawn people without rendering, and judges made from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from dtwcoach.coach import references_from
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, default_camera, simulate
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import Judge, make_judge
from dtwcoach.matching.references import Reference
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import Settings
from dtwcoach.starters import starter_exercise

SETTINGS = Settings()
TRAINERS = tuple(range(101, 109))


def perform(
    exercise: str, seed: int, *, camera: dict[str, float] | None = None, **performance: Any
) -> Truth:
    """What drawn person number `seed` does; `camera` holds changes to the usual one."""
    base = default_camera(exercise)
    yaw_deg = base.yaw_deg + (camera or {}).get("yaw_off_deg", 0.0)
    changes = {k: v for k, v in (camera or {}).items() if k != "yaw_off_deg"}
    fields: dict[str, Any] = {"yaw_deg": yaw_deg, **changes}
    view = replace(base, **fields)
    return simulate(Person.from_seed(seed), exercise, Performance(seed=seed, **performance), view)


def filmed(exercise: str, seed: int, **options: Any) -> PoseSequence:
    """The pose of such a performance, with a pixel of noise."""
    return perform(exercise, seed, **options).pose(noise_px=1, seed=seed)


def joined(*poses: PoseSequence) -> PoseSequence:
    """One recording after the other."""
    time_s, at_s = [], 0.0
    for pose in poses:
        time_s.append(pose.time_s - pose.time_s[0] + at_s)
        at_s = float(time_s[-1][-1]) + 1 / 30
    arrays = {
        name: np.concatenate([getattr(pose, name) for pose in poses])
        for name in ("image", "world", "confidence", "presence", "people")
    }
    return replace(poses[0], time_s=np.concatenate(time_s), **arrays)


def learnt(pose: PoseSequence, *, person: str, label: str = "right") -> tuple[Reference, ...]:
    """References cut from a pose."""
    return references_from(
        pose,
        label=label,
        person=person,
        source=f"{person}.mp4",
        created="2026-01-01T00:00:00+00:00",
        settings=SETTINGS,
        synthetic=True,
    )[0]


@cache
def trainer_references(exercise: str, seeds: tuple[int, ...] = TRAINERS) -> tuple[Reference, ...]:
    """One right repetition of each trainer."""
    return tuple(
        reference
        for seed in seeds
        for reference in learnt(filmed(exercise, seed, reps=1), person=f"trainer {seed}")
    )


@cache
def judge_of(exercise: str, seeds: tuple[int, ...] = TRAINERS) -> Judge:
    """A judge that learnt from the trainers."""
    known = starter_exercise(exercise)
    references = trainer_references(exercise, seeds)
    return make_judge(known, references, calibrate(known, references, SETTINGS), SETTINGS)
