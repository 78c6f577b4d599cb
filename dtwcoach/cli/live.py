"""`dtwcoach live`: a set in front of a camera, coached while it goes on."""

from __future__ import annotations

from argparse import Namespace
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from dtwcoach.cli import FAILED, INTERRUPTED, OK, outputs
from dtwcoach.cli.options import camera_source
from dtwcoach.cli.screen import library, print_json, reports_folder, say, say_path, warn

if TYPE_CHECKING:
    from dtwcoach.live.session import Ended
    from dtwcoach.matching.assessment import RepAssessment


def run(options: Namespace) -> int:
    """Coach one set; print each repetition as it is judged, and at the end what the set got."""
    source = camera_source(options)
    references = library(options)
    references.folder(options.exercise)  # a wrong name must not cost seconds
    check_save(options, source)

    from dtwcoach.coach import judge_for
    from dtwcoach.live.session import coach_set
    from dtwcoach.live.speech import voice, words_of
    from dtwcoach.live.window import Window
    from dtwcoach.settings import Settings
    from dtwcoach.sources.mediapipe import model_name

    judge = judge_for(
        references,
        options.exercise,
        model=model_name(),
        settings=Settings(),
        athlete=options.athlete,
    )
    with ExitStack() as stack:
        title = f"dtwcoach: {judge.exercise.title}"
        speak = stack.enter_context(voice(options.speak))

        def said(rep: RepAssessment) -> None:
            speak(words_of(rep))
            if not options.json:
                say_rep(rep)

        window = None if options.headless else stack.enter_context(Window(title))
        ended = coach_set(
            judge,
            source,
            window=window,
            paced=not options.fast,
            mirrored=options.mirrored,
            save=options.save,
            athlete=options.athlete,
            reps=options.reps,
            said=said,
        )
    return _finish(options, ended, source)


def check_save(options: Namespace, source: Path | int) -> None:
    """Refuse a name for the video that cannot be written, or is the recording's."""
    if options.save is not None:
        recordings = [source] if isinstance(source, Path) else []
        outputs.check_file("--save", options.save, ".webm", recordings)


def say_rep(rep: RepAssessment) -> None:
    """Print a repetition that has just been judged."""
    from dtwcoach.cli.score import COLOURS
    from dtwcoach.report.words import SYMBOLS

    cue = f" - {rep.cue}" if rep.cue else ""
    say(f"{rep.number}: {SYMBOLS[rep.verdict]} {rep.verdict}{cue}", style=COLOURS[rep.verdict])


def _finish(options: Namespace, ended: Ended, source: Path | int) -> int:
    """Print and write the final word."""
    from dtwcoach.cli.history import remember
    from dtwcoach.cli.score import print_assessment
    from dtwcoach.history.store import recording_id
    from dtwcoach.live.session import INTERRUPTED as BY_HAND
    from dtwcoach.matching.assessment import Verdict
    from dtwcoach.report import page
    from dtwcoach.report.tables import to_json

    found = ended.assessment
    written, report = outputs.Written(), None
    if not options.json:
        say()
        print_assessment(found)
        say(
            f"{ended.frames} pictures looked at, {ended.frames_dropped} passed over. "
            f"Ended: {ended.end}.",
            style="dim",
        )
    if not options.no_report:
        path = page.report_path(reports_folder(options), found, datetime.now())
        report = written.add("Report:", lambda: page.write_report(found, path))
    if options.athlete.strip() and not options.no_history:
        recording = uuid4().hex if isinstance(source, int) else recording_id(source)
        written.attempt(lambda: remember(found, recording=recording, report=report))
    if options.save is not None:
        written.files.append(("Video:", options.save))
    for error in written.errors:
        warn(f"dtwcoach: {error}")
    if options.json:
        print_json(
            {
                "report": str(report.absolute()) if report else None,
                "video": str(options.save.absolute()) if options.save else None,
                "frames": ended.frames,
                "frames_dropped": ended.frames_dropped,
                "ended": ended.end,
                **to_json(found),
            }
        )
    else:
        for label, path in written.files:
            say_path(label, path.absolute())
    if ended.end == BY_HAND:
        return INTERRUPTED
    judged = any(rep.verdict is not Verdict.CANNOT_JUDGE for rep in found.reps)
    return OK if judged and not written.errors else FAILED
