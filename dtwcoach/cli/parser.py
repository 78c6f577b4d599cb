"""Every command, its options and an example of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dtwcoach import __version__

EPILOG = """\
examples:
  dtwcoach demo                                  see the whole job on drawn people
  dtwcoach exercises squat                       how to film a squat
  dtwcoach score squat my-set.mp4                judge your set
  dtwcoach reference add squat trainer.mp4       record your own references

Not medical advice. Everything runs on this computer; nothing is sent anywhere.
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser; each command's `run` names the function that does it, as "module:function"."""
    parser = argparse.ArgumentParser(
        prog="dtwcoach",
        description="Checks exercise repetitions on video against a trainer's own repetitions.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"dtwcoach {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for add in (
        _demo, _score, _count, _reports, _progress, _exercises, _reference, _calibrate, _doctor,
    ):  # fmt: skip
        add(commands)
    return parser


def _command(commands: Any, name: str, help_text: str, example: str, run: str) -> Any:
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


def _references_option(parser: Any) -> None:
    parser.add_argument(
        "--references",
        type=Path,
        metavar="DIR",
        help="your reference library (default: $DTWCOACH_REFERENCES or ./references)",
    )


def _reports_option(parser: Any) -> None:
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="where reports go (default: $DTWCOACH_REPORTS or ./reports)",
    )


def _page_options(parser: Any) -> None:
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page here")
    parser.add_argument("--no-report", action="store_true", help="print only, write no page")
    _reports_option(parser)


def _number(kind: Callable[[str], Any], low: float, high: float, what: str) -> Callable[[str], Any]:
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


def _picture_size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text!r} arrived; needed WIDTHxHEIGHT, such as 640x480")
    return int(width), int(height)


def _recording_options(parser: Any) -> None:
    """What `score`, `count` and `reference add` need to know about a recording."""
    parser.add_argument(
        "--mirrored", action="store_true", help="the video shows a mirror image (selfie camera)"
    )
    parser.add_argument(
        "--fps",
        type=_number(float, 1, 1000, "frames per second"),
        help="frames per second of pose files that carry no times",
    )
    parser.add_argument(
        "--frame-size",
        type=_picture_size,
        metavar="WxH",
        help="picture size of pose files that do not tell it, such as 640x480",
    )


def _demo(commands: Any) -> None:
    parser = _command(
        commands, "demo", "run the whole job on drawn people and compare with the truth",
        "demo", "demo:run",
    )  # fmt: skip
    _reports_option(parser)


def _score(commands: Any) -> None:
    parser = _command(
        commands, "score", "judge every repetition in recordings and write reports",
        "score squat monday.mp4 friday.mp4 --athlete Anna --height 168 --jobs 2", "score:run",
    )  # fmt: skip
    parser.add_argument("exercise", metavar="EXERCISE", help="see: dtwcoach exercises")
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="videos; or pose files: Parquet, CSV of landmarks, COCO JSON, OpenPose folder",
    )
    parser.add_argument("--athlete", default="", metavar="NAME", help="name for the report")
    parser.add_argument(
        "--height",
        type=_number(float, 50, 260, "centimetres"),
        metavar="CM",
        help="the athlete's height; only then are lengths given in centimetres",
    )
    parser.add_argument(
        "--reps",
        type=_number(int, 0, 10_000, "a whole number"),
        metavar="N",
        help="how many repetitions there are; another count is reported",
    )
    _recording_options(parser)
    parser.add_argument(
        "--jobs",
        type=_number(int, 1, 256, "a whole number"),
        default=1,
        metavar="N",
        help="recordings worked on at the same time (default 1)",
    )
    _references_option(parser)
    _score_outputs(parser)


def _score_outputs(parser: Any) -> None:
    report = parser.add_argument_group("the report")
    _reports_option(report)
    report.add_argument("--no-report", action="store_true", help="print only, write no report")
    report.add_argument(
        "--frames",
        action="store_true",
        help="put pictures of the faults into the report; without it no picture leaves the video",
    )
    report.add_argument(
        "--plotly",
        choices=("inline", "directory"),
        default="inline",
        help="where the charts' script goes: into each report (default), or once beside them all, "
        "which makes small reports",
    )
    exports = parser.add_argument_group("for other programs")
    exports.add_argument(
        "--csv", type=Path, metavar="FILE.csv", help="a table of all repetitions for spreadsheets"
    )
    exports.add_argument(
        "--parquet", type=Path, metavar="FILE.parquet", help="the same with its types"
    )
    exports.add_argument(
        "--opensim",
        type=Path,
        metavar="DIR",
        help="for each recording its keypoints (.trc) and its angles over time (.mot)",
    )
    exports.add_argument(
        "--video",
        type=Path,
        metavar="FILE.webm",
        help="the video with skeleton, counter and verdicts drawn in (one recording only)",
    )
    exports.add_argument(
        "--beside", action="store_true", help="with --video: the reference in step beside it"
    )


def _count(commands: Any) -> None:
    parser = _command(
        commands, "count", "count the repetitions in a recording and say of which exercises",
        "count monday.mp4 --list", "count:run",
    )  # fmt: skip
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a video or a pose file, as `score` takes them"
    )
    parser.add_argument(
        "exercise", nargs="?", metavar="EXERCISE", help="look for this one only (default: for all)"
    )
    parser.add_argument(
        "--any", action="store_true", help="count whatever repeats itself, known or not"
    )
    parser.add_argument("--list", action="store_true", help="print a line for each repetition")
    parser.add_argument(
        "--csv", action="store_true", help="print a table for spreadsheets and nothing else"
    )
    _recording_options(parser)
    _references_option(parser)


def _reports(commands: Any) -> None:
    parser = _command(
        commands, "reports", "make a page that lists every report of a folder",
        "reports", "reports:run",
    )  # fmt: skip
    _reports_option(parser)


def _progress(commands: Any) -> None:
    parser = _command(
        commands, "progress", "show what has changed over the sets of an athlete",
        "progress Anna squat", "progress:run",
    )  # fmt: skip
    parser.add_argument("athlete", metavar="ATHLETE", help="the name given to `score --athlete`")
    parser.add_argument("exercise", nargs="?", default="", metavar="EXERCISE", help="this one only")
    _reports_option(parser)


def _exercises(commands: Any) -> None:
    parser = _command(
        commands, "exercises", "list the exercises, or show how to film one of them",
        "exercises squat", "exercises:run",
    )  # fmt: skip
    parser.add_argument("exercise", nargs="?", metavar="EXERCISE", help="show its card")
    parser.add_argument(
        "--features", action="store_true", help="list what is measured on every body"
    )
    _references_option(parser)


def _calibrate(commands: Any) -> None:
    parser = _command(
        commands, "calibrate", "find the border between right and wrong and how often it errs",
        'calibrate squat --strictness 1.2 --tolerance "left knee=10" --try', "calibrate:run",
    )  # fmt: skip
    parser.add_argument("exercise", metavar="EXERCISE")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page here")
    parser.add_argument("--no-report", action="store_true", help="print only, write no page")
    parser.add_argument(
        "--check",
        action="store_true",
        help="put on the page how small a fault is noticed; takes up to a minute",
    )
    parser.add_argument(
        "--athlete",
        default="",
        metavar="NAME",
        help="show the personal baseline of somebody with own right repetitions; stores nothing",
    )
    choices = parser.add_argument_group("what the trainer decides (kept in exercise.toml)")
    choices.add_argument(
        "--strictness",
        type=_number(float, 0.1, 10, "a number"),
        metavar="X",
        help="every score is so many times as high: 1.2 lets less pass, 0.8 more",
    )
    choices.add_argument(
        "--tolerance",
        action="append",
        default=[],
        metavar="JOINT=DEGREES",
        help='how far a joint or feature may be off, such as "left knee=10"; "left knee=auto" '
        "measures it again (may be repeated)",
    )
    choices.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="JOINT",
        help="a joint or feature that never counts (may be repeated)",
    )
    choices.add_argument(
        "--count",
        action="append",
        default=[],
        metavar="JOINT",
        help="takes an --ignore back (may be repeated)",
    )
    choices.add_argument(
        "--try", dest="only_try", action="store_true", help="show the effect and save nothing"
    )
    _references_option(parser)
    _reports_option(parser)


def _doctor(commands: Any) -> None:
    parser = _command(
        commands, "doctor", "check that everything dtwcoach needs is there and works",
        "doctor", "doctor:run",
    )  # fmt: skip
    _references_option(parser)
    _reports_option(parser)


def _reference(commands: Any) -> None:
    group = _command(
        commands, "reference", "add and look after a trainer's reference repetitions",
        "reference add squat trainer.mp4 --person Maria", "",
    )  # fmt: skip
    actions = group.add_subparsers(required=True, metavar="ACTION", title="actions")

    def action(name: str, help_text: str, example: str) -> Any:
        module = f"reference_{name}" if name in ("add", "check", "sheet") else "reference"
        run = f"{module}:run_{name}"
        parser = _command(actions, name, help_text, f"reference {name} {example}", run)
        _references_option(parser)
        return parser

    _reference_add(
        action("add", "cut recordings into references", "squat trainer.mp4 --person Maria")
    )
    _reference_others(action)


def _reference_add(parser: Any) -> None:
    parser.add_argument("exercise", metavar="EXERCISE", help="a known exercise or a new name")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="videos or pose files")
    label = parser.add_mutually_exclusive_group()
    label.add_argument(
        "--label",
        choices=("right", "wrong"),
        help="what the repetitions show (default right)",
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
    parser.add_argument("--title", metavar="TEXT", help="what people read, for a new exercise")
    parser.add_argument(
        "--hold", action="store_true", help="a new exercise is a position to hold, such as a plank"
    )
    parser.add_argument(
        "--sides",
        choices=("each", "pair"),
        help="a new exercise alternates sides: each side counts, or one pair of them",
    )
    _recording_options(parser)
    _page_options(parser)


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
            type=_number(float, 0, 1e6, "seconds"),
            metavar=name.upper(),
            help="seconds from the reference's own start",
        )

    parser = action("check", "show the smallest fault that these references can see", "squat")
    parser.add_argument("exercise", **exercise)
    _page_options(parser)

    parser = action("sheet", "make a page to accept or reject each reference on", "squat")
    parser.add_argument("exercise", **exercise)
    _page_options(parser)

    parser = action("export", "write an exercise into one file to mail", "squat squat.dtwcoach")
    parser.add_argument("exercise", **exercise)
    parser.add_argument("file", type=Path, metavar="FILE")

    parser = action("import", "take in an exercise from such a file", "squat.dtwcoach")
    parser.add_argument("file", type=Path, metavar="FILE")
