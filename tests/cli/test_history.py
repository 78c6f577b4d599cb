"""`dtwcoach history` and `forget` as people type them, and what `score` keeps."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record
from report_examples import make_set
from report_history import judged, put

from dtwcoach.cli import main
from dtwcoach.history.store import History, NewSet, StoredWorkout, history_file
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.library import Library
from dtwcoach.report.summary import read_summary, summary_of
from dtwcoach.sources.cache import cached_pose
from dtwcoach.sources.parquet import read_pose

Json = Callable[..., Any]


def keep(found: SetAssessment, *, day: int, folder: Path | None = None, recording: str = "") -> Any:
    """Keep a set in the history, so many days after the first, and its report in a folder."""
    page = put(folder or Path("reports"), found, day=day)
    summary = read_summary(page)
    assert summary is not None
    kept = summary_of(found, summary.date)
    History(history_file()).add([NewSet(kept, recording or f"{found.source}-{day}", page)])
    return page


@pytest.fixture
def reports(place: Path) -> Path:
    """The history of two athletes, and their reports."""
    for day, signs in enumerate(("+--", "++-", "+++", "+++")):
        keep(judged(signs, athlete="Zoe\u0308"), day=day)
    keep(judged("+", athlete="Zoë", exercise="lunge", title="Lunge"), day=9)
    keep(judged("+", athlete="Ben"), day=3)
    return place / "reports"


@pytest.mark.parametrize("name", ["Zoë", "Zoe\u0308", "ZOË"])
def test_history_is_of_one_person_however_the_name_is_spelt(
    reports: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", name]) == 0
    lines = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    rows = [line for line in lines if line.strip().startswith("2026-")]
    assert len(rows) == 5
    assert " ".join(rows[0].split()).startswith("2026-11-03 18:05 Squat 1 of 3 right 1.50 60°")
    said = lines[lines.index("Lunge (1 set)") :]
    assert said[2] == "Squat (4 sets)"
    assert said[3].startswith("Since 3 November: 50 % → 100 % right")
    page = Path(said[-1].removeprefix("Progress: "))
    assert page.parent == reports
    assert page.read_text("utf-8").count('<tr id="rep-') == 5


def test_history_of_one_exercise_has_a_page_of_its_own(reports: Path, as_json: Json) -> None:
    told = as_json("history", "Zoë", "Squat")
    assert [row["exercise"] for row in told["exercises"]] == ["squat"]
    assert len(told["exercises"][0]["sets"]) == 4
    assert told["exercises"][0]["sets"][0]["report"] == "0000.html"
    assert told["page"] != as_json("history", "Zoë")["page"]
    assert as_json("reports")["unread"] == 0  # its own pages are known


def test_only_reports_that_are_there_are_linked(reports: Path, place: Path, as_json: Json) -> None:
    (reports / "0000.html").unlink()
    keep(judged("+", athlete="Zoë"), day=12, folder=place / "elsewhere")
    page = Path(as_json("history", "Zoë", "squat")["page"]).read_text("utf-8")
    links = [f"./{number:04}.html" in page for number in range(5)]
    assert links == [False, True, True, True, False]
    assert page.count('<tr id="rep-') == 5


def test_history_writes_no_page_where_none_is_wanted(place: Path, as_json: Json) -> None:
    keep(judged("+", athlete="Ben"), day=3, folder=place / "elsewhere")
    assert as_json("history", "Ben", "--no-report")["page"] is None
    assert not (place / "reports").exists()
    assert as_json("history", "Ben")["page"]  # which makes the folder
    assert len(list((place / "reports").iterdir())) == 1


def test_the_list_of_reports_links_to_progress_from_then_on(reports: Path) -> None:
    index = reports / "index.html"
    assert main(["history", "Ben"]) == 0
    assert not index.exists()  # nobody asked for it
    assert main(["reports"]) == 0
    assert main(["history", "Zoë"]) == 0
    assert 'href="./progress-zoe-' in index.read_text("utf-8")
    index.write_text("<p>mine")
    assert main(["history", "Zoë"]) == 0
    assert index.read_text() == "<p>mine"


def test_everybody_is_listed(
    reports: Path, as_json: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    told = as_json("history")
    assert told["file"] == str(history_file())
    assert told["athletes"][0] == {
        "athlete": "Ben", "sets": 1, "exercises": ["squat"], "latest": "2026-11-06T18:05:00+00:00",
    }  # fmt: skip
    assert told["athletes"][1]["exercises"] == ["squat", "lunge"]
    assert main(["history"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Ben 1 2026-11-06 18:05 Squat Zoë 5 2026-11-12 18:05 Squat, Lunge" in out


def test_an_empty_history_says_how_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history"]) == 0
    assert "dtwcoach score EXERCISE FILE --athlete NAME" in capsys.readouterr().out
    assert not history_file().exists()


def test_history_names_whom_and_what_it_knows(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", "Zoë", "plank"]) == 2
    assert "there: squat, lunge." in capsys.readouterr().err
    for number in range(12):
        keep(make_set(athlete=f"evil\x1b[2J\n{number:02}"), day=number)
    assert main(["history", "Nobody"]) == 2
    error = capsys.readouterr().err
    assert "No set of “Nobody”" in error
    assert "Known: Ben, evil" in error
    assert "and 4 more." in error
    assert "\x1b" not in error
    assert error.count("\n") == 1


def test_workouts_are_told(
    reports: Path, as_json: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    (first, *_) = History(history_file()).sets("Ben")
    done = StoredWorkout("Monday", "Ben", first.summary.date, 20, 24)
    History(history_file()).add([], workout=done, plan="p")
    assert main(["history", "Ben"]) == 0
    assert "2026-11-06 18:05 Monday: 20 of 24 right" in capsys.readouterr().out
    assert as_json("history", "Ben")["workouts"][0]["points"] == 20


def test_score_keeps_a_set_once(shared: Path, refs: str, as_json: Json) -> None:
    score = ["score", "squat", str(shared / "set.parquet"), "--references", refs]
    assert main([*score, "--athlete", "Anna"]) == 0
    assert main([*score, "--athlete", "anna ", "--no-report"]) == 0
    (row,) = as_json("history")["athletes"]
    assert (row["athlete"], row["sets"], row["exercises"]) == ("anna", 1, ["squat"])
    (course,) = as_json("history", "Anna")["exercises"]
    assert (course["sets"][0]["right"], course["sets"][0]["wrong"]) == (3, 1)


def test_score_keeps_nothing_of_the_nameless_nor_where_it_is_not_wanted(
    shared: Path, refs: str
) -> None:
    score = ["score", "squat", str(shared / "set.parquet"), "--references", refs, "--no-report"]
    for more in ([], ["--athlete", " "], ["--athlete", "Anna", "--no-history"]):
        assert main([*score, *more]) == 0
    assert not history_file().exists()


def test_verdicts_are_told_where_the_history_cannot_be_written(
    shared: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    history_file().parent.mkdir()
    history_file().write_bytes(b"no data base" * 99)
    score = ["score", "squat", str(shared / "set.parquet"), "--references", refs]
    assert main([*score, "--athlete", "Anna"]) == 1
    said = capsys.readouterr()
    assert "3 of 4 repetitions right" in said.out
    assert "Report:" in said.out
    assert "history.sqlite is damaged" in said.err
    assert history_file().read_bytes() == b"no data base" * 99


# Forgetting


def everything(place: Path) -> bytes:
    return b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())


def test_forget_erases_one_person_and_nobody_else(
    reports: Path, place: Path, as_json: Json
) -> None:
    elsewhere = keep(judged("+", athlete="Zoë"), day=12, folder=place / "elsewhere")
    for command in (["history", "Zoë"], ["history", "Ben"], ["reports"]):
        assert main(command) == 0
    told = as_json("forget", "zoë", "--yes")
    assert (told["sets"], len(told["pages"]), told["errors"]) == (6, 7, [])
    left = everything(place)
    assert [name for name in ("Zoë", "Zoe\u0308", "Zo\\u00eb") if name.encode() in left] == []
    assert not elsewhere.exists()
    assert [row["athlete"] for row in as_json("history")["athletes"]] == ["Ben"]
    assert len(as_json("reports")["sets"]) == 1
    assert "copies and backups" in told["not_erased"]


def test_a_very_long_name_is_found(reports: Path) -> None:
    name = "Anna " * 60
    page = keep(judged("+", athlete=name), day=0)
    assert main(["history", name, "--no-report"]) == 0
    assert main(["forget", name, "--yes"]) == 0
    assert not page.exists()
    assert b"Anna" not in history_file().read_bytes()


def test_forget_finds_cached_poses_by_the_recording(shared: Path, place: Path) -> None:
    from dtwcoach.history.store import recording_id

    videos = [place / "a.mp4", place / "b.mp4"]
    for number, video in enumerate(videos):
        video.write_bytes(b"video %d" % number)
        cached_pose(video, extract=lambda: read_pose(shared / "set.parquet"), made_by="x")
    keep(judged("+", athlete="Anna"), day=0, recording=recording_id(videos[0]))
    assert len(list((place / "cache" / "poses").iterdir())) == 2
    assert main(["forget", "Anna", "--yes"]) == 0
    (left,) = (place / "cache" / "poses").iterdir()
    assert left.name.startswith(recording_id(videos[1]))
    assert all(video.exists() for video in videos)


def test_forget_leaves_references_until_it_is_told_otherwise(
    refs: str, place: Path, as_json: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(judged("+", athlete="P1"), day=0)
    assert main(["reference", "sheet", "squat", "--references", refs]) == 0
    capsys.readouterr()
    assert main(["forget", "p1", "--yes", "--references", refs]) == 0
    assert "3 references of squat; these stay: --references-too" in capsys.readouterr().out
    kept = [info.person for info in Library(Path(refs)).infos("squat")]
    assert sorted(kept) == ["P1"] * 3 + ["P2"] * 3 + ["P3"] * 3
    told = as_json("forget", "P1", "--yes", "--references", refs, "--references-too")
    assert (told["references_erased"], told["references_kept"]) == (3, 0)
    kept = [info.person for info in Library(Path(refs)).infos("squat")]
    assert sorted(kept) == ["P2"] * 3 + ["P3"] * 3
    assert b"P1" not in everything(place / "reports")  # the sheet named them


@pytest.mark.parametrize(
    ("answer", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1), ("", 1, 1)]
)
def test_forget_asks_whoever_is_there(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    answer: str, code: int, left: int,
) -> None:  # fmt: skip
    page = keep(judged("+", athlete="Anna"), day=0)
    keyboard = io.StringIO(answer)
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", keyboard)
    assert main(["forget", "Anna"]) == code
    out = capsys.readouterr().out
    assert "1 set in the history" in out
    assert str(page.name) in out
    assert len(History(history_file()).sets()) == left
    assert page.exists() == bool(left)


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_forget_asks_nobody_who_is_not_there(
    place: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = keep(judged("+", athlete="Anna B"), day=0)
    assert main(["forget", "Anna B", *more]) == 2
    assert "dtwcoach forget 'Anna B' --yes" in capsys.readouterr().err
    assert page.exists()
    assert len(History(history_file()).sets()) == 1


@pytest.mark.parametrize("name", ["", "  ", "Nobody"])
def test_forget_needs_somebody_it_knows(
    reports: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = put(reports, make_set(athlete=""), day=1)
    assert main(["forget", name, "--yes"]) == 2
    error = capsys.readouterr().err
    assert ("In the history: Ben, Zoë." if name.strip() else "A blank name arrived") in error
    assert nameless.exists()
    assert len(History(history_file()).sets()) == 6


def test_what_could_not_be_erased_is_said_and_the_history_kept_until_it_can(
    reports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == "0000.html":
            raise PermissionError(13, "Permission denied")
        unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert main(["forget", "Zoë", "--yes"]) == 1
    error = capsys.readouterr().err
    assert "Could not delete" in error
    assert "0000.html: Permission denied" in error
    assert "do this again" in error
    assert len(History(history_file()).sets("Zoë")) == 5
    assert main(["forget", "Zoë", "--yes"]) == 0
    assert not (reports / "0000.html").exists()
    assert History(history_file()).sets("Zoë") == ()
    shutil.rmtree(reports)


def test_a_live_reader_of_the_file_is_no_obstacle_to_reading(reports: Path) -> None:
    reader = sqlite3.connect(history_file(), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM sets").fetchone()
    keep(judged("+", athlete="Ben"), day=5)
    assert len(History(history_file()).sets("Ben")) == 2
    reader.close()


def test_a_recording_by_another_name_is_the_same(
    shared: Path, refs: str, place: Path, as_json: Json
) -> None:
    shutil.copy(shared / "set.parquet", place / "copy.parquet")
    other = record(place / "other.parquet", seed=8, reps=2)
    files = [str(shared / "set.parquet"), str(place / "copy.parquet"), str(other)]
    command = ["score", "squat", *files, "--references", refs, "--athlete", "Anna", "--no-report"]
    assert main(command) == 0
    assert as_json("history")["athletes"][0]["sets"] == 2
