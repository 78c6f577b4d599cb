"""Somebody makes gestures before a camera: from keys to hands, body and face over time."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.contact import body_points
from dtwcoach.mannequin.exercises import Exercise
from dtwcoach.mannequin.face import EXPRESSIONS
from dtwcoach.mannequin.gestures import GESTURES, REST, RISE_S, Gesture, Key
from dtwcoach.mannequin.hand import SHAPES, axes, joints
from dtwcoach.mannequin.kinematics import NEUTRAL, POINT_INDEX, SIDES, two_bone
from dtwcoach.mannequin.motion import REST_SHARE, TrueRep
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth
from dtwcoach.pose import HAND_INDEX, FloatArray

STYLE_DEG = 6.0
"""Standard deviation of how one person turns hand and fingers from how others do."""
ARM_PER_DEG = 0.005
"""Arm lengths by which the wrist varies for each degree by which the hand does."""
HEAD = ("neck_pitch", "neck_yaw")
KNUCKLES = {"index": "index_mcp", "pinky": "pinky_mcp", "thumb": "thumb_mcp"}
"""Body keypoint of the hand -> keypoint of the hand with fingers."""


def find_gesture(gesture: str | Gesture) -> Gesture:
    """The gesture of that name.

    Raises
    ------
    UsageError
        When the mannequin does not know it.
    """
    if isinstance(gesture, Gesture):
        return gesture
    if gesture not in GESTURES:
        raise UsageError(
            f"The mannequin does not know the gesture {gesture!r}; it knows {', '.join(GESTURES)}."
        )
    return GESTURES[gesture]


def gesture_camera(person: Person) -> Camera:
    """The camera that films a person's upper body: 1280x720, at the neck's height, 1.3 m away."""
    height_m = 0.76 * person.height_m
    return Camera(width=1280, height=720, height_m=height_m, distance_m=1.3, tilt_deg=0.0)


def gesticulate(
    person: Person,
    gesture: str | Gesture,
    performance: Performance | None = None,
    camera: Camera | None = None,
) -> Truth:
    """What happens when a person makes a gesture before a camera; nothing is drawn.

    Parameters
    ----------
    person : Person
        Who; everybody has a way of their own to hold and turn the hand, and a pace.
    gesture : str or Gesture
        A name of `gestures.GESTURES`, or one of your own.
    performance : Performance, optional
        How often (`reps`), how fast (`tempo`), with which hand (`side`), how much unlike each
        other (`variation_deg`), with how much rest before, between and after, how restless
        (`fidget`), and `seed`. Nothing else of it has a meaning here.
    camera : Camera, optional
        From where; `gesture_camera` by default.

    Returns
    -------
    Truth
        With hands and face. A repetition lasts from leaving rest to being back.

    Raises
    ------
    UsageError
        For unknown gestures.

    Examples
    --------
    >>> truth = gesticulate(Person.from_seed(1), "wave", Performance(reps=2))
    >>> len(truth.reps), truth.hands_m.shape[1:]
    (2, (2, 21, 3))
    """
    known = find_gesture(gesture)
    how = performance or Performance()
    view = camera or gesture_camera(person)
    course = _course(person, known, how)
    time_s = np.arange(max(1, round(course.time_s[-1] * view.fps))) / view.fps
    now = course.at(time_s)
    points = _body(person, now, how, time_s)
    hands = _hands(person, now, how.side, points)
    exercise = Exercise(known.name, known.title, rest={}, turn={}, driver=(), sided=True)
    return Truth(
        time_s,
        points,
        _reps(now["away"][:, 0], how.side),
        person,
        exercise,
        how,
        view,
        hands_m=hands,
        expression=now["face"],
    )


@dataclass(frozen=True, eq=False)
class _Course:
    """Knots between which everything goes smoothly.

    time_s : (knot,) float
    values : name -> (knot, numbers) float
    turned : (knot, 3, 3) float, axes of the hand as rows, out, up, forward
    """

    time_s: FloatArray
    values: dict[str, FloatArray]
    turned: FloatArray

    def at(self, time_s: FloatArray) -> dict[str, FloatArray]:
        """Everything at other times, and the hand's axes as "turned" (time, 3, 3)."""
        from scipy.spatial.transform import Rotation, Slerp

        knot = np.searchsorted(self.time_s, time_s, side="right") - 1
        knot = np.clip(knot, 0, len(self.time_s) - 2)
        begin, seconds = self.time_s[knot], np.diff(self.time_s)[knot]
        share = np.clip((time_s - begin) / seconds, 0, 1)
        share = share**3 * (10 - 15 * share + 6 * share**2)  # minimum jerk (Flash & Hogan 1985)
        now = {
            name: values[knot] + share[:, None] * np.diff(values, axis=0)[knot]
            for name, values in self.values.items()
        }
        turned = Slerp(self.time_s, Rotation.from_matrix(self.turned))(begin + share * seconds)
        return {**now, "turned": turned.as_matrix()}


def _course(person: Person, gesture: Gesture, how: Performance) -> _Course:
    own = np.random.default_rng([person.look_seed, crc32(gesture.name.encode())])
    luck = np.random.default_rng([how.seed, 61])
    way = _Way.drawn(own, STYLE_DEG)
    pace = how.tempo * float(np.exp(own.normal(0, 0.12)))
    knots = [(0.0, REST, way, 0.0)]
    knots.append((how.lead_in_s, REST, way, 0.0))
    for number in range(how.reps):
        now = way.varied(luck, how.variation_deg)
        speed = pace * (1 + how.tempo_drift * number / max(1, how.reps - 1))
        speed *= float(np.exp(luck.normal(0, 0.03 * how.variation_deg)))
        for key in gesture.keys:
            knots.append((key.seconds / speed, key, now, 1.0))
        knots.append((RISE_S / speed, REST, way, 0.0))
        last = number == how.reps - 1
        knots.append((how.lead_out_s if last else how.pause_s, REST, way, 0.0))
    knots = [knots[0], *(knot for knot in knots[1:] if knot[0] > 0)]
    rows = [way.applied(key, away) for _, key, way, away in knots]
    values = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    turned = values.pop("turned")
    return _Course(np.cumsum([knot[0] for knot in knots]), values, turned)


@dataclass(frozen=True, eq=False)
class _Way:
    """How somebody's hand differs from the key: place (3,), turn (3,), fingers (5, 4), size."""

    place: FloatArray
    turn_deg: FloatArray
    shape_deg: FloatArray
    size: float

    @classmethod
    def drawn(cls, rng: np.random.Generator, degrees: float) -> _Way:
        return cls(
            rng.normal(0, ARM_PER_DEG * degrees, 3),
            rng.normal(0, degrees, 3),
            rng.normal(0, degrees, (5, 4)) * (0.5, 1.0, 1.0, 1.0),
            float(np.exp(rng.normal(0, 0.02 * degrees))),
        )

    def varied(self, rng: np.random.Generator, degrees: float) -> _Way:
        other = _Way.drawn(rng, degrees)
        return _Way(
            self.place + other.place,
            self.turn_deg + other.turn_deg,
            self.shape_deg + other.shape_deg,
            self.size * other.size,
        )

    def applied(self, key: Key, away: float) -> dict[str, FloatArray]:
        """The numbers of a key done in this way."""
        from scipy.spatial.transform import Rotation

        straight = axes(np.array(key.along), np.array(key.palm), side="left")
        turn = Rotation.from_euler("xyz", self.turn_deg * (0.3 + 0.7 * away), degrees=True)
        shape = SHAPES[key.shape] + self.shape_deg * (0.3 + 0.7 * away)
        face = np.array([key.face.get(name, 0.0) for name in EXPRESSIONS])
        return {
            "place": np.array(key.at) + self.place * away,
            "elbow": np.array(key.elbow),
            "turned": turn.apply(straight),
            "shape": shape.ravel(),
            "head": self.size * np.array([key.head.get(name, 0.0) for name in HEAD]),
            "face": np.clip(self.size * face, 0, 1),
            "away": np.array([away]),
        }


def _body(
    person: Person, now: dict[str, FloatArray], how: Performance, time_s: FloatArray
) -> FloatArray:
    """The body without its arms, standing and swaying a little: (time, P, 3) metres."""
    rng = np.random.default_rng([how.seed, 67])
    channels = {}
    for name in ("trunk_pitch", "trunk_roll", "trunk_twist", *HEAD):
        sway = np.zeros(len(time_s))
        for hertz in rng.uniform(0.12, 0.45, size=2):
            sway += 0.45 * how.fidget * np.sin(2 * np.pi * (hertz * time_s + rng.random()))
        channels[name] = NEUTRAL[name] + person.style.get(name, (0.0, 0.0))[0] + sway
    for column, name in enumerate(HEAD):
        channels[name] = channels[name] + now["head"][:, column]
    return np.array(body_points(person, channels, contact="feet", frames=len(time_s)))


def _hands(person: Person, now: dict[str, FloatArray], side: str, points: FloatArray) -> FloatArray:
    """Both hands (time, 2, 21, 3); arms and hands among the body's points follow them."""
    still = {name: np.broadcast_to(v, now[name].shape) for name, v in _at_rest().items()}
    upper_m, fore_m = person.limbs.upper_arm, person.limbs.forearm
    hands = []
    for own, sign in SIDES.items():
        arm, outwards = (now if own == side else still), np.array([sign, 1.0, 1.0])
        at = {
            name: points[:, POINT_INDEX[f"{own}_{name}"]]
            for name in ("shoulder", "elbow", "wrist", *KNUCKLES)
        }
        at["wrist"][:] = at["shoulder"] + (upper_m + fore_m) * arm["place"] * outwards
        at["elbow"][:] = two_bone(
            at["shoulder"],
            at["wrist"],
            upper_m=upper_m,
            lower_m=fore_m,
            pole=arm["elbow"] * outwards,
        )
        shape = joints(arm["shape"].reshape(-1, 5, 4))
        hand = np.einsum("tka,tab->tkb", shape, arm["turned"]) * outwards * person.limbs.hand
        hand += at["wrist"][:, None]
        for name, knuckle in KNUCKLES.items():
            at[name][:] = hand[:, HAND_INDEX[knuckle]]
        hands.append(hand)
    return np.stack(hands, axis=1)


def _at_rest() -> dict[str, FloatArray]:
    way = _Way(np.zeros(3), np.zeros(3), np.zeros((5, 4)), 1.0)
    return way.applied(REST, 0.0)


def _reps(away: FloatArray, side: str) -> tuple[TrueRep, ...]:
    """Stretches away from rest."""
    moving = np.diff((away >= REST_SHARE).astype(int), prepend=0, append=0)
    reps = []
    for start, stop in zip(np.flatnonzero(moving > 0), np.flatnonzero(moving < 0), strict=True):
        top = start + np.flatnonzero(away[start:stop] >= 0.9999)
        turn = (top[0] + top[-1]) // 2 if len(top) else (start + stop) // 2
        reps.append(TrueRep(int(start), int(stop), int(turn), side=side))
    return tuple(reps)
