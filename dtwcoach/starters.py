"""Makes the starter references that ship with the program: `python -m dtwcoach.starters`.

Drawn people perform every exercise the mannequin knows; the videos go through the real pose
model. The result is marked synthetic, so that verdicts resting on it are provisional.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from dtwcoach.coach import references_from
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import default_camera, render_video, simulate
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise, Film, Reference
from dtwcoach.settings import Settings

PEOPLE = tuple(range(11, 27))
"""Seeds of the drawn trainers: many people, since it is between people that movement differs."""
REPS = 1
VIEW_SPREAD_DEG = 12.0
"""Cameras of different trainers stand differently: tolerances must cover what that does."""
CREATED = "2026-11-20T00:00:00+00:00"

DOWN = ("start", "way down", "bottom", "way up", "end")
UP = ("start", "way up", "top", "way down", "end")
OUT = ("start", "way out", "widest point", "way back", "end")

TABLE: dict[str, tuple[tuple[str, ...], dict[str, float]]] = {
    "squat": (DOWN, {"left_knee_angle": 45.0, "right_knee_angle": 45.0}),
    "lunge": (DOWN, {"left_knee_angle": 45.0}),
    "push_up": (DOWN, {"left_elbow_angle": 40.0}),
    "biceps_curl": (UP, {"left_elbow_angle": 50.0}),
    "shoulder_press": (UP, {"left_elbow_angle": 35.0, "right_elbow_angle": 35.0}),
    "lateral_raise": (UP, {"left_shoulder_angle": 35.0, "right_shoulder_angle": 35.0}),
    "jumping_jack": (OUT, {"left_shoulder_angle": 60.0, "right_shoulder_angle": 60.0}),
    "good_morning": (DOWN, {"trunk_forward": 30.0}),
    "glute_bridge": (UP, {"left_hip_angle": 15.0}),
    "seated_knee_extension": (UP, {"left_knee_angle": 30.0}),
}
"""Exercise -> what its phases are called, and the least range of motion in degrees."""


_ARMS = tuple(
    f"{side} {part}"
    for side in ("left", "right")
    for part in ("shoulder", "upper arm", "elbow", "forearm", "wrist")
)
_LEGS = tuple(
    f"{side} {part}" for side in ("left", "right") for part in ("thigh", "knee", "shin", "ankle")
)
_FEET = ("left_ankle_angle", "right_ankle_angle")

IGNORED: dict[str, tuple[str, ...]] = {
    "squat": (*_ARMS, *_FEET, "head"),
    "lunge": (*_ARMS, *_FEET, "head"),
    "push_up": (*_FEET, "left ankle", "right ankle"),
    "good_morning": (*_ARMS, *_FEET),
    "glute_bridge": (*_ARMS, *_FEET, "head"),
    "biceps_curl": _LEGS,
    "shoulder_press": _LEGS,
    "lateral_raise": _LEGS,
    "jumping_jack": ("left_ankle_angle", "right_ankle_angle"),
    "seated_knee_extension": (
        *_ARMS,
        *_FEET,
        "right thigh",
        "right knee",
        "right shin",
        "right ankle",
    ),
}
"""Exercise -> what a trainer does not look at in it: everybody does that as they like."""


def starter_exercise(name: str) -> Exercise:
    """The exercise file of a starter."""
    known = EXERCISES[name]
    phases, min_rom = TABLE[name]
    return Exercise(
        name=name,
        title=known.title,
        ignore=IGNORED.get(name, ()),
        symmetric=True,
        min_rom=min_rom,
        phases=phases,
        film=Film(known.yaw_deg, known.height_m, known.distance_m, known.how_to_film),
    )


def starter_references(task: tuple[str, int]) -> tuple[Reference, ...]:
    """Render one drawn trainer doing one exercise; return its repetitions.

    Parameters
    ----------
    task : (exercise, seed)
    """
    name, seed = task
    camera = default_camera(name)
    off_deg = float(np.random.default_rng([seed, 3]).uniform(-VIEW_SPREAD_DEG, VIEW_SPREAD_DEG))
    camera = replace(camera, yaw_deg=camera.yaw_deg + off_deg)
    performance = Performance(reps=REPS, seed=seed, lead_in_s=1.0, lead_out_s=0.8)
    truth = simulate(Person.from_seed(seed), name, performance, camera)
    from dtwcoach.sources import read_pose

    with tempfile.TemporaryDirectory() as folder:
        video = render_video(Path(folder) / f"{name}-{seed}.mp4", truth, seed=seed)
        pose = read_pose(video, use_cache=False)
    references, notes = references_from(
        pose,
        label="right",
        person=f"drawn trainer {seed}",
        source=video.name,
        created=CREATED,
        settings=Settings(),
        synthetic=True,
    )
    if len(references) != REPS:
        raise RuntimeError(f"{video.name}: {len(references)} of {REPS} repetitions. {notes}")
    return references


def build(root: Path, names: tuple[str, ...], *, jobs: int = 2) -> Iterator[tuple[str, int]]:
    """Build starter references in `root`; yield each exercise with how many it got."""
    library = Library(root)
    settings = Settings()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tasks = [(name, seed) for name in names for seed in PEOPLE]
        results = pool.map(starter_references, tasks)
        for name in names:
            references = tuple(r for _ in PEOPLE for r in next(results))
            exercise = starter_exercise(name)
            library.add(exercise, references)
            stored = library.references(name)
            library.save_calibration(name, calibrate(exercise, stored, settings, with_average=True))
            yield name, len(stored)


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m dtwcoach.starters")
    parser.add_argument("exercises", nargs="*", default=list(EXERCISES), metavar="EXERCISE")
    parser.add_argument("--into", type=Path, default=Path("references"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    for name, count in build(options.into, tuple(options.exercises), jobs=options.jobs):
        print(f"{name}: {count} repetitions")


if __name__ == "__main__":
    main()
