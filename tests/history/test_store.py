"""The history's file: kept once, whole or not at all, of our kind, and forgotten for good."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from report_examples import make_set
from report_history import START, judged

from dtwcoach.errors import StorageError
from dtwcoach.history import store
from dtwcoach.history.store import (
    History,
    NewSet,
    StoredWorkout,
    history_file,
    recording_id,
)
from dtwcoach.report.summary import read_summary, script_text, summary_of

WRITER = """
import sys
from pathlib import Path
from dtwcoach.history.store import History, NewSet
import json
summary = json.loads(sys.argv[2])
history = History(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[4]), int(sys.argv[5])):
    history.add([NewSet(summary, f"{sys.argv[3]}{number}-{half}") for half in "ab"])
    print(number, flush=True)
"""


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "data" / "history.sqlite")


def new(signs: str = "++-", *, day: int = 0, recording: str = "r", **about: Any) -> NewSet:
    """A set by its verdicts, so many days after the first."""
    about = {"athlete": "Anna", **about}
    return NewSet(summary_of(judged(signs, **about), START + timedelta(days=day)), recording)


def writer(file: Path, name: str, first: int, stop: int) -> subprocess.Popen[str]:
    """A process that keeps pairs of sets one after the other, and says the number of each."""
    summary = json.dumps(new().summary)
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), summary, name, str(first), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_made_by_looking(history: History) -> None:
    assert history.sets() == history.workouts() == ()
    assert history.count("Anna") == (0, 0)
    history.forget("Anna")
    assert not history.file.parent.exists()


def test_a_set_comes_back_as_its_report_tells_it(history: History, tmp_path: Path) -> None:
    kept = new("+-?", recording="abc")
    page = tmp_path / "page.html"
    element = f'<script type="application/json" id="summary">{script_text(kept.summary)}</script>'
    page.write_text(element)
    history.add([replace(kept, report=page)])
    (stored,) = history.sets("Anna")
    assert stored.summary == read_summary(page)
    assert (stored.recording, stored.summary.path) == ("abc", page)


def test_the_same_recording_again_takes_the_place_and_keeps_the_date(history: History) -> None:
    history.add([new("---", day=1)])
    history.add([new("+++", day=9)])
    (stored,) = history.sets("Anna")
    assert (stored.summary.right, stored.summary.date) == (3, START + timedelta(days=1))


def test_other_recordings_exercises_and_people_stay(history: History) -> None:
    history.add([new()])
    history.add([new(recording="other", day=-1)])
    history.add([new(exercise="lunge"), new(athlete="Ben")])
    assert [one.summary.exercise for one in history.sets("Anna")] == ["squat", "squat", "lunge"]
    assert [one.recording for one in history.sets("Anna")] == ["other", "r", "r"]
    assert len(history.sets()) == 4


def test_parts_of_one_recording_are_kept_together(history: History) -> None:
    for _ in range(2):
        history.add([new("+"), new("-")])
    assert [one.summary.right for one in history.sets("Anna")] == [1, 0]


@pytest.mark.parametrize("name", ["Zoë", "Zoe\u0308", "ZOË ", "zoë"])
def test_a_person_is_one_however_spelt(history: History, name: str) -> None:
    history.add([new(athlete="Zoë")])
    assert len(history.sets(name)) == 1


@pytest.mark.parametrize("name", ["a\0b", "\udcff", "'; DROP TABLE sets; --", "<b>", "x" * 500])
def test_a_name_is_data(history: History, name: str) -> None:
    history.add([new(athlete=name)])
    (stored,) = history.sets(name)
    assert stored.summary.athlete == name[:200]
    history.forget(name)
    assert history.sets() == ()


def test_a_workout_is_kept_once(history: History) -> None:
    done = StoredWorkout("Monday", "Anna", START, 20, 24)
    history.add([new()], workout=done, plan="p")
    history.add([new()], workout=replace(done, points=21), plan="p")
    history.add([], workout=replace(done, athlete="Ben"), plan="p")
    assert history.workouts("anna") == (replace(done, points=21),)
    assert len(history.workouts()) == 2
    assert len(history.sets()) == 1


def test_all_of_one_addition_or_nothing(history: History) -> None:
    history.add([new("+")])
    broken = NewSet({**new().summary, "score": float("nan")}, "s")
    with pytest.raises(ValueError, match="JSON"):
        history.add([new("---"), broken])
    assert [one.summary.right for one in history.sets()] == [1]


def test_forgetting_leaves_no_byte(history: History) -> None:
    names = ("Zoë Quix", "Zo\\u00eb Quix", "Quix", "quix")
    for day in range(12):
        report = Path(f"zoe-quix-{day}.html")
        history.add([replace(new(athlete="Zoë Quix", recording=f"{day}"), report=report)])
        history.add([new(athlete="Ben", recording=f"{day}")])
    history.add([], workout=StoredWorkout("Quix' day", "Zoë Quix", START, 1, 1), plan="p")
    assert b"Quix" in history.file.read_bytes()
    history.forget("zoë quix")
    left = b"".join(path.read_bytes() for path in history.file.parent.iterdir())
    assert [name for name in names if name.encode() in left] == []
    assert history.count("Zoë Quix") == (0, 0)
    assert len(history.sets("Ben")) == 12


def test_forgetting_says_when_another_still_reads(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_S", 0.05)
    history.add([new()])
    other = sqlite3.connect(history.file, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM sets").fetchone()
    with pytest.raises(StorageError, match=r"another program|locked"):
        history.forget("Anna")
    other.close()
    history.forget("Anna")
    assert b"Anna" not in b"".join(p.read_bytes() for p in history.file.parent.iterdir())


def test_a_killed_writer_leaves_whole_sets(history: History) -> None:
    said = 0
    for round_ in range(4):
        process = writer(history.file, f"k{round_}-", 0, 10_000)
        assert process.stdout is not None
        for _ in range(3 + 4 * round_):
            process.stdout.readline()
            said += 1
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        kept = [one.recording[:-2] for one in history.sets()]
        assert all(kept.count(name) == 2 for name in set(kept))  # both halves of every pair
        assert len(set(kept)) >= said - round_ - 1  # the first line of each only says "ready"
    history.add([new(recording="after")])
    assert history.sets()[-1]


def test_two_writers_at_once_are_both_kept(history: History) -> None:
    processes = [writer(history.file, name, 0, 15) for name in "ab"]
    assert [process.wait() for process in processes] == [0, 0]
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    assert len(history.sets()) == 60


def test_a_damaged_file_is_named(history: History) -> None:
    for number in range(30):
        history.add([new(recording=str(number))])
    data = bytearray(history.file.read_bytes())
    data[8192:8292] = bytes(100)  # where a page begins
    history.file.write_bytes(data)
    with pytest.raises(StorageError, match=r"history\.sqlite is damaged"):
        history.sets()
    with pytest.raises(StorageError, match=r"history\.sqlite is damaged"):
        history.add([new()])
    history.file.write_bytes(b"no data base" * 99)
    with pytest.raises(StorageError, match=r"history\.sqlite is damaged: file is not a database"):
        history.sets()


def test_a_changed_letter_is_seen_and_can_be_forgotten(history: History) -> None:
    history.add([new()])
    history.file.write_bytes(history.file.read_bytes().replace(b'"right":2', b'"right":3'))
    with pytest.raises(StorageError, match="row 1 of its sets is not what was written"):
        history.sets()
    assert history.count("Anna") == (1, 0)
    history.forget("Anna")
    assert history.sets() == ()


def test_files_of_newer_and_of_other_programs_are_left(history: History) -> None:
    history.add([new()])
    with sqlite3.connect(history.file) as base:
        base.execute("PRAGMA user_version = 2")
    base.close()
    with pytest.raises(StorageError, match="newer dtwcoach .version 2, this one knows 1"):
        history.add([new()])
    history.file.unlink()
    with sqlite3.connect(history.file) as base:
        base.execute("CREATE TABLE songs (name TEXT)")
    base.close()
    before = history.file.read_bytes()
    for use in (history.sets, lambda: history.add([new()])):
        with pytest.raises(StorageError, match="another program, so it stays"):
            use()
    assert history.file.read_bytes() == before


def test_an_empty_file_is_begun(history: History) -> None:
    history.file.parent.mkdir()
    history.file.touch()
    assert history.sets() == ()
    history.add([new()])
    assert len(history.sets()) == 1


def test_a_full_disk_keeps_what_was_there(history: History) -> None:
    pytest.importorskip("resource")  # which Windows lacks
    history.add([new()])
    size = history.file.stat().st_size
    code = (
        "import sys, resource, json; from pathlib import Path\n"
        "from dtwcoach.errors import StorageError\n"
        "from dtwcoach.history.store import History, NewSet\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "sets = [NewSet(json.loads(sys.argv[2]), str(n)) for n in range(200)]\n"
        "try: History(Path(sys.argv[1])).add(sets)\n"
        "except StorageError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code, str(history.file), json.dumps(new().summary)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "history.sqlite: " in said
    assert "What was in it before is intact" in said
    assert len(history.sets()) == 1


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    history = History(tmp_path / "file" / "sub" / "history.sqlite")
    with pytest.raises(StorageError, match=r"Could not create .*sub: Not a directory"):
        history.add([new()])


def test_a_folder_nobody_may_write_to_is_read(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.add([new()])
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert len(history.sets("Anna")) == 1
    assert [path.name for path in history.file.parent.glob("history*")] == ["history.sqlite"]


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DTWCOACH_HISTORY", str(tmp_path))
    assert history_file() == tmp_path / "history.sqlite"
    monkeypatch.setenv("DTWCOACH_HISTORY", "")
    assert history_file().parts[-2:] == ("dtwcoach", "history.sqlite")


def test_copies_of_a_recording_are_one(tmp_path: Path) -> None:
    for name, text in (("a.mp4", "one"), ("b.mp4", "one"), ("c.mp4", "two")):
        (tmp_path / name).write_text(text)
        (tmp_path / name[0]).mkdir()
        (tmp_path / name[0] / "0.json").write_text(text)
    ids = [recording_id(tmp_path / name) for name in ("a.mp4", "b.mp4", "c.mp4", "a", "b", "c")]
    assert [ids[0] == ids[1], ids[1] == ids[2], ids[3] == ids[4], ids[4] == ids[5]] == [
        True, False, True, False,
    ]  # fmt: skip


def test_a_date_without_zone_is_refused_by_no_one(history: History) -> None:
    """Dates of another zone are ordered by time, not by their text."""
    early = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
    summary = summary_of(make_set(athlete="Anna"), early)
    later = {**summary, "date": "2026-11-03T19:30:00-05:00"}
    history.add([NewSet(later, "later"), NewSet(summary, "early")])
    assert [one.recording for one in history.sets()] == ["early", "later"]
