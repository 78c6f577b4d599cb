"""Real keys in a real window, on a display that nobody sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

CODE = """
import subprocess
import numpy as np
from dtwcoach.live.window import Window
from dtwcoach.record.session import KEYS

picture = np.full((480, 640, 3), 90, np.uint8)
with Window("dtwcoach: keys", keys=KEYS) as window:
    for _ in range(20):
        window.show(picture)
    for key in ("r", "w", "s", "u", "x", "q", "Escape"):
        subprocess.run(["xdotool", "search", "--name", "dtwcoach: keys", "key", key], check=True,
                       capture_output=True)
        said = [window.show(picture) for _ in range(100)]
        print(key, *filter(None, said))
"""


@pytest.mark.skipif(
    not (shutil.which("xvfb-run") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_every_key_does_what_the_screen_says() -> None:
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", CODE],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "r right", "w wrong", "s stop", "u undo", "x", "q end", "Escape end",
    ]  # fmt: skip
