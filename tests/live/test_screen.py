from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from athletes import filmed, judge_of

from dtwcoach.coach import assess
from dtwcoach.live import screen
from dtwcoach.live.coach import LiveState, Stage
from dtwcoach.matching.assessment import Reason, SetAssessment, Verdict
from dtwcoach.pose import INDEX, KEYPOINTS

BLUE, VERMILLION, INK = (178, 114, 0), (0, 94, 213), (40, 35, 31)
GREEN = (80, 160, 80)


@pytest.fixture(scope="module")
def judged() -> SetAssessment:
    pose = filmed("squat", 7, reps=2, faults={1: (("shallow", 30.0),)})
    return assess(pose, judge_of("squat"))


def camera(width: int = 640, height: int = 480) -> np.ndarray:
    return np.full((height, width, 3), GREEN, np.uint8)


def state(**changes: Any) -> LiveState:
    points = np.full((len(KEYPOINTS), 2), np.nan)
    for name, place in {"left_hip": (300, 200), "left_knee": (300, 300)}.items():
        points[INDEX[name]] = place
    plain = LiveState(1.0, Stage.BETWEEN, "", points, np.zeros(len(KEYPOINTS), dtype=bool))
    return replace(plain, **changes)


def share(picture: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((picture == colour).all(axis=2).mean())


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((640, 480), (640, 600)), ((1280, 720), (1280, 900)), ((321, 241), (642, 602))],
)
def test_small_pictures_are_shown_larger_and_all_sides_are_even(
    size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    image = camera(*size)
    before = image.copy()
    picture = screen.draw(image, state())
    assert picture.shape == (drawn[1], drawn[0], 3)
    assert screen.size_of(size) == drawn
    assert (image == before).all()


def test_the_body_is_drawn_where_it_is_also_in_a_larger_picture() -> None:
    times = 2
    small = state(points=state().points / 2)
    picture = screen.draw(camera(320, 240), small)
    assert times * 240 == 480
    assert tuple(picture[250, 300]) == BLUE


def test_joints_that_are_off_are_marked_in_another_colour_and_by_a_ring() -> None:
    off = np.zeros(len(KEYPOINTS), dtype=bool)
    off[INDEX["left_knee"]] = True
    picture = screen.draw(camera(), state(off=off))
    assert tuple(picture[300, 300]) == VERMILLION
    assert tuple(picture[200, 300]) == BLUE
    assert share(picture[280:320, 280:320], VERMILLION) > 0.1


@pytest.mark.parametrize(("number", "colour"), [(1, BLUE), (2, VERMILLION)])
def test_the_last_verdict_has_its_sign_its_cue_and_its_score(
    judged: SetAssessment, number: int, colour: tuple[int, int, int]
) -> None:
    rep = judged.reps[number - 1]
    assert rep.verdict is (Verdict.RIGHT, Verdict.WRONG)[number - 1]
    picture = screen.draw(camera(), state(reps=judged.reps[:number]))
    assert share(picture[480:, :130], colour) > 0.2
    bar = picture[29:451, 604:618]
    filled = (bar == colour).all(axis=2).any(axis=1).mean()
    assert filled == pytest.approx(min(rep.score / 2, 1), abs=0.02)
    other = screen.draw(camera(), state(reps=(*judged.reps[:1], judged.reps[number - 1])))
    assert (other[480:] == picture[480:]).all()


def test_what_cannot_be_judged_has_no_bar(judged: SetAssessment) -> None:
    unknown = replace(
        judged.reps[0],
        verdict=Verdict.CANNOT_JUDGE,
        score=float("nan"),
        reasons=(Reason("nobody"),),
    )
    picture = screen.draw(camera(), state(reps=(unknown,)))
    assert (picture[29:451, 604:618] == GREEN).all()


def test_before_the_set_advice_stands_below_the_picture_and_does_not_hide_it() -> None:
    strips = [
        screen.draw(camera(), state(stage=stage, message=message), title="Squat", held=held)[480:]
        for stage, message, held in (
            (Stage.BETWEEN, "", False),
            (Stage.READY, "", False),
            (Stage.WAITING, "Step back", False),
            (Stage.WAITING, "Step back", True),
        )
    ]
    texts = [strip.tobytes() for strip in strips]
    assert len(set(texts)) == 4
    assert all(share(strip, INK) > 0.5 for strip in strips)
    letters = [np.flatnonzero((strip.min(axis=2) > 200).any(axis=1)) for strip in strips]
    assert np.ptp(letters[2]) > 480 / 18  # an eleventh of the height, with its ascenders


def test_counter_phase_hold_and_rest_stand_in_the_corner(judged: SetAssessment) -> None:
    corner = {
        name: screen.draw(camera(), shown)[:160, :300].tobytes()
        for name, shown in {
            "none": state(),
            "two": state(reps=judged.reps),
            "phase": state(phase="way down"),
            "hold": state(held_s=12.0),
            "rest": state(stage=Stage.RESTING, rest_s=4.0),
        }.items()
    }
    assert len(set(corner.values())) == 5


def test_the_summary_takes_the_place_of_the_last_verdict(judged: SetAssessment) -> None:
    picture = screen.draw(camera(), state(reps=judged.reps))
    before = picture.copy()
    screen.draw_summary(picture, judged)
    assert (picture[:480] == before[:480]).all()
    assert share(picture[480:], VERMILLION) == 0
    assert (picture[480:].min(axis=2) > 200).sum() > 300


def test_what_a_plan_asks_for_stands_above_and_in_a_rest_below(judged: SetAssessment) -> None:
    plain = screen.draw(camera(), state())
    picture = screen.draw(camera(), state(), prompt="Squat, set 2 of 3: 4 more")
    changed = (picture != plain).any(axis=2)
    assert changed[:45, 180:590].mean() > 0.8
    assert not changed[45:].any()
    rest = [
        screen.draw_rest(camera(), "Rest 30 s. Next: Lunge"),
        screen.draw_rest(camera(), "Rest 29 s. Next: Lunge"),
        screen.draw_rest(camera(), "Rest 30 s. Next: Lunge", before=judged),
        screen.draw_rest(camera(), "Rest 30 s. Next: Lunge", held=True),
    ]
    assert all((one[:480] == GREEN).all() for one in rest)
    assert len({one[480:].tobytes() for one in rest}) == 4
    before = rest[0].copy()
    screen.draw_total(rest[0], "Done: 21 of 24 right")
    assert (rest[0][480:] != before[480:]).any()
    assert (rest[0][:480] == before[:480]).all()
