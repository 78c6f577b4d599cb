"""Hands and faces of drawn people, as Holistic sees them: `python -m benchmarks.hands`.

Protocol: every gesture once by several drawn people with their right hand, upper body at 720p from
1.3 m; every second picture is looked at. Counted are those away from rest with the whole hand in
the picture, its way up and down among them; "shown" leaves the ways out. Error is the distance in
the picture between a keypoint found and the true one, in percent of the hand's length there: the
median over keypoints and pictures. Nothing of the truth reaches the model.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from dtwcoach.mannequin.gestures import GESTURES, RISE_S
from dtwcoach.mannequin.gesturing import gesticulate
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, frames
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.holistic import HolisticTracker, sequence
from dtwcoach.sources.video import Frame

RIGHT = 1
WITH_THE_HEAD = ("nod", "shake_head", "smile")


@dataclass(frozen=True, eq=False)
class Take:
    """One drawn recording, which of its frames Holistic saw and what, seconds for either."""

    truth: Truth
    frame: np.ndarray
    pose: PoseSequence
    draw_s: float
    look_s: float

    @property
    def away(self) -> np.ndarray:
        """(time,) bool: frames inside a repetition, with the hand in the picture."""
        during = [(self.frame >= r.start) & (self.frame < r.stop) for r in self.truth.reps]
        return np.any(during, axis=0) & self._in_picture

    @property
    def shown(self) -> np.ndarray:
        """(time,) bool: frames between the first and the last key of the gesture."""
        away_s = RISE_S * self.truth.camera.fps
        during = [
            (self.frame >= r.start + away_s) & (self.frame < r.stop - away_s)
            for r in self.truth.reps
        ]
        return np.any(during, axis=0) & self._in_picture

    @property
    def _in_picture(self) -> np.ndarray:
        assert self.truth.hands_m is not None
        x, y, _ = np.moveaxis(
            self.truth.camera.project(self.truth.hands_m[self.frame, RIGHT]), -1, 0
        )
        width, height = self.truth.camera.width, self.truth.camera.height
        return np.asarray(((x >= 0) & (x < width) & (y >= 0) & (y < height)).all(axis=1))

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
        camera, hand = self.truth.camera, self.truth.hands_m[self.frame, RIGHT]
        true = camera.project(hand)
        apart = np.linalg.norm(self.pose.hands[:, RIGHT, :, :2] - true[..., :2], axis=2)
        length_px = self.truth.person.limbs.hand * camera.focal_px / true[:, 0, 2]
        return 100 * np.median(apart, axis=1) / length_px


def take(gesture: str, seed: int, *, every: int) -> Take:
    """Draw a gesture and look at it."""
    how = Performance(reps=1, side="right", lead_in_s=0.5, lead_out_s=0.3, seed=seed)
    truth = gesticulate(Person.from_seed(seed), gesture, how)
    seen, draw_s, look_s = [], 0.0, 0.0
    frame = np.arange(0, len(truth), every)
    pictures = frames(truth, every=every, seed=seed)
    next_s = time.perf_counter()
    with HolisticTracker() as tracker:
        for at, picture in zip(frame, pictures, strict=True):
            drawn_s = time.perf_counter()
            seen.append(tracker.update(Frame(int(at), float(truth.time_s[at]), picture)))
            draw_s, look_s = draw_s + drawn_s - next_s, look_s + time.perf_counter() - drawn_s
            next_s = time.perf_counter()
    size = (truth.camera.width, truth.camera.height)
    pose = sequence(seen, frame_size=size)
    return Take(truth, frame, pose, draw_s / len(frame), look_s / len(frame))


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=4, help="people per gesture")
    parser.add_argument("--every", type=int, default=2, help="look at every so many-th picture")
    parser.add_argument("--gestures", nargs="*", default=list(GESTURES), choices=list(GESTURES))
    options = parser.parse_args(arguments)
    heads = ("frames", "found %", "shown %", "body %", "face %", "error %")
    print(f"{'gesture':14}" + "".join(f"{head:>9}" for head in heads))
    everything: list[Take] = []
    for number, gesture in enumerate(options.gestures):
        first = 800 + 10 * number
        takes = [take(gesture, first + one, every=options.every) for one in range(options.people)]
        print(_row(gesture, takes), flush=True)
        everything += takes
    hands = [one for one in everything if one.truth.exercise.name not in WITH_THE_HEAD]
    if hands:
        print(_row("all hands", hands))
    for what, key in (("drawing", "draw_s"), ("Holistic", "look_s")):
        seconds = np.mean([getattr(one, key) for one in everything])
        print(f"{what}: {1 / seconds:.1f} frames a second")


def _row(name: str, takes: list[Take]) -> str:
    joined = {
        key: np.concatenate([getattr(one, key) for one in takes])
        for key in ("away", "shown", "found", "percent")
    }
    away, shown, found = joined["away"], joined["shown"], joined["found"]
    body = np.concatenate([np.isfinite(one.pose.image[:, 0, 0]) for one in takes])
    faces = [one.pose.face for one in takes if one.pose.face is not None]
    face = np.isfinite(np.concatenate(faces)[:, 0])
    error = np.nanmedian(joined["percent"][away]) if found[away].any() else np.nan
    shares = [share.mean() if len(share) else np.nan for share in (found[away], found[shown])]
    cells = [100 * share for share in (*shares, body.mean(), face.mean())]
    return f"{name:14}{away.sum():9}" + "".join(f"{cell:9.1f}" for cell in (*cells, error))


if __name__ == "__main__":
    main()
