"""Skeletons, signs and captions on pictures, quick enough to be drawn frame by frame.

Pictures are (height, width, 3) uint8, blue-green-red; places and sizes are in pixels, x to the
right and y down. What is called `draw_...` draws on the picture it is given. OpenCV and Pillow are
imported inside the functions.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtwcoach.pose import BONES, INDEX, MAJOR_JOINTS, FloatArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

BLUE: Colour = (178, 114, 0)
VERMILLION: Colour = (0, 94, 213)
"""Okabe and Ito's #0072B2 and #D55E00, which colour-blind people tell apart."""
GREY: Colour = (129, 119, 110)
INK: Colour = (40, 35, 31)
PAPER: Colour = (247, 245, 243)
WHITE: Colour = (255, 255, 255)

SUBPIXEL_BITS = 4
MOST_LETTERS = 400
"""Longer texts are cut before they are measured."""
SMALLER = (1.0, 0.85, 0.72)
"""A text that does not fit is set smaller by these steps, and then cut."""
_TURNS = np.radians(np.linspace(-180, 70, 9))
SIGNS: dict[str, tuple[FloatArray, ...]] = {
    "dot": (),
    "tick": (np.array([(-0.45, 0.05), (-0.12, 0.38), (0.48, -0.32)]),),
    "cross": (
        np.array([(-0.34, -0.34), (0.34, 0.34)]),
        np.array([(-0.34, 0.34), (0.34, -0.34)]),
    ),
    "question": (
        np.concatenate(
            [0.27 * np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1) - (0, 0.24), [(0.0, 0.2)]]
        ),
        np.array([(0.0, 0.5), (0.0, 0.5)]),
    ),
}
"""Strokes of each sign, on a disc of radius 1."""
_DRAWN_JOINTS = np.array([INDEX[name] for name in (*MAJOR_JOINTS, "left_toe", "right_toe")])
_HEAD = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
_BONES = np.array([[INDEX[end] for end in bone] for bone in BONES])


def bone_width_px(picture: Picture) -> float:
    """Return how thick bones are in a picture of this size."""
    return max(1.5, min(picture.shape[:2]) / 150)


def draw_skeleton(
    picture: Picture,
    points: FloatArray,
    *,
    off: NDArray[np.bool_] | None = None,
    colour: Colour = BLUE,
    off_colour: Colour = VERMILLION,
    width_px: float | None = None,
) -> None:
    """Draw bones, head and joints; joints that are off in another colour and with a ring.

    Parameters
    ----------
    picture : (height, width, 3) uint8
    points : (keypoint, 2) float
        Pixels; what is NaN is not drawn.
    off : (keypoint,) bool, optional
        Which are off. A bone between two of them is coloured as well.
    colour, off_colour : (blue, green, red)
    width_px : float, optional
        Of the bones; by default as the picture's size asks for.
    """
    off = np.zeros(len(points), dtype=bool) if off is None else off
    width = bone_width_px(picture) if width_px is None else width_px
    edge = 2 * max(1.0, 0.3 * width)
    points = _within_reach(picture, points)
    bones = _BONES[np.isfinite(points[_BONES]).all(axis=(1, 2))]
    head = _head(points)
    joints = [int(at) for at in _DRAWN_JOINTS if np.isfinite(points[at]).all()]
    # All outlines first, so that no joint is crossed by its neighbour's.
    for bone in bones:
        _line(picture, points[bone], WHITE, width + edge)
    if head is not None:
        _circle(picture, *head, WHITE, width + edge)
    for at in joints:
        _circle(picture, points[at], 1.3 * width + edge / 2, WHITE)
    for bone in bones:
        _line(picture, points[bone], off_colour if off[bone].all() else colour, width)
    if head is not None:
        _circle(picture, *head, off_colour if off[_HEAD].any() else colour, width)
    for at in joints:
        _circle(picture, points[at], 1.3 * width, off_colour if off[at] else colour)
    for at in (at for at in joints if off[at]):
        for line_px, shade in ((0.7 * width + edge, WHITE), (0.7 * width, off_colour)):
            _circle(picture, points[at], 3.1 * width, shade, line_px)


def draw_points(picture: Picture, points: FloatArray, *, colour: Colour = BLUE) -> None:
    """Draw (point, 2) pixels as small discs; what is NaN is not drawn."""
    radius = 0.5 * bone_width_px(picture)
    points = _within_reach(picture, points)
    for shade, size in ((WHITE, 2 * radius), (colour, radius)):
        for point in points[np.isfinite(points).all(axis=1)]:
            _circle(picture, point, size, shade)


def figure_points(
    positions: FloatArray, *, yaw_deg: float, torso_px: float, at: FloatArray
) -> FloatArray:
    """Return where a body in body coordinates is seen in a picture, (..., keypoint, 2) pixels.

    Parameters
    ----------
    positions : (..., keypoint, 3) float
        Torso lengths from the middle of the hips: to the body's left, up, forward.
    yaw_deg : float
        From where it is seen: 0 the front, 90 its left side.
    torso_px : float
        How long a torso length is.
    at : (2,) float
        Where the middle of the hips is.
    """
    left, up, forward = np.moveaxis(positions, -1, 0)
    across = np.cos(np.radians(yaw_deg)) * left - np.sin(np.radians(yaw_deg)) * forward
    return np.asarray(np.stack([across, -up], axis=-1) * torso_px + at)


def draw_sign(
    picture: Picture, sign: str, *, at: tuple[float, float], radius_px: float, colour: Colour
) -> None:
    """Draw one of `SIGNS` in white on a disc of the colour."""
    middle = np.array(at, dtype=float)
    _circle(picture, middle, radius_px, colour)
    for stroke in SIGNS[sign]:
        places = middle + radius_px * stroke
        for step in pairwise(places):
            _line(picture, np.array(step), WHITE, 0.2 * radius_px)


@lru_cache(maxsize=256)
def text_picture(
    text: str,
    *,
    size_px: float,
    width_px: int,
    lines: int = 1,
    colour: Colour = WHITE,
    background: Colour = INK,
) -> Picture:
    """Return a text as a picture `width_px` wide and only as high as its lines; remembered.

    Words are wrapped. What does not fit into so many lines is set smaller, and then cut. Letters
    that the font lacks lose their accents, or become question marks.
    """
    from PIL import Image, ImageDraw

    rows, font = _fitted(_plain(text), size_px, width_px, lines)
    row_px = round(1.25 * size_px)
    image = Image.new("RGB", (max(1, width_px), row_px * len(rows)), background[::-1])
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        pen.text((0, (number + 0.5) * row_px), row, font=font, fill=colour[::-1], anchor="lm")
    drawn = np.ascontiguousarray(np.asarray(image)[..., ::-1])
    drawn.setflags(write=False)
    return drawn


def paste(picture: Picture, part: Picture, *, left: int, top: int) -> None:
    """Lay a smaller picture over another; what reaches beyond the right or lower edge is cut."""
    room = picture[top : top + len(part), left : left + part.shape[1]]
    room[:] = part[: room.shape[0], : room.shape[1]]


def scaled_down(picture: Picture, *, most_width: int, most_height: int) -> Picture:
    """Return the picture no larger than this, in its own shape."""
    import cv2

    height, width = picture.shape[:2]
    share = min(1.0, most_width / width, most_height / height)
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(picture: Picture, *, most_bytes: int) -> bytes:
    """Return the picture as JPEG, in the best quality that stays under so many bytes.

    Never below a quality of 40, whatever the size.
    """
    import cv2

    for quality in (88, 80, 70, 60, 50, 40):
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= most_bytes:
            break
    return data.tobytes()


def _within_reach(picture: Picture, points: FloatArray) -> FloatArray:
    """Pixels with what is so far outside that drawing would overflow made NaN."""
    points = np.array(points[:, :2], dtype=float)
    points[(np.abs(points) > 4 * max(picture.shape)).any(axis=1)] = np.nan
    return points


def _head(points: FloatArray) -> tuple[FloatArray, float] | None:
    """Middle and radius of the head; None where it is not seen."""
    seen = points[_HEAD][np.isfinite(points[_HEAD]).all(axis=1)]
    ends = points[[INDEX[name] for name in ("left_shoulder", "left_hip")]]
    ends = np.stack([ends, points[[INDEX[name] for name in ("right_shoulder", "right_hip")]]])
    torso = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    wide = np.linalg.norm(ends[0, 0] - ends[1, 0])
    length = np.array([*torso, 1.3 * wide])
    if not len(seen) or not np.isfinite(length).any():
        return None
    return seen.mean(axis=0), 0.21 * float(np.nanmax(length))


def _line(picture: Picture, ends: FloatArray, colour: Colour, width_px: float) -> None:
    import cv2

    first, last = np.rint(ends * 2**SUBPIXEL_BITS).astype(int).tolist()
    thick = max(1, round(width_px))
    cv2.line(picture, first, last, colour, thick, cv2.LINE_AA, SUBPIXEL_BITS)


def _circle(
    picture: Picture,
    middle: FloatArray,
    radius_px: float,
    colour: Colour,
    line_px: float | None = None,
) -> None:
    """A disc, or with `line_px` a ring."""
    import cv2

    place = np.rint(middle * 2**SUBPIXEL_BITS).astype(int).tolist()
    radius = round(radius_px * 2**SUBPIXEL_BITS)
    thick = -1 if line_px is None else max(1, round(line_px))
    cv2.circle(picture, place, radius, colour, thick, cv2.LINE_AA, SUBPIXEL_BITS)


def _plain(text: str) -> str:
    """The text in letters that the font has."""
    text = unicodedata.normalize("NFKD", text[:MOST_LETTERS])
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = text.translate({0x2019: "'", 0x2013: "-", 0x2014: "-", 0x2212: "-"})
    text = text.encode("ascii", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fitted(text: str, size_px: float, width_px: int, lines: int) -> tuple[list[str], Any]:
    """Rows of the text and the font to set them in."""
    for share in SMALLER:
        font = _font(max(6.0, size_px * share))
        rows = _wrapped(text, font, width_px)
        if len(rows) <= lines and all(font.getlength(row) <= width_px for row in rows):
            return rows, font
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1]}..."]
    return [_cut(row, font, width_px) for row in rows], font


def _wrapped(text: str, font: Any, width_px: int) -> list[str]:
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and font.getlength(longer) > width_px:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def _cut(row: str, font: Any, width_px: int) -> str:
    """The row, shortened to the width."""
    if font.getlength(row) <= width_px:
        return row
    kept = row.removesuffix("...")
    while kept and font.getlength(f"{kept}...") > width_px:
        kept = kept[:-1]
    return f"{kept}..." if kept else ""


@lru_cache(maxsize=32)
def _font(size_px: float) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size_px)
