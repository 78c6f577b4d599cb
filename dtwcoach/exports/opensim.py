"""A recording as OpenSim reads it: markers as `.trc`, joint angles over time as `.mot`.

Both layouts follow OpenSim's documentation, "Marker (.trc) Files" and "Motion (.mot) Files"
(https://opensimconfluence.atlassian.net/wiki/spaces/OpenSim/pages/53089972 and 53089415), and what
its readers take (`TRCFileAdapter`, `Storage` and `DelimFileAdapter` in opensim-core):

- Of a `.trc`, every row needs exactly one field for each column, ended by a tab; three empty ones
  are a marker that was not seen.
- A `.mot` of version 1 is read as a stream of plain numbers that ends for good at the first `NaN`,
  and OpenSim's tools spline every column. So gaps are bridged in a straight line, the ends held,
  and the column `measured` tells of every moment which share of the angles was seen. Angles seen
  less than half of the time are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.feedback import TORSO_OF_HEIGHT
from dtwcoach.motion.body import BodyMotion
from dtwcoach.motion.features import FEATURES, FeatureSeries
from dtwcoach.pose import KEYPOINTS, FloatArray
from dtwcoach.report.shell import slug
from dtwcoach.segmentation.phases import PHASES
from dtwcoach.storage import write_atomically

ASSUMED_TORSO_M = 0.5
"""Of a grown-up 1.74 m tall; for poses in the flat of somebody whose height is not given."""
MIN_SEEN = 0.5
"""An angle known in a smaller share of the frames is no column: most of it would be made up."""
TRC_KEYS = (
    "DataRate",
    "CameraRate",
    "NumFrames",
    "NumMarkers",
    "Units",
    "OrigDataRate",
    "OrigDataStartFrame",
    "OrigNumFrames",
)


@dataclass(frozen=True)
class Scale:
    """How long a torso is taken to be.

    Parameters
    ----------
    torso_mm : float
    origin : str
        Where that comes from, in plain words.
    assumed : bool
        Whether nothing is known about this body's size.
    """

    torso_mm: float
    origin: str
    assumed: bool = False


def scale_of(body: BodyMotion, *, height_cm: float | None = None) -> Scale:
    """The length of a body's torso: by its height, else by the pose model, else assumed."""
    if height_cm is not None:
        return Scale(10 * height_cm * TORSO_OF_HEIGHT, f"a height of {height_cm:g} cm")
    if math.isfinite(body.torso_m):
        return Scale(1000 * body.torso_m, "the pose model's own metres")
    return Scale(1000 * ASSUMED_TORSO_M, f"an assumed torso of {ASSUMED_TORSO_M:g} m", assumed=True)


def trc_text(body: BodyMotion, *, name: str, scale: Scale) -> str:
    """Return the keypoints of a body as the text of a `.trc` file.

    Parameters
    ----------
    body : BodyMotion
    name : str
        Of the file, as its first line tells it.
    scale : Scale

    Returns
    -------
    str
        Millimetres in OpenSim's axes: x forward, y up, z to the body's right, from the middle of
        the hips. Keypoints that were never seen are left out.
    """
    left, up, forward = np.moveaxis(body.positions, -1, 0)
    markers = np.stack([forward, up, -left], axis=-1) * scale.torso_mm
    markers[~np.isfinite(markers).all(axis=-1)] = np.nan  # a marker is seen as a whole or not
    seen = np.isfinite(markers[..., 0]).any(axis=0)
    names = [keypoint for keypoint, there in zip(KEYPOINTS, seen, strict=True) if there]
    frames, rate = str(len(markers)), f"{1 / np.median(np.diff(body.time_s)):g}"
    values = (rate, rate, frames, str(len(names)), "mm", rate, "1", frames)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}",
        _row(TRC_KEYS),
        _row(values),
        _row(["Frame#", "Time", *(f"{marker}\t\t" for marker in names)]),
        _row(["", "", *(f"{axis}{at}" for at in range(1, len(names) + 1) for axis in "XYZ")]),
        "",
    ]
    flat = markers[:, seen].reshape(len(markers), -1)
    for number, (time_s, row) in enumerate(zip(body.time_s, flat, strict=True), 1):
        cells = (f"{value:.3f}" if math.isfinite(value) else "" for value in row.tolist())
        # The tab that ends the row keeps a last field that is empty.
        lines.append(_row([str(number), f"{time_s:.6f}", *cells]) + "\t")
    return "\n".join(lines) + "\n"


def mot_text(assessment: SetAssessment, series: FeatureSeries, *, name: str, scale: Scale) -> str:
    """Return every angle over time as the text of a `.mot` file.

    Parameters
    ----------
    assessment : SetAssessment
        For its repetitions and their phases.
    series : FeatureSeries
        Of its recording.
    name : str
        Of the file, as its first line tells it.
    scale : Scale
        Of the markers beside it, named in the header: a `.trc` has no place for it.

    Returns
    -------
    str
        Columns `time` (seconds), the features in degrees under their own names, `repetition` (its
        number, 0 outside), `phase` (from 1 in the order of `segmentation.phases.PHASES`, 0 outside)
        and `measured` (see the module).
    """
    columns = _columns(assessment, series)
    phases = ", ".join(f"{number} {phase}" for number, phase in enumerate(PHASES, 1))
    lines = [
        name,
        "version=1",
        f"nRows={len(series.time_s)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "",
        "Joint angles lie between two segments (180 is straight); they are no model's coordinates.",
        f"The column phase holds 0 between repetitions, {phases}.",
        "The column measured holds the share of the angles seen; straight lines bridge the others.",
        f"Markers in the file beside this one are scaled by {scale.origin}.",
        "endheader",
        _row(columns),
    ]
    digits = {"time": 6, "repetition": 0, "phase": 0}
    forms = [f".{digits.get(name, 4)}f" for name in columns]
    for row in np.column_stack([*columns.values()]).tolist():
        lines.append(_row(format(value, form) for value, form in zip(row, forms, strict=True)))
    return "\n".join(lines) + "\n"


def write_opensim(
    assessment: SetAssessment, folder: Path, stem: str, *, height_cm: float | None = None
) -> tuple[Path, Path, Scale] | None:
    """Write `stem.trc` and `stem.mot` of a judged recording; each appears whole or not at all.

    Parameters
    ----------
    assessment : SetAssessment
        With its recording.
    folder : path
        Made where it is missing.
    stem : str
        File name without its ending.
    height_cm : float, optional
        The athlete's height.

    Returns
    -------
    (path, path, Scale) or None
        The two files and their scale; None where nobody was seen, and nothing is written.

    Raises
    ------
    StorageError
        When a file cannot be written.
    """
    recording = assessment.recording
    if recording is None or not np.isfinite(recording.body.positions).any():
        return None
    scale = scale_of(recording.body, height_cm=height_cm)
    name = slug(stem) or "recording"
    trc, mot = folder / f"{stem}.trc", folder / f"{stem}.mot"
    markers = trc_text(recording.body, name=f"{name}.trc", scale=scale)
    angles = mot_text(assessment, recording.series, name=f"{name}.mot", scale=scale)
    write_atomically(trc, markers.encode())
    write_atomically(mot, angles.encode())
    return trc, mot, scale


def _columns(assessment: SetAssessment, series: FeatureSeries) -> dict[str, FloatArray]:
    """Every column of the `.mot` by its name; without a gap."""
    known = np.isfinite(series.values)
    kept = [
        at
        for at, name in enumerate(series.names)
        if FEATURES[name].unit == "deg" and known[:, at].mean() >= MIN_SEEN
    ]
    return {
        "time": series.time_s,
        **{series.names[at]: _bridged(series.values[:, at]) for at in kept},
        **_marks(assessment, series.time_s),
        "measured": known[:, kept].sum(axis=1) / max(len(kept), 1),
    }


def _row(cells: Iterable[str]) -> str:
    return "\t".join(cells)


def _bridged(column: FloatArray) -> FloatArray:
    """The column with its gaps filled in a straight line and its ends held."""
    known = np.flatnonzero(np.isfinite(column))
    return np.interp(np.arange(len(column)), known, column[known])


def _marks(assessment: SetAssessment, time_s: FloatArray) -> dict[str, FloatArray]:
    """In which repetition, and in which phase of it, every frame is; 0 outside."""
    number, phase = np.zeros(len(time_s)), np.zeros(len(time_s))
    for rep in assessment.reps:
        number[(time_s >= rep.start_s) & (time_s <= rep.stop_s)] = rep.number
        for span in rep.phases:  # in order: where one ends the next begins
            phase[(time_s >= span.start_s) & (time_s <= span.stop_s)] = PHASES.index(span.name) + 1
    return {"repetition": number, "phase": phase}
