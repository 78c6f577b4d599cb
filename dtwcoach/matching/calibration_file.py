"""`calibration.json`: a calibration together with what it rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dtwcoach.errors import LibraryError
from dtwcoach.matching.references import Calibration, Exercise, ReferenceInfo
from dtwcoach.settings import SCHEMA_VERSION

FILE_NAME = "calibration.json"

MAYBE_UNKNOWN = ("balanced_accuracy", "false_alarm_rate")
"""Numbers that may be nan; JSON has no nan, so they are null on disk."""


def _ground(exercise: Exercise, infos: Sequence[ReferenceInfo]) -> dict[str, Any]:
    """What a calibration depends on, as plain JSON."""
    keys = ("counts", "ignore", "tolerances", "symmetric")
    table = {key: getattr(exercise, key) for key in keys}
    labels = {info.id: info.label for info in infos}
    ground: dict[str, Any] = json.loads(
        json.dumps({"exercise": table, "labels": labels})
    )
    return ground


def format_calibration(
    calibration: Calibration, exercise: Exercise, infos: Sequence[ReferenceInfo]
) -> bytes:
    """Bytes of the calibration's file.

    Raises
    ------
    LibraryError
        When it was made from references other than the stored ones.
    """
    if set(calibration.references) != {info.id for info in infos}:
        raise LibraryError(
            f"The calibration of {exercise.name} rests on {len(calibration.references)} "
            f"references that are not the {len(infos)} stored now; run "
            f"`dtwcoach calibrate {exercise.name}` again."
        )
    values = asdict(calibration)
    values |= {key: None for key in MAYBE_UNKNOWN if values[key] != values[key]}
    document = {
        "schema": SCHEMA_VERSION,
        "calibration": values,
        **_ground(exercise, infos),
    }
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()


def read_calibration(
    path: Path, exercise: Exercise, infos: Sequence[ReferenceInfo]
) -> tuple[Calibration | None, str]:
    """Read a calibration; None and the reason where there is none or it is out of date.

    Raises
    ------
    LibraryError
        When the file is damaged or was written by a newer program.
    """
    again = f"run `dtwcoach calibrate {exercise.name}`"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        schema = document["schema"]
    except FileNotFoundError:
        return None, f"{exercise.name} has not been calibrated; {again}."
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"{path} is damaged ({error}). Delete it and {again}."
        ) from error
    if schema > SCHEMA_VERSION:
        raise LibraryError(
            f"{path} was written by a newer dtwcoach (schema {schema}, this one knows "
            f"{SCHEMA_VERSION}); it is left as it is. Update dtwcoach to use it."
        )
    ground = _ground(exercise, infos)
    if document.get("labels") != ground["labels"]:
        return (
            None,
            f"The references of {exercise.name} changed since it was calibrated; {again}.",
        )
    if document.get("exercise") != ground["exercise"]:
        return (
            None,
            f"exercise.toml of {exercise.name} changed since it was calibrated; {again}.",
        )
    try:
        values = dict(document["calibration"])
        values["references"] = tuple(values["references"])
        values |= {key: float("nan") for key in MAYBE_UNKNOWN if values[key] is None}
        return Calibration(**values), ""
    except (KeyError, TypeError, ValueError) as error:
        raise LibraryError(
            f"{path} is damaged ({error}). Delete it and {again}."
        ) from error
