"""`dtwcoach reference add`: a trainer's recording becomes references."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.reference import infos_json, print_infos
from dtwcoach.cli.screen import Bar, command, library, print_json, say, say_path, warn
from dtwcoach.errors import DtwCoachError, LibraryError
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise, Reference, ReferenceInfo
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings

FEW = 3
"""Below so many right repetitions nothing is known about how much they differ."""

SAME_TURN_S = 0.15
"""Repetitions of one recording that turn within this time are one and the same."""


def run_add(options: Namespace) -> int:
    """Cut recordings into repetitions and store them."""
    books = library(options)
    exercise, is_new = _exercise(books, options)
    options.label = options.label or "right"
    failed = 0
    fresh: list[str] = []
    results: list[dict[str, Any]] = []
    for file in options.files:
        try:
            new, old, notes = _add_file(books, exercise, file, options)
            fresh += [info.id for info in new]
            result = {"file": plain(str(file)), "error": None, "notes": list(notes)}
            results.append({**result, "added": infos_json(new), "already_there": infos_json(old)})
            if not options.json:
                _print_added(file, options.label, new, old, notes)
        except DtwCoachError as error:
            failed += 1
            results.append({"file": plain(str(file)), "error": str(error)})
            warn(f"dtwcoach: {error}")
    page = None
    try:
        page = _write_page(options, books, exercise.name, fresh)
    except DtwCoachError as error:  # what was added is there all the same
        failed += 1
        warn(f"dtwcoach: no page: {error}")
    if options.json:
        answer = {"exercise": exercise.name, "new_exercise": is_new, "results": results}
        print_json({**answer, "page": str(page.absolute()) if page else None})
    elif any(result["error"] is None for result in results):
        _print_next(books, exercise, is_new, page)
    return FAILED if failed else OK


def _exercise(books: Library, options: Namespace) -> tuple[Exercise, bool]:
    """The exercise as stored, or a new one of that name."""
    try:
        books.folder(options.exercise)
    except LibraryError:
        name = options.exercise
        words_of_name = " ".join(name.replace("_", " ").replace("-", " ").split())
        title = options.title or words_of_name[:1].upper() + words_of_name[1:]
        kind, sides = "hold" if options.hold else "repetitions", options.sides or "together"
        return Exercise(name=name, title=title, kind=kind, sides=sides), True
    return books.exercise(options.exercise), False


def _add_file(
    books: Library, exercise: Exercise, file: Path, options: Namespace
) -> tuple[list[ReferenceInfo], list[ReferenceInfo], tuple[str, ...]]:
    """Return what was added, what was there already, and notes."""
    from dtwcoach.cli.batch import load_pose
    from dtwcoach.coach import references_from

    with Bar() as bar:
        pose = load_pose(
            file,
            mirrored=options.mirrored,
            fps=options.fps,
            frame_size=options.frame_size,
            progress=lambda share: bar.step(share, file.name),
        )
    settings = Settings()
    references, notes = references_from(
        pose,
        label=options.label,
        person=options.person,
        source=file.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=settings,
        guide=_guide(books, exercise, pose.model, settings),
        kind=exercise.kind,
        sides=exercise.sides,
    )
    if not references:
        said = " ".join(notes)
        raise LibraryError(
            f"{file.name}: no repetition was found, so nothing was added. {said} "
            "Is the whole body and the whole movement in the picture?"
        )
    known = _known_takes(books, exercise, references)
    fresh = [r for r, there in zip(references, known, strict=True) if there is None]
    added = books.add(exercise, fresh) if fresh else ()
    return list(added), [info for info in known if info is not None], notes


def _write_page(options: Namespace, books: Library, name: str, fresh: list[str]) -> Path | None:
    """Write the sheet of what was added; None where nothing was, or no page is wanted."""
    from dtwcoach.cli.reference_sheet import look_through, write_page

    if options.no_report or not fresh:
        return None
    return write_page(options, books, look_through(books, name, only=fresh))


def _known_takes(
    books: Library, exercise: Exercise, references: tuple[Reference, ...]
) -> list[ReferenceInfo | None]:
    """For each repetition the stored one of the same moment of the same recording, if any.

    Cut with other references at hand, a repetition gets slightly other ends, and so another id.
    """
    try:
        stored = [] if books.is_starter(exercise.name) else list(books.infos(exercise.name))
    except LibraryError:
        return [None] * len(references)  # a new exercise

    def same(a: ReferenceInfo, b: ReferenceInfo) -> bool:
        made = [(i.source, i.person, i.model, i.settings) for i in (a, b)]
        return made[0] == made[1] and abs(a.turn_s - b.turn_s) < SAME_TURN_S

    return [next((i for i in stored if same(i, r.info)), None) for r in references]


def _guide(
    books: Library, exercise: Exercise, model: str, settings: Settings
) -> Guide | Position | None:
    """Where the movement rests and turns, when earlier references tell."""
    from dtwcoach.matching.guides import guide_from
    from dtwcoach.matching.references import judged_by

    try:
        known = books.references(exercise.name)
    except LibraryError:
        if exercise.name in books.exercises():  # known, but damaged: that has to be said
            raise
        return None
    made = (model, settings.fingerprint())
    fitting = [r for r in known if (r.info.model, r.info.settings) == made]
    right = tuple(r for r in judged_by(fitting) if r.info.label == "right")
    return guide_from(exercise, right) if right else None


def _print_added(
    file: Path,
    label: str,
    new: list[ReferenceInfo],
    old: list[ReferenceInfo],
    notes: tuple[str, ...],
) -> None:
    noun = "repetition" if len(new) == 1 else "repetitions"
    say(f"{plain(file.name)}: {len(new)} {label} {noun} added", style="bold")
    if new:
        print_infos(sorted(new, key=lambda info: info.start_s))
    if old:
        say(f"{len(old)} {'was' if len(old) == 1 else 'were'} there already.")
        others = [info.id for info in old if info.label != label]
        if others:
            say(f"Not as {label}: {', '.join(others)}. See: dtwcoach reference relabel --help")
    for note in notes:
        say(f"Note: {note}")


def _print_next(books: Library, exercise: Exercise, is_new: bool, page: Path | None) -> None:
    infos = books.infos(exercise.name)
    right = sum(info.label == "right" for info in infos)
    wrong = len(infos) - right
    known = "a new exercise, " if is_new else ""
    say(f"{exercise.title}: {known}now {right} right and {wrong} wrong repetitions.")
    if is_new:
        say(f"Other settings: {plain(str(books.folder(exercise.name) / 'exercise.toml'))}")
    if right < FEW:
        warn(
            f"Only {right} right repetitions; needed at least {FEW}, better 10 of 3 people, to "
            "know how much right ones may differ. Record more."
        )
    if page is not None:
        say_path("Look through what was added:", page.absolute())
    say(f"Next: {command('calibrate', exercise.name)}")
