import numpy as np
import pytest

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.segmentation.channels import changes
from dtwcoach.segmentation.guided import spot
from dtwcoach.segmentation.templates import make_template

RATE_HZ = 10.0


def series_of(*columns: np.ndarray) -> FeatureSeries:
    names = tuple(f"channel {number}" for number in range(len(columns)))
    return FeatureSeries(np.arange(len(columns[0])) / RATE_HZ, np.stack(columns, axis=1), names)


def reps(*frames: int) -> np.ndarray:
    """There, a stay, and back, each a third of so many frames; three seconds of rest around."""
    parts = [np.zeros(30)]
    for count in frames:
        way = np.linspace(0.0, 1.0, count // 3)
        parts += [way, np.ones(count // 3), way[::-1], np.zeros(30)]
    return np.concatenate(parts)


def test_changes_forget_offsets_and_nearly_forget_drift() -> None:
    drive = reps(30, 60)
    plain = changes(series_of(drive), over_s=1.0).values
    shifted = changes(series_of(drive + 1e3), over_s=1.0).values
    drifting = changes(series_of(drive + 0.001 * np.arange(len(drive))), over_s=1.0).values
    assert shifted == pytest.approx(plain, abs=1e-9)
    assert np.abs(drifting - plain).max() <= 0.0100001
    assert np.abs(plain[:15]).max() == 0.0
    assert plain.max() == pytest.approx(-plain.min()) == pytest.approx(0.8, abs=0.15)


def test_what_is_missing_is_left_out_of_means() -> None:
    drive = np.full(40, 2.0)
    drive[10:13] = np.nan
    drive[20:32] = np.nan
    found = changes(series_of(drive), over_s=0.5).values[:, 0]
    assert found[:20] == pytest.approx(0.0)
    assert np.isnan(found[21:31]).all()


def test_a_movement_is_found_in_a_session_with_other_offsets() -> None:
    def session(drive: np.ndarray, offsets: tuple[float, float], seed: int) -> FeatureSeries:
        noise = 0.02 * np.random.default_rng(seed).normal(size=(2, len(drive)))
        series = series_of(drive + offsets[0] + noise[0], offsets[1] - 0.5 * drive + noise[1])
        return changes(series, over_s=1.0)

    shown = session(reps(45), (0.0, 0.0), 1)
    template = make_template(
        shown.names, shown.values[30:75], scale=np.ones(2), rest=np.zeros(2), border=1.0
    )
    spans = spot(session(reps(30, 45, 75), (3.0, -2.0), 2), [template])
    assert len(spans) == 3
    for (_, start, stop), (first, last) in zip(
        spans, [(30, 60), (90, 135), (165, 240)], strict=True
    ):
        assert start == pytest.approx(first, abs=8)
        assert stop == pytest.approx(last, abs=8)
