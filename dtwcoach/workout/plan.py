"""`plan.toml`: a workout's exercises, or a game's moves, with sets, repetitions and rests."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dtwcoach.errors import UsageError

EXAMPLE = """\
title = "Monday"

[[exercise]]
name = "squat"
sets = 3
reps = 8
rest_s = 60  # after each of its sets

[[exercise]]
name = "lunge"
reps = 10
"""
LEAST_REST_S = 6.0
"""Two sets of one exercise are told apart by the rest between them."""
LONGEST_PAUSE_S = 20.0
"""A longer pause ends a set in any case."""
MOST_EXERCISES = 100


@dataclass(frozen=True)
class PlannedExercise:
    """One entry of a plan.

    Parameters
    ----------
    name : str
        As the library has it.
    reps : int
        Repetitions of each set.
    sets : int
    rest_s : float
        Rest after each set; 0 where the plan does not say.
    title : str
        As people read it; "" for the name.
    """

    name: str
    reps: int
    sets: int = 1
    rest_s: float = 0.0
    title: str = ""

    @property
    def said(self) -> str:
        """What to call it."""
        return self.title or self.name

    @property
    def pause_s(self) -> float:
        """A pause this long ends a set: half the rest that is planned, at most 20 s.

        >>> PlannedExercise("squat", 8, sets=3, rest_s=30).pause_s
        15.0
        """
        return min(LONGEST_PAUSE_S, self.rest_s / 2) if self.rest_s else LONGEST_PAUSE_S


@dataclass(frozen=True)
class Plan:
    """A workout: its exercises in order, at least one."""

    title: str
    exercises: tuple[PlannedExercise, ...]

    @property
    def reps(self) -> int:
        """All repetitions that it asks for."""
        return sum(one.sets * one.reps for one in self.exercises)


def read_plan(path: Path) -> Plan:
    """Read a plan from its file; errors as in `parse_plan`, naming the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad adds a mark
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} cannot be read: {error}. Needed a plan such as:\n\n{EXAMPLE}"
        ) from error
    return parse_plan(text, where=str(path))


def parse_plan(text: str, *, where: str = "plan.toml") -> Plan:
    """Read a plan from its text.

    Parameters
    ----------
    text : str
    where : str
        What to call the file in messages.

    Raises
    ------
    UsageError
        When it is not TOML, a key is unknown or missing, or a value is not what is expected; the
        message names line and key.

    Examples
    --------
    >>> parse_plan(EXAMPLE).exercises[1]
    PlannedExercise(name='lunge', reps=10, sets=1, rest_s=0.0, title='')
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{where} is not readable as TOML: {error}.") from error
    lines = _Lines(text, where)
    _check(table, _TOP, lines, 0)
    entries = table["exercise"]
    if not 1 <= len(entries) <= MOST_EXERCISES:
        raise UsageError(
            f"{lines.of(0, 'exercise')}: {len(entries)} exercises arrived; needed 1 to "
            f"{MOST_EXERCISES}."
        )
    exercises = []
    for number, entry in enumerate(entries, 1):
        _check(entry, _ENTRY, lines, number)
        rest_s = float(entry.get("rest_s", 0.0))
        exercises.append(PlannedExercise(**{**entry, "name": entry["name"].strip(),
                                            "rest_s": rest_s}))  # fmt: skip
    for number, one in enumerate(exercises, 1):
        again = number < len(exercises) and exercises[number].name == one.name
        if (one.sets > 1 or again) and one.rest_s < LEAST_REST_S:
            raise UsageError(
                f"{lines.of(number, 'rest_s')}: rest_s = {one.rest_s:g} for {one.name}, of which "
                f"another set follows; needed {LEAST_REST_S:g} or more, since sets are told apart "
                "by the rest between them."
            )
    title = str(table.get("title", "")).strip() or "Workout"
    return Plan(title, tuple(exercises))


_Rule = tuple[Callable[[Any], bool], str]


def _whole(most: int) -> _Rule:
    return lambda value: type(value) is int and 1 <= value <= most, f"a whole number, 1 to {most}"


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 200


_TOP: dict[str, _Rule] = {
    "title": (_text, "a short text in quotes"),
    "exercise": (
        lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
        "an entry [[exercise]] for each exercise",
    ),
}
_ENTRY: dict[str, _Rule] = {
    "name": (_text, 'the name of an exercise in quotes, like "squat"'),
    "reps": _whole(1000),
    "sets": _whole(100),
    "rest_s": (
        lambda value: type(value) in (int, float) and 0 <= value <= 3600,
        "seconds, 0 to 3600",
    ),
}
_NEEDED = ("exercise", "name", "reps")


def _check(table: Mapping[str, Any], rules: Mapping[str, _Rule], lines: _Lines, at: int) -> None:
    """Refuse unknown keys, wrong values and what is missing."""
    for key, value in table.items():
        if key not in rules:
            close = difflib.get_close_matches(key, rules, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise UsageError(
                f"{lines.of(at, key)}: unknown key {key!r}.{hint} Known here: {', '.join(rules)}."
            )
        accepts, words = rules[key]
        if not accepts(value):
            raise UsageError(f"{lines.of(at, key)}: {key} = {value!r} arrived; needed {words}.")
    for key in _NEEDED:
        if key in rules and key not in table:
            raise UsageError(
                f"{lines.of(at, key)}: the key {key!r} is missing; needed {rules[key][1]}."
            )


class _Lines:
    """Where keys stand in the text: the parser of TOML does not tell."""

    _HEAD = re.compile(r"\s*\[\[\s*[\"']?exercise[\"']?\s*\]\]")
    _KEY = re.compile(r"\s*[\"']?([\w -]+?)[\"']?\s*=")

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._found: dict[tuple[int, str], int] = {}
        entry = 0
        for number, line in enumerate(text.splitlines(), 1):
            if self._HEAD.match(line):
                entry += 1
                self._found[entry, ""] = number
            elif key := self._KEY.match(line):
                self._found.setdefault((entry, key[1]), number)

    def of(self, entry: int, key: str) -> str:
        """File and line of a key of an entry from 1, or before them for 0; else of the entry."""
        for place in ((entry, key), (entry, ""), (0, "exercise"), (1, "")):
            if place in self._found:
                return f"{self._where}, line {self._found[place]}"
        return self._where
