"""The options of `recognise`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dtwcoach.cli.options import command, recording_options, references_option


def add_recognise(commands: Any) -> None:
    """Add `recognise`."""
    parser = command(
        commands, "recognise", "say which of the known movements a recording shows",
        "recognise monday.mp4", "recognise:run",
    )  # fmt: skip
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a video or a pose file, as `score` takes them"
    )
    recording_options(parser)
    references_option(parser)
