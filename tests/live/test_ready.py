from dataclasses import replace

import numpy as np
import pytest
from athletes import judge_of

from dtwcoach.live.body import BodyNow
from dtwcoach.live.ready import Doorkeeper, needed_keypoints
from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.pose import INDEX, KEYPOINTS

SEEN = BodyNow(
    time_s=0.0,
    points=np.stack(
        [np.linspace(200, 300, len(KEYPOINTS)), np.linspace(50, 400, len(KEYPOINTS))]
    ).T,
    outside=np.zeros(len(KEYPOINTS), dtype=bool),
    values=np.zeros(len(FEATURE_NAMES)),
    view_yaw_deg=float("nan"),
    walking=False,
)


def said(body: BodyNow, *, people: int = 1, fps: float = 30.0, frames: int = 40) -> str:
    """What a doorkeeper says when things have been so for more than a second."""
    door = Doorkeeper(judge_of("squat"))
    return [
        door.advice(replace(body, time_s=frame / 30.0), people=people, fps=fps)
        for frame in range(frames)
    ][-1]


def hidden(*names: str, outside: bool = False) -> BodyNow:
    points, out = SEEN.points.copy(), SEEN.outside.copy()
    rows = [INDEX[name] for name in names]
    points[rows], out[rows] = np.nan, outside
    return replace(SEEN, points=points, outside=out)


def test_nothing_is_said_when_all_is_well() -> None:
    assert said(SEEN) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (hidden(*KEYPOINTS), "Step into the picture"),
        (hidden("left_ankle"), "I can't see your feet"),
        (hidden("left_ankle", "right_ankle", outside=True), "I can't see your feet: step back"),
        (hidden("left_knee", "left_ankle"), "I can't see your feet"),
        (hidden("right_shoulder", outside=True), "I can't see your shoulders: step back"),
        (hidden("left_pinky", "right_thumb"), ""),
        (replace(SEEN, points=SEEN.points / 10), "Come nearer"),
    ],
)
def test_what_is_in_the_way_is_said(body: BodyNow, words: str) -> None:
    assert said(body) == words


def test_others_and_a_slow_camera() -> None:
    assert said(SEEN, people=2) == "One person only, please"
    assert said(SEEN, fps=5.0).startswith("Too few pictures a second")


def test_a_joint_hidden_for_a_moment_is_passed_over() -> None:
    assert said(hidden("left_ankle"), frames=1) != ""  # nothing else is known yet
    door = Doorkeeper(judge_of("squat"))
    for frame in range(60):
        door.advice(replace(SEEN, time_s=frame / 30.0), people=1, fps=30.0)
    gone = replace(hidden("left_ankle"), time_s=2.1)
    assert door.advice(gone, people=1, fps=30.0) == ""


@pytest.mark.parametrize(("off_deg", "side"), [(40.0, "left"), (-40.0, "right"), (15.0, "")])
def test_to_which_side_to_turn(off_deg: float, side: str) -> None:
    """The larger the yaw, the more of the left side is seen: it is shown by turning right."""
    one_sided = replace(judge_of("squat").exercise, symmetric=False)
    door = Doorkeeper(replace(judge_of("squat"), exercise=one_sided, view_yaw_deg=(45.0, 50.0)))
    middle = 50.0 if off_deg > 0 else 45.0
    body = replace(SEEN, view_yaw_deg=middle + off_deg)
    words = door.advice(body, people=1, fps=30.0)
    assert words == (f"Turn to your {side}" if side else "")


def test_the_other_side_will_do_where_it_is_judged_as_a_mirror_image() -> None:
    door = Doorkeeper(replace(judge_of("squat"), view_yaw_deg=(45.0,)))
    assert door.advice(replace(SEEN, view_yaw_deg=-50.0), people=1, fps=30.0) == ""
    assert door.advice(replace(SEEN, view_yaw_deg=-80.0), people=1, fps=30.0) == (
        "Turn to your right"
    )


def test_what_a_squat_needs_is_not_the_fingers() -> None:
    needed = {name for name in KEYPOINTS if needed_keypoints(judge_of("squat"))[INDEX[name]]}
    assert {"left_knee", "right_ankle", "left_hip", "right_shoulder"} <= needed
    assert not {"left_thumb", "right_index", "left_eye"} & needed
