"""Anatomical angles measured on the true points, for truth and for sizing faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.kinematics import POINT_INDEX, SIDES
from dtwcoach.pose import FloatArray


def _at(points: FloatArray, name: str) -> FloatArray:
    return np.asarray(points[..., POINT_INDEX[name], :])


def _between(a: FloatArray, b: FloatArray) -> FloatArray:
    dot = (a * b).sum(axis=-1)
    size = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.asarray(np.degrees(np.arccos(np.clip(dot / np.maximum(size, 1e-12), -1, 1))))


def _joint(a: str, b: str, c: str) -> Callable[[FloatArray], FloatArray]:
    return lambda points: _between(_at(points, a) - _at(points, b), _at(points, c) - _at(points, b))


def _spine(points: FloatArray) -> FloatArray:
    shoulders = (_at(points, "left_shoulder") + _at(points, "right_shoulder")) / 2
    return np.asarray(shoulders - _at(points, "pelvis"))


def _bend(a: FloatArray, b: FloatArray, points: FloatArray) -> FloatArray:
    """Angle from a to b in the body's side view, forwards positive, degrees."""
    across = _at(points, "left_hip") - _at(points, "right_hip")
    across = across / np.linalg.norm(across, axis=-1, keepdims=True)
    a = a - (a * across).sum(axis=-1, keepdims=True) * across
    b = b - (b * across).sum(axis=-1, keepdims=True) * across
    turned = (np.cross(a, b) * across).sum(axis=-1)
    return np.asarray(np.degrees(np.arctan2(turned, (a * b).sum(axis=-1))))


def _hip(side: str) -> Callable[[FloatArray], FloatArray]:
    return lambda points: np.asarray(
        _bend(
            _spine(points),
            _at(points, f"{side}_knee") - _at(points, f"{side}_hip"),
            points,
        )
        % 360
    )


def _arm_ahead(side: str) -> Callable[[FloatArray], FloatArray]:
    return lambda points: _bend(
        _at(points, f"{side}_elbow") - _at(points, f"{side}_shoulder"),
        -_spine(points),
        points,
    )


def _outwards(start: str, end: str, side: str) -> Callable[[FloatArray], FloatArray]:
    def outwards(points: FloatArray) -> FloatArray:
        """Inclination of a segment away from the plane that halves the body."""
        across = _at(points, "left_hip") - _at(points, "right_hip")
        across = SIDES[side] * across / np.linalg.norm(across, axis=-1, keepdims=True)
        segment = _at(points, end) - _at(points, start)
        share = (segment * across).sum(axis=-1) / np.linalg.norm(segment, axis=-1)
        return np.asarray(np.degrees(np.arcsin(np.clip(share, -1, 1))))

    return outwards


def _trunk(points: FloatArray) -> FloatArray:
    spine, across = _spine(points), _at(points, "left_hip") - _at(points, "right_hip")
    ahead = np.cross(across, np.array([0.0, 1.0, 0.0]))
    ahead = ahead / np.maximum(np.linalg.norm(ahead, axis=-1, keepdims=True), 1e-12)
    return np.asarray(np.degrees(np.arctan2((spine * ahead).sum(axis=-1), spine[..., 1])))


def _trunk_side(points: FloatArray) -> FloatArray:
    spine, across = _spine(points), _at(points, "left_hip") - _at(points, "right_hip")
    across = across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-12)
    return np.asarray(np.degrees(np.arctan2((spine * across).sum(axis=-1), spine[..., 1])))


def _head(points: FloatArray) -> FloatArray:
    return _bend(_spine(points), _at(points, "head") - _at(points, "neck"), points)


MEASURES: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        **{f"{s}_knee": _joint(f"{s}_hip", f"{s}_knee", f"{s}_ankle") for s in SIDES},
        **{f"{s}_elbow": _joint(f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist") for s in SIDES},
        **{f"{s}_shoulder": _joint(f"{s}_hip", f"{s}_shoulder", f"{s}_elbow") for s in SIDES},
        **{f"{s}_hip": _hip(s) for s in SIDES},
        **{f"{s}_thigh_out": _outwards(f"{s}_hip", f"{s}_knee", s) for s in SIDES},
        **{f"{s}_leg_out": _outwards(f"{s}_hip", f"{s}_ankle", s) for s in SIDES},
        **{f"{s}_arm_ahead": _arm_ahead(s) for s in SIDES},
        "trunk": _trunk,
        "trunk_side": _trunk_side,
        "head": _head,
    }
)
"""Angles in degrees by name, each a function of points (..., P, 3) in the mannequin's world.

Knees, elbows, shoulders and hips: 180 is straight (arms overhead); hips beyond 180 are
overstretched. `trunk` leans forwards, `trunk_side` to the left, from upright 0. `thigh_out` and
`leg_out` point away from the midline, `arm_ahead` forwards of the trunk. `head` is how far the
head is bent forwards against the trunk.
"""


def measure(points: FloatArray, name: str) -> FloatArray:
    """One angle over time, degrees.

    Raises
    ------
    UsageError
        For an unknown angle.
    """
    if name not in MEASURES:
        raise UsageError(f"Unknown angle {name!r}; known are {', '.join(MEASURES)}.")
    return MEASURES[name](points)
