"""`dtwcoach recognise`: which movements a recording shows, one after the other."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from dtwcoach.cli import FAILED, INTERRUPTED, OK
from dtwcoach.cli.options import camera_source
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import Bar, library, print_json, say, say_path, table, warn
from dtwcoach.errors import PoseDataError, UsageError
from dtwcoach.matching.assessment import Reason
from dtwcoach.report.words import clock
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.pose import PoseSequence
    from dtwcoach.recognition.known import KnownMovements
    from dtwcoach.recognition.stream import Movement

MOST_SHOWN = 3
LEAST_SHOWN = 0.01
"""So many probabilities of a movement are shown, from this on."""


def run(options: Namespace) -> int:
    """Recognise; fail where nothing known is done."""
    if (options.file is None) == (options.camera is None):
        raise UsageError("Name a recording, or a camera with --camera: one of the two is needed.")
    if options.camera is not None:
        return _in_front_of_a_camera(options)
    if options.save or options.fast or options.headless:
        raise UsageError("--save, --fast and --headless go with --camera.")
    from dtwcoach.cli.batch import load_pose
    from dtwcoach.recognition.known import known_movements
    from dtwcoach.recognition.stream import sentence_of

    with Bar() as bar:
        pose = load_pose(
            options.file,
            mirrored=options.mirrored,
            fps=options.fps,
            frame_size=options.frame_size,
            progress=lambda share: bar.step(share, options.file.name),
        )
        if len(pose) < 2 or not (pose.people > 0).any():
            raise PoseDataError(Reason("nobody" if len(pose) else "too_short").advice)
        bar.step(1.0, "reading references")
        known = known_movements(library(options), model=pose.model, settings=Settings())
        movements = _movements(pose, known)
    sentence = sentence_of(movements)
    if options.json:
        print_json(_json(str(options.file), known, movements, sentence))
    else:
        _print(options.file.name, known, movements, sentence)
    for note in known.notes:
        warn(note)
    return OK if sentence else FAILED


def _in_front_of_a_camera(options: Namespace) -> int:
    """Say each movement as it is decided, and all of them at the end."""
    from dtwcoach.cli.live import check_save
    from dtwcoach.live.naming import name_movements
    from dtwcoach.live.session import INTERRUPTED as BY_HAND
    from dtwcoach.live.window import Window
    from dtwcoach.recognition.known import known_movements
    from dtwcoach.recognition.stream import sentence_of
    from dtwcoach.sources.mediapipe import model_name

    source = camera_source(options)
    check_save(options, source)
    settings = Settings()
    known = known_movements(library(options), model=model_name(), settings=settings)
    titles = known.titles | {"": "none that is known"}

    def said(movement: Movement) -> None:
        if not options.json:
            say(f"{clock(movement.start_s)} {titles[movement.label]}")

    with ExitStack() as stack:
        window = None if options.headless else stack.enter_context(Window("dtwcoach: recognise"))
        found = name_movements(
            known,
            source,
            settings=settings,
            window=window,
            paced=not options.fast,
            mirrored=options.mirrored,
            save=options.save,
            said=said,
        )
    sentence = sentence_of(found.movements)
    if options.json:
        print_json(_json(found.name, known, found.movements, sentence))
    else:
        _print(found.name, known, found.movements, sentence)
        passed = f"{found.frames} pictures looked at, {found.frames_dropped} passed over."
        say(f"{passed} Ended: {found.end}.", style="dim")
        if options.save is not None:
            say_path("Video:", options.save.absolute())
    for note in known.notes:
        warn(note)
    if found.end == BY_HAND:
        return INTERRUPTED
    return OK if sentence else FAILED


def _movements(pose: PoseSequence, known: KnownMovements) -> list[Movement]:
    """What the recogniser decides as the recording passes by it."""
    from dtwcoach.motion.recording import describe
    from dtwcoach.recognition.stream import local_features

    settings = Settings()
    recogniser = known.recogniser(settings)
    recording = describe(pose, settings)
    frames = zip(local_features(recording), recording.series.time_s, recording.walking, strict=True)
    states = [recogniser.update(row, float(at), ignore=bool(walks)) for row, at, walks in frames]
    states.append(recogniser.finish())
    return [state.movement for state in states if state.movement is not None]


def _named(known: KnownMovements, movement: Movement) -> dict[str, float]:
    """Class -> probability, the largest first; "" is none of them."""
    assert known.classifier is not None
    pairs = zip((*known.classifier.classes, ""), movement.probabilities.tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: -pair[1]))


def _json(
    name: str, known: KnownMovements, movements: Sequence[Movement], said: Sequence[str]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "file": plain(name),
        "known": known.titles,
        "movements": [
            {
                "start_s": round(one.start_s, 3),
                "stop_s": round(one.stop_s, 3),
                "label": one.label or None,
                "probabilities": {
                    name or "none": round(share, 4) for name, share in _named(known, one).items()
                },
            }
            for one in movements
        ],
        "sentence": said,
        "notes": known.notes,
    }


def _print(
    name: str, known: KnownMovements, movements: Sequence[Movement], said: Sequence[str]
) -> None:
    titles = known.titles | {"": "none that is known"}
    if not movements:
        say(f"{name}: no movement that is known")
        return
    say(
        f"{name}: {', '.join(map(titles.__getitem__, said)) or titles['']}",
        style="bold",
    )
    rows = []
    for one in movements:
        shares = list(_named(known, one).items())[:MOST_SHOWN]
        said_shares = ", ".join(
            f"{titles[name]} {100 * share:.0f} %" for name, share in shares if share >= LEAST_SHOWN
        )
        rows.append((clock(one.start_s), clock(one.stop_s), titles[one.label], said_shares))
    table((">From", ">To", "Movement", "Probabilities"), rows)
