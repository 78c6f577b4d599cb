"""Where the camera stands and what it makes of a point in the room."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dtwcoach.errors import UsageError

FloatArray = NDArray[np.float64]

NEAREST_M = 0.05
"""Points nearer to the lens plane than this (or behind it) have no place in the picture."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks towards `target` from `distance_m` away.

    Parameters
    ----------
    yaw_deg : float
        0 looks at the front of a person with heading 0; positive moves the camera around
        towards the person's left side, so that 90 sees the left side.
    height_m : float
        Height of the lens above the floor.
    distance_m : float
        Horizontal distance from the target.
    tilt_deg : float
        0 looks level, positive looks down.
    target : (x, z)
        Place on the floor, in metres, at which the camera points.
    width, height : int
        Pixels.
    fov_deg : float
        Vertical angle of view.
    fps : float
        Frames per second of the video it takes.
    blur_px : float
        Standard deviation of the softness of the picture.
    noise : float
        Standard deviation of the sensor noise in grey levels (of 255).
    light : float
        1.0 is a well lit room, 0.4 a dark one.

    Raises
    ------
    UsageError
        When a value makes no picture.
    """

    yaw_deg: float = 0.0
    height_m: float = 1.2
    distance_m: float = 3.2
    tilt_deg: float = 4.0
    target: tuple[float, float] = (0.0, 0.0)
    width: int = 640
    height: int = 480
    fov_deg: float = 50.0
    fps: float = 30.0
    blur_px: float = 0.6
    noise: float = 2.0
    light: float = 1.0

    def __post_init__(self) -> None:
        ranges = {
            "distance_m": (0.3, 100.0),
            "width": (16, 8192),
            "height": (16, 8192),
            "fov_deg": (5.0, 140.0),
            "fps": (1.0, 1000.0),
            "tilt_deg": (-89.0, 89.0),
            "blur_px": (0.0, 10.0),
            "noise": (0.0, 100.0),
            "light": (0.05, 3.0),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UsageError(f"Camera {name} is {value}; give a value from {low} to {high}.")

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(0.5 * self.height / np.tan(np.radians(self.fov_deg) / 2))

    @property
    def position(self) -> FloatArray:
        """(3,) the lens in world metres."""
        yaw = np.radians(self.yaw_deg)
        x, z = self.target
        return np.array(
            [
                x + self.distance_m * np.sin(yaw),
                self.height_m,
                z + self.distance_m * np.cos(yaw),
            ]
        )

    @property
    def axes(self) -> FloatArray:
        """(3, 3) rows: the camera's right, up and backward (towards the viewer) directions."""
        yaw, tilt = np.radians(self.yaw_deg), np.radians(self.tilt_deg)
        sy, cy, st, ct = np.sin(yaw), np.cos(yaw), np.sin(tilt), np.cos(tilt)
        return np.array([[cy, 0.0, -sy], [-sy * st, ct, -cy * st], [sy * ct, st, cy * ct]])

    def to_camera(self, points: FloatArray) -> FloatArray:
        """World points (..., 3) in camera-aligned metres.

        x to the right of the picture, y up in it, z towards the viewer; the lens is the origin,
        so that everything in the picture has a negative z.
        """
        aligned: FloatArray = (np.asarray(points, dtype=float) - self.position) @ self.axes.T
        return aligned

    def project(self, points: FloatArray) -> FloatArray:
        """Pixels of world points.

        Parameters
        ----------
        points : (..., 3) float
            World metres.

        Returns
        -------
        (..., 3) float
            x to the right, y down, in pixels, and the distance from the lens along its axis in
            metres. NaN pixels where the point lies behind the lens.

        Examples
        --------
        >>> Camera(tilt_deg=0).project(np.array([0.0, 1.2, 0.0])).tolist()
        [320.0, 240.0, 3.2]
        """
        x, y, z = np.moveaxis(self.to_camera(points), -1, 0)
        depth = -z
        safe = np.where(depth > NEAREST_M, depth, np.nan)
        scale = self.focal_px / safe
        return np.stack([self.width / 2 + x * scale, self.height / 2 - y * scale, depth], axis=-1)


def framed(camera: Camera, points: FloatArray, *, margin: float = 0.08) -> Camera:
    """Move the camera along its line of sight until the points just fill the picture.

    Parameters
    ----------
    camera : Camera
        Gives the direction, the height and the lens.
    points : (..., 3) float
        Everything that must be seen, over the whole recording; NaN are left out.
    margin : float
        Part of the picture left free on every side (flesh is thicker than bones).

    Returns
    -------
    Camera
        The same camera with another target, tilt and distance.

    Raises
    ------
    UsageError
        When no finite point is given.
    """
    cloud = np.asarray(points, dtype=float).reshape(-1, 3)
    cloud = cloud[np.isfinite(cloud).all(axis=1)]
    if not len(cloud):
        raise UsageError("No point to frame: all are missing. Give the recording's points.")
    middle = (cloud.min(axis=0) + cloud.max(axis=0)) / 2
    near, far = 0.5, 40.0
    half = np.array([camera.width, camera.height]) * (0.5 - margin)
    centre = np.array([camera.width, camera.height]) / 2

    def aimed(distance_m: float) -> Camera:
        tilt = np.degrees(np.arctan2(camera.height_m - middle[1], distance_m))
        return replace(
            camera,
            target=(float(middle[0]), float(middle[2])),
            distance_m=distance_m,
            tilt_deg=float(tilt),
        )

    for _ in range(30):  # bisection: farther is smaller
        distance = (near + far) / 2
        pixels = aimed(distance).project(cloud)[:, :2]
        fits = bool((np.abs(pixels - centre) <= half).all())  # NaN (behind the lens): no
        near, far = (near, distance) if fits else (distance, far)
    return aimed(far)
