from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from athletes import SETTINGS
from labelled import SQUAT, squat_calibration, squats

from dtwcoach.matching.held_out import assess_each, held_out
from dtwcoach.matching.references import Reference
from dtwcoach.matching.sheet import Sheet, SheetRep, make_sheet
from dtwcoach.motion.features import FeatureSeries

KNEE = squats()[0].series.names.index("left_knee_angle")


def changed(at: int, **info: object) -> tuple[Reference, ...]:
    """The squats with something else said about one of them."""
    one = squats()[at]
    other = replace(one, info=replace(one.info, **info))  # type: ignore[arg-type]
    return (*squats()[:at], other, *squats()[at + 1 :])


def look(references: tuple[Reference, ...] = squats(), **options: object) -> Sheet:
    return make_sheet(SQUAT, references, squat_calibration(), SETTINGS, **options)  # type: ignore[arg-type]


def row(sheet: Sheet, at: int) -> SheetRep:
    return next(rep for rep in sheet.reps if rep.info.id == squats()[at].info.id)


def kinds(rep: SheetRep) -> list[str]:
    return [doubt.kind for doubt in rep.doubts]


def test_every_repetition_is_there_once_with_what_others_say_of_it() -> None:
    sheet = look()
    held = held_out(squat_calibration(), sheet.infos)
    assert sorted(rep.info.id for rep in sheet.reps) == sorted(r.info.id for r in squats())
    assert {rep.info.id: rep.score for rep in sheet.reps} == pytest.approx(
        dict(zip((info.id for info in held.infos), held.scores, strict=True))
    )
    misjudged = {info.id for info, _ in held.misjudged()}
    assert {rep.info.id for rep in sheet.reps if "label" in kinds(rep)} == misjudged
    assert sheet.missing == "references of real people in place of the drawn starters"


@pytest.mark.parametrize(("label", "other"), [("right", "wrong"), ("wrong", "right")])
def test_a_wrong_label_comes_first_whichever_it_is(label: str, other: str) -> None:
    scores = squat_calibration().scores[label]
    clearest = (min if label == "right" else max)(scores, key=lambda key: scores[key])
    at = next(n for n, r in enumerate(squats()) if r.info.id == clearest)
    assert row(look(most_laid=0), at).doubts == ()
    sheet = look(changed(at, label=other), most_laid=0)
    assert kinds(row(sheet, at)) == ["label"]
    assert sheet.doubtful("label")[0] == 0  # doubtful ones stand first
    doubtful = [bool(rep.doubts) for rep in sheet.reps]
    assert doubtful == sorted(doubtful, reverse=True)
    off = [abs(math.log(sheet.reps[at].score)) for at in sheet.doubtful("label")]
    assert off == sorted(off, reverse=True)  # the largest error first, on either side


def test_strictness_counts() -> None:
    strict = make_sheet(
        replace(SQUAT, strictness=50.0), squats(), squat_calibration(), SETTINGS, most_laid=0
    )
    assert all("label" in kinds(rep) for rep in strict.reps if rep.info.label == "right")


@pytest.mark.parametrize(
    ("factor", "doubtful"), [(0.5, True), (0.7, False), (1.5, False), (2.0, True)]
)
def test_a_length_unlike_the_others_is_doubtful(factor: float, doubtful: bool) -> None:
    info = squats()[0].info
    lengths = [r.info.stop_s - r.info.start_s for r in squats()[1:] if r.info.label == "right"]
    stop_s = info.start_s + factor * float(np.median(lengths))
    sheet = look(changed(0, stop_s=stop_s), most_laid=0)
    assert ("length" in kinds(row(sheet, 0))) == doubtful


def test_only_those_of_the_same_label_say_how_long_is_usual() -> None:
    slow = tuple(
        replace(r, info=replace(r.info, stop_s=r.info.start_s + 8.0))
        if r.info.label == "wrong"
        else r
        for r in squats()
    )
    assert look(slow, most_laid=0).doubtful("length") == []


def test_holds_may_take_any_time() -> None:
    plank = replace(SQUAT, kind="hold")
    references = changed(0, stop_s=squats()[0].info.start_s + 60)
    sheet = make_sheet(plank, references, squat_calibration(), SETTINGS, most_laid=0)
    assert "length" not in kinds(row(sheet, 0))


@pytest.mark.parametrize(("away_deg", "doubtful"), [(0.0, False), (19.0, False), (90.0, True)])
def test_a_camera_elsewhere_is_doubtful(away_deg: float, doubtful: bool) -> None:
    references = tuple(
        replace(r, info=replace(r.info, view_yaw_deg=170.0, source=f"{n}.mp4"))
        for n, r in enumerate(squats())
    )
    one = references[0]
    turned = replace(one, info=replace(one.info, view_yaw_deg=-190.0 + away_deg))
    sheet = look((turned, *references[1:]), most_laid=0)
    assert ("view" in kinds(row(sheet, 0))) == doubtful
    assert not any("view" in kinds(rep) for rep in sheet.reps if rep.info.id != one.info.id)


def test_an_unknown_view_or_a_single_recording_is_not_doubtful() -> None:
    references = tuple(
        replace(r, info=replace(r.info, view_yaw_deg=90.0 * (n == 0), source="a.mp4"))
        for n, r in enumerate(squats())
    )
    assert look(references, most_laid=0).doubtful("view") == []
    assert "view" not in kinds(row(look(changed(0, view_yaw_deg=math.nan), most_laid=0), 0))


def test_whatever_is_doubtful_comes_before_what_is_not() -> None:
    last = len(squats()) - 1
    sheet = look(changed(last, stop_s=squats()[last].info.start_s + 20), most_laid=0)
    assert kinds(row(sheet, last)) == ["length"]
    doubtful = [bool(rep.doubts) for rep in sheet.reps]
    assert doubtful == sorted(doubtful, reverse=True)
    assert sheet.doubtful("length") == [sum(doubtful) - 1]  # after the labels


def test_what_was_not_seen_is_named() -> None:
    one = squats()[0]
    values = one.series.values.copy()
    hidden = [n.startswith("left_") for n in one.series.names]
    values[:, hidden] = np.nan
    values[:, KNEE] = np.nan
    dim = replace(one, series=FeatureSeries(one.series.time_s, values, one.series.names))
    rep = row(look((dim, *squats()[1:]), most_laid=0), 0)
    (text,) = [doubt.text for doubt in rep.doubts if doubt.kind == "hidden"]
    assert "most of all left" in text
    assert math.isnan(rep.rom)  # of the left knee


def test_only_some_are_looked_at_and_fewer_laid_over_the_others() -> None:
    ids = [squats()[at].info.id for at in (0, 5, 9)]
    sheet = look(only=ids, most_laid=2)
    assert {rep.info.id for rep in sheet.reps} == set(ids)
    assert len(sheet.infos) == 24
    assert [rep.laid is not None for rep in sheet.reps] == [True, True, False]
    assert not any(rep.by_itself for rep in sheet.reps)
    assert all(math.isfinite(rep.rom) for rep in sheet.reps)


def test_laying_many_over_others_says_what_laying_one_says() -> None:
    ids = [squats()[at].info.id for at in (0, 2, 9)]
    many = assess_each(SQUAT, squats(), ids, squat_calibration(), SETTINGS)
    for key in ids:
        one = assess_each(SQUAT, squats(), [key], squat_calibration(), SETTINGS)[key]
        assert many[key].reps[0].score == one.reps[0].score
        assert np.array_equal(many[key].reference_mean, one.reference_mean, equal_nan=True)


def test_a_single_repetition_is_shown_by_itself() -> None:
    one = squats()[:1]
    sheet = make_sheet(SQUAT, one, squat_calibration(), SETTINGS)
    (rep,) = sheet.reps
    assert rep.by_itself
    assert rep.doubts == ()
    assert rep.laid
    (shown,) = rep.laid.reps
    assert len(shown.attempt) == len(shown.body) == len(shown.sample_s)
    assert np.isnan(rep.laid.reference_mean).all()
    assert rep.rom == pytest.approx(np.ptp(one[0].series.values[:, KNEE]))


def test_wrong_ones_alone_are_shown_by_themselves() -> None:
    wrong = tuple(r for r in squats() if r.info.label == "wrong")
    sheet = make_sheet(SQUAT, wrong, None, SETTINGS)
    assert sheet.missing == "right repetitions"
    assert all(rep.by_itself and math.isnan(rep.score) for rep in sheet.reps)
