"""Labelled squats of several drawn people, and the calibration that they make."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from athletes import SETTINGS, filmed, learnt

from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.reference_file import with_content_id
from dtwcoach.matching.references import Calibration, Exercise, Reference
from dtwcoach.starters import starter_exercise

PEOPLE = tuple(range(201, 207))
SQUAT: Exercise = starter_exercise("squat")


@cache
def squats() -> tuple[Reference, ...]:
    """Two right and two wrong repetitions of each; the wrong ones stay too high, little or much."""
    found: list[Reference] = []
    for number, seed in enumerate(PEOPLE):
        shallow = {0: (("shallow", 12.0 + 4.0 * number),), 1: (("shallow", 30.0),)}
        for label, faults in (("right", {}), ("wrong", shallow)):
            reps = learnt(
                filmed("squat", seed, reps=2, faults=faults), person=f"P{seed}", label=label
            )
            found += [
                with_content_id(replace(r, info=replace(r.info, source=f"{label}.mp4")))
                for r in reps
            ]
    return tuple(found)


@cache
def squat_calibration() -> Calibration:
    """Learnt from all of them."""
    return calibrate(SQUAT, squats(), SETTINGS)
