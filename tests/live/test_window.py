from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.live.window import NoWindow, Window

PICTURE = np.zeros((48, 64, 3), np.uint8)


@pytest.fixture
def highgui(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """OpenCV's window functions, pretended."""
    gui: dict[str, Any] = {"keys": [], "visible": 1.0, "shown": 0, "closed": 0}

    def imshow(title: str, picture: np.ndarray) -> None:
        gui["shown"] += 1

    def close() -> None:
        gui["closed"] += 1

    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr("cv2.namedWindow", lambda title, flags: None)
    monkeypatch.setattr("cv2.resizeWindow", lambda title, width, height: None)
    monkeypatch.setattr("cv2.getWindowProperty", lambda title, what: gui["visible"])
    monkeypatch.setattr("cv2.imshow", imshow)
    monkeypatch.setattr("cv2.waitKey", lambda ms: gui["keys"].pop(0) if gui["keys"] else -1)
    monkeypatch.setattr("cv2.destroyAllWindows", close)
    return gui


@pytest.mark.parametrize(
    ("key", "wish"),
    [("q", "end"), ("\x1b", "end"), (" ", "pause"), ("u", "undo"), ("x", "")],
)
def test_what_keys_ask_for(highgui: dict[str, Any], key: str, wish: str) -> None:
    highgui["keys"] = [ord(key), -1]
    with Window("squat") as window:
        assert window.show(PICTURE) == wish
        assert window.show(PICTURE) == ""
        window.linger(0.1)
    assert highgui["shown"] == 2
    assert highgui["closed"] == 1


def test_a_closed_window_ends_the_set(highgui: dict[str, Any]) -> None:
    with Window("squat") as window:
        assert window.show(PICTURE) == ""
        highgui["visible"] = 0.0
        assert window.show(PICTURE) == "end"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(UsageError, match="--headless"):
        Window("squat")


def test_no_window_at_all() -> None:
    window = NoWindow()
    window.linger(100.0)
    assert window.show(PICTURE) == ""


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs Xvfb")
def test_a_real_window_opens_and_closes() -> None:
    code = (
        "import numpy as np\n"
        "from dtwcoach.live.window import Window\n"
        "with Window('squat') as window:\n"
        "    said = [window.show(np.full((480, 640, 3), 90, np.uint8)) for _ in range(5)]\n"
        "    window.linger(0.05)\n"
        "print(said)"
    )
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", code],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['', '', '', '', '']"
