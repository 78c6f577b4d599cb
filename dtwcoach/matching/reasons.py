"""Why a recording or a repetition cannot be judged."""

from __future__ import annotations

import numpy as np

from dtwcoach.matching.assessment import Reason
from dtwcoach.matching.judging import NOT_THIS_REP, Judge, Match
from dtwcoach.motion.features import FEATURES

MAX_VIEW_DIFFERENCE_DEG = 35.0
"""Beyond this difference of camera view nothing is judged."""
PROBLEM_SHARE = 0.1
"""A problem of the pose in more than this share of a rep's frames prevents a verdict."""


def view_difference_deg(judge: Judge, yaw_deg: float) -> float:
    """Angle to the nearest camera view among the references, 0 where either is unknown."""
    views = np.array(judge.view_yaw_deg)
    views = views[np.isfinite(views)]
    if not len(views) or np.isnan(yaw_deg):
        return 0.0
    return float(np.abs((views - yaw_deg + 180.0) % 360.0 - 180.0).min())


def set_reasons(
    judge: Judge, *, fps: float, view_yaw_deg: float, seen_share: float
) -> tuple[Reason, ...]:
    """Why a recording as a whole cannot be judged, before its repetitions are looked at."""
    reasons = []
    if seen_share < 0.05:
        reasons.append(Reason("nobody", f"seen in {seen_share:.0%} of the frames"))
    if not fps >= judge.settings.min_fps:
        reasons.append(
            Reason("too_few_frames", f"{fps:.1f} a second, needs {judge.settings.min_fps:.0f}")
        )
    apart = view_difference_deg(judge, view_yaw_deg)
    if apart > MAX_VIEW_DIFFERENCE_DEG:
        reasons.append(
            Reason(
                "wrong_view", f"{apart:.0f} degrees apart, at most {MAX_VIEW_DIFFERENCE_DEG:.0f}"
            )
        )
    return tuple(reasons)


def rep_reasons(judge: Judge, matched: Match, problems: dict[str, float]) -> tuple[Reason, ...]:
    """Why one repetition cannot be judged; empty when it can.

    Parameters
    ----------
    judge, matched
    problems : dict
        Reason code -> share of the rep's frames.
    """
    reasons = [
        Reason(code, f"in {share:.0%} of the repetition")
        for code, share in problems.items()
        if share > PROBLEM_SHARE
    ]
    if not reasons and matched.tolerances_away > NOT_THIS_REP:
        reasons.append(
            Reason("not_this_exercise", f"{matched.tolerances_away:.1f} tolerances away")
        )
    missing = np.isnan(matched.distances)
    if not reasons and missing.any() and not matched.score > 1.0:
        # What was seen is right, but a fault may hide in what was not.
        names = np.array(judge.names)[judge.counts][missing]
        joints = list(dict.fromkeys(FEATURES[name].joint for name in names))
        reasons.append(Reason("joint_not_visible", ", ".join(joints[:3])))
    return tuple(reasons)
