"""What the athlete sees: the picture with skeleton, counter and score bar, below it what is said.

Letters are a fifteenth of the picture's height at least, the counter's a sixth: on a laptop three
metres away they can be read.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.live.coach import LiveState, Stage
from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.report.words import headline
from dtwcoach.scene import SIGNS

LEAST_HEIGHT_PX = 480
"""Smaller pictures are shown twice or more times as large: letters need room."""
COUNTER, LARGE, WORDS, STRIP = 1 / 6, 1 / 11, 1 / 15, 1 / 4
"""Height of letters, and of the strip below, as a share of the picture's."""
PAUSED = "Pause: press space to go on"
MOST_SCORE = 2.0
"""Where the score bar ends; the border, 1, lies in its middle."""


def draw(
    image: Picture, state: LiveState, *, title: str = "", prompt: str = "", held: bool = False
) -> Picture:
    """Return a picture of the camera with everything that is known of its moment.

    Parameters
    ----------
    image : (height, width, 3) uint8
        Stays as it is.
    state : LiveState
    title : str
        Of the exercise.
    prompt : str
        What a plan asks for now; "" without a plan.
    held : bool
        The athlete has pressed pause.

    Returns
    -------
    (height, width, 3) uint8
        Of `size_of` the image's size.
    """
    drawn, picture, strip = framed(image)
    times = len(picture) // len(image)
    drawing.draw_skeleton(picture, state.points * times, off=state.off)
    _draw_counter(picture, state)
    if prompt:
        _draw_prompt(picture, prompt)
    if state.last is not None:
        _draw_bar(picture, state.last)
    advice = PAUSED if held else _advice(state)
    if advice or state.last is None:
        draw_words(strip, [(advice or title, LARGE / STRIP, 2)])
    else:
        _draw_verdict(strip, state.last)
    return drawn


def draw_rest(
    image: Picture, prompt: str, *, before: SetAssessment | None = None, held: bool = False
) -> Picture:
    """Return a picture of the camera with what comes next and how the set before it went."""
    drawn, _, strip = framed(image)
    said = [(PAUSED if held else prompt, LARGE / STRIP, 1)]
    if before is not None:
        said += [(headline(before), WORDS / STRIP, 1)]
        said += [(cue.instruction, WORDS / STRIP, 1) for cue in before.summary.cues[:1]]
    draw_words(strip, said)
    return drawn


def draw_total(drawn: Picture, total: str) -> None:
    """Write below a picture that `draw` or `draw_rest` made how the workout went."""
    draw_words(drawn[round(len(drawn) / (1 + STRIP)) :], [(total, LARGE / STRIP, 2)])


def draw_summary(drawn: Picture, assessment: SetAssessment) -> None:
    """Write below a picture that `draw` made how the set went, and what to change first."""
    height = round(len(drawn) / (1 + STRIP))
    said = [(headline(assessment), LARGE / STRIP, 1)]
    said += [(cue.instruction, WORDS / STRIP, 2) for cue in assessment.summary.cues[:1]]
    draw_words(drawn[height:], said)


def framed(image: Picture) -> tuple[Picture, Picture, Picture]:
    """Return what is shown, and its two parts: the picture, enlarged, and an empty strip below."""
    times = _scale(image.shape[0])
    width, height = size_of((image.shape[1], image.shape[0]))
    seen = times * image.shape[0]
    drawn = np.empty((height, width, 3), np.uint8)
    large = np.repeat(np.repeat(image, times, axis=0), times, axis=1) if times > 1 else image
    drawn[:seen] = large[:, :width]
    return drawn, drawn[:seen], drawn[seen:]


def size_of(size: tuple[int, int]) -> tuple[int, int]:
    """Return (width, height) of what `draw` makes of pictures of this size; both even."""
    times = _scale(size[1])
    return times * size[0] // 2 * 2, round((1 + STRIP) * times * size[1] / 2) * 2


def _scale(height_px: int) -> int:
    return max(1, math.ceil(LEAST_HEIGHT_PX / height_px))


def _advice(state: LiveState) -> str:
    """What is said instead of the last verdict."""
    if state.stage is Stage.WAITING:
        return state.message
    return "Ready when you are" if state.stage is Stage.READY else ""


def _draw_counter(picture: Picture, state: LiveState) -> None:
    """Repetitions, or seconds in position, in the corner; below it where in the set one is."""
    height = len(picture)
    size, words = COUNTER * height, WORDS * height
    text = f"{state.held_s:.0f} s" if state.held_s else str(len(state.reps))
    room = round((0.62 * len(text) + 0.1) * size)
    counter = drawing.text_picture(text, size_px=size, width_px=room)
    drawing.paste(picture, counter, left=0, top=0)
    below = "" if state.held_s else state.phase.capitalize()
    if state.stage is Stage.RESTING:
        below = f"Rest {state.rest_s:.0f} s"
    if below:
        room = round((0.6 * len(below) + 0.4) * words)
        label = drawing.text_picture(below, size_px=words, width_px=room)
        drawing.paste(picture, label, left=0, top=len(counter))


def _draw_prompt(picture: Picture, prompt: str) -> None:
    """At the upper edge, between the counter and the bar."""
    height, width = picture.shape[:2]
    left = round(2.2 * COUNTER * height)
    room = max(1, width - left - round(0.09 * width))
    label = drawing.text_picture(prompt, size_px=WORDS * height, width_px=room)
    drawing.paste(picture, label, left=left, top=0)


def _draw_verdict(strip: Picture, rep: RepAssessment) -> None:
    """The last verdict with its sign, and its cue."""
    height = len(strip)
    sign, colour = SIGNS[rep.verdict]
    radius = 0.4 * height
    said = [(f"{rep.number}: {rep.verdict}", LARGE / STRIP, 1)]
    if rep.cue:
        said.append((rep.cue, WORDS / STRIP, 2))
    draw_words(strip, said, left=round(2.4 * radius))
    at = (1.2 * radius, height / 2)
    drawing.draw_sign(strip, sign, at=at, radius_px=radius, colour=colour)


def draw_words(strip: Picture, said: list[tuple[str, float, int]], *, left: int = 0) -> None:
    """Fill a strip with rows of text: words, their share of the strip's height, lines at most."""
    strip[:] = _words(tuple(said), strip.shape[1], len(strip), left=left)


@lru_cache(maxsize=16)
def _words(
    said: tuple[tuple[str, float, int], ...], width: int, height: int, *, left: int
) -> Picture:
    """What `draw_words` fills a strip with; remembered, since it stays for many frames."""
    strip = np.full((height, width, 3), drawing.INK, np.uint8)
    left += round(0.1 * height)
    text = np.vstack(
        [
            drawing.text_picture(
                words, size_px=share * height, width_px=max(1, width - left), lines=lines
            )
            for words, share, lines in said
        ]
    )
    drawing.paste(strip, text, left=left, top=max(0, (height - len(text)) // 2))
    strip.setflags(write=False)
    return strip


def _draw_bar(picture: Picture, rep: RepAssessment) -> None:
    """The last score on an upright bar at the right: from 0 below, the border in the middle."""
    if rep.verdict is Verdict.CANNOT_JUDGE:
        return
    height, width = picture.shape[:2]
    wide = max(8, round(0.03 * width))
    bar = picture[round(0.06 * height) : round(0.94 * height), width - 2 * wide : width - wide]
    bar[:] = drawing.PAPER
    filled = round(min(rep.score / MOST_SCORE, 1.0) * len(bar))
    bar[len(bar) - filled :] = SIGNS[rep.verdict][1]
    border = len(bar) // 2
    line = max(1, round(0.004 * height))
    bar[border - line : border + line] = drawing.INK
