"""`dtwcoach reference ...`: looking after a trainer's repetitions."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from dtwcoach.cli import OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import command, library, print_json, say, say_path, table
from dtwcoach.errors import LibraryError
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise, ReferenceInfo
from dtwcoach.report import words


def run_list(options: Namespace) -> int:
    """List references of one exercise or of all."""
    books = library(options)
    names = (options.exercise,) if options.exercise else books.exercises()
    found = {books.exercise(name).name: books.infos(name) for name in names}
    if options.json:
        print_json({name: infos_json(infos) for name, infos in found.items()})
        return OK
    for name, infos in found.items():
        origin = " (starter that ships with dtwcoach)" if books.is_starter(name) else ""
        say(f"{name}{origin}", style="bold")
        print_infos(sorted(infos, key=lambda info: (info.source, info.start_s)))
    if not found:
        say("No exercises yet. Record one: dtwcoach reference add NAME VIDEO")
    return OK


def run_show(options: Namespace) -> int:
    """Show what is known about an exercise, or about one of its references."""
    books = library(options)
    exercise = books.exercise(options.exercise)
    if options.id is not None:
        rows = _reference_rows(books, exercise, options.id)
    else:
        rows = _exercise_rows(books, exercise)
    if options.json:
        print_json(rows)
        return OK
    table(("", ""), [(key.replace("_", " "), _cell(value)) for key, value in rows.items()])
    return OK


def _exercise_rows(books: Library, exercise: Exercise) -> dict[str, Any]:
    infos = books.infos(exercise.name)
    calibration, why_not = books.calibration_status(exercise.name)
    settings = asdict(exercise)
    settings["film"] = asdict(exercise.film)
    return {
        **settings,
        "right": sum(info.label == "right" for info in infos),
        "wrong": sum(info.label == "wrong" for info in infos),
        "people": len({info.person for info in infos}),
        "starter": books.is_starter(exercise.name),
        "calibrated": calibration is not None,
        "calibration_note": why_not,
        "folder": str(books.folder(exercise.name).absolute()),
    }


def _reference_rows(books: Library, exercise: Exercise, start: str) -> dict[str, Any]:
    found = _id(books, exercise.name, start)
    for reference in books.references(exercise.name):
        if reference.info.id == found:
            low, high = reference.series.values.min(axis=0), reference.series.values.max(axis=0)
            ranges = zip(reference.series.names, high - low, strict=True)
            moved = {name: round(float(size), 2) for name, size in ranges}
            seconds = float(reference.series.time_s[-1] - reference.series.time_s[0])
            return {**asdict(reference.info), "seconds": round(seconds, 2), "moved": moved}
    raise LibraryError(f"{exercise.name} has no reference {found}.")


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(item)}" for key, item in value.items()) or "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None or value == "" else str(value)


def run_remove(options: Namespace) -> int:
    """Delete references; nothing is deleted when one of the ids is unknown."""
    books = library(options)
    ids = [_id(books, options.exercise, start) for start in dict.fromkeys(options.ids)]
    for number in dict.fromkeys(ids):
        books.remove(options.exercise, number)
    left = books.infos(options.exercise)
    if options.json:
        print_json({"removed": ids, "left": len(left)})
        return OK
    say(f"Removed {len(ids)}; {len(left)} left.")
    say(f"Next: {command('calibrate', options.exercise)}")
    return OK


def run_relabel(options: Namespace) -> int:
    """Change a label."""
    books = library(options)
    found = _id(books, options.exercise, options.id)
    return _changed(options, books.relabel(options.exercise, found, options.label))


def run_trim(options: Namespace) -> int:
    """Cut a reference's ends off."""
    books = library(options)
    found = _id(books, options.exercise, options.id)
    return _changed(options, books.trim(options.exercise, found, options.start, options.stop))


def _changed(options: Namespace, info: ReferenceInfo) -> int:
    if options.json:
        print_json(asdict(info))
        return OK
    print_infos([info])
    say(f"Next: {command('calibrate', options.exercise)}")
    return OK


def run_export(options: Namespace) -> int:
    """Write an exercise into one file."""
    from dtwcoach.matching.archive import export_exercise

    path = export_exercise(library(options), options.exercise, options.file).absolute()
    if options.json:
        print_json({"file": plain(str(path))})
        return OK
    say_path("Written:", path)
    return OK


def run_import(options: Namespace) -> int:
    """Take in such a file."""
    from dtwcoach.matching.archive import import_exercise

    books = library(options)
    name, added = import_exercise(books, options.file)
    if options.json:
        print_json({"exercise": name, "added": infos_json(added)})
        return OK
    say(f"{name}: {len(added)} references added, {len(books.infos(name))} there now.")
    say(f"Next: {command('calibrate', name)}")
    return OK


def _id(books: Library, exercise: str, start: str) -> str:
    """The one id that starts like this."""
    fitting = [info.id for info in books.infos(exercise) if info.id.startswith(start.lower())]
    if start and len(fitting) == 1:
        return fitting[0]
    raise LibraryError(
        f"{len(fitting)} references of {exercise} have an id like {start!r}; needed exactly one. "
        f"See: {command('reference', 'list', exercise)}"
    )


def print_infos(infos: Iterable[ReferenceInfo]) -> None:
    """Print references as a table."""
    table(
        ("Id", "Label", "Person", "Recording", ">From", ">Turn", ">To", "Camera"),
        [
            (
                info.id,
                info.label,
                (info.person or "-") + (" (drawn)" if info.synthetic else ""),
                info.source,
                words.clock(info.start_s),
                words.clock(info.turn_s),
                words.clock(info.stop_s),
                words.view(info.view_yaw_deg),
            )
            for info in infos
        ],
    )


def infos_json(infos: Iterable[ReferenceInfo]) -> list[dict[str, Any]]:
    """References as plain values."""
    return [asdict(info) for info in infos]
