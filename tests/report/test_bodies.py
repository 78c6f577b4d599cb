"""Bodies in a page: they must come out as they went in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from report_examples import make_set, squatting

from dtwcoach.matching.assessment import Verdict
from dtwcoach.pose import INDEX
from dtwcoach.report.bodies import (
    POINTS,
    attempt_motion,
    grounded,
    has_body,
    packed,
    reference_motion,
    skeleton,
)

MADE = make_set()
WRONG = MADE.reps[2]


def unpacked(rows: list[list[int | None]]) -> np.ndarray:
    """What the page makes of it, (time, point, 3) torso lengths."""
    series = [row if None in row else np.cumsum(row) for row in rows]
    values = np.array([[np.nan if v is None else v for v in row] for row in series], dtype=float)
    return values.reshape(len(POINTS), 3, -1).transpose(2, 0, 1) / 200


def test_packing_loses_less_than_a_centimetre() -> None:
    body = squatting(1.0)
    shown = grounded(body)[:, [INDEX[name] for name in POINTS]]
    assert np.abs(unpacked(packed(body)) - shown).max() <= 0.0026  # half a unit, 1.3 mm


def test_a_gap_stays_a_gap() -> None:
    body = np.array(squatting(1.0))
    body[10:20, INDEX["left_wrist"]] = np.nan
    seen = unpacked(packed(body))
    gap = np.isnan(seen).any(axis=2)
    assert gap.sum() == 10
    assert gap[10:20, POINTS.index("left_wrist")].all()


def test_feet_stay_on_the_floor_while_hips_sink() -> None:
    body = grounded(squatting(1.0))
    assert body[..., 1].min(axis=1) == pytest.approx(0.0)
    ankles = body[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    assert ankles.mean(axis=1)[:, [0, 2]] == pytest.approx(0.0)
    hips = body[:, INDEX["left_hip"], 1]
    assert hips[0] - hips[50] > 0.5


def test_without_feet_the_hips_stay() -> None:
    body = np.array(squatting(1.0))
    body[:, INDEX["left_ankle"]] = np.nan
    np.testing.assert_array_equal(grounded(body), body)


def test_the_skeleton_names_points_that_are_there() -> None:
    bones = skeleton()["bones"]
    assert len(bones) == 18
    assert {POINTS[end] for end in bones[0]} == {"left_shoulder", "right_shoulder"}
    assert [POINTS[number] for number in skeleton()["head"]] == ["nose", "left_ear", "right_ear"]


def test_what_is_off_when_goes_with_the_body() -> None:
    motion = attempt_motion(MADE, WRONG)
    off = {joint: (points, ranges) for joint, points, ranges in motion["off"]}
    points, ((start, stop),) = off["left knee"]
    assert [POINTS[number] for number in points] == ["left_knee"]
    assert start < 50 < stop
    judged_right = replace(WRONG, verdict=Verdict.RIGHT)
    assert attempt_motion(MADE, judged_right)["off"] == []
    assert motion["seconds"][0] == 0
    assert motion["seconds"][-1] == 3.2
    assert len(motion["tied"]) == len(motion["seconds"]) == 100


def test_the_reference_brings_its_phases_and_the_side_it_is_seen_from() -> None:
    assert reference_motion(MADE)["side"] == 1
    assert reference_motion(replace(MADE, view_yaw_deg=-40.0))["side"] == -1
    assert reference_motion(MADE)["phases"][2] == "bottom"


def test_bodies_are_drawn_only_where_both_are_there() -> None:
    assert has_body(MADE, WRONG)
    nobody = np.full((100, 33, 3), np.nan)
    assert not has_body(replace(MADE, reference_body=nobody), WRONG)
    assert not has_body(MADE, replace(WRONG, body=nobody))
    assert not has_body(MADE, replace(WRONG, body=np.zeros((0, 33, 3))))
