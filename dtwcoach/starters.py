"""Makes the starter references that ship with the program: `python -m dtwcoach.starters`.

Drawn people perform every exercise the mannequin knows; the videos go through the real pose
model. The result is marked synthetic, so that verdicts resting on it are provisional.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from dtwcoach.coach import references_from
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.practice import practice_set
from dtwcoach.mannequin.recording import Truth, default_camera, render_video, simulate
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.guides import guide_from
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise, Film, Reference
from dtwcoach.pose import PoseSequence
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings

TRAINERS = tuple(range(11, 27))
"""Seeds of the drawn trainers: many, since it is between people that movement differs most."""
VIEW_SPREAD_DEG = 30.0
"""Trainers are filmed from all views up to so far from the exercise's own, practice sets too: the
pose model errs differently from every side, so what is near must be seen from near by."""
FIRST_ATHLETE, ATHLETES, PRACTISED = 1000, 8, 4
"""Seeds of the practice sets, a hundred apart by exercise, how many, and repetitions of each: they
are labelled right and wrong, and rule and threshold are learnt from them."""
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
_STANCE = ("hips", "knees", "feet")
_LEGS = (
    *_STANCE,
    *(
        f"{side} {part}"
        for side in ("left", "right")
        for part in ("thigh", "knee", "shin", "ankle")
    ),
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
        *_STANCE,
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


@dataclass(frozen=True)
class Take:
    """One video to draw: a trainer's right repetition, or an athlete's labelled practice set."""

    exercise: str
    seed: int
    is_practice: bool

    @property
    def source(self) -> str:
        """Name of the video."""
        return f"{self.exercise}-{'practice' if self.is_practice else 'trainer'}-{self.seed}.mp4"

    def truth(self) -> Truth:
        """What happens in it."""
        person = Person.from_seed(self.seed)
        if self.is_practice:
            practised = practice_set(
                self.exercise, self.seed, reps=PRACTISED, view_deg=VIEW_SPREAD_DEG
            )
            return simulate(person, self.exercise, *practised)
        place = (TRAINERS.index(self.seed) + 0.5) / len(TRAINERS)
        off_deg = VIEW_SPREAD_DEG * (2 * place - 1)
        camera = default_camera(self.exercise)
        camera = replace(camera, yaw_deg=camera.yaw_deg + off_deg)
        performance = Performance(reps=1, seed=self.seed, lead_in_s=1.0, lead_out_s=0.8)
        return simulate(person, self.exercise, performance, camera)


def takes(name: str) -> list[Take]:
    """All videos of an exercise's starters, trainers first."""
    first = FIRST_ATHLETE + 100 * list(EXERCISES).index(name)
    return [
        *(Take(name, seed, is_practice=False) for seed in TRAINERS),
        *(Take(name, first + number, is_practice=True) for number in range(ATHLETES)),
    ]


def film(take: Take) -> PoseSequence:
    """Draw a take and return its pose by the real pose model."""
    from dtwcoach.sources import read_pose

    with tempfile.TemporaryDirectory() as folder:
        video = render_video(Path(folder) / take.source, take.truth(), seed=take.seed)
        return read_pose(video, use_cache=False)


def cut(take: Take, pose: PoseSequence, guide: Guide | Position | None) -> list[Reference]:
    """Cut a take into references, labelled by what really happened.

    Only trainers' repetitions keep the body that reports may draw.
    """
    references, _ = references_from(
        pose,
        label="wrong" if take.is_practice else "right",
        person=f"drawn person {take.seed}",
        source=take.source,
        created=CREATED,
        settings=Settings(),
        guide=guide,
        synthetic=True,
    )
    if not take.is_practice:
        return list(references)
    truth = take.truth()
    labelled = []
    for reference in references:
        turn_s = reference.info.turn_s
        done = [r for r in truth.reps if truth.time_s[r.start] <= turn_s < truth.time_s[r.stop - 1]]
        if len(done) == 1:
            info = replace(reference.info, label="wrong" if done[0].faults else "right")
            nobody = np.full_like(reference.positions, np.nan)
            labelled.append(replace(reference, info=info, positions=nobody))
    return labelled


def store(library: Library, name: str, poses: Sequence[PoseSequence]) -> int:
    """Cut, store and calibrate one exercise from the poses of its `takes`; return how many."""
    exercise = starter_exercise(name)
    trainers = [
        reference
        for take, pose in zip(takes(name), poses, strict=True)
        if not take.is_practice
        for reference in cut(take, pose, None)
    ]
    guide = guide_from(exercise, tuple(trainers))
    practised = [
        reference
        for take, pose in zip(takes(name), poses, strict=True)
        if take.is_practice
        for reference in cut(take, pose, guide)
    ]
    library.add(exercise, [*trainers, *practised])
    stored = library.references(name)
    library.save_calibration(name, calibrate(exercise, stored, Settings(), with_average=True))
    return len(stored)


def build(root: Path, names: tuple[str, ...], *, jobs: int = 2) -> Iterator[tuple[str, int]]:
    """Build starter references in `root`; yield each exercise with how many it got."""
    library = Library(root)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        poses = pool.map(film, [take for name in names for take in takes(name)])
        for name in names:
            yield name, store(library, name, [next(poses) for _ in takes(name)])


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
