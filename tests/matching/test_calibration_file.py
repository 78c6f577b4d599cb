"""A calibration on disk: what is unknown stays so, what cannot be used is refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stored import SQUAT, make_calibration, make_reference

from dtwcoach.errors import CalibrationError, LibraryError
from dtwcoach.matching.calibration_file import LAYOUT, format_calibration, parse_calibration
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Calibration, ReferenceInfo

COLUMNS = ("left_knee_angle", "left_knee_angle shape", "left_knee_angle range")
WEIGHTED: dict[str, Any] = {
    "rule": "weighted",
    "share": dict(zip(COLUMNS, (0.5, 0.5, 0.0), strict=True)),
    "typical": dict.fromkeys(COLUMNS, 6.0),
    "least": dict.fromkeys(COLUMNS, 0.0),
    "power": 2.5,
    "average": {"left_knee_angle": [170.0, 90.5, 170.0]},
    "compared": {"median": (0.8, float("nan")), "weighted": (0.9, 0.95)},
    "scores": {"right": {"0" * 12: 0.25}, "wrong": {}},
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path)
    made.add(SQUAT, [make_reference(1), make_reference(2)])
    return made


def written(
    library: Library, **changes: Any
) -> tuple[Calibration, dict[str, Any], tuple[ReferenceInfo, ...]]:
    """A calibration, its file as JSON, and the references it rests on."""
    given, infos = make_calibration(library, **changes), library.infos("squat")
    return given, json.loads(format_calibration(given, SQUAT, infos)), infos


@pytest.mark.parametrize("changes", [{}, WEIGHTED], ids=["median", "weighted"])
def test_it_comes_back_whole(library: Library, changes: dict[str, Any]) -> None:
    given, document, infos = written(library, **changes)
    stored, reason = parse_calibration(json.dumps(document).encode(), SQUAT, infos)
    assert reason == ""
    assert stored is not None
    np.testing.assert_equal(asdict(stored), asdict(given))
    assert isinstance(stored.estimates["auc"], tuple)


def test_what_is_unknown_is_null_on_disk(library: Library) -> None:
    _, document, _ = written(library)
    assert document["calibration"]["estimates"]["auc"] == [None] * 3
    assert document["calibration"]["estimates"]["specificity"] == [0.9, 0.7, 1.0]
    assert "NaN" not in json.dumps(document)


@pytest.mark.parametrize("layout", [None, LAYOUT - 1, LAYOUT + 1])
def test_another_layout_is_made_anew(library: Library, layout: int | None) -> None:
    _, document, infos = written(library)
    document.pop("layout")
    document["calibration"] = {"threshold": 1.0, "unheard_of": 2.0}
    if layout:
        document["layout"] = layout
    stored, reason = parse_calibration(json.dumps(document).encode(), SQUAT, infos)
    assert stored is None
    assert "made by another version" in reason
    assert "dtwcoach calibrate squat" in reason


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("tolerance", (0.0, -1.0, float("nan"), float("inf"))),
        ("limit", (0.0, -1.0, float("nan"), float("inf"))),
        ("typical", (0.0, -1.0, float("nan"), float("inf"))),
        ("share", (-0.1, float("nan"), float("inf"))),
        ("least", (-0.1, float("nan"), float("inf"))),
    ],
)
def test_numbers_that_nothing_can_be_judged_by(
    library: Library, table: str, values: tuple[float, ...]
) -> None:
    given, document, infos = written(library, **WEIGHTED)
    for value in values:
        broken = getattr(given, table) | {COLUMNS[0]: value}
        with pytest.raises(CalibrationError, match=f"{table} of left_knee_angle = .* needed"):
            written(library, **(WEIGHTED | {table: broken}))
        document["calibration"][table] = broken
        with pytest.raises(CalibrationError, match="calibrate` again"):
            parse_calibration(json.dumps(document).encode(), SQUAT, infos)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("threshold", "high"),
        ("tolerance", [1.0]),
        ("estimates", {"auc": 1.0}),
        ("references", None),
        ("unheard_of", 1.0),
    ],
)
def test_a_damaged_table_is_named(library: Library, key: str, value: object) -> None:
    _, document, infos = written(library)
    document["calibration"][key] = value
    with pytest.raises(LibraryError, match=r"calibration\.json is damaged"):
        parse_calibration(json.dumps(document).encode(), SQUAT, infos)
