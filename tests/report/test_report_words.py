import doctest
import math
from dataclasses import replace

import pytest
from report_examples import GROUNDS, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report import words


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
    assert "94% of verdicts right" in text
    assert "8% of right repetitions called wrong" in text
    unknown = replace(GROUNDS, balanced_accuracy=math.nan, provisional=False)
    text = " ".join(words.grounds(unknown))
    assert "unknown without wrong references" in text
    assert "provisional" not in text


def test_what_decided_is_said_for_judged_reps_only():
    made = make_set()
    assert words.rep_ground(made.reps[2]).endswith("furthest off: the left knee.")
    assert "median" in words.rep_ground(made.reps[0])
    assert words.rep_ground(made.reps[4]) == ""
