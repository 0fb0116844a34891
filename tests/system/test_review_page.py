"""The review page in a real Chromium, in front of a real server over a real run."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pipeline.lexicon import Laterality, View
from pipeline.phantom import simulate
from pipeline.phantom.recipe import Recipe, Scene
from pipeline.phantom.vocabulary import Kind

httpx = pytest.importorskip("httpx", reason="httpx is not installed: the review page is not tried")
pytest.importorskip("fastapi", reason="the extra mammocalc[review] is not installed")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOSTILE = "<img src=x onerror='window.ran=1'>"
CASE = (
    ("rcc", Kind.MACRO_ONLY, Laterality.RIGHT, View.CC),
    ("lcc", Kind.GROUPED, Laterality.LEFT, View.CC),
    ("rmlo", Kind.NONE, Laterality.RIGHT, View.MLO),
    ("lmlo", Kind.GROUPED, Laterality.LEFT, View.MLO),
)


class Server:
    """The command in a process of its own, and what it keeps."""

    def __init__(self, run: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "pipeline", "review", str(run), "--no-browser", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"http://\S+", said)
        assert found, said
        self.address = found.group()

    def ask(self, place: str, **parameters: str) -> Any:
        return httpx.get(self.address + place, params=parameters, timeout=60, trust_env=False).json()

    def state(self, uid: str, reader: str) -> Any:
        return self.ask(f"api/images/{uid}", reader=reader)["answers"]

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, judge: Any) -> Path:
    """A run over one woman's four views and a file that cannot be read, whose name is meant to do harm."""
    top = tmp_path_factory.mktemp("reviewed")
    scenes = tuple(
        Scene(
            name=name,
            kind=kind,
            seed=11 + number,
            patient=7,
            laterality=side,
            view=view,
            field_mm=(80.0, 56.0),
            pixel_spacing_mm=0.1,
            micro_diameter_mm=(0.4, 0.7),
            snr=(40.0, 80.0),
        )
        for number, (name, kind, side, view) in enumerate(CASE)
    )
    simulate(top / "in", Recipe(scenes=scenes))
    (top / "in" / f"{HOSTILE}.dcm").write_bytes(b"")
    judge(top / "in", top / "run")
    return top


@pytest.fixture(scope="module")
def results(judged: Path) -> dict[str, dict[str, Any]]:
    """The results by side and view."""
    documents = [json.loads(path.read_bytes()) for path in sorted((judged / "run" / "results").rglob("*.json"))]
    return {f"{one['image']['laterality']} {one['image']['view']}": one for one in documents}


@pytest.fixture(scope="module")
def uid(results: dict[str, dict[str, Any]]) -> str:
    """The image that has a cluster."""
    assert results["L CC"]["clusters"]
    return str(results["L CC"]["image"]["sop_instance_uid"])


@pytest.fixture(scope="module")
def server(judged: Path) -> Iterator[Server]:
    server = Server(judged / "run", "--images", str(judged / "in"))
    yield server
    server.end()


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Open the page as a reader; nothing may go wrong in it unseen."""
    contexts = []
    errors: list[str] = []

    def visit(reader: str, place: str = "", at: Server = server, script: str = "", forgiven: str = "\0") -> Any:
        context = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        known = "sessionStorage.getItem('mammocalc-reader')"
        remember = f"sessionStorage.setItem('mammocalc-reader', {json.dumps(reader)})"
        context.add_init_script(f"{known} ?? {remember}; {script}")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda entry: errors.append(entry.text) if entry.type == "error" and forgiven not in entry.text else None,
        )
        page.goto(f"{at.address}{place}")
        if "image" in place:
            pictured(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def pictured(page: Any) -> None:
    page.wait_for_selector("#stage[data-pictured=yes]")


def saved(page: Any) -> None:
    page.locator("#saved.good", has_text="Saved").wait_for()


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other and wait until what they did is drawn."""
    for key in keys:
        page.keyboard.press(key)
    drawn_now(page)


def until(page: Any, truth: str) -> None:
    """Wait for something of the page; its policy lets no test evaluate texts by itself."""
    for _ in range(400):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    raise AssertionError(truth)


def drawn_now(page: Any) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drawn_in(page: Any, selector: str = ".pane") -> Any:
    """What is seen of an element, in grey."""
    drawn_now(page)
    picture = page.locator(selector).first.screenshot()
    seen = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    return seen.astype(float)


def middle_of(page: Any, selector: str = ".pane") -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place_under(page: Any, x: float, y: float) -> tuple[int, int]:
    drawn_now(page)
    page.mouse.move(x, y)
    found = re.match(r"row (\d+), column (\d+)", page.locator(".pane .value").first.inner_text())
    assert found
    return int(found.group(1)), int(found.group(2))


# ------------------------------------------------------------------------------------------------ worklist


def test_the_worklist_filters_orders_searches_and_names_what_failed(visit: Any, results: Any, uid: str) -> None:
    page = visit("Ada")
    page.locator(".card").nth(4).wait_for()
    assert page.locator("a.card").count() == 4
    assert page.locator(".thumb img").first.evaluate("node => node.decode().then(() => node.naturalWidth)") > 50
    failed = page.locator(".card.failed")
    assert HOSTILE in failed.inner_text()
    assert "empty file" in failed.inner_text()
    page.locator("label.option", has_text="grouped").click()
    grouped = [name for name, one in results.items() if one["distribution"]["label"] == "grouped"]
    assert sorted(page.locator("a.card .view-name").all_inner_texts()) == sorted(grouped)
    page.locator("#clear").click()
    page.locator("#order").select_option("count")
    counts = [sum(map(int, re.findall(r"\d+", text))) for text in page.locator("a.card .line.dim").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    press(page, "/")
    page.locator("#search").fill(uid[-12:])
    assert page.locator("a.card .view-name").all_inner_texts() == ["L CC"]
    page.reload()
    page.locator("a.card").wait_for()
    assert page.locator("a.card").count() == 1


# ------------------------------------------------------------------------------------------------ looking


def test_four_views_hang_with_their_chest_walls_together(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}")
    assert page.locator(".pane .view-name").all_inner_texts() == ["R CC", "L CC", "R MLO", "L MLO"]
    for right, left in ((0, 1), (2, 3)):
        boxes = [page.locator(".pane").nth(index).bounding_box() for index in (right, left)]
        assert boxes[0]["x"] + boxes[0]["width"] == pytest.approx(boxes[1]["x"], abs=1)
    assert len(set(re.findall(r"(\d+) %", " ".join(page.locator(".pane .scale").all_inner_texts())))) == 1
    press(page, "h")
    for index, name in enumerate(("right", "left", "right", "left")):
        seen = drawn_in(page, f".pane:nth-child({index + 1})")
        middle = seen[int(0.45 * len(seen)) : int(0.55 * len(seen))]
        first, last = middle[:, 3:20].mean(), middle[:, -20:-3].mean()
        wall, air = (last, first) if name == "right" else (first, last)
        assert wall > 40
        assert wall > 3 * air


def test_a_double_click_shows_one_view_large_and_escape_goes_back(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}")
    page.locator(".pane").nth(3).dblclick(position={"x": 40, "y": 300})
    assert page.locator(".pane .view-name").all_inner_texts() == ["L MLO"]
    assert page.url.endswith("/large")
    page.reload()
    pictured(page)
    assert page.locator(".pane .view-name").all_inner_texts() == ["L MLO"]
    press(page, "Escape")
    page.locator(".pane").nth(3).wait_for()
    press(page, "Escape")
    page.locator("a.card").first.wait_for()


def test_the_window_follows_the_hand_and_the_files_own_windows_come_back(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    press(page, "h")
    before, told = drawn_in(page), page.locator(".pane .greys").inner_text()
    x, y = middle_of(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 120, steps=5)
    page.mouse.up()
    after = drawn_in(page)
    assert after.mean() < before.mean() - 3
    assert page.locator(".pane .greys").inner_text() != told
    assert page.locator("#presets").evaluate("node => node.selectedOptions[0].text") == "By hand"
    press(page, "w")
    assert page.locator(".pane .greys").inner_text() == told
    assert np.abs(drawn_in(page) - before).mean() < 1
    press(page, "i")
    inverted = drawn_in(page)
    part = np.s_[
        before.shape[0] // 2 - 100 : before.shape[0] // 2 + 100, before.shape[1] // 2 - 100 : before.shape[1] // 2 + 100
    ]
    assert before[part].mean() > 40
    assert np.abs(255 - inverted[part] - before[part]).mean() < 2
    press(page, "i")
    press(page, "Shift+ArrowDown")
    assert page.locator(".pane .greys").inner_text() != told


def test_zoom_keeps_what_lies_under_the_pointer_and_the_right_button_pans(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    x, y = middle_of(page)
    x, y = x - 150, y + 60
    before = place_under(page, x, y)
    page.mouse.wheel(0, -600)
    after = place_under(page, x + 1, y)
    assert np.abs(np.subtract(before, after)).max() <= 1
    press(page, "z")
    assert "100 %" in page.locator(".pane .scale").inner_text()
    start = place_under(page, x, y)
    page.mouse.down(button="right")
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up(button="right")
    assert np.abs(np.subtract(place_under(page, x + 60, y + 30), start)).max() <= 1
    press(page, "f")
    assert "100 %" not in page.locator(".pane .scale").inner_text()


def test_the_ruler_measures_millimetres(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    press(page, "z")
    press(page, "l")
    x, y = middle_of(page)
    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    text = page.locator(".ruler text").text_content()
    assert float(text.removesuffix(" mm")) == pytest.approx(200 * 0.1, abs=0.15)
    press(page, "Escape")
    page.locator(".ruler").wait_for(state="detached")


def test_the_magnifier_shows_the_same_place_larger(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    press(page, "h")
    before = drawn_in(page)
    x, y = middle_of(page)
    press(page, "m")
    page.mouse.move(x - 200, y)
    page.wait_for_timeout(300)
    after = drawn_in(page)
    row, column = before.shape[0] // 2, before.shape[1] // 2 - 200
    changed = np.abs(after - before)[row - 80 : row + 80, column - 80 : column + 80].mean()
    assert changed > 1
    assert after[row, column] == pytest.approx(before[row, column], abs=25)
    assert np.abs(after - before)[:100, -300:].mean() < 1


def test_marks_hide_with_one_key_and_kinds_apart(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    ring = page.locator(".ring.micro").first
    assert ring.is_visible()
    for key in ("h", "1"):
        press(page, key)
        assert not ring.is_visible()
        press(page, key)
        assert ring.is_visible()
    press(page, "4")
    assert not page.locator(".hull").first.is_visible()
    assert ring.is_visible()
    press(page, "4")
    assert page.locator(".label", has_text="grouped").is_visible()
    for key, name in (("2", "macro"), ("3", "vascular")):
        press(page, key)
        assert f"no-{name}" in page.locator("svg.marks").get_attribute("class")


def test_the_next_finding_is_centred_magnified_and_explained(visit: Any, uid: str, results: Any) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    press(page, "j")
    cluster = results["L CC"]["clusters"][0]
    members = [one for one in results["L CC"]["calcifications"] if one["id"] in cluster["members"]]
    rows, columns = [one["row"] for one in members], [one["column"] for one in members]
    centre = (min(rows) + max(rows)) / 2, (min(columns) + max(columns)) / 2
    assert place_under(page, *middle_of(page)) == pytest.approx(centre, abs=2)
    [share] = re.findall(r"(\d+) %", page.locator(".pane .scale").inner_text())
    assert int(share) > 150
    told = page.locator("#detail").inner_text()
    for reason in [*cluster["distribution"]["reasons"], *cluster["morphology"]["reasons"]]:
        assert reason in told
    assert page.locator("#detail .bars").first.locator("dt").count() == 5
    press(page, "Shift+J")
    press(page, "h")
    item = members[0]
    assert place_under(page, *middle_of(page)) == pytest.approx((item["row"], item["column"]), abs=2)
    seen = drawn_in(page)
    row, column = seen.shape[0] // 2, seen.shape[1] // 2
    around = seen[row - 60 : row + 60, column - 60 : column + 60]
    assert seen[row - 3 : row + 4, column - 3 : column + 4].mean() > np.median(around) + 15
    press(page, "k")
    assert "Calcification" in page.locator("#toast").inner_text() or "first" in page.locator("#toast").inner_text()


def test_an_image_over_the_texture_limit_is_drawn_in_tiles_and_looks_the_same(visit: Any, uid: str) -> None:
    limit = (
        "const ask = WebGL2RenderingContext.prototype.getParameter;"
        "WebGL2RenderingContext.prototype.getParameter = function (name) {"
        " return name === WebGL2RenderingContext.MAX_TEXTURE_SIZE ? 256 : ask.call(this, name); };"
    )
    seen = []
    for script in ("", limit):
        page = visit("Ada", f"#/image/{uid}/large", script=script)
        press(page, "j")
        press(page, "h")
        page.wait_for_timeout(500)
        seen.append(drawn_in(page))
    assert seen[0].std() > 10
    assert np.abs(seen[0] - seen[1]).max() <= 2


def test_an_image_that_was_moved_is_shown_from_its_overlay_and_says_so(
    visit: Any, judged: Path, uid: str, tmp_path: Path
) -> None:
    shutil.copytree(judged / "run", tmp_path / "alone" / "run")
    lonely = Server(tmp_path / "alone" / "run")
    try:
        page = visit("Ada", at=lonely)
        page.locator("a.card").first.wait_for()
        page.goto(f"{lonely.address}#/image/{uid}/large")
        picture = page.locator(".instead img")
        assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 200
        assert "picture of the run" in page.locator(".instead").inner_text()
        press(page, "j")
        press(page, "a")
        saved(page)
        assert lonely.state(uid, "Ada")["clusters"]
    finally:
        lonely.end()


# ------------------------------------------------------------------------------------------------ answering


def test_every_answer_is_saved_at_once_and_survives_a_reload(
    visit: Any, server: Server, uid: str, results: Any
) -> None:
    page = visit("Bea", f"#/image/{uid}/large")
    press(page, "j")
    press(page, "a")
    saved(page)
    cluster = str(results["L CC"]["clusters"][0]["id"])
    assert server.state(uid, "Bea")["clusters"][cluster]["verdict"] == "accept"
    press(page, "Shift+J")
    press(page, "x")
    page.locator(".ring.selected.reject, .ring.reject").first.wait_for()
    member = str(results["L CC"]["clusters"][0]["members"][0])
    assert server.state(uid, "Bea")["calcifications"][member]["verdict"] == "reject"
    press(page, "k")
    press(page, "j")
    page.locator("#detail [data-keep=distribution]").select_option("linear")
    page.locator(".label", has_text="linear").wait_for()
    page.locator("#detail [data-keep=morphology]").select_option("amorphous")
    page.locator("#image-distribution").select_option("segmental")
    page.locator("#comment").fill("Two clips beside it")
    press(page, "Escape")
    until(page, "document.querySelector('#comment').value && document.querySelector('#saved').textContent === 'Saved'")
    state = server.state(uid, "Bea")
    assert state["clusters"][cluster] == {"verdict": "accept", "distribution": "linear", "morphology": "amorphous"}
    assert state["distribution"] == "segmental"
    assert state["comment"] == "Two clips beside it"
    page.reload()
    pictured(page)
    assert page.locator("#comment").input_value() == "Two clips beside it"
    assert page.locator("#image-distribution").input_value() == "segmental"
    assert page.locator(".verdict.accept[aria-pressed=true]").count() == 1
    press(page, "y")
    page.locator("#past-list li").nth(5).wait_for()
    assert page.locator("#past-list li").count() == 6
    assert page.locator("#past-list").inner_text().count("Bea") == 6


def test_a_missed_one_is_added_by_clicking_sized_by_dragging_undone_and_redone(
    visit: Any, server: Server, uid: str
) -> None:
    page = visit("Cleo", f"#/image/{uid}/large")
    press(page, "z")
    x, y = middle_of(page)
    x -= 120
    place = place_under(page, x, y)
    press(page, "n")
    page.mouse.click(x, y)
    page.locator(".ring.added").wait_for()
    [added] = server.state(uid, "Cleo")["added"]
    assert (added["row"], added["column"]) == pytest.approx(place, abs=1)
    assert added["diameter_mm"] == pytest.approx(0.3)
    press(page, "Escape")
    grip = middle_of(page, ".sized .grip")
    page.mouse.move(*grip)
    page.mouse.down()
    page.mouse.move(grip[0] + 8, grip[1], steps=4)
    page.mouse.up()
    saved(page)
    until(page, "!document.querySelector('#diameter').value.startsWith('0.30')")
    [resized] = server.state(uid, "Cleo")["added"]
    assert resized["diameter_mm"] > added["diameter_mm"] + 0.8
    press(page, "u")
    until(page, "document.querySelector('#diameter').value === '0.30'")
    press(page, "u")
    page.locator(".ring.added").wait_for(state="detached")
    assert server.state(uid, "Cleo")["added"] == []
    press(page, "Shift+U")
    page.locator(".ring.added").wait_for()
    assert [one["diameter_mm"] for one in server.state(uid, "Cleo")["added"]] == [pytest.approx(0.3)]


def test_the_whole_image_is_agreed_with_one_key_and_the_worklist_knows(visit: Any, server: Server, uid: str) -> None:
    page = visit("Dora", f"#/image/{uid}/large")
    assert "0 of 4 read" in page.locator("#progress-text").inner_text()
    press(page, "g")
    page.locator("#progress-text", has_text="1 of 4 read").wait_for()
    state = server.state(uid, "Dora")
    assert state["agreed"]
    assert state["read"]
    press(page, "PageDown")
    until(page, f"!location.hash.includes('{uid}')")
    page.locator("#home").click()
    page.locator(".card.agreed").wait_for()
    assert page.locator(".card.agreed").get_attribute("href").endswith(uid)
    page.locator("label.option", has_text="unread").click()
    assert page.locator("a.card").count() == 3


def test_two_readers_at_once_keep_their_answers_apart(visit: Any, server: Server, uid: str) -> None:
    one, other = visit("Eve", f"#/image/{uid}/large"), visit("Finn", f"#/image/{uid}/large")
    for page, key in ((one, "a"), (other, "x")):
        press(page, "j")
        press(page, key)
    saved(one)
    saved(other)
    verdicts = [[item["verdict"] for item in server.state(uid, who)["clusters"].values()] for who in ("Eve", "Finn")]
    assert verdicts == [["accept"], ["reject"]]
    one.reload()
    pictured(one)
    assert one.locator(".verdict.accept[aria-pressed=true]").count() == 1
    assert one.locator(".verdict.reject[aria-pressed=true]").count() == 0


def test_nothing_is_lost_when_the_server_is_killed_between_two_answers(
    visit: Any, judged: Path, uid: str, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = tmp_path / "run"
    shutil.copytree(judged / "run", run)
    options = ("--images", str(judged / "in"), "--port", str(port), "--token-file", str(tmp_path / "token"))
    first = Server(run, *options)
    page = visit("Gil", f"#/image/{uid}/large", at=first, forgiven="ERR_CONNECTION_REFUSED")
    press(page, "j")
    press(page, "a")
    saved(page)
    first.end(signal.SIGKILL)
    press(page, "g")
    page.locator("#saved.bad", has_text="Not saved").wait_for()
    second = Server(run, *options)
    try:
        saved(page)
        state = second.state(uid, "Gil")
        assert [item["verdict"] for item in state["clusters"].values()] == ["accept"]
        assert state["agreed"]
        page.reload()
        pictured(page)
        assert page.locator("#agree").get_attribute("aria-pressed") == "true"
    finally:
        second.end()


def test_a_blinded_reader_sees_no_mark_before_the_answer(visit: Any, judged: Path, uid: str, tmp_path: Path) -> None:
    blinded = Server(
        judged / "run", "--images", str(judged / "in"), "--answers", str(tmp_path / "a.sqlite"), "--blinded"
    )
    try:
        page = visit("Hal", at=blinded)
        page.locator("a.card").nth(3).wait_for()
        assert page.locator(".thumb img").count() == 0
        assert "grouped" not in page.locator("#worklist").inner_text()
        page.goto(f"{blinded.address}#/image/{uid}/large")
        pictured(page)
        assert page.locator(".ring, .hull").count() == 0
        assert page.locator("#agree").is_disabled()
        press(page, "n")
        page.mouse.click(*middle_of(page))
        page.locator(".ring.added").wait_for()
        assert page.locator(".ring.micro, .hull").count() == 0
        press(page, "r")
        page.locator(".ring.micro").first.wait_for()
        assert page.locator(".label", has_text="grouped").is_visible()
        assert len(blinded.state(uid, "Hal")["added"]) == 1
    finally:
        blinded.end()


def test_hostile_texts_are_shown_as_text(visit: Any, server: Server, uid: str) -> None:
    page = visit(HOSTILE, f"#/image/{uid}/large")
    press(page, "t")
    page.keyboard.insert_text(f"</textarea>{HOSTILE}<script>window.ran=1</script>")
    press(page, "Escape")
    saved(page)
    press(page, "y")
    page.locator("#past-list li").first.wait_for()
    assert f"{HOSTILE}<script>" in page.locator("#past-list").inner_text()
    assert HOSTILE in page.locator("#reader").inner_text()
    press(page, "Escape")
    page.reload()
    pictured(page)
    assert server.state(uid, HOSTILE)["comment"].endswith("</script>")
    assert page.locator("#comment").input_value().endswith("</script>")
    page.locator("#home").click()
    page.locator(".card.failed").wait_for()
    assert page.evaluate("window.ran") is None


# ------------------------------------------------------------------------------------------------ everybody


def test_a_whole_reading_is_done_by_keyboard_alone(visit: Any, server: Server, uid: str) -> None:
    page = visit("Ivy")
    page.locator("a.card").nth(3).wait_for()
    press(page, "Tab")
    press(page, "Enter")
    for _ in range(4):
        if page.evaluate("document.activeElement.getAttribute('href')").endswith(uid):
            break
        press(page, "ArrowRight")
    press(page, "Enter")
    pictured(page)
    press(page, "v")
    press(page, "j")
    press(page, "d")
    page.keyboard.type("regional")
    press(page, "Escape")
    press(page, "Shift+J")
    press(page, ".")
    press(page, ".")
    press(page, "n")
    press(page, "Shift+ArrowRight")
    press(page, "Shift+ArrowRight")
    press(page, "Enter")
    page.locator(".ring.added").wait_for()
    press(page, "l")
    press(page, "Enter")
    press(page, "Shift+ArrowDown")
    press(page, "Enter")
    assert page.locator(".ruler text").text_content().endswith(" mm")
    press(page, "Escape")
    press(page, "t")
    page.keyboard.type("read by keys")
    press(page, "Escape")
    press(page, "r")
    page.locator("#progress-text", has_text="1 of 4 read").wait_for()
    state = server.state(uid, "Ivy")
    assert [item["distribution"] for item in state["clusters"].values()] == ["regional"]
    assert any("diameter_mm" in item for item in state["calcifications"].values())
    assert len(state["added"]) == 1
    assert state["comment"] == "read by keys"
    assert state["read"]
    press(page, "Escape")
    press(page, "Escape")
    page.locator("a.card.read").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith(uid)


def test_the_keys_are_shown_and_can_be_switched_off(visit: Any, uid: str) -> None:
    page = visit("Jo", f"#/image/{uid}/large")
    press(page, "?")
    text = page.locator("#keys-list").inner_text()
    for words in ("Next finding", "Agree with the whole image", "Magnifier", "Undo"):
        assert words in text
    page.locator("#single-keys").uncheck()
    press(page, "Escape")
    press(page, "h")
    assert page.locator(".ring").first.is_visible()
    page.locator("#help").click()
    page.locator("#single-keys").check()
    press(page, "Escape")
    press(page, "h")
    assert not page.locator(".ring").first.is_visible()


@pytest.mark.parametrize("place", ["worklist", "four views", "one view", "keys"])
def test_axe_finds_nothing_serious(visit: Any, uid: str, place: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = visit("Kim", {"worklist": "", "four views": f"#/image/{uid}"}.get(place, f"#/image/{uid}/large"))
    if place == "worklist":
        page.locator("a.card").nth(3).wait_for()
    else:
        press(page, "j" if place == "one view" else "?" if place == "keys" else "h")
    found = axe.Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']][:3]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


@pytest.mark.parametrize("width", [700, 1000, 1920])
def test_nothing_runs_out_of_a_window_of_any_width(visit: Any, uid: str, width: int) -> None:
    page = visit("Lou", f"#/image/{uid}")
    page.set_viewport_size({"width": width, "height": 800})
    press(page, "j")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#agree").bounding_box()["x"] + page.locator("#agree").bounding_box()["width"] <= width


def test_two_thousand_images_leave_the_document_small(visit: Any, judged: Path, uid: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(judged / "run", run)
    [source] = run.glob(f"results/**/{uid}.json")
    [row] = [line for line in (run / "files.jsonl").read_text().splitlines() if uid in line]
    with (run / "files.jsonl").open("a") as listed:
        for number in range(2000):
            other = f"2.25.{number + 1}"
            (source.parent / f"{other}.json").write_text(source.read_text().replace(uid, other))
            listed.write(row.replace(uid, other).replace("lcc", f"copy{number}") + "\n")
    many = Server(run, "--answers", str(tmp_path / "many.sqlite"))
    try:
        page = visit("Max", at=many)
        page.locator("#shown", has_text="2004 of 2004 images").wait_for()
        assert page.locator(".card").count() < 80
        page.locator("#scroll").evaluate("node => node.scrollTo(0, node.scrollHeight)")
        page.locator(".card.failed").wait_for()
        assert page.locator(".card").count() < 80
        page.locator("#search").fill("2.25.1999")
        page.locator("#shown", has_text="1 of 2004 images").wait_for()
    finally:
        many.end()
