"""Noise of features: what is left of a recording's jitter after cleaning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.motion.features import FEATURE_NAMES, FEATURES
from dtwcoach.motion.noise import NOISE, jitter, noise_floor
from dtwcoach.motion.recording import describe
from dtwcoach.settings import Settings
from tests.athletes import perform

SETTINGS = Settings()


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
@pytest.mark.parametrize("exercise", ["squat", "jumping_jack"])
def test_jitter_is_what_cleaning_leaves_of_white_noise(exercise: str, fps: float) -> None:
    truth = perform(exercise, 3, reps=2, camera={"fps": fps})
    noisy = truth.pose(noise_px=2, seed=1)
    clean, dirty = (describe(pose, SETTINGS).series.values for pose in (truth.pose(), noisy))
    left = np.nanstd(dirty - clean, axis=0)
    ratio = jitter(noisy, SETTINGS) / left
    assert 0.75 < np.nanmedian(ratio) < 1.3
    assert 0.5 < np.nanpercentile(ratio, 5) < np.nanpercentile(ratio, 95) < 2.0


def test_movement_is_no_jitter() -> None:
    still = jitter(perform("jumping_jack", 3, reps=2).pose(), SETTINGS)
    assert np.nanmax(still) < 0.1


def test_jitter_of_what_was_hardly_seen_is_not_known() -> None:
    pose = perform("squat", 3, reps=1).pose(noise_px=1)
    image, world = pose.image.copy(), pose.world.copy()
    wrist = [FEATURE_NAMES.index(f"left_{name}") for name in ("forearm_up", "wrist_side")]
    for points in (image, world):
        points[10:, 15] = np.nan
    found = jitter(replace(pose, image=image, world=world), SETTINGS)
    assert np.isnan(found[wrist]).all()
    assert np.isfinite(found[FEATURE_NAMES.index("right_forearm_up")])
    assert np.isnan(jitter(pose.slice(0, 20), SETTINGS)).all()


def test_a_mistake_of_one_frame_is_no_jitter() -> None:
    pose = perform("squat", 3, reps=1).pose(noise_px=1)
    world = pose.world.copy()
    world[40] += 0.5 * np.random.default_rng(4).normal(size=world[40].shape)
    with_mistake = jitter(replace(pose, world=world), SETTINGS)
    assert np.nanmax(with_mistake / jitter(pose, SETTINGS)) < 1.3


def test_the_floor_is_the_known_noise_or_the_recordings_own() -> None:
    floor = noise_floor(FEATURE_NAMES)
    assert floor.shape == (len(FEATURES),)
    assert set(floor) == set(NOISE.values())
    names = ("left_knee_angle", "left_knee_depth", "trunk_up")
    own = noise_floor(names, np.array([50.0, 0.0, np.nan]))
    assert own == pytest.approx([50.0, NOISE["position depth"], NOISE["inclination up"]])
