"""Judges what has been filmed so far with the stages that judge recordings."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from dtwcoach.coach import assess
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.judging import Judge
from dtwcoach.pose import PoseSequence

_judges: dict[str, Judge] = {}
"""Those to judge by, by their exercises' names, in a helper's process."""


def _prepare(judges: Iterable[Judge]) -> None:
    _judges.update((judge.exercise.name, judge) for judge in judges)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle


def _judged(pose: PoseSequence, exercise: str) -> SetAssessment:
    return _light(pose, _judges[exercise])


def _light(pose: PoseSequence, judge: Judge) -> SetAssessment:
    return replace(assess(pose, judge), recording=None)


@contextmanager
def helper_process(*judges: Judge) -> Iterator[Executor]:
    """A process that judges beside the one that watches; it ends with the context."""
    pool = ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_prepare, initargs=(judges,)
    )
    try:
        pool.submit(int)  # begins to load now, not at the first repetition
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Referee:
    """Takes one question at a time and answers when it can.

    Parameters
    ----------
    judge : Judge
    helper : Executor, optional
        From `helper_process`; without it, or once that has died, `ask` itself takes the time.
    """

    def __init__(self, judge: Judge, helper: Executor | None = None) -> None:
        self._judge, self._helper = judge, helper
        self._pose: PoseSequence | None = None
        self._answer: Future[SetAssessment] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a question is open."""
        return self._answer is not None

    def ask(self, pose: PoseSequence) -> None:
        """Ask what a recording shows."""
        self._pose = pose
        if self._helper is not None:
            try:
                self._answer = self._helper.submit(_judged, pose, self._judge.exercise.name)
                return
            except BrokenExecutor:
                self._helper = None
        self._answer = Future()
        self._answer.set_result(_light(pose, self._judge))

    def answer(self) -> SetAssessment | None:
        """Return the answer, once, as soon as it is there."""
        if self._answer is None or not self._answer.done():
            return None
        done, self._answer = self._answer, None
        try:
            return done.result()
        except BrokenExecutor:  # the helper was killed: go on without
            assert self._pose is not None
            self._helper = None
            self.ask(self._pose)
            return self.answer()
