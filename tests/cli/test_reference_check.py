from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dtwcoach.cli import main, reference_check
from dtwcoach.matching.sensitivity import Sensitivity


def test_check_as_json_and_page(refs: str, place: Path, as_json: Callable[..., Any]) -> None:
    answer = as_json("reference", "check", "squat", "--references", refs)
    rows = {(row["joint"], row["direction"]): row for row in answer["rows"]}
    lean = rows["trunk", "further forward"]
    assert lean["state"] == "checked"
    assert [phase["phase"] for phase in lean["phases"]] == answer["phases"]
    assert all(4 <= phase["smallest_deg"] <= 60 for phase in lean["phases"] if phase["seen"])
    assert rows["left elbow", ""]["state"] == "ignored"
    assert answer["judged_by"] == "other people"
    page = Path(answer["page"])
    assert page.parent == place / "reports"
    assert "What these references can see" in page.read_text("utf-8")


def test_check_on_the_screen(refs: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["reference", "check", "squat", "--references", refs]
    assert main([*command, "--html", "sub/look.html"]) == 0
    said = capsys.readouterr().out
    assert "further forward" in said
    assert "way down" in said
    assert "right repetitions" in said
    assert (place / "sub" / "look.html").is_file()
    assert not (place / "reports").exists()


def test_check_can_leave_the_page_out(
    place: Path, as_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = ("start", "way down", "bottom", "way up", "end")
    seen = Sensitivity("squat", "Squat", phases, float("nan"), 2, 2, "other people", 0, ())
    monkeypatch.setattr(reference_check, "_check", lambda options: seen)
    assert as_json("reference", "check", "squat", "--no-report")["page"] is None
    assert list(place.iterdir()) == []


def test_an_exercise_without_references_says_so(
    refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (place / "refs" / "squat").glob("*.parquet"):
        file.unlink()
    assert main(["reference", "check", "squat", "--references", refs]) == 1
    assert "dtwcoach reference add squat VIDEO" in capsys.readouterr().err
    assert main(["reference", "check", "nothing", "--references", refs]) == 1
