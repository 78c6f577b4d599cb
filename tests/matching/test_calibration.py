"""From labelled references to tolerances, limits, a rule, and what to expect of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from athletes import SETTINGS, TRAINERS, filmed, learnt, trainer_references

from dtwcoach.errors import CalibrationError
from dtwcoach.matching.calibration import (
    BETWEEN_PEOPLE,
    ENOUGH_PEOPLE,
    ENOUGH_RIGHT,
    LEVELS,
    NOISE_SHARE,
    STRANGER_LIMIT,
    calibrate,
    counting_features,
    fit,
    missing_for_firm,
)
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import make_judge, match
from dtwcoach.matching.references import Calibration, Exercise, Reference
from dtwcoach.matching.rule import ENOUGH_WRONG, Floor
from dtwcoach.motion.features import FEATURES, FeatureSeries
from dtwcoach.motion.noise import noise_floor

SQUAT = Exercise("squat", "Squat")
FLOOR = Floor(np.full(2, 2.0), np.zeros(2, dtype=bool))


def changed(reference: Reference, values: np.ndarray, **info: object) -> Reference:
    series = FeatureSeries(reference.series.time_s, values, reference.series.names)
    return replace(reference, info=replace(reference.info, **info), series=series)  # type: ignore[arg-type]


def numbered(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """As a library would keep them: each under an id of its own."""
    return tuple(
        changed(r, r.series.values, id=f"{number:012x}") for number, r in enumerate(references)
    )


def relabelled(references: tuple[Reference, ...], **info: object) -> tuple[Reference, ...]:
    return tuple(changed(r, r.series.values, **info) for r in references)


def off(reference: Reference, degrees: float, **info: object) -> Reference:
    """The same repetition with every angle off by so much."""
    is_angle = np.array([FEATURES[name].unit == "deg" for name in reference.series.names])
    return changed(reference, reference.series.values + degrees * is_angle, **info)


@cache
def labelled(*, synthetic: bool = False) -> tuple[Reference, ...]:
    """Two right repetitions of each trainer and two wrong ones."""
    seeds = np.random.default_rng(1).uniform(-3, 3, (2, len(TRAINERS)))
    right = [
        off(r, float(d), synthetic=synthetic)
        for row in seeds
        for r, d in zip(trainer_references("squat"), row, strict=True)
    ]
    return numbered([*right, *(off(r, 40.0, label="wrong") for r in right)])


@cache
def one_trainer(person: int = 101, *, reps: int = 3) -> tuple[Reference, ...]:
    """All that one person shows in one recording."""
    return numbered(learnt(filmed("squat", person, reps=reps), person=f"trainer {person}"))


def same(one: Calibration, other: Calibration) -> None:
    assert one.threshold == pytest.approx(other.threshold)
    assert one.tolerance == pytest.approx(other.tolerance)
    assert one.limit == pytest.approx(other.limit)
    assert one.rule == other.rule


# --- what is missing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("references", "missing"),
    [
        (trainer_references("squat")[:1], "9 more right repetitions"),
        (trainer_references("squat")[:1] * 5, "2 more people"),
        (trainer_references("squat"), "10 more wrong repetitions"),
    ],
    ids=["one", "identical", "no wrong ones"],
)
def test_too_few_references_are_provisional(
    references: tuple[Reference, ...], missing: str
) -> None:
    calibration = calibrate(SQUAT, references, SETTINGS)
    assert calibration.rule == "median"
    assert calibration.level == LEVELS[0]
    assert missing in missing_for_firm(calibration)
    for name, tolerance in calibration.tolerance.items():
        assert tolerance >= NOISE_SHARE * noise_floor([name])[0]  # identical ones: still a floor
    assert min(calibration.limit.values()) >= 1
    make_judge(SQUAT, references, calibration, SETTINGS)  # its numbers can be used


def test_enough_of_everything_is_firm() -> None:
    calibration = calibrate(SQUAT, labelled(), SETTINGS)
    assert missing_for_firm(calibration) == ""
    assert calibration.level == LEVELS[1]
    assert (calibration.right_reps, calibration.wrong_reps, calibration.people) == (16, 16, 8)
    assert calibration.balanced_accuracy > 0.9
    assert 0.8 <= calibration.estimates["specificity"][0] <= 1


def test_drawn_references_keep_it_provisional() -> None:
    calibration = calibrate(SQUAT, labelled(synthetic=True), SETTINGS)
    assert calibration.synthetic
    assert "real people" in missing_for_firm(calibration)


@pytest.mark.parametrize(
    "references",
    [(), relabelled(trainer_references("squat"), label="wrong")],
    ids=["none", "only wrong ones"],
)
def test_nothing_to_calibrate_from(references: tuple[Reference, ...]) -> None:
    with pytest.raises(CalibrationError, match="reference add squat"):
        calibrate(SQUAT, references, SETTINGS)


def test_references_that_show_nothing() -> None:
    hidden = tuple(changed(r, r.series.values * np.nan) for r in trainer_references("squat"))
    with pytest.raises(CalibrationError, match="Film the whole body"):
        calibrate(SQUAT, hidden, SETTINGS)


def test_the_order_of_references_does_not_matter() -> None:
    same(*(calibrate(SQUAT, r, SETTINGS) for r in (labelled(), labelled()[::-1])))


# --- few people -------------------------------------------------------------------------------


def test_one_trainer_does_not_bind_strangers_to_how_steady_the_trainer_is() -> None:
    calibration = calibrate(SQUAT, one_trainer(), SETTINGS)
    assert (calibration.right_reps, calibration.people) == (3, 1)
    assert calibration.threshold == 1.0
    assert min(calibration.limit.values()) >= STRANGER_LIMIT
    for name, tolerance in calibration.tolerance.items():
        assert tolerance >= BETWEEN_PEOPLE[FEATURES[name].unit]


def test_wrong_repetitions_move_nothing_while_one_person_is_known() -> None:
    wrong = tuple(off(r, 40.0, label="wrong") for r in one_trainer())
    without, beside = (
        calibrate(SQUAT, of, SETTINGS) for of in (one_trainer(), numbered([*one_trainer(), *wrong]))
    )
    assert beside.wrong_reps == 3
    same(without, beside)


def test_a_stranger_who_does_it_right_passes_by_three_repetitions_of_one_trainer() -> None:
    calibration = calibrate(SQUAT, one_trainer(), SETTINGS)
    judge = make_judge(SQUAT, one_trainer(), calibration, SETTINGS)
    right = [learnt(filmed("squat", seed, reps=1), person="") for seed in range(201, 211)]
    wrong = [
        learnt(filmed("squat", seed, reps=1, faults={0: (("trunk_lean", 40.0),)}), person="")
        for seed in range(201, 206)
    ]
    passed, caught = (
        [found.score <= 1.0 for some in group for found in match(judge, resampled(some, SETTINGS))]
        for group in (right, wrong)
    )
    assert np.mean(passed) >= 0.8
    assert np.mean(caught) <= 0.4


def test_three_people_take_the_place_of_the_least_tolerances() -> None:
    three = trainer_references("squat")[:ENOUGH_PEOPLE]
    few, enough = (calibrate(SQUAT, of, SETTINGS) for of in (three[:2], three))
    assert few.threshold == 1.0
    assert min(few.limit.values()) >= STRANGER_LIMIT
    for name, of_two in few.tolerance.items():
        assert of_two == BETWEEN_PEOPLE[FEATURES[name].unit]
        assert enough.tolerance[name] >= NOISE_SHARE * noise_floor([name])[0]
    assert enough.tolerance["left_knee_angle"] < few.tolerance["left_knee_angle"]


# --- what counts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "counting"),
    [
        (SQUAT, {"left_knee_angle", "trunk_forward", "left_ankle_angle"}),
        (replace(SQUAT, counts=("left_knee_angle",)), {"left_knee_angle"}),
        (replace(SQUAT, ignore=("trunk",)), {"left_knee_angle", "left_ankle_angle"}),
        (replace(SQUAT, ignore=("left_knee_angle",)), {"trunk_forward", "left_ankle_angle"}),
    ],
)
def test_which_features_count(exercise: Exercise, counting: set[str]) -> None:
    names = ("left_knee_angle", "trunk_forward", "left_ankle_angle", "right_knee_angle")
    curves = np.zeros((5, 10, 4))
    curves[:2, 3, 3] = np.nan  # hidden in two of five
    counts = counting_features(exercise, curves, names)
    assert {name for name, keep in zip(names, counts, strict=True) if keep} == counting


@pytest.mark.parametrize(
    "references", [one_trainer(), trainer_references("squat"), labelled()], ids=len
)
def test_a_trainers_own_tolerance_is_kept(references: tuple[Reference, ...]) -> None:
    own = replace(SQUAT, tolerances={"left knee": 10.0, "hips_height": 0.2})
    calibration = calibrate(own, references, SETTINGS)
    fixed = {"left_knee_angle": 10.0, "hips_height": 0.2}
    for name, tolerance in fixed.items():
        assert calibration.tolerance[name] == tolerance
        assert calibration.limit[name] == 1.0  # beyond it the joint alone is wrong
    assert calibration.tolerance["left_knee_height"] != 10.0  # degrees are for the angle


# --- learnt weights ---------------------------------------------------------------------------


def distances_of(
    people: int, *, wrong_people: int | None = None, reps: int = 4, seed: int = 0, telling: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Held-out distances of two features by three measures; faults show in column `telling`."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(people), 2 * reps)
    is_right = np.tile(np.arange(2 * reps) < reps, people)
    keep = is_right | (groups < (people if wrong_people is None else wrong_people))
    distances = 10.0 * rng.lognormal(0.0, 0.35, (len(groups), 6))
    distances[~is_right, telling] *= 6.0
    return distances[keep], is_right[keep], groups[keep]


def test_weights_are_learnt_where_they_do_better() -> None:
    found = fit(*distances_of(8, telling=5), floor=FLOOR)  # a range, which no median sees
    assert set(found.compared) == {"median", "weighted"}
    assert sum(found.compared["weighted"]) > sum(found.compared["median"]) + 0.3
    assert found.rule.weights is not None
    assert found.rule.weights.share.argmax() == 5
    assert found.compared["weighted"] == (
        found.estimates.balanced_accuracy.value,
        found.estimates.auc.value,
    )


def test_the_median_stays_where_weights_do_no_better() -> None:
    distances, is_right, groups = distances_of(8)
    distances[~is_right] = 10.0  # wrong ones do not stand out by anything
    found = fit(distances, is_right, groups, floor=FLOOR)
    better = max(found.compared, key=lambda name: sum(found.compared[name]))
    assert found.rule.name == better
    everywhere, *labels = distances_of(8)
    everywhere[~labels[0]] = 100.0  # both find all of them
    assert fit(everywhere, *labels, floor=FLOOR).rule.name == "median"


@pytest.mark.parametrize(
    "data",
    [
        distances_of(2, reps=6),
        distances_of(8, wrong_people=2, reps=6),
        distances_of(3, reps=3),
        distances_of(8, wrong_people=0),
    ],
    ids=["two people", "two people do it wrong", "nine right ones", "no wrong ones"],
)
def test_no_weights_without_labels_and_people_enough(
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    found = fit(*data, floor=FLOOR)
    assert set(found.compared) == {"median"}
    assert found.rule.name == "median"


def test_just_enough_for_weights() -> None:
    distances, is_right, groups = distances_of(ENOUGH_PEOPLE, reps=4)
    assert is_right.sum() >= ENOUGH_RIGHT
    assert (~is_right).sum() >= ENOUGH_WRONG
    assert "weighted" in fit(distances, is_right, groups, floor=FLOOR).compared
    steady = replace(FLOOR, steady=True)
    assert "weighted" not in fit(distances, is_right, groups, floor=steady).compared


@pytest.mark.parametrize("rule", ["median", "weighted"])
def test_a_rule_can_be_asked_for(rule: str) -> None:
    assert fit(*distances_of(8), floor=FLOOR, only=rule).rule.name == rule


def test_weights_reach_the_calibration_and_its_judge() -> None:
    rng = np.random.default_rng(4)
    seen = [
        off(r, float(d))
        for _ in range(2)
        for r, d in zip(trainer_references("squat"), rng.uniform(-15, 15, 8), strict=True)
    ]
    wrong = []
    for r in seen:  # everything as before, but the hips higher at the end by a little
        values = r.series.values.copy()
        values[:, r.series.names.index("hips_height")] *= np.linspace(1.0, 1.3, len(values))
        wrong.append(changed(r, values, label="wrong"))
    references = numbered([*seen, *wrong])
    calibration = calibrate(SQUAT, references, SETTINGS)
    assert calibration.rule == "weighted"
    assert sum(calibration.share.values()) == pytest.approx(1.0)
    best = max(calibration.share, key=lambda column: calibration.share[column])
    assert best.startswith("hips_height")
    judge = make_judge(SQUAT, references, calibration, SETTINGS)
    scores = [found.score for found in match(judge, resampled(references, SETTINGS))]
    assert np.mean(np.array(scores[: len(seen)]) <= 1) == 1.0  # they are references
    assert np.mean(np.array(scores[len(seen) :]) > 1) > 0.8


# --- what to expect ---------------------------------------------------------------------------


def test_estimates_are_stored_with_their_intervals() -> None:
    calibration = calibrate(SQUAT, labelled(), SETTINGS)
    assert set(calibration.estimates) == {
        "balanced_accuracy", "sensitivity", "specificity", "auc",
    }  # fmt: skip
    for value, low, high in calibration.estimates.values():
        assert 0 <= low <= value <= high <= 1
        assert low < 1  # eight people make nobody certain
    assert calibration.rule in calibration.compared


def test_every_score_comes_from_a_rule_that_had_not_seen_the_person() -> None:
    references = list(labelled())
    before = calibrate(SQUAT, tuple(references), SETTINGS).scores
    assert {label: len(scores) for label, scores in before.items()} == {"right": 16, "wrong": 16}
    person = references[0].info.person
    theirs = {r.info.id for r in references if r.info.person == person}
    moved = tuple(off(r, 25.0) if r.info.person == person else r for r in references)
    after = calibrate(SQUAT, moved, SETTINGS).scores
    right_theirs = [i for i in before["right"] if i in theirs]
    assert len(right_theirs) == 2
    for i in right_theirs:  # who moves away from all others scores far worse, by their rule
        assert after["right"][i] > 2 * before["right"][i]


def test_without_wrong_ones_only_the_false_alarms_are_known() -> None:
    calibration = calibrate(SQUAT, trainer_references("squat"), SETTINGS)
    assert np.isnan(calibration.balanced_accuracy)
    assert 0.5 <= calibration.estimates["specificity"][0] <= 1
    assert np.isnan(calibration.estimates["auc"]).all()


def test_one_repetition_foretells_nothing() -> None:
    calibration = calibrate(SQUAT, one_trainer()[:1], SETTINGS)
    assert np.isnan([list(figures) for figures in calibration.estimates.values()]).all()
    assert calibration.scores == {"right": {}, "wrong": {}}


# --- personal baseline ------------------------------------------------------------------------


def baseline_of(others: int) -> tuple[Calibration, tuple[Reference, ...]]:
    """Anna's own four repetitions, and how others differ from theirs: by 12 degrees."""
    rng = np.random.default_rng(3)
    base = trainer_references("squat")
    anna = [off(base[0], d, person="Anna") for d in rng.uniform(-1, 1, 4)]
    rest = [
        off(base[number], d, person=f"other {number}")
        for number in range(1, others + 1)
        for d in (-12.0, 0.0, 12.0, 24.0)
    ]
    references = numbered([*anna, *rest])
    return calibrate(SQUAT, references, SETTINGS, athlete="Anna"), references


def test_own_repetitions_with_tolerances_from_others() -> None:
    calibration, references = baseline_of(4)
    assert calibration.level == LEVELS[2]
    assert (calibration.right_reps, calibration.people) == (4, 5)
    theirs = {r.info.id for r in references if r.info.person == "Anna"}
    assert not theirs & set(calibration.scores["right"])  # measured on others alone
    assert 5.0 < calibration.tolerance["left_knee_angle"] < 15.0


def test_fewer_than_three_others_leave_their_own_to_judge_by() -> None:
    calibration, references = baseline_of(ENOUGH_PEOPLE - 2)
    assert calibration.level == LEVELS[2]
    theirs = {r.info.id for r in references if r.info.person == "Anna"}
    assert theirs <= set(calibration.scores["right"])
    alone, _ = baseline_of(0)
    assert alone.tolerance["left_knee_angle"] == NOISE_SHARE * noise_floor(["left_knee_angle"])[0]
    assert "wrong repetitions" in missing_for_firm(alone)
    assert "of their own" not in missing_for_firm(alone)


def test_three_own_repetitions_are_needed() -> None:
    calibration, _ = baseline_of(4)
    few = missing_for_firm(replace(calibration, right_reps=2))
    assert "1 more right repetitions of their own" in few


def test_a_person_without_repetitions_has_no_baseline() -> None:
    with pytest.raises(CalibrationError, match="right of Bert"):
        calibrate(SQUAT, trainer_references("squat"), SETTINGS, athlete="Bert")
