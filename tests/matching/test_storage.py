"""Files are old or new, never half; names are safe everywhere."""

import errno
import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.errors import StorageError
from dtwcoach.storage import create_folder, remove_leftovers, slug, write_atomically, write_lock

AWKWARD = (
    "../x", "..", ".", "/etc/passwd", "C:\\x", "CON", "nul", "com1", "a\0b", "x" * 300,
    "שלום", "\u202eabc", "Caf\u00e9", "a b", "a.parquet", "-rf", "приседание",
)  # fmt: skip


@pytest.mark.parametrize("name", AWKWARD)
def test_slug_is_a_plain_file_name(name: str) -> None:
    made = slug(name)
    assert made.isascii() and len(made) <= 64
    assert all(c.isalnum() or c in "-_" for c in made)
    assert not made.startswith("-")
    assert made not in {"con", "nul", "com1"}


def test_slugs_of_different_names_differ() -> None:
    assert len({slug(name) for name in AWKWARD}) == len(AWKWARD)


def test_slug_keeps_plain_names_and_folds_case_and_normalisation() -> None:
    assert slug("biceps_curl") == "biceps_curl"
    assert slug("Squat") == slug("squat") == "squat"
    assert slug("caf\u00e9") == slug(unicodedata.normalize("NFD", "CAF\u00c9"))


@pytest.mark.parametrize("name", ["", "  ", "\ud800"])
def test_slug_refuses_what_is_no_name(name: str) -> None:
    with pytest.raises(StorageError):
        slug(name)


@given(st.text(min_size=1, max_size=80))
def test_slug_is_one_name_for_any_text(name: str) -> None:
    if not name.strip():
        return
    assert slug(name) == slug(unicodedata.normalize("NFD", name))
    assert Path(slug(name)).name == slug(name)


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_failed_write_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    path = tmp_path / "a.toml"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(f"dtwcoach.storage.os.{call}", fail)
    with pytest.raises(StorageError, match=r"Could not write .*a\.toml.*intact"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]


def test_failed_folder_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("dtwcoach.storage.os.rename", fail)
    with pytest.raises(StorageError):
        create_folder(tmp_path / "squat", {"a": b"1"})
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    code = (
        "import sys; from pathlib import Path; from dtwcoach.storage import write_atomically\n"
        "path = Path(sys.argv[1]); n = 0\n"
        "while True:\n"
        "    n += 1; write_atomically(path, bytes([n % 256]) * 200_000)\n"
        "    if n == 20: print('ready', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    data = path.read_bytes()
    assert len(data) == 200_000
    assert len(set(data)) == 1


def test_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        write_lock(tmp_path),
        pytest.raises(StorageError, match=rf"process {os.getpid()}\) is writing"),
        write_lock(tmp_path, wait_s=0.0),
    ):
        pass
    with write_lock(tmp_path, wait_s=0.0):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from dtwcoach.storage import write_lock\n"
        "with write_lock(Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(StorageError, match=str(process.pid)), write_lock(tmp_path, wait_s=0.0):
            pass
        process.send_signal(signal.SIGKILL)
    with write_lock(tmp_path, wait_s=1.0):
        pass


def test_unwritable_place_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Could not open"), write_lock(tmp_path / "file" / "x"):
        pass


def test_leftovers_of_a_killed_writer_go(tmp_path: Path) -> None:
    write_atomically(tmp_path / "squat" / "a.toml", b"kept")
    write_atomically(tmp_path / "squat" / ".a.toml.0123.tmp", b"half")
    write_atomically(tmp_path / ".lunge.0123.tmp" / "a.toml", b"half")
    remove_leftovers(tmp_path)
    assert [p.name for p in tmp_path.rglob("*")] == ["squat", "a.toml"]
