"""What a library's references teach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from athletes import SETTINGS, TRAINERS, trainer_references

from dtwcoach.errors import LibraryError
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise
from dtwcoach.recognition.known import known_movements

MODEL = "mannequin/truth"


def stored(folder: Path, **kinds: dict[str, object]) -> Library:
    library = Library(folder)
    for name, options in kinds.items():
        exercise = Exercise(name, name.title(), **options)  # type: ignore[arg-type]
        library.add(exercise, trainer_references("squat", TRAINERS[:3]))
    return library


def test_right_references_become_examples(tmp_path: Path) -> None:
    known = known_movements(stored(tmp_path, squat={}), model=MODEL, settings=SETTINGS)
    assert known.classifier is not None
    assert known.classifier.classes == ("squat",)
    assert len(known.classifier.curves) == 3
    assert known.titles == {"squat": "Squat"} and set(known.guides) == {"squat"}
    assert known.recogniser(SETTINGS).classes == ("squat",)


def test_positions_to_hold_are_passed_over(tmp_path: Path) -> None:
    library = stored(tmp_path, squat={"symmetric": True}, sit={"kind": "hold"})
    known = known_movements(library, model=MODEL, settings=SETTINGS)
    assert known.classifier is not None
    assert known.classifier.classes == ("squat",)
    assert known.classifier.either_side.tolist() == [True]


def test_of_a_pair_of_sides_one_is_learnt(tmp_path: Path) -> None:
    whole = known_movements(stored(tmp_path / "a", x={}), model=MODEL, settings=SETTINGS)
    half = known_movements(
        stored(tmp_path / "b", x={"sides": "pair"}), model=MODEL, settings=SETTINGS
    )
    assert whole.classifier is not None and half.classifier is not None
    knee = whole.classifier.names.index("left_knee_angle")
    assert np.ptp(whole.classifier.curves[0, [0, -1], knee]) < 20
    assert np.ptp(half.classifier.curves[0, [0, -1], knee]) > 60  # ends where the other begins


def test_references_of_another_model_are_told_of(tmp_path: Path) -> None:
    known = known_movements(stored(tmp_path, squat={}), model="other", settings=SETTINGS)
    assert known.classifier is None
    assert len(known.notes) == 1 and known.notes[0].startswith("squat was not looked for.")
    with pytest.raises(LibraryError, match="no references to recognise"):
        known.recogniser(SETTINGS)
