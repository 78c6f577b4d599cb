"""The three answers: right, wrong, cannot judge - for a repetition and for a recording."""

from __future__ import annotations

import numpy as np

from dtwcoach.matching.assessment import Fault, RepAssessment, Verdict
from dtwcoach.matching.feedback import align, find_faults
from dtwcoach.matching.judging import Judge, Match
from dtwcoach.matching.reasons import rep_reasons
from dtwcoach.motion.features import FEATURES
from dtwcoach.motion.segmentation import Rep
from dtwcoach.pose import FloatArray, mirrored_name


def range_of_motion(
    judge: Judge, values: FloatArray, *, mirrored: bool
) -> tuple[dict[str, float], tuple[Fault, ...]]:
    """Range of each driving feature in its unit, and a fault for each that is too small.

    Parameters
    ----------
    judge : Judge
    values : (time, feature) float
        The repetition.
    mirrored : bool
    """
    ranges, faults = {}, []
    for name in dict.fromkeys((*judge.guide.names, *judge.exercise.min_rom)):
        column = values[:, judge.names.index(name)]
        if not np.isfinite(column).any():
            continue
        reached = float(np.nanmax(column) - np.nanmin(column))
        own = mirrored_name(name) if mirrored else name
        ranges[own] = reached
        least = judge.exercise.min_rom.get(name, 0.0)
        if reached < least:
            feature = FEATURES[own]
            unit = "degrees" if feature.unit == "deg" else "torso lengths"
            faults.append(
                Fault(
                    feature=own,
                    joint=feature.joint,
                    phase=judge.exercise.phases[2],
                    direction="too small a range",
                    size=reached - least,
                    unit=feature.unit,
                    time_s=float("nan"),
                    ratio=least / max(reached, 1e-6),
                    text=f"{feature.joint} moved {reached:.0f} {unit}, needs {least:.0f}",
                    cue=f"{feature.joint.capitalize()}: move through the full range.",
                )
            )
    return ranges, tuple(faults)


def assess_rep(
    judge: Judge,
    matched: Match,
    rep: Rep,
    *,
    number: int,
    values: FloatArray,
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
    values : (kept, feature) float
        The repetition without its pauses.
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
    rom, rom_faults = range_of_motion(judge, values, mirrored=mirrored)
    score, decided_by = max(
        (matched.median, "median"),
        (matched.worst, "joint"),
        *((fault.ratio, "range of motion") for fault in rom_faults),
    )
    reasons = rep_reasons(judge, matched, problems, frames=frames[1] - frames[0])
    named = rom_faults + find_faults(
        judge,
        matched,
        alignment,
        rep_times_s=time_s[kept[samples]],
        mirrored=mirrored,
        height_cm=height_cm,
    )
    if reasons:
        verdict, score, decided_by = Verdict.CANNOT_JUDGE, float("nan"), ""
    else:
        verdict = Verdict.WRONG if score > 1.0 else Verdict.RIGHT
    ratios = judge.spread(matched.distances / judge.rule.tolerance)
    return RepAssessment(
        number=number,
        start_s=float(time_s[rep.start]),
        turn_s=float(time_s[rep.turn]),
        stop_s=float(time_s[rep.stop - 1]),
        start_frame=frames[0],
        stop_frame=frames[1],
        verdict=verdict,
        score=float(score),
        decided_by=decided_by,
        worst_joint=named[0].joint if named else "",
        distances=judge.spread(matched.distances),
        ratios=ratios,
        attempt=matched.curve,
        path=alignment.steps,
        faults=named,
        reasons=reasons,
        rom_deg=rom,
        eccentric_s=float(time_s[rep.turn] - time_s[rep.start]),
        concentric_s=float(time_s[rep.stop - 1] - time_s[rep.turn]),
        pause_s=float(len(range(rep.start, rep.stop)) - len(kept)) / judge.settings.rate_hz,
        mirrored=mirrored,
    )
