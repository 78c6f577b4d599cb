"""How far off each joint was: in units of what is allowed, by moment and by phase."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from report_examples import SAMPLES, make_rep, make_set

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.motion.features import FEATURE_NAMES, FEATURES
from dtwcoach.pose import INDEX
from dtwcoach.report.departures import (
    by_moment,
    by_phase,
    departure,
    joints_of,
    keypoints_of,
    sample_phases,
    tied_samples,
)

KNEE = FEATURE_NAMES.index("left_knee_angle")
MADE = make_set()
STRAIGHT = np.repeat(np.arange(SAMPLES)[:, None], 2, axis=1)


def attempt(change: np.ndarray, column: int = KNEE) -> RepAssessment:
    """The references' mean with a change of one feature, not warped."""
    values = np.array(MADE.reference_mean)
    values[:, column] += change
    return replace(make_rep(1, Verdict.RIGHT), attempt=values, path=STRAIGHT)


def test_one_is_the_edge_of_what_is_allowed_on_either_side() -> None:
    # Tolerance 5 and limit 2 allow 10 degrees, more than the references' range of -6 to 5.
    assert departure(MADE, attempt(np.full(SAMPLES, 10.0)))[:, KNEE] == pytest.approx(1.0)
    assert departure(MADE, attempt(np.full(SAMPLES, -5.0)))[:, KNEE] == pytest.approx(-0.5)
    wide = replace(MADE, reference_low=MADE.reference_mean - 40.0)
    assert departure(wide, attempt(np.full(SAMPLES, -20.0)))[:, KNEE] == pytest.approx(-0.5)


def test_the_recordings_own_jitter_widens_what_is_allowed_as_it_does_for_verdicts() -> None:
    jitter = np.full(len(FEATURE_NAMES), np.nan)
    jitter[KNEE] = 12.0  # with a tolerance of 5: 13, times the limit of 2
    shaky = replace(MADE, jitter=jitter)
    assert departure(shaky, attempt(np.full(SAMPLES, 13.0)))[:, KNEE] == pytest.approx(0.5)


def test_a_glitch_of_one_sample_is_no_departure() -> None:
    spike = np.zeros(SAMPLES)
    spike[40] = 27.0
    assert departure(MADE, attempt(spike))[:, KNEE].max() == pytest.approx(0.3)


def test_what_was_not_seen_is_not_known() -> None:
    off = departure(MADE, attempt(np.full(SAMPLES, np.nan)))
    assert np.isnan(off[:, KNEE]).all()
    assert np.isfinite(np.delete(off, KNEE, axis=1)).all()


def test_phases_are_those_of_the_references() -> None:
    phases = sample_phases(MADE)
    assert phases[[0, 20, 50, 80, 99]].tolist() == [0, 1, 2, 3, 4]
    change = np.where(phases == 2, 20.0, 0.0)
    size = by_phase(MADE, attempt(change))[:, KNEE]
    assert 1.8 < size[2] < 2.0  # its edges are averaged with what lies beyond
    assert size[[0, 4]] == pytest.approx(0.0)


@pytest.mark.filterwarnings("error")
def test_a_turn_at_the_very_end_leaves_two_phases_out() -> None:
    late = replace(MADE, reference_turn=SAMPLES - 1)
    size = by_phase(late, attempt(np.full(SAMPLES, 10.0)))[:, KNEE]
    assert size[:3] == pytest.approx(1.0)
    assert np.isnan(size[3:]).all()


def test_a_joint_is_as_far_off_as_its_worst_feature() -> None:
    height = FEATURE_NAMES.index("left_wrist_height")
    made = replace(MADE, counts=np.array([n.startswith("left_wrist") for n in FEATURE_NAMES]))
    moments = by_moment(made, attempt(np.full(SAMPLES, 0.3), height))
    assert set(moments) == {"left wrist"}
    assert moments["left wrist"] == pytest.approx(3.0)  # 0.05 torso lengths times 2 are allowed
    # What is not known of one feature does not hide what is known of another.
    hidden = replace(made, reference_mean=np.array(made.reference_mean))
    hidden.reference_mean[:, FEATURE_NAMES.index("left_wrist_side")] = np.nan
    moments = by_moment(hidden, attempt(np.full(SAMPLES, 0.3), height))
    assert moments["left wrist"] == pytest.approx(3.0)


def test_moments_are_the_attempts_own() -> None:
    late = np.array(
        [(i, max(0, i - 30)) for i in range(SAMPLES)] + [(99, j) for j in range(70, 100)]
    )
    change = np.where(np.arange(SAMPLES) >= 60, 20.0, 0.0)
    values = np.array(MADE.reference_mean)[np.maximum(0, np.arange(SAMPLES) - 30)]
    values[:, KNEE] += change
    size = by_moment(MADE, replace(attempt(change), attempt=values, path=late))["left knee"]
    assert size[[20, 50]] == pytest.approx(0.0, abs=0.01)
    assert size[[70, 90]] == pytest.approx(2.0, abs=0.01)


def test_ties_take_the_middle_and_without_a_path_time_is_shared_evenly() -> None:
    rep = make_rep(1, Verdict.RIGHT)
    short = replace(rep, attempt=rep.attempt[:3], path=np.array([[0, 0], [1, 1], [1, 3], [2, 4]]))
    assert tied_samples(short).tolist() == [0, 2, 4]
    assert tied_samples(replace(short, path=np.zeros((0, 2), int))).tolist() == [0, 1, 2]


def test_every_joint_shows_keypoints() -> None:
    for feature in FEATURES.values():
        points = keypoints_of(feature.joint)
        assert points
        assert set(points) <= set(INDEX)


def test_only_joints_that_count_are_told() -> None:
    made: SetAssessment = MADE
    assert "left elbow" not in joints_of(made)
    assert set(joints_of(made)) >= {"left knee", "trunk", "right hip"}
