"""Recording from the command line: blank films for cameras, poses that are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from athletes import filmed
from feeding import person_at

from dtwcoach.cli import main
from dtwcoach.record import session
from dtwcoach.sources.mediapipe import Sighting, model_name
from dtwcoach.sources.parquet import write_pose
from dtwcoach.sources.take_csv import read_takes
from dtwcoach.sources.video import Frame, open_writer

POSE = filmed("squat", 101, reps=3, lead_in_s=1.0)
END_S = len(POSE) / 30


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many blank pictures as the pose has frames."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    with open_writer(path, fps=30.0, size=(640, 480)) as writer:
        for _ in range(len(POSE)):
            writer.write(np.zeros((480, 640, 3), np.uint8))
    return path


@pytest.fixture(autouse=True)
def tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tracker that knows the pose."""

    class Known:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, frame: Frame) -> Sighting:
            return Sighting(frame.time_s, {}, person_at(POSE, frame.index), 1)

    monkeypatch.setattr(session, "PoseTracker", Known)


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> dict[int, Any]:
    """Keys by the second at which they are pressed, in a window that is none."""
    keys: dict[int, Any] = {}

    class Scripted:
        def __init__(self, title: str, *, keys: object) -> None:
            self.shown = 0

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def show(self, picture: object) -> str:
            self.shown += 1
            wish = keys.get(self.shown / 30, "")
            if not isinstance(wish, str):
                raise wish
            return wish

        def linger(self, seconds: float) -> None:
            pass

    monkeypatch.setattr("dtwcoach.live.window.Window", Scripted)
    return keys


def test_a_whole_file_gives_what_adding_it_gives(film: Path, as_json: Callable[..., Any]) -> None:
    command = ["--camera", str(film), "--all", "right", "--person", "P1"]
    answer = as_json("record", "my_squat", *command)
    write_pose(Path("film.parquet"), POSE)
    (added,) = as_json("reference", "add", "other", "film.parquet")["results"]
    cut = [
        sorted((info["start_s"], info["turn_s"], info["stop_s"]) for info in infos)
        for infos in (answer["added"], added["added"])
    ]
    assert len(cut[0]) == 3
    np.testing.assert_allclose(cut[0], cut[1], atol=0.04)
    assert {(i["source"], i["person"], i["label"], i["model"]) for i in answer["added"]} == {
        ("film.avi", "P1", "right", model_name())
    }
    assert answer["ended"] == "the file is over"
    assert Path(answer["page"]).is_file()
    again = as_json("record", "my_squat", *command)
    assert again["added"] == []
    assert len(again["already_there"]) == 3


def test_takes_by_themselves(film: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = f"{(END_S - 1) / 2:.2f}"
    command = ["record", "my_squat", "--camera", str(film), "--fast", "--headless", "--takes", "2"]
    command += ["--seconds", seconds, "--break", "0.3", "--label", "wrong"]
    command += ["--csv", "takes.csv", "--keep-video", "--no-report"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "2 takes kept: 0 right, 2 wrong" in said
    assert "a new exercise" in said
    assert len(list((place / "recordings").glob("my_squat-*-take-?.webm"))) == 2
    takes = read_takes(place / "takes.csv")
    assert [(take.name, take.label, take.number) for take in takes] == [
        ("my_squat", "wrong", "1"), ("my_squat", "wrong", "2"),
    ]  # fmt: skip


def test_takes_by_hand(film: Path, press: dict[int, Any], as_json: Callable[..., Any]) -> None:
    press |= {1 / 30: "right", 9.0: "stop", 10.0: "wrong", 10.5: "stop", 11.0: "undo"}
    command = ["record", "my_squat", "--camera", str(film), "--fast", "--countdown", "0.2"]
    answer = as_json(*command, "--no-report")
    assert [take["label"] for take in answer["takes"]] == ["right"]
    assert len(answer["added"]) >= 1
    assert answer["takes"][0]["source"].startswith("record 20")
    assert answer["takes"][0]["source"].endswith(" take 1")
    assert answer["page"] is None


def test_ctrl_c_keeps_what_is_finished(
    film: Path, press: dict[int, Any], place: Path, as_json: Callable[..., Any]
) -> None:
    press |= {1 / 30: "right", 9.0: "stop", 9.5: "wrong", 11.0: KeyboardInterrupt}
    command = ["record", "my_squat", "--camera", str(film), "--fast", "--countdown", "0.2"]
    answer = as_json(*command, "--no-report", code=130)
    assert len(answer["added"]) >= 1
    assert answer["dropped"][0].startswith("take 2 (wrong) after 1.")
    assert len(list((place / "references" / "my_squat").glob("*.parquet"))) >= 1


def test_takes_in_which_nothing_happens(
    film: Path, press: dict[int, Any], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    press |= {1 / 30: "right", 0.9: "stop", 1.0: "end"}
    command = ["record", "my_squat", "--camera", str(film), "--fast", "--countdown", "0"]
    assert main(command) == 1
    said = capsys.readouterr()
    assert "1 take kept" in said.out
    assert "no repetition was found, so nothing was added" in " ".join(said.err.split())
    assert not (place / "references").exists()


def test_nothing_recorded(
    film: Path, press: dict[int, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    press |= {0.5: "end"}
    assert main(["record", "my_squat", "--camera", str(film), "--fast"]) == 1
    assert "0 takes kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--all", "right"], "--all takes the whole of a file"),
        (["--camera", "a.mp4", "--all", "right", "--takes", "2"], "needed one of them"),
        (["--label", "wrong"], "--label belongs to --takes"),
        (["--headless"], "--headless leaves no keys"),
        (["--fast", "--takes", "2"], "a camera sets its own pace"),
        (["--takes", "2", "--csv", "a.txt"], "ends in .csv"),
        (["--takes", "2", "--save", "a.mp4"], "ends in .webm"),
        (["--takes", "0"], "needed a whole number from 1"),
        (["--seconds", "nan"], "needed seconds from 0.5"),
    ],
)
def test_misuse(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "my_squat", *options]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_table_of_something_else_is_refused_before_anybody_moves(
    film: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "a.csv").write_text("name,age\nAnna,30\n")
    command = ["record", "my_squat", "--camera", str(film), "--all", "right", "--csv", "a.csv"]
    assert main(command) == 1
    assert "a header without class" in " ".join(capsys.readouterr().err.split())
    assert (place / "a.csv").read_text() == "name,age\nAnna,30\n"
    assert not (place / "references").exists()


def test_without_a_camera(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["record", "my_squat", "--camera", "99", "--takes", "1", "--headless"]
    assert main(command) == 1
    assert "camera 99: could not be opened" in " ".join(capsys.readouterr().err.split())
