"""Things people train with: what a figure holds or sits on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dtwcoach.mannequin.body import PLACES, SIDES, unit
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.look import Rgb
from dtwcoach.mannequin.shading import Section, Tube

Vector = NDArray[np.float64]

STEEL: Rgb = (120, 124, 130)
RUBBER: Rgb = (44, 44, 48)
WOOD: Rgb = (150, 108, 70)
CUSHION: Rgb = (66, 70, 80)


@dataclass(frozen=True, eq=False)
class Prop:
    """A rod or, with `cap_m`, a disc with nearly flat ends.

    Parameters
    ----------
    a, b : (3,) float
        Ends of its axis in world metres.
    radius_m : float
    rgb : tuple of int
    cap_m : float, optional
        How far the ends bulge; half balls when left out.
    """

    a: Vector
    b: Vector
    radius_m: float
    rgb: Rgb
    cap_m: float | None = None

    def solid(self, camera: Camera) -> Tube:
        """The prop as the renderer draws it."""
        a, b = camera.to_camera(self.a), camera.to_camera(self.b)
        rgb = np.array(self.rgb, dtype=np.float32)
        if self.cap_m is None:
            return Tube(a, b, self.radius_m, self.radius_m, rgb)
        axis = unit(b - a)
        across = unit(np.cross(axis, np.eye(3)[int(np.abs(axis).argmin())])) * self.radius_m
        thick = np.cross(axis, across)
        first, second = (Section(place, across, thick, self.cap_m) for place in (a, b))
        return Tube(a, b, self.radius_m, self.radius_m, rgb, first, second)


def dumbbells(points: Vector) -> tuple[Prop, ...]:
    """A dumbbell in each hand, across the palm, for the points (P, 3) of one frame."""
    parts: list[Prop] = []
    for side in SIDES:
        wrist, index, pinky, thumb = (
            points[PLACES[f"{side}_{name}"]] for name in ("wrist", "index", "pinky", "thumb")
        )
        knuckles = (index + pinky) / 2
        palm = unit(thumb - knuckles)
        grip = wrist + 0.95 * (knuckles - wrist) + 0.018 * palm
        along = unit(index - pinky)
        parts.append(Prop(grip - 0.06 * along, grip + 0.06 * along, 0.013, STEEL))
        for sign in (-1, 1):
            inner, outer = (grip + sign * reach * along for reach in (0.06, 0.095))
            parts.append(Prop(inner, outer, 0.036, RUBBER, cap_m=0.006))
    return tuple(parts)


def stool(points: Vector) -> tuple[Prop, ...]:
    """A stool under the pelvis, for the points (P, 3) of the first frame: it stays put."""
    pelvis = points[PLACES["pelvis"]]
    top = np.array([pelvis[0], pelvis[1] - 0.085, pelvis[2]])
    parts = [Prop(top - [0, 0.05, 0], top - [0, 0.02, 0], 0.185, CUSHION, cap_m=0.015)]
    for x, z in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        foot = np.array([top[0] + 0.15 * x, 0.015, top[2] + 0.15 * z])
        head = np.array([top[0] + 0.11 * x, top[1] - 0.05, top[2] + 0.11 * z])
        parts.append(Prop(foot, head, 0.016, WOOD))
    return tuple(parts)


PROPS: Mapping[str, Callable[[Vector], tuple[Prop, ...]]] = MappingProxyType(
    {"dumbbells": dumbbells, "stool": stool}
)
"""Maker of each kind of thing from the points of one frame."""
