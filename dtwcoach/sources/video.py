"""Video in and out: one `Video` for file or camera, with true timestamps.

With `drawing` the only module that imports OpenCV, and only inside its functions.
"""

from __future__ import annotations

import math
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.sources.containers import check_container
from dtwcoach.sources.quiet import quiet_stderr

ImageArray = NDArray[np.uint8]

DEFAULT_FPS = 30.0
"""Assumed where neither timestamps nor the header say how far apart the frames are."""
MAX_FAILED_GRABS = 32
"""Frames in a row that may be unreadable before the rest of a file is given up."""
CODECS = {".mp4": "mp4v", ".webm": "VP80", ".avi": "MJPG"}
"""File ending to video code, for the formats OpenCV's wheels can write."""


@dataclass(frozen=True)
class VideoLimits:
    """What is refused before a picture is decoded."""

    max_side_px: int = 8192
    max_length_s: float = 3 * 3600.0


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video.

    index  : number of the frame, counted by reading
    time_s : seconds, strictly increasing within a video
    image  : (height, width, 3) uint8, blue-green-red
    """

    index: int
    time_s: float
    image: ImageArray


@dataclass
class _Clock:
    """Turns raw timestamps into strictly increasing ones and counts its repairs."""

    step_s: float
    last_s: float = -math.inf
    start_s: float = 0.0
    repaired: int = 0
    steps: list[float] = field(default_factory=list)

    def tick(self, raw_s: float) -> float:
        if self.last_s == -math.inf:
            # A clip cut out of a longer one may start before zero: its own start is the zero.
            self.start_s = raw_s if math.isfinite(raw_s) and raw_s < 0 else 0.0
            self.last_s = max(raw_s, 0.0) if math.isfinite(raw_s) else 0.0
            return self.last_s
        now_s = raw_s - self.start_s
        if math.isfinite(now_s) and now_s > self.last_s:
            if len(self.steps) < 99:  # enough to know the usual step; memory stays flat
                self.steps.append(now_s - self.last_s)
        else:
            self.repaired += 1
            now_s = self.last_s + (float(np.median(self.steps)) if self.steps else self.step_s)
        self.last_s = now_s
        return now_s


class Video:
    """Frames of a file or camera, in order, once. Made by `open_video`.

    Attributes
    ----------
    name : str
        File name or ``camera N``.
    size : (width, height)
        Pixels of the delivered pictures: upright, scaled down to the wanted longer side.
    frames_expected, duration_s : float
        What the header claims (nan when it says nothing, and for cameras). Good for a progress
        bar, wrong often enough for anything else.
    frames_read : int
        Frames delivered so far.
    """

    def __init__(
        self,
        capture: Any,
        *,
        name: str,
        live: bool,
        limits: VideoLimits,
        max_side_px: int,
        mirrored: bool,
    ) -> None:
        import cv2

        self.name, self.live = name, live
        self._capture, self._limits, self._mirrored = capture, limits, mirrored
        width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        fps = capture.get(cv2.CAP_PROP_FPS)
        claimed = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        known_fps = math.isfinite(fps) and 1.0 <= fps <= 1000.0
        self.frames_expected = claimed if claimed > 0 and not live else math.nan
        self.duration_s = self.frames_expected / fps if known_fps else math.nan
        self._check_limits(width, height)
        self._scale = min(1.0, max_side_px / max(width, height, 1))
        self.size = (round(width * self._scale), round(height * self._scale))
        self._clock = _Clock(step_s=1.0 / fps if known_fps else 1.0 / DEFAULT_FPS)
        self._started = time.monotonic()
        self.frames_read = self.unreadable = 0
        self._next: Frame | None = self._read()
        if self._next is None:
            raise SourceError(
                f"{name}: no picture could be read from the camera. Is another program using it?"
                if live
                else f"{name}: has a video header but not one readable picture. "
                "Copy or record the file again, or convert it to H.264 in .mp4."
            )

    def _check_limits(self, width: int, height: int) -> None:
        limits = self._limits
        if max(width, height) > limits.max_side_px:
            raise SourceError(
                f"{self.name}: pictures of {width} x {height} pixels; at most "
                f"{limits.max_side_px} on the longer side. Export it smaller (1080p is plenty)."
            )
        if self.duration_s > limits.max_length_s:
            raise SourceError(
                f"{self.name}: {self.duration_s / 60:.0f} minutes long; at most "
                f"{limits.max_length_s / 60:.0f}. Cut out the part with the exercise."
            )

    def __iter__(self) -> Iterator[Frame]:
        while self._next is not None:
            frame, self._next = self._next, None
            self.frames_read += 1
            yield frame
            self._next = self._read()

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be repaired so far, in plain words."""
        notes = []
        if self._clock.repaired:
            notes.append(
                f"{self._clock.repaired} of {self.frames_read} frames had a missing, repeated or "
                "backward timestamp; they were spaced by the usual step"
            )
        if self._clock.start_s < 0:
            notes.append(f"timestamps began at {self._clock.start_s:.3f} s; moved to 0")
        if self.unreadable:
            notes.append(f"{self.unreadable} damaged frames were skipped")
        missing = self.frames_expected - self.frames_read - self.unreadable
        if self._next is None and missing > max(2.0, 0.02 * self.frames_expected):
            notes.append(
                f"the file's header promises {self.frames_expected:.0f} frames but only "
                f"{self.frames_read} could be read: it may have been cut off"
            )
        return tuple(notes)

    def _read(self) -> Frame | None:
        """Return the next readable frame; None at the end."""
        import cv2

        # A camera that is gone blocks for seconds each time it is asked.
        for failed in range(3 if self.live else MAX_FAILED_GRABS):
            if self._capture.grab():
                raw_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
                if self.live:  # drivers disagree about what their clock means
                    raw_s = time.monotonic() - self._started
                ok, image = self._capture.retrieve()
                if ok and image is not None and image.size:
                    self.unreadable += failed
                    return self._frame(raw_s, image)
        return None

    def _frame(self, raw_s: float, image: ImageArray) -> Frame:
        import cv2

        time_s = self._clock.tick(raw_s)
        if not self.live and time_s > self._limits.max_length_s:
            raise SourceError(
                f"{self.name}: longer than {self._limits.max_length_s / 60:.0f} minutes. "
                "Cut out the part with the exercise."
            )
        if image.shape[1::-1] != self.size:
            image = np.asarray(cv2.resize(image, self.size, interpolation=cv2.INTER_AREA), np.uint8)
        if self._mirrored:
            image = np.asarray(cv2.flip(image, 1), np.uint8)
        return Frame(self.frames_read, time_s, image)


@contextmanager
def open_video(
    source: Path | str | int,
    *,
    rotate_auto: bool = True,
    limits: VideoLimits = VideoLimits(),
    max_side_px: int = 1280,
    mirrored: bool = False,
) -> Iterator[Video]:
    """Open a video file (path) or a camera (number); released on every way out.

    Parameters
    ----------
    source : path or int
        A local video file, or the number of a camera (0 is the first).
    rotate_auto : bool
        Turn pictures upright as the file's metadata says.
    limits : VideoLimits
        Larger or longer recordings are refused before decoding.
    max_side_px : int
        Larger pictures are scaled down to this longer side.
    mirrored : bool
        Deliver each picture as in a mirror (for showing an athlete to themselves).

    Raises
    ------
    SourceError
        Missing, empty or damaged file, no pictures inside, not a video (text, playlist,
        address), over the limits; camera missing or busy.
    """
    import cv2

    live = isinstance(source, int)
    name = f"camera {source}" if isinstance(source, int) else Path(source).name
    capture = cv2.VideoCapture()
    quiet = _quiet_opencv()
    try:
        if isinstance(source, int):
            opened = capture.open(source)
        else:
            check_container(Path(source))
            # Absolute, so that no part of a name can be taken for a protocol; this back end
            # only, because others take "%03d" for a series of pictures.
            opened = capture.open(str(Path(source).absolute()), cv2.CAP_FFMPEG)
        if not opened:
            raise SourceError(
                f"{name}: could not be opened. Is it plugged in, allowed and not in use?"
                if live
                else f"{name}: not a readable video: no picture track, cut off, or an unknown "
                "codec. Copy or record it again, or convert it to H.264 in .mp4."
            )
        # OpenCV 4.11 does not rotate unless told to.
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, float(rotate_auto))
        yield Video(
            capture,
            name=name,
            live=live,
            limits=limits,
            max_side_px=max_side_px,
            mirrored=mirrored,
        )
    finally:
        capture.release()
        cv2.setLogLevel(quiet)


def _quiet_opencv() -> int:
    """Silence OpenCV and FFmpeg on stderr (the errors here say it better); the former level."""
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # read when FFmpeg is first used
    level: int = cv2.getLogLevel()
    cv2.setLogLevel(0)
    return level


class VideoWriter:
    """Takes pictures and writes them to a video. Made by `open_writer`."""

    def __init__(self, writer: Any, size: tuple[int, int]) -> None:
        self._writer, self.size, self.frames_written = writer, size, 0

    def write(self, image: ImageArray) -> None:
        """Append one (height, width, 3) uint8 blue-green-red picture of the agreed size."""
        width, height = self.size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(
                f"a picture of shape {image.shape} and type {image.dtype}; "
                f"needed ({height}, {width}, 3) uint8"
            )
        self._writer.write(np.ascontiguousarray(image))
        self.frames_written += 1


@contextmanager
def open_writer(path: Path | str, *, fps: float, size: tuple[int, int]) -> Iterator[VideoWriter]:
    """Write a video; it appears under its name only when complete.

    Parameters
    ----------
    path : path
        Ends in ``.mp4`` (MPEG-4), ``.webm`` (VP8, plays in browsers) or ``.avi``.
    fps : float
        Frames per second, not rounded.
    size : (width, height)
        Pixels, both even (the codecs work on blocks of two).

    Raises
    ------
    StorageError
        Unknown file ending, folder missing or not writable, disk full. A former file of that
        name is left as it was.
    """
    import cv2

    path = Path(path)
    code = CODECS.get(path.suffix.lower())
    if code is None:
        raise StorageError(f"{path.name}: cannot write this format; use {', '.join(CODECS)}.")
    if size[0] % 2 or size[1] % 2 or min(size) < 2 or not 0 < fps <= 1000:
        raise StorageError(
            f"{path.name}: {size[0]} x {size[1]} at {fps} frames per second; width and height "
            "must be even and the rate between 0 and 1000."
        )
    if not path.parent.is_dir():
        raise StorageError(f"{path}: the folder does not exist; create it first.")
    part = path.with_name(f".{uuid.uuid4().hex}.part{path.suffix.lower()}")
    quiet = _quiet_opencv()
    writer = cv2.VideoWriter()
    try:
        fourcc = cv2.VideoWriter.fourcc(*code)
        with quiet_stderr():  # it complains about the code of VP8 and then takes it
            opened = writer.open(str(part.absolute()), cv2.CAP_FFMPEG, fourcc, fps, size)
        if not opened:
            raise StorageError(f"{path}: could not be written. Is the folder writable?")
        out = VideoWriter(writer, size)
        yield out
        writer.release()
        _check_written(part, path.name, out.frames_written)
        part.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: could not be written: {error}.") from error
    finally:
        writer.release()
        cv2.setLogLevel(quiet)
        part.unlink(missing_ok=True)


def _check_written(part: Path, name: str, frames: int) -> None:
    """Refuse what FFmpeg cut short: it reports a full disk to nobody.

    A file that was not finished promises no frames, or an absurd number of them.
    """
    import cv2

    if frames == 0:
        raise StorageError(f"{name}: no picture was written.")
    capture = cv2.VideoCapture(str(part.absolute()), cv2.CAP_FFMPEG)
    readable = capture.isOpened() and capture.grab()
    promised = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    if not readable or abs(promised - frames) > 2 + 0.05 * frames:  # counted from a duration
        raise StorageError(f"{name}: the written file cannot be read back. Is the disk full?")


def rgb(image: ImageArray) -> ImageArray:
    """Return a blue-green-red picture as red-green-blue."""
    import cv2

    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
