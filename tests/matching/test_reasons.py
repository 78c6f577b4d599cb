"""Each reason why nothing can be said."""

from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, trainer_references

from dtwcoach.matching.assessment import REASONS, Reason
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import Match
from dtwcoach.matching.reasons import (
    MAX_VIEW_DIFFERENCE_DEG,
    rep_reasons,
    set_reasons,
    view_difference_deg,
)

JUDGE = judge_of("squat")
OWN = resampled(trainer_references("squat"), SETTINGS)[0]


@pytest.mark.parametrize(
    ("fps", "off_deg", "seen", "codes"),
    [
        (30.0, 0.0, 1.0, []),
        (SETTINGS.min_fps, 0.0, 1.0, []),
        (SETTINGS.min_fps - 0.01, 0.0, 1.0, ["too_few_frames"]),
        (float("nan"), 0.0, 1.0, ["too_few_frames"]),
        (30.0, MAX_VIEW_DIFFERENCE_DEG + 1, 1.0, ["wrong_view"]),
        (30.0, -MAX_VIEW_DIFFERENCE_DEG - 1, 1.0, ["wrong_view"]),
        (30.0, 360.0, 1.0, []),
        (30.0, float("nan"), 1.0, []),
        (30.0, 0.0, 0.0, ["nobody"]),
        (5.0, 180.0, 0.0, ["nobody", "too_few_frames", "wrong_view"]),
    ],
)
def test_reasons_of_a_whole_recording(
    fps: float, off_deg: float, seen: float, codes: list[str]
) -> None:
    judge = replace(JUDGE, view_yaw_deg=(30.0, float("nan")))
    reasons = set_reasons(judge, fps=fps, view_yaw_deg=30.0 + off_deg, seen_share=seen)
    assert [reason.code for reason in reasons] == codes


def test_views_are_compared_round_the_circle() -> None:
    judge = replace(JUDGE, view_yaw_deg=(170.0,))
    assert view_difference_deg(judge, -170.0) == pytest.approx(20.0)
    assert view_difference_deg(replace(judge, view_yaw_deg=(float("nan"),)), 5.0) == 0.0


@pytest.mark.parametrize(
    ("problems", "hidden", "median", "worst", "code"),
    [
        ({}, False, 0.5, 0.5, ""),
        ({}, False, 2.0, 2.0, ""),
        ({"several_people": 0.05}, False, 0.5, 0.5, ""),
        ({"several_people": 0.3}, False, 0.5, 0.5, "several_people"),
        ({"unsteady_pose": 0.3}, False, 2.0, 0.5, "unsteady_pose"),
        ({}, True, 0.5, 0.5, "joint_not_visible"),
        ({}, True, 0.5, 1.5, ""),  # what is seen is wrong already
        ({}, False, 50.0, 50.0, "not_this_exercise"),
        ({}, True, np.inf, np.inf, "not_this_exercise"),
    ],
)
def test_reasons_of_a_repetition(
    problems: dict[str, float], hidden: bool, median: float, worst: float, code: str
) -> None:
    distances = np.zeros(JUDGE.counts.sum())
    distances[0] = np.nan if hidden else 0.0
    reasons = rep_reasons(JUDGE, Match(OWN, distances, median, worst, 1.0), problems)
    assert [reason.code for reason in reasons] == ([code] if code else [])


def test_every_reason_has_an_advice() -> None:
    assert all(Reason(code).advice.endswith((".", "?")) for code in REASONS)
