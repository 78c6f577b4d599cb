"""Renders a synthetic exercise video: ``python -m dtwcoach.mannequin squat --out squat.mp4``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dtwcoach.errors import DtwCoachError, UsageError
from dtwcoach.mannequin.faults import FAULTS, find_fault
from dtwcoach.mannequin.more import KNOWN
from dtwcoach.mannequin.performance import FaultList, Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import (
    Truth,
    default_camera,
    passer_by,
    render_video,
    simulate,
)
from dtwcoach.mannequin.truth_file import write_truth

EXAMPLE = """example:
  python -m dtwcoach.mannequin squat --out squat.mp4 --reps 6 --fault knees_in:20@3,5 --truth
"""


def parse_faults(texts: Sequence[str], *, exercise: str, reps: int) -> dict[int, FaultList]:
    """Faults from ``name[:size][@rep,rep]``, repetitions counted from 1.

    Raises
    ------
    UsageError
        When a text does not read like that or names an unknown fault or repetition.

    Examples
    --------
    >>> parse_faults(["knees_in:20@2"], exercise="squat", reps=3)
    {1: (('knees_in', 20.0),)}
    """
    placed: dict[int, FaultList] = {}
    for text in texts:
        what, _, where = text.partition("@")
        name, _, size_text = what.partition(":")
        fault = find_fault(exercise, name)
        try:
            size = float(size_text) if size_text else fault.typical
            numbers = [int(part) for part in where.split(",")] if where else range(1, reps + 1)
        except ValueError:
            raise UsageError(
                f"Cannot read the fault {text!r}; write NAME:SIZE@REP,REP, as knees_in:20@3,5."
            ) from None
        for number in numbers:
            if not 1 <= number <= reps:
                raise UsageError(f"Fault {text!r} names repetition {number} of {reps}.")
            placed[number - 1] = (*placed.get(number - 1, ()), (name, size))
    return placed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dtwcoach.mannequin",
        description="Render a synthetic exercise video with known truth.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("exercise", help=", ".join(KNOWN))
    parser.add_argument("--out", type=Path, help="video to write (.mp4, .avi or .webm)")
    parser.add_argument("--reps", type=int, default=8, help="repetitions (default 8)")
    parser.add_argument("--person-seed", type=int, default=1, help="who (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="of this performance (default 0)")
    parser.add_argument("--tempo", type=float, default=1.0, help="2 is twice as fast")
    parser.add_argument("--rom", type=float, default=1.0, help="share of the range of motion")
    parser.add_argument("--hold", type=float, metavar="S", help="seconds in position of holds")
    parser.add_argument("--side", choices=("left", "right"), default="left")
    parser.add_argument("--yaw", type=float, help="camera yaw in degrees")
    parser.add_argument("--distance", type=float, help="camera distance in metres")
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--size", default="640x480", help="WIDTHxHEIGHT in pixels")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:SIZE][@REP,REP]",
        help="see --list",
    )
    parser.add_argument("--walk-in", action="store_true", help="come into the picture first")
    parser.add_argument("--walk-out", action="store_true", help="leave the picture at the end")
    parser.add_argument("--passer-by", action="store_true", help="somebody crosses the picture")
    parser.add_argument("--truth", action="store_true", help="write the truth as JSON beside it")
    parser.add_argument("--list", action="store_true", help="list the faults of the exercise")
    return parser


def _recording(options: argparse.Namespace) -> Truth:
    camera = default_camera(options.exercise)
    try:
        width, height = (int(part) for part in options.size.split("x"))
    except ValueError:
        raise UsageError(f"Cannot read the size {options.size!r}; write 640x480.") from None
    camera = replace(camera, width=width, height=height, fps=options.fps)
    if options.yaw is not None:
        camera = replace(camera, yaw_deg=options.yaw)
    if options.distance is not None:
        camera = replace(camera, distance_m=options.distance)
    performance = Performance(
        reps=options.reps,
        tempo=options.tempo,
        rom=options.rom,
        hold_s=options.hold,
        side=options.side,
        seed=options.seed,
        walk_in=options.walk_in,
        walk_out=options.walk_out,
        faults=parse_faults(options.fault, exercise=options.exercise, reps=options.reps),
    )
    return simulate(Person.from_seed(options.person_seed), options.exercise, performance, camera)


def _list_faults(exercise: str) -> None:
    if exercise not in FAULTS:
        raise UsageError(f"The mannequin does not know {exercise!r}; it knows {', '.join(FAULTS)}.")
    for fault in FAULTS[exercise].values():
        print(f"{fault.name:15} {fault.typical:g} {fault.unit:6} {fault.title}")


def _render(options: argparse.Namespace, truth: Truth) -> None:
    from rich.console import Console
    from rich.progress import Progress

    others: tuple[Truth, ...] = ()
    if options.passer_by:
        others = (passer_by(truth, Person.from_seed(options.person_seed + 1000)),)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rendering", total=len(truth))
        render_video(
            options.out,
            truth,
            others=others,
            progress=lambda done, total: bar.update(task, completed=done),
        )
    print(options.out)
    if options.truth:
        print(write_truth(options.out.with_suffix(".truth.json"), truth))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 for a failure or 2 for misuse."""
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            _list_faults(options.exercise)
            return 0
        if options.out is None:
            raise UsageError("Where to? Give --out VIDEO.mp4 (or --list for the faults).")
        _render(options, _recording(options))
    except DtwCoachError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
