"""`dtwcoach reference add`: a trainer's recording becomes references."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.adding import add_takes, exercise_of, print_added, print_next, write_page
from dtwcoach.cli.plain import plain
from dtwcoach.cli.reference import infos_json
from dtwcoach.cli.screen import Bar, library, print_json, warn
from dtwcoach.errors import DtwCoachError, LibraryError
from dtwcoach.matching.references import Exercise
from dtwcoach.sources.take_csv import Take


def run_add(options: Namespace) -> int:
    """Cut recordings into repetitions and store them."""
    books = library(options)
    exercise, is_new = exercise_of(books, options)
    failed = 0
    fresh: list[str] = []
    results: list[dict[str, Any]] = []
    for file in options.files:
        try:
            added = add_takes(
                books, exercise, _takes(file, exercise, options), person=options.person
            )
            fresh += [info.id for info in added.new]
            result = {"file": plain(str(file)), "error": None, "notes": list(added.notes)}
            stored = {"added": infos_json(added.new), "already_there": infos_json(added.old)}
            results.append({**result, **stored})
            if not options.json:
                print_added(file.name, added)
        except DtwCoachError as error:
            failed += 1
            results.append({"file": plain(str(file)), "error": str(error)})
            warn(f"dtwcoach: {error}")
    page = None
    try:
        page = write_page(options, books, exercise.name, fresh)
    except DtwCoachError as error:  # what was added is there all the same
        failed += 1
        warn(f"dtwcoach: no page: {error}")
    if options.json:
        answer = {"exercise": exercise.name, "new_exercise": is_new, "results": results}
        print_json({**answer, "page": str(page.absolute()) if page else None})
    elif any(result["error"] is None for result in results):
        print_next(books, exercise, is_new, page)
    return FAILED if failed else OK


def _takes(file: Path, exercise: Exercise, options: Namespace) -> dict[str, Take]:
    """What a recording holds, by where it comes from: one take, or those of a labelled CSV."""
    from dtwcoach.cli.batch import load_pose
    from dtwcoach.sources.containers import is_video_file

    if file.suffix.lower() == ".csv" and not is_video_file(file):
        return _labelled_takes(file, exercise.name, options)
    with Bar() as bar:
        pose = load_pose(
            file,
            mirrored=options.mirrored,
            fps=options.fps,
            frame_size=options.frame_size,
            groups=exercise.groups,
            progress=lambda share: bar.step(share, file.name),
        )
    return {file.name: Take(exercise.name, options.label or "right", "1", pose)}


def _labelled_takes(file: Path, name: str, options: Namespace) -> dict[str, Take]:
    """The takes of an exercise in a CSV; of those with a label, only the wanted ones."""
    from dataclasses import replace

    from dtwcoach.sources.take_csv import one_exercise, read_takes

    found = read_takes(
        file, fps=options.fps, frame_size=options.frame_size, mirror=options.mirrored
    )
    wanted = options.label or "right"
    takes = {
        f"{file.name} take {number}": replace(take, label=take.label or wanted)
        for number, take in enumerate(one_exercise(found, name, source=file.name), start=1)
        if not (options.label and take.label) or take.label == wanted
    }
    if not takes:
        raise LibraryError(
            f"{file.name}: {len(found)} takes arrived, none labelled {wanted}. Leave --label out "
            "to take all as they are labelled."
        )
    return {file.name: next(iter(takes.values()))} if len(found) == 1 else takes
