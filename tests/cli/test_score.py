from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record

from dtwcoach.cli import batch, main

HEAVY = ["pandas", "scipy", "tslearn", "plotly", "cv2", "mediapipe", "jinja2", "sklearn"]


def test_score_prints_a_table_and_writes_a_report(
    shared: Path, refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(shared / "set.parquet")
    assert main(["score", "squat", file, "--references", refs, "--athlete", "Anna"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "Anna" in said.out
    assert len(re.findall(r"^ +[1-4] +0:\d\d", said.out, re.MULTILINE)) == 4
    assert "✗ wrong" in said.out
    assert "Good: " in said.out
    assert "Provisional" in said.out
    (report,) = (place / "reports").glob("*.html")
    assert str(report) in said.out


def test_score_as_json(shared: Path, refs: str, place: Path, as_json: Callable[..., Any]) -> None:
    file = str(shared / "set.parquet")
    answer = as_json("score", "squat", file, "--references", refs, "--reports", "elsewhere")
    (result,) = answer["results"]
    assert [rep["verdict"] for rep in result["reps"]][1] == "wrong"
    assert set(result["summary"]) == {"cues", "good"}
    assert [phase["phase"] for phase in result["reps"][0]["tempo"]] == [
        "way down",
        "bottom",
        "way up",
    ]
    assert result["file"] == file
    assert result["error"] is None
    assert Path(result["report"]).parent == place / "elsewhere"
    assert not answer["interrupted"]


def test_no_report_writes_nothing(shared: Path, refs: str, place: Path) -> None:
    before = sorted(place.rglob("*"))
    file = str(shared / "set.parquet")
    assert main(["score", "squat", file, "--references", refs, "--no-report"]) == 0
    assert sorted(place.rglob("*")) == before


def test_folders_from_the_environment(
    shared: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTWCOACH_REFERENCES", str(shared / "refs"))
    monkeypatch.setenv("DTWCOACH_REPORTS", str(place / "there"))
    assert main(["score", "squat", str(shared / "set.parquet")]) == 0
    assert list((place / "there").glob("*.html"))


def test_another_count_than_announced_is_noted(
    shared: Path, refs: str, as_json: Callable[..., Any]
) -> None:
    command = ["score", "squat", str(shared / "set.parquet"), "--references", refs, "--no-report"]
    (result,) = as_json(*command, "--reps", "9")["results"]
    assert any("9 repetitions were announced" in note for note in result["notes"])


def test_nothing_to_judge_is_1(shared: Path, refs: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["score", "squat", str(shared / "idle.parquet"), "--references", refs]
    assert main(command) == 1
    assert "cannot be judged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("exercise", "file", "words"),
    [
        ("squta", "set.parquet", "Did you mean 'squat'"),
        ("squat", "missing.mp4", "no such file"),
        ("squat", "text.mp4", "a text file, not a video"),
        ("squat", "empty.mp4", "empty"),
        ("squat", "https://example.org/a.mp4", "an address, not a file"),
    ],
)
def test_a_users_mistake_is_one_line(
    exercise: str,
    file: str,
    words: str,
    shared: Path,
    refs: str,
    place: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (place / "text.mp4").write_text("hello")
    (place / "empty.mp4").touch()
    command = ["score", exercise, file, "--references", refs]
    assert main(command) == 1
    said = capsys.readouterr()
    assert words in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert not (place / "reports").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_bad_file_stops_no_other(
    jobs: str,
    shared: Path,
    refs: str,
    place: Path,
    capsys: pytest.CaptureFixture[str],
    as_json: Callable[..., Any],
) -> None:
    bad = place / "bad\x1b[31m.mp4"
    bad.write_text("no video")
    files = [str(shared / "set.parquet"), str(bad), str(shared / "trainer-1.parquet")]
    command = ["score", "squat", *files, "--references", refs, "--jobs", jobs]
    assert main(command) == 1
    said = capsys.readouterr()
    assert said.out.count("Report:") == 2
    assert "1 of 3 recordings failed" in said.err
    assert "bad�[31m.mp4" in said.err
    assert "\x1b" not in said.err + said.out
    answer = as_json(*command, code=1)
    assert [bool(result["error"]) for result in answer["results"]] == [False, True, False]


def test_a_bug_in_one_file_stops_no_other_and_keeps_its_traceback(
    shared: Path,
    refs: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real = batch.load_pose

    def load(file: Path, **options: Any) -> Any:
        return 1 / 0 if "idle" in file.name else real(file, **options)

    monkeypatch.setattr(batch, "load_pose", load)
    files = [str(shared / "idle.parquet"), str(shared / "set.parquet")]
    assert main(["score", "squat", *files, "--references", refs]) == 1
    said = capsys.readouterr()
    assert "Traceback" in said.err
    assert "ZeroDivisionError" in said.err
    assert said.out.count("Report:") == 1


def test_a_disk_that_refuses_the_report_leaves_the_verdicts(
    shared: Path, refs: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "reports").write_text("a file where a folder should be")
    assert main(["score", "squat", str(shared / "set.parquet"), "--references", refs]) == 1
    said = capsys.readouterr()
    assert "wrong" in said.out
    assert "Could not write" in said.err


def test_ctrl_c_marks_what_is_missing(
    shared: Path,
    refs: str,
    monkeypatch: pytest.MonkeyPatch,
    as_json: Callable[..., Any],
) -> None:
    real = batch.load_pose

    def load(file: Path, **options: Any) -> Any:
        if "idle" in file.name:
            raise KeyboardInterrupt
        return real(file, **options)

    monkeypatch.setattr(batch, "load_pose", load)
    files = [str(shared / "set.parquet"), str(shared / "idle.parquet")]
    answer = as_json("score", "squat", *files, "--references", refs, code=130)
    assert answer["interrupted"]
    assert len(answer["results"]) == 1


def test_names_are_printed_not_obeyed(
    shared: Path, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["score", "squat", str(shared / "set.parquet"), "--references", refs]
    assert main([*command, "--athlete", "[red]Anna[/] :smile: \x1b[2J"]) == 0
    out = capsys.readouterr().out
    assert "[red]Anna[/] :smile: �[2J" in out
    assert "\x1b" not in out


def test_height_gives_centimetres(shared: Path, refs: str, as_json: Callable[..., Any]) -> None:
    command = ["score", "squat", str(shared / "set.parquet"), "--references", refs, "--no-report"]
    units = {
        cm: {
            fault["unit"]
            for rep in as_json(*command, *option)["results"][0]["reps"]
            for fault in rep["faults"]
        }
        for cm, option in ((False, ()), (True, ("--height", "170")))
    }
    assert "cm" not in units[False]
    assert "torso" not in units[True]


def test_mirrored_swaps_the_sides(shared: Path, refs: str, as_json: Callable[..., Any]) -> None:
    command = ["score", "squat", str(shared / "set.parquet"), "--references", refs, "--no-report"]
    (seen,) = as_json(*command)["results"]
    (other,) = as_json(*command, "--mirrored")["results"]
    # A squat is symmetric: the mirror image is turned back to the references' side, and said so.
    assert other["view_yaw_deg"] == pytest.approx(seen["view_yaw_deg"], abs=1)
    assert any("mirrored" in note for note in other["notes"])
    assert not any("mirrored" in note for note in seen["notes"])


def test_score_imports_nothing_heavy_and_opens_no_connection(shared: Path, refs: str) -> None:
    assert main(["calibrate", "squat", "--references", refs]) == 0  # which takes its time
    code = f"""
import socket, sys
class Refusing(socket.socket):
    def __init__(self, *args, **kwargs):
        raise RuntimeError("a connection was opened")
socket.socket = Refusing
from dtwcoach.cli import main
code = main(["score", "squat", {str(shared / "set.parquet")!r}, "--no-report",
             "--references", {refs!r}])
found = [name for name in {HEAVY!r} if name in sys.modules]
print(code, found, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"


def test_a_cached_video_is_scored_without_the_pose_model(
    shared: Path, refs: str, place: Path
) -> None:
    """The file's pose is put into the cache by hand, under what the real model's would have."""
    from dtwcoach.sources.cache import cached_pose
    from dtwcoach.sources.mediapipe import extraction_name
    from dtwcoach.sources.parquet import read_pose

    assert main(["calibrate", "squat", "--references", refs]) == 0
    video = place / "set.mp4"
    video.write_bytes(b"\x00\x00\x00\x18ftypisom and no pictures")
    pose = read_pose(shared / "set.parquet")
    cached_pose(video, extract=lambda: pose, made_by=extraction_name())
    code = f"""
import sys
from dtwcoach.cli import main
code = main(["score", "squat", {str(video)!r}, "--no-report", "--references", {refs!r}])
print(code, [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"


def test_reports_open_no_connection(
    shared: Path, refs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(socket.socket):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            raise RuntimeError("a connection was opened")

    monkeypatch.setattr("socket.socket", Refusing)
    assert main(["score", "squat", str(shared / "set.parquet"), "--references", refs]) == 0


def test_two_sets_of_one_name_get_two_reports(shared: Path, refs: str, place: Path) -> None:
    (place / "b").mkdir()
    os.link(shared / "set.parquet", place / "b" / "set.parquet")
    files = [str(shared / "set.parquet"), str(place / "b" / "set.parquet")]
    assert main(["score", "squat", *files, "--references", refs, "--jobs", "2"]) == 0
    assert len(list((place / "reports").glob("*.html"))) == 2


def test_pose_files_without_times_take_fps(
    refs: str, place: Path, capsys: pytest.CaptureFixture[str], as_json: Callable[..., Any]
) -> None:
    (place / "a.csv").write_text("class,accuracy\n")
    assert main(["score", "squat", "a.csv", "--references", refs, "--fps", "25"]) == 1
    assert "pose_x0" in " ".join(capsys.readouterr().err.split())  # the expected columns


def test_another_exercise_is_not_judged(refs: str, place: Path) -> None:
    file = record(place / "jack.parquet", seed=5, exercise="lateral_raise", reps=2)
    assert main(["score", "squat", str(file), "--references", refs]) == 1
