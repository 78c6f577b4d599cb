"""Features of the face: its measures as angles, so that they compare with those of the body."""

from __future__ import annotations

import numpy as np

from dtwcoach.motion.features import Feature
from dtwcoach.pose import FACE_MEASURES, FloatArray

_APART = ("further apart", "closer together")
_LEVEL = ("higher", "lower")
_TURNED = ("turned further to the left", "turned further to the right")
_NODDED = ("further forward", "further back")
_TILTED = ("further to the left", "further to the right")

FACE_FEATURES: dict[str, Feature] = {
    name: Feature(name, "deg", part, kind, *words)
    for name, part, kind, words in (
        ("mouth_width", "corners of the mouth", "angle", _APART),
        ("mouth_opening", "lips", "angle", _APART),
        ("left_brow_height", "left eyebrow", "angle", _LEVEL),
        ("right_brow_height", "right eyebrow", "angle", _LEVEL),
        ("left_eye_opening", "left eyelids", "angle", _APART),
        ("right_eye_opening", "right eyelids", "angle", _APART),
        ("head_yaw", "head", "turn", _TURNED),
        ("head_pitch", "head", "angle", _NODDED),
        ("head_roll", "head", "angle", _TILTED),
    )
}
"""Every feature of the face by name."""


def measure_face(face: FloatArray) -> FloatArray:
    """Return every feature of `FACE_FEATURES`.

    A length becomes the angle that it fills, seen from one face size away.

    Parameters
    ----------
    face : (time, 9) float
        `pose.FACE_MEASURES`.

    Returns
    -------
    (time, feature) float
        Degrees, in the order of `FACE_FEATURES`; NaN where the face is missing.

    Examples
    --------
    >>> measure_face(np.array([[2.0, 0, 0, 0, 0, 0, 5.0, 0, 0]]))[0, [0, 6]].round(1).tolist()
    [90.0, 5.0]
    """
    columns = dict(zip(FACE_MEASURES, face.T, strict=True))
    for name, values in columns.items():
        if not name.startswith("head"):
            columns[name] = np.degrees(2 * np.arctan(values / 2))
    return np.stack([columns[name] for name in FACE_FEATURES], axis=1)
