"""Work on several processes, where one that dies takes nothing else with it."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context
from typing import Any

from dtwcoach.errors import DtwCoachError

Progress = Callable[[float], None]
Work = Callable[[Any, Progress], Any]

TRIES = 2
"""How often a task is begun whose process gets killed."""
PATIENCE_S = 5.0
"""How long a process that is told to stop may take to clear up."""


class ProcessError(DtwCoachError):
    """A process died at its work."""


@dataclass(frozen=True)
class Done:
    """The end of one task.

    Parameters
    ----------
    number : int
        Which of the tasks, from 0.
    value : object
        What the work returned.
    error : DtwCoachError, optional
        What it raised, or what became of its process.
    trace : str
        The traceback, where it raised anything else: a bug.
    """

    number: int
    value: Any = None
    error: DtwCoachError | None = None
    trace: str = ""

    def result(self) -> Any:
        """The value, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        if self.trace:
            raise RuntimeError(self.trace)
        return self.value


class _Worker:
    """One process and the task it has in hand."""

    def __init__(self, work: Work) -> None:
        # Spawned, not forked: MediaPipe's threads do not survive a fork.
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(work, theirs), daemon=True)
        with _deaf_to_ctrl_c():
            self.process.start()
        theirs.close()
        self.number = -1

    def give(self, number: int, task: Any) -> None:
        self.number = number
        self.pipe.send((number, task))

    def stop(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join(PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes so that Ctrl-C, which reaches all, is left to the parent."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's business
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run(
    work: Work,
    tasks: Sequence[Any],
    *,
    jobs: int,
    progress: Callable[[int, float], None] | None = None,
) -> Generator[Done, None, None]:
    """Work on tasks in spawned processes; yield each as it ends, in no fixed order.

    A task whose process dies is begun once more, in a fresh process. Leaving the iterator early
    (closing it, or an exception in the caller's loop) stops all processes.

    Parameters
    ----------
    work : callable
        Called as `work(task, progress)` in another process: a function of a module.
    tasks : sequence
        Plain data.
    jobs : int
        Most processes at a time.
    progress : callable, optional
        Called with a task's number and the share of it that is done.
    """
    waiting = list(range(len(tasks)))[::-1]
    begun = [0] * len(tasks)
    workers = [_Worker(work) for _ in range(min(jobs, len(tasks)))]

    def feed(worker: _Worker) -> None:
        if waiting:
            number = waiting.pop()
            begun[number] += 1
            worker.give(number, tasks[number])
        else:
            worker.number = -1

    try:
        for worker in workers:
            feed(worker)
        while busy := {worker.pipe: worker for worker in workers if worker.number >= 0}:
            for pipe in connection.wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]  # `wait` also takes other things
                try:
                    kind, number, value = worker.pipe.recv()
                except (EOFError, OSError):  # the process is gone
                    workers.remove(worker)
                    worker.stop()
                    if begun[worker.number] < TRIES:
                        waiting.append(worker.number)
                    else:
                        yield Done(worker.number, error=_death(worker))
                    workers.append(fresh := _Worker(work))
                    feed(fresh)
                    continue
                if kind == "progress":
                    if progress is not None:
                        progress(number, value)
                    continue
                feed(worker)
                yield Done(number, **{kind: value})
    finally:
        for worker in workers:
            worker.stop()


def _death(worker: _Worker) -> ProcessError:
    code = worker.process.exitcode
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return ProcessError(f"The process was killed {TRIES} times ({how}). Is there enough memory?")


def _serve(work: Work, pipe: connection.Connection) -> None:
    """Do tasks until the other end hangs up (in the spawned process)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where that is not inherited
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # files half written are removed
    try:
        while True:
            number, task = pipe.recv()
            last = -1.0

            def report(share: float, number: int = number) -> None:
                nonlocal last
                if share - last >= 0.01:
                    last = share
                    pipe.send(("progress", number, share))

            try:
                answer = ("value", number, work(task, report))
            except DtwCoachError as error:
                answer = ("error", number, error)
            except Exception:
                answer = ("trace", number, traceback.format_exc())
            pipe.send(answer)
    except (EOFError, OSError):
        return
