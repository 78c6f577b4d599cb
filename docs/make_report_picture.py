"""Takes the picture of the report in the README: `uv run python docs/make_report_picture.py`.

Runs the demo, opens its report in Debian's Chromium and saves what it shows.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from dtwcoach.demo import run

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1080, 1250
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=8000",
]


def take(report: Path, picture: Path) -> None:
    """Save the top of a report as a PNG with few colours."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is missing. Install it: sudo apt install chromium")
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.png"
        size = [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={raw}"]
        profile = f"--user-data-dir={folder}/profile"
        subprocess.run(
            [chromium, *FLAGS, *size, profile, report.as_uri()], check=True, capture_output=True
        )
        with Image.open(raw) as image:
            image.convert("RGB").quantize(128).save(picture, optimize=True)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="a report that exists already")
    parser.add_argument("--out", type=Path, default=HERE / "report.png")
    options = parser.parse_args()
    if options.report:
        take(options.report.resolve(), options.out)
    else:
        with tempfile.TemporaryDirectory() as folder:
            take(run(Path(folder)).report.resolve(), options.out)
    print(f"{options.out}: {options.out.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
