"""A window on the screen, and the keys pressed in it: OpenCV's, or none."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Protocol, Self

from dtwcoach.drawing import Picture
from dtwcoach.errors import UsageError

KEYS = {ord("q"): "end", 27: "end", ord(" "): "pause", ord("u"): "undo"}
"""Key -> what is wanted; 27 is Esc."""


class Screen(Protocol):
    """Shows pictures and tells what was pressed."""

    def show(self, picture: Picture) -> str:
        """Show a picture; return "end", "pause", "undo" or ""."""
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

    Raises
    ------
    UsageError
        When there is no display: OpenCV would end the whole program over it.
    """

    def __init__(self, title: str) -> None:
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            raise UsageError(
                "No display to open a window on; needed one, or --headless (with --save FILE.webm "
                "to see the pictures afterwards)."
            )
        self._title, self._shown = title, False

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
        return KEYS.get(cv2.waitKey(1) & 0xFF, "")

    def linger(self, seconds: float) -> None:
        """Leave the last picture standing for so long, or until a key is pressed."""
        import cv2

        if self._shown:
            cv2.waitKey(round(1000 * seconds))
