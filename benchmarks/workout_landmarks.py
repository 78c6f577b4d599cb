"""Counting an unknown exercise in real clips: `python -m benchmarks.workout_landmarks FOLDER`.

FOLDER holds `landmarks.npz` (MediaPipe's `landmarks`: frames x 33 x 4, x, y and z in shares of the
picture, visibility; its `world`: frames x 33 x 3, metres; `time_s`), `index.csv` (clip, exercise,
width, height, start, stop) and `rep_marks.csv` (clip, frame: one for each repetition, set by hand).
Without them the benchmark says so and ends.

Protocol: nothing is known of a clip but its pose; the same settings serve every clip. A count is
exact when it equals the number of marks. Events: F1 of repetitions found against marks, where a
repetition is right when it holds a mark, and each mark counts once. The hand marked where the limbs
are straight, which is at rest; so a repetition is given the rest around it (`Segmentation.cycles`).
Beside it the same repetitions without their rests. Incomplete repetitions at a clip's ends are left
out by us, and often marked by the hand.

Poses are taken twice: as the program cleans them for verdicts, and with the pose model's guesses of
joints that it does not see. Constants: the clip in one and in two equal parts. Prototype: the one
of four principal components with the strongest autocorrelation, its peaks with a prominence of 0.35
of the range and at least half a period apart; a repetition reaches half of the way to the next.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.segmentation.drive import scales
from dtwcoach.segmentation.unguided import discover_reps
from dtwcoach.settings import Settings

CLEANED = Settings()
GUESSED = Settings(min_confidence=0.0, max_gap_s=0.5)
"""Nothing the pose model says is doubted, as one may who only counts."""
FILES = ("landmarks.npz", "index.csv", "rep_marks.csv")
MIN_PERIOD_FRAMES = 12
Spans = list[tuple[float, float]]
"""Start and stop of each repetition in seconds."""


@dataclass(frozen=True)
class MarkedClip:
    """One clip and when a human marked its repetitions, in seconds."""

    exercise: str
    recording: Recording
    marks_s: FloatArray


def load(folder: Path, *, guessed: bool) -> list[MarkedClip]:
    """Every clip of the folder, with the joints that are seen or with all that are guessed."""
    arrays = np.load(folder / "landmarks.npz")
    marks = _rows(folder / "rep_marks.csv")
    clips = []
    for row in _rows(folder / "index.csv"):
        part = slice(int(row["start"]), int(row["stop"]))
        landmarks, world, time_s = (
            arrays[name][part].astype(float) for name in ("landmarks", "world", "time_s")
        )
        time_s -= time_s[0]
        width, height = int(row["width"]), int(row["height"])
        pose = PoseSequence(
            time_s=time_s,
            image=landmarks[..., :3] * [width, height, width],
            world=world * [1.0, -1.0, -1.0],  # y up, z towards the camera
            confidence=np.nan_to_num(landmarks[..., 3]).clip(0.0, 1.0),
            frame_size=(0, 0) if guessed else (width, height),  # (0, 0): no border is known
            model="mediapipe-0.10.21/pose_full/video",
        )
        own = [int(mark["frame"]) for mark in marks if mark["clip"] == row["clip"]]
        recording = describe(pose, GUESSED if guessed else CLEANED)
        clips.append(MarkedClip(row["exercise"], recording, time_s[own]))
    return clips


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def ours(recording: Recording) -> Spans:
    """Repetitions as the program finds them, with the rest around them."""
    found = discover_reps(recording.series, ignore=recording.walking)
    return _seconds(found.cycles(), recording)


def moving(recording: Recording) -> Spans:
    """The same without the rest."""
    reps = discover_reps(recording.series, ignore=recording.walking).reps
    return _seconds([(rep.start, rep.stop) for rep in reps], recording)


def _seconds(ranges: Iterable[tuple[int, int]], recording: Recording) -> Spans:
    """Up to the frame after the last, where there is one: marks lie between frames as well."""
    time_s = recording.series.time_s
    last = len(time_s) - 1
    return [(float(time_s[start]), float(time_s[min(stop, last)])) for start, stop in ranges]


def prototype(recording: Recording) -> Spans:
    """The floor: peaks of the principal component with the strongest autocorrelation."""
    from scipy.signal import find_peaks

    series = recording.series
    values = _filled(series)
    if not values.shape[1]:
        return []
    parts, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    strongest, drive, period = -np.inf, parts[:, 0] * sizes[0], len(series)
    for component in (parts * sizes).T[:4]:
        again = np.correlate(component, component, "full")[len(component) - 1 :]
        lags = find_peaks(again)[0]
        lags = lags[lags >= MIN_PERIOD_FRAMES]
        if len(lags) and again[lags].max() / again[0] > strongest:
            strongest = again[lags].max() / again[0]
            drive, period = component, lags[again[lags].argmax()]
    if np.median(drive) > (drive.min() + drive.max()) / 2:
        drive = -drive
    peaks = find_peaks(drive, prominence=0.35 * np.ptp(drive), distance=max(1, period // 2))[0]
    if not len(peaks):
        return []
    edges = np.concatenate([[0], (peaks[1:] + peaks[:-1]) // 2, [len(series) - 1]])
    return list(zip(series.time_s[edges[:-1]], series.time_s[edges[1:]], strict=True))


def _filled(series: FeatureSeries) -> FloatArray:
    """Features known in half of the frames, over their scales, drawn through their gaps."""
    finite = np.isfinite(series.values)
    frames = np.arange(len(series))
    columns = [
        np.interp(frames, frames[known], column[known]) / scale
        for column, known, scale in zip(
            series.values.T, finite.T, scales(series.names), strict=True
        )
        if known.mean() > 0.5
    ]
    return np.array(columns).T.reshape(len(series), -1)


def parts(count: int) -> Callable[[Recording], Spans]:
    """The clip in so many equal parts, whatever it shows."""

    def cut_evenly(recording: Recording) -> Spans:
        time_s = recording.series.time_s
        edges = np.linspace(time_s[0], time_s[-1], count + 1)
        return list(pairwise(edges))

    return cut_evenly


def held(spans: Spans, marks_s: FloatArray) -> int:
    """How many repetitions hold a mark that no repetition before them holds."""
    found, used = 0, np.zeros(len(marks_s), dtype=bool)
    for start_s, stop_s in spans:
        inside = np.flatnonzero((marks_s >= start_s) & (marks_s <= stop_s) & ~used)
        found += len(inside) > 0
        used[inside[:1]] = True
    return found


def figures(clips: list[MarkedClip], method: Callable[[Recording], Spans]) -> dict[str, float]:
    """Exact count, in all and for each exercise, and F1 of events."""
    exact: dict[str, list[bool]] = {}
    right = found = marked = 0
    for clip in clips:
        spans = method(clip.recording)
        exact.setdefault(clip.exercise, []).append(len(spans) == len(clip.marks_s))
        right += held(spans, np.minimum(clip.marks_s, clip.recording.series.time_s[-1]))
        found, marked = found + len(spans), marked + len(clip.marks_s)
    return {
        "exact": float(np.mean([one for own in exact.values() for one in own])),
        "F1": 2 * right / (found + marked),
        **{name: float(np.mean(own)) for name, own in exact.items()},
    }


METHODS: dict[str, Callable[[Recording], Spans]] = {
    "ours": ours,
    "less rests": moving,
    "prototype": prototype,
    "always 1": parts(1),
    "always 2": parts(2),
}


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        print(f"Skipped: no {missing[0]} in {folder}.")
        return
    for guessed in (False, True):
        clips = load(folder, guessed=guessed)
        print(f"{len(clips)} clips, joints {'seen or guessed' if guessed else 'as cleaned'}")
        for number, (name, method) in enumerate(METHODS.items()):
            row = figures(clips, method)
            if number == 0:
                print(f"{'':12}" + "".join(f"{head:>12}" for head in row))
            print(f"{name:12}" + "".join(f"{cell:12.3f}" for cell in row.values()), flush=True)


if __name__ == "__main__":
    main()
