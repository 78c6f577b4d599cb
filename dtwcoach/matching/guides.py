"""What the repetitions of an exercise are looked for by, from its right references."""

from __future__ import annotations

import numpy as np

from dtwcoach.errors import CalibrationError, PoseDataError
from dtwcoach.matching.references import Exercise, Reference
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position, position_from
from dtwcoach.segmentation.learning import Execution, learn_guide


def guide_from(exercise: Exercise, right: tuple[Reference, ...]) -> Guide | Position:
    """How an exercise goes: the course of its movement, or the position that is held.

    Raises
    ------
    CalibrationError
        When nothing that drives it is visible in the references.
    """
    guide: Guide | Position | None
    if exercise.kind == "hold":
        try:
            guide = position_from([reference.series for reference in right])
        except PoseDataError:
            guide = None
    else:
        executions = [_execution(reference, half=exercise.sides == "pair") for reference in right]
        guide = learn_guide(executions, driving=exercise.driving, ignore=exercise.ignore)
    if guide is None:
        raise CalibrationError(
            f"{exercise.title}: no driving feature is visible in the references. "
            "Film the whole body, or name others under `driving` in exercise.toml."
        )
    return guide


def _execution(reference: Reference, *, half: bool) -> Execution:
    """A reference, or the first side of a reference that shows both in turn."""
    series = reference.series
    turn = round(turn_share(reference) * (len(series) - 1))
    if not half:
        return Execution(series, turn)
    one = FeatureSeries(series.time_s[: turn + 1], series.values[: turn + 1], series.names)
    away = np.abs(one.values - (one.values[0] + one.values[-1]) / 2)
    return Execution(one, int(np.argmax(np.nan_to_num(away / away.max(axis=0)).sum(axis=1))))


def turn_share(reference: Reference) -> float:
    """Share of a repetition's time after which it turns."""
    info = reference.info
    return (info.turn_s - info.start_s) / (info.stop_s - info.start_s)
