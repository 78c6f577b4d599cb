"""Whole sessions: a blank film for a camera, poses that are known, keys that are scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from athletes import filmed
from feeding import person_at

from dtwcoach.drawing import Picture
from dtwcoach.errors import SourceError
from dtwcoach.record import session
from dtwcoach.record.recorder import Plan, Recorder
from dtwcoach.record.session import Recorded, follow, record_takes
from dtwcoach.sources.camera import End
from dtwcoach.sources.holistic import Whole
from dtwcoach.sources.mediapipe import Sighting
from dtwcoach.sources.video import Frame, open_video, open_writer

FPS, SIZE, FRAMES = 30.0, (64, 48), 150
POSE = filmed("squat", 101, reps=1)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of pictures that get lighter."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    with open_writer(path, fps=FPS, size=SIZE) as writer:
        for number in range(FRAMES):
            writer.write(np.full((SIZE[1], SIZE[0], 3), number, np.uint8))
    return path


class Known:
    """A tracker that knows the pose."""

    def __enter__(self) -> Known:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, frame: Frame) -> Sighting:
        person = person_at(POSE, frame.index % len(POSE))
        return Sighting(frame.time_s, {}, person, int(person is not None))


@pytest.fixture(autouse=True)
def tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PoseTracker", Known)


class Scripted:
    """A window in which keys are pressed at certain pictures."""

    def __init__(self, keys: dict[int, str | type[BaseException]]) -> None:
        self.keys, self.shown = keys, 0

    def show(self, picture: Picture) -> str:
        self.shown += 1
        wish = self.keys.get(self.shown, "")
        if not isinstance(wish, str):
            raise wish
        return wish

    def linger(self, seconds: float) -> None:
        pass


def run(film: Path, keys: dict[int, Any] | None = None, **options: Any) -> Recorded:
    window = None if keys is None else Scripted(keys)
    return record_takes(film, window=window, countdown_s=0.5, paced=False, **options)


def brightness(path: Path) -> tuple[int, float]:
    """How many pictures a film has, and how light the first of them is."""
    with open_video(path) as video:
        pictures = [frame.image.mean() for frame in video]
    return len(pictures), float(pictures[0])


def test_takes_by_hand(film: Path) -> None:
    found = run(film, {1: "right", 46: "stop", 60: "wrong", 106: "stop", 120: "end"})
    assert [take.label for take in found.takes] == ["right", "wrong"]
    assert [len(take.pose) for take in found.takes] == [30, 31]
    assert (found.end, found.dropped, found.error) == ("asked for", (), "")
    assert found.frames == 121
    assert found.videos == ()


def test_takes_by_a_plan_end_by_themselves(film: Path) -> None:
    found = run(film, plan=Plan(3, 1.0, break_s=0.5))
    assert [take.label for take in found.takes] == ["right"] * 3
    assert found.end == "all takes were recorded"
    assert found.frames == 3 * 45 + 1


def test_the_end_of_a_file_ends_a_take(film: Path) -> None:
    found = run(film, plan=Plan(1, float("inf"), break_s=0.0))
    assert [len(take.pose) for take in found.takes] == [FRAMES]
    assert (found.end, found.dropped) == ("the file is over", ())


def test_ctrl_c_keeps_what_is_finished(film: Path, tmp_path: Path) -> None:
    keys = {1: "right", 46: "stop", 60: "wrong", 100: KeyboardInterrupt}
    found = run(film, keys, keep=tmp_path / "squat")
    assert [take.label for take in found.takes] == ["right"]
    assert found.end == "interrupted"
    assert found.dropped == ("take 2 (wrong) after 0.8 s: interrupted",)
    assert [path.name for path in tmp_path.iterdir()] == ["squat-take-1.webm"]


class Lost:
    """A camera that is pulled out, or breaks."""

    name, size, notes, frames_dropped = "camera 0", SIZE, ("a note",), 3

    def __init__(self, error: Exception | None = None) -> None:
        self.end: End | None = None
        self.error = error

    def __iter__(self) -> Iterator[Frame]:
        for number in range(60):
            yield Frame(number, number / FPS, np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
        if self.error is not None:
            raise self.error
        self.end = End.CAMERA_LOST


def lost(camera: Any, tmp_path: Path) -> Recorded:
    recorder = Recorder(frame_size=SIZE, model="m", plan=Plan(9, 1.0, break_s=0.25))
    return follow(camera, Known(), recorder, keep=tmp_path / "squat")


def test_a_lost_camera_keeps_what_is_finished(tmp_path: Path) -> None:
    found = lost(Lost(), tmp_path)
    assert len(found.takes) == 1
    assert found.takes[0].pose.notes == ("a note",)
    assert found.end == "the camera gives no more pictures"
    assert found.dropped == ("take 2 (right) after 0.4 s: the camera gives no more pictures",)
    assert found.frames_dropped == 3
    assert [path.name for path in tmp_path.iterdir()] == ["squat-take-1.webm"]


def test_a_broken_source_keeps_what_is_finished(tmp_path: Path) -> None:
    found = lost(Lost(SourceError("broken")), tmp_path)
    assert len(found.takes) == 1
    assert found.end == found.error == "broken"
    assert [path.name for path in tmp_path.iterdir()] == ["squat-take-1.webm"]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        run(tmp_path / "none.mp4", {})


def test_a_kept_video_shows_its_take_and_goes_with_it(film: Path, tmp_path: Path) -> None:
    keys = {1: "right", 46: "stop", 60: "wrong", 106: "stop", 110: "undo", 112: "right"}
    found = run(film, keys, keep=tmp_path / "squat")
    assert [take.label for take in found.takes] == ["right", "right"]
    assert [path.name for path in found.videos] == ["squat-take-1.webm", "squat-take-2.webm"]
    assert sorted(tmp_path.iterdir()) == list(found.videos)
    frames, first = brightness(found.videos[0])
    assert frames == pytest.approx(30, abs=1)
    assert first == pytest.approx(16, abs=3)
    assert brightness(found.videos[1])[1] == pytest.approx(127, abs=3)


def test_the_video_of_an_undone_take_is_deleted(film: Path, tmp_path: Path) -> None:
    keys = {1: "right", 46: "stop", 60: "wrong", 106: "stop", 110: "undo", 120: "end"}
    found = run(film, keys, keep=tmp_path / "squat")
    assert sorted(tmp_path.iterdir()) == list(found.videos)
    assert [path.name for path in found.videos] == ["squat-take-1.webm"]


def test_what_was_shown_is_saved(film: Path, tmp_path: Path) -> None:
    run(film, plan=Plan(1, 1.0, break_s=0.5), save=tmp_path / "shown.webm")
    with open_video(tmp_path / "shown.webm") as video:
        assert video.size == (640, 600)
        assert sum(1 for _ in video) == 45


def test_hands_are_looked_for_by_another_model(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hands(Known):
        def update(self, frame: Frame) -> Whole:  # type: ignore[override]
            at = frame.index % len(POSE)
            nobody = np.full((33, 3), np.nan)
            return Whole(
                frame.time_s,
                nobody if at == 3 else POSE.image[at],
                nobody if at == 3 else POSE.world[at],
                POSE.confidence[at],
                np.full((2, 21, 3), float(at)),
                np.zeros(9),
            )

    monkeypatch.setattr(session, "HolisticTracker", Hands)
    (take,) = run(film, plan=Plan(1, 1.0, break_s=0.0), hands=True).takes
    assert "holistic" in take.pose.model
    assert take.pose.hands is not None
    assert take.pose.hands[7, 1, 20, 2] == 7.0
    assert take.pose.people.tolist() == [1, 1, 1, 0] + [1] * (len(take.pose) - 4)
    np.testing.assert_allclose(take.pose.image[7], POSE.image[7], rtol=1e-5)
