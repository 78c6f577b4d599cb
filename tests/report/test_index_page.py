import re
from datetime import timedelta
from urllib.parse import unquote, urljoin

import pytest
from report_examples import HOSTILE, make_hostile, make_set, make_unjudged
from report_history import START, judged, put, put_text

from dtwcoach.errors import StorageError
from dtwcoach.report.index_page import athletes, write_index
from dtwcoach.report.summary import page_summary, read_reports, script_text, summary_of

NOW = START + timedelta(days=20)


def page_of(folder):
    return write_index(folder, now=NOW).read_text("utf-8")


def body(html):
    """The rows of the table as plain text."""
    rows = re.findall(r"<tr data-.*?</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]


def test_all_sets_newest_first(tmp_path):
    put(tmp_path, judged("++-?", athlete="Anna"), day=0)
    put(tmp_path, judged("+", athlete="Ben", exercise="lunge", title="Lunge"), day=2)
    put(tmp_path, make_unjudged(), day=1)
    html = page_of(tmp_path)
    assert "<h1>3 sets of 3 athletes</h1>" in html
    assert body(html) == [
        "2026-11-05 18:05 Ben Lunge Lunge 1 of 1 right ✓ 1 right",
        "2026-11-04 18:05 Anna Example Squat Squat cannot judge",
        "2026-11-03 18:05 Anna Squat Squat 2 of 4 right ✓ 2 right ✗ 1 wrong ? 1 cannot judge",
    ]


def test_the_empty_folder_says_what_to_do(tmp_path):
    html = page_of(tmp_path)
    assert "No set yet" in html
    assert "dtwcoach score EXERCISE VIDEO" in html


@pytest.mark.parametrize(
    "name",
    ["a b.html", "50 %#1?.html", "<b>&.html", 'say "x".html', "ä\u202e.html", "x:alert(1).html"],
)
def test_links_lead_to_files_of_any_name(tmp_path, name):
    path = put(tmp_path, make_set(), day=0, name=name)
    (link,) = re.findall(r'<a href="([^"]*)"', page_of(tmp_path))
    assert re.fullmatch(r"\./[A-Za-z0-9%._-]+", link)
    assert unquote(urljoin("file:///x/index.html", link)) == f"file:///x/{path.name}"


def test_names_that_are_not_text_have_a_link(tmp_path):
    put(tmp_path, make_set(), day=0, name="b\udcff.html")
    assert 'href="./b%FF.html"' in page_of(tmp_path)


def test_other_pages_and_progress_are_linked_and_the_unreadable_counted(tmp_path):
    put(tmp_path, make_set(athlete="Zoë"), day=0)
    told = {
        "c": page_summary("calibration", "Squat", START),
        "k": page_summary("check", "Lunge", START),
        "s": page_summary("sheet", "Plank", START),
        "p": page_summary("progress", "Zoë", START, athlete="Zoe\u0308"),
    }
    for name, summary in told.items():
        put_text(tmp_path / f"{name}.html", script_text(summary))
    (tmp_path / "foreign.html").write_text("<p>hello")
    html = page_of(tmp_path)
    others = html[html.index('id="others"') :]
    for name, said in (("c", "The border"), ("k", "What the references"), ("s", "References: ")):
        assert said in others
        assert f'href="./{name}.html"' in others
    assert 'href="./p.html"' not in others
    assert 'href="./p.html">progress<' in html
    assert "1 other file in this folder could not be read" in html
    assert "<h1>1 set of 1 athlete</h1>" in html


def test_one_person_in_two_spellings_is_chosen_together(tmp_path):
    put(tmp_path, make_set(athlete="Zoe\u0308"), day=0)
    put(tmp_path, make_set(athlete="zoë "), day=1)
    put(tmp_path, make_set(athlete=""), day=2)
    put(tmp_path, make_set(athlete="Anna"), day=3)
    people = athletes(read_reports(tmp_path)[0])
    assert [(person.name, len(person.sets)) for person in people] == [("Anna", 1), ("zoë", 2)]
    assert re.findall(r'data-athlete="(\d)" ', page_of(tmp_path)) == ["1", "3", "2", "2"]


def test_it_is_written_again_but_never_over_the_page_of_another(tmp_path):
    put(tmp_path, make_set(), day=0)
    page_of(tmp_path)
    put(tmp_path, make_set(source="b.mp4"), day=1)
    assert "<h1>2 sets of 1 athlete</h1>" in page_of(tmp_path)
    assert read_reports(tmp_path)[1] == 0
    put(tmp_path, make_set(), day=0, name="index.html")  # a report that somebody renamed
    old = (tmp_path / "index.html").read_bytes()
    with pytest.raises(StorageError, match="was not made by this command"):
        write_index(tmp_path, now=NOW)
    assert (tmp_path / "index.html").read_bytes() == old


@pytest.mark.parametrize("kind", ["foreign", "folder", "link"])
def test_other_things_called_index_are_left_alone(tmp_path, kind):
    path = tmp_path / "index.html"
    if kind == "foreign":
        path.write_text('<meta name="generator" content="dtwcoach 0.1">')
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="Move it away"):
        write_index(tmp_path, now=NOW)


def test_500_reports_make_a_page(tmp_path):
    text = script_text(summary_of(make_set(), START))
    for number in range(500):
        name = f'"athlete":"Person {number % 40}"'
        one = text.replace('"athlete":"Anna Example"', name)
        put_text(tmp_path / f"{number}.html", one.replace("anna_squats", f"clip-{number}"))
    html = page_of(tmp_path)
    assert "<h1>500 sets of 40 athletes</h1>" in html
    assert len(html) < 700_000


def test_hostile_texts_are_escaped(tmp_path):
    put(tmp_path, make_hostile(), day=0)
    put_text(tmp_path / "c.html", script_text(page_summary("check", HOSTILE, START)))
    html = page_of(tmp_path)
    assert HOSTILE not in html
    assert html.count("<img") == 0
    assert html.count("<script") == 3  # the summary, the data and our own
