"""Features of hands: how fingers are bent and spread, where the palm looks, where the hand is.

Directions are those of the picture, seen by somebody who faces the camera: to the person's left,
up, and forward to the camera. Unlike a body's features they need no hips in the picture.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from dtwcoach.motion.features import Feature, angle_between, inclinations, words
from dtwcoach.pose import FINGER_JOINTS, FINGERS, HAND_INDEX, INDEX, SIDES, FloatArray

if TYPE_CHECKING:
    from dtwcoach.pose import PoseSequence

TORSOS_PER_SHOULDERS = 1.35
"""Torso lengths in a width of the shoulders: seated people's hips are out of the picture."""

NEIGHBOURS: tuple[tuple[str, str], ...] = tuple(itertools.pairwise(FINGERS))
"""Fingers beside each other, whose angle is a feature."""


def _table(side: str) -> list[Feature]:
    called = {finger: finger if finger == "thumb" else f"{finger} finger" for finger in FINGERS}
    rows = []
    for finger in FINGERS:
        part = f"{side} {called[finger]}"
        rows.append(
            Feature(f"{side}_{finger}_bend", "deg", part, "angle", "more bent", "straighter")
        )
    for first, second in NEIGHBOURS:
        part, apart = f"{side} {first} and {called[second]}", ("further apart", "closer together")
        rows.append(Feature(f"{side}_{first}_{second}_spread", "deg", part, "angle", *apart))
    rows += [
        Feature(f"{side}_{part}_{way}", "deg", f"{side} {part}", "inclination", *words(side, way))
        for part in ("palm", "fingers")
        for way in ("sideways", "up", "forward")
    ]
    rows += [
        Feature(f"{side}_{place}_{name}", "torso", f"{side} hand", "position", *words(side, way))
        for place in ("hand", "hand_face")
        for name, way in (("side", "sideways"), ("height", "up"))
    ]
    return rows


HAND_FEATURES: dict[str, Feature] = {row.name: row for side in SIDES for row in _table(side)}
"""Every feature of the hands by name: bend of each finger, spread between neighbours, where the
palm looks and the fingers point, place relative to the shoulder (`hand`) and the nose
(`hand_face`)."""


def measure_hands(pose: PoseSequence) -> FloatArray:
    """Return every feature of `HAND_FEATURES`.

    Parameters
    ----------
    pose : PoseSequence
        With hands.

    Returns
    -------
    (time, feature) float
        In the order of `HAND_FEATURES`; NaN where the hand, or what its place is reckoned from,
        is missing.
    """
    assert pose.hands is not None
    upright = np.array([1.0, -1.0, -1.0])
    image = pose.image * upright
    hands = pose.hands * upright
    shoulders = image[:, [INDEX[f"{side}_shoulder"] for side in SIDES], :2]
    torso = _torso_px(shoulders)
    columns: dict[str, FloatArray] = {}
    for number, side in enumerate(SIDES):
        at = {name: hands[:, number, row] for name, row in HAND_INDEX.items()}
        columns |= {f"{side}_{name}": v for name, v in _fingers(at).items()}
        columns |= {f"{side}_{name}": v for name, v in _directions(at, side).items()}
        middle = (at["middle_mcp"] + at["wrist"])[:, :2] / 2
        for name, origin in (("hand", shoulders[:, number]), ("hand_face", image[:, 0, :2])):
            place = (middle - origin) / torso
            columns |= {f"{side}_{name}_side": place[:, 0], f"{side}_{name}_height": place[:, 1]}
    return np.stack([columns[name] for name in HAND_FEATURES], axis=1)


def _torso_px(shoulders: FloatArray) -> float:
    """One length for the recording: the longest view of the shoulders (95th percentile)."""
    width = np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=1)
    width = width[np.isfinite(width)]
    return float(np.percentile(width, 95)) * TORSOS_PER_SHOULDERS if len(width) else float("nan")


def _fingers(at: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Mean flexion of the joints of each finger, and the angles between neighbours, degrees."""
    columns, ways = {}, {}
    for finger in FINGERS:
        places = [at["wrist"], *(at[f"{finger}_{joint}"] for joint in FINGER_JOINTS[finger])]
        if finger == "thumb":
            places = places[1:]  # its root sits at the wrist and hardly bends
        bones = np.diff(places, axis=0)
        bends = [angle_between(a, b) for a, b in itertools.pairwise(bones)]
        columns[f"{finger}_bend"] = np.mean(bends, axis=0)
        ways[finger] = bones[1]
    for first, second in NEIGHBOURS:
        columns[f"{first}_{second}_spread"] = angle_between(ways[first], ways[second])
    return columns


def _directions(at: dict[str, FloatArray], side: str) -> dict[str, FloatArray]:
    """Where the palm looks and the hand points, as angles against three planes."""
    along = at["middle_mcp"] - at["wrist"]
    across = at["index_mcp"] - at["pinky_mcp"]
    palm = np.cross(along, across) if side == "left" else np.cross(across, along)
    return {
        f"{name}_{way}": value
        for name, vector in (("palm", palm), ("fingers", along))
        for way, value in inclinations(vector).items()
    }
