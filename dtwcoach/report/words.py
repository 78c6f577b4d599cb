"""An assessment in plain words: what the report, the tables and the command line all say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dtwcoach.matching.assessment import Cue, Grounds, RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.measured import PhaseTempo, RangeOfMotion, Symmetry
from dtwcoach.motion.groups import KNOWN_FEATURES

SYMBOLS: dict[Verdict, str] = {
    Verdict.RIGHT: "✓",
    Verdict.WRONG: "✗",
    Verdict.CANNOT_JUDGE: "?",
}
"""Stands beside every colour, so that no verdict is told by colour alone."""

UNITS: dict[str, str] = {"deg": "degrees", "torso": "torso lengths", "cm": "cm"}

DECIDED: dict[str, str] = {
    "together": "The score comes from all joints together",
    "joint": "The score comes from the single joint that was furthest off",
    "range of motion": "The score comes from the range of motion",
    "tempo": "The score comes from the tempo",
}

RULES: dict[str, str] = {
    "median": "the median over all features",
    "weighted": "features weighted by how well they tell right from wrong",
}
LEVELS: dict[str, str] = {
    "references only": "right repetitions only",
    "references and labelled repetitions": "labelled repetitions",
    "personal baseline": "the athlete's own right repetitions",
}
EXPECTED: dict[str, str] = {
    "balanced_accuracy": "{} of verdicts right (balanced accuracy)",
    "specificity": "{} of right repetitions called right",
    "sensitivity": "{} of wrong ones called wrong",
}

_VIEWS = (
    "from the front",
    "from the front and left",
    "from the left",
    "from the back and left",
    "from the back",
    "from the back and right",
    "from the right",
    "from the front and right",
)


def cue_line(cue: Cue, noun: str = "repetition") -> str:
    """Return what a cue answers: the deviation and the repetitions that show it.

    >>> reps = (2, 5)
    >>> cue_line(Cue("trunk", "bottom", "further forward", 21.0, "deg", reps, "trunk leans", "Up."))
    'trunk leans, repetitions 2 and 5'
    """
    return f"{cue.text}, {noun}{'s' * (len(cue.reps) > 1)} {numbers(cue.reps)}"


def tempo_line(phase: PhaseTempo) -> str:
    """Return how long a phase took, beside the references.

    >>> tempo_line(PhaseTempo("way down", 0.62, 1.4, 2.0))
    'way down 0.6 s (references 1.4 to 2.0 s)'
    >>> tempo_line(PhaseTempo("way up", 3.1, 1.4, 2.0, hold_s=1.5))
    'way up 3.1 s with a pause of 1.5 s (references 1.4 to 2.0 s)'
    """
    pause = f" with a pause of {phase.hold_s:.1f} s" if phase.hold_s else ""
    return f"{phase.phase} {phase.seconds:.1f} s{pause} (references {phase.usual})"


def range_line(item: RangeOfMotion) -> str:
    """Return a range of motion, beside the references.

    >>> range_line(RangeOfMotion("left_knee_angle", "left knee", "deg", 84.6, 78.0, 101.2, 45.0))
    'left knee angle 85° (references 78° to 101°)'
    """
    unit = UNITS.get(item.unit, item.unit)
    said = f"{feature_title(item.feature).lower()} {amount(item.reached, unit)}"
    if not math.isfinite(item.low):
        return said
    return f"{said} (references {amount(item.low, unit)} to {amount(item.high, unit)})"


def symmetry_line(item: Symmetry) -> str:
    """Return which side moved further, and by how much.

    >>> symmetry_line(Symmetry("knee", 90.0, 80.0, 11.8, -6.0, 4.0))
    'left knee 12 % further than the right (references -6 to 4 %)'
    """
    side, other = ("left", "right") if item.percent >= 0 else ("right", "left")
    said = f"{side} {item.joint} {abs(item.percent):.0f} % further than the {other}"
    if not math.isfinite(item.low):
        return said
    return f"{said} (references {item.low:.0f} to {item.high:.0f} %)"


def headline(assessment: SetAssessment) -> str:
    """Return the whole set in one line, such as "5 of 8 repetitions right"."""
    total = len(assessment.reps)
    if not total or assessment.verdict is Verdict.CANNOT_JUDGE:
        return "This recording cannot be judged"
    right, unknown = (
        assessment.count(Verdict.RIGHT),
        assessment.count(Verdict.CANNOT_JUDGE),
    )
    if unknown == total:
        return f"No {assessment.noun} could be judged"
    return f"{right} of {total} {assessment.noun}{'s' * (total != 1)} right"


def feature_title(name: str) -> str:
    """Return a feature's name as people read it.

    >>> feature_title("left_knee_angle"), feature_title("trunk_forward")
    ('Left knee angle', 'Trunk forward')
    """
    return name.replace("_", " ").capitalize()


def feature_unit(name: str) -> str:
    """Return the unit of a feature in words; "" for features of other kinds of series."""
    feature = KNOWN_FEATURES.get(name)
    return UNITS.get(feature.unit, feature.unit) if feature else ""


def amount(value: float, unit: str) -> str:
    """Return a value with its unit, rounded as it deserves.

    >>> amount(9.26, "degrees"), amount(0.1234, "torso lengths"), amount(float("nan"), "cm")
    ('9.3°', '0.12 torso lengths', 'unknown')
    """
    if not math.isfinite(value):
        return "unknown"
    if unit == "degrees":
        return f"{value:.0f}°" if abs(value) >= 10 else f"{value:.1f}°"
    return f"{value:.2f} {unit}".strip()


def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds.

    >>> clock(75.25), clock(3661.0), clock(float("nan"))
    ('1:15.2', '61:01.0', '–')
    """
    if not math.isfinite(seconds):
        return "–"
    tenths = int(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def view(yaw_deg: float) -> str:
    """Return where the camera stood, in words and degrees.

    >>> view(45.0), view(-90.0), view(float("nan"))
    ('from the front and left (45°)', 'from the right (-90°)', 'from an unknown side')
    """
    if not math.isfinite(yaw_deg):
        return "from an unknown side"
    return f"{_VIEWS[round(yaw_deg / 45) % 8]} ({yaw_deg:.0f}°)"


def rep_ground(rep: RepAssessment) -> str:
    """Return which part of the score decided a repetition, in one sentence; "" if none did."""
    if rep.verdict is Verdict.CANNOT_JUDGE or rep.decided_by not in DECIDED:
        return ""
    if not rep.worst_joint:
        return f"{DECIDED[rep.decided_by]}."
    link = ": the" if rep.decided_by == "joint" else "; furthest off was the"
    return f"{DECIDED[rep.decided_by]}{link} {rep.worst_joint}."


def grounds(ground: Grounds) -> list[str]:
    """Return what the verdicts rest on: the repetitions, what is missing, the expected error."""
    basis = (
        f"The border between right and wrong (rule: {RULES[ground.rule]}) rests on "
        f"{LEVELS.get(ground.level, ground.level)}: {ground.right_reps} right and "
        f"{ground.wrong_reps} wrong ones, "
        f"of {ground.people} {'person' if ground.people == 1 else 'people'}."
    )
    lines = [basis]
    if ground.strictness != 1.0:
        lines.append(f"The trainer set the strictness to {ground.strictness:g}.")
    if ground.provisional:
        missing = f" Missing: {ground.missing.rstrip('.')}." if ground.missing else ""
        lines.append(f"These verdicts are provisional.{missing}")
    expected = [
        text.format(share(ground.estimates[key]))
        for key, text in EXPECTED.items()
        if math.isfinite(ground.estimates[key][0])
    ]
    lines.append(
        f"To expect for other people: {', '.join(expected)}."
        if expected
        else "The error cannot be estimated from so few references."
    )
    if not math.isfinite(ground.estimates["balanced_accuracy"][0]):
        lines.append("How often wrong repetitions are found is unknown without wrong references.")
    return lines


def basis(assessment: SetAssessment) -> list[tuple[str, str]]:
    """Return what the verdicts were made from, as (label, words): references, camera, error."""
    ground = assessment.grounds
    people = f"{ground.people} {'person' if ground.people == 1 else 'people'}"
    known = f"{ground.right_reps} right and {ground.wrong_reps} wrong repetitions of {people}"
    accuracy = ground.estimates["balanced_accuracy"][0]
    specificity = ground.estimates["specificity"][0]
    expected = "not known from so few references"
    if math.isfinite(accuracy):
        expected = f"about {1 - accuracy:.0%} of verdicts"
    elif math.isfinite(specificity):
        expected = f"about {1 - specificity:.0%} of right repetitions called wrong"
    return [
        ("References", f"{known}, filmed {view(assessment.reference_yaw_deg)}"),
        ("This recording", f"filmed {view(assessment.view_yaw_deg)}"),
        ("Calibrated on", LEVELS.get(ground.level, ground.level)),
        ("Expected error", expected),
    ]


def share(estimate: tuple[float, float, float]) -> str:
    """A share with its 95 % interval, in words.

    >>> share((0.914, 0.82, 1.0)), share((0.9, math.nan, math.nan)), share((math.nan,) * 3)
    ('91% (82 to 100%)', '90%', 'not known')
    """
    value, low, high = estimate
    if not math.isfinite(value):
        return "not known"
    return f"{value:.0%}" + (f" ({low * 100:.0f} to {high:.0%})" if math.isfinite(low) else "")


def count_line(assessment: SetAssessment) -> str:
    """Return the three counts in words, such as "5 right, 2 wrong, 1 cannot judge"."""
    return ", ".join(f"{assessment.count(verdict)} {verdict.value}" for verdict in Verdict)


def numbers(values: Sequence[int], *, most: int = 8) -> str:
    """Return numbers as people write them, long lists cut short.

    >>> numbers([1]), numbers([1, 3, 4]), numbers(range(1, 20), most=3)
    ('1', '1, 3 and 4', '1, 2, 3 and 16 more')
    """
    parts = [str(value) for value in values[:most]]
    if len(values) > most:
        parts.append(f"{len(values) - most} more")
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
