"""Plotly figures as plain dictionaries: they compute, show nothing and write nothing.

Every function returns what `plotly.graph_objects.Figure(...)` accepts. Dictionaries take a
small fraction of the time that figure objects take, and need no plotly to be made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.pose import FloatArray
from dtwcoach.report.curves import (
    aligned_attempt,
    allowed_band,
    has_curves,
    limit_share,
    ranked_features,
    rounded,
    span,
    thinned,
    turn_percent,
)
from dtwcoach.report.words import SYMBOLS, amount, feature_title, feature_unit

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

MOST_PANELS = 9

MOST_TIMELINE_POINTS = 2000


def joint_figure(
    assessment: SetAssessment,
    rep: RepAssessment,
    *,
    features: Sequence[str] | None = None,
    columns: int = 3,
) -> Figure:
    """Return the curves of one repetition, joint by joint, against the references.

    The attempt is laid over the references by the warping path. Dark band: range of the
    references. Light band: what is allowed, which is that range or the feature's limit around
    the mean, whichever is wider. Hatched: where the attempt leaves what is allowed. A repetition
    that has no curves (see `has_curves`) gives a figure without panels.

    Parameters
    ----------
    assessment, rep
        The set and one of its repetitions.
    features : sequence of str, optional
        Which features to show; by default the `MOST_PANELS` that matter most
        (see `ranked_features`).
    columns : int
        Panels side by side.
    """
    names = ranked_features(assessment, rep)[:MOST_PANELS] if features is None else features
    names = names if has_curves(assessment, rep) else ()
    samples = len(assessment.reference_mean)
    attempt = aligned_attempt(rep, samples)
    turn = turn_percent(rep, samples)
    figure: Figure = {"data": [], "layout": {**_layout(), "annotations": [], "shapes": []}}
    figure["layout"]["grid"] = {
        "rows": max(1, math.ceil(len(names) / columns)),
        "columns": columns,
        "pattern": "independent",
        "xgap": 0.18,
        "ygap": 0.45,
    }
    for panel, name in enumerate(names, 1):
        number = "" if panel == 1 else str(panel)  # Plotly's axes are x, x2, x3, ...
        index = assessment.features.index(name)
        low, high = allowed_band(assessment, index)
        curve = attempt[:, index]
        bounds = span(np.concatenate([low, high, curve]), feature_unit(name))
        figure["data"] += _panel_traces(assessment, index, curve, low, high, number)
        figure["layout"] |= _panel_axes(bounds, feature_unit(name), number)
        figure["layout"]["annotations"].append(_panel_title(assessment, rep, index, number))
        if turn is not None:
            figure["layout"]["shapes"].append(_turn_line(turn, number))
    return figure


def timeline_figure(assessment: SetAssessment) -> Figure:
    """Return the recording's driving signal over time with its repetitions marked.

    Each repetition's range is coloured and carries its symbol and number. The curve's
    `customdata` holds the number of the repetition at each moment (None between repetitions).
    """
    keep = thinned(np.asarray(assessment.drive, dtype=float), MOST_TIMELINE_POINTS)
    time_s = np.asarray(assessment.time_s, dtype=float)[keep]
    at = [_rep_at(assessment, moment) for moment in time_s.tolist()]
    layout = _layout()
    layout["margin"] = {"l": 64, "r": 12, "t": 44, "b": 44}
    layout["hovermode"] = "x"
    layout["hoverdistance"] = -1
    end = max([assessment.duration_s, *(rep.stop_s for rep in assessment.reps), 0.1])
    layout["xaxis"] = {**_axis(), "range": [0, rounded(end, 2)], "showgrid": False}
    layout["xaxis"]["title"] = {
        "text": "time in the recording (seconds)",
        "standoff": 8,
    }
    # Reps deeper than the references rise above 1; walking about is cut off.
    highest = float(np.nanmax(assessment.drive)) if np.isfinite(assessment.drive).any() else 1.0
    top = rounded(min(max(1.1, highest + 0.05), 1.6), 2)
    layout["yaxis"] = {**_axis(), "range": [-0.1, top], "tickvals": [0, 1]}
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


def _layout() -> Figure:
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


def _axis() -> Figure:
    return {
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": GRID,
        "linecolor": GRID,
        "showline": True,
        "tickfont": {"size": 11},
    }


def _panel_axes(bounds: list[float] | None, unit: str, number: str) -> Figure:
    return {
        f"xaxis{number}": {
            **_axis(),
            "range": [0, 100],
            "tickvals": [0, 50, 100],
            "ticktext": ["0 %", "50 %", "100 %"],
            "showgrid": False,
        },
        f"yaxis{number}": {
            **_axis(),
            "range": bounds,
            "nticks": 5,
            "ticksuffix": "°" if unit == "degrees" else "",
        },
    }


def _panel_traces(
    assessment: SetAssessment,
    index: int,
    curve: FloatArray,
    low: FloatArray,
    high: FloatArray,
    number: str,
) -> list[Figure]:
    """Return one panel from back to front; each "tonexty" fills down to the trace before it."""
    samples = len(assessment.reference_mean)
    digits = 1 if feature_unit(assessment.features[index]) == "degrees" else 3
    unit = "°" if digits == 1 else ""

    def trace(values: FloatArray, name: str, **more: Any) -> Figure:
        return {
            "type": "scatter",
            "mode": "lines",
            "x0": 0,
            "dx": 100 / max(samples - 1, 1),
            "y": rounded(values, digits),
            "xaxis": f"x{number}",
            "yaxis": f"y{number}",
            "name": name,
            "hoverinfo": "skip",
            "line": {"width": 0, "color": NONE},
            **more,
        }

    def shown(words: str) -> Figure:
        number_format = f"%{{y:.{min(digits, 2) - (digits == 1)}f}}{unit}"
        return {
            "hoverinfo": "all",
            "hovertemplate": f"{words} {number_format}<extra></extra>",
        }

    band = {"fill": "tonexty"}
    traces = [
        trace(high, "allowed, upper edge"),
        trace(low, "allowed", fillcolor=ALLOWED, **band),
        trace(assessment.reference_high[:, index], "references, highest"),
        trace(assessment.reference_low[:, index], "references", fillcolor=RANGE, **band),
        trace(
            assessment.reference_mean[:, index],
            "mean of the references",
            **{
                **shown("reference"),
                "line": {"width": 1.5, "color": MEAN, "dash": "dash"},
            },
        ),
    ]
    line: Figure = {"line": {"width": 2.5, "color": ATTEMPT}}
    if np.isfinite(curve).all() and ((curve < low) | (curve > high)).any():
        hatch = {
            "shape": "/",
            "fgcolor": OUTSIDE,
            "bgcolor": NONE,
            "size": 5,
            "solidity": 0.5,
        }
        traces.append(trace(np.clip(curve, low, high), "edge of what is allowed"))
        line |= {"fill": "tonexty", "fillcolor": OUTSIDE, "fillpattern": hatch}
    traces.append(trace(curve, "this repetition", **{**shown("this rep"), **line}))
    return traces


def _panel_title(assessment: SetAssessment, rep: RepAssessment, index: int, number: str) -> Figure:
    """Return the panel's two-line heading: which feature, and how far off it was."""
    name = assessment.features[index]
    unit = feature_unit(name)
    share = limit_share(assessment, rep)[index]
    second = ""
    if np.isfinite(share):
        mark = f"{SYMBOLS[Verdict.WRONG]} " if share > 1 else ""
        off = amount(float(rep.distances[index]), unit if unit == "degrees" else "")
        second = f"{mark}off by {off}, {share:.0%} of limit"
    title = f"<b>{escape(feature_title(name))}</b> {escape(unit)}<br>{second}"
    return {
        "text": title,
        "xref": f"x{number} domain",
        "yref": f"y{number} domain",
        "x": 0,
        "y": 1,
        "yshift": 4,
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": INK},
    }


def _turn_line(percent: float, number: str) -> Figure:
    return {
        "type": "line",
        "xref": f"x{number}",
        "yref": f"y{number} domain",
        "x0": percent,
        "x1": percent,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": FAINT_INK, "width": 1, "dash": "dot"},
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
