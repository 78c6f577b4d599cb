from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, trainer_references
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.errors import CalibrationError, DtwCoachError
from dtwcoach.matching.calibration import (
    MIN_TOLERANCE,
    Rule,
    calibrate,
    counting_features,
    missing_for_firm,
    nearest,
    youden_threshold,
)
from dtwcoach.matching.judging import make_judge
from dtwcoach.matching.references import Exercise, Reference
from dtwcoach.motion.features import FEATURES, FeatureSeries

SQUAT = Exercise("squat", "Squat")


def relabelled(references: tuple[Reference, ...], **info: object) -> tuple[Reference, ...]:
    return tuple(replace(r, info=replace(r.info, **info)) for r in references)  # type: ignore[arg-type]


def bent(reference: Reference, degrees: float) -> Reference:
    """The same repetition with every angle off by so much: a wrong one."""
    values = reference.series.values + np.array(
        [degrees if FEATURES[name].unit == "deg" else 0.0 for name in reference.series.names]
    )
    series = FeatureSeries(reference.series.time_s, values, reference.series.names)
    return replace(reference, info=replace(reference.info, label="wrong"), series=series)


@given(
    st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
    st.lists(st.floats(0.1, 3), min_size=1, max_size=8),
)
def test_youden_is_the_best_of_all_thresholds(right: list[float], wrong: list[float]) -> None:
    scores = np.array(right + wrong)
    is_right = np.arange(len(scores)) < len(right)

    def youden(threshold: float) -> float:
        passed = scores <= threshold * (1 + 1e-12)
        return float(passed[is_right].mean() - passed[~is_right].mean())

    best = max(youden(t) for t in [*scores, 0.01, 100.0])
    assert youden(youden_threshold(scores, is_right)) >= best - 1e-9


def test_exactly_on_the_border_is_right() -> None:
    rule = Rule(np.array([10.0, 10.0]), np.array([2.0, 2.0]), 1.0)
    assert rule.score(np.array([[10.0, 10.0]]))[0] == 1.0
    assert not (rule.score(np.array([[10.0, 10.0]])) > 1).any()
    assert rule.score(np.array([[10.0, 21.0]]))[0] > 1  # one joint decides
    assert rule.score(np.array([[np.nan, 5.0]]))[0] == 0.5


@given(st.integers(0, 1000), st.floats(1.0, 5.0))
def test_larger_distances_never_score_better(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    rule = Rule(rng.uniform(1, 9, 5), rng.uniform(1, 3, 5), 1.2)
    distances = rng.uniform(0, 20, (4, 5))
    assert (rule.score(distances * factor) >= rule.score(distances)).all()


def test_nearest_leaves_out_what_is_not_known() -> None:
    between = np.array([[[3.0, np.nan], [2.0, np.nan]], [[np.nan, 4.0], [np.nan, 1.0]]])
    assert nearest(between).tolist()[0][0] == 2.0
    assert np.isnan(nearest(between)[0, 1])
    assert nearest(between)[1, 1] == 1.0
    assert np.isnan(nearest(np.zeros((2, 0, 3)))).all()


@pytest.mark.parametrize(
    ("references", "rule", "missing"),
    [
        (trainer_references("squat")[:1], "leave one out", "9 more right repetitions"),
        (trainer_references("squat")[:1] * 5, "leave one out", "more people"),
        (trainer_references("squat"), "leave one out", "wrong repetitions"),
    ],
    ids=["one", "identical", "no wrong ones"],
)
def test_too_few_references_are_provisional(
    references: tuple[Reference, ...], rule: str, missing: str
) -> None:
    calibration = calibrate(SQUAT, references, SETTINGS)
    assert calibration.rule == rule
    assert np.isfinite(calibration.threshold)
    assert calibration.threshold > 0
    assert missing in missing_for_firm(calibration)
    for name, tolerance in calibration.tolerance.items():
        assert tolerance >= MIN_TOLERANCE[FEATURES[name].unit]  # identical ones: still a floor
    assert min(calibration.limit.values()) >= 1
    make_judge(SQUAT, references, calibration, SETTINGS)


def test_enough_of_everything_is_firm() -> None:
    right = relabelled(trainer_references("squat") * 2, synthetic=False)
    wrong = tuple(bent(reference, 40.0) for reference in right)
    calibration = calibrate(SQUAT, (*right, *wrong), SETTINGS)
    assert missing_for_firm(calibration) == ""
    assert calibration.rule == "Youden"
    assert (calibration.right_reps, calibration.wrong_reps) == (len(right), len(wrong))
    assert calibration.balanced_accuracy > 0.9
    assert 0 <= calibration.false_alarm_rate <= 0.2


def test_drawn_references_keep_it_provisional() -> None:
    right = trainer_references("squat") * 2
    calibration = calibrate(SQUAT, (*right, *(bent(r, 40.0) for r in right)), SETTINGS)
    assert calibration.synthetic
    assert "real people" in missing_for_firm(calibration)


def test_the_order_of_references_does_not_matter() -> None:
    references = trainer_references("squat")
    forth, back = (calibrate(SQUAT, r, SETTINGS) for r in (references, references[::-1]))
    assert forth.threshold == pytest.approx(back.threshold)
    assert forth.tolerance == pytest.approx(back.tolerance)
    assert forth.limit == pytest.approx(back.limit)


@pytest.mark.parametrize(
    "references",
    [(), relabelled(trainer_references("squat"), label="wrong")],
    ids=["none", "only wrong ones"],
)
def test_nothing_to_calibrate_from(references: tuple[Reference, ...]) -> None:
    with pytest.raises(CalibrationError, match="reference add squat"):
        calibrate(SQUAT, references, SETTINGS)


def test_references_that_show_nothing() -> None:
    hidden = tuple(
        replace(r, series=FeatureSeries(r.series.time_s, r.series.values * np.nan, r.series.names))
        for r in trainer_references("squat")
    )
    with pytest.raises(CalibrationError, match="Film the whole body"):
        calibrate(SQUAT, hidden, SETTINGS)


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


def test_a_trainers_own_tolerance_is_kept() -> None:
    own = replace(SQUAT, tolerances={"left_knee_angle": 2.5})
    assert calibrate(own, trainer_references("squat"), SETTINGS).tolerance["left_knee_angle"] == 2.5


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan, np.inf])
def test_an_unusable_threshold_is_refused(threshold: float) -> None:
    judge = judge_of("squat")
    broken = replace(judge.calibration, threshold=threshold)
    with pytest.raises(CalibrationError, match="dtwcoach calibrate squat"):
        make_judge(judge.exercise, trainer_references("squat"), broken, SETTINGS)


@pytest.mark.parametrize("value", [0.0, -3.0, np.nan, np.inf])
@pytest.mark.parametrize("table", ["tolerance", "limit"])
def test_an_unusable_tolerance_or_limit_is_refused(value: float, table: str) -> None:
    judge = judge_of("squat")
    numbers = dict(getattr(judge.calibration, table))
    numbers[next(iter(numbers))] = value
    broken = replace(judge.calibration, **{table: numbers})  # type: ignore[arg-type]
    with pytest.raises(DtwCoachError):
        make_judge(judge.exercise, trainer_references("squat"), broken, SETTINGS)


def test_driving_features_that_nobody_shows() -> None:
    references = trainer_references("squat")
    blind = tuple(
        replace(
            r,
            series=FeatureSeries(
                r.series.time_s,
                np.where(np.array(r.series.names) == "left_knee_angle", np.nan, r.series.values),
                r.series.names,
            ),
        )
        for r in references
    )
    named = replace(SQUAT, driving=("left_knee_angle",))
    with pytest.raises(CalibrationError, match="driving"):
        make_judge(named, blind, calibrate(named, blind, SETTINGS), SETTINGS)


def test_a_rule_scores_the_worse_of_median_and_worst_joint() -> None:
    rule = Rule(tolerance=np.full(5, 2.0), limit=np.full(5, 2.0), threshold=1.5)
    even = np.full((1, 5), 6.0)  # three tolerances everywhere: twice the median's threshold
    one_joint = np.array([[0.0, 0.0, 0.0, 0.0, 20.0]])  # ten tolerances, five limits
    assert rule.score(np.concatenate([even, one_joint])).tolist() == [2.0, 5.0]
