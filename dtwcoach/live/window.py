"""What pictures are shown on: a window of OpenCV's, with its keys; none; or a film."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from dtwcoach.drawing import Picture
from dtwcoach.errors import UsageError
from dtwcoach.sources.video import VideoWriter

KEYS = {ord("q"): "end", 27: "end", ord(" "): "pause", ord("u"): "undo"}
"""Key -> what is wanted in a set; 27 is Esc."""
FILM_FPS = 30.0


class Screen(Protocol):
    """Shows pictures and tells what was pressed."""

    def show(self, picture: Picture) -> str:
        """Show a picture; return what is wanted, such as "end", or ""."""
        ...

    def linger(self, seconds: float) -> None:
        """Leave the last picture standing for so long, or until a key is pressed."""
        ...


class NoWindow:
    """Shows nothing."""

    def show(self, picture: Picture) -> str:
        """Do nothing."""
        return ""

    def linger(self, seconds: float) -> None:
        """Do nothing."""


class Window:
    """Shows pictures in a window of OpenCV's highgui; use as a context manager.

    Parameters
    ----------
    title : str
    keys : mapping
        Key -> what is wanted.

    Raises
    ------
    UsageError
        When there is no display: OpenCV would end the whole program over it.
    """

    def __init__(self, title: str, *, keys: Mapping[int, str] = KEYS) -> None:
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            raise UsageError(
                "No display to open a window on; needed one, or --headless (with --save FILE.webm "
                "to see the pictures afterwards)."
            )
        self._title, self._keys, self._shown = title, keys, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import cv2

        if self._shown:
            cv2.destroyAllWindows()

    def show(self, picture: Picture) -> str:
        """Show a picture; return what was pressed. A closed window means the end."""
        import cv2

        if not self._shown:
            cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
            cv2.resizeWindow(self._title, picture.shape[1], picture.shape[0])
        elif cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1:
            return "end"
        self._shown = True
        cv2.imshow(self._title, picture)
        return self._keys.get(cv2.waitKey(1) & 0xFF, "")

    def linger(self, seconds: float) -> None:
        """Leave the last picture standing for so long, or until a key is pressed."""
        import cv2

        if self._shown:
            cv2.waitKey(round(1000 * seconds))


class Film:
    """Writes what was shown at a constant rate, each picture for as long as it stood.

    Parameters
    ----------
    writer : VideoWriter
        Of `FILM_FPS`.
    """

    def __init__(self, writer: VideoWriter) -> None:
        self._writer = writer
        self._before: Picture | None = None
        self._first_s = 0.0

    def add(self, picture: Picture, time_s: float) -> None:
        """Show a picture from this time on, until the next comes; it must stay as it is."""
        if self._before is None:
            self._first_s = time_s
        else:
            due = round((time_s - self._first_s) * FILM_FPS)
            for _ in range(due - self._writer.frames_written):
                self._writer.write(self._before)
        self._before = picture
