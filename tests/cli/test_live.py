from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from athletes import filmed, judge_of

from dtwcoach.cli import main
from dtwcoach.coach import assess
from dtwcoach.live import session
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import default_camera, render_video, simulate


@pytest.fixture
def coached(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session that has been, whatever is asked for; what was asked for."""
    asked: dict[str, Any] = {"end": "the file is over", "reps": 2}

    def coach_set(judge: Any, source: Any, *, said: Any, **options: Any) -> session.Ended:
        asked.update(options, source=source, exercise=judge.exercise.name)
        pose = filmed("squat", 7, reps=asked.get("done", 2))
        assessment = assess(pose, judge_of("squat"), athlete="Anna", source="camera 0")
        for rep in assessment.reps:
            said(rep)
        return session.Ended(assessment, len(pose), 3, asked["end"])

    monkeypatch.setattr(session, "coach_set", coach_set)
    return asked


def test_a_film_for_a_camera_through_the_real_model(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    camera = replace(default_camera("squat"), fps=15.0)
    done = Performance(reps=1, seed=77, lead_in_s=1.0, lead_out_s=1.2)
    truth = simulate(Person.from_seed(77), "squat", done, camera)
    render_video(place / "set.mp4", truth, seed=1)
    command = ["live", "squat", "--camera", "set.mp4", "--fast", "--headless"]
    assert main([*command, "--save", "out.webm", "--athlete", "Anna"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("1: ✓ right")
    assert "Anna, set.mp4: 1 of 1 repetition right" in said.out
    assert f"{len(truth)} pictures looked at, 0 passed over. Ended: the file is over." in said.out
    (report,) = (place / "reports").glob("*.html")
    assert str(report) in said.out
    assert (place / "out.webm").stat().st_size > 10_000
    assert main(["history"]) == 0
    assert "Anna" in capsys.readouterr().out


def test_the_camera_and_what_else_is_asked_for(
    coached: dict[str, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["live", "squat", "--headless", "--no-report"]
    assert main([*command, "--camera", "2", "--reps", "5", "--mirrored"]) == 0
    assert coached["source"] == 2
    assert (coached["reps"], coached["mirrored"], coached["paced"]) == (5, True, True)
    assert coached["window"] is None
    assert main([*command, "--camera", "film.mp4", "--fast"]) == 0
    assert coached["source"] == Path("film.mp4")
    assert not coached["paced"]
    assert not list(place.rglob("*.html"))
    assert "3 passed over" in capsys.readouterr().out


def test_json_and_nothing_else(
    coached: dict[str, Any], place: Path, as_json: Callable[..., Any]
) -> None:
    answer = as_json("live", "squat", "--headless", "--athlete", "Anna", "--no-history")
    assert [rep["verdict"] for rep in answer["reps"]] == ["right", "right"]
    assert (answer["frames_dropped"], answer["ended"]) == (3, "the file is over")
    assert Path(answer["report"]).is_file()
    assert answer["video"] is None
    assert as_json("history")["athletes"] == []


def test_it_is_said_aloud_when_asked_for(
    coached: dict[str, Any],
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aloud: list[str] = []
    engine = SimpleNamespace(say=aloud.append, runAndWait=lambda: None)
    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda: engine))
    command = ["live", "squat", "--headless", "--no-report"]
    assert main(command) == 0
    assert aloud == []
    assert main([*command, "--speak"]) == 0
    assert aloud[-1] == "2"
    monkeypatch.setitem(sys.modules, "pyttsx3", None)
    capsys.readouterr()
    assert main([*command, "--speak"]) == 2
    assert 'pip install "dtwcoach[speech]"' in capsys.readouterr().err


@pytest.mark.parametrize(("end", "done", "code"), [("interrupted", 2, 130), ("asked for", 0, 1)])
def test_exit_codes(coached: dict[str, Any], place: Path, end: str, done: int, code: int) -> None:
    coached.update(end=end, done=done)
    assert main(["live", "squat", "--headless", "--no-report"]) == code


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["squat"], 2, "--headless"),
        (["squat", "--headless", "--fast"], 2, "--fast is for files"),
        (["squat", "--headless", "--save", "out.mp4"], 2, "ends in .webm"),
        (["squat", "--headless", "--reps", "0"], 2, "needed a whole number"),
        (["sqat", "--headless"], 1, "sqat"),
        (["squat", "--headless", "--camera", "none.mp4"], 1, "none.mp4"),
        (["squat", "--headless", "--camera", "97"], 1, "camera 97: could not be opened"),
    ],
)
def test_what_cannot_work_is_said(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["live", *arguments]) == code
    assert words in capsys.readouterr().err
    assert not list(place.rglob("*.webm"))
