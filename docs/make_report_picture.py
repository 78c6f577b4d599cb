"""Takes the picture of the report in the README: `uv run python docs/make_report_picture.py`.

Runs the demo, opens its report in the installed Chromium and saves what it shows.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from dtwcoach.demo import run

HERE = Path(__file__).resolve().parent
SIZE: ViewportSize = {"width": 1080, "height": 2000}
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Only the repetition that is open, so that it comes into the picture.
HIDE_FOLDED = "document.querySelectorAll('details:not([open])').forEach((item) => item.remove())"
IS_DRAWN = """() => [...document.querySelectorAll("[data-figure]")].every(
  (figure) => figure.dataset.drawn || figure.getBoundingClientRect().top > innerHeight)"""


def take(report: Path, picture: Path) -> None:
    """Save a report down to the first curves as a PNG with few colours."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        sys.exit("Chromium is missing. Install it: sudo apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport=SIZE, offline=True)
        page.goto(report.as_uri())
        page.wait_for_function(IS_DRAWN)
        page.evaluate(HIDE_FOLDED)
        page.wait_for_function(IS_DRAWN)
        shot = page.screenshot()
        browser.close()
    with Image.open(io.BytesIO(shot)) as image:
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
