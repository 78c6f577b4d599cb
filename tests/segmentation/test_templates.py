import numpy as np
import pytest

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.guided import Span, spot
from dtwcoach.segmentation.templates import Template, costs, make_template

RATE_HZ = 20.0
MIXES = np.array([[1.0, 0.5, 0.0, -0.8], [0.2, -1.0, 0.9, 0.0]])
"""What the first and the second movement do to four channels that nobody gave a unit."""
ONE, OTHER = MIXES
NAMES = tuple("abcd")


def swing(frames: int, mix: np.ndarray = ONE, *, size: float = 1.0) -> np.ndarray:
    """There and back in so many frames, (frames, 4)."""
    course = (1.0 - np.cos(np.linspace(0.0, 2.0 * np.pi, frames))) / 2.0
    return size * course[:, None] * mix


def recorded(*parts: np.ndarray, noise: float = 0.03, seed: int = 3) -> FeatureSeries:
    """The parts with a second of rest before, between and after them."""
    rest = np.zeros((20, 4))
    values = np.vstack([rest, *(piece for part in parts for piece in (part, rest))])
    values = values + noise * np.random.default_rng(seed).normal(size=values.shape)
    return FeatureSeries(np.arange(len(values)) / RATE_HZ, values, NAMES)


def template(values: np.ndarray, **options: object) -> Template:
    return make_template(NAMES, values, scale=np.ones(4), **options)  # type: ignore[arg-type]


def assert_found(spans: list[Span], *expected: tuple[int, int, int]) -> None:
    """The same templates in the same order, their ends within 4 frames."""
    assert [span[0] for span in spans] == [kind for kind, _, _ in expected]
    for found, true in zip(spans, expected, strict=True):
        assert found[1:] == pytest.approx(true[1:], abs=4)


def test_a_movement_of_unknown_channels_is_found_at_any_tempo() -> None:
    series = recorded(swing(20), swing(40), swing(70))
    expected = (0, 20, 40), (0, 60, 100), (0, 120, 190)
    assert_found(spot(series, [template(swing(40))]), *expected)


def test_repetitions_without_rest_between_them_are_several() -> None:
    twice = np.vstack([swing(30), swing(30)])
    assert_found(spot(recorded(twice), [template(swing(40))]), (0, 20, 50), (0, 50, 80))


def test_two_quick_ones_are_not_a_slow_one() -> None:
    quick = np.vstack([swing(15), swing(15)])
    spans = spot(recorded(quick, swing(50)), [template(swing(50)), template(swing(25))])
    assert len(spans) == 3


def test_movements_are_told_apart() -> None:
    series = recorded(swing(40, OTHER), swing(40, ONE), swing(25, OTHER))
    both = [template(swing(40, ONE)), template(swing(40, OTHER))]
    assert_found(spot(series, both), (1, 20, 60), (0, 80, 120), (1, 140, 165))


def test_idle_noise_and_other_movements_are_none() -> None:
    assert spot(recorded(np.zeros((400, 4)), noise=0.1), [template(swing(40))]) == []
    assert spot(recorded(swing(40, OTHER)), [template(swing(40, ONE))]) == []


def test_units_and_offsets_of_channels_do_not_matter_when_scale_and_rest_know_them() -> None:
    unit, offset = np.array([1e3, 1e-3, 40.0, 1.0]), np.array([5.0, -2.0, 1e3, 0.0])
    series = recorded(swing(30), swing(50))
    odd = FeatureSeries(series.time_s, series.values * unit + offset, NAMES)
    known = make_template(NAMES, swing(40) * unit + offset, scale=unit)
    assert spot(odd, [known]) == spot(series, [template(swing(40))])


def test_a_channel_that_does_not_move_in_the_template_says_nothing() -> None:
    series = recorded(swing(40))
    wild = series.values.copy()
    wild[:, 2] = 50.0 * np.random.default_rng(8).normal(size=len(wild))
    wild = FeatureSeries(series.time_s, wild, NAMES)
    assert spot(wild, [template(swing(40))]) == spot(series, [template(swing(40))])


def test_a_channel_lost_for_a_while_leaves_the_others() -> None:
    series = recorded(swing(40), swing(40))
    values = series.values.copy()
    values[30:50, 1] = np.nan
    holed = FeatureSeries(series.time_s, values, NAMES)
    assert_found(spot(holed, [template(swing(40))]), (0, 20, 60), (0, 80, 120))


def test_nothing_is_found_where_nothing_may_be() -> None:
    series = recorded(swing(40), swing(40))
    ignore = np.arange(len(series)) < 70
    assert_found(spot(series, [template(swing(40))], ignore=ignore), (0, 80, 120))


def test_rest_may_be_told() -> None:
    cut = swing(40)[8:32]
    told = template(cut, rest=np.zeros(4))
    assert template(cut).rest[0] > 0.3
    assert told.rest.tolist() == [0.0] * 4
    assert np.array_equal(told.course[1:-1], cut[1:-1])


def test_costs_stop_at_the_border() -> None:
    series = FeatureSeries(np.arange(3) / RATE_HZ, np.array([0.0, 1.0, 90.0])[:, None] * ONE, NAMES)
    nowhere = np.zeros(3, dtype=bool)
    for border, halfway in ((1.0, 0.5), (2.0, 0.25)):
        known = template(swing(41), border=border)
        cost, idle = costs(series, known, forbidden=nowhere)
        assert cost.shape == (3, 41)
        assert cost[0, 10] == pytest.approx(halfway, abs=1e-6)
        assert cost[1, 20] == pytest.approx(0.0, abs=1e-6)
        assert cost[2].min() == 1.0
        assert idle[0] < 0.0 < idle[1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_template_with_gaps_is_refused(bad: float) -> None:
    values = swing(40)
    values[17, 2] = bad
    with pytest.raises(ValueError, match="NaN or infinity"):
        template(values)


def test_a_template_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing moves"):
        template(np.full((40, 4), 7.0))
    noise = 1e-9 * np.random.default_rng(5).normal(size=(40, 4))
    with pytest.raises(ValueError, match="nothing moves"):
        template(7.0 + noise)


def test_noise_of_a_quiet_channel_is_not_amplified() -> None:
    quiet = swing(40, np.array([1.0, 0.5, 0.0, 0.0]))
    quiet[:, 2:] = 1e-9 * np.random.default_rng(5).normal(size=(40, 2))
    known = template(quiet)
    assert known.weight[2:].max() < 1e-8 * known.weight[0]
    series = recorded(swing(40, np.array([1.0, 0.5, 0.0, 0.0])))
    assert_found(spot(series, [known]), (0, 20, 60))


def test_a_smaller_one_keeps_the_border() -> None:
    whole = template(swing(41))
    small = whole.smaller(0.4)
    assert small.border == whole.border
    assert np.abs(small.course).max() == pytest.approx(0.4)
    series = recorded(swing(40, size=0.4), swing(40))
    assert_found(spot(series, [whole, small]), (1, 20, 60), (0, 80, 120))
