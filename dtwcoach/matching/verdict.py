"""The three answers: right, wrong, cannot judge - for a repetition and for a recording."""

from __future__ import annotations

from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, Verdict
from dtwcoach.matching.feedback import align, find_faults
from dtwcoach.matching.judging import Judge, Match
from dtwcoach.matching.measured import PhaseSpan
from dtwcoach.matching.ranges import range_faults, ranges_of_motion, symmetries
from dtwcoach.matching.reasons import rep_reasons
from dtwcoach.matching.tempo import phase_tempo, tempo_faults
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.phases import Phase, phases_of


def assess_rep(
    judge: Judge,
    matched: Match,
    rep: Rep,
    *,
    number: int,
    drive: FloatArray,
    values: FloatArray,
    positions: FloatArray,
    kept: np.ndarray,
    time_s: FloatArray,
    frames: tuple[int, int],
    problems: dict[str, float],
    mirrored: bool,
    height_cm: float | None,
) -> RepAssessment:
    """Put together all that is said about one repetition.

    Parameters
    ----------
    judge, matched, rep
    number : int
        From 1.
    drive : (time,) float
        Of the whole recording at the working rate.
    values : (kept, feature) float
        The repetition without its pauses.
    positions : (kept, keypoint, 3) float
        Its body coordinates.
    kept : (kept,) int
        Frames of the recording's working rate that they come from.
    time_s : (time,) float
        Of the whole recording at the working rate.
    frames : (start, stop)
        Half-open frames of the recording itself.
    problems : dict
        Reason code -> share of the rep's frames.
    mirrored : bool
    height_cm : float, optional
    """
    alignment = align(judge, matched.curve)
    samples = np.linspace(0, len(kept) - 1, judge.settings.samples).round().astype(int)
    times_s = time_s[kept[samples]]
    start_s, turn_s, stop_s = (float(time_s[at]) for at in (rep.start, rep.turn, rep.stop - 1))
    ranges = ranges_of_motion(judge, values, mirrored=mirrored)
    phases = (
        (Phase("hold", rep.start, rep.stop),)
        if judge.exercise.kind == "hold"
        else phases_of(drive, rep, rate_hz=judge.settings.rate_hz)
    )
    tempo = phase_tempo(judge, phases)
    of_range = range_faults(judge, ranges)
    of_tempo = tempo_faults(judge, tempo, starts_s=(start_s, turn_s))
    score, decided_by = max(
        (matched.together, "together"),
        (matched.worst, "joint"),
        *((fault.ratio, "range of motion") for fault in of_range),
        *((fault.ratio, "tempo") for fault in of_tempo),
    )
    of_posture = find_faults(
        judge,
        matched,
        alignment,
        rep_times_s=times_s,
        mirrored=mirrored,
        height_cm=height_cm,
        named=tuple(fault.joint for fault in of_range),
        at_least_one=score > 1.0 and not (of_range or of_tempo),
    )
    faults = (*of_range, *of_posture, *of_tempo)
    if decided_by == "tempo":
        faults = (*of_tempo, *of_range, *of_posture)
    reasons = rep_reasons(judge, matched, problems, frames=frames[1] - frames[0])
    if reasons:
        verdict, score, decided_by = Verdict.CANNOT_JUDGE, float("nan"), ""
    else:
        verdict = Verdict.WRONG if score > 1.0 else Verdict.RIGHT
    return RepAssessment(
        number=number,
        start_s=start_s,
        turn_s=turn_s,
        stop_s=stop_s,
        start_frame=frames[0],
        stop_frame=frames[1],
        verdict=verdict,
        score=float(score),
        decided_by=decided_by,
        worst_joint=faults[0].joint if faults else "",
        distances=judge.spread(matched.distances),
        ratios=judge.spread(matched.ratios),
        attempt=matched.curve,
        path=alignment.steps,
        sample_s=times_s,
        body=positions[samples],
        faults=faults,
        reasons=reasons,
        rom_deg={item.feature: item.reached for item in ranges},
        mirrored=mirrored,
        phases=tuple(
            PhaseSpan(p.name, *(float(time_s[min(at, rep.stop - 1)]) for at in (p.start, p.stop)))
            for p in phases
        ),
        tempo=tempo,
        ranges=ranges,
        symmetry=symmetries(judge, ranges, mirrored=mirrored),
        p_value=judge.p_value(matched.score),
    )


def as_judged(judge: Judge) -> dict[str, Any]:
    """What a `SetAssessment` tells of the judge, by the names of its fields."""
    return {
        "exercise": judge.exercise.name,
        "title": judge.exercise.title,
        "kind": judge.exercise.kind,
        "phases": judge.exercise.phases,
        "features": judge.names,
        "counts": judge.counts,
        "tolerance": judge.spread(judge.rule.tolerance),
        "limit": judge.spread(judge.rule.limit),
        "reference_mean": judge.mean,
        "reference_low": judge.low,
        "reference_high": judge.high,
        "reference_body": judge.body,
        "reference_s": judge.usual_s,
        "reference_turn": judge.turn,
        "grounds": judge.grounds,
    }
