"""The parsers of `dtwcoach history`, `forget` and `workout`, and what says who the athlete is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dtwcoach.cli.options import (
    camera_options,
    command,
    number,
    recording_options,
    references_option,
    reports_option,
    speak_option,
)


def athlete_options(parser: Any) -> None:
    """Who is recorded, and whether that is remembered."""
    parser.add_argument(
        "--athlete", default="", metavar="NAME", help="name for the report and for the history"
    )
    parser.add_argument(
        "--no-history", action="store_true", help="do not keep the athlete's sets in the history"
    )
    parser.add_argument(
        "--height",
        type=number(float, 50, 260, "centimetres"),
        metavar="CM",
        help="the athlete's height; only then are lengths given in centimetres",
    )


def add_history(commands: Any) -> None:
    """Add the commands about athletes: their workouts, what is kept of them, and forgetting it."""
    _workout(commands)
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


def _workout(commands: Any) -> None:
    parser = command(
        commands, "workout", "coach a planned workout in front of a camera, or recordings of it",
        "workout plan.toml --camera 0 --athlete Anna", "workout:run",
    )  # fmt: skip
    parser.add_argument("plan", type=Path, metavar="PLAN.toml", help="exercises, sets, reps, rests")
    parser.add_argument(
        "--video",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="the recordings in their order: videos or pose files, as `score` takes them",
    )
    camera_options(parser, default=None)
    speak_option(parser)
    athlete_options(parser)
    recording_options(parser)
    parser.add_argument("--no-report", action="store_true", help="print only, write no reports")
    parser.set_defaults(frames=False, plotly="inline")
    reports_option(parser)
    references_option(parser)
