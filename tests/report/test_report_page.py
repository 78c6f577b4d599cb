import base64
import gzip
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image
from report_examples import HOSTILE, make_hostile, make_set, make_unjudged

from dtwcoach.errors import StorageError
from dtwcoach.report import page
from dtwcoach.report.page import report_html, report_path, write_report
from dtwcoach.report.rep_figures import joint_figure
from dtwcoach.report.tables import to_csv, to_json

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def payload(html):
    coded = re.search(r'id="payload">([^<]*)<', html)[1]
    return json.loads(gzip.decompress(base64.b64decode(coded)))


def test_importing_the_report_loads_nothing_heavy():
    code = (
        "import sys, dtwcoach.report.page, dtwcoach.report.tables;"
        "print({'plotly', 'pandas', 'jinja2', 'scipy', 'cv2'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


def test_the_table_tells_the_range_and_the_sides_of_the_main_joint():
    made = make_set(reps=2)
    reps = []
    for rep in made.reps:
        knee, side = rep.ranges[0], rep.symmetry[0]
        arm = replace(knee, feature="left_shoulder_angle", joint="left shoulder", least=0.0)
        reps.append(
            replace(
                rep,
                ranges=(replace(arm, reached=17.0), knee),
                symmetry=(replace(side, joint="shoulder", percent=33.0), side),
            )
        )
    html = report_html(replace(made, reps=tuple(reps)), now=NOW)
    table = html[html.index('<table class="sortable">') :]
    assert "92°" in table
    assert "+1 %" in table
    assert "17°" not in table
    assert "+33 %" not in table
    assert "ROM: range of motion of the left knee." in table
    assert "how much further the left knee went than the right" in table


def test_a_hold_has_no_range_of_motion_in_its_table():
    html = report_html(make_set(reps=2, kind="hold"), now=NOW)
    assert ">ROM<" not in html
    assert "ROM:" not in html


def test_the_page_says_what_matters():
    html = report_html(make_set(reps=6), now=NOW)
    for text in (
        "3 of 6 repetitions right",
        "Two things to change",
        "Go deeper: bend your knees more.",
        "left knee 24 degrees straighter at the bottom, repetitions 3 and 6.",
        "What was good",
        "way down 1.2 s (references 1.0 to 1.6 s)",
        "left knee angle 92° (references 84° to 99°)",
        "left knee 1 % further than the right (references -7 to 5 %)",
        "Anna Example",
        "anna_squats_2026.mp4",
        "from the front and left (38°)",
        "8 repetitions found, 9 stated.",
        "A joint that counts was hidden. Keep the whole body in view.",
        "not medical advice",
    ):
        assert text in html
    assert "nan" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_scattered_faults_are_no_cue_for_the_set():
    html = report_html(make_set(), now=NOW)  # 2 of the 7 judged repetitions are wrong
    assert "No fault that repeats itself" in html
    assert "Two things to change" not in html


def test_the_figures_are_inside_by_fixed_ids():
    figures = payload(report_html(make_set(), now=NOW))["figures"]
    judged = (1, 2, 3, 4, 6, 7, 8)
    kinds = ("curves", "curves-seconds", "path")
    assert set(figures) == {"timeline", "trend"} | {f"rep-{n}-{k}" for n in judged for k in kinds}


def test_figures_come_back_from_the_page_as_they_were_made():
    made = make_set(reps=3)
    packed = payload(report_html(made, now=NOW))

    def unpooled(value):
        if isinstance(value, list):
            return [unpooled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$" in value:
            return packed["arrays"][value["$"]]
        return {key: unpooled(item) for key, item in value.items()}

    assert unpooled(packed["figures"]["rep-3-curves"]) == joint_figure(made, made.reps[2])
    texts = [json.dumps(values) for values in packed["arrays"]]
    assert len(set(texts)) == len(texts) > 50  # what recurs is there once


def test_a_hold_has_no_tempo_to_draw():
    figures = payload(report_html(make_set(kind="hold"), now=NOW))["figures"]
    assert "rep-1-curves" in figures
    assert "rep-1-path" not in figures


def test_a_repetition_that_nothing_is_laid_over_promises_no_tempo():
    made = make_set(reps=1)
    loose = replace(made.reps[0], path=np.zeros((0, 2), dtype=int))
    html = report_html(replace(made, reps=(loose,)), now=NOW)
    assert "rep-1-path" not in payload(html)["figures"]
    assert "rep-1-path" not in html
    assert "not aligned to the references" in html


def test_a_recording_without_repetitions_has_a_page_without_scripts_of_2_mb():
    html = report_html(make_unjudged(), now=NOW)
    assert "This recording cannot be judged" in html
    assert "Nobody was found in the picture." in html
    assert len(html) < 50_000


def test_sizes_stay_within_their_caps(monkeypatch):
    assert len(report_html(make_set(reps=10), now=NOW)) < 2_500_000
    monkeypatch.setattr(page, "MOST_CURVES", 3)
    html = report_html(make_set(reps=12), now=NOW)
    # Wrong ones first.
    drawn = {name.split("-")[1] for name in payload(html)["figures"] if name.startswith("rep-")}
    assert drawn == {"3", "6", "9"}
    assert set(payload(html)["data"]["motion"]["reps"]) == {"3", "6", "9"}
    assert "Curves are kept for 3 repetitions" in html


def test_hostile_text_is_escaped_everywhere():
    html = report_html(make_hostile(), now=NOW)
    assert HOSTILE not in html
    assert html.count("<img") == 0
    assert html.count("<script") == 4  # the summary, the data, plotly.js and our own


def test_nothing_on_the_page_points_to_the_network():
    own = re.sub(r'<script type="text/plain".*?</script>', "", report_html(make_set(), now=NOW))
    assert "http:" not in own
    assert "https:" not in own


def test_lists_that_recur_are_inside_once_and_whole():
    """The references' bands are the same in every repetition."""
    made = make_set()
    inside = payload(report_html(made, now=NOW))
    traces = [inside["figures"][f"rep-{n}-curves"]["data"] for n in (1, 2)]
    means = [
        {trace["y"]["$"] for trace in own if trace["name"] == "mean of the references"}
        for own in traces
    ]
    assert means[0] & means[1]
    knee = made.reference_mean[:, made.features.index("left_knee_angle")].round(1).tolist()
    assert inside["arrays"].count(knee) == 1


def test_a_shared_script_makes_small_pages(tmp_path):
    path = write_report(make_set(reps=10), tmp_path / "a.html", now=NOW, plotly="directory")
    write_report(make_set(reps=3), tmp_path / "b.html", now=NOW, plotly="directory")
    assert path.stat().st_size < 600_000
    (script,) = tmp_path.glob("*.js")
    assert script.stat().st_size > 1_000_000
    assert f'<script src="{script.name}" defer>' in path.read_text("utf-8")


def test_pictures_are_inside_only_when_given():
    picture = io.BytesIO()
    Image.new("RGB", (64, 48)).save(picture, "JPEG")
    made = make_set()
    assert "<img" not in report_html(made, now=NOW)
    html = report_html(made, now=NOW, stills={(3, 1): picture.getvalue()})
    (tag,) = re.findall(r"<img[^>]*>", html)
    assert 'src="data:image/jpeg;base64,' in tag
    assert 'width="64" height="48"' in tag
    assert 'alt="Picture of the moment: trunk 17 degrees' in tag


def test_downloads_are_the_tables_of_the_command_line():
    made = make_set()
    files = payload(report_html(made, now=NOW))["data"]["downloads"]
    assert files["csv"]["name"] == "squat-anna-example-2026-11-20.csv"
    assert files["csv"]["text"] == to_csv([made])
    assert json.loads(files["json"]["text"]) == to_json(made)


def test_names_that_are_not_text_do_not_stop_the_report(tmp_path):
    odd = "clip\udcff\0\u202e.mp4"
    made = replace(make_set(reps=1), source=odd, athlete=odd)
    written = write_report(made, report_path(tmp_path, made, NOW), now=NOW)
    assert "clip?" in written.read_text("utf-8")


def test_writing_replaces_the_whole_file_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "new" / "a.html"
    write_report(make_set(), path, now=NOW)
    write_report(make_unjudged(), path, now=NOW)
    assert "cannot be judged" in path.read_text("utf-8")
    assert [item.name for item in path.parent.iterdir()] == ["a.html"]


def test_failed_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.html"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_report(make_unjudged(), path, now=NOW)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.html"]


@pytest.mark.parametrize("blocked", ["file", "folder"])
def test_places_that_cannot_be_written_are_refused(tmp_path, blocked):
    path = tmp_path / "there"
    if blocked == "file":
        path.write_text("a file where a folder is needed")
        path = path / "a.html"
    else:
        path.mkdir()
    with pytest.raises(StorageError, match="Could not write"):
        write_report(make_unjudged(), path, now=NOW)


@pytest.mark.parametrize(
    "name",
    ["../../etc/x", "CON", "a\0b", "x" * 300, "\u202eanna", "José", "李", "", "a/b\\c"],
)
def test_report_names_are_safe_whatever_people_are_called(tmp_path, name):
    path = report_path(tmp_path, replace(make_set(), athlete=name, exercise=name), NOW)
    assert path.parent == tmp_path
    assert re.fullmatch(r"2026-11-20-091500-[a-z0-9-]+\.html", path.name)
    assert len(path.name) < 150


def test_report_names_do_not_collide(tmp_path):
    made = make_set()
    first = report_path(tmp_path, made, NOW)
    assert first != report_path(tmp_path, replace(made, source="b.mp4"), NOW)
    first.write_text("taken")
    assert report_path(tmp_path, made, NOW) != first
