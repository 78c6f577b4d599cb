"""Probabilities drawn on pictures."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.drawing import BLUE, GREY
from dtwcoach.recognition.bars import draw_bars
from dtwcoach.recognition.stream import RecogniserState

CLASSES = ("squat", "lunge")


def drawn(chances: list[float], *said: str, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    picture = np.full((*size, 3), 200, np.uint8)
    draw_bars(picture, RecogniserState(np.array(chances), "", said), CLASSES)
    return picture


def columns_of(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((picture == colour).all(axis=2).any(axis=0).sum())


def test_bars_are_as_long_as_they_are_probable() -> None:
    full, half = columns_of(drawn([1.0, 0.0, 0.0]), BLUE), columns_of(drawn([0.5, 0, 0.5]), BLUE)
    assert full == pytest.approx(0.42 * 640, abs=2)
    assert half == pytest.approx(full / 2, abs=2)
    assert columns_of(drawn([0.5, 0.0, 0.5]), GREY) == half  # none of them has its own colour


def test_the_most_probable_stands_first() -> None:
    rows = np.flatnonzero((drawn([0.1, 0.9, 0.0]) == BLUE).all(axis=2).sum(axis=1) > 100)
    assert rows.max() < 480 / 14


def test_the_sentence_stands_at_the_lower_edge() -> None:
    without, with_words = drawn([1.0, 0.0, 0.0]), drawn([1.0, 0.0, 0.0], "squat", "lunge")
    changed = np.flatnonzero((without != with_words).any(axis=(1, 2)))
    assert changed.min() > 0.9 * 480 and changed.max() == 479


@pytest.mark.parametrize("size", [(16, 16), (48, 30), (1080, 1920)])
def test_pictures_of_any_size_hold_them(size: tuple[int, int]) -> None:
    assert drawn([0.2, 0.3, 0.5], "squat", size=size).shape == (*size, 3)
