"""`dtwcoach evaluate` as people type it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record

from dtwcoach.cli import main
from dtwcoach.sources.parquet import read_pose
from dtwcoach.sources.take_csv import Take, append_takes

KINDS = ("squat", "biceps_curl")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes, three people."""
    folder = tmp_path_factory.mktemp("evaluate") / "clips"
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        for seed in (1, 2, 4):
            record(folder / kind / f"p{seed}_{kind}.parquet", seed=seed, exercise=kind, reps=2)
    return folder


def test_figures_are_printed_and_a_page_is_written(
    clips: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(clips)]) == 0
    said = capsys.readouterr().out
    assert "clips: 100 % of 6 clips right" in said
    assert "Left out: one person at a time; no person is on both sides." in said
    assert "squat 3 100 % 100 % 100 %" in " ".join(said.split())
    (page,) = (place / "reports").glob("*-clips-evaluation.html")
    assert "100 % of 6 clips recognised" in page.read_text()
    assert str(page) in said


def test_json_has_the_matrix_and_every_prediction(clips: Path, as_json: Callable[..., Any]) -> None:
    answer = as_json("evaluate", str(clips), "--split", "file", "--folds", "3", "--no-report")
    assert answer["split"] == "Left out: 3 parts of the 6 files; no file is on both sides."
    assert answer["accuracy"] == 1.0 and answer["page"] is None
    assert [one["predicted"] for one in answer["classes"]] == [
        {"biceps_curl": 3, "squat": 0, "none": 0}, {"biceps_curl": 0, "squat": 3, "none": 0},
    ]  # fmt: skip
    assert {one["person"] for one in answer["predictions"]} == {"p1", "p2", "p4"}


def test_a_table_of_takes_is_evaluated(
    clips: Path, place: Path, as_json: Callable[..., Any]
) -> None:
    takes = [
        Take(kind, "right", str(number), read_pose(path))
        for kind in KINDS
        for number, path in enumerate(sorted((clips / kind).iterdir()))
    ]
    append_takes(place / "takes.csv", takes)
    answer = as_json("evaluate", str(place / "takes.csv"), "--frame-size", "640x480", "--no-report")
    assert answer["clips"] == 6
    assert "file" in answer["split"]
    assert answer["accuracy"] >= 5 / 6


def test_what_cannot_be_read_is_passed_over(
    clips: Path, place: Path, as_json: Callable[..., Any]
) -> None:
    import shutil

    shutil.copytree(clips, place / "copy")
    (place / "copy" / "squat" / "p1_empty.mp4").write_bytes(b"")
    answer = as_json("evaluate", str(place / "copy"), "--no-report")
    assert answer["clips"] == 6
    assert len(answer["left_out"]) == 1
    assert answer["left_out"][0].startswith("squat/p1_empty.mp4: ")


def test_a_folder_without_classes_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "empty").mkdir()
    assert main(["evaluate", str(place / "empty")]) == 1
    assert "one sub-folder" in capsys.readouterr().err
    assert main(["evaluate", str(place / "none")]) == 1
