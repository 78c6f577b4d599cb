"""Poses from video by MediaPipe's Tasks `PoseLandmarker`, with true timestamps, offline.

One person is tracked; a look around twice a second finds out whether there are others. Only while
there are does the tracker follow several, and the athlete is then chosen among them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np

from dtwcoach.pose import KEYPOINTS, PoseSequence
from dtwcoach.pose import mirrored as mirrored_pose
from dtwcoach.sources.model_bundle import pose_bundle
from dtwcoach.sources.quiet import quiet_stderr
from dtwcoach.sources.tracking import Linker, Person, without_doubles
from dtwcoach.sources.video import Frame, Video, open_video, rgb

EXTRACTION_VERSION = 1
"""Raised when the same video gives another result than before: old cached poses are left."""
MAX_SIDE_PX = 1280
"""Larger pictures are scaled down before the pose is sought."""
MAX_RATE_HZ = 60.0
"""Faster video is thinned out: later stages work at half of this."""
LOOK_EVERY_S = 0.5
"""How often others are looked for."""
CALM_S = 3.0
"""Several people are followed until so long after the last time they were seen."""
MAX_PEOPLE = 4
SAME_VISIT_S = 2.0
"""Others out of sight for less are noted as one visit."""


def model_name() -> str:
    """Name of estimator, model and mode as stored in `PoseSequence.model`."""
    return f"mediapipe-{importlib.metadata.version('mediapipe')}/pose_full/video"


def extraction_name() -> str:
    """Everything beside the video that the result of `extract_pose` depends on, as one text."""
    settings = (
        EXTRACTION_VERSION,
        MAX_SIDE_PX,
        MAX_RATE_HZ,
        LOOK_EVERY_S,
        CALM_S,
        MAX_PEOPLE,
    )
    return f"{model_name()} {settings}"


@dataclass(frozen=True, eq=False)
class Sighting:
    """What was found in one picture.

    people  : person by lasting number
    athlete : the one among them who is the athlete so far (None: not in the picture)
    count   : how many people were found when last looked for; 0 when nobody is followed now
    """

    time_s: float
    people: dict[int, Person]
    athlete: Person | None
    count: int


class _Later(ModuleType):
    """Stands in for a module and loads it when something in it is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asking, not a user
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def load_mediapipe() -> tuple[Any, Any]:
    """Import MediaPipe and its Tasks.

    MediaPipe imports Matplotlib for a drawing function nobody here calls: most of a second at
    every start, and on a fresh account a font cache built first. It waits until it is used.
    """
    waiting: dict[str, ModuleType] = {}
    if "matplotlib" not in sys.modules:
        waiting = {name: _Later(name) for name in ("matplotlib", "matplotlib.pyplot")}
        # A submodule is an attribute of its package, which no type says.
        waiting["matplotlib"].pyplot = waiting["matplotlib.pyplot"]  # type: ignore[attr-defined]
    sys.modules.update(waiting)
    try:
        mediapipe = importlib.import_module("mediapipe")
    finally:
        for name in waiting:
            del sys.modules[name]
    return mediapipe, importlib.import_module("mediapipe.tasks.python")


class _Landmarker:
    """MediaPipe's landmarker, quiet, with NumPy in and out."""

    def __init__(self, *, people: int, video: bool) -> None:
        with quiet_stderr():  # its first words come before any log level is asked
            mediapipe, tasks = load_mediapipe()
            vision = tasks.vision
            self._image, self._format = mediapipe.Image, mediapipe.ImageFormat.SRGB
            mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
            self._landmarker: Any = vision.PoseLandmarker.create_from_options(
                vision.PoseLandmarkerOptions(
                    base_options=tasks.BaseOptions(model_asset_buffer=pose_bundle()),
                    running_mode=mode,
                    num_poses=people,
                )
            )
        self.people, self._video, self._last_ms = people, video, -1
        self._talks = True

    def find(self, image_rgb: np.ndarray[Any, Any], time_s: float) -> list[Person]:
        picture = self._image(image_format=self._format, data=image_rgb)
        # Each stage of the model says something when first used, the last with the first person.
        with quiet_stderr() if self._talks else nullcontext():
            if self._video:
                self._last_ms = max(self._last_ms + 1, round(time_s * 1000))
                result = self._landmarker.detect_for_video(picture, self._last_ms)
            else:
                result = self._landmarker.detect(picture)
        self._talks &= not result.pose_landmarks
        height, width = image_rgb.shape[:2]
        return [
            _person(image, world, width, height)
            for image, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        ]

    def close(self) -> None:
        with quiet_stderr():
            self._landmarker.close()


def _person(image: Any, world: Any, width: int, height: int) -> Person:
    """Convert landmarks: pixels, and metres with y up and z towards the camera."""
    flat = np.array([(p.x, p.y, p.z, p.visibility, p.presence) for p in image], np.float32)
    metres = np.array([(p.x, -p.y, -p.z) for p in world], np.float32)
    return Person(
        image=flat[:, :3] * np.array([width, height, width], np.float32),
        world=metres,
        confidence=np.clip(flat[:, 3], 0, 1),
        presence=np.clip(flat[:, 4], 0, 1),
    )


class PoseTracker:
    """Finds and follows the people in a video, frame by frame.

    A fresh one for each video: it remembers where people were. Use as a context manager.

    Examples
    --------
    ::

        with open_video(0) as video, PoseTracker() as tracker:
            for frame in video:
                sighting = tracker.update(frame)
    """

    def __init__(self) -> None:
        self._tracker: _Landmarker | None = None
        self._scout: _Landmarker | None = None
        self._linker: Linker | None = None
        self._looked_s = self._company_s = -math.inf
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the models; a later `update` raises."""
        for landmarker in (self._tracker, self._scout):
            if landmarker is not None:
                landmarker.close()
        self._tracker = self._scout = None

    @property
    def linker(self) -> Linker:
        """Everybody seen so far."""
        if self._linker is None:
            self._linker = Linker(picture_px=1.0)
        return self._linker

    def update(self, frame: Frame) -> Sighting:
        """Find the people in the next frame (time must increase)."""
        if self._linker is None:
            height, width = frame.image.shape[:2]
            self._linker = Linker(picture_px=math.hypot(width, height))
            self._tracker = _Landmarker(people=1, video=True)
            self._scout = _Landmarker(people=MAX_PEOPLE, video=False)
        if self._tracker is None or self._scout is None:
            raise ValueError("this tracker is closed; make a new one for each video")
        picture = rgb(frame.image)
        found = without_doubles(self._tracker.find(picture, frame.time_s))
        known = len(self._linker.tracks)
        numbered = self._linker.update(found, frame.time_s)
        stranger = len(self._linker.tracks) > known
        if found and (stranger or frame.time_s - self._looked_s >= LOOK_EVERY_S):
            self._look(picture, frame.time_s, tracked=len(found))
        count = max(self._count, len(found)) if found else 0
        return Sighting(frame.time_s, numbered, self._linker.athlete_now(numbered), count)

    def _look(self, picture: np.ndarray[Any, Any], time_s: float, *, tracked: int) -> None:
        """Look for others; follow as many as there are, fewer only after calm."""
        assert self._scout is not None
        assert self._tracker is not None
        self._looked_s = time_s
        self._count = max(tracked, len(without_doubles(self._scout.find(picture, time_s))))
        wanted = min(self._count, MAX_PEOPLE)
        if wanted >= self._tracker.people:
            self._company_s = time_s
        if wanted > self._tracker.people or time_s - self._company_s > CALM_S:
            self._tracker.close()
            self._tracker = _Landmarker(people=max(1, wanted), video=True)
            self._company_s = time_s


def thinned(frames: Iterable[Frame], *, rate_hz: float = MAX_RATE_HZ) -> Iterator[Frame]:
    """Leave out frames that come faster than this."""
    least_s = 0.7 / rate_hz  # a little under one step: timestamps are often rounded
    last_s = -math.inf
    for frame in frames:
        if frame.time_s - last_s >= least_s:
            last_s = frame.time_s
            yield frame


@dataclass
class _Record:
    """All sightings of a video, compact."""

    time_s: list[float] = field(default_factory=list)
    people: list[dict[int, Person]] = field(default_factory=list)
    count: list[int] = field(default_factory=list)


def extract_pose(
    source: Path | str,
    *,
    mirrored: bool = False,
    progress: Callable[[float], None] | None = None,
) -> PoseSequence:
    """Return the athlete's pose in every frame of a video (above 60 Hz: thinned out).

    The athlete is the one who moves and fills the picture over the whole recording; frames
    without them are missing (NaN), whoever else is there.

    Parameters
    ----------
    source : path
        A video file.
    mirrored : bool
        The video shows a mirror image (selfie): sides and x are swapped back.
    progress : callable, optional
        Called with the share done, 0 to 1, after each frame.

    Raises
    ------
    SourceError
        When the video cannot be read (see `open_video`).
    """
    record = _Record()
    with open_video(source, max_side_px=MAX_SIDE_PX) as video, PoseTracker() as tracker:
        for frame in thinned(video):
            sighting = tracker.update(frame)
            record.time_s.append(sighting.time_s)
            record.people.append(sighting.people)
            record.count.append(sighting.count)
            if progress is not None and video.frames_expected > 0:
                progress(min(1.0, video.frames_read / video.frames_expected))
        pose = _athlete_sequence(record, tracker.linker, video)
    if progress is not None:
        progress(1.0)
    return mirrored_pose(pose) if mirrored else pose


def _athlete_sequence(record: _Record, linker: Linker, video: Video) -> PoseSequence:
    frames, joints = len(record.time_s), len(KEYPOINTS)
    image = np.full((frames, joints, 3), np.nan)
    world = np.full((frames, joints, 3), np.nan)
    confidence = np.zeros((frames, joints))
    presence = np.zeros((frames, joints))
    athlete = linker.athlete_tracks()
    for at, people in enumerate(record.people):
        for number in athlete & people.keys():
            if linker.is_doubtful(number, record.time_s[at]):
                continue
            person = people[number]
            image[at], world[at] = person.image, person.world
            confidence[at], presence[at] = person.confidence, person.presence
    time_s, count = np.array(record.time_s), np.array(record.count, np.int64)
    return PoseSequence(
        time_s=time_s,
        image=image,
        world=world,
        confidence=confidence,
        presence=presence,
        people=count,
        frame_size=video.size,
        model=model_name(),
        notes=(*video.notes, *_company_notes(time_s, count > 1)),
    )


def _company_notes(time_s: np.ndarray[Any, Any], company: np.ndarray[Any, Any]) -> list[str]:
    """Say when others were in the picture; short interruptions are passed over."""
    spans: list[list[float]] = []
    for moment in time_s[company]:
        if spans and moment - spans[-1][1] <= SAME_VISIT_S:
            spans[-1][1] = moment
        else:
            spans.append([moment, moment])
    return [
        f"another person was in the picture between {start:.1f} and {stop:.1f} s"
        for start, stop in spans
    ]
