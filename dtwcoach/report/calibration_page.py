"""The page of `dtwcoach calibrate`: the rule in force, how often it errs, and where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dtwcoach.matching.assessment import Fault, SetAssessment
from dtwcoach.matching.calibration import missing_for_firm
from dtwcoach.matching.held_out import HeldOut
from dtwcoach.matching.references import Calibration, Exercise, ReferenceInfo
from dtwcoach.matching.sensitivity import Sensitivity
from dtwcoach.report import (
    calibration_figures,
    calibration_words,
    figures,
    heatmap,
    rep_figures,
    shell,
)
from dtwcoach.report.curves import has_curves, ranked_features

MOST_CURVES = 12
"""Misjudged repetitions whose curves the page holds."""
PANELS = 6
"""Features drawn of each."""
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
    """A row of the page's table, and the curves that belong to it."""

    number: int
    info: ReferenceInfo
    score: float
    curves: bool
    faults: Sequence[Fault] = ()

    @property
    def figure(self) -> str:
        """The id of the element that shows the curves."""
        return f"rep-{self.number}-curves"


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
    rows = _misjudged(report)
    drawn = _figures(report, rows)
    return shell.render(
        "calibration.html.j2",
        drawn=drawn,
        now=now,
        exercise=report.exercise,
        c=report.calibration,
        held=report.held,
        missing=missing_for_firm(report.calibration),
        misjudged=rows,
        most_curves=MOST_CURVES,
        panels=min(PANELS, len(report.calibration.tolerance)),
        has_roc="roc" in drawn,
        bars=calibration_figures.MOST_CARRIERS,
        bars_px=calibration_figures.carriers_px(report.calibration) if "carriers" in drawn else 0,
        seen=report.seen,
        say=calibration_words,
        heatmap=heatmap,
    )


def _misjudged(report: CalibrationReport) -> list[Misjudged]:
    rows = []
    for number, (info, score) in enumerate(report.held.misjudged(), start=1):
        said = report.curves.get(info.id)
        shown = said is not None and has_curves(said, said.reps[0])
        faults = said.reps[0].faults[:MOST_FAULTS] if said and shown else ()
        rows.append(Misjudged(number, info, score, shown, faults))
    return rows


def _figures(report: CalibrationReport, rows: Sequence[Misjudged]) -> dict[str, figures.Figure]:
    """Return every figure of the page by the fixed id of the element that shows it."""
    held, drawn = report.held, {}
    if held.infos:
        numbers = {row.info.id: row.number for row in rows if row.curves}
        drawn["scores"] = calibration_figures.scores_figure(held, numbers)
    if held.is_right.any() and not held.is_right.all():
        drawn["roc"] = calibration_figures.roc_figure(held)
    if report.calibration.share:
        drawn["carriers"] = calibration_figures.carriers_figure(report.calibration)
    if report.seen:
        drawn["sight"] = heatmap.heatmap_figure(report.seen)
    for row in rows:
        if row.curves:
            said = report.curves[row.info.id]
            (rep,) = said.reps
            shown = ranked_features(said, rep)[:PANELS]
            drawn[row.figure] = rep_figures.joint_figure(said, rep, features=shown)
    return drawn
