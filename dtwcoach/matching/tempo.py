"""How long each phase of a repetition took, beside the references: what warping hides."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dtwcoach.matching.assessment import Fault
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.measured import PhaseTempo
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.cutting import drive_of
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.phases import Phase, phases_of

TEMPO_MARGIN = 0.25
"""Where tempo is judged, a way may take this share longer than the slowest reference's, or shorter
than the fastest's: people choose their pace more freely than their posture."""


def phase_tempo(judge: Judge, phases: tuple[Phase, ...]) -> tuple[PhaseTempo, ...]:
    """Seconds of the way out, the turn with its hold, and the way back, beside the references'.

    Parameters
    ----------
    judge : Judge
    phases : tuple of Phase
        Of the repetition, at the working rate.

    Returns
    -------
    tuple of PhaseTempo
        Three; none where there is no turn, as in a position held.
    """
    if not any(phase.name == "turn" for phase in phases):
        return ()
    took_s, held_s = (frames / judge.settings.rate_hz for frames in _frames(phases))
    low_s, high_s = reference_times(judge)
    rows = zip(judge.exercise.phases[1:4], took_s, low_s, high_s, held_s, strict=True)
    return tuple(PhaseTempo(name, *(float(value) for value in row)) for name, *row in rows)


@lru_cache(maxsize=8)
def reference_times(judge: Judge) -> tuple[FloatArray, FloatArray]:
    """Shortest and longest time of the three phases among the references, (3,) seconds each.

    The bounds are outer ones: the smallest share of a repetition that the phase took, of the
    shortest repetition, and the largest share of the longest.
    """
    samples = judge.settings.samples
    shortest_s, longest_s = judge.guide.duration_s
    shares = []
    for curve in judge.curves:
        series = FeatureSeries(np.arange(samples, dtype=float), curve, judge.names)
        drive = drive_of(series, judge.guide)
        phases = phases_of(drive, Rep(0, judge.turn, samples), rate_hz=samples / shortest_s)
        if phases:
            shares.append(_frames(phases)[0] / samples)
    if not shares:
        unknown = np.full(3, np.nan)
        return unknown, unknown
    return np.min(shares, axis=0) * shortest_s, np.max(shares, axis=0) * longest_s


def _frames(phases: tuple[Phase, ...]) -> tuple[FloatArray, FloatArray]:
    """Frames of the way out, the turn and the way back, (3,), and those held in each."""
    took, held = np.zeros(3), np.zeros(3)
    part = 0
    for phase in phases:
        part = {"turn": 1, "back": 2}.get(phase.name, 2 if part == 1 else part)
        if phase.name not in ("start", "end"):
            took[part] += phase.stop - phase.start
        if phase.name == "hold":
            held[part] += phase.stop - phase.start
    return took, held


def tempo_faults(
    judge: Judge, tempo: tuple[PhaseTempo, ...], *, starts_s: tuple[float, float]
) -> tuple[Fault, ...]:
    """Ways out and back done faster or slower than any reference by more than `TEMPO_MARGIN`.

    Parameters
    ----------
    judge : Judge
    tempo : tuple of PhaseTempo
    starts_s : (float, float)
        When the way out and the way back began.

    Returns
    -------
    tuple of Fault
        None unless the exercise judges tempo.
    """
    if not (judge.exercise.judge_tempo and tempo):
        return ()
    faults = []
    for phase, start_s in zip((tempo[0], tempo[2]), starts_s, strict=True):
        too_slow = phase.seconds / (phase.high_s * (1 + TEMPO_MARGIN))
        too_fast = phase.low_s / (1 + TEMPO_MARGIN) / max(phase.seconds, 1e-6)
        ratio = max(too_slow, too_fast)
        if not ratio > 1.0:
            continue
        fast = too_fast > too_slow
        faults.append(
            Fault(
                feature="tempo",
                joint="tempo",
                phase=phase.phase,
                direction="faster" if fast else "slower",
                size=phase.seconds - (phase.low_s if fast else phase.high_s),
                unit="s",
                time_s=start_s,
                ratio=ratio,
                text=f"{phase.phase} took {phase.seconds:.1f} s, the references {phase.usual}",
                cue=f"{phase.phase.capitalize()}: {'slower' if fast else 'faster'}.",
            )
        )
    return tuple(faults)
