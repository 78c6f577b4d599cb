"""Body, hands and face from video by MediaPipe Holistic, offline.

One person is followed. The models see less of the body than `sources.mediapipe` does, and their
poses go by another name: poses of different models are never compared.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from dtwcoach.pose import FACE_MEASURES, HAND_KEYPOINTS, KEYPOINTS, SIDES, FloatArray, PoseSequence
from dtwcoach.pose import mirrored as mirrored_pose
from dtwcoach.sources.cache import cached_pose
from dtwcoach.sources.mediapipe import MAX_SIDE_PX, load_mediapipe, thinned
from dtwcoach.sources.quiet import quiet_stderr
from dtwcoach.sources.video import Frame, open_video, rgb

EXTRACTION_VERSION = 1
"""Raised when the same video gives another result than before: old cached poses are left."""
MAX_RATE_HZ = 30.0
"""Faster video is thinned out: Holistic takes every frame for a thirtieth of a second."""

# Points of MediaPipe's face mesh. Its right is the person's right.
_MESH = {
    "mouth_left": 291,
    "mouth_right": 61,
    "lip_upper": 13,
    "lip_lower": 14,
    "left_eye_outer": 263,
    "left_eye_inner": 362,
    "left_lid_upper": 386,
    "left_lid_lower": 374,
    "left_brow": 334,
    "right_eye_outer": 33,
    "right_eye_inner": 133,
    "right_lid_upper": 159,
    "right_lid_lower": 145,
    "right_brow": 105,
    "forehead": 10,
    "chin": 152,
}


def model_name() -> str:
    """Name of estimator, model and mode as stored in `PoseSequence.model`."""
    return f"mediapipe-{importlib.metadata.version('mediapipe')}/holistic_full/video"


@dataclass(frozen=True, eq=False)
class Whole:
    """What Holistic saw in one picture; NaN, and confidence 0, where nothing was found.

    image, world : (33, 3) float, confidence : (33,) float, as in `PoseSequence`
    hands : (2, 21, 3) float
    face : (9,) float
    """

    time_s: float
    image: FloatArray
    world: FloatArray
    confidence: FloatArray
    hands: FloatArray
    face: FloatArray


class HolisticTracker:
    """Finds and follows one person's body, hands and face, frame by frame.

    A fresh one for each video: it remembers where everything was. Use as a context manager.
    """

    def __init__(self) -> None:
        with quiet_stderr():
            mediapipe, _ = load_mediapipe()
            self._model: Any = mediapipe.solutions.holistic.Holistic(model_complexity=1)
            # Its threads start by and by, and each says so: a first picture waits for them all.
            self._model.process(np.zeros((64, 64, 3), np.uint8))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the models; a later `update` raises."""
        if self._model is not None:
            with quiet_stderr():
                self._model.close()
        self._model = None

    def update(self, frame: Frame) -> Whole:
        """Look at the next frame."""
        if self._model is None:
            raise ValueError("this tracker is closed; make a new one for each video")
        with quiet_stderr():  # each model says something when first used
            found = self._model.process(rgb(frame.image))
        height, width = frame.image.shape[:2]
        size = np.array([width, height, width], dtype=float)
        world = _points(found.pose_world_landmarks, len(KEYPOINTS))
        body = found.pose_landmarks
        confidence = np.zeros(len(KEYPOINTS))
        if body is not None:
            confidence = np.clip([point.visibility for point in body.landmark], 0, 1)
        hands = [getattr(found, f"{side}_hand_landmarks") for side in SIDES]
        return Whole(
            frame.time_s,
            _points(body, len(KEYPOINTS)) * size,
            world * np.array([1.0, -1.0, -1.0]),
            confidence,
            np.stack([_points(hand, len(HAND_KEYPOINTS)) * size for hand in hands]),
            face_measures(_points(found.face_landmarks, 468) * size),
        )


def _points(landmarks: Any, count: int) -> FloatArray:
    if landmarks is None:
        return np.full((count, 3), np.nan)
    return np.array([(point.x, point.y, point.z) for point in landmarks.landmark])


def face_measures(mesh: FloatArray) -> FloatArray:
    """Reduce MediaPipe's face mesh to `FACE_MEASURES`.

    Parameters
    ----------
    mesh : (468, 3) float
        Pixels: x to the right, y down, depth in the same scale, smaller is nearer.

    Returns
    -------
    (9,) float
    """
    at = {name: mesh[row] * np.array([1.0, -1.0, -1.0]) for name, row in _MESH.items()}
    across = at["left_eye_outer"] - at["right_eye_outer"]
    size = float(np.linalg.norm(across))

    def apart(a: str, b: str) -> float:
        return float(np.linalg.norm(at[a] - at[b])) / size

    forward = np.cross(across, at["forehead"] - at["chin"])
    measures = {
        "mouth_width": apart("mouth_left", "mouth_right"),
        "mouth_opening": apart("lip_upper", "lip_lower"),
        "head_yaw": np.degrees(np.arctan2(forward[0], forward[2])),
        "head_pitch": np.degrees(np.arctan2(-forward[1], np.hypot(forward[0], forward[2]))),
        "head_roll": np.degrees(np.arctan2(-across[1], np.hypot(across[0], across[2]))),
    }
    for side in SIDES:
        eye = (at[f"{side}_eye_outer"] + at[f"{side}_eye_inner"]) / 2
        brow = float(np.linalg.norm(at[f"{side}_brow"] - eye))
        measures[f"{side}_brow_height"] = brow / size
        measures[f"{side}_eye_opening"] = apart(f"{side}_lid_upper", f"{side}_lid_lower")
    return np.array([measures[name] for name in FACE_MEASURES], dtype=float)


def sequence(
    seen: list[Whole], *, frame_size: tuple[int, int], notes: tuple[str, ...] = ()
) -> PoseSequence:
    """Join what was seen frame by frame; times must increase."""
    count = len(seen)
    shapes = {
        "image": (len(KEYPOINTS), 3),
        "world": (len(KEYPOINTS), 3),
        "confidence": (len(KEYPOINTS),),
        "hands": (len(SIDES), len(HAND_KEYPOINTS), 3),
        "face": (len(FACE_MEASURES),),
    }
    arrays = {
        name: np.array([getattr(whole, name) for whole in seen]).reshape(count, *shape)
        for name, shape in shapes.items()
    }
    return PoseSequence(
        time_s=np.array([whole.time_s for whole in seen]),
        frame_size=frame_size,
        model=model_name(),
        notes=notes,
        **arrays,
    )


def extract_holistic(
    source: Path | str,
    *,
    mirrored: bool = False,
    progress: Callable[[float], None] | None = None,
) -> PoseSequence:
    """Return body, hands and face of the one person in a video (above 30 Hz: thinned out).

    Parameters
    ----------
    source : path
        A video file.
    mirrored : bool
        The video shows a mirror image (selfie): sides and x are swapped back.
    progress : callable, optional
        Called with the share done, 0 to 1, after each frame.

    Raises
    ------
    SourceError
        When the video cannot be read (see `open_video`).
    """
    seen: list[Whole] = []
    with open_video(source, max_side_px=MAX_SIDE_PX) as video, HolisticTracker() as tracker:
        for frame in thinned(video, rate_hz=MAX_RATE_HZ):
            seen.append(tracker.update(frame))
            if progress is not None and video.frames_expected > 0:
                progress(min(1.0, video.frames_read / video.frames_expected))
        pose = sequence(seen, frame_size=video.size, notes=tuple(video.notes))
    if progress is not None:
        progress(1.0)
    return mirrored_pose(pose) if mirrored else pose


def read_holistic(
    path: Path | str,
    *,
    mirrored: bool = False,
    progress: Callable[[float], None] | None = None,
) -> PoseSequence:
    """`extract_holistic`, remembered by what the video contains (see `sources.cache`)."""
    pose = cached_pose(
        Path(path),
        extract=lambda: extract_holistic(path, progress=progress),
        made_by=f"{model_name()} {(EXTRACTION_VERSION, MAX_SIDE_PX, MAX_RATE_HZ)}",
    )
    return mirrored_pose(pose) if mirrored else pose
