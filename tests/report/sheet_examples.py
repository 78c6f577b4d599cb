"""Drawn squats as a trainer looks through them."""

from __future__ import annotations

from dataclasses import replace

from athletes import SETTINGS
from labelled import SQUAT, squat_calibration, squats
from report_examples import HOSTILE

from dtwcoach.matching.references import Reference
from dtwcoach.matching.sheet import Sheet, make_sheet


def mislabelled() -> tuple[Reference, ...]:
    """The squats; the first of them is right, and labelled wrong."""
    one = squats()[0]
    return replace(one, info=replace(one.info, label="wrong")), *squats()[1:]


def make_squat_sheet(*, only: int = 4, most_laid: int = 3) -> Sheet:
    """The first squats beside all; the last of them has no curves."""
    references = mislabelled()
    shown = [r.info.id for r in references[:only]]
    return make_sheet(
        SQUAT, references, squat_calibration(), SETTINGS, only=shown, most_laid=most_laid
    )


def make_alone() -> Sheet:
    """One repetition, with nothing to lay it over."""
    return make_sheet(SQUAT, squats()[:1], squat_calibration(), SETTINGS)


def make_hostile_sheet() -> Sheet:
    """A sheet whose every text tries to break out."""
    made = make_squat_sheet()
    exercise = replace(SQUAT, name=HOSTILE, title=HOSTILE, phases=(HOSTILE,) * 5)
    texts = dict.fromkeys(("id", "person", "source"), HOSTILE)
    reps = tuple(
        replace(
            rep,
            info=replace(rep.info, **texts),
            doubts=tuple(replace(doubt, text=HOSTILE) for doubt in rep.doubts),
        )
        for rep in made.reps
    )
    return replace(made, exercise=exercise, reps=reps)
