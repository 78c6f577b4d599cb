"""Keypoints of 2-D estimators: their layouts, and from many people in each frame to one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dtwcoach.pose import INDEX, KEYPOINTS, FloatArray, PoseSequence
from dtwcoach.sources.tracking import Linker, Person

DEFAULT_FPS = 30.0

COCO_17: tuple[str, ...] = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""COCO's person keypoints, https://cocodataset.org/#keypoints-eval."""

COCO_18: tuple[str, ...] = (
    "nose", "", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
    "left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
"""OpenPose's COCO output; an empty name is a keypoint that dtwcoach has no use for (neck)."""

BODY_25: tuple[str, ...] = (
    "nose", "", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
    "left_wrist", "", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee",
    "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear", "left_toe", "", "left_heel",
    "right_toe", "", "right_heel",
)  # fmt: skip
"""OpenPose's BODY_25 output (neck, mid hip and small toes are left out)."""


def detection(values: ArrayLike, layout: Sequence[str]) -> FloatArray:
    """One person's (keypoint, 3) x, y and score in an estimator's layout, as dtwcoach's 33.

    Returns
    -------
    (33, 3) float
        x and y in pixels, NaN where missing (no score, or both zero); confidence in [0, 1].
    """
    rows = np.asarray(values, dtype=np.float64).reshape(len(layout), 3)
    result = np.full((len(KEYPOINTS), 3), np.nan)
    for name, row in zip(layout, rows, strict=True):
        if name:
            result[INDEX[name]] = row
    missing = ~np.isfinite(result).all(axis=1) | (result[:, 2] <= 0)
    missing |= (result[:, :2] == 0).all(axis=1)
    result[missing] = (np.nan, np.nan, 0.0)
    result[:, 2] = result[:, 2].clip(0.0, 1.0)
    return result


def sequence_of_athlete(
    people: Sequence[Sequence[FloatArray]],
    *,
    time_s: FloatArray,
    frame_size: tuple[int, int],
    model: str,
    notes: tuple[str, ...] = (),
) -> PoseSequence:
    """Follow everybody through the frames and return the one who fills the picture and moves.

    Parameters
    ----------
    people : per frame, the people found, each as from `detection`
    time_s : (time,) seconds
    frame_size : (width, height) pixels; (0, 0) where unknown
    model : str
    notes : tuple of str
    """
    seen = [[p for p in frame if np.isfinite(p[:, 0]).any()] for frame in people]
    linker = Linker(picture_px=_picture_px(seen, frame_size))
    numbered: list[dict[int, int]] = []
    for time, frame in zip(time_s, seen, strict=True):
        stand_ins = [_stand_in(person) for person in frame]
        places = {id(person): place for place, person in enumerate(stand_ins)}
        found = linker.update(stand_ins, float(time))
        numbered.append({number: places[id(person)] for number, person in found.items()})
    athlete = linker.athlete_tracks()
    data = np.full((len(seen), len(KEYPOINTS), 3), np.nan)
    data[..., 2] = 0.0
    for row, (frame, found_places) in enumerate(zip(seen, numbered, strict=True)):
        for number in athlete & found_places.keys():
            data[row] = frame[found_places[number]]
    image = data.copy()
    image[..., 2] = np.nan
    most = max(map(len, seen), default=0)
    if most > 1:
        notes += (f"up to {most} people in a frame: followed the one who moves and is largest",)
    return PoseSequence(
        time_s=time_s,
        image=image,
        world=np.full_like(image, np.nan),
        confidence=data[..., 2],
        frame_size=frame_size,
        model=model,
        people=np.array([len(frame) for frame in seen], dtype=np.int64),
        notes=notes,
    )


def _picture_px(seen: Sequence[Sequence[FloatArray]], frame_size: tuple[int, int]) -> float:
    """Diagonal of the picture; where its size is unknown, of the part that people reach."""
    if frame_size != (0, 0) or not any(seen):
        return math.hypot(*frame_size) or 1.0
    corners = [np.nanmax(person[:, :2], axis=0) for frame in seen for person in frame]
    return max(1.0, float(np.hypot(*np.max(corners, axis=0))))


def _stand_in(person: FloatArray) -> Person:
    """For tracking only: the person with unseen keypoints put in the middle of the seen."""
    middle = np.nanmean(person[:, :2], axis=0)
    points = np.where(np.isfinite(person[:, :2]), person[:, :2], middle)
    image = np.column_stack([points, np.zeros(len(points))]).astype(np.float32)
    confidence = person[:, 2].astype(np.float32)
    return Person(image, np.full_like(image, np.nan), confidence, confidence)
