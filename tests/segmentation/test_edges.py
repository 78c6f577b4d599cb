from dataclasses import replace

import numpy as np
import pytest
from movements import GUIDE

from dtwcoach.segmentation.edges import edge_level, implausible


def test_the_edge_lies_five_percent_above_rest() -> None:
    side = np.r_[np.full(20, 0.1), np.linspace(0.1, 1.1, 30)]
    assert edge_level(side, 1.1) == pytest.approx(0.15, abs=0.01)


def test_rest_is_where_one_mostly_stands_and_no_single_low_frame() -> None:
    side = np.r_[np.full(20, 0.1), np.linspace(0.1, 1.1, 30)]
    side[3] = 0.02
    assert edge_level(side, 1.1) == pytest.approx(0.15, abs=0.01)


@pytest.mark.parametrize(
    ("took_s", "words"),
    [
        (0.4, "it took 0.4 s, needs 0.5"),
        (0.5, ""),
        (2.0, ""),
        (9.5, ""),
        (9.7, "it took 9.7 s, may take 9.6"),
    ],
)
def test_how_long_a_repetition_may_take(took_s: float, words: str) -> None:
    assert implausible(took_s, GUIDE) == words


def test_nobody_does_a_repetition_in_a_third_of_a_second() -> None:
    quick = replace(GUIDE, duration_s=(0.5, 0.6))
    assert implausible(0.33, quick)
    assert not implausible(0.4, quick)
