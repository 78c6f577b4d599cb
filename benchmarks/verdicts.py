"""Verdicts on rendered sets of people the references do not know: `python -m benchmarks.verdicts`.

Protocol: references are the shipped starters (drawn trainers); every athlete is another drawn
person with a style of their own, camera within 15 degrees of the references' view, half of the
repetitions with one fault. Balanced accuracy within an exercise, then averaged.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.clips import Clip, render_all
from benchmarks.grids import FRESH, TUNING, verdict_clips
from dtwcoach.coach import assess, judge_for
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS
from dtwcoach.mannequin.motion import TrueRep
from dtwcoach.mannequin.recording import Truth
from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.library import Library
from dtwcoach.motion.features import resample
from dtwcoach.pose import INDEX, MAJOR_JOINTS, PoseSequence
from dtwcoach.settings import Settings
from dtwcoach.starters import store, takes

MAJOR = [INDEX[name] for name in MAJOR_JOINTS]
UPPER_END = {"upper arm": "shoulder", "forearm": "elbow", "thigh": "hip", "shin": "knee"}
EITHER = {
    "pelvis": ("hips", "left hip", "right hip"),
    "hips": ("left hip", "right hip"),
    "knees": ("left knee", "right knee"),
    "feet": ("left ankle", "right ankle"),
    "shoulders": ("trunk", "left shoulder", "right shoulder"),
}
"""Part of the body as features name it -> what a trainer may say instead."""


@dataclass(frozen=True)
class Outcome:
    """One true repetition: what it was, and what was said of it."""

    exercise: str
    fault: str
    size: float
    said: RepAssessment | None
    clip: Clip


def matched_reps(truth: Truth, said: SetAssessment) -> list[RepAssessment | None]:
    """For each true repetition the found one that overlaps it by more than half (IoU)."""
    result: list[RepAssessment | None] = []
    for rep in truth.reps:
        start, stop = truth.time_s[rep.start], truth.time_s[rep.stop - 1]
        best, best_share = None, 0.5
        for found in said.reps:
            inside = min(stop, found.stop_s) - max(start, found.start_s)
            share = inside / (max(stop, found.stop_s) - min(start, found.start_s))
            if share > best_share:
                best, best_share = found, share
        result.append(best)
    return result


def outcomes(clip: Clip, truth: Truth, said: SetAssessment) -> list[Outcome]:
    """Lay the answers about one clip beside the truth."""
    rows = []
    for rep, answer in zip(truth.reps, matched_reps(truth, said), strict=True):
        name, size = rep.faults[0] if rep.faults else ("", 0.0)
        rows.append(Outcome(clip.exercise, name, size, answer, clip))
    return rows


def balanced_accuracy(wrong: np.ndarray, called_wrong: np.ndarray) -> float:
    """Mean of the shares of right reps called right and of wrong reps called wrong."""
    return float(((called_wrong[wrong]).mean() + (~called_wrong[~wrong]).mean()) / 2)


def names_the_joint(outcome: Outcome) -> bool:
    """Whether the first fault named is a joint that may fairly be named for the true one."""
    assert outcome.said is not None
    fault = FAULTS[outcome.exercise][outcome.fault]
    fair = {joint.replace("_", " ") for joint in fault.joints}
    named = outcome.said.faults[:1]
    return any(not fair.isdisjoint(fair_names(first.joint)) for first in named)


def fair_names(part: str) -> set[str]:
    """What a named part of the body may fairly stand for.

    A segment is named by the joint at its upper end, and a pair of joints by either of them.
    """
    for segment, upper in UPPER_END.items():
        part = part.replace(segment, upper)
    return {part, *EITHER.get(part, ())}


def article_scores(
    judge_poses: list[tuple[PoseSequence, list[tuple[float, float]]]],
    attempts: list[tuple[PoseSequence, tuple[float, float]]],
) -> np.ndarray:
    """The article's method: raw y in pixels, unconstrained DTW, median over the joints."""
    if not judge_poses:
        return np.full(len(attempts), np.nan)
    samples = 100

    def curves(pose: PoseSequence, start_s: float, stop_s: float) -> np.ndarray:
        inside = (pose.time_s >= start_s) & (pose.time_s <= stop_s)
        y = pose.image[inside][:, MAJOR, 1]
        filled = np.stack([_fill(column) for column in y.T], axis=1)
        return resample(filled, samples)

    references = np.stack([curves(p, *r) for p, reps in judge_poses for r in reps])
    queries = np.stack([curves(p, *r) for p, r in attempts])
    between = pairwise(queries, references, radius=samples - 1)
    return np.asarray(np.nanmedian(between, axis=2).min(axis=1))


def article_of(clips: list[Clip], poses: list[PoseSequence]) -> np.ndarray:
    """The article's scores of all true repetitions, references from the other athletes."""
    truths = [clip.truth() for clip in clips]
    scores = []
    for own, (truth, pose) in enumerate(zip(truths, poses, strict=True)):
        others = [
            (poses[i], [_span(t, rep) for rep in t.reps if not rep.faults])
            for i, t in enumerate(truths)
            if i != own
        ]
        scores.append(article_scores(others, [(pose, _span(truth, rep)) for rep in truth.reps]))
    return np.concatenate(scores)


def _span(truth: Truth, rep: TrueRep) -> tuple[float, float]:
    return float(truth.time_s[rep.start]), float(truth.time_s[rep.stop - 1])


def _fill(column: np.ndarray) -> np.ndarray:
    known = np.isfinite(column)
    if not known.any():
        return np.zeros_like(column)
    return np.interp(np.arange(len(column)), np.flatnonzero(known), column[known])


def best_in_hindsight(wrong: np.ndarray, scores: np.ndarray) -> float:
    """Largest balanced accuracy any threshold reaches on these very repetitions."""
    return max(balanced_accuracy(wrong, scores > t) for t in np.r_[-1.0, np.sort(scores)])


def table(rows: list[Outcome]) -> dict[str, dict[str, float]]:
    """Figures per exercise."""
    result = {}
    for exercise in dict.fromkeys(row.exercise for row in rows):
        of = [row for row in rows if row.exercise == exercise]
        wrong = np.array([bool(row.fault) for row in of])
        verdicts = [row.said.verdict if row.said else None for row in of]
        judged = np.array([v in (Verdict.RIGHT, Verdict.WRONG) for v in verdicts])
        called = np.array([v is Verdict.WRONG for v in verdicts])
        as_error = np.where(judged, called, ~wrong)
        caught = [r for r, c in zip(of, called, strict=True) if c and r.fault]
        result[exercise] = {
            "reps": len(of),
            "ba": balanced_accuracy(wrong[judged], called[judged]),
            "ba_all": balanced_accuracy(wrong, as_error),
            "abstained": 1 - float(judged.mean()),
            "specificity": float((~called[judged & ~wrong]).mean()),
            "sensitivity": float(called[judged & wrong].mean()),
            "joint": float(np.mean([names_the_joint(r) for r in caught])) if caught else np.nan,
        }
    return result


def true_pose(clip: Clip) -> PoseSequence:
    """The clip as an estimator with a pixel of noise would see it."""
    return clip.truth().pose(noise_px=1.0, seed=clip.person_seed)


def perfect_library(exercises: Iterable[str]) -> Library:
    """The starters as such an estimator would see them."""
    library = Library(Path(tempfile.mkdtemp(prefix="dtwcoach-")))
    for exercise in exercises:
        store(library, exercise, [take.truth().pose(noise_px=1.0) for take in takes(exercise)])
    return library


def main(arguments: list[str] | None = None) -> list[Outcome]:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--references", type=Path, default=Path("references"))
    parser.add_argument("--tuning", action="store_true", help="the seeds used for tuning")
    parser.add_argument("--clips", type=int, default=6, help="clips per exercise")
    parser.add_argument("--only", nargs="*", default=list(EXERCISES))
    parser.add_argument(
        "--perfect-pose",
        action="store_true",
        help="true keypoints with a pixel of noise in place of the pose model, also in references",
    )
    options = parser.parse_args(arguments)
    clips = [
        clip
        for clip in verdict_clips(TUNING if options.tuning else FRESH, per_exercise=options.clips)
        if clip.exercise in options.only
    ]
    rows: list[Outcome] = []
    article: dict[str, float] = {}
    if options.perfect_pose:
        library = perfect_library(options.only)
        pose_of: Callable[[Clip], PoseSequence] = true_pose
    else:
        render_all(clips)
        library, pose_of = Library(options.references), Clip.pose
    by_exercise: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_exercise[clip.exercise].append(clip)
    for exercise, group in by_exercise.items():
        poses = [pose_of(clip) for clip in group]
        judge = judge_for(library, exercise, model=poses[0].model, settings=Settings())
        for clip, pose in zip(group, poses, strict=True):
            rows += outcomes(clip, clip.truth(), assess(pose, judge))
        wrong = np.array([bool(r.fault) for r in rows if r.exercise == exercise])
        article[exercise] = best_in_hindsight(wrong, article_of(group, poses))
    print_table(table(rows), article)
    return rows


def print_table(figures: dict[str, dict[str, float]], article: dict[str, float]) -> None:
    """Print the figures of `table`, one exercise a line, and their mean."""
    names = ["reps", "ba", "ba_all", "abstained", "specificity", "sensitivity", "joint"]
    print(f"{'exercise':24}" + "".join(f"{n:>13}" for n in names) + f"{'article':>13}")
    for exercise, row in figures.items():
        cells = "".join(f"{row[n]:13.3f}" for n in names)
        print(f"{exercise:24}{cells}{article[exercise]:13.3f}")
    means = "".join(f"{np.nanmean([row[n] for row in figures.values()]):13.3f}" for n in names)
    print(f"{'mean':24}{means}{np.mean(list(article.values())):13.3f}")


if __name__ == "__main__":
    main()
