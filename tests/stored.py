"""References and calibrations of smooth random curves, to be stored."""

from __future__ import annotations

import numpy as np

from dtwcoach.matching.calibration import LEVELS
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Calibration, Exercise, Reference, ReferenceInfo
from dtwcoach.motion.features import FEATURE_NAMES, FeatureSeries
from dtwcoach.pose import FloatArray

SQUAT = Exercise("squat", "Squat", driving=("left_knee_angle",))


def make_reference(seed: int, *, frames: int = 40, **changes: object) -> Reference:
    """One repetition of smooth random curves, 1/30 s a frame, turn in the middle."""
    rng = np.random.default_rng(seed)
    time_s: FloatArray = np.linspace(0.0, (frames - 1) / 30, frames)
    values = 90.0 + 40.0 * np.sin(2.0 * time_s[:, None] + rng.uniform(0, 6, len(FEATURE_NAMES)))
    values[3:5, 2] = np.nan
    positions = np.sin(time_s[:, None, None] + rng.uniform(0, 6, (33, 3)))
    positions[:, :11] = np.nan
    fields: dict[str, object] = {
        "id": "", "label": "right", "person": "Ann", "source": "trainer.mp4",
        "created": "2024-05-01T10:00:00", "start_s": 2.0, "turn_s": 2.0 + time_s[frames // 2],
        "stop_s": 2.0 + time_s[-1], "view_yaw_deg": float("nan"), "synthetic": False,
        "model": "model-a", "settings": "settings-a",
    }  # fmt: skip
    info = ReferenceInfo(**{**fields, **changes})  # type: ignore[arg-type]
    return Reference(info, FeatureSeries(time_s, values, FEATURE_NAMES), positions)


def make_calibration(library: Library, name: str = "squat", **changes: object) -> Calibration:
    """The calibration of a library's references; `changes` take the place of its fields."""
    nan = float("nan")
    fields: dict[str, object] = {
        "threshold": 1.5, "tolerance": {"left_knee_angle": 9.0}, "limit": {"left_knee_angle": 2.0},
        "rule": "median", "level": LEVELS[0], "right_reps": 2, "wrong_reps": 0, "people": 1,
        "synthetic": False, "compared": {"median": (nan, nan)},
        "estimates": {
            "balanced_accuracy": (nan, nan, nan), "sensitivity": (nan, nan, nan),
            "specificity": (0.9, 0.7, 1.0), "auc": (nan, nan, nan),
        },
        "scores": {"right": {}, "wrong": {}},
        "references": tuple(info.id for info in library.infos(name)),
        "model": "model-a", "settings": "settings-a",
    }  # fmt: skip
    return Calibration(**{**fields, **changes})  # type: ignore[arg-type]
