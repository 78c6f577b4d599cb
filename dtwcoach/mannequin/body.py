"""Flesh and clothes around a skeleton: which solids, how thick, in which colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dtwcoach.mannequin import hand
from dtwcoach.mannequin.face import EXPRESSIONS, paint
from dtwcoach.mannequin.look import Look
from dtwcoach.mannequin.shading import Ellipsoid, Float32Array, Section, Tube
from dtwcoach.pose import INDEX, KEYPOINTS

Vector = NDArray[np.float64]
Solid = Tube | Ellipsoid

PLACES: dict[str, int] = {
    **INDEX,
    **{name: len(KEYPOINTS) + n for n, name in enumerate(("pelvis", "chest", "neck", "head"))},
}
"""Row of each point of the mannequin: the keypoints, then the trunk."""

SIDES = ("left", "right")

JOINT = 0.3
"""How much a tube's round end shows where a limb goes on (see `Tube.domed`)."""


EXPRESSION_STEPS = 16
"""Faces between rest and each full expression; so many pictures are painted and kept."""


class Build(Protocol):
    """Radii of a body's parts in metres (of chest, waist, hip and head: the mean of all around)."""

    @property
    def head(self) -> float: ...
    @property
    def neck(self) -> float: ...
    @property
    def shoulder(self) -> float: ...
    @property
    def upper_arm(self) -> float: ...
    @property
    def forearm(self) -> float: ...
    @property
    def wrist(self) -> float: ...
    @property
    def hand(self) -> float: ...
    @property
    def chest(self) -> float: ...
    @property
    def waist(self) -> float: ...
    @property
    def hip(self) -> float: ...
    @property
    def thigh(self) -> float: ...
    @property
    def knee(self) -> float: ...
    @property
    def shin(self) -> float: ...
    @property
    def ankle(self) -> float: ...
    @property
    def foot(self) -> float: ...


@dataclass(eq=False)
class Wardrobe:
    """Colours of a look as arrays and its painted head, made once per person.

    Parameters
    ----------
    look : Look
    blur_texels : int
        Smoothing of the face, see `face.paint`.
    """

    look: Look
    blur_texels: int
    _heads: dict[tuple[float, ...], Float32Array] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name in ("skin", "hair", "shirt", "trousers", "shoes"):
            setattr(self, name, np.array(getattr(self.look, name), dtype=np.float32))
        self.sole = np.array((214, 212, 206), dtype=np.float32)

    skin: Float32Array = field(init=False)
    hair: Float32Array = field(init=False)
    shirt: Float32Array = field(init=False)
    trousers: Float32Array = field(init=False)
    shoes: Float32Array = field(init=False)
    sole: Float32Array = field(init=False)

    def head(self, marks: dict[str, Vector], expression: Vector) -> Float32Array:
        """The painted head; a skull is rigid, so the first marks hold for all frames."""
        steps = tuple(np.round(expression * EXPRESSION_STEPS) / EXPRESSION_STEPS)
        if steps not in self._heads:
            self._heads[steps] = paint(
                self.look, marks, blur_texels=self.blur_texels, expression=steps
            )
        return self._heads[steps]


def unit(vector: Vector) -> Vector:
    """The vector at length one (unchanged when it has none)."""
    length = float(np.sqrt(vector @ vector))
    return vector / length if length > 1e-9 else vector


def solids(
    points: Vector,
    build: Build,
    wardrobe: Wardrobe,
    *,
    hands: Vector | None = None,
    expression: Vector | None = None,
) -> list[Solid]:
    """All solids of one person.

    Parameters
    ----------
    points : (len(PLACES), 3) float
        Camera-aligned metres.
    hands : (2, 21, 3) float, optional
        The same for the left and the right hand; without them hands have no fingers, which from
        afar is all one sees of them.
    expression : (4,) float, optional
        How much of each of `face.EXPRESSIONS`; the face at rest by default.
    """
    at = {name: points[row] for name, row in PLACES.items()}
    if expression is None:
        expression = np.zeros(len(EXPRESSIONS))
    parts: list[Solid] = [*_trunk(at, build, wardrobe), *_head(at, build, wardrobe, expression)]
    for number, side in enumerate(SIDES):
        parts += _arm(at, build, wardrobe, side)
        if hands is None:
            parts += _hand(at, build, wardrobe, side)
        else:
            parts += hand.solids(hands[number], wardrobe.skin, side=side)
        parts += _leg(at, build, wardrobe, side)
    return parts


def _trunk(at: dict[str, Vector], build: Build, wear: Wardrobe) -> list[Solid]:
    pelvis, chest, neck = at["pelvis"], at["chest"], at["neck"]
    hips = unit(at["left_hip"] - at["right_hip"])
    shoulders = unit(at["left_shoulder"] - at["right_shoulder"])
    span = chest - pelvis
    # (place, sideways direction, mean radius, flatness, bulge of the end)
    rows = [
        (pelvis - 0.05 * span, hips, build.hip * 0.8, 0.74, 0.04),
        (pelvis + 0.15 * span, hips, build.hip * 1.02, 0.82, 0.04),
        (pelvis + 0.48 * span, unit(hips + shoulders), build.waist, 0.82, 0.04),
        (pelvis + 0.86 * span, shoulders, build.chest, 0.82, 0.05),
        (chest + 0.25 * (neck - chest), shoulders, build.chest * 0.88, 0.72, 0.04),
    ]
    sections = []
    for place, sideways, radius, flat, cap in rows:
        forward = unit(np.cross(sideways, span))
        sections.append(
            Section(place, sideways * radius * (2 - flat), forward * radius * flat, cap)
        )
    colours = (wear.trousers, wear.shirt, wear.shirt, wear.shirt)
    parts: list[Solid] = [
        Tube(a.centre, b.centre, 0.0, 0.0, rgb, a, b, domed=0.0)
        for a, b, rgb in zip(sections[:-1], sections[1:], colours, strict=True)
    ]
    root = neck - 0.03 * unit(neck - chest)
    behind = -unit(np.cross(hips, span)) * build.thigh * 0.42
    for side in SIDES:
        seat = at[f"{side}_hip"] + behind
        lower = seat - 0.07 * span
        parts.append(Tube(seat, lower, build.thigh, build.thigh * 0.96, wear.trousers, domed=JOINT))
        # The slope from the neck to the shoulder, and the flank from there to the ribs.
        shoulder = at[f"{side}_shoulder"]
        parts.append(Tube(root, shoulder, build.neck * 0.9, build.shoulder * 0.72, wear.shirt))
        outwards = unit(shoulder - root)
        armpit = shoulder + 0.22 * (root - shoulder)
        ribs = pelvis + 0.5 * span + outwards * build.waist * 0.58
        parts.append(
            Tube(armpit, ribs, build.shoulder * 0.74, build.waist * 0.42, wear.shirt, domed=0.0)
        )
    return parts


def _head(at: dict[str, Vector], build: Build, wear: Wardrobe, expression: Vector) -> list[Solid]:
    ears = (at["left_ear"] + at["right_ear"]) / 2
    left = unit(at["left_ear"] - at["right_ear"])
    eyes = (at["left_eye"] + at["right_eye"]) / 2
    mouth = (at["mouth_left"] + at["mouth_right"]) / 2
    forward = np.cross(left, unit(eyes - mouth))
    forward = unit(forward)
    up = np.cross(forward, left)
    width, height, depth = build.head * 0.78, build.head * 1.1, build.head * 0.96
    # Eyes lie halfway between chin and crown, ears halfway between brow and back.
    centre = ears + up * float((eyes - ears) @ up)
    axes = np.array([left * width, up * height, forward * depth])

    def mark(point: Vector) -> Vector:
        offset = point - centre
        return np.array([offset @ left / width, offset @ up / height])

    marks = {
        "left_eye": mark(at["left_eye"]),
        "right_eye": mark(at["right_eye"]),
        "nose": mark(at["nose"]),
        "mouth": mark(mouth),
    }
    chin = centre - up * height * 0.66 + forward * depth * 0.2
    bridge = (eyes + at["nose"]) / 2 - forward * 0.014
    nose = at["nose"]
    tip_m = width * 0.16
    parts: list[Solid] = [
        Ellipsoid(centre, axes, wear.head(marks, expression)),
        Tube(
            chin - left * width * 0.22,
            chin + left * width * 0.22,
            width * 0.44,
            width * 0.44,
            wear.skin,
        ),
        Tube(bridge, nose - forward * tip_m * 1.1, tip_m * 0.6, tip_m, wear.skin),
        Tube(
            at["neck"],
            centre - up * height * 0.5 - forward * depth * 0.12,
            build.neck,
            build.neck * 0.94,
            wear.skin,
        ),
    ]
    for side in SIDES:
        ear = at[f"{side}_ear"]
        parts.append(Tube(ear - up * 0.014, ear + up * 0.016, 0.012, 0.017, wear.skin))
    return parts + _hair(centre, axes, wear)


def _hair(centre: Vector, axes: Vector, wear: Wardrobe) -> list[Solid]:
    style = wear.look.hair_style
    if style == "bald":
        return []
    left, up, forward = axes
    volume = 1.0 if style == "crop" else 1.06
    cap_centre = centre + 0.17 * up - 0.19 * forward
    cap_axes = axes * np.array([[1.05], [0.92], [0.96]]) * volume
    texture = np.broadcast_to(wear.hair[:, None, None], (3, 4, 2)).copy()
    parts: list[Solid] = [Ellipsoid(cap_centre, cap_axes, texture)]
    radius = float(np.linalg.norm(left))
    if style == "bun":
        knot = centre + 0.75 * up - 0.95 * forward
        parts.append(Tube(knot, knot - 0.1 * forward, radius * 0.42, radius * 0.4, wear.hair))
    if style == "tail":
        knot = centre + 0.25 * up - 1.1 * forward
        end = knot - 1.1 * up - 0.25 * forward
        parts.append(Tube(knot, end, radius * 0.34, radius * 0.2, wear.hair))
    return parts


def _arm(at: dict[str, Vector], build: Build, wear: Wardrobe, side: str) -> list[Solid]:
    shoulder, elbow, wrist = (at[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    lower = build.forearm * 0.92
    bulge = elbow + 0.3 * (wrist - elbow)
    cloth = wear.shirt if wear.look.sleeve == "long" else wear.skin
    sleeve_end = shoulder + 0.42 * (elbow - shoulder)
    return [
        Tube(shoulder, elbow, build.upper_arm, lower, cloth, domed=JOINT),
        Tube(
            shoulder,
            sleeve_end,
            build.shoulder * 0.88,
            build.upper_arm * 1.1,
            wear.shirt,
        ),
        Tube(elbow, bulge, lower, build.forearm, cloth, domed=JOINT),
        Tube(bulge, wrist, build.forearm, build.wrist, cloth, domed=JOINT),
    ]


def _hand(at: dict[str, Vector], build: Build, wear: Wardrobe, side: str) -> list[Solid]:
    wrist = at[f"{side}_wrist"]
    index, pinky, thumb = (at[f"{side}_{name}"] for name in ("index", "pinky", "thumb"))
    knuckles = (index + pinky) / 2
    thin = build.wrist * 0.55
    along = knuckles - wrist
    parts: list[Solid] = [Tube(wrist, thumb, build.wrist * 0.7, thin * 0.7, wear.skin)]
    # The palm as two tubes, the fingers as three that curl slightly towards the thumb.
    curl = 0.25 * (thumb - knuckles)
    for share in (0.0, 0.5, 1.0):
        knuckle = pinky + share * (index - pinky)
        tip = knuckle + (0.72 + 0.1 * share) * along + curl
        parts.append(Tube(wrist, knuckle, build.wrist * 0.8, thin, wear.skin))
        parts.append(Tube(knuckle, tip, thin * 0.9, thin * 0.6, wear.skin))
    return parts


def _leg(at: dict[str, Vector], build: Build, wear: Wardrobe, side: str) -> list[Solid]:
    hip, knee, ankle, heel, toe = (
        at[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "heel", "toe")
    )
    calf = knee + 0.3 * (ankle - knee)
    bare = wear.look.trouser == "short"
    lower = wear.skin if bare else wear.trousers
    ankle_m = build.ankle if bare else build.ankle * 1.2
    parts: list[Solid] = [
        Tube(knee, calf, build.knee, build.shin, lower, domed=JOINT),
        Tube(calf, ankle, build.shin, ankle_m, lower, domed=JOINT),
    ]
    if bare:
        hem = hip + 0.72 * (knee - hip)
        wide = build.thigh + 0.6 * (build.knee - build.thigh)
        parts.append(Tube(hip, knee, build.thigh * 0.96, build.knee, wear.skin, domed=JOINT))
        parts.append(Tube(hip, hem, build.thigh * 1.08, wide * 1.12, wear.trousers))
    else:
        parts.append(Tube(hip, knee, build.thigh * 1.08, build.knee, wear.trousers, domed=JOINT))
    foot = toe - heel
    ball = heel + 0.74 * foot
    instep = heel + 0.42 * foot + 0.35 * (ankle - heel - 0.25 * foot)
    sole_m = 0.4 * build.foot
    parts += [
        Tube(heel, ball, build.foot * 0.86, build.foot, wear.shoes),
        Tube(ball, toe, build.foot, build.foot * 0.72, wear.shoes),
        Tube(ankle, instep, build.ankle * 1.08, build.foot * 0.92, wear.shoes),
        Tube(heel, ankle, build.foot * 0.86, build.ankle, wear.shoes),
    ]
    down = unit(heel - ankle - unit(foot) * float((heel - ankle) @ unit(foot)))
    low = down * (build.foot - sole_m * 0.6)
    parts.append(Tube(heel + low, toe + low * 0.8, sole_m, sole_m, wear.sole))
    return parts
