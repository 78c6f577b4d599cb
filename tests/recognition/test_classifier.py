"""Distances to classes, and the probabilities made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import TRAINERS, trainer_references
from naive import dtw

from dtwcoach.motion.features import FEATURE_NAMES, FeatureSeries
from dtwcoach.recognition.classifier import (
    Classifier,
    Example,
    curve_of,
    learn_classifier,
    mirrored_curves,
    softmax,
    straight_distances,
    warp,
)

KNOWN = ("squat", "lateral_raise", "biceps_curl")


def examples(exercise: str, seeds: tuple[int, ...] = TRAINERS[:3]) -> list[Example]:
    return [
        Example(exercise, one.info.person, one.series, 0)
        for one in trainer_references(exercise, seeds)
    ]


def curves(exercise: str) -> np.ndarray:
    return np.stack([curve_of(one.series.values) for one in examples(exercise, TRAINERS[3:])])


def learnt(*names: str) -> Classifier:
    return learn_classifier([one for name in names for one in examples(name)])


@pytest.mark.parametrize("exercise", KNOWN)
def test_unseen_people_are_recognised_by_three_examples(exercise: str) -> None:
    classifier = learnt(*KNOWN)
    chances = classifier.probabilities(curves(exercise))
    assert [classifier.name_of(row) for row in chances] == [exercise] * 5
    assert chances.sum(axis=1) == pytest.approx(1.0)


def test_what_is_none_of_the_classes_is_called_none() -> None:
    classifier = learnt("lateral_raise", "biceps_curl")
    names = [classifier.name_of(row) for row in classifier.probabilities(curves("squat"))]
    assert names == [""] * 5


def test_one_example_of_one_class_is_enough() -> None:
    classifier = learn_classifier(examples("squat", TRAINERS[:1]))
    assert (classifier.temperature, classifier.limit) == (0.25, 1.7)
    assert classifier.name_of(classifier.probabilities(curves("squat"))[0]) == "squat"
    assert classifier.name_of(classifier.probabilities(curves("biceps_curl"))[0]) == ""


def test_no_example_is_refused() -> None:
    with pytest.raises(ValueError, match="No example"):
        learn_classifier([])


def test_people_are_kept_before_their_second_examples() -> None:
    (one,) = examples("squat", TRAINERS[:1])
    many = [replace(one, person=person) for person in "aaaaabbc"]
    assert learn_classifier(many, most=3).curves.shape[0] == 3
    assert learn_classifier(many, most=20).curves.shape[0] == 8
    from dtwcoach.recognition.classifier import _spread

    assert sorted(one.person for one in _spread(many, 3)) == ["a", "b", "c"]


def test_distances_are_those_of_their_definition() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 32, 4)), rng.normal(size=(3, 32, 4))
    x[0, 5, 1] = np.nan  # a feature with a gap is not compared
    apart = straight_distances(x, y)
    assert apart[0, 2] == pytest.approx(np.sqrt(((x[0] - y[2])[:, [0, 2, 3]] ** 2).mean()))
    pairs = np.zeros((2, 3), dtype=bool)
    pairs[1, 2] = True
    warped = apart.copy()
    warp(warped, x, y, pairs)
    features = [dtw(x[1, :, f], y[2, :, f], radius=3) for f in range(4)]
    assert warped[1, 2] == pytest.approx(np.sqrt(np.mean(np.square(features))))
    assert warped[1, 2] < apart[1, 2]
    pairs[1, 2] = False
    assert (warped == apart).sum() == 5


def test_an_execution_of_which_too_little_is_seen_is_none() -> None:
    classifier = learnt("squat", "biceps_curl")
    hidden = curves("squat")[:1]
    hidden[:, 3, : len(FEATURE_NAMES) * 2 // 3] = np.nan
    assert np.isinf(classifier.distances(hidden)).all()
    assert classifier.probabilities(hidden)[0].tolist() == [0.0, 0.0, 1.0]


def test_the_mirror_image_is_the_same_class_where_it_may_be() -> None:
    rows = examples("lunge")
    flipped = mirrored_curves(curves("lunge"), FEATURE_NAMES)
    assert mirrored_curves(flipped, FEATURE_NAMES) == pytest.approx(curves("lunge"))
    one_sided = learn_classifier(rows)
    either = learn_classifier(rows, either_side=("lunge",))
    assert either.distances(flipped).max() < 2.0 < one_sided.distances(flipped).min()
    knee = FEATURE_NAMES.index("left_knee_angle"), FEATURE_NAMES.index("right_knee_angle")
    assert (flipped[..., knee[0]] == curves("lunge")[..., knee[1]]).all()


def test_a_class_is_measured_by_how_its_own_people_differ() -> None:
    alike = [replace(one, label="alike") for one in examples("squat", TRAINERS[:1] * 3)]
    alike = [
        replace(one, person=str(number), series=FeatureSeries(
            one.series.time_s, one.series.values + number / 1000, one.series.names))
        for number, one in enumerate(alike)
    ]  # fmt: skip
    classifier = learn_classifier([*alike, *examples("biceps_curl")])
    tight, wide = classifier.usual
    assert tight < 0.5 * wide


def test_the_less_people_differ_the_surer_it_is() -> None:
    chances = softmax(np.array([[0.5, 1.0]]), 0.2, 1.5)[0]
    assert chances == pytest.approx([0.9182, 0.0754, 0.0062], abs=5e-4)
    assert softmax(np.array([[0.5, 1.0]]), 0.05, 1.5)[0, 0] > 0.999
