"""The options of `recognise` and `evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dtwcoach.cli.options import (
    camera_options,
    command,
    number,
    page_options,
    recording_options,
    references_option,
)


def add_recognise(commands: Any) -> None:
    """Add `recognise` and `evaluate`."""
    parser = command(
        commands, "recognise", "say which of the known movements a recording shows",
        "recognise monday.mp4", "recognise:run",
    )  # fmt: skip
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a video or a pose file, as `score` takes them; or none, with --camera",
    )
    recording_options(parser)
    camera_options(parser, default=None)
    references_option(parser)
    _evaluate(commands)


def _evaluate(commands: Any) -> None:
    parser = command(
        commands, "evaluate", "measure how well labelled clips are told apart",
        "evaluate clips --split person", "evaluate:run",
    )  # fmt: skip
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="one sub-folder of videos or pose files for each class, named person_...; or a CSV of "
        "labelled takes",
    )
    parser.add_argument(
        "--split",
        choices=("person", "file"),
        help="what is left out together (default: people, where names of files tell them apart)",
    )
    parser.add_argument(
        "--folds",
        type=number(int, 0, 1000, "a whole number"),
        default=5,
        metavar="K",
        help="into how many parts they are divided; 0 leaves one out at a time (default 5)",
    )
    parser.add_argument(
        "--either-side", action="store_true", help="the mirror image of a class is the same class"
    )
    recording_options(parser)
    page_options(parser)
