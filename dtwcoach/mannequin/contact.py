"""Where the body meets the ground: places the whole athlete in the world.

Joint angles alone let feet slide and hands sink into the floor. Each way of contact keeps its
own points planted and lets the remaining angles follow:

* ``feet``: both feet stand where the foot channels say. The knee flexions asked for set the
  height of the hips, balance sets how far back they are, and the hip flexion follows.
* ``hands_toes``: toes and hands stay planted; the elbow flexion sets the height of the shoulders.
* ``forearms_toes``: toes and elbows stay planted; the legs asked for set the height of the hips.
* ``back``: lying on the back with both feet flat; the hip flexion sets how high the hips are.
* ``seat``: sitting on a stool; `hip_flexion` is measured from the vertical, so that leaning
  back does not lift the thighs off the seat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.kinematics import (
    SIDES,
    Channels,
    Parts,
    centre_of_mass,
    complete,
    foot_offsets,
    place_foot,
    place_hand,
    place_leg,
    reach_m,
    rotation,
    stacked,
    turn,
    two_bone,
    upper_body,
)
from dtwcoach.mannequin.person import Person
from dtwcoach.pose import FloatArray

BRIDGE_REST_HIP_DEG = 52.0
"""Hip flexion when lying on the back with the hips on the floor and the feet pulled up."""


def body_points(person: Person, channels: Channels, *, contact: str, frames: int) -> FloatArray:
    """Points of the whole body in the world.

    Parameters
    ----------
    person : Person
        Whose body.
    channels : mapping of channel to (time,) degrees or leg lengths
        See `kinematics`; channels left out stay in the relaxed stance.
    contact : {"feet", "hands_toes", "forearms_toes", "back", "seat"}
        What touches the ground.
    frames : int
        Length of the channels.

    Returns
    -------
    (time, P, 3) metres in the order of `kinematics.POINTS`.

    Raises
    ------
    UsageError
        For an unknown contact or channel.
    """
    if contact not in CONTACTS:
        raise UsageError(f"Unknown contact {contact!r}; known are {', '.join(CONTACTS)}.")
    return stacked(CONTACTS[contact](person, complete(channels, frames=frames)))


def _moved(parts: Parts, shift: FloatArray) -> None:
    for name, place in parts.points.items():
        parts.points[name] = place + shift


def _both(channels: Channels, name: str) -> FloatArray:
    return np.asarray((channels[f"left_{name}"] + channels[f"right_{name}"]) / 2)


def _planted_foot(
    person: Person, channels: Channels, side: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ankle (time, 3), orientation (time, 3, 3) and middle (time, 3) of a foot on the floor."""
    sign, leg = SIDES[side], person.limbs.leg
    flat = np.stack(
        [
            sign * channels[f"{side}_foot_x"] * leg,
            person.limbs.ankle + channels[f"{side}_foot_y"] * leg,
            channels[f"{side}_foot_z"] * leg,
        ],
        axis=-1,
    )
    pitch = channels[f"{side}_foot_pitch"]
    heading = rotation("y", sign * channels[f"{side}_foot_yaw"])
    foot = heading @ rotation("x", pitch)
    offsets = foot_offsets(person)
    over_toe = turn(heading, offsets["toe"]) - turn(foot, offsets["toe"])
    over_heel = turn(heading, offsets["heel"]) - turn(foot, offsets["heel"])
    ankle = flat + np.where(pitch[:, None] >= 0, over_toe, over_heel)
    middle = flat + turn(heading, (0, 0, 0.24 * person.limbs.foot))
    return ankle, foot, middle


def _bent_knee(
    person: Person, channels: Channels, side: str, hip: FloatArray, ankle: FloatArray
) -> FloatArray:
    """Knee over the toes, swung in or out so that the thigh moves by the hip's abduction."""
    limbs, sign = person.limbs, SIDES[side]
    axis = ankle - hip
    axis = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    ahead = turn(rotation("y", sign * channels[f"{side}_foot_yaw"]), (0, 0, 1))
    ahead = ahead - (ahead * axis).sum(axis=-1, keepdims=True) * axis
    ahead /= np.maximum(np.linalg.norm(ahead, axis=-1, keepdims=True), 1e-9)
    outwards = -sign * np.cross(axis, ahead)
    # The knee can only circle round the line from hip to ankle: a nearly straight leg has
    # no room to swing, a bent one has much.
    knee = two_bone(hip, ankle, upper_m=limbs.thigh, lower_m=limbs.shank, pole=ahead)
    room = np.linalg.norm(np.cross(knee - hip, axis), axis=-1)
    wanted = np.sin(np.radians(channels[f"{side}_hip_abduction"])) * limbs.thigh
    swing = 0.85 * np.tanh(wanted / (0.85 * np.maximum(room, 0.25 * limbs.thigh)))
    pole = np.sqrt(1 - swing**2)[:, None] * ahead + swing[:, None] * outwards
    return two_bone(hip, ankle, upper_m=limbs.thigh, lower_m=limbs.shank, pole=pole)


def _legs_on_floor(
    person: Person,
    channels: Channels,
    parts: Parts,
    feet: Mapping[str, tuple[FloatArray, ...]],
) -> None:
    for side in SIDES:
        ankle, foot, _ = feet[side]
        parts.points[f"{side}_knee"] = _bent_knee(
            person, channels, side, parts.points[f"{side}_hip"], ankle
        )
        parts.points[f"{side}_ankle"] = ankle
        place_foot(person, parts, side, foot)


def _hip_height(
    person: Person,
    channels: Channels,
    parts: Parts,
    feet: Mapping[str, tuple[FloatArray, ...]],
    root: FloatArray,
) -> FloatArray:
    """Height of the pelvis at which the knees bend as asked, shared by `load`."""
    limbs = person.limbs
    heights, loads, highest = [], [], []
    for side in SIDES:
        hip, ankle = parts.points[f"{side}_hip"] + root, feet[side][0]
        aside = ((hip - ankle)[:, [0, 2]] ** 2).sum(axis=-1)
        reach = reach_m(limbs.thigh, limbs.shank, channels[f"{side}_knee_flexion"])
        base = ankle[:, 1] - parts.points[f"{side}_hip"][:, 1]
        heights.append(base + np.sqrt(np.maximum(reach**2 - aside, 1e-4)))
        highest.append(base + np.sqrt(np.maximum((0.999 * limbs.leg) ** 2 - aside, 1e-4)))
        loads.append(channels[f"{side}_load"] + 1e-6)
    wanted = (heights[0] * loads[0] + heights[1] * loads[1]) / (loads[0] + loads[1])
    return np.asarray(np.minimum(wanted, np.minimum(*highest)))


def _on_feet(person: Person, channels: Channels) -> Parts:
    body = upper_body(person, channels)
    feet = {side: _planted_foot(person, channels, side) for side in SIDES}
    target = (feet["left"][2] + feet["right"][2]) / 2
    target = target + person.limbs.leg * np.stack(
        [channels["root_x"], np.zeros(len(target)), channels["root_z"]], axis=-1
    )
    root = target.copy()
    for _ in range(6):  # each step leaves about a tenth of the imbalance
        root[:, 1] = _hip_height(person, channels, body, feet, root)
        parts = Parts(
            {name: place + root for name, place in body.points.items()},
            body.pelvis,
            body.trunk,
        )
        _legs_on_floor(person, channels, parts, feet)
        root = root + 1.1 * (target - centre_of_mass(stacked(parts))) * (1, 0, 1)
    return parts


def _on_hands_and_toes(person: Person, channels: Channels) -> Parts:
    limbs, height = person.limbs, person.height_m
    toe_m, wrist_m = 0.8 * person.build.foot, 1.2 * person.build.wrist
    hand_x = limbs.shoulder_width / 2 + 0.05 * height
    hand_z = _hand_place(person, hand_x, toe_m=toe_m, wrist_m=wrist_m)
    arm = reach_m(limbs.upper_arm, limbs.forearm, _both(channels, "elbow_flexion"))
    arm = np.sqrt(np.maximum(arm**2 - (hand_x - limbs.shoulder_width / 2) ** 2, 1e-4))
    body = _propped(person, channels, toe_m=toe_m, support_m=wrist_m, ahead_m=hand_z, arm_m=arm)
    middle = np.array([0.0, 0.0, 0.5 * hand_z])
    for side, sign in SIDES.items():
        wrist = np.array([sign * hand_x, wrist_m, hand_z]) - middle
        _propped_arm(person, channels, body, side, wrist)
    return body


def _propped(
    person: Person,
    channels: Channels,
    *,
    toe_m: float,
    support_m: float,
    ahead_m: float,
    arm_m: FloatArray,
) -> Parts:
    """Body without arms on its toes, shoulders `arm_m` from a support ahead at `support_m`."""
    legs = dict(channels)
    for name in ("hip_flexion", "knee_flexion", "ankle_flexion"):
        legs["left_" + name] = legs["right_" + name] = _both(channels, name)
    parts = upper_body(person, legs)
    for side in SIDES:
        place_leg(person, legs, parts, side)
    toes = (parts.points["left_toe"] + parts.points["right_toe"]) / 2
    shoulders = (parts.points["left_shoulder"] + parts.points["right_shoulder"]) / 2
    ray = shoulders - toes
    # Two circles in the side view: the body turns about the toes, the arm about its support.
    long = np.hypot(ray[:, 1], ray[:, 2])
    base = np.hypot(ahead_m, support_m - toe_m)
    spread = np.arccos(np.clip((long**2 + base**2 - arm_m**2) / (2 * long * base), -1, 1))
    rise = spread + np.arctan2(support_m - toe_m, ahead_m)
    lean = np.degrees(np.pi / 2 - rise - np.arctan2(ray[:, 2], ray[:, 1]))
    tilt = rotation("x", lean)
    middle = np.array([0.0, 0.0, 0.5 * ahead_m])
    for name, place in parts.points.items():
        about_toes = (place - toes)[:, :, None]
        parts.points[name] = (tilt @ about_toes)[..., 0] + np.array([0, toe_m, 0]) - middle
    return Parts(parts.points, tilt @ parts.pelvis, tilt @ parts.trunk)


def _on_forearms_and_toes(person: Person, channels: Channels) -> Parts:
    limbs, build = person.limbs, person.build
    toe_m, elbow_m, wrist_m = 0.8 * build.foot, build.forearm, 1.2 * build.wrist
    long = np.hypot(limbs.trunk + limbs.leg + 0.8 * limbs.ankle, 0.68 * limbs.foot)
    # Upright upper arms when the body is straight.
    elbow_z = float(np.sqrt(long**2 - (limbs.upper_arm + elbow_m - toe_m) ** 2))
    arm = np.full(len(channels["neck_pitch"]), limbs.upper_arm)
    body = _propped(person, channels, toe_m=toe_m, support_m=elbow_m, ahead_m=elbow_z, arm_m=arm)
    inwards = np.radians(15.0)
    for side, sign in SIDES.items():
        shoulder = body.points[f"{side}_shoulder"]
        planned = np.array([sign * limbs.shoulder_width / 2, elbow_m, 0.5 * elbow_z])
        way = planned - shoulder
        elbow = shoulder + limbs.upper_arm * way / np.linalg.norm(way, axis=-1, keepdims=True)
        level = np.sqrt(limbs.forearm**2 - (elbow_m - wrist_m) ** 2)
        body.points[f"{side}_elbow"] = elbow
        body.points[f"{side}_wrist"] = elbow + np.array(
            [-sign * level * np.sin(inwards), wrist_m - elbow_m, level * np.cos(inwards)]
        )
        _flat_hand(person, body, side)
    return body


def _hand_place(person: Person, hand_x: float, *, toe_m: float, wrist_m: float) -> float:
    """How far ahead of the toes the hands stand: a little behind the shoulders at the top."""
    limbs = person.limbs
    aside = hand_x - limbs.shoulder_width / 2
    top = np.sqrt((0.995 * (limbs.upper_arm + limbs.forearm)) ** 2 - aside**2) + wrist_m
    long = np.hypot(limbs.trunk + limbs.leg + 0.8 * limbs.ankle, 0.68 * limbs.foot)
    return float(np.sqrt(long**2 - (top - toe_m) ** 2) - 0.045 * person.height_m)


def _propped_arm(
    person: Person, channels: Channels, parts: Parts, side: str, wrist: FloatArray
) -> None:
    """An arm on a planted hand; the elbow points to the feet and out by the abduction."""
    sign, limbs, points = SIDES[side], person.limbs, parts.points
    flare = np.radians(channels[f"{side}_shoulder_abduction"])[:, None]
    pole = -np.cos(flare) * turn(parts.trunk, (0, 1, 0)) + np.sin(flare) * np.array([sign, 0, 0])
    shoulder = points[f"{side}_shoulder"]
    points[f"{side}_wrist"] = np.broadcast_to(wrist, shoulder.shape)
    points[f"{side}_elbow"] = two_bone(
        shoulder,
        points[f"{side}_wrist"],
        upper_m=limbs.upper_arm,
        lower_m=limbs.forearm,
        pole=pole,
    )
    _flat_hand(person, parts, side)


def _flat_hand(person: Person, parts: Parts, side: str) -> None:
    """A palm on the floor, fingers ahead and thumb inwards."""
    sign = SIDES[side]
    flat = np.array([[0, 0, -sign], [sign, 0, 0], [0, -1, 0]], dtype=float)
    place_hand(
        person, parts, side, np.broadcast_to(flat, (len(parts.points[f"{side}_wrist"]), 3, 3))
    )


def _on_back(person: Person, channels: Channels) -> Parts:
    limbs = person.limbs
    arch = np.radians(channels["trunk_pitch"])
    spine_y = limbs.trunk * (0.3 + 0.7 * np.cos(arch))
    spine_z = limbs.trunk * 0.7 * np.sin(arch)
    spine = np.hypot(spine_y, spine_z)
    shoulder_m, hip_m = 0.62 * person.build.chest, 0.72 * person.build.hip
    lowest = np.arcsin((hip_m - shoulder_m) / limbs.trunk)
    knee = np.array([np.cos(lowest), np.sin(lowest)]) * limbs.trunk
    bent = lowest + np.radians(BRIDGE_REST_HIP_DEG)
    knee = knee + limbs.thigh * np.array([np.cos(bent), np.sin(bent)]) + (0, shoulder_m)
    ankle_z = knee[0] + np.sqrt(np.maximum(limbs.shank**2 - (knee[1] - limbs.ankle) ** 2, 0.0))
    ankle = np.array([ankle_z, limbs.ankle - shoulder_m])
    lift = _bridge_lift(person, spine, ankle, _both(channels, "hip_flexion"), float(lowest))
    pitch = -90 - np.degrees(lift + np.arctan2(spine_z, spine_y))
    lying = dict(channels, pelvis_pitch=pitch)
    trunk = pitch + channels["trunk_pitch"]
    lying["neck_pitch"] = channels["neck_pitch"] - 90 - trunk  # the head stays on the floor
    for side in SIDES:
        lying[f"{side}_shoulder_flexion"] = trunk + 90  # and so do the arms
        lying[f"{side}_elbow_flexion"] = np.minimum(channels[f"{side}_elbow_flexion"], 6.0)
        lying[f"{side}_foot_z"] = np.full_like(pitch, (ankle_z - limbs.trunk) / limbs.leg)
    parts = upper_body(person, lying)
    shoulders = (parts.points["left_shoulder"] + parts.points["right_shoulder"]) / 2
    _moved(parts, np.array([0, shoulder_m, -limbs.trunk]) - shoulders)
    feet = {side: _planted_foot(person, lying, side) for side in SIDES}
    _legs_on_floor(person, lying, parts, feet)
    return parts


def _bridge_lift(
    person: Person,
    spine: FloatArray,
    ankle: FloatArray,
    flexion: FloatArray,
    lowest: float,
) -> FloatArray:
    """Inclination (radians) of the line from shoulders to hips that gives the hip flexion."""
    limbs = person.limbs
    low, high = np.full_like(flexion, lowest), np.full_like(flexion, np.radians(50.0))
    for _ in range(30):
        lift = (low + high) / 2
        along = ankle[0] - spine * np.cos(lift)
        above = ankle[1] - spine * np.sin(lift)
        span = np.clip(np.hypot(along, above), 1e-3, 0.9999 * limbs.leg)
        at_hip = (limbs.thigh**2 + span**2 - limbs.shank**2) / (2 * limbs.thigh * span)
        thigh = np.arctan2(above, along) + np.arccos(np.clip(at_hip, -1, 1))
        too_bent = np.degrees(thigh - lift) > flexion
        low, high = np.where(too_bent, lift, low), np.where(too_bent, high, lift)
    return np.asarray((low + high) / 2)


def _on_seat(person: Person, channels: Channels) -> Parts:
    parts = upper_body(person, channels)
    seated = Parts(parts.points, rotation("y", channels["pelvis_yaw"]), parts.trunk)
    for side in SIDES:
        place_leg(person, channels, seated, side)
    feet = [parts.points[f"{side}_{part}"][:, 1] for side in SIDES for part in ("heel", "toe")]
    sole = 0.2 * person.limbs.ankle
    _moved(parts, np.array([0, sole - float(np.min(feet)), 0]))
    return parts


CONTACTS: dict[str, Callable[[Person, Channels], Parts]] = {
    "feet": _on_feet,
    "hands_toes": _on_hands_and_toes,
    "forearms_toes": _on_forearms_and_toes,
    "back": _on_back,
    "seat": _on_seat,
}
