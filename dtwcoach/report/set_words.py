"""The numbers of a set in a few calm lines: what the report and the command line both say."""

from __future__ import annotations

import math

from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.set_numbers import SetNumbers
from dtwcoach.report.words import UNITS, amount

CLEAR_PERCENT = 10.0
"""Changes in a set and differences of sides are told from here on: less is the usual scatter."""
CLEAR_REST_S = 1.0
"""Rests and pauses are told from this many seconds on."""


def set_facts(assessment: SetAssessment) -> list[tuple[str, str]]:
    """Return what a set measured as (label, words), what is not known left out.

    Parameters
    ----------
    assessment : SetAssessment

    Returns
    -------
    list of (str, str)
        At most four: range of motion, tempo (or times held), left and right, time.
    """
    numbers = assessment.numbers
    facts = [
        ("Range of motion", _range(numbers)),
        ("Tempo", _tempo(numbers)),
        ("Left and right", _symmetry(numbers)),
        ("Time", _time(numbers)),
    ]
    if assessment.kind == "hold":
        facts = [("Held", _held(numbers))]
    return [(label, said) for label, said in facts if said]


def _range(numbers: SetNumbers) -> str:
    if not math.isfinite(numbers.rom_mean):
        return ""
    mean, low, high, change = (
        amount(value, UNITS.get(numbers.unit, numbers.unit))
        for value in (numbers.rom_mean, numbers.rom_low, numbers.rom_high, abs(numbers.rom_change))
    )
    said = f"{numbers.joint} {mean}".strip()
    if low != high:
        said += f" on average ({low} to {high})"
    if abs(numbers.rom_change) >= CLEAR_PERCENT / 100 * numbers.rom_mean:
        said += f", {change} {'more' if numbers.rom_change > 0 else 'less'} at the end"
    return said


def _tempo(numbers: SetNumbers) -> str:
    times = (numbers.out_s, numbers.turn_s, numbers.back_s)
    said = ", ".join(
        f"{phase} {seconds:.1f} s" for phase, seconds in zip(numbers.phases, times, strict=False)
    )
    if numbers.velocity_loss_percent >= CLEAR_PERCENT:
        said += (
            f"; the last {numbers.concentric or 'repetition'} "
            f"{numbers.velocity_loss_percent:.0f} % slower than the fastest"
        )
    return said


def _held(numbers: SetNumbers) -> str:
    times = [f"{rep.seconds:.1f} s" for rep in numbers.reps]
    if len(times) < 2:
        return "".join(times)
    rest = f", longest rest {numbers.longest_rest_s:.1f} s"
    return f"{', '.join(times)}; {numbers.under_tension_s:.1f} s in all{rest}"


def _symmetry(numbers: SetNumbers) -> str:
    return ", ".join(
        f"{'left' if percent > 0 else 'right'} {joint} {abs(percent):.0f} % further"
        for joint, percent in numbers.symmetry_percent.items()
        if abs(percent) >= CLEAR_PERCENT
    )


def _time(numbers: SetNumbers) -> str:
    if not numbers.reps:
        return ""
    said = f"{numbers.under_tension_s:.1f} s under tension"
    if len(numbers.reps) > 1:
        said += f", {numbers.density:.0%} of the set"
    for name, seconds in (
        ("longest rest", numbers.longest_rest_s),
        ("pauses in repetitions", numbers.pauses_s),
    ):
        if seconds >= CLEAR_REST_S:
            said += f", {name} {seconds:.1f} s"
    return said
