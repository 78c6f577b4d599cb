"""Plotly figures as plain dictionaries: they compute, show nothing and write nothing.

Every function returns what `plotly.graph_objects.Figure(...)` accepts. Dictionaries take a
small fraction of the time that figure objects take, and need no plotly to be made.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.report.curves import rounded, thinned
from dtwcoach.report.words import SYMBOLS

Figure = dict[str, Any]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"

# Okabe and Ito's colour-blind safe blue and vermillion; the rest is grey.
ATTEMPT = "#0072B2"
OUTSIDE = "#D55E00"
MEAN = "#555555"
RANGE = "rgba(85,85,85,0.30)"
ALLOWED = "rgba(85,85,85,0.12)"
INK = "#1f2328"
FAINT_INK = "#59636e"
GRID = "#e4e7eb"
NONE = "rgba(0,0,0,0)"

VERDICT_COLOURS: dict[Verdict, str] = {
    Verdict.RIGHT: ATTEMPT,
    Verdict.WRONG: OUTSIDE,
    Verdict.CANNOT_JUDGE: "#6e7781",
}

VERDICT_INKS: dict[Verdict, str] = {
    Verdict.RIGHT: "#00629b",
    Verdict.WRONG: "#a84700",
    Verdict.CANNOT_JUDGE: FAINT_INK,
}
"""The same, dark enough to be read as text."""

DARK: dict[str, str] = {
    ATTEMPT: "#56B4E9",
    OUTSIDE: "#F0883E",
    MEAN: "#b4bac2",
    RANGE: "rgba(190,196,204,0.32)",
    ALLOWED: "rgba(190,196,204,0.13)",
    INK: "#e6e9ed",
    FAINT_INK: "#a3acb6",
    GRID: "#343b44",
    "#6e7781": "#8b949e",
    "#00629b": "#7cc4ee",
    "#a84700": "#f5a066",
}
"""Colour of the figures -> its twin on a dark page."""

MOST_TIMELINE_POINTS = 2000
WORST_SHOWN = 3.0
"""A score so far beyond the border says no more than that much was wrong."""


def timeline_figure(assessment: SetAssessment) -> Figure:
    """Return the recording's driving signal over time with its repetitions marked.

    Each repetition's range is coloured and carries its symbol and number. The curve's
    `customdata` holds the number of the repetition at each moment (None between repetitions).
    """
    keep = thinned(np.asarray(assessment.drive, dtype=float), MOST_TIMELINE_POINTS)
    time_s = np.asarray(assessment.time_s, dtype=float)[keep]
    at = [_rep_at(assessment, moment) for moment in time_s.tolist()]
    layout = base_layout()
    layout["margin"] = {"l": 64, "r": 12, "t": 44, "b": 44}
    layout["hovermode"] = "x"
    layout["hoverdistance"] = -1
    end = max([assessment.duration_s, *(rep.stop_s for rep in assessment.reps), 0.1])
    layout["xaxis"] = {**base_axis(), "range": [0, rounded(end, 2)], "showgrid": False}
    layout["xaxis"]["title"] = {
        "text": "time in the recording (seconds)",
        "standoff": 8,
    }
    # Reps deeper than the references rise above 1; walking about is cut off.
    highest = float(np.nanmax(assessment.drive)) if np.isfinite(assessment.drive).any() else 1.0
    top = rounded(min(max(1.1, highest + 0.05), 1.6), 2)
    layout["yaxis"] = {**base_axis(), "range": [-0.1, top], "tickvals": [0, 1]}
    held = assessment.kind == "hold"
    layout["yaxis"]["ticktext"] = ["away", "in position"] if held else ["rest", "turn"]
    layout["shapes"] = [_rep_range(rep) for rep in assessment.reps]
    crowded = len(assessment.reps) > 25
    layout["annotations"] = [_rep_mark(rep, crowded=crowded) for rep in assessment.reps]
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": rounded(time_s, 2),
        "y": rounded(np.asarray(assessment.drive, dtype=float)[keep], 3),
        "customdata": at,
        "line": {"color": INK, "width": 1.5},
        "name": "movement",
        "hovertemplate": "%{x:.1f} s<extra></extra>",
    }
    return {"data": [curve], "layout": layout}


def trend_figure(assessment: SetAssessment) -> Figure:
    """Return the score of every repetition, better ones higher, with the border at 1.

    Scores from `WORST_SHOWN` on lie at the lower edge. Circles are right, crosses wrong; what could
    not be judged stands as a question mark below. `customdata` holds the repetition's number.
    """
    layout = base_layout()
    layout["margin"] = {"l": 58, "r": 48, "t": 10, "b": 40}
    layout["hovermode"] = "closest"
    reps = assessment.reps
    judged = [rep for rep in reps if math.isfinite(rep.score)]
    lowest = min(max([1.5, *(rep.score + 0.15 for rep in judged)]), WORST_SHOWN)
    last = max((rep.number for rep in reps), default=1)
    layout["xaxis"] = {
        **base_axis(),
        "range": [0.4, last + 0.6],
        "showgrid": False,
        "nticks": 12,
        "tickformat": "d",
        "title": {"text": assessment.noun, "standoff": 6},
    }
    if last <= 12:
        layout["xaxis"]["dtick"] = 1
    layout["yaxis"] = {
        **base_axis(),
        "range": [rounded(lowest, 2), 0],
        "tickvals": [0.5, 1, 1.5, 2, 2.5],
        "title": {"text": "score", "standoff": 4},
    }
    layout["shapes"] = [{
        "type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": 1, "y1": 1,
        "layer": "below", "line": {"color": INK, "width": 1.5, "dash": "dash"},
    }]  # fmt: skip
    layout["annotations"] = [
        *_sides_of_the_border(),
        *(_unknown_mark(rep) for rep in reps if rep.verdict is Verdict.CANNOT_JUDGE),
    ]
    scores = [min(rep.score, lowest - 0.06) for rep in judged]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [rep.number for rep in judged],
        "y": rounded(scores, 3) if scores else [],
        "customdata": [rep.number for rep in judged],
        "text": [f"{rep.number}: {rep.score:.2f}, {rep.verdict.value}" for rep in judged],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": GRID, "width": 2},
        "marker": {
            "size": 11 if len(judged) <= 30 else 7,
            "symbol": ["x" if rep.verdict is Verdict.WRONG else "circle" for rep in judged],
            "color": [VERDICT_COLOURS[rep.verdict] for rep in judged],
        },
        "name": "score",
    }
    return {"data": [trace], "layout": layout}


def _sides_of_the_border() -> list[Figure]:
    sides = (("right", "bottom", 1), ("wrong", "top", -1))
    return [
        {
            "text": text,
            "x": 1,
            "y": 1,
            "xref": "paper",
            "yref": "y",
            "xanchor": "left",
            "xshift": 6,
            "yanchor": anchor,
            "yshift": shift,
            "showarrow": False,
            "font": {"size": 11, "color": FAINT_INK},
        }
        for text, anchor, shift in sides
    ]


def _unknown_mark(rep: RepAssessment) -> Figure:
    return {
        "text": SYMBOLS[Verdict.CANNOT_JUDGE],
        "x": rep.number,
        "y": 0,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": FAINT_INK},
    }


def base_layout() -> Figure:
    """Return what all figures share: one typeface, no zooming (a phone must be able to scroll)."""
    return {
        "font": {"family": FONT, "size": 12, "color": FAINT_INK},
        "paper_bgcolor": NONE,
        "plot_bgcolor": NONE,
        "margin": {"l": 40, "r": 20, "t": 44, "b": 28},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "x",
        "hoverlabel": {"font": {"family": FONT, "size": 12}},
    }


def base_axis() -> Figure:
    """Return what all axes share: fixed, calm, no zero line."""
    return {
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": GRID,
        "linecolor": GRID,
        "showline": True,
        "tickfont": {"size": 11},
    }


def _rep_range(rep: RepAssessment) -> Figure:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": rounded(rep.start_s, 2),
        "x1": rounded(rep.stop_s, 2),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": VERDICT_COLOURS[rep.verdict],
        "opacity": 0.22,
        "line": {"width": 0},
    }


def _rep_mark(rep: RepAssessment, *, crowded: bool) -> Figure:
    symbol = SYMBOLS[rep.verdict]
    return {
        "text": symbol if crowded else f"<b>{symbol}</b><br>{rep.number}",
        "x": rounded((rep.start_s + rep.stop_s) / 2, 2),
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11 if crowded else 14, "color": VERDICT_INKS[rep.verdict]},
    }


def _rep_at(assessment: SetAssessment, moment_s: float) -> int | None:
    for rep in assessment.reps:
        if rep.start_s <= moment_s <= rep.stop_s:
            return rep.number
    return None
