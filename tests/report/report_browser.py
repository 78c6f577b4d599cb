"""Pages in a headless Chromium, through Playwright: offline, and all they do is noted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True
}  # fmt: skip
LOOKS = {"light": (DESKTOP, "light"), "dark": (DESKTOP, "dark"), "phone": (PHONE, "light")}
"""The ways a page is looked at: on which screen, and the colours asked for."""

# Adds up what moved without anybody asking for it, and keeps the names of what did.
WATCH_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const names = shift.sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
    shifts.push([shift.value, names.join(", ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# Two frames later the observer has heard of everything that is on the screen now.
READ_SHIFTS = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(shifts)))))"""


@dataclass
class Tab:
    """An open page, and what it did that nobody should notice."""

    page: Page
    path: Path
    requests: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note from now on what is asked for, and what goes wrong."""
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("dialog", lambda dialog: self.trouble.append(f"dialog: {dialog.message}"))
        self.page.on("console", lambda said: self._said(said.type, said.text))

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.requests.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.trouble.append(text)

    def draw(self) -> None:
        """Bring every figure that is not folded away into view, and wait until it is drawn."""
        for figure in self.page.locator("[data-figure]:visible").all():
            figure.scroll_into_view_if_needed()
            expect(figure).to_have_attribute("data-drawn", "yes")

    def unfold(self) -> None:
        """Open all that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")

    def shifts(self) -> list[tuple[float, str]]:
        """Return by how much things moved unasked (layout shift scores), and which."""
        return [(value, names) for value, names in self.page.evaluate(READ_SHIFTS)]

    def barriers(self) -> list[str]:
        """Return what axe-core finds to be a serious or critical barrier, one line each."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {node['target'][0]} {node['failureSummary']}"
            for rule in found
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]


class Chromium:
    """A running browser that shows one page at a time.

    A page costs half as much when the browser has plotly.js compiled already. It keeps that for the
    address of the page, in the process of the tab: all pages are written into one folder, under one
    name if they take one, and a tab is closed only when the next is there.
    """

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._contexts: dict[int, BrowserContext] = {}

    def show(self, write: Callable[[Path], Path], look: str = "light") -> Tab:
        """Write a page into the empty folder and open it."""
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        return self.open(write(self._folder), look)

    def open(self, path: Path, look: str = "light") -> Tab:
        """Open a file in a fresh tab, and close the one before."""
        screen, colours = LOOKS[look]
        context = self._context(screen)
        before = context.pages
        tab = Tab(context.new_page(), path)
        tab.watch()
        tab.page.emulate_media(color_scheme=colours)
        tab.page.goto(path.as_uri())
        for page in before:
            page.close()
        return tab

    def _context(self, screen: dict[str, Any]) -> BrowserContext:
        if id(screen) not in self._contexts:
            context = self._browser.new_context(offline=True, **screen)
            context.set_default_timeout(20_000)
            context.add_init_script(WATCH_SHIFTS)
            self._contexts[id(screen)] = context
        return self._contexts[id(screen)]


@contextmanager
def launched(folder: Path) -> Iterator[Chromium]:
    """Start the installed Chromium, which opens pages in `folder`; it is gone afterwards.

    A machine without one skips the test, a machine that decides over a change fails it.
    """
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("needs Chromium: apt-get install chromium")
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--process-per-site"]
        )
        yield Chromium(browser, folder)
        browser.close()
