from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS
from labelled import SQUAT, squat_calibration, squats
from stored import make_reference

from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.matching.held_out import HeldOut, assess_each, held_out
from dtwcoach.matching.references import groups_of

NOT_KNOWN = dict.fromkeys(
    ("balanced_accuracy", "sensitivity", "specificity", "auc"), (float("nan"),) * 3
)
INFOS = [r.info for r in squats()]


def made(*labelled: tuple[str, float]) -> HeldOut:
    info = make_reference(0).info
    infos = tuple(replace(info, id=str(n), label=label) for n, (label, _) in enumerate(labelled))
    return HeldOut(infos, np.array([score for _, score in labelled]), NOT_KNOWN)


def test_verdicts_are_counted_and_the_border_is_still_right() -> None:
    held = made(("right", 1.0), ("right", 1.1), ("right", 0.4), ("wrong", 1.0), ("wrong", 3.0))
    assert [held.count("right", called=c) for c in ("right", "wrong")] == [2, 1]
    assert [held.count("wrong", called=c) for c in ("right", "wrong")] == [1, 1]


def test_the_largest_error_comes_first_on_either_side() -> None:
    held = made(("right", 1.5), ("wrong", 0.5), ("right", 0.1), ("right", 1.2), ("wrong", 9.0))
    assert [(info.id, score) for info, score in held.misjudged()] == [
        ("1", 0.5),
        ("0", 1.5),
        ("3", 1.2),
    ]


def test_nothing_judged_is_nothing_misjudged() -> None:
    held = made()
    assert held.misjudged() == []
    assert held.count("right", called="right") == 0


def test_the_roc_curve_has_the_area_that_is_stated() -> None:
    held = held_out(squat_calibration(), INFOS)
    false_alarms, hits = held.roc()
    assert (false_alarms[0], hits[0]) == (1.0, 1.0)
    assert (false_alarms[-1], hits[-1]) == (0.0, 0.0)
    area = -(np.diff(false_alarms) * (hits[1:] + hits[:-1]) / 2).sum()
    assert area == pytest.approx(squat_calibration().estimates["auc"][0])


def test_strictness_moves_scores_and_what_to_expect() -> None:
    usual = held_out(squat_calibration(), INFOS)
    same = held_out(squat_calibration(), INFOS, strictness=1.0 + 1e-12)
    harsh = held_out(squat_calibration(), INFOS, strictness=1.5)
    for name, values in usual.estimates.items():
        assert same.estimates[name] == pytest.approx(values)
    np.testing.assert_allclose(harsh.scores, 1.5 * usual.scores)
    assert harsh.count("wrong", called="wrong") >= usual.count("wrong", called="wrong")
    shares = {name: values[0] for name, values in harsh.estimates.items()}
    right = int(harsh.is_right.sum())
    assert shares["specificity"] == harsh.count("right", called="right") / right
    assert shares["auc"] == pytest.approx(usual.estimates["auc"][0])


@pytest.mark.parametrize(
    ("people", "sources", "groups", "left_out"),
    [
        (("Ann", "Bob", "Ann"), ("a", "b", "c"), [0, 1, 0], "people"),
        (("Ann", "Ann", "Ann"), ("a", "b", "a"), [0, 1, 0], "recordings"),
        (("Ann", "Ann", "Ann"), ("a", "a", "a"), [0, 1, 2], "repetitions"),
    ],
)
def test_what_is_left_out_together(
    people: tuple[str, ...], sources: tuple[str, ...], groups: list[int], left_out: str
) -> None:
    info = make_reference(0).info
    infos = [
        replace(info, person=who, source=file) for who, file in zip(people, sources, strict=True)
    ]
    found, what = groups_of(infos)
    assert found.tolist() == groups
    assert what == left_out


def laid_over_others(*ids: str) -> dict[str, SetAssessment]:
    return assess_each(SQUAT, squats(), ids, squat_calibration(), SETTINGS)


def test_a_stored_repetition_is_laid_over_the_references_of_others() -> None:
    one = squats()[0]
    (said,) = laid_over_others(one.info.id).values()
    (rep,) = said.reps
    assert np.nanmin(rep.distances) > 0.0  # to itself it would be 0
    assert said.athlete == one.info.person
    assert rep.start_s == pytest.approx(one.info.start_s)
    assert rep.turn_s == pytest.approx(one.info.turn_s, abs=0.1)
    assert np.isfinite(rep.attempt[:, said.counts]).all()


def test_a_stored_fault_is_put_in_words() -> None:
    one = next(r for r in reversed(squats()) if r.info.label == "wrong")
    (said,) = laid_over_others(one.info.id).values()
    assert any("knee" in fault.text or "hip" in fault.text for fault in said.reps[0].faults)
