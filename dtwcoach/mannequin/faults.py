"""What goes wrong in each exercise, by name and size, as a trainer would say it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.exercises import both
from dtwcoach.mannequin.fault import TOO_FAST, Fault
from dtwcoach.mannequin.more import KNOWN, MORE_FAULTS


def _fault(
    name: str,
    title: str,
    joint: str,
    measure: str,
    changes: Mapping[str, float],
    *,
    typical: float = 20.0,
    also: tuple[str, ...] = (),
    phase: str = "turn",
    kind: str = "posture",
) -> Fault:
    joints = (joint, *also)
    return Fault(name, title, joint, measure, typical, joints, changes, phase, kind)


_TRUNK = ("left_hip", "right_hip", "left_shoulder", "right_shoulder", "hips")
_ELBOWS = ("right_elbow", "left_wrist", "right_wrist")
_SHOULDERS = ("right_shoulder", "left_elbow", "right_elbow")

_TRUNK_LEAN = _fault(
    "trunk_lean",
    "upper body leans too far forwards",
    "trunk",
    "trunk",
    {"pelvis_pitch": 1.0},
    also=_TRUNK,
)

_TABLE: dict[str, tuple[Fault, ...]] = {
    "squat": (
        _fault(
            "shallow",
            "does not go down far enough",
            "left_knee",
            "left_knee",
            {"pelvis_pitch": -0.25, **both(knee_flexion=-1.0)},
            also=("right_knee", "left_hip", "right_hip", "hips"),
        ),
        _TRUNK_LEAN,
        _fault(
            "knees_in",
            "knees fall inwards",
            "left_knee",
            "left_thigh_out",
            both(hip_abduction=-1.0),
            also=("right_knee", "left_hip", "right_hip"),
        ),
    ),
    "lunge": (
        _fault(
            "shallow",
            "front knee does not bend far enough",
            "left_knee",
            "left_knee",
            both(knee_flexion=-1.0),
            phase="late",
            also=("right_knee", "left_hip", "right_hip", "hips"),
        ),
        _TRUNK_LEAN,
        _fault(
            "knee_in",
            "front knee falls inwards",
            "left_knee",
            "left_thigh_out",
            {"left_hip_abduction": -1.0},
            phase="late",
            also=("left_hip",),
        ),
    ),
    "push_up": (
        _fault(
            "hips_sag",
            "hips sag",
            "hips",
            "left_hip",
            both(hip_flexion=-1.0),
            phase="whole",
            also=("left_hip", "right_hip", "trunk"),
        ),
        _fault(
            "hips_high",
            "hips are too high",
            "hips",
            "left_hip",
            both(hip_flexion=1.0),
            phase="whole",
            also=("left_hip", "right_hip", "trunk"),
        ),
        _fault(
            "half_range",
            "chest stays too high",
            "left_elbow",
            "left_elbow",
            both(elbow_flexion=-1.0),
            typical=30.0,
            also=("right_elbow", "left_shoulder", "right_shoulder"),
        ),
        _fault(
            "head_drop",
            "head hangs down",
            "head",
            "head",
            {"neck_pitch": 1.0},
            phase="whole",
        ),
        _fault(
            "elbows_flared",
            "elbows point too far out",
            "left_shoulder",
            "left_shoulder",
            both(shoulder_abduction=1.33),  # on a planted hand the arm follows only in part
            also=_SHOULDERS,
        ),
    ),
    "biceps_curl": (
        _fault(
            "half_range",
            "does not bend the elbows all the way",
            "left_elbow",
            "left_elbow",
            both(elbow_flexion=-1.0),
            typical=30.0,
            also=_ELBOWS,
        ),
        _fault(
            "elbow_drift",
            "upper arms swing forwards",
            "left_shoulder",
            "left_arm_ahead",
            both(shoulder_flexion=1.0),
            also=_SHOULDERS,
        ),
        _fault(
            "trunk_swing",
            "upper body swings back",
            "trunk",
            "trunk",
            {"pelvis_pitch": -0.4, "trunk_pitch": -0.84},
            phase="middle",
            typical=16.0,
            also=_TRUNK,
        ),
        _fault(
            "one_arm_lags",
            "right arm lags behind",
            "right_elbow",
            "right_elbow",
            {"right_elbow_flexion": 1.0},
            kind="lag",
            typical=30.0,
            also=("right_wrist",),
        ),
    ),
    "shoulder_press": (
        _fault(
            "half_range",
            "does not stretch the arms",
            "left_elbow",
            "left_elbow",
            both(elbow_flexion=1.0, shoulder_abduction=-0.5),
            typical=30.0,
            also=(*_ELBOWS, "left_shoulder", "right_shoulder"),
        ),
        _fault(
            "uneven_arms",
            "right arm stays lower",
            "right_elbow",
            "right_elbow",
            {"right_elbow_flexion": 1.0, "right_shoulder_abduction": -0.5},
            typical=30.0,
            also=("right_shoulder", "right_wrist"),
        ),
        _fault(
            "lean_back",
            "upper body leans back",
            "trunk",
            "trunk",
            {"pelvis_pitch": -0.4, "trunk_pitch": -0.84},
            typical=16.0,
            also=_TRUNK,
        ),
        _fault(
            "elbows_narrow",
            "elbows are too close to the body on the way",
            "left_shoulder",
            "left_shoulder",
            both(shoulder_abduction=-1.0),
            phase="middle",
            also=_SHOULDERS,
        ),
    ),
    "lateral_raise": (
        _fault(
            "half_range",
            "arms stay too low",
            "left_shoulder",
            "left_shoulder",
            both(shoulder_abduction=-1.0),
            typical=25.0,
            also=_SHOULDERS,
        ),
        _fault(
            "too_high",
            "arms go too high",
            "left_shoulder",
            "left_shoulder",
            both(shoulder_abduction=1.0),
            typical=25.0,
            also=_SHOULDERS,
        ),
        _fault(
            "bent_elbows",
            "elbows bend",
            "left_elbow",
            "left_elbow",
            both(elbow_flexion=1.0),
            typical=30.0,
            also=_ELBOWS,
        ),
        _fault(
            "one_arm_lags",
            "right arm lags behind",
            "right_shoulder",
            "right_shoulder",
            {"right_shoulder_abduction": 1.0},
            kind="lag",
            typical=25.0,
            also=("right_elbow", "right_wrist"),
        ),
        _fault(
            "side_lean",
            "upper body leans to the left",
            "trunk",
            "trunk_side",
            {"trunk_roll": 1.4},
            typical=15.0,
            also=_TRUNK,
        ),
    ),
    "jumping_jack": (
        _fault(
            "arms_low",
            "arms do not go all the way up",
            "left_shoulder",
            "left_shoulder",
            both(shoulder_abduction=-1.0),
            typical=40.0,
            also=_SHOULDERS,
        ),
        _fault(
            "narrow_legs",
            "legs stay too close together",
            "left_hip",
            "left_leg_out",
            both(foot_x=-0.0175),
            typical=14.0,
            also=("right_hip", "left_ankle", "right_ankle"),
        ),
        _fault(
            "bent_elbows",
            "elbows bend",
            "left_elbow",
            "left_elbow",
            both(elbow_flexion=1.0),
            typical=40.0,
            also=_ELBOWS,
        ),
    ),
    "good_morning": (
        _fault(
            "shallow",
            "upper body does not go down far enough",
            "trunk",
            "trunk",
            {"pelvis_pitch": -1.0},
            also=_TRUNK,
        ),
        _fault(
            "knees_bend",
            "knees bend too much",
            "left_knee",
            "left_knee",
            both(knee_flexion=1.0),
            also=("right_knee", "left_hip", "right_hip"),
        ),
        _fault(
            "back_rounded",
            "back is rounded",
            "trunk",
            "trunk",
            {"trunk_pitch": 1.4, "neck_pitch": 0.5},
            also=(*_TRUNK, "head"),
        ),
    ),
    "glute_bridge": (
        _fault(
            "half_height",
            "hips stay too low",
            "hips",
            "left_hip",
            both(hip_flexion=1.0),
            also=("left_hip", "right_hip", "trunk"),
        ),
        _fault(
            "over_arched",
            "hips are pushed up too far and the back is hollow",
            "hips",
            "left_hip",
            {"trunk_pitch": -0.6, **both(hip_flexion=-1.0)},
            typical=15.0,
            also=("left_hip", "right_hip", "trunk"),
        ),
        _fault(
            "knees_apart",
            "knees fall apart",
            "left_knee",
            "left_thigh_out",
            both(hip_abduction=1.0),
            also=("right_knee", "left_hip", "right_hip"),
        ),
    ),
    "seated_knee_extension": (
        _fault(
            "half_range",
            "does not stretch the knee",
            "left_knee",
            "left_knee",
            {"left_knee_flexion": 1.0},
            typical=25.0,
            also=("left_ankle",),
        ),
        _fault(
            "lean_back",
            "upper body leans back",
            "trunk",
            "trunk",
            {"pelvis_pitch": -1.0},
            also=_TRUNK,
        ),
        _fault(
            "hip_lift",
            "thigh lifts off the seat",
            "left_hip",
            "left_hip",
            {"left_hip_flexion": 1.0},
            also=("left_knee", "hips"),
        ),
    ),
}

FAULTS: Mapping[str, Mapping[str, Fault]] = MappingProxyType(
    {
        exercise: MappingProxyType({fault.name: fault for fault in (*faults, TOO_FAST)})
        for exercise, faults in _TABLE.items()
    }
    | {
        name: MappingProxyType({fault.name: fault for fault in faults})
        for name, faults in MORE_FAULTS.items()
    }
)
"""Faults by exercise and name."""


def find_fault(exercise: str, name: str, *, side: str = "left") -> Fault:
    """The fault of that name.

    Raises
    ------
    UsageError
        When the exercise or the fault is unknown.

    Examples
    --------
    >>> find_fault("lunge", "knee_in", side="right").joint
    'right_knee'
    """
    if exercise not in FAULTS:
        raise UsageError(f"Unknown exercise {exercise!r}; known are {', '.join(FAULTS)}.")
    if name not in FAULTS[exercise]:
        raise UsageError(f"{exercise} has no fault {name!r}; it has {', '.join(FAULTS[exercise])}.")
    fault = FAULTS[exercise][name]
    return fault.mirrored() if KNOWN[exercise].sided and side == "right" else fault
