"""What all pages share: their frame, their scripts, and how they reach the disk."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import json
import os
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from dtwcoach import __version__
from dtwcoach.errors import StorageError
from dtwcoach.report import figures, words
from dtwcoach.storage import write_atomically

_TEMPLATES = Path(__file__).parent / "templates"


def render(
    template: str, *, drawn: Mapping[str, figures.Figure], now: datetime, **values: Any
) -> str:
    """Return a page as text; every value is escaped.

    Parameters
    ----------
    template : str
        File name in `report/templates`; it extends `page.html.j2`.
    drawn : dict
        Figures by the fixed id of the element that shows each.
    now : datetime
        The date shown.
    **values
        What the template speaks of.
    """
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
    payload = {"figures": drawn, "dark": figures.DARK}
    plotly, plotly_hash = _plotly()
    return environment.get_template(template).render(
        now=now,
        version=__version__,
        words=words,
        # Our own files, not data: these alone go in unescaped.
        style=Markup((_TEMPLATES / "report.css").read_text("utf-8")),
        script=Markup(script),
        script_hash=_csp_hash(script.encode()),
        plotly=plotly if drawn else "",
        plotly_hash=plotly_hash,
        payload=_packed(json.dumps(payload, allow_nan=False, separators=(",", ":")).encode()),
        **values,
    )


def write_page(path: str | os.PathLike[str], page: str) -> Path:
    """Write a page and return its path; the file appears whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    # File names may hold bytes that are not text; they must not stop the page.
    write_atomically(Path(path), page.encode("utf-8", "replace"))
    return Path(path)


def page_path(folder: str | os.PathLike[str], now: datetime, *parts: str) -> Path:
    """Return a free file name in `folder`, such as `2026-11-20-091500-squat-check.html`.

    Names of people and files are data: only their plain letters and digits reach the disk.
    """
    stem = "-".join([f"{now:%Y-%m-%d-%H%M%S}", *filter(None, map(slug, parts))])
    path, number = Path(folder) / f"{stem}.html", 1
    while path.exists():
        number += 1
        path = path.with_name(f"{stem}-{number}.html")
    return path


def slug(text: str) -> str:
    """Return what is left of a text in a file name; "" if nothing is.

    >>> slug("Änna  (2)"), slug("../")
    ('anna-2', '')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


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
