"""Extracted poses, kept by what the video contains: scoring it again costs milliseconds."""

from __future__ import annotations

import glob
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import SCHEMA_VERSION
from dtwcoach.storage import write_atomically

DEFAULT_LIMIT_BYTES = 2 * 1024**3
"""Size of all cached poses together; the ones not used for longest go first."""

_ARRAYS = ("time_s", "image", "world", "confidence", "presence", "people")
_OPTIONAL = ("hands", "face")


def cache_folder() -> Path:
    """Folder for what can be made again: ``DTWCOACH_CACHE`` or the user's cache folder."""
    chosen = os.environ.get("DTWCOACH_CACHE")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("dtwcoach", appauthor=False))


def file_checksum(path: Path) -> str:
    """Return the checksum of a file's bytes, read in pieces.

    Raises
    ------
    SourceError
        When the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read: {error}.") from error


def cached_entries(checksum: str) -> tuple[Path, ...]:
    """Return the files of all poses that are kept of a video, known by its `file_checksum`."""
    return tuple((cache_folder() / "poses").glob(f"{glob.escape(checksum)}-*.npz"))


def cached_pose(
    path: Path,
    *,
    extract: Callable[[], PoseSequence],
    made_by: str,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> PoseSequence:
    """Return the pose of a file: from the cache, or by `extract` and then kept.

    Name and place of the file do not matter, only its content. A damaged entry is made again
    and noted. A cache that cannot be written is done without.

    Parameters
    ----------
    path : path
        The video.
    extract : callable
        Makes the pose when it is not known yet.
    made_by : str
        Model and settings of the extraction; another text is another entry.
    limit_bytes : int
        The entries used longest ago are removed until all fit.

    Raises
    ------
    SourceError
        When the file cannot be read, and whatever `extract` raises.
    """
    key = hashlib.blake2b(f"{SCHEMA_VERSION}\n{made_by}".encode(), digest_size=10).hexdigest()
    entry = cache_folder() / "poses" / f"{file_checksum(path)}-{key}.npz"
    note: tuple[str, ...] = ()
    try:
        pose = _load(entry)
        os.utime(entry)  # used now: the last to be removed
        return pose
    except FileNotFoundError:
        pass
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        note = ("the cached pose was damaged; extracted again",)
    pose = extract()
    try:
        write_atomically(entry, _packed(pose))
        _prune(entry.parent, limit_bytes, keep=entry)
    except (StorageError, OSError):
        pass  # works without, only slower the next time
    return replace(pose, notes=pose.notes + note) if note else pose


def _packed(pose: PoseSequence) -> bytes:
    rest = {"frame_size": pose.frame_size, "model": pose.model, "notes": pose.notes}
    known = [name for name in (*_ARRAYS, *_OPTIONAL) if getattr(pose, name) is not None]
    out = io.BytesIO()
    np.savez(
        out,
        rest=np.frombuffer(json.dumps(rest).encode(), np.uint8),
        **{name: getattr(pose, name) for name in known},
    )
    return out.getvalue()


def _load(entry: Path) -> PoseSequence:
    """Read an entry; the zip's own checksums are compared on the way."""
    with np.load(entry, allow_pickle=False) as stored:
        rest = json.loads(stored["rest"].tobytes())
        width, height = rest["frame_size"]
        return PoseSequence(
            **{name: stored[name] for name in _ARRAYS},
            **{name: stored[name] for name in _OPTIONAL if name in stored},
            frame_size=(int(width), int(height)),
            model=str(rest["model"]),
            notes=tuple(str(note) for note in rest["notes"]),
        )


def _prune(folder: Path, limit_bytes: int, *, keep: Path) -> None:
    """Remove the entries used longest ago until the rest fits."""
    entries = []
    for path in folder.glob("*.npz"):
        try:
            entries.append((path.stat(), path))
        except OSError:
            continue  # another process removed it
    total = sum(stat.st_size for stat, _ in entries)
    for stat, path in sorted(entries, key=lambda pair: pair[0].st_mtime):
        if total <= limit_bytes:
            return
        if path != keep:
            path.unlink(missing_ok=True)
            total -= stat.st_size
