from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwcoach.segmentation.guided import chain
from dtwcoach.segmentation.subsequence import Spotter, frame_costs

Left = list[tuple[int, int] | None]
some_lengths = st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple)
some_seeds = st.integers(0, 10**6)


def drawn(seed: int, frames: int, lengths: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Costs in which templates now and then fit, and what idleness costs."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(size=(frames, len(lengths), max(lengths))) ** 3
    return cost, rng.uniform(0.1, 0.6, size=(frames, len(lengths)))


def leave(cost: np.ndarray, idle: np.ndarray, lengths: tuple[int, ...]) -> Left:
    spotter, half = Spotter(lengths), len(cost) // 2
    return spotter.step(cost[:half], idle[:half]) + spotter.step(cost[half:], idle[half:])


def leave_slowly(cost: np.ndarray, idle: np.ndarray, lengths: tuple[int, ...]) -> Left:
    """The same cell by cell; each holds what the way there costs, and where it began."""
    best, left = 0.0, []
    reached = [[(np.inf, 0)] * length for length in lengths]
    for t in range(len(cost)):
        ends = []
        for k, length in enumerate(lengths):
            before, now = reached[k], []
            for j in range(length):
                ways = [before[j], before[j - 1] if j else (best, t)]
                if j:  # a further sample in the same frame, in which one idles but once
                    ways.append((now[j - 1][0] + idle[t, k], now[j - 1][1]))
                spent, start = min(ways)
                now.append((spent + cost[t, k, j] - idle[t, k], start))
            reached[k] = now
            ends.append((*now[-1], k))
        spent, start, k = min(ends)
        left.append((k, start) if spent < best else None)
        best = min(best, spent)
    return left


@given(some_seeds, some_lengths, st.integers(1, 40))
def test_the_best_chain_is_that_of_the_obvious_loop(
    seed: int, lengths: tuple[int, ...], frames: int
) -> None:
    cost, idle = drawn(seed, frames, lengths)
    assert leave(cost, idle, lengths) == leave_slowly(cost, idle, lengths)


@given(some_seeds, some_lengths, st.integers(1, 20))
def test_what_lies_beyond_a_short_template_says_nothing(
    seed: int, lengths: tuple[int, ...], frames: int
) -> None:
    cost, idle = drawn(seed, frames, lengths)
    other = cost.copy()
    for k, length in enumerate(lengths):
        other[:, k, length:] = 0.0
    assert leave(cost, idle, lengths) == leave(other, idle, lengths)


def warped(cost: np.ndarray) -> float:
    """Cheapest way through a (frames, samples) matrix from corner to corner, by all ways."""
    if cost.size == 1:
        return float(cost[0, 0])
    steps = [cost[:-1, :-1], cost[:-1], cost[:, :-1]]
    return float(cost[-1, -1]) + min(warped(part) for part in steps if part.size)


def cheapest(cost: np.ndarray, idle: np.ndarray, lengths: tuple[int, ...]) -> float:
    """Of all chains through the frames, what the best costs beyond idling: tries every one."""
    if not len(cost):
        return 0.0
    options = [cheapest(cost[1:], idle[1:], lengths)]
    for stop in range(1, len(cost) + 1):
        rest = cheapest(cost[stop:], idle[stop:], lengths)
        for k, length in enumerate(lengths):
            options.append(rest + warped(cost[:stop, k, :length]) - idle[:stop, k].sum())
    return min(options)


@given(
    some_seeds,
    st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple),
    st.integers(1, 6),
)
def test_no_other_chain_is_cheaper(seed: int, lengths: tuple[int, ...], frames: int) -> None:
    cost, idle = drawn(seed, frames, lengths)
    spans = chain(leave(cost, idle, lengths))
    spent = sum(
        warped(cost[start:stop, k, : lengths[k]]) - idle[start:stop, k].sum()
        for k, start, stop in spans
    )
    assert spent == pytest.approx(cheapest(cost, idle, lengths), abs=1e-9)
    for (_, start, stop), (_, after, _) in pairwise([*spans, (0, frames, frames)]):
        assert 0 <= start < stop <= after


def test_two_repetitions_are_not_one_slow_one() -> None:
    once = np.eye(4)[[0, 1, 2, 3]]
    cost = 1.0 - np.concatenate([once, once])[:, None]
    idle = np.full((8, 1), 0.5)
    assert chain(leave(cost, idle, (4,))) == [(0, 0, 4), (0, 4, 8)]


def test_idling_is_chosen_where_it_costs_as_little() -> None:
    fitting = np.full((5, 1, 1), 0.3)
    assert chain(leave(fitting, np.full((5, 1), 0.3), (1,))) == []
    assert chain(leave(fitting, np.full((5, 1), 0.31), (1,))) == [(0, 0, 5)]


@given(some_seeds, st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))
def test_distances_are_those_of_the_plain_formula(
    seed: int, frames: int, samples: int, features: int
) -> None:
    rng = np.random.default_rng(seed)
    values, template = rng.normal(size=(frames, features)), rng.normal(size=(samples, features))
    values[rng.random(values.shape) < 0.3] = rng.choice([np.nan, np.inf, -np.inf])
    weight = rng.uniform(0.1, 2.0, size=features)
    found = frame_costs(values, template, weight)
    for t, j in np.ndindex(frames, samples):
        known = np.isfinite(values[t])
        if weight[known].sum() < 0.5 * weight.sum():
            assert np.isnan(found[t, j])
        else:
            off = (values[t] - template[j])[known] ** 2
            expected = np.sqrt(np.average(off, weights=weight[known]))
            assert found[t, j] == pytest.approx(expected, abs=1e-6)


def test_half_of_the_weight_is_enough_to_compare() -> None:
    values = np.array([[3.0, np.nan, np.nan]])
    template = np.zeros((1, 3))
    assert frame_costs(values, template, np.array([2.0, 1.0, 1.0])) == pytest.approx(3.0)
    assert np.isnan(frame_costs(values, template, np.array([2.0, 1.0, 1.1])))
