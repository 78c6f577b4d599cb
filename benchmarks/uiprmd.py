"""Verdicts on UI-PRMD: `python -m benchmarks.uiprmd FOLDER`.

FOLDER holds `positions.npz` (`positions`: frames x 13 keypoints x 3, metres, forward-left-up) and
`index.csv` (movement, subject, rep, label, start, stop), converted from UI-PRMD (Vakanski et
al., Data 2018). Without it the benchmark says so and ends.

Protocol, cross-person: each subject in turn is left out; references are the right repetitions of
the other nine, who also give tolerances, limits and threshold. Personal: a subject's first three
right repetitions are the references and the rest is scored; tolerances, limits and threshold
come from the other nine under the same rule. Repetitions may be mirrored where they then fit
better. Balanced accuracy and area under the ROC curve within a movement, then averaged; by the
median, by learnt weights, and by whichever the calibration chooses, each with the joint limit and
without it. Nobody abstains.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.verdicts import balanced_accuracy, best_in_hindsight
from dtwcoach.matching.calibration import fit
from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.measures import between, nearest
from dtwcoach.matching.rule import Floor
from dtwcoach.motion.body import mirrored_body, turned
from dtwcoach.motion.features import measure, resample
from dtwcoach.motion.view import heading_deg
from dtwcoach.pose import INDEX, KEYPOINTS
from dtwcoach.settings import Settings

KEYPOINT_ORDER = (
    "nose",
    *(
        f"{side}_{joint}"
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ),
)
PERSONAL_REFERENCES = 3


@dataclass(frozen=True, eq=False)
class Movement:
    """All repetitions of one movement, and their distances to each other.

    Parameters
    ----------
    subject, is_right, number : (rep,)
    between, mirrored : (rep, rep, column) float
        Distances of each repetition, as it is and as its mirror image, to each other one.
    raw : (rep, rep) float
        The article's distance: median over keypoints of unconstrained DTW on raw heights.
    """

    subject: np.ndarray
    is_right: np.ndarray
    number: np.ndarray
    between: np.ndarray
    mirrored: np.ndarray
    raw: np.ndarray


def body_of(positions: np.ndarray) -> np.ndarray:
    """Put (time, 13, 3) metres, forward-left-up, into body coordinates, (time, keypoint, 3)."""
    points = np.full((len(positions), len(KEYPOINTS), 3), np.nan)
    points[:, [INDEX[name] for name in KEYPOINT_ORDER]] = positions[:, :, [1, 2, 0]]
    hips, shoulders = (
        points[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]].mean(axis=1)
        for joint in ("hip", "shoulder")
    )
    torso = np.median(np.linalg.norm(shoulders - hips, axis=1))
    return turned((points - hips[:, None]) / torso, heading_deg(points))


def load(folder: Path, movement: str) -> Movement:
    """Read one movement and measure every pair of its repetitions."""
    settings = Settings()
    positions = np.load(folder / "positions.npz")["positions"].astype(float)
    with (folder / "index.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["movement"] == movement]
    clips = [positions[int(row["start"]) : int(row["stop"])] for row in rows]
    bodies = [body_of(clip) for clip in clips]
    own, mirror = (
        np.stack([resample(measure(b), settings.samples) for b in some])
        for some in (bodies, [mirrored_body(b) for b in bodies])
    )
    seen = np.isfinite(own).all(axis=(0, 1))
    radius = settings.band_radius
    direct, crossed = (between(x[..., seen], own[..., seen], radius=radius) for x in (own, mirror))
    heights = np.stack([resample(clip[..., 2], settings.samples) for clip in clips])
    return Movement(
        subject=np.array([row["subject"] for row in rows]),
        is_right=np.array([row["label"] == "right" for row in rows]),
        number=np.array([int(row["rep"][1:]) for row in rows]),
        between=direct,
        mirrored=crossed,
        raw=np.median(pairwise(heights, heights, radius=settings.samples - 1), axis=2),
    )


def references_of(data: Movement, rep: int, left_out: str, *, personal: bool) -> np.ndarray:
    """Indices of the references that a repetition is measured against."""
    same = data.subject == data.subject[rep]
    if personal:
        mine = np.flatnonzero(same & data.is_right)
        return mine[np.argsort(data.number[mine])][:PERSONAL_REFERENCES]
    return np.flatnonzero(data.is_right & ~same & (data.subject != left_out))


def scores(
    data: Movement, *, personal: bool, only: str = ""
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score every repetition by a rule fitted without its subject.

    References themselves are not scored (nan).

    Returns
    -------
    score, without the joint limit, by the article's distance : (rep,) float each
    """
    result, unlimited, article = (np.full(len(data.subject), np.nan) for _ in range(3))
    groups = np.unique(data.subject, return_inverse=True)[1]
    features = data.between.shape[2] // 3
    scale = np.median(data.between[..., :features], axis=(0, 1)) + 1e-9
    floor = Floor(np.zeros(features), np.zeros(features, dtype=bool))
    for subject in np.unique(data.subject):
        distances = np.full((len(data.subject), data.between.shape[2]), np.nan)
        for rep in range(len(data.subject)):
            references = references_of(data, rep, subject, personal=personal)
            if rep in references:
                continue
            distances[rep] = _better_side(data, rep, references, scale)
            if data.subject[rep] == subject:
                article[rep] = data.raw[rep, references].min()
        scored = np.isfinite(distances).all(axis=1)
        train = scored & (data.subject != subject)
        test = scored & (data.subject == subject)
        rule = fit(
            distances[train], data.is_right[train], groups[train], floor=floor, only=only
        ).rule
        result[test] = rule.score(distances[test])
        unlimited[test] = rule.parts(distances[test])[0]
    return result, unlimited, article


def _better_side(data: Movement, rep: int, references: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Distances to the nearest reference, of the repetition or its mirror image."""
    sides = [nearest(b[rep, references][None])[0] for b in (data.between, data.mirrored)]
    return min(sides, key=lambda row: float(np.median(row[: len(scale)] / scale)))


def area_under_curve(wrong: np.ndarray, scored: np.ndarray) -> float:
    """Area under the ROC curve: how often a wrong repetition scores above a right one."""
    higher = scored[wrong][:, None] - scored[~wrong][None]
    return float((higher > 0).mean() + (higher == 0).mean() / 2)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    if not (folder / "positions.npz").is_file():
        print(f"Skipped: no positions.npz in {folder}.")
        return
    with (folder / "index.csv").open(newline="") as file:
        movements = sorted({row["movement"] for row in csv.DictReader(file)})
    loaded = {movement: load(folder, movement) for movement in movements}
    print(f"{'protocol':13}{'rule':22}{'movement':9}{'BA':>7}{'AUC':>7}{'right':>7}{'article':>9}")
    for protocol in ("cross-person", "personal"):
        for rule in ("median", "weighted", ""):
            tables: dict[str, list[tuple[float, ...]]] = {"": [], ", no joint limit": []}
            for data in loaded.values():
                scored, free, article = scores(data, personal=protocol == "personal", only=rule)
                judged = np.isfinite(scored)
                wrong = ~data.is_right[judged]
                hindsight = best_in_hindsight(wrong, article[judged])
                for rows, said in zip(tables.values(), (scored, free), strict=True):
                    rows.append((*_figures(wrong, said[judged]), hindsight))
            for limit, rows in tables.items():
                named = (*zip(loaded, rows, strict=True), ("mean", np.mean(rows, axis=0)))
                for movement, row in named if not limit else named[-1:]:
                    print(f"{protocol:13}{(rule or 'chosen') + limit:22}{movement:9}" + _cells(row))


def _figures(wrong: np.ndarray, said: np.ndarray) -> tuple[float, float, float]:
    return (
        balanced_accuracy(wrong, said > 1),
        area_under_curve(wrong, said),
        float((said[~wrong] <= 1).mean()),
    )


def _cells(row: tuple[float, ...] | np.ndarray) -> str:
    return "".join(f"{value:7.3f}" for value in row[:3]) + f"{row[3]:9.3f}"


if __name__ == "__main__":
    main()
