"""The benchmark of hands, on one gesture."""

from __future__ import annotations

import pytest

from benchmarks.hands import main


def test_the_table_says_how_often_and_how_well_a_hand_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--people", "1", "--gestures", "wave", "--every", "3"])
    head, row, total, drawing, looking = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["gesture", "frames", "found"]
    name, frames, found, shown, body, face, error = row.split()
    assert (name, int(frames) > 5) == ("wave", True)
    assert float(found) >= 80.0
    assert float(shown) >= 90.0
    assert (float(body), float(face)) == (100.0, 100.0)
    assert 0.0 < float(error) < 8.0
    assert total.split()[-1] == error
    assert "drawing" in drawing
    assert "Holistic" in looking
