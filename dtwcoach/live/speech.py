"""Says aloud what is shown, in a thread of its own: the picture never waits for it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Any

from dtwcoach.errors import UsageError
from dtwcoach.matching.assessment import RepAssessment, Verdict

MOST_WAITING = 3
"""When more is to be said, the oldest is not: what comes late does not help."""
START_S, FINISH_S = 10.0, 8.0
"""So long the voice may take to start, and to finish what is left at the end."""


@contextmanager
def voice(wanted: bool = True) -> Iterator[Callable[[str], None]]:
    """Return a function that says a text and does not wait; nothing is said unless wanted.

    Raises
    ------
    UsageError
        When the optional extra is not installed, or its voice does not start.
    """
    if not wanted:
        yield lambda text: None
        return
    speaker = _Speaker(_engine_maker())
    try:
        yield speaker.say
    finally:
        speaker.close()


def words_of(rep: RepAssessment) -> str:
    """What is said of a repetition: its number when it was right, else what to change."""
    return str(rep.number) if rep.verdict is Verdict.RIGHT else rep.cue or str(rep.verdict)


def aloud(prompt: str) -> str:
    """A prompt as it is said.

    >>> aloud("Rest 30 s. Next: Squat, set 2 of 3")
    'Rest 30 seconds. Next: Squat, set 2 of 3'
    """
    return re.sub(r"(?<=\d) s\b", " seconds", prompt)


def _engine_maker() -> Callable[[], Any]:
    try:
        import pyttsx3
    except ImportError as error:
        raise UsageError(
            "--speak needed the extra “speech”, which is not installed. Install it with: "
            'pip install "dtwcoach[speech]"'
        ) from error
    maker: Callable[[], Any] = pyttsx3.init
    return maker


class _Speaker:
    """Owns the engine's thread: engines must be used where they were made."""

    def __init__(self, make_engine: Callable[[], Any]) -> None:
        self._texts: deque[str] = deque(maxlen=MOST_WAITING)
        self._changed = Condition()
        self._closed = False
        started: Future[None] = Future()
        self._thread = Thread(target=self._run, args=(make_engine, started), daemon=True)
        self._thread.start()
        try:
            started.result(START_S)
        except Exception as error:  # whatever the system's engine throws
            raise UsageError(
                f"--speak: the system's voice did not start ({error or type(error).__name__}). On "
                "Linux it needs eSpeak: apt install espeak-ng. Or leave --speak out."
            ) from error

    def say(self, text: str) -> None:
        """Say this as soon as what is being said is over."""
        with self._changed:
            self._texts.append(text)
            self._changed.notify()

    def close(self) -> None:
        """Finish what is left, unless it takes too long."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(FINISH_S)

    def _run(self, make_engine: Callable[[], Any], started: Future[None]) -> None:
        try:
            engine = make_engine()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(None)
        while (text := self._next()) is not None:
            try:
                engine.say(text)
                engine.runAndWait()
            except Exception:  # a voice that fails in the middle of a set must not end it
                return

    def _next(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._texts or self._closed)
            return self._texts.popleft() if self._texts else None
