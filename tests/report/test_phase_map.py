"""The heat map: what it says, and where its fields lead."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from report_examples import make_set

from dtwcoach.report.curves import shown_features
from dtwcoach.report.phase_map import Field, first_moment, nearest_sample, phase_map, place_of

MADE = make_set()
WRONG = MADE.reps[2]


def test_rows_are_the_joints_of_the_curves_worst_first() -> None:
    rows = phase_map(MADE, WRONG)
    assert [row.joint for row in rows[:2]] == ["left knee", "trunk"]
    assert len(rows) == 11
    knee = rows[0].fields
    assert knee[2].size == max(field.size for field in knee) > 1.5
    assert knee[0].size < 0.2


def test_a_field_leads_to_its_panel_and_the_moment_furthest_off() -> None:
    names = shown_features(MADE, WRONG)
    for row in phase_map(MADE, WRONG):
        for field in row.fields:
            assert names[field.panel].startswith(row.joint.replace(" ", "_"))
    turn = phase_map(MADE, WRONG)[0].fields[2]
    assert 35 <= turn.at <= 65
    assert phase_map(MADE, WRONG)[0].fields[4].at >= 85


def test_of_a_joint_the_field_shows_what_is_known_best() -> None:
    ratios = np.array(WRONG.ratios)
    up, forward = (MADE.features.index(name) for name in ("trunk_up", "trunk_forward"))
    ratios[[up, forward]] = 9.0
    worse = replace(WRONG, ratios=ratios)
    hidden = np.array(MADE.reference_mean)
    hidden[:, forward] = np.nan
    made = replace(MADE, reference_mean=hidden)
    (trunk,) = (row for row in phase_map(made, worse) if row.joint == "trunk")
    panel = shown_features(made, worse).index("trunk_up")
    assert [field.panel for field in trunk.fields] == [panel] * 5
    assert all(math.isfinite(field.size) for field in trunk.fields)


def test_more_than_allowed_is_told_by_a_sign_too() -> None:
    assert [Field(size, 0, 0).text for size in (0.99, 1.0, math.nan)] == ["0.9", "✗ 1.0", "–"]
    assert Field(1.3, 0, 0, wrong=False).text == "1.3"
    sizes = (0.2, 0.6, 0.9, 1.2, 1.6, math.nan)
    assert [Field(size, 0, 0).level for size in sizes] == [0, 1, 2, 3, 4, 0]


def test_a_repetition_without_curves_has_no_map() -> None:
    assert phase_map(MADE, MADE.reps[4]) == []


def test_a_fault_leads_to_its_curve() -> None:
    knee, trunk = WRONG.faults
    assert place_of(MADE, WRONG, knee) == (0, nearest_sample(WRONG, knee.time_s))
    assert place_of(MADE, WRONG, trunk) == (1, 49)
    assert place_of(MADE, WRONG, replace(knee, feature="tempo")) is None
    assert place_of(MADE, WRONG, replace(knee, time_s=math.nan)) is None


def test_a_mirrored_repetition_shows_the_other_sides_curve() -> None:
    """Faults are named on the athlete's side, curves on the references'."""
    mirrored = replace(WRONG, mirrored=True)
    own = replace(WRONG.faults[0], feature="right_knee_angle")
    assert place_of(MADE, mirrored, own) == (0, 49)


def test_the_first_moment_is_that_of_the_worst_fault_or_the_turn() -> None:
    assert first_moment(WRONG) == 49  # 1.6 of 3.2 s
    assert first_moment(MADE.reps[0]) == round(1.8 / 3.2 * 99)
    later = replace(WRONG.faults[1], time_s=WRONG.start_s + 3.2)
    assert first_moment(replace(WRONG, faults=(WRONG.faults[0], later))) == 49
    timeless = tuple(replace(fault, time_s=math.nan) for fault in WRONG.faults)
    assert first_moment(replace(WRONG, faults=timeless)) == round(1.8 / 3.2 * 99)
    assert nearest_sample(WRONG, float(np.asarray(WRONG.sample_s)[7])) == 7
