import json
import math
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from report_examples import HOSTILE, make_hostile, make_set, make_unjudged
from report_history import START, judged, put, put_text

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report.page import write_report
from dtwcoach.report.summary import (
    page_summary,
    person_key,
    read_reports,
    read_summary,
    script_text,
    summary_of,
)

TOLD = summary_of(make_set(), START)


def strict(text):
    return json.loads(text, parse_constant=pytest.fail)


def changed(**fields):
    return script_text({**TOLD, **fields})


def test_a_set_is_told_in_few_bytes():
    told = summary_of(make_set(reps=10), START)
    assert len(script_text(told)) < 3000
    assert strict(script_text(told)) == told
    parts = {
        "schema": 1,
        "kind": "set",
        "athlete": "Anna Example",
        "source": "anna_squats_2026.mp4",
        "date": "2026-11-03T18:05:00+00:00",
        "right": 6,
        "wrong": 3,
        "cannot_judge": 1,
        "joint": "left knee",
        "rom_low": 44.0,
        "rom_high": 92.0,
        "phases": ["way down", "bottom", "way up"],
        "out_s": 1.2,
        "threshold": 1.0,
        "provisional": True,
        "balanced_accuracy": [0.944, 0.851, 1.0],
        "settings": "0123456789ab",
    }
    assert {name: told[name] for name in parts} == parts
    assert told["reps"][2:5] == [[3, "wrong", 1.5], [4, "right", 0.6], [5, "cannot judge", None]]
    assert told["cues"][0] == ["knee straighter", "Go deeper: bend your knees more."]


def test_a_report_tells_of_itself(tmp_path):
    path = write_report(make_set(), tmp_path / "a.html", now=START)
    read = read_summary(path)
    assert (read.kind, read.title, read.exercise) == ("set", "Squat", "squat")
    assert (read.right, read.wrong, read.cannot_judge, read.total) == (5, 2, 1, 8)
    assert read.date == START
    assert read.path == path
    assert read.reps[0].verdict is Verdict.RIGHT
    assert math.isnan(read.reps[4].score)
    assert read.score == pytest.approx(0.75)


def test_what_is_not_known_stays_unknown(tmp_path):
    put(tmp_path, make_unjudged(), day=0)
    ((read,), _) = read_reports(tmp_path)
    assert (read.total, read.reps, read.joint) == (0, (), "")
    assert math.isnan(read.score)
    assert math.isnan(read.rom_mean)


def test_a_date_without_a_zone_is_local():
    told = summary_of(make_set(), datetime(2026, 11, 3, 18, 5))
    assert datetime.fromisoformat(told["date"]).tzinfo is not None


@pytest.mark.parametrize("name", [HOSTILE, "a\u2028b\u2029", "&lt;!--<!--", "]]>", "clip\udcff\0"])
def test_no_name_can_end_the_element(tmp_path, name):
    text = script_text(summary_of(make_set(athlete=name), START))
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(text)
    assert text.isascii()
    assert read_summary(put_text(tmp_path / "a.html", text)).athlete == name


def test_every_hostile_text_comes_back_as_it_was(tmp_path):
    put(tmp_path, make_hostile(), day=0)
    ((read,), unread) = read_reports(tmp_path)
    assert (read.title, read.cues[0].instruction, unread) == (HOSTILE, HOSTILE, 0)


def test_long_sets_and_long_names_are_cut(tmp_path):
    rep = make_set(reps=1).reps[0]
    made = replace(make_set(athlete="x" * 5000), reps=(rep,) * 1500)
    text = script_text(summary_of(made, START))
    assert len(text) < 40_000
    read = read_summary(put_text(tmp_path / "a.html", text))
    assert (read.right, len(read.reps), len(read.athlete)) == (1500, 1000, 200)


BROKEN = {
    "empty": "",
    "no JSON": "{'kind': 1}",
    "a list": "[]",
    "a text": '"set"',
    "nothing in it": "{}",
    "deep": "[" * 100_000,
    "a long number": '{"schema": ' + "9" * 10_000 + "}",
    "newer": changed(schema=2),
    "true for one": changed(schema=True),
    "unknown kind": changed(kind="virus"),
    "kind is a list": changed(kind=[]),
    "NaN": changed().replace('"score":0.75', '"score":NaN'),
    "infinite": changed().replace('"score":0.75', '"score":1e999'),
    "no zone": changed(date="2026-11-03T18:05:00"),
    "no date": changed(date="yesterday"),
    "the year 9999": changed(date="9999-12-31T23:59:59-12:00"),
    "negative count": changed(right=-1),
    "count is a share": changed(right=0.5),
    "long name": changed(athlete="x" * 201),
    "unknown verdict": changed(reps=[[1, "superb", 0.1]]),
    "short row": changed(reps=[[1, "right"]]),
    "too many": changed(good=["x"] * 33),
}


def test_what_breaks_them_is_read_when_whole(tmp_path):
    assert read_summary(put_text(tmp_path / "a.html", changed())).score == 0.75


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_summaries_are_none(tmp_path, text):
    assert read_summary(put_text(tmp_path / "a.html", text)) is None


@pytest.mark.parametrize("name", sorted(TOLD))
@pytest.mark.parametrize(
    "value", [{"a": 1}, [[[]]], "missing"], ids=["object", "nested", "missing"]
)
def test_every_field_is_checked(tmp_path, name, value):
    told = {**TOLD, name: value}
    if value == "missing":
        del told[name]
    assert read_summary(put_text(tmp_path / "a.html", script_text(told))) is None


def test_strange_files_are_counted_and_nothing_else(tmp_path):
    whole = put(tmp_path, make_set(), day=0, name="a.html").read_bytes()
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "empty.html").touch()
    (tmp_path / "truncated.html").write_bytes(whole[:300])
    (tmp_path / "late.html").write_bytes(b" " * 256 * 1024 + whole)
    (tmp_path / "binary.html").write_bytes(b'id="summary">\xff\xfe</script>' * 9)
    (tmp_path / "dangling.html").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.html").symlink_to(tmp_path / "loop.html")
    (tmp_path / "notes.txt").write_text("not a page, not counted")
    os.mkfifo(tmp_path / "pipe.html")
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(1 << 32)
    sets, unread = read_reports(tmp_path)
    assert [page.path.name for page in sets] == ["a.html"]
    assert unread == 9


def test_a_huge_file_is_read_for_its_head_only(tmp_path):
    path = put(tmp_path, make_set(), day=0)
    with path.open("r+b") as file:
        file.truncate(1 << 32)
    assert read_summary(path).right == 5


def test_copies_and_links_count_once(tmp_path):
    path = put(tmp_path, make_unjudged(), day=0, name="a.html")  # full of unknown numbers
    (tmp_path / "copy.html").write_bytes(path.read_bytes())
    (tmp_path / "link.html").symlink_to(path)
    put(tmp_path, make_unjudged(), day=1, name="b.html")
    sets, unread = read_reports(tmp_path)
    assert [page.path.name for page in sets] == ["a.html", "b.html"]
    assert unread == 0


def test_sets_are_in_the_order_of_time_in_any_zone(tmp_path):
    east, west = (timezone(timedelta(hours=hours)) for hours in (9, -8))
    for name, hour, zone in (("a", 20, west), ("b", 18, None), ("c", 19, east)):
        date = START.replace(hour=hour, tzinfo=zone or START.tzinfo)
        put_text(tmp_path / f"{name}.html", script_text(summary_of(make_set(athlete=name), date)))
    assert [page.athlete for page in read_reports(tmp_path)[0]] == ["c", "b", "a"]


def test_a_folder_that_is_not_there_is_empty(tmp_path):
    assert read_reports(tmp_path / "none") == ((), 0)


def test_500_reports_are_read(tmp_path):
    for number in range(500):
        text = changed(athlete=f"person {number % 7}", source=f"{number}.mp4")
        put_text(tmp_path / f"{number}.html", text)
    sets, unread = read_reports(tmp_path)
    assert (len(sets), unread) == (500, 0)


def test_other_pages_have_a_title_and_a_date(tmp_path):
    told = page_summary("calibration", "Squat", START, exercise="squat")
    read = read_summary(put_text(tmp_path / "a.html", script_text(told)))
    assert (read.kind, read.title, read.exercise, read.date) == (
        "calibration", "Squat", "squat", START,
    )  # fmt: skip


def test_the_same_name_in_another_spelling_is_one_person():
    assert person_key("Zoe\u0308 A\u030angström") == person_key(" zoë ångström")
    assert person_key("Anna") != person_key("Hanna")


def test_a_cue_is_the_same_for_either_side_and_for_both():
    (cue, _) = make_set(reps=3).summary.cues
    about = set()
    for joint in ("left knee", "right knee", "both knees", "knee"):
        made = make_set(reps=3)
        made.__dict__["summary"] = replace(made.summary, cues=(replace(cue, joint=joint),))
        about.add(summary_of(made, START)["cues"][0][0])
    assert about == {"knee straighter"}


def test_references_are_the_same_until_anything_about_them_changes():
    first = make_set()
    grounds = first.grounds
    others = [
        replace(first, tolerance=first.tolerance * 1.01),
        replace(first, limit=first.limit + 0.1),
        replace(first, reference_mean=first.reference_mean + 0.1),
        replace(first, grounds=replace(grounds, threshold=1.1)),
        replace(first, grounds=replace(grounds, strictness=1.1)),
        replace(first, grounds=replace(grounds, level="personal baseline")),
    ]
    same = [judged("+-", athlete="Ben"), replace(first, tolerance=first.tolerance + 1e-12)]
    assert np.any(same[1].tolerance != first.tolerance)
    digests = [summary_of(made, START)["references"] for made in (first, *others, *same)]
    assert len(set(digests[:7])) == 7
    assert {digests[0]} == set(digests[7:])
