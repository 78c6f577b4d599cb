"""What `score` writes to disk: refused at once where it cannot work, and one thing at a time."""

from __future__ import annotations

import traceback
import unicodedata
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dtwcoach.cli.batch import bug
from dtwcoach.cli.screen import reports_folder, warn
from dtwcoach.errors import DtwCoachError, UsageError
from dtwcoach.matching.assessment import SetAssessment

if TYPE_CHECKING:
    from dtwcoach.report.tables import Row

T = TypeVar("T")
ENDINGS = {"csv": ".csv", "parquet": ".parquet", "video": ".webm"}
"""Options that name a file, and how its name must end."""


def check(options: Namespace) -> None:
    """Refuse what cannot work before it costs minutes.

    Raises
    ------
    UsageError
    """
    for name, ending in ENDINGS.items():
        path = getattr(options, name)
        if path is not None:
            check_file(f"--{name}", path, ending, options.files)
    if options.opensim is not None:
        _check_parent("--opensim", options.opensim)
        if options.opensim.exists() and not options.opensim.is_dir():
            raise UsageError(f"--opensim {options.opensim}: a file arrived; needed a folder.")
    if options.beside and options.video is None:
        raise UsageError("--beside belongs to a video; name one too: --video FILE.webm")
    if options.frames and options.no_report:
        raise UsageError("--frames puts pictures into the report; --no-report leaves it out.")
    if options.video is not None and len(options.files) > 1:
        raise UsageError(
            f"--video shows one recording; {len(options.files)} arrived. Score one at a time."
        )
    if options.video is not None or options.frames:
        _check_pictures("--video" if options.video else "--frames", options.files)


def check_file(flag: str, path: Path, ending: str, recordings: Sequence[Path]) -> None:
    """Refuse the name of a file that cannot be written, or is one of the recordings.

    Raises
    ------
    UsageError
    """
    if path.suffix.lower() != ending:
        raise UsageError(f"{flag} {path}: needed the name of a file that ends in {ending}.")
    _check_parent(flag, path)
    if path.is_dir():
        raise UsageError(f"{flag} {path}: a folder arrived; needed the name of a file.")
    if path.exists() and any(file.exists() and path.samefile(file) for file in recordings):
        raise UsageError(f"{flag} {path}: this is the recording itself. Choose another name.")


def _check_parent(flag: str, path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{flag} {path}: there is no folder {path.parent}. Make it first.")


def _check_pictures(flag: str, recordings: Sequence[Path]) -> None:
    from dtwcoach.sources.containers import is_video_file
    from dtwcoach.sources.pose_files import is_pose_file

    for file in recordings:
        if is_pose_file(file) and not is_video_file(file):
            raise UsageError(f"{flag} needs a video's pictures; {file} holds poses only.")


def stems(recordings: Sequence[Path]) -> dict[Path, str]:
    """A file name without ending for each recording.

    No two alike, also where a disk ignores case or in which of two ways an accent is coded.
    """
    taken: set[str] = set()
    names: dict[Path, str] = {}
    for file in dict.fromkeys(recordings):
        stem = name = file.absolute().stem
        number = 1
        while (folded := unicodedata.normalize("NFC", name.casefold())) in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(folded)
        names[file] = name
    return names


@dataclass
class Written:
    """What has been written so far, and what went wrong: no failure stops the next thing.

    Parameters
    ----------
    files : list of (label, path)
    errors, traces : list of str
        The second for mistakes of the program.
    """

    files: list[tuple[str, Path]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

    def attempt(self, make: Callable[[], T]) -> T | None:
        """Return what `make` makes; None where it fails."""
        try:
            return make()
        except DtwCoachError as error:
            self.errors.append(str(error))
        except Exception as error:
            self.errors.append(bug(error))
            self.traces.append(traceback.format_exc())
        return None

    def add(self, label: str, write: Callable[[], Path]) -> Path | None:
        """Write one file, and remember it."""
        path = self.attempt(write)
        if path is not None:
            self.files.append((label, path))
        return path


def write_report(
    written: Written, assessment: SetAssessment, video: Path, options: Namespace
) -> Path | None:
    """Write a recording's page; where its pictures cannot be had, without them."""
    from dtwcoach.report import page

    stills = None
    if options.frames:
        from dtwcoach import film

        stills = written.attempt(lambda: film.stills(assessment, video, mirrored=options.mirrored))
    path = page.report_path(reports_folder(options), assessment, datetime.now())
    return written.add(
        "Report:", lambda: page.write_report(assessment, path, stills=stills, plotly=options.plotly)
    )


def write_opensim(
    written: Written, assessment: SetAssessment, stem: str, options: Namespace
) -> None:
    """Write a recording's `.trc` and `.mot`; say where their scale is a guess."""
    from dtwcoach.exports import opensim

    found = written.attempt(
        lambda: opensim.write_opensim(assessment, options.opensim, stem, height_cm=options.height)
    )
    if found is not None:
        trc, mot, scale = found
        written.files += [("Markers:", trc), ("Angles:", mot)]
        if scale.assumed:
            warn(
                f"{assessment.source}: the markers' size is a guess ({scale.origin}). "
                "Give the athlete's height: --height CM"
            )
    elif not written.errors:
        warn(f"{assessment.source}: nobody was seen, so there is nothing for OpenSim.")


def write_film(
    written: Written,
    assessment: SetAssessment,
    video: Path,
    options: Namespace,
    progress: Callable[[float], None],
) -> None:
    """Write the recording with what was judged drawn in."""
    from dtwcoach import film

    written.add(
        "Video:",
        lambda: film.write_film(
            assessment,
            video,
            options.video,
            beside=options.beside,
            mirrored=options.mirrored,
            progress=progress,
        ),
    )


def write_tables(written: Written, lines: Sequence[Row], options: Namespace) -> None:
    """Write the tables over all recordings."""
    from dtwcoach.report import tables
    from dtwcoach.storage import write_atomically

    def write(path: Path, data: bytes) -> Path:
        write_atomically(path, data)
        return path

    if options.csv is not None:
        data = tables.csv_text(lines).encode("utf-8", "replace")
        written.add("Table:", lambda: write(options.csv, data))
    if options.parquet is not None:
        written.add("Table:", lambda: write(options.parquet, tables.parquet_bytes(lines)))
