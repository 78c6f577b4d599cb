"""What one repetition brings to a page."""

from __future__ import annotations

from dataclasses import replace

from report_examples import make_set

from dtwcoach.report.rep_view import motion_of

MADE = make_set(reps=3)


def test_repetitions_share_the_reference_that_is_seen_from_the_same_side() -> None:
    other = replace(MADE, view_yaw_deg=-38.0)
    one, two, three = MADE.reps
    motion = motion_of([(MADE, one), (other, two), (MADE, three)])
    assert [reference["side"] for reference in motion["references"]] == [1, -1]
    assert {number: rep["reference"] for number, rep in motion["reps"].items()} == {
        "1": 0, "2": 1, "3": 0
    }  # fmt: skip


def test_without_any_body_there_is_nothing_to_play() -> None:
    bare = replace(MADE, reference_body=MADE.reference_body[:0])
    assert motion_of((bare, rep) for rep in bare.reps) == {}
