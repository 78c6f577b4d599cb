"""Clips recognised by those of other people."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, filmed

from dtwcoach.errors import SourceError
from dtwcoach.evaluation.clips import Clip, check_classes, find_clips, windows_of
from dtwcoach.evaluation.evaluation import evaluate, parted
from dtwcoach.recognition.classifier import Classifier, Example

KINDS = ("squat", "lateral_raise", "biceps_curl")


@cache
def clip(kind: str, seed: int, *, reps: int = 2) -> Clip:
    pose = filmed(kind, seed, reps=reps)
    return Clip(kind, f"{seed}_{kind}.mp4", str(seed), windows_of(pose, SETTINGS))


def clips(*seeds: int) -> list[Clip]:
    return [clip(kind, seed) for kind in KINDS for seed in seeds]


def test_people_never_seen_are_recognised() -> None:
    found = evaluate(clips(1, 2, 4), title="gym")
    assert found.accuracy == 1.0 and found.macro_f1 == 1.0
    assert found.classes == ("biceps_curl", "lateral_raise", "squat")
    assert found.split == "Left out: one person at a time; no person is on both sides."
    assert found.confusion.tolist() == [[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0]]
    assert found.unknown_rejected == 1.0
    assert [one.label for one in found.clips] == [one.label for one in clips(1, 2, 4)]
    assert found.calibration_error < 0.2


def test_a_wrong_label_shows() -> None:
    rows = clips(1, 2, 3, 4)
    rows[0] = replace(rows[0], label="biceps_curl")
    found = evaluate(rows)
    assert found.clips[0].predicted == "squat"
    # It is the nearest of one squat, too.
    assert found.confusion.tolist() == [[4, 0, 1, 0], [0, 4, 0, 0], [1, 0, 2, 0]]
    assert found.accuracy == pytest.approx(10 / 12)
    assert {one.name: one.recall for one in found.scores}["biceps_curl"] == 0.8


def test_nothing_of_a_left_out_person_is_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    import dtwcoach.evaluation.evaluation as evaluation

    learnt: list[set[str]] = []
    original = evaluation.learn_classifier

    def spied(examples: list[Example], **options: Any) -> Classifier:
        learnt.append({one.person for one in examples})
        return original(examples, **options)

    monkeypatch.setattr(evaluation, "learn_classifier", spied)
    assert evaluate(clips(1, 2, 3), folds=2).split == (
        "Left out: 2 parts of the 3 people; no person is on both sides."
    )
    assert len(learnt) == 2
    assert not learnt[0] & learnt[1]
    assert learnt[0] | learnt[1] == {"1", "2", "3"}
    evaluate(clips(1, 2), split="file", folds=0)
    everything = {f"{one.label}/{one.name}" for one in clips(1, 2)}
    assert [len(everything - one) for one in learnt[2:]] == [1] * 6
    assert set.intersection(*learnt[2:]) == set()


def test_a_class_of_one_person_cannot_be_recognised_in_them() -> None:
    rows = [one for one in clips(1, 2, 3) if (one.label, one.person) not in
            {("squat", "2"), ("squat", "3")}]  # fmt: skip
    found = evaluate(rows)
    (squat,) = (one for one in found.clips if one.label == "squat")
    assert squat.predicted == "" and squat.rejected
    assert squat.probabilities[found.classes.index("squat")] == 0.0


def test_parts_keep_groups_together_and_classes_even() -> None:
    groups = [f"p{k % 6}" for k in range(24)]
    classes = ["x" if k < 12 else "y" for k in range(24)]
    parts = parted(groups, folds=3, classes=classes)
    assert all(len({p for p, g in zip(parts, groups, strict=True) if g == one}) == 1
               for one in groups)  # fmt: skip
    assert [parts.count(k) for k in range(3)] == [8, 8, 8]


def test_too_little_is_refused_with_what_is_needed() -> None:
    with pytest.raises(SourceError, match="anna_1.mp4"):
        evaluate(clips(1), split="person")
    with pytest.raises(SourceError, match="1 usable clips of 1 classes"):
        evaluate([clip("squat", 1), Clip("lunge", "x", "2", ())])


def test_windows_are_repetitions_or_the_whole() -> None:
    assert len(clip("squat", 1).windows) == 2
    pose = filmed("squat", 1, reps=1)
    part = windows_of(pose.slice(40, 80), SETTINGS)  # on the way down
    assert len(part) == 1 and len(part[0].series) == pytest.approx(40, abs=1)
    assert windows_of(pose.slice(0, 5), SETTINGS) == ()
    nobody = replace(pose, people=np.zeros(len(pose)))
    assert windows_of(nobody, SETTINGS) == ()


def test_a_folder_s_classes_are_found(tmp_path: Path) -> None:
    for name in ("squat/anna_1.mp4", "squat/2.mp4", "lunge/ben_1.mp4", "lunge/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "notes.txt").write_text("x")
    found = find_clips(tmp_path)
    assert [(one.label, one.person, one.path.name) for one in found] == [
        ("lunge", "ben", "ben_1.mp4"), ("squat", "", "2.mp4"), ("squat", "anna", "anna_1.mp4"),
    ]  # fmt: skip
    with pytest.raises(SourceError, match="no folder"):
        find_clips(tmp_path / "none")
    with pytest.raises(SourceError, match="only 'squat'"):
        check_classes(["squat"], tmp_path)
    with pytest.raises(SourceError, match="holds no class"):
        find_clips(tmp_path / "squat")
