"""The figures of the calibration page, as plain dictionaries (see `report/figures.py`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dtwcoach.matching.assessment import Verdict
from dtwcoach.matching.held_out import HeldOut
from dtwcoach.matching.references import LABELS, Calibration
from dtwcoach.report.calibration_words import carriers
from dtwcoach.report.curves import rounded
from dtwcoach.report.figures import (
    ATTEMPT,
    FAINT_INK,
    FONT,
    GRID,
    INK,
    NONE,
    OUTSIDE,
    VERDICT_INKS,
    Figure,
)

LOOKS: dict[str, dict[str, Any]] = {
    "right": {"color": ATTEMPT, "symbol": "circle-open"},
    "wrong": {"color": OUTSIDE, "symbol": "x"},
}
"""Colour and, for those who cannot tell colours apart, shape of a label's repetitions."""
INKS = {"right": VERDICT_INKS[Verdict.RIGHT], "wrong": VERDICT_INKS[Verdict.WRONG]}
MOST_CARRIERS = 15
BAR_PX = 26
"""Height of one bar."""
MOST_POINTS = 1000
"""Repetitions of a label that are drawn one by one; beyond it only their box is."""
ROW = 1.2
"""Distance of the rows of labels."""
DODGE, ROWS = 0.4, 7
"""Height over which points of like scores are spread, and in how many rows."""
TICKS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
FINE_TICKS = [0.4, 0.5, 0.6, 0.7, 0.85, 1, 1.2, 1.5, 2, 2.5, 3]
"""Where the logarithmic axis of scores is labelled; where it is short."""


def roc_figure(held: HeldOut) -> Figure:
    """Return the ROC curve of the held-out scores, with the border in force on it."""
    false_alarms, hits = held.roc()
    at = [float((held.scores[held.is_right == right] > 1.0).mean()) for right in (True, False)]
    inward = at[0] > 0.6  # else the words would leave the figure
    grey = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    figure = _figure(
        x=_axis("right ones called wrong"), y=_axis("wrong ones called wrong"), left_px=64
    )
    for axis in ("xaxis", "yaxis"):
        figure["layout"][axis] |= {"range": [-0.03, 1.03], "tickformat": ".0%", "nticks": 6}
    figure["data"] = [
        {**grey, "x": [0, 1], "y": [0, 1], "line": {"color": FAINT_INK, "width": 1, "dash": "dot"}},
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(false_alarms, 4),
            "y": rounded(hits, 4),
            "line": {"color": ATTEMPT, "width": 2.5},
            "hovertemplate": "%{y:.0%} found, %{x:.0%} false alarms<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [rounded(at[0], 4)],
            "y": [rounded(at[1], 4)],
            "marker": {"color": OUTSIDE, "size": 12, "symbol": "diamond"},
            "hovertemplate": "border: %{y:.0%} found, %{x:.0%} false alarms<extra></extra>",
        },
    ]
    figure["layout"]["annotations"] = [
        _note("chance", x=0.62, y=0.57, color=FAINT_INK),
        _note(
            "border in force", x=rounded(at[0], 4), y=rounded(at[1], 4), color=INK,
            xshift=-12 if inward else 12, yshift=-16, xanchor="right" if inward else "left",
        ),
    ]  # fmt: skip
    return figure


def scores_figure(held: HeldOut, numbers: dict[str, int]) -> Figure:
    """Return the held-out scores of right and wrong repetitions, beside the border.

    Parameters
    ----------
    held : HeldOut
    numbers : dict
        Id -> number on the page of repetitions whose curves it shows; a click leads there.
    """
    scores = np.maximum(held.scores, 0.01)
    figure = _figure(x=_axis("held-out score"), y=_axis(""), left_px=16)
    layout = figure["layout"]
    layout["xaxis"] |= _score_axis(np.log10(scores))
    bottom = -0.6 if not held.is_right.all() else ROW - 0.6
    layout["yaxis"] |= {"range": [bottom, 2], "tickvals": [], "showgrid": False, "showline": False}
    layout["shapes"] = [
        {
            "type": "line", "xref": "x", "yref": "paper", "x0": 1, "x1": 1, "y0": 0, "y1": 1,
            "line": {"color": INK, "width": 1.5, "dash": "dash"},
        }
    ]  # fmt: skip
    layout["annotations"] = [
        _note("◂ called right", x=0, y=1.88, color=INK, xanchor="right", xshift=-4),
        _note("called wrong ▸", x=0, y=1.88, color=INK, xanchor="left", xshift=4),
    ]
    for row, label in zip((ROW, 0.0), LABELS, strict=True):
        of = np.flatnonzero(held.is_right == (label == "right"))
        if not len(of):
            continue
        figure["data"] += _strip(held, of, scores[of], row, label, numbers)
        layout["annotations"].append(
            _note(
                f"labelled {label}",
                x=1,
                y=row + 0.4,
                color=INKS[label],
                xref="paper",
                xanchor="right",
            )
        )
    return figure


def _score_axis(logs: np.ndarray) -> Figure:
    """Return an axis with the border at 1.0 well inside, and ticks that do not crowd."""
    low, high = min(float(logs.min()), -0.1), max(float(logs.max()), 0.1)
    low, high = min(low, -0.4 * high), max(high, -0.4 * low)
    ticks = FINE_TICKS if high - low < 0.6 else TICKS
    return {
        "type": "log",
        "range": [rounded(low - 0.05, 3), rounded(high + 0.05, 3)],
        "tickvals": ticks,
        "ticktext": [f"{tick:g}" for tick in ticks],
    }


def _strip(
    held: HeldOut,
    of: np.ndarray,
    scores: np.ndarray,
    row: float,
    label: str,
    numbers: dict[str, int],
) -> list[Figure]:
    """Return one label's box and, below it, its repetitions one by one."""
    color = LOOKS[label]["color"]
    box = {
        "type": "box",
        "x": rounded(scores, 3),
        "y0": row + 0.12,
        "width": 0.22,
        "boxpoints": False,
        "hoverinfo": "skip",
        "line": {"color": color, "width": 1.5},
        "fillcolor": NONE,
    }
    if len(of) > MOST_POINTS:
        return [box]
    # Side by side in the order of their scores: points of one score would hide each other.
    order = np.argsort(np.argsort(scores, kind="stable"), kind="stable")
    depth = row - 0.1 - DODGE * (order * 3 % ROWS) / (ROWS - 1)
    infos = [held.infos[at] for at in of]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": rounded(scores, 3),
        "y": rounded(depth, 3),
        "customdata": [numbers.get(info.id) for info in infos],
        "marker": {**LOOKS[label], "size": 8},
        "hovertemplate": f"labelled {label}: %{{x:.2f}}<extra></extra>",
    }
    return [box, points]


def carriers_figure(calibration: Calibration) -> Figure:
    """Return the largest shares of the learnt weights as bars; `carriers_px` high."""
    shown = carriers(calibration)[:MOST_CARRIERS]
    rows = list(range(len(shown)))
    figure = _figure(x=_axis("share of the weights"), y=_axis(""), left_px=8)
    layout = figure["layout"]
    layout["margin"] |= {"t": 4}
    layout["xaxis"] |= {
        "tickformat": ".0%",
        "nticks": 6,
        "range": [0, rounded(1.18 * max([share for _, share in shown], default=1.0), 4)],
    }
    layout["yaxis"] |= {
        "tickvals": rows,
        "ticktext": [title for title, _ in shown],
        "autorange": "reversed",
        "automargin": True,
        "showgrid": False,
        "color": INK,
    }
    figure["data"] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": [rounded(share, 4) for _, share in shown],
            "y": rows,
            "text": [f"{share:.0%}" for _, share in shown],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": ATTEMPT},
            "hoverinfo": "skip",
        }
    ]
    return figure


def carriers_px(calibration: Calibration) -> int:
    """Height of `carriers_figure` in pixels."""
    return BAR_PX * min(len(carriers(calibration)), MOST_CARRIERS) + 56


def _figure(*, x: Figure, y: Figure, left_px: int) -> Figure:
    return {
        "data": [],
        "layout": {
            "font": {"family": FONT, "size": 12, "color": FAINT_INK},
            "paper_bgcolor": NONE,
            "plot_bgcolor": NONE,
            "margin": {"l": left_px, "r": 12, "t": 12, "b": 48},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "xaxis": x,
            "yaxis": y,
            "annotations": [],
        },
    }


def _axis(title: str) -> Figure:
    return {
        "title": {"text": title, "standoff": 8},
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": GRID,
        "linecolor": GRID,
        "showline": True,
        "tickfont": {"size": 11},
    }


def _note(text: str, *, x: float, y: float, color: str, **more: Any) -> Figure:
    return {
        "text": text,
        "x": x,
        "y": y,
        "xanchor": "left",
        "showarrow": False,
        "font": {"size": 12, "color": color},
        **more,
    }
