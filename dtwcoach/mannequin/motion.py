"""Turns a performance into joint-angle channels over time, with the truth about its repetitions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.exercises import Exercise
from dtwcoach.mannequin.fault import Fault
from dtwcoach.mannequin.faults import find_fault
from dtwcoach.mannequin.kinematics import NEUTRAL, SIDES
from dtwcoach.mannequin.performance import Action, FaultList, Performance, RepTiming
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.walking import (
    Footprint,
    arrival_prints,
    departure_prints,
    gait,
    gait_s,
)
from dtwcoach.pose import FloatArray

REST_SHARE = 0.05
"""A repetition lasts while its driver is farther from rest than this share of its range; a hold
while it is nearer to the position than that."""
TREMOR_DEG = 0.5
"""Standard deviation of each slow tremor of the joints that hold a position."""


@dataclass(frozen=True)
class TrueRep:
    """One repetition as it really was: frames [start, stop), the frame of the turn, its faults.

    Of a hold these are the frames in position. `side` is the working side of sided exercises.
    """

    start: int
    stop: int
    turn: int
    faults: FaultList = ()
    side: str = ""

    @property
    def right(self) -> bool:
        """Whether it was done without a fault."""
        return not self.faults


@dataclass(frozen=True, eq=False)
class Motion:
    """Channels over time, the repetitions in them, and the half ones, which do not count."""

    time_s: FloatArray
    channels: dict[str, FloatArray]
    reps: tuple[TrueRep, ...]
    half_reps: tuple[TrueRep, ...] = ()


def perform(
    person: Person,
    exercise: Exercise,
    performance: Performance,
    *,
    fps: float,
    view_yaw_deg: float = 0.0,
    outside_m: float = 2.6,
) -> Motion:
    """Joint-angle channels of a whole set.

    Parameters
    ----------
    person, exercise, performance
        Who does what, and how.
    fps : float
        Frames per second.
    view_yaw_deg, outside_m : float
        Where the camera stands and how far from the middle the picture ends, so that walks
        cross the picture from its edge.

    Raises
    ------
    UsageError
        For unknown faults, or walks in an exercise that is not done standing.
    """
    if exercise.sided and performance.side != exercise.side:
        exercise = exercise.mirrored()
    yaw = np.radians(view_yaw_deg)
    edge = (float(outside_m * np.cos(yaw)), float(-outside_m * np.sin(yaw)))
    rng = np.random.default_rng([performance.seed, 17])
    act = _Act(person, exercise, performance, edge, rng)
    plan, total_s = _schedule(act)
    time_s = np.arange(max(1, round(total_s * fps))) / fps
    channels = {
        name: np.full(len(time_s), float(value)) for name, value in exercise.posture(0).items()
    }
    for name, (posture, _) in person.style.items():
        channels[name] += max(posture, -3.0)  # a rest posture has no room to go below straight
    _fidget(act, plan, time_s, channels)
    done: dict[str, list[TrueRep]] = {"rep": [], "half_rep": []}
    for begin, action, timing in plan:
        if isinstance(timing, RepTiming):
            # A half repetition is of the side whose turn it is; the whole one follows.
            turned = exercise.alternates and len(done["rep"]) % 2 == 1
            now = replace(act, exercise=exercise.mirrored()) if turned else act
            rep = _add_rep(now, action, timing, time_s - begin, channels)
            done[action.kind] += [rep] if rep is not None else []
    for begin, action, prints in plan:
        if isinstance(prints, list):
            _add_walk(act, action.kind, prints, time_s - begin, channels)
    return Motion(time_s, channels, tuple(done["rep"]), tuple(done["half_rep"]))


@dataclass(frozen=True, eq=False)
class _Act:
    """Who does what and how, where the picture ends (x, z), and the luck of the day."""

    person: Person
    exercise: Exercise
    performance: Performance
    edge: tuple[float, float]
    rng: np.random.Generator


_Plan = list[tuple[float, Action, "RepTiming | list[Footprint] | float"]]


def _schedule(act: _Act) -> tuple[_Plan, float]:
    """When each action begins, what it needs to know, and the seconds of it all."""
    exercise, performance = act.exercise, act.performance
    plan: _Plan = []
    now = 0.0
    actions = performance.actions()
    count = max(1, sum(action.kind == "rep" for action in actions) - 1)
    done = 0
    for action in actions:
        entry: RepTiming | list[Footprint] | float
        if action.kind in ("rep", "half_rep"):
            speed = performance.tempo * (1 + performance.tempo_drift * done / count)
            speed *= float(np.exp(act.rng.normal(0, 0.012 * performance.variation_deg)))
            entry = _timing(exercise, action, speed)
            seconds = entry.seconds
            done += action.kind == "rep"
        elif action.kind in ("walk_in", "walk_out"):
            entry = _walk_prints(act, action.kind)
            seconds = gait_s(entry)
        else:
            entry = seconds = 1.0 if action.seconds is None else float(action.seconds)
        plan.append((now, action, entry))
        now += seconds
    return plan, now


def _timing(exercise: Exercise, action: Action, speed: float) -> RepTiming:
    moving = (exercise.rep_s - exercise.dwell_s) / speed
    out_s, dwell_s = moving * exercise.out_share, exercise.dwell_s / speed
    if exercise.is_hold:
        dwell_s = exercise.dwell_s if action.seconds is None else action.seconds
    back_s = moving - out_s
    for name, size in action.faults:
        if find_fault(exercise.name, name).kind == "tempo":
            out_s /= size
    if action.kind == "half_rep":
        return RepTiming(0.75 * out_s, 0.3 * dwell_s, 0.75 * back_s, depth=action.depth)
    return RepTiming(out_s, dwell_s, back_s, hold_s=action.hold_s)


def _walk_prints(act: _Act, kind: str) -> list[Footprint]:
    exercise, leg = act.exercise, act.person.limbs.leg
    if exercise.contact != "feet":
        raise UsageError(
            f"{exercise.name} is not done standing, so nobody can walk to it; leave out {kind}."
        )
    rest = exercise.posture(0)
    stance = {
        side: Footprint(
            side, sign * rest[f"{side}_foot_x"] * leg, rest[f"{side}_foot_z"] * leg, 0.0
        )
        for side, sign in SIDES.items()
    }
    if kind == "walk_in":
        return arrival_prints(act.person, stance, act.edge)
    return departure_prints(act.person, stance, act.edge)


def _add_rep(
    act: _Act,
    action: Action,
    timing: RepTiming,
    local_s: FloatArray,
    channels: dict[str, FloatArray],
) -> TrueRep | None:
    """Add one repetition to the channels and say where it is (None below one frame)."""
    exercise, performance = act.exercise, act.performance
    way = timing.way(local_s)
    faults = [
        (find_fault(exercise.name, name, side=exercise.side), size) for name, size in action.faults
    ]
    late = _lags(exercise, faults, timing)
    rest, turn = exercise.posture(0), exercise.posture(1)
    drive = np.zeros_like(way)
    for name in sorted(channels):
        own = timing.way(local_s - late[name]) if name in late else way
        change = performance.rom * _course(exercise, name, own)
        moves = abs(turn[name] - rest[name]) > 5
        if moves and "foot" not in name:
            change += performance.variation_deg * float(act.rng.normal()) * own
        # Style shows where the exercise moves; a joint that should be still is nearly so.
        style = act.person.style.get(name, (0.0, 0.0))[1]
        change += (1.0 if moves else 0.35) * style * own
        for fault, size in faults:
            if fault.kind == "posture" and name in fault.changes:
                change += size * fault.changes[name] * _SHAPES[fault.phase](own)
        channels[name] += change
        if name in exercise.driver:
            drive += change
        if exercise.is_hold and moves:
            channels[name] += _tremor(act.rng, performance.fidget, local_s) * own
    return _true_rep(np.abs(drive), action.faults, exercise)


def _tremor(rng: np.random.Generator, amount: float, time_s: FloatArray) -> FloatArray:
    """Breathing and tiring muscles: slow sines of a held joint, in degrees."""
    waves = [(rng.normal(), hertz, rng.random()) for hertz in rng.uniform(0.15, 1.2, size=3)]
    return np.asarray(
        sum(
            TREMOR_DEG * amount * np.sqrt(2) * size * np.sin(2 * np.pi * (hertz * time_s + phase))
            for size, hertz, phase in waves
        )
    )


def _true_rep(drive: FloatArray, faults: FaultList, exercise: Exercise) -> TrueRep | None:
    """Where the driver is away from rest, or of a hold where it is in position."""
    if drive.max() == 0:
        return None
    least = 1 - REST_SHARE if exercise.is_hold else REST_SHARE
    within = np.flatnonzero(drive >= least * drive.max())
    top = np.flatnonzero(drive >= 0.9999 * drive.max())
    return TrueRep(
        int(within[0]),
        int(within[-1]) + 1,
        int((top[0] + top[-1]) // 2),
        faults,
        exercise.side if exercise.sided else "",
    )


_SHAPES = {
    "turn": lambda way: way,
    "late": lambda way: np.sin(np.pi / 2 * np.clip(2 * way - 1, 0, 1)) ** 2,
    "middle": lambda way: 4 * way * (1 - way),
    "whole": lambda way: np.sin(np.pi / 2 * np.clip(way / 0.3, 0, 1)) ** 2,
}


def _course(exercise: Exercise, name: str, way: FloatArray) -> FloatArray:
    """Departure of a channel from rest after a share of the way, through all its postures."""
    rest, turn = exercise.posture(0), exercise.posture(1)
    shares, values = [0.0], [0.0]
    for share, posture in exercise.between:
        if name in posture:
            shares.append(share)
            values.append(posture[name] - rest[name])
    shares.append(1.0)
    values.append(turn[name] - rest[name])
    if not any(values):
        return np.zeros_like(way)
    if len(shares) == 2:
        return np.asarray(values[1] * way)
    return _monotone_curve(np.array(shares), np.array(values), np.clip(way, 0, 1))


def _monotone_curve(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Smooth curve through points that never overshoots them (Fritsch & Carlson 1980)."""
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = np.zeros_like(y)
    same = slope[:-1] * slope[1:] > 0  # level at every peak, and at both ends: rest and turn
    before, after = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    harmonic = before / np.where(same, slope[:-1], 1) + after / np.where(same, slope[1:], 1)
    tangent[1:-1] = np.where(same, (before + after) / np.where(same, harmonic, 1), 0.0)
    part = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(width) - 1)
    w, s = width[part], (at - x[part]) / width[part]
    rise = y[part] + (y[part + 1] - y[part]) * s**2 * (3 - 2 * s)
    bend = w * s * (1 - s) * (tangent[part] * (1 - s) - tangent[part + 1] * s)
    return np.asarray(rise + bend)


def _lags(
    exercise: Exercise, faults: list[tuple[Fault, float]], timing: RepTiming
) -> dict[str, float]:
    """Seconds by which channels come late, so that the largest difference is the fault's size."""
    late = {}
    for fault, size in faults:
        for name in fault.changes if fault.kind == "lag" else ():
            span = abs(exercise.posture(1)[name] - exercise.posture(0)[name])
            delays = np.linspace(0, 1, 101)  # in shares of the way's time; largest midway
            apart = RepTiming(1.0, 1.0, 1.0).way(0.5 + delays / 2) * 2 - 1
            late[name] = float(np.interp(size / span, apart, delays)) * timing.out_s
    return late


def _fidget(act: _Act, plan: _Plan, time_s: FloatArray, channels: dict[str, FloatArray]) -> None:
    """Slow sway all the time, and in idle time glances and shifting arms."""
    rng, amount, standing = act.rng, act.performance.fidget, act.exercise.contact == "feet"
    for name in ("pelvis_pitch", "trunk_roll", "trunk_twist", "neck_pitch", "neck_yaw"):
        if not standing and name != "neck_pitch":
            continue
        for hertz in rng.uniform(0.12, 0.45, size=2):
            phase = 2 * np.pi * (hertz * time_s + rng.random())
            channels[name] += 0.45 * amount * np.sin(phase)
    busy = {"neck_yaw": 13.0, "neck_pitch": 6.0}
    if standing:
        busy |= {
            "trunk_twist": 3.0,
            "left_elbow_flexion": 5.0,
            "right_elbow_flexion": 5.0,
        }
        busy |= {"left_shoulder_flexion": 3.0, "right_shoulder_flexion": 3.0}
    for begin, action, seconds in plan:
        if action.kind != "idle" or not isinstance(seconds, float) or seconds <= 0:
            continue
        share = np.clip((time_s - begin) / seconds, 0, 1)
        bump = np.sin(np.pi * share) ** 2 * min(1.0, seconds / 2)
        for name, size in busy.items():
            channels[name] += amount * size * float(rng.normal(0, 0.6)) * bump


_ENDS_AT_REST = ("root_x", "root_z", "pelvis_yaw")


def _add_walk(
    act: _Act,
    kind: str,
    prints: list[Footprint],
    local_s: FloatArray,
    channels: dict[str, FloatArray],
) -> None:
    """Walk in place of resting, with the posture blended at the end where the exercise is."""
    rest = act.exercise.posture(0)
    steps = gait(act.person, prints, local_s, toes_out_deg=rest["left_foot_yaw"])
    seconds = gait_s(prints)
    near = np.clip((local_s - seconds + 0.9) / 0.9, 0, 1)
    if kind == "walk_out":
        near = 1 - np.clip(local_s / 0.9, 0, 1)
    at_rest = near**2 * (3 - 2 * near)
    for name, resting in channels.items():
        walking = steps.get(name, np.full_like(local_s, NEUTRAL[name]))
        if name in _ENDS_AT_REST or "_foot_" in name or name.endswith("_load"):
            # Blending would let a planted foot drift; these arrive at rest by themselves.
            channels[name] = resting + walking - rest[name]
        else:
            channels[name] = at_rest * resting + (1 - at_rest) * walking
