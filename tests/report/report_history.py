"""A folder of reports with a history, made from their summaries alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from report_examples import make_rep, make_set

from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.report.summary import script_text, summary_of

START = datetime(2026, 11, 3, 18, 5, tzinfo=UTC)


def put_text(path: Path, text: str) -> Path:
    """Write a page that holds no more than the text of a summary."""
    page = f'<html><head><script type="application/json" id="summary">{text}</script></head>'
    path.write_text(page, "utf-8")
    return path


def put(folder: Path, assessment: SetAssessment, *, day: int, name: str = "") -> Path:
    """Write what stands for the report of a set, so many days after `START`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{len(list(folder.iterdir())):04}.html")
    return put_text(path, script_text(summary_of(assessment, START + timedelta(days=day))))


def judged(verdicts: str, **changed: Any) -> SetAssessment:
    """Return a set by its verdicts: "+" right, "-" wrong, "?" cannot judge."""
    signs = {"+": Verdict.RIGHT, "-": Verdict.WRONG, "?": Verdict.CANNOT_JUDGE}
    reps = tuple(make_rep(number, signs[sign]) for number, sign in enumerate(verdicts, 1))
    return replace(make_set(reps=len(verdicts), **changed), reps=reps)
