"""Verdicts on strangers of every size, filmed in every way: `python -m benchmarks.strangers`.

Protocol: `grids.stranger_clips` (see there what differs), judged by the shipped starters. The size
of a fault is what it truly changed (`true_faults`): in the judge's own tolerances, and in deciding
ones, beyond which one joint turns the verdict whatever the others do. The headline, once by either,
counts all right repetitions and the faults of at least `LARGE` tolerances.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.clips import CACHE, Clip, render_all
from benchmarks.grids import (
    STRANGERS_FRESH,
    STRANGERS_TUNING,
    STRANGERS_VIEWS,
    stranger_clips,
    view_clips,
    yaw_off_deg,
)
from benchmarks.true_faults import deeds
from benchmarks.verdicts import (
    Outcome,
    article_of,
    best_in_hindsight,
    names_the_joint,
    outcomes,
    perfect_library,
    print_table,
    table,
    true_pose,
)
from dtwcoach.coach import assess, judge_for
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.library import Library
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import Settings

LARGE = 1.5
"""Faults from this many tolerances on must be found."""
SIZES: dict[str, tuple[float, ...]] = {
    "tolerances": (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, np.inf),
    "deciding tolerances": (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, np.inf),
    "times typical": (0.5, 0.8, 1.1, 1.4, 1.8, 2.2),
}
"""Bins of fault size: in the judge's tolerances, in deciding ones (tolerance times limit), and in
what `mannequin.faults` calls typical."""
HEADLINES = tuple(SIZES)[:2]
COVERAGES = (1.0, 0.95, 0.9, 0.8)
FACTORS: dict[str, Callable[[Clip], float]] = {
    "yaw off, degrees": lambda clip: abs(yaw_off_deg(clip)),
    "height, m": lambda clip: clip.body.height_m if clip.body else np.nan,
    "arms, ratio": lambda clip: clip.body.arms if clip.body else np.nan,
    "legs, ratio": lambda clip: clip.body.legs if clip.body else np.nan,
    "distance, ratio": lambda clip: clip.camera.distance_m / EXERCISES[clip.exercise].distance_m,
    "frames a second": lambda clip: clip.camera.fps,
    "tempo": lambda clip: clip.performance.tempo,
    "light": lambda clip: clip.camera.light,
    "blur, px": lambda clip: clip.camera.blur_px,
    "noise": lambda clip: clip.camera.noise,
}


@dataclass(frozen=True)
class Row:
    """One true repetition of a stranger.

    Parameters
    ----------
    outcome : Outcome
    tolerances, deciding : float
        Size of its fault in tolerances, and in those that decide alone; 0 for right ones.
    reason : str
        Why it was not judged: the first reason's code, "half" where it was told to be a half
        repetition, "missed" where nothing was found in its place; "" when it was judged.
    bears_out : (joint, phase, direction)
        Whether the first fault named is true; all False where none was named.
    article : float
        Score by the article's method.
    """

    outcome: Outcome
    tolerances: float
    deciding: float
    reason: str
    bears_out: tuple[bool, bool, bool]
    article: float

    def size(self, unit: str) -> float:
        """Size of its fault in a unit of `SIZES`."""
        if unit in HEADLINES:
            return (self.tolerances, self.deciding)[HEADLINES.index(unit)]
        return self.outcome.size / FAULTS[self.outcome.exercise][self.outcome.fault].typical

    @property
    def is_wrong(self) -> bool:
        """Whether it holds a fault."""
        return bool(self.outcome.fault)

    @property
    def called_wrong(self) -> bool:
        """Whether it was called so."""
        said = self.outcome.said
        return said is not None and said.verdict is Verdict.WRONG

    @property
    def is_error(self) -> bool:
        """Whether it was judged, and falsely."""
        return not self.reason and self.called_wrong != self.is_wrong


def judged_rows(clip: Clip, judge: Judge, said: SetAssessment, article: np.ndarray) -> list[Row]:
    """Lay the answers about one clip beside the truth."""
    rows = []
    results = outcomes(clip, clip.truth(), said)
    truth = clip.truth()
    for outcome, deed, score, done in zip(results, deeds(clip), article, truth.reps, strict=True):
        rep = outcome.said
        reasons = said.reasons or (rep.reasons if rep else ())
        turn_s = truth.time_s[done.turn]
        half = any(h.kind == "half" and h.start_s <= turn_s <= h.stop_s for h in said.left_out)
        reason = reasons[0].code if reasons else "" if rep else "half" if half else "missed"
        bears_out = (False, False, False)
        if outcome.fault and rep and rep.faults:
            true = deed.bears_out(rep.faults[0], judge.exercise.phases)
            bears_out = (names_the_joint(outcome), *true)
        sizes = deed.tolerances(judge) if outcome.fault else (0.0, 0.0)
        rows.append(Row(outcome, *sizes, reason, bears_out, float(score)))
    return rows


def in_headline(row: Row, unit: str = HEADLINES[0]) -> bool:
    """Right, or wrong by enough in a unit of `HEADLINES`."""
    return not row.is_wrong or row.size(unit) >= LARGE


def accuracy_interval(rows: list[Row], *, draws: int = 2000, seed: int = 1) -> tuple[float, float]:
    """95 % interval of the headline's balanced accuracy, clips drawn anew within exercises."""
    rng = np.random.default_rng(seed)
    by_exercise = []
    for exercise in EXERCISES:
        clips: dict[int, np.ndarray] = {}
        for row in rows:
            if row.outcome.exercise == exercise:
                counts = clips.setdefault(row.outcome.clip.person_seed, np.zeros((2, 2)))
                if not row.reason:
                    counts[int(row.is_wrong)] += 1, not row.is_error
        if clips:
            counts = np.array(list(clips.values()))
            total = counts[rng.integers(len(counts), size=(draws, len(counts)))].sum(axis=1)
            with np.errstate(invalid="ignore"):  # a draw may hold no wrong repetition
                by_exercise.append((total[..., 1] / total[..., 0]).mean(axis=1))
    low, high = np.nanpercentile(np.nanmean(by_exercise, axis=0), [2.5, 97.5])
    return float(low), float(high)


def upper_bound(hits: int, of: int) -> float:
    """Clopper-Pearson's upper 95 % bound of a share."""
    from scipy.stats import binomtest

    return float(binomtest(hits, of, alternative="less").proportion_ci(0.95).high)


def share(values: list[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def print_headlines(rows: list[Row]) -> None:
    """The headline by either size of a fault."""
    for unit in HEADLINES:
        _print_headline(rows, unit)


def _print_headline(rows: list[Row], unit: str) -> None:
    """Balanced accuracy by exercise, abstentions by reason, and the bound of false right."""
    large = [row for row in rows if in_headline(row, unit)]
    article = {
        exercise: best_in_hindsight(
            np.array([row.is_wrong for row in large if row.outcome.exercise == exercise]),
            np.array([row.article for row in large if row.outcome.exercise == exercise]),
        )
        for exercise in dict.fromkeys(row.outcome.exercise for row in large)
    }
    print(f"\nRight repetitions, and faults of {LARGE} {unit} or more")
    print_table(table([row.outcome for row in large]), article)
    low, high = accuracy_interval(large)
    print(f"balanced accuracy where judged: 95 % interval {low:.3f} to {high:.3f}, by clip")
    reasons = Counter(row.reason for row in large if row.reason)
    told = ", ".join(f"{code} {n / len(large):.1%}" for code, n in reasons.most_common())
    print(f"abstained {sum(reasons.values()) / len(large):.1%} of {len(large)}: {told or 'never'}")
    faulty = [row for row in large if row.is_wrong and not row.reason]
    missed = sum(row.is_error for row in faulty)
    print(
        f"false right: {missed} of {len(faulty)} ({missed / max(len(faulty), 1):.3f}), "
        f"upper 95 % bound {upper_bound(missed, len(faulty)):.3f}"
    )


def print_curves(rows: list[Row]) -> None:
    """Detection against size."""
    wrong = [row for row in rows if row.is_wrong]
    for unit, edges in SIZES.items():
        print(f"\nfault, {unit:20}faults  called wrong where judged  abstained")
        for low, high in pairwise(edges):
            of = [row for row in wrong if low <= row.size(unit) < high]
            called = share([row.called_wrong for row in of if not row.reason])
            print(f"{low:4.1f} to {high:4.1f}{len(of):21d}{called:27.2f}", end="")
            print(f"{share([bool(row.reason) for row in of]):11.2f}")


def print_coverage(rows: list[Row]) -> None:
    """Risk against coverage, by either size of a fault."""
    print("\ncoverage of those judged, surest first -> error")
    for unit in HEADLINES:
        errors = _errors_surest_first([r for r in rows if in_headline(r, unit) and not r.reason])
        kept = [(part, errors[: round(part * len(errors))]) for part in COVERAGES]
        told = "   ".join(f"{part:.0%} -> {of.mean():.3f}" for part, of in kept)
        print(f"{unit:22}{told}")


def _errors_surest_first(judged: list[Row]) -> np.ndarray:
    """Whether each verdict is false, (rep,) bool, those farthest from the border first."""
    scores = np.array([row.outcome.said.score for row in judged if row.outcome.said])
    surest_first = np.argsort(-np.abs(np.log(np.maximum(scores, 1e-9))), kind="stable")
    return np.array([row.is_error for row in judged])[surest_first]


PARTS = ("joint", "phase", "direction")


def print_names(rows: list[Row]) -> None:
    """Whether the fault named first is the true one."""
    caught = [row for row in rows if row.is_wrong and row.called_wrong]
    for unit in HEADLINES:
        of = [row.bears_out for row in caught if in_headline(row, unit)]
        print(f"\nfirst fault named, of {len(of)} faults of {LARGE} {unit} or more called wrong")
        told = [f"{name} {share([row[i] for row in of]):.2f}" for i, name in enumerate(PARTS)]
        print(", ".join(told) + f", all three {share([all(row) for row in of]):.2f}")


def print_factors(rows: list[Row]) -> None:
    """Error where judged and abstention by thirds of what differs."""
    large = [row for row in rows if in_headline(row)]
    print(f"\n{'factor, in thirds':20}{'up to':>17}{'error':>25}{'abstained':>24}")
    for name, measure in FACTORS.items():
        values = np.array([measure(row.outcome.clip) for row in large])
        edges = np.array([10.0, 20.0]) if name.startswith("yaw") else _thirds(values)
        part = np.searchsorted(edges, values)
        cells = [[row for row, p in zip(large, part, strict=True) if p == i] for i in range(3)]
        errors = [share([row.is_error for row in cell if not row.reason]) for cell in cells]
        silent = [share([bool(row.reason) for row in cell]) for cell in cells]
        ends = "".join(f"{v:8.2f}" for v in (*edges, values.max()))
        print(f"{name:20}{ends}" + "".join(f"{v:8.2f}" for v in (*errors, *silent)))


def _thirds(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.percentile(values, [100 / 3, 200 / 3]))


def print_other_exercises(
    clips: list[Clip], pose_of: Callable[[Clip], PoseSequence], judge_of: Callable[[str], Judge]
) -> None:
    """What three other exercises' references say of each clip."""
    silent, passed = [], []
    for clip in clips:
        others = [name for name in EXERCISES if name != clip.exercise]
        for name in np.random.default_rng([clip.person_seed, 19]).choice(others, 3, replace=False):
            said = assess(pose_of(clip), judge_of(str(name)))
            silent.append(said.verdict is Verdict.CANNOT_JUDGE)
            passed.append(said.count(Verdict.RIGHT) > 0)
    print(f"\nwrong exercise, {len(silent)} sets: cannot judge {share(silent):.3f}", end="")
    print(f", any repetition called right {share(passed):.3f}")


def print_views(
    clips: list[Clip], pose_of: Callable[[Clip], PoseSequence], judge_of: Callable[[str], Judge]
) -> None:
    """What is said of sets filmed from too far to the side."""
    print(f"\n{'yaw off, degrees':22}sets  cannot judge  any rep called right", end="")
    print("  wrong reps called right")
    for low, high in ((30.0, 45.0), (45.0, 90.0)):
        of = [clip for clip in clips if low < abs(yaw_off_deg(clip)) <= high]
        said = [assess(pose_of(clip), judge_of(clip.exercise)) for clip in of]
        reps = [row for c, s in zip(of, said, strict=True) for row in outcomes(c, c.truth(), s)]
        false = [r.said is not None and r.said.verdict is Verdict.RIGHT for r in reps if r.fault]
        print(f"{low:.0f} to {high:.0f}{len(of):18d}", end="")
        print(f"{share([s.verdict is Verdict.CANNOT_JUDGE for s in said]):14.3f}", end="")
        print(f"{share([s.count(Verdict.RIGHT) > 0 for s in said]):22.3f}{share(false):25.3f}")


def main(arguments: list[str] | None = None) -> list[Row]:
    """Run the benchmark and print its tables."""
    options = _options(arguments)
    first = options.seed or (STRANGERS_TUNING if options.tuning else STRANGERS_FRESH)
    clips, views = (
        [
            clip
            for clip in group
            if clip.exercise in options.only
            and (not options.kept or (CACHE / f"{clip.key()}.parquet").exists())
        ]
        for group in (
            stranger_clips(first, count=100 if options.tuning else 200),
            view_clips(STRANGERS_VIEWS),
        )
    )
    if options.perfect_pose:
        library = perfect_library(EXERCISES)
        pose_of: Callable[[Clip], PoseSequence] = true_pose
    else:
        render_all([*clips, *views])
        library, pose_of = Library(options.references), Clip.pose
    model = pose_of(clips[0]).model

    @cache
    def judge_of(exercise: str) -> Judge:
        return judge_for(library, exercise, model=model, settings=Settings())

    rows: list[Row] = []
    for exercise in dict.fromkeys(clip.exercise for clip in clips):
        group = [clip for clip in clips if clip.exercise == exercise]
        rows += _exercise_rows(group, [pose_of(clip) for clip in group], judge_of(exercise))
    for show in (print_headlines, print_curves, print_coverage, print_names, print_factors):
        show(rows)
    print_other_exercises(clips, pose_of, judge_of)
    print_views(views, pose_of, judge_of)
    return rows


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--references", type=Path, default=Path("references"))
    parser.add_argument("--tuning", action="store_true", help="the 100 clips used for tuning")
    parser.add_argument("--seed", type=int, help="of the first clip")
    parser.add_argument("--only", nargs="*", default=list(EXERCISES))
    parser.add_argument("--kept", action="store_true", help="only clips rendered before")
    parser.add_argument(
        "--perfect-pose",
        action="store_true",
        help="true keypoints with a pixel of noise in place of the pose model, also in references",
    )
    return parser.parse_args(arguments)


def _exercise_rows(clips: list[Clip], poses: list[PoseSequence], judge: Judge) -> list[Row]:
    ends = np.cumsum([clip.performance.reps for clip in clips])[:-1]
    article = np.split(article_of(clips, poses), ends)
    return [
        row
        for clip, pose, scores in zip(clips, poses, article, strict=True)
        for row in judged_rows(clip, judge, assess(pose, judge), scores)
    ]


if __name__ == "__main__":
    main()
