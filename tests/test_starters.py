"""Starter references: what is drawn, how it is labelled, and what ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.matching.judging import make_judge
from dtwcoach.matching.library import Library, starter_root
from dtwcoach.settings import Settings
from dtwcoach.sources.mediapipe import model_name
from dtwcoach.starters import TABLE, TRAINERS, cut, starter_exercise, store, takes


def test_every_exercise_of_the_mannequin_has_a_starter() -> None:
    assert set(TABLE) == set(EXERCISES)
    for name in EXERCISES:
        assert starter_exercise(name).film.advice


def test_practice_repetitions_are_labelled_by_what_was_done() -> None:
    take = takes("squat")[-1]
    assert take.is_practice
    truth = take.truth()
    labels = [r.info.label for r in cut(take, truth.pose(noise_px=0.5), None)]
    assert labels == ["wrong" if rep.faults else "right" for rep in truth.reps]


def test_an_exercise_is_stored_and_calibrated_with_wrong_repetitions(tmp_path: Path) -> None:
    library = Library(tmp_path)
    count = store(library, "squat", [t.truth().pose(noise_px=0.5) for t in takes("squat")])
    calibration = library.calibration("squat")
    assert calibration is not None
    assert count == calibration.right_reps + calibration.wrong_reps
    assert calibration.wrong_reps >= 10
    assert calibration.people == len(TRAINERS) + len([t for t in takes("squat") if t.is_practice])
    assert all(len(curve) == Settings().samples for curve in calibration.average.values())
    # The references are laid over their barycenter, not over one of themselves.
    exercise, references = library.exercise("squat"), library.references("squat")
    own, other = (
        make_judge(exercise, references, c, Settings())
        for c in (calibration, replace(calibration, average={}))
    )
    middle = np.array(list(calibration.average.values())).T
    off = [float(np.abs(j.mean[:, j.counts] - middle).mean()) for j in (own, other)]
    assert off[0] < off[1]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_what_ships_fits_this_program(exercise: str) -> None:
    library = Library(starter_root())
    references = library.references(exercise, model=model_name(), settings=Settings().fingerprint())
    assert {r.info.label for r in references} == {"right", "wrong"}
    assert all(r.info.synthetic for r in references)
    assert library.calibration(exercise) is not None
    assert np.isfinite(references[0].series.values).any()
    assert library.exercise(exercise) == starter_exercise(exercise)
