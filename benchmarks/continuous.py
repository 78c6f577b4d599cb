"""Every repetition in sets filmed in one take: `python -m benchmarks.continuous`.

Protocol. References: the shipped starters. Clips: `grids.continuous_clips`, other drawn people,
views within 30 degrees, tempo 0.6 to 1.6 that drifts, 15 to 60 frames a second; idle time, pauses
to breathe, holds within a repetition, half repetitions (0.3 to 0.5 of the way), walking in and out,
passers-by. `--simple`: 60 clips of `grids.count_clips`, without half repetitions. Only the clips of
`--tuning` are ever named one by one. Everything is found twice: in the whole recording ("at once"),
and in the same features frame by frame ("stream").

- Exact count: as many whole repetitions are found as were done. Every one: besides, each of them
  holds the turn of a true one of its own.
- Boundary error: of every true repetition whose turn lies in a found one, both ends, in frames at
  30 a second.
- Half repetitions: the true turn lies in one found as half, in one counted as whole, or in neither.
  False halves: found ones without such a turn.
- Delay: from the end of a streamed repetition, as found and as it truly was, to the frame with
  which it is emitted; what only the recording's end settles counts as emitted there.
- Agreement: repetitions matched one to one at an intersection over union above 0.5, as a share of
  all that either way finds; and clips in which all are.
- Cut ends: the recording is trimmed to begin within the first true repetition and to end within the
  last, at their turns ("turn") or where half of the time to the turn, or from it, is gone ("half"),
  before anything is measured. Exact: the whole repetitions that are left. Reported: of the two that
  are not, those which a repetition found as cut off overlaps.
- Wrong exercise: every other exercise's references; repetitions found before any verdict.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.clips import Clip, render_all
from benchmarks.grids import (
    CONTINUOUS_FRESH,
    CONTINUOUS_TUNING,
    FRESH,
    TUNING,
    continuous_clips,
    count_clips,
)
from dtwcoach.coach import judge_for
from dtwcoach.mannequin.motion import TrueRep
from dtwcoach.matching.library import Library
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.stream import RepStream
from dtwcoach.settings import Settings

IOU = 0.5
LATE_S = 0.5
CUTS = {"turn": 1.0, "half": 0.5}
"""Where a recording is cut: this share of the way from a repetition's outer end to its turn."""
RATES = ((0, 20), (20, 28), (28, 40), (40, 61))
"""Frame rates of the table, half-open."""

Times = FloatArray
"""(repetition, 3): start, turn and last frame in seconds."""


@dataclass(frozen=True)
class Found:
    """Repetitions in one clip, found or true."""

    reps: Times
    halves: Times

    def is_exact(self, true: Found) -> bool:
        """Whether the count is the true one."""
        return len(self.reps) == len(true.reps)

    def is_all(self, true: Found) -> bool:
        """Whether it is, and each repetition is one of those."""
        return self.is_exact(true) and bool((holds(self.reps, true.reps).sum(axis=0) == 1).all())

    def off_frames(self, true: Found) -> list[float]:
        """Boundary errors of the repetitions that were found."""
        own, other = np.nonzero(holds(self.reps, true.reps))
        return list((30.0 * np.abs(self.reps[own] - true.reps[other])[:, [0, 2]]).ravel())


@dataclass(frozen=True)
class Result:
    """What was found in one clip, beside the truth."""

    clip: Clip
    true: Found
    at_once: Found
    stream: Found
    delay_s: FloatArray


def times(reps: Iterable[Rep | TrueRep], time_s: FloatArray) -> Times:
    """Repetitions in seconds."""
    rows = [(time_s[rep.start], time_s[rep.turn], time_s[rep.stop - 1]) for rep in reps]
    return np.array(rows).reshape(-1, 3)


def truth_of(clip: Clip) -> Found:
    """What was really done."""
    truth = clip.truth()
    return Found(times(truth.reps, truth.time_s), times(truth.half_reps, truth.time_s))


def holds(found: Times, true: Times) -> np.ndarray:
    """Which found repetitions hold the turn of which true ones, (found, true) bool."""
    turn = true[:, 1]
    return np.asarray((found[:, :1] <= turn) & (turn <= found[:, 2:]))


def same(one: Times, other: Times) -> int:
    """How many repetitions of two lists, each without overlaps, are the same."""
    shared = np.minimum(one[:, None, 2], other[:, 2]) - np.maximum(one[:, None, 0], other[:, 0])
    both = np.maximum(one[:, None, 2], other[:, 2]) - np.minimum(one[:, None, 0], other[:, 0])
    return int((shared > IOU * both).sum())


def search(clip: Clip, guide: Guide) -> Result:
    """Find a clip's repetitions, at once and frame by frame."""
    recording = describe(clip.pose(), Settings())
    found, time_s = cut(recording, guide), recording.series.time_s
    at_once = Found(times(found.reps, time_s), times(found.halves, time_s))
    return Result(clip, truth_of(clip), at_once, *streamed(recording, guide))


def streamed(recording: Recording, guide: Guide) -> tuple[Found, FloatArray]:
    """What a stream finds, and the delay of the whole repetitions in seconds."""
    series = recording.series
    stream = RepStream(guide, names=series.names, rate_hz=series.rate_hz)
    emitted = [
        (stream.step(values, ignore=bool(ignore)), now_s)
        for values, ignore, now_s in zip(
            series.values, recording.walking, series.time_s, strict=True
        )
    ]
    emitted.append((stream.finish(), series.time_s[-1]))
    reps, halves = (
        [(each.rep, now_s) for each, now_s in emitted if each is not None and each.kind == kind]
        for kind in ("rep", "half")
    )
    delay_s = [now_s - series.time_s[rep.stop - 1] for rep, now_s in reps]
    found = (times([rep for rep, _ in kind], series.time_s) for kind in (reps, halves))
    return Found(*found), np.array(delay_s)


def trimmed(pose: PoseSequence, true: Times, share: float) -> tuple[PoseSequence, float]:
    """A recording with only a part of its first and last repetition, and where it begins."""
    first, last = true[0], true[-1]
    begin_s = first[0] + share * (first[1] - first[0])
    end_s = last[2] - share * (last[2] - last[1])
    start, stop = np.searchsorted(pose.time_s, [begin_s, end_s])
    return pose.slice(int(start), int(stop)), float(pose.time_s[start])


def cut_ends(clips: Sequence[Clip], guides: dict[str, Guide]) -> None:
    """Print what is found where the first and the last repetition are incomplete."""
    for name, share in CUTS.items():
        exact, reported = [], []
        for clip in clips:
            true = truth_of(clip).reps
            pose, begin_s = trimmed(clip.pose(), true, share)
            recording = describe(pose, Settings())
            found = cut(recording, guides[clip.exercise])
            # The part's own clock may begin at zero or go on; the truth's does not change.
            time_s = recording.series.time_s - recording.series.time_s[0] + begin_s
            exact.append(len(found.reps) == len(true) - 2)
            parts = times(found.cut_off, time_s)
            for rep in (true[0], true[-1]):
                reported.append(bool(((parts[:, 0] < rep[2]) & (parts[:, 2] > rep[0])).any()))
        print(f"cut ends ({name}): exact {np.mean(exact):.3f}, reported {np.mean(reported):.3f}")


def wrong_exercise(clips: Sequence[Clip], guides: dict[str, Guide]) -> None:
    """Print how many repetitions other exercises' references find."""
    counts = [
        len(cut(recording, guide).reps)
        for clip in clips
        for recording in [describe(clip.pose(), Settings())]
        for name, guide in guides.items()
        if name != clip.exercise
    ]
    true = np.mean([len(clip.truth().reps) for clip in clips])
    print(
        f"wrong exercise: {np.mean(counts):.2f} repetitions a clip ({true:.2f} are done), none in "
        f"{np.mean(np.array(counts) == 0):.3f} of {len(counts)} searches"
    )


def summary(results: Sequence[Result], way: str) -> None:
    """Print the figures over all clips, of one way to find repetitions."""
    pairs = [(getattr(one, way), one.true) for one in results]
    exact = np.mean([found.is_exact(true) for found, true in pairs])
    every = np.mean([found.is_all(true) for found, true in pairs])
    print(f"\n{way.replace('_', ' ')}")
    print(f"  exact count {exact:.3f}, every one {every:.3f} of {len(pairs)} clips")
    hits = [holds(found.reps, true.reps) for found, true in pairs]
    missed, false = (sum(int((~hit.any(axis=axis)).sum()) for hit in hits) for axis in (0, 1))
    true_count = sum(len(true.reps) for _, true in pairs)
    print(f"  {true_count} repetitions: {missed} missed; {false} found where there is none")
    middle, high = np.percentile(
        [e for found, true in pairs for e in found.off_frames(true)], [50, 95]
    )
    print(f"  boundary error in frames at 30 a second: median {middle:.1f}, 95 % {high:.1f}")
    own = [holds(found.halves, true.halves) for found, true in pairs]
    whole = [holds(found.reps, true.halves) for found, true in pairs]
    known = sum(int(each.any(axis=0).sum()) for each in own)
    counted = sum(int(each.any(axis=0).sum()) for each in whole)
    halves = sum(len(true.halves) for _, true in pairs)
    false = sum(int((~each.any(axis=1)).sum()) for each in own)
    print(
        f"  {halves} half repetitions: {known} found, {counted} counted as whole, "
        f"{halves - known - counted} missed; {false} false"
    )


def agreement(results: Sequence[Result]) -> None:
    """Print how the stream compares with searching at once."""
    both = [same(one.at_once.reps, one.stream.reps) for one in results]
    counts = [(len(one.at_once.reps), len(one.stream.reps)) for one in results]
    either = sum(map(sum, counts)) - sum(both)
    clips = np.mean([a == b == n for (a, b), n in zip(counts, both, strict=True)])
    print(f"\nsame repetitions both ways: {sum(both) / either:.3f}; all in {clips:.3f} of clips")


def delays(results: Sequence[Result]) -> None:
    """Print how long after its end a repetition is emitted."""
    found, true = [], []
    for one in results:
        own, other = np.nonzero(holds(one.stream.reps, one.true.reps))
        found += list(one.delay_s)
        true += list((one.delay_s + one.stream.reps[:, 2])[own] - one.true.reps[other, 2])
    for name, delay_s in (("found", found), ("true", true)):
        middle, high, most = np.percentile(delay_s, [50, 95, 100])
        in_time = np.mean(np.array(delay_s) <= LATE_S + 1e-9)
        print(
            f"delay after the {name} end in seconds: median {middle:.2f}, 95 % {high:.2f}, "
            f"most {most:.2f}; within {LATE_S} s {in_time:.3f}"
        )


def table(results: Sequence[Result], title: str, key: Callable[[Result], str]) -> None:
    """Print count and boundaries group by group."""
    print(f"\n| {title} | clips | exact, at once | stream | median | 95 % |")
    print("|---|---|---|---|---|---|")
    for name in dict.fromkeys(map(key, results)):
        group = [one for one in results if key(one) == name]
        off = np.percentile(
            [e for one in group for e in one.at_once.off_frames(one.true)], [50, 95]
        )
        at_once = np.mean([one.at_once.is_exact(one.true) for one in group])
        stream = np.mean([one.stream.is_exact(one.true) for one in group])
        row = f"{len(group)} | {at_once:.3f} | {stream:.3f} | {off[0]:.1f} | {off[1]:.1f}"
        print(f"| {name} | {row} |")


def rate_of(result: Result) -> str:
    """The row of the table by frame rate."""
    fps = result.clip.camera.fps
    low, high = next(each for each in RATES if each[0] <= fps < each[1])
    return f"{low} to {high} fps"


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--references", type=Path, default=Path("references"))
    parser.add_argument("--tuning", action="store_true", help="60 clips that may be looked at")
    parser.add_argument("--simple", action="store_true", help="60 clips without half repetitions")
    options = parser.parse_args(arguments)
    if options.simple:
        clips = count_clips(TUNING if options.tuning else FRESH)
    elif options.tuning:
        clips = continuous_clips(CONTINUOUS_TUNING, count=60)
    else:
        clips = continuous_clips(CONTINUOUS_FRESH, count=200)
    render_all(clips)
    library, model = Library(options.references), clips[0].pose().model
    guides: dict[str, Guide] = {}
    for name in dict.fromkeys(clip.exercise for clip in clips):
        guide = judge_for(library, name, model=model, settings=Settings()).guide
        assert isinstance(guide, Guide)
        guides[name] = guide
    results = [search(clip, guides[clip.exercise]) for clip in clips]
    for one in results:
        if options.tuning and not (one.at_once.is_all(one.true) and one.stream.is_all(one.true)):
            counts = f"{len(one.at_once.reps)}, stream {len(one.stream.reps)}"
            print(f"{one.clip.exercise} {one.clip.person_seed}: {counts} of {len(one.true.reps)}")
    summary(results, "at_once")
    summary(results, "stream")
    agreement(results)
    delays(results)
    cut_ends(clips, guides)
    wrong_exercise(clips, guides)
    table(results, "exercise", lambda one: one.clip.exercise)
    table(sorted(results, key=lambda one: one.clip.camera.fps), "frame rate", rate_of)


if __name__ == "__main__":
    main()
