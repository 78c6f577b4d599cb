"""The figures of one repetition: its curves joint by joint, and its tempo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.pose import FloatArray, IntArray
from dtwcoach.report.curves import (
    aligned_attempt,
    allowed_band,
    has_curves,
    limit_share,
    rounded,
    shown_features,
    span,
    turn_percent,
)
from dtwcoach.report.departures import departure, sample_phases, tied_samples
from dtwcoach.report.figures import (
    ALLOWED,
    ATTEMPT,
    FAINT_INK,
    GRID,
    INK,
    MEAN,
    NONE,
    OUTSIDE,
    RANGE,
    Figure,
    base_axis,
    base_layout,
)
from dtwcoach.report.words import SYMBOLS, amount, feature_title, feature_unit

CLEARLY_FASTER = 1.3
"""From this ratio of paces on, a stretch of a repetition is called faster or slower."""
SHORTEST_STRETCH = 0.12
"""Share of a repetition below which such a stretch gets no words."""
PACE_SAMPLES = 15
"""Samples over which a pace is measured."""


def joint_figure(
    assessment: SetAssessment,
    rep: RepAssessment,
    *,
    features: Sequence[str] | None = None,
    columns: int = 3,
    real_time: bool = False,
) -> Figure:
    """Return the curves of one repetition, joint by joint, against the references.

    The attempt is laid over the references by the warping path, or, in real time, beside them as
    it went. Dark band: range of the references. Light band: what is allowed, which is that range
    or the feature's limit around the mean, whichever is wider. Hatched, or drawn thick in real
    time: where the attempt leaves what is allowed. A repetition that has no curves (see
    `has_curves`) gives a figure without panels.

    Parameters
    ----------
    assessment, rep
        The set and one of its repetitions.
    features : sequence of str, optional
        Which features to show; by default those that matter most (see `shown_features`).
    columns : int
        Panels side by side.
    real_time : bool
        Seconds since the start in place of the references' phase.
    """
    names = shown_features(assessment, rep) if features is None else features
    names = names if has_curves(assessment, rep) else ()
    figure: Figure = {"data": [], "layout": {**base_layout(), "annotations": [], "shapes": []}}
    figure["layout"]["grid"] = {
        "rows": max(1, math.ceil(len(names) / columns)),
        "columns": columns,
        "pattern": "independent",
        "xgap": 0.18,
        "ygap": 0.45,
    }
    if not names:
        return figure
    curves, times = _curves(assessment, rep, real_time=real_time)
    lowest, highest = allowed_band(assessment)
    beyond = np.abs(departure(assessment, rep))[tied_samples(rep)] > 1
    turn = _turn(assessment, rep, real_time=real_time)
    for panel, name in enumerate(names, 1):
        number = "" if panel == 1 else str(panel)  # Plotly's axes are x, x2, x3, ...
        index = assessment.features.index(name)
        low, high = lowest[:, index], highest[:, index]
        curve, unit = curves[:, index], feature_unit(name)
        bounds = span(np.concatenate([low, high, curve]), unit)
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        traces = _references(assessment, index, low, high, real_time=real_time)
        traces += (
            _as_it_happened(curve, unit, times, beyond[:, index])
            if real_time
            else _aligned(curve, unit, times, low, high)
        )
        figure["data"] += [{**trace, **axes} for trace in traces]
        figure["layout"] |= {
            f"xaxis{number}": _time_axis(assessment, rep, real_time=real_time),
            f"yaxis{number}": _value_axis(bounds, unit),
        }
        figure["layout"]["annotations"].append(_panel_title(assessment, rep, index, number))
        if turn is not None:
            figure["layout"]["shapes"].append(_turn_line(turn, number))
    return figure


def path_figure(assessment: SetAssessment, rep: RepAssessment) -> Figure:
    """Return the warping path as a figure: this repetition's seconds against the references' phase.

    Steeper than the dashed line, the references' own pace, is faster than they; stretches that
    are clearly so are named.
    """
    tied = tied_samples(rep)
    samples = len(assessment.reference_mean)
    own_s = rep.sample_s - rep.start_s
    phase = 100 * tied / (samples - 1)
    longest_s = max(float(own_s[-1]), assessment.reference_s)
    numbers = sample_phases(assessment)
    edges = np.flatnonzero(np.diff(numbers)) + 0.5
    layout = base_layout()
    layout["margin"] = {"l": 96, "r": 14, "t": 10, "b": 44}
    layout["xaxis"] = {
        **base_axis(),
        "range": [0, rounded(longest_s * 1.02, 2)],
        "ticksuffix": " s",
        "nticks": 5,
        "showgrid": False,
        "title": {"text": "this repetition", "standoff": 6},
    }
    ends = np.concatenate([[0], edges, [samples - 1]])
    middles = (ends[:-1] + ends[1:]) / 2
    # The start and the end are too narrow for a word, and a turn at either leaves phases out.
    middles = middles[np.diff(ends) > 0.1 * samples]
    layout["yaxis"] = {
        **base_axis(),
        "range": [0, 100],
        "showgrid": False,
        "tickvals": rounded(100 * middles / (samples - 1), 1),
        "ticktext": [escape(assessment.phases[numbers[round(at)]]) for at in middles],
    }
    layout["shapes"] = [_phase_line(100 * edge / (samples - 1)) for edge in edges]
    layout["annotations"] = _pace_words(assessment, own_s, tied)
    pace = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, rounded(assessment.reference_s, 2)],
        "y": [0, 100],
        "line": {"color": MEAN, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
        "name": "the references' pace",
    }
    own = {
        "type": "scatter",
        "mode": "lines",
        "x": rounded(own_s, 2),
        "y": rounded(phase, 1),
        "line": {"color": ATTEMPT, "width": 2.5},
        "hovertemplate": "%{x:.1f} s<extra></extra>",
        "name": "this repetition",
    }
    return {"data": [pace, own], "layout": layout}


def _curves(
    assessment: SetAssessment, rep: RepAssessment, *, real_time: bool
) -> tuple[FloatArray, Figure]:
    """Return the attempt, (samples, feature), and where its samples lie on the time axis."""
    if real_time:
        return rep.attempt, {"x": rounded(rep.sample_s - rep.start_s, 2)}
    samples = len(assessment.reference_mean)
    return aligned_attempt(rep, samples), {"x0": 0, "dx": 100 / max(samples - 1, 1)}


def _trace(values: FloatArray, name: str, unit: str, **more: Any) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "y": rounded(values, 1 if unit == "degrees" else 3),
        "name": name,
        "hoverinfo": "skip",
        "line": {"width": 0, "color": NONE},
        **more,
    }


def _on_hover(words: str, unit: str) -> Figure:
    form = "%{y:.0f}°" if unit == "degrees" else "%{y:.2f}"
    return {"hoverinfo": "all", "hovertemplate": f"{words} {form}<extra></extra>"}


def _references(
    assessment: SetAssessment, index: int, low: FloatArray, high: FloatArray, *, real_time: bool
) -> list[Figure]:
    """Return a panel's bands and mean, back to front; "tonexty" fills to the trace before."""
    unit = feature_unit(assessment.features[index])
    whole = assessment.reference_s if real_time else 100.0
    step = rounded(whole / max(len(low) - 1, 1), 5)
    times = {"x0": 0, "dx": step}
    band = {"fill": "tonexty", **times}
    return [
        _trace(high, "allowed, upper edge", unit, **times),
        _trace(low, "allowed", unit, fillcolor=ALLOWED, **band),
        _trace(assessment.reference_high[:, index], "references, highest", unit, **times),
        _trace(assessment.reference_low[:, index], "references", unit, fillcolor=RANGE, **band),
        _trace(
            assessment.reference_mean[:, index],
            "mean of the references",
            unit,
            **times,
            **{
                **_on_hover("reference", unit),
                "line": {"width": 1.5, "color": MEAN, "dash": "dash"},
            },
        ),
    ]


def _own_line(unit: str) -> Figure:
    return {"line": {"width": 2.5, "color": ATTEMPT}, **_on_hover("this rep", unit)}


def _aligned(
    curve: FloatArray, unit: str, times: Figure, low: FloatArray, high: FloatArray
) -> list[Figure]:
    """Return the attempt's line, hatched where it leaves what is allowed."""
    look: Figure = {**_own_line(unit), **times}
    if not (np.isfinite(curve).all() and ((curve < low) | (curve > high)).any()):
        return [_trace(curve, "this repetition", unit, **look)]
    hatch = {"shape": "/", "fgcolor": OUTSIDE, "bgcolor": NONE, "size": 5, "solidity": 0.5}
    look |= {"fill": "tonexty", "fillcolor": OUTSIDE, "fillpattern": hatch}
    edge = _trace(np.clip(curve, low, high), "edge of what is allowed", unit, **times)
    return [edge, _trace(curve, "this repetition", unit, **look)]


def _as_it_happened(
    curve: FloatArray, unit: str, times: Figure, beyond: np.ndarray
) -> list[Figure]:
    """Return the attempt's line, on a thick one where it is `beyond` what is allowed."""
    line = _trace(curve, "this repetition", unit, **_own_line(unit), **times)
    if not beyond.any():
        return [line]
    thick = {"line": {"width": 6, "color": OUTSIDE}, **times}
    return [_trace(np.where(beyond, curve, np.nan), "outside what is allowed", unit, **thick), line]


def _time_axis(assessment: SetAssessment, rep: RepAssessment, *, real_time: bool) -> Figure:
    axis = {**base_axis(), "showgrid": False}
    if real_time:
        longest_s = max(float(rep.sample_s[-1]) - rep.start_s, assessment.reference_s)
        return {**axis, "range": [0, rounded(longest_s, 2)], "nticks": 4, "ticksuffix": " s"}
    ticks = {"tickvals": [0, 50, 100], "ticktext": ["0 %", "50 %", "100 %"]}
    return {**axis, "range": [0, 100], **ticks}


def _value_axis(bounds: list[float] | None, unit: str) -> Figure:
    suffix = "°" if unit == "degrees" else ""
    return {**base_axis(), "range": bounds, "nticks": 5, "ticksuffix": suffix}


def _turn(assessment: SetAssessment, rep: RepAssessment, *, real_time: bool) -> float | None:
    """Return where the attempt turned, on the time axis; None where that is not known."""
    if real_time:
        at_s = rep.turn_s - rep.start_s
        return round(at_s, 2) if math.isfinite(at_s) else None
    return turn_percent(rep, len(assessment.reference_mean))


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


def _turn_line(at: float, number: str) -> Figure:
    return {
        "type": "line",
        "xref": f"x{number}",
        "yref": f"y{number} domain",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": FAINT_INK, "width": 1, "dash": "dot"},
    }


def _phase_line(percent: float) -> Figure:
    return {
        "type": "line",
        "xref": "paper",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": rounded(percent, 1),
        "y1": rounded(percent, 1),
        "layer": "below",
        "line": {"color": GRID, "width": 1},
    }


def _pace_words(assessment: SetAssessment, own_s: FloatArray, tied: IntArray) -> list[Figure]:
    """Return a label for each long stretch that is clearly faster or slower than the references."""
    reference_s = tied * assessment.reference_s / (len(assessment.reference_mean) - 1)
    edge = PACE_SAMPLES // 2
    at = np.arange(len(own_s))
    before, after = np.maximum(at - edge, 0), np.minimum(at + edge, len(own_s) - 1)
    took_s = np.maximum(own_s[after] - own_s[before], 1e-6)
    pace = (reference_s[after] - reference_s[before]) / took_s
    kind = (pace > CLEARLY_FASTER).astype(int) - (pace < 1 / CLEARLY_FASTER).astype(int)
    labels = []
    for stretch in np.split(at, np.flatnonzero(np.diff(kind)) + 1):
        if kind[stretch[0]] == 0 or len(stretch) < SHORTEST_STRETCH * len(own_s):
            continue
        middle = stretch[len(stretch) // 2]
        faster = kind[middle] > 0
        labels.append(
            {
                "text": "faster" if faster else "slower",
                "x": rounded(own_s[middle].item(), 2),
                "y": rounded(100.0 * tied[middle] / (len(assessment.reference_mean) - 1), 1),
                "xanchor": "right" if faster else "left",
                "xshift": -8 if faster else 8,
                "yshift": 8 if faster else -10,
                "showarrow": False,
                "font": {"size": 12, "color": INK},
            }
        )
    return labels
