"""Footprints and the gait that follows them: into the picture, out of it and through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.mannequin.kinematics import SIDES
from dtwcoach.mannequin.person import Person
from dtwcoach.pose import FloatArray

STEP_S = 0.48
"""Seconds of one step."""
STRIDE = 0.64
"""Length of one step in leg lengths."""


@dataclass(frozen=True)
class Footprint:
    """Where one foot stands: metres on the floor and heading in degrees (left is positive)."""

    side: str
    x: float
    z: float
    heading: float


def _beside(side: str, x: float, z: float, heading: float, width_m: float) -> Footprint:
    turn = np.radians(heading)
    out = SIDES[side] * width_m
    return Footprint(side, x + out * np.cos(turn), z - out * np.sin(turn), heading)


def straight_prints(
    person: Person, start: tuple[float, float], stop: tuple[float, float]
) -> list[Footprint]:
    """Footprints from one place (x, z) to another, left and right in turn."""
    ends = np.array([start, stop])
    way = ends[1] - ends[0]
    heading = float(np.degrees(np.arctan2(way[0], way[1])))
    width = 0.09 * person.limbs.leg
    steps = max(2, round(float(np.hypot(*way)) / (STRIDE * person.limbs.leg)))
    places = [ends[0], *(ends[0] + way * (k + 1) / steps for k in range(steps))]
    feet = ("left", "right")
    return [_beside("right", *start, heading, width)] + [
        _beside(feet[k % 2], float(x), float(z), heading, width) for k, (x, z) in enumerate(places)
    ]


def arrival_prints(
    person: Person, stance: dict[str, Footprint], start: tuple[float, float]
) -> list[Footprint]:
    """Footprints from a place beside the picture to the stance, turning to the front there."""
    prints = straight_prints(person, start, (0.0, 0.0))
    last = prints[-1]
    other = "right" if last.side == "left" else "left"
    half = Footprint(other, stance[other].x, stance[other].z, last.heading / 2)
    return [*prints, half, stance[last.side], stance[other]]


def departure_prints(
    person: Person, stance: dict[str, Footprint], stop: tuple[float, float]
) -> list[Footprint]:
    """Footprints from the stance to a place beside the picture."""
    away = straight_prints(person, (0.0, 0.0), stop)[2:]
    first = away[0].side
    other = "right" if first == "left" else "left"
    half = Footprint(other, stance[other].x, stance[other].z, away[0].heading / 2)
    return [stance[other], stance[first], half, *away]


def gait_s(prints: list[Footprint]) -> float:
    """Seconds that the steps along the footprints take."""
    return STEP_S * (len(prints) - 2)


def gait(
    person: Person,
    prints: list[Footprint],
    time_s: FloatArray,
    *,
    toes_out_deg: float = 8.0,
) -> dict[str, FloatArray]:
    """Channels of a walk along footprints, starting at time 0.

    The first two prints are where the feet stand at the start. Before the start and after the
    last step the feet stand still. A foot on the floor does not move.
    """
    leg = person.limbs.leg
    first = {print_.side: print_ for print_ in prints[:2]}
    places = {side: np.tile([p.x, p.z, p.heading], (len(time_s), 1)) for side, p in first.items()}
    lift = {side: np.zeros_like(time_s) for side in SIDES}
    heel = {side: np.zeros_like(time_s) for side in SIDES}
    swing = np.zeros_like(time_s)
    for number, goal in enumerate(prints[2:]):
        share = np.clip(time_s / STEP_S - number, 0, 1)
        smooth = share**3 * (10 - 15 * share + 6 * share**2)
        now = places[goal.side]
        target = np.array([goal.x, goal.z, goal.heading])
        places[goal.side] = now + smooth[:, None] * (target - now)
        air = np.sin(np.pi * share) ** 2
        lift[goal.side] += air
        # The heel rises over the toes while the other foot takes over the weight.
        early = np.clip(time_s / STEP_S - number + 0.45, 0, 1)
        heel[goal.side] += np.sin(np.pi * early) ** 2
        swing += SIDES[goal.side] * air
    channels: dict[str, FloatArray] = {}
    for side, sign in SIDES.items():
        x, z, heading = places[side].T
        channels[f"{side}_foot_x"] = sign * x / leg
        channels[f"{side}_foot_z"] = z / leg
        channels[f"{side}_foot_y"] = 0.07 * lift[side]
        channels[f"{side}_foot_pitch"] = 38 * heel[side]
        channels[f"{side}_foot_yaw"] = toes_out_deg + sign * heading
        channels[f"{side}_load"] = 0.5 - 0.48 * sign * swing
        channels[f"{side}_knee_flexion"] = 9 + 30 * lift[side]
        channels[f"{side}_shoulder_flexion"] = 2 - 20 * _flowing(sign * swing, time_s)
    middle = (places["left"] + places["right"]) / 2
    flow = np.stack([_flowing(column, time_s) for column in middle.T], axis=-1)
    channels["root_x"] = (flow[:, 0] - middle[:, 0]) / leg
    channels["root_z"] = (flow[:, 1] - middle[:, 1]) / leg
    channels["pelvis_yaw"] = flow[:, 2]
    return channels


def _flowing(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Average over one step: a body moves evenly though its feet go in turns."""
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else STEP_S
    half = max(1, round(0.5 * STEP_S / step_s))
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, np.full(2 * half + 1, 1 / (2 * half + 1)), mode="valid")
