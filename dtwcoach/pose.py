"""The words everybody speaks: keypoints, the skeleton and `PoseSequence`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dtwcoach.errors import PoseDataError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_toe",
    "right_toe",
)
"""The 33 keypoints of the BlazePose topology; other estimators fill a subset."""

INDEX: dict[str, int] = {name: number for number, name in enumerate(KEYPOINTS)}

SIDES: tuple[str, str] = ("left", "right")

FINGERS: tuple[str, ...] = ("thumb", "index", "middle", "ring", "pinky")

FINGER_JOINTS: dict[str, tuple[str, ...]] = {
    finger: ("cmc", "mcp", "ip", "tip") if finger == "thumb" else ("mcp", "pip", "dip", "tip")
    for finger in FINGERS
}
"""Finger -> its four keypoints from the palm to the tip."""

HAND_KEYPOINTS: tuple[str, ...] = (
    "wrist",
    *(f"{finger}_{joint}" for finger, joints in FINGER_JOINTS.items() for joint in joints),
)
"""The 21 keypoints of a hand, in MediaPipe's order."""

HAND_INDEX: dict[str, int] = {name: number for number, name in enumerate(HAND_KEYPOINTS)}

FACE_MEASURES: tuple[str, ...] = (
    "mouth_width",
    "mouth_opening",
    "left_brow_height",
    "right_brow_height",
    "left_eye_opening",
    "right_eye_opening",
    "head_yaw",
    "head_pitch",
    "head_roll",
)
"""What a face is reduced to: lengths in face sizes (between the outer corners of the eyes), then
angles in degrees: turned to the person's left, nodded forward, tilted to the left."""

MAJOR_JOINTS: tuple[str, ...] = tuple(
    f"{side}_{joint}"
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)

BONES: tuple[tuple[str, str], ...] = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(
        (f"{side}_{a}", f"{side}_{b}")
        for side in ("left", "right")
        for a, b in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("shoulder", "hip"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "toe"),
            ("ankle", "toe"),
        )
    ),
)


def mirrored_name(name: str) -> str:
    """Name of the same keypoint, joint or feature on the other side of the body.

    >>> mirrored_name("left_knee_angle"), mirrored_name("mouth_right"), mirrored_name("nose")
    ('right_knee_angle', 'mouth_left', 'nose')
    """
    swap = {"left": "right", "right": "left"}
    return "_".join(swap.get(word, word) for word in name.split("_"))


FACE_MIRROR: IntArray = np.array([FACE_MEASURES.index(mirrored_name(n)) for n in FACE_MEASURES])
FACE_FLIP: FloatArray = np.array(
    [-1.0 if name in ("head_yaw", "head_roll") else 1.0 for name in FACE_MEASURES]
)
"""In the mirror each measure is the one at that index, times that sign."""

MIRROR: IntArray = np.array([INDEX[mirrored_name(name)] for name in KEYPOINTS])
"""Index of the keypoint on the other side, for each keypoint."""


@dataclass(frozen=True, eq=False)
class PoseSequence:
    """One person's keypoints over time.

    Parameters
    ----------
    time_s : (time,) float
        Seconds, strictly increasing.
    image : (time, keypoint, 3) float
        Pixels: x to the right, y down, and the estimator's own relative depth in the same
        scale (smaller is nearer; NaN for 2-D estimators). NaN where not seen.
    world : (time, keypoint, 3) float
        Metres by the estimator's reckoning, relative to the middle of the hips: x to the right
        of the image, y **up**, z **towards the camera** (right-handed). All NaN for 2-D
        estimators.
    confidence : (time, keypoint) float
        In [0, 1]: visibility for MediaPipe, the score for OpenPose and COCO. 0 where missing.
    frame_size : (width, height)
        Pixels of the picture in which `image` is measured; (0, 0) where unknown.
    model : str
        The estimator and its settings; sequences of different models are never compared.
    presence : (time, keypoint) float, optional
        In [0, 1]: how sure the estimator is that the keypoint lies inside the picture.
        Equal to `confidence` where the estimator does not say.
    people : (time,) int, optional
        How many people were found when last looked for (0 where nobody was).
    notes : tuple of str
        What had to be repaired or assumed on the way, in plain words.
    hands : (time, 2, 21, 3) float, optional
        `HAND_KEYPOINTS` of the left and the right hand in pixels as `image` has them, depth
        relative to the wrist. NaN where not seen; None when nobody looked for hands.
    face : (time, 9) float, optional
        `FACE_MEASURES`. NaN where not seen; None when nobody looked for the face.

    Raises
    ------
    PoseDataError
        When the shapes do not agree or the time does not increase.
    """

    time_s: FloatArray
    image: FloatArray
    world: FloatArray
    confidence: FloatArray
    frame_size: tuple[int, int]
    model: str
    presence: FloatArray = None  # type: ignore[assignment]  # filled below
    people: IntArray = None  # type: ignore[assignment]  # filled below
    notes: tuple[str, ...] = ()
    hands: FloatArray | None = None
    face: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.presence is None:
            object.__setattr__(self, "presence", self.confidence)
        if self.people is None:
            seen = np.isfinite(self.image[..., :2]).any(axis=(1, 2))
            seen |= np.isfinite(self.world).any(axis=(1, 2))
            object.__setattr__(self, "people", seen.astype(np.int64))
        frames, joints = len(self.time_s), len(KEYPOINTS)
        expected = {
            "time_s": (frames,),
            "image": (frames, joints, 3),
            "world": (frames, joints, 3),
            "confidence": (frames, joints),
            "presence": (frames, joints),
            "people": (frames,),
        }
        if self.hands is not None:
            expected["hands"] = (frames, len(SIDES), len(HAND_KEYPOINTS), 3)
        if self.face is not None:
            expected["face"] = (frames, len(FACE_MEASURES))
        for name, shape in expected.items():
            kind = np.int64 if name == "people" else np.float64
            array = np.array(getattr(self, name), dtype=kind)  # a copy of our own to lock
            if name in ("image", "world", "hands", "face"):
                array[np.isinf(array)] = np.nan
            if array.shape != shape:
                raise PoseDataError(f"{name} has shape {array.shape}; needed {shape}.")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if not np.isfinite(self.time_s).all() or (np.diff(self.time_s) <= 0).any():
            raise PoseDataError("time_s must be finite and strictly increasing.")

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def fps(self) -> float:
        """Frames per second: one over the median time between frames (nan below two frames)."""
        return float(1.0 / np.median(np.diff(self.time_s))) if len(self) > 1 else float("nan")

    @property
    def duration_s(self) -> float:
        """Seconds between the first and the last frame (0 when empty)."""
        return float(self.time_s[-1] - self.time_s[0]) if len(self) else 0.0

    @property
    def has_depth(self) -> bool:
        """Whether the estimator gave three-dimensional positions."""
        return bool(np.isfinite(self.world).any())

    def slice(self, start: int, stop: int) -> PoseSequence:
        """Return frames of the half-open range [start, stop); time is kept as it is."""
        part = slice(start, stop)
        return replace(
            self,
            time_s=self.time_s[part],
            image=self.image[part],
            world=self.world[part],
            confidence=self.confidence[part],
            presence=self.presence[part],
            people=self.people[part],
            hands=None if self.hands is None else self.hands[part],
            face=None if self.face is None else self.face[part],
        )


def mirrored(pose: PoseSequence) -> PoseSequence:
    """Return the pose as seen in a mirror: sides swapped and x reversed, both together.

    Applied twice it gives the original.
    """
    image = pose.image[:, MIRROR].copy()
    world = pose.world[:, MIRROR].copy()
    image[..., 0] = pose.frame_size[0] - image[..., 0]
    world[..., 0] = -world[..., 0]
    hands = None
    if pose.hands is not None:
        hands = pose.hands[:, ::-1].copy()
        hands[..., 0] = pose.frame_size[0] - hands[..., 0]
    return replace(
        pose,
        image=image,
        world=world,
        confidence=pose.confidence[:, MIRROR],
        presence=pose.presence[:, MIRROR],
        hands=hands,
        face=None if pose.face is None else pose.face[:, FACE_MIRROR] * FACE_FLIP,
    )
