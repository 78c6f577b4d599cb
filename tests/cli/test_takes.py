"""A CSV of labelled takes becomes references."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from athletes import perform

from dtwcoach.cli import main
from dtwcoach.sources.take_csv import Take, append_takes

SHALLOW = {0: (("shallow", 60.0),)}


@cache
def take(label: str, *, noise: int, name: str = "squat") -> Take:
    """One squat; each with a pixel of noise of its own."""
    truth = perform("squat", 101, reps=1, faults=SHALLOW if label == "wrong" else {})
    return Take(name, label, "", truth.pose(noise_px=1, seed=noise))


@pytest.fixture
def file(place: Path) -> Path:
    """Three right and three wrong takes, in turn."""
    takes = [take("wrong" if n % 2 else "right", noise=n) for n in range(6)]
    append_takes(place / "takes.csv", takes)
    return place / "takes.csv"


def add(as_json: Callable[..., Any], *options: str, code: int = 0) -> Any:
    command = ["reference", "add", "my_squat", "takes.csv", "--frame-size", "640x480"]
    (result,) = as_json(*command, *options, code=code)["results"]
    return result


def test_every_take_gets_its_label(file: Path, as_json: Callable[..., Any]) -> None:
    added = add(as_json)["added"]
    assert sorted((info["source"], info["label"]) for info in added) == [
        (f"takes.csv take {n}", "wrong" if n % 2 == 0 else "right") for n in range(1, 7)
    ]


def test_adding_again_adds_nothing(file: Path, as_json: Callable[..., Any]) -> None:
    add(as_json)
    again = add(as_json)
    assert again["added"] == []
    assert len(again["already_there"]) == 6


def test_only_those_of_one_label(file: Path, as_json: Callable[..., Any]) -> None:
    assert {info["label"] for info in add(as_json, "--wrong")["added"]} == {"wrong"}


def test_takes_that_say_nothing_are_what_the_option_says(
    place: Path, as_json: Callable[..., Any]
) -> None:
    unlabelled = [Take("squat", "", "", take("right", noise=n).pose) for n in (1, 2)]
    append_takes(place / "takes.csv", unlabelled)
    assert [info["label"] for info in add(as_json, "--wrong")["added"]] == ["wrong", "wrong"]


def test_a_label_nobody_has_is_refused(place: Path, as_json: Callable[..., Any]) -> None:
    append_takes(place / "takes.csv", [take("right", noise=n) for n in (1, 2)])
    result = add(as_json, "--wrong", code=1)
    assert "2 takes arrived, none labelled wrong" in result["error"]


def test_a_take_in_which_nothing_happens_is_told(place: Path, as_json: Callable[..., Any]) -> None:
    still = take("right", noise=1).pose.slice(0, 20)
    append_takes(place / "takes.csv", [take("right", noise=1), Take("squat", "right", "", still)])
    result = add(as_json)
    assert len(result["added"]) == 1
    assert "takes.csv take 2: no repetition was found." in result["notes"]


def test_what_a_takes_end_cuts_off_is_no_repetition(
    place: Path, as_json: Callable[..., Any]
) -> None:
    whole = [take("right", noise=n) for n in (1, 2)]
    truth = perform("squat", 101, reps=2)
    last = truth.reps[1]
    most = last.turn + round(0.7 * (last.stop - last.turn))
    cut_off = Take("squat", "right", "", truth.pose(noise_px=1, seed=3).slice(0, most))
    append_takes(place / "takes.csv", [*whole, cut_off])
    sources = [info["source"] for info in add(as_json)["added"]]
    assert sorted(sources) == [f"takes.csv take {n}" for n in (1, 2, 3)]


def test_only_the_exercise_of_that_name(
    place: Path, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    takes = [take("right", noise=1), take("right", noise=2, name="my_squat")]
    append_takes(place / "takes.csv", takes)
    assert [info["source"] for info in add(as_json)["added"]] == ["takes.csv take 1"]
    assert main(["reference", "add", "wave", "takes.csv"]) == 1
    assert "takes of my_squat, squat arrived, none of wave" in capsys.readouterr().err


def test_calibrating_leaves_out_take_by_take(
    file: Path, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    add(as_json)
    answer = as_json("calibrate", "my_squat", "--no-report")
    assert (answer["right_reps"], answer["wrong_reps"]) == (3, 3)
    assert answer["estimates"]["balanced_accuracy"][0] == 1.0
    assert main(["calibrate", "my_squat", "--no-report"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "balanced accuracy 100%" in said
    assert "each repetition judged by a rule made from other recordings" in said
