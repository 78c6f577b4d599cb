"""Calibrations of drawn squats as their pages show them, and what references can see."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from athletes import SETTINGS
from labelled import SQUAT, squat_calibration, squats
from report_examples import HOSTILE

from dtwcoach.matching.held_out import assess_each, held_out
from dtwcoach.matching.references import Calibration
from dtwcoach.matching.sensitivity import Sensitivity, Sight
from dtwcoach.report.calibration_page import CalibrationReport

INFOS = tuple(r.info for r in squats())
INF, NAN = math.inf, math.nan


def weighted() -> Calibration:
    """The squats' calibration as if the weights had won, whichever does."""
    found = squat_calibration()
    names = [*found.tolerance, *(f"{name} range" for name in found.tolerance)]
    share = dict.fromkeys(names, 0.0) | {names[0]: 0.25, names[-1]: 0.75}
    compared = {"median": (0.8, 0.9), "weighted": (0.9, 0.95)}
    ones = dict.fromkeys(names, 1.0)
    return replace(found, rule="weighted", share=share, typical=ones, least=ones, compared=compared)


def make_calibration(
    *, strictness: float = 3.0, curves: int = 3, **changes: Any
) -> CalibrationReport:
    """The squats' page at a strictness that misjudges some."""
    held = held_out(squat_calibration(), INFOS, strictness=strictness)
    ids = [info.id for info, _ in held.misjudged()[:curves]]
    laid = assess_each(SQUAT, squats(), ids, squat_calibration(), SETTINGS)
    made = CalibrationReport(SQUAT, weighted(), held, laid)
    return replace(made, **changes)


def make_hostile_calibration() -> CalibrationReport:
    """A page whose every text tries to break out of it."""
    made = make_calibration()
    infos = tuple(replace(i, person=HOSTILE, source=HOSTILE) for i in made.held.infos)
    exercise = replace(made.exercise, title=HOSTILE, ignore=(HOSTILE,), phases=(HOSTILE,) * 5)
    return replace(made, exercise=exercise, held=replace(made.held, infos=infos))


def sight(joint: str, way: str, *rule_deg: float, floor: float = 4.0, **more: object) -> Sight:
    """A joint and the smallest fault of it that is seen, phase by phase."""
    values = {
        "tried_deg": tuple(NAN if math.isnan(deg) else 60.0 for deg in rule_deg),
        "floor_deg": (floor,) * 5,
        "toward": ("forward",) * 5,
        **more,
    }
    return Sight(joint, way, "checked", rule_deg, **values)  # type: ignore[arg-type]


def make_seen(*rows: Sight, **changes: object) -> Sensitivity:
    """What references see: some joints well, some not, one that does not count."""
    rows = rows or (
        sight("trunk", "further forward", 18.0, 25.4, 12.0, 15.0, 18.0, floor=8.0),
        sight("left knee", "straighter", NAN, 11.0, 9.0, 3.0, NAN),
        sight("left hip", "further in", 14.0, INF, INF, INF, 14.0),
        Sight("left elbow", "", "ignored"),
    )
    seen = Sensitivity(
        exercise="squat",
        title="Squat",
        phases=("start", "way down", "bottom", "way up", "end"),
        view_yaw_deg=0.0,
        references=8,
        right_reps=16,
        judged_by="other people",
        wrong_reps=0,
        rows=rows,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]
