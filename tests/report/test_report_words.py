import doctest
import math
from dataclasses import replace

import pytest
from report_examples import GROUNDS, make_rep, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.matching.calibration import LEVELS
from dtwcoach.report import words
from dtwcoach.report.figures import timeline_figure


def test_examples_in_the_text_hold():
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (make_set(), "5 of 8 repetitions right"),
        (make_set(reps=1), "1 of 1 repetition right"),
        (make_unjudged(), "This recording cannot be judged"),
        (make_set(verdict=Verdict.CANNOT_JUDGE), "This recording cannot be judged"),
    ],
)
def test_headline(made, expected):
    assert words.headline(made) == expected


def test_grounds_say_what_is_missing_and_what_is_not_known():
    text = " ".join(words.grounds(GROUNDS))
    assert "provisional. Missing: 4 more right repetitions." in text
    assert "94% (85 to 100%) of verdicts right" in text
    assert "92% (76 to 100%) of right repetitions called right" in text
    assert "97% (82 to 100%) of wrong ones called wrong" in text
    assert "strictness" not in text


def test_grounds_without_wrong_repetitions():
    nobody = (math.nan,) * 3
    known = {**dict.fromkeys(GROUNDS.estimates, nobody), "specificity": (0.9, 0.7, 1.0)}
    ground = replace(GROUNDS, estimates=known, provisional=False, strictness=1.25)
    text = " ".join(words.grounds(ground))
    assert "90% (70 to 100%) of right repetitions called right." in text
    assert "unknown without wrong references" in text
    assert "set the strictness to 1.25" in text
    assert "provisional" not in text
    none = replace(ground, estimates=dict.fromkeys(known, nobody))
    assert "cannot be estimated" in " ".join(words.grounds(none))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("rule", ["median", "weighted"])
def test_every_level_and_rule_has_words(level, rule):
    basis = words.grounds(replace(GROUNDS, level=level, rule=rule))[0]
    assert words.RULES[rule] in basis
    assert words.LEVELS[level] in basis


def test_what_decided_is_said_for_judged_reps_only():
    made = make_set()
    assert words.rep_ground(made.reps[2]).endswith("furthest off: the left knee.")
    assert "all joints together" in words.rep_ground(made.reps[0])
    assert words.rep_ground(made.reps[4]) == ""


def test_a_hold_is_called_so() -> None:
    assert words.headline(make_set(reps=1, kind="hold")).endswith("of 1 hold right")
    rep = make_rep(1, Verdict.CANNOT_JUDGE)
    unjudged = make_set(reps=1, kind="hold")
    assert words.headline(replace(unjudged, reps=(rep,))) == "No hold could be judged"
    axis = timeline_figure(unjudged)["layout"]["yaxis"]
    assert axis["ticktext"] == ["away", "in position"]
