"""`dtwcoach progress`: what has changed over the sets of one athlete."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from dtwcoach.cli import OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.reports import needed_folder
from dtwcoach.cli.screen import print_json, say, say_path
from dtwcoach.errors import UsageError
from dtwcoach.report.index_page import INDEX, athletes, write_index
from dtwcoach.report.progress_page import as_plain, courses, story, write_progress
from dtwcoach.report.summary import Summary, person_key, read_reports, read_summary

MOST_NAMED = 10


def run(options: Namespace) -> int:
    """Write the page of one athlete and say the same in a few lines."""
    folder = needed_folder(options)
    sets = sets_of(folder, options.athlete)
    if options.exercise:
        known = [page.exercise for page in sets]
        chosen = [
            page for page in sets if person_key(page.exercise) == person_key(options.exercise)
        ]
        if not chosen:
            raise UsageError(
                f"{_quoted(options.athlete)} has no set of {_quoted(options.exercise)} in "
                f"{folder}; there: {_listed(known)}."
            )
        sets = tuple(chosen)
    now = datetime.now().astimezone()
    exercise = sets[-1].exercise if options.exercise else ""
    path = write_progress(folder, sets, exercise=exercise, now=now).absolute()
    index = read_summary(folder / INDEX)
    if index is not None and index.kind == "index":
        write_index(folder, now=now)  # which links to the page just made
    found = courses(sets)
    if options.json:
        told = [as_plain(course, now=now) for course in found]
        print_json({"page": str(path), "athlete": sets[-1].athlete, "exercises": told})
        return OK
    for course in found:
        say(f"{course.title} ({len(course.sets)} set{'s' * (len(course.sets) > 1)})", style="bold")
        for line in story(course, now=now):
            say(line)
    say_path("Progress:", path)
    return OK


def sets_of(folder: Path, athlete: str) -> tuple[Summary, ...]:
    """Return all sets of one athlete in a folder of reports, oldest first.

    Raises
    ------
    UsageError
        When there is none; it names who is known.
    """
    people = athletes(read_reports(folder)[0])
    for person in people:
        if person_key(person.name) == person_key(athlete):
            return person.sets
    raise UsageError(
        f"No set of {_quoted(athlete)} in {folder}; needed the name given with --athlete when it "
        f"was judged. Known: {_listed(person.name for person in people)}."
    )


def _quoted(name: str) -> str:
    return f"“{plain(name)}”"


def _listed(names: Iterable[str]) -> str:
    named = [plain(name) for name in dict.fromkeys(names)]
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "") or "nobody"
