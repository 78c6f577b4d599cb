from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from calibration_examples import INF, NAN, make_seen, sight
from report_examples import HOSTILE

from dtwcoach.errors import StorageError
from dtwcoach.report.check_page import check_html, check_path, write_check
from dtwcoach.report.heatmap import blind_spots, cell_text, heatmap_figure, summary

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def test_the_figure_is_one_that_plotly_takes() -> None:
    import plotly.graph_objects as go

    figure = heatmap_figure(make_seen())
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    (data,) = figure["data"]
    assert data["z"][0] == [18.0, 25.4, 12.0, 15.0, 18.0]
    assert data["z"][1] == [None, 11.0, 9.0, 4.0, None]
    assert data["text"][1] == ["–", "11°", "9°", "4°", "–"]
    assert data["z"][2][1] == 60.0
    assert data["text"][2][1] == ">60°"
    assert data["z"][3] == [None] * 5
    assert figure["layout"]["yaxis"]["ticktext"][3] == "left elbow (ignored)"


def test_a_joint_with_little_room_says_how_far_was_tried() -> None:
    row = sight("left knee", "straighter", *[INF] * 5, tried_deg=(15.0,) * 5)
    assert cell_text(row, 0) == ">15°"
    assert blind_spots(make_seen(row)) == []


def test_blind_spots_say_where_how_much_and_what_to_do() -> None:
    hip, trunk = blind_spots(make_seen())
    assert trunk == (
        "From the front (0°), trunk further forward by less than 25 degrees goes unnoticed on the "
        "way down: film from the side, or add wrong examples of it."
    )
    assert "left hip further in by 60 degrees or less goes unnoticed" in hip
    assert "on the way down, at the bottom and on the way up" in hip
    assert "exercise.toml" in hip


def test_both_sides_share_a_sentence_and_a_joint_has_one() -> None:
    spots = blind_spots(
        make_seen(
            sight("left knee", "further in", *[30.0] * 5),
            sight("left knee", "further out", *[25.0] * 5),
            sight("right knee", "further in", *[35.0] * 5),
        )
    )
    (spot,) = spots
    assert "left and right knee further in by less than 35 degrees go unnoticed throughout" in spot


def test_the_view_that_shows_a_sideways_fault_is_the_front() -> None:
    row = sight("trunk", "further to the left", *[30.0] * 5, floor=8.0, toward=("sideways",) * 5)
    (spot,) = blind_spots(make_seen(row, view_yaw_deg=90.0))
    assert spot.startswith("From the left (90°), trunk")
    assert "film from the front" in spot


def test_an_unknown_view_is_not_spoken_of() -> None:
    spots = blind_spots(make_seen(view_yaw_deg=NAN))
    assert all("From" not in spot and "nan" not in spot for spot in spots)


def test_the_summary_says_how_many_were_tried() -> None:
    assert "8 of 16 right repetitions" in summary(make_seen())
    assert "into 16 right repetitions" in summary(make_seen(references=16))


def test_the_page_says_it_all_without_the_picture() -> None:
    html = check_html(make_seen(), now=NOW)
    for text in ("What these references can see", "film from the side", "straighter", "ignored"):
        assert text in html
    assert "&gt;60°" in html
    assert "No blind spots" in check_html(make_seen(sight("trunk", "x", *[9.0] * 5)), now=NOW)


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = check_path(tmp_path / "new", "../squat", NOW)
    assert path.name == "2026-11-20-091500-squat-check.html"
    assert write_check(make_seen(), path, now=NOW).read_text("utf-8").startswith("<!DOCTYPE html>")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_check(make_seen(), tmp_path / "file" / "x.html", now=NOW)


def test_names_stay_text() -> None:
    html = check_html(make_seen(title=HOSTILE, phases=(HOSTILE,) * 5), now=NOW)
    assert HOSTILE not in html
