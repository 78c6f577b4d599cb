"""From a recording to its repetitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import Guide, drive_signal
from dtwcoach.segmentation.found import Segmentation
from dtwcoach.segmentation.guided import find_reps
from dtwcoach.segmentation.holds import Position, cut_holds, find_position
from dtwcoach.segmentation.learning import execution_of, learn_guide
from dtwcoach.segmentation.sides import paired
from dtwcoach.segmentation.unguided import discover_reps


def drive_of(series: FeatureSeries, guide: Guide | Position) -> FloatArray:
    """How far along its movement a body is, (time,); nan where a position is held."""
    if isinstance(guide, Guide):
        return drive_signal(series, guide)
    return np.full(len(series), np.nan)


def _left_sided_guide(recording: Recording) -> Guide | None:
    """Learn the left-sided movement from a recording that shows both sides in turn.

    The mean of the recording and its mirror image repeats itself with every side; which side it
    was, the recording itself tells.
    """
    series, mirrored = recording.series, recording.mirrored.series
    folded = replace(series, values=(series.values + mirrored.values) / 2)
    executions = []
    for rep in discover_reps(folded, ignore=recording.walking).reps:
        one = execution_of(series, rep)
        alone = learn_guide([one])
        if alone is not None:
            executions.append(one if alone.side == "left" else execution_of(mirrored, rep))
    return learn_guide(executions) if executions else None


def cut(
    recording: Recording,
    guide: Guide | Position | None,
    *,
    kind: str = "repetitions",
    sides: str = "together",
) -> Segmentation:
    """Find what an exercise counts: repetitions, or times in position.

    Parameters
    ----------
    recording : Recording
    guide : Guide or Position, optional
        What is looked for; without it, whatever repeats itself or is held longest.
    kind, sides : str
        See `matching.references.Exercise`.
    """
    series, walking = recording.series, recording.walking
    if kind == "hold":
        position = guide if isinstance(guide, Position) else find_position(series, ignore=walking)
        if position is not None:
            return cut_holds(series, position, ignore=walking)
        return Segmentation((), np.full(len(series), np.nan), ("Nothing is held still.",))
    if not isinstance(guide, Guide) and sides != "together":
        guide = _left_sided_guide(recording)
    if not isinstance(guide, Guide):
        return discover_reps(series, ignore=walking)
    found = find_reps(series, guide, ignore=walking, both_sides=sides != "together")
    if sides != "pair":
        return found
    pairs, notes = paired(found.reps, series.time_s)
    return replace(found, reps=pairs, notes=(*found.notes, *notes))
