"""`dtwcoach recognise` as people type it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_recordings import record

from dtwcoach.cli import main
from dtwcoach.live import naming
from dtwcoach.pose import PoseSequence
from dtwcoach.recognition.stream import Movement
from dtwcoach.sources.parquet import read_pose, write_pose


def test_movements_and_their_probabilities_are_told(
    shared: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = record(shared / "right.parquet", seed=7, reps=2)
    assert main(["recognise", str(file), "--references", refs]) == 0
    said = capsys.readouterr().out
    assert "right.parquet: Squat\n" in said
    rows = [line.split() for line in said.splitlines() if line.strip().startswith("0:")]
    assert [row[2:4] for row in rows] == [["Squat", "Squat"]] * 2


def test_json_has_every_class(shared: Path, refs: str, as_json: Callable[..., Any]) -> None:
    answer = as_json("recognise", str(shared / "set.parquet"), "--references", refs)
    assert answer["known"]["squat"] == "Squat"
    assert answer["sentence"] == ["squat"]
    for one in answer["movements"]:
        assert sum(one["probabilities"].values()) == pytest.approx(1.0, abs=0.002)
        assert {"squat", "none"} <= set(one["probabilities"])
        assert one["start_s"] < one["stop_s"]


def test_nothing_known_is_a_failure(
    shared: Path, place: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = record(place / "raise.parquet", seed=5, exercise="lateral_raise", reps=3)
    assert main(["recognise", str(other), "--references", refs]) == 1
    assert "Squat" not in capsys.readouterr().out.split("Probabilities")[0]
    assert main(["recognise", str(shared / "idle.parquet"), "--references", refs]) == 1
    assert "idle.parquet: no movement that is known" in capsys.readouterr().out


def test_nobody_in_the_picture_is_one_line(
    shared: Path, place: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = read_pose(shared / "idle.parquet")
    empty = PoseSequence(
        time_s=seen.time_s,
        image=np.full(seen.image.shape, np.nan),
        world=np.full(seen.world.shape, np.nan),
        confidence=np.zeros(seen.confidence.shape),
        frame_size=seen.frame_size,
        model=seen.model,
    )
    write_pose(place / "empty.parquet", empty)
    assert main(["recognise", str(place / "empty.parquet"), "--references", refs]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_without_references_it_says_so(
    shared: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(shared / "set.parquet")
    assert main(["recognise", file, "--references", str(place / "none")]) == 1
    assert "no references to recognise movements by" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [[], ["set.mp4", "--camera", "0"], ["set.mp4", "--headless"], ["--camera", "0", "--fast"]],
)
def test_a_recording_or_a_camera(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recognise", *words]) == 2
    assert "camera" in capsys.readouterr().err


def test_a_camera_names_what_it_sees(
    place: Path, monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]
) -> None:
    """The loop has tests of its own; here it is what the command asks for and says."""
    asked: dict[str, Any] = {}

    def seen(known: Any, source: Any, **how: Any) -> naming.Named:
        asked.update(how, source=source)
        shares = np.eye(len(known.classifier.classes) + 1)[known.classifier.classes.index("squat")]
        return naming.Named((Movement("squat", 1.0, 3.5, shares),), "clip.mp4", 90, 2, "asked for")

    monkeypatch.setattr(naming, "name_movements", seen)
    answer = as_json("recognise", "--camera", "clip.mp4", "--fast", "--headless", "--mirrored")
    assert answer["sentence"] == ["squat"]
    assert answer["movements"][0]["probabilities"]["squat"] == 1.0
    assert asked["source"] == Path("clip.mp4")
    assert (asked["paced"], asked["mirrored"], asked["window"]) == (False, True, None)
