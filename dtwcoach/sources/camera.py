"""A camera, or a video file played as one: the newest picture, and how many were passed over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from dtwcoach.sources.video import Frame, Video, open_video

LOOK_UP_S = 0.2
"""So often whoever waits for a picture looks up, so that Ctrl-C is heard on every system."""
LEAVE_S = 5.0
"""A device that was pulled out may block its reader; nobody waits longer than this for it."""


class End(StrEnum):
    """Why no more pictures come."""

    FILE_OVER = "the file is over"
    CAMERA_LOST = "the camera gives no more pictures"


class Camera:
    """Frames as they come. Made by `open_camera`.

    Devices and paced files are read by a thread of their own: whoever is late gets the newest
    frame, and those before it are dropped and counted. Without pace, a file gives every frame.

    Attributes
    ----------
    name : str
    size : (width, height)
        Pixels of the delivered pictures.
    frames_dropped : int
        Frames that came and were not taken, so far.
    end : End or None
        Why the frames ended; None while they may go on.
    """

    def __init__(self, video: Video, *, paced: bool) -> None:
        self.name, self.size = video.name, video.size
        self.frames_dropped = 0
        self.end: End | None = None
        self._video = video
        self._newest: Frame | None = None
        self._error: Exception | None = None
        self._change, self._leave = threading.Condition(), threading.Event()
        self._reader: threading.Thread | None = None
        if paced or video.live:
            self._reader = threading.Thread(target=self._read, name="camera", daemon=True)
            self._reader.start()

    def __iter__(self) -> Iterator[Frame]:
        if self._reader is None:
            yield from self._video
        else:
            while (frame := self._take()) is not None:
                yield frame
        self.end = End.CAMERA_LOST if self._video.live else End.FILE_OVER

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be repaired so far, in plain words."""
        return self._video.notes

    def close(self) -> None:
        """Stop reading; frames end for whoever waits for one."""
        self._leave.set()
        if self._reader is not None:
            self._reader.join(LEAVE_S)

    def _take(self) -> Frame | None:
        """Wait for a frame that has not been taken yet; None when there will be none."""
        with self._change:
            while self._newest is None and not self._leave.is_set():
                self._change.wait(LOOK_UP_S)
            frame, self._newest = self._newest, None
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def _read(self) -> None:
        started_s, first_s = time.monotonic(), None
        try:
            for frame in self._video:
                first_s = frame.time_s if first_s is None else first_s
                if not self._video.live:
                    due_s = started_s + frame.time_s - first_s
                    self._leave.wait(max(0.0, due_s - time.monotonic()))
                if self._leave.is_set():
                    return
                with self._change:
                    self.frames_dropped += self._newest is not None
                    self._newest = frame
                    self._change.notify()
        except Exception as error:  # is raised where the frames are taken
            self._error = error
        finally:
            self._leave.set()
            with self._change:
                self._change.notify()


@contextmanager
def open_camera(
    source: Path | str | int,
    *,
    paced: bool = True,
    max_side_px: int = 1280,
    mirrored: bool = False,
) -> Iterator[Camera]:
    """Open a camera by its number, or play a video file as one; released on every way out.

    Parameters
    ----------
    source : path or int
    paced : bool
        Play a file at its own speed, as a camera would; without, as fast as its frames are taken.
    max_side_px : int
        Larger pictures are scaled down to this longer side.
    mirrored : bool
        The pictures are mirror images: they are turned back.

    Raises
    ------
    SourceError
        As `open_video`; a file that turns out unreadable later raises while its frames are taken.

    Examples
    --------
    ::

        with open_camera(0) as camera:
            for frame in camera:
                ...
            print(camera.end, camera.frames_dropped)
    """
    with open_video(source, max_side_px=max_side_px, mirrored=mirrored) as video:
        camera = Camera(video, paced=paced)
        try:
            yield camera
        finally:
            camera.close()
