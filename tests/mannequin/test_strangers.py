"""The benchmark of strangers measures what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import judge_of

from benchmarks.clips import Body, Clip
from benchmarks.grids import STRANGERS_VIEWS, stranger_clips, view_clips, yaw_off_deg
from benchmarks.strangers import upper_bound
from benchmarks.true_faults import deeds
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import default_camera
from dtwcoach.matching.assessment import Fault
from dtwcoach.starters import starter_exercise

PHASES = starter_exercise("squat").phases


def squat(size_deg: float) -> Clip:
    """One squat; in a second one the trunk leans forward by so much."""
    performance = Performance(reps=2, seed=3, faults={1: (("trunk_lean", size_deg),)})
    return Clip("squat", 3, performance, default_camera("squat"))


def named(direction: float, phase: str, time_s: float) -> Fault:
    """A trunk that was named as leaning."""
    return Fault("trunk_forward", "trunk", phase, "", direction, "deg", time_s, 2.0, "", "")


def test_a_body_has_the_height_and_proportions_given_to_it():
    usual = Person.from_seed(5, height_m=1.9)
    tall = Body(1.9, arms=1.1, legs=0.9).of(5)
    limbs = tall.limbs
    stacked = limbs.ankle + limbs.leg + limbs.trunk + limbs.head_neck
    assert stacked == pytest.approx(1.9)
    assert limbs.forearm == pytest.approx(1.1 * usual.limbs.forearm)
    assert limbs.leg / limbs.trunk == pytest.approx(0.9 * usual.limbs.leg / usual.limbs.trunk)
    assert tall.style == usual.style


def test_strangers_stay_in_the_picture_and_half_of_what_they_do_is_wrong():
    clips = stranger_clips(21000, count=20)
    assert [clip.exercise for clip in clips[:10]] == list(EXERCISES)
    for clip in clips:
        truth = clip.truth()
        assert (truth.keypoints_px > 0).all()
        assert (truth.keypoints_px < (clip.camera.width, clip.camera.height)).all()
        assert [len(rep.faults) for rep in truth.reps].count(1) == 2
        assert abs(yaw_off_deg(clip)) <= 30


def test_views_too_far_off_are_so_in_the_mirror_too():
    for clip in view_clips(STRANGERS_VIEWS):
        own, off = EXERCISES[clip.exercise].yaw_deg, abs(yaw_off_deg(clip))
        mirrored = abs((-clip.camera.yaw_deg - own + 180) % 360 - 180)
        assert 30 <= off <= 90
        assert mirrored >= off - 1e-9


def test_size_of_a_fault_is_nought_without_and_grows_with_it():
    judge = judge_of("squat")
    right, small = (deed.tolerances(judge)[0] for deed in deeds(squat(10.0)))
    large, deciding = deeds(squat(20.0))[1].tolerances(judge)
    assert 0 < deciding < large
    assert right == pytest.approx(0.0, abs=0.05)
    assert 1.5 * small < large < 2.5 * small
    assert large * judge.calibration.tolerance["trunk_forward"] > 8.0  # rms of up to 20 degrees


def test_only_what_is_true_of_a_fault_is_borne_out():
    deed = deeds(squat(20.0))[1]
    turn_s = float(np.quantile(deed.time_s, deed.turn_share))
    lean = named(12.0, PHASES[2], turn_s)
    assert deed.bears_out(lean, PHASES) == (True, True)
    assert deed.bears_out(replace(lean, size=-12.0), PHASES) == (True, False)
    assert deed.bears_out(replace(lean, phase=PHASES[0]), PHASES) == (False, True)


def test_upper_bound_of_none_in_59_is_five_percent():
    assert upper_bound(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59))
