"""The page of `dtwcoach calibrate`: the rule in force, how often it errs, and where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.calibration import missing_for_firm
from dtwcoach.matching.held_out import HeldOut
from dtwcoach.matching.references import Calibration, Exercise, ReferenceInfo
from dtwcoach.matching.sensitivity import Sensitivity
from dtwcoach.report import (
    calibration_figures,
    calibration_words,
    figures,
    heatmap,
    shell,
)
from dtwcoach.report.rep_view import Shown, drawn_of, motion_of
from dtwcoach.report.summary import page_summary

MOST_CURVES = 12
"""Misjudged repetitions whose curves the page holds."""
MOST_FAULTS = 3


@dataclass(frozen=True, eq=False)
class CalibrationReport:
    """All that the page shows.

    Parameters
    ----------
    exercise : Exercise
    calibration : Calibration
    held : HeldOut
    curves : dict
        Id -> misjudged repetition laid over the references of others.
    seen : Sensitivity, optional
        What the references can see; its place on the page says how to find out.
    """

    exercise: Exercise
    calibration: Calibration
    held: HeldOut
    curves: dict[str, SetAssessment]
    seen: Sensitivity | None = None


@dataclass(frozen=True)
class Misjudged:
    """A row of the page's table, and what shows it; None where the page has curves enough."""

    number: int
    info: ReferenceInfo
    score: float
    shown: Shown | None


def calibration_path(folder: str | os.PathLike[str], exercise: str, now: datetime) -> Path:
    """Return a free file name in `folder`, such as `2026-11-20-091500-squat-calibration.html`."""
    return shell.page_path(folder, now, exercise, "calibration")


def write_calibration_page(
    report: CalibrationReport, path: str | os.PathLike[str], *, now: datetime | None = None
) -> Path:
    """Write the page and return its path; the file appears whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    return shell.write_page(path, calibration_html(report, now=now or datetime.now().astimezone()))


def calibration_html(report: CalibrationReport, *, now: datetime) -> str:
    """Return the page as text (see `write_calibration_page`)."""
    exercise = report.exercise
    rows = [
        Misjudged(number, info, score, Shown.of(report.curves.get(info.id), number))
        for number, (info, score) in enumerate(report.held.misjudged(), start=1)
    ]
    laid = [row.shown.laid for row in rows if row.shown]
    drawn = _figures(report, rows) | drawn_of(laid)
    return shell.render(
        "calibration.html.j2",
        drawn=drawn,
        data={"motion": motion_of(laid)},
        scripts=("rep.js",),
        styles=("rep.css",),
        now=now,
        summary=page_summary("calibration", exercise.title, now, exercise=exercise.name),
        exercise=exercise,
        c=report.calibration,
        held=report.held,
        missing=missing_for_firm(report.calibration),
        misjudged=rows,
        most_curves=MOST_CURVES,
        most_faults=MOST_FAULTS,
        has_roc="roc" in drawn,
        bars=calibration_figures.MOST_CARRIERS,
        bars_px=calibration_figures.carriers_px(report.calibration) if "carriers" in drawn else 0,
        seen=report.seen,
        say=calibration_words,
        heatmap=heatmap,
    )


def _figures(report: CalibrationReport, rows: Sequence[Misjudged]) -> dict[str, figures.Figure]:
    """Return every figure of the page by the fixed id of the element that shows it."""
    held, drawn = report.held, {}
    if held.infos:
        numbers = {row.info.id: row.number for row in rows if row.shown}
        drawn["scores"] = calibration_figures.scores_figure(held, numbers)
    if held.is_right.any() and not held.is_right.all():
        drawn["roc"] = calibration_figures.roc_figure(held)
    if report.calibration.share:
        drawn["carriers"] = calibration_figures.carriers_figure(report.calibration)
    if report.seen:
        drawn["sight"] = heatmap.heatmap_figure(report.seen)
    return drawn
