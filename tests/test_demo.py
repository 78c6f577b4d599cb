from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dtwcoach import demo
from dtwcoach.cli import main
from dtwcoach.mannequin.faults import FAULTS


def test_the_demo_shows_what_it_promises() -> None:
    athlete, *trainers = demo.clips(Path("x"))
    assert len(trainers) == 3
    people = [clip.person_seed for clip in (athlete, *trainers)]
    assert len(set(people)) == 4
    assert athlete.yaw_off_deg != 0
    assert all(clip.tempo != athlete.tempo for clip in trainers[:2])
    assert 0 < len(athlete.faults) < athlete.reps
    known = FAULTS[demo.EXERCISE]
    for name, size in (fault for faults in athlete.faults.values() for fault in faults):
        assert name in known
        assert size >= 20


@pytest.mark.slow
def test_the_whole_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About a thousand frames through the real pose model."""
    assert main(["demo", "--reports", str(tmp_path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["assessment"]["reps"]) == demo.REPS
    agrees = [rep["agrees"] for rep in answer["truth"]]
    assert np.mean(agrees) >= 5 / 6
    report = Path(answer["report"])
    assert report == tmp_path / "demo" / "report.html"
    assert report.stat().st_size > 500_000
    assert (tmp_path / "demo" / "athlete.mp4").stat().st_size > 100_000
    assert len(list((tmp_path / "demo" / "references" / "squat").glob("*.parquet"))) == 6
