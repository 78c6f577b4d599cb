"""What somebody does in front of a camera, named while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.live import screen
from dtwcoach.live.body import BodyNow, CausalBody
from dtwcoach.live.buffer import PoseBuffer
from dtwcoach.live.session import INTERRUPTED, Show
from dtwcoach.live.window import FILM_FPS, Film, NoWindow, Screen
from dtwcoach.recognition.bars import draw_bars
from dtwcoach.recognition.known import KnownMovements
from dtwcoach.recognition.stream import Movement, RecogniserState
from dtwcoach.settings import Settings
from dtwcoach.sources.camera import Camera, open_camera
from dtwcoach.sources.mediapipe import PoseTracker, model_name, thinned
from dtwcoach.sources.tracking import Person
from dtwcoach.sources.video import open_writer

REMEMBERED_FRAMES = 1800
"""The body now is seen by the last ten seconds at most, at any frame rate."""


@dataclass(frozen=True, eq=False)
class Named:
    """What was seen in front of a camera.

    Parameters
    ----------
    movements : tuple of Movement
        In their order.
    name : str
        Of the camera, or of the file that was played as one.
    frames, frames_dropped : int
        How many were looked at, and how many came too fast for that.
    end : str
        Why it ended, in words.
    """

    movements: tuple[Movement, ...]
    name: str
    frames: int
    frames_dropped: int
    end: str


def name_movements(
    known: KnownMovements,
    source: Path | int,
    *,
    settings: Settings,
    window: Screen | None = None,
    paced: bool = True,
    mirrored: bool = False,
    save: Path | None = None,
    said: Callable[[Movement], None] = lambda movement: None,
) -> Named:
    """Name every movement, until the camera or somebody ends it.

    Parameters
    ----------
    known : KnownMovements
    source : path or int
        A video file that is played as a camera, or the number of a camera.
    settings : Settings
    window : Screen, optional
        Shows the pictures with probabilities as bars; its keys end it.
    paced, mirrored, save
        As in `session.coach_set`.
    said : callable
        Called with each movement as it is decided.

    Raises
    ------
    LibraryError
        When nothing is known.
    SourceError
        When there is no such camera or file.
    StorageError
        When the video cannot be written.
    """
    movements: list[Movement] = []

    def decided(state: RecogniserState) -> None:
        if state.movement is not None:
            movements.append(state.movement)
            said(state.movement)

    with ExitStack() as stack:
        recogniser = known.recogniser(settings)
        tracker = stack.enter_context(PoseTracker())
        camera = stack.enter_context(open_camera(source, paced=paced, mirrored=mirrored))
        film = None
        if save is not None:
            size = screen.size_of(camera.size)
            film = Film(stack.enter_context(open_writer(save, fps=FILM_FPS, size=size)))
        show = Show(window or NoWindow(), film)
        body = _Seen(camera, settings)
        end = ""
        try:
            for frame in thinned(camera):
                sighting = tracker.update(frame)
                now = body.see(sighting.athlete, frame.time_s, people=sighting.count)
                state = recogniser.update(now.values, now.time_s, ignore=now.walking)
                decided(state)
                draw = partial(_drawn, now=now, state=state, known=known)
                if show.frame(frame, draw) == "end":
                    end = "asked for"
                    break
            end = end or str(camera.end)
        except KeyboardInterrupt:
            end = INTERRUPTED
        decided(recogniser.finish())
    return Named(tuple(movements), camera.name, show.frames, camera.frames_dropped, end)


class _Seen:
    """The body now, from frames of whatever rate."""

    def __init__(self, camera: Camera, settings: Settings) -> None:
        self._buffer = PoseBuffer(
            frame_size=camera.size, model=model_name(), most_frames=REMEMBERED_FRAMES
        )
        self._body = CausalBody(self._buffer, settings)
        self._times: list[float] = []

    def see(self, person: Person | None, time_s: float, *, people: int) -> BodyNow:
        self._buffer.append(person, time_s, people=people if person is not None else 0)
        self._times = [*self._times[-29:], time_s]
        passed_s = self._times[-1] - self._times[0]
        fps = (len(self._times) - 1) / passed_s if passed_s > 0 else 30.0
        return self._body.now(time_s, fps=fps)


def _drawn(
    image: Picture, *, now: BodyNow, state: RecogniserState, known: KnownMovements
) -> Picture:
    """The picture with skeleton, bars, and in the strip below what was done."""
    drawn, seen, strip = screen.framed(image)
    strip[:] = drawing.INK
    drawing.draw_skeleton(seen, now.points * (len(seen) // len(image)))
    assert known.classifier is not None  # else there is no recogniser
    draw_bars(drawn, state, known.classifier.classes, titles=known.titles)
    return drawn
