"""The truth about a synthetic recording as a JSON file beside its video."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dtwcoach.errors import StorageError
from dtwcoach.mannequin.motion import TrueRep
from dtwcoach.mannequin.recording import Truth
from dtwcoach.pose import KEYPOINTS


def truth_record(truth: Truth, *, keypoints: bool = True) -> dict[str, Any]:
    """Everything that is known about a recording, ready for JSON.

    Repetitions are counted from 1, frames from 0 and `stop` is the first frame after.
    `keypoints` adds pixels and metres of every frame.
    """
    record: dict[str, Any] = {
        "exercise": truth.exercise.name,
        "person": {
            "name": truth.person.name,
            "height_m": round(truth.person.height_m, 4),
            "handedness": truth.person.handedness,
            "style_deg": {name: list(both) for name, both in truth.person.style.items()},
        },
        "camera": asdict(truth.camera),
        "frames": len(truth),
        "reps": _reps(truth, truth.reps),
        "half_reps": _reps(truth, truth.half_reps),
    }
    if keypoints:
        record["keypoints"] = list(KEYPOINTS)
        record["time_s"] = truth.time_s.round(5).tolist()
        record["keypoints_px"] = truth.keypoints_px.round(2).tolist()
        record["keypoints_m"] = truth.keypoints_m.round(4).tolist()
    return record


def _reps(truth: Truth, reps: tuple[TrueRep, ...]) -> list[dict[str, Any]]:
    return [
        {
            "rep": number,
            "side": rep.side,
            "start": rep.start,
            "turn": rep.turn,
            "stop": rep.stop,
            "start_s": round(float(truth.time_s[rep.start]), 4),
            "turn_s": round(float(truth.time_s[rep.turn]), 4),
            "stop_s": round(rep.stop / truth.camera.fps, 4),
            "right": rep.right,
            "faults": [{"name": name, "size": size} for name, size in rep.faults],
        }
        for number, rep in enumerate(reps, start=1)
    ]


def write_truth(path: Path | str, truth: Truth, *, keypoints: bool = True) -> Path:
    """Write `truth_record` to a file and return its path.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    target = Path(path)
    text = json.dumps(truth_record(truth, keypoints=keypoints), indent=None)
    try:
        target.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"Cannot write {target}: {error.strerror}. Choose a folder that you may write to."
        ) from error
    return target
