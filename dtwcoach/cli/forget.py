"""`dtwcoach forget`: erases all that is kept of an athlete, after saying what that is."""

from __future__ import annotations

import sys
from argparse import Namespace

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.history import athletes, counted, listed, quoted
from dtwcoach.cli.screen import command, library, print_json, reports_folder, say, warn
from dtwcoach.errors import UsageError
from dtwcoach.history.erasing import CANNOT_BE_TOLD, Traces, erase, traces_of
from dtwcoach.history.store import History, history_file


def run(options: Namespace) -> int:
    """List what goes, ask, erase it."""
    history, reports = History(history_file()), reports_folder(options)
    books = library(options)
    if not options.athlete.strip():
        raise UsageError("A blank name arrived; needed the name of an athlete.")
    traces = traces_of(options.athlete, history=history, reports=reports, library=books)
    if not traces.any:
        raise UsageError(
            f"Nothing of {quoted(options.athlete)} was found in {history.file}, {reports} and "
            f"{books.root}. In the history: {listed(athletes(history.sets()))}."
        )
    if not options.json:
        _say(traces, references_too=options.references_too)
    if not (options.yes or _agreed(options)):
        say("Nothing was erased.")
        return FAILED
    errors = erase(
        traces,
        history=history,
        reports=reports,
        library=books,
        references_too=options.references_too,
    )
    gone = traces.references if options.references_too else ()
    if options.json:
        print_json(
            {
                "athlete": traces.athlete,
                "sets": traces.sets,
                "workouts": traces.workouts,
                "pages": [str(path) for path in traces.pages],
                "cached_poses": len(traces.poses),
                "references_erased": len(gone),
                "references_kept": len(traces.references) - len(gone),
                "not_erased": CANNOT_BE_TOLD,
                "errors": errors,
            }
        )
    for error in errors:
        warn(f"dtwcoach: {error}")
    if errors:
        warn("Not everything could be erased. Mend what is said above and do this again.")
        return FAILED
    if not options.json:
        say("Erased.")
    return OK


def _say(traces: Traces, *, references_too: bool) -> None:
    """Say what goes and what stays."""
    say(f"Of {quoted(traces.athlete)} there are:", style="bold")
    workouts = f" and {counted(traces.workouts, 'workout')}" if traces.workouts else ""
    say(f"  {counted(traces.sets, 'set')}{workouts} in the history")
    for path in traces.pages:
        say(f"  {path}")
    say(f"  {counted(len(traces.poses), 'recording')} with cached poses")
    if traces.references:
        names = listed(name for name, _ in traces.references)
        stays = "" if references_too else "; these stay: --references-too erases them as well"
        say(f"  {counted(len(traces.references), 'reference')} of {names}{stays}")
        if references_too:
            for path in traces.about_references:
                say(f"  {path}")
    for problem in traces.problems:
        warn(problem)
    say(CANNOT_BE_TOLD, style="dim")


def _agreed(options: Namespace) -> bool:
    """Whether somebody at the keyboard says yes.

    Raises
    ------
    UsageError
        When nobody can be asked.
    """
    if options.json or not sys.stdin.isatty():
        again = command("forget", options.athlete, "--yes")
        raise UsageError(f"Nobody can be asked here, so nothing was erased. To erase it: {again}")
    try:
        answer = input("Erase this for good? [y/N] ")
    except EOFError:
        return False
    return answer.strip().casefold() in ("y", "yes")
