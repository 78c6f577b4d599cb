"""The parser of `dtwcoach reference` and what it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dtwcoach.cli.options import (
    command,
    new_exercise_options,
    number,
    page_options,
    recording_options,
    references_option,
)


def add_reference(commands: Any) -> None:
    """Add the command and its actions."""
    group = command(
        commands, "reference", "add and look after a trainer's reference repetitions",
        "reference add squat trainer.mp4 --person Maria", "",
    )  # fmt: skip
    actions = group.add_subparsers(required=True, metavar="ACTION", title="actions")

    def action(name: str, help_text: str, example: str) -> Any:
        module = f"reference_{name}" if name in ("add", "check", "sheet") else "reference"
        run = f"{module}:run_{name}"
        parser = command(actions, name, help_text, f"reference {name} {example}", run)
        references_option(parser)
        return parser

    _reference_add(
        action("add", "cut recordings into references", "squat trainer.mp4 --person Maria")
    )
    _reference_others(action)


def _reference_add(parser: Any) -> None:
    parser.add_argument("exercise", metavar="EXERCISE", help="a known exercise or a new name")
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="videos; pose files; a CSV of labelled takes",
    )
    label = parser.add_mutually_exclusive_group()
    label.add_argument(
        "--label",
        choices=("right", "wrong"),
        help="what the repetitions show (default right); of a CSV that says it, only these",
    )
    label.add_argument(
        "--wrong", dest="label", action="store_const", const="wrong", help="same as --label wrong"
    )
    parser.add_argument(
        "--person",
        default="",
        metavar="NAME",
        help="whom the recordings show; people are told apart by it when calibrating",
    )
    new_exercise_options(parser)
    recording_options(parser)
    page_options(parser)


def _reference_others(action: Callable[[str, str, str], Any]) -> None:
    exercise: dict[str, Any] = {"metavar": "EXERCISE"}
    ids: dict[str, Any] = {"metavar": "ID", "help": "as `dtwcoach reference list EXERCISE` shows"}

    parser = action("list", "list references", "squat")
    parser.add_argument("exercise", nargs="?", **exercise)

    parser = action("show", "show an exercise's settings, or one reference", "squat 3f9c01d2aa07")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("id", nargs="?", **ids)

    parser = action("remove", "delete references", "squat 3f9c01d2aa07")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("ids", nargs="+", **ids)

    parser = action("relabel", "change a reference to right or wrong", "squat 3f9c01d2aa07 wrong")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("id", **ids)
    parser.add_argument("label", choices=("right", "wrong"), metavar="right|wrong")

    parser = action("trim", "cut a reference's start and end off", "squat 3f9c01d2aa07 0.2 2.9")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("id", **ids)
    for name in ("start", "stop"):
        parser.add_argument(
            name,
            type=number(float, 0, 1e6, "seconds"),
            metavar=name.upper(),
            help="seconds from the reference's own start",
        )

    parser = action("check", "show the smallest fault that these references can see", "squat")
    parser.add_argument("exercise", **exercise)
    page_options(parser)

    parser = action("sheet", "make a page to accept or reject each reference on", "squat")
    parser.add_argument("exercise", **exercise)
    page_options(parser)

    parser = action("export", "write an exercise into one file to mail", "squat squat.dtwcoach")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("file", type=Path, metavar="FILE")

    parser = action("import", "take in an exercise from such a file", "squat.dtwcoach")
    parser.add_argument("file", type=Path, metavar="FILE")
