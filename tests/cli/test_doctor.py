from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dtwcoach.cli import doctor, main, probes
from dtwcoach.errors import DtwCoachError

Probe = Callable[..., tuple[bool, str]]


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes that find nothing wrong, without starting processes."""
    monkeypatch.setattr(doctor, "_probe", lambda name, **_: (True, f"{name} works"))


def _statuses(answer: Any) -> dict[str, str]:
    return {check["what"]: check["status"] for check in answer["checks"]}


@pytest.mark.usefixtures("healthy")
def test_all_is_well(refs: str, as_json: Callable[..., Any]) -> None:
    answer = as_json("doctor", "--references", refs)
    assert answer["ok"]
    statuses = _statuses(answer)
    assert {"Python", "mediapipe", "OpenCV wheels", "cache", "references", "library"} <= set(
        statuses
    )
    assert set(statuses.values()) == {"ok"}


def test_a_missing_library_names_the_apt_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "libGL.so.1: cannot open shared object file: No such file or directory"
    monkeypatch.setattr(doctor, "_probe", lambda name, **_: (False, said))
    assert main(["doctor"]) == 1
    assert "sudo apt install libgl1 libglib2.0-0" in capsys.readouterr().out


@pytest.mark.usefixtures("healthy")
def test_two_opencvs_of_different_versions_clash(
    monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]
) -> None:
    versions = {"opencv-python": "4.11.0.86", "opencv-python-headless": "4.10.0.84"}
    real = doctor._version

    def version(name: str) -> str | None:
        return versions.get(name) if name in doctor.OPENCV else real(name)

    monkeypatch.setattr(doctor, "_version", version)
    answer = as_json("doctor", code=1)
    (check,) = (c for c in answer["checks"] if c["what"] == "OpenCV wheels")
    assert check["status"] == "fail"
    assert "pip uninstall -y" in check["remedy"]


@pytest.mark.usefixtures("healthy")
@pytest.mark.parametrize("version", [None, "0.10.9"])
def test_another_mediapipe_fails(
    version: str | None, monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]
) -> None:
    real = doctor._version
    monkeypatch.setattr(
        doctor, "_version", lambda name: version if name == "mediapipe" else real(name)
    )
    answer = as_json("doctor", code=1)
    (check,) = (c for c in answer["checks"] if c["what"] == "mediapipe")
    assert 'pip install "mediapipe==0.10.21"' in check["remedy"]


@pytest.mark.usefixtures("healthy")
def test_another_python_fails(monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]) -> None:
    monkeypatch.setattr(doctor, "PYTHONS", ((2, 7), (2, 7)))
    assert _statuses(as_json("doctor", code=1))["Python"] == "fail"


@pytest.mark.usefixtures("healthy")
def test_a_folder_that_cannot_be_written_fails(
    place: Path, monkeypatch: pytest.MonkeyPatch, as_json: Callable[..., Any]
) -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    statuses = _statuses(as_json("doctor", code=1))
    assert statuses["references"] == statuses["reports"] == "fail"
    assert statuses["cache"] == "warn"  # works without, only slower


@pytest.mark.usefixtures("healthy")
def test_a_damaged_library_is_named(refs: str, as_json: Callable[..., Any]) -> None:
    (Path(refs) / "squat" / "exercise.toml").write_text("no toml [")
    answer = as_json("doctor", "--references", refs, code=1)
    assert "exercise.toml" in next(c for c in answer["checks"] if c["what"] == "library")["found"]


def test_the_doctor_leaves_no_traces(place: Path, healthy: None) -> None:
    main(["doctor"])
    assert list(place.iterdir()) == []


def test_a_probe_runs_apart_and_says_what_it_found() -> None:
    import importlib.metadata

    works, said = doctor._probe("opencv")
    assert works
    assert importlib.metadata.version("opencv-python").startswith(said)


def test_a_probe_that_hangs_or_fails_is_an_answer() -> None:
    assert doctor._probe("opencv", timeout_s=0.001) == (False, "no answer for 0.001 s")
    works, said = doctor._probe("nonsense")
    assert not works
    assert "KeyError" in said


def test_a_failing_probe_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise DtwCoachError("camera 0 gives no picture")

    monkeypatch.setitem(probes.PROBES, "camera", fail)
    assert probes.main("camera") == 1
    assert capsys.readouterr().err == "camera 0 gives no picture\n"


def test_the_pose_model_finds_a_drawn_person() -> None:
    assert probes.pose() == "a drawn person was found"
