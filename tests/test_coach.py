"""The order of the stages, end to end, on poses as a good estimator would see them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, filmed, judge_of, learnt, perform, trainer_references

from dtwcoach.coach import assess, judge_for, references_from
from dtwcoach.errors import LibraryError
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Action
from dtwcoach.mannequin.recording import render_video
from dtwcoach.matching.assessment import REASONS, SetAssessment, Verdict
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.judging import make_judge
from dtwcoach.matching.library import Library, starter_root
from dtwcoach.matching.references import Exercise, in_force
from dtwcoach.pose import INDEX, KEYPOINTS, MIRROR, PoseSequence, mirrored
from dtwcoach.sources.mediapipe import extract_pose
from dtwcoach.sources.parquet import read_pose, write_pose
from dtwcoach.starters import starter_exercise

DATA = Path(__file__).parent / "data"
GOLDEN = DATA / "golden-squat.parquet"


def score_of(said: SetAssessment) -> list[float]:
    return [rep.score for rep in said.reps]


def codes(said: SetAssessment) -> set[str]:
    """Reason codes of the set and of its repetitions."""
    return {reason.code for reason in said.reasons + sum((r.reasons for r in said.reps), ())}


WANTED = re.compile(r"\d.*(needs|needed|at (most|least)|references)")
"""What arrived, and what was needed."""


def never_right(said: SetAssessment, *, but: tuple[int, ...] = ()) -> bool:
    return all(rep.verdict is not Verdict.RIGHT for rep in said.reps if rep.number not in but)


def changed(pose: PoseSequence, part: Any, value: float) -> PoseSequence:
    image, world = pose.image.copy(), pose.world.copy()
    image[part] = world[part] = value
    return replace(pose, image=image, world=world)


def thinned(pose: PoseSequence, every: int) -> PoseSequence:
    arrays = ("time_s", "image", "world", "confidence", "presence", "people")
    return replace(pose, **{name: getattr(pose, name)[::every] for name in arrays})


def sized(pose: PoseSequence, factor: float) -> PoseSequence:
    """The athlete so many times larger in the picture, around its middle."""
    middle = np.array([*pose.frame_size, 0.0]) / 2
    return replace(pose, image=(pose.image - middle) * factor + middle)


# Counting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize(
    "how",
    [
        {"reps": 4},
        {"reps": 3, "tempo": 0.6, "pause_s": 0.0},
        {"reps": 5, "tempo": 1.5, "pause_s": 2.0, "lead_in_s": 3.0},
        {"reps": 3, "holds": {1: 1.5}},
        {"reps": 1},
    ],
    ids=["usual", "slow, no rests", "fast, long rests", "a hold", "one"],
)
def test_every_repetition_is_counted(exercise: str, how: dict[str, Any]) -> None:
    truth = perform(exercise, 5, **how)
    said = assess(truth.pose(noise_px=1, seed=5), judge_of(exercise))
    assert len(said.reps) == len(truth.reps)
    for found, true in zip(said.reps, truth.reps, strict=True):
        assert truth.time_s[true.start] < found.turn_s < truth.time_s[true.stop - 1]
        assert found.start_frame < found.stop_frame <= len(truth)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_references_are_cut_without_any_earlier_reference(exercise: str) -> None:
    assert len(learnt(filmed(exercise, 9, reps=3), person="new")) == 3


@pytest.mark.parametrize("exercise", ["squat", "biceps_curl", "lateral_raise", "lunge"])
def test_walking_in_and_out_is_left_out(exercise: str) -> None:
    truth = perform(exercise, 8, reps=3, walk_in=True, walk_out=True)
    said = assess(truth.pose(noise_px=1), judge_of(exercise))
    assert len(said.reps) == 3
    assert said.reps[0].start_s > truth.time_s[truth.reps[0].start] - 0.5


@pytest.mark.parametrize("exercise", ["squat", "push_up", "shoulder_press"])
def test_half_a_repetition_at_the_end_of_the_clip_is_dropped_and_said(exercise: str) -> None:
    truth = perform(exercise, 4, reps=3)
    cut_off = truth.pose(noise_px=1).slice(0, truth.reps[2].turn + 2)
    said = assess(cut_off, judge_of(exercise))
    assert len(said.reps) == 2
    assert [item.kind for item in said.left_out] == ["cut off"]


def test_half_a_repetition_at_the_start_of_the_clip_is_dropped_and_said() -> None:
    truth = perform("squat", 4, reps=3)
    cut_off = truth.pose(noise_px=1).slice(truth.reps[0].turn - 2, len(truth))
    said = assess(cut_off, judge_of("squat"))
    assert len(said.reps) == 2
    assert [item.kind for item in said.left_out] == ["cut off"]


def test_a_given_up_repetition_is_never_right() -> None:
    timeline = tuple(Action(kind, seconds) for kind, seconds in (
        ("idle", 1.0), ("rep", None), ("idle", 1.0), ("half_rep", None), ("idle", 1.0),
        ("rep", None), ("idle", 1.0),
    ))  # fmt: skip
    truth = perform("squat", 2, timeline=timeline)
    said = assess(truth.pose(noise_px=1), judge_of("squat"))
    right = [rep for rep in said.reps if rep.verdict is Verdict.RIGHT]
    assert len(right) <= len(truth.reps) == 2


@pytest.mark.parametrize("exercise", ["squat", "biceps_curl", "glute_bridge"])
def test_a_pause_is_cut_out_before_matching(exercise: str) -> None:
    plain, held = (
        assess(filmed(exercise, 103, reps=3, holds=holds), judge_of(exercise))
        for holds in ({}, {1: 2.5})
    )
    assert held.reps[1].pause_s > 1.5
    assert {rep.pause_s for rep in plain.reps} == {0}
    assert [rep.verdict for rep in held.reps] == [rep.verdict for rep in plain.reps]


def test_another_count_than_stated_is_noted() -> None:
    pose, judge = filmed("squat", 2, reps=2), judge_of("squat")
    assert any("announced" in note for note in assess(pose, judge, expected_reps=5).notes)
    assert not any("announced" in note for note in assess(pose, judge, expected_reps=2).notes)


# Right and wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_trainer_doing_it_again_is_right(exercise: str) -> None:
    again = assess(filmed(exercise, 105, reps=3), judge_of(exercise))
    assert [rep.verdict for rep in again.reps] == [Verdict.RIGHT] * 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_half_the_movement_is_not_right(exercise: str) -> None:
    # Rescaling each repetition to its own range would let this pass.
    assert never_right(assess(filmed(exercise, 103, reps=3, rom=0.5), judge_of(exercise)))


def test_one_bad_joint_is_found_although_the_median_hides_it() -> None:
    pose = filmed("squat", 103, reps=2)
    good = assess(pose, judge_of("squat"))
    # The left shin drifts outwards in every frame; everything else is as it was.
    world = pose.world.copy()
    side = [INDEX[f"left_{part}"] for part in ("ankle", "heel", "toe")]
    world[:, side, 0] += 0.12
    world[:, side, 2] += 0.12
    bad = assess(replace(pose, world=world), judge_of("squat"))
    assert all(rep.verdict is Verdict.RIGHT for rep in good.reps)
    for rep in bad.reps:
        assert rep.verdict is Verdict.WRONG
        assert rep.decided_by == "joint"
        assert rep.worst_joint.startswith("left")
        assert rep.faults[0].joint == rep.worst_joint


@pytest.mark.parametrize(
    ("exercise", "fault", "joints"),
    [
        ("squat", ("trunk_lean", 30.0), {"trunk", "left hip", "right hip"}),
        ("push_up", ("hips_sag", 30.0), {"left hip", "right hip", "trunk"}),
        ("biceps_curl", ("trunk_swing", 30.0), {"trunk", "left hip", "right hip"}),
    ],
)
def test_the_faulty_joint_is_among_those_named(
    exercise: str, fault: tuple[str, float], joints: set[str]
) -> None:
    pose = filmed(exercise, 103, reps=2, faults={1: (fault,)})
    good, bad = assess(pose, judge_of(exercise)).reps
    assert good.verdict is Verdict.RIGHT
    assert bad.verdict is Verdict.WRONG
    assert {named.joint for named in bad.faults} & joints
    for named in bad.faults:
        assert named.text.startswith(named.joint)
        assert named.cue.endswith(".")
        assert bad.start_s <= named.time_s <= bad.stop_s or np.isnan(named.time_s)


def test_slower_and_faster_repetitions_get_the_same_verdict() -> None:
    for tempo in (0.7, 1.0, 1.4):
        said = assess(filmed("squat", 103, reps=2, tempo=tempo), judge_of("squat"))
        assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2


@pytest.mark.parametrize("exercise", ["lunge", "seated_knee_extension"])
def test_the_other_side_is_mirrored_only_where_the_exercise_says_so(exercise: str) -> None:
    pose = mirrored(filmed(exercise, 103, reps=2))
    judge = judge_of(exercise)
    said = assess(pose, judge)
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2
    assert all(rep.mirrored for rep in said.reps)
    assert any("mirrored" in note for note in said.notes)
    one_sided = replace(judge, exercise=replace(judge.exercise, symmetric=False))
    refused = assess(pose, one_sided)
    assert never_right(refused)
    assert not any(rep.mirrored for rep in refused.reps)


def test_faults_of_a_mirrored_repetition_carry_the_athletes_own_sides() -> None:
    pose = filmed("lunge", 103, reps=2, faults={0: (("trunk_lean", 30.0),)})
    plain, turned = (assess(p, judge_of("lunge")) for p in (pose, mirrored(pose)))
    assert [r.verdict for r in plain.reps] == [r.verdict for r in turned.reps]
    swap = {"left": "right", "right": "left"}
    for there, back in zip(plain.reps[0].faults, turned.reps[0].faults, strict=True):
        expected = " ".join(swap.get(word, word) for word in there.joint.split())
        assert back.joint == expected
        assert back.size == pytest.approx(
            -there.size if there.direction != back.direction else there.size, abs=0.5
        )


# Cannot judge -------------------------------------------------------------------------------


def test_another_exercise_is_never_right_and_mostly_not_judged() -> None:
    pairs, refused = 0, 0
    for shown in EXERCISES:
        pose = filmed(shown, 3, reps=2)
        for asked in EXERCISES:
            if asked == shown:
                continue
            said = assess(pose, judge_of(asked))
            assert never_right(said), f"{shown} passes as {asked}"
            pairs += 1
            refused += said.verdict is Verdict.CANNOT_JUDGE
    assert refused >= 0.95 * pairs


@pytest.mark.parametrize(
    ("shown", "asked"),
    [
        ("biceps_curl", "squat"),
        ("squat", "push_up"),
        ("jumping_jack", "glute_bridge"),
        ("jumping_jack", "shoulder_press"),
    ],
)
def test_quite_another_exercise_cannot_be_judged(shown: str, asked: str) -> None:
    said = assess(filmed(shown, 3, reps=2), judge_of(asked))
    assert said.verdict is Verdict.CANNOT_JUDGE
    assert codes(said) & {"not_this_exercise", "no_repetition", "wrong_view"}
    assert all(WANTED.search(reason.detail) for reason in said.reasons)


@pytest.mark.parametrize("exercise", ["squat", "lateral_raise", "push_up"])
@pytest.mark.parametrize("off_deg", [-75.0, 75.0, 150.0])
def test_another_camera_view_cannot_be_judged(exercise: str, off_deg: float) -> None:
    judge = judge_of(exercise)
    judge = replace(judge, exercise=replace(judge.exercise, symmetric=False))
    said = assess(filmed(exercise, 103, reps=2, camera={"yaw_off_deg": off_deg}), judge)
    assert said.verdict is Verdict.CANNOT_JUDGE
    assert "wrong_view" in codes(said)
    assert said.reps == ()


def empty(pose: PoseSequence) -> PoseSequence:
    nothing = np.full_like(pose.image, np.nan)
    return PoseSequence(
        pose.time_s, nothing, nothing, np.zeros_like(pose.confidence), pose.frame_size, pose.model
    )


SQUAT = filmed("squat", 103, reps=2)
KNEES = [INDEX["left_knee"], INDEX["right_knee"]]


@pytest.mark.parametrize(
    ("pose", "code"),
    [
        (empty(SQUAT), "nobody"),
        (empty(SQUAT).slice(0, 0), "too_short"),
        (SQUAT.slice(0, 0), "too_short"),
        (SQUAT.slice(0, 1), "too_short"),
        (SQUAT.slice(0, 20), "too_short"),
        (SQUAT.slice(0, 30), "no_repetition"),
        (filmed("squat", 103, reps=0, lead_in_s=5.0), "no_repetition"),
        (changed(SQUAT, slice(None), np.inf), "nobody"),
        (changed(SQUAT, slice(None), np.nan), "nobody"),
        (changed(SQUAT, (slice(None), KNEES), np.nan), "joint_not_visible"),
        (thinned(SQUAT, 6), "too_few_frames"),
        (replace(SQUAT, time_s=SQUAT.time_s * 10), "too_few_frames"),
        (replace(SQUAT, time_s=SQUAT.time_s / 6), "beyond_calibration"),
        (sized(SQUAT, 0.15), "too_small"),
    ],
    ids=[
        "nobody", "no frames", "empty", "one frame", "too short", "half", "stands", "infinite",
        "nan", "no knees", "5 fps", "slow motion", "quick motion", "far away",
    ],
)  # fmt: skip
def test_what_cannot_be_judged_says_why(pose: PoseSequence, code: str) -> None:
    said = assess(pose, judge_of("squat"))
    assert never_right(said)
    assert codes(said) <= set(REASONS)
    assert all(reason.advice for reason in said.reasons)
    assert all(
        re.search(r"\d.*(needs|needed|at (most|least)|references)", r.detail) for r in said.reasons
    )
    if code:
        assert said.verdict is Verdict.CANNOT_JUDGE
        assert code in codes(said)


def test_a_constant_pose_has_no_repetitions() -> None:
    frozen = replace(
        SQUAT,
        image=np.broadcast_to(SQUAT.image[:1], SQUAT.image.shape),
        world=np.broadcast_to(SQUAT.world[:1], SQUAT.world.shape),
    )
    noise = np.random.default_rng(1).normal(size=frozen.world.shape) * 1e-9
    for pose in (frozen, replace(frozen, world=frozen.world + noise)):
        said = assess(pose, judge_of("squat"))
        assert codes(said) == {"no_repetition"}
        assert said.reps == ()


JOINTS = ("left_knee", "left_ankle", "left_hip", "left_shoulder")


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["start", "middle", "tail"])
def test_holes_never_make_a_repetition_right(joint: str, bad: float, where: str) -> None:
    truth = perform("squat", 103, reps=2)
    rep = truth.reps[0]
    frames = {
        "start": slice(0, rep.start + 12),
        "middle": slice(rep.turn - 8, rep.turn + 8),
        "tail": slice(rep.turn + 10, len(truth)),
    }[where]
    pose = changed(truth.pose(noise_px=1), (frames, INDEX[joint]), bad)
    said = assess(pose, judge_of("squat"))
    hurt = [r for r in said.reps if r.start_frame < frames.stop and r.stop_frame > frames.start]
    assert all(r.verdict is not Verdict.RIGHT for r in hurt)
    assert all(np.isfinite(r.score) for r in said.reps if r.verdict is not Verdict.CANNOT_JUDGE)


def test_short_holes_change_nothing() -> None:
    rng = np.random.default_rng(4)
    lost = rng.random(SQUAT.confidence.shape) < 0.05
    pose = replace(SQUAT, confidence=np.where(lost, 0.1, SQUAT.confidence))
    said = assess(pose, judge_of("squat"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2


def test_leaving_the_picture_and_coming_back_splits_the_set() -> None:
    truth = perform("squat", 103, reps=3)
    away = slice(truth.reps[0].stop + 3, truth.reps[1].turn)
    said = assess(changed(truth.pose(noise_px=1), away, np.nan), judge_of("squat"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2


def alone(pose: PoseSequence, frames: slice, people: int) -> PoseSequence:
    """The pose without the athlete in these frames, where so many people were found."""
    count = pose.people.copy()
    count[frames] = people
    return replace(changed(pose, frames, np.nan), people=count)


def without(pose: PoseSequence, frames: slice) -> PoseSequence:
    """The recording with these pictures cut out of the file; time goes on."""
    kept = np.delete(np.arange(len(pose)), frames)
    arrays = ("time_s", "image", "world", "confidence", "presence", "people")
    return replace(pose, **{name: getattr(pose, name)[kept] for name in arrays})


def mixed_up(pose: PoseSequence, frames: Iterable[int]) -> PoseSequence:
    """The pose with left and right swapped in these frames, though not in depth, as models do."""
    part, swapped = list(frames), {"image": pose.image.copy(), "world": pose.world.copy()}
    for points in swapped.values():
        points[part, :, :2] = points[part][:, MIRROR, :2]
    return replace(pose, **swapped)


TURN = perform("squat", 103, reps=2).reps[0].turn
BRIEF, LONG = slice(TURN + 5, TURN + 15), slice(TURN - 20, TURN + 20)


@pytest.mark.parametrize(
    ("pose", "code"),
    [
        (alone(SQUAT, BRIEF, 0), "interrupted"),
        (alone(SQUAT, BRIEF, 2), "several_people"),
        (without(SQUAT, BRIEF), "corrupt_video"),
        (changed(SQUAT, (BRIEF, INDEX["left_ankle"]), np.nan), "joint_not_visible"),
        (changed(SQUAT, (LONG, INDEX["left_wrist"]), -100.0), "out_of_picture"),
        (mixed_up(SQUAT, (TURN + n for n in range(-60, 60) if n % 8 < 4)), "unsteady_pose"),
    ],
    ids=["lost", "hidden by others", "pictures missing", "a joint", "an arm outside", "mixed up"],
)
def test_a_repetition_that_cannot_be_judged_says_why(pose: PoseSequence, code: str) -> None:
    first, second = assess(pose, judge_of("squat")).reps
    assert code in {reason.code for reason in first.reasons}
    assert first.verdict is Verdict.CANNOT_JUDGE
    assert first.cue == first.reasons[0].advice
    assert second.verdict is Verdict.RIGHT


def test_size_is_not_judged_where_the_picture_is_not_in_pixels() -> None:
    unknown = replace(sized(SQUAT, 0.01), frame_size=(0, 0))
    assert [rep.verdict for rep in assess(unknown, judge_of("squat")).reps] == [Verdict.RIGHT] * 2


@pytest.mark.parametrize("where", ["seen throughout", "in the background"])
def test_others_in_the_picture_are_no_reason_while_the_athlete_is_seen(where: str) -> None:
    count = np.where(np.arange(len(SQUAT)) % 2 == 0, 2, 1 if where == "in the background" else 2)
    said = assess(replace(SQUAT, people=count), judge_of("squat"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2


@pytest.mark.parametrize(
    ("pose", "code"),
    [
        (alone(SQUAT.slice(0, TURN + 60), LONG, 0), "interrupted"),
        (alone(SQUAT.slice(0, TURN + 60), LONG, 2), "several_people"),
        (without(SQUAT.slice(0, TURN + 60), LONG), "corrupt_video"),
        (changed(SQUAT.slice(0, TURN + 60), (LONG, KNEES), np.nan), "joint_not_visible"),
        (changed(SQUAT.slice(0, TURN + 60), (LONG, KNEES), -100.0), "out_of_picture"),
        (alone(SQUAT.slice(0, TURN + 2), slice(0, 20), 0), "no_repetition"),
        (alone(filmed("squat", 103, reps=0, lead_in_s=5.0), LONG, 0), "no_repetition"),
    ],
    ids=[
        "lost",
        "hidden by others",
        "pictures missing",
        "knees",
        "knees outside",
        "came late",
        "lost while standing",
    ],
)
def test_a_recording_whose_only_repetition_is_broken_says_why(
    pose: PoseSequence, code: str
) -> None:
    said = assess(pose, judge_of("squat"))
    assert codes(said) == {code}
    assert said.verdict is Verdict.CANNOT_JUDGE


# The recording ------------------------------------------------------------------------------


@pytest.mark.parametrize("fps", [10.0, 12.0, 15.0, 25.0, 29.97, 60.0, 240.0])
def test_the_frame_rate_does_not_change_the_verdict(fps: float) -> None:
    faults = {1: (("trunk_lean", 35.0),)}
    pose = filmed("squat", 103, reps=3, faults=faults, camera={"fps": fps})
    said = assess(pose, judge_of("squat"))
    expected = [Verdict.RIGHT, Verdict.WRONG, Verdict.RIGHT]
    assert [rep.verdict for rep in said.reps] == expected


def test_a_variable_frame_rate_gives_the_same_verdicts() -> None:
    pose = filmed("squat", 103, reps=3, faults={1: (("trunk_lean", 35.0),)}, camera={"fps": 60.0})
    kept = np.sort(np.random.default_rng(2).choice(len(pose), len(pose) // 2, replace=False))
    arrays = ("time_s", "image", "world", "confidence", "presence", "people")
    variable = replace(pose, **{name: getattr(pose, name)[kept] for name in arrays})
    expected, got = (assess(p, judge_of("squat")) for p in (pose, variable))
    assert [r.verdict for r in got.reps] == [r.verdict for r in expected.reps]


def test_the_same_recording_twenty_times_gets_the_same_verdict() -> None:
    pose = filmed("lunge", 12, reps=3, faults={1: (("trunk_lean", 20.0),)})
    first, *others = (assess(pose, judge_of("lunge")) for _ in range(20))
    for other in others:
        assert [r.verdict for r in other.reps] == [r.verdict for r in first.reps]
        assert score_of(other) == score_of(first)


def test_swapped_sides_for_a_few_frames_are_repaired() -> None:
    said = assess(mixed_up(SQUAT, range(TURN, TURN + 4)), judge_of("squat"))
    assert [rep.verdict for rep in said.reps] == [Verdict.RIGHT] * 2
    assert any("swapped back" in note for note in said.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    "camera",
    [
        {},
        {"distance_m": 6.0},
        {"distance_m": 1.9},
        {"light": 0.3, "noise": 8.0},
        {"blur_px": 4.0},
        {"tilt_deg": -16.0},
        {"tilt_deg": 22.0},
    ],
    ids=["usual", "far", "near", "dark", "blurred", "no legs", "no head"],
)
def test_a_bad_picture_never_makes_a_fault_right(camera: dict[str, float], tmp_path: Path) -> None:
    """About 120 frames each through the real pose model, against the starters."""
    faults = {0: (("trunk_lean", 40.0), ("shallow", 40.0))}
    truth = perform(
        "squat", 103, reps=1, lead_in_s=0.6, lead_out_s=0.5, faults=faults, camera=camera
    )
    pose = extract_pose(render_video(tmp_path / "clip.mp4", truth, seed=1))
    judge = judge_for(Library(starter_root()), "squat", model=pose.model, settings=SETTINGS)
    said = assess(pose, judge)
    assert never_right(said)
    assert said.reps or said.reasons
    if not camera:
        assert [rep.verdict for rep in said.reps] == [Verdict.WRONG]


# References and the judge -------------------------------------------------------------------


def test_the_athletes_own_reference_scores_nearly_zero() -> None:
    own = learnt(SQUAT, person="self")
    known = starter_exercise("squat")
    judge = make_judge(known, own, calibrate(known, own, SETTINGS), SETTINGS)
    assert max(score_of(assess(SQUAT, judge))) < 0.3  # stored values are rounded
    assert judge.grounds.provisional
    assert "right repetitions" in judge.grounds.missing


def test_real_references_take_the_place_of_drawn_ones() -> None:
    drawn = tuple(reference.info for reference in trainer_references("squat"))
    real = tuple(replace(info, synthetic=False) for info in drawn[:2])
    wrong_only = tuple(replace(info, label="wrong") for info in real)
    assert in_force((*drawn, *real)) == real
    assert in_force(drawn) == drawn
    assert in_force((*drawn, *wrong_only)) == (*drawn, *wrong_only)


def test_judge_for_an_exercise_on_disk(tmp_path: Path) -> None:
    library = Library(tmp_path)
    known = Exercise("squat", "Squat")
    wrong = learnt(SQUAT, person="somebody", label="wrong")
    library.add(known, wrong)
    model, fingerprint = SQUAT.model, SETTINGS
    with pytest.raises(LibraryError, match="no reference labelled right"):
        judge_for(library, "squat", model=model, settings=fingerprint)
    library.add(known, trainer_references("squat"))
    judge = judge_for(library, "squat", model=model, settings=fingerprint)
    assert judge.calibration.wrong_reps == len(wrong)
    with pytest.raises(LibraryError, match=r"reference add"):
        judge_for(library, "squat", model="another/model", settings=fingerprint)


def test_references_say_where_they_come_from() -> None:
    references, notes = references_from(
        SQUAT, label="wrong", person="Ann", source="a.mp4", created="2026-01-01T00:00:00+00:00",
        settings=SETTINGS,
    )  # fmt: skip
    assert notes == SQUAT.notes
    assert [r.info.label for r in references] == ["wrong"] * 2
    for reference in references:
        info = reference.info
        assert info.start_s < info.turn_s < info.stop_s
        assert not info.synthetic
        assert info.settings == SETTINGS.fingerprint()
        assert len(reference.series) == len(reference.positions)
        assert reference.positions.shape[1:] == (len(KEYPOINTS), 3)


# Golden file --------------------------------------------------------------------------------


def test_golden_pose_to_verdict(request: pytest.FixtureRequest) -> None:
    """A stored pose gets the stored verdicts; `pytest --update-golden` writes both anew."""
    verdicts = GOLDEN.with_suffix(".json")
    update = request.config.getoption("--update-golden")
    if update:
        GOLDEN.parent.mkdir(exist_ok=True)
        faults = {1: (("trunk_lean", 30.0), ("shallow", 30.0))}
        pose = filmed("squat", 103, reps=2, faults=faults, camera={"fps": 12.0}, pause_s=0.2)
        coarse = replace(pose, image=pose.image.round(1), world=pose.world.round(3))
        write_pose(GOLDEN, coarse)
    said = assess(read_pose(GOLDEN), judge_of("squat"))
    rows = [
        {
            "verdict": str(rep.verdict),
            "frames": [rep.start_frame, rep.stop_frame],
            "score": round(rep.score, 2),
            "faults": [fault.text for fault in rep.faults],
        }
        for rep in said.reps
    ]
    if update:
        verdicts.write_text(json.dumps(rows, indent=1) + "\n")
    expected = json.loads(verdicts.read_text())
    for row, golden in zip(rows, expected, strict=True):
        assert row["score"] == pytest.approx(golden.pop("score"), abs=0.02)
        assert {k: v for k, v in row.items() if k != "score"} == golden


def test_a_trainer_nobody_sees_gives_no_reference() -> None:
    pose = filmed("squat", 2, reps=1)
    blank = replace(
        pose,
        image=np.full_like(pose.image, np.nan),
        world=np.full_like(pose.world, np.nan),
        people=np.zeros(len(pose), dtype=np.int64),
    )
    for unseen in (blank, pose.slice(0, 1), pose.slice(0, 0)):
        references, notes = references_from(
            unseen, label="right", person="T", source="t.mp4", created="", settings=SETTINGS
        )
        assert references == ()
        assert "Nobody" in notes[-1]


def test_movements_of_another_kind_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtwcoach.coach.NOT_THIS_REP", 0.0)  # nothing is like enough
    said = assess(filmed("squat", 2, reps=2), judge_of("squat"))
    assert said.reps == ()
    assert [item.kind for item in said.left_out] == ["other movement"] * 2


def test_an_assessment_tells_of_the_recordings_own_noise() -> None:
    truth = perform("squat", 301, reps=1)
    judge = judge_of("squat")
    calm, shaky = (assess(truth.pose(noise_px=px, seed=3), judge).jitter for px in (0.5, 4.0))
    assert calm is not None
    assert shaky is not None
    knee = judge.names.index("left_knee_angle")
    assert shaky[knee] > 3 * calm[knee]
