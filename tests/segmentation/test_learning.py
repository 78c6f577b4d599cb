"""What executions of a movement teach: what drives it, how long it takes, its whole course."""

import numpy as np
import pytest

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.learning import Execution, execution_of, learn_guide

RATE_HZ = 30.0


def execution(seconds: float = 2.0, *, turn: float = 0.5, hidden: bool = False) -> Execution:
    """One that goes out to 1.0, 0.6, 0.3 and, in the last channel, 0.0; that may be hidden."""
    frames = round(seconds * RATE_HZ) + 1
    at = round(turn * (frames - 1))
    way = np.r_[np.linspace(0.0, 1.0, at + 1), np.linspace(1.0, 0.0, frames - at)[1:]]
    values = way[:, None] * np.array([1.0, 0.6, 0.3, 0.0])
    if hidden:
        values[:, 3] = np.nan
    names = ("most", "more", "less", "none")
    return Execution(FeatureSeries(np.arange(frames) / RATE_HZ, values, names), at)


def test_what_moves_half_as_far_as_the_farthest_drives() -> None:
    guide = learn_guide([execution()])
    assert guide is not None
    assert guide.names == ("most", "more")
    assert guide.turn == pytest.approx([1.0, 0.6], abs=0.05)
    named = learn_guide([execution()], driving=("less",))
    assert named is not None
    assert named.names == ("less",)
    assert learn_guide([execution()], driving=("none",)) is None


def test_time_is_that_of_the_middle_one() -> None:
    guide = learn_guide([execution(seconds) for seconds in (1.0, 2.0, 6.0)])
    assert guide is not None
    assert guide.usual_s == pytest.approx(2.0)
    assert guide.duration_s == pytest.approx((1.0, 6.0))


@pytest.mark.parametrize("turn", [0.25, 0.5, 0.8])
def test_the_course_turns_where_the_executions_do(turn: float) -> None:
    guide = learn_guide([execution(turn=turn), execution(3.0, turn=turn)])
    assert guide is not None
    assert np.argmax(guide.course[:, 0]) == pytest.approx(100 * turn, abs=1.5)
    assert guide.course[[0, -1], 0] == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize(("hidden", "kept"), [(0, True), (2, True), (3, False), (10, False)])
def test_the_course_holds_what_eight_in_ten_show(hidden: int, kept: bool) -> None:
    guide = learn_guide([execution(hidden=number < hidden) for number in range(10)])
    assert guide is not None
    assert ("none" in guide.course_names) == kept
    assert np.isfinite(guide.course).all()


def test_what_a_trainer_ignores_is_not_looked_at() -> None:
    guide = learn_guide([execution()], ignore=("less",))
    assert guide is not None
    assert guide.course_names == ("most", "more", "none")


def test_an_execution_is_cut_without_its_pauses() -> None:
    values = np.arange(20.0)[:, None]
    series = FeatureSeries(np.arange(20) / RATE_HZ, values, ("level",))
    one = execution_of(series, Rep(2, 12, 18, ((5, 9),)))
    assert one.series.values[:, 0].tolist() == [2, 3, 4, 9, 10, 11, 12, 13, 14, 15, 16, 17]
    assert one.series.values[one.turn, 0] == 12
