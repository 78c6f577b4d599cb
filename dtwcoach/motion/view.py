"""From where the camera saw the body, and what that does to the features."""

from __future__ import annotations

import numpy as np

from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import INDEX, SIDES, FloatArray

UPRIGHT = 2.35
"""Torso lengths from ankles to shoulders from which on somebody stands; seated people reach 2.3."""
FOOT = 0.5
"""Heel to toe in torso lengths."""
STRETCH, LEVEL_DEG = 1.8, 19.4
LEVEL_RANGE_DEG = (-4.0, 13.0)
"""Elevations that are neither near the floor nor above the head."""


def kind_of(name: str) -> str:
    """Kind of a feature, with its axis where it has one: what errors depend on.

    >>> kind_of("left_knee_angle"), kind_of("left_thigh_forward"), kind_of("left_wrist_height")
    ('angle', 'inclination forward', 'position height')
    """
    kind = KNOWN_FEATURES[name].kind
    return f"{kind} {name.rsplit('_', 1)[1]}" if kind in ("inclination", "position") else kind


def heading_deg(points: FloatArray) -> float:
    """Angle by which a body is turned from facing the camera, from its shoulder and hip lines.

    What turns a body into its own coordinates: it agrees with the rest of the keypoints even where
    the pose model sees the whole body less turned than it is.

    Parameters
    ----------
    points : (time, keypoint, 3) float
        Camera-aligned: right, up, towards the camera.

    Returns
    -------
    float
        Degrees in (-180, 180]: 0 faces the camera, 90 shows its left side; nan when never seen.
    """
    return _angle_deg(_mean(_across(points)))


def view_yaw_deg(points: FloatArray) -> float:
    """From where the camera saw the body: what is compared between recordings.

    The lines across shoulders and hips alone make a body that nearly faces the camera look up to
    20 degrees less turned than it is. Feet, which point forward, are seen there at their best:
    with them the mean error falls from 8 to 6 degrees (`python -m benchmarks.view_error`).

    Parameters
    ----------
    points : (time, keypoint, 3) float
        Camera-aligned: right, up, towards the camera.

    Returns
    -------
    float
        Degrees in (-180, 180]: 0 front, 90 the body's left side; nan when never seen.
    """
    toes, heels = (
        points[:, [INDEX[f"{side}_{end}"] for side in SIDES]].mean(axis=1)
        for end in ("toe", "heel")
    )
    feet = toes - heels
    quarter_turn = np.stack([feet[:, 2], -feet[:, 0]], axis=1)  # forward becomes left
    across, ahead = _mean(_across(points)), _mean(quarter_turn)
    return _angle_deg(across + np.where(np.isfinite(ahead), ahead, 0.0))


def camera_elevation_deg(points: FloatArray) -> float:
    """Angle under which the camera looks down on the middle of somebody who stands.

    Two cues are joined: how the upright body is tilted in depth, and how the floor under the feet
    rises in the picture, from the foot's length along the view and the feet's distance across it.
    The pose model shrinks both, so their mean is stretched by constants measured on drawn people
    2.7 to 3.8 m away, where it is 5 degrees off in the mean, 12 in 95 % of the clips
    (`python -m benchmarks.view_error`). The floor slopes less from afar: at 6 m it reads 8 degrees
    too low. Good enough for advice on the camera, not for turning the body by it.

    Parameters
    ----------
    points : (time, keypoint, 3) float
        As `dtwcoach.motion.body.seen_in_depth` returns them.

    Returns
    -------
    float
        Degrees, 0 level, positive from above; nan for people who never stand upright or whose
        feet are not seen.
    """
    at = {
        part: np.stack([points[:, INDEX[f"{side}_{part}"]] for side in SIDES])
        for part in ("shoulder", "hip", "ankle", "heel", "toe")
    }
    middle = {part: both.mean(axis=0) for part, both in at.items()}
    known = np.isfinite(np.concatenate(list(middle.values()), axis=1)).all(axis=1)
    if not known.any():
        return float("nan")
    torso = float(np.median(np.linalg.norm(middle["shoulder"] - middle["hip"], axis=1)[known]))
    upright = (middle["shoulder"] - middle["ankle"])[known] / torso
    length = np.linalg.norm(upright, axis=1)
    body = upright[length >= np.percentile(length, 80)].mean(axis=0)
    if np.linalg.norm(body) < UPRIGHT or body[1] < np.hypot(body[0], body[2]):
        return float("nan")
    foot = np.median((middle["toe"] - middle["heel"])[known], axis=0)
    apart = sum(at[part][0] - at[part][1] for part in ("ankle", "heel", "toe"))
    stance = np.median(np.asarray(apart)[known] / 3, axis=0)
    ahead = FOOT * torso * np.cos(np.radians(view_yaw_deg(points)))
    rise = -(foot[1] * ahead + stance[1] * stance[2]) / (ahead**2 + stance[2] ** 2)
    body_deg, floor_deg = _angle_deg(body[1:]), float(np.degrees(np.arctan(rise)))
    # A heel off the floor feigns a slope.
    floor_deg = float(np.clip(floor_deg, body_deg - 20.0, body_deg + 20.0))
    return STRETCH * (body_deg + floor_deg) / 2 - LEVEL_DEG


def camera_height(points: FloatArray) -> str:
    """Coarse answer to `camera_elevation_deg`: "low", "level", "high" or "unknown"."""
    elevation_deg = camera_elevation_deg(points)
    if np.isnan(elevation_deg):
        return "unknown"
    low, high = LEVEL_RANGE_DEG
    return "low" if elevation_deg < low else "high" if elevation_deg > high else "level"


def _across(points: FloatArray) -> FloatArray:
    """From right to left, shoulders and hips together: (time, 2) right and towards the camera."""
    left, right = (
        points[:, [INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip")]].sum(axis=1)
        for side in SIDES
    )
    return np.asarray((left - right)[:, [0, 2]])


def _mean(vectors: FloatArray) -> FloatArray:
    """Mean of (time, 2) vectors; not of their angles: where a line is seen long, it weighs more."""
    known = vectors[np.isfinite(vectors).all(axis=1)]
    return known.mean(axis=0) if len(known) else np.full(2, np.nan)


def _angle_deg(vector: FloatArray) -> float:
    return float(np.degrees(np.arctan2(vector[1], vector[0])))
