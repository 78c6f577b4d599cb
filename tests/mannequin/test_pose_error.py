"""The pose model sees the mannequin where it is: what everything measured on it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.pose_error import (
    FLOOR,
    LEAST_FOUND,
    MOST_MEDIAN_PERCENT,
    errors_percent,
    found,
)
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import default_camera, render_video, simulate
from dtwcoach.pose import MAJOR_JOINTS
from dtwcoach.sources import read_pose


@dataclass
class Seen:
    """What the pose model made of one repetition of each exercise, about 1,000 frames."""

    found: dict[str, float]
    percent: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    result = Seen({}, {})
    folder = tmp_path_factory.mktemp("pose-error")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DTWCOACH_CACHE", str(folder / "cache"))
        for number, exercise in enumerate(EXERCISES):
            how = Performance(reps=1, lead_in_s=0.5, lead_out_s=0.1, seed=40 + number)
            truth = simulate(Person.from_seed(40 + number), exercise, how, default_camera(exercise))
            pose = read_pose(render_video(Path(folder) / f"{exercise}.mp4", truth), use_cache=False)
            result.found[exercise] = found(pose)
            result.percent[exercise] = errors_percent(truth, pose)
    return result


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_athlete_is_found(seen: Seen, exercise: str) -> None:
    kind = "floor" if exercise in FLOOR else "standing"
    assert seen.found[exercise] >= LEAST_FOUND[kind]


@pytest.mark.parametrize("number", range(len(MAJOR_JOINTS)), ids=MAJOR_JOINTS)
def test_visible_joints_are_where_they_are(seen: Seen, number: int) -> None:
    # Hidden joints, behind the trunk or a limb, are left out: there the model can only guess.
    percent = np.concatenate([rows[:, number] for rows in seen.percent.values()])
    assert np.isfinite(percent).sum() > 200
    assert np.nanmedian(percent) < MOST_MEDIAN_PERCENT
