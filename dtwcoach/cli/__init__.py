"""The command line: `dtwcoach`. Nothing heavy is imported before a command is chosen."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from dtwcoach.errors import DtwCoachError, UsageError

OK, FAILED, MISUSE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; an error, or nothing could be judged; a wrong request; Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        What follows the program's name; by default what the shell gave.
    """
    from dtwcoach.cli.parser import build_parser

    for stream in (sys.stdout, sys.stderr):  # a poor terminal must not stop the program
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse: 0 after --help, 2 for misuse
        return int(stop.code or 0)
    module, _, function = options.run.partition(":")
    try:
        code = int(getattr(import_module(f"dtwcoach.cli.{module}"), function)(options))
        sys.stdout.flush()
        return code
    except DtwCoachError as error:
        return _failed(error)
    except KeyboardInterrupt:
        print("Stopped; what was not finished is not kept.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has gone: nobody to talk to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _failed(error: DtwCoachError) -> int:
    from dtwcoach.cli.plain import plain

    print(f"dtwcoach: {plain(str(error), lines=True)}", file=sys.stderr)
    return MISUSE if isinstance(error, UsageError) else FAILED
