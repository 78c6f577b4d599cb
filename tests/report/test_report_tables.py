import csv
import io
import json
import math
from dataclasses import replace

import pytest
from report_examples import HOSTILE, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.matching.calibration import LEVELS
from dtwcoach.report.tables import csv_text, flat_rows, parquet_bytes, rows, to_csv, to_json


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


def test_csv_of_nothing_has_its_header():
    text = to_csv([make_unjudged()])
    assert text.startswith("source,athlete,exercise,kind,rep,time,start_s,")
    assert text.count("\n") == 1


def test_a_row_for_studies_has_each_number_in_a_column_of_its_own():
    first, *_, fifth = flat_rows(make_set(reps=5))
    assert first["rom_left_knee_deg"] == 92.0
    assert first["symmetry_knee_percent"] == 0.8
    assert (first["way_out_s"], first["at_turn_s"], first["way_back_s"]) == (1.2, 0.9, 1.1)
    assert (first["turn_s"], first["p_value"], first["view_yaw_deg"]) == (2.8, 0.54, 38.0)
    assert (first["calibration"], first["provisional"], first["mirrored"]) == (LEVELS[1], 1, 0)
    assert flat_rows(make_set(reps=3))[2]["faults"].count("; ") == 1
    assert fifth["reasons"] == "joint_not_visible"
    assert fifth["score"] is None


def test_json_keeps_the_keys_it_had():
    rep = to_json(make_set())["reps"][0]
    assert rep["rom_deg"] == {"left_knee_angle": 92.0, "right_knee_angle": 91.3}
    assert rep["turn_s"] == 2.8
    assert rep["faults"] == []
    assert rep["p_value"] == 0.54


def test_rows_of_two_recordings_of_one_name_can_be_told_apart():
    assert {row["source"] for row in flat_rows(make_set(), source="b/set.mp4")} == {"b/set.mp4"}
    assert {row["source"] for row in flat_rows(make_set())} == {"anna_squats_2026.mp4"}


def parquet(lines):
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(parquet_bytes(lines)))


def test_parquet_has_types_and_the_text_as_it_is():
    made = replace(make_set(), athlete="=Jürgen\udcff")
    table = parquet(flat_rows(made))
    types = {field.name: str(field.type) for field in table.schema}
    assert types["athlete"] == "string"
    assert types["rep"] == "int64"
    assert types["score"] == types["rom_left_knee_deg"] == "double"
    columns = table.to_pydict()
    assert columns["rep"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert columns["athlete"] == ["=Jürgen?"] * 8
    assert columns["score"][0] == 0.45
    assert math.isnan(columns["score"][4])
    assert columns["reasons"][4] == "joint_not_visible"


def test_what_one_recording_has_not_stays_open_in_the_table():
    plain, other = make_set(), replace(make_set(), athlete="Ben")
    bare = tuple(replace(rep, ranges=(), symmetry=()) for rep in other.reps)
    lines = [*flat_rows(replace(other, reps=bare)), *flat_rows(plain)]
    columns = parquet(lines).to_pydict()
    assert math.isnan(columns["symmetry_knee_percent"][0])
    assert columns["symmetry_knee_percent"][8] == 0.8
    table = list(csv.DictReader(io.StringIO(csv_text(lines), newline="")))
    assert table[0]["symmetry_knee_percent"] == ""
    assert table[8]["symmetry_knee_percent"] == "0.8"


def test_parquet_of_nothing_has_its_columns():
    table = parquet([])
    assert table.num_rows == 0
    assert "verdict" in table.column_names
