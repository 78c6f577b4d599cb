"""Movements named in front of a camera: a blank film, and poses that are known."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from athletes import SETTINGS, filmed, judge_of, trainer_references
from feeding import blank_film, tracker_of

from dtwcoach.drawing import BLUE, INK, Picture
from dtwcoach.errors import LibraryError
from dtwcoach.live import naming
from dtwcoach.live.naming import name_movements
from dtwcoach.pose import INDEX, PoseSequence
from dtwcoach.recognition.classifier import Example, learn_classifier
from dtwcoach.recognition.known import KnownMovements
from dtwcoach.recognition.stream import Movement
from dtwcoach.sources.video import open_video

TITLES = {"squat": "Squat", "lateral_raise": "Lateral raise"}


@cache
def known() -> KnownMovements:
    trainers = (101, 102, 103, 104)
    examples = [
        Example(name, one.info.person, one.series, 0)
        for name in TITLES
        for one in trainer_references(name, trainers)
    ]
    guides = {name: judge_of(name, trainers).guide for name in TITLES}
    return KnownMovements(learn_classifier(examples, either_side=[*TITLES]), guides, TITLES, ())


@cache
def squats() -> PoseSequence:
    """Two; the film is over before it is sure that the second is."""
    return filmed("squat", 7, reps=2, lead_in_s=0.7, lead_out_s=0.1)


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two squats: blank pictures, and a tracker that knows the pose."""
    pose = squats()
    monkeypatch.setattr(naming, "PoseTracker", tracker_of(pose))
    return blank_film(tmp_path / "set.avi", len(pose))


class Scripted:
    """A window in which a key is pressed at a certain picture."""

    def __init__(self, end: int = 0) -> None:
        self.end = end
        self.pictures: list[Picture] = []

    def show(self, picture: Picture) -> str:
        self.pictures.append(picture.copy())
        return "end" if len(self.pictures) == self.end else ""

    def linger(self, seconds: float) -> None:
        pass


def test_each_movement_is_named_when_it_is_over(film: Path, tmp_path: Path) -> None:
    said: list[Movement] = []
    window, save = Scripted(), tmp_path / "shown.webm"
    found = name_movements(
        known(), film, settings=SETTINGS, window=window, paced=False, save=save, said=said.append
    )
    assert [one.label for one in found.movements] == ["squat", "squat"]
    assert said == list(found.movements)
    assert found.frames == len(window.pictures)
    assert (found.name, found.end) == ("set.avi", "the file is over")
    with open_video(save) as video:
        assert sum(1 for _ in video) == pytest.approx(found.frames, abs=3)
    first, last = window.pictures[20], window.pictures[-1]
    assert (first[480:] == INK).all()  # nothing done yet: an empty strip
    assert not (last[560:] == INK).all()
    column, row = squats().image[20, INDEX["left_hip"], :2].round().astype(int)
    assert (first[row - 2 : row + 3, column - 2 : column + 3] == BLUE).all(axis=2).any()
    bars = (last[:34, :260] == BLUE).all(axis=2).sum(axis=1).max()
    assert bars > 200  # a squat, nearly for sure


def test_a_key_ends_it(film: Path) -> None:
    found = name_movements(known(), film, settings=SETTINGS, window=Scripted(end=30), paced=False)
    assert (found.frames, found.end, found.movements) == (30, "asked for", ())


def test_nothing_known_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    nothing = KnownMovements(None, {}, {}, ())
    with pytest.raises(LibraryError, match="no references"):
        name_movements(nothing, tmp_path / "none.mp4", settings=SETTINGS)
