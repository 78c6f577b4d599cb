"""The history of named athletes: one SQLite file, in which a set is there as a whole or not at all.

What is kept of a set is the summary that its report carries too (`report.summary`): counts, scores,
ranges, times and cues; no pictures and no poses. The same recording judged again takes the place of
what was said of it before.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dtwcoach.errors import StorageError
from dtwcoach.report.summary import Summary, person_key, summary_from
from dtwcoach.sources.cache import file_checksum
from dtwcoach.storage import storage_errors, write_lock

ENVIRONMENT = "DTWCOACH_HISTORY"
FILE = "history.sqlite"
WAIT_S = 10.0
"""How long one writer waits for another."""
VERSION = 1
"""Of the tables; a file with a higher one was made by a newer program and is left alone."""
APPLICATION = 0x64747763
"""Marks the file as ours: "dtwc"."""
TABLES = (
    """CREATE TABLE workouts (
        id INTEGER PRIMARY KEY, person TEXT NOT NULL, recording TEXT NOT NULL,
        data TEXT NOT NULL, digest TEXT NOT NULL)""",
    """CREATE TABLE sets (
        id INTEGER PRIMARY KEY, person TEXT NOT NULL, recording TEXT NOT NULL,
        exercise TEXT NOT NULL, report BLOB NOT NULL,
        workout INTEGER REFERENCES workouts (id) ON DELETE SET NULL,
        data TEXT NOT NULL, digest TEXT NOT NULL)""",
    "CREATE INDEX sets_by_person ON sets (person)",
)
"""`person` is a digest of the name; name and all that was measured stand as JSON in `data`.
`report` is a path in the system's bytes."""


@dataclass(frozen=True)
class NewSet:
    """A set to keep.

    Parameters
    ----------
    summary : dict
        As `report.summary.summary_of` makes it, of a set with a named athlete.
    recording : str
        Tells recordings apart (see `recording_id`).
    report : Path, optional
        Its page, if there is one.
    """

    summary: Mapping[str, Any]
    recording: str
    report: Path | None = None


@dataclass(frozen=True)
class StoredSet:
    """A set as it was kept; `summary.path` is where its report was written, `Path()` for none."""

    summary: Summary
    recording: str


@dataclass(frozen=True)
class StoredWorkout:
    """A workout as it was kept: right repetitions of those that its plan asked for."""

    title: str
    athlete: str
    date: datetime
    points: int
    planned: int


def history_file() -> Path:
    """The file: in the folder `DTWCOACH_HISTORY`, else where the system keeps a user's data."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen) / FILE
    import platformdirs

    return Path(platformdirs.user_data_dir("dtwcoach", appauthor=False)) / FILE


def recording_id(path: Path) -> str:
    """Return what is the same for copies of a recording: the checksum of a file or of a folder's.

    Raises
    ------
    SourceError
        When it cannot be read.
    """
    if not path.is_dir():
        return file_checksum(path)
    sums = "".join(file_checksum(file) for file in sorted(path.iterdir()) if file.is_file())
    return _digest(sums)


@dataclass(frozen=True)
class History:
    """The history in a file, which is made when something is first kept.

    Every method opens it, looks whether it is whole, and closes it. All raise `StorageError` where
    it is damaged, of a newer program, held by another for `WAIT_S`, or where the disk refuses.
    """

    file: Path

    def add(
        self, sets: Sequence[NewSet], *, workout: StoredWorkout | None = None, plan: str = ""
    ) -> None:
        """Keep sets, all or none; earlier ones of the same recording and exercise go.

        The date is that of the first time: who judges an old recording again has not trained
        again.

        Parameters
        ----------
        sets : sequence of NewSet
        workout : StoredWorkout, optional
            What they are parts of.
        plan : str
            Tells workouts apart, as `NewSet.recording` does sets.
        """
        keys = [(_person(one.summary["athlete"]), one.recording, one.summary["exercise"])
                for one in sets]  # fmt: skip
        with self._open(write=True) as base, _transaction(base):
            number = None if workout is None else _put_workout(base, workout, plan)
            since = {key: _taken_out(base, key) for key in dict.fromkeys(keys)}
            for key, one in zip(keys, sets, strict=True):
                dates = filter(None, (since[key], one.summary["date"]))
                data = _packed(**{**one.summary, "date": min(dates, key=_date)})
                report = os.fsencode(one.report.absolute()) if one.report else b""
                base.execute(
                    "INSERT INTO sets (person, recording, exercise, report, workout, data, digest) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*key, report, number, data, _digest(data)),
                )

    def sets(self, athlete: str | None = None) -> tuple[StoredSet, ...]:
        """Return the sets of an athlete, however the name is spelt, or of all; oldest first."""
        found = [
            StoredSet(summary_from(data, Path(os.fsdecode(report))), recording)
            for recording, report, data in self._rows("sets", "recording, report", athlete)
        ]
        return tuple(sorted(found, key=lambda one: one.summary.date))

    def workouts(self, athlete: str | None = None) -> tuple[StoredWorkout, ...]:
        """Return the workouts of an athlete, or of all; oldest first."""
        found = [
            StoredWorkout(**{**data, "date": _date(data["date"])})
            for (data,) in self._rows("workouts", "", athlete)
        ]
        return tuple(sorted(found, key=lambda one: one.date))

    def reports(self, athlete: str) -> tuple[Path, ...]:
        """Return where the reports of an athlete's sets were written, of damaged rows too."""
        with self._open() as base:
            query = "SELECT report FROM sets WHERE person = ? AND report != x''"
            rows = base.execute(query, (_person(athlete),)).fetchall()
        return tuple(Path(os.fsdecode(row[0])) for row in rows)

    def recordings(self, athlete: str) -> tuple[str, ...]:
        """Return the recordings of an athlete's sets, also where what was kept is damaged."""
        with self._open() as base:
            query = "SELECT DISTINCT recording FROM sets WHERE person = ?"
            return tuple(row[0] for row in base.execute(query, (_person(athlete),)))

    def count(self, athlete: str) -> tuple[int, int]:
        """Return how many sets and workouts are kept of an athlete, damaged ones too."""
        with self._open() as base:
            sets, workouts = (
                base.execute(
                    f"SELECT count(*) FROM {table} WHERE person = ?", (_person(athlete),)
                ).fetchone()[0]
                for table in ("sets", "workouts")
            )
        return sets, workouts

    def forget(self, athlete: str) -> None:
        """Erase all of an athlete; afterwards no byte of the file tells of them."""
        if not self.file.exists():
            return
        with self._open(write=True) as base:
            with _transaction(base):
                for table in ("sets", "workouts"):
                    base.execute(f"DELETE FROM {table} WHERE person = ?", (_person(athlete),))
            base.execute("VACUUM")
            busy, *_ = base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise StorageError(
                    f"{athlete} is erased, but another program has {self.file} open, and until "
                    "then copies of pages stay beside it. Close it and do this again."
                )

    def _rows(self, table: str, columns: str, athlete: str | None) -> list[tuple[Any, ...]]:
        """Columns of each row and last its data, checked.

        Raises
        ------
        StorageError
            Where a row is not what was once written.
        """
        query = f"SELECT {', '.join(filter(None, (columns, 'id, digest, data')))} FROM {table}"
        chosen = () if athlete is None else (_person(athlete),)
        query += (" WHERE person = ?" if chosen else "") + " ORDER BY id"
        with self._open() as base:
            rows = base.execute(query, chosen).fetchall()
        for *_, number, digest, data in rows:
            if _digest(data) != digest:
                raise StorageError(
                    f"{self.file} is damaged: row {number} of its {table} is not what was written. "
                    "Put a copy back, or move the file away: a new one is then begun."
                )
        return [(*first, json.loads(data)) for *first, _, _, data in rows]

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection to a file that is whole and ours; to an empty one where there is none."""
        if write:
            with storage_errors(self.file.parent, "create"):
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _typed(self.file), closing(_connected(self.file, write=write)) as base:
            base.execute("PRAGMA foreign_keys = ON")
            base.execute("PRAGMA secure_delete = ON")
            base.execute("PRAGMA temp_store = MEMORY")
            found = base.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok" or base.execute("PRAGMA foreign_key_check").fetchone():
                raise sqlite3.DatabaseError(found)
            if not _is_ours(base, self.file):
                _create(base, self.file)
            yield base


def _taken_out(base: sqlite3.Connection, key: tuple[str, str, str]) -> str:
    """Delete a recording's earlier sets; return the first date among them, "" if none."""
    where = "WHERE person = ? AND recording = ? AND exercise = ?"
    rows = base.execute(f"SELECT data FROM sets {where}", key).fetchall()
    base.execute(f"DELETE FROM sets {where}", key)
    return min((json.loads(row[0])["date"] for row in rows), key=_date, default="")


def _put_workout(base: sqlite3.Connection, workout: StoredWorkout, plan: str) -> int | None:
    """Keep a workout in place of the one that was kept of this plan; return its number."""
    key = _person(workout.athlete), plan
    base.execute("DELETE FROM workouts WHERE person = ? AND recording = ?", key)
    date = workout.date.isoformat(timespec="seconds")
    data = _packed(**{**asdict(workout), "date": date})
    return base.execute(
        "INSERT INTO workouts (person, recording, data, digest) VALUES (?, ?, ?, ?)",
        (*key, data, _digest(data)),
    ).lastrowid


def _connected(file: Path, *, write: bool) -> sqlite3.Connection:
    """Open the file; in a folder that nobody may write to without the files that WAL needs."""
    if not write and not (file.exists() and file.stat().st_size):
        return sqlite3.connect(":memory:", isolation_level=None)
    how = "mode=rwc" if write else "mode=rw"
    log = file.with_name(f"{file.name}-wal")
    if not write and not os.access(file.parent, os.W_OK) and not log.exists():
        how = "mode=ro&immutable=1"
    uri = f"{file.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)


def _is_ours(base: sqlite3.Connection, file: Path) -> bool:
    """Whether the tables are there; False for a file in which nothing is yet.

    Raises
    ------
    StorageError
        For a file of a newer or of another program.
    """
    application, version, tables = (
        base.execute(query).fetchone()[0]
        for query in (
            "PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema",
        )
    )  # fmt: skip
    if application != APPLICATION and tables:
        raise StorageError(
            f"{file} is the file of another program, so it stays as it is. "
            f"Choose another folder for the history: {ENVIRONMENT}=FOLDER"
        )
    if version > VERSION:
        raise StorageError(
            f"{file} was written by a newer dtwcoach (version {version}, this one knows "
            f"{VERSION}); it is left as it is. Update dtwcoach to use it."
        )
    return bool(tables)


def _create(base: sqlite3.Connection, file: Path) -> None:
    if base.execute("PRAGMA database_list").fetchone()[2] == "":  # in memory
        for statement in TABLES:
            base.execute(statement)
        return
    with write_lock(file.parent, wait_s=WAIT_S):  # SQLite waits for nobody who changes to WAL
        if _is_ours(base, file):
            return
        base.execute("PRAGMA journal_mode = WAL")
        with _transaction(base):
            for statement in TABLES:
                base.execute(statement)
            base.execute(f"PRAGMA application_id = {APPLICATION}")
            base.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _transaction(base: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside, or nothing of it."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
        base.execute("COMMIT")
    except BaseException:
        if base.in_transaction:  # some errors end it themselves
            base.execute("ROLLBACK")
        raise


@contextmanager
def _typed(file: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into a `StorageError` that names the file."""
    try:
        with storage_errors(file, "open"):
            yield
    except sqlite3.OperationalError as error:
        raise StorageError(
            f"{file}: {error}. What was in it before is intact; check free space and permissions, "
            "and whether another program has it open."
        ) from error
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"{file} is damaged: {error}. Put a copy back, or move the file away: a new one is "
            "then begun."
        ) from error


def _packed(**data: Any) -> str:
    return json.dumps(data, allow_nan=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _person(athlete: str) -> str:
    return _digest(person_key(athlete))


def _date(text: str) -> datetime:
    return datetime.fromisoformat(text)
