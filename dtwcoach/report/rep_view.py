"""One repetition on a page: its figures, its bodies, and what the template needs beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.report import phase_map, rep_figures
from dtwcoach.report.bodies import attempt_motion, has_body, reference_motion, skeleton
from dtwcoach.report.curves import has_curves, shown_features
from dtwcoach.report.figures import Figure

Laid = tuple[SetAssessment, RepAssessment]
"""A repetition and the set that says what it is laid over."""


@dataclass(frozen=True)
class RepView:
    """What the template needs to show one repetition's curves.

    Parameters
    ----------
    panels : int
        How many curves there are.
    rows : list of phase_map.Row
    places : tuple
        For each fault the panel and the attempt sample that show it, or None.
    at, last : int
        Attempt sample to show first, and the last one.
    body : bool
        Whether bodies can be drawn.
    aligned : bool
        Whether a warping path lays it over the references.
    tempo : bool
        Whether that is drawn as well.
    """

    panels: int
    rows: list[phase_map.Row]
    places: tuple[tuple[int, int] | None, ...]
    at: int
    last: int
    body: bool
    aligned: bool
    tempo: bool

    @classmethod
    def of(cls, assessment: SetAssessment, rep: RepAssessment) -> RepView:
        """Collect it."""
        return cls(
            panels=len(shown_features(assessment, rep)),
            rows=phase_map.phase_map(assessment, rep),
            places=tuple(phase_map.place_of(assessment, rep, fault) for fault in rep.faults),
            at=phase_map.first_moment(rep),
            last=len(rep.sample_s) - 1,
            body=has_body(assessment, rep),
            aligned=len(rep.path) > 0,
            tempo=has_tempo(assessment, rep),
        )


@dataclass(frozen=True, eq=False)
class Shown:
    """A stored repetition on a page of many: the set of one that it is, and what shows it.

    Parameters
    ----------
    assessment : SetAssessment
    rep : RepAssessment
        With its number on the page.
    view : RepView
    """

    assessment: SetAssessment
    rep: RepAssessment
    view: RepView

    @classmethod
    def of(cls, assessment: SetAssessment | None, number: int) -> Shown | None:
        """Number the only repetition of a set; None where there are no curves of it."""
        if assessment is None or not has_curves(assessment, assessment.reps[0]):
            return None
        rep = replace(assessment.reps[0], number=number)
        return cls(assessment, rep, RepView.of(assessment, rep))

    @property
    def laid(self) -> Laid:
        """What figures and bodies are made from."""
        return self.assessment, self.rep


def has_tempo(assessment: SetAssessment, rep: RepAssessment) -> bool:
    """Return whether a repetition's tempo can be drawn; that of a hold says nothing."""
    return assessment.kind != "hold" and len(rep.path) > 0


def drawn_of(laid: Iterable[Laid]) -> dict[str, Figure]:
    """Return the figures of repetitions by the fixed ids of the elements that show them."""
    drawn = {}
    for assessment, rep in laid:
        name = f"rep-{rep.number}-curves"
        drawn[name] = rep_figures.joint_figure(assessment, rep)
        drawn[f"{name}-seconds"] = rep_figures.joint_figure(assessment, rep, real_time=True)
        if has_tempo(assessment, rep):
            drawn[f"rep-{rep.number}-path"] = rep_figures.path_figure(assessment, rep)
    return drawn


def motion_of(laid: Iterable[Laid]) -> dict[str, Any]:
    """Return the bodies that a page can play; each repetition names the reference beside it."""
    references: list[dict[str, Any]] = []
    numbers: dict[tuple[int, bool], int] = {}
    reps = {}
    for assessment, rep in laid:
        if not has_body(assessment, rep):
            continue
        # Those judged by the same references share them, and so one copy is enough.
        key = id(assessment.reference_body), assessment.view_yaw_deg < 0
        if key not in numbers:
            numbers[key] = len(references)
            references.append(reference_motion(assessment))
        reps[str(rep.number)] = attempt_motion(assessment, rep) | {"reference": numbers[key]}
    return {"skeleton": skeleton(), "references": references, "reps": reps} if reps else {}
