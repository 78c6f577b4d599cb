"""Hands and faces of drawn people, as Holistic sees them: `python -m benchmarks.hands`.

Protocol: every gesture once by several drawn people with their right hand, upper body at 720p from
1.3 m. Counted are the frames away from rest, since hands at rest hang out of the picture. Error
is the distance in the picture between a keypoint found and the true one, in percent of the hand's
length there: the median over keypoints and frames. Nothing of the truth reaches the model.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from dtwcoach.mannequin.gestures import GESTURES
from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, frames
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.holistic import HolisticTracker, sequence
from dtwcoach.sources.video import Frame

RIGHT = 1
LEAST_FOUND = 0.80
WITH_THE_HEAD = ("nod", "shake_head", "smile")


@dataclass(frozen=True, eq=False)
class Take:
    """One drawn recording, what Holistic saw, and seconds per frame of drawing and of looking."""

    truth: Truth
    pose: PoseSequence
    draw_s: float
    look_s: float

    @property
    def away(self) -> np.ndarray:
        """(time,) bool: frames inside a repetition."""
        frame = np.arange(len(self.truth))
        return np.any([(frame >= r.start) & (frame < r.stop) for r in self.truth.reps], axis=0)

    @property
    def found(self) -> np.ndarray:
        """(time,) bool: the right hand was found."""
        assert self.pose.hands is not None
        return np.isfinite(self.pose.hands[:, RIGHT, 0, 0])

    @property
    def percent(self) -> np.ndarray:
        """(time,) float: median distance of the hand's keypoints, in percent of its length."""
        assert self.pose.hands is not None
        assert self.truth.hands_m is not None
        camera, hand = self.truth.camera, self.truth.hands_m[:, RIGHT]
        true = camera.project(hand)
        apart = np.linalg.norm(self.pose.hands[:, RIGHT, :, :2] - true[..., :2], axis=2)
        length_px = self.truth.person.limbs.hand * camera.focal_px / true[:, 0, 2]
        return 100 * np.median(apart, axis=1) / length_px


def take(gesture: str, seed: int) -> Take:
    """Draw a gesture and look at it."""
    how = Performance(reps=1, side="right", lead_in_s=0.5, lead_out_s=0.3, seed=seed)
    truth = gesticulate(Person.from_seed(seed), gesture, how)
    seen, draw_s, look_s = [], 0.0, 0.0
    pictures = frames(truth, seed=seed)
    next_s = time.perf_counter()
    with HolisticTracker() as tracker:
        for at, picture in enumerate(pictures):
            drawn_s = time.perf_counter()
            seen.append(tracker.update(Frame(at, float(truth.time_s[at]), picture)))
            draw_s, look_s = draw_s + drawn_s - next_s, look_s + time.perf_counter() - drawn_s
            next_s = time.perf_counter()
    size = (truth.camera.width, truth.camera.height)
    return Take(truth, sequence(seen, frame_size=size), draw_s / len(truth), look_s / len(truth))


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=4, help="people per gesture")
    parser.add_argument("--gestures", nargs="*", default=list(GESTURES), choices=list(GESTURES))
    options = parser.parse_args(arguments)
    print(f"{'gesture':14}{'frames':>8}{'found %':>9}{'body %':>8}{'face %':>8}{'error %':>9}")
    everything: list[Take] = []
    for number, gesture in enumerate(options.gestures):
        takes = [take(gesture, 800 + 10 * number + one) for one in range(options.people)]
        print(_row(gesture, takes), flush=True)
        everything += takes
    hands = [one for one in everything if one.truth.exercise.name not in WITH_THE_HEAD]
    if hands:
        print(_row("all hands", hands))
    for what in ("draw_s", "look_s"):
        print(
            f"{what}: {1 / np.mean([getattr(one, what) for one in everything]):.1f} frames a second"
        )


def _row(name: str, takes: list[Take]) -> str:
    away = np.concatenate([one.away for one in takes])
    found = np.concatenate([one.found for one in takes])[away]
    percent = np.concatenate([one.percent for one in takes])[away]
    body = np.concatenate([np.isfinite(one.pose.image[:, 0, 0]) for one in takes])
    face = np.concatenate([np.isfinite(one.pose.face[:, 0]) for one in takes])  # type: ignore[index]
    error = np.nanmedian(percent) if found.any() else np.nan
    shares = "".join(f"{100 * share.mean():8.1f}" for share in (body, face))
    return f"{name:14}{len(found):8}{100 * found.mean():9.1f}{shares}{error:9.1f}"


if __name__ == "__main__":
    main()
