"""What is said aloud, with a pretended engine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event, get_ident
from types import SimpleNamespace

import pytest
from athletes import filmed, judge_of

from dtwcoach.coach import assess
from dtwcoach.errors import UsageError
from dtwcoach.live.speech import aloud, voice, words_of
from dtwcoach.matching.assessment import Verdict
from dtwcoach.matching.reasons import Reason


class Engine:
    """Says nothing before it may; remembers what, and in which thread."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.threads = {get_ident()}
        self.speaks, self.may = Event(), Event()

    def say(self, text: str) -> None:
        self.said.append(text)
        self.threads.add(get_ident())

    def runAndWait(self) -> None:  # noqa: N802
        self.speaks.set()
        assert self.may.wait(10)
        if self.said[-1] == "fail":
            raise RuntimeError


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Engine]]:
    made: list[Engine] = []

    def init() -> Engine:
        made.append(Engine())
        return made[-1]

    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=init))
    yield made
    for engine in made:
        engine.may.set()


def test_nobody_waits_for_the_voice_and_what_comes_late_is_left_out(engines: list[Engine]) -> None:
    with voice() as say:
        (engine,) = engines
        say("1")
        assert engine.speaks.wait(10)
        for text in ("2", "3", "4", "5"):  # comes back at once, though the engine may not go on
            say(text)
        assert engine.said == ["1"]
        engine.may.set()
    assert engine.said == ["1", "3", "4", "5"]
    assert len(engine.threads) == 1
    assert get_ident() not in engine.threads


def test_a_voice_that_fails_does_not_end_the_set(engines: list[Engine]) -> None:
    with voice() as say:
        engines[0].may.set()
        say("fail")
        assert engines[0].speaks.wait(10)
        say("1")
    assert engines[0].said == ["fail"]


def test_nothing_is_said_unless_wanted(engines: list[Engine]) -> None:
    with voice(False) as say:
        say("1")
    assert engines == []


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyttsx3", None)
    with pytest.raises(UsageError, match=r'pip install "dtwcoach\[speech\]"'), voice():
        pass


def test_without_a_voice_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def init() -> None:
        raise OSError("libespeak-ng.so.1: cannot open")

    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=init))
    with pytest.raises(UsageError, match=r"libespeak-ng.*apt install espeak-ng"), voice():
        pass


def test_right_ones_are_numbered_and_others_told_what_to_change() -> None:
    pose = filmed("squat", 7, reps=2, lead_in_s=0.7, faults={1: (("shallow", 60.0),)})
    right, wrong = assess(pose, judge_of("squat")).reps
    assert words_of(right) == "1"
    assert words_of(wrong) == wrong.cue != ""
    unknown = replace(wrong, verdict=Verdict.CANNOT_JUDGE, reasons=(Reason("nobody"),))
    assert words_of(unknown) == Reason("nobody").advice
    assert aloud("Rest 9 s. Next: Lunge") == "Rest 9 seconds. Next: Lunge"
