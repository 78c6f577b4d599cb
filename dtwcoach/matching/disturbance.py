"""Repetitions made wrong on purpose: a part of the body turned about its joint for a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.motion.features import FEATURES
from dtwcoach.pose import INDEX, SIDES, FloatArray

LEFT, UP, FORWARD = np.eye(3)
_HAND = ("wrist", "pinky", "index", "thumb")
_FOOT = ("ankle", "heel", "toe")


@dataclass(frozen=True)
class Joint:
    """A joint, and what turns with it.

    Parameters
    ----------
    rest, limb : (keypoint, keypoint)
        Two bones: the joint is straight where `limb`, which starts at it, points like `rest`.
    beyond : tuple of str
        Keypoints that turn.
    way : str
        Feature whose words say "further out" and the like, without its direction.
    hinge : int
        0: bends in the plane of its two bones; else about the body's left (1) or right (-1),
        as joints do that bend both ways from straight.
    reach_deg : (float, float)
        Least and most bend that people have (American Academy of Orthopaedic Surgeons, "Joint
        motion: method of measuring and recording", 1965, rounded up).
    """

    rest: tuple[str, str]
    limb: tuple[str, str]
    beyond: tuple[str, ...]
    way: str
    hinge: int
    reach_deg: tuple[float, float]


JOINTS: dict[str, Joint] = {
    "elbow": Joint(("shoulder", "elbow"), ("elbow", "wrist"), _HAND, "forearm", 0, (0, 150)),
    "shoulder": Joint(
        ("shoulder", "hip"), ("shoulder", "elbow"), ("elbow", *_HAND), "upper_arm", 0, (0, 180)
    ),
    "hip": Joint(("shoulder", "hip"), ("hip", "knee"), ("knee", *_FOOT), "thigh", -1, (-30, 140)),
    "knee": Joint(("hip", "knee"), ("knee", "ankle"), _FOOT, "shin", 0, (0, 150)),
    "ankle": Joint(("knee", "ankle"), ("ankle", "toe"), ("heel", "toe"), "shin", -1, (30, 120)),
}
"""The joints of one side; words and keypoints without their "left_" or "right_"."""


@dataclass(frozen=True)
class Part:
    """One joint of the body; `side` is "" for the trunk, which turns over the hips."""

    side: str
    joint: str

    @property
    def title(self) -> str:
        """As people say it: "left knee", "trunk"."""
        return f"{self.side} {self.joint}".strip()

    @property
    def beyond(self) -> tuple[int, ...]:
        """Indices of the keypoints that turn."""
        if not self.side:
            arms = {f"{side}_{name}" for side in SIDES for name in ("shoulder", "elbow", *_HAND)}
            face = ("nose", "eye", "ear", "mouth")
            return tuple(i for k, i in INDEX.items() if k in arms or any(f in k for f in face))
        return tuple(INDEX[f"{self.side}_{name}"] for name in JOINTS[self.joint].beyond)

    @property
    def needs(self) -> tuple[int, ...]:
        """Indices of the keypoints without which it cannot be turned."""
        if not self.side:
            return tuple(INDEX[f"{side}_{name}"] for side in SIDES for name in ("hip", "shoulder"))
        known = JOINTS[self.joint]
        return tuple(INDEX[f"{self.side}_{name}"] for name in {*known.rest, *known.limb})


PARTS: tuple[Part, ...] = (
    Part("", "trunk"),
    *(Part(side, joint) for joint in JOINTS for side in SIDES),
)


@dataclass(frozen=True, eq=False)
class Hinge:
    """How a part lies and turns at each moment of one repetition, all (time, 3) or (time,).

    Parameters
    ----------
    pivot : (time, 3) float
    limb : (time, 3) float
        Unit vector from the pivot to where the part's first bone ends.
    axes : (2, time, 3) float
        Unit axes of bending (for the trunk: leaning forward) and of going sideways.
    bend_deg : (time,) float
        How far from straight; NaN for the trunk.
    flat : bool
        Whether the pose has no depth.
    """

    pivot: FloatArray
    limb: FloatArray
    axes: FloatArray
    bend_deg: FloatArray
    flat: bool

    @property
    def moves(self) -> FloatArray:
        """Where the limb's end goes when turned a little about each axis, (2, time, 3)."""
        return np.cross(self.axes, self.limb)


def hinge_of(part: Part, positions: FloatArray) -> Hinge:
    """How a part lies and turns.

    Parameters
    ----------
    part : Part
    positions : (time, keypoint, 3) float
        Body coordinates.
    """
    flat = not positions[:, list(part.needs), 2].any()
    if part.side:
        known = JOINTS[part.joint]
        (a, b), (pivot, tip) = (
            [positions[:, INDEX[f"{part.side}_{end}"]] for end in ends]
            for ends in (known.rest, known.limb)
        )
        rest, limb, sign = _unit(b - a), _unit(tip - pivot), known.hinge
    else:
        pivot, tip = (
            (positions[:, INDEX[f"left_{end}"]] + positions[:, INDEX[f"right_{end}"]]) / 2
            for end in ("hip", "shoulder")
        )
        rest, limb, sign = np.broadcast_to(UP, pivot.shape), _unit(tip - pivot), 1
    across = np.cross(rest, limb)
    if flat:
        normal = np.broadcast_to(FORWARD, limb.shape)
        if part.side and across[:, 2].mean() < 0:
            normal = -normal
    elif sign:
        normal = np.broadcast_to(sign * LEFT, limb.shape)
    else:
        # A straight limb has no plane of its own: it borrows that of the whole repetition.
        normal = _unit(across + 0.1 * _unit(across.mean(axis=0)))
    bend = np.arctan2((across * normal).sum(axis=1), (rest * limb).sum(axis=1))
    sideways = _unit(np.cross(limb, normal))
    return Hinge(
        pivot,
        limb,
        np.stack([normal, sideways]),
        np.degrees(bend) if part.side else np.full(len(limb), np.nan),
        flat,
    )


def room_deg(part: Part, axis: int, sign: int, bend_deg: float) -> float:
    """How far a joint bent so far can be turned that way before it breaks; inf where it can."""
    if axis or not part.side:
        return float("inf")
    least, most = JOINTS[part.joint].reach_deg
    return max(0.0, most - bend_deg if sign > 0 else bend_deg - least)


def direction(part: Part, axis: int, sign: int, moves: FloatArray) -> str:
    """How people say it: "more bent", "further forward".

    Parameters
    ----------
    part, axis, sign
        Of the disturbance.
    moves : (3,) float
        Where the limb's end goes, on the whole, with the positive sign.
    """
    if part.side and not axis:
        feature = FEATURES[f"{part.side}_{part.joint}_angle"]
        sign = sign if part.joint == "shoulder" else -sign  # a larger angle is less bent
    else:
        main = int(np.argmax(np.abs(moves)))
        name = f"{part.side}_{JOINTS[part.joint].way}" if part.side else "trunk"
        feature = FEATURES[f"{name}_{('sideways', 'up', 'forward')[main]}"]
        sign = sign if moves[main] > 0 else -sign
    return feature.more if sign > 0 else feature.less


def disturbed(
    positions: FloatArray, part: Part, hinge: Hinge, axis: int, angles_deg: FloatArray
) -> FloatArray:
    """Copies of a repetition with a part turned about its joint.

    Parameters
    ----------
    positions : (time, keypoint, 3) float
    part : Part
    hinge : Hinge
        Of this part in this repetition.
    axis : int
        0 bends, 1 goes sideways.
    angles_deg : (copy, time) float
        How far, at each moment.

    Returns
    -------
    (copy, time, keypoint, 3) float
    """
    points = list(part.beyond)
    pivot, k = hinge.pivot[:, None], hinge.axes[axis][:, None]
    arm = positions[:, points] - pivot
    along = (arm * k).sum(axis=-1, keepdims=True) * k
    angle = np.radians(angles_deg)[..., None, None]
    # Rodrigues' rotation formula.
    turned = along + (arm - along) * np.cos(angle) + np.cross(k, arm) * np.sin(angle)
    copies = np.repeat(positions[None], len(angles_deg), axis=0)
    copies[:, :, points] = pivot + turned
    if hinge.flat:
        copies[..., 2] = 0.0 * copies[..., 2]
    return copies


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))
