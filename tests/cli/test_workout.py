"""`dtwcoach workout` as people type it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from athletes import filmed, judge_of
from cli_recordings import record
from feeding import person_at

from dtwcoach.cli import main
from dtwcoach.history.store import History, history_file
from dtwcoach.live import workout
from dtwcoach.live.workout import LiveWorkout, WorkoutEnded
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise
from dtwcoach.workout import recordings

Json = Callable[..., Any]
PLAN = """\
title = "Game <b>"
[[exercise]]
name = "squat"
reps = 4
sets = 2
rest_s = 30
"""


@pytest.fixture
def command(shared: Path, refs: str, place: Path) -> list[str]:
    """A workout of one set, 3 of 4 repetitions right, and another of two in a second file."""
    (place / "plan.toml").write_text(PLAN)
    files = [shared / "set.parquet", record(place / "second.parquet", seed=8, reps=2)]
    return ["workout", "plan.toml", "--references", refs, "--video", *map(str, files)]


def test_a_workout_is_set_beside_its_plan(
    command: list[str], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    said = capsys.readouterr()
    rows = [" ".join(line.split()) for line in said.out.splitlines()]
    assert rows[0] == "Game <b>"
    assert any(row.startswith("Squat 1 of 2 3 4 4") for row in rows)
    assert any(row.startswith("Squat 2 of 2 2 2 4 2 missing") for row in rows)
    assert "Total: 5 of 8 planned repetitions right; 2 repetitions missing." in rows
    assert sum(row.startswith("Report: ") for row in rows) == 2
    assert len(list((place / "reports").glob("*.html"))) == 2
    assert said.err == ""
    assert not history_file().exists()  # nobody is named


def test_it_is_told_to_machines(command: list[str], as_json: Json) -> None:
    told = as_json(*command, "--no-report")
    assert (told["plan"], told["points"], told["planned"], told["errors"]) == ("Game <b>", 5, 8, [])
    first, second = told["sets"]
    assert {key: first[key] for key in ("exercise", "set", "planned", "right", "wrong")} == {
        "exercise": "squat", "set": 1, "planned": 4, "right": 3, "wrong": 1,
    }  # fmt: skip
    assert (first["report"], first["rest_s"], second["missing"]) == (None, None, 2)
    assert second["file"].endswith("second.parquet")


def test_it_is_kept_once_in_the_history(command: list[str], as_json: Json) -> None:
    for _ in range(2):
        assert main([*command, "--athlete", "Anna", "--no-report"]) == 0
    history = History(history_file())
    assert [(w.title, w.points, w.planned) for w in history.workouts("Anna")] == [
        ("Game <b>", 5, 8)
    ]
    assert [one.summary.right for one in history.sets("Anna")] == [3, 2]
    assert main([*command, "--athlete", "Ben", "--no-report", "--no-history"]) == 0
    assert history.sets("Ben") == ()


def test_one_bad_recording_among_others_is_named(
    command: list[str], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "bad.mp4").write_text("no video")
    assert main([*command, "bad.mp4"]) == 1
    said = capsys.readouterr()
    assert "Total: 5 of 8" in said.out
    assert "bad.mp4" in said.err
    assert said.err.count("\n") == 1


def test_nothing_of_the_plan_in_a_recording(
    shared: Path, refs: str, place: Path, as_json: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "plan.toml").write_text(PLAN)
    idle = str(shared / "idle.parquet")
    told = as_json("workout", "plan.toml", "--references", refs, "--video", idle, code=1)
    assert [row["missing"] for row in told["sets"]] == [4, 4]
    assert main(["workout", "plan.toml", "--references", refs, "--video", idle]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "Total: 0 of 8 planned repetitions right; 8 repetitions missing, 2 whole sets" in out


@pytest.fixture
def coached(
    refs: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], dict[str, Any]]:
    """A workout in front of a camera that has been: one set of two; and what was asked for."""
    asked: dict[str, Any] = {"end": "asked for"}
    pose = filmed("squat", 7, reps=2, lead_in_s=0.7, faults={1: (("shallow", 60.0),)})

    def coach_workout(plan: Any, judges: Any, source: Any, **options: Any) -> WorkoutEnded:
        asked.update(options, source=source)
        names = {"athlete": options["athlete"], "source": "camera 2"}
        following = LiveWorkout(plan, [judge_of("squat")], frame_size=(640, 480), **names)
        options["told"](following.run.prompt)
        for frame, time_s in enumerate(pose.time_s):
            state = following.update(person_at(pose, frame), float(time_s))
            if state is not None and state.new is not None:
                options["said"](state.new)
        following.end_set(left=True)
        return WorkoutEnded(following.watched, len(pose), 3, asked["end"])

    monkeypatch.setattr(workout, "coach_workout", coach_workout)
    monkeypatch.setattr(recordings, "judges_of", lambda *_, **__: ())
    (place / "plan.toml").write_text(PLAN)
    return ["workout", "plan.toml", "--references", refs, "--headless"], asked


def test_a_workout_in_front_of_a_camera(
    coached: tuple[list[str], dict[str, Any]], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, asked = coached
    assert main([*command, "--camera", "2", "--mirrored", "--athlete", "Anna"]) == 0
    assert (asked["source"], asked["mirrored"], asked["paced"]) == (2, True, True)
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert rows[:2] == ["Next: Squat, set 1 of 2", "1: ✓ right"]
    assert rows[2].startswith("2: ✗ wrong")
    assert any(row.startswith("Squat 1 of 2 1 2 4 2 missing") for row in rows)
    total = "Total: 1 of 8 planned repetitions right; 6 repetitions missing, 1 whole set"
    assert any(row.startswith(total) for row in rows)
    assert len(list((place / "reports").glob("*.html"))) == 1
    history = History(history_file())
    assert [one.points for one in history.workouts("Anna")] == [1]
    assert [one.summary.right for one in history.sets("Anna")] == [1]
    assert main([*command, "--camera", "2", "--athlete", "Anna", "--no-report"]) == 0
    assert len(history.sets("Anna")) == 2  # a camera's pictures are new each time


def test_prompts_are_said_aloud_when_asked_for(
    coached: tuple[list[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    aloud: list[str] = []
    engine = SimpleNamespace(say=aloud.append, runAndWait=lambda: None)
    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda: engine))
    command, _ = coached
    assert main([*command, "--camera", "2", "--speak", "--no-report"]) == 0
    assert aloud[0] == "Next: Squat, set 1 of 2"
    assert len(aloud) == 3


def test_a_workout_in_front_of_a_camera_is_told_to_machines(
    coached: tuple[list[str], dict[str, Any]], as_json: Json
) -> None:
    command, asked = coached
    told = as_json(*command, "--camera", "film.mp4", "--fast", "--no-report")
    assert (asked["source"], asked["paced"]) == (Path("film.mp4"), False)
    assert (told["points"], told["ended"]) == (1, "asked for")
    assert (told["sets"][0]["file"], told["sets"][0]["report"]) == ("camera 2", None)
    asked["end"] = "interrupted"
    as_json(*command, "--camera", "2", "--no-report", code=130)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--video", "set.mp4", "--speak"], "--speak is for --camera"),
        ([], "needed --camera N"),
        (["--camera", "0", "--video", "set.mp4"], "needed one of them"),
        (["--video", "set.mp4", "--save", "out.webm"], "--save is for --camera"),
        (["--camera", "0", "--fast"], "--fast is for files"),
        (["--camera", "0", "--save", "out.mp4"], "ends in .webm"),
        (["--camera", "0"], "--headless"),
    ],
)
def test_what_cannot_work_is_said(
    refs: str, place: Path, arguments: list[str], said: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(recordings, "judges_of", lambda *_, **__: ())
    (place / "plan.toml").write_text(PLAN)
    assert main(["workout", "plan.toml", "--references", refs, *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("plan", "code", "said"),
    [
        (PLAN.replace("reps = 4", "reps = 0"), 2, "plan.toml, line 4: reps = 0 arrived"),
        (PLAN.replace("squat", "sqat"), 1, "Unknown exercise 'sqat'. Did you mean 'squat'?"),
        (PLAN.replace("squat", "plank"), 2, "plank is held, not repeated; a plan takes exercises"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_before_anything_is_watched(
    place: Path, plan: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "plan.toml").write_text(plan)
    hold = Exercise("plank", "Plank", kind="hold")
    Library(place / "references").save_exercise(hold)
    assert main(["workout", "plan.toml", "--video", "missing.mp4"]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "missing.mp4" not in error
