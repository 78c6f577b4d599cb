"""The same results for terminals, machines and spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment
from dtwcoach.report.words import clock
from dtwcoach.settings import SCHEMA_VERSION
from dtwcoach.tables import Column, encode_table

Row = dict[str, Any]
COLUMNS: dict[str, type] = {
    "source": str,
    "athlete": str,
    "exercise": str,
    "kind": str,
    "rep": int,
    "time": str,
    "start_s": float,
    "turn_s": float,
    "stop_s": float,
    "verdict": str,
    "score": float,
    "p_value": float,
    "worst_joint": str,
    "decided_by": str,
    "cue": str,
    "faults": str,
    "reasons": str,
    "way_out_s": float,
    "at_turn_s": float,
    "way_back_s": float,
    "pause_s": float,
    "mirrored": int,
    "view_yaw_deg": float,
    "calibration": str,
    "provisional": int,
}
"""What every table of repetitions has, and of which type; `flat_rows` adds what was measured."""
# A spreadsheet takes a cell that starts like this for a formula and runs it; the wide forms are
# what some East Asian locales read as the same signs.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def rows(assessment: SetAssessment) -> list[Row]:
    """Return one plain row per repetition, in the order of the recording.

    Keys: rep, time, start_s, stop_s, verdict, score, worst_joint, decided_by, cue, faults,
    reasons, rom_deg, way_out_s, at_turn_s, way_back_s, pause_s, p_value. What is not known is
    None.
    """
    return [_row(rep) for rep in assessment.reps]


def _row(rep: RepAssessment) -> Row:
    tempo = (phase.seconds for phase in rep.tempo) if rep.tempo else [math.nan] * 3
    out_s, turn_s, back_s = (_number(seconds, 3) for seconds in tempo)
    return {
        "rep": rep.number,
        "time": clock(rep.start_s),
        "start_s": _number(rep.start_s, 3),
        "stop_s": _number(rep.stop_s, 3),
        "verdict": rep.verdict.value,
        "score": _number(rep.score, 3),
        "worst_joint": rep.worst_joint,
        "decided_by": rep.decided_by,
        "cue": rep.cue,
        "faults": [fault.text for fault in rep.faults],
        "reasons": [reason.code for reason in rep.reasons],
        "rom_deg": {name: _number(value, 1) for name, value in rep.rom_deg.items()},
        "way_out_s": out_s,
        "at_turn_s": turn_s,
        "way_back_s": back_s,
        "pause_s": _number(rep.pause_s, 3),
        "p_value": _number(rep.p_value, 4),
    }


def to_json(assessment: SetAssessment) -> dict[str, Any]:
    """Return the assessment as plain values that strict JSON can hold (no NaN, no arrays).

    The curves stay out; distances and ratios come by feature name.
    """
    answer = {
        "schema": SCHEMA_VERSION,
        "exercise": assessment.exercise,
        "title": assessment.title,
        "athlete": assessment.athlete,
        "source": assessment.source,
        "verdict": assessment.verdict,
        "reasons": [
            _reason(reason.code, reason.detail, reason.advice) for reason in assessment.reasons
        ],
        "notes": list(assessment.notes),
        "summary": asdict(assessment.summary),
        "kind": assessment.kind,
        "numbers": asdict(assessment.numbers),
        "left_out": [asdict(item) for item in assessment.left_out],
        "reps": [_rep(assessment, rep) for rep in assessment.reps],
        "view_yaw_deg": assessment.view_yaw_deg,
        "reference_yaw_deg": assessment.reference_yaw_deg,
        "grounds": asdict(assessment.grounds),
        "model": assessment.model,
        "settings": assessment.settings,
        "duration_s": assessment.duration_s,
        "fps": assessment.fps,
    }
    plain: dict[str, Any] = _plain(answer)
    return plain


def _rep(assessment: SetAssessment, rep: RepAssessment) -> dict[str, Any]:
    return {
        **_row(rep),
        "turn_s": rep.turn_s,
        "start_frame": rep.start_frame,
        "stop_frame": rep.stop_frame,
        "mirrored": rep.mirrored,
        "phases": [asdict(phase) for phase in rep.phases],
        "tempo": [asdict(phase) for phase in rep.tempo],
        "ranges": [asdict(item) for item in rep.ranges],
        "symmetry": [asdict(item) for item in rep.symmetry],
        "faults": [asdict(fault) for fault in rep.faults],
        "reasons": [_reason(reason.code, reason.detail, reason.advice) for reason in rep.reasons],
        "features": {
            name: {"distance": _number(distance, 4), "ratio": _number(ratio, 4)}
            for name, distance, ratio in zip(
                assessment.features, rep.distances, rep.ratios, strict=False
            )
        },
    }


def flat_rows(assessment: SetAssessment, *, source: str = "") -> list[Row]:
    """Return one row of single cells per repetition, for tables over any number of sets.

    The `COLUMNS`, then `rom_left_knee_deg` for each range of motion in its unit and
    `symmetry_knee_percent` for each joint seen on both sides.

    Parameters
    ----------
    assessment : SetAssessment
    source : str
        What to call the recording where its file's name is not enough to tell it from others.
    """
    head = {
        "source": source or assessment.source,
        "athlete": assessment.athlete,
        "exercise": assessment.exercise,
        "kind": assessment.kind,
        "view_yaw_deg": _number(assessment.view_yaw_deg, 1),
        "calibration": assessment.grounds.level,
        "provisional": int(assessment.grounds.provisional),
    }
    return [{**head, **_flat(rep)} for rep in assessment.reps]


def _flat(rep: RepAssessment) -> Row:
    flat = {key: value for key, value in _row(rep).items() if key in COLUMNS}
    flat |= {"turn_s": _number(rep.turn_s, 3), "mirrored": int(rep.mirrored)}
    flat |= {name: "; ".join(flat[name]) for name in ("faults", "reasons")}
    for item in rep.ranges:
        name = f"rom_{item.feature.removesuffix('_angle')}_{item.unit}"
        flat[name] = _number(item.reached, 3 if item.unit == "torso" else 1)
    for side in rep.symmetry:
        flat[f"symmetry_{side.joint}_percent"] = _number(side.percent, 1)
    return flat


def to_csv(assessments: Iterable[SetAssessment]) -> str:
    """Return the repetitions of any number of sets as CSV text (see `csv_text`)."""
    return csv_text(list(chain.from_iterable(map(flat_rows, assessments))))


def csv_text(lines: Sequence[Row]) -> str:
    """Return rows of `flat_rows` as CSV text, a header row first.

    Text that a spreadsheet would run as a formula is disarmed with a leading apostrophe.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(_types(lines)), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: disarmed(value) for key, value in line.items()} for line in lines)
    return text.getvalue()


def parquet_bytes(lines: Sequence[Row]) -> bytes:
    """Return rows of `flat_rows` as a Parquet file: text, whole numbers and floats (nan: unknown).

    Text stays as it is: no program runs a cell of a Parquet file.
    """
    missing = {str: "", int: 0, float: math.nan}
    columns: dict[str, Column] = {}
    for name, kind in _types(lines).items():
        cells = (line.get(name) for line in lines)
        known = [missing[kind] if cell is None else cell for cell in cells]
        columns[name] = np.array(known, dtype=np.int64 if kind is int else kind)
    return encode_table(columns, header={"schema": SCHEMA_VERSION, "kind": "repetitions"})


def _types(lines: Sequence[Row]) -> dict[str, type]:
    return COLUMNS | {name: float for line in lines for name in line if name not in COLUMNS}


def disarmed(value: Any) -> Any:
    """Return a cell in one line and without the power to run."""
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    return f"'{line}" if line.startswith(_FORMULA) else line


def _reason(code: str, detail: str, advice: str) -> dict[str, str]:
    return {"code": code, "detail": detail, "advice": advice}


def _number(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def _plain(value: Any) -> Any:
    """Return nested values with every number that is not finite as None."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
