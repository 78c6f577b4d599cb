"""Course, shape and range of every feature."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.measures import MEASURES, between, column_names, nearest

RADIUS = 6
WAVE = 40.0 * np.sin(np.linspace(0, np.pi, 40))[None, :, None] * np.array([1.0, 0.5])
"""One repetition of two features, (1, 40, 2)."""


def parts(attempts: np.ndarray, references: np.ndarray) -> dict[str, np.ndarray]:
    """Distances of each measure, (rep, reference, feature)."""
    columns = np.split(between(attempts, references, radius=RADIUS), len(MEASURES), axis=2)
    return dict(zip(MEASURES, columns, strict=True))


def test_nothing_differs_from_itself() -> None:
    assert (between(WAVE, WAVE, radius=RADIUS) == 0).all()


def test_the_course_is_the_warped_distance() -> None:
    rng = np.random.default_rng(3)
    attempts, references = rng.normal(size=(2, 40, 2)), rng.normal(size=(3, 40, 2))
    expected = pairwise(attempts, references, radius=RADIUS)
    np.testing.assert_array_equal(parts(attempts, references)["course"], expected)
    alone = between(attempts, references, radius=RADIUS, course_only=True)
    np.testing.assert_array_equal(alone, expected)


def test_standing_differently_changes_the_course_alone() -> None:
    found = parts(WAVE + np.array([12.0, 0.0]), WAVE)
    assert found["course"][0, 0, 0] > 5.0
    assert found["course"][0, 0, 1] == 0.0
    assert found["shape"][0, 0] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found["range"][0, 0] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_half_the_way_is_half_the_range() -> None:
    found = parts(0.5 * WAVE, WAVE)
    assert found["range"][0, 0] == pytest.approx(0.5 * np.ptp(WAVE, axis=1)[0])
    assert (found["shape"] > 0).all()  # amplitude is never normalised away


def test_what_was_not_seen_is_unknown_by_every_measure() -> None:
    hidden = WAVE.copy()
    hidden[..., 1] = np.nan
    for pair in ((hidden, WAVE), (WAVE, hidden)):
        for measure, found in parts(*pair).items():
            assert np.isnan(found[0, 0]).tolist() == [False, True], measure


def test_columns_are_named_in_their_order() -> None:
    names = column_names(["left_knee_angle", "trunk_up"])
    distances = between(WAVE + np.array([9.0, 0.0]), WAVE, radius=RADIUS)
    assert len(names) == distances.shape[2]
    assert names[int(distances.argmax())] == "left_knee_angle"
    assert names[2:4] == ("left_knee_angle shape", "trunk_up shape")


def test_nearest_leaves_out_what_is_not_known() -> None:
    apart = np.array([[[3.0, np.nan], [2.0, np.nan]], [[np.nan, 4.0], [np.nan, 1.0]]])
    np.testing.assert_array_equal(nearest(apart), [[2.0, np.nan], [np.nan, 1.0]])
    assert np.isnan(nearest(np.zeros((2, 0, 3)))).all()
