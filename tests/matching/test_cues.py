"""A set in a few sentences: cues shared by a third of the repetitions, and what was good."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dtwcoach.matching.assessment import Cue, Fault, SetSummary, Verdict
from dtwcoach.matching.cues import cues_of, summarize
from dtwcoach.matching.measured import PhaseTempo, RangeOfMotion

FEATURES = ("left_knee_angle", "right_knee_angle", "trunk_forward")
KNEE = Fault(
    feature="left_knee_angle",
    joint="left knee",
    phase="bottom",
    direction="straighter",
    size=14.0,
    unit="deg",
    time_s=1.0,
    ratio=1.5,
    text="left knee 14 degrees straighter at the bottom",
    cue="Left knee: bend it more at the bottom.",
    where="at the bottom",
)
RIGHT_KNEE = replace(
    KNEE, feature="right_knee_angle", joint="right knee",
    cue="Right knee: bend it more at the bottom.",
)  # fmt: skip
TRUNK = replace(
    KNEE, feature="trunk_forward", joint="trunk", direction="further forward", ratio=1.2,
    cue="Trunk: take it further back at the bottom.",
)  # fmt: skip
RANGE = RangeOfMotion("left_knee_angle", "left knee", "deg", 90.0, 80.0, 100.0, 45.0)
TEMPO = (PhaseTempo("way down", 1.0, 0.8, 1.4),)


def rep(number: int, *faults: Fault, **changed: Any) -> Any:
    """A repetition, wrong when it has faults; the trunk well inside, the knees not."""
    made = {
        "number": number,
        "verdict": Verdict.WRONG if faults else Verdict.RIGHT,
        "faults": faults,
        "ratios": np.array([1.5, 1.5, 0.4]),
        "mirrored": False,
        "ranges": (RANGE,),
        "tempo": TEMPO,
    }
    return SimpleNamespace(**made | changed)


def a_set(*reps: Any) -> Any:
    return SimpleNamespace(
        reps=reps,
        noun="repetition",
        features=FEATURES,
        counts=np.ones(3, dtype=bool),
        limit=np.full(3, 2.0),
        reference_mean=np.array([[0.0, 0.0, 0.0], [90.0, 88.0, 30.0]]),
    )


def test_a_cue_says_joint_phase_direction_size_and_repetitions() -> None:
    reps = (rep(1, KNEE), rep(2), rep(3, replace(KNEE, size=20.0)), rep(4, replace(KNEE, size=9.0)))
    assert cues_of(reps) == (
        Cue(
            joint="left knee",
            phase="bottom",
            direction="straighter",
            size=14.0,
            unit="deg",
            reps=(1, 3, 4),
            text="left knee 14 degrees straighter at the bottom",
            instruction="Left knee: bend it more at the bottom.",
        ),
    )


@pytest.mark.parametrize(("right", "cues"), [(2, 1), (3, 0)])
def test_a_third_of_the_judged_repetitions_must_show_it(right: int, cues: int) -> None:
    assert len(cues_of((rep(1, KNEE), *(rep(n + 2) for n in range(right))))) == cues


def test_at_most_two_and_the_largest_first() -> None:
    elbow = replace(KNEE, joint="left elbow", ratio=1.3)
    found = cues_of((rep(1, TRUNK), rep(2, elbow), rep(3, KNEE)))
    assert [cue.joint for cue in found] == ["left knee", "left elbow"]
    named_first = cues_of((rep(1, TRUNK, elbow, KNEE),))
    assert [cue.joint for cue in named_first] == ["trunk", "left elbow"]


def test_what_a_neighbouring_part_shows_is_no_cue_of_its_own() -> None:
    shin = replace(KNEE, joint="left shin", ratio=1.4)
    assert [cue.joint for cue in cues_of((rep(1, KNEE, shin, TRUNK),))] == ["left knee", "trunk"]
    found = cues_of((rep(1, KNEE, shin), rep(2, shin)))  # here also without the knee
    assert [cue.joint for cue in found] == ["left knee", "left shin"]


def test_both_sides_are_one_cue() -> None:
    (cue,) = cues_of((rep(1, KNEE, RIGHT_KNEE), rep(2, RIGHT_KNEE), rep(3)))
    assert cue.joint == "both knees"
    assert cue.text == "both knees 14 degrees straighter at the bottom"
    assert cue.instruction == "Both knees: bend them more at the bottom."
    assert cue.reps == (1, 2)


def test_directions_are_not_mixed() -> None:
    bent = replace(RIGHT_KNEE, direction="more bent", ratio=1.1)
    found = cues_of((rep(1, KNEE), rep(2, bent)))
    assert [(cue.joint, cue.direction) for cue in found] == [
        ("left knee", "straighter"),
        ("right knee", "more bent"),
    ]


def test_right_repetitions_and_noise_ask_for_nothing() -> None:
    assert cues_of((rep(1, KNEE, verdict=Verdict.RIGHT),)) == ()
    assert cues_of((rep(1, replace(KNEE, above_noise=False)),)) == ()


def test_a_range_and_a_tempo_have_words_of_their_own() -> None:
    short = replace(
        KNEE,
        direction="too small a range",
        size=-12.0,
        cue="Left knee: move through the full range.",
    )
    other = replace(short, joint="right knee", cue="Right knee: move through the full range.")
    (cue,) = cues_of((rep(1, short, other),))
    assert cue.text == "both knees 12 degrees short of the least range"
    assert cue.instruction == "Both knees: move through the full range."
    hasty = Fault(
        "tempo", "tempo", "way down", "faster", -0.8, "s", 0.0, 1.9, "", "Way down: slower."
    )
    (cue,) = cues_of((rep(1, hasty),))
    assert cue.text == "way down 0.8 s faster than the references"
    assert cue.instruction == "Way down: slower."
    found = cues_of((rep(1, hasty, replace(hasty, phase="way up", cue="Way up: slower.")),))
    assert [cue.phase for cue in found] == ["way down", "way up"]


def test_what_was_good_is_said_of_every_repetition() -> None:
    said = summarize(a_set(rep(1, KNEE), rep(2))).good
    assert said == (
        "The trunk stayed well inside what the references allow in every repetition.",
        "Full range of motion (left knee 90 to 90 degrees) in every repetition.",
    )
    unseen = rep(3, verdict=Verdict.CANNOT_JUDGE, ratios=np.full(3, np.nan))
    said = summarize(a_set(rep(1, KNEE), rep(2), unseen)).good
    assert said[0].endswith("in every repetition that was judged.")


def test_nothing_is_praised_that_was_not_good_once() -> None:
    leaning = np.array([0.1, 0.1, 1.1])
    short = (replace(RANGE, reached=79.0),)
    slow = (replace(TEMPO[0], seconds=1.5),)
    reps = (rep(1), rep(2, ratios=leaning, ranges=short, tempo=slow))
    assert summarize(a_set(*reps)).good == ()
    assert summarize(a_set(rep(1, TRUNK, ranges=short), rep(2))).good == (
        "A tempo like the references' in every repetition.",
    )
    unknown = rep(2, ratios=np.array([1.5, 1.5, np.nan]), ranges=(), tempo=())
    assert summarize(a_set(rep(1), unknown)).good == ()


def test_joints_of_both_sides_are_named_together_on_the_athletes_own_side() -> None:
    calm = np.array([0.2, 0.2, 0.4])
    said = summarize(a_set(rep(1, ratios=calm))).good[0]
    assert said.startswith("Both knees and the trunk stayed")
    one = np.array([0.2, 1.5, 1.5])
    assert summarize(a_set(rep(1, ratios=one))).good[0].startswith("The left knee stayed")
    turned = rep(1, ratios=one, mirrored=True)
    assert summarize(a_set(turned)).good[0].startswith("The right knee stayed")


def test_without_a_judged_repetition_nothing_is_said() -> None:
    assert summarize(a_set(rep(1, KNEE, verdict=Verdict.CANNOT_JUDGE))) == SetSummary()
    assert summarize(a_set()) == SetSummary()
