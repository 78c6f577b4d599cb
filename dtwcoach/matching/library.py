"""The reference library: a folder per exercise with its settings, references and calibration."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dtwcoach.errors import LibraryError
from dtwcoach.matching.calibration_file import (
    CALIBRATION_FILE,
    format_calibration,
    parse_calibration,
    read_calibration,
)
from dtwcoach.matching.exercise_file import EXERCISE_FILE, format_exercise, read_exercise
from dtwcoach.matching.reference_file import (
    SUFFIX,
    encode_reference,
    read_info,
    read_reference,
    with_content_id,
)
from dtwcoach.matching.references import (
    LABELS,
    Calibration,
    Exercise,
    Reference,
    ReferenceInfo,
    in_force,
)
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.storage import (
    create_folder,
    remove_leftovers,
    slug,
    storage_errors,
    write_atomically,
    write_lock,
)

ENVIRONMENT = "DTWCOACH_REFERENCES"
WAIT_S = 10.0
"""How long a writer waits for another one."""

_FILE_ID = re.compile(r"[0-9a-f]{12}")


def library_root(flag: Path | None = None) -> Path:
    """Folder of the user's library: the flag, else `DTWCOACH_REFERENCES`, else `./references`."""
    return flag or Path(os.environ.get(ENVIRONMENT) or "references")


def starter_root() -> Path:
    """Folder of the starter references: inside the installed package, or of the checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "starter_references"
    return shipped if shipped.is_dir() else package.parent / "references"


@dataclass(frozen=True)
class Library:
    """References on disk.

    `<root>/<exercise>/` holds `exercise.toml`, `calibration.json` and one Parquet file per
    repetition.

    Parameters
    ----------
    root : Path
        The user's folder; made when something is first written.
    starters : Path, optional
        A read-only library that serves the exercises `root` lacks. Changing one of them first
        copies it into `root`; adding one's own repetitions copies its `exercise.toml` only.
    """

    root: Path
    starters: Path | None = None

    # Reading -------------------------------------------------------------------------------

    def exercises(self) -> tuple[str, ...]:
        """Names of all exercises, sorted."""
        return tuple(
            sorted(read_exercise(folder / EXERCISE_FILE).name for folder in self._folders())
        )

    def exercise(self, name: str) -> Exercise:
        """What the exercise's file says.

        Raises
        ------
        LibraryError
            When the exercise is unknown (the message lists the known) or its file has a mistake.
        """
        folder = self.folder(name)
        exercise = read_exercise(folder / EXERCISE_FILE)
        if slug(exercise.name) != folder.name:
            raise LibraryError(
                f"{folder / EXERCISE_FILE}: name = {exercise.name!r} does not belong to the folder "
                f"{folder.name!r}. Put the old name back; what people read is the title."
            )
        return exercise

    def folder(self, name: str) -> Path:
        """Where the exercise is kept: in the user's folder, else among the starters."""
        for folder in self._places(name):
            if (folder / EXERCISE_FILE).is_file():
                return folder
        known = self.exercises()
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        names = ", ".join(known) if known else "none yet"
        raise LibraryError(
            f"Unknown exercise {name!r}.{hint} Known: {names}. "
            "`dtwcoach reference add NAME VIDEO` adds one by recording it."
        )

    def is_starter(self, name: str) -> bool:
        """Whether the exercise comes from the shipped starters."""
        return self.folder(name).parent == self.starters

    def infos(self, name: str) -> tuple[ReferenceInfo, ...]:
        """What the exercise's references say about themselves; does not read their data."""
        return tuple(read_info(path) for path in self._files(self.folder(name)))

    def references(
        self, name: str, *, model: str | None = None, settings: str | None = None
    ) -> tuple[Reference, ...]:
        """All references of an exercise, verified, in the order of their ids.

        Parameters
        ----------
        name : str
        model, settings : str, optional
            Pose model and `Settings.fingerprint()` they must have been made with.

        Raises
        ------
        LibraryError
            When one is damaged (named), newer than this program, or made with another model
            or other settings (with the command that rebuilds it).
        """
        references = tuple(read_reference(path) for path in self._files(self.folder(name)))
        for what, needed in (("model", model), ("settings", settings)):
            if needed is not None:
                _refuse_others(name, [r.info for r in references], what, needed)
        return references

    def calibration(self, name: str) -> Calibration | None:
        """The exercise's calibration, or None where there is none or it is out of date."""
        return self.calibration_status(name)[0]

    def calibration_status(self, name: str) -> tuple[Calibration | None, str]:
        """The calibration, or None and the reason in words (empty when all is well)."""
        folder = self.folder(name)
        infos = in_force(self.infos(name))
        return read_calibration(folder / CALIBRATION_FILE, self.exercise(name), infos)

    # Writing -------------------------------------------------------------------------------

    def add(self, exercise: Exercise, references: Sequence[Reference]) -> tuple[ReferenceInfo, ...]:
        """Store repetitions; return those that were not there before, with their ids.

        The exercise's file is written only where the library has none of that name. Older
        references from the same recordings but made with another model or other settings are
        replaced: adding the recording again is how a library is rebuilt.

        Raises
        ------
        LibraryError
            When a repetition is already there with the other label.
        StorageError
            When the disk or another writer refuses; what was there is intact.
        """
        fresh = {r.info.id: r for r in map(with_content_id, references)}
        with self._writing(exercise.name) as folder:
            known = self._known(folder)
            for info in (fresh[key].info for key in fresh if key in known):
                if known[info.id].label != info.label:
                    raise LibraryError(
                        f"This repetition of {exercise.name} is already stored as "
                        f"{known[info.id].label!r} ({info.id}). To change that: "
                        f"`dtwcoach reference relabel {exercise.name} {info.id} {info.label}`."
                    )
            text = self._starter_text(folder) or format_exercise(exercise).encode()
            new = _store(
                folder, [r for key, r in fresh.items() if key not in known], {EXERCISE_FILE: text}
            )
            made = {(r.info.source, r.info.model, r.info.settings) for r in fresh.values()}
            sources = {source for source, _, _ in made}
            for info in known.values():
                current = (info.source, info.model, info.settings) in made
                if info.source in sources and not current:
                    _unlink(folder / f"{info.id}{SUFFIX}")
        return new

    def install(
        self,
        exercise: Exercise,
        references: Sequence[Reference],
        *,
        exercise_text: bytes,
        calibration_text: bytes | None = None,
    ) -> tuple[ReferenceInfo, ...]:
        """Take a whole exercise, as `import_exercise` found it; return the new references.

        What is already there wins: the exercise's file, its calibration, and repetitions with
        the same id. Errors as in `add`.
        """
        infos = in_force(reference.info for reference in references)
        files = {EXERCISE_FILE: exercise_text}
        if calibration_text is not None:
            calibration, _ = parse_calibration(calibration_text, exercise, infos)
            if calibration is not None:
                files[CALIBRATION_FILE] = calibration_text
        with self._writing(exercise.name) as folder:
            known = self._known(folder)
            return _store(folder, [r for r in references if r.info.id not in known], files)

    def remove(self, name: str, reference_id: str) -> None:
        """Delete one reference (errors as in `add`, and when the id is unknown)."""
        with self._changing(name) as folder:
            _unlink(self._file(folder, reference_id))

    def relabel(self, name: str, reference_id: str, label: str) -> ReferenceInfo:
        """Change a reference's label to "right" or "wrong"; the calibration goes out of date."""
        if label not in LABELS:
            raise LibraryError(f"Label {label!r} arrived; needed one of {', '.join(LABELS)}.")
        with self._changing(name) as folder:
            path = self._file(folder, reference_id)
            reference = read_reference(path)
            info = replace(reference.info, label=label)
            write_atomically(path, encode_reference(replace(reference, info=info)))
        return info

    def trim(self, name: str, reference_id: str, start_s: float, stop_s: float) -> ReferenceInfo:
        """Cut a reference to [start_s, stop_s) seconds of its own time; it gets a new id.

        Raises
        ------
        LibraryError
            When the range does not lie inside the repetition or loses its turn.
        """
        with self._changing(name) as folder:
            path = self._file(folder, reference_id)
            reference = with_content_id(_trimmed(read_reference(path), start_s, stop_s))
            write_atomically(folder / f"{reference.info.id}{SUFFIX}", encode_reference(reference))
            if reference.info.id != reference_id:
                _unlink(path)
        return reference.info

    def save_exercise(self, exercise: Exercise) -> None:
        """Write `exercise.toml`; comments that a trainer put there are kept."""
        with self._writing(exercise.name) as folder:
            path = folder / EXERCISE_FILE
            if not path.is_file() and self._starter_text(folder):
                self._copy_starter(folder)
            if not path.is_file():
                write_atomically(path, format_exercise(exercise).encode())
                return
            if read_exercise(path) != exercise:  # also refuses files of a newer program
                previous = path.read_text(encoding="utf-8-sig")
                write_atomically(path, format_exercise(exercise, previous=previous).encode())

    def save_calibration(self, name: str, calibration: Calibration) -> None:
        """Write `calibration.json`, with what it rests on, so that it is known when out of date."""
        with self._changing(name) as folder:
            infos = in_force(self._known(folder).values())
            data = format_calibration(calibration, self.exercise(name), infos)
            write_atomically(folder / CALIBRATION_FILE, data)

    # Inside --------------------------------------------------------------------------------

    def _places(self, name: str) -> list[Path]:
        return [root / slug(name) for root in (self.root, self.starters) if root is not None]

    def _folders(self) -> list[Path]:
        """Folders of all exercises; the user's hide the starters of the same name."""
        found: dict[str, Path] = {}
        for root in (self.starters, self.root):
            if root is not None and root.is_dir():
                found |= {
                    path.parent.name: path.parent
                    for path in root.glob(f"*/{EXERCISE_FILE}")
                    if not path.parent.name.startswith(".")
                }
        return list(found.values())

    def _files(self, folder: Path) -> list[Path]:
        return sorted(p for p in folder.glob(f"*{SUFFIX}") if _FILE_ID.fullmatch(p.stem))

    def _known(self, folder: Path) -> dict[str, ReferenceInfo]:
        return {path.stem: read_info(path) for path in self._files(folder)}

    def _file(self, folder: Path, reference_id: str) -> Path:
        files = {path.stem: path for path in self._files(folder)}
        if reference_id not in files:
            known = ", ".join(files) if files else "none"
            raise LibraryError(f"No reference {reference_id!r} in {folder.name}. There: {known}.")
        return files[reference_id]

    def _starter_text(self, folder: Path) -> bytes | None:
        """The starter's `exercise.toml` that belongs to a folder of the user."""
        path = self.starters / folder.name / EXERCISE_FILE if self.starters else None
        return path.read_bytes() if path and path.is_file() else None

    def _copy_starter(self, folder: Path) -> None:
        assert self.starters is not None
        source = self.starters / folder.name
        files = [path for path in source.iterdir() if path.is_file()]
        if folder.is_dir():  # somebody made it, without an exercise in it
            with storage_errors(folder, "replace"):
                folder.rmdir()
        create_folder(folder, {path.name: path.read_bytes() for path in files})

    @contextmanager
    def _writing(self, name: str) -> Iterator[Path]:
        """The exercise's place in the user's folder, while no one else writes there."""
        with write_lock(self.root, wait_s=WAIT_S):
            remove_leftovers(self.root)
            yield self.root / slug(name)

    @contextmanager
    def _changing(self, name: str) -> Iterator[Path]:
        """As `_writing`, for an exercise that exists: a starter is copied first."""
        found = self.folder(name)
        with self._writing(name) as folder:
            if found.parent == self.starters and not (folder / EXERCISE_FILE).is_file():
                self._copy_starter(folder)
            yield folder


def _store(
    folder: Path, references: Sequence[Reference], base: dict[str, bytes]
) -> tuple[ReferenceInfo, ...]:
    """Write references into a folder; one without an exercise also gets the files of `base`."""
    files = {f"{r.info.id}{SUFFIX}": encode_reference(r) for r in references}
    if not (folder / EXERCISE_FILE).is_file():
        files |= base  # last: only then do others see an exercise
    if folder.is_dir():
        for name, data in files.items():
            write_atomically(folder / name, data)
    else:
        create_folder(folder, files)
    return tuple(reference.info for reference in references)


def _unlink(path: Path) -> None:
    with storage_errors(path, "delete"):
        path.unlink(missing_ok=True)


def _again(name: str, info: ReferenceInfo) -> str:
    """The command that makes a reference anew."""
    file, _, number = info.source.rpartition(" take ")
    if not (file and number.isdecimal()):
        file = info.source
    elif file.startswith("record "):  # from a camera, and no video was kept
        return f"dtwcoach record {name}"
    label = " --wrong" if info.label == "wrong" else ""
    return f"dtwcoach reference add {name} {file}{label}"


def _refuse_others(name: str, infos: list[ReferenceInfo], what: str, needed: str) -> None:
    others = [info for info in infos if getattr(info, what) != needed]
    if not others:
        return
    commands = dict.fromkeys(_again(name, info) for info in others)
    arrived = getattr(others[0], what)
    label = {"model": "the pose model", "settings": "the settings"}[what]
    raise LibraryError(
        f"{len(others)} of {len(infos)} references of {name} were made with {label} {arrived}, "
        f"this recording with {needed}; they cannot be compared. Rebuild them with:\n  "
        + "\n  ".join(commands)
    )


def _trimmed(reference: Reference, start_s: float, stop_s: float) -> Reference:
    series, info = reference.series, reference.info
    first, last = float(series.time_s[0]), float(series.time_s[-1])
    if not (first <= start_s < stop_s):
        raise LibraryError(
            f"Trim to {start_s:g}-{stop_s:g} s arrived; needed a range inside "
            f"{first:g}-{last:g} s, the time of reference {info.id}."
        )
    keep = (series.time_s >= start_s) & (series.time_s < stop_s)
    time_s = series.time_s[keep]
    turn_s = info.turn_s - info.start_s
    if len(time_s) < 3 or not (time_s[0] < turn_s < time_s[-1]):
        raise LibraryError(
            f"Trim to {start_s:g}-{stop_s:g} s would cut away the turn of reference {info.id}, "
            f"at {turn_s:.2f} s. Keep frames on both sides of it."
        )
    lead, tail = float(time_s[0] - first), float(last - time_s[-1])
    positions = reference.positions[keep]
    positions.setflags(write=False)
    return Reference(
        replace(info, start_s=info.start_s + lead, stop_s=info.stop_s - tail),
        FeatureSeries(time_s - time_s[0], series.values[keep], series.names),
        positions,
    )
