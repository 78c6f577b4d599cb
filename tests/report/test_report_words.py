import doctest
import math
from dataclasses import replace

import pytest
from report_examples import GROUNDS, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report import words


def test_examples_in_the_text_hold():
    assert doctest.testmod(words).failed == 0


def test_changes_go_by_the_number_of_reps_and_are_two_at_most():
    made = make_set()
    third = made.reps[2]
    alone = replace(third.faults[1], cue="Look ahead.", ratio=99.0)
    reps = list(made.reps)
    reps[2] = replace(third, faults=(alone, *third.faults))
    cues = words.changes(replace(made, reps=tuple(reps)))
    assert [(change.cue, change.reps) for change in cues] == [
        ("Go deeper: bend your knees more.", (3, 6)),
        ("Keep your chest up.", (3, 6)),
    ]


def test_changes_serve_as_many_repetitions_as_they_can():
    made = make_set()
    fault = made.reps[2].faults[0]

    def wrong(number, *cues):
        faults = tuple(replace(fault, cue=cue) for cue in cues)
        return replace(made.reps[2], number=number, faults=faults)

    reps = (wrong(1, "A", "B"), wrong(2, "A", "B"), wrong(3, "C"))
    cues = words.changes(replace(made, reps=reps))
    assert [(change.cue, change.reps) for change in cues] == [("A", (1, 2)), ("C", (3,))]


def test_small_faults_of_right_reps_ask_for_no_change():
    made = make_set()
    faults = made.reps[2].faults
    right = replace(made.reps[0], faults=faults)
    assert words.changes(replace(made, reps=(right,))) == []


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
