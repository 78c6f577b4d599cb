"""Features: joint angles, segment inclinations and hip-centred positions over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dtwcoach.errors import PoseDataError
from dtwcoach.pose import INDEX, SIDES, FloatArray

JOINT_ANGLES: dict[str, tuple[str, str, str]] = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("elbow", "shoulder", "hip"),
    "knee": ("hip", "knee", "ankle"),
    "ankle": ("knee", "ankle", "toe"),
}
"""Joint -> the three keypoints of its included angle (180 degrees is straight)."""

JOINTS: tuple[str, ...] = (*JOINT_ANGLES, "hip")
"""Joints with an angle; that of the hip is measured in the trunk's own sagittal plane."""

PAIRED: tuple[str, ...] = ("elbow", "shoulder", "hip", "knee")
"""Joints whose left angle minus right angle is a feature: one side lagging behind the other shows
in neither side's own curve once that has been warped."""

SEGMENTS: dict[str, tuple[str, str]] = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shin": ("knee", "ankle"),
}
"""Limb segment -> its proximal and distal keypoint."""

POSITIONS: tuple[str, ...] = ("elbow", "wrist", "knee", "ankle")
"""Keypoints whose hip-centred position is a feature."""

LINES: dict[str, str] = {"pelvis": "hip", "shoulders": "shoulder"}
"""Line from right to left -> the joint at its ends; how it is tilted and turned is a feature."""

PAIRS: dict[str, str] = {"knees": "knee", "feet": "ankle"}
"""Pair of joints whose place relative to each other is a feature -> keypoint."""


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
        "angle", "inclination", "turn" (about the upright axis), "position" or "symmetry".
    more, less : str
        How people say that it is larger or smaller than in the reference.
    """

    name: str
    unit: str
    joint: str
    kind: str
    more: str
    less: str

    @property
    def flips(self) -> bool:
        """Whether its sign is the other one in the mirror image."""
        return not {"left", "right", "out", "in"}.isdisjoint(self.more.split())


_LEAN: dict[str, tuple[str, str]] = {
    "forward": ("further forward", "further back"),
    "sideways": ("further to the left", "further to the right"),
    "up": ("higher", "lower"),
}
_PLACE = {"side": "sideways", "height": "up", "depth": "forward"}
_LINE = {
    "up": ("higher on the left", "higher on the right"),
    "forward": ("turned further to the right", "turned further to the left"),
}
_PAIR = {
    "side": ("further apart", "closer together"),
    "height": ("higher on the left", "higher on the right"),
    "depth": ("further forward on the left", "further forward on the right"),
}


def words(side: str, direction: str) -> tuple[str, str]:
    """How people say more and less of a direction for one side of the body."""
    if direction == "sideways":
        outward = ("further out", "further in")
        return outward if side == "left" else (outward[1], outward[0])
    return _LEAN[direction]


def _sided(side: str) -> list[Feature]:
    rows = []
    for joint in JOINTS:
        bent = (
            ("more raised", "less raised") if joint == "shoulder" else ("straighter", "more bent")
        )
        rows.append(Feature(f"{side}_{joint}_angle", "deg", f"{side} {joint}", "angle", *bent))
    for segment in SEGMENTS:
        part = f"{side} {segment.replace('_', ' ')}"
        rows += [
            Feature(f"{side}_{segment}_{way}", "deg", part, "inclination", *words(side, way))
            for way in _LEAN
        ]
    for point in POSITIONS:
        rows += [
            Feature(
                f"{side}_{point}_{name}", "torso", f"{side} {point}", "position", *words(side, way)
            )
            for name, way in _PLACE.items()
        ]
    rows += [
        Feature(f"{side}_reach_{name}", "torso", f"{side} wrist", "position", *words(side, way))
        for name, way in _PLACE.items()
    ]
    return rows


def _whole() -> list[Feature]:
    """Features of the body as a whole, and of its left and right side against each other."""
    rows = [
        Feature(f"{line}_{way}", "deg", line, "turn" if way == "forward" else "inclination", *words)
        for line in LINES
        for way, words in _LINE.items()
    ]
    rows.append(Feature("trunk_twist", "deg", "trunk", "turn", *_LINE["forward"]))
    rows += [
        Feature(f"{part}_{name}", "torso", part, "position", *_LEAN[way])
        for part in ("hips", "head")
        for name, way in _PLACE.items()
    ]
    rows += [
        Feature(f"{pair}_{name}", "torso", pair, "position", *words)
        for pair in PAIRS
        for name, words in _PAIR.items()
    ]
    return rows


def _table() -> dict[str, Feature]:
    rows = [Feature(f"trunk_{way}", "deg", "trunk", "inclination", *_LEAN[way]) for way in _LEAN]
    rows.append(Feature("neck_angle", "deg", "head", "angle", "further back", "further forward"))
    rows += [*_sided("left"), *_sided("right")]
    rows += [
        Feature(
            f"{joint}_difference",
            "deg",
            f"left {joint}",
            "symmetry",
            f"{'more raised' if joint == 'shoulder' else 'straighter'} than the right",
            f"{'less raised' if joint == 'shoulder' else 'more bent'} than the right",
        )
        for joint in PAIRED
    ]
    rows += _whole()
    return {row.name: row for row in rows}


FEATURES: dict[str, Feature] = _table()
"""Every feature by name, in the order of the feature axis."""

FEATURE_NAMES: tuple[str, ...] = tuple(FEATURES)

NEEDS_DEPTH: frozenset[str] = frozenset(
    name
    for name in FEATURES
    if name.endswith(("_forward", "_depth", "_twist")) or name.endswith("_hip_angle")
) | {"hip_difference"}
"""Features that a picture without depth says nothing about."""


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

    def columns(self, names: tuple[str, ...]) -> FloatArray:
        """Values of several features, (time, feature)."""
        return self.values[:, _columns(self.names, names)]

    @property
    def rate_hz(self) -> float:
        """Frames a second."""
        return 1.0 / float(np.median(np.diff(self.time_s))) if len(self) > 1 else 1.0


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    """Where features stand; asked for with every frame of a stream."""
    return [names.index(name) for name in wanted]


def measure(positions: FloatArray) -> FloatArray:
    """Return every feature of `FEATURES` for bodies in body coordinates.

    Parameters
    ----------
    positions : (time, keypoint, 3) float
        Torso lengths: to the body's left, up, forward; NaN where not seen.

    Returns
    -------
    (time, feature) float
        In the order of `FEATURE_NAMES`; NaN where a keypoint is missing.
    """
    at = {name: positions[:, number] for name, number in INDEX.items()}
    hips = (at["left_hip"] + at["right_hip"]) / 2
    shoulders = (at["left_shoulder"] + at["right_shoulder"]) / 2
    columns = {f"trunk_{k}": v for k, v in inclinations(shoulders - hips).items()}
    columns["neck_angle"] = angle_between(at["nose"] - shoulders, hips - shoulders)
    for side in SIDES:
        for joint, ends in JOINT_ANGLES.items():
            a, b, c = (at[f"{side}_{end}"] for end in ends)
            columns[f"{side}_{joint}_angle"] = angle_between(a - b, c - b)
        columns[f"{side}_hip_angle"] = _hip_angle(
            shoulders - hips, at[f"{side}_knee"] - at[f"{side}_hip"]
        )
        for segment, (near, far) in SEGMENTS.items():
            tilts = inclinations(at[f"{side}_{far}"] - at[f"{side}_{near}"])
            columns |= {f"{side}_{segment}_{k}": v for k, v in tilts.items()}
        for point in POSITIONS:
            offset = at[f"{side}_{point}"] - hips
            columns |= _offsets(f"{side}_{point}", offset)
        columns |= _offsets(f"{side}_reach", at[f"{side}_wrist"] - at[f"{side}_shoulder"])
    for joint in PAIRED:
        columns[f"{joint}_difference"] = (
            columns[f"left_{joint}_angle"] - columns[f"right_{joint}_angle"]
        )
    for line, joint in LINES.items():
        tilts = inclinations(at[f"left_{joint}"] - at[f"right_{joint}"])
        columns |= {f"{line}_{way}": tilts[way] for way in _LINE}
    columns["trunk_twist"] = columns["shoulders_forward"] - columns["pelvis_forward"]
    columns |= _offsets("hips", hips - (at["left_ankle"] + at["right_ankle"]) / 2)
    columns |= _offsets("head", at["nose"] - shoulders)
    for pair, joint in PAIRS.items():
        columns |= _offsets(pair, at[f"left_{joint}"] - at[f"right_{joint}"])
    return np.stack([columns[name] for name in FEATURE_NAMES], axis=1)


def _offsets(name: str, offset: FloatArray) -> dict[str, FloatArray]:
    """Columns of a place, (time, 3): to the left, up, forward."""
    return {f"{name}_{suffix}": offset[:, axis] for axis, suffix in enumerate(_PLACE)}


def angle_between(u: FloatArray, v: FloatArray) -> FloatArray:
    """Angle in degrees between two (time, 3) vectors; well-conditioned near 0 and 180."""
    across, along = np.linalg.norm(np.cross(u, v), axis=1), np.einsum("ta,ta->t", u, v)
    return np.asarray(np.degrees(np.arctan2(across, along)))


def _hip_angle(trunk: FloatArray, thigh: FloatArray) -> FloatArray:
    """Angle in degrees between trunk and thigh, seen from the trunk's side.

    180 is straight, less is flexed and more is extended: unlike an included angle it does not
    turn back at straight, where hips that sag and hips that are bent would look alike. It may go
    below 0, where a deep bend brings the thigh past the trunk.
    """
    forward = np.cross(np.array([1.0, 0.0, 0.0]), trunk)
    ahead = np.einsum("ta,ta->t", thigh, forward) / np.linalg.norm(forward, axis=1)
    down = -np.einsum("ta,ta->t", thigh, trunk) / np.linalg.norm(trunk, axis=1)
    angle = 180.0 - np.degrees(np.arctan2(ahead, down))
    return np.asarray(np.where(angle > 270.0, angle - 360.0, angle))


def inclinations(vector: FloatArray) -> dict[str, FloatArray]:
    """Angles in degrees of a (time, 3) vector against the body's three planes.

    Unlike an angle inside a plane, these stay smooth when the vector leaves the plane.
    """
    length = np.linalg.norm(vector, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        tilt = np.degrees(np.arcsin(np.clip(vector / length[:, None], -1.0, 1.0)))
    return {"sideways": tilt[:, 0], "up": tilt[:, 1], "forward": tilt[:, 2]}


def resample(values: FloatArray, samples: int) -> FloatArray:
    """Resample to a common length, evenly in time; features with any gap become NaN throughout.

    Parameters
    ----------
    values : (time, feature) float
        At a uniform rate.
    samples : int

    Returns
    -------
    (samples, feature) float
    """
    if len(values) < 2:
        return np.full((samples, values.shape[1]), np.nan)
    at = np.linspace(0.0, len(values) - 1.0, samples)
    left = np.minimum(at.astype(int), len(values) - 2)
    share = (at - left)[:, None]
    result = values[left] * (1 - share) + values[left + 1] * share
    result[:, ~np.isfinite(values).all(axis=0)] = np.nan
    return np.asarray(result)
