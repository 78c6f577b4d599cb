from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from athletes import SETTINGS, trainer_references

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.disturbance import PARTS, Part, direction, disturbed, hinge_of
from dtwcoach.matching.judging import make_judge, match
from dtwcoach.matching.references import Reference
from dtwcoach.matching.sensitivity import FLOOR_DEG, Sensitivity, phase_bumps, sensitivity
from dtwcoach.motion.features import FEATURE_NAMES, FEATURES, measure, resample
from dtwcoach.pose import BONES, INDEX
from dtwcoach.starters import starter_exercise

SQUAT = starter_exercise("squat")
LEGS = ("right hip", "right knee", *SQUAT.ignore)
SEEDS = (101, 102, 103, 104)


def check(
    references: tuple[Reference, ...], *, ignore: tuple[str, ...] = LEGS, wider: float = 1.0
) -> Sensitivity:
    exercise = replace(SQUAT, ignore=ignore)
    known = calibrate(exercise, references, SETTINGS)
    known = replace(known, tolerance={k: v * wider for k, v in known.tolerance.items()})
    return sensitivity(exercise, references, known, SETTINGS)


@cache
def squat() -> Sensitivity:
    return check(trainer_references("squat", SEEDS))


def row(seen: Sensitivity, joint: str, way: str):
    (found,) = [r for r in seen.rows if (r.joint, r.direction) == (joint, way)]
    return found


def body(exercise: str) -> np.ndarray:
    return trainer_references(exercise, SEEDS)[0].positions


@pytest.mark.parametrize("joint", ["elbow", "shoulder", "knee"])
def test_a_bend_of_so_many_degrees_is_so_many_degrees(joint: str) -> None:
    positions, part = body("squat"), Part("left", joint)
    bend = np.full((1, len(positions)), 12.0)
    after = disturbed(positions, part, hinge_of(part, positions), 0, bend)[0]
    change = measure(after) - measure(positions)
    sign = 1 if joint == "shoulder" else -1
    ours = FEATURE_NAMES.index(f"left_{joint}_angle")
    middle = len(positions) // 2
    assert change[middle, ours] == pytest.approx(sign * 12.0, abs=0.5)
    others = [i for i, n in enumerate(FEATURE_NAMES) if n.startswith(("right_", "trunk_"))]
    assert np.nanmax(np.abs(change[:, others])) < 1e-9


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.title)
def test_bones_keep_their_length(part: Part) -> None:
    positions = body("squat")
    hinge = hinge_of(part, positions)
    for axis in (0, 1):
        after = disturbed(positions, part, hinge, axis, np.full((1, len(positions)), 25.0))[0]
        for a, b in BONES:
            if {a, b} == {"left_shoulder", "left_hip"} or {a, b} == {"right_shoulder", "right_hip"}:
                continue  # the trunk turns over the middle of the hips
            before, now = (
                np.linalg.norm(p[:, INDEX[a]] - p[:, INDEX[b]], axis=1) for p in (positions, after)
            )
            np.testing.assert_allclose(now, before, atol=1e-9)


@pytest.mark.parametrize("exercise", ["squat", "lateral_raise", "push_up", "biceps_curl"])
def test_directions_are_called_what_the_features_show(exercise: str) -> None:
    positions = body(exercise)
    for part in PARTS:
        hinge = hinge_of(part, positions)
        for axis in (0,) if part.joint == "ankle" else (0, 1):  # no feature shows feet turned out
            for sign in (1, -1):
                moves = hinge.moves[axis].mean(axis=0)
                said = direction(part, axis, sign, moves)
                angles = np.full((1, len(positions)), sign * 2.0)
                after = disturbed(positions, part, hinge, axis, angles)[0]
                change = np.nanmean(measure(after) - measure(positions), axis=0)
                shown = {
                    feature.more if moved > 0 else feature.less
                    for (name, feature), moved in zip(FEATURES.items(), change, strict=True)
                    if feature.kind in ("angle", "inclination") and abs(moved) > 0.5
                    and name.startswith(part.side or "trunk")
                }  # fmt: skip
                assert said in shown, (part.title, axis, sign)


def test_bumps_cover_the_movement_once() -> None:
    bumps = phase_bumps(0.4, 101)
    np.testing.assert_allclose(bumps.sum(axis=0), 1.0)
    assert bumps.argmax(axis=1).tolist() == [0, 20, 40, 70, 100]
    assert (bumps >= 0).all()
    assert (phase_bumps(0.0, 50).sum(axis=1) > 0).all()


def test_the_smallest_fault_is_where_verdicts_turn() -> None:
    """At full length, with the disturbance put together by hand."""
    references = trainer_references("squat", SEEDS)
    exercise = replace(SQUAT, ignore=LEGS)
    known = calibrate(exercise, references, SETTINGS)
    sizes = np.array(row(squat(), "trunk", "further forward").rule_deg)
    assert ((sizes > 4) & (sizes < 60)).all()
    part = Part("", "trunk")
    below, above = [], []
    for one in references:
        others = tuple(r for r in references if r is not one)
        judge = make_judge(exercise, others, known, SETTINGS)
        turn = (one.info.turn_s - one.info.start_s) / (one.info.stop_s - one.info.start_s)
        bumps = sizes[:, None] * phase_bumps(turn, len(one.positions))
        hinge = hinge_of(part, one.positions)
        for share, scores in ((0.93, below), (1.07, above)):
            wrong = disturbed(one.positions, part, hinge, 0, share * bumps)
            curves = [resample(measure(body), SETTINGS.samples) for body in wrong]
            scores.append([m.score for m in match(judge, np.array(curves))])
    assert (np.median(below, axis=0) <= 1).all()
    assert (np.median(above, axis=0) > 1).all()


def test_wider_tolerances_see_less() -> None:
    wide = check(trainer_references("squat", SEEDS), wider=1.5)
    for name in ("further forward", "further to the left"):
        narrow_deg = np.array(row(squat(), "trunk", name).rule_deg)
        assert (np.array(row(wide, "trunk", name).rule_deg) > 1.2 * narrow_deg).all()


def test_ignored_and_hidden_joints_are_not_tried() -> None:
    references = trainer_references("squat", SEEDS)
    shown = {r.joint: r.state for r in squat().rows}
    assert shown["right knee"] == "ignored"  # by name
    assert shown["left ankle"] == "ignored"  # nothing it moves counts
    assert shown["left knee"] == "checked"
    gone = []
    for reference in references:
        positions = reference.positions.copy()
        positions[:, INDEX["left_ankle"]] = np.nan
        gone.append(replace(reference, positions=positions))
    assert {r.joint: r.state for r in check(tuple(gone)).rows}["left knee"] == "hidden"


def test_noise_is_larger_where_the_fault_lies_in_depth() -> None:
    references = trainer_references("squat", SEEDS)
    plane, depth = FLOOR_DEG["in plane"], FLOOR_DEG["in depth"]
    for yaw_deg, forward, sideways in ((5.0, depth, plane), (-85.0, plane, depth)):
        filmed = tuple(replace(r, info=replace(r.info, view_yaw_deg=yaw_deg)) for r in references)
        seen = check(filmed)
        assert seen.view_yaw_deg == pytest.approx(yaw_deg)
        assert row(seen, "trunk", "further forward").floor_deg[0] == forward
        assert row(seen, "trunk", "further to the left").floor_deg[0] == sideways


def test_what_is_shown_is_never_below_the_noise() -> None:
    lean = replace(row(squat(), "trunk", "further forward"), rule_deg=(1.0, 9.0, np.inf, 3.0, 5.0))
    lean = replace(lean, floor_deg=(4.0,) * 5)
    assert lean.smallest_deg == (4.0, 9.0, np.inf, 4.0, 5.0)


def test_a_straight_joint_goes_no_straighter() -> None:
    straighter = row(squat(), "left knee", "straighter")
    assert np.isnan(straighter.tried_deg[0]) or straighter.tried_deg[0] < 30
    assert straighter.tried_deg[2] == 60


def test_who_judges_and_how_many_were_disturbed() -> None:
    references = trainer_references("squat", SEEDS)
    assert squat().judged_by == "other people"
    assert squat().right_reps == len(references) == 4
    alone = tuple(replace(r, info=replace(r.info, person="Maria")) for r in references)
    assert check(alone).judged_by == "other recordings"


def test_one_repetition_cannot_be_checked() -> None:
    with pytest.raises(CalibrationError, match="needed at least 2"):
        check(trainer_references("squat", SEEDS)[:1])


def test_poses_without_depth_stay_in_the_picture() -> None:
    flat = body("squat").copy()
    flat[..., 2] *= 0.0
    for part in PARTS:
        hinge = hinge_of(part, flat)
        for axis in (0, 1):
            after = disturbed(flat, part, hinge, axis, np.full((1, len(flat)), 20.0))
            assert not np.nan_to_num(after[..., 2]).any()
