"""`dtwcoach exercises`: what there is, and how to film it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from dtwcoach.cli import OK
from dtwcoach.cli.screen import command, library, print_json, say, table
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise
from dtwcoach.report import words

GENERAL = (
    "One person, whole body in the picture the whole time, in good light.",
    "Camera on something steady, upright or sideways, 25 frames per second or more.",
    "Stand still for a second before the first and after the last repetition.",
)


def run(options: Namespace) -> int:
    """List exercises, show one card, or list the features."""
    if options.features:
        return _features(options)
    books = library(options)
    if options.exercise:
        return _card(options, books, books.exercise(options.exercise))
    rows = [_row(books, name) for name in books.exercises()]
    if options.json:
        print_json(rows)
        return OK
    table(
        ("Exercise", "Title", ">Right", ">Wrong", "References", "Calibrated"),
        [
            (
                row["name"],
                row["title"],
                row["right"],
                row["wrong"],
                ("starter" if row["starter"] else "your own") + (" (drawn)" * row["drawn"]),
                "yes" if row["calibrated"] else "no",
            )
            for row in rows
        ],
    )
    say("How to film one: dtwcoach exercises NAME. Any other: dtwcoach reference add NAME VIDEO")
    return OK


def _row(books: Library, name: str) -> dict[str, Any]:
    infos = books.infos(name)
    return {
        "name": name,
        "title": books.exercise(name).title,
        "right": sum(info.label == "right" for info in infos),
        "wrong": sum(info.label == "wrong" for info in infos),
        "starter": books.is_starter(name),
        "drawn": bool(infos) and all(info.synthetic for info in infos),
        "calibrated": books.calibration(name) is not None,
    }


def _card(options: Namespace, books: Library, exercise: Exercise) -> int:
    film = exercise.film
    if options.json:
        print_json({**_row(books, exercise.name), "film": asdict(film), "general": GENERAL})
        return OK
    say(f"{exercise.title}: how to film it", style="bold")
    table(
        ("", ""),
        [
            ("camera", words.view(film.yaw_deg)),
            ("height", f"{film.height_m:g} m above the floor"),
            ("distance", f"{film.distance_m:g} m"),
        ],
    )
    for line in (film.advice, *GENERAL):
        if line:
            say(f"- {line}")
    say()
    say(f"Judge a set:      {command('score', exercise.name, 'VIDEO')}")
    add = command("reference", "add", exercise.name, "VIDEO", "--person", "NAME")
    say(f"Record your own:  {add}")
    return OK


def _features(options: Namespace) -> int:
    from dtwcoach.motion.groups import KNOWN_FEATURES

    if options.json:
        print_json([asdict(feature) for feature in KNOWN_FEATURES.values()])
        return OK
    table(
        ("Feature", "Unit", "Joint", "More means", "Less means"),
        [
            (f.name, words.UNITS.get(f.unit, f.unit), f.joint, f.more, f.less)
            for f in KNOWN_FEATURES.values()
        ],
    )
    say("Use these names in an exercise.toml: driving, counts, ignore, tolerances, min_rom.")
    return OK
