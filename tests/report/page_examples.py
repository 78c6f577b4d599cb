"""Every page that dtwcoach writes, plain and hostile, for the tests that open them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from calibration_examples import make_calibration, make_hostile_calibration, make_seen
from evaluation_examples import make_evaluation
from report_examples import HOSTILE, make_hostile, make_set, make_unjudged
from report_history import judged, put
from sheet_examples import make_hostile_sheet, make_squat_sheet

from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.measured import PhaseSpan
from dtwcoach.report.calibration_page import write_calibration_page
from dtwcoach.report.check_page import write_check
from dtwcoach.report.evaluation_page import write_evaluation
from dtwcoach.report.index_page import write_index
from dtwcoach.report.page import write_report
from dtwcoach.report.progress_page import write_progress
from dtwcoach.report.sheet_page import write_sheet
from dtwcoach.report.summary import read_reports

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
HOSTILE_PHASES = (HOSTILE, HOSTILE, "bottom", "up", "end")


def make_holds() -> SetAssessment:
    """Return two holds: each has one phase, and no tempo."""
    made = judged("+-", kind="hold")
    held = (
        replace(rep, phases=(PhaseSpan("hold", rep.start_s, rep.stop_s),), tempo=())
        for rep in made.reps
    )
    return replace(made, reps=tuple(held))


def _index(folder: Path) -> Path:
    put(folder, make_set(athlete="Anna"), day=0)
    put(folder, make_set(athlete="Anna", exercise="lunge", title="Lunge"), day=1)
    put(folder, make_set(athlete="Ben"), day=2)
    put(folder, replace(make_hostile(), exercise="squat", title="Squat"), day=3)
    return write_index(folder, now=NOW)


def _progress(folder: Path, *sets: SetAssessment) -> Path:
    for day, made in enumerate(sets):
        put(folder, made, day=day)
    return write_progress(folder, read_reports(folder)[0], now=NOW)


def _hostile_progress(folder: Path) -> Path:
    made = make_hostile()
    phases = tuple(replace(phase, phase=HOSTILE) for phase in made.reps[0].tempo)
    reps = tuple(replace(rep, tempo=phases) for rep in made.reps)
    return _progress(folder, replace(made, reps=reps), replace(made, reps=reps, source="b"))


# A page is a row: its name, and what writes it into a folder and returns its path. It shows little:
# each repetition costs time in every test of every page.
PAGES: dict[str, Callable[[Path], Path]] = {
    "set": lambda folder: write_report(judged("+-?"), folder / "page.html", now=NOW),
    "holds": lambda folder: write_report(make_holds(), folder / "page.html", now=NOW),
    "unjudged": lambda folder: write_report(make_unjudged(), folder / "page.html", now=NOW),
    "calibration": lambda folder: write_calibration_page(
        make_calibration(curves=2, seen=make_seen()), folder / "page.html", now=NOW
    ),
    "check": lambda folder: write_check(make_seen(), folder / "page.html", now=NOW),
    "sheet": lambda folder: write_sheet(
        make_squat_sheet(only=3, most_laid=2), folder / "page.html", now=NOW
    ),
    "evaluation": lambda folder: write_evaluation(make_evaluation(), folder / "page.html", now=NOW),
    "index": _index,
    "progress": lambda folder: _progress(folder, judged("+-"), judged("++-?"), judged("+++")),
}
HOSTILE_PAGES: dict[str, Callable[[Path], Path]] = {
    "set": lambda folder: write_report(make_hostile(), folder / "page.html", now=NOW),
    "calibration": lambda folder: write_calibration_page(
        make_hostile_calibration(), folder / "page.html", now=NOW
    ),
    "check": lambda folder: write_check(
        make_seen(title=HOSTILE, phases=HOSTILE_PHASES), folder / "page.html", now=NOW
    ),
    "sheet": lambda folder: write_sheet(
        make_hostile_sheet(), folder / "page.html", now=NOW, options=("--references", HOSTILE)
    ),
    "evaluation": lambda folder: write_evaluation(
        make_evaluation(title=HOSTILE, classes=(HOSTILE, "b", "c"), name=HOSTILE),
        folder / "page.html",
        now=NOW,
    ),
    "index": _index,
    "progress": _hostile_progress,
}
