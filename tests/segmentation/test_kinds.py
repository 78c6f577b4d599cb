import numpy as np
import pytest

from dtwcoach.segmentation.kinds import nearest_kind

MIX = np.array([1.0, -0.4, 0.0])
KINDS = (60, 1.0), (30, 1.0), (60, 0.5)
"""Frames and size: as it should be, too fast, too small."""


def swing(frames: int, size: float, *, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    course = np.sin(np.linspace(0.0, np.pi, frames)) ** 2
    values = size * course[:, None] * MIX
    return np.asarray(values + noise * np.random.default_rng(seed).normal(size=values.shape))


def kinds() -> list[np.ndarray]:
    return [swing(frames, size) for frames, size in KINDS]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(("tempo", "size"), [(1.0, 1.0), (1.25, 0.85), (0.8, 1.15)])
def test_time_and_size_tell_the_kind(number: int, tempo: float, size: float) -> None:
    frames, own = KINDS[number]
    values = swing(round(frames * tempo), own * size, noise=0.02, seed=number)
    assert nearest_kind(values + [3.0, -8.0, 1e3], kinds()) == number


@pytest.mark.parametrize(("before", "after"), [(12, 12), (24, 0), (0, 24)])
def test_still_frames_around_it_do_not_make_it_slow(before: int, after: int) -> None:
    quick = np.vstack([np.zeros((before, 3)), swing(30, 1.0), np.zeros((after, 3))])
    assert nearest_kind(quick, kinds()[:2]) == 1


def test_one_that_turns_early_is_not_small_for_that() -> None:
    way = np.interp(np.arange(60), [0, 20, 59], [0.0, 1.0, 0.0])
    assert nearest_kind(0.95 * way[:, None] * MIX, [swing(60, 1.0), swing(60, 0.5)]) == 0


def test_the_course_tells_what_time_and_size_do_not() -> None:
    early = np.interp(np.arange(60), [0, 10, 59], [0.0, 1.0, 0.0])[:, None] * MIX
    late = early[::-1]
    assert nearest_kind(0.9 * early[::2], [late, early]) == 1
    assert nearest_kind(0.9 * late[::2], [late, early]) == 0


def test_what_the_kinds_share_does_not_decide() -> None:
    alike = [swing(60, 1.0), swing(60 + 1, 0.5)]
    assert nearest_kind(swing(40, 0.55), alike) == 1
    assert nearest_kind(swing(95, 0.95), alike) == 0


def test_standing_still_is_the_smallest() -> None:
    assert nearest_kind(np.full((60, 3), 4.0), kinds()) == 2


@pytest.mark.parametrize("bad", [np.full((60, 3), np.nan), np.zeros((1, 3))])
def test_what_cannot_be_measured_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="One frame, NaN or infinity"):
        nearest_kind(bad, kinds())


def test_a_kind_that_stands_still_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing moves"):
        nearest_kind(swing(30, 1.0), [*kinds(), np.full((30, 3), 2.0)])
