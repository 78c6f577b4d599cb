"""The set in numbers as people, machines and the page show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from report_examples import HOSTILE, make_set, make_unjudged

from dtwcoach.cli.score import print_assessment
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.left_out import LeftOut
from dtwcoach.matching.set_numbers import SetNumbers
from dtwcoach.report.page import report_html
from dtwcoach.report.set_words import set_facts
from dtwcoach.report.tables import rows, to_json

NOW = datetime(2026, 11, 20, 9, 15)
HALF = LeftOut("half", 30.0, 31.2, "A half repetition around 30.6 s is not counted.")


def said(**changes: Any) -> dict[str, str]:
    """What is said about a set of which these numbers are others."""
    made = make_set(reps=3)
    numbers: SetNumbers = replace(made.numbers, **changes)
    made.__dict__["numbers"] = numbers  # in place of the cached ones
    return dict(set_facts(made))


def test_three_lines_say_what_a_set_measured() -> None:
    assert set_facts(make_set(reps=6)) == [
        ("Range of motion", "left knee 73° on average (44° to 92°), 48° less at the end"),
        ("Tempo", "way down 1.2 s, bottom 0.9 s, way up 1.1 s; "
                  "the last way up 52 % slower than the fastest"),
        ("Time", "19.2 s under tension, 78% of the set, longest rest 1.1 s"),
    ]  # fmt: skip


def test_small_changes_are_scatter() -> None:
    plain = said(
        velocity_loss_percent=9.0, rom_mean=85.0, rom_change=8.0, symmetry_percent={"knee": -9.0}
    )
    assert "slower" not in plain["Tempo"]
    assert "at the end" not in plain["Range of motion"]
    assert "Left and right" not in plain
    clear = said(
        velocity_loss_percent=11.0, rom_mean=85.0, rom_change=9.0, symmetry_percent={"knee": -12.0}
    )
    assert clear["Tempo"].endswith("; the last way up 11 % slower than the fastest")
    assert clear["Range of motion"].endswith(", 9.0° more at the end")
    assert clear["Left and right"] == "right knee 12 % further"


def test_exercises_without_a_way_up_slow_down_by_the_repetition() -> None:
    slow = said(concentric="", velocity_loss_percent=20.0)["Tempo"]
    assert slow.endswith("; the last repetition 20 % slower than the fastest")


def test_pauses_are_told_when_they_are_clear() -> None:
    assert said(pauses_s=1.4)["Time"].endswith(", pauses in repetitions 1.4 s")
    assert "pauses" not in said(pauses_s=0.6)["Time"]


@pytest.mark.parametrize(
    ("reps", "held"), [(1, "3.2 s"), (2, "3.2 s, 3.2 s; 6.4 s in all, longest rest 1.1 s")]
)
def test_holds_say_how_long(reps: int, held: str) -> None:
    assert set_facts(make_set(reps=reps, kind="hold")) == [("Held", held)]


@pytest.mark.parametrize("kind", ["repetitions", "hold"])
def test_nothing_measured_nothing_said(kind: str) -> None:
    assert set_facts(replace(make_unjudged(), kind=kind)) == []


def test_json_has_the_numbers_and_what_was_left_out() -> None:
    plain = to_json(make_set(reps=6, left_out=(HALF,)))
    assert plain["kind"] == "repetitions"
    assert plain["numbers"]["half"] == 1
    assert plain["numbers"]["rom_change"] == -48.0
    assert len(plain["numbers"]["reps"]) == 6
    assert plain["numbers"]["reps"][-1]["rest_s"] is None
    assert plain["left_out"][0]["kind"] == "half"
    assert [phase["name"] for phase in plain["reps"][0]["phases"]] == ["out", "turn", "back"]
    assert to_json(make_unjudged())["numbers"]["rom_mean"] is None


def test_rows_have_the_tempo_where_it_is_known() -> None:
    made = make_set(reps=2)
    first = rows(made)[0]
    assert (first["way_out_s"], first["at_turn_s"], first["way_back_s"]) == (1.2, 0.9, 1.1)
    assert [row["pause_s"] for row in rows(made)] == [0.0, 0.6]
    unknown = rows(replace(made, reps=(replace(made.reps[0], tempo=()),)))[0]
    assert (unknown["way_out_s"], unknown["at_turn_s"], unknown["way_back_s"]) == (None,) * 3


def page(made: SetAssessment) -> str:
    return report_html(made, now=NOW)


def test_the_page_has_the_same_words() -> None:
    made = make_set(reps=6, left_out=(HALF,))
    text = page(made)
    assert '<h2 id="table">The numbers</h2>' in text
    for _, words in set_facts(made):
        assert words in text
    assert HALF.text in text
    assert "way down 1.2 s with a pause of 0.6 s" in text
    assert "The numbers</h2>" not in page(make_unjudged())


def test_hostile_words_stay_words_on_the_page() -> None:
    text = page(make_set(reps=1, left_out=(LeftOut("half", 0.0, 1.0, HOSTILE),)))
    assert "<img src=x" not in text


def test_the_command_line_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_assessment(make_set(reps=6, left_out=(HALF,)))
    lines = capsys.readouterr().out.splitlines()
    assert "Time: 19.2 s under tension, 78% of the set, longest rest 1.1 s." in lines
    assert f"Note: {HALF.text}" in lines
