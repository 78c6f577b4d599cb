"""Exercises of hands and face: videos are looked at with the pose model that sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_groups_judged import filmed

from dtwcoach.cli import batch, main, reference_add
from dtwcoach.matching.library import Library
from dtwcoach.matching.references import Exercise
from dtwcoach.sources import holistic

VIDEO = b"\x00\x00\x00\x18ftypisom" + bytes(400)


@pytest.fixture
def video(place: Path) -> Path:
    """What starts like a video, as far as anybody looks."""
    path = place / "sign.mp4"
    path.write_bytes(VIDEO)
    return path


def test_hands_are_looked_for_where_the_exercise_has_them(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(holistic, "read_holistic", lambda _, **how: asked.append(how["mirrored"]))
    monkeypatch.setattr("dtwcoach.sources.read_pose", lambda *_, **__: "body only")
    batch.load_pose(video, groups=("body", "hands"), mirrored=True)
    assert asked == [True]
    assert batch.load_pose(video) == "body only"
    pose_file = video.with_suffix(".parquet")
    pose_file.write_bytes(b"PAR1")
    assert batch.load_pose(pose_file, groups=("hands",)) == "body only"


def test_references_and_verdicts_use_the_groups_of_the_exercise(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[tuple[str, ...]] = []
    pose = filmed("victory", 101)

    def load(file: Path, **options: Any) -> Any:
        groups.append(options["groups"])
        return pose

    monkeypatch.setattr(batch, "load_pose", load)
    sign = Exercise("victory", "Victory", groups=("hands",))
    monkeypatch.setattr(reference_add, "exercise_of", lambda *_: (sign, True))
    added = ["reference", "add", "victory", str(video), "--person", "Ann", "--no-report"]
    assert main(added) == 0
    stored = Library(Path("references")).references("victory")
    assert len(stored) == 3
    assert "right_index_bend" in stored[0].series.names
    main(["score", "victory", str(video), "--no-report"])
    assert groups == [("hands",), ("hands",)]
