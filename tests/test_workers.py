from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dtwcoach import workers
from dtwcoach.errors import DtwCoachError, SourceError


def _work(task: tuple[str, str], progress: Callable[[float], None]) -> str:
    """What the tasks of these tests do, in another process."""
    kind, argument = task
    if kind == "raise":
        raise SourceError(argument)
    if kind == "bug":
        raise ZeroDivisionError(argument)
    if kind == "die":
        with Path(argument).open("a") as file:
            file.write("x")
        if len(Path(argument).read_text()) < 2 or argument.endswith("always"):
            os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        try:
            Path(argument).write_text(str(os.getpid()))
            time.sleep(60)
        finally:
            Path(argument).with_suffix(".cleared").touch()
    progress(1.0)
    return argument


def test_results_carry_their_number_and_progress_is_told() -> None:
    told: list[tuple[int, float]] = []
    tasks = [("ok", str(number)) for number in range(3)]
    done = list(workers.run(_work, tasks, jobs=2, progress=lambda *step: told.append(step)))
    assert {one.number: one.result() for one in done} == {0: "0", 1: "1", 2: "2"}
    assert sorted(told) == [(0, 1.0), (1, 1.0), (2, 1.0)]


def test_errors_come_back_and_stop_nobody() -> None:
    tasks = [("raise", "no video"), ("bug", "oops"), ("ok", "fine")]
    done = sorted(workers.run(_work, tasks, jobs=1), key=lambda one: one.number)
    with pytest.raises(SourceError, match="no video"):
        done[0].result()
    with pytest.raises(RuntimeError, match="ZeroDivisionError: oops"):
        done[1].result()
    assert done[2].result() == "fine"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no kill -9")
def test_a_killed_task_is_begun_once_more_then_reported(tmp_path: Path) -> None:
    once, always = str(tmp_path / "once"), str(tmp_path / "always")
    tasks = [("die", once), ("die", always), ("ok", "fine")]
    done = {one.number: one for one in workers.run(_work, tasks, jobs=2)}
    assert done[0].result() == once
    with pytest.raises(DtwCoachError, match=r"killed 2 times \(signal 9\)"):
        done[1].result()
    assert Path(always).read_text() == "xx"
    assert done[2].result() == "fine"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no signal 0")
def test_leaving_early_stops_the_processes(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    run = workers.run(_work, [("hang", str(file)), ("ok", "fine")], jobs=2)
    assert next(run).result() == "fine"
    while not (file.exists() and file.read_text()):
        pass
    run.close()
    assert file.with_suffix(".cleared").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)
