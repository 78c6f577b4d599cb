"""The parser of `dtwcoach history` and `forget`."""

from __future__ import annotations

from typing import Any

from dtwcoach.cli.options import command, references_option, reports_option


def add_history(commands: Any) -> None:
    """Add the commands about what is kept of people."""
    parser = command(
        commands, "history", "show what is kept of an athlete and what has changed over the sets",
        "history Anna squat", "history:run",
    )  # fmt: skip
    parser.add_argument(
        "athlete",
        nargs="?",
        default="",
        metavar="ATHLETE",
        help="the name given to `score --athlete` (default: list everybody)",
    )
    parser.add_argument("exercise", nargs="?", default="", metavar="EXERCISE", help="this one only")
    parser.add_argument("--no-report", action="store_true", help="print only, write no page")
    reports_option(parser)
    _forget(commands)


def _forget(commands: Any) -> None:
    parser = command(
        commands, "forget", "erase all that is kept of an athlete",
        "forget Anna", "forget:run",
    )  # fmt: skip
    parser.add_argument("athlete", metavar="ATHLETE")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--references-too",
        action="store_true",
        help="also erase the references that this person recorded",
    )
    reports_option(parser)
    references_option(parser)
