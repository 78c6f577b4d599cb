"""What the commands print: results on stdout, progress and warnings on stderr."""

from __future__ import annotations

import json
import math
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from dtwcoach.cli.plain import plain

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from dtwcoach.matching.library import Library

PIPE_WIDTH = 120
"""Columns where the output goes to a file or another program."""
REPORTS = "DTWCOACH_REPORTS"


def console(*, errors: bool = False) -> Console:
    """A console that takes every text as it is: no markup, no emoji codes."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def say(text: str = "", *, style: str | None = None) -> None:
    """Print a line on stdout; on a terminal long ones wrap at words."""
    _line(console(), text, style)


def say_path(label: str, path: Path | str) -> None:
    """Print a path or address that can be copied: never wrapped."""
    console().print(f"{label} {plain(str(path))}", soft_wrap=True)


def command(*parts: str) -> str:
    """A dtwcoach command as one may type it: names with spaces quoted."""
    return shlex.join(["dtwcoach", *(plain(part) for part in parts)])


def warn(text: str) -> None:
    """Print a line on stderr."""
    _line(console(errors=True), text, "yellow")


def _line(where: Console, text: str, style: str | None) -> None:
    where.print(plain(text, lines=True), style=style, soft_wrap=not where.is_terminal)


def print_json(value: Any) -> None:
    """Print strict JSON on stdout; numbers that are not known become null."""
    print(json.dumps(_strict(value), indent=2, ensure_ascii=True, allow_nan=False))


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    styles: Sequence[str | None] = (),
) -> None:
    """Print a table.

    Parameters
    ----------
    columns : sequence of str
        Headings; one that starts with ">" is set to the right. All empty: no heading.
    rows : iterable of sequences
        Cells; anything with a `str`.
    styles : sequence of str or None
        Colour of each row.
    """
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, show_header=any(columns))
    for column in columns:
        grid.add_column(
            column.removeprefix(">"),
            justify="right" if column.startswith(">") else "left",
            overflow="fold",
        )
    for number, row in enumerate(rows):
        style = styles[number] if number < len(styles) else None
        grid.add_row(*(plain(str(cell)) for cell in row), style=style)
    console().print(grid)


def library(options: argparse.Namespace) -> Library:
    """The user's library, with the starters behind it."""
    from dtwcoach.matching.library import Library, library_root, starter_root

    return Library(library_root(options.references), starters=starter_root())


def reports_folder(options: argparse.Namespace) -> Path:
    """Where reports go: the flag, else `DTWCOACH_REPORTS`, else `./reports`."""
    return options.reports or Path(os.environ.get(REPORTS) or "reports")


class Bar:
    """A progress bar on stderr that appears with the first step and goes when done.

    Use as a context manager; nothing is drawn (nor imported) when nothing takes time.
    """

    def __init__(self, total: float = 1.0) -> None:
        self._total = total
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def step(self, completed: float, text: str) -> None:
        """Show how much of the total is done and what is going on."""
        if self._progress is None:
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %", markup=False),
                TimeRemainingColumn(),
                console=console(errors=True),
                transient=True,
            )
            self._progress.start()
            self._task = self._progress.add_task("", total=self._total)
        self._progress.update(self._task, completed=completed, description=plain(text))
