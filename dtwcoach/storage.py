"""Files that are either old or new, never half: atomic writes, a writers' lock, safe names."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dtwcoach.errors import StorageError

MAX_SLUG = 48
"""Characters of a slug before its hash; every file system takes 64."""

LOCK_NAME = ".lock"
TEMPORARY = ".tmp"
"""Suffix of files and folders being written; readers pass them by."""

_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{d}{n}" for d in ("com", "lpt") for n in range(10)),
}
_LOCK_OFFSET = 1 << 20  # beyond the text: on Windows a locked byte cannot be read
_POLL_S = 0.02


def slug(name: str) -> str:
    """File name for a name that people chose; safe on every system, equal for equal names.

    Names that differ only in case or in Unicode normalisation are the same name. A name that
    is not its own slug gets a short hash, so that two names never share a file.

    Raises
    ------
    StorageError
        When the name is blank or is not text.

    >>> slug("Squat"), slug("../x"), slug("CON")
    ('squat', 'x-d6b96a97', 'con-1143da2b')
    """
    try:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        data = folded.encode()
    except UnicodeEncodeError as error:
        raise StorageError(f"The name {name!r} holds characters that are not text.") from error
    if not folded.strip():
        raise StorageError(f"The name {name!r} is blank; needed at least one letter.")
    plain = re.sub(r"[^a-z0-9_]+", "-", folded)[:MAX_SLUG].strip("-_")
    if plain == folded and plain not in _DEVICES:
        return plain
    return "-".join(filter(None, (plain, hashlib.sha256(data).hexdigest()[:8])))


@contextmanager
def storage_errors(path: Path, action: str) -> Iterator[None]:
    """Turn an `OSError` into a `StorageError` that says what was being done to which file."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(
            f"Could not {action} {path}: {reason}. What was there before is intact; "
            "check free space and permissions."
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that readers, and a crash, see either the old or the new content.

    Raises
    ------
    StorageError
        When the disk refuses; the old file is untouched and nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        with storage_errors(path, "write"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system knows how."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse to sync folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder with all its files at once; it must not exist yet.

    Raises
    ------
    StorageError
        When it cannot be made; then nothing of it is there.
    """
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        with storage_errors(folder, "create"):
            temporary.mkdir(parents=True)
            for name, data in files.items():
                write_atomically(temporary / name, data)
            os.rename(temporary, folder)
            _sync_folder(folder.parent)
    except BaseException:
        import shutil

        shutil.rmtree(temporary, ignore_errors=True)
        raise


def remove_leftovers(root: Path) -> None:
    """Clear away what killed writers left below `root`; call it while holding the lock."""
    import shutil

    for path in [*root.glob(f".*{TEMPORARY}"), *root.glob(f"*/.*{TEMPORARY}")]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


@contextmanager
def write_lock(folder: Path, *, wait_s: float = 10.0) -> Iterator[None]:
    """Let one writer at a time into a folder; the system frees the lock of a killed process.

    Raises
    ------
    StorageError
        When another writer keeps the lock for longer than `wait_s` seconds, or the folder
        cannot be written to.
    """
    path = folder / LOCK_NAME
    with storage_errors(path, "open"):
        folder.mkdir(parents=True, exist_ok=True)
        file = open(path, "a+b")  # noqa: SIM115  # closed below, after the caller's block
    with file:
        deadline = time.monotonic() + wait_s
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                file.seek(0)
                owner = file.read(20).decode("ascii", "replace").strip() or "unknown"
                raise StorageError(
                    f"Another dtwcoach (process {owner}) is writing to {folder}; "
                    f"waited {wait_s:g} s. Try again when it has finished."
                )
            time.sleep(_POLL_S)
        try:
            with suppress(OSError):  # the number only serves the message above
                file.truncate(0)
                file.write(str(os.getpid()).encode())
                file.flush()
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            file.seek(_LOCK_OFFSET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(_LOCK_OFFSET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
