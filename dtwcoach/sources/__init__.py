"""Where poses come from: video files, cameras and the pose files of other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dtwcoach.pose import PoseSequence


def read_pose(
    path: Path | str,
    *,
    mirrored: bool = False,
    progress: Callable[[float], None] | None = None,
    use_cache: bool = True,
) -> PoseSequence:
    """Return the pose in a video or pose file.

    Parameters
    ----------
    path : path
        A video file, or a pose file or folder in one of the formats of `READERS`.
    mirrored : bool
        The recording shows a mirror image (selfie): sides and x are swapped back.
    progress : callable, optional
        Called with the share done, 0 to 1, while a video is worked through.
    use_cache : bool
        Remember the pose of a video, and use it when the same content comes again.

    Raises
    ------
    SourceError
        When the file cannot be read; the message says what arrived and what to do.
    """
    from dtwcoach.pose import mirrored as mirrored_pose
    from dtwcoach.sources.containers import check_container, is_video_file

    path = Path(path)
    if is_video_file(path):  # by content: file endings lie
        pose = _video_pose(path, progress=progress, use_cache=use_cache)
    else:
        from dtwcoach.sources.pose_files import is_pose_file, read_pose_file

        if not is_pose_file(path):
            check_container(path)  # says what it is instead
        pose = read_pose_file(path)
    return mirrored_pose(pose) if mirrored else pose


def _video_pose(
    path: Path, *, progress: Callable[[float], None] | None, use_cache: bool
) -> PoseSequence:
    from dtwcoach.sources.cache import cached_pose
    from dtwcoach.sources.mediapipe import extract_pose, extraction_name

    if not use_cache:
        return extract_pose(path, progress=progress)
    return cached_pose(
        path,
        extract=lambda: extract_pose(path, progress=progress),
        made_by=extraction_name(),
    )
