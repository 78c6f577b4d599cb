"""The page of `dtwcoach reference check`: the heat map, the blind spots and every figure."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from dtwcoach import __version__
from dtwcoach.matching.sensitivity import Sensitivity
from dtwcoach.report import figures, heatmap, words
from dtwcoach.report.page import _TEMPLATES, _csp_hash, _packed, _plotly, _slug
from dtwcoach.storage import write_atomically


def check_path(folder: str | os.PathLike[str], exercise: str, now: datetime) -> Path:
    """Return a file name in `folder`, such as `2026-11-20-091500-squat-check.html`."""
    return Path(folder) / f"{now:%Y-%m-%d-%H%M%S}-{_slug(exercise)}-check.html"


def write_check(
    seen: Sensitivity, path: str | os.PathLike[str], *, now: datetime | None = None
) -> Path:
    """Write the page and return its path; the file appears whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    page = check_html(seen, now=now or datetime.now().astimezone())
    write_atomically(Path(path), page.encode("utf-8", "replace"))
    return Path(path)


def check_html(seen: Sensitivity, *, now: datetime) -> str:
    """Return the page as text (see `write_check`)."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (_TEMPLATES / "report.js").read_text("utf-8")
    plotly, plotly_hash = _plotly()
    drawn = {"figures": {"sight": heatmap.heatmap_figure(seen)}, "dark": figures.DARK}
    return environment.get_template("check.html.j2").render(
        seen=seen,
        now=now,
        version=__version__,
        words=words,
        heatmap=heatmap,
        # Our own files, not data: these alone go in unescaped.
        style=Markup((_TEMPLATES / "report.css").read_text("utf-8")),
        script=Markup(script),
        script_hash=_csp_hash(script.encode()),
        plotly=plotly,
        plotly_hash=plotly_hash,
        payload=_packed(json.dumps(drawn, allow_nan=False, separators=(",", ":")).encode()),
    )
