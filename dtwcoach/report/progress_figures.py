"""The figures of an athlete's progress, as plain dictionaries (see `report/figures.py`).

All share one axis: the sets in their order, a date below some of them. `customdata` holds the
number of the row on the page that tells of the set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from dtwcoach.report.figures import (
    ATTEMPT,
    FAINT_INK,
    INK,
    MEAN,
    NONE,
    OUTSIDE,
    RANGE,
    WORST_SHOWN,
    Figure,
    base_axis,
    base_layout,
)
from dtwcoach.report.summary import Summary

UNKNOWN = {"size": 14, "color": FAINT_INK}
MOST_DATES = 5
MOST_LABELLED = 2
"""Changes that are named in the figure; more would lie over each other."""
BARS = (
    ("right", ATTEMPT, ""),
    ("wrong", OUTSIDE, "/"),
    ("cannot_judge", RANGE, "."),
)
"""Count, colour and pattern of the bars of repetitions."""


def drawn(
    sets: Sequence[Summary], changes: Mapping[int, str], first_row: int
) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of an exercise by name, leaving out those that nothing is known for.

    One set alone has none: there is no course to draw.

    Parameters
    ----------
    sets : sequence of Summary
        Oldest first.
    changes : dict
        Index of each set judged by something else than the one before -> by what.
    first_row : int
        Number of the first set's row.
    """
    if len(sets) < 2:
        return
    judged = any(page.right + page.wrong for page in sets)
    for name, draw, known in (
        ("share", _share, judged),
        ("score", _score, judged),
        ("range", _range, any(math.isfinite(page.rom_mean) for page in sets)),
        ("held", _held, any(page.hold and page.under_tension_s > 0 for page in sets)),
        ("repetitions", _repetitions, any(page.total for page in sets)),
        ("tempo", _tempo, any(page.phases and math.isfinite(page.out_s) for page in sets)),
    ):
        if known:
            figure = draw(sets, changes)
            for trace in figure["data"]:
                trace["customdata"] = [
                    None if at is None else first_row + at for at in trace["customdata"]
                ]
            yield name, figure


def _share(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    figure = _figure(sets, changes)
    figure["layout"]["yaxis"] |= {
        "range": [-6, 106], "tickvals": [0, 50, 100], "ticktext": ["0 %", "50 %", "100 %"],
    }  # fmt: skip
    shares = [100 * p.right / (p.right + p.wrong) if p.right + p.wrong else None for p in sets]
    said = [f"{page.right} of {page.total} right" for page in sets]
    figure["data"] = [_line(sets, changes, shares, said)]
    figure["layout"]["annotations"] += [
        {**_label("?", at + 1.0, 0), "yref": "paper", "yanchor": "bottom", "font": UNKNOWN}
        for at, share in enumerate(shares)
        if share is None
    ]
    return figure


def _score(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    """As in a set's report: better ones higher, and far beyond the border is far enough."""
    figure = _figure(sets, changes)
    known = [page.score for page in sets if math.isfinite(page.score)]
    lowest = min(max([1.5, *(score + 0.15 for score in known)]), WORST_SHOWN)
    figure["layout"]["yaxis"] |= {"range": [round(lowest, 2), 0], "tickvals": [0, 0.5, 1, 1.5, 2]}
    figure["layout"]["shapes"].append(
        {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": 1, "y1": 1,
         "layer": "below", "line": {"color": INK, "width": 1.5, "dash": "dash"}}
    )  # fmt: skip
    for text, anchor, shift in (("right", "bottom", 2), ("wrong", "top", -2)):
        side = {**_label(text, 1.0, 1.0), "xref": "paper", "yanchor": anchor, "yshift": shift}
        figure["layout"]["annotations"].append({**side, "xanchor": "left", "xshift": 3})
    figure["layout"]["margin"]["r"] = 42
    shown = [min(p.score, lowest - 0.06) if math.isfinite(p.score) else None for p in sets]
    line = _line(sets, changes, shown, [f"median {page.score:.2f}" for page in sets])
    over = [at is not None and sets[at].score > 1 for at in line["customdata"]]
    line["marker"] |= {
        "symbol": ["x" if wrong else "circle" for wrong in over],
        "color": [OUTSIDE if wrong else ATTEMPT for wrong in over],
    }
    line["line"]["color"] = FAINT_INK
    figure["data"] = [line]
    return figure


def _range(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    """The mean of each set as a point, its least to its greatest range as a bar."""
    figure = _figure(sets, changes)
    unit = next(page.unit for page in reversed(sets) if math.isfinite(page.rom_mean))
    degrees = unit == "deg"
    means = [p.rom_mean if p.unit == unit and math.isfinite(p.rom_mean) else None for p in sets]
    sign = "°" if degrees else ""
    digits = 0 if degrees else 2
    said = [
        f"{p.rom_mean:.{digits}f}{sign} ({p.rom_low:.{digits}f} to {p.rom_high:.{digits}f}{sign})"
        for p in sets
    ]
    line = _line(sets, changes, means, said)
    ends = [None if at is None else sets[at] for at in line["customdata"]]
    line["error_y"] = {
        "type": "data",
        "symmetric": False,
        "array": [_difference(p and p.rom_high, p and p.rom_mean) for p in ends],
        "arrayminus": [_difference(p and p.rom_mean, p and p.rom_low) for p in ends],
        "color": RANGE,
        "thickness": 9 if len(sets) <= 40 else 4,
        "width": 0,
    }
    figure["data"] = [line]
    figure["layout"]["yaxis"] |= {"ticksuffix": sign, "nticks": 5}
    return figure


def _held(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    figure = _figure(sets, changes)
    times = [page.under_tension_s if page.under_tension_s > 0 else None for page in sets]
    said = [f"{page.under_tension_s:.1f} s" for page in sets]
    figure["data"] = [_line(sets, changes, times, said)]
    figure["layout"]["yaxis"] |= {"ticksuffix": " s", "rangemode": "tozero", "nticks": 5}
    return figure


def _repetitions(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    figure = _figure(sets, changes)
    figure["layout"] |= {"barmode": "stack", "bargap": 0.35}
    figure["layout"]["yaxis"] |= {"nticks": 5, "tickformat": "d", "rangemode": "tozero"}
    for name, color, pattern in BARS:
        counts = [getattr(page, name) for page in sets]
        bars: Figure = {
            "type": "bar",
            "x": list(range(1, len(sets) + 1)),
            "y": counts,
            "customdata": list(range(len(sets))),
            "text": [f"{day(page)}: {name.replace('_', ' ')} {n}" for page, n in
                     zip(sets, counts, strict=True)],
            "textposition": "none",
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"color": color, "line": {"width": 0}},
        }  # fmt: skip
        if pattern:
            bars["marker"]["pattern"] = {
                "shape": pattern, "fgcolor": color if pattern == "/" else MEAN, "bgcolor": NONE,
                "size": 6, "solidity": 0.45 if pattern == "/" else 0.3,
            }  # fmt: skip
        if any(counts):
            figure["data"].append(bars)
    return figure


def _tempo(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    """Three panels above each other: the way out, the turn, the way back."""
    figure = _figure(sets, changes)
    layout = figure["layout"]
    phases = next(page.phases for page in reversed(sets) if page.phases)
    names = ("out_s", "turn_s", "back_s")[: len(phases)]
    times = [[getattr(page, name) for page in sets] for name in names]
    top = max((t for row in times for t in row if math.isfinite(t)), default=1.0)
    for at, (phase, row) in enumerate(zip(phases, times, strict=False)):
        number = "" if at == 0 else str(at + 1)
        high = 0.94 - at / len(names)
        layout[f"yaxis{number}"] = {
            **base_axis(),
            "domain": [round(high - 0.72 / len(names), 3), round(high, 3)],
            "range": [0, round(1.15 * top, 2)],
            "nticks": 3,
            "ticksuffix": " s",
        }
        known = [seconds if math.isfinite(seconds) else None for seconds in row]
        named = escape(phase, quote=False)
        said = [f"{named} {seconds:.1f} s" for seconds in row]
        figure["data"].append({**_line(sets, changes, known, said), "yaxis": f"y{number}"})
        layout["annotations"].append(
            {**_label(named, 0.0, 1.0), "xref": "paper", "yref": f"y{number} domain",
             "xanchor": "left", "yanchor": "bottom", "font": {"size": 12, "color": INK}}
        )  # fmt: skip
    layout["xaxis"]["anchor"] = f"y{len(names)}" if len(names) > 1 else "y"
    return figure


def _figure(sets: Sequence[Summary], changes: Mapping[int, str]) -> Figure:
    """Return an empty figure: the sets along the bottom, a line wherever something changed."""
    layout: Figure = base_layout()
    layout["margin"] = {"l": 52, "r": 14, "t": 22, "b": 30}
    layout["hovermode"] = "closest"
    step = max(1, math.ceil(len(sets) / MOST_DATES))
    ticks = list(range(len(sets) - 1, -1, -step))[::-1]  # the latest always has its date
    layout["xaxis"] = {
        **base_axis(),
        "range": [0.5, len(sets) + 0.5],
        "showgrid": False,
        "tickvals": [at + 1 for at in ticks],
        "ticktext": [day(sets[at]) for at in ticks],
        "tickangle": 0,
    }
    layout["yaxis"] = base_axis()
    layout["shapes"] = [
        {"type": "line", "xref": "x", "yref": "paper", "x0": at + 0.5, "x1": at + 0.5,
         "y0": 0, "y1": 1, "layer": "below", "line": {"color": INK, "width": 1, "dash": "dot"}}
        for at in changes
    ]  # fmt: skip
    layout["annotations"] = [
        {**_label("changed", at + 0.5, 1.0), "yref": "paper", "yanchor": "bottom"}
        for at in list(changes)[-MOST_LABELLED:]
    ]
    return {"data": [], "layout": layout}


def _line(
    sets: Sequence[Summary],
    changes: Mapping[int, str],
    values: Sequence[float | None],
    said: Sequence[str],
) -> Figure:
    """Return a line through all sets, broken where something changed; customdata: their index."""
    order: list[int | None] = []
    for at in range(len(sets)):
        order += [None, at] if at in changes else [at]
    y = [None if at is None else values[at] for at in order]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [None if at is None else at + 1 for at in order],
        "y": [None if value is None else round(value, 3) for value in y],
        "customdata": order,
        "text": ["" if at is None else f"{day(sets[at])}: {said[at]}" for at in order],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": ATTEMPT, "width": 2},
        "marker": {"color": ATTEMPT, "size": 8 if len(sets) <= 40 else 5},
    }


def _label(text: str, x: float, y: float) -> Figure:
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "x",
        "showarrow": False,
        "font": {"size": 11, "color": FAINT_INK},
    }


def _difference(high: float | None, low: float | None) -> float | None:
    if high is None or low is None or not math.isfinite(high - low):
        return None
    return round(max(high - low, 0.0), 3)


def day(page: Summary) -> str:
    """Return the date below a figure, such as "3 Nov"."""
    return f"{page.date.day} {page.date:%b}"
