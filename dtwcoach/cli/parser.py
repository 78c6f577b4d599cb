"""Every command, its options and an example of each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dtwcoach import __version__
from dtwcoach.cli.options import (
    camera_options,
    command,
    mirrored_option,
    number,
    recording_options,
    references_option,
    reports_option,
    speak_option,
)
from dtwcoach.cli.parser_history import add_history, athlete_options
from dtwcoach.cli.parser_recognise import add_recognise
from dtwcoach.cli.parser_record import add_record
from dtwcoach.cli.parser_reference import add_reference

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
        _demo, _score, _live, _count, add_recognise, _reports, add_history, _exercises,
        add_reference, add_record, _calibrate, _doctor,
    ):  # fmt: skip
        add(commands)
    return parser


def _demo(commands: Any) -> None:
    parser = command(
        commands, "demo", "run the whole job on drawn people and compare with the truth",
        "demo", "demo:run",
    )  # fmt: skip
    reports_option(parser)


def _score(commands: Any) -> None:
    parser = command(
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
    athlete_options(parser)
    parser.add_argument(
        "--reps",
        type=number(int, 0, 10_000, "a whole number"),
        metavar="N",
        help="how many repetitions there are; another count is reported",
    )
    recording_options(parser)
    parser.add_argument(
        "--jobs",
        type=number(int, 1, 256, "a whole number"),
        default=1,
        metavar="N",
        help="recordings worked on at the same time (default 1)",
    )
    references_option(parser)
    _score_outputs(parser)


def _score_outputs(parser: Any) -> None:
    report = parser.add_argument_group("the report")
    reports_option(report)
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


def _live(commands: Any) -> None:
    parser = command(
        commands, "live", "coach a set in front of a camera while it goes on",
        "live squat --athlete Anna --reps 8", "live:run",
    )  # fmt: skip
    parser.add_argument("exercise", metavar="EXERCISE", help="see: dtwcoach exercises")
    camera_options(parser)
    mirrored_option(parser)
    speak_option(parser)
    parser.add_argument("--athlete", default="", metavar="NAME", help="name for the report")
    parser.add_argument(
        "--reps",
        type=number(int, 1, 10_000, "a whole number"),
        metavar="N",
        help="the set ends with so many",
    )
    parser.add_argument("--no-report", action="store_true", help="print only, write no report")
    parser.add_argument(
        "--no-history", action="store_true", help="do not keep the athlete's set in the history"
    )
    reports_option(parser)
    references_option(parser)


def _count(commands: Any) -> None:
    parser = command(
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
    recording_options(parser)
    references_option(parser)


def _reports(commands: Any) -> None:
    parser = command(
        commands, "reports", "make a page that lists every report of a folder",
        "reports", "reports:run",
    )  # fmt: skip
    reports_option(parser)


def _exercises(commands: Any) -> None:
    parser = command(
        commands, "exercises", "list the exercises, or show how to film one of them",
        "exercises squat", "exercises:run",
    )  # fmt: skip
    parser.add_argument("exercise", nargs="?", metavar="EXERCISE", help="show its card")
    parser.add_argument(
        "--features", action="store_true", help="list what is measured on every body"
    )
    references_option(parser)


def _calibrate(commands: Any) -> None:
    parser = command(
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
        type=number(float, 0.1, 10, "a number"),
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
    references_option(parser)
    reports_option(parser)


def _doctor(commands: Any) -> None:
    parser = command(
        commands, "doctor", "check that everything dtwcoach needs is there and works",
        "doctor", "doctor:run",
    )  # fmt: skip
    references_option(parser)
    reports_option(parser)
