"""References and exercises as data; `matching/library.py` keeps them on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from dtwcoach.errors import LibraryError
from dtwcoach.motion.features import FEATURES, FeatureSeries
from dtwcoach.pose import FloatArray

LABELS = ("right", "wrong")


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
    driving : tuple of str
        Features that show the repetitions; empty: found from the references.
    counts : tuple of str
        Features that count for the verdict; empty: found from the references.
    ignore : tuple of str
        Joints or features that never count ("left wrist", "trunk_sideways").
    tolerances : dict
        Feature -> tolerance in its unit, in place of the measured one.
    symmetric : bool
        Whether a left-sided repetition may be mirrored onto a right-sided reference.
    min_rom : dict
        Driving feature -> least range of motion in its unit.
    judge_rom, judge_tempo : bool
        Whether too small a range, and a tempo unlike the references', make a repetition wrong;
        both are always reported.
    phases : tuple of five str
        What people call start, eccentric, turn, concentric and end of this movement.
    film : Film
    """

    name: str
    title: str
    driving: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    tolerances: dict[str, float] = field(default_factory=dict)
    symmetric: bool = False
    min_rom: dict[str, float] = field(default_factory=dict)
    judge_rom: bool = True
    judge_tempo: bool = False
    phases: tuple[str, ...] = ("start", "way down", "bottom", "way up", "end")
    film: Film = field(default_factory=Film)

    def __post_init__(self) -> None:
        if len(self.phases) != 5:
            raise LibraryError(f"{self.name}: {len(self.phases)} phases arrived; needed 5 names.")
        named = {*self.driving, *self.counts, *self.tolerances, *self.min_rom}
        if unknown := sorted(named - set(FEATURES)):
            raise LibraryError(
                f"{self.name}: unknown feature {unknown[0]!r}. "
                f"Features are called like {', '.join(list(FEATURES)[:3])}; "
                "`dtwcoach exercises --features` lists them all."
            )
        for key, value in {**self.tolerances, **self.min_rom}.items():
            if not (np.isfinite(value) and value > 0):
                raise LibraryError(
                    f"{self.name}: {key} = {value} arrived; needed a number above 0."
                )


@dataclass(frozen=True)
class Calibration:
    """Threshold and joint limits, with the ground they stand on (`calibration.json`).

    Parameters
    ----------
    threshold : float
        Median ratio at which a rep turns wrong; a score of exactly 1.0 is still right.
    tolerance, limit : dict
        Feature -> tolerance in its unit; feature -> ratio at which it alone turns the verdict.
    rule : str
        "leave one out" or "Youden".
    right_reps, wrong_reps, people : int
    synthetic : bool
        Whether any of them shows a drawn person.
    balanced_accuracy, false_alarm_rate : float
        Leave-one-out estimates; nan where they cannot be made.
    references : tuple of str
        Ids it was made from; another set means another calibration.
    model, settings : str
    average : dict
        Feature -> DTW barycenter of the right references, `Settings.samples` numbers in the
        feature's unit; empty where it was not made.
    """

    threshold: float
    tolerance: dict[str, float]
    limit: dict[str, float]
    rule: str
    right_reps: int
    wrong_reps: int
    people: int
    synthetic: bool
    balanced_accuracy: float
    false_alarm_rate: float
    references: tuple[str, ...]
    model: str
    settings: str
    average: dict[str, list[float]] = field(default_factory=dict)
