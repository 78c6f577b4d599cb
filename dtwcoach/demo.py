"""The whole job on drawn people: three trainers, an athlete, verdicts beside the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dtwcoach import workers
from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Calibration
from dtwcoach.pose import PoseSequence
from dtwcoach.settings import Settings

EXERCISE = "squat"
FAULTS: dict[int, tuple[tuple[str, float], ...]] = {
    1: (("shallow", 30.0),),
    3: (("trunk_lean", 34.0),),
    4: (("shallow", 25.0), ("trunk_lean", 20.0)),
}
"""What the athlete does wrong, by repetition from 0: names and degrees (`mannequin.faults`)."""
REPS = 6
VIDEOS = "drawing videos, finding poses"


@dataclass(frozen=True)
class Clip:
    """One video of the demo, as plain numbers that another process can take."""

    file: Path
    person_seed: int
    reps: int
    tempo: float
    height_m: float | None = None
    yaw_off_deg: float = 0.0
    faults: dict[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TrueRep:
    """What really happened: when, and the faults in words ("" when right)."""

    start_s: float
    stop_s: float
    faults: str


@dataclass(frozen=True)
class Filmed:
    """A clip's pose by the pose model, and the truth."""

    pose: PoseSequence
    reps: tuple[TrueRep, ...]


@dataclass(frozen=True)
class Row:
    """One true repetition and what was said about it (None: it was not found)."""

    truth: TrueRep
    found: RepAssessment | None

    @property
    def expected(self) -> Verdict:
        """The verdict a perfect judge gives."""
        return Verdict.WRONG if self.truth.faults else Verdict.RIGHT

    @property
    def agrees(self) -> bool:
        """Whether verdict and truth are the same."""
        return self.found is not None and self.found.verdict is self.expected


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    Parameters
    ----------
    folder, report : Path
    assessment : SetAssessment
    calibration : Calibration
    rows : tuple of Row
    seconds : dict
        Stage -> how long it took.
    """

    folder: Path
    report: Path
    assessment: SetAssessment
    calibration: Calibration
    rows: tuple[Row, ...]
    seconds: dict[str, float]


def clips(folder: Path) -> tuple[Clip, ...]:
    """The videos: the athlete's first, since it is the longest; then three trainers."""
    athlete = Clip(
        folder / "athlete.mp4",
        person_seed=6,
        reps=REPS,
        tempo=0.9,
        height_m=1.62,
        yaw_off_deg=7.0,
        faults=FAULTS,
    )
    trainers = (
        Clip(folder / f"trainer-{number}.mp4", person_seed=seed, reps=2, tempo=tempo)
        for number, (seed, tempo) in enumerate([(21, 1.0), (22, 1.15), (23, 0.9)], start=1)
    )
    return (athlete, *trainers)


def run(
    folder: Path, *, jobs: int = 2, progress: Callable[[float, str], None] | None = None
) -> Demo:
    """Render the videos and do the whole job on them.

    Parameters
    ----------
    folder : Path
        Gets the videos, a reference library of their own and the report.
    jobs : int
        Processes for rendering and for the pose model.
    progress : callable, optional
        Called with the share done, 0 to 1, and what is going on.
    """
    from dtwcoach.coach import assess, judge_for
    from dtwcoach.report.page import write_report

    say = progress or (lambda share, text: None)
    seconds: dict[str, float] = {}
    folder.mkdir(parents=True, exist_ok=True)
    with _timed(seconds, "videos and poses"):
        filmed = _film_all(clips(folder), jobs, lambda share: say(0.9 * share, VIDEOS))
    athlete, *trainers = filmed
    with _timed(seconds, "references and calibration"):
        say(0.9, "learning from the references")
        library, calibration = _library(folder / "references", trainers)
    with _timed(seconds, "verdicts"):
        say(0.95, "judging")
        model = athlete.pose.model
        judge = judge_for(library, EXERCISE, model=model, settings=Settings())
        assessment = assess(
            athlete.pose, judge, athlete="Drawn athlete", source="athlete.mp4", expected_reps=REPS
        )
    with _timed(seconds, "report"):
        say(0.97, "writing the report")
        report = write_report(assessment, folder / "report.html")
    rows = tuple(_rows(athlete.reps, assessment.reps))
    return Demo(folder, report, assessment, calibration, rows, seconds)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - begin


def _film_all(
    wanted: tuple[Clip, ...], jobs: int, progress: Callable[[float], None]
) -> list[Filmed]:
    """Film the clips side by side; in their order."""
    shares = [0.0] * len(wanted)
    length = [clip.reps + 1 for clip in wanted]

    def step(number: int, share: float) -> None:
        shares[number] = share * length[number]
        progress(sum(shares) / sum(length))

    found: dict[int, Filmed] = {}
    for done in workers.run(film, wanted, jobs=jobs, progress=step):
        found[done.number] = done.result()
    return [found[number] for number in range(len(wanted))]


def film(clip: Clip, progress: Callable[[float], None]) -> Filmed:
    """Render a clip as a video file and find the pose in that file."""
    from dtwcoach.mannequin.faults import find_fault
    from dtwcoach.mannequin.performance import Performance
    from dtwcoach.mannequin.person import Person
    from dtwcoach.mannequin.recording import default_camera, render_video, simulate
    from dtwcoach.sources import read_pose

    camera = default_camera(EXERCISE)
    camera = replace(camera, yaw_deg=camera.yaw_deg + clip.yaw_off_deg)
    performance = Performance(
        reps=clip.reps,
        tempo=clip.tempo,
        faults=clip.faults,
        seed=clip.person_seed,
        lead_in_s=1.0,
        lead_out_s=0.8,
    )
    person = Person.from_seed(clip.person_seed, height_m=clip.height_m)
    truth = simulate(person, EXERCISE, performance, camera)
    render_video(
        clip.file,
        truth,
        seed=clip.person_seed,
        progress=lambda done, total: progress(0.3 * done / total),
    )
    # Not from the cache: the demo shows, and times, the whole job.
    pose = read_pose(clip.file, use_cache=False, progress=lambda share: progress(0.3 + 0.7 * share))
    reps = tuple(
        TrueRep(
            rep.start / camera.fps,
            rep.stop / camera.fps,
            ", ".join(find_fault(EXERCISE, name).title for name, _ in rep.faults),
        )
        for rep in truth.reps
    )
    return Filmed(pose, reps)


def _library(root: Path, trainers: list[Filmed]) -> tuple[Library, Calibration]:
    """Store the trainers' repetitions and calibrate, as `reference add` and `calibrate` do."""
    from dtwcoach.coach import references_from
    from dtwcoach.matching.calibration import calibrate
    from dtwcoach.starters import starter_exercise

    library, settings = Library(root), Settings()
    exercise = starter_exercise(EXERCISE)
    if EXERCISE in library.exercises():  # of an earlier demo
        for info in library.infos(EXERCISE):
            library.remove(EXERCISE, info.id)
    for number, trainer in enumerate(trainers, start=1):
        references, _ = references_from(
            trainer.pose,
            label="right",
            person=f"drawn trainer {number}",
            source=f"trainer-{number}.mp4",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            settings=settings,
            synthetic=True,
        )
        library.add(exercise, references)
    stored = library.references(EXERCISE)
    calibration = calibrate(library.exercise(EXERCISE), stored, settings)
    library.save_calibration(EXERCISE, calibration)
    return library, calibration


def _rows(truth: tuple[TrueRep, ...], found: tuple[RepAssessment, ...]) -> Iterator[Row]:
    """Each true repetition with the one found whose turn lies within it."""
    for rep in truth:
        inside = (one for one in found if rep.start_s <= one.turn_s < rep.stop_s)
        yield Row(rep, next(inside, None))
