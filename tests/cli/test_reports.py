from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_examples import make_set
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


@pytest.mark.parametrize("command", [["reports"], ["progress", "Anna"]])
def test_a_folder_is_needed(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    assert "There is no folder reports; needed" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Zoë", "Zoe\u0308", "ZOË"])
def test_progress_is_of_one_person_however_the_name_is_spelt(
    reports: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["progress", name]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Lunge (1 set)"
    assert lines[2] == "Squat (4 sets)"
    assert lines[3].replace("\u00a0", " ").startswith("Since 3 November")
    assert "50 % → 100 % right" in lines[3].replace("\u00a0", " ")
    page = Path(lines[-1].removeprefix("Progress: "))
    assert page.parent == reports
    assert page.read_text("utf-8").count('<tr id="rep-') == 5


def test_progress_in_one_exercise_has_a_page_of_its_own(
    reports: Path, as_json: Callable[..., Any]
) -> None:
    told = as_json("progress", "Zoë", "Squat")
    assert [row["exercise"] for row in told["exercises"]] == ["squat"]
    assert len(told["exercises"][0]["sets"]) == 4
    assert told["page"] != as_json("progress", "Zoë")["page"]
    assert as_json("reports")["unread"] == 1  # its own pages are known


def test_the_list_of_reports_links_to_progress_from_then_on(reports: Path) -> None:
    index = reports / "index.html"
    assert main(["progress", "Ben"]) == 0
    assert not index.exists()  # nobody asked for it
    assert main(["reports"]) == 0
    assert main(["progress", "Zoë"]) == 0
    assert 'href="./progress-zoe-' in index.read_text("utf-8")
    index.write_text("<p>mine")
    assert main(["progress", "Zoë"]) == 0
    assert index.read_text() == "<p>mine"


def test_progress_names_whom_it_knows(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(12):
        put(reports, make_set(athlete=f"evil\x1b[2J\n{number:02}"), day=number)
    assert main(["progress", "Nobody"]) == 2
    error = capsys.readouterr().err
    assert "No set of “Nobody”" in error
    assert "Known: Ben, evil" in error
    assert "and 4 more." in error
    assert "\x1b" not in error
    assert error.count("\n") == 1


def test_progress_names_the_exercises_it_knows(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["progress", "Zoë", "plank"]) == 2
    assert "there: squat, lunge." in capsys.readouterr().err


def test_sets_of_nobody_are_of_nobody(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(reports, make_set(athlete=""), day=1)
    assert main(["progress", ""]) == 2
    assert "Known: Ben, Zoë." in capsys.readouterr().err
