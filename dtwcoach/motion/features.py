"""Features: joint angles, segment inclinations and hip-centred positions over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import PoseDataError
from dtwcoach.pose import INDEX, FloatArray, mirrored_name

SIDES = ("left", "right")

JOINT_ANGLES: dict[str, tuple[str, str, str]] = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("elbow", "shoulder", "hip"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
    "ankle": ("knee", "ankle", "toe"),
}
"""Joint -> the three keypoints of its included angle (180 degrees is straight)."""

SEGMENTS: dict[str, tuple[str, str]] = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shin": ("knee", "ankle"),
}
"""Limb segment -> its proximal and distal keypoint."""

POSITIONS: tuple[str, ...] = ("elbow", "wrist", "knee", "ankle")
"""Keypoints whose hip-centred position is a feature."""

AXES: tuple[tuple[str, str], ...] = (("sideways", "left"), ("up", "up"), ("forward", "forward"))


@dataclass(frozen=True)
class Feature:
    """One named quantity of the body.

    Parameters
    ----------
    name : str
        `left_knee_angle`, `trunk_forward`, `right_wrist_height`, ...
    unit : str
        "deg" or "torso" (torso lengths).
    joint : str
        The joint or body part as people say it: "left knee", "trunk".
    kind : str
        "angle", "inclination" or "position".
    more, less : str
        How people say that it is larger or smaller than in the reference.
    """

    name: str
    unit: str
    joint: str
    kind: str
    more: str
    less: str


def _sided(kind: str, unit: str, part: str, rows: dict[str, tuple[str, str]]) -> list[Feature]:
    return [
        Feature(
            f"{side}_{part}_{suffix}", unit, f"{side} {part.replace('_', ' ')}", kind, more, less
        )
        for side in SIDES
        for suffix, (more, less) in rows.items()
    ]


def _table() -> dict[str, Feature]:
    lean = {
        "forward": ("further forward", "further back"),
        "sideways": ("further to the left", "further to the right"),
        "up": ("higher", "lower"),
    }
    rows = [Feature(f"trunk_{k}", "deg", "trunk", "inclination", *w) for k, w in lean.items()]
    rows.append(Feature("neck_angle", "deg", "head", "angle", "further back", "further forward"))
    for joint in JOINT_ANGLES:
        words = ("more raised", "less raised") if joint == "shoulder" else ("straighter", "more bent")
        rows += _sided("angle", "deg", joint, {"angle": words})
    for segment in SEGMENTS:
        rows += _sided("inclination", "deg", segment, lean)
    for point in POSITIONS:
        rows += _sided(
            "position", "torso", point,
            {"side": lean["sideways"], "height": lean["up"], "depth": lean["forward"]},
        )
    return {row.name: row for row in rows}


FEATURES: dict[str, Feature] = _table()
"""Every feature by name, in the order of the feature axis."""

FEATURE_NAMES: tuple[str, ...] = tuple(FEATURES)


@dataclass(frozen=True, eq=False)
class FeatureSeries:
    """Named quantities over time; not only of bodies: any per-channel time series fits.

    Parameters
    ----------
    time_s : (time,) float
        Seconds, strictly increasing.
    values : (time, feature) float
        Each in its feature's unit; NaN where not known.
    names : tuple of str

    Raises
    ------
    PoseDataError
        When the shapes do not agree.
    """

    time_s: FloatArray
    values: FloatArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for key in ("time_s", "values"):
            array = np.array(getattr(self, key), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, key, array)
        if self.values.shape != (len(self.time_s), len(self.names)):
            raise PoseDataError(
                f"values has shape {self.values.shape}; "
                f"needed {(len(self.time_s), len(self.names))}."
            )

    def __len__(self) -> int:
        return len(self.time_s)

    def column(self, name: str) -> FloatArray:
        """Values of one feature, (time,)."""
        return self.values[:, self.names.index(name)]
