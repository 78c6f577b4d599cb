"""What several commands share in their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dtwcoach.errors import UsageError


def command(commands: Any, name: str, help_text: str, example: str, run: str) -> Any:
    """Add a command; its help ends with the example."""
    parser = commands.add_parser(
        name,
        help=help_text,
        description=f"{help_text[0].upper()}{help_text[1:]}.",
        epilog=f"example:\n  dtwcoach {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run:
        parser.set_defaults(run=run)
        parser.add_argument(
            "--json", action="store_true", help="print JSON for machines and nothing else"
        )
    return parser


def references_option(parser: Any) -> None:
    """Where the references are."""
    parser.add_argument(
        "--references",
        type=Path,
        metavar="DIR",
        help="your reference library (default: $DTWCOACH_REFERENCES or ./references)",
    )


def reports_option(parser: Any) -> None:
    """Where reports go."""
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="where reports go (default: $DTWCOACH_REPORTS or ./reports)",
    )


def page_options(parser: Any) -> None:
    """Where a page goes, or that none is wanted."""
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page here")
    parser.add_argument("--no-report", action="store_true", help="print only, write no page")
    reports_option(parser)


def number(kind: Callable[[str], Any], low: float, high: float, what: str) -> Callable[[str], Any]:
    """A number within limits, for argparse."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{text!r} arrived; needed {what} from {low:g} to {high:g}"
            )
        return value

    return read


def picture_size(text: str) -> tuple[int, int]:
    """A width and height in pixels, for argparse."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text!r} arrived; needed WIDTHxHEIGHT, such as 640x480")
    return int(width), int(height)


def camera_options(parser: Any, *, default: str | None = "0") -> None:
    """What commands need to know that work in front of a camera; see `camera_source`."""
    parser.add_argument(
        "--camera",
        default=default,
        metavar="N|FILE",
        help="number of the camera, or a video file that is played as one"
        + (f" (default {default})" if default else ""),
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="with a file: every picture of it, as fast as may be, instead of at its own speed",
    )
    parser.add_argument("--headless", action="store_true", help="open no window")
    parser.add_argument(
        "--save", type=Path, metavar="FILE.webm", help="write what is shown as a video"
    )


def speak_option(parser: Any) -> None:
    """Whether what is shown is said aloud as well."""
    parser.add_argument(
        "--speak",
        action="store_true",
        help='say numbers and what to change aloud (needs: pip install "dtwcoach[speech]")',
    )


def mirrored_option(parser: Any) -> None:
    """Whether left is right in the pictures."""
    parser.add_argument(
        "--mirrored", action="store_true", help="the pictures are mirror images (selfie camera)"
    )


def camera_source(options: argparse.Namespace) -> Path | int:
    """The camera's number, or the file that is played as one.

    Raises
    ------
    UsageError
        When a camera is asked to be fast.
    """
    if not options.camera.isdecimal():
        return Path(options.camera)
    if options.fast:
        raise UsageError("--fast is for files; a camera sets its own pace.")
    return int(options.camera)


def new_exercise_options(parser: Any) -> None:
    """What `reference add` and `record` may say of an exercise that is not there yet."""
    parser.add_argument("--title", metavar="TEXT", help="what people read, for a new exercise")
    parser.add_argument(
        "--hold", action="store_true", help="a new exercise is a position to hold, such as a plank"
    )
    parser.add_argument(
        "--sides",
        choices=("each", "pair"),
        help="a new exercise alternates sides: each side counts, or one pair of them",
    )


def recording_options(parser: Any) -> None:
    """What `score`, `count` and `reference add` need to know about a recording."""
    mirrored_option(parser)
    parser.add_argument(
        "--fps",
        type=number(float, 1, 1000, "frames per second"),
        help="frames per second of pose files that carry no times",
    )
    parser.add_argument(
        "--frame-size",
        type=picture_size,
        metavar="WxH",
        help="picture size of pose files that do not tell it, such as 640x480",
    )
