"""The pieces of the recognition benchmarks."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from benchmarks import recognition as benchmark
from benchmarks.recognition_data import OTHER_VIEW, SAMPLES, Windows, clip, disturbed, window
from benchmarks.recognition_lstm import Lstm
from benchmarks.recognition_stream import outcomes
from dtwcoach.recognition.stream import Movement


def test_windows_are_one_repetition_of_one_length() -> None:
    features, raw = window("squat", 1)
    assert features.shape[0] == SAMPLES and raw.shape == (SAMPLES, 132)
    assert 0 <= np.nanmin(raw[:, 3::4]) <= np.nanmax(raw[:, 3::4]) <= 1
    again, _ = window("squat", 1)
    assert (features == again).all()


def test_the_error_is_as_large_as_stated() -> None:
    truth, _ = clip("squat", 1, off_deg=OTHER_VIEW)
    off = disturbed(truth, np.random.default_rng(0)).world - truth.pose().world
    share = np.nanstd(off, axis=(0, 1)) / truth.person.height_m
    assert share == pytest.approx([0.0085, 0.0085, 0.0085 * 2.35], rel=0.25)
    assert 30 <= abs(truth.camera.yaw_deg - 45) <= 45


def test_told_apart_is_the_area_under_the_roc_curve() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    known, unknown = rng.normal(1, 1, 40).round(1), rng.normal(0, 1, 30).round(1)
    theirs = roc_auc_score(np.r_[np.ones(40), np.zeros(30)], np.r_[known, unknown])
    assert benchmark.told_apart(known, unknown) == pytest.approx(theirs)


def test_the_table_has_the_means_of_all_draws() -> None:
    rows = [
        {"method": "dtw", "input": "features", "examples": 1, "right": 0.5, "told apart": 1.0},
        {"method": "dtw", "input": "features", "examples": 1, "right": 1.0, "told apart": 1.0},
        {"method": "ridge", "input": "raw", "examples": 1, "right": 0.2, "told apart": 0.5},
    ]
    first, second = benchmark.summary(rows)
    assert (first["draws"], first["right"], second["right"]) == (2, 0.75, 0.2)


def test_the_table_that_is_kept_has_every_method() -> None:
    with benchmark.TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    methods = {(row["method"], row["input"], int(row["examples"])) for row in rows}
    kinds = [("dtw", "features"), *((name, kind) for name in (*benchmark.MODELS, "lstm")
                                    for kind in ("features", "raw"))]  # fmt: skip
    assert methods == {(*kind, count) for kind in kinds for count in (1, 3, 5, 10, 30)}
    assert benchmark.PICTURE.stat().st_size < 300_000


@pytest.mark.parametrize("name", benchmark.MODELS)
def test_models_learn_what_is_easy_to_tell(name: str) -> None:
    rng = np.random.default_rng(0)
    labels, people = np.tile(["a", "b", "c"], 6), np.repeat(np.arange(6), 3)
    x = rng.normal(0, 0.1, (18, 6, 4))
    x[labels == "b", :, 0] += 1.0
    x[labels == "c", :, 1] += 1.0
    training = Windows(x, x, labels, people)
    given = benchmark.Inputs(x, x, x[:2] + 5)
    found, _, unknown = benchmark.by_model(benchmark.MODELS[name], given, training)
    assert (found == labels).all() and len(unknown) == 2


def test_the_network_learns_the_order_of_events() -> None:
    pytest.importorskip("autograd")
    x = np.zeros((16, 6, 1))
    x[::2, 0], x[1::2, 5] = 1.0, 1.0
    labels = np.tile(["early", "late"], 8)
    found = Lstm(rate=5e-3, epochs=30).fit(x, labels)
    assert (found.predict(x) == labels).all()
    assert found.predict_proba(x).sum(axis=1) == pytest.approx(np.ones(16), abs=1e-5)


def test_every_repetition_has_one_outcome() -> None:
    from benchmarks.pose_error import clips

    one = clips(people=1)[0]
    truth = one.truth()
    turns_s = [float(truth.time_s[rep.turn]) for rep in truth.reps]

    def made(label: str, at_s: float) -> Movement:
        return Movement(label, at_s - 0.5, at_s + 0.5, np.ones(1))

    found = outcomes(one, [made("squat", turns_s[0]), made("", turns_s[1]), made("lunge", 99.0)])
    assert found == {"repetitions": 2, "recognised": 1, "rejected": 1, "false": 1}
    assert outcomes(one, [made("lunge", turns_s[0])])["mistaken"] == 1
    assert outcomes(one, [])["missed"] == 2
