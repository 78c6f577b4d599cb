"""A calibration in plain words: what the command line and the page both say."""

from __future__ import annotations

import math

from dtwcoach.matching.calibration import (
    ENOUGH_PEOPLE,
    ENOUGH_RIGHT,
    LEVELS,
)
from dtwcoach.matching.held_out import HeldOut
from dtwcoach.matching.references import LABELS, Calibration
from dtwcoach.matching.rule import ENOUGH_WRONG
from dtwcoach.report import words

ESTIMATES: dict[str, str] = {
    "balanced_accuracy": "balanced accuracy",
    "sensitivity": "wrong ones called wrong (sensitivity)",
    "specificity": "right ones called right (specificity)",
    "auc": "area under the ROC curve (AUC)",
}
CALLED: dict[str, str] = {"right": "✓ right", "wrong": "✗ wrong"}


def column_title(column: str) -> str:
    """Return one measure of a feature as people read it.

    >>> column_title("left_knee_angle shape"), column_title("left_knee_angle")
    ('left knee angle, shape', 'left knee angle, course')
    """
    feature, _, measure = column.partition(" ")
    return f"{words.feature_title(feature).lower()}, {measure or 'course'}"


def carriers(calibration: Calibration) -> list[tuple[str, float]]:
    """Return each measure with its share of the learnt weights, largest first; none at zero.

    Empty for the median, to which every feature adds the same.
    """
    learnt = [(column_title(c), share) for c, share in calibration.share.items() if share >= 0.001]
    return sorted(learnt, key=lambda item: -item[1])


def carried_by(calibration: Calibration, *, most: int = 5) -> str:
    """Return in one line which features carry the rule.

    The joint limits stand beside either rule.
    """
    shares = carriers(calibration)
    if not shares:
        return f"{len(calibration.tolerance)} features, all alike (their median)"
    named = "; ".join(f"{title} {share:.0%}" for title, share in shares[:most])
    rest = len(shares) - most
    return named + (f"; {rest} more" if rest > 0 else "")


def rests_on(calibration: Calibration) -> str:
    """Return the repetitions and people that a calibration was made from."""
    if calibration.level == LEVELS[2]:
        return (
            f"{_count(calibration.right_reps, 'right')} of their own; what may differ, on how "
            f"much those of {calibration.people} people do"
        )
    drawn = ", drawn ones among them" if calibration.synthetic else ""
    return (
        f"{_count(calibration.right_reps, 'right')} and {calibration.wrong_reps} wrong, "
        f"{'1 person' if calibration.people == 1 else f'{calibration.people} people'}{drawn}"
    )


def why(calibration: Calibration, held: HeldOut) -> str:
    """Return why this rule is in force, in one sentence."""
    if len(calibration.compared) > 1:
        median, learnt = (calibration.compared[name] for name in ("median", "weighted"))
        does = "do better" if calibration.rule == "weighted" else "do no better"
        return (
            f"On {held.left_out} left out, weights learnt from the labels {does} than the median: "
            f"balanced accuracy {learnt[0]:.0%} against {median[0]:.0%}, "
            f"AUC {learnt[1]:.2f} against {median[1]:.2f}."
        )
    people = {label: [i.person for i in held.infos if i.label == label] for label in LABELS}
    have = " and ".join(f"{len(of)} {label} of {len({*of})}" for label, of in people.items())
    return (
        f"Weights were not learnt: that takes {ENOUGH_RIGHT} right and {ENOUGH_WRONG} wrong "
        f"repetitions, each of {ENOUGH_PEOPLE} people; those that others could judge are {have}."
    )


def estimate(name: str, values: tuple[float, float, float]) -> str:
    """Return a figure with its 95 % interval: a share, or an area.

    >>> estimate("auc", (0.949, 0.75, 1.0)), estimate("specificity", (0.5, 0.25, 0.75))
    ('0.95 (0.75 to 1.00)', '50% (25 to 75%)')
    """
    value, low, high = values
    if name != "auc" or not math.isfinite(value):
        return words.share(values)
    return f"{value:.2f}" + (f" ({low:.2f} to {high:.2f})" if math.isfinite(low) else "")


def of_label(held: HeldOut, label: str) -> str:
    """Return how many of a label were called what it says, such as "31 of 32"."""
    total = int((held.is_right == (label == "right")).sum())
    return f"{held.count(label, called=label)} of {total}" if total else "none"


def _count(number: int, what: str) -> str:
    return f"{number} {what} repetition{'s' * (number != 1)}"
