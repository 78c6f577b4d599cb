"""A canvas with depth, and the two solids that bodies are made of.

Everything is computed for whole boxes of pixels at once: no triangles, no rays. Solids are given
in camera-aligned metres (x right, y up, z towards the viewer, lens at the origin).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Vector = NDArray[np.float64]

LIGHT = np.array([-0.42, 0.68, 0.6])
"""Direction towards the light in camera axes (from above, left and in front)."""
AMBIENT, DIFFUSE, HOLLOW = 0.66, 0.40, 0.16
"""Brightness without light, by the light, and lost where the surface turns away (the rim)."""
SOFT_M = 0.008
"""Solids that touch melt into each other over this depth."""
SINK_M = 0.02
FAR_M = 1e3


@dataclass(frozen=True, eq=False)
class Section:
    """An elliptic cross-section of a tube: an ellipsoid of half-axes `across`, `thick`, `cap`.

    Parameters
    ----------
    centre : (3,) float
        Camera-aligned metres.
    across, thick : (3,) float
        Half-axes across the tube.
    cap : float
        Half-axis along the tube: how far its end bulges.
    """

    centre: Vector
    across: Vector
    thick: Vector
    cap: float


@dataclass(frozen=True, eq=False)
class Tube:
    """A tapered tube with round ends between two places; round unless sections say otherwise.

    Parameters
    ----------
    a, b : (3,) float
        Ends of the axis in camera-aligned metres.
    radius_a, radius_b : float
        Metres.
    rgb : (3,) float
    section_a, section_b : Section, optional
        For a flattened tube, both or neither.
    domed : float
        How much the light shows that its ends are round: 1 for what ends there, 0 for what
        goes on in another tube.
    """

    a: Vector
    b: Vector
    radius_a: float
    radius_b: float
    rgb: Float32Array
    section_a: Section | None = None
    section_b: Section | None = None
    domed: float = 1.0

    @property
    def depth(self) -> float:
        """Distance of the middle from the lens plane."""
        return float(-(self.a[2] + self.b[2]) / 2)


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """An ellipsoid with a picture on it.

    Parameters
    ----------
    centre : (3,) float
        Camera-aligned metres.
    half_axes : (3, 3) float
        Rows: its left, up and forward half-axes.
    texture : (3, 2 * N, N) float32
        Colours seen from the front (first N rows, top down) and through it from the front on
        its back (last N rows).
    """

    centre: Vector
    half_axes: Vector
    texture: Float32Array

    @property
    def depth(self) -> float:
        """Distance of the middle from the lens plane."""
        return float(-self.centre[2])


class Canvas:
    """Colour planes and depth of a part of the picture.

    Parameters
    ----------
    planes : (3, height, width) float32
        Colours, drawn upon in place.
    origin : (x, y)
        Pixel of the whole picture at the upper left of the canvas.
    focal_px : float
    centre : (x, y)
        Optical centre in pixels of the whole picture.
    """

    def __init__(
        self,
        planes: Float32Array,
        *,
        origin: tuple[int, int],
        focal_px: float,
        centre: tuple[float, float],
    ) -> None:
        self.planes = planes
        self.focal_px = focal_px
        self.origin = origin
        # Pixel centres lie at half pixels; keypoints are continuous coordinates.
        self.offset = (centre[0] - origin[0] - 0.5, centre[1] - origin[1] - 0.5)
        self.depth = np.full(planes.shape[1:], FAR_M, dtype=np.float32)
        self.columns = np.arange(planes.shape[2], dtype=np.float32)[None, :]
        self.rows = np.arange(planes.shape[1], dtype=np.float32)[:, None]

    def draw(self, solid: Tube | Ellipsoid) -> None:
        """Draw one solid; nearer ones should come later so that their edges are smooth."""
        if isinstance(solid, Tube):
            self._tube(solid)
        else:
            self._ellipsoid(solid)

    def darken(
        self, centre: tuple[float, float], half: tuple[float, float], strength: float
    ) -> None:
        """Soft dark ellipse, centre in pixels of the whole picture."""
        x = centre[0] - self.origin[0] - 0.5
        y = centre[1] - self.origin[1] - 0.5
        box = self._box(x - half[0], x + half[0], y - half[1], y + half[1])
        columns, rows = self._grid(box, x, y)
        columns *= np.float32(1 / half[0])
        rows *= np.float32(1 / half[1])
        weight: Float32Array = 1 - columns * columns - rows * rows
        np.maximum(weight, 0, out=weight)
        weight *= weight
        weight *= np.float32(-strength)
        weight += 1
        for plane in self.planes:
            np.multiply(plane[box], weight, out=plane[box])

    def _pixel(self, point: Vector) -> tuple[float, float, float]:
        """x, y in the canvas and pixels per metre there."""
        scale = self.focal_px / -point[2]
        x, y = self.offset
        return float(x + point[0] * scale), float(y - point[1] * scale), float(scale)

    def _box(self, left: float, right: float, top: float, bottom: float) -> tuple[slice, slice]:
        height, width = self.depth.shape
        return (
            slice(max(int(top) - 1, 0), min(max(int(bottom) + 2, 0), height)),
            slice(max(int(left) - 1, 0), min(max(int(right) + 2, 0), width)),
        )

    def _grid(
        self, box: tuple[slice, slice], x: float, y: float
    ) -> tuple[Float32Array, Float32Array]:
        """Columns (1, n) and rows (m, 1) of a box in pixels from (x, y)."""
        columns: Float32Array = self.columns[:, box[1]] - np.float32(x)
        rows: Float32Array = self.rows[box[0]] - np.float32(y)
        return columns, rows

    def _tube(self, tube: Tube) -> None:
        xa, ya, scale_a = self._pixel(tube.a)
        xb, yb, scale_b = self._pixel(tube.b)
        length = max(math.hypot(xb - xa, yb - ya), 1e-3)
        dx, dy = (xb - xa) / length, (yb - ya) / length
        half_a, cap_a, thick_a, shear_a = _extents(tube.section_a, tube.radius_a, dx, dy)
        half_b, cap_b, thick_b, shear_b = _extents(tube.section_b, tube.radius_b, dx, dy)
        ra, rb = half_a * scale_a, half_b * scale_b
        reach_a, reach_b = max(half_a, cap_a) * scale_a, max(half_b, cap_b) * scale_b
        box = self._box(
            min(xa - reach_a, xb - reach_b),
            max(xa + reach_a, xb + reach_b),
            min(ya - reach_a, yb - reach_b),
            max(ya + reach_a, yb + reach_b),
        )
        columns, rows = self._grid(box, xa, ya)
        if not columns.size or not rows.size:
            return
        along: Float32Array = columns * np.float32(dx) + rows * np.float32(dy)
        across: Float32Array = columns * np.float32(-dy) + rows * np.float32(dx)
        part: Float32Array = along * np.float32(1 / length)
        np.clip(part, 0, 1, out=part)
        along -= part * np.float32(length)
        radius: Float32Array = part * np.float32(rb - ra)
        radius += np.float32(ra)
        inverse: Float32Array = 1 / radius
        across *= inverse  # from here on in units of the local half-width
        along *= inverse
        along *= np.float32((half_a + half_b) / (cap_a + cap_b))
        beyond: Float32Array = along * along
        square: Float32Array = across * across
        square += beyond
        cover = _coverage(square, radius)
        np.subtract(1, square, out=square)
        np.maximum(square, 0, out=square)
        rise: Float32Array = np.sqrt(square, out=square)

        part *= np.float32(tube.a[2] - tube.b[2])
        part -= np.float32(tube.a[2])
        part -= rise * np.float32((thick_a + thick_b) / 2)
        # Ends sink a little faster than a sphere, or they would show as rings inside a
        # neighbour of the same radius.
        beyond *= np.float32(SINK_M)
        part += beyond
        if shear_a or shear_b:
            part -= across * np.float32((shear_a + shear_b) / 2)
        flank = min(1.0, (thick_a + thick_b) / (half_a + half_b))
        if tube.domed < 1:
            np.multiply(across, across, out=rise)
            rise += beyond * np.float32(tube.domed / SINK_M)
            np.sqrt(np.maximum(1 - rise, 0), out=rise)
            along *= np.float32(tube.domed)
        shade = _brightness(tube, (dx, dy), flank, across, along, rise)
        self._blend(box, cover, part, shade, tube.rgb)

    def _ellipsoid(self, solid: Ellipsoid) -> None:
        x, y, scale = self._pixel(solid.centre)
        reach = np.linalg.norm(solid.half_axes, axis=0) * scale
        box = self._box(x - reach[0], x + reach[0], y - reach[1], y + reach[1])
        columns, rows = self._grid(box, x, y)
        if not columns.size or not rows.size:
            return
        columns *= np.float32(1 / scale)
        rows *= np.float32(-1 / scale)
        # |K (x, y, z)| = 1 on the surface: a quadratic in z for each pixel.
        k = (solid.half_axes / (solid.half_axes**2).sum(axis=1, keepdims=True)).astype(np.float32)
        flat = [k[i, 0] * columns + k[i, 1] * rows for i in range(3)]
        a = float(k[:, 2] @ k[:, 2])
        b = sum(flat[i] * k[i, 2] for i in range(3))
        c = sum(f * f for f in flat) - 1
        root = (b * b - a * c) / np.float32(a)  # 1 in the middle, 0 on the outline
        cover = _coverage(np.maximum(1 - root, 0), np.float32(reach[:2].mean()))
        z = (np.sqrt(np.maximum(root, 0) * np.float32(a)) - b) * np.float32(1 / a)
        left, up, forward = (flat[i] + k[i, 2] * z for i in range(3))
        unit = solid.half_axes / np.linalg.norm(solid.half_axes, axis=1, keepdims=True)
        light = (unit @ LIGHT * DIFFUSE + unit[:, 2] * HOLLOW).astype(np.float32)
        shade = left * light[0] + up * light[1] + forward * light[2]
        shade += np.float32(AMBIENT - HOLLOW)
        rgb = _picture(solid.texture, left, up, forward)
        self._blend(box, cover, np.float32(-solid.centre[2]) - z, shade, rgb)

    def _blend(
        self,
        box: tuple[slice, slice],
        cover: Float32Array,
        depth: Float32Array,
        shade: Float32Array,
        rgb: Float32Array,
    ) -> None:
        stored = self.depth[box]
        front = stored - depth
        front *= np.float32(1 / SOFT_M)
        front += np.float32(0.5)
        np.clip(front, 0, 1, out=front)
        cover *= front
        np.copyto(stored, depth, where=cover > 0.5)
        for plane, colour in zip(self.planes, rgb, strict=True):
            part = plane[box]
            change = shade * colour
            change -= part
            np.multiply(change, cover, out=change)
            part += change


def _coverage(square: Float32Array, radius: Float32Array | np.float32) -> Float32Array:
    """Share of each pixel inside an outline where `square`, the squared distance, is one."""
    cover: Float32Array = np.sqrt(square)
    np.subtract(1, cover, out=cover)
    cover *= radius
    cover += np.float32(0.5)
    np.clip(cover, 0, 1, out=cover)
    return cover


def _brightness(
    tube: Tube,
    direction: tuple[float, float],
    flank: float,
    across: Float32Array,
    along: Float32Array,
    rise: Float32Array,
) -> Float32Array:
    """Lambert's law with a hollow rim; uses its arrays up.

    The crest of the tube leans with its axis, its flanks face sideways (less so when it is
    flat, `flank` below one).
    """
    dx, dy = direction
    step = tube.b - tube.a
    slope = float(step[2]) / max(math.sqrt(float(step @ step)), 1e-9)
    lengthwise = LIGHT[0] * dx - LIGHT[1] * dy
    crest = LIGHT[2] * math.sqrt(max(1 - slope**2, 0.0)) - slope * lengthwise
    across *= np.float32(DIFFUSE * flank * (-LIGHT[0] * dy - LIGHT[1] * dx))
    along *= np.float32(DIFFUSE * lengthwise)
    across += along
    rise *= np.float32(DIFFUSE * crest + HOLLOW)
    across += rise
    across += np.float32(AMBIENT - HOLLOW)
    return across


def _picture(
    texture: Float32Array, left: Float32Array, up: Float32Array, forward: Float32Array
) -> Float32Array:
    """Colours (3, ...) at places on a head given in units of its half-axes."""
    size = texture.shape[2]
    half = (size - 1) / 2
    column = np.clip(half + half * left, 0, size - 1).astype(np.intp)
    row = np.clip(half - half * up, 0, size - 1).astype(np.intp)
    row += size * (forward < 0)
    colours: Float32Array = texture.reshape(3, -1)[:, row * size + column]
    return colours


def _extents(
    section: Section | None, radius: float, dx: float, dy: float
) -> tuple[float, float, float, float]:
    """Half-width, cap, thickness towards the viewer and shear of one end, in metres.

    (dx, dy) is the direction of the tube in the picture, y down.
    """
    if section is None:
        return radius, radius, radius, 0.0
    axis = np.cross(section.across, section.thick)
    axis *= section.cap / max(float(np.linalg.norm(axis)), 1e-12)
    axes = np.array([section.across, section.thick, axis])
    sideways = axes @ np.array([-dy, -dx, 0.0])
    lengthwise = axes @ np.array([dx, -dy, 0.0])
    half = float(np.linalg.norm(sideways[:2]))
    cap = float(np.linalg.norm(lengthwise))
    inverse = axes[:, 2] / np.maximum((axes**2).sum(axis=1), 1e-12)
    thick = 1 / max(float(np.linalg.norm(inverse)), 1e-6)
    shear = float(sideways[:2] @ axes[:2, 2]) / max(half, 1e-6)
    return max(half, 1e-4), max(cap, 1e-4), thick, shear
