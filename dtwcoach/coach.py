"""The order of the stages.

Everything that runs the job (command line, demo, benchmarks) goes through this module: it makes
`references_from` a trainer's recording, prepares a judge from them, and lets it `assess` an
athlete's recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dtwcoach.errors import LibraryError
from dtwcoach.matching.assessment import Reason, RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.calibration import ENOUGH_OWN, calibrate
from dtwcoach.matching.judging import (
    NOT_THIS_EXERCISE,
    NOT_THIS_REP,
    Judge,
    Match,
    make_judge,
    match,
)
from dtwcoach.matching.left_out import LeftOut, left_out
from dtwcoach.matching.library import Library
from dtwcoach.matching.reasons import (
    MIN_REP_FRAMES,
    extent_px,
    nothing_found,
    pose_problems,
    set_reasons,
)
from dtwcoach.matching.references import Reference, ReferenceInfo, judged_by
from dtwcoach.matching.verdict import as_judged, assess_rep
from dtwcoach.motion.features import FeatureSeries, resample
from dtwcoach.motion.groups import BODY, KNOWN_FEATURES
from dtwcoach.motion.noise import jitter
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.pose import BONES, KEYPOINTS, FloatArray, PoseSequence
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Rep, Segmentation, kept_frames
from dtwcoach.segmentation.holds import Position
from dtwcoach.settings import Settings

CLEARLY = 20.0, 0.7
"""A recording is mirrored when its view then fits better by so many degrees or, at equal views,
when its shape does: by a median that falls to this share."""


STORED = {"nose", "left_ear", "right_ear", *(end for bone in BONES for end in bone)}
"""Keypoints kept with a reference: enough to draw a body."""
PARTS = {"deg": 64, "torso": 2048}
"""References are rounded to these binary fractions: files shrink by a third, and nothing is lost
that stands out from the pose model's noise."""


def references_from(
    pose: PoseSequence,
    *,
    label: str,
    person: str,
    source: str,
    created: str,
    settings: Settings,
    guide: Guide | Position | None = None,
    kind: str = "repetitions",
    sides: str = "together",
    groups: tuple[str, ...] = BODY,
    synthetic: bool = False,
) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """Cut a trainer's recording into reference repetitions.

    Parameters
    ----------
    pose : PoseSequence
    label : str
        "right" or "wrong".
    person, source, created : str
        See `ReferenceInfo`.
    settings : Settings
    guide : Guide or Position, optional
        Of the exercise's earlier references; else what repeats itself, or is held, is taken.
    kind, sides : str
    groups : tuple of str
        Of the exercise.
    synthetic : bool

    Returns
    -------
    references, notes
    """
    if len(pose) < 2 or not (pose.people > 0).any():
        return (), (*pose.notes, "Nobody was found in the picture.")
    recording = describe(pose, settings, groups=groups)
    found = cut(recording, guide, kind=kind, sides=sides)
    time_s = recording.series.time_s
    references = []
    # Whoever shows what is wrong may well show half repetitions.
    halves = found.halves if label == "wrong" else ()
    for rep in sorted((*found.reps, *halves), key=lambda rep: rep.start):
        info = ReferenceInfo(
            id="",
            label=label,
            person=person,
            source=source,
            created=created,
            start_s=float(time_s[rep.start]),
            turn_s=float(time_s[rep.turn]),
            stop_s=float(time_s[rep.stop - 1]),
            view_yaw_deg=recording.view_yaw_deg,
            synthetic=synthetic,
            model=pose.model,
            settings=settings.fingerprint(),
        )
        references.append(_reference(_as_found(recording, rep), rep, info))
    aside = [
        item.text for item in left_out(found, time_s) if label == "right" or item.kind != "half"
    ]
    return tuple(references), (*recording.cleaned.pose.notes, *found.notes, *aside)


def _as_found(recording: Recording, rep: Rep) -> Recording:
    """The recording, or its mirror image where the repetition was found in that."""
    return recording.mirrored if rep.mirrored else recording


def _reference(recording: Recording, rep: Rep, info: ReferenceInfo) -> Reference:
    rate_hz = 1.0 / float(recording.series.time_s[1] - recording.series.time_s[0])
    kept = kept_frames(rep)
    parts = np.array([PARTS[KNOWN_FEATURES[name].unit] for name in recording.series.names])
    values = np.round(recording.series.values[kept] * parts) / parts
    positions = recording.body.positions[kept] * PARTS["torso"]
    positions = np.round(positions) / PARTS["torso"]
    positions[:, [name not in STORED for name in KEYPOINTS]] = np.nan
    series = FeatureSeries(np.arange(len(kept)) / rate_hz, values, recording.series.names)
    return Reference(info, series, positions)


def judge_for(
    library: Library, name: str, *, model: str, settings: Settings, athlete: str = ""
) -> Judge:
    """Prepare an exercise's references for judging poses of one model.

    An athlete who is among the references with `ENOUGH_OWN` right repetitions is judged by these,
    with tolerances from how other people's own differ. Otherwise real people's references, where
    there are any, take the place of drawn ones. A calibration that is missing or out of date is
    made anew, and not stored.

    Raises
    ------
    LibraryError
        When there is no right reference, or they were made otherwise.
    CalibrationError
        When they cannot be calibrated.
    """
    exercise = library.exercise(name)
    references = library.references(name, model=model, settings=settings.fingerprint())
    if not any(r.info.label == "right" for r in references):
        raise LibraryError(
            f"{exercise.title} has no reference labelled right; needed at least 1. "
            f"Add one: dtwcoach reference add {name} VIDEO"
        )
    own = [r for r in references if r.info.label == "right" and r.info.person == athlete]
    if athlete and len(own) >= ENOUGH_OWN:
        calibration = calibrate(exercise, references, settings, athlete=athlete)
        return make_judge(exercise, tuple(own), calibration, settings)
    chosen = judged_by(references)
    stored = library.calibration(name)
    if stored is None or set(stored.references) != {r.info.id for r in chosen}:
        stored = calibrate(exercise, chosen, settings)
    return make_judge(exercise, chosen, stored, settings)


def assess(
    pose: PoseSequence,
    judge: Judge,
    *,
    athlete: str = "",
    source: str = "",
    height_cm: float | None = None,
    expected_reps: int | None = None,
) -> SetAssessment:
    """Judge every repetition of an athlete's recording.

    Parameters
    ----------
    pose : PoseSequence
    judge : Judge
        Of the exercise; made from references of the same pose model.
    athlete, source : str
        Shown in the report.
    height_cm : float, optional
        Only with it are positions given in centimetres.
    expected_reps : int, optional
        How many the athlete says there are; a different count is noted.
    """
    about = {"athlete": athlete, "source": source}
    if len(pose) < 2:
        reason = Reason("too_short", f"{len(pose)} frames, needs {MIN_REP_FRAMES}")
        return _set_assessment(judge, pose, None, (), (reason,), pose.notes, (), **about)
    recording = filmed = describe(pose, judge.settings, groups=judge.exercise.groups)
    one_side = judge.exercise.symmetric and judge.exercise.sides == "together"
    mirrored = one_side and _better_mirrored(judge, recording)
    if mirrored:
        recording = recording.mirrored
    found = _found(judge, recording)
    own = jitter(recording.source, judge.settings, names=judge.names)
    pairs, others, away = _of_this_exercise(judge, recording, found, own)
    reasons = set_reasons(
        judge,
        fps=pose.fps,
        duration_s=pose.duration_s,
        view_yaw_deg=recording.view_yaw_deg,
        seen_share=recording.seen_share,
        extent_px=extent_px(recording),
    )
    if not reasons and not pairs:
        reasons = (nothing_found(judge, recording, found, unlike=away),)
    reps = (
        () if reasons else _assess_reps(judge, recording, pairs, found.drive, mirrored, height_cm)
    )
    aside = left_out(found, recording.series.time_s, others=others)
    notes = (*recording.cleaned.pose.notes, *found.notes)
    if mirrored:
        notes += ("The recording was mirrored to the references' side.",)
    if expected_reps is not None and expected_reps != len(reps):
        notes += (f"{expected_reps} repetitions were announced; {len(reps)} were found.",)
    answer = _set_assessment(judge, pose, (recording, found), reps, reasons, notes, aside, **about)
    return replace(answer, recording=filmed, jitter=own)


def _found(judge: Judge, recording: Recording) -> Segmentation:
    return cut(recording, judge.guide, kind=judge.exercise.kind, sides=judge.exercise.sides)


def _curves(judge: Judge, recording: Recording, reps: Sequence[Rep]) -> np.ndarray:
    """Repetitions without their pauses, of one length: (rep, samples, feature)."""
    samples = judge.settings.samples
    curves = [
        resample(_as_found(recording, rep).series.values[kept_frames(rep)], samples) for rep in reps
    ]
    return np.array(curves).reshape(len(curves), samples, len(judge.names))


def _better_mirrored(judge: Judge, recording: Recording) -> bool:
    """Whether the mirror image fits the references better, by view or else by shape."""
    other = recording.mirrored
    gain_deg = judge.view_difference_deg(recording.view_yaw_deg) - judge.view_difference_deg(
        other.view_yaw_deg
    )
    if abs(gain_deg) > CLEARLY[0]:
        return gain_deg > 0
    medians = []
    for candidate in (recording, other):
        matches = match(judge, _curves(judge, candidate, _found(judge, candidate).reps))
        medians.append(float(np.median([m.unlike for m in matches])) if matches else float("inf"))
    return medians[1] < CLEARLY[1] * medians[0]


def _of_this_exercise(
    judge: Judge, recording: Recording, found: Segmentation, own: FloatArray
) -> tuple[list[tuple[Rep, Match]], tuple[Rep, ...], float]:
    """Repetitions, movements far from every reference, and how far all are in the median."""
    curves = _curves(judge, recording, found.reps)
    matches = match(judge, curves, jitter=own)
    known = [m.unlike for m in matches if np.isfinite(m.together)]
    away = float(np.median(known)) if known else float("nan")
    if away > NOT_THIS_EXERCISE:
        return [], (), away
    pairs, others = [], []
    for rep, matched in zip(found.reps, matches, strict=True):
        if np.isfinite(matched.together) and matched.unlike > NOT_THIS_REP:
            others.append(rep)
        else:
            pairs.append((rep, matched))
    return pairs, tuple(others), away


def _assess_reps(
    judge: Judge,
    recording: Recording,
    pairs: list[tuple[Rep, Match]],
    drive: np.ndarray,
    mirrored: bool,
    height_cm: float | None,
) -> tuple[RepAssessment, ...]:
    problems = pose_problems(judge, recording)
    return tuple(
        assess_rep(
            judge,
            matched,
            rep,
            number=number,
            drive=drive,
            values=_as_found(recording, rep).series.values[kept_frames(rep)],
            positions=_as_found(recording, rep).body.positions[kept_frames(rep)],
            kept=kept_frames(rep),
            time_s=recording.series.time_s,
            frames=recording.frames(rep.start, rep.stop),
            problems={c: float(bad[rep.start : rep.stop].mean()) for c, bad in problems.items()},
            mirrored=mirrored or rep.mirrored,
            height_cm=height_cm,
        )
        for number, (rep, matched) in enumerate(pairs, start=1)
    )


def _set_assessment(
    judge: Judge,
    pose: PoseSequence,
    stages: tuple[Recording, Segmentation] | None,
    reps: tuple[RepAssessment, ...],
    reasons: tuple[Reason, ...],
    notes: tuple[str, ...],
    aside: tuple[LeftOut, ...],
    *,
    athlete: str,
    source: str,
) -> SetAssessment:
    empty = np.zeros(0)
    views = np.radians([v for v in judge.view_yaw_deg if np.isfinite(v)])
    return SetAssessment(
        **as_judged(judge),
        athlete=athlete,
        source=source,
        verdict=Verdict.CANNOT_JUDGE if reasons else None,
        reasons=reasons,
        notes=notes,
        reps=reps,
        time_s=stages[0].series.time_s if stages else empty,
        drive=stages[1].drive if stages else empty,
        view_yaw_deg=stages[0].view_yaw_deg if stages else float("nan"),
        reference_yaw_deg=(
            float(np.degrees(np.angle(np.exp(1j * views).mean()))) if len(views) else float("nan")
        ),
        model=pose.model,
        settings=judge.settings.fingerprint(),
        duration_s=pose.duration_s,
        fps=pose.fps,
        left_out=aside,
    )
