"""The live coach beside offline scoring: `python -m benchmarks.live`.

Protocol. References: the shipped starters. Clips: those of `grids.continuous_clips` (sets in one
take with walks, idle time, pauses, half repetitions and passers-by; no fault) and
`grids.verdict_clips` (half of the repetitions hold one fault); `--tuning` takes the seeds the coach
was tuned on. Their poses, by the real model, are fed frame by frame with the frames' own times;
nothing is dropped, and every verdict is waited for.

- Same: repetitions of the offline assessment that were said live, as soon as they had ended, with
  the same verdict; over all repetitions that either has. The final word is the offline assessment
  itself, which is checked.
- Against the truth: each found repetition holds the turn of a true one of its own; wrong is what
  holds a fault.
- Delay: from the end of a repetition to the frame with which its verdict comes. With a camera the
  time of judging, beside the frames in a process of its own, is added: the last column.
- Time per frame: one `LiveCoach.update` and one `screen.draw` on a picture of 1280 x 720, the
  judging left to the helper process; seconds on the clock, and of the processor alone.
- Memory: an hour of the slowest clip's poses as one set after another, each judged at its end, and
  as one set without end; resident size, and its slope over the last third. The helper is left out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.clips import CACHE, Clip, render_all
from benchmarks.grids import (
    CONTINUOUS_FRESH,
    CONTINUOUS_TUNING,
    FRESH,
    TUNING,
    continuous_clips,
    verdict_clips,
)
from dtwcoach.coach import assess, judge_for
from dtwcoach.live import screen
from dtwcoach.live.coach import LiveCoach, LiveState, differences
from dtwcoach.matching.assessment import RepAssessment, Verdict
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.library import Library, starter_root
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import Settings
from dtwcoach.sources.tracking import Person

PICTURE = 1280, 720
NOTICED = "not noticed", "is none"


@dataclass
class Tally:
    """What is counted over clips."""

    clips: int = 0
    both: int = 0
    same: int = 0
    missed: int = 0
    extra: int = 0
    true: int = 0
    found: dict[str, int] = field(default_factory=lambda: {"live": 0, "offline": 0})
    false: dict[str, int] = field(default_factory=lambda: {"live": 0, "offline": 0})
    agrees: dict[str, int] = field(default_factory=lambda: {"live": 0, "offline": 0})
    judged: dict[str, int] = field(default_factory=lambda: {"live": 0, "offline": 0})
    delay_s: list[float] = field(default_factory=list)
    judging_s: list[float] = field(default_factory=list)


class Timed(Executor):
    """Judges at once, and notes how long that takes; with `deaf` never."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.took_s: list[float] = []
        self.judge: Judge
        self._deaf = deaf

    def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        """Judge the first of the arguments."""
        answer: Future[Any] = Future()
        if not self._deaf:
            began_s = time.perf_counter()
            answer.set_result(assess(arguments[0], self.judge))
            self.took_s.append(time.perf_counter() - began_s)
        return answer


def people(pose: PoseSequence) -> Iterator[tuple[Person | None, float, int]]:
    """Frames of a pose as a tracker gives them."""
    seen = np.isfinite(pose.image).any(axis=(1, 2))
    arrays = [
        getattr(pose, name).astype(np.float32)
        for name in ("image", "world", "confidence", "presence")
    ]
    for frame, time_s in enumerate(pose.time_s.tolist()):
        person = Person(*(array[frame] for array in arrays)) if seen[frame] else None
        yield person, time_s, int(pose.people[frame])


def follow(clip: Clip, judge: Judge, tally: Tally, *, verbose: bool) -> None:
    """Coach one clip, and compare."""
    pose, helper = clip.pose(), Timed()
    helper.judge = judge
    coach = LiveCoach(judge, frame_size=pose.frame_size, helper=helper)
    for person, time_s, count in people(pose):
        state = coach.update(person, time_s, people=count)
        if state.new is not None:
            tally.delay_s.append(time_s - state.new.stop_s)
    final, offline = coach.finish(), assess(pose, judge)
    assert [rep.verdict for rep in final.reps] == [rep.verdict for rep in offline.reps]
    apart = differences(list(state.reps), final.reps)
    missed, extra = (sum(what in text for text in apart) for what in NOTICED)
    tally.clips += 1
    tally.judging_s += helper.took_s
    tally.missed, tally.extra = tally.missed + missed, tally.extra + extra
    tally.both += len(final.reps) + extra
    tally.same += len(final.reps) + extra - len(apart)
    truth = clip.truth()
    tally.true += len(truth.reps)
    for way, reps in (("live", state.reps), ("offline", offline.reps)):
        _against_truth(tally, way, reps, truth)
    if verbose and apart:
        print(clip.exercise, clip.person_seed, *apart, sep="\n  ")


def _against_truth(tally: Tally, way: str, reps: Iterable[RepAssessment], truth: Any) -> None:
    open_reps = list(truth.reps)
    for rep in reps:
        own = [true for true in open_reps if rep.start_s <= truth.time_s[true.turn] <= rep.stop_s][
            :1
        ]
        tally.false[way] += not own
        for true in own:
            open_reps.remove(true)
            tally.found[way] += 1
            if rep.verdict is not Verdict.CANNOT_JUDGE:
                tally.judged[way] += 1
                tally.agrees[way] += (rep.verdict is Verdict.RIGHT) == true.right


def agreement(name: str, clips: Sequence[Clip], judges: Judges, *, verbose: bool) -> None:
    """Print how far what is said live agrees with offline scoring, and both with the truth."""
    tally = Tally()
    for clip in clips:
        follow(clip, judges.of(clip.exercise, clip.pose().model), tally, verbose=verbose)
    print(f"\n{name}: {tally.clips} clips, {tally.both} repetitions found either way")
    print(
        f"  same verdict {tally.same / tally.both:.3f}; {tally.missed} not noticed live, "
        f"{tally.extra} only live"
    )
    for way in ("live", "offline"):
        print(
            f"  {way}: {tally.found[way]} of {tally.true} true repetitions, "
            f"{tally.false[way]} false; verdict true in {tally.agrees[way]} of {tally.judged[way]}"
        )
    for what, took_s in (("delay", tally.delay_s), ("judging", tally.judging_s)):
        told = np.percentile(took_s, [50, 95, 100])
        print(f"  {what} in s, p50 p95 max: " + " ".join(f"{value:.2f}" for value in told))


class Judges:
    """Judges from the starters, each made once."""

    def __init__(self) -> None:
        self._library = Library(Path("none"), starters=starter_root())
        self._made: dict[str, Judge] = {}

    def of(self, exercise: str, model: str) -> Judge:
        """The judge of an exercise."""
        if exercise not in self._made:
            self._made[exercise] = judge_for(
                self._library, exercise, model=model, settings=Settings()
            )
        return self._made[exercise]


def frame_times(clips: Sequence[Clip], judges: Judges) -> None:
    """Print how long a frame takes beyond pose estimation."""
    rng = np.random.default_rng(1)
    image = rng.integers(0, 255, (PICTURE[1], PICTURE[0], 3), np.uint8)
    clock_s, processor_s = [], []
    for clip in clips:
        pose = clip.pose()
        scale = np.array([*(np.array(PICTURE) / pose.frame_size), 1.0])
        coach = LiveCoach(
            judges.of(clip.exercise, pose.model),
            frame_size=pose.frame_size,
            helper=Timed(deaf=True),
        )
        for person, time_s, count in people(pose):
            clock, processor = time.perf_counter(), time.process_time()
            state = coach.update(person, time_s, people=count)
            screen.draw(image, _placed(state, scale[:2]), title=clip.exercise)
            clock_s.append(time.perf_counter() - clock)
            processor_s.append(time.process_time() - processor)
    print(f"\ntime per frame in ms, {len(clock_s)} frames, p50 p95 p99 max")
    for name, took in (("clock", clock_s), ("processor", processor_s)):
        told = 1e3 * np.percentile(took, [50, 95, 99, 100])
        print(f"  {name}: " + " ".join(f"{value:.2f}" for value in told))


def _placed(state: LiveState, scale: np.ndarray) -> LiveState:
    """The state with its body where it belongs in the larger picture."""
    return replace(state, points=state.points * scale)


def memory(clip: Clip, judges: Judges, *, hours: float) -> None:
    """Print how resident memory grows over an hour."""
    pose = clip.pose()
    judge = judges.of(clip.exercise, pose.model)
    frames = list(people(pose))
    step_s = pose.duration_s + 1.0 / pose.fps
    for name, endless in (("one set after another", False), ("one set without end", True)):
        helper = Timed(deaf=True)
        coach = LiveCoach(judge, frame_size=pose.frame_size, helper=helper)
        sizes: list[tuple[float, float]] = []
        for turn in range(int(hours * 3600 / step_s)):
            for person, time_s, count in frames:
                coach.update(person, time_s + turn * step_s, people=count)
            if not endless:
                coach.finish()
                coach = LiveCoach(judge, frame_size=pose.frame_size, helper=helper)
            sizes.append(((turn + 1) * step_s, _resident_mb()))
        late = np.array(sizes[2 * len(sizes) // 3 :])
        slope = np.polyfit(late[:, 0] / 3600, late[:, 1], 1)[0]
        print(
            f"memory, {name}: {sizes[0][1]:.0f} MB after the first, {late[0, 1]:.0f} MB after "
            f"{late[0, 0] / 60:.0f} minutes, {late[-1, 1]:.0f} MB after {late[-1, 0] / 60:.0f}; "
            f"{slope:+.1f} MB an hour",
            flush=True,
        )


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    """Run what is asked for; everything without options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the seeds it was tuned on; names")
    parser.add_argument("--cached", action="store_true", help="only clips whose poses are kept")
    parser.add_argument("--clips", type=int, default=60, help="of each of the two sets")
    parser.add_argument("--hours", type=float, default=1.0, help="of poses, for memory")
    parser.add_argument("--only", choices=("agreement", "time", "memory"))
    options = parser.parse_args()
    seeds = (CONTINUOUS_TUNING, TUNING) if options.tuning else (CONTINUOUS_FRESH, FRESH)
    sets = {
        "one take": continuous_clips(seeds[0], count=options.clips),
        "with faults": verdict_clips(seeds[1])[: options.clips],
    }
    if options.cached:
        sets = {
            name: [clip for clip in clips if (CACHE / f"{clip.key()}.parquet").exists()]
            for name, clips in sets.items()
        }
    judges = Judges()
    for clips in sets.values():
        render_all(clips)
    if options.only in (None, "time"):
        frame_times(sets["one take"][:10], judges)
    if options.only in (None, "agreement"):
        for name, clips in sets.items():
            agreement(name, clips, judges, verbose=options.tuning)
    if options.only in (None, "memory"):
        slowest = min(sets["one take"], key=lambda clip: clip.camera.fps)
        memory(slowest, judges, hours=options.hours)


if __name__ == "__main__":
    main()
