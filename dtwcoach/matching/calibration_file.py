"""`calibration.json`: a calibration together with what it rests on."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dtwcoach.errors import CalibrationError, LibraryError
from dtwcoach.matching.references import Calibration, Exercise, ReferenceInfo
from dtwcoach.motion.groups import BODY
from dtwcoach.settings import SCHEMA_VERSION

CALIBRATION_FILE = "calibration.json"

LAYOUT = 2
"""Version of the file's `calibration` table; older ones are made anew."""
NEEDED = dict.fromkeys(("tolerance", "limit", "typical"), "above 0") | dict.fromkeys(
    ("share", "least"), "of 0 or above"
)
"""Table of numbers that are judged by -> what they have to be."""
MAYBE_UNKNOWN = ("estimates", "compared")
"""Tables of numbers that may be nan; JSON has no nan, so they are null on disk."""


def _check(calibration: Calibration, where: str) -> None:
    """Every comparison with nan is false: such a threshold would pass everything."""
    rows = [("threshold", calibration.threshold, "above 0")]
    for table, needed in NEEDED.items():
        values = getattr(calibration, table)
        rows += [(f"{table} of {key}", value, needed) for key, value in values.items()]
    for name, value, needed in rows:
        if not (math.isfinite(value) and (value > 0 or (value == 0 and needed != "above 0"))):
            raise CalibrationError(
                f"{where}: {name} = {value!r} arrived; needed a number {needed}. "
                "Run `dtwcoach calibrate` again."
            )


def _ground(exercise: Exercise, infos: Sequence[ReferenceInfo]) -> dict[str, Any]:
    """What a calibration depends on, as plain JSON."""
    keys = ("counts", "ignore", "tolerances", "symmetric")
    table = {key: getattr(exercise, key) for key in keys}
    if exercise.groups != BODY:
        table["groups"] = exercise.groups
    labels = {info.id: info.label for info in infos}
    ground: dict[str, Any] = json.loads(json.dumps({"exercise": table, "labels": labels}))
    return ground


def format_calibration(
    calibration: Calibration, exercise: Exercise, infos: Sequence[ReferenceInfo]
) -> bytes:
    """Bytes of the calibration's file.

    Raises
    ------
    LibraryError
        When it was made from references other than the stored ones.
    CalibrationError
        When a number in it cannot be used.
    """
    _check(calibration, exercise.name)
    if set(calibration.references) != {info.id for info in infos}:
        raise LibraryError(
            f"The calibration of {exercise.name} rests on {len(calibration.references)} "
            f"references that are not the {len(infos)} stored now; run "
            f"`dtwcoach calibrate {exercise.name}` again."
        )
    values = asdict(calibration)
    for key in MAYBE_UNKNOWN:
        values[key] = {
            name: [None if math.isnan(number) else number for number in numbers]
            for name, numbers in values[key].items()
        }
    document = {
        "schema": SCHEMA_VERSION,
        "layout": LAYOUT,
        "calibration": values,
        **_ground(exercise, infos),
    }
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()


def read_calibration(
    path: Path, exercise: Exercise, infos: Sequence[ReferenceInfo]
) -> tuple[Calibration | None, str]:
    """Read a calibration from its file; as `parse_calibration`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        command = f"dtwcoach calibrate {exercise.name}"
        return None, f"{exercise.name} has not been calibrated; run `{command}`."
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}.") from error
    return parse_calibration(data, exercise, infos, where=str(path))


def parse_calibration(
    data: bytes,
    exercise: Exercise,
    infos: Sequence[ReferenceInfo],
    *,
    where: str = CALIBRATION_FILE,
) -> tuple[Calibration | None, str]:
    """Read a calibration from the bytes of its file.

    Returns
    -------
    calibration : Calibration or None
        None when it is out of date.
    reason : str
        Why it is, in words; else empty.

    Raises
    ------
    LibraryError
        When the file is damaged or was written by a newer program.
    CalibrationError
        When a number in it cannot be used.
    """
    again = f"run `dtwcoach calibrate {exercise.name}`"
    try:
        document = json.loads(data)
        if (schema := int(document["schema"])) > SCHEMA_VERSION:
            raise LibraryError(
                f"{where} was written by a newer dtwcoach (schema {schema}, this one knows "
                f"{SCHEMA_VERSION}); it is left as it is. Update dtwcoach to use it."
            )
        if int(document.get("layout", 1)) != LAYOUT:
            return None, f"{where} was made by another version of dtwcoach; {again}."
        values = dict(document["calibration"])
        values["references"] = tuple(values["references"])
        for key in MAYBE_UNKNOWN:
            values[key] = {
                name: tuple(math.nan if number is None else float(number) for number in numbers)
                for name, numbers in values[key].items()
            }
        calibration = Calibration(**values)
        _check(calibration, where)
        rests_on = {key: document[key] for key in ("labels", "exercise")}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LibraryError(f"{where} is damaged ({error!r}). Delete it and {again}.") from error
    ground = _ground(exercise, infos)
    if rests_on["labels"] != ground["labels"]:
        return None, f"The references of {exercise.name} changed since it was calibrated; {again}."
    if rests_on["exercise"] != ground["exercise"]:
        return None, f"exercise.toml of {exercise.name} changed since it was calibrated; {again}."
    return calibration, ""
