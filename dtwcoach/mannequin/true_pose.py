"""What a perfect estimator would say of hands and face."""

from __future__ import annotations

import numpy as np

from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.face import EXPRESSIONS
from dtwcoach.mannequin.kinematics import POINT_INDEX
from dtwcoach.pose import FACE_MEASURES, SIDES, FloatArray

# Measures of a drawn face at rest and how much each expression adds, about as Holistic sees them.
_FACES: dict[str, tuple[float, dict[str, float]]] = {
    "mouth_width": (0.50, {"smile": 0.10}),
    "mouth_opening": (0.035, {"smile": 0.17, "open": 0.2}),
    **{f"{side}_brow_height": (0.31, {"brow": 0.05}) for side in SIDES},
    **{f"{side}_eye_opening": (0.12, {"blink": -0.09}) for side in SIDES},
}


def true_hands(camera: Camera, hands_m: FloatArray) -> FloatArray:
    """Hands as `PoseSequence.hands` has them; NaN where most of a hand is out of the picture.

    Parameters
    ----------
    camera : Camera
    hands_m : (time, 2, 21, 3) float
        World metres.
    """
    placed = camera.project(hands_m)
    depth = placed[..., 2]
    image = placed.copy()
    image[..., 2] = (depth - depth[..., :1]) * camera.focal_px / np.maximum(depth[..., :1], 0.1)
    x, y = placed[..., 0], placed[..., 1]
    inside = (x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height)
    image[inside.mean(axis=2) < 0.5] = np.nan
    return image


def true_face(camera: Camera, points_m: FloatArray, expression: FloatArray) -> FloatArray:
    """`pose.FACE_MEASURES` (time, 9) of a face in view of the camera.

    Parameters
    ----------
    camera : Camera
    points_m : (time, P, 3) float
    expression : (time, 4) float
    """
    seen = camera.to_camera(points_m)
    at = {name: seen[:, row] for name, row in POINT_INDEX.items()}
    across = at["left_ear"] - at["right_ear"]
    up = (at["left_eye"] + at["right_eye"] - at["mouth_left"] - at["mouth_right"]) / 2
    ahead = np.cross(across, up)
    measures = {
        "head_yaw": np.degrees(np.arctan2(ahead[:, 0], ahead[:, 2])),
        "head_pitch": np.degrees(np.arctan2(-ahead[:, 1], np.hypot(ahead[:, 0], ahead[:, 2]))),
        "head_roll": np.degrees(np.arctan2(-across[:, 1], np.hypot(across[:, 0], across[:, 2]))),
    }
    for name, (rest, gains) in _FACES.items():
        gain = np.array([gains.get(part, 0.0) for part in EXPRESSIONS])
        measures[name] = rest + expression @ gain
    return np.stack([measures[name] for name in FACE_MEASURES], axis=1)
