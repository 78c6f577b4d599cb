"""`dtwcoach reports`: the page that lists every report of a folder."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from dtwcoach.cli import OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import print_json, reports_folder, say, say_path
from dtwcoach.errors import UsageError
from dtwcoach.report.index_page import OTHER_PAGES, result, write_index
from dtwcoach.report.summary import Summary, read_reports


def run(options: Namespace) -> int:
    """Write the page and print where it is."""
    folder = needed_folder(options)
    path = write_index(folder).absolute()
    pages, unread = read_reports(folder)
    sets = [page for page in pages if page.kind == "set"]
    if options.json:
        print_json(
            {
                "page": str(path),
                "sets": [_as_plain(page) for page in reversed(sets)],
                "others": [_other(page) for page in reversed(pages) if page.kind in OTHER_PAGES],
                "unread": unread,
            }
        )
        return OK
    say(f"{len(sets)} set{'s' * (len(sets) != 1)}.")
    if unread:
        say(f"{unread} other file{'s' * (unread > 1)} could not be read.", style="dim")
    say_path("All reports:", path)
    return OK


def needed_folder(options: Namespace) -> Path:
    """Return the folder of reports.

    Raises
    ------
    UsageError
        When it does not exist.
    """
    folder = reports_folder(options)
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder}; needed the one that reports were written to. "
            "Judge a set first (dtwcoach score), or name the folder with --reports."
        )
    return folder


def _other(page: Summary) -> dict[str, Any]:
    return {
        "report": plain(page.path.name),
        "kind": page.kind,
        "title": page.title,
        "date": page.date.isoformat(timespec="seconds"),
    }


def _as_plain(page: Summary) -> dict[str, Any]:
    return {
        **_other(page),
        "athlete": page.athlete,
        "exercise": page.exercise,
        "result": result(page),
        "right": page.right,
        "wrong": page.wrong,
        "cannot_judge": page.cannot_judge,
        "score": page.score,
    }
