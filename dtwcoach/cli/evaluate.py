"""`dtwcoach evaluate`: how well labelled clips are told apart when they were left out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import Bar, print_json, reports_folder, say, say_path, table
from dtwcoach.errors import SourceError
from dtwcoach.evaluation.clips import Clip, check_classes, find_clips, person_of, windows_of
from dtwcoach.report.evaluation_figures import percent
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.evaluation.evaluation import Evaluation


def run(options: Namespace) -> int:
    """Evaluate, print the figures and write the page."""
    from dtwcoach.evaluation.evaluation import evaluate

    left_out: list[str] = []
    with Bar() as bar:
        clips = list(_clips(options, bar, left_out))
    empty = [clip for clip in clips if not clip.windows]
    left_out += [f"{clip.label}/{clip.name}: too little is seen" for clip in empty]
    found = evaluate(
        clips,
        title=options.folder.resolve().name,
        split=options.split or "",
        folds=options.folds,
        either_side={clip.label for clip in clips} if options.either_side else (),
        left_out=left_out,
    )
    page = _write(options, found)
    if options.json:
        print_json(_as_json(found, page))
    else:
        _print(found)
        if page is not None:
            say_path("Page:", page.absolute())
    return OK


def _clips(options: Namespace, bar: Bar, left_out: list[str]) -> Iterator[Clip]:
    """Clips of a folder, or of a table; what cannot be read is told of and passed over."""
    settings = Settings()
    if options.folder.is_file():
        from dtwcoach.sources.take_csv import read_takes

        takes = read_takes(
            options.folder,
            fps=options.fps,
            frame_size=options.frame_size,
            mirror=options.mirrored,
        )
        check_classes([take.name for take in takes], options.folder)
        for number, take in enumerate(takes):
            bar.step(number / len(takes), take.name)
            name = f"take {take.number}"
            yield Clip(take.name, name, person_of(take.number), windows_of(take.pose, settings))
        return
    from dtwcoach.cli.batch import load_pose

    files = find_clips(options.folder)
    for number, one in enumerate(files):
        bar.step(number / len(files), one.path.name)
        try:
            pose = load_pose(
                one.path,
                mirrored=options.mirrored,
                fps=options.fps,
                frame_size=options.frame_size,
            )
        except SourceError as error:
            left_out.append(f"{one.label}/{one.path.name}: {error}")
            continue
        yield Clip(one.label, one.path.name, one.person, windows_of(pose, settings))


def _write(options: Namespace, found: Evaluation) -> Path | None:
    if options.no_report:
        return None
    from dtwcoach.report.evaluation_page import evaluation_path, write_evaluation

    now = datetime.now().astimezone()
    path = options.html or evaluation_path(reports_folder(options), found.title, now)
    return write_evaluation(found, path, now=now)


def _as_json(found: Evaluation, page: Path | None) -> dict[str, Any]:
    names = [*found.classes, ""]
    return {
        "schema": SCHEMA_VERSION,
        "title": plain(found.title),
        "split": found.split,
        "clips": len(found.clips),
        "accuracy": found.accuracy,
        "macro_f1": found.macro_f1,
        "unknown_rejected": found.unknown_rejected,
        "calibration_error": found.calibration_error,
        "classes": [
            {
                "name": one.name,
                "clips": one.clips,
                "precision": one.precision,
                "recall": one.recall,
                "f1": one.f1,
                "predicted": dict(zip([*found.classes, "none"], row.tolist(), strict=True)),
            }
            for one, row in zip(found.scores, found.confusion, strict=True)
        ],
        "reliability": [
            {"predictions": one.predictions, "said": one.said, "held": one.held}
            for one in found.reliability
        ],
        "predictions": [
            {
                "class": one.label,
                "clip": plain(one.name),
                "person": plain(one.person),
                "predicted": one.predicted or None,
                "probability": float(one.probabilities[names.index(one.predicted)]),
            }
            for one in found.clips
        ],
        "left_out": found.left_out,
        "page": str(page.absolute()) if page else None,
    }


def _print(found: Evaluation) -> None:
    say(f"{found.title}: {percent(found.accuracy)} of {len(found.clips)} clips right", style="bold")
    say(found.split)
    table(
        ("Class", ">Clips", ">Precision", ">Recall", ">F1", "Taken for"),
        [
            (one.name, one.clips, *map(percent, (one.precision, one.recall, one.f1)), mistaken)
            for one, mistaken in zip(found.scores, _mistaken(found), strict=True)
        ],
    )
    say(
        f"Macro F1 {percent(found.macro_f1)}. Rejected where their own class is not known: "
        f"{percent(found.unknown_rejected)}. Calibration error: "
        f"{100 * found.calibration_error:.1f} percentage points."
    )
    for note in found.left_out:
        say(f"Not used: {note}", style="yellow")


def _mistaken(found: Evaluation) -> list[str]:
    """What each class was taken for, in words."""
    names = [*found.classes, "none"]
    return [
        ", ".join(
            f"{name} {count}"
            for name, count in zip(names, row.tolist(), strict=True)
            if count and name != own
        )
        for own, row in zip(found.classes, found.confusion, strict=True)
    ]
