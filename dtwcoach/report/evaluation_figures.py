"""The figures of the evaluation page, as plain dictionaries (see `report/figures.py`)."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from dtwcoach.evaluation.evaluation import Evaluation
from dtwcoach.report.curves import rounded
from dtwcoach.report.figures import (
    ATTEMPT,
    FAINT_INK,
    INK,
    OUTSIDE,
    Figure,
    base_axis,
    base_layout,
)

NONE_OF_THEM = "none of them"
ROW_PX = 26
MOST_LETTERS = 24
"""Longer names are cut in figures; tables have them whole."""
BLUES = [[0.0, "rgba(0,114,178,0)"], [1.0, "rgba(0,114,178,0.75)"]]
MOST_COUNTED = 25
"""From more classes on, fields of the matrix have no numbers: they would not be legible."""


def percent(value: float) -> str:
    """Return a share as people read it.

    >>> percent(0.956), percent(float("nan"))
    ('96 %', '–')
    """
    return f"{100 * value:.0f} %" if math.isfinite(value) else "–"


def confusion_figure(found: Evaluation) -> Figure:
    """Return the confusion matrix: the truth in rows, coloured by its share of the row."""
    counts = found.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = [_short(name) for name in found.classes]
    columns = [*rows, NONE_OF_THEM]
    layout = base_layout()
    layout["margin"] = {"l": 10, "r": 4, "t": 10, "b": 10}
    layout["hovermode"] = "closest"
    quiet = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": ""}
    for name, labels in (("xaxis", columns), ("yaxis", rows)):
        layout[name] = {
            **quiet,
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "automargin": True,
            "color": INK,
        }
    layout["xaxis"] |= {"side": "top", "tickangle": -45}
    layout["yaxis"]["autorange"] = "reversed"
    drawn = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "z": [rounded(row, 3) for row in shares],
        "hoverinfo": "text",
        "hovertext": [
            [f"{row} taken for {name}: {count}" for name, count in zip(columns, own, strict=True)]
            for row, own in zip(rows, counts.tolist(), strict=True)
        ],
        "colorscale": BLUES,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
    }
    if len(rows) <= MOST_COUNTED:
        drawn["text"] = [[str(count or "") for count in own] for own in counts.tolist()]
        drawn |= {"texttemplate": "%{text}", "textfont": {"size": 12, "color": INK}}
    return {"data": [drawn], "layout": layout}


def confusion_px(found: Evaluation) -> int:
    """Height of the matrix in pixels."""
    return ROW_PX * len(found.classes) + 160


def reliability_figure(found: Evaluation) -> Figure:
    """Return how often predictions held over how probable they were said to be."""
    bins = found.reliability
    layout = base_layout()
    layout["margin"] = {"l": 64, "r": 12, "t": 12, "b": 48}
    layout["hovermode"] = "closest"
    for name, title in (("xaxis", "said to be so probable"), ("yaxis", "share that held")):
        layout[name] = {
            **base_axis(),
            "title": {"text": title, "standoff": 8},
            "range": [-0.03, 1.03],
            "tickformat": ".0%",
            "nticks": 6,
        }
    ideal = {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [0, 1], "y": [0, 1],
        "line": {"color": FAINT_INK, "width": 1, "dash": "dot"},
    }  # fmt: skip
    largest = max(one.predictions for one in bins)
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [rounded(one.said, 3) for one in bins],
        "y": [rounded(one.held, 3) for one in bins],
        "line": {"color": ATTEMPT, "width": 1.5},
        "marker": {
            "color": OUTSIDE,
            "size": [round(7 + 13 * math.sqrt(one.predictions / largest)) for one in bins],
        },
        "hoverinfo": "text",
        "hovertext": [
            f"{one.predictions} predictions: said {percent(one.said)}, held {percent(one.held)}"
            for one in bins
        ],
    }
    return {"data": [ideal, points], "layout": layout}


def _short(name: str) -> str:
    return escape(name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…")
