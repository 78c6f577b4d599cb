"""`dtwcoach calibrate`: the border between right and wrong, and how often it errs."""

from __future__ import annotations

import math
from argparse import Namespace
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import OK
from dtwcoach.cli.choices import chosen, differences
from dtwcoach.cli.screen import command, library, print_json, reports_folder, say, say_path, table
from dtwcoach.errors import CalibrationError, LibraryError, UsageError
from dtwcoach.matching.calibration import ENOUGH_OWN, calibrate, missing_for_firm
from dtwcoach.matching.held_out import HeldOut, assess_each, held_out
from dtwcoach.matching.references import Calibration, Exercise, Reference, judged_by
from dtwcoach.report import calibration_words, words
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.matching.library import Library


@dataclass(frozen=True, eq=False)
class Border:
    """An exercise's calibration and what it says of repetitions it was not made from."""

    exercise: Exercise
    references: tuple[Reference, ...]
    calibration: Calibration
    held: HeldOut

    @property
    def missing(self) -> str:
        """What keeps it provisional; "" if nothing does."""
        return missing_for_firm(self.calibration)

    @property
    def why(self) -> str:
        """Why its rule is in force."""
        return calibration_words.why(self.calibration, self.held)


def run(options: Namespace) -> int:
    """Calibrate, show the effect of what the trainer decided, store, write the page and print."""
    books = library(options)
    exercise = books.exercise(options.exercise)
    stored = _of_one_model(
        exercise.name, books.references(exercise.name, settings=Settings().fingerprint())
    )
    wanted = chosen(exercise, options)
    if options.athlete:
        return _personal(options, exercise, wanted, stored)
    judging = judged_by(stored)
    after = _border(wanted, judging, with_average=not options.only_try)
    decides = options.only_try or wanted != exercise
    before = _before(books, exercise, judging) if decides else None
    if not options.only_try:
        if wanted != exercise:
            books.save_exercise(wanted)
        books.save_calibration(exercise.name, after.calibration)
    page = _write(options, after)
    changes = differences(exercise, wanted)
    if options.json:
        print_json(_as_json(after, page, before=before, saved=not options.only_try))
        return OK
    _print(f"{wanted.title}: the border between right and wrong", after)
    if decides:
        _print_effect(changes, before, after, saved=not options.only_try)
    if page is not None:
        say_path("Page:", page.absolute())
    return OK


def _of_one_model(name: str, references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    models = sorted({r.info.model for r in judged_by(references)})
    if len(models) > 1:
        raise LibraryError(
            f"The references of {name} were made with {len(models)} pose models "
            f"({', '.join(models)}), which cannot be compared. Add the recordings of one kind "
            f"again, or remove the others: {command('reference', 'list', name)}"
        )
    return tuple(r for r in references if r.info.model in models)


def _border(
    exercise: Exercise,
    references: tuple[Reference, ...],
    calibration: Calibration | None = None,
    **options: Any,
) -> Border:
    made = calibration or calibrate(exercise, references, Settings(), **options)
    infos = [r.info for r in references]
    return Border(exercise, references, made, held_out(made, infos, strictness=exercise.strictness))


def _before(books: Library, exercise: Exercise, references: tuple[Reference, ...]) -> Border | None:
    """The border as it stands; None where what was decided earlier leaves nothing to judge by."""
    try:
        return _border(exercise, references, books.calibration(exercise.name))
    except CalibrationError:
        return None


def _personal(
    options: Namespace, exercise: Exercise, wanted: Exercise, stored: tuple[Reference, ...]
) -> int:
    """Show what somebody who is among the references is judged by."""
    if options.only_try or wanted != exercise:
        raise UsageError(
            "--athlete only shows a personal baseline; decide on strictness, tolerances and "
            "joints without it: they hold for everybody."
        )
    name = options.athlete
    people = [r.info.person for r in stored if r.info.label == "right"]
    if people.count(name) < ENOUGH_OWN:
        known = sorted({f"{who or 'not named'} {people.count(who)}" for who in people})
        add = command("reference", "add", exercise.name, "VIDEO", "--person", name)
        raise LibraryError(
            f"{people.count(name)} right repetitions of {name!r} arrived; a personal baseline "
            f"needs {ENOUGH_OWN}. There: {', '.join(known) or 'none'}. Add more: {add}"
        )
    border = _border(exercise, stored, athlete=name)
    if options.json:
        print_json({**_as_json(border, None, before=None, saved=False), "athlete": name})
        return OK
    _print(f"{exercise.title}: personal baseline of {name}", border)
    score = command("score", exercise.name, "VIDEO", "--athlete", name)
    say(f"Nothing was stored. This judges by it: {score}")
    return OK


def _write(options: Namespace, border: Border) -> Path | None:
    """Write the page; trying something out writes one only where it is asked for."""
    if options.no_report or (options.only_try and not (options.html or options.check)):
        return None
    from dtwcoach.matching.sensitivity import sensitivity
    from dtwcoach.report import calibration_page

    settings, found = Settings(), border.calibration
    misjudged = border.held.misjudged()[: calibration_page.MOST_CURVES]
    ids = [info.id for info, _ in misjudged]
    curves = assess_each(border.exercise, border.references, ids, found, settings)
    seen = (
        sensitivity(border.exercise, border.references, found, settings) if options.check else None
    )
    report = calibration_page.CalibrationReport(border.exercise, found, border.held, curves, seen)
    now = datetime.now().astimezone()
    path = options.html or calibration_page.calibration_path(
        reports_folder(options), border.exercise.name, now
    )
    return calibration_page.write_calibration_page(report, path, now=now)


def _as_json(
    border: Border, page: Path | None, *, before: Border | None, saved: bool
) -> dict[str, Any]:
    exercise = border.exercise
    return {
        "schema": SCHEMA_VERSION,
        "exercise": exercise.name,
        **asdict(replace(border.calibration, average={})),
        **_figures_json(border),
        "strictness": exercise.strictness,
        "ignore": exercise.ignore,
        "tolerances": exercise.tolerances,
        "why": border.why,
        "missing": border.missing,
        "provisional": bool(border.missing),
        "misjudged": [{"score": score, **asdict(info)} for info, score in border.held.misjudged()],
        "before": _figures_json(before) if before else None,
        "saved": saved,
        "page": str(page.absolute()) if page else None,
    }


def _figures_json(border: Border) -> dict[str, Any]:
    """Return how often the rule errs: what a decision changes."""
    held = border.held
    return {
        "rule": border.calibration.rule,
        "threshold": border.calibration.threshold,
        "estimates": held.estimates,
        "confusion": {
            label: {called: held.count(label, called=called) for called in ("right", "wrong")}
            for label in ("right", "wrong")
        },
    }


def _print(title: str, border: Border) -> None:
    found, held = border.calibration, border.held
    say(title, style="bold")
    strictness = border.exercise.strictness
    table(
        ("", ""),
        [
            ("level", found.level),
            ("rests on", calibration_words.rests_on(found)),
            ("rule", words.RULES[found.rule]),
            ("carried by", calibration_words.carried_by(found)),
            ("threshold", f"{found.threshold:.2f} times the usual deviation"),
            *([("strictness", f"{strictness:g}")] if strictness != 1.0 else []),
            *(
                (title, calibration_words.estimate(name, held.estimates[name]))
                for name, title in calibration_words.ESTIMATES.items()
            ),
        ],
    )
    say(border.why, style="dim")
    if math.isfinite(held.estimates["specificity"][0]):
        figures = f"Figures: each repetition judged by a rule made from other {held.left_out}; "
        say(f"{figures}in brackets the 95 % interval for as many others.", style="dim")
    if border.missing:
        say(f"Provisional; missing: {border.missing}.", style="yellow")
    else:
        say("Firm: enough repetitions of enough people.", style="green")


def _print_effect(changes: list[str], before: Border | None, after: Border, *, saved: bool) -> None:
    say()
    say(f"Changes: {'; '.join(changes) or 'none'}", style="bold")
    sides = (before, after)
    rows = [
        (f"{label} ones called {label}",
         *(calibration_words.of_label(side.held, label) if side else "-" for side in sides))
        for label in ("right", "wrong")
    ]  # fmt: skip
    rows += [
        (title,
         *(calibration_words.estimate(name, side.held.estimates[name]) if side else "-"
           for side in sides))
        for name, title in calibration_words.ESTIMATES.items()
    ]  # fmt: skip
    rows.append(("rule", *(side.calibration.rule if side else "-" for side in sides)))
    table(("", "Before", "After"), rows)
    say("Saved." if saved else "Nothing was saved; the same without --try saves it.")
