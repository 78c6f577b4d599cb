"""Repetition count on rendered clips: `python -m benchmarks.counts`.

Protocol: references are the shipped starters; 60 clips of other drawn people, cameras within 30
degrees of the references' view, tempo 0.6 to 1.6, 15 to 60 frames a second, with idle time, and
in some clips walking in and out, holds within a repetition and a passer-by. A clip counts as
exact when as many repetitions are found as were done. Boundaries: all repetitions matched with
the truth, in frames at 30 per second.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.clips import Clip, render_all
from benchmarks.grids import FRESH, TUNING, count_clips
from dtwcoach.coach import judge_for
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.library import Library
from dtwcoach.motion.recording import describe
from dtwcoach.segmentation.cutting import cut
from dtwcoach.settings import Settings


def count_one(clip: Clip, judge: Judge) -> tuple[int, int, list[float], tuple[str, ...]]:
    """Return true count, found count, boundary errors in frames at 30 a second, and notes."""
    truth = clip.truth()
    recording = describe(clip.pose(), judge.settings)
    found = cut(recording, judge.guide)
    time_s = recording.series.time_s
    errors = []
    for rep in truth.reps:
        turn_s = truth.time_s[rep.turn]
        for other in found.reps:
            start_s, stop_s = time_s[other.start], time_s[other.stop - 1]
            if start_s <= turn_s <= stop_s:
                errors += [
                    30 * abs(start_s - truth.time_s[rep.start]),
                    30 * abs(stop_s - truth.time_s[rep.stop - 1]),
                ]
    return len(truth.reps), len(found.reps), errors, found.notes


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--references", type=Path, default=Path("references"))
    parser.add_argument("--tuning", action="store_true", help="the seeds used for tuning")
    parser.add_argument("--clips", type=int, default=6, help="clips per exercise")
    options = parser.parse_args(arguments)
    clips = count_clips(TUNING if options.tuning else FRESH, per_exercise=options.clips)
    render_all(clips)
    library = Library(options.references)
    judges: dict[str, Judge] = {}
    exact, errors = [], []
    for clip in clips:
        if clip.exercise not in judges:
            judges[clip.exercise] = judge_for(
                library, clip.exercise, model=clip.pose().model, settings=Settings()
            )
        true, found, off, notes = count_one(clip, judges[clip.exercise])
        exact.append(true == found)
        errors += off
        if true != found:
            print(f"{clip.exercise} {clip.person_seed}: {found} of {true}. {' '.join(notes)}")
    print(f"exact count: {np.mean(exact):.3f} of {len(exact)} clips")
    middle, high = np.percentile(errors, [50, 95])
    print(f"boundary error in frames at 30 a second: median {middle:.1f}, 95 % {high:.1f}")


if __name__ == "__main__":
    main()
