"""What the mannequin can do: postures at rest and at the turn, and how to film them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from dtwcoach.mannequin.kinematics import NEUTRAL, SIDES, mirrored_channels
from dtwcoach.pose import mirrored_name

Posture = Mapping[str, float]


@dataclass(frozen=True)
class Exercise:
    """One exercise as a movement from a rest posture to a turn and back.

    Parameters
    ----------
    name, title : str
        Name in files and name for people.
    rest, turn : mapping of channel to value
        Postures at both ends; degrees, and leg lengths for feet (see `kinematics`).
    driver : tuple of str
        Channels whose mean says how far the repetition has come.
    contact : str
        What stays planted (see `contact`).
    between : tuple of (share of the way, posture)
        Postures passed on the way; channels left out take no notice.
    sided : bool
        Done with one side of the body (the left one here; the mirror image is as right).
    alternates : bool
        Sided, and the sides take turns from repetition to repetition.
    is_hold : bool
        The turn is a position to hold; a repetition is one hold, `dwell_s` its usual time.
    rep_s, dwell_s : float
        Usual seconds of one repetition, and of the turn within it.
    out_share : float
        Share of the moving time that goes into the way out.
    yaw_deg, height_m, distance_m, tilt_deg : float
        The camera that films it well.
    how_to_film : str
        The same as advice.
    """

    name: str
    title: str
    rest: Posture
    turn: Posture
    driver: tuple[str, ...]
    contact: str = "feet"
    between: tuple[tuple[float, Posture], ...] = ()
    sided: bool = False
    alternates: bool = False
    is_hold: bool = False
    rep_s: float = 3.0
    dwell_s: float = 0.25
    out_share: float = 0.52
    yaw_deg: float = 0.0
    height_m: float = 1.1
    distance_m: float = 3.2
    tilt_deg: float = 3.0
    how_to_film: str = ""
    side: str = field(default="left")

    def posture(self, share: float) -> dict[str, float]:
        """All channels at rest (0) or at the turn (1), as asked for.

        >>> EXERCISES["squat"].posture(0)["pelvis_yaw"]
        0.0
        """
        rest = {**NEUTRAL, **self.rest}
        return rest if share == 0 else {**rest, **self.turn}

    def mirrored(self) -> Exercise:
        """The same exercise done with the other side."""
        return replace(
            self,
            rest=mirrored_channels(self.rest),
            turn=mirrored_channels(self.turn),
            driver=tuple(mirrored_name(name) for name in self.driver),
            between=tuple((share, mirrored_channels(by)) for share, by in self.between),
            side=mirrored_name(self.side),
        )


def both(**channels: float) -> dict[str, float]:
    """The same value for the left and the right channel.

    >>> both(knee_flexion=90.0)
    {'left_knee_flexion': 90.0, 'right_knee_flexion': 90.0}
    """
    return {f"{side}_{name}": value for name, value in channels.items() for side in SIDES}


_SQUAT = Exercise(
    name="squat",
    title="Squat",
    rest={**both(foot_x=0.24, foot_yaw=20, shoulder_flexion=12, elbow_flexion=15)},
    turn={
        "pelvis_pitch": 37.0,
        "trunk_pitch": 6.0,
        "neck_pitch": -20.0,
        **both(
            knee_flexion=108,
            shoulder_flexion=112,
            shoulder_abduction=4,
            elbow_flexion=10,
        ),
    },
    driver=("left_knee_flexion", "right_knee_flexion"),
    yaw_deg=40.0,
    how_to_film="Stand so that the camera sees you half from the front, half from the side, at"
    " hip height, about three metres away, whole body in the picture.",
)

_LUNGE = Exercise(
    name="lunge",
    title="Forward lunge",
    rest={**both(foot_x=0.13, foot_yaw=5, elbow_flexion=20)},
    between=(
        (
            0.25,
            {
                "left_foot_z": 0.42,
                "left_foot_y": 0.12,
                "left_foot_pitch": -5.0,
                "left_knee_flexion": 30.0,
                "right_knee_flexion": 14.0,
                "left_load": 0.0,
                "right_load": 1.0,
                "right_foot_pitch": 8.0,
            },
        ),
        (
            0.5,
            {
                "left_foot_z": 1.02,
                "left_foot_y": 0.0,
                "left_foot_pitch": 0.0,
                "left_knee_flexion": 30.0,
                "right_knee_flexion": 25.0,
                "left_load": 0.5,
                "right_load": 0.5,
                "right_foot_pitch": 36.0,
            },
        ),
    ),
    turn={
        "left_foot_z": 1.02,
        "left_knee_flexion": 88.0,
        "right_knee_flexion": 92.0,
        "left_load": 1.0,
        "right_load": 0.0,
        "right_foot_pitch": 62.0,
        "pelvis_pitch": 6.0,
        "root_z": 0.1,
        "trunk_pitch": 3.0,
        "left_shoulder_flexion": -14.0,
        "right_shoulder_flexion": 28.0,
        **both(elbow_flexion=45),
    },
    driver=("left_knee_flexion",),
    sided=True,
    rep_s=3.6,
    yaw_deg=70.0,
    distance_m=3.5,
    how_to_film="Step across the picture, the stepping leg on the camera's side and you turned a"
    " little towards it, about three and a half metres away, the full step in the picture.",
)

_PUSH_UP = Exercise(
    name="push_up",
    title="Push-up",
    contact="hands_toes",
    rest={
        "neck_pitch": -14.0,
        **both(elbow_flexion=9, shoulder_abduction=42, knee_flexion=2, ankle_flexion=4),
    },
    turn={"neck_pitch": -18.0, **both(elbow_flexion=98, shoulder_abduction=46)},
    driver=("left_elbow_flexion", "right_elbow_flexion"),
    rep_s=2.6,
    yaw_deg=72.0,
    height_m=0.95,
    distance_m=2.7,
    tilt_deg=12.0,
    how_to_film="Put the camera at your left side, a little towards your head and no lower than"
    " table height, nearly three metres away, from head to toes in the picture.",
)

_CURL = Exercise(
    name="biceps_curl",
    title="Biceps curl",
    rest=both(forearm=75, elbow_flexion=12, shoulder_abduction=10, foot_x=0.18),
    turn=both(elbow_flexion=138, shoulder_flexion=8, forearm=80),
    driver=("left_elbow_flexion", "right_elbow_flexion"),
    out_share=0.45,
    rep_s=2.8,
    yaw_deg=45.0,
    how_to_film="Stand half turned, your left side nearer to the camera, at chest height, about"
    " three metres away, both arms in the picture.",
)

_PRESS = Exercise(
    name="shoulder_press",
    title="Shoulder press",
    rest=both(
        shoulder_abduction=58,
        shoulder_flexion=14,
        shoulder_rotation=82,
        elbow_flexion=125,
        forearm=-80,
        foot_x=0.2,
    ),
    turn=both(
        shoulder_abduction=168,
        shoulder_flexion=2,
        shoulder_rotation=88,
        elbow_flexion=14,
    ),
    driver=("left_elbow_flexion", "right_elbow_flexion"),
    out_share=0.45,
    rep_s=2.8,
    yaw_deg=35.0,
    height_m=1.3,
    distance_m=3.5,
    how_to_film="Stand turned a little away from the camera, your left side nearer to it, at chest"
    " height, about three and a half metres away, with room above the head.",
)

_LATERAL_RAISE = Exercise(
    name="lateral_raise",
    title="Lateral raise",
    rest=both(shoulder_abduction=11, elbow_flexion=14, foot_x=0.18, forearm=10),
    turn=both(shoulder_abduction=90, shoulder_flexion=8, elbow_flexion=14),
    driver=("left_shoulder_abduction", "right_shoulder_abduction"),
    out_share=0.45,
    rep_s=2.8,
    yaw_deg=10.0,
    height_m=1.2,
    how_to_film="Face the camera, at chest height and about three metres away, with room at both"
    " sides for the stretched arms.",
)

_JACK = Exercise(
    name="jumping_jack",
    title="Jumping jack",
    rest=both(foot_x=0.13, shoulder_abduction=10, elbow_flexion=10, knee_flexion=10),
    between=(
        (0.08, both(foot_x=0.13, foot_y=0.0, knee_flexion=22)),
        (0.5, both(foot_y=0.10, knee_flexion=8, shoulder_abduction=85, foot_pitch=25)),
        (0.92, both(foot_x=0.55, foot_y=0.0, knee_flexion=14, foot_pitch=0)),
    ),
    turn=both(
        foot_x=0.55,
        foot_yaw=16,
        shoulder_abduction=164,
        shoulder_rotation=60,
        elbow_flexion=18,
        knee_flexion=14,
    ),
    driver=("left_shoulder_abduction", "right_shoulder_abduction"),
    out_share=0.5,
    rep_s=1.5,
    dwell_s=0.08,
    yaw_deg=8.0,
    height_m=1.2,
    distance_m=3.8,
    how_to_film="Face the camera, at chest height and nearly four metres away, with room above"
    " the head and at both sides.",
)

_GOOD_MORNING = Exercise(
    name="good_morning",
    title="Good morning",
    rest=both(  # hands on the hips
        shoulder_abduction=40,
        shoulder_flexion=-22,
        shoulder_rotation=-62,
        elbow_flexion=82,
        forearm=-40,
        foot_x=0.2,
        knee_flexion=10,
    ),
    turn={
        "pelvis_pitch": 66.0,
        "trunk_pitch": 5.0,
        "neck_pitch": -24.0,
        **both(knee_flexion=22),
    },
    driver=("pelvis_pitch",),
    rep_s=3.4,
    yaw_deg=75.0,
    how_to_film="Turn your left side to the camera, your front a little towards it, at hip"
    " height, about three metres away, with room in front of you for the head.",
)

_BRIDGE = Exercise(
    name="glute_bridge",
    title="Glute bridge",
    contact="back",
    rest={
        "neck_pitch": 6.0,
        **both(hip_flexion=52, foot_x=0.16, foot_yaw=6, shoulder_abduction=22, forearm=-80),
    },
    turn=both(hip_flexion=2),
    driver=("left_hip_flexion", "right_hip_flexion"),
    dwell_s=0.5,
    yaw_deg=78.0,
    height_m=0.8,
    distance_m=2.9,
    tilt_deg=10.0,
    how_to_film="Lie with your left side towards the camera, which stands at table height about"
    " three metres away, from head to feet in the picture.",
)

_KNEE_EXTENSION = Exercise(
    name="seated_knee_extension",
    title="Seated knee extension",
    contact="seat",
    rest={
        **both(
            hip_flexion=88,
            hip_abduction=7,
            knee_flexion=88,
            shoulder_flexion=10,
            shoulder_abduction=14,
            elbow_flexion=50,
        )
    },
    turn={
        "left_knee_flexion": 10.0,
        "left_ankle_flexion": 10.0,
        "left_hip_flexion": 90.0,
    },
    driver=("left_knee_flexion",),
    sided=True,
    dwell_s=0.5,
    yaw_deg=65.0,
    height_m=0.9,
    distance_m=2.8,
    tilt_deg=6.0,
    how_to_film="Sit with the working leg towards the camera, half turned to it, about three"
    " metres away, so that the stretched leg stays in the picture.",
)

EXERCISES: Mapping[str, Exercise] = MappingProxyType(
    {
        exercise.name: exercise
        for exercise in (
            _SQUAT,
            _LUNGE,
            _PUSH_UP,
            _CURL,
            _PRESS,
            _LATERAL_RAISE,
            _JACK,
            _GOOD_MORNING,
            _BRIDGE,
            _KNEE_EXTENSION,
        )
    }
)
"""The exercises of repetitions that come with references, by name; `more` has others."""
