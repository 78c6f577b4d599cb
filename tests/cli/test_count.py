"""`dtwcoach count` as people type it."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_recordings import record

from dtwcoach.cli import main
from dtwcoach.matching.exercise_file import format_exercise
from dtwcoach.matching.references import Exercise
from dtwcoach.sources.parquet import read_pose, write_pose

Json = Callable[..., Any]


@pytest.fixture(scope="module")
def calibrated(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library with its calibration, so that not every count makes one."""
    root = tmp_path_factory.mktemp("calibrated") / "refs"
    shutil.copytree(shared / "refs", root)
    assert main(["calibrate", "squat", "--no-report", "--references", str(root)]) == 0
    return root


@pytest.fixture
def refs(calibrated: Path, place: Path) -> str:
    """A copy of it, as an option's value; free to be changed."""
    shutil.copytree(calibrated, place / "refs")
    return str(place / "refs")


@pytest.fixture
def other(place: Path) -> str:
    """Three lateral raises, of which the library knows nothing."""
    return str(record(place / "raise.parquet", seed=5, exercise="lateral_raise", reps=3))


def test_the_exercise_is_found_out(
    shared: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["count", str(shared / "set.parquet"), "--references", refs]) == 0
    said = capsys.readouterr().out
    assert "set.parquet: 4 repetitions" in said
    assert "Squat 4 0:0" in " ".join(said.split())
    assert "whatever repeats" not in said.lower()


def test_json_tells_sets_and_repetitions(shared: Path, refs: str, as_json: Json) -> None:
    answer = as_json("count", str(shared / "set.parquet"), "squat", "--references", refs)
    assert answer["by"] == "references"
    assert answer["reps"] == 4
    (only,) = answer["sets"]
    assert (only["exercise"], only["reps"], only["half_reps"]) == ("squat", 4, 0)
    rows = answer["repetitions"]
    assert [row["rep"] for row in rows] == [1, 2, 3, 4]
    assert only["start_s"] == rows[0]["start_s"] < rows[0]["turn_s"] < rows[0]["stop_s"]
    assert only["seconds"] == pytest.approx(np.mean([row["seconds"] for row in rows]), abs=0.002)
    ways_s = [rows[0][name] for name in ("way_out_s", "at_turn_s", "way_back_s")]
    assert sum(ways_s) <= rows[0]["seconds"] + 0.04


def test_a_line_for_each_repetition(
    shared: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(shared / "set.parquet")
    lines = []
    for more in ([], ["--list"]):
        assert main(["count", file, "--references", refs, *more]) == 0
        lines.append(capsys.readouterr().out.count("Squat"))
    assert lines == [1, 5]


def test_csv_is_for_spreadsheets_and_runs_nothing(
    refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = record(place / "=1+1.parquet", seed=7, reps=2)
    assert main(["count", str(file), "--csv", "--references", refs]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["rep"], row["exercise"]) for row in rows] == [("1", "squat"), ("2", "squat")]
    assert rows[0]["file"] == "'=1+1.parquet"


def test_what_nobody_knows_is_counted_by_what_repeats_itself(
    other: str, refs: str, capsys: pytest.CaptureFixture[str], as_json: Json
) -> None:
    assert main(["count", other, "--references", refs]) == 0
    said = capsys.readouterr().out
    assert "3 repetitions" in said
    assert "No known exercise was found" in said
    answer = as_json("count", other, "--any", "--references", refs)
    assert (answer["by"], answer["reps"]) == ("repetition", 3)
    assert answer["sets"][0]["exercise"] == ""


def test_any_counts_the_known_as_well(shared: Path, refs: str, as_json: Json) -> None:
    answer = as_json("count", str(shared / "trainer-1.parquet"), "--any", "--references", refs)
    assert (answer["by"], answer["reps"]) == ("repetition", 3)


def test_without_any_references_it_counts_too(other: str, as_json: Json) -> None:
    answer = as_json("count", other)
    assert answer["reps"] == 3
    assert any("no references" in note for note in answer["notes"])


def test_another_exercise_than_the_one_asked_for(
    other: str, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["count", other, "squat", "--references", refs]) == 1
    said = capsys.readouterr()
    assert "repetition" in said.err
    assert "raise.parquet" in said.err
    assert said.out == ""


def test_nothing_to_count_is_1_with_a_reason(
    shared: Path, refs: str, place: Path, capsys: pytest.CaptureFixture[str], as_json: Json
) -> None:
    idle = str(shared / "idle.parquet")
    assert main(["count", idle, "--references", refs]) == 1
    assert "No repetition was found" in capsys.readouterr().err
    assert as_json("count", idle, "--references", refs, code=1)["reps"] == 0
    pose = read_pose(shared / "idle.parquet")
    nobody = {name: np.full_like(getattr(pose, name), np.nan) for name in ("image", "world")}
    empty = replace(pose, **nobody, people=np.zeros(len(pose), dtype=int))
    write_pose(place / "empty.parquet", empty)
    assert main(["count", "empty.parquet", "--references", refs]) == 1
    assert "Nobody was found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["missing.mp4"], 1, "no such file"),
        (["set.parquet", "squta"], 1, "Did you mean 'squat'"),
        (["set.parquet", "squat", "--any"], 2, "give one of them"),
        (["set.parquet", "--json", "--csv"], 2, "give one of them"),
        (["set.parquet", "bridge"], 2, "is held, not repeated"),
    ],
)
def test_a_users_mistake_is_one_line(
    words: list[str],
    code: int,
    said: str,
    shared: Path,
    refs: str,
    place: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (place / "refs" / "bridge").mkdir()
    held = format_exercise(Exercise("bridge", "Bridge", kind="hold"))
    (place / "refs" / "bridge" / "exercise.toml").write_text(held)
    assert main(["count", *words, "--references", refs]) == code
    error = capsys.readouterr().err
    assert said in " ".join(error.split())
    assert "Traceback" not in error


def test_an_exercise_that_cannot_judge_stops_no_other(
    shared: Path, refs: str, place: Path, as_json: Json
) -> None:
    damaged = place / "refs" / "broken"
    damaged.mkdir()
    card = (place / "refs" / "squat" / "exercise.toml").read_text()
    (damaged / "exercise.toml").write_text(card.replace('name = "squat"', 'name = "broken"'))
    source = next((place / "refs" / "squat").glob("*.parquet"))
    (damaged / source.name).write_bytes(source.read_bytes()[:-20])
    answer = as_json("count", str(shared / "set.parquet"), "--references", refs)
    assert answer["reps"] == 4
    assert any("broken was not looked for" in note for note in answer["notes"])
