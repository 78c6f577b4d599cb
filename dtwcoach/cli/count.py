"""`dtwcoach count`: every repetition of a recording, and which exercise it is."""

from __future__ import annotations

import csv
import math
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import Bar, library, print_json, say, table, warn
from dtwcoach.errors import CalibrationError, LibraryError, UsageError
from dtwcoach.matching.assessment import Reason
from dtwcoach.matching.left_out import left_out
from dtwcoach.matching.library import Library
from dtwcoach.pose import FloatArray, PoseSequence
from dtwcoach.report.tables import disarmed
from dtwcoach.report.words import clock
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.phases import phases_of
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.matching.judging import Judge
    from dtwcoach.motion.recording import Recording
    from dtwcoach.recognition.repetitions import Stretch

Row = dict[str, Any]
LENIENT = Settings(min_confidence=0.0, max_gap_s=0.5)
"""Who only counts may trust the pose model's guesses of joints that it does not see."""
TEMPO = ("seconds", "way_out_s", "at_turn_s", "way_back_s")
COLUMNS = ("file", "set", "rep", "half", "exercise", "side", "start_s", "turn_s", "stop_s", *TEMPO)


@dataclass(frozen=True, eq=False)
class Count:
    """What was found in a recording.

    Parameters
    ----------
    by : str
        "references", or "repetition" where whatever repeats itself was counted.
    time_s : (time,) float
    found : Segmentation
    notes : tuple of str
        What should be known about it, and why nothing was found.
    """

    by: str
    time_s: FloatArray
    found: Segmentation
    notes: tuple[str, ...] = ()


def run(options: Namespace) -> int:
    """Count; fail where there is no repetition."""
    if options.exercise and options.any:
        raise UsageError("An exercise and --any arrived; give one of them, or neither.")
    if options.json and options.csv:
        raise UsageError("--json and --csv arrived; give one of them.")
    books = library(options)
    if options.exercise and books.exercise(options.exercise).kind == "hold":
        raise UsageError(
            f"{options.exercise} is held, not repeated. For the time in position: "
            f"dtwcoach score {options.exercise} {options.file}"
        )
    with Bar() as bar:
        count = _count(options, books, bar)
    _print(options, count, {name: books.exercise(name).title for name in books.exercises()})
    return OK if count.found.reps else FAILED


def _count(options: Namespace, books: Library, bar: Bar) -> Count:
    """Find repetitions by references; else, or if asked to, by what repeats itself."""
    from dtwcoach.cli.batch import load_pose
    from dtwcoach.motion.recording import describe
    from dtwcoach.recognition.repetitions import recognise

    pose = load_pose(
        options.file,
        mirrored=options.mirrored,
        fps=options.fps,
        frame_size=options.frame_size,
        progress=lambda share: bar.step(share, options.file.name),
    )
    if len(pose) < 2 or not (pose.people > 0).any():
        reason = Reason("nobody" if len(pose) else "too_short")
        return Count("references", np.zeros(0), Segmentation((), np.zeros(0), ()), (reason.advice,))
    if options.any:
        return _repeating(pose)
    recording = describe(pose, Settings())
    judges, notes = _judges(options, books, pose, bar)
    found = recognise(recording, judges)
    if options.exercise and not found.reps:
        notes += (_why_not(judges[0], recording),)
    elif not found.reps:
        counted = _repeating(pose)
        return replace(counted, notes=(*notes, "No known exercise was found.", *counted.notes))
    notes += tuple(item.text for item in left_out(found, recording.series.time_s))
    return Count("references", recording.series.time_s, found, notes)


def _judges(
    options: Namespace, books: Library, pose: PoseSequence, bar: Bar
) -> tuple[list[Judge], tuple[str, ...]]:
    """Judges of the exercise asked for, or of all that can judge this pose; and who cannot."""
    from dtwcoach.coach import judge_for

    settings = Settings()
    if options.exercise:
        return [judge_for(books, options.exercise, model=pose.model, settings=settings)], ()
    judges, notes = [], []
    names = books.exercises()
    for number, name in enumerate(names):
        bar.step(number / len(names), f"reading {name}")
        try:
            infos = books.infos(name)
            if books.exercise(name).kind == "hold" or not infos:
                continue
            if books.is_starter(name) and infos[0].model != pose.model:
                continue  # nobody expects them to serve other pose models
            judges.append(judge_for(books, name, model=pose.model, settings=settings))
        except (LibraryError, CalibrationError) as error:
            notes.append(f"{name} was not looked for. {error}")
    if not judges:
        notes.append(f"There are no references to look for in poses of {pose.model}.")
    return judges, tuple(notes)


def _repeating(pose: PoseSequence) -> Count:
    """Count whatever repeats itself."""
    from dtwcoach.motion.recording import describe
    from dtwcoach.segmentation.cutting import cut

    # Nor are joints near the picture's border doubted: a size of 0 says that it is not known.
    recording = describe(replace(pose, frame_size=(0, 0)), LENIENT)
    found = cut(recording, None)
    time_s = recording.series.time_s
    notes = tuple(item.text for item in left_out(found, time_s))
    if found.reps:
        notes = ("Whatever repeats itself was counted.", *found.notes, *notes)
    else:
        notes = (Reason("no_repetition").advice, *found.notes, *notes)
    return Count("repetition", time_s, found, notes)


def _why_not(judge: Judge, recording: Recording) -> str:
    """Why a recording shows no repetition of one exercise."""
    from dtwcoach.matching.reasons import nothing_found
    from dtwcoach.segmentation.cutting import cut

    found = cut(recording, judge.guide, sides=judge.exercise.sides)
    if found.reps:
        return (
            f"No repetition of {judge.exercise.title} was found: {len(found.reps)} movements are "
            "unlike every reference. Leave the exercise out to look for all, or give --any."
        )
    reason = nothing_found(judge, recording, found, unlike=float("nan"))
    return f"{reason.advice} ({reason.detail})" if reason.detail else reason.advice


def _rows(count: Count, number: int, stretch: Stretch) -> list[Row]:
    """One row for each repetition of a set, whole or half; only whole ones have a number."""
    rows: list[Row] = []
    whole = 0
    for rep in sorted((*stretch.reps, *stretch.halves), key=lambda rep: rep.start):
        half = rep in stretch.halves
        whole += not half
        at_s = count.time_s[[rep.start, rep.turn, rep.stop - 1]]
        times = [*at_s, at_s[2] - at_s[0], *_ways_s(count, rep)]
        rows.append(
            {
                "set": number,
                "rep": None if half else whole,
                "half": half,
                "exercise": stretch.label,
                "side": rep.side,
                **dict(zip(COLUMNS[6:], map(_rounded, times), strict=True)),
            }
        )
    return rows


def _ways_s(count: Count, rep: Rep) -> FloatArray:
    """Seconds of the way out, the turn and the way back; nan where they cannot be told apart."""
    frame_s = float(count.time_s[1] - count.time_s[0])
    phases = phases_of(count.found.drive, rep, rate_hz=1.0 / frame_s)
    moving = [phase for phase in phases if phase.name not in ("start", "end")]
    turn = next((phase for phase in moving if phase.name == "turn"), None)
    if turn is None:
        return np.full(3, np.nan)
    return np.diff([moving[0].start, turn.start, turn.stop, moving[-1].stop]) * frame_s


def _rounded(seconds: float) -> float | None:
    return round(float(seconds), 3) if math.isfinite(seconds) else None


def _summary(stretch: Stretch, rows: Sequence[Row]) -> Row:
    """A set in one row; its times are means over whole repetitions."""
    known = {
        name: [row[name] for row in rows if row[name] is not None and not row["half"]]
        for name in TEMPO
    }
    return {
        "set": rows[0]["set"],
        "exercise": stretch.label,
        "reps": len(stretch.reps),
        "half_reps": len(stretch.halves),
        "start_s": rows[0]["start_s"],
        "stop_s": rows[-1]["stop_s"],
        **{name: _rounded(np.mean(times)) if times else None for name, times in known.items()},
    }


def _print(options: Namespace, count: Count, titles: dict[str, str]) -> None:
    from dtwcoach.recognition.repetitions import stretches

    done = stretches(count.found, count.time_s)
    by_set = [_rows(count, number, stretch) for number, stretch in enumerate(done, start=1)]
    sets = [_summary(*pair) for pair in zip(done, by_set, strict=True)]
    rows = [row for own in by_set for row in own]
    if options.json:
        aside = left_out(count.found, count.time_s)
        print_json(
            {
                "schema": SCHEMA_VERSION,
                "file": plain(str(options.file)),
                "by": count.by,
                "reps": len(count.found.reps),
                "sets": sets,
                "repetitions": rows,
                "left_out": [asdict(item) for item in aside],
                "notes": count.notes,
            }
        )
    elif options.csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            cells = {"file": plain(options.file.name), **row}
            writer.writerow({name: disarmed(cell) for name, cell in cells.items()})
    elif count.found.reps:
        _print_tables(options, sets, rows, titles | {"": "not known"})
    for note in count.notes:
        if not count.found.reps:
            warn(f"{options.file.name}: {note}")
        elif not (options.json or options.csv):
            say(f"Note: {note}")


def _print_tables(
    options: Namespace, sets: list[Row], rows: list[Row], titles: dict[str, str]
) -> None:
    total = sum(one["reps"] for one in sets)
    say(f"{options.file.name}: {total} repetition{'s' * (total != 1)}", style="bold")
    table(
        ("Exercise", ">Reps", ">Half", ">From", ">To", ">Mean", ">Out / turn / back"),
        [
            (titles[one["exercise"]], one["reps"], one["half_reps"] or "", *_when(one))
            for one in sets
        ],
    )
    if options.list:
        table(
            (">Rep", "Exercise", ">From", ">To", ">Took", ">Out / turn / back"),
            [
                (
                    row["rep"] or "half",
                    ", ".join(filter(None, (titles[row["exercise"]], row["side"]))),
                    *_when(row),
                )
                for row in rows
            ],
        )


def _when(row: Row) -> tuple[str, ...]:
    """From, to, seconds in all, and seconds of the three phases."""
    took, *ways = ("-" if row[name] is None else f"{row[name]:.1f}" for name in TEMPO)
    return clock(row["start_s"]), clock(row["stop_s"]), f"{took} s", f"{' / '.join(ways)} s"
