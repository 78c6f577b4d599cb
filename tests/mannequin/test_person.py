"""People differ, and each stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.person import PROPORTIONS, STYLE_CHANNELS, Person


def test_same_seed_same_person() -> None:
    assert Person.from_seed(9) == Person.from_seed(9)
    assert Person.from_seed(9) != Person.from_seed(10)


def test_limbs_stay_near_the_textbook() -> None:
    for seed in range(50):
        person = Person.from_seed(seed)
        for part, share in PROPORTIONS.items():
            ratio = getattr(person.limbs, part) / (share * person.height_m)
            assert 0.87 < ratio < 1.13


@pytest.mark.parametrize("wanted", [0.0, 5.0, 8.0])
def test_style_has_the_size_asked_for(wanted: float) -> None:
    rms = []
    for seed in range(20):
        style = Person.from_seed(seed, style_deg=wanted).style
        assert {name.removeprefix("left_").removeprefix("right_") for name in style} == set(
            STYLE_CHANNELS
        )
        rms.append(np.sqrt(np.mean([(a + b) ** 2 for a, b in style.values()])))
    assert np.mean(rms) == pytest.approx(wanted, rel=0.1)


def test_height_can_be_fixed() -> None:
    drawn, fixed = Person.from_seed(2), Person.from_seed(2, height_m=1.6)
    assert fixed.height_m == 1.6
    assert fixed.style == drawn.style
    assert fixed.limbs.thigh / 1.6 == pytest.approx(drawn.limbs.thigh / drawn.height_m)


@pytest.mark.parametrize("height_m", [0.5, 17.3, float("nan")])
def test_impossible_height_is_refused(height_m: float) -> None:
    with pytest.raises(UsageError, match="height_m"):
        Person.from_seed(1, height_m=height_m)
