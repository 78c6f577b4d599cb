import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dtwcoach.matching.dtw import distances, pairwise, path

NUMBERS = st.floats(-100, 100, allow_nan=False, width=32)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    n = draw(st.integers(1, 14))
    x, y = (draw(arrays(np.float64, n, elements=NUMBERS)) for _ in range(2))
    return x, y, draw(st.integers(0, n))


def distance(x: np.ndarray, y: np.ndarray, radius: int) -> float:
    return float(distances(x[:, None], y[:, None], radius=radius)[0])


@given(pairs())
def test_equals_the_double_loop(pair: tuple[np.ndarray, np.ndarray, int]) -> None:
    x, y, radius = pair
    assert distance(x, y, radius) == pytest.approx(naive.dtw(x, y, radius=radius), abs=1e-9)


def test_equals_tslearn() -> None:
    from tslearn.metrics import dtw

    rng = np.random.default_rng(1)
    for n in (2, 30, 100):
        for radius in (1, 3, n // 2):
            x, y = rng.normal(size=(2, n)).cumsum(axis=1)
            theirs = dtw(x, y, global_constraint="sakoe_chiba", sakoe_chiba_radius=radius)
            assert distance(x, y, radius) == pytest.approx(theirs / np.sqrt(n), rel=1e-12)


@given(pairs())
def test_distance_properties(pair: tuple[np.ndarray, np.ndarray, int]) -> None:
    x, y, radius = pair
    assert distance(x, x, radius) == 0
    assert distance(x, y, radius) == pytest.approx(distance(y, x, radius), abs=1e-9)
    wider = distance(x, y, radius + 1)
    assert 0 <= wider <= distance(x, y, radius) + 1e-9
    assert distance(x, y, 0) == pytest.approx(np.sqrt(np.mean((x - y) ** 2)), abs=1e-9)


@given(pairs())
def test_path_goes_from_corner_to_corner_inside_the_band(
    pair: tuple[np.ndarray, np.ndarray, int],
) -> None:
    x, y, radius = pair
    steps = path(x[:, None], y[:, None], radius=radius)
    assert steps[0].tolist() == [0, 0]
    assert steps[-1].tolist() == [len(x) - 1] * 2
    moves = {tuple(move) for move in np.diff(steps, axis=0).tolist()}
    assert moves <= {(0, 1), (1, 0), (1, 1)}
    assert (np.abs(steps[:, 0] - steps[:, 1]) <= radius).all()
    cost = np.sqrt(((x[steps[:, 0]] - y[steps[:, 1]]) ** 2).sum() / len(x))
    assert cost == pytest.approx(distance(x, y, radius), abs=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_all_pairs_at_once_equal_each_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(3, 12, 2)), rng.normal(size=(2, 12, 2))
    together = pairwise(x, y, radius=2)
    for a, b, f in np.ndindex(together.shape):
        assert together[a, b, f] == pytest.approx(naive.dtw(x[a, :, f], y[b, :, f], radius=2))


def test_a_long_pause_costs_although_unbounded_warping_hides_it() -> None:
    wave = np.sin(np.linspace(0, np.pi, 100))
    paused = np.concatenate([wave[:50], np.full(500, wave[50]), wave[50:]])
    paused = np.interp(np.linspace(0, 599, 100), np.arange(600), paused)
    assert distance(wave, paused, 99) < 0.05
    assert distance(wave, paused, 10) > 0.2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 5, -1])
def test_no_distance_of_what_is_not_finite(bad: float, place: int) -> None:
    x = np.linspace(0, 1, 10)
    broken = x.copy()
    broken[place] = bad
    for arguments in ((x, broken), (broken, x)):
        with pytest.raises(ValueError, match="fill or reject gaps"):
            distance(*arguments, radius=1)
    both = pairwise(np.stack([x, broken])[..., None], x[None, :, None], radius=1)[:, 0, 0]
    assert both[0] == 0
    assert np.isnan(both[1])


@pytest.mark.parametrize(
    "shapes", [((0, 1), (0, 1)), ((3, 1), (4, 1)), ((3, 1), (3, 2)), ((3,), (3,))]
)
def test_shapes_that_do_not_fit(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="needed two equal"):
        distances(*(np.zeros(shape) for shape in shapes), radius=1)
