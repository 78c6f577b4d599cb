import csv
import io
import json
from dataclasses import replace

import pytest
from report_examples import HOSTILE, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report.tables import rows, to_csv, to_json


def test_one_row_per_repetition():
    made = make_set()
    table = rows(made)
    assert [row["rep"] for row in table] == list(range(1, 9))
    assert table[2]["verdict"] == "wrong"
    assert table[2]["time"] == "0:09.6"
    assert table[2]["cue"] == "Go deeper: bend your knees more."
    assert table[4]["score"] is None
    assert table[4]["reasons"] == ["joint_not_visible"]


@pytest.mark.parametrize("made", [make_set(), make_unjudged()])
def test_json_is_strict_and_survives_the_way_there_and_back(made):
    plain = to_json(made)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert len(plain["reps"]) == len(made.reps)


def test_json_names_each_features_ratio():
    plain = to_json(make_set())
    assert plain["reps"][2]["features"]["left_knee_angle"]["ratio"] == 3.0
    assert plain["reps"][4]["features"]["left_knee_angle"]["ratio"] is None
    assert plain["grounds"]["provisional"] is True


def test_json_has_the_summary_and_what_was_measured():
    plain = to_json(make_set(reps=6))
    assert plain["summary"]["cues"][0]["reps"] == [3, 6]
    assert plain["summary"]["cues"][0]["joint"] == "left knee"
    assert len(plain["summary"]["good"]) == 2
    rep = plain["reps"][0]
    assert [phase["phase"] for phase in rep["tempo"]] == ["way down", "bottom", "way up"]
    assert rep["ranges"][0]["low"] == 84.0
    assert rep["symmetry"][0]["percent"] == 0.8


@pytest.mark.parametrize(
    "name",
    ["=cmd()", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "＝1+1"],
)
def test_formulas_are_disarmed_in_csv(name):
    made = replace(make_set(), athlete=name)
    row = next(csv.DictReader(io.StringIO(to_csv([made]), newline="")))
    assert row["athlete"] == f"'{name.strip()}"


def test_csv_keeps_plain_text_and_numbers_as_they_are():
    made = replace(make_set(), athlete=HOSTILE)
    table = list(csv.DictReader(io.StringIO(to_csv([made, make_set()]), newline="")))
    assert len(table) == 16
    assert table[0]["athlete"] == HOSTILE
    assert table[0]["score"] == "0.45"
    assert table[4]["score"] == ""
    assert table[0]["verdict"] == Verdict.RIGHT.value


def test_csv_of_nothing_is_empty():
    assert to_csv([make_unjudged()]) == ""
