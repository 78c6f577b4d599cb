"""One self-contained page per set: it opens from disk, without a network."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from dtwcoach import __version__
from dtwcoach.errors import StorageError
from dtwcoach.matching.assessment import SetAssessment, Verdict
from dtwcoach.report import figures, words
from dtwcoach.report.curves import has_curves
from dtwcoach.storage import write_atomically

MOST_CURVES = 150
"""Repetitions whose curves one page holds, wrong ones first; keeps it below 5 MB."""

_TEMPLATES = Path(__file__).parent / "templates"


def report_path(folder: str | os.PathLike[str], assessment: SetAssessment, now: datetime) -> Path:
    """Return a free file name in `folder` for this set's report.

    Names of people and files are data: only their plain letters and digits reach the disk, and
    a digest keeps names apart that look alike without the rest, as in
    `2026-11-20-091500-squat-anna-3f9c01.html`.
    """
    said = f"{assessment.athlete}\0{assessment.source}\0{assessment.duration_s}"
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    parts = [f"{now:%Y-%m-%d-%H%M%S}", _slug(assessment.exercise)]
    parts += [_slug(assessment.athlete) or _slug(Path(assessment.source).stem), digest]
    stem = "-".join(filter(None, parts))
    path, number = Path(folder) / f"{stem}.html", 1
    while path.exists():
        number += 1
        path = path.with_name(f"{stem}-{number}.html")
    return path


def write_report(
    assessment: SetAssessment,
    path: str | os.PathLike[str],
    *,
    now: datetime | None = None,
) -> Path:
    """Write the report of one set and return its path; the file appears whole or not at all.

    Parameters
    ----------
    assessment : SetAssessment
    path : path
        Where to write; missing folders are made, an existing file is replaced.
    now : datetime, optional
        The date shown; by default the present.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    page = report_html(assessment, now=now or datetime.now().astimezone())
    # File names may hold bytes that are not text; they must not stop the report.
    write_atomically(Path(path), page.encode("utf-8", "replace"))
    return Path(path)


def report_html(assessment: SetAssessment, *, now: datetime) -> str:
    """Return the page as text (see `write_report`)."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    drawn = _figures(assessment)
    script = (_TEMPLATES / "report.js").read_text("utf-8")
    plotly, plotly_hash = _plotly()
    return environment.get_template("report.html.j2").render(
        a=assessment,
        Verdict=Verdict,
        now=now,
        version=__version__,
        words=words,
        symbols=words.SYMBOLS,
        panels={name: len(figure["layout"]["annotations"]) for name, figure in drawn.items()},
        most_curves=MOST_CURVES,
        opened=_first_of_interest(assessment),
        # Our own files, not data: these alone go in unescaped.
        style=Markup((_TEMPLATES / "report.css").read_text("utf-8")),
        script=Markup(script),
        script_hash=_csp_hash(script.encode()),
        plotly=plotly,
        plotly_hash=plotly_hash,
        payload=_packed(
            json.dumps(
                {"figures": drawn, "dark": figures.DARK},
                allow_nan=False,
                separators=(",", ":"),
            ).encode()
        ),
    )


def _figures(assessment: SetAssessment) -> dict[str, Any]:
    """Return every figure of the page by the fixed id of the element that shows it."""
    drawn: dict[str, Any] = {}
    if len(assessment.time_s):
        drawn["timeline"] = figures.timeline_figure(assessment)
    curved = [rep for rep in assessment.reps if has_curves(assessment, rep)]
    # The sort is stable: wrong ones first, then in the order of the recording.
    curved.sort(key=lambda rep: rep.verdict is not Verdict.WRONG)
    for rep in curved[:MOST_CURVES]:
        drawn[f"rep-{rep.number}-curves"] = figures.joint_figure(assessment, rep)
    return drawn


def _first_of_interest(assessment: SetAssessment) -> int:
    """Return the number of the repetition to show unfolded: the worst one, else the first."""
    wrong = [rep for rep in assessment.reps if rep.verdict is Verdict.WRONG]
    if wrong:
        return max(wrong, key=lambda rep: rep.score).number
    return assessment.reps[0].number if assessment.reps else 0


def _known(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "–"


_FILTERS: dict[str, Callable[..., Any]] = {
    "clock": words.clock,
    "view": words.view,
    "numbers": words.numbers,
    "score": lambda value: _known(value, "{:.2f}"),
    "seconds": lambda value: _known(value, "{:.1f} s"),
}


@cache
def _plotly() -> tuple[str, str]:
    """Return plotly.js from the installed package, packed, and the hash that lets it run."""
    found = importlib.util.find_spec("plotly")  # finds the folder without importing the package
    folders = list(found.submodule_search_locations or []) if found else []
    if not folders:
        raise StorageError("plotly is not installed, so no report can be written; reinstall.")
    file = Path(folders[0]) / "package_data" / "plotly.min.js"
    try:
        code = file.read_bytes()
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error}); reinstall plotly.") from error
    return _packed(code), _csp_hash(code)


def _packed(data: bytes) -> str:
    """Return bytes as gzip in base64; the browser's DecompressionStream unpacks it.

    Base64 has no sign that means anything to HTML, so nothing inside can break out.
    """
    return base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")


def _csp_hash(code: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code).digest()).decode("ascii")


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
