"""Exercises told by inertial sensors: `python -m benchmarks.uci_pt_imu FOLDER`.

FOLDER holds one or more `subject*.npz` of the UCI set "Physical Therapy Exercises" (Yurtman and
Barshan 2014; CC BY 4.0): arrays `e1_template`, `e1_test` ... `e8_test` (frames x 45, 25 Hz: of each
of five units accelerometer, gyroscope and magnetometer, x, y and z), and `index.csv` (exercise,
session, execution, start, stop; `subject` too where there are several). Without them the benchmark
says so and ends.

Protocol: one marked execution of each of 8 exercises in 3 ways (correct, too fast, low amplitude),
from sessions of their own, are the templates: 24 of one person. All 24 compete in each of that
person's eight test sessions, which hold ten executions of each way, and idle time. Nothing else is
known: the scale of a sensor is its spread within the templates, the same for all units and axes,
and no setting depends on the person. Gyroscopes are summed up to angles, frames averaged to 5 a
second, and matched by how the channels change from one second to the next. A match's template says
which exercise it is; among that exercise's three, time, size and course say which way. For that the
templates are cut as they are found in their own session, so that all are measured alike.

A match is right when it overlaps a marked one by half of their union (IoU 0.5), each used once.
`missed`: share of the marked ones without a match; `false`: share of the matches without a mark;
`idle`: share of the matches that touch no mark at all. `exercise`, `both` (with the way): share of
the right matches; `of all`: both, of the marked ones. `exact`: sessions whose count is right.

`crossed` takes as templates, in turn, the first, second ... tenth of each way in the test sessions
and does not score those. It says how much depends on which execution is the template.

Ten fast executions of subject 1's exercise 5 are marked from the far end and back in the test, and
from rest and back in the template. Half a repetition apart, they are both missed and false.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.channels import changes
from dtwcoach.segmentation.guided import spot
from dtwcoach.segmentation.kinds import nearest_kind
from dtwcoach.segmentation.templates import Template, make_template

RATE_HZ, EVERY = 25.0, 5
NAMES = tuple(
    f"{unit} {sensor} {axis}"
    for unit in range(1, 6)
    for sensor in ("acceleration", "angle", "field")
    for axis in "xyz"
)
ANGLES = np.array(["angle" in name for name in NAMES])
CHANGE_S = 1.0
BORDER = 1.0
"""In these recordings nothing but exercises moves; two quick ones are then never one slow one."""
IOU = 0.5
COLUMNS = ("F1", "missed", "false", "idle", "exercise", "both", "of all", "exact")


@dataclass(frozen=True)
class Mark:
    """One execution: where it is, what it is."""

    session: str
    exercise: str
    execution: str
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Session:
    """A session's channels, `EVERY` frames being one, and their changes."""

    places: FeatureSeries
    changes: FeatureSeries


def load(folder: Path) -> dict[str, tuple[dict[str, Session], list[Mark]]]:
    """Sessions and marks of every subject in the folder."""
    with (folder / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    people = {}
    for path in sorted(folder.glob("subject*.npz")):
        person = path.stem.removeprefix("subject")
        marks = [
            Mark(
                f"e{row['exercise']}_{row['session']}",
                row["exercise"],
                row["execution"],
                int(row["start"]) // EVERY,
                -(-int(row["stop"]) // EVERY),
            )
            for row in rows
            if row.get("subject", person).removeprefix("subject") == person
        ]
        with np.load(path) as arrays:
            people[path.stem] = {name: prepared(arrays[name]) for name in arrays}, marks
    return people


def prepared(values: FloatArray) -> Session:
    """Channels of a session, (frames, 45), ready to be compared with another's."""
    values = values.astype(float)
    values[:, ANGLES] = np.cumsum(values[:, ANGLES], axis=0) / RATE_HZ
    frames = len(values) // EVERY
    values = values[: frames * EVERY].reshape(frames, EVERY, -1).mean(axis=1)
    series = FeatureSeries(np.arange(frames) * EVERY / RATE_HZ, values, NAMES)
    return Session(series, changes(series, over_s=CHANGE_S))


def spreads(parts: Sequence[FloatArray]) -> FloatArray:
    """Spread of each kind of sensor within the parts, (channel,): units and axes count alike."""
    variance = np.mean([part.var(axis=0) for part in parts], axis=0).reshape(5, 3, 3)
    return np.tile(np.repeat(np.sqrt(variance.mean(axis=(0, 2))), 3), 5)


class Coach:
    """One person's executions, by which others are found and named."""

    def __init__(self, sessions: dict[str, Session], shown: list[Mark]) -> None:
        self.shown = shown
        moved = [sessions[one.session].changes.values[one.start : one.stop] for one in shown]
        scale = spreads(moved)
        self.templates: list[Template] = [
            make_template(NAMES, each, scale=scale, rest=np.zeros(len(NAMES)), border=BORDER)
            for each in moved
        ]
        places = [
            sessions[one.session].places.values[one.start : one.stop]
            for one in self._as_found(sessions)
        ]
        self.scale = spreads(places)[~ANGLES]
        self.kinds = [each[:, ~ANGLES] / self.scale for each in places]

    def _as_found(self, sessions: dict[str, Session]) -> list[Mark]:
        """The executions, cut as they are found and not as they are marked."""
        spans = {
            name: spot(sessions[name].changes, self.templates)
            for name in {one.session for one in self.shown}
        }
        cuts = []
        for one in self.shown:
            found = [replace(one, start=a, stop=b) for _, a, b in spans[one.session]]
            best = max(found, key=lambda cut: overlap(cut, one), default=one)
            cuts.append(best if overlap(best, one) >= IOU else one)
        return cuts

    def find(self, name: str, session: Session) -> list[Mark]:
        """Every execution in a session, named."""
        found = []
        for number, start, stop in spot(session.changes, self.templates):
            if stop - start < 2:
                continue
            exercise = self.shown[number].exercise
            same = [k for k, one in enumerate(self.shown) if one.exercise == exercise]
            values = session.places.values[start:stop, ~ANGLES] / self.scale
            kind = same[nearest_kind(values, [self.kinds[k] for k in same])]
            found.append(Mark(name, exercise, self.shown[kind].execution, start, stop))
        return found


def overlap(one: Mark, other: Mark) -> float:
    """Intersection over union."""
    both = min(one.stop, other.stop) - max(one.start, other.start)
    return max(0, both) / (max(one.stop, other.stop) - min(one.start, other.start))


def pairs(found: list[Mark], marks: list[Mark]) -> list[tuple[Mark, Mark]]:
    """Matches and marks that belong together, the best overlap first, each used once."""
    order = sorted(((overlap(f, m), f, m) for f in found for m in marks), key=lambda row: -row[0])
    matched: list[tuple[Mark, Mark]] = []
    for share, f, m in order:
        if share >= IOU and not any(f is g or m is n for g, n in matched):
            matched.append((f, m))
    return matched


def counts(found: list[Mark], marks: list[Mark], skipped: list[Mark]) -> FloatArray:
    """Marked, found, right, idle, exercise right, both right, count right, sessions."""
    matched = pairs(found, marks)
    aside = [(f, m) for f, m in matched if m in skipped]
    scored = [pair for pair in matched if pair not in aside]
    idle = sum(all(overlap(f, m) == 0.0 for m in marks) for f in found)
    exercise = sum(f.exercise == m.exercise for f, m in scored)
    both = sum((f.exercise, f.execution) == (m.exercise, m.execution) for f, m in scored)
    marked, given = len(marks) - len(set(skipped) & set(marks)), len(found) - len(aside)
    exact = len(found) == len(marks)
    return np.array([marked, given, len(scored), idle, exercise, both, exact, 1.0])


def evaluate(sessions: dict[str, Session], shown: list[Mark], marks: list[Mark]) -> FloatArray:
    """Counts over all test sessions, with some executions as templates."""
    coach = Coach(sessions, shown)
    total = np.zeros(8)
    for name in sorted({mark.session for mark in marks}):
        own = [mark for mark in marks if mark.session == name]
        total += counts(coach.find(name, sessions[name]), own, shown)
    return total


def row_of(total: FloatArray) -> list[float]:
    """Cells of the table, as in `COLUMNS`."""
    marked, found, right, idle, exercise, both, exact, of = total
    shares = [idle / found, exercise / right, both / right, both / marked, exact / of]
    return [2 * right / (marked + found), 1 - right / marked, 1 - right / found, *shares]


def crossed(marks: list[Mark]) -> list[list[Mark]]:
    """The first of each way in the test sessions, the second of each, and so on."""
    ways = sorted({(mark.session, mark.execution) for mark in marks})
    groups = [[m for m in marks if (m.session, m.execution) == way] for way in ways]
    return [list(group) for group in zip(*groups, strict=False)]


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    if not (folder / "index.csv").is_file() or not list(folder.glob("subject*.npz")):
        print(f"Skipped: no index.csv, or no subject*.npz, in {folder}.")
        return
    print(f"{'':20}" + "".join(f"{head:>10}" for head in COLUMNS))
    for person, (sessions, every) in load(folder).items():
        marks = [mark for mark in every if mark.session.endswith("test")]
        shown = [mark for mark in every if mark.session.endswith("template")]
        rows = {person: evaluate(sessions, shown, marks)}
        rows["  crossed"] = np.sum([evaluate(sessions, own, marks) for own in crossed(marks)], 0)
        for name, total in rows.items():
            print(f"{name:20}" + "".join(f"{cell:10.3f}" for cell in row_of(total)), flush=True)


if __name__ == "__main__":
    main()
