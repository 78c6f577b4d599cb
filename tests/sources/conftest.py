"""Small videos, and a cache folder of each test's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dtwcoach.sources.video import open_writer


@pytest.fixture(autouse=True)
def own_cache(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Keep the user's cache out of the tests."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("DTWCOACH_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 frames of 64 x 48 at 25 fps: dark, lighter by 6 each, with a bright top left corner."""
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    with open_writer(path, fps=25.0, size=(64, 48)) as writer:
        for number in range(40):
            image = np.full((48, 64, 3), 5 * number, np.uint8)
            image[:16, :16] = 250
            writer.write(image)
    return path
