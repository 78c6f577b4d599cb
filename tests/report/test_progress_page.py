import re
from dataclasses import replace
from datetime import timedelta

import pytest
from report_examples import HOSTILE, make_hostile, make_set
from report_history import START, judged, put

from dtwcoach.errors import StorageError
from dtwcoach.report import progress_figures
from dtwcoach.report.index_page import write_index
from dtwcoach.report.progress_page import (
    CueCourse,
    as_plain,
    courses,
    facts,
    progress_path,
    story,
    whether,
    write_progress,
)
from dtwcoach.report.summary import read_reports, read_summary

NOW = START + timedelta(days=60)  # in the next year
SOON = START + timedelta(days=20)


def sets_of(folder, *sets):
    for day, made in enumerate(sets):
        put(folder, made if not isinstance(made, str) else judged(made), day=day)
    return [page for page in read_reports(folder)[0] if page.kind == "set"]


def course_of(folder, *sets):
    (course,) = courses(sets_of(folder, *sets))
    return course


def told(folder, *sets):
    return [line.replace("\u00a0", " ") for line in story(course_of(folder, *sets), now=SOON)]


def drawn(course):
    return dict(progress_figures.drawn(course.sets, course.changes, course.first_row))


def test_the_first_sets_against_the_latest_in_one_sentence(tmp_path):
    first, last = ["++---", "+----", "++---"], ["++++-", "+++++", "+++++"]
    assert told(tmp_path, *first, "+++--", *last) == [
        "Since 3 November: 33 % → 93 % right; the cue “Go deeper: bend your knees more” came in "
        "3 of the first 3 sets and in none of the latest 3.",
        "The first 3 sets against the latest 3.",
    ]


def test_one_set_is_no_progress(tmp_path):
    assert told(tmp_path, "++?-") == [
        "2 of 4 right in the only set so far. Progress shows from the second on."
    ]
    assert drawn(course_of(tmp_path, "++?-")) == {}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("+-", "++", "50 % → 100 % right; the cue “Go deeper: bend your knees more” came in the "
         "first set but not in the latest."),
        ("+-", "--", "50 % → 0 % right; the cue “Go deeper: bend your knees more” came in the "
         "first set and again in the latest."),
        ("++", "--", "100 % → 0 % right; the cue “Go deeper: bend your knees more” came only in "
         "the latest set."),
        ("++", "+?", "100 % → 100 % right."),
    ],
)  # fmt: skip
def test_two_sets_are_compared_with_a_warning(tmp_path, first, last, said):
    assert told(tmp_path, first, last) == [
        f"Since 3 November: {said}",
        "2 sets are few: take this for a hint.",
    ]


def test_what_was_not_judged_is_neither_right_nor_wrong(tmp_path):
    assert told(tmp_path, "??") == ["No set could be judged."]
    assert told(tmp_path / "b", "??", "+-", "???", "++")[0].startswith(
        "Since 4 November: 50 % → 100 % right"
    )


def test_small_differences_may_be_chance_and_large_ones_are_told_plainly(tmp_path):
    chance = "With so few repetitions, a difference of this size may be chance."
    assert chance in told(tmp_path / "a", "+-", "+-", "+-", "++")
    assert chance not in told(tmp_path / "b", "-" * 9, "-" * 9, "+" * 9, "+" * 9)
    assert chance not in told(tmp_path / "c", "+-", "+-", "+-", "+-")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"tolerance": 2 * make_set().tolerance}, "other references or another calibration"),
        ({"settings": "fedcba987654", "model": "mediapipe 0.10.21 full"}, "other settings"),
        ({"model": "mediapipe 1 heavy", "settings": "fedcba987654"}, "another pose model"),
    ],
)
def test_only_what_was_judged_alike_is_compared(tmp_path, changed, what):
    sets = ["--", "--", *(judged(signs, **changed) for signs in ("+-", "++"))]
    course = course_of(tmp_path, *sets)
    assert course.changes == {2: what}
    sentence, *notes = (line.replace("\u00a0", " ") for line in story(course, now=SOON))
    assert sentence.startswith("Since 5 November: 50 % → 100 % right")
    assert notes[0] == f"Since 5 November, sets are judged by {what}: only these are compared here."
    assert dict(facts(course))["Repetitions in a set"] == "2 → 2"
    assert drawn(course)["share"]["data"][0]["y"] == [0, 0, None, 50, 100]
    assert [mark["text"] for mark in drawn(course)["score"]["layout"]["annotations"]] == [
        "changed", "right", "wrong",
    ]  # fmt: skip
    html = write_progress(tmp_path, course.sets, now=SOON).read_text("utf-8")
    assert f"▲ From here on judged by {what}" in html


def test_after_several_changes_only_what_came_since_the_last_is_compared(tmp_path):
    second = {"settings": "fedcba987654"}
    sets = ["--", judged("+-", **second), judged("-+", model="b", **second), "++", "++"]
    course = course_of(tmp_path, *sets)
    assert sorted(course.changes) == [1, 2, 3]
    assert [page.right for page in course.comparable] == [2, 2]


def test_one_set_after_a_change_is_compared_with_none_before(tmp_path):
    sentence, note = told(tmp_path, "--", "--", judged("++", settings="fedcba987654"))
    assert sentence == (
        "2 of 2 right in the only set since then. Progress shows from the second on."
    )
    assert "Since 5 November, sets are judged by other settings" in note


def test_dates_of_another_year_say_so(tmp_path):
    course = course_of(tmp_path, "+-", "++")
    assert story(course, now=NOW)[0].startswith("Since 3 November 2026: ")


def test_facts_are_then_and_now(tmp_path):
    assert facts(course_of(tmp_path, "+-+", "+++")) == [
        ("Median score, lower is better", "0.55 → 0.50"),
        ("Range of motion", "76° → 92°"),
        ("Way down", "1.2 s → 1.2 s"),
        ("Bottom", "0.9 s → 0.9 s"),
        ("Way up", "1.1 s → 1.1 s"),
        ("Repetitions in a set", "3 → 3"),
    ]


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ("+++---", "gone: in none of the latest 3"),
        ("++--", "gone: in none of the latest 2"),
        ("+-", "gone: not in the latest"),
        ("---++-", "new"),
        ("+--+--", "still comes"),
        ("+", "one set so far"),
    ],
)
def test_whether_a_cue_still_comes(came, said):
    assert whether(CueCourse("", tuple(sign == "+" for sign in came))) == said


def test_cues_are_told_by_how_often_they_came(tmp_path):
    course = course_of(tmp_path, "+-", "++", "--", "??")
    assert [(cue.instruction, cue.came) for cue in course.cues] == [
        ("Go deeper: bend your knees more.", (True, False, True)),
        ("Keep your chest up.", (True, False, True)),
    ]


def test_the_figures_show_every_set(tmp_path):
    course = course_of(tmp_path, "+-", "++", "??", "-+-")
    figures = drawn(course)
    assert list(figures) == ["share", "score", "range", "repetitions", "tempo"]
    share = figures["share"]["data"][0]
    assert (share["y"], share["customdata"]) == (
        [50, 100, None, pytest.approx(33.3, abs=0.1)],
        [1, 2, 3, 4],
    )
    assert [mark["text"] for mark in figures["share"]["layout"]["annotations"]] == ["?"]
    score = figures["score"]["data"][0]
    assert score["marker"]["symbol"] == ["circle", "circle", "circle", "x"]
    assert figures["score"]["layout"]["yaxis"]["range"][1] == 0  # upside down: lower is better
    bars = {bar["y"][3]: bar["marker"] for bar in figures["repetitions"]["data"]}
    assert bars[2]["pattern"]["shape"] == "/"  # not by colour alone
    assert "pattern" not in bars[1]
    ends = figures["range"]["data"][0]["error_y"]
    assert (ends["array"][0], ends["arrayminus"][0], ends["array"][2]) == (24, 24, None)
    assert len(figures["tempo"]["data"]) == 3
    assert figures["share"]["layout"]["xaxis"]["ticktext"] == ["3 Nov", "4 Nov", "5 Nov", "6 Nov"]


def test_long_histories_keep_few_dates_and_the_latest_among_them(tmp_path):
    course = course_of(tmp_path, *(judged("+-") for _ in range(23)))
    axis = drawn(course)["share"]["layout"]["xaxis"]
    assert len(axis["tickvals"]) <= 5
    assert axis["tickvals"][-1] == 23


def test_holds_are_told_by_their_time(tmp_path):
    held = [judged("+-", kind="hold") for _ in range(2)]
    course = course_of(tmp_path, *held)
    assert ("Time in position", "6 s → 6 s") in facts(course)
    assert drawn(course)["held"]["data"][0]["y"] == [6.4, 6.4]
    html = write_progress(tmp_path, course.sets, now=SOON).read_text("utf-8")
    assert "Holds" in html
    said = re.sub(r"<(script|style).*?</\1>|course-1-repetitions", "", html, flags=re.DOTALL)
    assert "repetition" not in said.lower()


def test_exercises_stand_apart_the_latest_first_and_rows_are_numbered_through(tmp_path):
    lunge = {"exercise": "lunge", "title": "Lunge"}
    sets = sets_of(tmp_path, "+-", judged("++", **lunge), "++", judged("+-", **lunge), "+")
    found = courses(sets)
    assert [(c.title, len(c.sets), c.first_row) for c in found] == [
        ("Squat", 3, 1),
        ("Lunge", 2, 4),
    ]
    html = write_progress(tmp_path, sets, now=SOON).read_text("utf-8")
    assert re.findall(r'<tr id="rep-(\d)">', html) == ["3", "2", "1", "5", "4"]
    assert html.count('href="./0004.html"') == 1
    assert read_reports(tmp_path)[1] == 0


def test_it_knows_its_own_page_and_no_other(tmp_path):
    sets = sets_of(tmp_path, "+-")
    path = write_progress(tmp_path, sets, now=SOON)
    read = read_summary(path)
    assert (read.kind, read.athlete, read.exercise) == ("progress", "Anna Example", "")
    write_progress(tmp_path, sets, now=SOON)
    put(tmp_path, make_set(), day=0, name=path.name)
    with pytest.raises(StorageError, match="was not made by this command"):
        write_progress(tmp_path, sets, now=SOON)


def test_it_links_to_the_index_where_there_is_one(tmp_path):
    sets = sets_of(tmp_path, "+-")
    assert "All reports" not in write_progress(tmp_path, sets, now=SOON).read_text("utf-8")
    write_index(tmp_path, now=SOON)
    html = write_progress(tmp_path, sets, now=SOON).read_text("utf-8")
    assert '<a href="./index.html">All reports</a>' in html


@pytest.mark.parametrize("name", ["../../x", "CON", "a\0b", "x" * 300, "李", "a/b\\c", "a\udcff"])
def test_file_names_are_safe_whatever_people_are_called(tmp_path, name):
    path = progress_path(tmp_path, name, name)
    assert path.parent == tmp_path
    assert re.fullmatch(r"progress-[a-z0-9-]+\.html", path.name)


def test_file_names_are_one_a_person(tmp_path):
    assert progress_path(tmp_path, "Zoe\u0308") == progress_path(tmp_path, "zoë ")
    names = {progress_path(tmp_path, name) for name in ("李", "王", "Zoe", "Zoë")}
    assert len({*names, progress_path(tmp_path, "Zoe", "squat")}) == 5


def test_machines_get_the_same(tmp_path):
    plain = as_plain(course_of(tmp_path, "+-", judged("+", settings="x")), now=SOON)
    assert plain["story"].startswith("1 of 1 right")
    assert [row["changed"] for row in plain["sets"]] == ["", "other settings"]
    assert plain["sets"][0]["report"] == "0000.html"
    assert plain["cues"][0] == {
        "instruction": "Go deeper: bend your knees more.",
        "sets": 1,
        "now": "gone: not in the latest",
    }


def hostile(folder):
    made = make_hostile()
    phases = tuple(replace(phase, phase=HOSTILE) for phase in made.reps[0].tempo)
    reps = tuple(replace(rep, tempo=phases) for rep in made.reps)
    return sets_of(folder, replace(made, reps=reps), replace(made, reps=reps, source="b"))


def test_hostile_texts_are_escaped(tmp_path):
    sets = hostile(tmp_path)
    html = write_progress(tmp_path, sets, exercise=HOSTILE, now=SOON).read_text("utf-8")
    assert HOSTILE not in html
    assert html.count("<img") == 0
    assert html.count("<script") == 4  # the summary, the data, plotly.js and our own
    tempo = drawn(courses(sets)[0])["tempo"]  # Plotly takes tags for markup
    assert "<" not in str(
        [tempo["layout"]["annotations"], [line["text"] for line in tempo["data"]]]
    )
