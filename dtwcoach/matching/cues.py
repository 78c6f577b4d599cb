"""A set in a few sentences: what to change, and what was good."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dtwcoach.matching.assessment import (
    Cue,
    Fault,
    RepAssessment,
    SetAssessment,
    SetSummary,
    Verdict,
)
from dtwcoach.matching.feedback import amount
from dtwcoach.matching.ranges import TOO_SMALL
from dtwcoach.matching.set_numbers import main_range
from dtwcoach.motion.features import JOINTS
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import SIDES, mirrored_name

MOST_CUES, MOST_GOOD = 2, 2
SHARE_OF_REPS = 3
"""A cue stands for at least one in so many of the judged repetitions."""
WELL_INSIDE = 0.5
"""A joint that used up at most this share of its limit was good."""
MOST_JOINTS = 3
CHAINS = (
    ("trunk", "hip", "thigh", "knee", "shin", "ankle"),
    ("trunk", "shoulder", "upper arm", "elbow", "forearm", "wrist"),
)
REACH = 2
"""Parts at most so far apart in a chain show each other's deviations."""

# (number of the repetition, place among its faults, fault)
_Found = list[tuple[int, int, Fault]]


def summarize(assessment: SetAssessment) -> SetSummary:
    """Return the cues and the praise of a set; neither where no repetition was judged."""
    judged = [rep for rep in assessment.reps if rep.verdict is not Verdict.CANNOT_JUDGE]
    if not judged:
        return SetSummary()
    every = (
        f"every {assessment.noun}"
        if len(judged) == len(assessment.reps)
        else f"every {assessment.noun} that was judged"
    )
    good = (_good_joints(assessment, judged), _good_range(judged), _good_tempo(judged))
    said = [f"{sentence} in {every}." for sentence in good if sentence]
    return SetSummary(cues_of(judged), tuple(said[:MOST_GOOD]))


def cues_of(judged: Sequence[RepAssessment]) -> tuple[Cue, ...]:
    """Return what to change: deviations shared by a third of the judged repetitions or more.

    Only what made repetitions wrong asks for a change, and only above the noise floor. The same
    deviation of the left and of the right side is one cue. What was named first comes first,
    then the largest, by how far it is over its limit; what the same or a neighbouring part shows in
    the same repetitions follows from it and is no cue of its own.

    Parameters
    ----------
    judged : sequence of RepAssessment
    """
    chosen: list[tuple[str, Cue]] = []
    shared = _shared(judged)
    for key in sorted(shared, key=lambda key: _order(shared[key])):
        part, cue = key[0], _cue(shared[key])
        follows = (
            set(cue.reps) <= set(other.reps) and _are_neighbours(part, before)
            for before, other in chosen
        )
        if not any(follows):
            chosen.append((part, cue))
    return tuple(cue for _, cue in chosen[:MOST_CUES])


def _shared(judged: Sequence[RepAssessment]) -> dict[tuple[str, ...], list[_Found]]:
    """Faults of enough repetitions: part, direction, phase of a tempo -> one list a side."""
    groups: dict[tuple[str, str, str], _Found] = {}
    for rep in judged:
        if rep.verdict is Verdict.WRONG:
            for place, fault in enumerate(rep.faults):
                phase = fault.phase if fault.unit == "s" else ""  # faster out is not faster back
                if fault.above_noise:
                    key = (fault.joint, fault.direction, phase)
                    groups.setdefault(key, []).append((rep.number, place, fault))
    pairs: dict[tuple[str, ...], list[_Found]] = {}
    for (joint, *rest), found in groups.items():
        if SHARE_OF_REPS * len({number for number, _, _ in found}) >= len(judged):
            pairs.setdefault((_without_side(joint), *rest), []).append(found)
    return pairs


def _order(sides: list[_Found]) -> tuple[float, float]:
    """Typical place among the faults of its repetition, then typical size over the limit."""
    return (
        float(min(np.median([place for _, place, _ in side]) for side in sides)),
        -float(max(np.median([fault.ratio for _, _, fault in side]) for side in sides)),
    )


def _are_neighbours(part: str, other: str) -> bool:
    """Whether a deviation of one part shows at the other as well."""
    places = [(c.index(part), c.index(other)) for c in CHAINS if part in c and other in c]
    return any(abs(a - b) <= REACH for a, b in places)


def _cue(sides: list[_Found]) -> Cue:
    """One cue from the faults of one side or of both."""
    found = [one for side in sides for one in side]
    phase, _ = Counter(fault.phase for _, _, fault in found).most_common(1)[0]
    shown = next(fault for _, _, fault in found if fault.phase == phase)
    size = float(np.median([abs(fault.size) for _, _, fault in found if fault.unit == shown.unit]))
    joint, instruction = shown.joint, shown.cue
    if len(sides) > 1:
        joint = f"both {_without_side(joint)}s"
        told = instruction.removeprefix(f"{shown.joint.capitalize()}: ")
        instruction = f"{joint.capitalize()}: {told.replace(' it ', ' them ')}"
    much = amount(size, shown.unit)
    if shown.direction == TOO_SMALL:
        text = f"{joint} {much} short of the least range"
    elif shown.unit == "s":
        text = f"{phase} {much} {shown.direction} than the references"
    else:
        text = f"{joint} {much} {shown.direction} {shown.where}".rstrip()
    reps = tuple(sorted({number for number, _, _ in found}))
    return Cue(joint, phase, shown.direction, size, shown.unit, reps, text, instruction)


def _without_side(joint: str) -> str:
    side, _, rest = joint.partition(" ")
    return rest if side in SIDES else joint


def _good_joints(assessment: SetAssessment, judged: Sequence[RepAssessment]) -> str:
    """Name the joints that stayed well inside what is allowed, those that move most first."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.array([rep.ratios for rep in judged]) / assessment.limit
    moved = np.ptp(assessment.reference_mean, axis=0)
    faulty = {_main_joint(f) for rep in judged for f in rep.faults if rep.verdict is Verdict.WRONG}
    worst: dict[str, float] = {}
    travel: dict[str, float] = {}
    for column in np.flatnonzero(assessment.counts):
        name = assessment.features[column]
        feature = KNOWN_FEATURES.get(mirrored_name(name) if judged[0].mirrored else name)
        if feature is None or _without_side(feature.joint) not in (*JOINTS, "trunk"):
            continue
        used = shares[:, column]
        most = float(used.max()) if np.isfinite(used).all() else math.inf
        worst[feature.joint] = max(worst.get(feature.joint, 0.0), most)
        if feature.unit == "deg":
            travel[feature.joint] = max(travel.get(feature.joint, 0.0), float(moved[column]))
    good = [j for j in worst if worst[j] <= WELL_INSIDE and _without_side(j) not in faulty]
    good.sort(key=lambda joint: -travel.get(joint, 0.0))
    names = _named(good)[:MOST_JOINTS]
    if not names:
        return ""
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"{listed[0].upper()}{listed[1:]} stayed well inside what the references allow"


def _main_joint(fault: Fault) -> str:
    """Joint at the upper end of the part that a fault names, without its side."""
    part = _without_side(fault.joint)
    upper = {"thigh": "hip", "shin": "knee", "upper arm": "shoulder", "forearm": "elbow"}
    return upper.get(part, part)


def _named(joints: Iterable[str]) -> list[str]:
    """Joints as said in a sentence, left and right together: "both knees", "the trunk"."""
    joints = list(joints)
    names = []
    for joint in joints:
        part = _without_side(joint)
        both = part != joint and all(f"{side} {part}" in joints for side in SIDES)
        names.append(f"both {part}s" if both else f"the {joint}")
    return list(dict.fromkeys(names))


def _good_range(judged: Sequence[RepAssessment]) -> str:
    """Say that every repetition moved as far as the references, if every driving angle did."""
    ranges = [
        [r for r in rep.ranges if KNOWN_FEATURES[r.feature].kind == "angle" or r.least]
        for rep in judged
    ]
    if not all(ranges) or not all(r.reached >= max(r.low, r.least) for row in ranges for r in row):
        return ""
    main = main_range(ranges[0])
    low, high = (
        pick(r.reached for row in ranges for r in row if r.feature == main.feature)
        for pick in (min, max)
    )
    reached = (
        f"{low:.0f} to {amount(high, main.unit)}" if len(judged) > 1 else amount(low, main.unit)
    )
    return f"Full range of motion ({main.joint} {reached})"


def _good_tempo(judged: Sequence[RepAssessment]) -> str:
    """Say that the tempo was like the references', if that of every phase was."""
    phases = [phase for rep in judged for phase in rep.tempo]
    if not all(rep.tempo for rep in judged):
        return ""
    usual = all(phase.low_s <= phase.seconds <= phase.high_s for phase in phases)
    return "A tempo like the references'" if usual else ""
