"""From a video file to a verdict, through the real pose model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dtwcoach.cli import main
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import default_camera, render_video, simulate


def _film(path: Path, *, seed: int, **performance: Any) -> str:
    camera = replace(default_camera("squat"), width=400, height=300, fps=20.0)
    how = Performance(
        reps=2, seed=seed, tempo=1.25, pause_s=0.5, lead_in_s=0.8, lead_out_s=0.5, **performance
    )
    return str(render_video(path, simulate(Person.from_seed(seed), "squat", how, camera)))


def test_from_video_to_verdict_and_once_more_from_the_cache(
    place: Path, monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]
) -> None:
    trainer = _film(place / "trainer.mp4", seed=21)
    athlete = _film(place / "athlete.mp4", seed=22, faults={1: (("shallow", 30.0),)})
    assert main(["reference", "add", "squat", trainer, "--person", "T"]) == 0
    command = ["score", "squat", athlete, "--reports", "reports"]
    (first,) = as_json(*command)["results"]
    assert len(first["reps"]) == 2
    assert first["reps"][1]["verdict"] == "wrong"
    assert first["reps"][1]["score"] > first["reps"][0]["score"]
    assert Path(first["report"]).is_file()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the pose model was asked again")

    monkeypatch.setattr("dtwcoach.sources.mediapipe.extract_pose", refuse)
    (second,) = as_json(*command)["results"]
    assert second["reps"] == first["reps"]
