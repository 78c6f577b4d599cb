"""One self-contained page per set: it opens from disk, without a network."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.report import figures, shell, words
from dtwcoach.report.curves import has_curves
from dtwcoach.report.set_words import set_facts

MOST_CURVES = 150
"""Repetitions whose curves one page holds, wrong ones first; keeps it below 5 MB."""


def report_path(folder: str | os.PathLike[str], assessment: SetAssessment, now: datetime) -> Path:
    """Return a free file name in `folder` for this set's report.

    Names of people and files are data: only their plain letters and digits reach the disk, and
    a digest keeps names apart that look alike without the rest, as in
    `2026-11-20-091500-squat-anna-3f9c01.html`.
    """
    said = f"{assessment.athlete}\0{assessment.source}\0{assessment.duration_s}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    who = shell.slug(assessment.athlete) or Path(assessment.source).stem
    return shell.page_path(folder, now, assessment.exercise, who, digest)


def write_report(
    assessment: SetAssessment,
    path: str | os.PathLike[str],
    *,
    now: datetime | None = None,
) -> Path:
    """Write the report of one set and return its path; the file appears whole or not at all.

    Parameters
    ----------
    assessment : SetAssessment
    path : path
        Where to write; missing folders are made, an existing file is replaced.
    now : datetime, optional
        The date shown; by default the present.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    page = report_html(assessment, now=now or datetime.now().astimezone())
    return shell.write_page(path, page)


def report_html(assessment: SetAssessment, *, now: datetime) -> str:
    """Return the page as text (see `write_report`)."""
    drawn = _figures(assessment)
    return shell.render(
        "report.html.j2",
        drawn=drawn,
        now=now,
        a=assessment,
        Verdict=Verdict,
        symbols=words.SYMBOLS,
        panels={name: len(figure["layout"]["annotations"]) for name, figure in drawn.items()},
        most_curves=MOST_CURVES,
        facts=set_facts(assessment),
        opened=_first_of_interest(assessment),
        **_IN_WORDS,
    )


def _figures(assessment: SetAssessment) -> dict[str, Any]:
    """Return every figure of the page by the fixed id of the element that shows it."""
    drawn: dict[str, Any] = {}
    if len(assessment.time_s):
        drawn["timeline"] = figures.timeline_figure(assessment)
    curved = [rep for rep in assessment.reps if has_curves(assessment, rep)]
    # The sort is stable: wrong ones first, then in the order of the recording.
    curved.sort(key=lambda rep: rep.verdict is not Verdict.WRONG)
    for rep in curved[:MOST_CURVES]:
        drawn[f"rep-{rep.number}-curves"] = figures.joint_figure(assessment, rep)
    return drawn


def _first_of_interest(assessment: SetAssessment) -> int:
    """Return the number of the repetition to show unfolded: the worst one, else the first."""
    wrong = [rep for rep in assessment.reps if rep.verdict is Verdict.WRONG]
    if wrong:
        return max(wrong, key=lambda rep: rep.score).number
    return assessment.reps[0].number if assessment.reps else 0


def _known(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "–"


_IN_WORDS: dict[str, Callable[..., str]] = {
    "score": lambda value: _known(value, "{:.2f}"),
    "seconds": lambda value: _known(value, "{:.1f} s"),
}
