"""More that the mannequin can do: positions to hold, and sides that take turns."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dtwcoach.mannequin.exercises import EXERCISES, Exercise, both
from dtwcoach.mannequin.fault import TOO_FAST, Fault

_PLANK = Exercise(
    name="plank",
    title="Forearm plank",
    contact="forearms_toes",
    rest={  # knees on the floor
        "neck_pitch": -10.0,
        **both(hip_flexion=38, knee_flexion=58, ankle_flexion=16),
    },
    turn={"neck_pitch": -12.0, **both(hip_flexion=4, knee_flexion=2, ankle_flexion=4)},
    driver=("left_knee_flexion", "right_knee_flexion"),
    is_hold=True,
    rep_s=12.6,
    dwell_s=10.0,
    out_share=0.5,
    yaw_deg=72.0,
    height_m=0.85,
    distance_m=2.7,
    tilt_deg=12.0,
    how_to_film="Put the camera at your left side, a little towards your head and no lower than"
    " table height, nearly three metres away, from head to toes in the picture.",
)

_WALL_SIT = Exercise(
    name="wall_sit",
    title="Wall sit",
    rest=both(foot_x=0.18),
    turn={"root_z": -0.46, **both(knee_flexion=90, shoulder_flexion=12, elbow_flexion=20)},
    driver=("left_knee_flexion", "right_knee_flexion"),
    is_hold=True,
    rep_s=12.8,
    dwell_s=10.0,
    yaw_deg=60.0,
    how_to_film="Stand with your back to a wall, the camera at your left side and a little in"
    " front, at hip height, about three metres away, whole body in the picture.",
)

_HIGH_KNEES = Exercise(
    name="high_knees",
    title="Standing knee raise",
    rest=both(foot_x=0.12, foot_yaw=5),
    between=(
        (
            0.2,
            {"left_foot_z": 0.06, "left_foot_y": 0.08, "left_load": 0.0, "right_load": 1.0},
        ),
    ),
    turn={
        "left_foot_z": 0.40,
        "left_foot_y": 0.47,
        "left_load": 0.0,
        "right_load": 1.0,
        "root_x": -0.10,
        "root_z": -0.20,
        "left_shoulder_flexion": -18.0,
        "right_shoulder_flexion": 30.0,
        **both(elbow_flexion=60),
    },
    driver=("left_foot_y",),
    sided=True,
    alternates=True,
    rep_s=1.6,
    dwell_s=0.1,
    yaw_deg=50.0,
    distance_m=3.2,
    how_to_film="Stand half turned, your left side nearer to the camera, at hip height, about"
    " three metres away, whole body in the picture.",
)

MORE: Mapping[str, Exercise] = MappingProxyType(
    {exercise.name: exercise for exercise in (_PLANK, _WALL_SIT, _HIGH_KNEES)}
)
"""Exercises without references of their own: those of `EXERCISES` are one movement each."""

KNOWN: Mapping[str, Exercise] = MappingProxyType({**EXERCISES, **MORE})
"""Every exercise that the mannequin knows, by name."""

_HIPS = ("hips", "left_hip", "right_hip", "trunk")
_KNEES = ("left_knee", "right_knee", "left_hip", "right_hip", "hips")
_TRUNK = ("trunk", "left_hip", "right_hip", "left_shoulder", "right_shoulder", "hips")
_HEAD = ("head",)


def _fault(
    name: str, title: str, joints: tuple[str, ...], measure: str, changes: Mapping[str, float]
) -> Fault:
    return Fault(name, title, joints[0], measure, 20.0, joints, changes)


MORE_FAULTS: Mapping[str, tuple[Fault, ...]] = MappingProxyType(
    {
        "plank": (
            _fault("hips_sag", "hips sag", _HIPS, "left_hip", both(hip_flexion=-1.0)),
            _fault("hips_high", "hips are too high", _HIPS, "left_hip", both(hip_flexion=1.0)),
            _fault("head_drop", "head hangs down", _HEAD, "head", {"neck_pitch": 1.0}),
        ),
        "wall_sit": (
            _fault(
                "thighs_high",
                "does not sit low enough",
                _KNEES,
                "left_knee",
                {"root_z": 0.004, **both(knee_flexion=-1.0)},
            ),
            _fault("trunk_lean", "back leaves the wall", _TRUNK, "trunk", {"pelvis_pitch": 1.0}),
            _fault(
                "knees_in",
                "knees fall inwards",
                _KNEES,
                "left_thigh_out",
                both(hip_abduction=-1.0),
            ),
        ),
        "high_knees": (
            _fault(
                "low_knee",
                "knee is not raised high enough",
                ("left_hip", "left_knee"),
                "left_hip",
                {"left_foot_y": -0.0085, "left_foot_z": -0.001},
            ),
            _fault("lean_back", "upper body leans back", _TRUNK, "trunk", {"pelvis_pitch": -1.0}),
            _fault(
                "standing_knee_bent",
                "standing leg gives way",
                ("right_knee", "right_hip"),
                "right_knee",
                {"right_knee_flexion": 1.0},
            ),
            TOO_FAST,
        ),
    }
)
"""What goes wrong in them, a fault of each kind."""
