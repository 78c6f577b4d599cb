"""Gestures and signs: what the mannequin can say with a hand, the head and the face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

Direction = tuple[float, float, float]

RISE_S = 0.7
"""Seconds from rest to the first key, and from the last one back."""


@dataclass(frozen=True)
class Key:
    """How hand, head and face are at one moment; what is left out is at rest.

    Parameters
    ----------
    seconds : float
        How long it takes from the key before.
    at : (out, up, forward)
        The wrist in arm lengths from the shoulder.
    along, palm : (out, up, forward)
        Where the straight hand points, and where the palm looks.
    shape : str
        One of `hand.SHAPES`.
    elbow : (out, up, forward)
        Where the bent elbow points.
    head : mapping
        Degrees of "neck_pitch" and "neck_yaw" (see `kinematics`).
    face : mapping
        How much of each of `face.EXPRESSIONS`.
    """

    seconds: float
    at: Direction = (0.10, -0.96, 0.10)
    along: Direction = (0.02, -1.0, 0.15)
    palm: Direction = (-1.0, 0.0, 0.1)
    shape: str = "relaxed"
    elbow: Direction = (0.4, -1.0, -0.3)
    head: Mapping[str, float] = field(default_factory=dict)
    face: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Gesture:
    """One gesture: out of rest, through its keys, back to rest.

    Parameters
    ----------
    name, title : str
    keys : tuple of Key
    """

    name: str
    title: str
    keys: tuple[Key, ...]


REST = Key(RISE_S)
_UP = Key(RISE_S, at=(0.20, -0.02, 0.40), along=(0.08, 1.0, 0.12), palm=(-0.05, -0.1, 1.0))
_AWAY = replace(_UP, at=(0.05, -0.05, 0.72))
_PINCH = replace(_UP, at=(0.12, -0.10, 0.45), along=(-0.2, 0.95, 0.25), palm=(-0.75, 0.0, 0.65))
_COME = replace(_UP, at=(0.12, -0.12, 0.45), along=(0.0, 0.95, 0.35), palm=(-0.1, 0.3, -1.0))
_POINT = replace(_UP, at=(0.50, -0.10, 0.45), along=(0.95, 0.15, 0.15), palm=(0.1, -0.5, 0.85))
_THUMB = replace(_UP, at=(0.15, -0.15, 0.45), along=(-0.6, 0.5, 0.6), palm=(-0.7, 0.1, -0.7))
_DOWN = Key(
    RISE_S,
    at=(-0.02, -0.20, 0.52),
    along=(-0.9, -0.1, 0.35),
    palm=(0.4, 0.1, 0.9),
    elbow=(1.0, -0.1, -0.3),
)
_SMILE = replace(REST, seconds=0.6, face={"smile": 1.0, "brow": 0.3})


def _tilted(degrees: float, seconds: float = 0.28) -> Key:
    """The raised open hand, leaning outwards."""
    out, up = float(np.sin(np.radians(degrees))), float(np.cos(np.radians(degrees)))
    place, along = (0.22 + 0.12 * out, 0.0, 0.38), (out, up, 0.12)
    return replace(_UP, seconds=seconds, at=place, along=along, shape="open")


def _shown(shape: str, key: Key = _UP) -> tuple[Key, ...]:
    """A hand in that shape, held for a moment."""
    return replace(key, shape=shape), replace(key, shape=shape, seconds=0.7)


def _between(key: Key, first: str, second: str, *, times: int, seconds: float) -> tuple[Key, ...]:
    """A hand that goes from one shape to another and back."""
    there, back = (replace(key, shape=shape, seconds=seconds) for shape in (second, first))
    return (replace(key, shape=first), *(there, back) * times)


def _moved(channel: str, first: float, second: float, *, seconds: float) -> tuple[Key, ...]:
    """A head that goes there and back, twice."""
    return tuple(replace(REST, seconds=seconds, head={channel: x}) for x in (first, second)) * 2


_TABLE = (
    ("wave", "Wave", (_tilted(0, RISE_S), *(_tilted(28), _tilted(-18)) * 3)),
    ("pinch", "Pinch", _between(_PINCH, "claw", "pinch", times=2, seconds=0.35)),
    ("thumbs_up", "Thumbs up", _shown("thumb", _THUMB)),
    ("thumbs_down", "Thumbs down", _shown("thumb", _DOWN)),
    ("victory", "Victory", _shown("victory")),
    ("ok", "OK", _shown("ring")),
    ("i_love_you", "I love you", _shown("i_love_you")),
    ("point", "Point aside", _shown("point", _POINT)),
    ("fist", "Close the fist", _between(_UP, "open", "fist", times=2, seconds=0.4)),
    ("come_here", "Come here", _between(_COME, "flat", "hook", times=3, seconds=0.25)),
    ("stop", "Stop", _shown("flat", _AWAY)),
    ("nod", "Nod", _moved("neck_pitch", 17.0, -5.0, seconds=0.3)),
    ("shake_head", "Shake the head", _moved("neck_yaw", 24.0, -24.0, seconds=0.35)),
    ("smile", "Smile", (_SMILE, replace(_SMILE, seconds=1.0))),
)
GESTURES: Mapping[str, Gesture] = MappingProxyType({row[0]: Gesture(*row) for row in _TABLE})
"""All gestures by name."""
