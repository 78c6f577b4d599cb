"""What whoever records sees: the body, how long still, and what is going on, in large letters."""

from __future__ import annotations

import math

import numpy as np

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.live.screen import COUNTER, LARGE, STRIP, WORDS, draw_words, framed
from dtwcoach.record.recorder import RecorderState, Stage

KEYS_BY_HAND = "r: right, w: wrong, s: stop, u: undo, q: quit"
KEYS_OF_A_PLAN = "s: stop, u: undo, q: quit"


def draw(image: Picture, state: RecorderState) -> Picture:
    """Return a picture of the camera with everything that is known of its moment.

    Parameters
    ----------
    image : (height, width, 3) uint8
        Stays as it is.
    state : RecorderState

    Returns
    -------
    (height, width, 3) uint8
        Of `live.screen.size_of` the image's size.
    """
    drawn, picture, strip = framed(image)
    times = len(picture) // len(image)
    drawing.draw_skeleton(picture, state.points * times)
    drawing.draw_points(picture, state.hands.reshape(-1, 2) * times)
    height, width = picture.shape[:2]
    if state.stage in (Stage.COUNTDOWN, Stage.RECORDING):
        counting = state.stage is Stage.COUNTDOWN
        text = f"{math.ceil(state.seconds) if counting else math.floor(state.seconds)}"
        size = COUNTER * height
        room = round((0.62 * len(text) + 0.1) * size)
        number = drawing.text_picture(text, size_px=size, width_px=room)
        drawing.paste(picture, number, left=0, top=0)
    if state.stage is Stage.RECORDING:
        radius = 0.05 * height
        at = (width - 2 * radius, 2 * radius)
        drawing.draw_sign(picture, "dot", at=at, radius_px=radius, colour=drawing.VERMILLION)
    draw_words(strip, [(words(state), LARGE / STRIP, 1), (below(state), WORDS / STRIP, 1)])
    return drawn


def words(state: RecorderState) -> str:
    """What is going on."""
    of = f" of {state.planned}" if state.planned else ""
    if state.stage is Stage.COUNTDOWN:
        return f"Starting take {state.number}{of}: {state.label}"
    if state.stage is Stage.RECORDING:
        return f"Recording take {state.number}{of}: {state.label}"
    done = f"{state.right} right, {state.wrong} wrong"
    return f"Finished: {done}" if state.stage is Stage.OVER else done


def below(state: RecorderState) -> str:
    """What just happened, or is missing, or else what may be pressed."""
    if state.said:
        return state.said
    if state.stage is not Stage.OVER and np.isnan(state.points).all():
        return "Nobody in the picture"
    return KEYS_OF_A_PLAN if state.planned else KEYS_BY_HAND
