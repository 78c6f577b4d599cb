"""Recognition frame by frame on the real model: `python -m benchmarks.recognition_stream`.

Recordings of drawn people whom no reference shows, read by the real pose model; references: the
starters. Short ones: the clips of `benchmarks.pose_error`, two repetitions each. Long ones: sets of
`benchmarks.continuous` with idle time, pauses, holds, half repetitions, walks and passers-by.

Every whole repetition is recognised where a movement of its exercise holds its turn; rejected where
that movement is called none of those known; mistaken where it is another; else missed. Known
movements that hold no whole repetition's turn, nor a half one's, are false. Each recording is then
looked at once more by a recogniser that never saw its exercise: whatever it calls known is wrong.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.clips import Clip, render_all
from benchmarks.grids import CONTINUOUS_TUNING, continuous_clips
from benchmarks.pose_error import clips as short_clips
from dtwcoach.matching.library import Library, starter_root
from dtwcoach.motion.recording import describe
from dtwcoach.recognition.classifier import Classifier
from dtwcoach.recognition.known import KnownMovements, known_movements
from dtwcoach.recognition.stream import Movement, local_features
from dtwcoach.settings import Settings

SETTINGS = Settings()


def without(known: KnownMovements, exercise: str) -> KnownMovements:
    """The same, but for one class."""
    full = known.classifier
    assert full is not None
    classes = tuple(name for name in full.classes if name != exercise)
    kept = np.array([full.classes[number] != exercise for number in full.labels])
    names = [full.classes[number] for number in full.labels[kept]]
    others = np.array([name != exercise for name in full.classes])
    fewer = Classifier(
        classes,
        full.names,
        full.curves[kept],
        np.array([classes.index(name) for name in names]),
        full.either_side[others],
        full.usual[others],
        full.temperature,
        full.limit,
    )
    guides = {name: guide for name, guide in known.guides.items() if name != exercise}
    return replace(known, classifier=fewer, guides=guides)


def watched(clip: Clip, known: KnownMovements, took_s: list[float]) -> list[Movement]:
    """All movements that are decided while the recording passes by."""
    recording = describe(clip.pose(), SETTINGS)
    recogniser = known.recogniser(SETTINGS)
    states = []
    for row, at_s, walks in zip(
        local_features(recording), recording.series.time_s, recording.walking, strict=True
    ):
        begun = time.thread_time()
        states.append(recogniser.update(row, float(at_s), ignore=bool(walks)))
        took_s.append(time.thread_time() - begun)
    states.append(recogniser.finish())
    return [state.movement for state in states if state.movement is not None]


def outcomes(clip: Clip, movements: list[Movement]) -> Counter[str]:
    """What became of every repetition, and what was false."""
    truth = clip.truth()
    result: Counter[str] = Counter()
    turns_s = [float(truth.time_s[rep.turn]) for rep in truth.reps]
    half_s = [float(truth.time_s[rep.turn]) for rep in truth.half_reps]
    for turn_s in turns_s:
        here = [one.label for one in movements if one.start_s <= turn_s < one.stop_s]
        result["repetitions"] += 1
        if clip.exercise in here:
            result["recognised"] += 1
        elif any(here):
            result["mistaken"] += 1
        else:
            result["rejected" if here else "missed"] += 1
    for one in movements:
        inside = any(one.start_s <= turn_s < one.stop_s for turn_s in (*turns_s, *half_s))
        result["false"] += bool(one.label) and not inside
    return result


def report(title: str, clips: list[Clip], known: KnownMovements) -> None:
    """Print the figures of some recordings."""
    render_all(clips)
    took_s: list[float] = []
    total: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    for clip in clips:
        total += outcomes(clip, watched(clip, known, took_s))
        blind = without(known, clip.exercise)
        found = outcomes(clip, watched(clip, blind, []))
        strange["repetitions"] += found["repetitions"]
        strange["called known"] += found["mistaken"]
        strange["false"] += found["false"]
    took_ms = 1000.0 * np.array(took_s)
    print(f"{title}: {len(clips)} recordings, {len(took_ms)} frames")
    print("  known: " + ", ".join(f"{name} {count}" for name, count in total.items()))
    print("  its exercise unknown: " + ", ".join(f"{k} {v}" for k, v in strange.items()))
    print(
        f"  ms of processor time a frame: median {np.median(took_ms):.2f}, "
        f"p95 {np.percentile(took_ms, 95):.2f}, mean {took_ms.mean():.2f}",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", type=int, default=20, help="long recordings looked at")
    options = parser.parse_args(arguments)
    library = Library(Path("nowhere"), starters=starter_root())
    model = library.infos("squat")[0].model
    known = known_movements(library, model=model, settings=SETTINGS)
    report("short", short_clips(people=3), known)
    report("long", continuous_clips(CONTINUOUS_TUNING, count=options.long), known)


if __name__ == "__main__":
    main()
