"""`dtwcoach demo`: what the demo found, beside the truth."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from dtwcoach.cli import OK
from dtwcoach.cli.screen import Bar, print_json, reports_folder, say, say_path, table
from dtwcoach.demo import Demo, Row
from dtwcoach.report import words


def run(options: Namespace) -> int:
    """Run the demo and print its table."""
    from dtwcoach.demo import run as run_demo

    begin = time.perf_counter()
    if not options.json:
        say("Drawing three trainers and an athlete, then doing the whole job on their videos ...")
    with Bar() as bar:
        bar.step(0.0, "starting")
        demo = run_demo(reports_folder(options) / "demo", progress=bar.step)
    total_s = time.perf_counter() - begin
    if options.json:
        print_json(_as_json(demo, total_s))
    else:
        _print(demo, total_s)
    return OK


def _print(demo: Demo, total_s: float) -> None:
    table(
        (">Rep", ">Time", "In truth", "Verdict", ">Score", "Cue", "Agrees"),
        [_cells(number, row) for number, row in enumerate(demo.rows, start=1)],
        styles=["green" if row.agrees else "red" for row in demo.rows],
    )
    agreed = sum(row.agrees for row in demo.rows)
    say(f"{agreed} of {len(demo.rows)} verdicts agree with the truth.", style="bold")
    for note in demo.assessment.notes:
        say(f"Note: {note}")
    times = ", ".join(f"{stage} {took:.1f} s" for stage, took in demo.seconds.items())
    say(f"Time: {times}; in all {total_s:.1f} s.", style="dim")
    say_path("Videos and references:", demo.folder.absolute())
    say_path("Report:", demo.report.absolute())
    say_path("In a browser:", demo.report.absolute().as_uri())
    say("Next: dtwcoach exercises squat, film a set, dtwcoach score squat VIDEO")


def _cells(number: int, row: Row) -> tuple[object, ...]:
    found = row.found
    truth = row.truth.faults or "right"
    head = (number, words.clock(row.truth.start_s), truth)
    if found is None:
        return (*head, "not found", "-", "", "no")
    said = f"{words.SYMBOLS[found.verdict]} {found.verdict.value}"
    score = f"{found.score:.2f}" if found.score == found.score else "-"
    return (*head, said, score, found.cue, "yes" if row.agrees else "no")


def _as_json(demo: Demo, total_s: float) -> dict[str, Any]:
    from dtwcoach.report.tables import to_json

    return {
        "report": str(demo.report.absolute()),
        "seconds": {stage: round(took, 2) for stage, took in demo.seconds.items()},
        "total_s": round(total_s, 2),
        "truth": [
            {
                "start_s": round(row.truth.start_s, 3),
                "stop_s": round(row.truth.stop_s, 3),
                "faults": row.truth.faults,
                "expected": row.expected,
                "found": row.found.number if row.found else None,
                "agrees": row.agrees,
            }
            for row in demo.rows
        ],
        "assessment": to_json(demo.assessment),
    }
