from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_history import judged, put

from dtwcoach.cli import main


@pytest.fixture
def reports(place: Path) -> Path:
    """Two athletes and a file of somebody else, where reports are looked for."""
    folder = place / "reports"
    for day, signs in enumerate(("+--", "++-", "+++", "+++")):
        put(folder, judged(signs, athlete="Zoe\u0308"), day=day)
    put(folder, judged("+", athlete="Zoë", exercise="lunge", title="Lunge"), day=9)
    put(folder, judged("+", athlete="Ben"), day=3)
    (folder / "other.html").write_text("<p>hello")
    return folder


def test_reports_prints_the_page_it_wrote(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reports"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "6 sets.", "1 other file could not be read.", f"All reports: {reports / 'index.html'}",
    ]  # fmt: skip
    assert "6 sets of 2 athletes" in (reports / "index.html").read_text("utf-8")


def test_reports_for_machines(reports: Path, as_json: Callable[..., Any]) -> None:
    told = as_json("reports", "--reports", str(reports))
    assert told["page"] == str(reports / "index.html")
    assert [row["athlete"] for row in told["sets"]][:2] == ["Zoë", "Ben"]
    assert told["sets"][1] == {
        "report": "0005.html", "kind": "set", "title": "Squat", "athlete": "Ben",
        "exercise": "squat", "date": "2026-11-06T18:05:00+00:00", "result": "1 of 1 right",
        "right": 1, "wrong": 0, "cannot_judge": 0, "score": 0.45,
    }  # fmt: skip
    assert (told["others"], told["unread"]) == ([], 1)


def test_a_page_of_another_is_not_written_over(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "index.html").write_text("mine")
    assert main(["reports"]) == 1
    assert "stays as it is" in capsys.readouterr().err
    assert (reports / "index.html").read_text() == "mine"


def test_a_folder_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reports"]) == 2
    assert "There is no folder reports; needed" in capsys.readouterr().err
