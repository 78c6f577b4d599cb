"""What there is of a person, in history, reports, cache and references, and how it is erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dtwcoach.errors import DtwCoachError, StorageError
from dtwcoach.history.store import History
from dtwcoach.matching.library import Library
from dtwcoach.report.index_page import INDEX, OTHER_PAGES, write_index
from dtwcoach.report.summary import person_key, read_summary
from dtwcoach.sources.cache import cached_entries
from dtwcoach.storage import storage_errors

CANNOT_BE_TOLD = (
    "Not erased, since nothing tells whose they are: videos, what was exported from them (tables, "
    "OpenSim files, drawn videos), reports moved elsewhere, reports without a name, cached poses "
    "of recordings that are not in the history, copies and backups."
)


@dataclass(frozen=True)
class Traces:
    """What was found of a person.

    Parameters
    ----------
    athlete : str
    sets, workouts : int
        In the history.
    pages : tuple of Path
        Reports and pages of progress that name them.
    poses : tuple of Path
        Cached poses of the recordings in the history.
    references : tuple of (str, str)
        Exercise and id of what they recorded for the library.
    about_references : tuple of Path
        Pages about the references of these exercises.
    problems : tuple of str
        Where nothing could be looked for, and why.
    """

    athlete: str
    sets: int
    workouts: int
    pages: tuple[Path, ...]
    poses: tuple[Path, ...]
    references: tuple[tuple[str, str], ...]
    about_references: tuple[Path, ...]
    problems: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything at all."""
        return bool(
            self.sets or self.workouts or self.pages or self.poses or self.references
        )  # pages about references go with these


def traces_of(athlete: str, *, history: History, reports: Path, library: Library) -> Traces:
    """Look for all that is kept of a person, however the name is spelt.

    Parameters
    ----------
    athlete : str
        Not blank.
    history : History
    reports : Path
        Folder of reports; others are known only by the sets in the history.
    library : Library
        Starters name nobody.

    Raises
    ------
    StorageError
        When the history cannot be read.
    """
    sets, workouts = history.count(athlete)
    written = set(history.reports(athlete))
    references, problems = _references(library, athlete)
    exercises = {exercise for exercise, _ in references}
    pages, about = [], []
    for path in sorted({*reports.absolute().glob("*.html"), *written}):
        page = read_summary(path)
        if page is None:
            continue
        if person_key(page.athlete) == person_key(athlete):
            pages.append(path)
        elif page.kind in OTHER_PAGES and page.exercise in exercises:
            about.append(path)
    poses = [entry for one in history.recordings(athlete) for entry in cached_entries(one)]
    return Traces(
        athlete, sets, workouts, tuple(pages), tuple(poses), references, tuple(about), problems
    )


def erase(
    traces: Traces, *, history: History, reports: Path, library: Library, references_too: bool
) -> tuple[str, ...]:
    """Erase what was found; return what could not be, and why.

    The history goes last: it tells where the rest is, so that a second run can finish what the
    first could not.
    """
    errors = list(_removed(traces.pages)) + list(_removed(traces.poses))
    if references_too:
        errors += traces.problems
        for exercise, reference in traces.references:
            try:
                library.remove(exercise, reference)
            except DtwCoachError as error:
                errors.append(str(error))
        errors += _removed(traces.about_references)
    index = read_summary(reports / INDEX)
    try:
        if index is not None and index.kind == "index":
            write_index(reports)
        if not errors:
            history.forget(traces.athlete)
    except StorageError as error:
        errors.append(str(error))
    return tuple(errors)


def _references(
    library: Library, athlete: str
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Exercise and id of each reference of a person, and which exercises cannot be read."""
    found, problems = [], []
    for name in library.exercises():
        if library.is_starter(name):
            continue
        try:
            found += [
                (name, info.id)
                for info in library.infos(name)
                if person_key(info.person) == person_key(athlete)
            ]
        except DtwCoachError as error:
            problems.append(f"References of {name} could not be looked through. {error}")
    return tuple(found), tuple(problems)


def _removed(paths: Iterable[Path]) -> list[str]:
    """Delete files; return what the system said against it."""
    errors = []
    for path in paths:
        try:
            with storage_errors(path, "delete"):
                path.unlink(missing_ok=True)
        except StorageError as error:
            errors.append(str(error))
    return errors
