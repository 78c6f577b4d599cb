"""A recording session from its first picture to its last take."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from dtwcoach.errors import DtwCoachError
from dtwcoach.live import screen as live_screen
from dtwcoach.live.window import FILM_FPS, Film, NoWindow, Screen
from dtwcoach.record import screen
from dtwcoach.record.recorder import Look, Plan, RecordedTake, Recorder, RecorderState, Stage
from dtwcoach.sources import holistic, mediapipe
from dtwcoach.sources.camera import Camera, End, open_camera
from dtwcoach.sources.holistic import HolisticTracker, Whole
from dtwcoach.sources.mediapipe import PoseTracker, Sighting, thinned
from dtwcoach.sources.tracking import Person
from dtwcoach.sources.video import Frame, open_writer

KEYS = {
    ord("r"): "right", ord("w"): "wrong", ord("s"): "stop", ord("u"): "undo", ord("q"): "end",
    27: "end",
}  # fmt: skip
"""Key -> what is wanted; 27 is Esc."""
INTERRUPTED = "interrupted"
DONE = "all takes were recorded"


class Tracker(Protocol):
    """Finds people in pictures, as `PoseTracker` and `HolisticTracker` do."""

    def update(self, frame: Frame) -> Sighting | Whole:
        """Find the people in the next frame."""
        ...


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is left of a session.

    Parameters
    ----------
    takes : tuple of RecordedTake
    videos : tuple of Path
        Of each take, where they were kept.
    dropped : tuple of str
        What was not kept, and why.
    frames, frames_dropped : int
        How many were looked at, and how many came too fast for that.
    end : str
        Why it ended, in words; `INTERRUPTED` after Ctrl-C.
    error : str
        What went wrong, if that ended it.
    """

    takes: tuple[RecordedTake, ...]
    videos: tuple[Path, ...]
    dropped: tuple[str, ...]
    frames: int
    frames_dropped: int
    end: str
    error: str = ""


def record_takes(
    source: Path | int,
    *,
    window: Screen | None = None,
    plan: Plan | None = None,
    hands: bool = False,
    countdown_s: float = 3.0,
    paced: bool = True,
    mirrored: bool = False,
    save: Path | None = None,
    keep: Path | None = None,
) -> Recorded:
    """Record takes until the plan is done, a key ends it, or no more pictures come.

    Finished takes are kept whatever happens then. The take that runs is kept when a file is over,
    and dropped when somebody ends the session, Ctrl-C included, or the camera is lost.

    Parameters
    ----------
    source : path or int
        A video file that is played as a camera, or the number of a camera.
    window : Screen, optional
        Shows the pictures and gives what is wanted by `KEYS`; needed without a plan.
    plan : Plan, optional
        Takes that begin and end by themselves.
    hands : bool
        Look for hands and face as well, with another pose model.
    countdown_s : float
        Between a key and its take.
    paced : bool
        Play a file at its own speed; without, every frame of it is looked at.
    mirrored : bool
        The pictures are mirror images.
    save : path, optional
        Write what was shown as a video.
    keep : path, optional
        Keep the pictures of each take as `<keep>-take-<number>.webm`.

    Raises
    ------
    SourceError
        When there is no such camera or file.
    StorageError
        When the video of what was shown cannot be written.
    """
    with ExitStack() as stack:
        tracker: Tracker
        if hands:
            tracker = stack.enter_context(HolisticTracker())
        else:
            tracker = stack.enter_context(PoseTracker())
        camera = stack.enter_context(open_camera(source, paced=paced, mirrored=mirrored))
        film = None
        if save is not None:
            size = live_screen.size_of(camera.size)
            film = Film(stack.enter_context(open_writer(save, fps=FILM_FPS, size=size)))
        model = (holistic if hands else mediapipe).model_name()
        recorder = Recorder(frame_size=camera.size, model=model, plan=plan, countdown_s=countdown_s)
        return follow(camera, tracker, recorder, window=window, film=film, keep=keep)


def follow(
    camera: Camera,
    tracker: Tracker,
    recorder: Recorder,
    *,
    window: Screen | None = None,
    film: Film | None = None,
    keep: Path | None = None,
) -> Recorded:
    """Record from an open camera; see `record_takes`."""
    show = _Show(window or NoWindow(), film)
    videos = _Videos(keep, camera.size)
    end = error = ""
    try:
        with videos:
            end = _followed(thinned(camera), tracker, recorder, show, videos)
            end = end or str(camera.end)
            recorder.close(end, whole=camera.end is End.FILE_OVER)
            videos.follow(recorder, None)
    except KeyboardInterrupt:
        end = INTERRUPTED
    except DtwCoachError as problem:
        end = error = str(problem)
    recorder.close(end, whole=False)
    notes = camera.notes if camera.end is not None else ()  # else it was left before its end
    return Recorded(
        takes=tuple(
            replace(take, pose=replace(take.pose, notes=(*notes, *take.pose.notes)))
            for take in recorder.takes
        ),
        videos=tuple(videos.paths),
        dropped=tuple(recorder.dropped),
        frames=show.frames,
        frames_dropped=camera.frames_dropped,
        end=end,
        error=error,
    )


def _followed(
    frames: Iterable[Frame], tracker: Tracker, recorder: Recorder, show: _Show, videos: _Videos
) -> str:
    """Follow the session; return why it ended, "" when the frames did."""
    wish = ""
    for frame in frames:
        state = recorder.update(_look(tracker.update(frame)), frame.time_s, wish=wish)
        videos.follow(recorder, frame)
        asked = show.frame(frame, state)
        if state.stage is Stage.OVER:
            return DONE if wish != "end" else "asked for"
        wish = asked
    return ""


def _look(found: Sighting | Whole) -> Look:
    if isinstance(found, Sighting):
        return Look(found.athlete, found.count)
    seen = bool(np.isfinite(found.image).any())
    arrays = (found.image, found.world, found.confidence, found.confidence)
    person = Person(*(np.asarray(array, np.float32) for array in arrays)) if seen else None
    return Look(person, int(seen), found.hands, found.face)


class _Show:
    """Draws, shows and films."""

    def __init__(self, window: Screen, film: Film | None) -> None:
        self._window, self._film, self.frames = window, film, 0

    def frame(self, frame: Frame, state: RecorderState) -> str:
        """Show a frame; return what is wanted."""
        self.frames += 1
        if self._film is None and isinstance(self._window, NoWindow):
            return ""
        picture = screen.draw(frame.image, state)
        if self._film is not None:
            self._film.add(picture, frame.time_s)
        return self._window.show(picture)


class _UnwantedError(Exception):
    """Ends a video that nobody wants."""


class _Videos:
    """Writes each take's pictures to a file of its own, which goes when the take goes."""

    def __init__(self, keep: Path | None, size: tuple[int, int]) -> None:
        self.paths: list[Path] = []
        self._keep, self._size = keep, (size[0] // 2 * 2, size[1] // 2 * 2)
        self._path = Path()
        self._open: ExitStack | None = None
        self._film: Film | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._close(keep=False)

    def follow(self, recorder: Recorder, frame: Frame | None) -> None:
        """Begin, go on, end or delete, as the recorder does."""
        if self._keep is None:
            return
        kept = len(recorder.takes)
        if frame is not None and recorder.recording:
            if self._open is None:
                self._begin(kept + 1)
            assert self._film is not None
            width, height = self._size
            self._film.add(frame.image[:height, :width], frame.time_s)
        else:
            self._close(keep=kept > len(self.paths))
        while len(self.paths) > kept:
            self.paths.pop().unlink(missing_ok=True)

    def _begin(self, number: int) -> None:
        assert self._keep is not None
        self._path = self._keep.with_name(f"{self._keep.name}-take-{number}.webm")
        self._open = ExitStack()
        writer = self._open.enter_context(open_writer(self._path, fps=FILM_FPS, size=self._size))
        self._film = Film(writer)

    def _close(self, *, keep: bool) -> None:
        if self._open is None:
            return
        stack, self._open, self._film = self._open, None, None
        if keep:
            stack.close()
            self.paths.append(self._path)
        else:
            with suppress(_UnwantedError):
                stack.__exit__(_UnwantedError, _UnwantedError(), None)
