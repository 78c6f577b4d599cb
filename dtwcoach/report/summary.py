"""The small summary that every page carries in its head, and how a folder's pages are read back.

The history keeps the same of named athletes (`dtwcoach.history`). What is read may come from
anybody, so it is checked to the last field, and a file that does not pass is counted, not trusted.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import Cue, SetAssessment, Verdict
from dtwcoach.pose import SIDES

SUMMARY_SCHEMA = 1
"""Version of the summary; a page with a higher one was made by a newer program and is left out."""
KINDS = ("set", "calibration", "check", "sheet", "evaluation", "index", "progress")
MOST_BYTES = 256 * 1024
"""How much of a file is read: the summary stands in the head."""
MOST_CHARACTERS = 200
"""Longer texts are cut."""
MOST_REPS = 1000
"""Repetitions told one by one; the counts are of all."""

_ELEMENT = re.compile(rb'<script type="application/json" id="summary">(.*?)</script>', re.DOTALL)
_LARGEST = 1e9
_YEARS = range(1990, 2200)
NAN = math.nan  # always this one: equal summaries are then equal, whatever is not known


@dataclass(frozen=True)
class RepSummary:
    """One repetition: its number, verdict, and score (nan when not judged)."""

    number: int
    verdict: Verdict
    score: float


@dataclass(frozen=True)
class CueSummary:
    """What was to change: `about` is the same for the same fault in every set."""

    about: str
    instruction: str


@dataclass(frozen=True)
class Summary:
    """What a page says of itself; of pages that are no set only the first six fields are known.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    title, exercise, athlete : str
    date : datetime
        When it was made, with its time zone.
    path : Path
        The file it was read from; not compared.
    source : str
        Name of the recording.
    hold : bool
        Whether the repetitions are positions held.
    right, wrong, cannot_judge : int
        Repetitions by verdict.
    score : float
        Median of the judged repetitions; 1.0 is the border, lower is better; nan where none was
        judged, as all numbers below that are not known.
    reps : tuple of RepSummary
        At most `MOST_REPS`.
    joint, unit : str
        The main joint and the unit of its range; "" where none was measured.
    rom_mean, rom_low, rom_high : float
        Its range of motion over the repetitions.
    phases : tuple of str
        What the way out, the turn and the way back are called; empty where not known.
    out_s, turn_s, back_s : float
        Their median times.
    under_tension_s : float
        Sum of the repetitions' times: of holds, the time in position.
    velocity_loss_percent : float
    symmetry_percent : tuple of (str, float)
        Joint and how much further its left side moved than its right.
    view_yaw_deg : float
        Where the camera stood.
    level : str
        What the border was learnt from.
    threshold, strictness : float
    provisional : bool
    balanced_accuracy : tuple of float
        Expected for other people, with its 95 % interval.
    cues : tuple of CueSummary
    good : tuple of str
    duration_s : float
        Of the recording.
    settings, model : str
        Fingerprint of the settings, name of the pose model.
    references : str
        Digest of all that was compared with: equal where nothing about it has changed.
    """

    kind: str
    title: str
    exercise: str
    athlete: str
    date: datetime
    path: Path = field(default=Path(), compare=False)
    source: str = ""
    hold: bool = False
    right: int = 0
    wrong: int = 0
    cannot_judge: int = 0
    score: float = NAN
    reps: tuple[RepSummary, ...] = ()
    joint: str = ""
    unit: str = ""
    rom_mean: float = NAN
    rom_low: float = NAN
    rom_high: float = NAN
    phases: tuple[str, ...] = ()
    out_s: float = NAN
    turn_s: float = NAN
    back_s: float = NAN
    under_tension_s: float = NAN
    velocity_loss_percent: float = NAN
    symmetry_percent: tuple[tuple[str, float], ...] = ()
    view_yaw_deg: float = NAN
    level: str = ""
    threshold: float = NAN
    strictness: float = NAN
    provisional: bool = False
    balanced_accuracy: tuple[float, ...] = ()
    cues: tuple[CueSummary, ...] = ()
    good: tuple[str, ...] = ()
    duration_s: float = NAN
    settings: str = ""
    model: str = ""
    references: str = ""

    @property
    def total(self) -> int:
        """How many repetitions there were."""
        return self.right + self.wrong + self.cannot_judge

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return "hold" if self.hold else "repetition"


def summary_of(assessment: SetAssessment, now: datetime) -> dict[str, Any]:
    """Return a set's summary as plain values for strict JSON: what is not known is None.

    The keys are the fields of `Summary`; into a page it goes by `script_text`.

    Parameters
    ----------
    assessment : SetAssessment
    now : datetime
        Date of the report; one without a zone is taken for local time.
    """
    a, numbers, grounds = assessment, assessment.numbers, assessment.grounds
    scores = [rep.score for rep in a.reps if math.isfinite(rep.score)]
    return {
        **page_summary("set", a.title, now, exercise=a.exercise, athlete=a.athlete),
        "source": _cut(a.source),
        "hold": a.kind == "hold",
        "right": a.count(Verdict.RIGHT),
        "wrong": a.count(Verdict.WRONG),
        "cannot_judge": a.count(Verdict.CANNOT_JUDGE),
        "score": _rounded(float(np.median(scores)) if scores else NAN),
        "reps": [[r.number, r.verdict.value, _rounded(r.score)] for r in a.reps[:MOST_REPS]],
        "joint": _cut(numbers.joint),
        "unit": _cut(numbers.unit),
        "rom_mean": _rounded(numbers.rom_mean),
        "rom_low": _rounded(numbers.rom_low),
        "rom_high": _rounded(numbers.rom_high),
        "phases": [_cut(phase) for phase in numbers.phases],
        "out_s": _rounded(numbers.out_s),
        "turn_s": _rounded(numbers.turn_s),
        "back_s": _rounded(numbers.back_s),
        "under_tension_s": _rounded(numbers.under_tension_s),
        "velocity_loss_percent": _rounded(numbers.velocity_loss_percent),
        "symmetry_percent": [
            [_cut(joint), _rounded(percent)] for joint, percent in numbers.symmetry_percent.items()
        ],
        "view_yaw_deg": _rounded(a.view_yaw_deg),
        "level": _cut(grounds.level),
        "threshold": _rounded(grounds.threshold),
        "strictness": _rounded(grounds.strictness),
        "provisional": bool(grounds.provisional),
        "balanced_accuracy": [_rounded(v) for v in grounds.estimates["balanced_accuracy"]],
        "cues": [[_cut(_about(cue)), _cut(cue.instruction)] for cue in a.summary.cues],
        "good": [_cut(sentence) for sentence in a.summary.good],
        "duration_s": _rounded(a.duration_s),
        "settings": _cut(a.settings),
        "model": _cut(a.model),
        "references": _references(a),
    }


def page_summary(
    kind: str, title: str, now: datetime, *, exercise: str = "", athlete: str = ""
) -> dict[str, Any]:
    """Return the summary of a page that is no set: what it is and when it was made."""
    zoned = now if now.tzinfo else now.astimezone()
    return {
        "schema": SUMMARY_SCHEMA,
        "kind": kind,
        "title": _cut(title),
        "exercise": _cut(exercise),
        "athlete": _cut(athlete),
        "date": zoned.isoformat(timespec="seconds"),
    }


def script_text(summary: Mapping[str, Any]) -> str:
    r"""Return a summary as the text of its script element.

    Plain ASCII without a sign that means anything to HTML: no name can close the element.

    >>> script_text({"athlete": "</script>"})
    '{"athlete":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(summary, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def person_key(name: str) -> str:
    r"""Return what is the same for all spellings of a name: case, accents' coding, outer spaces.

    Longer names than a summary holds are cut as it cuts them.

    >>> person_key("Jose\u0301 ") == person_key("JOSÉ")
    True
    """
    folded = unicodedata.normalize("NFC", _cut(name).strip()).casefold()
    return unicodedata.normalize("NFC", folded)


def read_summary(path: str | os.PathLike[str]) -> Summary | None:
    """Return what a page says of itself; None where it is no page of ours, or a damaged one.

    Never raises for what a file may hold; reads at most its first `MOST_BYTES`.
    """
    path = Path(path)
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            return None
        with path.open("rb") as file:
            found = _ELEMENT.search(file.read(MOST_BYTES))
        return summary_from(json.loads(found[1]), path) if found else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def read_reports(folder: str | os.PathLike[str]) -> tuple[tuple[Summary, ...], int]:
    """Return the summaries of all pages in a folder, and how many files could not be read.

    The same page lying there twice, as a copy or a link, counts once.

    Parameters
    ----------
    folder : path
        Its `.html` files are read, not those of folders in it.

    Returns
    -------
    tuple of Summary
        Oldest first.
    int
        Other pages, and such as are damaged or newer than this program.
    """
    read = [read_summary(path) for path in sorted(Path(folder).glob("*.html"))]
    known = dict.fromkeys(summary for summary in read if summary is not None)
    return tuple(sorted(known, key=lambda summary: summary.date)), read.count(None)


def _about(cue: Cue) -> str:
    """What a cue is about, without its side: "knee less bent", "way down faster"."""
    side, _, part = cue.joint.partition(" ")
    joint = part if side in SIDES else part.removesuffix("s") if side == "both" else cue.joint
    return f"{cue.phase if cue.unit == 's' else joint} {cue.direction}"


def _references(assessment: SetAssessment) -> str:
    """Digest of the border and of the references; rounded, since a sum may differ by a bit."""
    digest = hashlib.sha256(assessment.grounds.level.encode("utf-8", "surrogatepass"))
    for values in (
        [assessment.grounds.threshold, assessment.grounds.strictness],
        assessment.reference_mean,
        assessment.tolerance,
        assessment.limit,
    ):
        digest.update((np.round(np.asarray(values, dtype=float), 4) + 0.0).tobytes())
    return digest.hexdigest()[:12]


def _cut(text: str) -> str:
    return text[:MOST_CHARACTERS]


def _rounded(value: float) -> float | None:
    return round(float(value), 3) if abs(value) <= _LARGEST else None


# Reading: one function a kind of value; each takes what JSON gave and raises ValueError.


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise ValueError("no short text")
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise ValueError("no count")
    return value


def _number(value: Any) -> float:
    if value is None:
        return NAN
    if type(value) not in (int, float) or not abs(value) <= _LARGEST:
        raise ValueError("no number")
    return float(value)


def _date(value: Any) -> datetime:
    date = datetime.fromisoformat(_text(value))
    if date.tzinfo is None or date.year not in _YEARS:
        raise ValueError("no date with a zone")
    return date


def _many(one: Callable[[Any], Any], most: int = 32) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError("no short list")
        return tuple(one(item) for item in value)

    return read


def _row(made: Callable[..., Any], *ones: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError("no row")
        return made(*(one(item) for one, item in zip(ones, value, strict=True)))

    return read


def _pair(*values: Any) -> tuple[Any, ...]:
    return values


_PAGE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "title": _text,
    "exercise": _text,
    "athlete": _text,
    "date": _date,
}
_SET_FIELDS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("source", "joint", "unit", "level", "settings", "model", "references"), _text),
    **dict.fromkeys(("hold", "provisional"), _yes_or_no),
    **dict.fromkeys(("right", "wrong", "cannot_judge"), _count),
    **dict.fromkeys(("score", "rom_mean", "rom_low", "rom_high"), _number),
    **dict.fromkeys(("out_s", "turn_s", "back_s", "under_tension_s", "duration_s"), _number),
    **dict.fromkeys(("velocity_loss_percent", "view_yaw_deg"), _number),
    **dict.fromkeys(("threshold", "strictness"), _number),
    "reps": _many(_row(RepSummary, _count, Verdict, _number), MOST_REPS),
    "phases": _many(_text),
    "symmetry_percent": _many(_row(_pair, _text, _number)),
    "balanced_accuracy": _many(_number),
    "cues": _many(_row(CueSummary, _text, _text)),
    "good": _many(_text),
}


def summary_from(data: Any, path: Path) -> Summary:
    """Return a summary from its plain values (see `summary_of`), each of them checked.

    Raises
    ------
    ValueError, TypeError, KeyError
        When it is none that this program knows.
    """
    if _count(data["schema"]) != SUMMARY_SCHEMA or data["kind"] not in KINDS:
        raise ValueError("no summary that this program knows")
    fields: Sequence[tuple[str, Callable[[Any], Any]]] = list(_PAGE_FIELDS.items())
    if data["kind"] == "set":
        fields = [*fields, *_SET_FIELDS.items()]
    values = {name: read(data[name]) for name, read in fields}
    return Summary(kind=data["kind"], path=path, **values)
