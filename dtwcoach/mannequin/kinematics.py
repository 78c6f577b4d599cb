"""From joint angles to points: forward kinematics of the synthetic athlete.

Angles are anatomical, in degrees, zero in the upright posture with the arms hanging:

* flexion swings a limb forwards (a knee backwards), abduction away from the midline,
  rotation outwards, `forearm` is supination (palm forwards);
* pitch leans forwards, roll to the person's left, yaw and twist turn to the left.

Foot channels are positions on the floor in **leg lengths** (so that they scale with the body):
`foot_x` outwards from the midline, `foot_z` forwards, `foot_y` up; `foot_pitch` lifts the heel
over the toes and `foot_yaw` turns the toes out, in degrees. `load` shares the body's weight
between the feet. `root_x`, `root_z` shift the balance point from the middle of the feet.

World: metres, right-handed, y up, floor at 0, facing +z, the left side at +x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.person import Person
from dtwcoach.pose import KEYPOINTS, FloatArray, mirrored_name

POINTS: tuple[str, ...] = (*KEYPOINTS, "pelvis", "chest", "neck", "head")
"""Every point of the body: the 33 keypoints and four inner ones that only drawing needs."""

POINT_INDEX: dict[str, int] = {name: number for number, name in enumerate(POINTS)}

SIDES: dict[str, int] = {"left": 1, "right": -1}

_MIDLINE = {
    "pelvis_pitch": 0.0,
    "pelvis_roll": 0.0,
    "pelvis_yaw": 0.0,
    "trunk_pitch": 0.0,
    "trunk_roll": 0.0,
    "trunk_twist": 0.0,
    "neck_pitch": 0.0,
    "neck_yaw": 0.0,
    "root_x": 0.0,
    "root_z": 0.0,
}
_SIDED = {
    "hip_flexion": 0.0,
    "hip_abduction": 0.0,
    "hip_rotation": 0.0,
    "knee_flexion": 6.0,
    "ankle_flexion": 0.0,
    "shoulder_flexion": 2.0,
    "shoulder_abduction": 9.0,
    "shoulder_rotation": 0.0,
    "elbow_flexion": 12.0,
    "forearm": 0.0,
    "foot_x": 0.16,
    "foot_y": 0.0,
    "foot_z": 0.0,
    "foot_yaw": 10.0,
    "foot_pitch": 0.0,
    "load": 0.5,
}

NEUTRAL: dict[str, float] = {
    **_MIDLINE,
    **{f"{side}_{channel}": value for side in SIDES for channel, value in _SIDED.items()},
}
"""All channels with their value in a relaxed upright stance."""

_TURNS_ROUND = (
    "pelvis_roll",
    "pelvis_yaw",
    "trunk_roll",
    "trunk_twist",
    "neck_yaw",
    "root_x",
)

# Widest range a healthy adult joint allows, degrees (Kapandji; AAOS 1965, rounded outwards).
LIMITS: dict[str, tuple[float, float]] = {
    "knee_flexion": (1.0, 150.0),
    "elbow_flexion": (0.0, 150.0),
    "hip_abduction": (-35.0, 50.0),
    "hip_flexion": (-30.0, 130.0),
    "shoulder_abduction": (-20.0, 180.0),
    "shoulder_flexion": (-60.0, 180.0),
    "shoulder_rotation": (-90.0, 100.0),
    "ankle_flexion": (-50.0, 40.0),
    "trunk_pitch": (-40.0, 80.0),
    "neck_pitch": (-60.0, 60.0),
    "foot_pitch": (-30.0, 85.0),
    "foot_y": (0.0, 1.0),
    "load": (0.0, 1.0),
}

Channels = Mapping[str, FloatArray]
"""Channel name to its values over time; a channel left out stays at `NEUTRAL`."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Points placed so far, by name, and the rotations that later steps need."""

    points: dict[str, FloatArray]
    pelvis: FloatArray
    trunk: FloatArray


def mirrored_channels(channels: Mapping[str, float]) -> dict[str, float]:
    """The same posture seen in a mirror: sides swapped, turns reversed.

    >>> mirrored_channels({"left_knee_flexion": 90.0, "trunk_roll": 5.0})
    {'right_knee_flexion': 90.0, 'trunk_roll': -5.0}
    """
    return {
        mirrored_name(name): -value if name in _TURNS_ROUND else value
        for name, value in channels.items()
    }


def complete(channels: Channels, *, frames: int) -> dict[str, FloatArray]:
    """All channels over time, within the joints' limits.

    Raises
    ------
    UsageError
        When a channel has an unknown name.
    """
    unknown = sorted(set(channels) - set(NEUTRAL))
    if unknown:
        raise UsageError(f"Unknown channel {unknown[0]!r}; known are {', '.join(NEUTRAL)}.")
    full = {}
    for name, value in NEUTRAL.items():
        values = np.broadcast_to(np.asarray(channels.get(name, value), dtype=float), (frames,))
        side, _, rest = name.partition("_")
        low_high = LIMITS.get(rest if side in SIDES else name)
        full[name] = values if low_high is None else np.clip(values, *low_high)
    return full


def rotation(axis: str, degrees: FloatArray | float) -> FloatArray:
    """Rotation matrices (..., 3, 3) about the x, y or z axis, right-handed, in degrees."""
    angle = np.radians(np.asarray(degrees, dtype=float))
    one, zero, c, s = (
        np.ones_like(angle),
        np.zeros_like(angle),
        np.cos(angle),
        np.sin(angle),
    )
    rows = {
        "x": (one, zero, zero, zero, c, -s, zero, s, c),
        "y": (c, zero, s, zero, one, zero, -s, zero, c),
        "z": (c, -s, zero, s, c, zero, zero, zero, one),
    }[axis]
    return np.asarray(np.stack(rows, axis=-1).reshape(*angle.shape, 3, 3))


def turn(matrices: FloatArray, vector: tuple[float, float, float]) -> FloatArray:
    """Apply rotations (time, 3, 3) to one vector: (time, 3)."""
    return np.asarray(matrices @ np.asarray(vector))


def upper_body(person: Person, channels: Channels) -> Parts:
    """Trunk, head and arms relative to the pelvis, from complete channels."""
    limbs, height = person.limbs, person.height_m
    pelvis = (
        rotation("y", channels["pelvis_yaw"])
        @ rotation("x", channels["pelvis_pitch"])
        @ rotation("z", -channels["pelvis_roll"])
    )
    trunk = (
        pelvis
        @ rotation("y", channels["trunk_twist"])
        @ rotation("x", channels["trunk_pitch"])
        @ rotation("z", -channels["trunk_roll"])
    )
    points = {"pelvis": np.zeros((len(pelvis), 3))}
    lumbar = turn(pelvis, (0, 0.3 * limbs.trunk, 0))
    shoulders = lumbar + turn(trunk, (0, 0.7 * limbs.trunk, 0))
    points["chest"] = shoulders - turn(trunk, (0, 0.03 * height, 0))
    points["neck"] = shoulders + turn(trunk, (0, 0.1 * limbs.head_neck, -0.006 * height))
    for side, sign in SIDES.items():
        points[f"{side}_hip"] = turn(pelvis, (sign * limbs.hip_width / 2, 0, 0))
        points[f"{side}_shoulder"] = shoulders + turn(
            trunk, (sign * limbs.shoulder_width / 2, 0, 0)
        )
    parts = Parts(points, pelvis, trunk)
    place_head(person, channels, parts)
    for side in SIDES:
        place_arm(person, channels, parts, side)
    return parts


# Places on the head in its own frame, relative to the centre of the skull, in statures.
_FACE = {
    "nose": (0.0, -0.012, 0.064),
    "eye_inner": (0.009, 0.008, 0.052),
    "eye": (0.018, 0.008, 0.050),
    "eye_outer": (0.027, 0.008, 0.045),
    "ear": (0.044, -0.006, 0.0),
    "mouth": (0.014, -0.034, 0.052),
}


def place_head(person: Person, channels: Channels, parts: Parts) -> None:
    """Add the head and the face to `parts`."""
    points = parts.points
    facing = (
        parts.trunk @ rotation("y", channels["neck_yaw"]) @ rotation("x", channels["neck_pitch"])
    )
    head = points["neck"] + turn(
        facing, (0, 0.54 * person.limbs.head_neck, 0.012 * person.height_m)
    )
    points["head"] = head
    for name, (x, y, z) in _FACE.items():
        for side, sign in SIDES.items():
            label = {"nose": "nose", "mouth": f"mouth_{side}"}.get(name)
            if label is None:
                base, _, edge = name.partition("_")
                label = f"{side}_{base}_{edge}".rstrip("_")
            offset = (
                sign * x * person.height_m,
                y * person.height_m,
                z * person.height_m,
            )
            points[label] = head + turn(facing, offset)


def place_arm(person: Person, channels: Channels, parts: Parts, side: str) -> None:
    """Add one arm, hanging from its shoulder by the joint angles, to `parts`."""
    sign, limbs, points = SIDES[side], person.limbs, parts.points
    upper = (
        parts.trunk
        @ rotation("x", -channels[f"{side}_shoulder_flexion"])
        @ rotation("z", sign * channels[f"{side}_shoulder_abduction"])
        @ rotation("y", sign * channels[f"{side}_shoulder_rotation"])
    )
    fore = upper @ rotation("x", -channels[f"{side}_elbow_flexion"])
    points[f"{side}_elbow"] = points[f"{side}_shoulder"] + turn(upper, (0, -limbs.upper_arm, 0))
    points[f"{side}_wrist"] = points[f"{side}_elbow"] + turn(fore, (0, -limbs.forearm, 0))
    place_hand(person, parts, side, fore @ rotation("y", sign * channels[f"{side}_forearm"]))


def place_hand(person: Person, parts: Parts, side: str, hand: FloatArray) -> None:
    """Add knuckles and thumb; the hand's frame has the fingers at -y and the thumb at +z."""
    wrist, length = parts.points[f"{side}_wrist"], person.limbs.hand
    for finger, offset in {
        "index": (0.0, -0.62, 0.17),
        "pinky": (0.0, -0.55, -0.2),
        "thumb": (0.0, -0.4, 0.32),
    }.items():
        x, y, z = (length * part for part in offset)
        parts.points[f"{side}_{finger}"] = wrist + turn(hand, (x, y, z))


def place_leg(person: Person, channels: Channels, parts: Parts, side: str) -> None:
    """Add one free leg, hanging from its hip by the joint angles, to `parts`."""
    sign, limbs, points = SIDES[side], person.limbs, parts.points
    thigh = (
        parts.pelvis
        @ rotation("x", -channels[f"{side}_hip_flexion"])
        @ rotation("z", sign * channels[f"{side}_hip_abduction"])
        @ rotation("y", sign * channels[f"{side}_hip_rotation"])
    )
    shank = thigh @ rotation("x", channels[f"{side}_knee_flexion"])
    points[f"{side}_knee"] = points[f"{side}_hip"] + turn(thigh, (0, -limbs.thigh, 0))
    points[f"{side}_ankle"] = points[f"{side}_knee"] + turn(shank, (0, -limbs.shank, 0))
    place_foot(person, parts, side, shank @ rotation("x", -channels[f"{side}_ankle_flexion"]))


def foot_offsets(person: Person) -> dict[str, tuple[float, float, float]]:
    """Heel and toe relative to the ankle of a foot that stands flat and points forwards."""
    limbs = person.limbs
    return {
        "heel": (0.0, -0.72 * limbs.ankle, -0.2 * limbs.foot),
        "toe": (0.0, -0.80 * limbs.ankle, 0.68 * limbs.foot),
    }


def place_foot(person: Person, parts: Parts, side: str, foot: FloatArray) -> None:
    """Add heel and toe to `parts`, given the foot's orientation."""
    ankle = parts.points[f"{side}_ankle"]
    for part, offset in foot_offsets(person).items():
        parts.points[f"{side}_{part}"] = ankle + turn(foot, offset)


def two_bone(
    start: FloatArray,
    end: FloatArray,
    *,
    upper_m: float,
    lower_m: float,
    pole: FloatArray,
) -> FloatArray:
    """Middle joint of a two-bone limb between two fixed ends (time, 3).

    `pole` (time, 3) is the direction in which the joint bends. Ends farther apart than the limb
    is long are bridged as if it were straight.
    """
    span = end - start
    distance = np.linalg.norm(span, axis=-1, keepdims=True)
    axis = span / np.maximum(distance, 1e-9)
    reach = np.clip(distance, abs(upper_m - lower_m) + 1e-6, upper_m + lower_m - 1e-6)
    along = (upper_m**2 - lower_m**2 + reach**2) / (2 * reach)
    out = np.sqrt(np.maximum(upper_m**2 - along**2, 0.0))
    side = pole - (pole * axis).sum(axis=-1, keepdims=True) * axis
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    return np.asarray(start + along * axis + out * side)


def reach_m(upper_m: float, lower_m: float, flexion_deg: FloatArray) -> FloatArray:
    """Distance between the ends of a two-bone limb bent by so many degrees."""
    bend = np.cos(np.radians(flexion_deg))
    return np.asarray(np.sqrt(upper_m**2 + lower_m**2 + 2 * upper_m * lower_m * bend))


# Segment masses as shares of body mass and centres of mass from the upper joint (Winter, 4th
# ed., table 4.1), written as shares of the points at either end.
_MASS = {
    ("head", "head"): (0.081, 0.5),
    ("chest", "pelvis"): (0.497, 0.5),
    **{
        (f"{side}_{upper}", f"{side}_{lower}"): (mass, at)
        for side in SIDES
        for upper, lower, mass, at in (
            ("shoulder", "elbow", 0.028, 0.436),
            ("elbow", "wrist", 0.016, 0.430),
            ("wrist", "index", 0.006, 0.5),
            ("hip", "knee", 0.100, 0.433),
            ("knee", "ankle", 0.0465, 0.433),
            ("heel", "toe", 0.0145, 0.5),
        )
    },
}


def _mass_weights() -> FloatArray:
    weights = np.zeros(len(POINTS))
    for (upper, lower), (mass, at) in _MASS.items():
        weights[POINT_INDEX[upper]] += mass * (1 - at)
        weights[POINT_INDEX[lower]] += mass * at
    return np.asarray(weights / weights.sum())


MASS_WEIGHTS = _mass_weights()
MASS_WEIGHTS.setflags(write=False)


def centre_of_mass(points: FloatArray) -> FloatArray:
    """Centre of mass (time, 3) of points (time, P, 3)."""
    return np.asarray(np.einsum("tpc,p->tc", points, MASS_WEIGHTS))


def stacked(parts: Parts) -> FloatArray:
    """Points (time, P, 3) in the order of `POINTS`."""
    return np.stack([parts.points[name] for name in POINTS], axis=1)
