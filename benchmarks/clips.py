"""Rendered clips with known truth, through the real video reader and pose model.

Poses are kept in `benchmarks/.cache`, under a key of everything that made them, so a benchmark
renders once and then runs in seconds.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import (
    Truth,
    frames,
    passer_by,
    render_video,
    simulate,
)
from dtwcoach.pose import PoseSequence
from dtwcoach.sources import read_pose
from dtwcoach.sources.mediapipe import extraction_name
from dtwcoach.sources.parquet import read_pose as load_pose
from dtwcoach.sources.parquet import write_pose

CACHE = Path(__file__).resolve().parent / ".cache"


@dataclass(frozen=True)
class Body:
    """A size given to a drawn person, whose style stays.

    `arms` and `legs` are ratios to the person's own proportions; the legs grow at the cost of
    trunk and head, so that the height holds.
    """

    height_m: float
    arms: float = 1.0
    legs: float = 1.0

    def of(self, seed: int) -> Person:
        """The person of that seed with this body."""
        person = Person.from_seed(seed, height_m=self.height_m)
        own = person.limbs
        shrink = self.height_m / (self.height_m + (self.legs - 1.0) * own.leg)
        limbs = replace(
            own,
            **{part: getattr(own, part) * self.arms for part in ("upper_arm", "forearm", "hand")},
            **{part: getattr(own, part) * self.legs * shrink for part in ("thigh", "shank")},
            **{part: getattr(own, part) * shrink for part in ("ankle", "trunk", "head_neck")},
        )
        return replace(person, limbs=limbs)


@dataclass(frozen=True)
class Clip:
    """One clip to render: who, what, how and from where."""

    exercise: str
    person_seed: int
    performance: Performance
    camera: Camera
    passer_by_seed: int | None = None
    body: Body | None = None

    def truth(self) -> Truth:
        """What happens in the clip; not rendered."""
        seed = self.person_seed
        person = self.body.of(seed) if self.body else Person.from_seed(seed)
        return simulate(person, self.exercise, self.performance, self.camera)

    def key(self) -> str:
        """Name under which its pose is kept: all that decides what is drawn and how it is read."""
        truth = self.truth()
        digest = hashlib.sha256(np.round(truth.points_m, 4).tobytes())
        about = [asdict(truth.camera), self.person_seed, self.passer_by_seed, extraction_name()]
        digest.update(json.dumps(about, sort_keys=True).encode())
        digest.update(_drawing_version())
        return digest.hexdigest()[:20]

    def pose(self) -> PoseSequence:
        """The clip's pose by the real model; rendered when it is not kept yet."""
        kept = CACHE / f"{self.key()}.parquet"
        if not kept.exists():
            CACHE.mkdir(exist_ok=True)
            truth = self.truth()
            others: tuple[Truth, ...] = ()
            if self.passer_by_seed is not None:
                others = (passer_by(truth, Person.from_seed(self.passer_by_seed)),)
            with tempfile.TemporaryDirectory() as folder:
                video = render_video(
                    Path(folder) / "clip.mp4", truth, others=others, seed=self.person_seed
                )
                write_pose(kept, read_pose(video, use_cache=False))
        return load_pose(kept)


@cache
def _drawing_version() -> bytes:
    """Digest of a drawn test picture: changes when, and only when, drawing does."""
    truth = simulate(Person.from_seed(1), "squat", Performance(reps=1))
    return hashlib.sha256(next(frames(truth, every=len(truth), seed=1)).tobytes()).digest()


def _make(clip: Clip) -> str:
    clip.pose()
    return clip.key()


def render_all(clips: Iterable[Clip], *, jobs: int = 2) -> None:
    """Render and estimate whatever is not kept yet, on several processes."""
    missing = [clip for clip in clips if not (CACHE / f"{clip.key()}.parquet").exists()]
    if not missing:
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for number, _ in enumerate(pool.map(_make, missing), start=1):
            print(f"\rrendered {number} of {len(missing)} clips", end="", flush=True)
    print()
