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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from dtwcoach import __version__
from dtwcoach.errors import StorageError
from dtwcoach.report import figures, words
from dtwcoach.report.summary import script_text
from dtwcoach.storage import write_atomically

PLOTLY = ("inline", "directory")
"""Where a page has its drawing library: inside, or in a file that all pages of a folder share."""

_TEMPLATES = Path(__file__).parent / "templates"
_LONG, _POOLED = 16, "$"
"""Lists of so many values are pooled, and this key of an object stands for one of them."""


def render(
    template: str,
    *,
    drawn: Mapping[str, figures.Figure],
    now: datetime,
    data: Mapping[str, Any] | None = None,
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    plotly: str = "inline",
    summary: Mapping[str, Any] | None = None,
    **values: Any,
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
    data : dict, optional
        What the page's scripts work with besides figures; strict JSON.
    scripts, styles : sequence of str
        File names in `report/templates`, beyond those of every page.
    plotly : str
        One of `PLOTLY`: the drawing library inside the page, or in a file beside it that
        `write_page` then takes care of.
    summary : dict, optional
        What the page tells other programs of itself (see `report/summary.py`).
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
    parts = [_template(name) for name in ("base.js", *scripts)]
    script = "\n".join(['"use strict";', "(() => {", *parts, "start();", "})();"])
    inside = bool(drawn) and plotly == "inline"
    return environment.get_template(template).render(
        now=now,
        version=__version__,
        words=words,
        # Our own files, not data: these alone go in unescaped.
        style=Markup("\n".join(_template(name) for name in ("report.css", *styles))),
        script=Markup(script),
        script_hash=_csp_hash(script.encode()),
        plotly=_plotly().packed if inside else "",
        plotly_hash=_plotly().csp_hash if inside else "",
        plotly_file=_plotly().file_name if drawn and not inside else "",
        payload=_packed(_payload(drawn, data or {})),
        summary=Markup(script_text(summary)) if summary else "",
        **values,
    )


def _payload(drawn: Mapping[str, figures.Figure], data: Mapping[str, Any]) -> bytes:
    """Return all that scripts are given, as JSON; long lists that recur are there once."""
    arrays: dict[str, int] = {}

    def pooled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: pooled(item) for key, item in value.items()}
        if not isinstance(value, list):
            return value
        if len(value) < _LONG or isinstance(value[0], dict | list):
            return [pooled(item) for item in value]
        return {_POOLED: arrays.setdefault(_json(value), len(arrays))}

    payload = {"figures": pooled(dict(drawn)), "dark": figures.DARK, "data": data}
    head = _json(payload)
    # The lists are text already; they are joined in the order of their numbers.
    return f'{head[:-1]},"arrays":[{",".join(arrays)}]}}'.encode()


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def write_page(path: str | os.PathLike[str], page: str, *, plotly: str = "inline") -> Path:
    """Write a page and return its path; the file appears whole or not at all.

    With `plotly="directory"` the drawing library is put beside it, once for all pages.

    Raises
    ------
    StorageError
        When a file cannot be written.
    """
    path = Path(path)
    if plotly == "directory":
        shared = path.with_name(_plotly().file_name)
        if not shared.exists():
            write_atomically(shared, _plotly().code)
    # File names may hold bytes that are not text; they must not stop the page.
    write_atomically(path, page.encode("utf-8", "replace"))
    return path


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


@dataclass(frozen=True)
class _Plotly:
    """plotly.js from the installed package."""

    code: bytes
    packed: str
    csp_hash: str

    @property
    def file_name(self) -> str:
        """What it is called beside pages: other versions are other files."""
        return f"plotly-{hashlib.sha256(self.code).hexdigest()[:8]}.min.js"


@cache
def _plotly() -> _Plotly:
    found = importlib.util.find_spec("plotly")  # finds the folder without importing the package
    folders = list(found.submodule_search_locations or []) if found else []
    if not folders:
        raise StorageError("plotly is not installed, so no report can be written; reinstall.")
    file = Path(folders[0]) / "package_data" / "plotly.min.js"
    try:
        code = file.read_bytes()
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error}); reinstall plotly.") from error
    return _Plotly(code, _packed(code), _csp_hash(code))


def _packed(data: bytes) -> str:
    """Return bytes as gzip in base64; the browser's DecompressionStream unpacks it.

    Base64 has no sign that means anything to HTML, so nothing inside can break out.
    """
    return base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")


def _csp_hash(code: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code).digest()).decode("ascii")
