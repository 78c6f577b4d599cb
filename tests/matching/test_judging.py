"""From references and a calibration to scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS, filmed, judge_of, learnt, trainer_references

from dtwcoach.errors import CalibrationError, DtwCoachError
from dtwcoach.matching.calibration import ENOUGH_PEOPLE, calibrate
from dtwcoach.matching.execution import resampled
from dtwcoach.matching.judging import (
    FEW_PEOPLE,
    NOT_THIS_EXERCISE,
    NOT_THIS_REP,
    Judge,
    make_judge,
    match,
)
from dtwcoach.matching.measures import column_names
from dtwcoach.matching.references import Exercise, Reference
from dtwcoach.motion.features import FeatureSeries, measure
from dtwcoach.pose import INDEX

SQUAT = Exercise("squat", "Squat")
JUDGE = judge_of("squat")
OTHERS = resampled(
    [r for seed in range(301, 305) for r in learnt(filmed("squat", seed, reps=2), person="")],
    SETTINGS,
)


def judged(exercise: Exercise, **changes: object) -> Judge:
    """A judge by the trainers' squats with another calibration."""
    calibration = replace(JUDGE.calibration, **changes)  # type: ignore[arg-type]
    return make_judge(exercise, trainer_references("squat"), calibration, SETTINGS)


def scores(judge: Judge, **options: np.ndarray) -> np.ndarray:
    return np.array([found.score for found in match(judge, OTHERS, **options)])


def weighted_judge() -> Judge:
    columns = column_names(list(JUDGE.calibration.tolerance))
    tables = {
        "share": dict.fromkeys(columns, 1 / len(columns)),
        "typical": dict.fromkeys(columns, 5.0),
        "least": dict.fromkeys(columns, 1.0),
    }
    return judged(JUDGE.exercise, rule="weighted", **tables)


@pytest.mark.parametrize("judge", [JUDGE, weighted_judge()], ids=["median", "weighted"])
@pytest.mark.parametrize("strictness", [0.5, 1.7])
def test_strictness_scales_every_score(judge: Judge, strictness: float) -> None:
    exercise = replace(JUDGE.exercise, strictness=strictness)
    strict = make_judge(exercise, trainer_references("squat"), judge.calibration, SETTINGS)
    assert scores(strict) == pytest.approx(strictness * scores(judge))
    assert strict.grounds.strictness == strictness


def test_strictness_flips_a_verdict() -> None:
    passed = scores(JUDGE)
    assert (passed <= 1).any()
    needed = 1.01 / passed[passed <= 1].max()
    strict = judged(replace(JUDGE.exercise, strictness=needed))
    assert (scores(strict) > 1).sum() == (passed > 1).sum() + 1


@pytest.mark.parametrize("judge", [JUDGE, weighted_judge()], ids=["median", "weighted"])
@pytest.mark.parametrize("jitter_deg", [0.5, 5.0])
def test_a_shaky_recording_scores_lower_never_higher(judge: Judge, jitter_deg: float) -> None:
    plain = scores(judge)
    shaky = np.full(len(judge.names), jitter_deg)
    assert (scores(judge, jitter=shaky) < plain).all()
    assert scores(judge, jitter=np.full(len(judge.names), np.nan)) == pytest.approx(plain)


def test_references_score_nothing_before_themselves() -> None:
    own = resampled(trainer_references("squat"), SETTINGS)
    assert max(found.score for found in match(JUDGE, own)) == 0.0
    assert match(JUDGE, own[:0]) == []


def test_nothing_seen_is_infinitely_far() -> None:
    (found,) = match(JUDGE, np.full_like(OTHERS[:1], np.nan))
    assert found.score == found.unlike == np.inf


def test_p_values_of_people_not_seen_are_spread_evenly() -> None:
    """The chance of a p-value up to any level is that level at most, and not far below."""
    rng = np.random.default_rng(2)
    known, others = (np.exp(rng.normal(0.0, 0.5, count)) for count in (199, 400))
    right = {f"{number:012x}": float(score) for number, score in enumerate(known)}
    judge = judged(JUDGE.exercise, scores={"right": right, "wrong": {}})
    p_values = np.array([judge.p_value(score) for score in others])
    for level in (0.1, 0.25, 0.5, 0.75):
        assert (p_values <= level).mean() == pytest.approx(level, abs=0.08)


@pytest.mark.parametrize("strictness", [1.0, 2.0])
def test_p_values_have_bounds_and_know_no_strictness(strictness: float) -> None:
    right = {"a": 0.5, "b": 0.8, "c": 1.2}
    exercise = replace(JUDGE.exercise, strictness=strictness)
    judge = judged(exercise, scores={"right": right, "wrong": {"d": 9.0}})
    found = [judge.p_value(strictness * score) for score in (0.1, 0.5, 0.6, 1.0, 1.2, 99.0)]
    assert found == [1.0, 1.0, 0.75, 0.5, 0.5, 0.25]
    empty = judged(exercise, scores={"right": {}, "wrong": {"d": 9.0}})
    assert np.isnan(empty.p_value(1.0))


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan, np.inf])
def test_an_unusable_threshold_is_refused(threshold: float) -> None:
    with pytest.raises(CalibrationError, match="dtwcoach calibrate squat"):
        judged(JUDGE.exercise, threshold=threshold)


@pytest.mark.parametrize("value", [0.0, -3.0, np.nan, np.inf])
@pytest.mark.parametrize("table", ["tolerance", "limit", "typical"])
def test_an_unusable_number_of_a_feature_is_refused(value: float, table: str) -> None:
    calibration = weighted_judge().calibration
    numbers = dict(getattr(calibration, table))
    numbers[next(iter(numbers))] = value
    broken = replace(calibration, **{table: numbers})  # type: ignore[arg-type]
    with pytest.raises(CalibrationError, match="dtwcoach calibrate squat"):
        make_judge(JUDGE.exercise, trainer_references("squat"), broken, SETTINGS)


@pytest.mark.parametrize("value", [-0.1, np.nan])
@pytest.mark.parametrize("table", ["share", "least"])
def test_a_weight_that_would_reward_a_fault_is_refused(value: float, table: str) -> None:
    calibration = weighted_judge().calibration
    numbers = dict(getattr(calibration, table))
    numbers[next(iter(numbers))] = value
    broken = replace(calibration, **{table: numbers})  # type: ignore[arg-type]
    with pytest.raises(DtwCoachError):
        make_judge(JUDGE.exercise, trainer_references("squat"), broken, SETTINGS)


def test_driving_features_that_nobody_shows() -> None:
    blind = tuple(
        replace(
            r,
            series=FeatureSeries(
                r.series.time_s,
                np.where(np.array(r.series.names) == "left_knee_angle", np.nan, r.series.values),
                r.series.names,
            ),
        )
        for r in trainer_references("squat")
    )
    named = replace(SQUAT, driving=("left_knee_angle",))
    with pytest.raises(CalibrationError, match="driving"):
        make_judge(named, blind, calibrate(named, blind, SETTINGS), SETTINGS)


def far_off(share: float) -> np.ndarray:
    """A reference with a share of its counting features far away, (1, samples, feature)."""
    curve = JUDGE.curves[:1].copy()
    counted = np.flatnonzero(JUDGE.counts)
    curve[..., counted[: round(share * len(counted))]] += 200.0
    return curve


def test_what_a_quarter_of_the_features_say_tells_another_exercise() -> None:
    one, many = (match(JUDGE, far_off(share))[0].unlike for share in (0.2, 0.3))
    assert one < NOT_THIS_EXERCISE < NOT_THIS_REP < many


def test_few_people_may_be_unlike_by_more() -> None:
    unlike = []
    for people in (ENOUGH_PEOPLE, ENOUGH_PEOPLE - 1):
        calibration = replace(JUDGE.calibration, people=people)
        unlike.append(match(replace(JUDGE, calibration=calibration), far_off(0.3))[0].unlike)
    assert unlike[0] == pytest.approx(FEW_PEOPLE * unlike[1])


def shown_by(*references: Reference) -> Judge:
    """A judge of these references, without an average of them."""
    calibration = replace(JUDGE.calibration, average={})
    return make_judge(JUDGE.exercise, references, calibration, SETTINGS)


def without_body(reference: Reference) -> Reference:
    return replace(reference, positions=np.full_like(reference.positions, np.nan))


def retimed(reference: Reference, power: float) -> Reference:
    """The same movement, done later (above 1) or earlier in its time."""
    frames = len(reference.series)
    at = (np.linspace(0, 1, frames) ** power * (frames - 1)).round().astype(int)
    series = replace(reference.series, values=reference.series.values[at])
    return replace(reference, series=series, positions=reference.positions[at])


def test_the_body_shown_is_of_a_reference_that_has_one() -> None:
    first, second, third = trainer_references("squat")[:3]
    for whole in (first, second, third):
        others = [without_body(one) for one in (first, second, third) if one is not whole]
        body = shown_by(*others, whole).body
        assert np.isfinite(body[:, INDEX["left_hip"]]).all()
    assert np.isnan(shown_by(*map(without_body, (first, second, third))).body).all()


def test_the_body_shown_goes_with_the_mean_in_time() -> None:
    middle = trainer_references("squat")[0]
    judge = shown_by(without_body(middle), retimed(middle, 1.25), retimed(middle, 0.8))
    knee = judge.names.index("left_knee_angle")
    off = measure(judge.body)[:, knee] - judge.mean[:, knee]
    assert np.sqrt((off**2).mean()) < 4.0  # left in its own time it is 9 degrees off, or more


def test_the_usual_time_is_the_median() -> None:
    references = trainer_references("squat")
    slow = replace(
        references[0],
        series=replace(references[0].series, time_s=references[0].series.time_s * 4.0),
    )
    taken = sorted(one.series.time_s[-1] for one in (*references[1:], slow))
    assert shown_by(*references[1:], slow).usual_s == pytest.approx((taken[3] + taken[4]) / 2)
