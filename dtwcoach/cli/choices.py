"""What a trainer decides about an exercise on the command line: strictness, tolerances, joints."""

from __future__ import annotations

import difflib
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace

from dtwcoach.errors import UsageError
from dtwcoach.matching.references import JOINTS, Exercise
from dtwcoach.motion.groups import KNOWN_FEATURES

BODY = frozenset(feature.joint for feature in KNOWN_FEATURES.values())
"""What `ignore` takes beside features: also parts of the body without an angle."""


def chosen(exercise: Exercise, options: Namespace) -> Exercise:
    """Return the exercise with the choices of a command line made.

    Raises
    ------
    UsageError
        When a joint or feature is unknown, a tolerance is no number above 0, or there is
        nothing to take back.
    """
    tolerances = dict(exercise.tolerances)
    for text in options.tolerance:
        name, _, value = text.rpartition("=")
        name = _named(name, JOINTS)
        if value.strip() == "auto":
            _known(name, tolerances, f"{exercise.name} has no fixed tolerance for")
            del tolerances[name]
        else:
            tolerances[name] = _size(text, value)
    ignore = list(exercise.ignore)
    for text in options.ignore:
        name = _named(text, BODY)
        ignore += [] if name in ignore else [name]
    for text in options.count:
        name = _named(text, BODY)
        _known(name, ignore, f"{exercise.name} does not ignore")
        ignore.remove(name)
    return replace(
        exercise,
        tolerances=tolerances,
        ignore=tuple(ignore),
        strictness=options.strictness or exercise.strictness,
    )


def differences(before: Exercise, after: Exercise) -> list[str]:
    """Return what differs between two versions of an exercise, in words."""
    said = []
    if after.strictness != before.strictness:
        said.append(f"strictness {before.strictness:g} to {after.strictness:g}")
    for name in dict.fromkeys([*before.tolerances, *after.tolerances]):
        old, new = (f"{e.tolerances[name]:g}" if name in e.tolerances else "measured"
                    for e in (before, after))  # fmt: skip
        if old != new:
            said.append(f"tolerance of {name} {old} to {new}")
    said += [f"{name} no longer counts" for name in after.ignore if name not in before.ignore]
    said += [f"{name} counts again" for name in before.ignore if name not in after.ignore]
    return said


def _named(text: str, joints: Iterable[str]) -> str:
    name = text.strip().lower()
    known = sorted({*joints, *KNOWN_FEATURES})
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise UsageError(
        f"{text!r} arrived; needed a joint such as 'left knee', or a feature.{hint} "
        "`dtwcoach exercises --features` lists them all."
    )


def _known(name: str, there: Iterable[str], what: str) -> None:
    if name not in there:
        raise UsageError(f"{what} {name!r}; there: {', '.join(there) or 'none'}.")


def _size(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise UsageError(
            f"--tolerance {text!r} arrived; needed JOINT=NUMBER with a number above 0, such as "
            "'left knee=10', or 'left knee=auto'."
        )
    return number
