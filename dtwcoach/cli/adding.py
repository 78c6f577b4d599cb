"""What `reference add` and `record` share: takes become stored references, and are told about."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dtwcoach.cli.plain import plain
from dtwcoach.cli.reference import print_infos
from dtwcoach.cli.screen import command, say, say_path, warn
from dtwcoach.errors import CalibrationError, LibraryError
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import LABELS, Exercise, Reference, ReferenceInfo
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings
from dtwcoach.sources.take_csv import Take

FEW = 3
"""Below so many right repetitions nothing is known about how much they differ."""


@dataclass(frozen=True, eq=False)
class Added:
    """What became of takes.

    Parameters
    ----------
    new, old : list of ReferenceInfo
        What was stored, and what was there already.
    notes : tuple of str
    """

    new: list[ReferenceInfo]
    old: list[ReferenceInfo]
    notes: tuple[str, ...]


def exercise_of(books: Library, options: Namespace) -> tuple[Exercise, bool]:
    """The exercise as stored, or a new one of that name; whether it is new."""
    try:
        books.folder(options.exercise)
    except LibraryError:
        name = options.exercise
        words_of_name = " ".join(name.replace("_", " ").replace("-", " ").split())
        title = options.title or words_of_name[:1].upper() + words_of_name[1:]
        kind, sides = "hold" if options.hold else "repetitions", options.sides or "together"
        return Exercise(name=name, title=title, kind=kind, sides=sides), True
    return books.exercise(options.exercise), False


def add_takes(
    books: Library, exercise: Exercise, takes: Mapping[str, Take], *, person: str
) -> Added:
    """Cut takes into repetitions and store these.

    Parameters
    ----------
    books : Library
    exercise : Exercise
    takes : mapping of source to Take
        Each labelled; all of one pose model.
    person : str
        Whom they show.

    Raises
    ------
    LibraryError
        When no repetition is found in any of them.
    """
    cut = _cut(books, exercise, takes, person)
    references = tuple(r for found, _ in cut.values() for r in found)
    if not references:
        what = next(iter(takes)) if len(takes) == 1 else f"{len(takes)} takes"
        said = dict.fromkeys(note for _, notes in cut.values() for note in notes)
        raise LibraryError(
            f"{what}: no repetition was found, so nothing was added. {' '.join(said)} "
            "Is the whole body and the whole movement in the picture?"
        )
    notes = _notes(takes, cut)
    known = _known_takes(books, exercise, references)
    fresh = [r for r, there in zip(references, known, strict=True) if there is None]
    added = books.add(exercise, fresh) if fresh else ()
    old = [(i, r.info.label) for i, r in zip(known, references, strict=True) if i is not None]
    others = [f"{info.id} as {info.label}" for info, label in old if info.label != label]
    if others:
        notes += (f"There already: {', '.join(others)}. See: dtwcoach reference relabel --help",)
    return Added(list(added), [info for info, _ in old], notes)


_Cut = tuple[tuple[Reference, ...], tuple[str, ...]]


def _cut(
    books: Library, exercise: Exercise, takes: Mapping[str, Take], person: str
) -> dict[str, _Cut]:
    """References and notes of each take.

    Where nothing is stored yet, the right ones are first cut by what repeats itself, and then all
    by what that has shown: it tells what a take's end has cut off, and finds single repetitions.
    """
    from dtwcoach.coach import references_from

    settings = Settings()
    created = datetime.now(UTC).isoformat(timespec="seconds")
    guide = _guide(books, exercise, next(iter(takes.values())).pose.model, settings)

    def cut(source: str) -> _Cut:
        return references_from(
            takes[source].pose,
            label=takes[source].label,
            person=person,
            source=source,
            created=created,
            settings=settings,
            guide=guide,
            kind=exercise.kind,
            sides=exercise.sides,
            groups=exercise.groups,
        )

    done: dict[str, _Cut] = {}
    if guide is None:
        done = {source: cut(source) for source, take in takes.items() if take.label == "right"}
        if len(takes) > 1:
            guide = _learnt(exercise, [r for found, _ in done.values() for r in found])
    for source in takes:
        if source not in done or guide is not None:
            again = cut(source)
            if again[0] or source not in done:
                done[source] = again
    return {source: done[source] for source in takes}


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


def _learnt(exercise: Exercise, right: Sequence[Reference]) -> Guide | Position | None:
    from dtwcoach.matching.guides import guide_from

    with suppress(CalibrationError):  # then every take speaks for itself
        return guide_from(exercise, tuple(right)) if right else None
    return None


def _notes(takes: Mapping[str, Take], cut: Mapping[str, _Cut]) -> tuple[str, ...]:
    """What is to be said: of all takes once, of one of several with its name."""
    notes: dict[str, None] = {}
    for source, (found, said) in cut.items():
        own = f"{source}: " if len(takes) > 1 else ""
        shared = takes[source].pose.notes
        notes |= dict.fromkeys(note for note in said if note in shared)
        if not found:
            notes[f"{own}no repetition was found."] = None
        notes |= dict.fromkeys(f"{own}{note}" for note in said if note not in shared)
    return tuple(notes)


def _known_takes(
    books: Library, exercise: Exercise, references: tuple[Reference, ...]
) -> list[ReferenceInfo | None]:
    """For each repetition the stored one of the same recording in which it turns, if any.

    Cut with other references at hand, a repetition gets slightly other ends, and so another id.
    """
    try:
        stored = [] if books.is_starter(exercise.name) else list(books.infos(exercise.name))
    except LibraryError:
        return [None] * len(references)  # a new exercise

    def same(old: ReferenceInfo, new: ReferenceInfo) -> bool:
        made = [(i.source, i.person, i.model, i.settings) for i in (old, new)]
        return made[0] == made[1] and old.start_s < new.turn_s < old.stop_s

    return [next((i for i in stored if same(i, r.info)), None) for r in references]


def write_page(options: Namespace, books: Library, name: str, fresh: list[str]) -> Path | None:
    """Write the sheet of what was added; None where nothing was, or no page is wanted."""
    from dtwcoach.cli import reference_sheet

    if options.no_report or not fresh:
        return None
    sheet = reference_sheet.look_through(books, name, only=fresh)
    return reference_sheet.write_page(options, books, sheet)


def print_added(title: str, added: Added) -> None:
    """Print what was stored of a recording, and what was there."""
    counts = [(label, sum(info.label == label for info in added.new)) for label in LABELS]
    said = [f"{count} {label}" for label, count in counts if count] or ["0"]
    noun = "repetition" if len(added.new) == 1 else "repetitions"
    say(f"{plain(title)}: {' and '.join(said)} {noun} added", style="bold")
    if added.new:
        print_infos(sorted(added.new, key=lambda info: info.start_s))
    if added.old:
        say(f"{len(added.old)} {'was' if len(added.old) == 1 else 'were'} there already.")
    for note in added.notes:
        say(f"Note: {note}")


def print_next(books: Library, exercise: Exercise, is_new: bool, page: Path | None) -> None:
    """Print how many there are now, and what to do next."""
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
