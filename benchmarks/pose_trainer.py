"""Verdicts on the clips of Pose Trainer: `python -m benchmarks.pose_trainer FOLDER`.

FOLDER holds `keypoints.npz` (`keypoints`: frames x 18 x 3, OpenPose's COCO output: x and y in
pixels, score; zeros where not seen) and `index.csv` (clip, exercise, label, start, stop), converted
from Pose Trainer (Chen & Yang 2018, arXiv 2006.11718). Without it the benchmark says so and ends.

Protocol: 20 stratified splits, 60 % of the clips to calibrate from and 40 % to judge; F1 of the
two labels, weighted by how many clips bear them, averaged over the splits. A clip is one repetition
and is taken whole, as of a person of its own, since nothing says who is who. Two-dimensional poses
give angles, inclinations and positions within the picture, in torso lengths: nothing knows where
a person stands or how large they appear. Article: raw heights in pixels, unconstrained DTW,
median over the joints, nearest right clip, and the threshold that suits the training clips best;
raw heights tell the recording sessions apart, and with them the labels.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import make_judge, match
from dtwcoach.matching.references import Exercise, Reference, ReferenceInfo
from dtwcoach.matching.rule import youden_threshold
from dtwcoach.motion.features import FeatureSeries, resample
from dtwcoach.motion.recording import describe
from dtwcoach.pose import INDEX, MAJOR_JOINTS, SIDES, FloatArray, PoseSequence
from dtwcoach.settings import Settings
from dtwcoach.sources.keypoints import COCO_18, DEFAULT_FPS, detection, sequence_of_athlete

PUBLISHED = {"bicep": 0.85, "frontraise": 1.00, "shoulderpress": 0.73, "shouldershrug": 0.85}
"""Weighted F1 of Pose Trainer's own DTW classifier, one 60/40 split."""
SETTINGS = Settings(min_confidence=0.05, max_gap_s=0.4)
"""OpenPose's scores are lower than a visibility: it draws what exceeds 0.05. Its longest gaps in
a seen arm are a third of a second."""
SPLITS, TRAINING_SHARE = 20, 0.6
MODEL = "openpose/COCO-18"


def pose_of(keypoints: FloatArray) -> PoseSequence:
    """One clip, (time, 18, 3) as OpenPose gave it."""
    return sequence_of_athlete(
        [[detection(frame, COCO_18)] for frame in keypoints],
        time_s=np.arange(len(keypoints)) / DEFAULT_FPS,
        frame_size=(0, 0),
        model=MODEL,
    )


def reference_of(pose: PoseSequence, *, clip: str, label: str) -> Reference:
    """Take a clip as one repetition, mirrored so that the arm seen better is the right one.

    Frames before and after that arm is seen are left out.
    """
    recording = describe(pose, SETTINGS)
    arms = [[INDEX[f"{side}_{joint}"] for joint in ("elbow", "wrist")] for side in SIDES]
    left, right = (pose.confidence[:, arm].mean() for arm in arms)
    if left > right:
        recording = recording.mirrored
    seen = np.flatnonzero(np.isfinite(recording.series.column("right_elbow_angle")))
    part = slice(seen[0], seen[-1] + 1) if len(seen) else slice(None)
    time_s = recording.series.time_s[part] - recording.series.time_s[part][0]
    info = ReferenceInfo(
        id=clip,
        label=label,
        person=clip,
        source=clip,
        created="",
        start_s=0.0,
        turn_s=float(time_s[-1]) / 2,
        stop_s=float(time_s[-1]),
        view_yaw_deg=recording.view_yaw_deg,
        synthetic=False,
        model=MODEL,
        settings=SETTINGS.fingerprint(),
    )
    series = FeatureSeries(time_s, recording.series.values[part], recording.series.names)
    return Reference(info, series, recording.body.positions[part])


def splits(is_right: np.ndarray) -> Iterator[np.ndarray]:
    """Yield which clips to train on, (clip,) bool, the same share of either label."""
    rng = np.random.default_rng(0)
    for _ in range(SPLITS):
        train = np.zeros(len(is_right), dtype=bool)
        for label in (True, False):
            clips = rng.permutation(np.flatnonzero(is_right == label))
            train[clips[: round(TRAINING_SHARE * len(clips))]] = True
        yield train


def our_scores(clips: list[Reference], train: np.ndarray) -> FloatArray:
    """Score the clips held out; inf where a clip cannot be judged."""
    exercise = Exercise(name="clip", title="Clip")
    known = tuple(clip for clip, is_known in zip(clips, train, strict=True) if is_known)
    judge = make_judge(exercise, known, calibrate(exercise, known, SETTINGS), SETTINGS)
    unseen = [clip for clip, is_known in zip(clips, train, strict=True) if not is_known]
    return np.array([found.score for found in match(judge, resampled(unseen, SETTINGS))])


def raw_distances(poses: list[PoseSequence]) -> FloatArray:
    """The article's distance of each clip to each other, (clip, clip); nan to itself."""
    joints = [INDEX[name] for name in MAJOR_JOINTS]
    curves = np.stack(
        [resample(_filled(pose.image[:, joints, 1]), SETTINGS.samples) for pose in poses]
    )
    between = np.asarray(np.median(pairwise(curves, curves, radius=SETTINGS.samples - 1), axis=2))
    np.fill_diagonal(between, np.nan)
    return between


def _filled(heights: FloatArray) -> FloatArray:
    """Draw each joint's height through its gaps; a joint never seen stays at 0."""
    result = np.zeros_like(heights)
    for column, joint in enumerate(heights.T):
        known = np.flatnonzero(np.isfinite(joint))
        if len(known):
            result[:, column] = np.interp(np.arange(len(joint)), known, joint[known])
    return result


def article_scores(between: FloatArray, is_right: np.ndarray, train: np.ndarray) -> FloatArray:
    """Score the clips held out by the article's method; its threshold is at 1."""
    nearest = np.nanmin(between[:, train & is_right], axis=1)
    return np.asarray(nearest[~train] / youden_threshold(nearest[train], is_right[train]))


def weighted_f1(wrong: np.ndarray, called_wrong: np.ndarray) -> float:
    """F1 of "wrong" and of "right", weighted by how many repetitions bear each label."""
    total = 0.0
    for label in (True, False):
        is_so, said_so = wrong == label, called_wrong == label
        if not is_so.any():
            continue
        total += is_so.mean() * 2 * (is_so & said_so).sum() / (is_so.sum() + said_so.sum())
    return float(total)


def figures(clips: list[Reference], poses: list[PoseSequence]) -> FloatArray:
    """Our F1, with abstentions as errors, share abstained, the article's F1; (split, 4)."""
    is_right = np.array([clip.info.label == "right" for clip in clips])
    between = raw_distances(poses)
    rows = []
    for train in splits(is_right):
        scores, wrong = our_scores(clips, train), ~is_right[~train]
        judged = np.isfinite(scores)
        called = np.where(judged, scores > 1, ~wrong)
        rows.append(
            (
                weighted_f1(wrong[judged], called[judged]),
                weighted_f1(wrong, called),
                1 - judged.mean(),
                weighted_f1(wrong, article_scores(between, is_right, train) > 1),
            )
        )
    return np.array(rows)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    if not (folder / "keypoints.npz").is_file():
        print(f"Skipped: no keypoints.npz in {folder}.")
        return
    keypoints = np.load(folder / "keypoints.npz")["keypoints"].astype(float)
    with (folder / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    heads = ("F1", "SE", "F1, all", "abstained", "article", "published")
    print(f"{'exercise':16}" + "".join(f"{head:>11}" for head in heads))
    for exercise, published in PUBLISHED.items():
        own = [row for row in rows if row["exercise"] == exercise]
        poses = [pose_of(keypoints[int(row["start"]) : int(row["stop"])]) for row in own]
        clips = [
            reference_of(pose, clip=row["clip"], label=row["label"])
            for pose, row in zip(poses, own, strict=True)
        ]
        found = figures(clips, poses)
        f1, every, abstained, article = found.mean(axis=0)
        error = found[:, 0].std(ddof=1) / np.sqrt(len(found))
        cells = (f1, error, every, abstained, article, published)
        print(f"{exercise:16}" + "".join(f"{cell:11.3f}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
