"""The page of `dtwcoach reference check`: the heat map, the blind spots and every figure."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from dtwcoach.matching.sensitivity import Sensitivity
from dtwcoach.report import heatmap, shell
from dtwcoach.report.summary import page_summary


def check_path(folder: str | os.PathLike[str], exercise: str, now: datetime) -> Path:
    """Return a free file name in `folder`, such as `2026-11-20-091500-squat-check.html`."""
    return shell.page_path(folder, now, exercise, "check")


def write_check(
    seen: Sensitivity, path: str | os.PathLike[str], *, now: datetime | None = None
) -> Path:
    """Write the page and return its path; the file appears whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    return shell.write_page(path, check_html(seen, now=now or datetime.now().astimezone()))


def check_html(seen: Sensitivity, *, now: datetime) -> str:
    """Return the page as text (see `write_check`)."""
    drawn = {"sight": heatmap.heatmap_figure(seen)}
    summary = page_summary("check", seen.title, now, exercise=seen.exercise)
    return shell.render(
        "check.html.j2", drawn=drawn, now=now, summary=summary, seen=seen, heatmap=heatmap
    )
