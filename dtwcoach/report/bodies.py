"""Bodies as a page takes them: whole numbers, feet on the floor, faulty parts by moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.pose import BONES, INDEX, FloatArray
from dtwcoach.report.curves import rounded
from dtwcoach.report.departures import by_moment, keypoints_of, sample_phases, tied_samples

POINTS: tuple[str, ...] = (
    "nose",
    "left_ear",
    "right_ear",
    *dict.fromkeys(end for bone in BONES for end in bone),
)
"""Keypoints that a page is given."""
PER_TORSO = 200
"""A page's unit of length is this part of a torso length: about 2.5 mm."""


def skeleton() -> dict[str, Any]:
    """Return what all bodies of a page share: bones and head as places in `POINTS`."""
    place = {name: number for number, name in enumerate(POINTS)}
    return {
        "bones": [[place[a], place[b]] for a, b in BONES],
        "head": [place[name] for name in ("nose", "left_ear", "right_ear")],
        "left": [place[name] for name in POINTS if name.startswith("left_")],
        "unit": PER_TORSO,
    }


def has_body(assessment: SetAssessment, rep: RepAssessment) -> bool:
    """Return whether both bodies, the attempt's and the reference's, can be drawn."""
    return all(
        bool(len(body)) and bool(np.isfinite(grounded(body)[:, _SHOWN]).all(axis=(0, 2)).any())
        for body in (rep.body, assessment.reference_body)
    )


def reference_motion(assessment: SetAssessment) -> dict[str, Any]:
    """Return the reference's body over the mean's time, and the names of its phases."""
    return {
        "body": packed(assessment.reference_body),
        "phases": list(assessment.phases),
        "phase": sample_phases(assessment).tolist(),
        "side": -1 if assessment.view_yaw_deg < 0 else 1,
    }


def attempt_motion(assessment: SetAssessment, rep: RepAssessment) -> dict[str, Any]:
    """Return one repetition's body over time, tied to the reference's, with what is off when.

    Keys: `body` (see `packed`), `seconds` since the start and `tied` reference sample of each
    attempt sample, `off`: joint, its places in `POINTS`, and half-open ranges of samples. Only
    what was judged wrong has any: for a moment, a joint of a right one may be beyond, too.
    """
    off = []
    sizes = by_moment(assessment, rep) if rep.verdict is Verdict.WRONG else {}
    for joint, size in sizes.items():
        beyond = np.concatenate([[0], (size > 1).astype(int), [0]])
        ranges = np.flatnonzero(np.diff(beyond)).reshape(-1, 2)
        if len(ranges):
            off.append([joint, [POINTS.index(n) for n in keypoints_of(joint)], ranges.tolist()])
    return {
        "body": packed(rep.body),
        "seconds": rounded(rep.sample_s - rep.start_s, 2),
        "tied": tied_samples(rep).tolist(),
        "off": off,
    }


def packed(body: FloatArray) -> list[list[int | None]]:
    """Return a body as one row per keypoint of `POINTS` and axis, x, y, z after each other.

    Whole numbers of 1 / `PER_TORSO` torso lengths. A row holds its first value and then the steps
    from each to the next, which packs well; a row with a gap holds values, None where not seen.
    """
    values = np.round(grounded(body)[:, _SHOWN] * PER_TORSO).reshape(len(body), -1).T
    rows: list[list[int | None]] = []
    for row in values:
        if np.isfinite(row).all():
            rows.append([int(row[0]), *np.diff(row).astype(int).tolist()])
        else:
            rows.append([int(value) if np.isfinite(value) else None for value in row])
    return rows


def grounded(body: FloatArray) -> FloatArray:
    """Return body coordinates, (time, keypoint, 3), moved so that the feet stay in place.

    The lowest keypoint seen is at height 0 and the middle of the ankles above the origin. Where
    the ankles are not seen it is the hips that stay.
    """
    ankles = body[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    if not np.isfinite(ankles).all():
        return body
    lowest = np.nanmin(body[..., 1], axis=1)
    middle = ankles.mean(axis=1)
    origin = np.stack([middle[:, 0], lowest, middle[:, 2]], axis=1)
    return np.asarray(body - origin[:, None])


_SHOWN = [INDEX[name] for name in POINTS]
