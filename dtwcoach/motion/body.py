"""Body coordinates: the same movement gives the same numbers wherever it was filmed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.motion.view import heading_deg, view_yaw_deg
from dtwcoach.pose import INDEX, MIRROR, FloatArray, PoseSequence


@dataclass(frozen=True, eq=False)
class BodyMotion:
    """A body over time, free of place, size and heading.

    Parameters
    ----------
    time_s : (time,) float
    positions : (time, keypoint, 3) float
        Torso lengths from the middle of the hips: to the body's left, up, forward. One scale
        and one heading serve the whole recording, so that movement is never scaled away.
    place : (time, 2) float
        Where the hips are in the picture, in torso lengths (right, down).
    view_yaw_deg : float
        From where the camera saw the body: 0 the front, 90 its left side; nan for 2-D poses.
    torso_m : float
        The torso in metres, by the pose model's reckoning; nan for 2-D poses.
    """

    time_s: FloatArray
    positions: FloatArray
    place: FloatArray
    view_yaw_deg: float
    torso_m: float = float("nan")


def body_motion(pose: PoseSequence) -> BodyMotion:
    """Put a cleaned pose into body coordinates.

    Poses without depth keep the picture as their plane: "left" is the picture's right, and
    "forward" is 0.
    """
    if pose.has_depth:
        points = seen_in_depth(pose)
        heading, yaw = np.nan_to_num(heading_deg(points)), view_yaw_deg(points)
    else:
        flat = pose.image * np.array([1.0, -1.0, 0.0])
        flat[..., 2] = 0.0 * flat[..., 0]
        points, heading, yaw = flat, 0.0, float("nan")
    hips = _middle(points, "hip")
    torso = _torso_length(points, flat=not pose.has_depth)
    centred = (points - hips[:, None]) / torso
    picture = _middle(pose.image[..., :2], "hip") / _torso_length(pose.image[..., :2], flat=True)
    torso_m = torso if pose.has_depth else float("nan")
    return BodyMotion(pose.time_s, turned(centred, heading), picture, yaw, torso_m)


def seen_in_depth(pose: PoseSequence) -> FloatArray:
    """Join the picture's two dimensions with the pose model's depth.

    A pose model sees where a keypoint is in the picture far better than how deep it lies, and
    its metric landmarks spread the error of depth over all three axes. So sideways and up are
    taken from the picture, in metres by one scale for the recording, and only depth from the
    model. On drawn people with known truth this brought the area under the ROC curve of
    cross-person verdicts from 0.82 to 0.89.

    Returns
    -------
    (time, keypoint, 3) float
        Metres from the middle of the hips: right, up, towards the camera. The model's own
        landmarks where the picture is not known.
    """
    hips = _middle(pose.image, "hip")
    flat = (pose.image - hips[:, None])[..., :2] * np.array([1.0, -1.0])
    metric = pose.world - _middle(pose.world, "hip")[:, None]
    both = np.isfinite(flat) & np.isfinite(metric[..., :2])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(both, flat * metric[..., :2], 0.0).sum(axis=(1, 2)) / np.where(
            both, metric[..., :2] ** 2, 0.0
        ).sum(axis=(1, 2))
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    if not len(ratio):
        return metric
    return np.concatenate([flat / np.median(ratio), metric[..., 2:]], axis=2)


def _middle(points: FloatArray, joint: str) -> FloatArray:
    return np.asarray((points[:, INDEX[f"left_{joint}"]] + points[:, INDEX[f"right_{joint}"]]) / 2)


def _torso_length(points: FloatArray, *, flat: bool) -> float:
    """One length for the recording; in the flat the longest view of it (95th percentile)."""
    length = np.linalg.norm(_middle(points, "shoulder") - _middle(points, "hip"), axis=1)
    length = length[np.isfinite(length)]
    if not len(length):
        return float("nan")
    return float(np.percentile(length, 95.0 if flat else 50.0)) or float("nan")


def turned(points: FloatArray, yaw_deg: float) -> FloatArray:
    """Turn camera-aligned points so that the body faces forward.

    Parameters
    ----------
    points : (..., 3) float
        Right, up, towards the camera.
    yaw_deg : float
        By how much the body is turned from facing the camera.

    Returns
    -------
    (..., 3) float
        To the body's left, up, forward.
    """
    c, s = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def mirrored_body(positions: FloatArray) -> FloatArray:
    """Swap the sides of bodies in body coordinates, (time, keypoint, 3)."""
    return np.asarray(positions[:, MIRROR] * np.array([-1.0, 1.0, 1.0]))
