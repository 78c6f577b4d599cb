"""What a calibration says of the stored repetitions, each judged by a rule made from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.matching.estimates import interval
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import Judge, make_judge, match
from dtwcoach.matching.references import (
    Calibration,
    Exercise,
    Reference,
    ReferenceInfo,
    groups_of,
)
from dtwcoach.matching.verdict import as_judged, assess_rep
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.cutting import drive_of
from dtwcoach.segmentation.found import Rep
from dtwcoach.settings import Settings


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Verdicts on stored repetitions whose person the rule had not seen.

    Parameters
    ----------
    infos : tuple of ReferenceInfo
        Those that could be judged.
    scores : (rep,) float
        With the exercise's strictness; up to 1.0 is right.
    estimates : dict
        As in `Calibration`, at this strictness.
    left_out : str
        "people", "recordings" or "repetitions": each was judged by a rule made from others.
    """

    infos: tuple[ReferenceInfo, ...]
    scores: FloatArray
    estimates: dict[str, tuple[float, float, float]]
    left_out: str = "people"

    @property
    def is_right(self) -> np.ndarray:
        """Which are labelled right, (rep,) bool."""
        return np.array([info.label == "right" for info in self.infos], dtype=bool)

    def count(self, label: str, *, called: str) -> int:
        """How many of a label were called right or wrong."""
        of_label = self.is_right == (label == "right")
        return int((of_label & ((self.scores <= 1.0) == (called == "right"))).sum())

    def misjudged(self) -> list[tuple[ReferenceInfo, float]]:
        """Repetitions called other than their label, with their scores; largest errors first."""
        wrongly = np.flatnonzero(self.is_right != (self.scores <= 1.0))
        away = np.abs(np.log(np.maximum(self.scores, 1e-9)))
        worst_first = sorted(wrongly, key=lambda at: -away[at])
        return [(self.infos[at], float(self.scores[at])) for at in worst_first]

    def roc(self) -> tuple[FloatArray, FloatArray]:
        """Shares of right ones and of wrong ones called wrong, as the border rises; (step,) each.

        From (1, 1), where all are called wrong, to (0, 0).
        """
        borders = np.r_[-np.inf, np.unique(self.scores)]
        called_wrong = self.scores[None] > borders[:, None]
        right = self.is_right
        return called_wrong[:, right].mean(axis=1), called_wrong[:, ~right].mean(axis=1)


def held_out(
    calibration: Calibration, infos: Sequence[ReferenceInfo], *, strictness: float = 1.0
) -> HeldOut:
    """Collect a calibration's held-out scores, at a strictness, and what to expect from them.

    Parameters
    ----------
    calibration : Calibration
    infos : sequence of ReferenceInfo
        Of the references it was made from.
    strictness : float
        Every score is so many times as high.
    """
    known = {key: score for scores in calibration.scores.values() for key, score in scores.items()}
    groups, left_out = groups_of(infos)
    at = [number for number, info in enumerate(infos) if info.id in known]
    found = tuple(infos[number] for number in at)
    scores = strictness * np.array([known[info.id] for info in found], dtype=float)
    estimates = calibration.estimates
    if strictness != 1.0:
        is_right = np.array([info.label == "right" for info in found], dtype=bool)
        figures = asdict(interval(scores, is_right, groups[at]))
        estimates = {n: (part["value"], part["low"], part["high"]) for n, part in figures.items()}
    return HeldOut(found, scores, estimates, left_out)


def assess_each(
    exercise: Exercise,
    references: Sequence[Reference],
    ids: Sequence[str],
    calibration: Calibration,
    settings: Settings,
) -> dict[str, SetAssessment]:
    """Lay stored repetitions over the references of others: each a set of one repetition.

    Their scores are by the calibration's rule, which has seen them; held-out ones are in `HeldOut`.

    Parameters
    ----------
    exercise : Exercise
    references : sequence of Reference
        Those that the calibration was made from.
    ids : sequence of str
        Of those to lay over others.
    calibration : Calibration
    settings : Settings

    Returns
    -------
    dict
        By id; without those of whom nobody else does it right.
    """
    groups, _ = groups_of([r.info for r in references])
    group_of = {r.info.id: group for r, group in zip(references, groups, strict=True)}
    by_id = {r.info.id: r for r in references}
    judges: dict[tuple[str, ...], Judge] = {}  # the dearest part: many are compared with the same
    said = {}
    for key in ids:
        others = tuple(r for r in references if group_of[r.info.id] != group_of[key])
        right = tuple(r.info.id for r in others if r.info.label == "right")
        if not right:
            continue
        if right not in judges:
            judges[right] = make_judge(exercise, others, calibration, settings)
        said[key] = _assessed(judges[right], by_id[key])
    return said


def _assessed(judge: Judge, one: Reference) -> SetAssessment:
    (matched,) = match(judge, resampled([one], judge.settings))
    frames = len(one.series.time_s)
    turn_share = (one.info.turn_s - one.info.start_s) / (one.info.stop_s - one.info.start_s)
    rep = assess_rep(
        judge,
        matched,
        Rep(0, round(turn_share * (frames - 1)), frames),
        number=1,
        drive=drive_of(one.series, judge.guide),
        values=one.series.values,
        positions=one.positions,
        kept=np.arange(frames),
        time_s=one.info.start_s + one.series.time_s,
        frames=(0, frames),
        problems={},
        mirrored=False,
        height_cm=None,
    )
    return set_of_one(one, rep, as_judged(judge), judge.settings)


def set_of_one(
    one: Reference, rep: RepAssessment, judged: dict[str, Any], settings: Settings
) -> SetAssessment:
    """Return a stored repetition as a set of its own.

    Parameters
    ----------
    one : Reference
    rep : RepAssessment
    judged : dict
        What it was judged by, as `verdict.as_judged` has it.
    settings : Settings
    """
    info, time_s = one.info, one.series.time_s
    return SetAssessment(
        **judged,
        athlete=info.person,
        source=info.source,
        verdict=None,
        reasons=(),
        notes=(),
        reps=(rep,),
        time_s=np.zeros(0),
        drive=np.zeros(0),
        view_yaw_deg=info.view_yaw_deg,
        reference_yaw_deg=float("nan"),
        model=info.model,
        settings=info.settings,
        duration_s=float(time_s[-1]),
        fps=settings.rate_hz,
    )
