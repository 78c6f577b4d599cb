"""The empty room: wall, skirting board, floor boards and a mat, seen by a camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.shading import Float32Array

WALLS = (
    (206, 208, 204),
    (196, 206, 214),
    (214, 206, 192),
    (198, 210, 198),
    (210, 202, 206),
)
FLOORS = ((172, 140, 106), (150, 122, 96), (158, 156, 152), (186, 160, 126))
MATS = ((92, 108, 138), (108, 126, 112), (128, 106, 124), (96, 98, 104))
WALL_BEHIND_M = 2.4
"""The wall stands square to the camera, this far behind the target."""
SKIRTING_M = 0.11
BOARD_M = 0.14
MAT_HALF_M = (1.05, 0.5)


def room(camera: Camera, rng: np.random.Generator) -> Float32Array:
    """The background as colour planes (3, height, width), red first, 0-255, before blur."""
    wall, floor, mat = (
        np.array(colours[rng.integers(len(colours))], dtype=np.float32)
        for colours in (WALLS, FLOORS, MATS)
    )
    x = (np.arange(camera.width) + 0.5 - camera.width / 2) / camera.focal_px
    y = (camera.height / 2 - np.arange(camera.height) - 0.5) / camera.focal_px
    rays = np.stack(
        [*np.broadcast_arrays(x[None, :], y[:, None]), np.full((len(y), len(x)), -1.0)],
        axis=-1,
    )
    # Heading of the camera without its tilt: the room is square to it.
    tilt = np.radians(camera.tilt_deg)
    up = rays[..., 1] * np.cos(tilt) + rays[..., 2] * np.sin(tilt)
    ahead = rays[..., 1] * np.sin(tilt) - rays[..., 2] * np.cos(tilt)
    wall_m = camera.distance_m + WALL_BEHIND_M
    with np.errstate(divide="ignore", invalid="ignore"):
        to_floor = np.where(up < 0, -camera.height_m / up, np.inf)
        on_floor = (to_floor * ahead < wall_m) | (ahead <= 0)
        reach = np.where(on_floor, to_floor, wall_m / np.maximum(ahead, 1e-6))
        reach = np.where(np.isfinite(reach), reach, wall_m)
    side, height, behind = (
        reach * rays[..., 0],
        camera.height_m + reach * up,
        reach * ahead - camera.distance_m,
    )
    shade = 1.0 - 0.035 * side - 0.012 * side**2 - 0.05 * np.abs(height - 1.6)
    planes = wall[:, None, None] * np.clip(shade, 0.55, 1.05)
    planes = np.where(height < SKIRTING_M, 226.0 * np.clip(shade, 0.5, 1.0), planes)
    planes = np.where(height < 0.012, planes * 0.55, planes)
    boards = _boards(side, behind, reach / camera.focal_px, rng)
    glow = np.clip(1.02 - 0.06 * np.hypot(side, behind), 0.6, 1.05)
    planes = np.where(on_floor, floor[:, None, None] * boards * glow, planes)
    yaw = np.radians(camera.yaw_deg)
    room_x = side * np.cos(yaw) - behind * np.sin(yaw)
    room_z = -side * np.sin(yaw) - behind * np.cos(yaw)
    on_mat = on_floor & (np.abs(room_x) < MAT_HALF_M[1]) & (np.abs(room_z) < MAT_HALF_M[0])
    planes = np.where(on_mat, mat[:, None, None] * glow, planes)
    grain = rng.normal(0, 1.2, planes.shape[1:])
    planes = np.clip(planes + grain, 0, 255)
    return np.asarray(planes, dtype=np.float32)


def _boards(
    side: NDArray[np.float64],
    behind: NDArray[np.float64],
    pixel_m: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Brightness of floor boards that run across the picture, with soft joints."""
    tones = rng.uniform(0.94, 1.05, 64)
    place = behind / BOARD_M
    row = np.floor(np.where(np.isfinite(place), place, 0)).astype(int) % 64
    joint_m = np.abs(place - np.round(place)) * BOARD_M
    blurred = np.clip(joint_m / np.maximum(pixel_m * 3, 0.006), 0, 1)
    column = np.floor(np.where(np.isfinite(side), side, 0) / 1.3 + row * 0.37).astype(int)
    return np.asarray(tones[(row * 7 + column) % 64] * (0.86 + 0.14 * blurred))
