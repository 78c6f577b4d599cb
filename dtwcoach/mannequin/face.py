"""A head's picture: skin, eyes, brows, mouth and hair, painted once per person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwcoach.mannequin.look import Look
from dtwcoach.mannequin.shading import Float32Array

SIZE = 128
"""Texels across the face."""

EXPRESSIONS = ("smile", "open", "brow", "blink")
"""What a face can do, each from 0 (at rest) to 1: smile, open the mouth, raise the brows, shut the
eyes."""

Vector = NDArray[np.float64]


def paint(
    look: Look,
    marks: dict[str, Vector],
    *,
    blur_texels: int,
    expression: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
) -> Float32Array:
    """Front and back picture of a head for `shading.Ellipsoid`.

    Parameters
    ----------
    look : Look
    marks : dict of (2,) float
        Places of "left_eye", "right_eye", "mouth" and "nose" in units of the head's half-axes
        (to the person's left, up), each within -1 to 1.
    blur_texels : int
        Half-width of the smoothing: the size of a pixel on the head, so that nothing flickers.
    expression : tuple of float
        How much of each of `EXPRESSIONS`.

    Returns
    -------
    (3, 2 * SIZE, SIZE) float32
    """
    axis = (np.arange(SIZE) - (SIZE - 1) / 2) / ((SIZE - 1) / 2)
    x, y = np.meshgrid(axis, -axis)
    skin, hair = np.array(look.skin, dtype=float), np.array(look.hair, dtype=float)
    front = np.broadcast_to(skin[:, None, None], (3, SIZE, SIZE)).copy()
    dark = skin * 0.62
    lips = 0.62 * skin + 0.38 * np.array([168.0, 52.0, 58.0])

    smile, opened, raised, shut = expression
    lid = 1.0 - 0.85 * shut

    def spot(
        centre: Vector,
        half: tuple[float, float],
        rgb: Vector,
        strength: float = 1.0,
        curl: float = 0.0,
    ) -> None:
        aside = (x - centre[0]) / half[0]
        u = np.hypot(aside, (y - centre[1] - curl * aside**2) / half[1])
        cover = strength * np.clip((1 - u) * min(half) * SIZE / 2 + 0.5, 0, 1)
        front[:] += (rgb[:, None, None] - front) * cover

    brow_rgb = hair if look.hair_style != "bald" else dark * 0.7
    for side, sign in (("left_eye", 1.0), ("right_eye", -1.0)):
        eye = marks[side]
        spot(eye, (0.27, 0.14), dark, 0.35)  # the hollow the eye lies in
        spot(eye, (0.17, 0.068 * lid), np.array([246.0, 244.0, 240.0]))
        spot(eye, (0.078, 0.072 * lid), np.array([44.0, 30.0, 24.0]))
        if shut < 0.5:
            spot(eye + (0.03, 0.03), (0.02, 0.02), np.array([240.0, 240.0, 240.0]))
        spot(eye + (0, 0.068 * lid), (0.18, 0.022), dark * 0.55)
        spot(eye + (0.02 * sign, 0.17 + 0.1 * raised), (0.2, 0.036), brow_rgb * 0.8)
        spot(marks["nose"] + (0.075 * sign, -0.01), (0.034, 0.02), dark * 0.7)
        spot(marks["nose"] + (0.45 * sign, -0.08), (0.24, 0.18), lips, 0.12)  # cheeks
    mouth, curl, wide = marks["mouth"] - (0, 0.06 * opened), 0.07 * smile, 1 + 0.38 * smile
    spot(mouth, (0.27 * wide, 0.066 + 0.1 * opened), lips, curl=curl)
    spot(mouth, (0.26 * wide, 0.016 + 0.1 * opened), dark * 0.6, curl=curl)
    if smile + opened > 0:
        teeth = np.array([238.0, 234.0, 226.0])
        spot(mouth + (0, 0.045 * opened), (0.22 * wide, 0.03 * smile), teeth, smile, curl)
        for sign in (1.0, -1.0):  # the fold between nose and corner of the mouth
            fold = mouth + (sign * 0.33 * wide, curl + 0.08)
            spot(fold, (0.03, 0.12), dark, 0.5 * smile)
    spot(mouth + (0, -0.12 - 0.1 * opened), (0.2, 0.03), dark, 0.35)
    back = np.broadcast_to(skin[:, None, None], (3, SIZE, SIZE)).copy()
    if look.hair_style != "bald":
        low = -0.42 if look.hair_style in ("short", "crop") else -0.55
        back = np.where(y > low, hair[:, None, None], back)
        front = np.where((y > 0.62) | ((np.abs(x) > 0.93) & (y > 0)), hair[:, None, None], front)
    texture = np.concatenate([front, back], axis=1)
    return _smooth(texture, blur_texels).astype(np.float32)


def _smooth(planes: Vector, half: int) -> Vector:
    """Box means over (2 half + 1) squares, front and back apart."""
    if half < 1:
        return planes
    split = planes.reshape(3, 2, SIZE, SIZE)
    for axis in (2, 3):
        pad = [(0, 0)] * 4
        pad[axis] = (half + 1, half)
        total = np.cumsum(np.pad(split, pad, mode="edge"), axis=axis)
        ends = np.take(total, range(2 * half + 1, total.shape[axis]), axis=axis)
        starts = np.take(total, range(total.shape[axis] - 2 * half - 1), axis=axis)
        split = (ends - starts) / (2 * half + 1)
    return split.reshape(planes.shape)
