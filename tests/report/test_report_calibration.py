from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from athletes import SETTINGS
from calibration_examples import make_calibration, make_hostile_calibration, weighted
from labelled import SQUAT, squat_calibration, squats
from report_examples import HOSTILE

from dtwcoach.errors import StorageError
from dtwcoach.matching.calibration import calibrate
from dtwcoach.matching.held_out import held_out
from dtwcoach.matching.sensitivity import Sensitivity, Sight
from dtwcoach.report import calibration_words
from dtwcoach.report.calibration_figures import carriers_figure, roc_figure, scores_figure
from dtwcoach.report.calibration_page import (
    MOST_CURVES,
    CalibrationReport,
    calibration_html,
    calibration_path,
    write_calibration_page,
)

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
PHASES = ("start", "way down", "bottom", "way up", "end")


def payload(html: str) -> Any:
    coded = re.search(r'id="payload">([^<]*)<', html)
    assert coded
    return json.loads(gzip.decompress(base64.b64decode(coded[1])))


def own_text(html: str) -> str:
    return re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)


def test_figures_are_what_plotly_takes() -> None:
    import plotly.graph_objects as go

    made = make_calibration()
    for figure in (
        roc_figure(made.held),
        scores_figure(made.held, {}),
        carriers_figure(made.calibration),
    ):
        go.Figure(figure)
        json.dumps(figure, allow_nan=False)


def test_points_lead_to_their_curves() -> None:
    held = make_calibration().held
    figure = scores_figure(held, {held.infos[0].id: 7})
    points = [trace for trace in figure["data"] if trace["type"] == "scatter"]
    assert [n for trace in points for n in trace["customdata"] if n] == [7]
    assert sum(len(trace["x"]) for trace in points) == len(held.infos)
    assert len({trace["marker"]["symbol"] for trace in points}) == 2  # colour is never alone


def test_the_border_in_force_lies_on_the_curve() -> None:
    held = make_calibration().held
    _, curve, border = roc_figure(held)["data"]
    assert (border["x"][0], border["y"][0]) in zip(curve["x"], curve["y"], strict=True)
    right = held.is_right.sum()
    assert border["x"][0] == pytest.approx(held.count("right", called="wrong") / right, abs=1e-4)


def test_the_borders_words_stay_inside_the_figure() -> None:
    held = make_calibration().held
    for factor, end in ((1e-3, "left"), (1e3, "right")):  # no false alarms, all of them
        figure = roc_figure(replace(held, scores=held.scores * factor))
        assert figure["layout"]["annotations"][1]["xanchor"] == end


def test_bars_show_the_largest_shares_first() -> None:
    (bars,) = carriers_figure(weighted())["data"]
    assert bars["x"] == [0.75, 0.25]


def test_the_page_says_what_matters() -> None:
    made = make_calibration()
    text = own_text(calibration_html(made, now=NOW))
    for said in (
        "The border between right and wrong",
        "features weighted by how well they tell right from wrong",
        "do better than the median",
        "Provisional",
        "drawn starters",
        "Wrong ones called wrong (sensitivity)",
        "called wrong",
        "Misjudged repetitions",
        "dtwcoach calibrate squat --check",
        "not medical advice",
    ):
        assert said in text
    assert "nan" not in text
    for info, score in made.held.misjudged():
        assert info.id in text
        assert f"{score:.2f}" in text


def test_every_figure_has_its_place_and_every_link_a_target() -> None:
    html = calibration_html(make_calibration(), now=NOW)
    figures = payload(html)["figures"]
    assert {"scores", "roc", "carriers", "rep-1-curves", "rep-3-curves"} <= set(figures)
    for name in figures:
        if name.endswith("-seconds"):  # takes the place of the same curves over phase
            assert name.removesuffix("-seconds") in figures
            continue
        area = re.search(rf'<div class="figure[^>]* data-figure="{name}"[^>]*>', html)
        assert area
        assert 'role="img" aria-label="' in area[0]
    for target in re.findall(r'href="#([^"]*)"', html):
        assert f'id="{target}"' in html


def test_only_the_largest_errors_have_curves() -> None:
    made = make_calibration(strictness=20.0, curves=MOST_CURVES)
    html = calibration_html(made, now=NOW)
    assert len(made.held.misjudged()) == 12
    drawn = [name for name in payload(html)["figures"] if name.endswith("-curves")]
    assert len(drawn) == 12
    assert len(html) < 2_500_000
    shorter = calibration_html(replace(made, curves={}), now=NOW)
    assert "rep-1-curves" not in payload(shorter)["figures"]
    assert "href=" not in own_text(shorter).replace('href="data:,"', "")


def test_right_ones_alone_have_no_roc_curve() -> None:
    right = tuple(r for r in squats() if r.info.label == "right")
    found = calibrate(SQUAT, right, SETTINGS)
    infos = tuple(r.info for r in right)
    made = CalibrationReport(SQUAT, found, held_out(found, infos), {})
    html = calibration_html(made, now=NOW)
    assert "roc" not in payload(html)["figures"]
    assert "A ROC curve needs" in html
    assert "Weights were not learnt" in html
    assert "not known" in html


def test_a_single_repetition_has_a_page_without_figures() -> None:
    one = squats()[:1]
    found = calibrate(SQUAT, one, SETTINGS)
    infos = (one[0].info,)
    made = CalibrationReport(SQUAT, found, held_out(found, infos), {})
    html = calibration_html(made, now=NOW)
    assert "There is nothing to show" in html
    assert payload(html)["figures"] == {}


def test_what_the_references_see_is_on_the_page_when_it_was_checked() -> None:
    row = Sight("trunk", "further forward", "checked", (50.0,) * 5, (60.0,) * 5, (4.0,) * 5,
                ("forward",) * 5)  # fmt: skip
    seen = Sensitivity("squat", "Squat", PHASES, 0.0, 2, 2, "other people", 0, (row,))
    html = calibration_html(make_calibration(seen=seen), now=NOW)
    assert "sight" in payload(html)["figures"]
    assert "trunk further forward by less than 50 degrees" in html


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = calibration_path(tmp_path / "new", "../squat", NOW)
    assert path.name == "2026-11-20-091500-squat-calibration.html"
    assert write_calibration_page(make_calibration(), path, now=NOW) == path
    assert calibration_path(tmp_path / "new", "squat", NOW) != path
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_calibration_page(make_calibration(), tmp_path / "file" / "x.html", now=NOW)


def test_names_stay_text() -> None:
    html = calibration_html(make_hostile_calibration(), now=NOW)
    assert HOSTILE not in html
    assert html.count("<img") == 0
    assert html.count("<script") == 4  # summary, payload, plotly.js, our own


def test_why_weights_were_not_learnt_counts_what_there_is() -> None:
    said = calibration_words.why(
        replace(squat_calibration(), compared={"median": (0.8, 0.9)}), make_calibration().held
    )
    assert "12 right of 6 and 12 wrong of 6" in said


def test_the_median_may_win() -> None:
    tied = replace(
        weighted(), rule="median", compared={"median": (0.9, 0.9), "weighted": (0.9, 0.9)}
    )
    assert "do no better" in calibration_words.why(tied, make_calibration().held)


def test_carriers_in_a_line() -> None:
    names = list(squat_calibration().tolerance)
    first = calibration_words.column_title(names[0])
    assert calibration_words.carried_by(weighted(), most=1).endswith("range 75%; 1 more")
    assert first.endswith("course")
    assert f"{first} 25%" in calibration_words.carried_by(weighted())
    alike = replace(weighted(), share={})
    assert f"{len(names)} features, all alike" in calibration_words.carried_by(alike)
