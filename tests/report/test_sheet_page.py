from __future__ import annotations

import base64
import gzip
import html as markup
import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from report_examples import HOSTILE
from sheet_examples import make_alone, make_hostile_sheet, make_squat_sheet

from dtwcoach.errors import StorageError
from dtwcoach.report.sheet_page import Commands, sheet_html, sheet_path, write_sheet
from dtwcoach.report.summary import read_summary

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def payload(html: str) -> Any:
    coded = re.search(r'id="payload">([^<]*)<', html)
    assert coded
    return json.loads(gzip.decompress(base64.b64decode(coded[1])))


def text_of(html: str) -> str:
    """What people read."""
    plain = re.sub("<(script|style).*?</\\1>|<[^>]*>", " ", html, flags=re.DOTALL)
    return " ".join(markup.unescape(plain).split())


def test_what_is_usual_is_told_as_strictly_as_each_score() -> None:
    sheet = make_squat_sheet()
    assert sheet.calibration
    middle = float(np.median(list(sheet.calibration.scores["wrong"].values())))
    strict = replace(sheet, exercise=replace(sheet.exercise, strictness=2.0))
    said = text_of(sheet_html(strict, now=NOW))
    assert f"(wrong ones usually {2 * middle:.2f})" in said


def test_the_page_says_what_was_recorded_and_what_to_look_at() -> None:
    sheet = make_squat_sheet()
    html = sheet_html(sheet, now=NOW)
    said = text_of(html)
    for words in (
        "4 repetitions to look through",
        "✓ 1 labelled right ✗ 3 labelled wrong",
        "1 (drawn): P201",
        "2: right.mp4, wrong.mp4",
        "4 from the front",
        "Those just added, beside all 24 that are stored.",
        "still missing: references of real people",
        "Look at these first",
        "Unlike its label",
        "Labelled wrong, but like the right ones: score",
        "Where it differs from the others",
        "Left knee angle, range",
        "Curves are kept for 3 repetitions, doubtful ones first.",
        "not medical advice",
    ):
        assert words in said
    assert "nan" not in said
    for rep in sheet.reps:
        assert rep.info.id in said
        assert f"{rep.score:.2f}" in said


def test_doubtful_ones_come_first_and_unfolded() -> None:
    html = sheet_html(make_squat_sheet(), now=NOW)
    opened = re.findall(r'<details class="rep" id="rep-(\d)" open>', html)
    doubtful = len(make_squat_sheet().doubtful("label"))
    assert 0 < doubtful < 4
    assert opened == [str(number + 1) for number in range(doubtful)]


def test_every_repetition_has_its_figures_and_its_own_reference_body() -> None:
    html = sheet_html(make_squat_sheet(), now=NOW)
    parts = payload(html)
    for number in (1, 2, 3):
        for name in (f"rep-{number}-curves", f"rep-{number}-path"):
            assert f'data-figure="{name}"' in html
            assert name in parts["figures"]
        assert f"rep-{number}-curves-seconds" in parts["figures"]
    motion = parts["data"]["motion"]
    assert sorted(motion["reps"]) == ["1", "2", "3"]
    # All of one person: laid over the same others, and so beside the same body.
    assert len(motion["references"]) == 1
    assert {own["reference"] for own in motion["reps"].values()} == {0}
    for target in re.findall(r'href="#([^"]*)"', html):
        assert f'id="{target}"' in html


def test_people_are_laid_over_others_and_stand_beside_other_bodies() -> None:
    motion = payload(sheet_html(make_squat_sheet(only=6, most_laid=6), now=NOW))["data"]["motion"]
    assert len(motion["references"]) == 2
    assert len({own["reference"] for own in motion["reps"].values()}) == 2


def test_one_repetition_alone_is_shown() -> None:
    html = sheet_html(make_alone(), now=NOW)
    said = text_of(html)
    assert "One repetition to look at" in said
    assert "no other right repetition that it could be laid over" in said
    assert "Those just added" not in said
    assert 'class="player"' in html
    assert 'class="heat"' not in html
    assert "rep-1-path" not in html
    assert list(payload(html)["figures"]) == ["rep-1-curves", "rep-1-curves-seconds"]


def test_commands_are_quoted_and_go_to_the_same_library() -> None:
    commands = Commands("my squat; rm -rf ~", ("--references", "a folder"))
    info = make_squat_sheet().reps[0].info
    assert info.label == "wrong"
    reject, relabel = commands.of(info)
    head, tail = ["dtwcoach", "reference"], ["--references", "a folder"]
    assert shlex.split(reject) == [*head, "remove", "my squat; rm -rf ~", info.id, *tail]
    assert shlex.split(relabel) == [
        *head, "relabel", "my squat; rm -rf ~", info.id, "right", *tail
    ]  # fmt: skip
    reject, _ = commands.of(replace(info, id="x; reboot"))
    assert shlex.split(reject)[-3:] == ["x; reboot", *tail]
    assert commands.parts["calibrate"] == "dtwcoach calibrate 'my squat; rm -rf ~'"
    assert Commands("squat").parts["end"] == ""


def test_commands_stand_on_the_page_without_its_script() -> None:
    html = sheet_html(make_squat_sheet(), now=NOW, options=("--references", "a folder"))
    said = text_of(html)
    for rep in make_squat_sheet().reps:
        other = "wrong" if rep.info.label == "right" else "right"
        end = "--references 'a folder'"
        assert f"dtwcoach reference remove squat {rep.info.id} {end}" in said
        assert f"dtwcoach reference relabel squat {rep.info.id} {other} {end}" in said
    assert html.count("disabled><legend>") == 4  # what only its script can do


def test_starters_and_what_is_set_aside_are_said_to_be_so() -> None:
    said = text_of(sheet_html(make_squat_sheet(), now=NOW, starter=True, set_aside=48))
    assert "copies them into your own library" in said
    assert "48 drawn starters are stored as well" in said
    plain = text_of(sheet_html(make_squat_sheet(), now=NOW))
    assert "starters that ship" not in plain
    assert "stored as well" not in plain


def test_names_stay_text() -> None:
    html = sheet_html(make_hostile_sheet(), now=NOW, options=("--references", HOSTILE))
    assert HOSTILE not in html
    assert "<img" not in html
    assert html.count("<script") == 4  # summary, payload, plotly.js, our own


def test_the_page_tells_of_itself_and_is_written_whole(tmp_path: Path) -> None:
    path = sheet_path(tmp_path / "new", "../squat", NOW)
    assert path.name == "2026-11-20-091500-squat-sheet.html"
    assert write_sheet(make_alone(), path, now=NOW) == path
    summary = read_summary(path)
    assert summary
    assert (summary.kind, summary.title, summary.exercise) == ("sheet", "Squat", "squat")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_sheet(make_alone(), tmp_path / "file" / "x.html", now=NOW)
