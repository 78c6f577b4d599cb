"""`dtwcoach workout`: a plan followed in front of a camera, or beside recordings of it."""

from __future__ import annotations

import hashlib
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import FAILED, INTERRUPTED, OK, outputs
from dtwcoach.cli.batch import load_pose
from dtwcoach.cli.history import counted
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import Bar, library, print_json, say, say_path, table, warn
from dtwcoach.errors import DtwCoachError
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.settings import SCHEMA_VERSION, Settings
from dtwcoach.workout.plan import Plan, read_plan
from dtwcoach.workout.run import Row, WorkoutRun

if TYPE_CHECKING:
    from dtwcoach.matching.judging import Judge
    from dtwcoach.matching.library import Library
    from dtwcoach.workout.recordings import Watched


def run(options: Namespace) -> int:
    """Coach, or watch all recordings; write reports and history, and print how it went."""
    from dtwcoach.cli import workout_live
    from dtwcoach.live.session import INTERRUPTED as BY_HAND
    from dtwcoach.workout.recordings import known

    workout_live.check(options)
    books = library(options)
    plan = known(read_plan(options.plan), books)
    if options.camera is None:
        end = ""
        watched, files, errors = _watch(options, plan, books)
    else:
        watched, end = workout_live.coach(options, plan, books)
        files, errors = [Path(one.source) for one in watched.assessments], []
    written = outputs.Written(errors=errors)
    reports = [
        outputs.write_report(written, one, file, options)
        if one.reps and not options.no_report else None
        for one, file in zip(watched.assessments, files, strict=True)
    ]  # fmt: skip
    if options.athlete.strip() and not options.no_history and files:
        written.attempt(lambda: _remember(options, watched, files, reports))
    if options.save is not None:
        written.files.append(("Video:", options.save))
    if options.json:
        _print_json(options, watched, files, reports, written, end=end)
    else:
        _print(watched.run, watched.assessments)
        for label, path in written.files:
            say_path(label, path.absolute())
    for error in written.errors:
        warn(f"dtwcoach: {error}")
    if end == BY_HAND:
        return INTERRUPTED
    judged = any(v is not Verdict.CANNOT_JUDGE for one in watched.run.done for v in one.verdicts)
    return OK if judged and not written.errors else FAILED


def _watch(options: Namespace, plan: Plan, books: Library) -> tuple[Watched, list[Path], list[str]]:
    """What the recordings show, the file of each set, and which recordings failed."""
    from dtwcoach.workout.recordings import Watched, judges_of, watch

    watched = Watched(WorkoutRun(plan))
    judges: dict[str, tuple[Judge, ...]] = {}
    files: list[Path] = []
    errors: list[str] = []
    with Bar(len(options.video)) as bar:
        for number, file in enumerate(options.video):
            progress = partial(_progress, bar, number, file.name)
            try:
                pose = load_pose(
                    file,
                    mirrored=options.mirrored,
                    fps=options.fps,
                    frame_size=options.frame_size,
                    progress=progress,
                )
                if pose.model not in judges:
                    judges[pose.model] = judges_of(
                        plan, books, model=pose.model, settings=Settings(), athlete=options.athlete
                    )
                watched = watch(
                    watched, pose, judges[pose.model],
                    source=file.name, athlete=options.athlete, height_cm=options.height,
                )  # fmt: skip
            except DtwCoachError as error:
                errors.append(str(error) if file.name in str(error) else f"{file}: {error}")
            files += [file] * (len(watched.assessments) - len(files))
    return watched, files, errors


def _progress(bar: Bar, before: int, name: str, share: float) -> None:
    bar.step(before + share, name)


def _remember(
    options: Namespace, watched: Watched, files: Sequence[Path], reports: Sequence[Path | None]
) -> None:
    """Keep sets and total in the athlete's history."""
    from dtwcoach.cli.workout_live import recording_ids
    from dtwcoach.history.store import History, NewSet, StoredWorkout, history_file
    from dtwcoach.report.summary import summary_of

    now = datetime.now().astimezone()
    ids = recording_ids(options, files)
    sets = [
        NewSet(summary_of(one, now), ids[file], report)
        for one, file, report in zip(watched.assessments, files, reports, strict=True)
        if one.reps
    ]
    done = watched.run
    total = StoredWorkout(done.plan.title, options.athlete, now, done.points, done.plan.reps)
    said = "\0".join([done.plan.title, *sorted(ids.values())])
    plan = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
    History(history_file()).add(sets, workout=total, plan=plan)


def _print(done: WorkoutRun, assessments: Sequence[SetAssessment]) -> None:
    say(done.plan.title, style="bold")
    table(
        ("Exercise", ">Set", ">Right", ">Done", ">Planned", ">Rest", "Beside the plan", "Change"),
        [_cells(row, None if row.at is None else assessments[row.at]) for row in done.rows],
        styles=[_style(row) for row in done.rows],
    )
    rows = [row for row in done.rows if row.planned]
    without = sum(row.done is None for row in rows)
    lost = sum(row.missing for row in rows)
    said = f"{done.points} of {done.plan.reps} planned repetitions right"
    said += f"; {counted(lost, 'repetition')} missing" if lost else ""
    said += f", {counted(without, 'whole set')} among them" if without else ""
    say(f"Total: {said}.", style="bold")
    for one in assessments:
        for reason in one.reasons:
            say(f"{one.title}: {reason.advice}")


def _cells(row: Row, found: SetAssessment | None) -> tuple[object, ...]:
    title = row.planned.said if row.planned else found.title if found else ""
    number = f"{row.number} of {row.planned.sets}" if row.planned else "-"
    asked = row.planned.reps if row.planned else "-"
    if row.done is None:
        return title, number, "-", "-", asked, "", "missing", ""
    rest = f"{row.done.rest_s:.0f} s" if isfinite(row.done.rest_s) else ""
    cues = found.summary.cues if found else ()
    return (
        title, number, row.done.right, len(row.done.verdicts), asked, rest, "; ".join(remarks(row)),
        cues[0].instruction if cues else "",
    )  # fmt: skip


def remarks(row: Row) -> list[str]:
    """What of a set is not as planned, in words."""
    if row.planned is None:
        return ["not in the plan"]
    return [
        *([f"{row.missing} missing"] if row.missing else []),
        *([f"{row.extra} more than planned"] if row.extra else []),
        *([f"rest {row.rest}: {row.planned.rest_s:.0f} s planned"]
          if row.rest.startswith("too") else []),
    ]  # fmt: skip


def _style(row: Row) -> str | None:
    if row.planned is None:
        return "dim"
    return "green" if row.points == row.planned.reps else "yellow" if row.points else "red"


def _print_json(
    options: Namespace,
    watched: Watched,
    files: Sequence[Path],
    reports: Sequence[Path | None],
    written: outputs.Written,
    *,
    end: str,
) -> None:
    done = watched.run
    sets = [_as_plain(row) for row in done.rows]
    for told, row in zip(sets, done.rows, strict=True):
        if row.at is not None:
            path, cues = reports[row.at], watched.assessments[row.at].summary.cues
            told["file"] = plain(str(files[row.at]))
            told["report"] = str(path.absolute()) if path else None
            told["cues"] = [cue.instruction for cue in cues]
    print_json(
        {
            "schema": SCHEMA_VERSION,
            "plan": done.plan.title,
            "athlete": options.athlete,
            "points": done.points,
            "planned": done.plan.reps,
            "sets": sets,
            "errors": written.errors,
            **({"ended": end} if end else {}),
        }
    )


def _as_plain(row: Row) -> dict[str, Any]:
    one, planned = row.done, row.planned
    told: dict[str, Any] = {
        "exercise": planned.name if planned else one.exercise if one else "",
        "set": row.number or None,
        "planned": planned.reps if planned else 0,
        "points": row.points,
        "missing": row.missing,
        "extra": row.extra,
    }
    if one is not None:
        told |= {verdict.name.lower(): one.verdicts.count(verdict) for verdict in Verdict}
        told |= {"start_s": round(one.start_s, 2), "stop_s": round(one.stop_s, 2)}
        told |= {"rest_s": one.rest_s, "rest": row.rest}
    return told
