"""Judging any number of recordings, one after another or side by side."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dtwcoach import workers
from dtwcoach.errors import DtwCoachError
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.library import Library
from dtwcoach.motion.groups import BODY
from dtwcoach.pose import PoseSequence


@dataclass(frozen=True)
class Task:
    """One recording to judge, as plain data that another process can take.

    With `keep_recording` the outcome carries the recording itself, which is large.
    """

    file: Path
    exercise: str
    library: Library
    athlete: str = ""
    height_cm: float | None = None
    expected_reps: int | None = None
    mirrored: bool = False
    fps: float | None = None
    frame_size: tuple[int, int] | None = None
    keep_recording: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one recording.

    Parameters
    ----------
    file : Path
    assessment : SetAssessment, optional
    error : str
        Why there is none, in one line; "" if all went well.
    trace : str
        The traceback, where the error is a bug.
    """

    file: Path
    assessment: SetAssessment | None = None
    error: str = ""
    trace: str = ""

    @property
    def judged(self) -> bool:
        """Whether at least one repetition got a verdict of right or wrong."""
        found = self.assessment
        return found is not None and any(r.verdict is not Verdict.CANNOT_JUDGE for r in found.reps)


def load_pose(
    file: Path,
    *,
    mirrored: bool = False,
    fps: float | None = None,
    frame_size: tuple[int, int] | None = None,
    groups: tuple[str, ...] = BODY,
    progress: Callable[[float], None] | None = None,
) -> PoseSequence:
    """The pose in a video or pose file.

    `fps` and `frame_size` are for pose files only. In a video hands and face are looked for where
    an exercise has them among its `groups`.
    """
    from dtwcoach.sources.containers import is_video_file

    if groups != BODY and is_video_file(file):
        from dtwcoach.sources.holistic import read_holistic

        return read_holistic(file, mirrored=mirrored, progress=progress)
    if fps is not None or frame_size is not None:
        from dtwcoach.sources.pose_files import is_pose_file, read_pose_file

        if is_pose_file(file) and not is_video_file(file):
            return read_pose_file(file, mirrored=mirrored, fps=fps, frame_size=frame_size)
    from dtwcoach.sources import read_pose

    return read_pose(file, mirrored=mirrored, progress=progress)


def judge_file(task: Task, progress: Callable[[float], None]) -> Outcome:
    """Judge one recording; whatever goes wrong is part of the outcome."""
    from dtwcoach.coach import assess, judge_for
    from dtwcoach.settings import Settings

    try:
        pose = load_pose(
            task.file,
            mirrored=task.mirrored,
            fps=task.fps,
            frame_size=task.frame_size,
            groups=task.library.exercise(task.exercise).groups,
            progress=progress,
        )
        judge = judge_for(
            task.library,
            task.exercise,
            model=pose.model,
            settings=Settings(),
            athlete=task.athlete,
        )
        assessment = assess(
            pose,
            judge,
            athlete=task.athlete,
            source=task.file.name,
            height_cm=task.height_cm,
            expected_reps=task.expected_reps,
        )
    except DtwCoachError as error:
        return Outcome(task.file, error=str(error))
    except Exception as error:
        return Outcome(task.file, error=bug(error), trace=traceback.format_exc())
    return Outcome(
        task.file, assessment if task.keep_recording else replace(assessment, recording=None)
    )


def bug(error: Exception) -> str:
    """Name an error that no user can mend."""
    return f"a mistake of the program ({type(error).__name__}: {error})"


def _lost(task: Task, done: workers.Done) -> Outcome:
    return Outcome(task.file, error=str(done.error or "failed"), trace=done.trace)


def judge_files(
    tasks: list[Task], *, jobs: int, progress: Callable[[int, float], None]
) -> Generator[Outcome, None, None]:
    """Judge recordings and yield each outcome as it is ready.

    Parameters
    ----------
    tasks : list of Task
    jobs : int
        With more than one, and more than one recording, in spawned processes.
    progress : callable
        Called with a task's number, from 0, and the share of it that is done.
    """
    if min(jobs, len(tasks)) == 1:
        for number, task in enumerate(tasks):
            yield judge_file(task, partial(progress, number))
        return
    for done in workers.run(judge_file, tasks, jobs=jobs, progress=progress):
        yield done.value or _lost(tasks[done.number], done)
