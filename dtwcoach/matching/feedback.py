"""What was wrong, in words: joint, phase, direction and size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dtwcoach.matching.assessment import Fault
from dtwcoach.matching.dtw import path
from dtwcoach.matching.judging import Judge, Match, warped
from dtwcoach.matching.references import HOLD_PHASES
from dtwcoach.motion.features import Feature
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.motion.noise import noise_floor
from dtwcoach.pose import SIDES, FloatArray, IntArray, mirrored_name

TORSO_OF_HEIGHT = 0.288
"""Trunk length over standing height (Drillis & Contini 1966, in Winter 2009, figure 4.1)."""
MOST_FAULTS = 3
TURN = 2
"""Number of the phase around the turn."""
MOMENT = 9
"""Samples of a repetition over which the size of a deviation is averaged."""
CLEARLY = 1.5
"""Of two sides, one that is so many times further off than the other is the faulty one."""
SUSTAINED = 70.0
"""A phase is as far off as this percentile of its samples' deviations: what lasts, not a spike."""
LOCALITY = {
    "own": 1.2,
    "angle": 1.0,
    "symmetry": 0.9,
    "inclination": 0.8,
    "turn": 0.5,
    "position": 0.25,
}
"""How readily a kind of feature names the joint: an angle is the joint's own, while a segment's
inclination and a position also show what joints nearer to the trunk did. Tuned on drawn people."""
OWN = ("trunk_forward", "trunk_sideways", "trunk_up", "left_thigh_sideways", "right_thigh_sideways")
"""Inclinations that are faults of their own: a leaning trunk, knees that fall in."""
OPPOSITE = {
    "straighter": "bend it more",
    "more bent": "bend it less",
    "more raised": "raise it less",
    "less raised": "raise it more",
    "further forward": "take it further back",
    "further back": "take it further forward",
    "further to the left": "take it further to the right",
    "further to the right": "take it further to the left",
    "further out": "take it further in",
    "further in": "take it further out",
    "higher": "keep it lower",
    "lower": "bring it higher",
    "higher on the left": "keep both sides level",
    "higher on the right": "keep both sides level",
    "turned further to the right": "turn further to the left",
    "turned further to the left": "turn further to the right",
    "further apart": "bring them closer together",
    "closer together": "take them further apart",
    "further forward on the left": "bring the left one back",
    "further forward on the right": "bring the right one back",
}
"""Direction of a deviation -> what to do about it."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """A repetition laid over the references' mean.

    Parameters
    ----------
    steps : (steps, 2) int
        Joint warping path: (attempt sample, reference sample).
    deviation : (samples, feature) float
        Attempt minus reference in the reference's time; NaN where either is missing.
    """

    steps: IntArray
    deviation: FloatArray


def align(judge: Judge, curve: FloatArray) -> Alignment:
    """Align a repetition, (samples, feature), with the references over all counting features."""
    counts = judge.counts.copy()
    counts[judge.counts] = np.isfinite(curve[:, judge.counts]).all(axis=0) & np.isfinite(
        judge.mean[:, judge.counts]
    ).all(axis=0)
    tolerance = judge.spread(judge.rule.tolerance)[counts]
    radius = judge.settings.band_radius
    if counts.any():
        steps = path(curve[:, counts] / tolerance, judge.mean[:, counts] / tolerance, radius=radius)
    else:
        steps = np.repeat(np.arange(len(curve))[:, None], 2, axis=1)
    return Alignment(steps, warped(curve, steps) - judge.mean)


def find_faults(
    judge: Judge,
    matched: Match,
    alignment: Alignment,
    *,
    rep_times_s: FloatArray,
    mirrored: bool,
    height_cm: float | None,
    named: tuple[str, ...] = (),
    at_least_one: bool = False,
) -> tuple[Fault, ...]:
    """Name the largest deviations above the noise floor, at most one a joint, largest first.

    Parameters
    ----------
    judge, matched, alignment
        The references, the rep's distances and its alignment.
    rep_times_s : (samples,) float
        When each sample of the attempt was recorded.
    mirrored : bool
        Names go back to the athlete's own side.
    height_cm : float, optional
        The athlete's height; without it positions are given in torso lengths.
    named : tuple of str
        Joints of which something was said already.
    at_least_one : bool
        Name the largest deviation also when it is below the noise floor.
    """
    share = judge.spread(matched.ratios / judge.rule.limit)
    weight = np.array(
        [LOCALITY["own" if name in OWN else KNOWN_FEATURES[name].kind] for name in judge.names]
    )
    order = np.argsort(-np.where(np.isfinite(share), share * weight, -1.0))
    faults: list[Fault] = []
    below: list[Fault] = []
    for index in order:
        if not np.isfinite(share[index]) or len(faults) == MOST_FAULTS:
            break
        column = _side_at_fault(judge, alignment, int(index))
        at = _moment(judge, alignment.deviation[:, column])
        sample = int(alignment.steps[np.argmax(alignment.steps[:, 1] >= at), 0])
        name, size = judge.names[column], float(_steady(alignment.deviation[:, column])[at])
        if mirrored:
            name = mirrored_name(name)
            size = -size if KNOWN_FEATURES[name].flips else size
        fault = _worded(
            KNOWN_FEATURES[name],
            size=size,
            phase=int(sample_phases(judge)[at]),
            phases=judge.exercise.phases,
            time_s=float(rep_times_s[sample]),
            ratio=float(share[index]),
            height_cm=height_cm,
        )
        if fault.joint not in (*named, *(other.joint for other in faults)):
            (faults if fault.above_noise else below).append(fault)
    return tuple(faults or below[: int(at_least_one)])


def _steady(deviation: FloatArray) -> FloatArray:
    """Average over a moment: a glitch of the pose model is no fault of the athlete."""
    return np.convolve(np.nan_to_num(deviation), np.ones(MOMENT) / MOMENT, mode="same")


def _moment(judge: Judge, deviation: FloatArray) -> int:
    """Sample of the largest deviation, (samples,), in the phase that is off most and longest."""
    size, phases = np.abs(_steady(deviation)), sample_phases(judge)
    worst = max(np.unique(phases), key=lambda p: np.percentile(size[phases == p], SUSTAINED))
    return int(np.argmax(np.where(phases == worst, size, -1.0)))


def _side_at_fault(judge: Judge, alignment: Alignment, index: int) -> int:
    """For a difference of sides, the angle of one of them; else the feature itself.

    It is the side that is clearly further off. Where both are, to opposite sides, one lags: then
    it is the one whose deviation goes against its own movement, since nobody is told to wait.
    """
    name = judge.names[index]
    if KNOWN_FEATURES[name].kind != "symmetry":
        return index
    joint = name.removesuffix("_difference")
    sides = [judge.names.index(f"{side}_{joint}_angle") for side in SIDES]
    off = np.array([_steady(alignment.deviation[:, side]) for side in sides])
    low, high = np.sort(np.abs(off).max(axis=1))
    at = _moment(judge, alignment.deviation[:, index])
    if high > CLEARLY * low or sample_phases(judge)[at] == TURN:
        return sides[int(np.argmax(np.abs(off).max(axis=1)))]
    before, after = max(at - MOMENT // 2, 0), min(at + MOMENT // 2, len(judge.mean) - 1)
    moving = np.sign(judge.mean[after, sides] - judge.mean[before, sides])
    return sides[int(np.argmin(off[:, at] * moving))]


@lru_cache(maxsize=8)
def sample_phases(judge: Judge) -> IntArray:
    """Phase of each sample of the references' time, (samples,); see `phase_number`."""
    samples = len(judge.mean)
    return np.array([phase_number(at, judge.turn, samples) for at in range(samples)])


def phase_number(sample: int, turn: int, samples: int) -> int:
    """Phase at a sample: 0 start, 1 way out, 2 around the turn, 3 way back, 4 end.

    >>> [phase_number(s, 50, 100) for s in (0, 20, 55, 80, 99)]
    [0, 1, 2, 3, 4]
    """
    way = turn if sample <= turn else samples - 1 - turn
    share = abs(sample - turn) / max(way, 1)  # 0 at the turn, 1 at either end
    if share <= 0.25:
        return TURN
    if share >= 0.9:
        return 0 if sample < turn else 4
    return 1 if sample < turn else 3


def in_words(phases: tuple[str, ...], number: int) -> str:
    """Return a phase as a phrase.

    >>> in_words(("start", "way down", "bottom", "way up", "end"), 1)
    'on the way down'
    >>> in_words(HOLD_PHASES, 1)
    'in the first half'
    """
    ways = "in" if phases == HOLD_PHASES else "on"
    return f"{ways if number in (1, 3) else 'at'} the {phases[number]}"


def _worded(
    feature: Feature,
    *,
    size: float,
    phase: int,
    phases: tuple[str, ...],
    time_s: float,
    ratio: float,
    height_cm: float | None,
) -> Fault:
    unit, above_noise = feature.unit, abs(size) >= noise_floor([feature.name])[0]
    if unit == "torso" and height_cm:
        unit, size = "cm", size * TORSO_OF_HEIGHT * height_cm
    direction = feature.more if size > 0 else feature.less
    where = in_words(phases, phase)
    advice = OPPOSITE[direction]
    return Fault(
        feature=feature.name,
        joint=feature.joint,
        phase=phases[phase],
        direction=direction,
        size=size,
        unit=unit,
        time_s=time_s,
        ratio=ratio,
        text=f"{feature.joint} {amount(size, unit)} {direction} {where}",
        cue=f"{feature.joint.capitalize()}: {advice} {where}.",
        where=where,
        above_noise=above_noise,
    )


def amount(size: float, unit: str) -> str:
    """A size in words, without its sign.

    >>> amount(-14.2, "deg"), amount(0.314, "torso"), amount(5.6, "cm"), amount(0.84, "s")
    ('14 degrees', '0.31 torso lengths', '6 cm', '0.8 s')
    """
    form = {"deg": "{:.0f} degrees", "torso": "{:.2f} torso lengths", "cm": "{:.0f} cm"}
    return form.get(unit, "{:.1f} " + unit).format(abs(size))
