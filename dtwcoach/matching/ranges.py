"""Ranges of motion of a repetition, beside the references', and between its sides."""

from __future__ import annotations

import numpy as np

from dtwcoach.matching.assessment import Fault
from dtwcoach.matching.calibration import ENOUGH_PEOPLE
from dtwcoach.matching.feedback import TURN, amount
from dtwcoach.matching.judging import Judge
from dtwcoach.matching.measured import RangeOfMotion, Symmetry
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray, mirrored_name
from dtwcoach.segmentation.drive import Guide

TOO_SMALL = "too small a range"
"""Direction of a range of motion that is a fault."""
LEAST_SHARE = 0.75, 0.85
"""Where the exercise sets no least range, a driving joint needs this share of the references'
smallest, the second where they show people enough: whoever does it right reaches that, and half a
repetition does not."""


def ranges_of_motion(
    judge: Judge, values: FloatArray, *, mirrored: bool
) -> tuple[RangeOfMotion, ...]:
    """Range of each driving feature, and of each with a least range, beside the references'.

    Parameters
    ----------
    judge : Judge
    values : (time, feature) float
        The repetition.
    mirrored : bool
        Names go back to the athlete's own side.

    Returns
    -------
    tuple of RangeOfMotion
        Of the features that were seen at all.
    """
    ranges = []
    driving = judge.guide.names if isinstance(judge.guide, Guide) else ()
    for name in dict.fromkeys((*driving, *judge.exercise.min_rom)):
        column = judge.names.index(name)
        reached = _reach(values[:, column])
        if np.isnan(reached):
            continue
        known = [_reach(curve) for curve in judge.curves[:, :, column]]
        smallest = float(np.nanmin(known)) if np.isfinite(known).any() else np.nan
        own = KNOWN_FEATURES[mirrored_name(name) if mirrored else name]
        ranges.append(
            RangeOfMotion(
                feature=own.name,
                joint=own.joint,
                unit=own.unit,
                reached=reached,
                low=smallest,
                high=float(np.nanmax(known)) if np.isfinite(known).any() else np.nan,
                least=_least(judge, name, smallest),
            )
        )
    return tuple(ranges)


def _least(judge: Judge, name: str, smallest: float) -> float:
    """Least range of a feature: the exercise's own, else a share of the references' smallest."""
    if judge.exercise.min_rom or KNOWN_FEATURES[name].kind != "angle":
        return judge.exercise.min_rom.get(name, 0.0)
    enough = judge.calibration.people >= ENOUGH_PEOPLE
    return LEAST_SHARE[enough] * float(np.nan_to_num(smallest))


def _reach(column: FloatArray) -> float:
    known = column[np.isfinite(column)]
    return float(np.ptp(known)) if len(known) else float("nan")


def symmetries(
    judge: Judge, ranges: tuple[RangeOfMotion, ...], *, mirrored: bool
) -> tuple[Symmetry, ...]:
    """Difference of the left and the right range of motion of each driving joint.

    The symmetry index of Robinson, Herzog and Nigg: 100 (left - right) over the mean of both.

    Parameters
    ----------
    judge : Judge
    ranges : tuple of RangeOfMotion
    mirrored : bool

    References
    ----------
    R. O. Robinson, W. Herzog, B. M. Nigg, "Use of force platform variables to quantify the
    effects of chiropractic manipulation on gait symmetry", J. Manipulative Physiol. Ther. 10(4),
    1987.
    """
    reached = {item.feature: item.reached for item in ranges}
    found = []
    for left in (name for name in reached if name.startswith("left_")):
        right = mirrored_name(left)
        if right not in reached or KNOWN_FEATURES[left].kind != "angle":
            continue
        own = (right, left) if mirrored else (left, right)
        sides = [judge.curves[:, :, judge.names.index(name)] for name in own]
        known = [_index(_reach(a), _reach(b)) for a, b in zip(*sides, strict=True)]
        found.append(
            Symmetry(
                joint=KNOWN_FEATURES[left].joint.removeprefix("left "),
                left=reached[left],
                right=reached[right],
                percent=_index(reached[left], reached[right]),
                low=float(np.nanmin(known)) if np.isfinite(known).any() else np.nan,
                high=float(np.nanmax(known)) if np.isfinite(known).any() else np.nan,
            )
        )
    return tuple(found)


def _index(left: float, right: float) -> float:
    return 100.0 * (left - right) / max((left + right) / 2, 1e-9)


def range_faults(judge: Judge, ranges: tuple[RangeOfMotion, ...]) -> tuple[Fault, ...]:
    """Ranges below the exercise's least ones; none where it does not judge them."""
    if not judge.exercise.judge_rom:
        return ()
    turn = judge.exercise.phases[TURN]  # where a range falls short
    return tuple(
        Fault(
            feature=item.feature,
            joint=item.joint,
            phase=turn,
            direction=TOO_SMALL,
            size=item.reached - item.least,
            unit=item.unit,
            time_s=float("nan"),
            ratio=item.least / max(item.reached, 1e-6),
            text=f"{item.joint} moved {amount(item.reached, item.unit)}, "
            f"needs {amount(item.least, item.unit)}",
            cue=f"{item.joint.capitalize()}: move through the full range.",
            where=f"at the {turn}",
        )
        for item in ranges
        if item.reached < item.least
    )
