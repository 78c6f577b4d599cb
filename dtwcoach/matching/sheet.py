"""The stored repetitions of an exercise one by one, and what looks doubtful about each."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.matching.assessment import Grounds, RepAssessment, SetAssessment, Verdict
from dtwcoach.matching.calibration import missing_for_firm
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.held_out import assess_each, held_out, set_of_one
from dtwcoach.matching.reasons import MAX_VIEW_DIFFERENCE_DEG
from dtwcoach.matching.references import Calibration, Exercise, Reference, ReferenceInfo
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings

DOUBTS: dict[str, str] = {
    "label": "unlike its label",
    "length": "unusual length",
    "view": "other camera view",
    "hidden": "partly hidden",
}
"""Kind of a doubt -> what such a repetition is, worst first."""
LENGTHS_APART = 1.75
"""A repetition so many times as long as the others' median, or as short, may be cut badly: people
who do it right, and the faults of tempo that a trainer shows, stay within 1.6."""
SEEN_SHARE = 0.9
"""Less seen than this of what counts is little."""
FEWEST = 3
"""So many others it takes to say what is usual among them."""

NO_GROUNDS = Grounds(
    threshold=math.nan,
    rule="median",
    level="",
    right_reps=0,
    wrong_reps=0,
    people=0,
    provisional=True,
    missing="",
    estimates=dict.fromkeys(
        ("balanced_accuracy", "sensitivity", "specificity", "auc"), (math.nan,) * 3
    ),
)


@dataclass(frozen=True)
class Doubt:
    """Something to look at: a kind of `DOUBTS`, and what was found."""

    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class SheetRep:
    """One stored repetition.

    Parameters
    ----------
    info : ReferenceInfo
    score : float
        By a rule that had not seen it; up to 1.0 it looks right, nan where it cannot be known.
    rom : float
        Range of motion of the sheet's driving feature, in its unit; nan where not seen.
    doubts : tuple of Doubt
        Worst first; empty where nothing is doubtful.
    laid : SetAssessment, optional
        A set of this one repetition, laid over the references of others or, where there are none,
        by itself: then there are no reference curves but NaN, and the body beside it is its own.
        None where the sheet has curves enough.
    """

    info: ReferenceInfo
    score: float
    rom: float
    doubts: tuple[Doubt, ...]
    laid: SetAssessment | None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.info.stop_s - self.info.start_s

    @property
    def by_itself(self) -> bool:
        """Whether there was nothing to lay it over."""
        return self.laid is not None and not np.isfinite(self.laid.reference_mean).any()


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a trainer looks through.

    Parameters
    ----------
    exercise : Exercise
    calibration : Calibration, optional
        By which it is scored; None without a right repetition.
    infos : tuple of ReferenceInfo
        All that are judged by.
    reps : tuple of SheetRep
        Those looked at: doubtful ones first, then in the order of their recordings.
    driving : str
        The feature that shows the movement best; "" where not known.
    """

    exercise: Exercise
    calibration: Calibration | None
    infos: tuple[ReferenceInfo, ...]
    reps: tuple[SheetRep, ...]
    driving: str

    @property
    def missing(self) -> str:
        """What keeps verdicts provisional, in words; "" when nothing does."""
        return missing_for_firm(self.calibration) if self.calibration else "right repetitions"

    def doubtful(self, kind: str) -> list[int]:
        """Places in `reps` of those with such a doubt."""
        return [at for at, rep in enumerate(self.reps) if kind in {d.kind for d in rep.doubts}]


def make_sheet(
    exercise: Exercise,
    references: Sequence[Reference],
    calibration: Calibration | None,
    settings: Settings,
    *,
    only: Collection[str] | None = None,
    most_laid: int = 100,
) -> Sheet:
    """Look through stored repetitions.

    Parameters
    ----------
    exercise : Exercise
    references : sequence of Reference
        All that are judged by, and that the calibration was made from.
    calibration : Calibration, optional
        None where none is labelled right.
    settings : Settings
    only : collection of str, optional
        Ids of those to look at; the others are what they are compared with.
    most_laid : int
        How many are laid over the others.
    """
    infos = tuple(r.info for r in references)
    scores: dict[str, float] = {}
    if calibration is not None:
        held = held_out(calibration, infos, strictness=exercise.strictness)
        scores = dict(zip((info.id for info in held.infos), held.scores.tolist(), strict=True))
    seen = _seen(references, calibration)
    rows = [
        SheetRep(
            r.info,
            scores.get(r.info.id, math.nan),
            math.nan,
            _doubts(exercise, r, infos, scores.get(r.info.id, math.nan), seen[r.info.id]),
            None,
        )
        for r in references
        if only is None or r.info.id in only
    ]
    rows.sort(key=_order)
    by_id = {r.info.id: r for r in references}
    first = [row.info.id for row in rows[:most_laid]]
    laid = assess_each(exercise, references, first, calibration, settings) if calibration else {}
    laid |= {key: _by_itself(exercise, by_id[key], settings) for key in first if key not in laid}
    driving = _driving(exercise, laid)
    return Sheet(
        exercise,
        calibration,
        infos,
        tuple(
            replace(row, rom=_reach(by_id[row.info.id], driving), laid=laid.get(row.info.id))
            for row in rows
        ),
        driving,
    )


def _order(row: SheetRep) -> tuple[int, float, str, float]:
    """Doubtful ones first, the worst kind and the largest error before others."""
    kinds = [*DOUBTS]
    rank = kinds.index(row.doubts[0].kind) if row.doubts else len(kinds)
    off = abs(math.log(max(row.score, 1e-9))) if rank == 0 else 0.0
    return rank, -off, row.info.source, row.info.start_s


def _doubts(
    exercise: Exercise,
    one: Reference,
    infos: Sequence[ReferenceInfo],
    score: float,
    seen: tuple[float, str],
) -> tuple[Doubt, ...]:
    info = one.info
    others = [other for other in infos if other.id != info.id]
    alike = [other.stop_s - other.start_s for other in others if other.label == info.label]
    found = {
        "label": _of_label(info, score),
        "length": _of_length(info, alike) if exercise.kind != "hold" else "",
        "view": _of_view(info, [o.view_yaw_deg for o in others if o.source != info.source]),
        "hidden": f"{1 - seen[0]:.0%} of what counts was not seen, most of all {seen[1]}"
        if seen[0] < SEEN_SHARE
        else "",
    }
    return tuple(Doubt(kind, found[kind]) for kind in DOUBTS if found[kind])


def _of_label(info: ReferenceInfo, score: float) -> str:
    if info.label == "right" and score > 1.0:
        return f"labelled right, but far from the other right ones: score {score:.2f}, border 1.00"
    if info.label == "wrong" and score <= 1.0:
        return f"labelled wrong, but like the right ones: score {score:.2f}, border 1.00"
    return ""


def _of_length(info: ReferenceInfo, others_s: Sequence[float]) -> str:
    if len(others_s) < FEWEST:
        return ""
    seconds, usual_s = info.stop_s - info.start_s, float(np.median(others_s))
    if max(seconds / usual_s, usual_s / seconds) < LENGTHS_APART:
        return ""
    return f"{seconds:.1f} s long, the others about {usual_s:.1f} s: is it cut well?"


def _of_view(info: ReferenceInfo, others_deg: Sequence[float]) -> str:
    known = np.array([deg for deg in others_deg if math.isfinite(deg)])
    if not len(known) or not math.isfinite(info.view_yaw_deg):
        return ""
    apart = float(np.abs((known - info.view_yaw_deg + 180.0) % 360.0 - 180.0).min())
    if apart <= MAX_VIEW_DIFFERENCE_DEG:
        return ""
    return f"the camera stood {apart:.0f} degrees from where any other recording was filmed"


def _seen(
    references: Sequence[Reference], calibration: Calibration | None
) -> dict[str, tuple[float, str]]:
    """Id -> share of what counts that was seen, and the joint that was hidden most."""
    shown = {r.info.id: np.isfinite(r.series.values).mean(axis=0) for r in references}
    names = references[0].series.names if references else ()
    usual = np.median(list(shown.values()), axis=0) if references else np.zeros(0)
    counted = [
        at for at, name in enumerate(names)
        if (name in calibration.tolerance if calibration else usual[at] >= SEEN_SHARE)
    ]  # fmt: skip
    found = {}
    for key, share in shown.items():
        worst = min(counted, key=lambda at: share[at], default=0)
        joint = (
            KNOWN_FEATURES[names[worst]].joint if names[worst] in KNOWN_FEATURES else names[worst]
        )
        found[key] = float(share[counted].mean()) if counted else 1.0, joint
    return found


def _driving(exercise: Exercise, laid: dict[str, SetAssessment]) -> str:
    ranges = [said.reps[0].ranges[0].feature for said in laid.values() if said.reps[0].ranges]
    return next(iter((*exercise.driving, *exercise.min_rom, *ranges)), "")


def _reach(reference: Reference, name: str) -> float:
    if name not in reference.series.names:
        return math.nan
    column = reference.series.values[:, reference.series.names.index(name)]
    known = column[np.isfinite(column)]
    return float(np.ptp(known)) if len(known) else math.nan


def _by_itself(exercise: Exercise, one: Reference, settings: Settings) -> SetAssessment:
    """Return a set of one repetition that there is nothing to lay over."""
    info, names, samples = one.info, one.series.names, settings.samples
    rep = _not_judged(one, settings)
    nothing: FloatArray = np.full((samples, len(names)), np.nan)
    turn_share = (info.turn_s - info.start_s) / (info.stop_s - info.start_s)
    judged = {
        "exercise": exercise.name,
        "title": exercise.title,
        "kind": exercise.kind,
        "phases": exercise.phases,
        "features": names,
        "counts": np.ones(len(names), dtype=bool),
        **dict.fromkeys(("tolerance", "limit"), rep.ratios),
        **dict.fromkeys(("reference_mean", "reference_low", "reference_high"), nothing),
        "reference_body": rep.body,
        "reference_s": float(one.series.time_s[-1]),
        "reference_turn": round(turn_share * (samples - 1)),
        "grounds": NO_GROUNDS,
    }
    return set_of_one(one, rep, judged, settings)


def _not_judged(one: Reference, settings: Settings) -> RepAssessment:
    info, frames = one.info, len(one.positions)
    at = np.linspace(0, frames - 1, settings.samples).round().astype(int)
    unknown: FloatArray = np.full(len(one.series.names), np.nan)
    return RepAssessment(
        number=1,
        start_s=info.start_s,
        turn_s=info.turn_s,
        stop_s=info.stop_s,
        start_frame=0,
        stop_frame=frames,
        verdict=Verdict.CANNOT_JUDGE,
        score=math.nan,
        decided_by="",
        worst_joint="",
        distances=unknown,
        ratios=unknown,
        attempt=resampled([one], settings)[0],
        path=np.zeros((0, 2), dtype=np.int64),
        sample_s=info.start_s + one.series.time_s[at],
        body=one.positions[at],
        faults=(),
        reasons=(),
        rom_deg={},
        mirrored=False,
    )
