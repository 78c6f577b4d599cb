"""The evaluation page: what it says, and that its figures are those of the evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from evaluation_examples import make_evaluation
from report_examples import HOSTILE

from dtwcoach.report import evaluation_figures as figures
from dtwcoach.report.evaluation_page import evaluation_html, evaluation_path

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def test_figures_and_split_are_stated() -> None:
    page = evaluation_html(make_evaluation(), now=NOW)
    assert "<h1>67 % of 9 clips recognised</h1>" in page
    assert "3 classes. Left out: one person at a time; no person is on both sides." in page
    assert "<dt>Unknown movements rejected</dt><dd>89 %</dd>" in page
    assert page.count("<bdi>anna_1.mp4</bdi></th>") == 3  # the clips that were not recognised
    assert "squat/anna_1.mp4: empty" in page


def test_the_matrix_is_the_confusion() -> None:
    made = make_evaluation()
    drawn = figures.confusion_figure(made)["data"][0]
    assert drawn["text"] == [["2", "1", "", ""], ["", "2", "", "1"], ["1", "", "2", ""]]
    assert drawn["z"][0] == [0.667, 0.333, 0.0, 0.0]
    assert drawn["hovertext"][1][3] == "squat taken for none of them: 1"


def test_the_reliability_curve_has_a_point_for_each_probability() -> None:
    drawn = figures.reliability_figure(make_evaluation())["data"][1]
    assert drawn["x"] == [0.6, 0.9]
    assert np.allclose(drawn["y"], [0.6, 0.75])


def test_names_are_inert_and_shortened_in_figures() -> None:
    made = make_evaluation(classes=(HOSTILE, "<b>", "x" * 60), title=HOSTILE, name=HOSTILE)
    assert HOSTILE not in evaluation_html(made, now=NOW)
    labels = figures.confusion_figure(made)["layout"]["yaxis"]["ticktext"]
    assert labels[1] == "&lt;b&gt;" and len(labels[2]) == 24


def test_its_file_is_named_for_what_was_evaluated(tmp_path: Path) -> None:
    path = evaluation_path(tmp_path, "My clips!", NOW)
    assert path.name == "2026-11-20-091500-my-clips-evaluation.html"
