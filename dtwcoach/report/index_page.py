"""The page of `dtwcoach reports`: every set in a folder, newest first, and what else is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from dtwcoach.errors import StorageError
from dtwcoach.matching.assessment import Verdict
from dtwcoach.report import shell, words
from dtwcoach.report.summary import (
    Summary,
    page_summary,
    person_key,
    read_reports,
    read_summary,
)

INDEX = "index.html"
OTHER_PAGES = {
    "sheet": "References",
    "calibration": "The border between right and wrong",
    "check": "What the references can see",
    "evaluation": "What was recognised",
}
"""Kind of a page that is about no set -> what the list calls it."""


@dataclass(frozen=True)
class Athlete:
    """One person of the index: the latest spelling of the name, the sets, pages of progress."""

    name: str
    sets: tuple[Summary, ...]
    progress: tuple[Summary, ...]


def write_index(folder: str | os.PathLike[str], *, now: datetime | None = None) -> Path:
    """Write `index.html` into a folder of reports and return its path.

    Raises
    ------
    StorageError
        When there is an `index.html` that is none of these, or the file cannot be written.
    """
    path = Path(folder) / INDEX
    refuse_others(path, "index")
    pages, unread = read_reports(folder)
    html = index_html(pages, unread=unread, now=now or datetime.now().astimezone())
    return shell.write_page(path, html)


def index_html(pages: Sequence[Summary], *, unread: int, now: datetime) -> str:
    """Return the page as text (see `write_index`).

    Parameters
    ----------
    pages : sequence of Summary
        As `summary.read_reports` gives them, oldest first.
    unread : int
        How many files could not be read.
    now : datetime
    """
    sets = [page for page in pages if page.kind == "set"]
    others = [page for page in pages if page.kind in OTHER_PAGES]
    people = athletes(pages)
    number = {person_key(person.name): at for at, person in enumerate(people, 1)}
    titles = {page.exercise: page.title or page.exercise for page in sets}  # the latest title
    exercises = sorted(titles.items(), key=lambda item: item[1].casefold())
    return shell.render(
        "index.html.j2",
        drawn={},
        now=now,
        styles=("progress.css",),
        summary=page_summary("index", "All reports", now),
        sets=sets[::-1],
        others=others[::-1],
        other_pages=OTHER_PAGES,
        people=people,
        person_of={page: number.get(person_key(page.athlete), 0) for page in sets},
        exercises=[title for _, title in exercises],
        exercise_of={name: at for at, (name, _) in enumerate(exercises, 1)},
        unnamed=sum(not page.athlete.strip() for page in sets),
        unread=unread,
        href=href,
        result=result,
        Verdict=Verdict,
        symbols=words.SYMBOLS,
    )


def athletes(pages: Iterable[Summary]) -> tuple[Athlete, ...]:
    """Return everybody who is named in a set, by name.

    Parameters
    ----------
    pages : iterable of Summary
        Oldest first.
    """
    sets: dict[str, list[Summary]] = {}
    progress: dict[str, list[Summary]] = {}
    for page in pages:
        of = {"set": sets, "progress": progress}.get(page.kind)
        if of is not None and page.athlete.strip():
            of.setdefault(person_key(page.athlete), []).append(page)
    people = [
        Athlete(own[-1].athlete.strip(), tuple(own), tuple(progress.get(key, ())))
        for key, own in sets.items()
    ]
    return tuple(sorted(people, key=lambda person: person_key(person.name)))


def href(page: Summary) -> str:
    """Return the address of a page of the same folder, whatever its file is called.

    >>> from datetime import UTC
    >>> href(Summary("set", "", "", "", datetime.now(UTC), Path("a/50 % <b>#1?.html")))
    './50%20%25%20%3Cb%3E%231%3F.html'
    """
    return f"./{quote(os.fsencode(page.path.name), safe='')}"


def result(page: Summary) -> str:
    """Return a set in a few words, such as "5 of 8 right"."""
    if not page.right + page.wrong:
        return "cannot judge"
    return f"{page.right} of {page.total} right"


def refuse_others(path: Path, kind: str, athlete: str = "") -> None:
    """Refuse to write over a file that is not the same page made earlier.

    Raises
    ------
    StorageError
    """
    old = read_summary(path)
    ours = old is not None and (old.kind, person_key(old.athlete)) == (kind, person_key(athlete))
    if not ours and os.path.lexists(path):
        raise StorageError(
            f"{path} is there already and was not made by this command, so it stays as it is. "
            "Move it away, or choose another folder with --reports."
        )
