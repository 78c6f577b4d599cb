"""A plausible set made by hand: smooth curves, known faults, hostile names when asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np

from dtwcoach.matching.assessment import (
    Fault,
    Grounds,
    Reason,
    RepAssessment,
    SetAssessment,
    Verdict,
)
from dtwcoach.matching.calibration import LEVELS
from dtwcoach.matching.measured import PhaseSpan, PhaseTempo, RangeOfMotion, Symmetry
from dtwcoach.matching.references import PHASES
from dtwcoach.motion.features import FEATURE_NAMES, FEATURES

SAMPLES = 100
REP_S, REST_S = 3.2, 1.1
HOSTILE = (
    "<img src=x onerror=\"document.title='pwned'\"></script><script>document.title='pwned'</script>"
)
GROUNDS = Grounds(
    threshold=1.0,
    rule="median",
    level=LEVELS[1],
    right_reps=12,
    wrong_reps=6,
    people=3,
    provisional=True,
    missing="4 more right repetitions",
    estimates={
        "balanced_accuracy": (0.944, 0.851, 1.0),
        "sensitivity": (0.971, 0.824, 1.0),
        "specificity": (0.917, 0.762, 1.0),
        "auc": (0.982, 0.903, 1.0),
    },
)
COUNTING = [
    name
    for name in FEATURE_NAMES
    if name.endswith(("knee_angle", "hip_angle", "ankle_angle", "thigh_forward", "wrist_height"))
    or name.startswith("trunk")
]


def _curves() -> np.ndarray:
    """Return reference means, (samples, feature): down and up again, each feature its own way."""
    wave = (1 - np.cos(2 * np.pi * np.linspace(0, 1, SAMPLES))) / 2
    columns = []
    for number, name in enumerate(FEATURE_NAMES):
        depth = (-70 if name.endswith("angle") else 30) + 3 * (number % 7)
        rest, depth = (165, depth) if FEATURES[name].unit == "deg" else (0.6, depth / 150)
        columns.append(rest + depth * wave ** (1 + 0.1 * (number % 3)))
    return np.stack(columns, axis=1)


@cache
def squatting(rom: float) -> np.ndarray:
    """Return a drawn body over one squat, (SAMPLES, keypoint, 3)."""
    from athletes import SETTINGS, perform

    from dtwcoach.motion.recording import describe

    truth = perform("squat", 7, reps=1, rom=rom)
    body = describe(truth.pose(), SETTINGS).body.positions
    return body[np.linspace(0, len(body) - 1, SAMPLES).round().astype(int)]


def _path(rng: np.random.Generator) -> np.ndarray:
    """Return a warping path from corner to corner with a few steps along one side only."""
    i = j = 0
    steps = [(0, 0)]
    while (i, j) != (SAMPLES - 1, SAMPLES - 1):
        move = rng.choice(3, p=[0.7, 0.15, 0.15])
        i, j = min(i + (move != 1), SAMPLES - 1), min(j + (move != 2), SAMPLES - 1)
        if steps[-1] != (i, j):
            steps.append((i, j))
    return np.array(steps)


def _fault(name: str, size: float, start_s: float, ratio: float) -> Fault:
    joint = FEATURES[name].joint
    return Fault(
        feature=name,
        joint=joint,
        phase="bottom",
        direction=FEATURES[name].more,
        size=size,
        unit="deg",
        time_s=start_s + 1.6,
        ratio=ratio,
        text=f"{joint} {size:.0f} degrees {FEATURES[name].more} at the bottom",
        cue="Go deeper: bend your knees more." if "knee" in name else "Keep your chest up.",
        where="at the bottom",
    )


def make_rep(number: int, verdict: Verdict, *, size: float = 24.0) -> RepAssessment:
    """Return one repetition; wrong ones stay `size` degrees straighter in the left knee."""
    rng = np.random.default_rng(number)
    start = 1.0 + (number - 1) * (REP_S + REST_S)
    attempt = _curves()
    wave = (1 - np.cos(2 * np.pi * np.linspace(0, 1, SAMPLES))) / 2
    scale = np.array([1.0 if FEATURES[name].unit == "deg" else 0.01 for name in FEATURE_NAMES])
    attempt = attempt + scale * rng.normal(0, 3, len(FEATURE_NAMES)) * wave[:, None]
    ratios = rng.uniform(0.2, 0.9, len(FEATURE_NAMES))
    faults: tuple[Fault, ...] = ()
    if verdict is Verdict.WRONG:
        knee, trunk = (
            FEATURE_NAMES.index("left_knee_angle"),
            FEATURE_NAMES.index("trunk_forward"),
        )
        attempt[:, knee] += size * wave**2
        attempt[:, trunk] += 0.7 * size * wave**3
        ratios[knee], ratios[trunk] = size / 8, size / 11
        faults = (
            _fault("left_knee_angle", size, start, size / 16),
            _fault("trunk_forward", 0.7 * size, start, size / 22),
        )
    unknown = verdict is Verdict.CANNOT_JUDGE
    return RepAssessment(
        number=number,
        start_s=start,
        turn_s=start + 1.8,
        stop_s=start + REP_S,
        start_frame=round(start * 30),
        stop_frame=round((start + REP_S) * 30),
        verdict=verdict,
        score=math.nan if unknown else size / 16 if faults else 0.4 + 0.05 * number,
        decided_by="" if unknown else "joint" if faults else "together",
        worst_joint="" if unknown else "left knee",
        distances=np.full(len(FEATURE_NAMES), np.nan) if unknown else ratios * 5 * scale,
        ratios=np.full(len(FEATURE_NAMES), np.nan) if unknown else ratios,
        attempt=np.zeros((0, len(FEATURE_NAMES))) if unknown else attempt,
        path=np.zeros((0, 2), dtype=np.int64) if unknown else _path(rng),
        sample_s=np.linspace(start, start + REP_S, SAMPLES),
        body=squatting(0.8 if faults else 1.0),
        faults=faults,
        reasons=(Reason("joint_not_visible", "left knee, 0.8 s"),) if unknown else (),
        rom_deg={
            "left_knee_angle": 92.0 - (size if faults else 0),
            "right_knee_angle": 91.3,
        },
        mirrored=False,
        phases=(
            PhaseSpan("out", start, start + 1.2),
            PhaseSpan("turn", start + 1.2, start + 2.1),
            PhaseSpan("back", start + 2.1, start + REP_S),
        ),
        tempo=(
            PhaseTempo("way down", 1.2, 1.0, 1.6, hold_s=0.6 if number == 2 else 0.0),
            PhaseTempo("bottom", 0.9, 0.4, 1.1),
            PhaseTempo("way up", 1.1, *((math.nan, math.nan) if unknown else (0.9, 1.5))),
        ),
        ranges=(
            RangeOfMotion(
                "left_knee_angle", "left knee", "deg", 92.0 - len(faults) * size, 84.0, 99.0, 45.0
            ),
        ),
        symmetry=(Symmetry("knee", 92.0, 91.3, 0.8, -7.0, 5.0),),
        p_value=math.nan if unknown else 0.08 if faults else 0.54,
    )


def make_set(*, reps: int = 8, athlete: str = "Anna Example", **changed: object) -> SetAssessment:
    """Return a set in which every third repetition is wrong and one cannot be judged."""
    right, wrong = Verdict.RIGHT, Verdict.WRONG
    verdicts = [wrong if number % 3 == 0 else right for number in range(1, reps + 1)]
    if reps > 4:
        verdicts[4] = Verdict.CANNOT_JUDGE
    mean = _curves()
    units = np.array([1.0 if FEATURES[name].unit == "deg" else 0.01 for name in FEATURE_NAMES])
    time_s = np.arange(0, 2 + reps * (REP_S + REST_S), 1 / 30)
    drive = np.zeros(len(time_s))
    for number in range(reps):
        phase = (time_s - 1.0 - number * (REP_S + REST_S)) / REP_S
        inside = (phase >= 0) & (phase <= 1)
        drive[inside] = (1 - np.cos(2 * np.pi * phase[inside])) / 2
    made = SetAssessment(
        exercise="squat",
        title="Squat",
        athlete=athlete,
        source="anna_squats_2026.mp4",
        verdict=None,
        reasons=(),
        notes=("2 gaps of up to 0.12 s were filled.", "8 repetitions found, 9 stated."),
        reps=tuple(make_rep(number, verdict) for number, verdict in enumerate(verdicts, 1)),
        features=FEATURE_NAMES,
        counts=np.array([name in COUNTING for name in FEATURE_NAMES]),
        tolerance=5 * units,
        limit=np.full(len(FEATURE_NAMES), 2.0),
        reference_mean=mean,
        reference_low=mean - 6 * units,
        reference_high=mean + 5 * units,
        reference_body=squatting(1.0),
        reference_s=2.9,
        reference_turn=SAMPLES // 2,
        phases=PHASES,
        time_s=time_s,
        drive=drive,
        view_yaw_deg=38.0,
        reference_yaw_deg=45.0,
        grounds=GROUNDS,
        model="mediapipe 0.10.21 full",
        settings="0123456789ab",
        duration_s=float(time_s[-1]),
        fps=29.97,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def make_unjudged() -> SetAssessment:
    """Return a recording in which nobody was found: no repetition, no signal."""
    return make_set(
        reps=0,
        verdict=Verdict.CANNOT_JUDGE,
        reasons=(Reason("nobody", "0 of 240 frames"),),
        time_s=np.zeros(0),
        drive=np.zeros(0),
        view_yaw_deg=math.nan,
        fps=math.nan,
    )


def make_hostile() -> SetAssessment:
    """Return a set whose every text tries to break out of the page."""
    made = make_set(reps=3, athlete=HOSTILE)
    reps = tuple(
        replace(
            rep,
            worst_joint=HOSTILE,
            faults=tuple(
                replace(fault, text=HOSTILE, cue=HOSTILE, where=HOSTILE) for fault in rep.faults
            ),
            rom_deg={HOSTILE: 1.0},
        )
        for rep in made.reps
    )
    texts = dict.fromkeys(("exercise", "title", "source", "model", "settings"), HOSTILE)
    grounds = replace(made.grounds, missing=HOSTILE, level=HOSTILE)
    reasons = (Reason("wrong_view", HOSTILE),)
    return replace(made, reps=reps, notes=(HOSTILE,), reasons=reasons, grounds=grounds, **texts)  # type: ignore[arg-type]
