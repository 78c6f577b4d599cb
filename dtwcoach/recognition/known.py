"""What a library's references teach: examples of every movement, and how each goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dtwcoach.errors import CalibrationError, LibraryError
from dtwcoach.matching.guides import guide_from, turn_share
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise, Reference, judged_by
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.recognition.classifier import Classifier, Example, learn_classifier
from dtwcoach.recognition.stream import Recogniser
from dtwcoach.segmentation.drive import Guide
from dtwcoach.settings import Settings


@dataclass(frozen=True, eq=False)
class KnownMovements:
    """Everything that can be recognised in poses of one model.

    Parameters
    ----------
    classifier : Classifier or None
        None where nothing is known.
    guides : dict of str to Guide
    titles : dict of str to str
    notes : tuple of str
        What was passed over, and why.
    """

    classifier: Classifier | None
    guides: dict[str, Guide]
    titles: dict[str, str]
    notes: tuple[str, ...]

    def recogniser(self, settings: Settings) -> Recogniser:
        """A fresh one, for one stream.

        Raises
        ------
        LibraryError
            When nothing is known.
        """
        if self.classifier is None:
            raise LibraryError(
                " ".join(["There are no references to recognise movements by.", *self.notes])
            )
        return Recogniser(self.classifier, self.guides, rate_hz=settings.rate_hz)


def known_movements(library: Library, *, model: str, settings: Settings) -> KnownMovements:
    """Read the right references of every exercise; positions to hold are passed over.

    Parameters
    ----------
    library : Library
    model : str
        The pose model of what is to be recognised.
    settings : Settings
    """
    examples: list[Example] = []
    guides: dict[str, Guide] = {}
    titles, either_side, notes = {}, [], []
    for name in library.exercises():
        try:
            exercise = library.exercise(name)
            infos = library.infos(name)
            if exercise.kind == "hold" or not any(info.label == "right" for info in infos):
                continue
            if library.is_starter(name) and infos[0].model != model:
                continue  # nobody expects them to serve other pose models
            stored = library.references(name, model=model, settings=settings.fingerprint())
            right = tuple(one for one in judged_by(stored) if one.info.label == "right")
            guide = guide_from(exercise, right)
        except (LibraryError, CalibrationError) as error:
            notes.append(f"{name} was not looked for. {error}")
            continue
        if isinstance(guide, Guide):
            guides[name], titles[name] = guide, exercise.title
            examples += [_example(exercise, one) for one in right]
            either_side += [name] * exercise.symmetric
    classifier = learn_classifier(examples, either_side=either_side) if examples else None
    return KnownMovements(classifier, guides, titles, tuple(notes))


def _example(exercise: Exercise, reference: Reference) -> Example:
    """A reference, or the first side of one that shows both in turn: each side is recognised."""
    series, info = reference.series, reference.info
    turn = round(turn_share(reference) * (len(series) - 1))
    if exercise.sides == "pair":
        series = FeatureSeries(series.time_s[: turn + 1], series.values[: turn + 1], series.names)
        turn = int(np.argmax(np.nan_to_num(np.abs(series.values - series.values[0])).sum(axis=1)))
    return Example(exercise.name, info.person, series, turn)
