"""The page of `dtwcoach history`: what has changed over the sets of one athlete."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report import progress_figures, shell, words
from dtwcoach.report.index_page import INDEX, href, refuse_others, result
from dtwcoach.report.summary import NAN, CueSummary, Summary, page_summary, person_key, read_summary

MOST_COMPARED = 3
"""The first and the latest so many sets are compared: one set alone says little."""
FEW_SETS = 4
CHANCE = 0.05
MOST_CUES = 6
MOST_DOTS = 24


@dataclass(frozen=True)
class CueCourse:
    """A cue over all judged sets: its latest wording, and whether each set had it."""

    instruction: str
    came: tuple[bool, ...]


@dataclass(frozen=True)
class Course:
    """The sets of one exercise, oldest first; `first_row` numbers the first on the page."""

    sets: tuple[Summary, ...]
    first_row: int = 1

    @property
    def title(self) -> str:
        """The exercise as people read it."""
        return self.sets[-1].title or self.sets[-1].exercise

    @cached_property
    def changes(self) -> dict[int, str]:
        """Index of each set judged by something else than the one before -> by what."""
        pairs = enumerate(zip(self.sets[:-1], self.sets[1:], strict=True), 1)
        found = {at: _changed(before, after) for at, (before, after) in pairs}
        return {at: what for at, what in found.items() if what}

    @property
    def judged(self) -> list[Summary]:
        """Sets with a repetition that was judged."""
        return [page for page in self.sets if page.right + page.wrong]

    @property
    def comparable(self) -> list[Summary]:
        """Judged sets since the last change: only these may be compared by verdict and score."""
        latest = max(self.changes, default=0)
        return [page for page in self.sets[latest:] if page.right + page.wrong]

    @cached_property
    def cues(self) -> list[CueCourse]:
        """What was to change, most frequent first."""
        latest: dict[str, str] = {}
        for page in self.judged:
            latest |= {cue.about: cue.instruction for cue in page.cues}
        found = [
            CueCourse(said, tuple(_has(page, about) for page in self.judged))
            for about, said in latest.items()
        ]
        return sorted(found, key=lambda cue: -sum(cue.came))[:MOST_CUES]


def courses(sets: Sequence[Summary]) -> tuple[Course, ...]:
    """Return the exercises of an athlete's sets, the one trained last first.

    Parameters
    ----------
    sets : sequence of Summary
        Oldest first.
    """
    of: dict[str, list[Summary]] = {}
    for page in reversed(sets):
        of.setdefault(page.exercise, []).insert(0, page)
    found, row = [], 1
    for own in of.values():
        found.append(Course(tuple(own), row))
        row += len(own)
    return tuple(found)


def progress_path(folder: str | os.PathLike[str], athlete: str, exercise: str = "") -> Path:
    """Return the file of an athlete's progress in `folder`, such as `progress-anna-3f9c01.html`.

    It is the same for every spelling of the name; a digest keeps like names apart.
    """
    said = f"{person_key(athlete)}\0{exercise}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    parts = ("progress", shell.slug(athlete), shell.slug(exercise), digest)
    return Path(folder) / f"{'-'.join(filter(None, parts))}.html"


def write_progress(
    folder: str | os.PathLike[str],
    sets: Sequence[Summary],
    *,
    exercise: str = "",
    now: datetime | None = None,
) -> Path:
    """Write the page into a folder of reports and return its path.

    Parameters
    ----------
    folder : path
    sets : sequence of Summary
        All of one athlete, at least one, oldest first; `path` is empty where `folder` holds no
        report of it.
    exercise : str
        Name of the only exercise in `sets`, for a page of that alone.
    now : datetime, optional

    Raises
    ------
    StorageError
        When a file of that name is none of these, or it cannot be written.
    """
    athlete = sets[-1].athlete
    path = progress_path(folder, athlete, exercise)
    refuse_others(path, "progress", athlete)
    index = read_summary(Path(folder) / INDEX)
    html = progress_html(
        sets,
        exercise=exercise,
        now=now or datetime.now().astimezone(),
        index=index if index and index.kind == "index" else None,
    )
    return shell.write_page(path, html)


def progress_html(
    sets: Sequence[Summary], *, exercise: str = "", now: datetime, index: Summary | None = None
) -> str:
    """Return the page as text (see `write_progress`); `index` is linked to."""
    athlete, found = sets[-1].athlete.strip(), courses(sets)
    drawn = {
        f"course-{number}-{name}": figure
        for number, course in enumerate(found, 1)
        for name, figure in progress_figures.drawn(course.sets, course.changes, course.first_row)
    }
    title = found[0].title if exercise else athlete
    return shell.render(
        "progress.html.j2",
        drawn=drawn,
        drawn_ids=set(drawn),
        now=now,
        styles=("progress.css",),
        summary=page_summary("progress", title, now, exercise=exercise, athlete=athlete),
        athlete=athlete,
        total=len(sets),
        courses=found,
        index=index,
        Verdict=Verdict,
        symbols=words.SYMBOLS,
        most_dots=MOST_DOTS,
        href=href,
        result=result,
        story=lambda course: story(course, now=now),
        facts=facts,
        whether=whether,
        day=lambda date: day(date, now=now),
        score=lambda value: f"{value:.2f}" if math.isfinite(value) else "–",
        size=_size,
    )


def story(course: Course, *, now: datetime) -> list[str]:
    """Return the first sets against the latest in a plain sentence, then what limits it."""
    sets = course.comparable
    changed = max(course.changes, default=0)
    since = f"Since {day(course.sets[changed].date, now=now)}"
    notes = []
    if changed:
        what = course.changes[changed]
        notes.append(f"{since}, sets are judged by {what}: only these are compared here.")
    if not sets:
        return [f"No set could be judged{' since then' if changed else ''}.", *notes]
    first, last = _ends(sets)
    if not first:
        said = f"{result(last[0])} in the only set{' since then' if changed else ' so far'}."
        return [f"{said} Progress shows from the second on.", *notes]
    then, now_right = _share(first), _share(last)
    said = f"Since {day(first[0].date, now=now)}: {then:.0f}\u00a0% → {now_right:.0f}\u00a0% right"
    said += _cue_sentence(course, first, last)
    if len(first) > 1:
        notes.append(f"The first {len(first)} sets against the latest {len(last)}.")
    if len(sets) < FEW_SETS:
        notes.append(f"{len(sets)} sets are few: take this for a hint.")
    elif then != now_right and _may_be_chance(first, last):
        notes.append("With so few repetitions, a difference of this size may be chance.")
    return [f"{said}.", *notes]


def facts(course: Course) -> list[tuple[str, str]]:
    """Return (label, first sets → latest sets) of what was measured, unknown ones left out."""
    first, last = _ends(course.comparable)
    if not first:
        return []
    told: list[tuple[str, str, Callable[[float], str]]] = [
        ("Median score, lower is better", "score", "{:.2f}".format),
        ("Range of motion", "rom_mean", lambda value: _size(value, last[-1].unit)),
        *(
            (phase[:1].upper() + phase[1:], name, "{:.1f} s".format)
            for phase, name in zip(last[-1].phases, ("out_s", "turn_s", "back_s"), strict=False)
        ),
        (f"{last[-1].noun.capitalize()}s in a set", "total", "{:.0f}".format),
    ]
    if last[-1].hold:
        told.append(("Time in position", "under_tension_s", "{:.0f} s".format))
    rows = []
    for label, name, shown in told:
        then, latest = (_middle(getattr(page, name) for page in sets) for sets in (first, last))
        if math.isfinite(then + latest):
            rows.append((label, f"{shown(then)} → {shown(latest)}"))
    return rows


def whether(cue: CueCourse) -> str:
    """Return whether a cue still comes.

    >>> whether(CueCourse("", (True, True, True, False, False, False)))
    'gone: in none of the latest 3'
    """
    latest = cue.came[-_compared(len(cue.came)) :] if len(cue.came) > 1 else ()
    if not latest:
        return "one set so far"
    if not any(latest):
        return "gone: " + (
            f"in none of the latest {len(latest)}" if latest[1:] else "not in the latest"
        )
    if not any(cue.came[: -len(latest)]):
        return "new"
    return "still comes"


def day(date: datetime, *, now: datetime) -> str:
    """Return a date as people say it, with its year where it is another.

    >>> day(datetime(2026, 11, 3), now=datetime(2026, 11, 20))
    '3 November'
    """
    return f"{date.day} {date:%B}" + (f" {date.year}" if date.year != now.year else "")


def as_plain(course: Course, *, now: datetime) -> dict[str, Any]:
    """Return a course for machines: the same sentences and numbers."""
    sentence, *notes = story(course, now=now)
    return {
        "exercise": course.sets[-1].exercise,
        "title": course.title,
        "story": sentence,
        "notes": notes,
        "cues": [
            {"instruction": cue.instruction, "sets": sum(cue.came), "now": whether(cue)}
            for cue in course.cues
        ],
        "sets": [
            {
                "date": page.date.isoformat(timespec="seconds"),
                "report": page.path.name,
                "right": page.right,
                "wrong": page.wrong,
                "cannot_judge": page.cannot_judge,
                "score": page.score,
                "joint": page.joint,
                "unit": page.unit,
                "rom": [page.rom_mean, page.rom_low, page.rom_high],
                "tempo_s": [page.out_s, page.turn_s, page.back_s],
                "cues": [cue.instruction for cue in page.cues],
                "changed": course.changes.get(at, ""),
            }
            for at, page in enumerate(course.sets)
        ],
    }


def _changed(before: Summary, after: Summary) -> str:
    if before.model != after.model:
        return "another pose model"
    if before.settings != after.settings:
        return "other settings"
    if (before.references, before.threshold) != (after.references, after.threshold):
        return "other references or another calibration"
    return ""


def _ends(sets: Sequence[Summary]) -> tuple[Sequence[Summary], Sequence[Summary]]:
    """The first and the latest sets to compare; no first ones where there is only one set."""
    if len(sets) < 2:
        return [], sets
    number = _compared(len(sets))
    return sets[:number], sets[-number:]


def _compared(sets: int) -> int:
    return max(1, min(MOST_COMPARED, sets // 2))


def _share(sets: Sequence[Summary]) -> float:
    right = sum(page.right for page in sets)
    return 100.0 * right / (right + sum(page.wrong for page in sets))


def _may_be_chance(first: Sequence[Summary], last: Sequence[Summary]) -> bool:
    from scipy.stats import fisher_exact

    counts = [[sum(getattr(page, name) for page in sets) for name in ("right", "wrong")]
              for sets in (first, last)]  # fmt: skip
    return bool(fisher_exact(counts).pvalue >= CHANCE)


def _cue_sentence(course: Course, first: Sequence[Summary], last: Sequence[Summary]) -> str:
    """The cue that came most at first, else most in the latest sets; "" where none came."""

    def most(sets: Sequence[Summary]) -> CueSummary | None:
        said = {cue.about: cue for page in sets for cue in page.cues}
        return max(
            said.values(), key=lambda cue: sum(_has(p, cue.about) for p in sets), default=None
        )

    cue = most(first) or most(last)
    if cue is None:
        return ""
    then, latest = (sum(_has(page, cue.about) for page in sets) for sets in (first, last))
    quoted = f"; the cue “{cue.instruction.rstrip('.')}” came"
    if len(first) == 1:
        return f"{quoted} {('only in the latest set', 'in the first set')[then]}" + (
            f" {'and again' if latest else 'but not'} in the latest" if then else ""
        )
    return f"{quoted} in {then or 'none'} of the first {len(first)} sets and in " + (
        f"{latest or 'none'} of the latest {len(last)}"
    )


def _has(page: Summary, about: str) -> bool:
    return any(cue.about == about for cue in page.cues)


def _middle(values: Any) -> float:
    known = [value for value in values if math.isfinite(value)]
    return float(median(known)) if known else NAN


def _size(value: float, unit: str) -> str:
    return words.amount(value, words.UNITS.get(unit, unit)) if math.isfinite(value) else "–"
