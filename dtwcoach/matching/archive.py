"""One file a trainer can mail: an exercise with its references and calibration, zipped.

What arrives by mail is not trusted: every member is checked before anything is written.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from dtwcoach.errors import LibraryError
from dtwcoach.matching.calibration_file import CALIBRATION_FILE
from dtwcoach.matching.exercise_file import EXERCISE_FILE, parse_exercise
from dtwcoach.matching.library import Library
from dtwcoach.matching.reference_file import (
    SUFFIX,
    decode_reference,
    encode_reference,
    with_content_id,
)
from dtwcoach.matching.references import Reference, ReferenceInfo
from dtwcoach.storage import write_atomically

ARCHIVE_SUFFIX = ".dtwcoach"

MAX_MEMBERS = 2_000
MAX_MEMBER_BYTES = 16 * 2**20
MAX_TOTAL_BYTES = 256 * 2**20
MAX_RATIO = 50
"""Unpacked size over packed size; honest members stay below 10."""

_MEMBER = re.compile(r"exercise\.toml|calibration\.json|[0-9a-f]{12}\.parquet")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,  # what `zipfile` says of a compression it does not know
)
_DATE = (1980, 1, 1, 0, 0, 0)  # the same exercise gives the same file


def export_exercise(library: Library, name: str, path: Path) -> Path:
    """Write an exercise, its references and its calibration into one file.

    Parameters
    ----------
    library : Library
    name : str
    path : Path
        The file to write; it gets the ending `.dtwcoach` where it has none.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    LibraryError
        When the exercise is unknown or one of its files is damaged.
    StorageError
        When the file cannot be written.
    """
    folder = library.folder(name)
    library.exercise(name)
    members = {EXERCISE_FILE: (folder / EXERCISE_FILE).read_bytes()}
    if library.calibration(name) is not None:
        members[CALIBRATION_FILE] = (folder / CALIBRATION_FILE).read_bytes()
    for reference in library.references(name):
        members[f"{reference.info.id}{SUFFIX}"] = encode_reference(reference)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, data in members.items():
            entry = zipfile.ZipInfo(member, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    target = path if path.suffix else path.with_suffix(ARCHIVE_SUFFIX)
    write_atomically(target, buffer.getvalue())
    return target


def import_exercise(library: Library, path: Path) -> tuple[str, tuple[ReferenceInfo, ...]]:
    """Take the exercise of such a file into the library.

    Repetitions that are already there are kept once. An `exercise.toml` of the user's own
    stays as it is; the file's calibration is taken only with its exercise.

    Returns
    -------
    name : str
        The exercise's name.
    added : tuple of ReferenceInfo
        What was not there before.

    Raises
    ------
    LibraryError
        When the file is not such an archive, is damaged, or holds anything that does not
        belong there; then nothing is written.
    """
    members = _members(path)
    text = members.get(EXERCISE_FILE)
    if text is None:
        raise LibraryError(f"{path} holds no exercise.toml; it is not a dtwcoach archive.")
    try:
        exercise = parse_exercise(text.decode("utf-8-sig"), where=f"{path}:{EXERCISE_FILE}")
    except UnicodeDecodeError as error:
        raise LibraryError(f"{path}: its exercise.toml is not UTF-8 text.") from error
    references = [
        _reference(data, f"{path}:{member}", member.removesuffix(SUFFIX))
        for member, data in members.items()
        if member.endswith(SUFFIX)
    ]
    added = library.install(
        exercise,
        references,
        exercise_text=text,
        calibration_text=members.get(CALIBRATION_FILE),
    )
    return exercise.name, added


def _reference(data: bytes, where: str, expected_id: str) -> Reference:
    reference = decode_reference(data, where=where)
    if not expected_id == reference.info.id == with_content_id(reference).info.id:
        raise LibraryError(f"{where} is damaged (its name does not belong to its content).")
    return reference


def _members(path: Path) -> dict[str, bytes]:
    """Name -> content of every member, or an error when any of them is not as it should be."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(path, entries)
            members = {}
            for entry in entries:
                with archive.open(entry) as file:
                    members[entry.filename] = file.read(MAX_MEMBER_BYTES + 1)
                if len(members[entry.filename]) != entry.file_size:
                    raise LibraryError(f"{path}: {entry.filename!r} lies about its size; refused.")
            return members
    except FileNotFoundError as error:
        raise LibraryError(f"{path} does not exist.") from error
    except _UNREADABLE as error:
        raise LibraryError(f"{path} is not a readable dtwcoach archive: {error}.") from error


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by the table of contents alone, before a byte is unpacked."""
    if len(entries) > MAX_MEMBERS:
        raise LibraryError(f"{path} holds {len(entries)} files; at most {MAX_MEMBERS} are read.")
    names = [entry.filename for entry in entries]
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        packed = max(entry.compress_size, 1)
        reason = ""
        if not _MEMBER.fullmatch(entry.orig_filename) or names.count(entry.filename) > 1:
            reason = "does not belong there"
        elif kind not in (0, stat.S_IFREG):
            reason = "is not a plain file"
        elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            reason = "is packed in an unknown way"
        elif entry.flag_bits & 0x1:
            reason = "is encrypted"
        elif entry.file_size > MAX_MEMBER_BYTES or entry.file_size / packed > MAX_RATIO:
            reason = f"would unpack from {packed} to {entry.file_size} bytes"
        if reason:
            raise LibraryError(
                f"{path}: {entry.filename!r} {reason}; nothing was imported. An archive holds "
                "exercise.toml, calibration.json and one .parquet file per repetition."
            )
    if (total := sum(entry.file_size for entry in entries)) > MAX_TOTAL_BYTES:
        raise LibraryError(
            f"{path} would unpack to {total} bytes; at most {MAX_TOTAL_BYTES} are read."
        )
