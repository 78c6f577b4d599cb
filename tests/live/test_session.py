"""A whole session: a blank film for a camera, poses that are known, keys that are scripted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from athletes import filmed, judge_of
from feeding import blank_film, tracker_of

from dtwcoach.drawing import Picture
from dtwcoach.errors import SourceError
from dtwcoach.live import session
from dtwcoach.live.session import INTERRUPTED, coach_set
from dtwcoach.matching.assessment import RepAssessment, Verdict
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.video import Frame

FPS = 30.0


@pytest.fixture(scope="module")
def pose() -> PoseSequence:
    return filmed("squat", 7, reps=2, lead_in_s=0.7, faults={1: (("shallow", 30.0),)})


@pytest.fixture
def film(tmp_path: Path, pose: PoseSequence) -> Path:
    """As many blank pictures as the pose has frames."""
    return blank_film(tmp_path / "set.avi", len(pose))


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch, pose: PoseSequence) -> list[int]:
    """A tracker that knows the pose; the frames it has looked at."""
    looked: list[int] = []

    monkeypatch.setattr(session, "PoseTracker", tracker_of(pose, looked))
    return looked


class Scripted:
    """A window in which keys are pressed at certain pictures."""

    def __init__(self, keys: dict[int, str]) -> None:
        self.keys, self.lingered = keys, 0.0
        self.pictures: list[Picture] = []

    def show(self, picture: Picture) -> str:
        self.pictures.append(picture)
        return self.keys.get(len(self.pictures), "")

    def linger(self, seconds: float) -> None:
        self.lingered = seconds


def run(film: Path, **options: Any) -> tuple[session.Ended, list[RepAssessment]]:
    said: list[RepAssessment] = []
    ended = coach_set(judge_of("squat"), film, paced=False, said=said.append, **options)
    return ended, said


def test_a_set_from_its_first_picture_to_the_final_word(
    film: Path, tracker: list[int], pose: PoseSequence, tmp_path: Path
) -> None:
    window = Scripted({})
    ended, said = run(film, window=window, save=tmp_path / "out.webm", athlete="Anna")
    verdicts = [Verdict.RIGHT, Verdict.WRONG]
    assert [rep.verdict for rep in said] == verdicts
    assert [rep.verdict for rep in ended.assessment.reps] == verdicts
    assert (ended.assessment.athlete, ended.assessment.source) == ("Anna", "set.avi")
    assert (ended.frames, ended.frames_dropped) == (len(pose), 0)
    assert ended.end == "the file is over"
    assert window.pictures[0].shape == (600, 640, 3)
    assert window.lingered > 0
    capture = cv2.VideoCapture(str(tmp_path / "out.webm"))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == pytest.approx(len(pose) + 120, abs=3)
    assert capture.get(cv2.CAP_PROP_FRAME_HEIGHT) == 600
    capture.release()


def test_q_ends_the_set(film: Path, tracker: list[int]) -> None:
    ended, said = run(film, window=Scripted({60: "end"}))
    assert (ended.frames, said) == (60, [])
    assert ended.end == "asked for"
    assert ended.assessment.reps == ()


def test_space_holds_the_set_and_goes_on(film: Path, tracker: list[int]) -> None:
    run(film, window=Scripted({10: "pause", 30: "pause"}))
    assert tracker[:10] == list(range(10))
    assert tracker[10] == 30


def test_u_takes_the_last_repetition_back(film: Path, tracker: list[int]) -> None:
    ended, said = run(film, window=Scripted({180: "undo"}))
    assert [rep.verdict for rep in said] == [Verdict.RIGHT, Verdict.WRONG]
    assert [rep.verdict for rep in ended.assessment.reps] == [Verdict.WRONG]


def test_the_announced_number_ends_it(film: Path, tracker: list[int], pose: PoseSequence) -> None:
    ended, said = run(film, reps=1)
    assert len(said) == 1
    assert ended.frames < len(pose)
    assert ended.end == "the set is over"


def test_ctrl_c_keeps_what_was_done(
    film: Path, tracker: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Scripted({})

    def show(picture: Picture) -> str:
        if len(tracker) > 180:
            tracker.clear()
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr(window, "show", show)
    ended, said = run(film, window=window, save=tmp_path / "out.webm")
    assert ended.end == INTERRUPTED
    assert len(said) == len(ended.assessment.reps) == 1
    assert (tmp_path / "out.webm").exists()


def test_a_helper_judges_beside_frames_that_keep_their_pace(
    film: Path, tracker: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is pretended; that a file is paced shows in its asking for one."""
    asked = []

    @contextmanager
    def helper(judge: Any) -> Iterator[Executor | None]:
        asked.append(judge)
        yield None

    monkeypatch.setattr(session, "helper_process", helper)
    coach_set(judge_of("squat"), film, window=Scripted({3: "end"}))
    run(film, window=Scripted({3: "end"}))
    assert len(asked) == 1


def test_what_the_camera_has_to_say_is_noted(
    tracker: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hurried:
        name, size, end = "camera 0", (640, 480), "the camera gives no more pictures"
        notes, frames_dropped = ("2 damaged frames were skipped",), 7

        def __iter__(self) -> Iterator[Frame]:
            return (
                Frame(number, number / FPS, np.zeros((480, 640, 3), np.uint8))
                for number in range(20)
            )

    @contextmanager
    def hurried(source: Any, **_: Any) -> Iterator[Hurried]:
        yield Hurried()

    monkeypatch.setattr(session, "open_camera", hurried)
    ended, _ = run(Path("any"))
    assert ended.assessment.notes[:2] == (
        "2 damaged frames were skipped",
        "7 frames came too fast to be looked at.",
    )
    assert (ended.frames_dropped, ended.end) == (7, "the camera gives no more pictures")


def test_a_file_that_is_not_there(tmp_path: Path, tracker: list[int]) -> None:
    with pytest.raises(SourceError, match=r"none\.mp4"):
        run(tmp_path / "none.mp4")
