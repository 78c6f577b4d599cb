"""How long `dtwcoach score` takes: `python -m benchmarks.timing`.

Whole processes, start-up included, on a rendered video of one minute: the first run (pose
estimation included), runs on the cached pose with and without report, and distances for one
repetition against ten references, ours beside tslearn's. Quote ratios: machines differ.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import frames, render_video, simulate
from dtwcoach.matching.dtw import distances

RUNS = 5
FEATURES, REFERENCES = 24, 10


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return time.perf_counter() - start


def score_times() -> None:
    """Time the command on one video, first cold and then cached."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        truth = simulate(
            Person.from_seed(7), "squat", Performance(reps=14, pause_s=0.9, seed=7, lead_in_s=2.0)
        )
        video = render_video(folder / "minute.mp4", truth, seed=7)
        environment = {**os.environ, "DTWCOACH_CACHE": str(folder / "cache")}
        command = [sys.executable, "-m", "dtwcoach", "score", "squat", str(video)]
        command += ["--reports", str(folder / "reports")]
        first = seconds(command, environment)
        bare, full = (
            float(np.median([seconds([*command, *more], environment) for _ in range(RUNS)]))
            for more in (["--no-report"], [])
        )
        print(f"video of {truth.time_s[-1]:.0f} s, first run: {first:.1f} s")
        print(f"cached pose, --no-report: {bare:.2f} s")
        print(f"cached pose, with report: {full:.2f} s")
        print(f"beyond pose estimation: {full / first:.1%} of the first run")


def drawing_rate() -> None:
    """Frames a second of the mannequin's renderer, one thread."""
    truth = simulate(Person.from_seed(7), "squat", Performance(reps=2, seed=7))
    start = time.perf_counter()
    count = sum(1 for _ in frames(truth, seed=7))
    print(f"drawing at 640x480: {count / (time.perf_counter() - start):.0f} frames a second")


def distance_times() -> None:
    """Time the distances of one repetition against ten references."""
    from tslearn.metrics import dtw

    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(100, FEATURES * REFERENCES)).cumsum(axis=0) for _ in range(2))
    dtw(x[:, 0], y[:, 0], global_constraint="sakoe_chiba", sakoe_chiba_radius=10)  # compiles
    start = time.perf_counter()
    for column in range(x.shape[1]):
        dtw(x[:, column], y[:, column], global_constraint="sakoe_chiba", sakoe_chiba_radius=10)
    theirs = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(RUNS):
        distances(x, y, radius=10)
    ours = (time.perf_counter() - start) / RUNS
    print(f"{x.shape[1]} distances: {1e3 * ours:.1f} ms; tslearn {theirs / ours:.0f} times that")


if __name__ == "__main__":
    drawing_rate()
    score_times()
    distance_times()
