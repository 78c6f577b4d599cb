from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import filmed

from dtwcoach.live.screen import size_of
from dtwcoach.record.recorder import RecorderState, Stage
from dtwcoach.record.screen import below, draw, words

POINTS = filmed("squat", 101, reps=1).image[0, :, :2]
STATE = RecorderState(
    stage=Stage.WAITING, label="right", number=3, planned=0, seconds=0.0, right=2, wrong=0,
    said="", points=POINTS, hands=np.full((2, 21, 2), np.nan),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "2 right, 0 wrong"),
        ({"stage": Stage.COUNTDOWN, "planned": 30}, "Starting take 3 of 30: right"),
        ({"stage": Stage.COUNTDOWN, "label": "wrong"}, "Starting take 3: wrong"),
        ({"stage": Stage.RECORDING}, "Recording take 3: right"),
        ({"stage": Stage.OVER}, "Finished: 2 right, 0 wrong"),
    ],
)
def test_words(change: dict[str, object], expected: str) -> None:
    assert words(replace(STATE, **change)) == expected  # type: ignore[arg-type]


def test_the_line_below() -> None:
    assert below(STATE) == "r: right, w: wrong, s: stop, u: undo, q: quit"
    assert below(replace(STATE, planned=3)) == "s: stop, u: undo, q: quit"
    assert below(replace(STATE, said="Take 2 undone")) == "Take 2 undone"
    assert below(replace(STATE, points=np.full((33, 2), np.nan))) == "Nobody in the picture"


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (161, 91), (1280, 720)])
@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_is_drawn_at_every_size(size: tuple[int, int], stage: Stage) -> None:
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    drawn = draw(image, replace(STATE, stage=stage, seconds=12.3))
    assert drawn.shape[1::-1] == size_of(size)
    assert (image == 128).all()


def test_a_dot_says_that_it_records() -> None:
    image = np.full((480, 640, 3), 128, np.uint8)
    at = (48, 640 - 48)
    vermillion = (0, 94, 213)
    assert tuple(draw(image, replace(STATE, stage=Stage.RECORDING))[at]) == vermillion
    assert tuple(draw(image, replace(STATE, stage=Stage.COUNTDOWN))[at]) == (128, 128, 128)


def test_hands_are_drawn() -> None:
    image = np.full((480, 640, 3), 128, np.uint8)
    hands = np.full((2, 21, 2), np.nan)
    hands[1, 4] = (600, 400)
    drawn = draw(image, replace(STATE, hands=hands))
    assert tuple(drawn[400, 600]) == (178, 114, 0)
    assert tuple(draw(image, STATE)[400, 600]) == (128, 128, 128)
