"""The page of `dtwcoach reference sheet`: a trainer looks at what was recorded, and decides."""

from __future__ import annotations

import math
import os
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from dtwcoach.matching.references import ReferenceInfo
from dtwcoach.matching.sheet import DOUBTS, Sheet, SheetRep
from dtwcoach.report import calibration_words, shell, words
from dtwcoach.report.rep_view import Shown, drawn_of, motion_of
from dtwcoach.report.summary import page_summary

MOST_CURVES = 100
"""Repetitions whose curves the page holds, doubtful ones first; keeps it below 8 MB."""
MOST_OPENED = 3
MOST_FAULTS = 3
MOST_NAMED = 3
"""People and recordings named at the top."""
OTHER = {"right": "wrong", "wrong": "right"}


@dataclass(frozen=True)
class Row:
    """One repetition on the page.

    Parameters
    ----------
    number : int
        From 1, in the order of the page.
    stored : SheetRep
    shown : Shown, optional
        None where the page has curves enough, or nothing can be drawn.
    opened : bool
        Whether it is unfolded.
    """

    number: int
    stored: SheetRep
    shown: Shown | None
    opened: bool

    @property
    def info(self) -> ReferenceInfo:
        """Where it comes from."""
        return self.stored.info


@dataclass(frozen=True)
class Commands:
    """Command lines of one exercise, all names quoted for a shell.

    Parameters
    ----------
    exercise : str
    options : sequence of str
        What ends every command, such as ("--references", "mine").
    """

    exercise: str
    options: Sequence[str] = ()

    @property
    def parts(self) -> dict[str, str]:
        """How each command begins, and how all end: what the page's script puts together."""
        begins = {
            action: shlex.join(["dtwcoach", "reference", action, self.exercise])
            for action in ("remove", "relabel")
        }
        calibrate = shlex.join(["dtwcoach", "calibrate", self.exercise])
        end = f" {shlex.join(self.options)}" if self.options else ""
        return {**begins, "calibrate": calibrate, "end": end}

    @staticmethod
    def quoted(text: str) -> str:
        """Return a text as one word of a command."""
        return shlex.quote(text)

    def of(self, info: ReferenceInfo) -> tuple[str, str]:
        """Return what rejects one repetition, and what gives it the other label."""
        parts, number = self.parts, self.quoted(info.id)
        return (
            f"{parts['remove']} {number}{parts['end']}",
            f"{parts['relabel']} {number} {OTHER[info.label]}{parts['end']}",
        )


def sheet_path(folder: str | os.PathLike[str], exercise: str, now: datetime) -> Path:
    """Return a free file name in `folder`, such as `2026-11-20-091500-squat-sheet.html`."""
    return shell.page_path(folder, now, exercise, "sheet")


def write_sheet(
    sheet: Sheet,
    path: str | os.PathLike[str],
    *,
    now: datetime | None = None,
    starter: bool = False,
    set_aside: int = 0,
    options: Sequence[str] = (),
) -> Path:
    """Write the page and return its path; the file appears whole or not at all.

    Parameters
    ----------
    sheet : Sheet
    path : path
        Where to write; missing folders are made, an existing file is replaced.
    now : datetime, optional
        The date shown; by default the present.
    starter : bool
        Whether these references ship with dtwcoach.
    set_aside : int
        Drawn ones that are stored, and no longer judged by.
    options : sequence of str
        What ends every command on the page, such as ("--references", "mine").

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    now = now or datetime.now().astimezone()
    page = sheet_html(sheet, now=now, starter=starter, set_aside=set_aside, options=options)
    return shell.write_page(path, page)


def sheet_html(
    sheet: Sheet,
    *,
    now: datetime,
    starter: bool = False,
    set_aside: int = 0,
    options: Sequence[str] = (),
) -> str:
    """Return the page as text (see `write_sheet`)."""
    rows = _rows(sheet)
    laid = [row.shown.laid for row in rows if row.shown]
    commands = Commands(sheet.exercise.name, options)
    return shell.render(
        "sheet.html.j2",
        drawn=drawn_of(laid),
        data={"motion": motion_of(laid), "commands": commands.parts},
        scripts=("rep.js", "table.js", "sheet.js"),
        styles=("rep.css", "sheet.css"),
        now=now,
        summary=page_summary("sheet", sheet.exercise.title, now, exercise=sheet.exercise.name),
        sheet=sheet,
        exercise=sheet.exercise,
        rows=rows,
        facts=_facts(sheet),
        doubts=_doubtful(sheet),
        doubt_words=DOUBTS,
        scores={label: _usual_score(sheet, label) for label in OTHER},
        rom_title=words.feature_title(sheet.driving) if sheet.driving else "",
        rom_unit=words.feature_unit(sheet.driving),
        commands=commands,
        starter=starter,
        set_aside=set_aside,
        curved=len(laid),
        other=OTHER,
        called=calibration_words.CALLED,
        known=math.isfinite,
        most_faults=MOST_FAULTS,
    )


def _rows(sheet: Sheet) -> list[Row]:
    rows: list[Row] = []
    for number, stored in enumerate(sheet.reps, start=1):
        shown = Shown.of(stored.laid, number)
        if shown and stored.by_itself:  # nothing is known of how far off it is
            shown = replace(shown, view=replace(shown.view, rows=[]))
        doubtful = bool(stored.doubts) or len(sheet.reps) == 1
        rows.append(Row(number, stored, shown, doubtful and number <= MOST_OPENED))
    return rows


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    """Return whom and what the shown repetitions come from, as (label, words)."""
    infos = [rep.info for rep in sheet.reps]
    people = list(dict.fromkeys(info.person or "not named" for info in infos))
    sources = list(dict.fromkeys(info.source for info in infos))
    views = Counter(words.view(info.view_yaw_deg).partition(" (")[0] for info in infos)
    seconds = [rep.seconds for rep in sheet.reps]
    ends = dict.fromkeys(f"{end:.1f}" for end in (min(seconds), max(seconds)))
    drawn = " (drawn)" if all(info.synthetic for info in infos) else ""
    return [
        ("People", f"{len(people)}{drawn}: {_named(people)}"),
        ("Recordings", f"{len(sources)}: {_named(sources)}"),
        ("Filmed", ", ".join(f"{count} {view}" for view, count in views.most_common())),
        ("Length", f"{' to '.join(ends)} s, {np.median(seconds):.1f} s in the middle"),
    ]


def _named(names: Sequence[str]) -> str:
    """Return names in a row, long lists cut short."""
    more = len(names) - MOST_NAMED
    return ", ".join([*names[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def _doubtful(sheet: Sheet) -> list[tuple[str, list[int]]]:
    """Return what looks doubtful, with the numbers of such repetitions."""
    found = [(title.capitalize(), sheet.doubtful(kind)) for kind, title in DOUBTS.items()]
    return [(title, [at + 1 for at in places]) for title, places in found if places]


def _usual_score(sheet: Sheet, label: str) -> float:
    """Return the median held-out score of a label; nan where none is known."""
    known = list(sheet.calibration.scores.get(label, {}).values()) if sheet.calibration else []
    return sheet.exercise.strictness * float(np.median(known)) if known else math.nan
