"""From where the camera saw the body, and what a difference of view allows."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.motion.body import seen_in_depth
from dtwcoach.motion.view import (
    camera_elevation_deg,
    camera_height,
    heading_deg,
    view_yaw_deg,
)
from dtwcoach.pose import INDEX, MIRROR
from tests.athletes import filmed, perform

FORWARD = [INDEX[f"{side}_{end}"] for side in ("left", "right") for end in ("heel", "toe")]


def seen(yaw_deg: float, exercise: str = "squat") -> np.ndarray:
    """Camera-aligned points of somebody seen from there."""
    return perform(exercise, 3, reps=1, camera={"yaw_deg": yaw_deg, "yaw_off_deg": 0.0}).keypoints_m


@pytest.mark.parametrize("yaw_deg", [-150.0, -90.0, -30.0, 0.0, 45.0, 90.0])
@pytest.mark.parametrize("exercise", ["squat", "push_up", "glute_bridge"])
def test_the_view_is_found(exercise: str, yaw_deg: float) -> None:
    points = seen(yaw_deg, exercise)
    for estimate, most_deg in ((heading_deg, 2), (view_yaw_deg, 8)):  # on tiptoe feet point down
        assert abs((estimate(points) - yaw_deg + 180) % 360 - 180) < most_deg


def test_the_view_in_a_mirror_is_the_opposite_one() -> None:
    points = seen(40.0)
    mirrored = points[:, MIRROR] * np.array([-1.0, 1.0, 1.0])
    assert view_yaw_deg(mirrored) == pytest.approx(-view_yaw_deg(points))


@pytest.mark.parametrize("yaw_deg", [20.0, -30.0])
def test_feet_mend_the_view_where_the_model_sees_too_little_depth(yaw_deg: float) -> None:
    flattened = seen(yaw_deg) * np.array([1.0, 1.0, 0.4])
    assert abs(heading_deg(flattened)) < 0.6 * abs(yaw_deg)
    assert abs(view_yaw_deg(flattened) - yaw_deg) < 0.7 * abs(heading_deg(flattened) - yaw_deg)


def test_without_feet_shoulders_and_hips_tell_the_view() -> None:
    points = seen(40.0).copy()
    points[:, FORWARD] = np.nan
    assert view_yaw_deg(points) == pytest.approx(heading_deg(points))
    assert np.isnan(view_yaw_deg(np.full_like(points, np.nan)))


def test_a_step_out_of_sight_does_not_move_the_view() -> None:
    points = seen_in_depth(filmed("squat", 3, reps=1)).copy()
    whole = view_yaw_deg(points)
    points[10:40, FORWARD[0]] = np.nan
    assert view_yaw_deg(points) == pytest.approx(whole, abs=2)


@pytest.mark.parametrize("exercise", ["squat", "jumping_jack", "lunge"])
@pytest.mark.parametrize("yaw_deg", [0.0, 60.0])
def test_a_higher_camera_has_a_higher_elevation(exercise: str, yaw_deg: float) -> None:
    found = []
    for height_m, tilt_deg in ((0.2, -12.0), (1.1, 4.0), (1.8, 17.0), (2.5, 28.0)):
        camera = {"height_m": height_m, "tilt_deg": tilt_deg, "yaw_deg": yaw_deg, "yaw_off_deg": 0}
        truth = perform(exercise, 3, reps=1, camera=camera)
        found.append(camera_elevation_deg(seen_in_depth(truth.pose())))
    assert (np.diff(found) > 5).all()


@pytest.mark.parametrize("exercise", ["push_up", "glute_bridge", "seated_knee_extension"])
def test_the_elevation_is_not_known_of_who_does_not_stand(exercise: str) -> None:
    points = seen_in_depth(filmed(exercise, 3, reps=1))
    assert np.isnan(camera_elevation_deg(points))
    assert camera_height(points) == "unknown"


def test_without_feet_the_elevation_is_not_known() -> None:
    points = seen(40.0).copy()
    points[:, FORWARD[0]] = np.nan
    assert np.isnan(camera_elevation_deg(points))


def test_the_coarse_height_goes_by_the_elevation() -> None:
    heights = []
    for lean_deg in (-20.0, 12.0, 40.0):
        c, s = np.cos(np.radians(lean_deg)), np.sin(np.radians(lean_deg))
        tilt = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
        heights.append(camera_height(seen(40.0) @ tilt.T))
    assert heights == ["low", "level", "high"]
