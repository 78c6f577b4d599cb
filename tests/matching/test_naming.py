"""Single faults of drawn people are named by joint, phase and direction."""

from __future__ import annotations

from functools import cache

import numpy as np
from athletes import SETTINGS, filmed, judge_of, perform

from dtwcoach.coach import assess
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.fault import Fault
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.matching.assessment import Verdict
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import describe

UPPER_END = {"upper arm": "shoulder", "forearm": "elbow", "thigh": "hip", "shin": "knee"}
PHASES = {
    ("posture", "turn"): {2},
    ("posture", "late"): {2},
    ("posture", "middle"): {1, 3},
    ("posture", "whole"): {0, 1, 2, 3, 4},
    ("lag", "turn"): {1, 3},
}
"""Kind and phase of a fault -> numbers of the phases that may be named for it."""
SEED = 2301


def joint_of(part: str) -> str:
    """A segment is named by the joint at its upper end."""
    for segment, upper in UPPER_END.items():
        part = part.replace(segment, upper)
    return part


@cache
def true_features(exercise: str, fault: str, size: float) -> FeatureSeries:
    """Features of the same two repetitions, the second with a fault of this size."""
    faults = {1: ((fault, size),)} if size else {}
    truth = perform(exercise, SEED, reps=2, faults=faults)
    return describe(truth.pose(noise_px=0, seed=0), SETTINGS).series


def named_rightly(exercise: str, fault: Fault) -> bool | None:
    """Whether the first fault named is the true one; None when the repetition got by."""
    size = 1.25 * fault.typical
    judge = judge_of(exercise)
    pose = filmed(exercise, SEED, reps=2, faults={1: ((fault.name, size),)})
    answer = assess(pose, judge)
    if len(answer.reps) == 1:  # too small by so much that it is told to be half a repetition
        return [item.kind for item in answer.left_out] == ["half"]
    said = answer.reps[1]
    if said.verdict is not Verdict.WRONG:
        return None
    first = said.faults[0]
    series = [true_features(exercise, fault.name, size), true_features(exercise, "", 0.0)]
    own, without = (one.column(first.feature) for one in series)
    time_s = series[0].time_s
    if np.isnan(first.time_s):  # a range, which has no moment
        inside = slice(*np.searchsorted(time_s, [said.start_s, said.stop_s]))
        grew = float(np.ptp(own[inside]) - np.ptp(without[inside]))
    else:
        at = int(np.searchsorted(time_s, first.time_s))
        grew = float(own[at] - without[at])
    return (
        joint_of(first.joint) in {joint.replace("_", " ") for joint in fault.joints}
        and judge.exercise.phases.index(first.phase) in PHASES[fault.kind, fault.phase]
        and bool(np.sign(grew) == np.sign(first.size))
    )


def test_joint_phase_and_direction_of_nine_in_ten_single_faults() -> None:
    rightly = [
        named_rightly(exercise, fault)
        for exercise in EXERCISES
        for fault in FAULTS[exercise].values()
        if fault.kind != "tempo"
    ]
    caught = [one for one in rightly if one is not None]
    assert len(caught) > 0.9 * len(rightly)
    assert np.mean(caught) >= 0.9
