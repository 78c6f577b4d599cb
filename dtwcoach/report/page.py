"""One self-contained page per set: it opens from disk, without a network."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.report import figures, shell, words
from dtwcoach.report.curves import has_curves
from dtwcoach.report.rep_view import RepView, drawn_of, motion_of
from dtwcoach.report.set_words import set_facts
from dtwcoach.report.summary import summary_of
from dtwcoach.report.tables import to_csv, to_json

MOST_CURVES = 150
"""Repetitions whose curves one page holds, wrong ones first; keeps it below 8 MB."""


def report_path(folder: str | os.PathLike[str], assessment: SetAssessment, now: datetime) -> Path:
    """Return a free file name in `folder` for this set's report.

    Names of people and files are data: only their plain letters and digits reach the disk, and
    a digest keeps names apart that look alike without the rest, as in
    `2026-11-20-091500-squat-anna-3f9c01.html`.
    """
    said = f"{assessment.athlete}\0{assessment.source}\0{assessment.duration_s}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    who = shell.slug(assessment.athlete) or Path(assessment.source).stem
    return shell.page_path(folder, now, assessment.exercise, who, digest)


def write_report(
    assessment: SetAssessment,
    path: str | os.PathLike[str],
    *,
    now: datetime | None = None,
    stills: Mapping[tuple[int, int], bytes] | None = None,
    plotly: str = "inline",
) -> Path:
    """Write the report of one set and return its path; the file appears whole or not at all.

    Parameters
    ----------
    assessment : SetAssessment
    path : path
        Where to write; missing folders are made, an existing file is replaced.
    now : datetime, optional
        The date shown; by default the present.
    stills : dict, optional
        (number of the repetition, number of its fault from 0) -> JPEG picture of that moment.
    plotly : str
        One of `shell.PLOTLY`: the drawing library inside the page (2 MB), or in a file beside it.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    now = now or datetime.now().astimezone()
    page = report_html(assessment, now=now, stills=stills, plotly=plotly)
    return shell.write_page(path, page, plotly=plotly)


def report_html(
    assessment: SetAssessment,
    *,
    now: datetime,
    stills: Mapping[tuple[int, int], bytes] | None = None,
    plotly: str = "inline",
) -> str:
    """Return the page as text (see `write_report`)."""
    curved = _curved(assessment)
    return shell.render(
        "report.html.j2",
        drawn=_figures(assessment, curved),
        data={
            "motion": motion_of((assessment, rep) for rep in curved),
            "downloads": _downloads(assessment, now),
        },
        scripts=("rep.js", "table.js"),
        styles=("rep.css",),
        now=now,
        plotly=plotly,
        summary=summary_of(assessment, now),
        a=assessment,
        Verdict=Verdict,
        symbols=words.SYMBOLS,
        views={rep.number: RepView.of(assessment, rep) for rep in curved},
        stills={key: Still.of(jpeg) for key, jpeg in (stills or {}).items()},
        most_curves=MOST_CURVES,
        facts=set_facts(assessment),
        sides_of=_compared_joint(assessment),
        basis=words.basis(assessment),
        opened=_first_of_interest(assessment),
        **_IN_WORDS,
    )


@dataclass(frozen=True)
class Still:
    """A picture inside the page: its address holds all of it."""

    address: str
    width: int
    height: int

    @classmethod
    def of(cls, jpeg: bytes) -> Still:
        """Measure and pack a JPEG picture."""
        from PIL import Image

        with Image.open(io.BytesIO(jpeg)) as picture:
            width, height = picture.size
        packed = base64.b64encode(jpeg).decode("ascii")
        return cls(f"data:image/jpeg;base64,{packed}", width, height)


def _curved(assessment: SetAssessment) -> list[RepAssessment]:
    """Return the repetitions whose curves the page holds."""
    curved = [rep for rep in assessment.reps if has_curves(assessment, rep)]
    # The sort is stable: wrong ones first, then in the order of the recording.
    curved.sort(key=lambda rep: rep.verdict is not Verdict.WRONG)
    return curved[:MOST_CURVES]


def _figures(assessment: SetAssessment, curved: list[RepAssessment]) -> dict[str, Any]:
    """Return every figure of the page by the fixed id of the element that shows it."""
    drawn: dict[str, Any] = {}
    if assessment.reps:
        drawn["trend"] = figures.trend_figure(assessment)
    if len(assessment.time_s):
        drawn["timeline"] = figures.timeline_figure(assessment)
    drawn |= drawn_of((assessment, rep) for rep in curved)
    return drawn


def _downloads(assessment: SetAssessment, now: datetime) -> dict[str, dict[str, str]]:
    """Return the files that the page offers: name, type and text."""
    parts = (assessment.exercise, assessment.athlete, f"{now:%Y-%m-%d}")
    name = "-".join(filter(None, map(shell.slug, parts)))
    as_json = json.dumps(to_json(assessment), indent=1, allow_nan=False)
    return {
        "csv": {"name": f"{name}.csv", "type": "text/csv", "text": to_csv([assessment])},
        "json": {"name": f"{name}.json", "type": "application/json", "text": as_json},
    }


def _first_of_interest(assessment: SetAssessment) -> int:
    """Return the number of the repetition to show unfolded: the worst one, else the first."""
    wrong = [rep for rep in assessment.reps if rep.verdict is Verdict.WRONG]
    if wrong:
        return max(wrong, key=lambda rep: rep.score).number
    return assessment.reps[0].number if assessment.reps else 0


def _compared_joint(assessment: SetAssessment) -> str:
    """Return whose sides the table compares: of the joint whose range it tells, where it can."""
    joints = [side.joint for rep in assessment.reps for side in rep.symmetry]
    return max(joints, key=assessment.numbers.joint.endswith, default="")


def _known(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "–"


_IN_WORDS: dict[str, Callable[..., str]] = {
    "score": lambda value: _known(value, "{:.2f}"),
    "number": lambda value: f"{value:g}" if math.isfinite(value) else "",
    "seconds": lambda value: _known(value, "{:.1f} s"),
}
