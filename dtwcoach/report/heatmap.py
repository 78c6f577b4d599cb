"""What references can see, as a heat map and in words: for its own page and for others'."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import Any

from dtwcoach.matching.feedback import in_words
from dtwcoach.matching.sensitivity import FLOOR_DEG, MOST_DEG, Sensitivity, Sight
from dtwcoach.report import words
from dtwcoach.report.figures import FAINT_INK, FONT, INK, NONE, Figure

BLIND_DEG = 20.0
"""A trainer would not let such a fault pass: from here on an unseen one is a blind spot."""
MOST_BLIND_SPOTS = 4
ROW_PX = 26
"""Height of one row of the heat map."""
SCALE: list[list[Any]] = [[0.0, "#cfe6f5"], [0.33, "#f3e3c3"], [0.66, "#e59a5c"], [1.0, "#a63d00"]]
"""Seen well to not seen, told apart also by the colour-blind, on light and dark pages alike."""


def heatmap_figure(seen: Sensitivity) -> Figure:
    """Return the smallest fault that is noticed, joint by phase, as a Plotly figure.

    Joints that were not tried keep an empty row that says why. The figure is `heatmap_px` high.
    """
    names = [escape(phase) for phase in seen.phases]
    phases = range(len(names))
    axis = {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 12},
    }
    return {
        "data": [
            {
                "type": "heatmap",
                "x": list(phases),
                "y": list(range(len(seen.rows))),
                "z": [_colours(row) for row in seen.rows],
                "text": [[cell_text(row, phase) for phase in phases] for row in seen.rows],
                "texttemplate": "%{text}",
                "textfont": {"size": 12, "family": FONT},
                "hoverinfo": "text",
                "hovertext": [
                    [
                        f"{row_title(row)}, {name}: {cell_text(row, i)}"
                        for i, name in enumerate(names)
                    ]
                    for row in seen.rows
                ],
                "hoverongaps": False,
                "colorscale": SCALE,
                "zmin": 0,
                "zmax": MOST_DEG,
                "xgap": 2,
                "ygap": 2,
                "showscale": False,
            }
        ],
        "layout": {
            "font": {"family": FONT, "size": 12, "color": FAINT_INK},
            "paper_bgcolor": NONE,
            "plot_bgcolor": NONE,
            "margin": {"l": 10, "r": 4, "t": 32, "b": 4},
            "dragmode": False,
            # By number: an exercise may call two of its phases the same.
            "xaxis": {
                **axis,
                "side": "top",
                "tickvals": list(phases),
                "ticktext": names,
            },
            "yaxis": {
                **axis,
                "tickvals": list(range(len(seen.rows))),
                "ticktext": [row_title(row) for row in seen.rows],
                "autorange": "reversed",
                "automargin": True,
                "color": INK,
            },
            "annotations": [],
        },
    }


def heatmap_px(seen: Sensitivity) -> int:
    """Height of the figure in pixels."""
    return ROW_PX * len(seen.rows) + 40


def row_title(row: Sight) -> str:
    """Return what a row is about: "left knee, more bent", "left elbow (ignored)"."""
    return (
        f"{row.joint}, {row.direction}" if row.state == "checked" else f"{row.joint} ({row.state})"
    )


def cell_text(row: Sight, phase: int) -> str:
    """Return one figure as people read it: "12°", ">60°" where unseen, "–" where impossible."""
    if row.state != "checked" or math.isnan(row.tried_deg[phase]):
        return "–"
    smallest = row.smallest_deg[phase]
    unseen = smallest > row.tried_deg[phase]
    return f">{row.tried_deg[phase]:.0f}°" if unseen else f"{smallest:.0f}°"


def _unnoticed_deg(row: Sight) -> list[float]:
    """Up to which size faults go unnoticed in each phase; NaN where there can be none."""
    return [min(pair) for pair in zip(row.smallest_deg, row.tried_deg, strict=True)]


def _colours(row: Sight) -> list[float | None]:
    """What the colour of each field shows; None leaves it empty."""
    sizes = _unnoticed_deg(row) or [math.nan] * 5
    return [None if math.isnan(size) else round(size, 1) for size in sizes]


@dataclass(frozen=True)
class _Blind:
    """A joint's direction with its unseen faults: size below which, and where it is worst."""

    joints: tuple[str, ...]
    direction: str
    size_deg: float
    phases: tuple[int, ...]
    in_depth: bool
    toward: str


def blind_spots(seen: Sensitivity, *, most: int = MOST_BLIND_SPOTS) -> list[str]:
    """Return the worst blind spots in sentences, with what to do; none of a joint twice.

    Left and right go together where both are blind.
    """
    found: list[_Blind] = []
    for row in seen.rows:
        blind = _blind(row)
        if blind is None:
            continue
        twin = next((b for b in found if _are_twins(b, blind)), None)
        if twin is not None:
            found.remove(twin)
            blind = _both(twin, blind)
        found.append(blind)
    found.sort(key=lambda blind: -blind.size_deg)
    chosen: dict[str, _Blind] = {}
    for blind in found:
        chosen.setdefault(blind.joints[0].split()[-1], blind)
    return [_sentence(seen, blind) for blind in list(chosen.values())[:most]]


def _blind(row: Sight) -> _Blind | None:
    sizes = [0.0 if math.isnan(size) else size for size in _unnoticed_deg(row)]
    worst = max(sizes, default=0.0)
    if worst < BLIND_DEG:
        return None
    phases = tuple(number for number, size in enumerate(sizes) if size >= 0.8 * worst)
    at = sizes.index(worst)
    in_depth = row.floor_deg[at] >= FLOOR_DEG["in depth"]
    return _Blind((row.joint,), row.direction, worst, phases, in_depth, row.toward[at])


def _are_twins(one: _Blind, other: _Blind) -> bool:
    names = {blind.joints[0].split()[-1] for blind in (one, other)}
    return len(names) == 1 and one.direction == other.direction


def _both(one: _Blind, other: _Blind) -> _Blind:
    worse = max(one, other, key=lambda blind: blind.size_deg)
    phases = tuple(sorted({*one.phases, *other.phases}))
    return _Blind(
        (*one.joints, *other.joints),
        worse.direction,
        worse.size_deg,
        phases,
        worse.in_depth,
        worse.toward,
    )


def _sentence(seen: Sensitivity, blind: _Blind) -> str:
    who = " and ".join(joint.split()[0] for joint in blind.joints)
    who = blind.joints[0] if len(blind.joints) == 1 else f"{who} {blind.joints[0].split()[-1]}"
    view = words.view(seen.view_yaw_deg) if math.isfinite(seen.view_yaw_deg) else ""
    start = f"{view[:1].upper()}{view[1:]}, {who}" if view else who[:1].upper() + who[1:]
    size = (
        f"by less than {blind.size_deg:.0f} degrees"
        if blind.size_deg < MOST_DEG
        else f"by {MOST_DEG:.0f} degrees or less"
    )
    goes = "goes" if len(blind.joints) == 1 else "go"
    where = "throughout" if len(blind.phases) == 5 else _where(seen, blind.phases)
    advice = "add wrong examples of it, or set its tolerance in exercise.toml"
    if blind.size_deg >= MOST_DEG:
        advice = "little that counts shows it; see what is ignored in exercise.toml"
    elif blind.in_depth:
        side = "side" if blind.toward == "forward" else "front"
        advice = f"film from the {side}, or add wrong examples of it"
    return f"{start} {blind.direction} {size} {goes} unnoticed {where}: {advice}."


def _where(seen: Sensitivity, phases: tuple[int, ...]) -> str:
    said = [in_words(seen.phases, number) for number in phases]
    return " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def summary(seen: Sensitivity) -> str:
    """Return how the figures came about, in two sentences."""
    few = f"{seen.references} of " if seen.references < seen.right_reps else ""
    return (
        f"Faults were put into {few}{seen.right_reps} right repetitions, growing up to "
        f"{MOST_DEG:.0f} degrees, until {seen.judged_by} as references called half of them wrong. "
        f"No figure is below the noise of the pose model: {FLOOR_DEG['in plane']:.0f} degrees, "
        f"{FLOOR_DEG['in depth']:.0f} where the fault lies in depth."
    )
