"""Each reason why nothing can be said."""

from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, trainer_references

from dtwcoach.matching.assessment import REASONS, Reason
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import NOT_THIS_REP, match
from dtwcoach.matching.reasons import (
    MAX_VIEW_DIFFERENCE_DEG,
    MIN_EXTENT_PX,
    MIN_REP_FRAMES,
    rep_reasons,
    set_reasons,
)

JUDGE = judge_of("squat")
OWN = resampled(trainer_references("squat"), SETTINGS)[0]
MATCHED = match(JUDGE, OWN[None])[0]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ""),
        ({"fps": SETTINGS.min_fps}, ""),
        ({"fps": SETTINGS.min_fps - 0.01}, "too_few_frames"),
        ({"fps": np.nan}, "too_few_frames"),
        ({"view_yaw_deg": 31.0 + MAX_VIEW_DIFFERENCE_DEG}, "wrong_view"),
        ({"view_yaw_deg": 29.0 - MAX_VIEW_DIFFERENCE_DEG}, "wrong_view"),
        ({"view_yaw_deg": 390.0}, ""),
        ({"view_yaw_deg": np.nan}, ""),
        ({"seen_share": 0.0}, "nobody"),
        ({"duration_s": 0.3}, "too_short"),
        ({"extent_px": MIN_EXTENT_PX}, ""),
        ({"extent_px": MIN_EXTENT_PX - 1}, "too_small"),
        ({"extent_px": np.nan}, ""),
        (
            {"fps": 5.0, "view_yaw_deg": 210.0, "seen_share": 0.0},
            "nobody too_few_frames wrong_view",
        ),
    ],
)
def test_reasons_of_a_whole_recording(changes: dict[str, float], codes: str) -> None:
    judge = replace(JUDGE, view_yaw_deg=(30.0, float("nan")))
    usual = {
        "fps": 30.0, "duration_s": 9.0, "view_yaw_deg": 30.0, "seen_share": 1.0, "extent_px": 200.0,
    }  # fmt: skip
    reasons = set_reasons(judge, **(usual | changes))
    assert [reason.code for reason in reasons] == codes.split()


def test_views_are_compared_round_the_circle() -> None:
    judge = replace(JUDGE, view_yaw_deg=(170.0,))
    assert judge.view_difference_deg(-170.0) == pytest.approx(20.0)
    assert replace(judge, view_yaw_deg=(float("nan"),)).view_difference_deg(5.0) == 0.0


@pytest.mark.parametrize(
    ("problems", "hidden", "frames", "score", "unlike", "code"),
    [
        ({}, 0, 60, 0.5, 0.5, ""),
        ({}, 0, 60, 2.0, 1.2, ""),
        ({"several_people": 0.05}, 0, 60, 0.5, 0.5, ""),
        ({"several_people": 0.3}, 0, 60, 0.5, 0.5, "several_people"),
        ({"unsteady_pose": 0.5}, 0, 60, 2.0, 0.5, ""),  # mostly repaired
        ({"unsteady_pose": 0.51}, 0, 60, 2.0, 0.5, "unsteady_pose"),
        ({"out_of_picture": 0.3}, 0, 60, 2.0, 0.5, "out_of_picture"),
        ({}, 0, MIN_REP_FRAMES, 0.5, 0.5, ""),
        ({}, 0, MIN_REP_FRAMES - 1, 0.5, 0.5, "too_short"),
        ({}, 1, 60, 0.5, 0.5, "joint_not_visible"),
        ({}, 1, 60, 1.5, 0.5, ""),  # what is seen is wrong already
        ({"several_people": 0.05}, 1, 60, 0.5, 0.5, "several_people"),
        ({"interrupted": 0.05}, 99, 60, np.inf, np.inf, "interrupted"),
        ({"corrupt_video": 0.05}, 99, 60, np.inf, np.inf, "corrupt_video"),
        ({"out_of_picture": 0.05}, 1, 60, 0.5, 0.5, "joint_not_visible"),
        ({}, 99, 60, np.inf, np.inf, "joint_not_visible"),
        ({}, 0, 60, 50.0, NOT_THIS_REP, ""),  # one joint far off is a fault
        ({}, 0, 60, 50.0, NOT_THIS_REP + 0.1, "not_this_exercise"),
    ],
)
def test_reasons_of_a_repetition(
    problems: dict[str, float], hidden: int, frames: int, score: float, unlike: float, code: str
) -> None:
    distances = np.zeros(JUDGE.counts.sum())
    distances[:hidden] = np.nan
    matched = replace(MATCHED, distances=distances, unlike=unlike, together=score, worst=0.5)
    reasons = rep_reasons(JUDGE, matched, problems, frames=frames)
    assert [reason.code for reason in reasons] == ([code] if code else [])
    assert all(reason.detail for reason in reasons)


def test_every_reason_has_an_advice() -> None:
    assert all(Reason(code).advice.endswith((".", "?")) for code in REASONS)
