"""`dtwcoach score`: verdicts on the screen, reports on disk."""

from __future__ import annotations

import json
import sys
import textwrap
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dtwcoach.cli import FAILED, INTERRUPTED, OK, outputs
from dtwcoach.cli.batch import Outcome, Task, judge_files
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import (
    Bar,
    library,
    say,
    say_path,
    table,
    warn,
)
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.matching.calibration import LEVELS
from dtwcoach.report import words
from dtwcoach.report.set_words import set_facts
from dtwcoach.report.tables import Row, flat_rows, to_json
from dtwcoach.settings import SCHEMA_VERSION

COLOURS = {Verdict.RIGHT: "green", Verdict.WRONG: "red", Verdict.CANNOT_JUDGE: "yellow"}


@dataclass(frozen=True)
class Finished:
    """What is left of a recording once it is judged and written: a batch may hold thousands.

    Parameters
    ----------
    file : Path
    judged : bool
    error : str
        What went wrong, in one line; "" if nothing.
    trace : str
        The traceback, where that is a bug.
    answer : str
        JSON for `--json`; "" without.
    lines : list of dict
        For the tables, one a repetition; empty without.
    """

    file: Path
    judged: bool
    error: str
    trace: str
    answer: str
    lines: list[Row]


def run(options: Namespace) -> int:
    """Judge all files; say at the end which failed."""
    outputs.check(options)
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
            keep_recording=bool(options.opensim or options.video or options.frames),
        )
        for file in options.files
    ]
    stems = outputs.stems(options.files)
    finished: list[Finished] = []
    interrupted = False
    shares = [0.0] * len(tasks)
    with Bar(len(tasks) + bool(options.video)) as bar:

        def progress(number: int, share: float) -> None:
            shares[number] = share
            bar.step(sum(shares), tasks[number].file.name)

        def filming(share: float) -> None:
            bar.step(len(tasks) + share, options.video.name)

        try:
            with closing(judge_files(tasks, jobs=options.jobs, progress=progress)) as outcomes:
                for outcome in outcomes:
                    finished.append(_finished(outcome, options, stems[outcome.file], filming))
        except KeyboardInterrupt:
            interrupted = True
    return _finish(options, finished, interrupted)


def _finished(
    outcome: Outcome, options: Namespace, stem: str, filming: Callable[[float], None]
) -> Finished:
    """Print and write all that is wanted of a recording; what fails leaves the rest standing."""
    found, name = outcome.assessment, plain(str(outcome.file))
    if found is not None and not options.json:
        print_assessment(found)
    written = outputs.Written()
    report = _write(written, outcome, options, stem, filming)
    errors = [*filter(None, [outcome.error]), *written.errors]
    several = len(options.files) > 1
    for error in errors:
        named = not several or outcome.file.name in error
        warn(f"dtwcoach: {'' if named else f'{outcome.file}: '}{error}")
    if found is not None and not options.json:
        _print_paths(written)
        if several:
            say()
    answer = {
        "file": name,
        "error": " ".join(errors) or None,
        "report": str(report.absolute()) if report else None,
        "exports": [str(path.absolute()) for _, path in written.files if path != report],
        **(to_json(found) if found and options.json else {}),
    }
    return Finished(
        file=outcome.file,
        judged=outcome.judged,
        error=" ".join(errors),
        trace="\n".join(filter(None, [outcome.trace, *written.traces])),
        answer=json.dumps(answer, allow_nan=False) if options.json else "",
        lines=flat_rows(found, source=name) if found and (options.csv or options.parquet) else [],
    )


def _write(
    written: outputs.Written,
    outcome: Outcome,
    options: Namespace,
    stem: str,
    filming: Callable[[float], None],
) -> Path | None:
    """Write what belongs to one recording; return its page's path, if there is one."""
    from dtwcoach.cli.history import remember
    from dtwcoach.history.store import recording_id

    found, report = outcome.assessment, None
    if found is None:
        return None
    if not options.no_report:
        report = outputs.write_report(written, found, outcome.file, options)
    if options.athlete.strip() and not options.no_history:
        written.attempt(
            lambda: remember(found, recording=recording_id(outcome.file), report=report)
        )
    if options.opensim is not None:
        outputs.write_opensim(written, found, stem, options)
    if options.video is not None:
        outputs.write_film(written, found, outcome.file, options, filming)
    return report


def _print_paths(written: outputs.Written) -> None:
    for label, path in written.files:
        say_path(label, path.absolute())


def _print_answers(head: dict[str, Any], answers: list[str]) -> None:
    """Print one JSON object whose "results" are unpacked one after the other."""
    print(json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "results": [')
    for number, answer in enumerate(answers, 1):
        text = textwrap.indent(json.dumps(json.loads(answer), indent=2), "    ")
        print(text + ("," if number < len(answers) else ""))
    print("  ]\n}")


def _finish(options: Namespace, finished: list[Finished], interrupted: bool) -> int:
    order = {file: number for number, file in enumerate(options.files)}
    finished.sort(key=lambda done: order[done.file])
    tables = outputs.Written()
    if finished:
        outputs.write_tables(tables, [line for done in finished for line in done.lines], options)
    for error in tables.errors:
        warn(f"dtwcoach: {error}")
    for trace in filter(None, [*(done.trace for done in finished), *tables.traces]):
        print(trace, file=sys.stderr)
    if options.json:
        head = {
            "schema": SCHEMA_VERSION,
            "exercise": options.exercise,
            "interrupted": interrupted,
            "exports": [str(path.absolute()) for _, path in tables.files],
        }
        _print_answers(head, [done.answer for done in finished])
    else:
        _print_paths(tables)
    failed = [done for done in finished if done.error]
    count = len(options.files)
    if count > 1 and failed:
        warn(f"{len(failed)} of {count} recordings failed:")
        for done in failed:
            warn(f"  {plain(str(done.file))}")
    if interrupted:
        warn(f"Stopped. {len(finished)} of {count} recordings were finished; the rest was not.")
        return INTERRUPTED
    return OK if all(o.judged and not o.error for o in finished) and not tables.errors else FAILED


def print_assessment(assessment: SetAssessment) -> None:
    """Print what a set got: headline, what to change, what was good, table, notes, grounds."""
    who = f"{assessment.athlete}, " if assessment.athlete else ""
    say(
        f"{assessment.title} - {who}{assessment.source}: {words.headline(assessment)}", style="bold"
    )
    for cue in assessment.summary.cues:
        say(f"Change: {cue.instruction} ({words.cue_line(cue, assessment.noun)})")
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
