"""Hands with fingers: their joints in a shape, and the flesh around them.

A hand has three axes: `along` from the wrist to the knuckles, `thumb` across the palm to the
thumb's side, and `palm` out of the palm. Lengths are shares of the hand's length, wrist to tip of
the middle finger.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dtwcoach.mannequin.shading import Float32Array, Section, Tube
from dtwcoach.pose import FINGER_JOINTS, FINGERS, HAND_INDEX, FloatArray

Vector = NDArray[np.float64]
Row = tuple[float, float, float, float]


# Bones as shares of the hand's length: Buchholz, Armstrong & Goldstein (1992), Ergonomics 35:261.
# Metacarpal, proximal, middle and distal phalanx; of the thumb metacarpal and two phalanges.
BONES: dict[str, tuple[float, ...]] = {
    "thumb": (0.251, 0.196, 0.158),
    "index": (0.463, 0.245, 0.143, 0.097),
    "middle": (0.446, 0.266, 0.170, 0.108),
    "ring": (0.421, 0.244, 0.165, 0.107),
    "pinky": (0.414, 0.204, 0.117, 0.093),
}
FAN_DEG = {"index": 16.0, "middle": 4.0, "ring": -9.0, "pinky": -23.0}
"""How the metacarpals fan out from the wrist, towards the thumb."""
THUMB_ROOT = (0.05, 0.12, 0.12)
"""Where the thumb's metacarpal begins: out of the palm, along, towards the thumb."""


def _straight(spread: float, bend: float = 4.0) -> Row:
    return (spread, bend, 5.0, 4.0)


def _folded(spread: float) -> Row:
    return (spread, 82.0, 97.0, 62.0)


_OPEN = (_straight(12), _straight(3), _straight(-6), _straight(-16))
_FOLDED = (_folded(2), _folded(0), _folded(-2), _folded(-4))
_CROSSED = (24.0, 52.0, 42.0, 42.0)  # the thumb before folded fingers
_PINCHING = ((26.0, 40.0, 14.0, 27.0), (4.0, 49.0, 44.0, 31.0))

SHAPES: Mapping[str, FloatArray] = MappingProxyType(
    {
        name: np.array(rows, dtype=float)
        for name, rows in {
            "relaxed": (
                (30.0, 25.0, 10.0, 15.0),
                (4.0, 20.0, 30.0, 20.0),
                (1.0, 25.0, 35.0, 24.0),
                (-2.0, 28.0, 38.0, 26.0),
                (-6.0, 30.0, 40.0, 28.0),
            ),
            "open": ((42.0, 18.0, 0.0, 0.0), *_OPEN),
            "flat": ((30.0, 15.0, 5.0, 5.0), *map(_straight, (5.0, 1.0, -3.0, -8.0))),
            "hook": ((30.0, 25.0, 10.0, 10.0), *((s, 62.0, 75.0, 45.0) for s in (4, 1, -2, -5))),
            "fist": (_CROSSED, *_FOLDED),
            "thumb": ((72.0, 5.0, 0.0, 0.0), *_FOLDED),
            "point": (_CROSSED, _straight(0), *_FOLDED[1:]),
            "victory": (_CROSSED, _straight(13), _straight(-9), *_FOLDED[2:]),
            "i_love_you": ((55.0, 10.0, 0.0, 0.0), _straight(6), *_FOLDED[1:3], _straight(-18)),
            "pinch": (*_PINCHING, *((s, 45.0, 50.0, 35.0) for s in (0, -3, -7))),
            "claw": ((36.0, 40.0, 5.0, 5.0), (4.0, 22.0, 30.0, 21.0))
            + tuple((s, 45.0, 50.0, 35.0) for s in (0, -3, -7)),
            "ring": (*_PINCHING, _straight(0, 14), _straight(-7, 8), _straight(-17)),
        }.items()
    }
)
"""What a hand can look like, (5, 4) degrees each (see `joints`)."""


def joints(shape: FloatArray) -> FloatArray:
    """The 21 keypoints of a hand in its own axes.

    Parameters
    ----------
    shape : (..., 5, 4) float
        Degrees. Of each finger: spread towards the thumb, then flexion of its three joints. Of
        the thumb: angle away from the other fingers, angle out of the palm's plane, flexion of
        its two outer joints.

    Returns
    -------
    (..., 21, 3) float
        Hand lengths from the wrist: out of the palm, along, towards the thumb.
    """
    angle = np.radians(np.asarray(shape, dtype=float))
    points = [np.zeros((*angle.shape[:-2], 3))]
    for number, finger in enumerate(FINGERS):
        own = angle[..., number, :]
        if finger == "thumb":
            place = np.broadcast_to(THUMB_ROOT, points[0].shape)
            out = own[..., 0]
            ways = [
                _way(own[..., 1], turned)
                for turned in (out, out - own[..., 2], out - own[..., 2] - own[..., 3])
            ]
            points.append(place)
        else:
            place = points[0]
            fan = np.radians(FAN_DEG[finger])
            bend = np.cumsum(own[..., 1:], axis=-1)
            ways = [_way(np.zeros_like(own[..., 0]), np.full_like(own[..., 0], fan))]
            ways += [_way(bend[..., joint], own[..., 0]) for joint in range(3)]
        for way, length in zip(ways, BONES[finger], strict=True):
            place = place + length * way
            points.append(place)
    return np.stack(points, axis=-2)


def _way(palmwards: FloatArray, thumbwards: FloatArray) -> FloatArray:
    """Unit vectors along, bent out of the palm and turned towards the thumb, in radians."""
    c = np.cos(palmwards)
    return np.stack([np.sin(palmwards), c * np.cos(thumbwards), c * np.sin(thumbwards)], axis=-1)


def axes(along: FloatArray, palm: FloatArray, *, side: str) -> FloatArray:
    """Rows out of the palm, along and towards the thumb (..., 3, 3) of a left or right hand.

    `along` (..., 3) is kept, `palm` (..., 3) is turned square to it.
    """
    along = along / np.linalg.norm(along, axis=-1, keepdims=True)
    palm = palm - (palm * along).sum(axis=-1, keepdims=True) * along
    palm = palm / np.linalg.norm(palm, axis=-1, keepdims=True)
    thumb = np.cross(palm, along) if side == "left" else np.cross(along, palm)
    return np.stack([palm, along, thumb], axis=-2)


# Half the width of the flesh at each joint from knuckle to tip, in shares of the hand's length.
_FLESH = {
    "thumb": (0.082, 0.060, 0.056, 0.042),
    "index": (0.054, 0.049, 0.043, 0.034),
    "middle": (0.055, 0.050, 0.043, 0.035),
    "ring": (0.052, 0.047, 0.041, 0.033),
    "pinky": (0.047, 0.041, 0.036, 0.029),
}


def solids(points: Vector, skin: Float32Array, *, side: str) -> list[Tube]:
    """The flesh of one hand.

    Parameters
    ----------
    points : (21, 3) float
        Camera-aligned metres.
    skin : (3,) float32
    side : {"left", "right"}
    """
    at = {name: points[row] for name, row in HAND_INDEX.items()}
    wrist = at["wrist"]
    length = float(np.linalg.norm(at["middle_mcp"] - wrist)) / BONES["middle"][0]
    across = at["index_mcp"] - at["pinky_mcp"]
    along = (at["middle_mcp"] + at["ring_mcp"]) / 2 - wrist
    palm = np.cross(along, across) if side == "left" else np.cross(across, along)
    palm, along, thumb = axes(along, palm, side=side)
    dark = (skin * np.array([0.5, 0.42, 0.4])).astype(np.float32)
    parts = _palm(at, palm, along, thumb, length, skin)
    for finger in FINGERS:
        places = [at[f"{finger}_{joint}"] for joint in FINGER_JOINTS[finger]]
        radii = [length * share for share in _FLESH[finger]]
        parts += _finger(places, radii, skin, dark)
    return parts


def _palm(
    at: dict[str, Vector],
    palm: Vector,
    along: Vector,
    thumb: Vector,
    length: float,
    skin: Float32Array,
) -> list[Tube]:
    wrist = at["wrist"]
    rows = (
        # along, towards the thumb, half width, half thickness
        (0.0, 0.0, 0.145, 0.085),
        (0.22, -0.01, 0.195, 0.085),
        (0.41, -0.015, 0.195, 0.060),
    )
    sections = [
        Section(
            wrist + length * (a * along + t * thumb),
            thumb * length * width,
            palm * length * thick,
            length * 0.035,
        )
        for a, t, width, thick in rows
    ]
    parts = [
        Tube(a.centre, b.centre, 0.0, 0.0, skin, a, b, domed=0.0)
        for a, b in itertools.pairwise(sections)
    ]
    heel = wrist + length * (0.1 * along - 0.1 * thumb + 0.03 * palm)
    edge = wrist + length * (0.32 * along - 0.13 * thumb + 0.025 * palm)
    parts.append(Tube(heel, edge, length * 0.075, length * 0.06, skin, domed=0.3))
    return parts


def _finger(
    places: list[Vector], radii: list[float], skin: Float32Array, dark: Float32Array
) -> list[Tube]:
    last = places[3] - places[2]
    tip = places[3] - last / np.linalg.norm(last) * radii[3]  # its round end is the tip
    parts = []
    for (a, wide), (b, narrow) in itertools.pairwise(zip([*places[:3], tip], radii, strict=True)):
        # A darker, wider twin a little behind: fingers that touch stay apart for the eye.
        back = np.array([0.0, 0.0, -0.35 * wide])
        parts.append(Tube(a + back, b + back, wide * 1.14, narrow * 1.14, dark))
        parts.append(Tube(a, b, wide, narrow, skin, domed=0.4))
    return parts
