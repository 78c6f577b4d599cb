"""`exercise.toml`: what a trainer may edit, with comments that explain every key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from dtwcoach.errors import LibraryError
from dtwcoach.matching.references import Exercise, Film
from dtwcoach.settings import SCHEMA_VERSION

EXERCISE_FILE = "exercise.toml"

TEMPLATE = """\
# How dtwcoach judges this exercise. Edit freely: your comments are kept.
# `dtwcoach exercises --features` lists the features. After a change that concerns the
# verdict (counts, ignore, tolerances, symmetric) run `dtwcoach calibrate`.

schema = 1  # layout of this file; leave it as it is

# The name in commands; leave it as it is. People read the title.
name = ""
title = ""

# "repetitions", or "hold" for a position such as a plank: then the time in it is counted.
kind = "repetitions"

# "together", or for sides that take turns, as in marching: "each" when every left and every right
# one is a repetition of its own (right ones are compared mirrored), "pair" when a left and a
# right one make one repetition.
sides = "together"

# Whose features count: "body", "hands" (fingers, palms), "face" (mouth, brows, eyes, head). Hands
# and face need recordings read by a pose model that looks for them.
groups = ["body"]

# Features that show the repetitions, like ["left_knee_angle"]. Empty: found from the references.
driving = []

# Features that count for the verdict. Empty: found from the references.
counts = []

# Joints or features that never count, like ["left wrist", "trunk_sideways"].
ignore = []

# true when a repetition on the left may be compared, mirrored, with one on the right.
symmetric = false

# true when too small a range of motion (min_rom below), or a tempo unlike the references',
# makes a repetition wrong. Both are always reported.
judge_rom = true
judge_tempo = false

# Every score is so many times as high: 1.2 lets less pass, 0.8 lets more pass.
strictness = 1.0

# What people call the start, the first half, the turn, the second half and the end.
phases = []

[tolerances]
# Feature = tolerance in its unit (degrees or torso lengths), or joint = degrees for its angles,
# in place of the measured one. Who is further off throughout a repetition does it wrong:
# left_knee_angle = 9.0
# "right knee" = 9.0

[min_rom]
# Driving feature = least range of motion in its unit; less is wrong while judge_rom is true.
# With none given, a driving joint needs most of the references' smallest range:
# left_knee_angle = 40.0

[film]
# Camera angle in degrees (0 from the front, 90 from the person's left), camera height and
# distance in metres, and a line of advice.
"""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, dict) and all(_is_number(item) for item in value.values())


_TEXT: tuple[Callable[[object], bool], str] = (
    lambda value: isinstance(value, str) and bool(value.strip()),
    'text in quotes, like "squat"',
)
_SWITCH: tuple[Callable[[object], bool], str] = (
    lambda value: isinstance(value, bool),
    "true or false",
)
_TEXTS = (_is_texts, 'a list of texts, like ["left_knee_angle"]')
_NUMBER = (_is_number, "a number, like 45.0")
_NUMBERS = (_is_numbers, "lines of `feature = number`, like left_knee_angle = 9.0")

EXPECTED: dict[str, tuple[Callable[[object], bool], str]] = {
    "schema": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
        "a whole number, like 1",
    ),
    "name": _TEXT,
    "title": _TEXT,
    "kind": _TEXT,
    "sides": _TEXT,
    "groups": _TEXTS,
    "driving": _TEXTS,
    "counts": _TEXTS,
    "ignore": _TEXTS,
    "symmetric": _SWITCH,
    "judge_rom": _SWITCH,
    "judge_tempo": _SWITCH,
    "phases": _TEXTS,
    "strictness": _NUMBER,
    "tolerances": _NUMBERS,
    "min_rom": _NUMBERS,
    "film": (
        lambda value: isinstance(value, dict),
        "a table of yaw_deg, height_m, ...",
    ),
    "film.yaw_deg": _NUMBER,
    "film.height_m": _NUMBER,
    "film.distance_m": _NUMBER,
    "film.advice": (
        lambda value: isinstance(value, str),
        'text in quotes, like "Good light."',
    ),
}
"""Key -> (test, what is expected in words)."""


def parse_exercise(text: str, *, where: str = EXERCISE_FILE) -> Exercise:
    """Read an exercise from the text of its file.

    Parameters
    ----------
    text : str
    where : str
        What to call the file in messages.

    Raises
    ------
    LibraryError
        When it is not TOML, a key is unknown or missing, or a value is not what is expected;
        the message names the key.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LibraryError(f"{where} is not readable as TOML: {error}.") from error
    schema = table.get("schema", SCHEMA_VERSION)
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise LibraryError(
            f"{where} was written by a newer dtwcoach (schema {schema}, this one knows "
            f"{SCHEMA_VERSION}); it is left as it is. Update dtwcoach to use it."
        )
    _check(table, where)
    values: dict[str, Any] = {key: _plain(table[key]) for key in table if key != "schema"}
    if "film" in values:
        values["film"] = Film(**values["film"])
    try:
        return Exercise(**values)
    except LibraryError as error:
        raise LibraryError(f"{where}: {error}") from error


def read_exercise(path: Path) -> Exercise:
    """Read `exercise.toml`; errors as in `parse_exercise`, naming the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad adds a mark
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError(f"{path} cannot be read: {error}.") from error
    return parse_exercise(text, where=str(path))


def format_exercise(exercise: Exercise, *, previous: str | None = None) -> str:
    """Text of an exercise's file; the comments and the order of `previous` are kept.

    >>> parse_exercise(format_exercise(Exercise("squat", "Squat"))) == Exercise("squat", "Squat")
    True
    """
    import tomlkit

    document = tomlkit.parse(previous if previous is not None else TEMPLATE)
    document["schema"] = SCHEMA_VERSION
    values: dict[str, Any] = asdict(exercise)
    # TOML wants plain keys before tables; a file that lacks one of them gets it in that order.
    for key in sorted(values, key=lambda key: isinstance(values[key], dict)):
        value = values[key]
        if not isinstance(value, dict):
            _put(document, key, list(value) if isinstance(value, tuple) else value)
            continue
        if key not in document:
            document[key] = tomlkit.table()
        table: Any = document[key]
        for name in [name for name in table if name not in value]:
            del table[name]
        for name, item in value.items():
            _put(table, name, item)
    return tomlkit.dumps(document)


def _put(table: Any, key: str, value: object) -> None:
    """Set a value only where it differs, since setting it drops comments inside it."""
    if key not in table or table[key] != value or isinstance(value, bool):
        table[key] = value


def _plain(value: Any) -> Any:
    """Lists as tuples and whole numbers in tables as floats, as `Exercise` has them."""
    if isinstance(value, dict):
        return {key: float(v) if _is_number(v) else v for key, v in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _check(table: dict[str, Any], where: str) -> None:
    flat = {**table, **{f"film.{k}": v for k, v in _items(table.get("film"))}}
    for key, value in flat.items():
        if key not in EXPECTED:
            close = difflib.get_close_matches(key, EXPECTED, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(field.name for field in fields(Exercise))
            raise LibraryError(f"{where}: unknown key {key!r}.{hint} Known keys: {known}.")
        accepts, words = EXPECTED[key]
        if not accepts(value):
            raise LibraryError(f"{where}: {key} = {value!r} arrived; needed {words}.")
    for key in ("name", "title"):
        if key not in table:
            raise LibraryError(f"{where}: the key {key!r} is missing; needed {EXPECTED[key][1]}.")


def _items(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, dict) else []
