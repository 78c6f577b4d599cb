"""What subsequence search costs: `python -m benchmarks.subsequence`.

Protocol. Stream: 24 channels of smoothed noise in which one template after the other is done now
and then, frame by frame through `SpotStream` with five templates of 60 to 120 samples; mean time of
the first and of the last tenth of the frames, with the growth of the process's memory between them.
Also the mean of `Spotter.step` alone.

Recording: 18,000 frames (10 minutes at 30 a second) of 24 channels against one template of 120.
`spot` beside a compiled loop (numba; compiled before it is timed) of exactly the same recursion,
from the values to the matches, which must be the same; beside the matrix of tslearn's subsequence
DTW and beside dtaidistance's, in C. These two find one best match each, no chain of them, and have
squared costs and no missing values. Every round times all of them in turn; medians of the rounds.

Times are the processor's, of one thread. Machines differ: quote ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.guided import Span, chain, spot
from dtwcoach.segmentation.stream import SpotStream
from dtwcoach.segmentation.subsequence import UNKNOWN_SHARE, Spotter
from dtwcoach.segmentation.templates import EARLY, Template, make_template

RATE_HZ = 30.0
FEATURES = 24
NAMES = tuple(f"channel {number}" for number in range(FEATURES))
LENGTHS = (60, 75, 90, 105, 120)
STREAM_FRAMES, RECORDING_FRAMES = 100_000, 18_000


def movements(rng: np.random.Generator, lengths: tuple[int, ...]) -> list[FloatArray]:
    """One course from rest to rest for each length, (samples, feature)."""
    turns = rng.normal(scale=3.0, size=(len(lengths), FEATURES))
    return [
        np.outer(1.0 - np.cos(np.linspace(0.0, 2.0 * np.pi, length)), turn)
        for length, turn in zip(lengths, turns, strict=True)
    ]


def idled(rng: np.random.Generator, frames: int, done: list[FloatArray]) -> FloatArray:
    """Noise in which the movements are done in turn, with up to five seconds between."""
    values = rng.normal(scale=0.3, size=(frames, FEATURES))
    at = number = 0
    while at + 2 * max(map(len, done)) < frames:
        at += int(rng.integers(10, 150))
        course = done[number % len(done)]
        values[at : at + len(course)] += course
        at += len(course)
        number += 1
    return values


def templates_of(done: list[FloatArray]) -> tuple[Template, ...]:
    """What is looked for."""
    return tuple(make_template(NAMES, course, scale=np.ones(FEATURES)) for course in done)


def stream_costs(frames: int) -> None:
    """Print what a frame costs, at the start of a stream and at its end."""
    rng = np.random.default_rng(1)
    done = movements(rng, LENGTHS)
    block = idled(rng, 10_000, done)
    stream = SpotStream(templates_of(done), names=NAMES, rate_hz=RATE_HZ)
    tenth = frames // 10
    found, took, memory = 0, [], []
    for first in range(0, frames, tenth):
        start = time.process_time()
        for frame in range(first, first + tenth):
            found += stream.step(block[frame % len(block)]) is not None
        took.append((time.process_time() - start) / tenth)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(f"stream of {frames} frames, {FEATURES} features, {len(LENGTHS)} templates:")
    for name, seconds in (("first tenth", took[0]), ("last tenth", took[-1])):
        print(f"  {name}: {1e6 * seconds:.0f} us a frame, {seconds * RATE_HZ:.2%} of one at 30 Hz")
    print(f"  {found} matches; memory grew by {memory[-1] - memory[0]} KiB after the first tenth")
    spotter, cost = Spotter(LENGTHS), rng.uniform(size=(1000, len(LENGTHS), max(LENGTHS)))
    idle = np.full(len(LENGTHS), 0.5)
    start = time.process_time()
    for frame in range(tenth):
        spotter.step(cost[[frame % len(cost)]], idle[None])
    seconds = (time.process_time() - start) / tenth
    print(f"  the recursion alone: {1e6 * seconds:.0f} us a frame, {seconds * RATE_HZ:.2%}")


def compiled_loop() -> Callable[[FloatArray, Template], list[Span]]:
    """`spot` with one template and nothing ignored, written out cell by cell and compiled."""
    import numba

    @numba.njit
    def leave(
        values: FloatArray,
        course: FloatArray,
        weight: FloatArray,
        border: float,
        near_rest: np.ndarray,
    ) -> np.ndarray:
        samples, features = course.shape
        reached, begun = np.full(samples, np.inf), np.zeros(samples, dtype=np.int64)
        cost = np.empty(samples)
        starts = np.full(len(values), -1)
        whole = weight.sum()
        for t in range(len(values)):
            total, idle = 0.0, 1.0
            for f in range(features):
                if np.isfinite(values[t, f]):
                    total += weight[f]
            unknown = total < UNKNOWN_SHARE * whole
            for j in range(samples):
                square = 0.0
                for f in range(features):
                    if np.isfinite(values[t, f]):
                        square += weight[f] * (values[t, f] - course[j, f]) ** 2
                cost[j] = 1.0 if unknown else min(np.sqrt(square / total) / border, 1.0)
                if near_rest[j]:
                    idle = min(idle, cost[j])
            idle -= EARLY
            before, began = 0.0, t
            corner, corner_began = 0.0, t
            for j in range(samples):
                enter, since = reached[j], begun[j]
                if corner < enter:
                    enter, since = corner, corner_began
                if j > 0 and before + idle < enter:
                    enter, since = before + idle, began
                corner, corner_began = reached[j], begun[j]
                before, began = enter + cost[j] - idle, since
                reached[j], begun[j] = before, began
            if before < 0.0:
                starts[t] = began
                for j in range(samples):
                    reached[j] -= before
        return starts

    def find(values: FloatArray, template: Template) -> list[Span]:
        starts = leave(
            values / template.scale,
            template.course,
            template.weight,
            template.border,
            template.near_rest,
        )
        return chain([None if start < 0 else (0, int(start)) for start in starts])

    return find


def searches(values: FloatArray, template: Template) -> dict[str, Callable[[], object]]:
    """Every way to search one recording."""
    from tslearn.metrics import subsequence_cost_matrix

    series = FeatureSeries(np.arange(len(values)) / RATE_HZ, values, NAMES)
    loop = compiled_loop()
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: spot(series, (template,)),
        "compiled loop": lambda: loop(values, template),
        "tslearn": lambda: subsequence_cost_matrix(template.course, values),
    }
    if importlib.util.find_spec("dtaidistance") is None:
        print("dtaidistance is not installed and left out")
    else:
        from dtaidistance.subsequence.dtw import subsequence_alignment

        ways["dtaidistance"] = lambda: subsequence_alignment(
            template.course, values, penalty=0.0, use_c=True
        )
    if ways["ours"]() != ways["compiled loop"]():
        raise RuntimeError("The compiled loop finds other matches.")
    return ways


def recording_costs(frames: int, *, rounds: int) -> None:
    """Print the time of one search through a recording, as ratios to the compiled loop."""
    rng = np.random.default_rng(2)
    done = movements(rng, (120,))
    (template,) = templates_of(done)
    values = idled(rng, frames, done)
    ways = searches(values, template)
    for way in ways.values():
        way()
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.process_time()
            way()
            took[name].append(time.process_time() - start)
    seconds = {name: float(np.median(each)) for name, each in took.items()}
    print(f"recording of {frames} frames, {FEATURES} features, one template of 120 samples:")
    for name, own in seconds.items():
        ratio = own / seconds["compiled loop"]
        print(f"  {name}: {1e3 * own:.0f} ms, {ratio:.1f} times the compiled loop")


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=STREAM_FRAMES, help="of the stream")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    stream_costs(options.frames)
    recording_costs(RECORDING_FRAMES, rounds=options.rounds)


if __name__ == "__main__":
    main()
