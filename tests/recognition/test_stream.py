"""Movements in a stream of frames."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from athletes import SETTINGS, filmed, joined, judge_of, perform, trainer_references

from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.recognition.classifier import Example, learn_classifier
from dtwcoach.recognition.stream import (
    Movement,
    Recogniser,
    RecogniserState,
    local_features,
    sentence_of,
)

TRAINERS = (101, 102, 103, 104)
KNOWN = ("squat", "lateral_raise", "biceps_curl", "push_up")


@cache
def parts(*names: str):  # type: ignore[no-untyped-def]
    examples = [
        Example(name, one.info.person, one.series, 0)
        for name in names
        for one in trainer_references(name, TRAINERS)
    ]
    guides = {name: judge_of(name, TRAINERS).guide for name in names}
    return learn_classifier(examples, either_side=names), guides


def recogniser(*names: str) -> Recogniser:
    return Recogniser(*parts(*(names or KNOWN)))


def watched(one: Recogniser, recording: Recording) -> list[RecogniserState]:
    frames = zip(local_features(recording), recording.series.time_s, strict=True)
    states = [one.update(row, float(time_s)) for row, time_s in frames]
    return [*states, one.finish()]


def movements(states: list[RecogniserState]) -> list[Movement]:
    return [state.movement for state in states if state.movement is not None]


def test_each_repetition_is_recognised_when_it_happened() -> None:
    truth = perform("squat", 7, reps=3)
    states = watched(recogniser(), describe(truth.pose(noise_px=1, seed=7), SETTINGS))
    found = movements(states)
    assert [one.label for one in found] == ["squat"] * 3
    for one, rep in zip(found, truth.reps, strict=True):
        assert one.start_s == pytest.approx(truth.time_s[rep.start], abs=0.35)
        assert one.stop_s == pytest.approx(truth.time_s[rep.stop - 1], abs=0.35)
        assert one.probabilities.sum() == pytest.approx(1.0)


def test_the_sentence_has_no_repeats_and_the_action_fades() -> None:
    pose = joined(
        filmed("squat", 7, reps=2), filmed("push_up", 7, reps=1),
        filmed("squat", 7, reps=1, lead_out_s=5.0),
    )  # fmt: skip
    states = watched(recogniser(), describe(pose, SETTINGS))
    assert [one.label for one in movements(states)] == ["squat", "squat", "push_up", "squat"]
    assert states[-1].sentence == ("squat", "push_up", "squat")
    assert states[0].action == "" and states[0].sentence == ()
    assert {state.action for state in states} == {"", "squat", "push_up"}
    assert states[-1].action == ""  # five seconds after the last


def test_a_sentence_has_five_actions() -> None:
    one = recogniser()
    for label in "bcabcab":
        one._sentence.append(label)
    assert (
        one.finish().sentence == ("a", "b", "c", "a", "b")[-5:] or len(one.finish().sentence) == 5
    )
    shown = [Movement(label, 0.0, 1.0, np.ones(1)) for label in ("a", "", "a", "b", "b", "a")]
    assert sentence_of(shown) == ("a", "b", "a")


def test_unknown_movements_and_rest_are_none() -> None:
    states = watched(recogniser("biceps_curl", "push_up"), describe(filmed("squat", 7), SETTINGS))
    assert states[-1].sentence == ()
    assert all(one.label == "" for one in movements(states))
    still = watched(recogniser(), describe(filmed("squat", 7, reps=0, lead_in_s=6.0), SETTINGS))
    assert movements(still) == []
    assert still[-1].probabilities.tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_probabilities_are_there_before_the_decision() -> None:
    states = watched(recogniser(), describe(filmed("lateral_raise", 7, reps=1), SETTINGS))
    decided = next(n for n, state in enumerate(states) if state.movement is not None)
    shown = next(n for n, state in enumerate(states) if state.probabilities[-1] < 1.0)
    assert shown < decided
    assert states[shown].action == "" and states[decided].action == "lateral_raise"
    assert states[decided].probabilities[1] > 0.5


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_the_frames_rate_does_not_matter(fps: float) -> None:
    recording = describe(filmed("squat", 7, reps=2), SETTINGS)
    values, time_s = local_features(recording), recording.series.time_s
    one = recogniser()
    at = np.arange(0.0, time_s[-1], 1.0 / fps)
    rows = np.array([np.interp(at, time_s, column) for column in values.T]).T
    states = [one.update(row, float(moment)) for row, moment in zip(rows, at, strict=True)]
    assert [m.label for m in movements([*states, one.finish()])] == ["squat"] * 2


def test_a_gap_ends_a_movement_and_costs_no_time_for_its_length() -> None:
    recording = describe(filmed("squat", 7, reps=2), SETTINGS)
    values, time_s = local_features(recording), recording.series.time_s
    one = recogniser()
    for row, moment in zip(values, time_s, strict=True):
        one.update(row, float(moment))
    frames = one._frame
    one.update(values[0], float(time_s[-1]) + 3600.0)
    assert one._frame - frames <= one._values.maxlen
    later = [one.update(row, float(m) + 3620.0) for row, m in zip(values, time_s, strict=True)]
    found = movements([*later, one.finish()])
    assert [m.label for m in found] == ["squat"] * 2
    assert found[0].start_s > 3600.0


def test_memory_is_bounded() -> None:
    one = recogniser("squat")
    rng = np.random.default_rng(3)
    for number in range(2000):
        one.update(rng.normal(size=len(FEATURE_NAMES)), number / 30)
    assert len(one._values) == one._values.maxlen < 1000


def test_frames_to_ignore_hold_no_movement() -> None:
    recording = describe(filmed("squat", 7, reps=2), SETTINGS)
    one = recogniser()
    frames = zip(local_features(recording), recording.series.time_s, strict=True)
    states = [one.update(row, float(at), ignore=True) for row, at in frames]
    assert movements([*states, one.finish()]) == []


def test_features_follow_the_body_s_heading() -> None:
    left, right = (
        filmed("biceps_curl", 7, reps=1, camera={"yaw_off_deg": off}) for off in (-45.0, 45.0)
    )
    recording = describe(joined(left, left, right, right), SETTINGS)
    turned = FEATURE_NAMES.index("shoulders_forward")
    assert abs(np.median(local_features(recording)[:60, turned])) < 12
    assert abs(np.median(recording.series.values[:60, turned])) > 25
