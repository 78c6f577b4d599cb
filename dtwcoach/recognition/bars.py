"""Probabilities as bars on a picture, and below them what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.recognition.stream import RecogniserState

MOST_BARS = 5
"""So many are shown, the most probable first."""
ROW, WIDE = 1 / 14, 0.42
"""Height of a row, and width of a full bar, as shares of the picture's."""
NONE = "none of these"


def draw_bars(
    picture: Picture,
    state: RecogniserState,
    classes: Sequence[str],
    *,
    titles: Mapping[str, str] | None = None,
) -> None:
    """Draw the most probable classes as bars at the left, and the sentence along the lower edge.

    Parameters
    ----------
    picture : (height, width, 3) uint8
    state : RecogniserState
    classes : sequence of str
        `Recogniser.classes`.
    titles : mapping of str to str, optional
        What classes are called; else by their names.
    """
    titles = titles or {}
    names = [*(titles.get(name, name) for name in classes), NONE]
    height, width = picture.shape[:2]
    row, wide = max(8, round(ROW * height)), max(1, round(WIDE * width))
    order = np.argsort(-state.probabilities, kind="stable")[:MOST_BARS]
    for place, number in enumerate(order):
        share = float(state.probabilities[number])
        colour = drawing.GREY if number == len(classes) else drawing.BLUE
        top, edge = place * row, max(1, row // 10)
        band = picture[top : top + row - edge, :wide]
        band[:] = drawing.INK
        band[-max(2, row // 4) :, : round(share * wide)] = colour
        text = drawing.text_picture(
            f"{round(100 * share)} % {names[number]}", size_px=0.5 * row, width_px=wide
        )
        words = picture[top : top + max(1, row - edge - row // 4), :wide]
        drawing.paste(words, text, left=row // 4, top=0)
    if state.sentence:
        said = " - ".join(titles.get(name, name) for name in state.sentence)
        text = drawing.text_picture(said, size_px=0.7 * row, width_px=width)
        drawing.paste(picture, text, left=row // 4, top=height - len(text))
