from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record

from dtwcoach.cli import main
from dtwcoach.matching.library import Library
from dtwcoach.report.summary import read_summary
from dtwcoach.settings import Settings


def test_the_sheet_as_json_and_page(refs: str, place: Path, as_json: Callable[..., Any]) -> None:
    stored = sorted(path.name for path in (place / "refs" / "squat").iterdir())
    answer = as_json("reference", "sheet", "squat", "--references", refs)
    infos = Library(Path(refs)).infos("squat")
    assert {rep["id"] for rep in answer["repetitions"]} == {info.id for info in infos}
    assert (answer["exercise"], answer["starter"]) == ("squat", False)
    assert "10 more wrong repetitions" in answer["missing"]
    for rep in answer["repetitions"]:
        assert rep["seconds"] == pytest.approx(rep["stop_s"] - rep["start_s"])
        assert 0 < rep["score"] < 10
        assert ("label" in rep["doubts"]) == (rep["score"] > 1)
        assert 40 < rep["rom"] < 160
    page = Path(answer["page"])
    assert page.parent == place / "reports"
    summary = read_summary(page)
    assert summary
    assert (summary.kind, summary.exercise) == ("sheet", "squat")
    assert f"dtwcoach reference remove squat {infos[0].id} --references" in page.read_text("utf-8")
    # It looks and changes nothing: not even the calibration that it made is kept.
    assert sorted(path.name for path in (place / "refs" / "squat").iterdir()) == stored


def test_what_is_doubtful_is_printed_with_what_to_do(
    refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = ["reference", "sheet", "squat", "--references", refs]
    assert main([*sheet, "--no-report"]) == 0
    said = capsys.readouterr().out
    assert "9 labelled right and 0 wrong, of 3 people, from 3 recordings." in said
    assert not (place / "reports").exists()
    one = Library(Path(refs)).infos("squat")[0]
    assert main(["reference", "relabel", "squat", one.id, "wrong", "--references", refs]) == 0
    assert main([*sheet, "--html", "sub/look.html"]) == 0
    said = capsys.readouterr().out
    assert "unlike its label" in said
    assert f"dtwcoach reference remove squat {one.id} --references {refs}" in said
    assert (place / "sub" / "look.html").is_file()
    assert not (place / "reports").exists()


def test_adding_shows_what_was_added_beside_the_rest(
    shared: Path, refs: str, place: Path, as_json: Callable[..., Any]
) -> None:
    file = record(place / "more.parquet", seed=5, reps=2)
    add = ["reference", "add", "squat", str(file), "--person", "P5", "--references", refs]
    answer = as_json(*add)
    page = Path(answer["page"]).read_text("utf-8")
    new = [info["id"] for info in answer["results"][0]["added"]]
    assert len(new) == 2
    old = [info.id for info in Library(Path(refs)).infos("squat") if info.person != "P5"]
    assert all(number in page for number in new)
    assert not any(number in page for number in old)
    assert "beside all 11 that are stored" in page
    assert as_json(*add)["page"] is None  # nothing new, nothing to look at


def test_adding_names_the_page_unless_none_is_wanted(
    shared: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(shared / "trainer-1.parquet")
    assert main(["reference", "add", "one", file, "--no-report"]) == 0
    assert "Look through" not in capsys.readouterr().out
    assert not (place / "reports").exists()
    assert main(["reference", "add", "two", file, "--reports", "here"]) == 0
    (page,) = (place / "here").glob("*-two-sheet.html")
    assert f"Look through what was added: {page}" in capsys.readouterr().out


def test_a_first_wrong_repetition_has_a_page_too(place: Path, as_json: Callable[..., Any]) -> None:
    file = record(place / "wrong.parquet", seed=5, reps=1)
    answer = as_json("reference", "add", "fresh", str(file), "--wrong")
    assert "no other right repetition" in Path(answer["page"]).read_text("utf-8")
    (rep,) = as_json("reference", "sheet", "fresh", "--no-report")["repetitions"]
    assert (rep["score"], rep["doubts"]) == (None, {})


def test_what_was_added_stays_where_no_page_can_be_written(
    shared: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "reports").write_text("a file where a folder should be")
    file = str(shared / "trainer-1.parquet")
    assert main(["reference", "add", "squat", file, "--references", "mine", "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["page"] is None
    assert "no page" in said.err
    assert len(Library(place / "mine").infos("squat")) == 3


def test_an_exercise_without_references_says_so(
    refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (place / "refs" / "squat").glob("*.parquet"):
        file.unlink()
    assert main(["reference", "sheet", "squat", "--references", refs]) == 1
    assert "dtwcoach reference add squat VIDEO" in capsys.readouterr().err
    assert main(["reference", "sheet", "nothing", "--references", refs]) == 1


def test_starters_are_looked_at_and_left_alone(place: Path, as_json: Callable[..., Any]) -> None:
    answer = as_json("reference", "sheet", "jumping_jack")
    assert answer["starter"]
    assert len(answer["repetitions"]) == 48
    page = Path(answer["page"])
    assert "copies them into your own library" in page.read_text("utf-8")
    assert page.stat().st_size < 8_000_000
    assert [path.name for path in place.iterdir()] == ["reports"]


def test_references_of_two_pose_models_are_refused(
    refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    books = Library(Path(refs))
    references = books.references("squat", settings=Settings().fingerprint())
    others = [
        replace(r, info=replace(r.info, model="another", source="other.mp4"))
        for r in references[:1]
    ]
    books.add(books.exercise("squat"), others)
    assert main(["reference", "sheet", "squat", "--references", refs]) == 1
    assert "cannot be compared" in capsys.readouterr().err
