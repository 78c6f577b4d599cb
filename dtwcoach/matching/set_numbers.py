"""A set in numbers: counts, ranges of motion, tempo, slow-down, rests, time under tension."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.measured import PhaseTempo, RangeOfMotion
from dtwcoach.pose import FloatArray, mirrored_name

NAN = float("nan")
MIDDLE = 0.1, 0.9
"""Speed is measured between these shares of a way: where the movement starts and ends smoothly, a
frame more or less would change it most."""
OTHER_SIDE = 2.0
"""A repetition is of the other side when that moved so many times as far as the usual one."""


@dataclass(frozen=True)
class RepNumbers:
    """One repetition in numbers; nan where not judged, not known or, for a hold, without meaning.

    Parameters
    ----------
    number : int
        As in `RepAssessment`.
    seconds : float
        From its start to its stop: of a hold, the time in position.
    out_s, turn_s, back_s : float
        Tempo: the way out, the turn with its hold, the way back.
    pause_s : float
        Standing still on the two ways, which is part of their seconds.
    rom : float
        Range of motion of the set's main joint, in its unit.
    speed : float
        Mean speed of that joint in the middle of the way `SetNumbers.concentric`, pauses left out,
        in its unit per second.
    rest_s : float
        Rest before the next repetition starts; nan after the last.
    """

    number: int
    seconds: float
    out_s: float
    turn_s: float
    back_s: float
    pause_s: float
    rom: float
    speed: float
    rest_s: float


@dataclass(frozen=True)
class SetNumbers:
    """A whole set in numbers; nan where nothing is known.

    Parameters
    ----------
    right, wrong, not_judged : int
        Repetitions by verdict.
    half, cut_off, other : int
        Movements left out, by kind.
    joint, unit : str
        The main joint, "left knee", and the unit of its range; "" where none was measured. The
        joint goes without its side where repetitions alternate sides.
    rom_mean, rom_low, rom_high, rom_change : float
        Its range of motion over the repetitions; the last minus the first.
    phases : tuple of str
        What the exercise calls the way out, the turn and the way back; empty where not known.
    out_s, turn_s, back_s : float
        Their median times.
    concentric : str
        The way on which speed is compared, as the exercise calls it: the concentric one, which is
        the one called "up"; "" where none is, and both ways are taken.
    velocity_loss_percent : float
        How much slower the last repetition was than the fastest: 100 (fastest - last) / fastest,
        of mean speeds, at least 0 and nan for fewer than two. As Sanchez-Medina and
        Gonzalez-Badillo define it, but of a joint's speed instead of a bar's.
    symmetry_percent : dict
        Joint -> 100 (left - right) over the mean of both, of the sides' median ranges; positive
        when the left moved further. Where sides take turns, each counts in its own repetitions.
    longest_rest_s : float
        Between two repetitions, without the half ones done meanwhile.
    pauses_s : float
        Standing still inside repetitions, on the ways.
    under_tension_s : float
        Sum of the repetitions' seconds: of holds, the time in position.
    density : float
        Time under tension over the time from the first start to the last stop, in (0, 1].
    reps : tuple of RepNumbers

    References
    ----------
    L. Sanchez-Medina and J. J. Gonzalez-Badillo, "Velocity loss as an indicator of neuromuscular
    fatigue during resistance training", Med. Sci. Sports Exerc. 43(9), 2011.
    J. Weakley et al., "Velocity-based training: from theory to application", Strength Cond. J.
    43(2), 2021.
    """

    right: int
    wrong: int
    not_judged: int
    half: int
    cut_off: int
    other: int
    joint: str
    unit: str
    rom_mean: float
    rom_low: float
    rom_high: float
    rom_change: float
    phases: tuple[str, ...]
    out_s: float
    turn_s: float
    back_s: float
    concentric: str
    velocity_loss_percent: float
    symmetry_percent: dict[str, float]
    longest_rest_s: float
    pauses_s: float
    under_tension_s: float
    density: float
    reps: tuple[RepNumbers, ...]


def set_numbers(assessment: SetAssessment) -> SetNumbers:
    """Return the numbers of a set.

    What was not judged is counted and timed, but not measured; and so are positions held.

    Parameters
    ----------
    assessment : SetAssessment
    """
    reps, left_out = assessment.reps, [item.kind for item in assessment.left_out]
    measured = [
        rep for rep in reps if assessment.kind != "hold" and rep.verdict is not Verdict.CANNOT_JUDGE
    ]
    tempo = next((rep.tempo for rep in measured if rep.tempo), ())
    ways = concentric_ways(tempo)
    usual = next((main_range(rep.ranges) for rep in measured if rep.ranges), None)
    moved = {rep.number: _range_like(rep.ranges, usual) for rep in measured}
    rows = tuple(
        _rep_numbers(
            rep,
            moved.get(rep.number),
            moving_s=_moving_s(assessment, rep, ways),
            rest_s=_rest_s(assessment, rep, following),
        )
        for rep, following in zip(reps, (*reps[1:], None), strict=False)
    )
    rom = _known(row.rom for row in rows)
    rests_s = _known(row.rest_s for row in rows)
    under_tension_s = sum(row.seconds for row in rows)
    return SetNumbers(
        right=assessment.count(Verdict.RIGHT),
        wrong=assessment.count(Verdict.WRONG),
        not_judged=assessment.count(Verdict.CANNOT_JUDGE),
        half=left_out.count("half"),
        cut_off=left_out.count("cut off"),
        other=left_out.count("other movement"),
        joint=_joint({item.joint for item in moved.values() if item}),
        unit=usual.unit if usual else "",
        rom_mean=float(np.mean(rom)) if rom else NAN,
        rom_low=min(rom, default=NAN),
        rom_high=max(rom, default=NAN),
        rom_change=rom[-1] - rom[0] if rom else NAN,
        phases=tuple(phase.phase for phase in tempo),
        out_s=_median(row.out_s for row in rows),
        turn_s=_median(row.turn_s for row in rows),
        back_s=_median(row.back_s for row in rows),
        concentric=tempo[ways[0]].phase if len(ways) == 1 else "",
        velocity_loss_percent=velocity_loss(_known(row.speed for row in rows)),
        symmetry_percent=_symmetry(measured),
        longest_rest_s=max(rests_s, default=NAN),
        pauses_s=sum(_known(row.pause_s for row in rows)),
        under_tension_s=under_tension_s,
        density=under_tension_s / (reps[-1].stop_s - reps[0].start_s) if reps else NAN,
        reps=rows,
    )


def main_range(ranges: Sequence[RangeOfMotion]) -> RangeOfMotion:
    """Of one or more, that which says most: asked for by the exercise, largest in references."""
    return max(ranges, key=lambda item: (item.least > 0, np.nan_to_num(item.high)))


def concentric_ways(tempo: Sequence[PhaseTempo]) -> tuple[int, ...]:
    """Places in `RepAssessment.tempo` of the way on which muscles shorten under load.

    That is the one on which the load is lifted, which exercises call "way up"; where neither way
    is called so, both.
    """
    up = tuple(way for way in (0, 2) if tempo and "up" in tempo[way].phase.split())
    return up if len(up) == 1 else (0, 2)


def velocity_loss(speeds: Sequence[float]) -> float:
    """Percent by which the last of a set's speeds is below the fastest.

    >>> velocity_loss([1.0, 1.25, 0.9, 1.0]), velocity_loss([1.0, 1.1]), velocity_loss([1.0])
    (20.0, 0.0, nan)
    """
    if len(speeds) < 2 or not max(speeds) > 0:
        return NAN
    return 100.0 * (max(speeds) - speeds[-1]) / max(speeds)


def _rep_numbers(
    rep: RepAssessment, moved: RangeOfMotion | None, *, moving_s: float, rest_s: float
) -> RepNumbers:
    tempo = rep.tempo if rep.verdict is not Verdict.CANNOT_JUDGE else ()
    out_s, turn_s, back_s = (phase.seconds for phase in tempo) if tempo else (NAN, NAN, NAN)
    rom = moved.reached if moved else NAN
    return RepNumbers(
        number=rep.number,
        seconds=rep.stop_s - rep.start_s,
        out_s=out_s,
        turn_s=turn_s,
        back_s=back_s,
        pause_s=rep.pause_s if tempo else NAN,
        rom=rom,
        speed=(MIDDLE[1] - MIDDLE[0]) * rom / moving_s if moving_s > 0 else NAN,
        rest_s=rest_s,
    )


def _moving_s(assessment: SetAssessment, rep: RepAssessment, ways: tuple[int, ...]) -> float:
    """Mean time that the middle of the ways took, between two frames where need be."""
    if not rep.tempo:
        return NAN
    took = []
    for way in ways:
        from_s, to_s = (rep.start_s, rep.turn_s) if way == 0 else (rep.turn_s, rep.stop_s)
        inside = (assessment.time_s >= from_s) & (assessment.time_s <= to_s)
        time_s, drive = assessment.time_s[inside], assessment.drive[inside]
        if way == 2:
            time_s, drive = -time_s[::-1], drive[::-1]
        took.append(_rise_s(time_s, drive) - rep.tempo[way].hold_s)
    return float(np.mean(took))


def _rise_s(time_s: FloatArray, drive: FloatArray) -> float:
    """Seconds in which a drive rises through the middle of its range; nan where not known."""
    if len(drive) < 2 or not np.isfinite(drive).all() or np.ptp(drive) == 0:
        return NAN
    level = (drive - drive.min()) / np.ptp(drive)
    low, high = MIDDLE
    top = int(np.argmax(level >= high))
    bottom = int(np.flatnonzero(np.r_[0.0, level[:top]] <= low)[-1]) - 1
    if bottom < 0:
        return NAN
    left, right = (
        float(np.interp(share, level[at : at + 2], time_s[at : at + 2]))
        for share, at in ((low, bottom), (high, top - 1))
    )
    return right - left


def _range_like(
    ranges: Sequence[RangeOfMotion], usual: RangeOfMotion | None
) -> RangeOfMotion | None:
    """The range of the usual feature, or of its twin where the repetition is of that side."""
    if usual is None:
        return None
    by_name = {item.feature: item for item in ranges}
    own, twin = by_name.get(usual.feature), by_name.get(mirrored_name(usual.feature))
    if own is None or (twin is not None and twin.reached > OTHER_SIDE * own.reached):
        return twin
    return own


def _joint(joints: set[str]) -> str:
    """One name for the joints measured: "left knee", or "knee" for both sides of it."""
    names = joints if len(joints) == 1 else {name.split(" ", 1)[-1] for name in joints}
    return names.pop() if len(names) == 1 else ""


def _rest_s(
    assessment: SetAssessment, rep: RepAssessment, following: RepAssessment | None
) -> float:
    """Seconds from one repetition to the next, without movements of the exercise left out."""
    if following is None:
        return NAN
    busy_s = sum(
        max(0.0, min(item.stop_s, following.start_s) - max(item.start_s, rep.stop_s))
        for item in assessment.left_out
        if item.kind != "other movement"
    )
    return max(0.0, following.start_s - rep.stop_s - busy_s)


def _symmetry(reps: Sequence[RepAssessment]) -> dict[str, float]:
    """Index of the sides' median ranges by joint; a side that hardly moved did not take part."""
    percents = {}
    for joint in dict.fromkeys(item.joint for rep in reps for item in rep.symmetry):
        items = [item for rep in reps for item in rep.symmetry if item.joint == joint]
        left = _median(i.left for i in items if i.right <= OTHER_SIDE * i.left)
        right = _median(i.right for i in items if i.left <= OTHER_SIDE * i.right)
        if math.isfinite(left + right) and left + right > 0:
            percents[joint] = 200.0 * (left - right) / (left + right)
    return percents


def _median(values: Iterable[float]) -> float:
    known = _known(values)
    return float(np.median(known)) if known else NAN


def _known(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]
