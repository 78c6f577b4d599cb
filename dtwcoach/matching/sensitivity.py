"""What references can see: the smallest fault, joint by joint, that would turn a verdict.

The right references themselves are made wrong, a little more each time, until what judges them
says so. Each is judged by references of other people, as in calibration, so that the answer holds
for somebody new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.disturbance import (
    PARTS,
    Hinge,
    Part,
    direction,
    disturbed,
    hinge_of,
    room_deg,
)
from dtwcoach.matching.judging import Judge, make_judge, match
from dtwcoach.matching.references import Calibration, Exercise, Reference, groups_of
from dtwcoach.motion.features import measure, resample
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings

MOST_DEG = 60.0
"""Larger faults are not tried."""
LEAST_ROOM_DEG = 10.0
"""Where a joint cannot go this far, there is no such fault to look for."""
FLOOR_DEG = {"in plane": 4.0, "in depth": 8.0}
"""Noise of the pose model: smaller faults are lost in it, whatever the references could tell."""
IN_DEPTH = float(np.sqrt(0.5))
"""A fault lies in depth where more than this share of its way leads to the camera or from it."""
MOST_REFERENCES = 8
SAMPLES = 50
"""Length of the repetitions here: half the usual one gives the same scores in a fifth of the
time."""
WAYS = ((0, 1), (0, -1), (1, 1), (1, -1))
"""Axis (0 bends, 1 goes sideways) and sign of the four directions in which a joint is turned."""
HALVINGS = 4
"""Of the range of sizes, before the rest is interpolated: to about half a degree."""


JUDGED_BY = {
    "people": "other people",
    "recordings": "other recordings",
    "repetitions": "the other repetitions",
}
"""What is left out together (`groups_of`) -> who judges it."""
_WORDS = ("sideways", "up", "forward")


@dataclass(frozen=True)
class Sight:
    """What is seen of one joint in one direction; numbers per phase, in the movement's order.

    Parameters
    ----------
    joint, direction : str
        "left knee", "more bent"; no direction where the joint was not tried.
    state : str
        "checked"; "ignored" where the exercise leaves the joint out; "hidden" where the
        references do not show it.
    rule_deg : tuple of float
        Smallest fault, in degrees, that turns the median verdict; inf where none of those tried
        does, nan where the joint cannot go that way.
    tried_deg : tuple of float
        Largest fault tried: `MOST_DEG`, or as far as the joint can go; nan as above.
    floor_deg : tuple of float
        Noise of the pose model in that direction, from the references' view.
    toward : tuple of str
        Where the fault moves the body most: "sideways", "up" or "forward".
    """

    joint: str
    direction: str
    state: str
    rule_deg: tuple[float, ...] = ()
    tried_deg: tuple[float, ...] = ()
    floor_deg: tuple[float, ...] = ()
    toward: tuple[str, ...] = ()

    @property
    def smallest_deg(self) -> tuple[float, ...]:
        """Smallest fault that is noticed: the rule's, and never below the noise."""
        both = zip(self.rule_deg, self.floor_deg, strict=True)
        return tuple(float(np.maximum(rule, floor)) for rule, floor in both)


@dataclass(frozen=True)
class Sensitivity:
    """What an exercise's references can see.

    Parameters
    ----------
    exercise, title : str
    phases : tuple of five str
    view_yaw_deg : float
        From where the references were filmed, on the whole; nan where unknown.
    references, right_reps : int
        Repetitions that were disturbed, and all that are labelled right.
    judged_by : str
        Whose references judged them.
    wrong_reps : int
        Labelled wrong, known to the calibration.
    rows : tuple of Sight
    """

    exercise: str
    title: str
    phases: tuple[str, ...]
    view_yaw_deg: float
    references: int
    right_reps: int
    judged_by: str
    wrong_reps: int
    rows: tuple[Sight, ...]


@dataclass(frozen=True, eq=False)
class _Subject:
    """A right reference that others judge right, ready to be made wrong."""

    judge: Judge
    curve: FloatArray
    positions: FloatArray
    measured: FloatArray
    bumps: FloatArray
    yaw_deg: float

    def shows(self, part: Part) -> bool:
        return bool(np.isfinite(self.positions[:, list(part.needs)]).all())


def sensitivity(
    exercise: Exercise,
    references: Sequence[Reference],
    calibration: Calibration,
    settings: Settings,
) -> Sensitivity:
    """Find the smallest fault that would turn the verdict, for each joint, direction and phase.

    A fault is a smooth bump in time, one phase wide, of the joint's own angle. At most
    `MOST_REFERENCES` references are disturbed, of as many people as there are; the median
    decides. Those that are called wrong without any fault are left out.

    Parameters
    ----------
    exercise : Exercise
    references : sequence of Reference
        Those that are judged by, of one pose model.
    calibration : Calibration
        Made from them.
    settings : Settings

    Raises
    ------
    CalibrationError
        When no right repetition is judged right by the others.
    """
    right = [r for r in references if r.info.label == "right"]
    numbers, kind = groups_of([r.info for r in right])
    groups, judged_by = numbers.tolist(), JUDGED_BY[kind]
    subjects: list[_Subject] = []
    for number in _one_of_each_first(groups):
        others = tuple(r for r, g in zip(right, groups, strict=True) if g != groups[number])
        subject = _subject(exercise, right[number], others, calibration, settings)
        if subject is not None:
            subjects.append(subject)
        if len(subjects) == MOST_REFERENCES:
            break
    if not subjects:
        raise CalibrationError(
            f"{exercise.title}: of {len(right)} right repetitions none is stored with its body "
            f"and judged right by {judged_by}; needed at least 2 that agree. Add right ones: "
            f"dtwcoach reference add {exercise.name} VIDEO"
        )
    yaws = np.radians([s.yaw_deg for s in subjects if np.isfinite(s.yaw_deg)])
    view = float(np.degrees(np.angle(np.exp(1j * yaws).mean()))) if len(yaws) else float("nan")
    return Sensitivity(
        exercise=exercise.name,
        title=exercise.title,
        phases=exercise.phases,
        view_yaw_deg=view,
        references=len(subjects),
        right_reps=len(right),
        judged_by=judged_by,
        wrong_reps=sum(r.info.label == "wrong" for r in references),
        rows=tuple(row for part in PARTS for row in _rows(part, subjects, exercise, view)),
    )


def _one_of_each_first(groups: Sequence[int]) -> list[int]:
    """Order in which each group gives its first repetition before any gives its second."""
    return sorted(range(len(groups)), key=lambda number: groups[:number].count(groups[number]))


def _subject(
    exercise: Exercise,
    reference: Reference,
    others: tuple[Reference, ...],
    calibration: Calibration,
    settings: Settings,
) -> _Subject | None:
    """Make a reference ready; None without its body, or where the others call it wrong."""
    if not (others and np.isfinite(reference.positions).any()):
        return None
    judge = make_judge(exercise, others, calibration, settings)
    whole = resample(reference.series.values, settings.samples)
    if match(judge, whole[None])[0].score > 1 + 1e-9:  # the border itself is right
        return None
    frames, keypoints = reference.positions.shape[:2]
    flat = resample(reference.positions.reshape(frames, -1), SAMPLES)
    positions = flat.reshape(SAMPLES, keypoints, 3)
    info = reference.info
    turn = (info.turn_s - info.start_s) / (info.stop_s - info.start_s)
    short = replace(settings, samples=SAMPLES)
    return _Subject(
        make_judge(exercise, others, replace(calibration, average={}), short),
        resample(reference.series.values, SAMPLES),
        positions,
        measure(positions),
        phase_bumps(turn, SAMPLES),
        info.view_yaw_deg,
    )


def phase_bumps(turn: float, samples: int) -> FloatArray:
    """How much of a fault shows when, (phase, samples): 1 in the middle of its phase.

    Raised cosines from one phase's middle to the next; together they are 1 throughout.

    Parameters
    ----------
    turn : float
        Where the movement turns, as a share of its time.
    samples : int

    Examples
    --------
    >>> phase_bumps(0.5, 5).round(2)[1]
    array([0., 1., 0., 0., 0.])
    """
    turn = min(max(turn, 0.05), 0.95)  # a reference may have been trimmed up to its turn
    middles = np.array([0.0, turn / 2, turn, (1 + turn) / 2, 1.0])
    at = np.interp(np.linspace(0.0, 1.0, samples), middles, np.arange(5.0))
    away = np.minimum(np.abs(at - np.arange(5.0)[:, None]), 1.0)
    return np.asarray((1 + np.cos(np.pi * away)) / 2)


def _rows(
    part: Part, subjects: Sequence[_Subject], exercise: Exercise, view_yaw_deg: float
) -> Iterator[Sight]:
    """What is seen of one part: a row for each direction, or one that says why there is none."""
    subjects = [subject for subject in subjects if subject.shows(part)]
    hinges = [hinge_of(part, subject.positions) for subject in subjects]
    if part.title in exercise.ignore:
        yield Sight(part.title, "", "ignored")
    elif not subjects:
        yield Sight(part.title, "", "hidden")
    elif not _counts(part, subjects[0], hinges[0]):
        yield Sight(part.title, "", "ignored")
    else:
        bend_deg, moves = _usual(subjects, hinges)
        most_deg = _rooms(part, bend_deg)
        sizes = _smallest(part, subjects, hinges, most_deg)
        rows = [
            Sight(
                part.title,
                direction(part, axis, sign, moves[axis].sum(axis=0)),
                "checked",
                tuple(sizes[number].tolist()),
                tuple(most_deg[number].tolist()),
                tuple(_floor_deg(move, view_yaw_deg) for move in moves[axis]),
                tuple(_WORDS[int(np.argmax(np.abs(move)))] for move in moves[axis]),
            )
            for number, (axis, sign) in enumerate(WAYS)
        ]
        yield from rows[:2]
        yield from sorted(rows[2:], key=lambda row: row.direction)  # the same on both sides


def _usual(subjects: Sequence[_Subject], hinges: Sequence[Hinge]) -> tuple[FloatArray, FloatArray]:
    """Bend in each phase, (phase,), and where a turn moves the limb, (axis, phase, 3) unit."""
    shares = [s.bumps / s.bumps.sum(axis=1, keepdims=True) for s in subjects]
    pairs = list(zip(shares, hinges, strict=True))
    bend_deg = np.median([share @ hinge.bend_deg for share, hinge in pairs], axis=0)
    moves = np.mean([share @ hinge.moves for share, hinge in pairs], axis=0)
    return bend_deg, moves / np.maximum(np.linalg.norm(moves, axis=-1, keepdims=True), 1e-9)


def _rooms(part: Part, bend_deg: FloatArray) -> FloatArray:
    """Largest fault to try, (way, phase); NaN where the joint cannot go that way."""
    room = np.array([[room_deg(part, *way, float(bend)) for bend in bend_deg] for way in WAYS])
    return np.where(room < LEAST_ROOM_DEG, np.nan, np.minimum(room, MOST_DEG))


def _floor_deg(move: FloatArray, view_yaw_deg: float) -> float:
    """Noise of the pose model along a direction, (3,), seen from a view."""
    yaw = np.radians(view_yaw_deg)
    to_camera = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    return FLOOR_DEG["in depth" if abs(float(move @ to_camera)) > IN_DEPTH else "in plane"]


def _counts(part: Part, subject: _Subject, hinge: Hinge) -> bool:
    """Whether turning a part changes anything that counts for the verdict."""
    change = _curves(part, subject, hinge, np.full((len(WAYS), 5), MOST_DEG)) - subject.curve
    return bool((np.abs(change[..., subject.judge.counts]) > 1e-6).any())


def _smallest(
    part: Part, subjects: Sequence[_Subject], hinges: Sequence[Hinge], most_deg: FloatArray
) -> FloatArray:
    """Smallest fault that turns the median verdict, (way, phase), by halving the range.

    NaN where `most_deg`, the largest to try, is NaN; inf where that one is not seen either.
    """

    def score(sizes_deg: FloatArray) -> FloatArray:
        result = np.full(sizes_deg.shape, np.nan)
        tried = np.isfinite(sizes_deg)
        scores = [
            [m.score for m in match(s.judge, _curves(part, s, hinge, sizes_deg))]
            for s, hinge in zip(subjects, hinges, strict=True)
        ]
        result[tried] = np.median(scores, axis=0)
        return result

    low, high = np.zeros(most_deg.shape), most_deg
    without = [match(s.judge, s.curve[None])[0].score for s in subjects]
    at_low = np.full(most_deg.shape, min(1.0, float(np.median(without))))
    at_high = score(most_deg)
    unseen = at_high <= 1
    high = np.where(unseen, np.nan, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        at_middle = score(middle)
        seen = at_middle > 1
        low, at_low = np.where(seen, low, middle), np.where(seen, at_low, at_middle)
        high, at_high = np.where(seen, middle, high), np.where(seen, at_middle, at_high)
    crossing = low + (high - low) * (1 - at_low) / (at_high - at_low)
    return np.where(unseen, np.inf, crossing)


def _curves(part: Part, subject: _Subject, hinge: Hinge, sizes_deg: FloatArray) -> FloatArray:
    """A reference with faults of these sizes, (way, phase); NaN sizes are left out.

    Returns
    -------
    (fault, samples, feature) float
        In the order of the sizes that are there.
    """
    copies = []
    for (axis, sign), sizes in zip(WAYS, sizes_deg, strict=True):
        tried = np.isfinite(sizes)
        angles_deg = sign * sizes[tried, None] * subject.bumps[tried]
        copies.append(disturbed(subject.positions, part, hinge, axis, angles_deg))
    wrong = np.concatenate(copies)
    measured = measure(wrong.reshape(-1, *wrong.shape[2:]))
    # Only the change is taken from the stored body, which lacks some keypoints of the recording.
    change = measured.reshape(-1, *subject.measured.shape) - subject.measured
    return np.asarray(subject.curve + np.where(np.isfinite(change), change, 0.0))
