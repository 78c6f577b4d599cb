"""The part of `dtwcoach workout` that stands before a camera."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from dtwcoach.cli.live import check_save, say_rep
from dtwcoach.cli.options import camera_source
from dtwcoach.cli.screen import say
from dtwcoach.errors import UsageError
from dtwcoach.settings import Settings
from dtwcoach.workout.plan import Plan

if TYPE_CHECKING:
    from dtwcoach.matching.assessment import RepAssessment
    from dtwcoach.matching.library import Library
    from dtwcoach.workout.recordings import Watched


def check(options: Namespace) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    UsageError
        Neither or both of a camera and recordings, or options of the one with the other.
    """
    if options.camera is None:
        if not options.video:
            raise UsageError(
                "Nothing to look at; needed --camera N (0 is the first camera) to be coached, or "
                "--video FILE for recordings of a workout."
            )
        given = [name for name in ("fast", "headless", "save", "speak") if getattr(options, name)]
        if given:
            raise UsageError(f"--{given[0]} is for --camera; recordings are judged without it.")
        return
    if options.video:
        raise UsageError("--camera and --video arrived; needed one of them.")
    check_save(options, camera_source(options))


def coach(options: Namespace, plan: Plan, books: Library) -> tuple[Watched, str]:
    """Run the workout; return what was seen of it, and why it ended."""
    from dtwcoach.live.speech import aloud, voice, words_of
    from dtwcoach.live.window import Window
    from dtwcoach.live.workout import KEYS, coach_workout
    from dtwcoach.sources.mediapipe import model_name
    from dtwcoach.workout.recordings import judges_of

    judges = judges_of(
        plan, books, model=model_name(), settings=Settings(), athlete=options.athlete
    )
    with ExitStack() as stack:
        speak = stack.enter_context(voice(options.speak))

        def said(rep: RepAssessment) -> None:
            speak(words_of(rep))
            if not options.json:
                say_rep(rep)

        def told(prompt: str) -> None:
            speak(aloud(prompt))
            if not options.json:
                say(prompt, style="bold")

        window = None
        if not options.headless:
            window = stack.enter_context(Window(f"dtwcoach: {plan.title}", keys=KEYS))
        ended = coach_workout(
            plan,
            judges,
            camera_source(options),
            window=window,
            paced=not options.fast,
            mirrored=options.mirrored,
            save=options.save,
            athlete=options.athlete,
            height_cm=options.height,
            said=said,
            told=told,
        )
    if not options.json:
        say(
            f"{ended.frames} pictures looked at, {ended.frames_dropped} passed over. "
            f"Ended: {ended.end}.",
            style="dim",
        )
    return ended.watched, ended.end


def recording_ids(options: Namespace, files: Iterable[Path]) -> dict[Path, str]:
    """What the history knows each recording by; a camera's pictures are new each time."""
    from dtwcoach.history.store import recording_id

    files = dict.fromkeys(files)
    if options.camera is None:
        return {file: recording_id(file) for file in files}
    source = camera_source(options)
    name = uuid4().hex if isinstance(source, int) else recording_id(source)
    return dict.fromkeys(files, name)
