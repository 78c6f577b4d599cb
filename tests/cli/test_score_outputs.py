"""What `score` writes beside its page, what it refuses, and what a failure leaves standing."""

from __future__ import annotations

import csv
import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dtwcoach.cli import batch, main, outputs
from dtwcoach.errors import SourceError, StorageError
from dtwcoach.report import page

PLAIN = ("--no-report",)


@pytest.fixture
def video(shared: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that starts as a video does; its pose comes from a pose file."""
    from dtwcoach.sources.parquet import read_pose

    file = place / "set.mp4"
    file.write_bytes(b"\x00\x00\x00\x18ftypisom and no pictures")
    monkeypatch.setattr(batch, "load_pose", lambda *_, **__: read_pose(shared / "set.parquet"))
    return file


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """In place of drawing pictures: remembers what it was asked for."""
    from dtwcoach import film as real

    asked = SimpleNamespace(film=None, stills=None)

    def write_film(assessment: Any, video: Path, out: Path, **options: Any) -> Path:
        asked.film = (assessment.recording is not None, video.name, options)
        options["progress"](0.5)
        out.write_bytes(b"film")
        return out

    def stills(assessment: Any, video: Path, **options: Any) -> dict[tuple[int, int], bytes]:
        asked.stills = (assessment.recording is not None, video.name, options)
        return {(2, 0): b"jpeg"}

    monkeypatch.setattr(real, "write_film", write_film)
    monkeypatch.setattr(real, "stills", stills)
    return asked


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """In place of writing reports: remembers what they were to show."""
    asked: list[dict[str, Any]] = []

    def write(assessment: Any, path: Path, **options: Any) -> Path:
        asked.append(options)
        path.parent.mkdir(exist_ok=True)
        path.write_text("page")
        return path

    monkeypatch.setattr(page, "write_report", write)
    return asked


def score(*arguments: str | Path) -> int:
    return main(["score", "squat", *map(str, arguments)])


def test_one_table_over_all_recordings(shared: Path, refs: str, place: Path) -> None:
    import pyarrow.parquet as pq

    files = [shared / "set.parquet", shared / "trainer-1.parquet"]
    wanted = ["--csv", "all.csv", "--parquet", "all.parquet"]
    assert score(*files, "--references", refs, "--athlete", "=Anna", *wanted, *PLAIN) == 0
    with (place / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["source"] for row in rows] == [str(files[0])] * 4 + [str(files[1])] * 3
    assert [row["rep"] for row in rows] == ["1", "2", "3", "4", "1", "2", "3"]
    assert rows[0]["athlete"] == "'=Anna"
    assert float(rows[0]["rom_left_knee_deg"]) > 60
    table = pq.read_table(place / "all.parquet").to_pydict()
    assert table["rep"] == [1, 2, 3, 4, 1, 2, 3]
    assert table["verdict"] == [row["verdict"] for row in rows]
    assert table["athlete"] == ["=Anna"] * 7


def test_all_is_in_the_order_of_the_files_whichever_is_ready_first(
    shared: Path,
    refs: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    as_json: Callable[..., Any],
) -> None:
    def backwards(tasks: list[batch.Task], **_: Any) -> Iterator[batch.Outcome]:
        yield from (batch.judge_file(task, lambda _: None) for task in reversed(tasks))

    monkeypatch.setattr("dtwcoach.cli.score.judge_files", backwards)
    files = [str(shared / f"{name}.parquet") for name in ("idle", "trainer-1", "set")]
    options = ["--references", refs, "--csv", "all.csv", *PLAIN]
    answer = as_json("score", "squat", *files, *options, code=1)  # nothing is done in "idle"
    assert [result["file"] for result in answer["results"]] == files
    sources = [line.split(",")[0] for line in (place / "all.csv").read_text().splitlines()[1:]]
    assert list(dict.fromkeys(sources)) == files[1:]


def test_a_table_that_cannot_be_written_is_a_failure(
    shared: Path,
    refs: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: Any) -> None:
        raise StorageError("Could not write: no space left")

    monkeypatch.setattr("dtwcoach.storage.write_atomically", full)
    wanted = ["--references", refs, "--csv", "all.csv", *PLAIN]
    assert score(shared / "set.parquet", *wanted) == 1
    said = capsys.readouterr()
    assert "no space left" in said.err
    assert "Table:" not in said.out


def test_json_names_what_was_written(
    shared: Path, refs: str, place: Path, as_json: Callable[..., Any]
) -> None:
    wanted = ["--csv", "all.csv", "--opensim", "os", *PLAIN]
    answer = as_json("score", "squat", str(shared / "set.parquet"), "--references", refs, *wanted)
    assert answer["exports"] == [str(place / "all.csv")]
    (result,) = answer["results"]
    assert result["exports"] == [str(place / "os" / "set.trc"), str(place / "os" / "set.mot")]
    assert result["report"] is None
    assert set(result["reps"][0]) > {"rep", "rom_deg", "features", "tempo"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_opensim_files_of_each_recording(jobs: str, shared: Path, refs: str, place: Path) -> None:
    (place / "b").mkdir()
    (place / "b" / "SET.parquet").write_bytes((shared / "trainer-1.parquet").read_bytes())
    files = [shared / "set.parquet", place / "b" / "SET.parquet"]
    wanted = ["--opensim", "os", "--height", "170", "--jobs", jobs, *PLAIN]
    assert score(*files, "--references", refs, *wanted) == 0
    names = sorted(path.name for path in (place / "os").iterdir())
    assert names == ["SET-2.mot", "SET-2.trc", "set.mot", "set.trc"]
    assert "a height of 170 cm" in (place / "os" / "set.mot").read_text()


def test_a_scale_that_is_a_guess_is_said(
    shared: Path, refs: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dtwcoach.exports import opensim

    guess = opensim.Scale(500.0, "an assumed torso of 0.5 m", assumed=True)
    monkeypatch.setattr(opensim, "scale_of", lambda *_, **__: guess)
    wanted = ["--references", refs, "--opensim", "os", *PLAIN]
    assert score(shared / "set.parquet", *wanted) == 0
    assert "an assumed torso of 0.5 m" in capsys.readouterr().err


def test_stems_differ_also_where_case_is_ignored(place: Path) -> None:
    files = [Path("a/set.mp4"), Path("b/SET.mov"), Path("set-2.mp4"), Path("a/set.mp4"), Path()]
    assert list(outputs.stems(files).values()) == ["set", "SET-2", "set-2-2", place.stem]
    twins = [Path("caf\u00e9.mp4"), Path("b/Cafe\u0301.mp4")]
    assert list(outputs.stems(twins).values()) == ["caf\u00e9", "Cafe\u0301-2"]


def test_a_film_of_one_recording(
    video: Path, refs: str, place: Path, film: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["--video", "out.webm", "--beside", "--mirrored", *PLAIN]
    assert score(video, "--references", refs, *wanted) == 0
    kept, name, options = film.film
    assert kept
    assert name == "set.mp4"
    assert options["beside"] is options["mirrored"] is True
    assert f"Video: {place / 'out.webm'}" in capsys.readouterr().out
    assert film.stills is None


def test_no_picture_leaves_the_video_unasked(
    video: Path, refs: str, film: SimpleNamespace, pages: list[dict[str, Any]]
) -> None:
    assert score(video, "--references", refs) == 0
    assert film.film is film.stills is None
    assert pages == [{"stills": None, "plotly": "inline"}]


def test_pictures_and_script_reach_the_report(
    video: Path, refs: str, film: SimpleNamespace, pages: list[dict[str, Any]]
) -> None:
    assert score(video, "--references", refs, "--frames", "--plotly", "directory") == 0
    assert film.stills == (True, "set.mp4", {"mirrored": False})
    assert pages == [{"stills": {(2, 0): b"jpeg"}, "plotly": "directory"}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--csv", "all.txt"], "ends in .csv"),
        (["--parquet", "all.csv"], "ends in .parquet"),
        (["--video", "out.mp4"], "ends in .webm"),
        (["--csv", "nowhere/all.csv"], "there is no folder nowhere"),
        (["--video", "nowhere/out.webm"], "there is no folder nowhere"),
        (["--opensim", "nowhere/os"], "there is no folder nowhere"),
        (["--opensim", "file"], "needed a folder"),
        (["--csv", "folder.csv"], "needed the name of a file"),
        (["--parquet", "link.parquet"], "the recording itself"),
        (["--beside"], "--video FILE.webm"),
        (["--frames", "--no-report"], "--no-report"),
        (["--video", "out.webm"], "holds poses only"),
        (["--frames"], "holds poses only"),
        (["again.parquet", "--video", "out.webm"], "2 arrived"),
        (["--plotly", "elsewhere"], "invalid choice"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    options: list[str],
    words: str,
    shared: Path,
    refs: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (place / "file").touch()
    (place / "folder.csv").mkdir()
    (place / "link.parquet").symlink_to(shared / "set.parquet")
    monkeypatch.setattr(batch, "load_pose", lambda *_, **__: pytest.fail("it began to work"))
    before = sorted(place.rglob("*"))
    assert score(shared / "set.parquet", *options, "--references", refs) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert sorted(place.rglob("*")) == before


def test_a_failed_export_leaves_the_others(
    video: Path,
    refs: str,
    place: Path,
    film: SimpleNamespace,
    pages: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise SourceError("the pictures are gone")

    monkeypatch.setattr("dtwcoach.film.write_film", fails)
    monkeypatch.setattr("dtwcoach.film.stills", fails)
    monkeypatch.setattr("dtwcoach.report.tables.parquet_bytes", lambda _: 1 / 0)
    wanted = ["--video", "out.webm", "--frames", "--csv", "a.csv", "--parquet", "a.parquet"]
    assert score(video, "--references", refs, *wanted, "--opensim", "os") == 1
    said = capsys.readouterr()
    assert said.err.count("the pictures are gone") == 2
    assert "ZeroDivisionError" in said.err
    assert "✗ wrong" in said.out
    assert "Video:" not in said.out
    assert pages[0]["stills"] is None
    made = {path.name for path in place.rglob("*") if path.suffix not in (".toml", ".html")}
    assert {"a.csv", "set.trc", "set.mot"} <= made
    assert not {"a.parquet", "out.webm"} & made


def test_a_failed_export_is_in_the_json(
    shared: Path,
    refs: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    as_json: Callable[..., Any],
) -> None:
    (place / "os").mkdir()
    (place / "os" / "set.trc").mkdir()  # where a file should go
    command = ["score", "squat", str(shared / "set.parquet"), "--references", refs, *PLAIN]
    (result,) = as_json(*command, "--opensim", "os", code=1)["results"]
    assert "Could not write" in result["error"]
    assert len(result["reps"]) == 4


def test_ctrl_c_keeps_the_rows_so_far(
    shared: Path, refs: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch.load_pose

    def load(file: Path, **options: Any) -> Any:
        if "idle" in file.name:
            raise KeyboardInterrupt
        return real(file, **options)

    monkeypatch.setattr(batch, "load_pose", load)
    files = [shared / "set.parquet", shared / "idle.parquet"]
    wanted = ["--references", refs, "--csv", "all.csv", *PLAIN]
    assert score(*files, *wanted) == 130
    assert len((place / "all.csv").read_text().splitlines()) == 5
    assert score(*reversed(files), *wanted) == 130  # before anything was judged
    assert len((place / "all.csv").read_text().splitlines()) == 5


@pytest.mark.parametrize("options", [[], ["--opensim", "os"]])
def test_of_what_is_written_only_rows_are_kept(
    options: list[str], shared: Path, refs: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand recordings must fit: before the third is judged, the first must be gone."""
    alive: list[weakref.ref[Any]] = []
    most = 0
    real = batch.judge_file

    def judge(*arguments: Any) -> batch.Outcome:
        nonlocal most
        gc.collect()
        most = max(most, sum(ref() is not None for ref in alive))
        outcome = real(*arguments)
        assert outcome.assessment is not None
        assert (outcome.assessment.recording is not None) is bool(options)
        alive.append(weakref.ref(outcome.assessment))
        return outcome

    monkeypatch.setattr(batch, "judge_file", judge)
    files = [shared / f"trainer-{number}.parquet" for number in (1, 2, 3)]
    assert score(*files, shared / "set.parquet", "--references", refs, *PLAIN, *options) == 0
    assert len(alive) == 4
    assert most <= 1
