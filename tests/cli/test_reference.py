from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from athletes import filmed
from cli_recordings import record

from dtwcoach.cli import main
from dtwcoach.sources.parquet import write_pose


def test_adding_a_new_exercise(
    shared: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(shared / "trainer-1.parquet")
    assert main(["reference", "add", "my_squat", file, "--person", "Maria"]) == 0
    said = capsys.readouterr()
    assert "3 right repetitions added" in said.out
    assert "a new exercise" in said.out
    assert "Next: dtwcoach calibrate my_squat" in said.out
    toml = (place / "references" / "my_squat" / "exercise.toml").read_text()
    assert 'title = "My squat"' in toml
    assert len(list((place / "references" / "my_squat").glob("*.parquet"))) == 3


@pytest.mark.parametrize(
    ("drawn", "option", "said", "took_s"),
    [
        ("plank", ["--hold"], 'kind = "hold"', [5.5]),
        ("high_knees", ["--sides", "each"], 'sides = "each"', [1.4] * 4),
        ("high_knees", ["--sides", "pair"], 'sides = "pair"', [3.8] * 2),
    ],
)
def test_holds_and_sides_are_cut_as_the_new_exercise_says(
    place: Path,
    as_json: Callable[..., Any],
    drawn: str,
    option: list[str],
    said: str,
    took_s: list[float],
) -> None:
    how = {"reps": 1, "hold_s": 5.0} if drawn == "plank" else {"reps": 4}
    write_pose(place / "take.parquet", filmed(drawn, 101, **how))
    (result,) = as_json("reference", "add", "fresh", "take.parquet", *option)["results"]
    assert said in (place / "references" / "fresh" / "exercise.toml").read_text()
    cut = [info["stop_s"] - info["start_s"] for info in result["added"]]
    assert cut == pytest.approx(took_s, abs=0.4)


def test_adding_twice_adds_once(shared: Path, refs: str, as_json: Callable[..., Any]) -> None:
    command = ["reference", "add", "squat", str(shared / "trainer-2.parquet"), "--person", "P2"]
    (result,) = as_json(*command, "--references", refs)["results"]
    assert result["added"] == []
    assert len(result["already_there"]) == 3


def test_few_repetitions_are_warned_about(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = record(place / "two.parquet", seed=4, reps=2)
    assert main(["reference", "add", "squat2", str(file)]) == 0
    assert "Only 2 right repetitions; needed at least 3" in " ".join(
        capsys.readouterr().err.split()
    )


def test_wrong_ones_get_their_label(shared: Path, refs: str, as_json: Callable[..., Any]) -> None:
    command = ["reference", "add", "squat", str(shared / "set.parquet"), "--wrong"]
    (result,) = as_json(*command, "--references", refs)["results"]
    assert {info["label"] for info in result["added"]} == {"wrong"}
    assert as_json("calibrate", "squat", "--references", refs)["wrong_reps"] == 4


def test_one_bad_recording_stops_no_other(
    shared: Path, place: Path, as_json: Callable[..., Any]
) -> None:
    (place / "text.mp4").write_text("hello")
    files = [str(place / "missing.mp4"), str(place / "text.mp4")]
    files.append(str(shared / "trainer-1.parquet"))
    answer = as_json("reference", "add", "new", *files, code=1)
    assert [bool(result["error"]) for result in answer["results"]] == [True, True, False]
    assert len(answer["results"][2]["added"]) == 3


def test_list_show_relabel_trim_remove(refs: str, as_json: Callable[..., Any]) -> None:
    where = ("--references", refs)
    infos = as_json("reference", "list", "squat", *where)["squat"]
    assert len(infos) == 9
    first = infos[0]["id"]

    assert as_json("reference", "show", "squat", first[:6], *where)["id"] == first
    shown = as_json("reference", "show", "squat", *where)
    assert shown["right"] == 9
    assert shown["people"] == 3

    changed = as_json("reference", "relabel", "squat", first, "wrong", *where)
    assert changed["label"] == "wrong"
    assert as_json("reference", "show", "squat", *where)["wrong"] == 1

    trimmed = as_json("reference", "trim", "squat", infos[1]["id"], "0.1", "2.2", *where)
    assert trimmed["start_s"] > infos[1]["start_s"]

    answer = as_json("reference", "remove", "squat", first, trimmed["id"], *where)
    assert answer["left"] == 7


def test_an_unknown_id_changes_nothing(
    refs: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--references", refs)
    first = as_json("reference", "list", "squat", *where)["squat"][0]["id"]
    for command in (["remove", "squat", first, "zzz"], ["show", "squat", ""]):
        assert main(["reference", *command, *where]) == 1
        assert "needed exactly one" in " ".join(capsys.readouterr().err.split())
    assert len(as_json("reference", "list", "squat", *where)["squat"]) == 9


def test_export_and_import(refs: str, place: Path, as_json: Callable[..., Any]) -> None:
    file = as_json("reference", "export", "squat", "mail", "--references", refs)["file"]
    assert Path(file) == place / "mail.dtwcoach"
    answer = as_json("reference", "import", file, "--references", "others")
    assert answer["exercise"] == "squat"
    assert len(answer["added"]) == 9
    assert as_json("reference", "import", file, "--references", "others")["added"] == []


def test_importing_what_is_no_archive(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "x.dtwcoach").write_text("hello")
    assert main(["reference", "import", "x.dtwcoach"]) == 1
    assert "not a readable dtwcoach archive" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("action", [["list"], ["list", "squat"], ["show", "squat"]])
def test_tables_for_people(
    action: list[str], refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reference", *action, "--references", refs]) == 0
    assert "squat" in capsys.readouterr().out


def test_exercises(
    refs: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {row["name"]: row for row in as_json("exercises", "--references", refs)}
    assert rows["squat"]["right"] == 9
    assert not rows["squat"]["starter"]
    assert main(["exercises", "squat", "--references", refs]) == 0
    card = capsys.readouterr().out
    assert "how to film it" in card
    assert "distance" in card
    assert as_json("exercises", "squat", "--references", refs)["film"]["distance_m"] > 0


def test_features_are_listed(as_json: Callable[..., Any]) -> None:
    names = [feature["name"] for feature in as_json("exercises", "--features")]
    assert "left_knee_angle" in names
