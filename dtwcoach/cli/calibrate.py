"""`dtwcoach calibrate`: the border between right and wrong."""

from __future__ import annotations

import math
from argparse import Namespace
from dataclasses import asdict, replace

from dtwcoach.cli import OK
from dtwcoach.cli.screen import command, library, print_json, say, table
from dtwcoach.errors import LibraryError
from dtwcoach.matching.references import Calibration
from dtwcoach.settings import Settings


def run(options: Namespace) -> int:
    """Calibrate, store and print."""
    from dtwcoach.matching.calibration import calibrate, missing_for_firm
    from dtwcoach.matching.references import judged_by

    books = library(options)
    exercise = books.exercise(options.exercise)
    settings = Settings()
    stored = books.references(exercise.name, settings=settings.fingerprint())
    chosen = judged_by(stored)
    models = sorted({reference.info.model for reference in chosen})
    if len(models) > 1:
        raise LibraryError(
            f"The references of {exercise.name} were made with {len(models)} pose models "
            f"({', '.join(models)}), which cannot be compared. Add the recordings of one kind "
            f"again, or remove the others: {command('reference', 'list', exercise.name)}"
        )
    calibration = calibrate(exercise, chosen, settings, with_average=True)
    missing = missing_for_firm(calibration)
    books.save_calibration(exercise.name, calibration)
    if options.json:
        more = {"missing": missing, "provisional": bool(missing)}
        print_json({**asdict(replace(calibration, average={})), **more})
        return OK
    _print(exercise.title, calibration, missing)
    return OK


RULES = {
    "leave one out": "leave one out (from right repetitions alone)",
    "Youden": "Youden (from right and wrong repetitions)",
}


def _print(title: str, calibration: Calibration, missing: str) -> None:
    say(f"{title}: the border between right and wrong", style="bold")
    table(
        ("", ""),
        [
            ("threshold", f"{calibration.threshold:.2f} times the usual deviation"),
            ("rule", RULES.get(calibration.rule, calibration.rule)),
            ("right repetitions", calibration.right_reps),
            ("wrong repetitions", calibration.wrong_reps),
            ("people", calibration.people),
            ("right ones called wrong", _share(calibration.false_alarm_rate)),
            ("balanced accuracy", _share(calibration.balanced_accuracy)),
        ],
    )
    say("Both shares are estimates, made by leaving each person out in turn.", style="dim")
    if missing:
        say(f"Provisional; missing: {missing}.", style="yellow")
    else:
        say("Firm: enough repetitions of enough people.", style="green")


def _share(value: float) -> str:
    return f"{value:.0%}" if math.isfinite(value) else "not known"
