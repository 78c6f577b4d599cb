"""Size of reports, and how fast they are written and opened: `python -m benchmarks.report_pages`.

Sets of 10 and of 100 repetitions by drawn people, each third one wrong, judged against 20
references. Written: after scoring, the first page of a process with what it loads. Opened: in a
Chromium that is installed, from disk, until the figures in sight are drawn; and until a repetition
that is unfolded shows its curves.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dtwcoach.coach import assess, references_from
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import simulate
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import Judge, make_judge
from dtwcoach.pose import PoseSequence
from dtwcoach.report.page import write_report
from dtwcoach.settings import Settings
from dtwcoach.starters import starter_exercise

SETTINGS = Settings()
REFERENCES = 20
RUNS = 5
DRAWN = "() => document.querySelector('#timeline').dataset.drawn === 'yes'"
CURVES = "() => Boolean(document.querySelector('#rep-2-curves').dataset.drawn)"


def squats(person: int, reps: int, *, wrong: bool = False) -> PoseSequence:
    """True keypoints of a set, with a pixel of noise."""
    faults = dict.fromkeys(range(0, reps, 3), (("trunk_lean", 30.0),)) if wrong else {}
    performance = Performance(reps=reps, pause_s=0.8, seed=person, faults=faults)
    return simulate(Person.from_seed(person), "squat", performance).pose(noise_px=1, seed=person)


def judge() -> Judge:
    """A judge that knows `REFERENCES` people."""
    references = [
        reference
        for person in range(101, 101 + REFERENCES)
        for reference in references_from(
            squats(person, 1),
            label="right",
            person=f"trainer {person}",
            source=f"{person}.mp4",
            created="2026-01-01T00:00:00+00:00",
            settings=SETTINGS,
            synthetic=True,
        )[0]
    ]
    exercise = starter_exercise("squat")
    calibration = calibrate(exercise, tuple(references), SETTINGS)
    return make_judge(exercise, tuple(references), calibration, SETTINGS)


def written(made: SetAssessment, path: Path, **options: str) -> float:
    """Seconds to write a page."""
    start = time.perf_counter()
    write_report(made, path, **options)
    return time.perf_counter() - start


def opened(browser: Browser, path: Path) -> tuple[float, float, float]:
    """Seconds until text stands, until figures are drawn, until a repetition shows its curves."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
    start = time.perf_counter()
    page.goto(path.as_uri())
    text_s = time.perf_counter() - start
    page.wait_for_function(DRAWN)
    drawn_s = time.perf_counter() - start
    start = time.perf_counter()
    page.evaluate("location.hash = 'rep-2'")
    page.wait_for_function(CURVES)
    curves_s = time.perf_counter() - start
    page.context.close()
    return text_s, drawn_s, curves_s


def main() -> None:
    """Run the benchmark and print its table."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    known = judge()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for reps in (10, 100):
            made = assess(squats(301, reps, wrong=True), known, athlete="A", source="a.mp4")
            path = Path(name) / f"{reps}.html"
            first_s = written(made, path)
            again_s = statistics.median(written(made, path) for _ in range(RUNS))
            shared = Path(name) / f"{reps}-shared.html"
            written(made, shared, plotly="directory")
            times = [opened(browser, path) for _ in range(RUNS)]
            text_s, drawn_s, curves_s = map(statistics.median, zip(*times, strict=True))
            print(
                f"{len(made.reps)} repetitions: {path.stat().st_size / 1e6:.2f} MB, "
                f"{shared.stat().st_size / 1e6:.2f} MB beside a shared script; "
                f"written in {first_s:.2f} s, again in {again_s:.2f} s; "
                f"text after {text_s:.2f} s, figures after {drawn_s:.2f} s (worst "
                f"{max(row[1] for row in times):.2f}), a repetition's curves {curves_s:.2f} s"
            )
        browser.close()


if __name__ == "__main__":
    main()
