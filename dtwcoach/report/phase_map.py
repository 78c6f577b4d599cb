"""The heat map of one repetition, joint by phase: each field leads to its curve and moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dtwcoach.matching.assessment import Fault, RepAssessment, SetAssessment, Verdict
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import mirrored_name
from dtwcoach.report.curves import has_curves, shown_features
from dtwcoach.report.departures import by_phase, departure, sample_phases, tied_samples

LEVELS = (0.5, 0.8, 1.0, 1.5)
"""Where the shades of the map change; from 1 on it is more than is allowed."""


@dataclass(frozen=True)
class Field:
    """One joint in one phase.

    Parameters
    ----------
    size : float
        How far off, over what is allowed; NaN where not known.
    panel : int
        Which panel of the curves shows it, from 0.
    at : int
        Attempt sample at which it is furthest off.
    wrong : bool
        Whether it belongs to a repetition that was judged wrong.
    """

    size: float
    panel: int
    at: int
    wrong: bool = True

    @property
    def level(self) -> int:
        """Number of its shade, from 0; from 3 on it is beyond what is allowed."""
        return sum(self.size >= edge for edge in LEVELS)

    @property
    def text(self) -> str:
        """As people read it: "0.4", "✗ 1.3", "–"; what is right carries no cross."""
        if not math.isfinite(self.size):
            return "–"
        # Rounded down: 1.0 is never less than the edge.
        return f"{'✗ ' if self.wrong and self.size >= 1 else ''}{math.floor(10 * self.size) / 10}"


@dataclass(frozen=True)
class Row:
    """One joint in all phases."""

    joint: str
    fields: tuple[Field, ...]


def phase_map(assessment: SetAssessment, rep: RepAssessment) -> list[Row]:
    """Return the joints whose curves are drawn, worst first, with a field for each phase.

    A phase in which the repetition has no sample, and a joint that was not seen, have NaN.
    """
    if not has_curves(assessment, rep):
        return []
    names = shown_features(assessment, rep)
    columns = [assessment.features.index(name) for name in names]
    size = by_phase(assessment, rep)[:, columns]
    off = np.abs(departure(assessment, rep)[:, columns])[tied_samples(rep)]
    phases = sample_phases(assessment)[tied_samples(rep)]
    panels: dict[str, list[int]] = {}
    for panel, name in enumerate(names):
        joint = KNOWN_FEATURES[name].joint if name in KNOWN_FEATURES else name
        panels.setdefault(joint, []).append(panel)

    def field(phase: int, among: list[int]) -> Field:
        panel = max(among, key=lambda p: np.nan_to_num(size[phase, p], nan=-1.0))
        inside = np.where(phases == phase, np.nan_to_num(off[:, panel]), -1.0)
        wrong = rep.verdict is Verdict.WRONG
        return Field(float(size[phase, panel]), panel, int(inside.argmax()), wrong)

    return [
        Row(joint, tuple(field(phase, among) for phase in range(5)))
        for joint, among in panels.items()
    ]


def place_of(assessment: SetAssessment, rep: RepAssessment, fault: Fault) -> tuple[int, int] | None:
    """Return the panel that shows a fault, and the attempt sample; None where none does."""
    name = mirrored_name(fault.feature) if rep.mirrored else fault.feature
    names = shown_features(assessment, rep)
    if name not in names or not (has_curves(assessment, rep) and math.isfinite(fault.time_s)):
        return None
    return names.index(name), nearest_sample(rep, fault.time_s)


def first_moment(rep: RepAssessment) -> int:
    """Return the attempt sample to show first: of the worst fault, or else of the turn."""
    moments = [fault.time_s for fault in rep.faults if math.isfinite(fault.time_s)]
    return nearest_sample(rep, moments[0] if moments else rep.turn_s)


def nearest_sample(rep: RepAssessment, time_s: float) -> int:
    """Return the attempt sample that was recorded nearest to a time."""
    return int(np.abs(rep.sample_s - time_s).argmin())
