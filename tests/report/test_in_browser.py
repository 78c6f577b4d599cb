"""Every page as people meet it: opened from disk, without a network, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from page_examples import HOSTILE_PAGES, NOW, PAGES
from playwright.sync_api import Page, expect
from report_browser import LOOKS, Chromium, Tab, launched
from report_examples import HOSTILE, make_set
from report_history import judged

from dtwcoach.pose import INDEX
from dtwcoach.report.bodies import PER_TORSO, POINTS, attempt_motion, skeleton
from dtwcoach.report.page import write_report
from dtwcoach.report.tables import to_csv

FOLDED = ("set", "holds", "calibration", "check", "sheet")
# Each leaves a mark on the body if it is let.
ATTACKS = """<svg onload="document.body.dataset.handler = 1"></svg>
  <script>document.body.dataset.script = 1</script>
  <img src="http://127.0.0.1/x.png" onerror="document.body.dataset.image = 1">
  <a href="javascript:void(document.body.dataset.link = 1)">Click</a>"""
# Whatever Tab should stop at; of a group of radio buttons it stops at the chosen one.
CONTROLS = """a[href], button:enabled, input:enabled:not([type=radio]:not(:checked)),
  select:enabled, textarea:enabled, summary, audio[controls], video[controls], [tabindex]"""
NUMBER_CONTROLS = f"""() => [...document.querySelectorAll(`{CONTROLS}`)]
  .filter((item) => item.tabIndex >= 0 && item.checkVisibility())
  .map((item, number) => (item.dataset.stop = `${{number}} ${{item.outerHTML.slice(0, 70)}}`))"""
NOTE_FOCUSED = """() => {
  globalThis.focused = [];
  addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const seen = outlineStyle !== "none" && outlineWidth !== "0px";
    focused.push([target.dataset.stop ?? target.outerHTML.slice(0, 70), seen]);
  });
}"""
# Taken when the page has made itself ready for the printer; its own listener comes first.
NOTE_PRINTED = """addEventListener("beforeprint", () => {
  const figures = [...document.querySelectorAll("[data-figure]")];
  globalThis.printed = {
    folded: document.querySelectorAll("details:not([open])").length,
    undrawn: figures.filter((item) => !item.dataset.drawn).map((item) => item.id),
  };
})"""

A4_PX = 717
"""Width of A4 paper within the usual margins."""
PAPER_SIZES = """() => [...document.querySelectorAll("[data-figure]")].map((item) => {
  const { width, height } = item.querySelector(".main-svg").getBoundingClientRect();
  return [item.id, [width, height], [item.clientWidth, item.clientHeight]];
})"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One for the whole file, no longer: while Playwright runs, no other event loop can."""
    with launched(tmp_path_factory.mktemp("pages")) as browser:
        yield browser


@pytest.fixture(
    scope="module", params=[(page, look) for page in PAGES for look in LOOKS], ids="-".join
)
def shown(request: pytest.FixtureRequest, chromium: Chromium) -> tuple[Tab, str]:
    """A page, read from top to end in one of the looks; tests only look at it."""
    name, look = request.param
    tab = chromium.show(PAGES[name], look)
    tab.draw()
    return tab, look


def test_opens_from_disk_asks_for_nothing_and_complains_of_nothing(shown: tuple[Tab, str]) -> None:
    tab, _ = shown
    beside = {file.as_uri() for file in tab.path.parent.iterdir()}
    assert tab.path.as_uri() in tab.requests
    assert set(tab.requests) <= beside
    assert tab.trouble == []


def test_nothing_jumps(shown: tuple[Tab, str]) -> None:
    shifts = shown[0].shifts()
    assert sum(value for value, _ in shifts) < 0.02, shifts


def test_nothing_is_wider_than_the_screen(shown: tuple[Tab, str]) -> None:
    tab, look = shown
    width = 390 if look == "phone" else 1280
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_nobody_meets_a_barrier(shown: tuple[Tab, str]) -> None:
    tab = shown[0]
    tab.unfold()
    tab.draw()
    assert tab.barriers() == []


def test_pages_may_share_one_script(chromium: Chromium) -> None:
    def write(folder: Path) -> Path:
        return write_report(judged("+"), folder / "a.html", now=NOW, plotly="directory")

    tab = chromium.show(write)
    tab.draw()
    (script,) = tab.path.parent.glob("*.js")
    assert tab.requests == [tab.path.as_uri(), script.as_uri()]
    assert tab.trouble == []


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_hostile_names_are_inert(name: str, chromium: Chromium) -> None:
    tab = chromium.show(HOSTILE_PAGES[name])
    tab.draw()
    tab.unfold()
    tab.draw()
    assert tab.page.locator("img").count() == 0
    assert (HOSTILE in tab.page.title()) != (name == "index")  # its title has no names
    assert tab.page.title() != "pwned"
    assert HOSTILE in tab.page.locator("main").inner_text()
    assert tab.requests == [tab.path.as_uri()]
    assert tab.trouble == []


@pytest.mark.parametrize("name", PAGES)
def test_the_security_policy_stops_what_escaping_would_miss(
    name: str, chromium: Chromium, tmp_path: Path
) -> None:
    path = PAGES[name](tmp_path)
    html = re.sub('<script type="text/plain".*?</script>', "", path.read_text("utf-8"))

    def attacked(page: str) -> Tab:
        path.write_text(page.replace("<main>", f"<main>{ATTACKS}"), "utf-8")
        tab = chromium.open(path)
        tab.page.get_by_text("Click", exact=True).click()
        return tab

    safe = attacked(html)
    assert safe.page.evaluate("({ ...document.body.dataset })") == {}
    assert len([said for said in safe.trouble if "Content Security Policy" in said]) >= 4
    # Without its policy the same page is taken over: the attacks are real.
    lost = attacked(re.sub("<meta http-equiv[^>]*>", "", html)).page
    expect(lost.locator("body[data-handler][data-script][data-image][data-link]")).to_be_attached()


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_every_control_in_order_and_shows_where_it_is(
    name: str, chromium: Chromium
) -> None:
    tab = chromium.show(PAGES[name])
    tab.draw()
    controls = tab.page.evaluate(NUMBER_CONTROLS)
    tab.page.evaluate(NOTE_FOCUSED)
    tab.page.evaluate("scrollTo(0, 0)")
    for _ in range(len(controls) + 5):  # what scrolls may be a stop of its own
        tab.page.keyboard.press("Tab")
    focused = tab.page.evaluate("focused")
    assert [stop for stop, _ in focused if stop in controls][: len(controls)] == controls
    assert [stop for stop, is_visible in focused if not is_visible] == []


@pytest.mark.parametrize("name", FOLDED)
def test_enter_and_space_unfold(name: str, chromium: Chromium) -> None:
    page = chromium.show(PAGES[name]).page
    folded = page.locator("details:not([open])").first.element_handle()
    assert folded
    folded.query_selector("summary").focus()  # type: ignore[union-attr]
    for key, is_open in (("Enter", True), ("Space", False), ("Space", True)):
        page.keyboard.press(key)
        assert folded.evaluate("item => item.open") is is_open


@pytest.mark.parametrize("name", PAGES)
def test_the_printed_page_shows_all_that_is_folded(name: str, chromium: Chromium) -> None:
    page = chromium.show(PAGES[name]).page
    if page.locator("[data-figure]").count():
        page.locator("[data-figure]:visible").first.scroll_into_view_if_needed()
        expect(page.locator("[data-drawn]").first).to_be_attached()
    folded = page.locator("details:not([open])").count()
    page.evaluate(NOTE_PRINTED)
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-")
    assert page.evaluate("printed") == {"folded": 0, "undrawn": []}
    assert page.locator("details:not([open])").count() == folded
    if name == "set":
        assert len(re.findall(rb"/Type /Page\b", pdf)) >= 3


@pytest.mark.parametrize("name", ["set", "calibration", "sheet", "progress"])
def test_on_paper_nothing_is_cut_off_and_no_room_stays_empty(name: str, chromium: Chromium) -> None:
    page = chromium.show(PAGES[name]).page
    expect(page.locator("html.ready")).to_be_attached()
    page.locator("[data-figure]:visible").first.scroll_into_view_if_needed()
    expect(page.locator("[data-drawn]").first).to_be_attached()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_PX, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_PX
    for figure, drawn, room in page.evaluate(PAPER_SIZES):
        assert drawn[0] <= room[0], figure
        assert drawn[1] == pytest.approx(room[1], abs=1), figure
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    drawn, room = page.evaluate(PAPER_SIZES)[0][1:]
    assert drawn == room  # back on the screen


def test_a_click_into_the_timeline_unfolds_the_repetition(chromium: Chromium) -> None:
    page = chromium.show(lambda folder: write_report(make_set(), folder / "a.html", now=NOW)).page
    timeline, sixth = page.locator("#timeline"), page.locator("#rep-6")
    expect(timeline).to_have_attribute("data-drawn", "yes")
    expect(timeline.locator(".scatterlayer .trace")).to_have_count(1)
    assert page.locator("[data-drawn]").count() < 4  # drawn when seen
    assert not sixth.evaluate("item => item.open")
    height = sixth.bounding_box()["height"]  # type: ignore[index]
    area = timeline.locator(".nsewdrag").bounding_box()
    end = timeline.evaluate("item => item.layout.xaxis.range[1]")
    page.mouse.click(area["x"] + area["width"] * 24 / end, area["y"] + 60)  # type: ignore[index]
    expect(page.locator("#rep-6-curves")).to_have_attribute("data-drawn", "yes")
    assert sixth.evaluate("item => item.open")
    assert sixth.bounding_box()["height"] > height  # type: ignore[index]
    panels = int(re.findall(r"\d+", page.locator("#rep-6-curves").get_attribute("aria-label"))[0])  # type: ignore[arg-type]
    assert panels >= 9
    expect(page.locator("#rep-6-curves :is(.xtitle, .annotation)")).to_have_count(panels)


def test_a_link_unfolds_the_repetition(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    first = page.locator("#rep-1")
    assert not first.evaluate("item => item.open")
    page.locator('.chips a[href="#rep-1"]').press("Enter")
    expect(first.locator("summary")).to_be_in_viewport()
    page.locator("#rep-1-curves").scroll_into_view_if_needed()
    expect(page.locator("#rep-1-curves")).to_have_attribute("data-drawn", "yes")


def test_figures_follow_the_colours_and_the_width(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    page.locator('.chips a[href="#rep-2"]').click()
    curves, line = page.locator("#rep-2-curves"), page.locator("#timeline .js-line")
    expect(curves).to_have_attribute("data-drawn", "yes")
    light = line.evaluate("item => getComputedStyle(item).stroke")
    assert curves.evaluate("item => item.layout.grid.columns") > 1
    page.emulate_media(color_scheme="dark")
    expect(line).not_to_have_css("stroke", light)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => document.querySelector('#rep-2-curves').layout.grid.columns === 1"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_calibration_page_draws_its_points_and_curves(chromium: Chromium) -> None:
    page = chromium.show(PAGES["calibration"], "phone").page
    page.locator("#scores").scroll_into_view_if_needed()
    expect(page.locator("#scores .points path").first).to_be_attached()
    expect(page.locator("#roc .js-line")).to_have_count(2)
    page.evaluate("location.hash = 'rep-2'")
    page.locator("#rep-2-curves").scroll_into_view_if_needed()
    expect(page.locator("#rep-2-curves .js-line").first).to_be_attached()


def test_the_heat_map_has_its_words(chromium: Chromium) -> None:
    page = chromium.show(PAGES["check"]).page
    expect(page.locator("#sight .hm").first).to_be_attached()
    expect(page.locator("#sight")).to_contain_text(">60°")
    expect(page.locator("#sight")).to_contain_text("left elbow (ignored)")


SHOWN_ROWS = """() => [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetParent)
  .map((row) => `${row.cells[1].firstChild.textContent} ${row.cells[2].textContent}`)"""


def test_the_index_shows_who_and_what_is_chosen(chromium: Chromium) -> None:
    page = chromium.show(PAGES["index"]).page
    assert len(page.evaluate(SHOWN_ROWS)) == 4
    for box, choice, rows in (
        ("athlete", "Anna", ["Anna Lunge", "Anna Squat"]),
        ("exercise", "Lunge", ["Anna Lunge"]),
        ("athlete", "Ben", []),
        ("exercise", "all", ["Ben Squat"]),
    ):
        page.locator(f"#{box}").select_option(label=choice)
        assert page.evaluate(SHOWN_ROWS) == rows


def test_points_of_progress_lead_to_their_row(chromium: Chromium) -> None:
    page = chromium.show(HOSTILE_PAGES["progress"]).page
    page.locator("#course-1-share").scroll_into_view_if_needed()
    page.locator("#course-1-share .point").nth(1).click(force=True)
    expect(page.locator("tr:target a").first).to_have_attribute("href", "./0001.html")
    tempo = page.locator("#course-1-tempo")
    tempo.scroll_into_view_if_needed()
    expect(tempo).to_contain_text(HOSTILE)


def test_decisions_about_references_become_commands(chromium: Chromium) -> None:
    page = chromium.show(PAGES["sheet"]).page
    ids = [item.get_attribute("data-id") for item in page.locator("fieldset.decide").all()]
    expect(page.locator("#told")).to_have_text("Nothing to do: all are kept as they are.")
    expect(page.locator("#copy")).to_be_hidden()
    page.evaluate("document.querySelectorAll('details').forEach((item) => (item.open = true))")
    for number, choice in ((1, "relabel"), (2, "remove"), (3, "remove")):
        page.locator(f"#rep-{number} input[value={choice}]").check()
    expect(page.locator("#rep-2 .decided")).to_have_text("to be rejected")
    other = page.locator("#rep-1 fieldset.decide").get_attribute("data-other")
    lines = [
        f"dtwcoach reference remove squat {ids[1]} {ids[2]}",
        f"dtwcoach reference relabel squat {ids[0]} {other}",
        "dtwcoach calibrate squat",
    ]
    expect(page.locator("#commands")).to_have_text("\n".join(lines))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.locator("#copy").click()
    assert page.evaluate("getSelection().toString()").strip() == "\n".join(lines)
    for number in (1, 2, 3):
        page.locator(f"#rep-{number} input[value=keep]").check()
    expect(page.locator("#commands")).to_be_hidden()


def test_each_reference_moves_beside_its_own_others(chromium: Chromium) -> None:
    page = chromium.show(PAGES["sheet"]).page
    page.locator("#rep-1 .player [data-do=forward]").click()
    expect(page.locator("#rep-1 .player .reference line:visible").first).to_be_attached()
    page.locator("#rep-1 .faults a").first.click()
    expect(page.locator("#rep-1-curves ~ .cursors .found")).to_have_count(1)


def moment(page: Page, number: int = 2) -> int:
    """The attempt sample that the bodies of a repetition show."""
    return int(page.locator(f"#rep-{number} input[type=range]").input_value())


def shares(page: Page, number: int = 2) -> set[str]:
    """Where the cursor stands over each curve of a repetition."""
    lines = page.locator(f"#rep-{number}-curves + .cursors i")
    found = lines.evaluate_all("them => them.map((one) => one.style.getPropertyValue('--share'))")
    return {f"{float(share):.3f}" for share in found}


def test_bodies_play_and_one_cursor_moves_in_all_curves(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    rep, play = page.locator("#rep-2"), page.locator("#rep-2 [data-do=play]")
    page.locator("#rep-2-curves").scroll_into_view_if_needed()
    expect(page.locator("#rep-2-curves + .cursors i")).to_have_count(11)
    assert moment(page) == 49  # of the worst fault
    before, knee = shares(page), rep.locator("svg[data-view=side] .attempt line").nth(4)
    assert len(before) == 1
    place = knee.get_attribute("y2")
    play.press("Enter")
    expect(play).to_have_attribute("aria-label", "Pause")
    expect(rep.locator("input[type=range]")).not_to_have_value("49")
    play.press("Enter")
    expect(play).to_have_attribute("aria-label", "Play")
    stopped = moment(page)
    assert len(shares(page)) == 1
    assert shares(page) != before
    assert knee.get_attribute("y2") != place
    rep.locator("[data-do=forward]").click()
    assert moment(page) == stopped + 1
    rep.locator("[data-do=back]").click()
    assert moment(page) == stopped
    rep.locator("input[type=range]").press("ArrowRight")
    assert moment(page) == stopped + 1


def test_what_is_off_is_ringed_and_named_only_while_it_is(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    rep = page.locator("#rep-2")
    rings = rep.locator("svg[data-view=front] .attempt .ring:visible")
    expect(rep.locator(".off-now")).to_have_text("✗ off: trunk, left knee")
    expect(rings).to_have_count(5)  # shoulders and hips are the trunk
    rep.locator("input[type=range]").fill("0")
    expect(rep.locator(".off-now")).to_have_text("")
    expect(rings).to_have_count(0)
    expect(rep.locator(".moment")).to_have_text("0.00 s · start")
    made = judged("+-?")
    off = {joint: ranges for joint, _, ranges in attempt_motion(made, made.reps[1])["off"]}
    ((first, after),) = off["left knee"]
    for at, named in ((first - 1, False), (first, True), (after - 1, True), (after, False)):
        rep.locator("input[type=range]").fill(str(at))
        assert ("left knee" in rep.locator(".off-now").inner_text()) == named


@pytest.mark.parametrize(("yaw_deg", "forward"), [(38.0, -1), (-38.0, 1)])
def test_the_side_view_is_from_where_the_camera_stood(
    yaw_deg: float, forward: int, chromium: Chromium
) -> None:
    made = replace(judged("-"), view_yaw_deg=yaw_deg)
    page = chromium.show(lambda folder: write_report(made, folder / "a.html", now=NOW)).page
    thigh = skeleton()["bones"].index([POINTS.index("left_hip"), POINTS.index("left_knee")])
    line = page.locator("svg[data-view=side] .attempt line").nth(thigh)
    hip, knee = (float(line.get_attribute(end) or "nan") for end in ("x1", "x2"))
    assert (knee - hip) * forward > 0.3 * PER_TORSO  # knees are in front of a squat's hips


def test_the_reference_is_where_the_warping_path_ties_it(chromium: Chromium) -> None:
    made = judged("-")
    quick = [(at, 2 * at) for at in range(25)] + [(at, 50) for at in range(25, 50)]
    path = np.array(quick + [(at, at) for at in range(50, 100)])
    made = replace(made, reps=(replace(made.reps[0], path=path),))
    page = chromium.show(lambda folder: write_report(made, folder / "a.html", now=NOW)).page
    page.locator("#rep-1 input[type=range]").fill("24")
    expect(page.locator("#rep-1 .moment")).to_have_text("0.78 s · bottom")


def test_what_is_folded_away_stops_playing(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    play = page.locator("#rep-2 [data-do=play]")
    play.press("Enter")
    expect(play).to_have_attribute("aria-label", "Pause")
    page.locator("#rep-2 > summary").press("Enter")
    expect(play).to_have_attribute("aria-label", "Play")


def test_what_was_hidden_is_left_out_only_while_it_was(chromium: Chromium) -> None:
    made = judged("--")
    whole = made.reps[0]
    body = whole.body.copy()
    body[10:40, INDEX["left_wrist"]] = np.nan
    made = replace(made, reps=(whole, replace(whole, number=2, body=body)))
    page = chromium.show(lambda folder: write_report(made, folder / "a.html", now=NOW)).page
    page.evaluate("document.querySelectorAll('details').forEach((item) => (item.open = true))")
    bone = skeleton()["bones"].index([POINTS.index("left_elbow"), POINTS.index("left_wrist")])
    places = {}
    for number in (1, 2):
        page.locator(f"#rep-{number} input[type=range]").fill("60")
        line = page.locator(f"#rep-{number} svg[data-view=front] .attempt line").nth(bone)
        places[number] = [line.get_attribute(end) for end in ("x1", "y1", "x2", "y2")]
        page.locator(f"#rep-{number} input[type=range]").fill("20")
        expect(line).to_be_visible(visible=number == 1)
    assert places[1] == places[2]


def test_a_field_of_the_heat_map_leads_to_its_moment_and_curve(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    page.locator("#rep-2-curves").scroll_into_view_if_needed()
    expect(page.locator("#rep-2-curves")).to_have_attribute("data-drawn", "yes")
    page.evaluate("scrollTo(0, 0)")
    field = page.locator("#rep-2 table.heat tbody tr").nth(4).locator("a").nth(3)
    field.press("Enter")
    at, panel = (int(field.get_attribute(f"data-{key}")) for key in ("at", "panel"))  # type: ignore[arg-type]
    assert moment(page) == at > 55  # on the way back
    line = page.locator("#rep-2-curves + .cursors i").nth(panel)
    expect(line).to_have_class("found")
    expect(line).to_be_in_viewport()
    title = page.locator("#rep-2-curves .annotation").nth(panel)
    joint = page.locator("#rep-2 table.heat tbody tr").nth(4).locator("th").inner_text()
    expect(title).to_contain_text(joint.split()[-1])


def test_arrows_lead_through_the_heat_map(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    expect(page.locator("html")).to_have_class("ready")
    rows = page.locator("#rep-2 table.heat tbody tr")
    expect(page.locator("#rep-2 table.heat a[tabindex='0']")).to_have_count(1)
    first = rows.nth(0).locator("a").nth(0)
    first.press("ArrowRight")
    expect(rows.nth(0).locator("a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    below = rows.nth(1).locator("a").nth(1)
    expect(below).to_be_focused()
    expect(below).to_have_attribute("tabindex", "0")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # nothing above: it stays
    expect(rows.nth(0).locator("a").nth(1)).to_be_focused()


def test_curves_over_seconds_for_all_repetitions_at_once(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    curves = page.locator("#rep-2-curves")
    curves.scroll_into_view_if_needed()
    expect(curves).to_have_attribute("data-drawn", "yes")
    page.locator("#rep-2 input[data-time=seconds]").check()
    assert curves.evaluate("item => item.layout.xaxis.range[1]") == 3.2
    assert shares(page) == {"0.494"}  # 1.58 of 3.2 s, wherever the references are then
    page.locator("#rep-1 summary").click()
    assert page.locator("#rep-1 input[data-time=seconds]").is_checked()
    page.locator("#rep-1-curves").scroll_into_view_if_needed()
    expect(page.locator("#rep-1-curves")).to_have_attribute("data-drawn", "yes")
    assert page.locator("#rep-1-curves").evaluate("item => item.layout.xaxis.ticksuffix") == " s"


def test_bodies_side_by_side_do_not_touch(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    side = page.locator("#rep-2 svg[data-view=side]")

    def ends() -> tuple[float, float]:
        theirs, ours = (
            side.locator(f".{name}").evaluate("item => item.getBoundingClientRect().toJSON()")
            for name in ("reference", "attempt")
        )
        return theirs["right"], ours["left"]

    assert ends()[0] > ends()[1]
    page.locator("#rep-2 [data-do=apart]").check()
    assert ends()[0] < ends()[1]


def test_the_table_is_sorted_by_any_column_unknown_ones_last(chromium: Chromium) -> None:
    page = chromium.show(PAGES["set"]).page
    table = page.locator("table.sortable")

    def order() -> list[str]:
        return table.locator("tbody th").all_inner_texts()

    assert order() == ["1", "2", "3"]  # right, wrong, not judged
    table.get_by_role("button", name="Score").press("Enter")
    assert order() == ["1", "2", "3"]
    table.get_by_role("button", name="Score").press("Enter")
    assert order() == ["2", "1", "3"]
    expect(table.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    table.get_by_role("button", name="Verdict").press("Enter")
    assert order() == ["3", "1", "2"]
    expect(table.locator("th[aria-sort]")).to_have_count(1)


def test_the_page_gives_its_numbers_away(chromium: Chromium, tmp_path: Path) -> None:
    page = chromium.show(PAGES["set"]).page
    for kind, expected in (("csv", to_csv([judged("+-?")])), ("json", None)):
        with page.expect_download() as taken:
            page.locator(f"[data-download={kind}]").click()
        assert taken.value.suggested_filename == f"squat-anna-example-2026-11-20.{kind}"
        taken.value.save_as(tmp_path / kind)
        text = (tmp_path / kind).read_text("utf-8")
        assert text == expected if expected else json.loads(text)["athlete"] == "Anna Example"
