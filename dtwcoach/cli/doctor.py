"""`dtwcoach doctor`: is everything there, does it work, and what to do if not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.screen import Bar, library, print_json, reports_folder, say, table
from dtwcoach.errors import DtwCoachError

PYTHONS = ((3, 11), (3, 12))
APT = "sudo apt install libgl1 libglib2.0-0"
AGAIN = "pip install --force-reinstall dtwcoach"
OPENCV = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)
OPENCV_AGAIN = (
    f"pip uninstall -y {' '.join(OPENCV)}; "
    "pip install opencv-python==4.11.0.86 opencv-contrib-python==4.11.0.86"
)
STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}
SYMBOLS = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Parameters
    ----------
    what : str
    status : str
        "ok", "warn" (something works less well) or "fail".
    found, remedy : str
        What is there, and what to do; no remedy where all is well.
    """

    what: str
    status: str
    found: str
    remedy: str = ""


def run(options: Namespace) -> int:
    """Check everything, print a table; 1 when anything fails."""
    steps: list[Callable[[], Iterator[Check]]] = [
        _python,
        _packages,
        _opencv_wheels,
        _probes,
        _cache,
        lambda: _folders(options),
    ]
    checks: list[Check] = []
    with Bar(len(steps)) as bar:
        for number, step in enumerate(steps):
            bar.step(number, "checking")
            checks += step()
    failed = any(check.status == "fail" for check in checks)
    if options.json:
        print_json({"ok": not failed, "checks": [asdict(check) for check in checks]})
        return FAILED if failed else OK
    table(
        ("", "Check", "Found"),
        [(f"{SYMBOLS[c.status]} {c.status}", c.what, c.found) for c in checks],
        styles=[STYLES[check.status] for check in checks],
    )
    for check in checks:
        if check.remedy:
            say(f"{check.what}: {check.remedy}")
    say("Something is wrong; see above." if failed else "All that is needed works.", style="bold")
    return FAILED if failed else OK


def _python() -> Iterator[Check]:
    version = sys.version_info[:2]
    found = f"{sys.version.split()[0]} at {sys.executable}"
    known = PYTHONS[0] <= version <= PYTHONS[1]
    remedy = "" if known else "use Python 3.11 or 3.12; MediaPipe 0.10.21 has no other wheels"
    yield Check("Python", "ok" if known else "fail", found, remedy)


def _packages() -> Iterator[Check]:
    """Installed versions against what dtwcoach asks for."""
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(line) for line in metadata.requires("dtwcoach") or ()]
    except (ImportError, metadata.PackageNotFoundError):
        yield Check("packages", "warn", "cannot be compared: dtwcoach is not installed", AGAIN)
        return
    for one in wanted:
        if one.name in OPENCV or (one.marker and not one.marker.evaluate()):
            continue
        version = _version(one.name)
        remedy = f'pip install "{one.name}{one.specifier}"'
        if version is None:
            yield Check(one.name, "fail", "not installed", remedy)
        elif version not in one.specifier:
            yield Check(one.name, "fail", f"{version}; needed {one.specifier}", remedy)
        else:
            yield Check(one.name, "ok", version)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _opencv_wheels() -> Iterator[Check]:
    """All four wheels install the same folder: the last one wins, or they mix."""
    found = {name: version for name in OPENCV if (version := _version(name))}
    said = ", ".join(f"{name} {version}" for name, version in found.items()) or "none"
    clash = len(set(found.values())) != 1
    yield Check("OpenCV wheels", "fail" if clash else "ok", said, OPENCV_AGAIN if clash else "")


def _probes() -> Iterator[Check]:
    works, said = _probe("opencv")
    if not works:
        remedy = APT if "cannot open shared object" in said else OPENCV_AGAIN
        yield Check("OpenCV", "fail", said, remedy)
        return
    yield Check("OpenCV", "ok", said)
    for name, what in (("model", "pose model"), ("pose", "pose model at work")):
        works, said = _probe(name)
        yield Check(what, "ok" if works else "fail", said, "" if works else AGAIN)
    works, said = _probe("camera")
    remedy = "" if works else "videos work without one"
    yield Check("camera", "ok" if works else "warn", said, remedy)


def _probe(name: str, *, timeout_s: float = 60.0) -> tuple[bool, str]:
    """Run a check of `probes` in its own process; whether it worked, and its last words."""
    command = [sys.executable, "-m", "dtwcoach.cli.probes", name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired:
        return False, f"no answer for {timeout_s:g} s"
    said = done.stdout if done.returncode == 0 else done.stderr
    words = said.decode(errors="replace").strip().splitlines()
    if done.returncode < 0:
        return False, f"crashed (signal {-done.returncode})"
    return done.returncode == 0, words[-1] if words else "no answer"


def _cache() -> Iterator[Check]:
    from dtwcoach.sources.cache import cache_folder

    folder = cache_folder()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield _writable("cache", folder, f"{size / 2**20:.0f} MB in {folder}", "DTWCOACH_CACHE")


def _folders(options: Namespace) -> Iterator[Check]:
    books = library(options)
    yield _writable("references", books.root, str(books.root.absolute()), "--references")
    reports = reports_folder(options)
    yield _writable("reports", reports, str(reports.absolute()), "--reports")
    try:
        names = books.exercises()
        count = sum(len(books.infos(name)) for name in names)
        status = "ok" if count else "warn"
        remedy = "" if count else "add some: dtwcoach reference add NAME VIDEO"
        yield Check("library", status, f"{len(names)} exercises, {count} references", remedy)
    except DtwCoachError as error:
        yield Check("library", "fail", str(error), "mend or remove what is named there")


def _writable(what: str, folder: Path, found: str, other: str) -> Check:
    """Whether a file can be made there, or in the folder in which it would be made."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(what, "ok", found)
    except OSError as error:
        remedy = f"make it writable, or choose another with {other}"
        status = "warn" if what == "cache" else "fail"  # works without, only slower
        return Check(what, status, f"{found}: {error.strerror}", remedy)
