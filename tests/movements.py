"""Recordings with known truth: of a movement through three made-up channels, of drawn people."""

from __future__ import annotations

from functools import cache

import numpy as np

from dtwcoach.mannequin.performance import Action
from dtwcoach.mannequin.recording import Truth
from dtwcoach.matching.guides import guide_from
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep
from dtwcoach.settings import Settings
from dtwcoach.starters import starter_exercise

RATE_HZ = 30.0
NAMES = ("level", "sway", "lag")
FAR = np.array([1.0, -0.6, 0.8])
"""How far each channel goes; the first one drives."""


def rep(seconds: float = 2.0, *, share: float = 1.0, held_s: float = 0.0) -> np.ndarray:
    """One repetition, (time, channel), which may stop at its turn; `lag` comes a little later."""
    there = np.linspace(0.0, np.pi, round(seconds * RATE_HZ / 2) + 1)
    phase = np.concatenate(
        [there, np.full(round(held_s * RATE_HZ), np.pi), 2 * np.pi - there[-2::-1]]
    )
    way = (1 - np.cos(phase)) / 2
    late = (1 - np.cos(np.clip(phase - 0.3, 0, None))) / 2 * np.sin(phase / 2)
    return np.asarray(share * FAR * np.column_stack([way, way, late]))


def still(seconds: float = 1.0) -> np.ndarray:
    """Rest."""
    return np.zeros((round(seconds * RATE_HZ), len(NAMES)))


def series(*parts: np.ndarray) -> FeatureSeries:
    """These parts, one after the other."""
    values = np.concatenate(parts)
    return FeatureSeries(np.arange(len(values)) / RATE_HZ, values, NAMES)


def rests_between(*parts: np.ndarray, seconds: float = 1.0) -> FeatureSeries:
    """These parts with rest before, between and after."""
    return series(still(seconds), *(each for part in parts for each in (part, still(seconds))))


GUIDE = Guide(
    ("level",),
    np.zeros(1),
    np.ones(1),
    duration_s=(1.6, 2.4),
    usual_s=2.0,
    dwell_s=0.3,
    course_names=NAMES,
    course=rep(2.0),
)


@cache
def guide_of(exercise: str) -> Guide:
    """What a drawn exercise is looked for by."""
    from athletes import trainer_references

    guide = guide_from(starter_exercise(exercise), trainer_references(exercise))
    assert isinstance(guide, Guide)
    return guide


@cache
def mixed_set(exercise: str, seed: int) -> tuple[Truth, Recording]:
    """Four repetitions with a hold, a half one and pauses, from true keypoints."""
    from athletes import perform

    actions = [
        Action("idle", 1.5),
        Action("rep"),
        Action("idle", 0.4),
        Action("rep", hold_s=1.5),
        Action("half_rep", depth=0.45),
        Action("idle", 4.0),
        Action("rep"),
        Action("rep"),
        Action("idle", 1.5),
    ]
    truth = perform(exercise, seed, timeline=tuple(actions), tempo_drift=-0.3)
    return truth, describe(truth.pose(noise_px=1, seed=seed), Settings())


def at_working_rate(truth: Truth, recording: Recording) -> list[Rep]:
    """The true repetitions in frames of the recording."""
    return [
        Rep(*(int(np.searchsorted(recording.series.time_s, truth.time_s[k] - 1e-9)) for k in own))
        for own in ((each.start, each.turn, each.stop - 1) for each in truth.reps)
    ]
