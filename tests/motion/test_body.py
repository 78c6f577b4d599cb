"""Body coordinates: free of place, size and heading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.motion.body import body_motion, mirrored_body, seen_in_depth
from dtwcoach.pose import INDEX, PoseSequence, mirrored
from tests.athletes import perform

POSE = perform("lunge", 4, reps=1).pose()
LIMBS = slice(INDEX["left_shoulder"], None)


def moved(pose: PoseSequence, *, by_px: float = 0.0, scale: float = 1.0) -> PoseSequence:
    """The same picture shifted, and enlarged as for a bigger person or a nearer camera."""
    image = pose.image * scale + np.array([by_px, by_px, 0.0])
    return replace(pose, image=image, world=pose.world * scale)


@pytest.mark.parametrize("change", [{"by_px": 80.0}, {"scale": 1.6}, {"by_px": -9.0, "scale": 0.3}])
def test_place_and_size_do_not_matter(change: dict[str, float]) -> None:
    there, here = body_motion(moved(POSE, **change)), body_motion(POSE)
    assert there.positions == pytest.approx(here.positions, abs=1e-9)
    assert there.view_yaw_deg == pytest.approx(here.view_yaw_deg)


@pytest.mark.parametrize("turn_deg", [-75.0, 40.0, 160.0])
def test_heading_does_not_matter(turn_deg: float) -> None:
    bodies = []
    for yaw_deg in (0.0, turn_deg):
        camera = {"yaw_deg": yaw_deg, "yaw_off_deg": 0.0, "distance_m": 60.0, "tilt_deg": 0.0}
        truth = perform("lunge", 4, reps=1, camera=camera | {"fov_deg": 5.0})
        bodies.append(body_motion(truth.pose()).positions)
    assert bodies[1] == pytest.approx(bodies[0], abs=0.07)


def test_sideways_and_up_come_from_the_picture_and_depth_from_the_model() -> None:
    wrong = POSE.world * np.array([1.0, 1.0, 1.5])
    here, there = seen_in_depth(POSE), seen_in_depth(replace(POSE, world=wrong))
    assert there[..., :2] == pytest.approx(here[..., :2])
    assert there[..., 2] == pytest.approx(1.5 * here[..., 2])


def test_without_a_picture_the_models_own_metres_serve() -> None:
    blind = replace(POSE, image=np.full_like(POSE.image, np.nan))
    hips = POSE.world[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    assert seen_in_depth(blind) == pytest.approx(POSE.world - hips[:, None])


def test_a_mirrored_recording_is_a_mirrored_body() -> None:
    there, here = body_motion(mirrored(POSE)), body_motion(POSE)
    assert there.positions == pytest.approx(mirrored_body(here.positions), abs=1e-9)
    assert there.view_yaw_deg == pytest.approx(-here.view_yaw_deg)


def test_the_torso_in_metres() -> None:
    truth = perform("lunge", 4, reps=1)
    assert body_motion(truth.pose()).torso_m == pytest.approx(truth.person.limbs.trunk, rel=0.05)
    flat = replace(POSE, world=np.full_like(POSE.world, np.nan))
    assert np.isnan(body_motion(flat).torso_m)


def test_nobody_in_the_picture_gives_no_positions() -> None:
    nothing = replace(POSE, image=np.full_like(POSE.image, np.nan), confidence=0 * POSE.confidence)
    gone = np.full_like(POSE.world, np.nan)
    gone[:, INDEX["nose"]] = 0.0
    body = body_motion(replace(nothing, world=gone))
    assert np.isnan(body.view_yaw_deg)
    assert np.isnan(body.positions[:, LIMBS]).all()
