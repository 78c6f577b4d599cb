"""The parser of `dtwcoach record`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dtwcoach.cli.options import (
    camera_options,
    command,
    mirrored_option,
    new_exercise_options,
    number,
    page_options,
    references_option,
)


def add_record(commands: Any) -> None:
    """Add the command."""
    parser = command(
        commands, "record", "record right and wrong takes of an exercise in front of a camera",
        "record squat --takes 10 --seconds 8 --person Maria", "record:run",
    )  # fmt: skip
    parser.add_argument("exercise", metavar="EXERCISE", help="a known exercise or a new name")
    parser.add_argument(
        "--person",
        default="",
        metavar="NAME",
        help="whom the takes show; people are told apart by it when calibrating",
    )
    camera_options(parser)
    mirrored_option(parser)
    seconds = number(float, 0, 3600, "seconds")
    parser.add_argument(
        "--countdown",
        type=seconds,
        default=3.0,
        metavar="S",
        help="seconds between a key and its take (default 3)",
    )
    plan = parser.add_argument_group(
        "by themselves (without these: r begins a right take, w a wrong one, s stops it, "
        "u undoes the last, q quits)"
    )
    plan.add_argument(
        "--takes",
        type=number(int, 1, 1000, "a whole number"),
        metavar="N",
        help="record so many takes, one after another",
    )
    plan.add_argument(
        "--seconds",
        type=number(float, 0.5, 3600, "seconds"),
        default=10.0,
        metavar="T",
        help="how long each is (default 10)",
    )
    plan.add_argument(
        "--break",
        dest="break_s",
        type=seconds,
        default=5.0,
        metavar="B",
        help="seconds before each (default 5)",
    )
    plan.add_argument("--label", choices=("right", "wrong"), help="what they show (default right)")
    plan.add_argument(
        "--all",
        choices=("right", "wrong"),
        metavar="right|wrong",
        help="with a file: the whole of it is one take; no window, as fast as may be",
    )
    keep = parser.add_argument_group("what else is kept")
    keep.add_argument(
        "--csv",
        type=Path,
        metavar="FILE.csv",
        help="add all landmarks of all takes, with their labels, to this table",
    )
    keep.add_argument(
        "--keep-video",
        nargs="?",
        type=Path,
        const=Path("recordings"),
        metavar="DIR",
        help="keep the pictures of each take here (default ./recordings); else no picture is kept",
    )
    new_exercise_options(parser)
    page_options(parser)
    references_option(parser)
