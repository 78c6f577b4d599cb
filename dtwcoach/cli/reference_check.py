"""`dtwcoach reference check`: what an exercise's references can see."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from dtwcoach.cli import OK
from dtwcoach.cli.screen import library, print_json, reports_folder, say, say_path, table
from dtwcoach.errors import LibraryError
from dtwcoach.matching.sensitivity import Sensitivity, Sight
from dtwcoach.report import heatmap
from dtwcoach.settings import SCHEMA_VERSION, Settings


def run_check(options: Namespace) -> int:
    """Disturb the references, print what turns the verdict, and write the page."""
    seen = _check(options)
    page = _write(options, seen)
    if options.json:
        print_json(_as_json(seen, page))
        return OK
    _print(seen)
    if page is not None:
        say_path("Page:", page.absolute())
    return OK


def _check(options: Namespace) -> Sensitivity:
    from dtwcoach.coach import judge_for
    from dtwcoach.matching.references import judged_by
    from dtwcoach.matching.sensitivity import sensitivity

    books = library(options)
    name = books.exercise(options.exercise).name
    settings = Settings()
    chosen = judged_by(books.references(name, settings=settings.fingerprint()))
    if not chosen:
        raise LibraryError(
            f"{name} has no references; needed at least 2 labelled right. "
            f"Add some: dtwcoach reference add {name} VIDEO"
        )
    judge = judge_for(books, name, model=chosen[0].info.model, settings=settings)
    return sensitivity(judge.exercise, chosen, judge.calibration, settings)


def _write(options: Namespace, seen: Sensitivity) -> Path | None:
    if options.no_report:
        return None
    from dtwcoach.report.check_page import check_path, write_check

    now = datetime.now().astimezone()
    return write_check(
        seen, options.html or check_path(reports_folder(options), seen.exercise, now), now=now
    )


def _as_json(seen: Sensitivity, page: Path | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        **asdict(seen),
        "rows": [_row_json(row, seen.phases) for row in seen.rows],
        "blind_spots": heatmap.blind_spots(seen),
        "page": str(page.absolute()) if page else None,
    }


def _row_json(row: Sight, phases: tuple[str, ...]) -> dict[str, Any]:
    columns = zip(phases, row.smallest_deg, row.tried_deg, strict=False)
    return {
        "joint": row.joint,
        "direction": row.direction,
        "state": row.state,
        "phases": [
            {
                "phase": phase,
                "smallest_deg": smallest,
                "tried_deg": tried,
                "seen": smallest <= tried,
            }
            for phase, smallest, tried in columns
        ],
    }


def _print(seen: Sensitivity) -> None:
    say(f"{seen.title}: what these references can see", style="bold")
    table(
        ("Joint", "Fault", *(f">{phase}" for phase in seen.phases)),
        [
            (
                row.joint,
                row.direction or row.state,
                *(heatmap.cell_text(row, phase) for phase in range(len(seen.phases))),
            )
            for row in seen.rows
        ],
        styles=[None if row.state == "checked" else "dim" for row in seen.rows],
    )
    say("Smallest fault that is noticed, in degrees; >60: not seen up to 60.", style="dim")
    say(heatmap.summary(seen), style="dim")
    spots = heatmap.blind_spots(seen)
    for spot in spots:
        say(f"Blind spot: {spot}", style="yellow")
    if not spots:
        say(f"No blind spots: faults of {heatmap.BLIND_DEG:.0f} degrees are seen.", style="green")
