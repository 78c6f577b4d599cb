"""The ranges from which benchmark clips are drawn. Frozen before the verdicts were tuned.

The starter references and all tuning used the seeds of `TUNING`; every figure in the README is
from `FRESH`, whose people appear in neither. The same holds for the strangers' three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.clips import Body, Clip
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.mannequin.performance import Action, Performance
from dtwcoach.mannequin.practice import practice_set, varied_camera
from dtwcoach.mannequin.recording import default_camera

TUNING, FRESH = 1000, 5000
STRANGERS_TUNING, STRANGERS_FRESH, STRANGERS_VIEWS = 21000, 31000, 41000
CONTINUOUS_TUNING, CONTINUOUS_FRESH = 51000, 61000

RANGES: dict[str, tuple[float, float]] = {
    "height_m": (1.45, 2.05),
    "arms": (0.9, 1.1),
    "legs": (0.9, 1.1),
    "yaw_off_deg": (-30.0, 30.0),
    "distance": (1.0, 1.6),
    "fps": (15.0, 60.0),
    "tempo": (0.6, 1.6),
    "light": (0.6, 1.1),
    "blur_px": (0.3, 1.6),
    "noise": (1.0, 4.0),
}
"""What strangers differ in; arms, legs and distance as ratios to the usual."""
STRANGERS_FAULTS = 0.5, 2.2
"""Fault sizes relative to the fault's typical size: also ones too small to be called wrong."""
FRAME_MARGIN = 0.05
"""Part of the picture left free around the strangers' joints: flesh is thicker than bones."""


def verdict_clips(first_seed: int, *, per_exercise: int = 6, reps: int = 6) -> list[Clip]:
    """Sets in which half of the repetitions hold one fault; views within 15 degrees."""
    seeds = [
        (exercise, first_seed + 100 * number + take)
        for number, exercise in enumerate(EXERCISES)
        for take in range(per_exercise)
    ]
    return [
        Clip(exercise, seed, *practice_set(exercise, seed, reps=reps)) for exercise, seed in seeds
    ]


def count_clips(first_seed: int, *, per_exercise: int = 6) -> list[Clip]:
    """Sets of 3 to 8 repetitions with idle time, drift, holds and walks; views within 30."""
    clips = []
    for number, exercise in enumerate(EXERCISES):
        standing = EXERCISES[exercise].contact == "feet"
        for take in range(per_exercise):
            seed = first_seed + 3000 + 100 * number + take
            rng = np.random.default_rng([seed, 7])
            reps = int(rng.integers(3, 9))
            holds = {int(rng.integers(reps)): 1.5} if rng.random() < 0.25 else {}
            performance = Performance(
                reps=reps,
                tempo=float(rng.uniform(0.6, 1.6)),
                tempo_drift=float(rng.uniform(-0.3, 0.3)),
                rom=float(rng.uniform(0.85, 1.1)),
                pause_s=float(rng.uniform(0.0, 2.0)),
                lead_in_s=float(rng.uniform(0.5, 4.0)),
                lead_out_s=float(rng.uniform(0.5, 3.0)),
                walk_in=standing and rng.random() < 0.3,
                walk_out=standing and rng.random() < 0.3,
                holds=holds,
                seed=seed,
            )
            camera = varied_camera(rng, exercise, yaw_off_deg=float(rng.uniform(-30, 30)))
            passer_by = seed + 50 if rng.random() < 0.1 else None
            clips.append(Clip(exercise, seed, performance, camera, passer_by))
    return clips


def continuous_clips(first_seed: int, *, count: int = 200) -> list[Clip]:
    """Sets in one take: walks, idle time, uneven reps, pauses, half reps, passers-by."""
    return [
        _continuous(list(EXERCISES)[number % len(EXERCISES)], first_seed + number)
        for number in range(count)
    ]


def _continuous(exercise: str, seed: int) -> Clip:
    rng = np.random.default_rng([seed, 19])
    reps = int(rng.integers(3, 9))
    held, breath = int(rng.integers(reps)), int(rng.integers(1, reps))
    holds = rng.random() < 0.25
    breathes = rng.random() < 0.5
    halves = [int(rng.integers(reps + 1))] if rng.random() < 0.4 else []
    actions = [Action("idle", float(rng.uniform(0.8, 4.0)))]
    for number in range(reps + 1):
        if number in halves:
            actions.append(Action("half_rep", depth=float(rng.uniform(0.3, 0.5))))
            actions.append(Action("idle", float(rng.uniform(0.2, 1.5))))
        if number < reps:
            hold_s = float(rng.uniform(0.8, 2.5)) if holds and number == held else 0.0
            actions.append(Action("rep", hold_s=hold_s))
            long = breathes and number + 1 == breath
            pause_s = rng.uniform(3.0, 6.0) if long else rng.uniform(0.0, 1.5)
            actions.append(Action("idle", float(pause_s)))
    actions.append(Action("idle", float(rng.uniform(0.5, 3.0))))
    standing = EXERCISES[exercise].contact == "feet"
    if standing and rng.random() < 0.35:
        actions.insert(0, Action("walk_in"))
    if standing and rng.random() < 0.35:
        actions.append(Action("walk_out"))
    performance = Performance(
        tempo=float(rng.uniform(0.6, 1.6)),
        tempo_drift=float(rng.uniform(-0.4, 0.3)),
        rom=float(rng.uniform(0.85, 1.1)),
        variation_deg=float(rng.uniform(1.0, 4.0)),
        timeline=tuple(actions),
        seed=seed,
    )
    camera = varied_camera(rng, exercise, yaw_off_deg=float(rng.uniform(-30, 30)))
    passer_by = seed + 500 if rng.random() < 0.2 else None
    return Clip(exercise, seed, performance, camera, passer_by)


def stranger_clips(first_seed: int, *, count: int = 200, reps: int = 4) -> list[Clip]:
    """A Latin hypercube over `RANGES`; half of each clip's repetitions hold one fault."""
    return _hypercube(first_seed, [RANGES["yaw_off_deg"]] * count, reps=reps)


def view_clips(first_seed: int) -> list[Clip]:
    """The same with the camera too far off: 20 clips by 30 to 45 degrees, 40 by 45 to 90."""
    clips = _hypercube(first_seed, [(30.0, 45.0)] * 20 + [(45.0, 90.0)] * 40, reps=4)
    return [_turned_either_way(clip) for clip in clips]


def yaw_off_deg(clip: Clip) -> float:
    """How far the camera stands from the exercise's own view, signed degrees."""
    return clip.camera.yaw_deg - EXERCISES[clip.exercise].yaw_deg


def _hypercube(
    first_seed: int, yaws_off_deg: Sequence[tuple[float, float]], *, reps: int
) -> list[Clip]:
    """One clip for each range of yaw; the exercises are dealt in turn."""
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(RANGES), rng=first_seed).random(len(yaws_off_deg))
    clips = []
    for number, (row, yaw) in enumerate(zip(shares, yaws_off_deg, strict=True)):
        drawn = {
            name: low + float(share) * (high - low)
            for share, (name, (low, high)) in zip(
                row, {**RANGES, "yaw_off_deg": yaw}.items(), strict=True
            )
        }
        exercise = list(EXERCISES)[number % len(EXERCISES)]
        clips.append(_stranger(exercise, first_seed + number, drawn, reps=reps))
    return clips


def _stranger(exercise: str, seed: int, drawn: dict[str, float], *, reps: int) -> Clip:
    rng = np.random.default_rng([seed, 11])
    faults = [fault for fault in FAULTS[exercise].values() if fault.kind != "tempo"]
    placed = {}
    for rep in rng.choice(reps, size=reps // 2, replace=False):
        fault = faults[int(rng.integers(len(faults)))]
        size = fault.typical * float(rng.uniform(*STRANGERS_FAULTS))
        placed[int(rep)] = ((fault.name, size),)
    performance = Performance(
        reps=reps,
        tempo=drawn["tempo"],
        faults=placed,
        seed=seed,
        pause_s=float(rng.uniform(0.3, 1.2)),
        lead_in_s=1.0,
        lead_out_s=1.0,
    )
    base = default_camera(exercise)
    camera = replace(
        base,
        yaw_deg=base.yaw_deg + drawn["yaw_off_deg"],
        distance_m=base.distance_m * drawn["distance"],
        fps=round(drawn["fps"], 2),
        light=drawn["light"],
        blur_px=drawn["blur_px"],
        noise=drawn["noise"],
    )
    body = Body(drawn["height_m"], drawn["arms"], drawn["legs"])
    return _stepped_back(Clip(exercise, seed, performance, camera, body=body))


def _stepped_back(clip: Clip) -> Clip:
    """The clip filmed from far enough that no joint is cut off."""
    points = clip.truth().points_m
    camera = clip.camera
    while not _shows(camera, points):
        camera = replace(camera, distance_m=camera.distance_m * 1.03)
    return replace(clip, camera=camera)


def _shows(camera: Camera, points: np.ndarray) -> bool:
    size = np.array([camera.width, camera.height])
    pixels = camera.project(points)[..., :2]
    return bool(((pixels > FRAME_MARGIN * size) & (pixels < (1 - FRAME_MARGIN) * size)).all())


def _turned_either_way(clip: Clip) -> Clip:
    """Half of the cameras to the other side, where the mirror image would not be nearer."""
    own, off = EXERCISES[clip.exercise].yaw_deg, yaw_off_deg(clip)
    if np.random.default_rng([clip.person_seed, 13]).random() < 0.5 or off > own:
        return clip
    camera = replace(clip.camera, yaw_deg=own - off)
    return _stepped_back(replace(clip, camera=camera))
