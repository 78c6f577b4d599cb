"""`dtwcoach record`: takes in front of a camera become references."""

from __future__ import annotations

from argparse import Namespace
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import FAILED, INTERRUPTED, OK, outputs
from dtwcoach.cli.adding import (
    Added,
    add_takes,
    exercise_of,
    print_added,
    print_next,
    write_page,
)
from dtwcoach.cli.options import camera_source
from dtwcoach.cli.reference import infos_json
from dtwcoach.cli.screen import library, print_json, say, say_path, warn
from dtwcoach.errors import UsageError
from dtwcoach.motion.groups import BODY
from dtwcoach.sources.take_csv import Take, append_takes
from dtwcoach.storage import slug, storage_errors

if TYPE_CHECKING:
    from dtwcoach.matching.library import Library
    from dtwcoach.matching.references import Exercise
    from dtwcoach.record.recorder import Plan
    from dtwcoach.record.session import Recorded


def run(options: Namespace) -> int:
    """Record takes, cut them into repetitions, store these and make the sheet."""
    source = camera_source(options)
    books = library(options)
    exercise, is_new = exercise_of(books, options)
    _check(options, source)
    if not is_new:
        books.references(exercise.name)  # a damaged one must not cost a session
    started = datetime.now().astimezone()
    recorded = _record(options, source, exercise, _keep(options, exercise, started))
    takes = _by_source(recorded, source, exercise, options, started)
    written, page = outputs.Written(), None
    added: Added | None = None
    if takes and options.csv is not None:
        written.add("Landmarks:", lambda: _write_csv(options.csv, takes))
    if takes:
        added = written.attempt(lambda: add_takes(books, exercise, takes, person=options.person))
    if added is not None:
        fresh = [info.id for info in added.new]
        page = written.attempt(lambda: write_page(options, books, exercise.name, fresh))
    if options.save is not None:
        written.files.append(("What was shown:", options.save))
    written.files += [("Video:", path) for path in recorded.videos]
    if recorded.error:
        written.errors.insert(0, recorded.error)
    for error in written.errors:
        warn(f"dtwcoach: {error}")
    if options.json:
        print_json(_as_json(exercise, is_new, recorded, takes, added, written, page))
    else:
        _print(books, exercise, is_new, recorded, added, written, page)
    return _code(recorded, added, written)


def _check(options: Namespace, source: Path | int) -> None:
    """Refuse what cannot work before anybody moves.

    Raises
    ------
    UsageError, SourceError
    """
    recordings = [source] if isinstance(source, Path) else []
    if options.all and not recordings:
        raise UsageError("--all takes the whole of a file; name it: --camera FILE")
    if options.all and options.takes:
        raise UsageError("--all and --takes arrived; needed one of them: one take, or many.")
    if options.label and not options.takes:
        raise UsageError("--label belongs to --takes N; by hand, r and w say what a take shows.")
    if options.headless and not (options.takes or options.all):
        raise UsageError("--headless leaves no keys; say what to record: --takes N, or --all.")
    for flag, path, ending in (("--save", options.save, ".webm"), ("--csv", options.csv, ".csv")):
        if path is not None:
            outputs.check_file(flag, path, ending, recordings)
    if options.csv is not None and options.csv.exists():
        append_takes(options.csv, ())  # refuses a table of something else


def _plan(options: Namespace) -> Plan | None:
    from dtwcoach.record.recorder import Plan

    if options.all:
        return Plan(1, float("inf"), break_s=0.0, label=options.all)
    if options.takes:
        return Plan(options.takes, options.seconds, options.break_s, options.label or "right")
    return None


def _keep(options: Namespace, exercise: Exercise, started: datetime) -> Path | None:
    """How the names of videos begin; their folder is made."""
    folder: Path | None = options.keep_video
    if folder is None:
        return None
    with storage_errors(folder, "create"):
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{slug(exercise.name)}-{started:%Y%m%d-%H%M%S}"


def _record(
    options: Namespace, source: Path | int, exercise: Exercise, keep: Path | None
) -> Recorded:
    from dtwcoach.live.window import Window
    from dtwcoach.record.session import KEYS, record_takes

    with ExitStack() as stack:
        window = None
        if not (options.headless or options.all):
            title = f"dtwcoach: {exercise.title}"
            window = stack.enter_context(Window(title, keys=KEYS))
        return record_takes(
            source,
            window=window,
            plan=_plan(options),
            hands=exercise.groups != BODY,
            countdown_s=options.countdown,
            paced=not (options.fast or options.all),
            mirrored=options.mirrored,
            save=options.save,
            keep=keep,
        )


def _by_source(
    recorded: Recorded,
    source: Path | int,
    exercise: Exercise,
    options: Namespace,
    started: datetime,
) -> dict[str, Take]:
    """Takes by what they are called: their file, where there is one to make them from again."""
    takes = {}
    for number, take in enumerate(recorded.takes, start=1):
        name = f"record {started:%Y-%m-%d %H:%M:%S} take {number}"
        if options.all and isinstance(source, Path):
            name = source.name
        elif number <= len(recorded.videos):
            name = recorded.videos[number - 1].name
        takes[name] = Take(exercise.name, take.label, str(number), take.pose)
    return takes


def _write_csv(path: Path, takes: dict[str, Take]) -> Path:
    append_takes(path, tuple(takes.values()))
    return path


def _code(recorded: Recorded, added: Added | None, written: outputs.Written) -> int:
    from dtwcoach.record.session import INTERRUPTED as BY_HAND

    if recorded.end == BY_HAND:
        return INTERRUPTED
    return OK if added is not None and not written.errors else FAILED


def _print(
    books: Library,
    exercise: Exercise,
    is_new: bool,
    recorded: Recorded,
    added: Added | None,
    written: outputs.Written,
    page: Path | None,
) -> None:
    labels = [take.label for take in recorded.takes]
    counts = f"{labels.count('right')} right, {labels.count('wrong')} wrong"
    say(
        f"{len(labels)} take{'s' * (len(labels) != 1)} kept: {counts}. "
        f"{recorded.frames} pictures looked at, {recorded.frames_dropped} passed over. "
        f"Ended: {recorded.end}."
    )
    for text in recorded.dropped:
        warn(f"Not kept: {text}.")
    if added is not None:
        print_added(exercise.title, added)
    for label, path in written.files:
        say_path(label, path.absolute())
    if added is not None:
        print_next(books, exercise, is_new, page)


def _as_json(
    exercise: Exercise,
    is_new: bool,
    recorded: Recorded,
    takes: dict[str, Take],
    added: Added | None,
    written: outputs.Written,
    page: Path | None,
) -> dict[str, Any]:
    return {
        "exercise": exercise.name,
        "new_exercise": is_new,
        "takes": [
            {
                "source": source,
                "label": take.label,
                "seconds": round(take.pose.duration_s, 2),
                "frames": len(take.pose),
            }
            for source, take in takes.items()
        ],
        "dropped": list(recorded.dropped),
        "frames": recorded.frames,
        "frames_dropped": recorded.frames_dropped,
        "ended": recorded.end,
        "added": infos_json(added.new) if added else [],
        "already_there": infos_json(added.old) if added else [],
        "notes": list(added.notes) if added else [],
        "files": [str(path.absolute()) for _, path in written.files],
        "errors": written.errors,
        "page": str(page.absolute()) if page else None,
    }
