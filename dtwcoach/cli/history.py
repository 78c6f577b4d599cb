"""`dtwcoach history`: the sets that are kept of named athletes, and what has changed over them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import print_json, reports_folder, say, say_path, table
from dtwcoach.errors import UsageError
from dtwcoach.history.store import History, NewSet, StoredSet, history_file
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.report.index_page import INDEX, result, write_index
from dtwcoach.report.progress_page import as_plain, courses, story, write_progress
from dtwcoach.report.summary import Summary, person_key, read_summary, summary_of
from dtwcoach.report.words import UNITS, amount

if TYPE_CHECKING:
    from dtwcoach.history.store import StoredWorkout

MOST_NAMED = 10
MOST_SHOWN = 20
"""Sets on the screen; the page has them all."""


def remember(assessment: SetAssessment, *, recording: str, report: Path | None) -> None:
    """Keep a named athlete's set.

    Parameters
    ----------
    assessment : SetAssessment
    recording : str
        Tells it from all others (see `history.store.recording_id`).
    report : Path, optional

    Raises
    ------
    StorageError
    """
    new = NewSet(summary_of(assessment, datetime.now()), recording, report)
    History(history_file()).add([new])


def run(options: Namespace) -> int:
    """List athletes, or an athlete's sets; then also write the page of what has changed."""
    history = History(history_file())
    if not options.athlete:
        return _run_all(options, history)
    sets = _chosen(history.sets(), options.athlete, options.exercise)
    workouts = () if options.exercise else history.workouts(options.athlete)
    now = datetime.now().astimezone()
    path = None if options.no_report else _write_page(options, sets, now)
    found = courses(sets)
    if options.json:
        print_json(
            {
                "page": str(path) if path else None,
                "athlete": sets[-1].athlete,
                "exercises": [as_plain(course, now=now) for course in found],
                "workouts": [_workout(workout) for workout in workouts],
            }
        )
        return OK
    _print_sets(sets)
    for course in found:
        say(f"{course.title} ({counted(len(course.sets), 'set')})", style="bold")
        for line in story(course, now=now):
            say(line)
    _print_workouts(workouts)
    if path is not None:
        say_path("Progress:", path)
    return OK


def quoted(name: str) -> str:
    """A name as messages have it."""
    return f"“{plain(name)}”"


def listed(names: Iterable[str]) -> str:
    """The first few of several names; "nobody" for none."""
    named = [plain(name) for name in dict.fromkeys(names)]
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "") or "nobody"


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "set"), counted(2, "set")
    ('1 set', '2 sets')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def athletes(sets: Sequence[StoredSet]) -> dict[str, tuple[Summary, ...]]:
    """Return the sets of each athlete, by the latest spelling of the name."""
    found: dict[str, list[Summary]] = {}
    for one in sets:
        found.setdefault(person_key(one.summary.athlete), []).append(one.summary)
    return {found[key][-1].athlete.strip(): tuple(found[key]) for key in sorted(found)}


def _chosen(sets: Sequence[StoredSet], athlete: str, exercise: str) -> list[Summary]:
    """Sets of one athlete, of one exercise if one is named.

    Raises
    ------
    UsageError
        When there is none; it names what is known.
    """
    people = athletes(sets)
    own = [page for name in people if person_key(name) == person_key(athlete)
           for page in people[name]]  # fmt: skip
    if not own:
        raise UsageError(
            f"No set of {quoted(athlete)} is kept; needed the name given with --athlete when it "
            f"was judged. Known: {listed(people)}."
        )
    chosen = [page for page in own if not exercise or _same(page.exercise, exercise)]
    if not chosen:
        raise UsageError(
            f"{quoted(athlete)} has no set of {quoted(exercise)}; "
            f"there: {listed(page.exercise for page in own)}."
        )
    return chosen


def _same(one: str, other: str) -> bool:
    return person_key(one) == person_key(other)


def _write_page(options: Namespace, sets: Sequence[Summary], now: datetime) -> Path:
    """Write the page beside the reports, with links to those that are there."""
    folder = reports_folder(options)
    here = folder.resolve()
    linked = [
        page if page.path.parent.resolve() == here and page.path.is_file()
        else replace(page, path=Path())
        for page in sets
    ]  # fmt: skip
    exercise = sets[-1].exercise if options.exercise else ""
    path = write_progress(folder, linked, exercise=exercise, now=now)
    index = read_summary(folder / INDEX)
    if index is not None and index.kind == "index":
        write_index(folder, now=now)  # which links to the page just made
    return path.absolute()


def _run_all(options: Namespace, history: History) -> int:
    people = athletes(history.sets())
    if options.json:
        print_json(
            {
                "file": str(history.file),
                "athletes": [
                    {
                        "athlete": name,
                        "sets": len(sets),
                        "exercises": list(dict.fromkeys(page.exercise for page in sets)),
                        "latest": sets[-1].date.isoformat(timespec="seconds"),
                    }
                    for name, sets in people.items()
                ],
            }
        )
        return OK
    if people:
        table(
            ("Athlete", ">Sets", "Latest", "Exercises"),
            [
                (name, len(sets), _when(sets[-1].date), listed(page.title for page in sets))
                for name, sets in people.items()
            ],
        )
    else:
        say("No set is kept yet: judge one with dtwcoach score EXERCISE FILE --athlete NAME")
    say_path("History:", history.file.absolute())
    return OK


def _print_sets(sets: Sequence[Summary]) -> None:
    if len(sets) > MOST_SHOWN:
        say(f"The latest {MOST_SHOWN} of {len(sets)} sets:", style="dim")
    table(
        ("Date", "Exercise", "Result", ">Score", ">Range", ">Out / turn / back", "First to change"),
        [
            (
                _when(page.date),
                page.title,
                result(page),
                f"{page.score:.2f}" if isfinite(page.score) else "-",
                amount(page.rom_mean, UNITS.get(page.unit, page.unit))
                if isfinite(page.rom_mean)
                else "-",
                _tempo(page),
                page.cues[0].instruction if page.cues else "",
            )
            for page in sets[-MOST_SHOWN:]
        ],
    )


def _tempo(page: Summary) -> str:
    times = [f"{t:.1f}" if isfinite(t) else "-" for t in (page.out_s, page.turn_s, page.back_s)]
    return "-" if times == ["-"] * 3 else f"{' / '.join(times)} s"


def _print_workouts(workouts: Sequence[StoredWorkout]) -> None:
    if workouts:
        say(f"Workouts ({len(workouts)})", style="bold")
    for workout in workouts[-MOST_SHOWN:]:
        say(f"{_when(workout.date)} {workout.title}: {workout.points} of {workout.planned} right")


def _workout(workout: StoredWorkout) -> dict[str, Any]:
    date = workout.date.isoformat(timespec="seconds")
    return {
        "title": workout.title,
        "date": date,
        "points": workout.points,
        "planned": workout.planned,
    }


def _when(date: datetime) -> str:
    return f"{date:%Y-%m-%d %H:%M}"
