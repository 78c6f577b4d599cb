"""The page of `dtwcoach evaluate`: what was recognised, and what was taken for what."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from dtwcoach.evaluation.evaluation import Evaluation
from dtwcoach.report import evaluation_figures, shell
from dtwcoach.report.summary import page_summary

MOST_MISTAKES = 100
"""Misjudged clips that are listed."""


def evaluation_path(folder: str | os.PathLike[str], title: str, now: datetime) -> Path:
    """Return a free file name in `folder`, such as `2026-11-20-091500-clips-evaluation.html`."""
    return shell.page_path(folder, now, title, "evaluation")


def write_evaluation(
    found: Evaluation, path: str | os.PathLike[str], *, now: datetime | None = None
) -> Path:
    """Write the page and return its path; the file appears whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    return shell.write_page(path, evaluation_html(found, now=now or datetime.now().astimezone()))


def evaluation_html(found: Evaluation, *, now: datetime) -> str:
    """Return the page as text (see `write_evaluation`)."""
    drawn = {
        "confusion": evaluation_figures.confusion_figure(found),
        "reliability": evaluation_figures.reliability_figure(found),
    }
    return shell.render(
        "evaluation.html.j2",
        drawn=drawn,
        now=now,
        summary=page_summary("evaluation", found.title, now),
        found=found,
        mistakes=[one for one in found.clips if one.predicted != one.label],
        most_mistakes=MOST_MISTAKES,
        say=evaluation_figures,
    )
