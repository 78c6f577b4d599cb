"""References and exercises as data; `matching/library.py` keeps them on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dtwcoach.errors import LibraryError
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.groups import BODY, GROUPS, KNOWN_FEATURES
from dtwcoach.pose import FloatArray

LABELS = ("right", "wrong")
KINDS = ("repetitions", "hold")
SIDES = ("together", "each", "pair")
JOINTS = frozenset(f.joint for f in KNOWN_FEATURES.values() if f.kind == "angle")
"""What people call the joints whose angles are features."""


@dataclass(frozen=True)
class ReferenceInfo:
    """Where a reference repetition comes from and how it was made.

    Parameters
    ----------
    id : str
        Opaque, 12 hexadecimal digits; the file's name.
    label : str
        "right" or "wrong".
    person, source, created : str
        Whom it shows, name of the recording's file, ISO 8601 date and time.
    start_s, turn_s, stop_s : float
        Seconds in the recording.
    view_yaw_deg : float
        Camera view; 0 from the front, 90 from the person's left; nan where unknown.
    synthetic : bool
        True for drawn people.
    model, settings : str
        Pose model, and fingerprint of the `Settings` it was made under.
    """

    id: str
    label: str
    person: str
    source: str
    created: str
    start_s: float
    turn_s: float
    stop_s: float
    view_yaw_deg: float
    synthetic: bool
    model: str
    settings: str

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise LibraryError(f"Label {self.label!r} arrived; needed one of {LABELS}.")


def in_force(infos: Iterable[ReferenceInfo]) -> tuple[ReferenceInfo, ...]:
    """Return those that are judged by: of real people, or all when no right one is real."""
    infos = tuple(infos)
    real = tuple(info for info in infos if not info.synthetic)
    return real if any(info.label == "right" for info in real) else infos


def groups_of(infos: Sequence[ReferenceInfo]) -> tuple[np.ndarray, str]:
    """Return what is left out together, (rep,) int, and what these groups are.

    People, where more than one does it right; else recordings; else single repetitions.
    """
    for key, what in (("person", "people"), ("source", "recordings")):
        values = [getattr(info, key) for info in infos]
        if len({v for v, i in zip(values, infos, strict=True) if i.label == "right"}) > 1:
            return np.unique(values, return_inverse=True)[1], what
    return np.arange(len(infos)), "repetitions"


@dataclass(frozen=True, eq=False)
class Reference:
    """One stored repetition: its features and its body over time.

    Parameters
    ----------
    info : ReferenceInfo
    series : FeatureSeries
        Of the repetition alone, time from 0, pauses cut to a short dwell.
    positions : (time, keypoint, 3) float
        Body coordinates in torso lengths (left, up, forward); NaN where not seen.
    """

    info: ReferenceInfo
    series: FeatureSeries
    positions: FloatArray


def judged_by(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return the references `in_force`."""
    references = tuple(references)
    chosen = in_force(reference.info for reference in references)
    return tuple(reference for reference in references if reference.info in chosen)


PHASES = ("start", "way down", "bottom", "way up", "end")
HOLD_PHASES = ("start", "first half", "half-way point", "second half", "end")
"""What the parts of a repetition, and of a hold, are called where the exercise does not say."""


@dataclass(frozen=True)
class Film:
    """How to film an exercise: the camera's place and a line of advice."""

    yaw_deg: float = 45.0
    height_m: float = 1.0
    distance_m: float = 3.0
    advice: str = "Whole body in the picture, camera on something steady, good light."


@dataclass(frozen=True)
class Exercise:
    """What a trainer may edit about an exercise (`exercise.toml`).

    Parameters
    ----------
    name, title : str
        Identifier in commands, and the name people read.
    kind : str
        One of `KINDS`: repetitions of a movement, or a position to hold, of which time is counted.
    sides : str
        One of `SIDES`: whether left and right move "together" (or always the same one does); or
        in turn, so that "each" side is its own repetition or a left and a right one are a "pair".
    groups : tuple of str
        Of `motion.groups.GROUPS`: whose features count and show the repetitions. Hands and face
        need a pose model that looks for them.
    driving : tuple of str
        Features that show the repetitions; empty: found from the references.
    counts : tuple of str
        Features that count for the verdict; empty: found from the references.
    ignore : tuple of str
        Joints or features that never count ("left wrist", "trunk_sideways").
    tolerances : dict
        Feature, or joint for all angles of it -> tolerance in its unit: beyond it a repetition is
        wrong, whatever the references show.
    strictness : float
        Every score is so many times as high: above 1 less passes, below 1 more.
    symmetric : bool
        Whether a left-sided repetition may be mirrored onto a right-sided reference.
    min_rom : dict
        Driving feature -> least range of motion in its unit.
    judge_rom, judge_tempo : bool
        Whether too small a range, and a tempo unlike the references', make a repetition wrong;
        both are always reported.
    phases : tuple of five str
        What people call start, way out, turn, way back and end of this movement. The way whose
        name says "up" is taken for the concentric one, on which an athlete slows down with fatigue.
    film : Film
    """

    name: str
    title: str
    kind: str = "repetitions"
    sides: str = "together"
    groups: tuple[str, ...] = BODY
    driving: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    tolerances: dict[str, float] = field(default_factory=dict)
    strictness: float = 1.0
    symmetric: bool = False
    min_rom: dict[str, float] = field(default_factory=dict)
    judge_rom: bool = True
    judge_tempo: bool = False
    phases: tuple[str, ...] = PHASES
    film: Film = field(default_factory=Film)

    def __post_init__(self) -> None:
        for key, chosen, choices in (("kind", self.kind, KINDS), ("sides", self.sides, SIDES)):
            if chosen not in choices:
                needed = " or ".join(f'"{choice}"' for choice in choices)
                raise LibraryError(f"{self.name}: {key} = {chosen!r} arrived; needed {needed}.")
        if self.kind == "hold" and self.sides != "together":
            raise LibraryError(
                f'{self.name}: sides = "{self.sides}" arrived for a position to hold; holds have '
                'sides = "together". Hold left and right as two exercises.'
            )
        if self.kind == "hold" and self.phases == PHASES:
            object.__setattr__(self, "phases", HOLD_PHASES)
        if len(self.phases) != 5:
            raise LibraryError(f"{self.name}: {len(self.phases)} phases arrived; needed 5 names.")
        self._check_groups()
        named = {*self.driving, *self.counts, *self.min_rom, *self.tolerances} - JOINTS
        if unknown := sorted(named - set(KNOWN_FEATURES)):
            raise LibraryError(
                f"{self.name}: unknown feature {unknown[0]!r}. "
                f"Features are called like {', '.join(list(KNOWN_FEATURES)[:3])}; "
                "`dtwcoach exercises --features` lists them all."
            )
        numbers = {**self.tolerances, **self.min_rom, "strictness": self.strictness}
        for key, value in numbers.items():
            if not (np.isfinite(value) and value > 0):
                raise LibraryError(
                    f"{self.name}: {key} = {value} arrived; needed a number above 0."
                )

    def _check_groups(self) -> None:
        """Only groups there are, and only features of these."""
        if not self.groups or not set(self.groups) <= set(GROUPS):
            raise LibraryError(
                f"{self.name}: groups = {list(self.groups)} arrived; "
                f"needed one or more of {', '.join(GROUPS)}."
            )
        for name in (*self.driving, *self.counts, *self.min_rom, *self.tolerances):
            own = [group for group, features in GROUPS.items() if name in features]
            if own and own[0] not in self.groups:
                raise LibraryError(
                    f"{self.name}: {name} is a feature of the group {own[0]!r}, which this "
                    "exercise does not use; add it to groups, or leave the feature out."
                )

    def tolerance_of(self, name: str) -> float | None:
        """The tolerance set for a feature, or for the joint whose angle it is; None if none is."""
        if name in self.tolerances or name not in KNOWN_FEATURES:
            return self.tolerances.get(name)
        feature = KNOWN_FEATURES[name]
        return self.tolerances.get(feature.joint) if feature.kind == "angle" else None


@dataclass(frozen=True)
class Calibration:
    """The border between right and wrong, with the ground it stands on (`calibration.json`).

    Parameters
    ----------
    rule : str
        "median" or "weighted": how the distances of all joints become one ratio.
    threshold : float
        Of that ratio; a score of exactly 1.0 is still right.
    tolerance, limit : dict
        Feature -> tolerance in its unit; feature -> ratio at which it alone turns the verdict.
    level : str
        One of `calibration.LEVELS`.
    right_reps, wrong_reps, people : int
        Right repetitions that are judged by, wrong ones, and people seen doing it right.
    synthetic : bool
        Whether any of them shows a drawn person.
    estimates : dict
        "balanced_accuracy", "sensitivity", "specificity", "auc" -> (value, low, high): what to
        expect for other people, with its 95 % interval; nan where it cannot be known.
    compared : dict
        Rule -> (balanced accuracy, AUC) of each rule tried, on people left out.
    scores : dict
        "right" and "wrong" -> id of each reference -> its score by a rule that had not seen its
        person.
    references : tuple of str
        Ids it was made from; another set means another calibration.
    model, settings : str
    share, typical, least : dict
        Of a weighted rule: column -> weight, typical distance, distance that is none (see
        `rule.Weights`); empty for the median.
    power : float
        Of a weighted rule's mean.
    average : dict
        Feature -> DTW barycenter of the right references, `Settings.samples` numbers in the
        feature's unit; empty where it was not made.
    """

    rule: str
    threshold: float
    tolerance: dict[str, float]
    limit: dict[str, float]
    level: str
    right_reps: int
    wrong_reps: int
    people: int
    synthetic: bool
    estimates: dict[str, tuple[float, float, float]]
    compared: dict[str, tuple[float, float]]
    scores: dict[str, dict[str, float]]
    references: tuple[str, ...]
    model: str
    settings: str
    share: dict[str, float] = field(default_factory=dict)
    typical: dict[str, float] = field(default_factory=dict)
    least: dict[str, float] = field(default_factory=dict)
    power: float = 1.0
    average: dict[str, list[float]] = field(default_factory=dict)

    @property
    def balanced_accuracy(self) -> float:
        """Expected for other people; nan where it cannot be known."""
        return self.estimates["balanced_accuracy"][0]
