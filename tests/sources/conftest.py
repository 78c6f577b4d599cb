"""Small videos, and a cache folder of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.sources.video import open_writer


@pytest.fixture(scope="session", autouse=True)
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's cache out of the tests; the model bundle is built once for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DTWCOACH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


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
