"""`dtwcoach score`: verdicts on the screen, reports on disk."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from dtwcoach.cli import FAILED, INTERRUPTED, OK
from dtwcoach.cli.batch import Outcome, Task, judge_files
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import (
    Bar,
    library,
    print_json,
    reports_folder,
    say,
    say_path,
    table,
    warn,
)
from dtwcoach.errors import StorageError
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.calibration import LEVELS
from dtwcoach.report import words
from dtwcoach.report.set_words import set_facts
from dtwcoach.report.tables import to_json
from dtwcoach.settings import SCHEMA_VERSION

COLOURS = {Verdict.RIGHT: "green", Verdict.WRONG: "red", Verdict.CANNOT_JUDGE: "yellow"}


def run(options: Namespace) -> int:
    """Judge all files; say at the end which failed."""
    references = library(options)
    references.folder(options.exercise)  # a wrong name must not cost minutes
    tasks = [
        Task(
            file,
            options.exercise,
            references,
            athlete=options.athlete,
            height_cm=options.height,
            expected_reps=options.reps,
            mirrored=options.mirrored,
            fps=options.fps,
            frame_size=options.frame_size,
        )
        for file in options.files
    ]
    folder = None if options.no_report else reports_folder(options)
    finished: list[tuple[Outcome, Path | None]] = []
    interrupted = False
    shares = [0.0] * len(tasks)
    with Bar(len(tasks)) as bar:

        def progress(number: int, share: float) -> None:
            shares[number] = share
            bar.step(sum(shares), tasks[number].file.name)

        try:
            with closing(judge_files(tasks, jobs=options.jobs, progress=progress)) as outcomes:
                for outcome in outcomes:
                    done = _reported(outcome, folder)
                    finished.append(done)
                    _print_outcome(*done, several=len(tasks) > 1, only_errors=options.json)
        except KeyboardInterrupt:
            interrupted = True
    return _finish(options, tasks, finished, interrupted)


def _reported(outcome: Outcome, folder: Path | None) -> tuple[Outcome, Path | None]:
    """Write the report; a disk that refuses leaves the verdicts standing."""
    if folder is None or outcome.assessment is None:
        return outcome, None
    from dtwcoach.report.page import report_path, write_report

    try:
        path = report_path(folder, outcome.assessment, datetime.now())
        return outcome, write_report(outcome.assessment, path)
    except StorageError as error:
        return Outcome(outcome.file, outcome.assessment, error=str(error)), None


def _finish(
    options: Namespace,
    tasks: list[Task],
    finished: list[tuple[Outcome, Path | None]],
    interrupted: bool,
) -> int:
    outcomes = [outcome for outcome, _ in finished]
    for outcome in outcomes:
        if outcome.trace:
            print(outcome.trace, file=sys.stderr)
    if options.json:
        order = {task.file: number for number, task in enumerate(tasks)}
        finished.sort(key=lambda done: order[done[0].file])
        print_json(
            {
                "schema": SCHEMA_VERSION,
                "exercise": options.exercise,
                "interrupted": interrupted,
                "results": [_as_json(*done) for done in finished],
            }
        )
    failed = [outcome for outcome in outcomes if outcome.error]
    if len(tasks) > 1 and failed:
        warn(f"{len(failed)} of {len(tasks)} recordings failed:")
        for outcome in failed:
            warn(f"  {plain(str(outcome.file))}")
    if interrupted:
        warn(f"Stopped. {len(finished)} of {len(tasks)} recordings were judged; the rest was not.")
        return INTERRUPTED
    return OK if all(o.judged and not o.error for o in outcomes) else FAILED


def _as_json(outcome: Outcome, report: Path | None) -> dict[str, Any]:
    head = {
        "file": plain(str(outcome.file)),
        "error": outcome.error or None,
        "report": str(report.absolute()) if report else None,
    }
    return {**head, **(to_json(outcome.assessment) if outcome.assessment else {})}


def _print_outcome(
    outcome: Outcome, report: Path | None, *, several: bool, only_errors: bool
) -> None:
    if outcome.error:
        named = not several or outcome.file.name in outcome.error
        warn(f"dtwcoach: {'' if named else f'{outcome.file}: '}{outcome.error}")
    if outcome.assessment is None or only_errors:
        return
    print_assessment(outcome.assessment)
    if report is not None:
        say_path("Report:", report.absolute())
    if several:
        say()


def print_assessment(assessment: SetAssessment) -> None:
    """Print what a set got: headline, what to change, what was good, table, notes, grounds."""
    who = f"{assessment.athlete}, " if assessment.athlete else ""
    say(
        f"{assessment.title} - {who}{assessment.source}: {words.headline(assessment)}", style="bold"
    )
    for cue in assessment.summary.cues:
        say(f"Change: {cue.instruction} ({words.cue_line(cue)})")
    for sentence in assessment.summary.good:
        say(f"Good: {sentence}")
    if assessment.reps:
        table(
            (">Rep", ">Time", "Verdict", ">Score", "Worst joint", "Cue"),
            [
                (
                    rep.number,
                    words.clock(rep.start_s),
                    f"{words.SYMBOLS[rep.verdict]} {rep.verdict.value}",
                    f"{rep.score:.2f}" if rep.score == rep.score else "-",
                    rep.worst_joint or "-",
                    rep.cue,
                )
                for rep in assessment.reps
            ],
            styles=[COLOURS[rep.verdict] for rep in assessment.reps],
        )
        say("A score up to 1.00 is right.", style="dim")
    for label, said in set_facts(assessment):
        say(f"{label}: {said}.")
    for reason in assessment.reasons:
        say(f"{reason.advice}{f' ({reason.detail})' if reason.detail else ''}")
    for note in (*assessment.notes, *(item.text for item in assessment.left_out)):
        say(f"Note: {note}")
    if assessment.grounds.level == LEVELS[2]:
        say("Judged by this athlete's own right repetitions (personal baseline).", style="dim")
    if assessment.grounds.provisional:
        missing = assessment.grounds.missing.rstrip(".")
        say(f"Provisional: until there are {missing}, take verdicts as hints.", style="yellow")
