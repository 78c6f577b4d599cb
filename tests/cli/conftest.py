"""A small library and recordings from the mannequin's truth: no pose model needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record

from dtwcoach.cli import main


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings and a library of three people's squats, made once and only read."""
    folder = tmp_path_factory.mktemp("cli")
    for seed in (1, 2, 3):
        file = record(folder / f"trainer-{seed}.parquet", seed=seed, reps=3)
        command = ["reference", "add", "squat", str(file), "--person", f"P{seed}"]
        assert main([*command, "--references", str(folder / "refs"), "--no-report"]) == 0
    faults = {1: (("shallow", 60.0),)}
    record(folder / "set.parquet", seed=7, reps=4, faults=faults)
    record(folder / "idle.parquet", seed=7, reps=0, lead_in_s=4.0)
    return folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and nobody's settings or cache."""
    monkeypatch.chdir(tmp_path)
    for name in ("cache", "history"):
        monkeypatch.setenv(f"DTWCOACH_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("DTWCOACH_REFERENCES", "DTWCOACH_REPORTS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def refs(shared: Path, place: Path) -> str:
    """A copy of the library, as an option's value; free to be changed."""
    import shutil

    shutil.copytree(shared / "refs", place / "refs")
    return str(place / "refs")


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command with --json; the parsed output, and nothing else was on stdout."""

    def run(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == code
        return json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return run
