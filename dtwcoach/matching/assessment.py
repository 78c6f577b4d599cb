"""What is said about a repetition and about a set: plain data, no computing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from dtwcoach.matching.left_out import LeftOut
from dtwcoach.matching.measured import PhaseSpan, PhaseTempo, RangeOfMotion, Symmetry
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import FloatArray, IntArray

if TYPE_CHECKING:
    from dtwcoach.matching.set_numbers import SetNumbers


class Verdict(StrEnum):
    """The three answers; "cannot judge" always comes with at least one `Reason`."""

    RIGHT = "right"
    WRONG = "wrong"
    CANNOT_JUDGE = "cannot judge"


REASONS: dict[str, str] = {
    "nobody": "Nobody was found in the picture. Film one person, whole body, in good light.",
    "joint_not_visible": "A joint that counts was hidden. Keep the whole body in view.",
    "out_of_picture": "Part of the body left the picture. Step back or move the camera.",
    "several_people": "Another person came between. Film one person only.",
    "interrupted": "The athlete was lost during the movement. Film it without a break.",
    "wrong_view": "The camera stood elsewhere than for the references. Film from their side.",
    "too_small": "The athlete is too small in the picture. Film from nearer.",
    "too_few_frames": "The recording has too few frames per second. Film at 15 or more.",
    "too_short": "Too little was recorded of the movement. Film all of it, at a calmer pace.",
    "not_this_exercise": "The movement is not this exercise. Check the exercise's name.",
    "no_repetition": "No repetition was found. Is the whole movement in the recording?",
    "beyond_calibration": "The movement is too unlike the references' pace. Move as they do.",
    "unsteady_pose": "The pose jumped about or its sides were swapped. Film in better light.",
    "corrupt_video": "Pictures of the video are missing or damaged here. Film or copy it again.",
}
"""Reason code -> advice in one line."""


@dataclass(frozen=True)
class Reason:
    """Why no verdict can be given: a code of `REASONS` and what was seen."""

    code: str
    detail: str = ""

    @property
    def advice(self) -> str:
        """What to do about it, in plain words."""
        return REASONS[self.code]


@dataclass(frozen=True)
class Fault:
    """One deviation from the references, in words and numbers.

    Parameters
    ----------
    feature, joint : str
        The feature that showed it (`left_knee_angle`) and the joint as people say it
        ("left knee"); both are "tempo" for faults of speed.
    phase : str
        "start", "way down", "bottom", "way up" or "end", as the exercise calls them.
    direction : str
        What was different: "less bent", "further forward", "too small a range", "faster", ...
    size : float
        Signed deviation, attempt minus reference, in `unit`, where it is largest.
    unit : str
        "deg", "torso" (torso lengths), "cm" or "s".
    time_s : float
        When, in the recording's time.
    ratio : float
        The feature's distance over its limit; above 1 it alone makes the rep wrong.
    text, cue : str
        "left knee 14 degrees less bent at the bottom"; "Bend your left knee more."
    where : str
        The phase as a phrase: "at the bottom"; "" where the text does not end with it.
    above_noise : bool
        False for a deviation that recordings of the very same movement show as well: the only
        one named for a repetition that is wrong without any larger.
    """

    feature: str
    joint: str
    phase: str
    direction: str
    size: float
    unit: str
    time_s: float
    ratio: float
    text: str
    cue: str
    where: str = ""
    above_noise: bool = True


@dataclass(frozen=True, eq=False)
class RepAssessment:
    """One repetition against the references.

    Parameters
    ----------
    number : int
        From 1, in the order of the recording.
    start_s, turn_s, stop_s : float
        Seconds in the recording.
    start_frame, stop_frame : int
        Half-open frame range in the recording.
    verdict : Verdict
    score : float
        1.0 is the border, above is wrong; nan when not judged.
    decided_by : str
        "together", "joint", "range of motion" or "tempo": which part of the score was largest; ""
        if none.
    worst_joint : str
        Joint of the first fault; "" if none.
    distances, ratios : (feature,) float
        Distance to the references in the feature's unit, and over its tolerance.
    attempt : (samples, feature) float
        The rep resampled to the common length.
    path : (steps, 2) int
        Joint warping path: pairs (attempt sample, reference sample).
    sample_s : (samples,) float
        When each attempt sample was recorded.
    body : (samples, keypoint, 3) float
        Body coordinates of each attempt sample, in torso lengths, mirrored where the attempt was.
    faults : tuple of Fault
        Largest first.
    reasons : tuple of Reason
        Why it could not be judged; empty otherwise.
    rom_deg : dict
        Range of motion of each driving feature, degrees.
    mirrored : bool
        Whether the attempt was mirrored to the references' side.
    phases : tuple of PhaseSpan
        From its start to its end; empty where they could not be told apart.
    tempo : tuple of PhaseTempo
        The way out, the turn and the way back, as `phases` has them; empty where these are.
    ranges : tuple of RangeOfMotion
        The ranges of `rom_deg`, beside the references'.
    symmetry : tuple of Symmetry
        Of each driving joint seen on both sides.
    p_value : float
        Conformal: how often somebody who does it right scores this high or higher, by the right
        references that others judged; nan where none is known.
    """

    number: int
    start_s: float
    turn_s: float
    stop_s: float
    start_frame: int
    stop_frame: int
    verdict: Verdict
    score: float
    decided_by: str
    worst_joint: str
    distances: FloatArray
    ratios: FloatArray
    attempt: FloatArray
    path: IntArray
    sample_s: FloatArray
    body: FloatArray
    faults: tuple[Fault, ...]
    reasons: tuple[Reason, ...]
    rom_deg: dict[str, float]
    mirrored: bool
    phases: tuple[PhaseSpan, ...] = ()
    tempo: tuple[PhaseTempo, ...] = ()
    ranges: tuple[RangeOfMotion, ...] = ()
    symmetry: tuple[Symmetry, ...] = ()
    p_value: float = float("nan")

    @property
    def pause_s(self) -> float:
        """Seconds spent standing still on the way out and on the way back."""
        return sum(phase.hold_s for phase in self.tempo)

    @property
    def cue(self) -> str:
        """The one instruction that matters most; for reps not judged, the advice."""
        if self.verdict is Verdict.CANNOT_JUDGE:
            return self.reasons[0].advice
        return self.faults[0].cue if self.verdict is Verdict.WRONG and self.faults else ""


@dataclass(frozen=True)
class Grounds:
    """What the verdict rests on, shown in every report.

    Parameters
    ----------
    threshold : float
        Of the ratio that all joints together make.
    rule, level : str
        How that ratio is made, "median" or "weighted"; what it is learnt from, one of
        `calibration.LEVELS`.
    right_reps, wrong_reps, people : int
        How many reference repetitions and people the threshold rests on.
    provisional : bool
        True when they are too few, or synthetic.
    missing : str
        What is missing until it is no longer provisional; "" if nothing.
    estimates : dict
        "balanced_accuracy", "sensitivity", "specificity", "auc" -> (value, low, high), expected
        for other people with its 95 % interval; nan where it cannot be known.
    strictness : float
        As the trainer set it.
    """

    threshold: float
    rule: str
    level: str
    right_reps: int
    wrong_reps: int
    people: int
    provisional: bool
    missing: str
    estimates: dict[str, tuple[float, float, float]]
    strictness: float = 1.0


@dataclass(frozen=True)
class Cue:
    """One thing to change in a set.

    Parameters
    ----------
    joint, phase, direction : str
        As in `Fault`; the joint is "both knees" where the two sides share it.
    size : float
        Typical size of the deviation, in `unit`, without its sign: the median over `reps`.
    unit : str
    reps : tuple of int
        Numbers of the repetitions that show it, rising.
    text, instruction : str
        "both knees 14 degrees straighter at the bottom"; "Both knees: bend them more at the
        bottom."
    """

    joint: str
    phase: str
    direction: str
    size: float
    unit: str
    reps: tuple[int, ...]
    text: str
    instruction: str


@dataclass(frozen=True)
class SetSummary:
    """A set in a few sentences.

    Parameters
    ----------
    cues : tuple of Cue
        What to change, at most two, largest deviation first.
    good : tuple of str
        What was good, at most two plain sentences; empty where nothing can be said.
    """

    cues: tuple[Cue, ...] = ()
    good: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SetAssessment:
    """One recording against the references of one exercise: all that a report shows.

    Parameters
    ----------
    exercise, title, athlete, source : str
        Exercise name and title, athlete's name ("" if not given), name of the file.
    verdict : Verdict or None
        CANNOT_JUDGE when the recording as a whole allows no verdict; None otherwise.
    reasons : tuple of Reason
    notes : tuple of str
        What was repaired, assumed, mirrored; a count that differs from the stated one.
    reps : tuple of RepAssessment
    features : tuple of str
        Names, in the order of every feature axis.
    counts : (feature,) bool
        Which features count for the verdict.
    tolerance : (feature,) float
        In the feature's unit.
    limit : (feature,) float
        Ratio at which the feature alone turns the verdict.
    reference_mean, reference_low, reference_high : (samples, feature) float
        Average of the references (DTW barycenter or mean) and their range.
    reference_body : (samples, keypoint, 3) float
        Body coordinates of the reference nearest to the mean, in the mean's time.
    reference_s : float
        How long the references take, in the median.
    reference_turn : int
        Sample of the turn in `reference_mean`.
    phases : tuple of str
        What the exercise calls its five phases (see `feedback.phase_number`).
    time_s, drive : (time,) float
        The recording's time line and its driving signal (0 at rest, 1 at the turn).
    view_yaw_deg, reference_yaw_deg : float
        Camera views; nan where unknown.
    grounds : Grounds
    model, settings : str
        Pose model and settings fingerprint.
    duration_s, fps : float
        Of the recording.
    kind : str
        "repetitions", or "hold" for an exercise in which each repetition is a position held.
    left_out : tuple of LeftOut
        In the order of the recording.
    jitter : (feature,) float, optional
        The recording's own noise, by which tolerances are widened; nan where not known.
    recording : Recording, optional
        What was judged, on the athlete's own side (see `RepAssessment.mirrored`): poses, body and
        features over time. Large; None where nobody was found, or where it was let go.
    """

    exercise: str
    title: str
    athlete: str
    source: str
    verdict: Verdict | None
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]
    reps: tuple[RepAssessment, ...]
    features: tuple[str, ...]
    counts: FloatArray
    tolerance: FloatArray
    limit: FloatArray
    reference_mean: FloatArray
    reference_low: FloatArray
    reference_high: FloatArray
    reference_body: FloatArray
    reference_s: float
    reference_turn: int
    phases: tuple[str, ...]
    time_s: FloatArray
    drive: FloatArray
    view_yaw_deg: float
    reference_yaw_deg: float
    grounds: Grounds
    model: str
    settings: str
    duration_s: float
    fps: float
    kind: str = "repetitions"
    left_out: tuple[LeftOut, ...] = ()
    jitter: FloatArray | None = None
    recording: Recording | None = None

    @property
    def noun(self) -> str:
        """What one of `reps` is called."""
        return "hold" if self.kind == "hold" else "repetition"

    def count(self, verdict: Verdict) -> int:
        """How many reps got this verdict."""
        return sum(rep.verdict is verdict for rep in self.reps)

    @cached_property
    def summary(self) -> SetSummary:
        """What to change and what was good in the whole set."""
        from dtwcoach.matching.cues import summarize  # which itself needs this module

        return summarize(self)

    @cached_property
    def numbers(self) -> SetNumbers:
        """The set in numbers: ranges, tempo, slow-down, rests."""
        from dtwcoach.matching.set_numbers import set_numbers  # which itself needs this module

        return set_numbers(self)
