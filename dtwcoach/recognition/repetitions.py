"""Which exercises a recording shows: repetitions of all known ones compete for its time.

Each exercise is looked for on its own, as seen and, where it is symmetric, in the mirror. What is
found is compared with the exercise's references, and the chain of repetitions wins that gains most:
each gains by how far it stays below the limit of what is no longer the exercise, times how long it
takes; and since people do sets, a change of exercise has its price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.matching.judging import NOT_THIS_EXERCISE, NOT_THIS_REP, Judge, match
from dtwcoach.motion.body import body_motion, mirrored_body
from dtwcoach.motion.features import FEATURE_NAMES, NEEDS_DEPTH, measure, resample
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.found import Rep, Segmentation, kept_frames

CHANGE_S = 1.0
"""What a change of exercise costs: the gain of a repetition this long that is nearer than the limit
by as much as two people who both do it right differ. A half jumping jack is no lateral raise."""
AROUND_S = 2.0
"""The body's heading and size are taken from a repetition and so much to both sides of it."""
SET_REST_S = 20.0
"""After a longer rest the same exercise is another set."""


@dataclass(frozen=True)
class Stretch:
    """Repetitions of one exercise, one after the other.

    Parameters
    ----------
    label : str
        The exercise; "" where it is not known.
    reps, halves : tuple of Rep
        Whole repetitions and half ones, each in order; not both empty.
    """

    label: str
    reps: tuple[Rep, ...]
    halves: tuple[Rep, ...]

    @property
    def start(self) -> int:
        """First frame."""
        return min(rep.start for rep in (*self.reps, *self.halves))

    @property
    def stop(self) -> int:
        """Frame after the last."""
        return max(rep.stop for rep in (*self.reps, *self.halves))


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A movement that may be of an exercise, the drive it was found by, and `Match.unlike`."""

    rep: Rep
    drive: FloatArray
    unlike: float


def recognise(recording: Recording, judges: Iterable[Judge]) -> Segmentation:
    """Find the repetitions of all of these exercises, and nothing else.

    Parameters
    ----------
    recording : Recording
    judges : iterable of Judge
        From references of the recording's pose model; positions to hold are passed over.

    Returns
    -------
    Segmentation
        Each repetition's `label` is the name of its exercise. Half and cut-off ones are those of
        the exercise that is done around them. The drive is known within whole and half ones.
    """
    whole: list[_Candidate] = []
    halves: list[_Candidate] = []
    cut_off: list[_Candidate] = []
    for judge in judges:
        for view in _views(recording, judge):
            found = cut(view, judge.guide, sides=judge.exercise.sides)
            flipped = view is not recording
            whole += _candidates(judge, recording, found.reps, found.drive, flipped=flipped)
            halves += _candidates(judge, recording, found.halves, found.drive, flipped=flipped)
            cut_off += _candidates(judge, recording, found.cut_off, found.drive, flipped=flipped)
    sure = [one for one in whole if one.unlike < NOT_THIS_EXERCISE]
    gains = [(NOT_THIS_EXERCISE - c.unlike) * (c.rep.stop - c.rep.start) for c in sure]
    chosen = best_chain([c.rep for c in sure], gains, change=CHANGE_S * recording.series.rate_hz)
    won = [sure[number] for number in chosen]
    core = [one.rep for one in won]
    won += _beside(core, whole, taken=won)
    given_up = _beside(core, halves, taken=won)
    partly = _beside(core, cut_off, taken=[*won, *given_up])
    drive = np.full(len(recording.series), np.nan)
    for one in (*won, *given_up):
        drive[one.rep.start : one.rep.stop] = one.drive[one.rep.start : one.rep.stop]
    return Segmentation(_in_order(won), drive, (), _in_order(given_up), _in_order(partly))


def best_chain(reps: Sequence[Rep], gains: Sequence[float], *, change: float) -> list[int]:
    """Choose repetitions that do not overlap and together gain most.

    Weighted interval scheduling, with a price for every change of label; exact.

    Parameters
    ----------
    reps : sequence of Rep
    gains : sequence of float
        Above 0.
    change : float

    Returns
    -------
    list of int
        Which, in order of time.

    Examples
    --------
    >>> row = [Rep(0, 5, 10, label="a"), Rep(10, 15, 20, label="b"), Rep(18, 25, 30, label="a")]
    >>> best_chain(row, [3.0, 2.0, 1.0], change=0.5)
    [0, 1]
    >>> best_chain(row, [3.0, 2.0, 1.0], change=1.5)
    [0, 2]
    """
    order = sorted(range(len(reps)), key=lambda number: (reps[number].start, reps[number].stop))
    stops = np.array([reps[number].stop for number in order])
    labels = np.array([reps[number].label for number in order])
    total, before = np.array([gains[number] for number in order]), np.full(len(order), -1)
    for at, number in enumerate(order):
        onward = total[:at] - change * (labels[:at] != labels[at])
        onward[stops[:at] > reps[number].start] = 0.0
        if onward.max(initial=0.0) > 0.0:
            before[at] = onward.argmax()
            total[at] += onward.max()
    chosen = []
    at = int(total.argmax()) if order else -1
    while at >= 0:
        chosen.append(order[at])
        at = int(before[at])
    return chosen[::-1]


def stretches(found: Segmentation, time_s: FloatArray) -> tuple[Stretch, ...]:
    """Put repetitions, whole and half, into sets: of one exercise, without a long rest.

    Parameters
    ----------
    found : Segmentation
    time_s : (time,) float
    """
    rows: list[list[Rep]] = []
    for rep in sorted((*found.reps, *found.halves), key=lambda rep: rep.start):
        last = rows[-1][-1] if rows else None
        if (
            last
            and last.label == rep.label
            and time_s[rep.start] - time_s[last.stop - 1] < SET_REST_S
        ):
            rows[-1].append(rep)
        else:
            rows.append([rep])
    return tuple(
        Stretch(
            row[0].label,
            tuple(rep for rep in row if rep in found.reps),
            tuple(rep for rep in row if rep in found.halves),
        )
        for row in rows
    )


def _views(recording: Recording, judge: Judge) -> tuple[Recording, ...]:
    """As what an exercise is looked for: itself, and the mirror image; not where it is held."""
    if judge.exercise.kind == "hold":
        return ()
    either_way = judge.exercise.symmetric and judge.exercise.sides == "together"
    return (recording, recording.mirrored) if either_way else (recording,)


def _candidates(
    judge: Judge, recording: Recording, reps: Sequence[Rep], drive: FloatArray, *, flipped: bool
) -> list[_Candidate]:
    """Movements found in a recording, or flipped in its mirror image, and how unlike they are."""
    if not reps:
        return []
    labelled = [
        replace(rep, label=judge.exercise.name, mirrored=rep.mirrored != flipped) for rep in reps
    ]
    curves = np.array([_curve(recording, rep, judge.settings.samples) for rep in labelled])
    return [
        _Candidate(rep, drive, matched.unlike)
        for rep, matched in zip(labelled, match(judge, curves), strict=True)
    ]


def _curve(recording: Recording, rep: Rep, samples: int) -> FloatArray:
    """A repetition's features, (samples, feature), by the body's heading and size around it.

    Between exercises people turn to another side, lie down or step back.
    """
    margin = round(AROUND_S * recording.series.rate_hz)
    first = max(0, rep.start - margin)
    pose = recording.cleaned.pose.slice(first, rep.stop + margin)
    body = body_motion(pose)
    values = measure(mirrored_body(body.positions) if rep.mirrored else body.positions)
    if not pose.has_depth:
        values[:, [name in NEEDS_DEPTH for name in FEATURE_NAMES]] = np.nan
    return resample(values[kept_frames(rep) - first], samples)


def _beside(
    core: Sequence[Rep], candidates: Iterable[_Candidate], *, taken: Iterable[_Candidate]
) -> list[_Candidate]:
    """Of movements in nobody's way those like the exercise that is done nearest to them in time."""
    busy = [one.rep for one in taken]
    kept: list[_Candidate] = []
    for one in sorted(candidates, key=lambda one: one.unlike):
        if not core or one.unlike >= NOT_THIS_REP:
            break
        nearest = min(core, key=lambda rep: max(one.rep.start - rep.stop, rep.start - one.rep.stop))
        alone = all(one.rep.start >= rep.stop or rep.start >= one.rep.stop for rep in busy)
        if alone and nearest.label == one.rep.label:
            busy.append(one.rep)
            kept.append(one)
    return kept


def _in_order(candidates: Iterable[_Candidate]) -> tuple[Rep, ...]:
    return tuple(sorted((one.rep for one in candidates), key=lambda rep: rep.start))
