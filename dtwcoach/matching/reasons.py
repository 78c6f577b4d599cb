"""Why a recording or a repetition cannot be judged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from dtwcoach.matching.assessment import Reason
from dtwcoach.matching.judging import NOT_THIS_EXERCISE, NOT_THIS_REP, Judge, Match
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import INDEX, MAJOR_JOINTS
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.edges import DURATION_RANGE, MIN_REP_S
from dtwcoach.segmentation.found import Segmentation
from dtwcoach.segmentation.guided import CUT_OFF
from dtwcoach.segmentation.reps import cut_reps

MAX_VIEW_DIFFERENCE_DEG = 20.0
"""Beyond this difference of camera view from the nearest reference nothing is judged: there the
same movement looks as different as two people's (`python -m benchmarks.view_error`)."""
PROBLEM_SHARE: dict[str, float] = defaultdict(lambda: 0.1, unsteady_pose=0.5)
"""A problem of the pose in more than this share of a rep's frames prevents a verdict; more of it
where it could be repaired."""
SEEN_SHARE = 0.05
"""Whoever is seen in less than this share of the frames was not filmed."""
MIN_EXTENT_PX = 60.0
"""Least size of the athlete in the picture: diagonal of the box around the major joints."""
MIN_REP_FRAMES = 7
"""Frames in which a repetition shows how it was done, and not only that it was."""
COMPANY_S = 2.0
"""So long before and after others were seen, they may be what hides the athlete."""
WHOLE_BODY = ("several_people", "corrupt_video", "interrupted")
"""Problems that hide every joint at once; the last when nothing more is known."""


def extent_px(recording: Recording) -> float:
    """How large the athlete is in the picture, as `MIN_EXTENT_PX`; nan where not in pixels."""
    pose = recording.cleaned.pose
    joints = pose.image[:, [INDEX[name] for name in MAJOR_JOINTS], :2]
    joints = joints[np.isfinite(joints).all(axis=(1, 2))]
    if 0 in pose.frame_size or not len(joints):
        return float("nan")
    return float(np.median(np.hypot(*np.ptp(joints, axis=1).T)))


def set_reasons(
    judge: Judge,
    *,
    fps: float,
    duration_s: float,
    view_yaw_deg: float,
    seen_share: float,
    extent_px: float,
) -> tuple[Reason, ...]:
    """Why a recording as a whole cannot be judged, before its repetitions are looked at."""
    least_fps, shortest_s = judge.settings.min_fps, _shortest_rep_s(judge)
    apart = judge.view_difference_deg(view_yaw_deg)
    checks = (
        (
            "nobody",
            seen_share < SEEN_SHARE,
            f"seen in {seen_share:.0%} of the frames, needs {SEEN_SHARE:.0%}",
        ),
        ("too_few_frames", not fps >= least_fps, f"{fps:.1f} a second, needs {least_fps:.0f}"),
        (
            "too_short",
            duration_s < shortest_s,
            f"{duration_s:.1f} s long, a repetition takes at least {shortest_s:.1f}",
        ),
        (
            "wrong_view",
            apart > MAX_VIEW_DIFFERENCE_DEG,
            f"{apart:.0f} degrees apart, at most {MAX_VIEW_DIFFERENCE_DEG:.0f}",
        ),
        (
            "too_small",
            extent_px < MIN_EXTENT_PX,
            f"{extent_px:.0f} pixels large, needs {MIN_EXTENT_PX:.0f}",
        ),
    )
    return tuple(Reason(code, detail) for code, fails, detail in checks if fails)


def _shortest_rep_s(judge: Judge) -> float:
    return max(MIN_REP_S, DURATION_RANGE[0] * judge.guide.duration_s[0])


def pose_problems(judge: Judge, recording: Recording) -> dict[str, np.ndarray]:
    """What is wrong with the pose: reason code -> (time,) bool at the working rate.

    Frames without the athlete are told apart by what hid them: other people, pictures that the
    recording lacks, or nothing that is known.
    """
    pose, arrived_s = recording.cleaned.pose, recording.source.time_s
    problems = dict(recording.cleaned.problems)
    unseen = problems.pop("nobody")
    others_s = arrived_s[recording.source.people > 1]
    since, until = (np.searchsorted(others_s, pose.time_s + d) for d in (-COMPANY_S, COMPANY_S))
    company = until > since
    step_s = np.diff(arrived_s)
    here = np.clip(np.searchsorted(arrived_s, pose.time_s, side="right") - 1, 0, len(step_s) - 1)
    lacking = step_s[here] - np.median(step_s) > judge.settings.max_gap_s
    return problems | {
        "several_people": unseen & company,
        "corrupt_video": lacking,
        "interrupted": unseen & ~company,
    }


def nothing_found(
    judge: Judge, recording: Recording, found: Segmentation, *, unlike: float
) -> Reason:
    """Why a recording shows no repetition of the exercise.

    Parameters
    ----------
    judge, recording
    found : Segmentation
        The recording's; repetitions in it were far from every reference.
    unlike : float
        How far, in the median over repetitions (`Match.unlike`).
    """
    if found.reps:
        return Reason(
            "not_this_exercise",
            f"{len(found.reps)} movements {unlike:.1f} times as far from the references as "
            f"people differ, at most {NOT_THIS_EXERCISE:.1f}",
        )
    took = _durations_s(judge, recording)
    if len(took):
        shortest, longest = judge.guide.duration_s
        return Reason(
            "beyond_calibration",
            f"repetitions took {np.median(took):.1f} s, the references {shortest:.1f} to "
            f"{longest:.1f}",
        )
    known = np.isfinite(found.drive)
    moved = float(np.ptp(found.drive[known])) if known.any() else 0.0
    hole = ~known & ~recording.walking
    if known.any():
        first, last = np.flatnonzero(known)[[0, -1]]
        hole[:first] = hole[last:] = False  # before and after, nobody needs to be there
    if hole.any() and (moved >= CUT_OFF or not known.any()):
        return _hidden(judge, recording, hole)
    return Reason(
        "no_repetition",
        f"the body moved {moved:.0%} of a repetition's way, needs {CUT_OFF:.0%} and back",
    )


def _durations_s(judge: Judge, recording: Recording) -> np.ndarray:
    """Seconds of all repetitions, also of those no person of the references could have done."""
    if not isinstance(judge.guide, Guide):
        return np.zeros(0)
    anyhow = replace(judge.guide, duration_s=(0.0, float("inf")))
    reps = cut_reps(recording.series, anyhow, ignore=recording.walking).reps
    return np.array([np.ptp(recording.series.time_s[[rep.start, rep.stop - 1]]) for rep in reps])


def _hidden(judge: Judge, recording: Recording, hole: np.ndarray) -> Reason:
    """What hid the movement in the frames of a hole, (time,) bool."""
    shares = {c: float(p[hole].mean()) for c, p in pose_problems(judge, recording).items()}
    code = max(shares, key=lambda code: shares[code])
    at_s = recording.series.time_s[hole]
    when = f"not seen between {at_s[0]:.1f} and {at_s[-1]:.1f} s, needed without a break"
    if shares[code] >= 0.5:
        return Reason(code, when)
    joints = dict.fromkeys(KNOWN_FEATURES[name].joint for name in judge.guide.names)
    return Reason("joint_not_visible", f"{', '.join(list(joints)[:3])} {when}")


def rep_reasons(
    judge: Judge, matched: Match, problems: dict[str, float], *, frames: int
) -> tuple[Reason, ...]:
    """Why one repetition cannot be judged; empty when it can.

    Parameters
    ----------
    judge, matched
    problems : dict
        Reason code -> share of the rep's frames.
    frames : int
        How many the recording has of it.
    """
    missing = np.isnan(matched.distances)
    # What was seen may be right while a fault hides in what was not; what is wrong stays wrong.
    unsure = missing.all() or (missing.any() and not matched.score > 1.0)
    reasons = [
        Reason(code, f"in {share:.0%} of the repetition, at most {PROBLEM_SHARE[code]:.0%}")
        for code, share in problems.items()
        if share > PROBLEM_SHARE[code] or (unsure and share > 0 and code in WHOLE_BODY)
    ]
    if frames < MIN_REP_FRAMES:
        reasons.append(Reason("too_short", f"{frames} frames, needs {MIN_REP_FRAMES}"))
    if not reasons and unsure:
        names = np.array(judge.names)[judge.counts][missing]
        joints = list(dict.fromkeys(KNOWN_FEATURES[name].joint for name in names))
        reasons.append(
            Reason(
                "joint_not_visible", f"{', '.join(joints[:3])}: not seen throughout the repetition"
            )
        )
    elif not reasons and matched.unlike > NOT_THIS_REP:
        reasons.append(
            Reason(
                "not_this_exercise",
                f"{matched.unlike:.1f} times as far from the references as people differ, "
                f"at most {NOT_THIS_REP:.1f}",
            )
        )
    return tuple(reasons)
