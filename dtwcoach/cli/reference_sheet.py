"""`dtwcoach reference sheet`: a trainer looks at the stored repetitions one by one."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import OK
from dtwcoach.cli.screen import command, library, print_json, reports_folder, say, say_path, table
from dtwcoach.errors import LibraryError
from dtwcoach.matching.sheet import DOUBTS, Sheet
from dtwcoach.report import words
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.matching.library import Library


def run_sheet(options: Namespace) -> int:
    """Look through an exercise's references, print what is doubtful, and write the page."""
    books = library(options)
    sheet = look_through(books, options.exercise)
    page = write_page(options, books, sheet)
    if options.json:
        print_json(_as_json(books, sheet, page))
        return OK
    _print(sheet, _chosen_library(options))
    if page is not None:
        say_path("Page:", page.absolute())
    return OK


def look_through(books: Library, name: str, *, only: Collection[str] | None = None) -> Sheet:
    """Return the sheet of the references that are judged by, or of some of them beside all.

    A calibration that is missing or out of date is made anew, and not stored.

    Raises
    ------
    LibraryError
        When there is none, or they were made otherwise.
    """
    from dtwcoach.matching.calibration import calibrate
    from dtwcoach.matching.references import judged_by
    from dtwcoach.matching.sheet import make_sheet
    from dtwcoach.report.sheet_page import MOST_CURVES

    settings = Settings()
    exercise = books.exercise(name)
    references = judged_by(books.references(exercise.name, settings=settings.fingerprint()))
    if not references:
        raise LibraryError(
            f"{exercise.name} has no references to look through. "
            f"Add some: {command('reference', 'add', exercise.name, 'VIDEO')}"
        )
    if len({r.info.model for r in references}) > 1:  # refused, with the commands that mend it
        books.references(exercise.name, model=references[0].info.model)
    calibration = None
    if any(r.info.label == "right" for r in references):
        calibration = books.calibration(exercise.name)
        if calibration is None or {*calibration.references} != {r.info.id for r in references}:
            calibration = calibrate(exercise, references, settings)
    return make_sheet(exercise, references, calibration, settings, only=only, most_laid=MOST_CURVES)


def write_page(options: Namespace, books: Library, sheet: Sheet) -> Path | None:
    """Write the page where the options say; None where they say not to."""
    if options.no_report:
        return None
    from dtwcoach.report.sheet_page import sheet_path, write_sheet

    now, name = datetime.now().astimezone(), sheet.exercise.name
    return write_sheet(
        sheet,
        options.html or sheet_path(reports_folder(options), name, now),
        now=now,
        starter=books.is_starter(name),
        set_aside=len(books.infos(name)) - len(sheet.infos),
        options=_chosen_library(options),
    )


def _chosen_library(options: Namespace) -> tuple[str, ...]:
    """What commands end with, so that they find the same references."""
    return ("--references", str(options.references)) if options.references else ()


def _as_json(books: Library, sheet: Sheet, page: Path | None) -> dict[str, Any]:
    name = sheet.exercise.name
    return {
        "schema": SCHEMA_VERSION,
        "exercise": name,
        "starter": books.is_starter(name),
        "missing": sheet.missing,
        "driving": sheet.driving,
        "repetitions": [
            {
                **asdict(rep.info),
                "seconds": rep.seconds,
                "score": rep.score,
                "rom": rep.rom,
                "doubts": {doubt.kind: doubt.text for doubt in rep.doubts},
            }
            for rep in sheet.reps
        ],
        "page": str(page.absolute()) if page else None,
    }


def _print(sheet: Sheet, ending: tuple[str, ...]) -> None:
    labels = [rep.info.label for rep in sheet.reps]
    say(f"{sheet.exercise.title}: {len(labels)} references to look through", style="bold")
    people = len({rep.info.person for rep in sheet.reps})
    sources = len({rep.info.source for rep in sheet.reps})
    say(
        f"{labels.count('right')} labelled right and {labels.count('wrong')} wrong, of {people} "
        f"{'person' if people == 1 else 'people'}, from {sources} "
        f"recording{'s' * (sources != 1)}."
    )
    if sheet.missing:
        say(f"Provisional; missing: {sheet.missing}.", style="yellow")
    doubtful = [rep for rep in sheet.reps if rep.doubts]
    if not doubtful:
        say("Nothing looks doubtful.", style="green")
        return
    table(
        ("Id", "Label", "Person", "Recording", ">From", ">Score", "To look at"),
        [
            (
                rep.info.id,
                rep.info.label,
                rep.info.person or "-",
                rep.info.source,
                words.clock(rep.info.start_s),
                f"{rep.score:.2f}" if rep.score == rep.score else "-",
                ", ".join(DOUBTS[doubt.kind] for doubt in rep.doubts),
            )
            for rep in doubtful
        ],
    )
    remove = command("reference", "remove", sheet.exercise.name, doubtful[0].info.id, *ending)
    say(f"To delete one: {remove}")
