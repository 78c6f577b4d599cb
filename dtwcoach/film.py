"""The set as a film, and stills of its faults: the video with what was found drawn in.

Pictures of people are written only by these functions, and only when they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.errors import SourceError, UsageError
from dtwcoach.matching.assessment import Fault, SetAssessment, Verdict
from dtwcoach.pose import KEYPOINTS, FloatArray
from dtwcoach.report.departures import keypoints_of
from dtwcoach.scene import Scene, indices_of, tracks_in
from dtwcoach.sources.containers import is_video_file
from dtwcoach.sources.pose_files import is_pose_file
from dtwcoach.sources.video import DEFAULT_FPS, Frame, Video, open_video, open_writer

SIDE_PX, SIDE_BESIDE_PX = 1280, 960
"""Longer side of the video's pictures in a film, alone and with the reference beside them."""
MOST_FPS = 40.0
"""Faster recordings are thinned out: encoding takes longest, and no eye misses the rest."""
SAME_VIDEO_S = 0.5
"""A video that ends so much before its recording is not the one that was judged."""
MOST_STILLS, STILLS_OF_REP = 60, 3
STILL_WIDTH, STILL_HEIGHT, STILL_BYTES = 640, 480, 28_000
MARGIN = 0.25
"""Around the athlete in a still, as a share of the longer side of what they fill."""


def write_film(
    assessment: SetAssessment,
    video: Path,
    out: Path,
    *,
    beside: bool = False,
    mirrored: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Write the set's video with what was found drawn in: VP8, which plays in browsers.

    Parameters
    ----------
    assessment : SetAssessment
    video : Path
        The file it was made from.
    out : Path
        Ends in ``.webm``; replaced only when the film is complete.
    beside : bool
        Show the reference's body beside the athlete's: of the same size, at the same place, in
        step by the warping path and seen from the same side.
    mirrored : bool
        The recording shows a mirror image (selfie); the film does not.
    progress : callable, optional
        Called with the share done, 0 to 1.

    Raises
    ------
    UsageError
        When `out` does not end in ``.webm``, or is the video itself.
    SourceError
        When the video cannot be read, is a pose file, or ends before what was judged.
    StorageError
        When the film cannot be written; nothing is left behind.
    """
    if out.suffix.lower() != ".webm":
        raise UsageError(f"{out.name}: films are written as .webm; name one, such as set.webm.")
    if out.exists() and video.exists() and out.samefile(video):
        raise UsageError(f"{out}: that is the recording itself; name another file for the film.")
    _check_pictures(video)
    side_px = SIDE_BESIDE_PX if beside else SIDE_PX
    with open_video(video, max_side_px=side_px, mirrored=mirrored) as frames:
        fps = _film_fps(assessment, frames)
        scene = Scene(assessment, frames.size, beside=beside)
        with open_writer(out, fps=fps, size=scene.size) as writer:
            for frame, times in _paced(frames, fps):
                drawn = scene.draw(frame.image, frame.time_s)
                for _ in range(times):
                    writer.write(drawn)
                if progress is not None and frames.frames_expected > 0:
                    progress(min(1.0, frames.frames_read / frames.frames_expected))
            _check_whole(assessment, video, frame.time_s)
    if progress is not None:
        progress(1.0)
    return out


def stills(
    assessment: SetAssessment, video: Path, *, mirrored: bool = False
) -> dict[tuple[int, int], bytes]:
    """Return the picture of each fault's worst moment, with the skeleton and the faulty joint.

    Parameters
    ----------
    assessment : SetAssessment
    video : Path
        The file it was made from.
    mirrored : bool
        The recording shows a mirror image (selfie); the stills do not.

    Returns
    -------
    dict
        (number of the repetition, number of its fault from 0) -> JPEG. At most 3 a repetition and
        60 in all, those of wrong repetitions and the largest first; none of faults of tempo, which
        no still can show.

    Raises
    ------
    SourceError
        When the video cannot be read, or is a pose file.
    """
    _check_pictures(video)
    if assessment.recording is None:
        return {}
    wanted = _wanted(assessment)
    made: dict[tuple[int, int], bytes] = {}
    with open_video(video, max_side_px=SIDE_PX, mirrored=mirrored) as frames:
        tracks = tracks_in(assessment.recording, frames.size)
        for at, frame in _nearest(frames, [moment_s for moment_s, _, _ in wanted]):
            _, key, fault = wanted[at]
            made[key] = _still(frame.image, tracks.at(frame.time_s), fault)
    return made


def _check_pictures(video: Path) -> None:
    if is_pose_file(video) and not is_video_file(video):
        raise SourceError(
            f"{video.name}: a pose file, which has no pictures to draw on. "
            "Give the video that it was made from."
        )


def _check_whole(assessment: SetAssessment, video: Path, end_s: float) -> None:
    recording = assessment.recording
    if recording is not None and end_s < recording.source.time_s[-1] - SAME_VIDEO_S:
        raise SourceError(
            f"{video.name}: its pictures end at {end_s:.1f} s, but what was judged goes on until "
            f"{recording.source.time_s[-1]:.1f} s. Is it the same video? Copy it again."
        )


def _film_fps(assessment: SetAssessment, video: Video) -> float:
    """One constant rate: the recording's mean, divided evenly where it is faster than needed."""
    pose = assessment.recording.source if assessment.recording else None
    if pose is not None and len(pose) > 1:
        fps = (len(pose) - 1) / pose.duration_s
    else:
        fps = video.frames_expected / video.duration_s
    fps = fps if math.isfinite(fps) and fps > 0 else DEFAULT_FPS
    return fps / math.ceil(fps / MOST_FPS)


def _paced(frames: Iterable[Frame], fps: float) -> Iterator[tuple[Frame, int]]:
    """Frames at a constant rate: those needed, and how many times each is shown."""
    before: Frame | None = None
    start_s, shown = 0.0, 0
    for frame in frames:
        if before is None:
            start_s = frame.time_s
        else:
            middle_s = (before.time_s + frame.time_s) / 2 - start_s
            until = math.ceil(middle_s * fps)
            if until > shown:
                yield before, until - shown
                shown = until
        before = frame
    if before is not None:
        until = round((before.time_s - start_s) * fps) + 1
        yield before, max(until - shown, 0)


def _wanted(assessment: SetAssessment) -> list[tuple[float, tuple[int, int], Fault]]:
    """Faults to be shown: when, their keys, and they themselves, in the order of time."""
    found = []
    for rep in assessment.reps:
        for number, fault in enumerate(rep.faults[:STILLS_OF_REP]):
            # A range of motion shows at the turn, where the fault itself tells no moment.
            moment_s = fault.time_s if math.isfinite(fault.time_s) else rep.turn_s
            if math.isfinite(moment_s) and indices_of(keypoints_of(fault.joint)):
                rank = (rep.verdict is not Verdict.WRONG, number, -fault.ratio)
                found.append((rank, (moment_s, (rep.number, number), fault)))
    found.sort(key=lambda item: item[0])
    return sorted((item for _, item in found[:MOST_STILLS]), key=lambda item: item[:2])


def _nearest(video: Iterable[Frame], wanted_s: list[float]) -> Iterator[tuple[int, Frame]]:
    """For each of the rising times its number and the nearest frame; those too late have none."""
    at, before = 0, None
    for frame in video:
        while at < len(wanted_s) and frame.time_s >= wanted_s[at]:
            late = before is not None and wanted_s[at] - before.time_s < frame.time_s - wanted_s[at]
            yield at, before if late and before is not None else frame
            at += 1
        if at == len(wanted_s):
            return
        before = frame
    for number in range(at, len(wanted_s)):
        if before is not None and wanted_s[number] - before.time_s < SAME_VIDEO_S:
            yield number, before


def _still(image: Picture, points: FloatArray, fault: Fault) -> bytes:
    """The athlete cut out of the picture, scaled, drawn on, as JPEG."""
    low, high = np.zeros(2), np.array(image.shape[1::-1], dtype=float)
    seen = points[np.isfinite(points).all(axis=1)]
    if len(seen):
        first, last = seen.min(axis=0), seen.max(axis=0)
        margin = MARGIN * float((last - first).max())
        low, high = np.clip([first - margin, last + margin], 0, high).round()
    if (high - low).min() < 2:  # the athlete is outside the picture
        low, high = np.zeros(2), np.array(image.shape[1::-1], dtype=float)
    (left, top), (right, bottom) = low.astype(int), high.astype(int)
    cut = image[top:bottom, left:right]
    still = drawing.scaled_down(cut, most_width=STILL_WIDTH, most_height=STILL_HEIGHT)
    off = np.zeros(len(KEYPOINTS), dtype=bool)
    off[indices_of(keypoints_of(fault.joint))] = True
    scale = still.shape[0] / cut.shape[0]
    drawing.draw_skeleton(still, (points - low) * scale, off=off)
    return drawing.jpeg(still, most_bytes=STILL_BYTES)
