"""One set in front of a camera, from its first picture to the final word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dtwcoach.drawing import Picture
from dtwcoach.live import screen
from dtwcoach.live.coach import LiveCoach, LiveState, Stage
from dtwcoach.live.referee import helper_process
from dtwcoach.live.window import FILM_FPS, Film, NoWindow, Screen
from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.matching.judging import Judge
from dtwcoach.sources.camera import Camera, open_camera
from dtwcoach.sources.mediapipe import PoseTracker, thinned
from dtwcoach.sources.video import Frame, open_writer

LINGER_S = 4.0
"""So long the end of the set stays on the screen."""
INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False)
class Ended:
    """What is left of a set.

    Parameters
    ----------
    assessment : SetAssessment
        The final word.
    frames, frames_dropped : int
        How many were looked at, and how many came too fast for that.
    end : str
        Why it ended, in words; `INTERRUPTED` after Ctrl-C.
    """

    assessment: SetAssessment
    frames: int
    frames_dropped: int
    end: str


def coach_set(
    judge: Judge,
    source: Path | int,
    *,
    window: Screen | None = None,
    paced: bool = True,
    mirrored: bool = False,
    save: Path | None = None,
    athlete: str = "",
    reps: int | None = None,
    said: Callable[[RepAssessment], None] = lambda rep: None,
) -> Ended:
    """Coach one set.

    Parameters
    ----------
    judge : Judge
    source : path or int
        A video file that is played as a camera, or the number of a camera.
    window : Screen, optional
        Shows the pictures; its keys end the set, hold it or take the last repetition back.
    paced : bool
        Play a file at its own speed; without, every frame of it is looked at and every verdict
        waited for, so that the same file always gives the same.
    mirrored : bool
        The pictures are mirror images.
    save : path, optional
        Write what was shown as a video.
    athlete : str
    reps : int, optional
        The set ends with so many.
    said : callable
        Called with each repetition as it is judged.

    Raises
    ------
    SourceError
        When there is no such camera or file.
    StorageError
        When the video cannot be written.
    """
    with ExitStack() as stack:
        waits = not paced and not isinstance(source, int)
        helper = None if waits else stack.enter_context(helper_process(judge))
        tracker = stack.enter_context(PoseTracker())
        camera = stack.enter_context(open_camera(source, paced=paced, mirrored=mirrored))
        coach = LiveCoach(judge, frame_size=camera.size, helper=helper, reps=reps)
        film = None
        if save is not None:
            size = screen.size_of(camera.size)
            film = Film(stack.enter_context(open_writer(save, fps=FILM_FPS, size=size)))
        show = Show(window or NoWindow(), film)
        end = ""
        try:
            end = _coached(camera, tracker, coach, show, said, title=judge.exercise.title)
        except KeyboardInterrupt:
            end = INTERRUPTED
        assessment = coach.finish(athlete=athlete, source=camera.name)
        assessment = replace(assessment, notes=(*notes_of(camera), *assessment.notes))
        show.last(partial(screen.draw_summary, assessment=assessment))
    return Ended(assessment, show.frames, camera.frames_dropped, end)


def notes_of(camera: Camera) -> tuple[str, ...]:
    """Return what a camera has to say at the end."""
    dropped = camera.frames_dropped
    return (
        *camera.notes,
        *([f"{dropped} frames came too fast to be looked at."] if dropped else ()),
    )


def _coached(
    camera: Camera,
    tracker: PoseTracker,
    coach: LiveCoach,
    show: Show,
    said: Callable[[RepAssessment], None],
    *,
    title: str,
) -> str:
    """Follow the set to its end; return why it ended."""
    state: LiveState | None = None
    held = False
    for frame in thinned(camera):
        if state is None or not held:
            sighting = tracker.update(frame)
            state = coach.update(sighting.athlete, frame.time_s, people=sighting.count)
            if state.new is not None:
                said(state.new)
        wish = show.frame(frame, partial(screen.draw, state=state, title=title, held=held))
        if wish == "end" or state.stage is Stage.OVER:
            return "asked for" if wish == "end" else "the set is over"
        held ^= wish == "pause"
        if wish == "undo":
            coach.undo()
    return str(camera.end)


class Show:
    """Draws, shows and films.

    Parameters
    ----------
    window : Screen
    film : Film, optional

    Attributes
    ----------
    frames : int
        How many were shown.
    """

    def __init__(self, window: Screen, film: Film | None) -> None:
        self._window, self._film = window, film
        self.frames = 0
        self._picture: Picture | None = None
        self._time_s = 0.0

    def frame(self, frame: Frame, draw: Callable[[Picture], Picture]) -> str:
        """Show what is drawn of a frame, if anybody sees it; return what was pressed."""
        self.frames += 1
        if self._film is None and isinstance(self._window, NoWindow):
            return ""
        self._picture = draw(frame.image)
        return self._put(frame.time_s)

    def last(self, draw: Callable[[Picture], None]) -> None:
        """Show the last picture a while longer, with what is drawn over it."""
        if self._picture is not None:
            draw(self._picture)
            self._put(self._time_s + 1.0 / FILM_FPS)
            self._put(self._time_s + LINGER_S)
            self._window.linger(LINGER_S)

    def _put(self, time_s: float) -> str:
        assert self._picture is not None
        self._time_s = time_s
        if self._film is not None:
            self._film.add(self._picture, time_s)
        return self._window.show(self._picture)
