"""How long each phase of a repetition took: what warping hides, and its path tells."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dtwcoach.matching.assessment import Fault, PhaseTempo
from dtwcoach.matching.dtw import path
from dtwcoach.matching.feedback import TURN, sample_phases
from dtwcoach.matching.judging import Judge
from dtwcoach.pose import FloatArray

TEMPO_MARGIN = 0.25
"""Where tempo is judged, a way may take this share longer than the slowest reference's, or shorter
than the fastest's: people choose their pace more freely than their posture."""
LEAST_RANGE = 0.2
"""A driving feature that moves less than this share of the references' range tells no tempo."""


def phase_tempo(judge: Judge, curve: FloatArray, *, times_s: FloatArray) -> tuple[PhaseTempo, ...]:
    """Seconds of the way out, the turn with its hold, and the way back, beside the references'.

    The repetition's driving features are warped onto the references' mean, each over its own
    range, since a small movement has a tempo too, and without a band, since no difference in
    tempo is too large to be told. The path's slope then is the tempo: a phase took the time
    between the samples matched with the phase's ends in the reference's time. Pauses cut out
    before matching are in `times_s` and so in their phase.

    Parameters
    ----------
    judge : Judge
    curve : (samples, feature) float
        The repetition as it is matched.
    times_s : (samples,) float
        When each sample was recorded.

    Returns
    -------
    tuple of PhaseTempo
        Three; none where no driving feature was seen throughout.
    """
    took = _phase_times(judge, curve, times_s)
    if took is None:
        return ()
    low, high = reference_times(judge)
    return tuple(
        PhaseTempo(
            judge.exercise.phases[number + 1], *(float(v[number]) for v in (took, low, high))
        )
        for number in range(3)
    )


@lru_cache(maxsize=8)
def reference_times(judge: Judge) -> tuple[FloatArray, FloatArray]:
    """Shortest and longest time of the three phases among the references, (3,) seconds each.

    The bounds are outer ones: the smallest share of a repetition that the phase took, of the
    shortest repetition, and the largest share of the longest.
    """
    even = np.linspace(0.0, 1.0, judge.settings.samples)
    found = [_phase_times(judge, curve, even) for curve in judge.curves]
    shares = np.array([one for one in found if one is not None])
    if not len(shares):
        unknown = np.full(3, np.nan)
        return unknown, unknown
    shortest_s, longest_s = judge.guide.duration_s
    return shares.min(axis=0) * shortest_s, shares.max(axis=0) * longest_s


def _phase_times(judge: Judge, curve: FloatArray, times_s: FloatArray) -> FloatArray | None:
    """Time between the ends of the three phases, (3,); None where nothing can be aligned."""
    columns = [judge.names.index(name) for name in judge.guide.names]
    ours, theirs = curve[:, columns], judge.mean[:, columns]
    usable = np.isfinite(ours).all(axis=0) & np.isfinite(theirs).all(axis=0)
    if not usable.any():
        return None
    ours, theirs = ours[:, usable], theirs[:, usable]
    samples, full = len(theirs), np.ptp(theirs, axis=0)
    steps = path(_levelled(ours, full), _levelled(theirs, full), radius=samples - 1)
    turn = np.flatnonzero(sample_phases(judge) == TURN)
    ends = [0, int(turn[0]), int(turn[-1]), samples - 1]
    inner = [float(times_s[steps[steps[:, 1] == end, 0]].mean()) for end in ends[1:3]]
    return np.diff([times_s[0], *inner, times_s[-1]])


def _levelled(values: FloatArray, full: FloatArray) -> FloatArray:
    """Each feature over its own range, or a share of the full one: noise is never blown up."""
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / np.maximum(np.maximum(high - low, LEAST_RANGE * full), 1e-9))


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
