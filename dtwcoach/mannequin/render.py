"""Frames of people in a room, fast enough to be tests and pretty enough to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtwcoach.errors import PoseDataError
from dtwcoach.mannequin.body import PLACES, Build, Solid, Wardrobe, solids
from dtwcoach.mannequin.camera import NEAREST_M, Camera
from dtwcoach.mannequin.look import Look
from dtwcoach.mannequin.props import Prop
from dtwcoach.mannequin.scene import room
from dtwcoach.mannequin.shading import Canvas, Float32Array

FloatArray = NDArray[np.float64]
Frame = NDArray[np.uint8]

NOISE_FRAMES = 6
NOISE_PIXELS = 6_000_000
"""Noise is drawn once and used again in random order: nobody can tell, and it is free. Large
pictures have fewer of such frames (two at least), so that memory stays small."""
FLESH_M = 0.2
"""No part of a body is farther than this from its skeleton."""
SHADOWS = (
    # point, radius in metres, darkness when it touches the floor
    ("left_toe", 0.13, 0.30),
    ("right_toe", 0.13, 0.30),
    ("left_heel", 0.12, 0.34),
    ("right_heel", 0.12, 0.34),
    ("pelvis", 0.42, 0.30),
    ("chest", 0.42, 0.30),
    ("head", 0.24, 0.26),
    ("left_wrist", 0.14, 0.24),
    ("right_wrist", 0.14, 0.24),
    ("left_knee", 0.18, 0.24),
    ("right_knee", 0.18, 0.24),
)
SHADOW_FADE_M = 0.75


@dataclass(frozen=True, eq=False)
class Figure:
    """One person in one frame.

    Parameters
    ----------
    points : (37, 3) float
        World metres: the keypoints, then pelvis, chest, neck and head.
    look : Look
    build : Build
        Radii of the body's parts in metres.
    props : tuple of Prop
        What the person holds or sits on (see `props.PROPS`).
    hands : (2, 21, 3) float, optional
        World metres of the left and the right hand (`pose.HAND_KEYPOINTS`), to draw fingers.
    expression : (4,) float, optional
        How much of each of `face.EXPRESSIONS`.
    """

    points: FloatArray
    look: Look
    build: Build
    props: tuple[Prop, ...] = ()
    hands: FloatArray | None = None
    expression: FloatArray | None = None

    def __post_init__(self) -> None:
        if np.shape(self.points) != (len(PLACES), 3) or not np.isfinite(self.points).all():
            raise PoseDataError(
                f"A figure needs {len(PLACES)} finite points (x, y, z); "
                f"got an array of shape {np.shape(self.points)}."
            )


class Renderer:
    """Draws people before a background that it computes once.

    Parameters
    ----------
    camera : Camera
    seed : int
        Chooses the room.
    """

    def __init__(self, camera: Camera, *, seed: int = 0) -> None:
        self.camera = camera
        rng = np.random.default_rng([seed, 2002])
        self._room = room(camera, rng)
        self._noise = _noise(camera, rng)
        empty = self._room.copy()
        soften(empty, camera.blur_px)
        still = self._finished(empty)
        self._empty = [np.clip(still + grain, 0, 255).astype(np.uint8) for grain in self._noise]
        self._wardrobes: dict[tuple[Look, float], Wardrobe] = {}

    def frame(self, people: Sequence[Figure], rng: np.random.Generator) -> Frame:
        """One picture.

        Parameters
        ----------
        people : sequence of Figure
        rng : numpy Generator
            For the noise of this frame.

        Returns
        -------
        (height, width, 3) uint8
            Blue, green, red, as OpenCV has it.
        """
        noise = int(rng.integers(len(self._noise)))
        picture: Frame = self._empty[noise].copy()
        box = self._box(people)
        if box is None:
            return picture
        planes = self._room[:, box[0], box[1]].copy()
        canvas = Canvas(
            planes,
            origin=(box[1].start, box[0].start),
            focal_px=self.camera.focal_px,
            centre=(self.camera.width / 2, self.camera.height / 2),
        )
        for person in people:
            self._shadow(canvas, person.points)
        # Whole people by distance; within one, the depth of each pixel decides.
        for person in sorted(people, key=self._distance, reverse=True):
            self._draw(canvas, person)
        soften(planes, self.camera.blur_px)
        patch = self._finished(planes)
        patch += self._noise[noise][box]
        np.clip(patch, 0, 255, out=patch)
        picture[box] = patch
        return picture

    def _distance(self, person: Figure) -> float:
        return float(self.camera.project(person.points[PLACES["pelvis"]])[2])

    def _draw(self, canvas: Canvas, person: Figure) -> None:
        points = self.camera.to_camera(person.points)
        key = (person.look, round(person.build.head, 4))
        if key not in self._wardrobes:
            texel_m = 2 * person.build.head / 128
            pixel_m = -points[PLACES["head"], 2] / self.camera.focal_px
            blur = int(np.clip(0.4 * pixel_m / texel_m, 0, 12))
            self._wardrobes[key] = Wardrobe(person.look, blur)
        parts: list[Solid] = [prop.solid(self.camera) for prop in person.props]
        hands = None if person.hands is None else self.camera.to_camera(person.hands)
        parts += solids(
            points,
            person.build,
            self._wardrobes[key],
            hands=hands,
            expression=person.expression,
        )
        for solid in sorted(parts, key=lambda part: -part.depth):
            if solid.depth > 4 * NEAREST_M:
                canvas.draw(solid)

    def _box(self, people: Sequence[Figure]) -> tuple[slice, slice] | None:
        """Pixels that the people and their shadows may touch; None when nobody is in sight."""
        boxes = []
        for person in people:
            ground = person.points * np.array([1.0, 0.0, 1.0])
            held = [end for prop in person.props for end in (prop.a, prop.b)]
            seen = self.camera.project(
                np.concatenate([person.points, ground, *np.reshape(held, (-1, 1, 3))])
            )
            seen = seen[seen[:, 2] > 4 * NEAREST_M]
            if len(seen):
                reach = FLESH_M * self.camera.focal_px / seen[:, 2:]
                boxes.append(np.stack([seen[:, :2] - reach, seen[:, :2] + reach]))
        if not boxes:
            return None
        corners = np.concatenate(boxes, axis=1)
        left, top = np.maximum(corners[0].min(axis=0), 0)
        right, bottom = np.minimum(corners[1].max(axis=0), (self.camera.width, self.camera.height))
        if left >= right or top >= bottom:
            return None
        return slice(int(top), int(np.ceil(bottom))), slice(int(left), int(np.ceil(right)))

    def _shadow(self, canvas: Canvas, points: FloatArray) -> None:
        lens = self.camera.position
        for name, radius_m, dark in SHADOWS:
            x, height, z = points[PLACES[name]]
            strength = dark * np.exp(-max(height - 0.05, 0) / SHADOW_FADE_M)
            u, v, depth = self.camera.project(np.array([x, 0.0, z]))
            if strength < 0.02 or depth < 4 * NEAREST_M:
                continue
            wide = radius_m * self.camera.focal_px / depth
            flat = max(abs(lens[1]) / np.hypot(lens[1], depth), 0.05)
            canvas.darken((float(u), float(v)), (wide, wide * flat), float(strength))

    def _finished(self, planes: Float32Array) -> NDArray[np.int16]:
        """Planes red first to interleaved whole numbers blue first, in the light of the room."""
        picture = np.empty((*planes.shape[1:], 3), dtype=np.int16)
        for channel, plane in enumerate(planes[::-1]):
            picture[..., channel] = plane * np.float32(self.camera.light)
        return picture


def _noise(camera: Camera, rng: np.random.Generator) -> list[NDArray[np.int8]]:
    shape = (camera.height, camera.width, 3)
    count = int(np.clip(NOISE_PIXELS // (camera.height * camera.width), 2, NOISE_FRAMES))
    frames = []
    for _ in range(count):
        grain = rng.standard_normal(shape, dtype=np.float32)
        grain *= np.float32(camera.noise)
        frames.append(np.clip(np.round(grain), -127, 127).astype(np.int8))
    return frames


def soften(planes: Float32Array, sigma_px: float) -> None:
    """Blur colour planes (3, height, width) in place, about as a Gaussian of `sigma_px`."""
    remaining = sigma_px**2
    while remaining > 1e-6:
        variance = min(remaining, 0.5)  # three taps can do no more
        remaining -= variance
        side = np.float32(variance / 2)
        for plane in planes:
            for axis in (0, 1):
                view = plane if axis == 0 else plane.T
                if len(view) < 3:
                    continue
                around = view[:-2] + view[2:]
                around *= side
                inner = view[1:-1]
                inner *= 1 - 2 * side
                inner += around
