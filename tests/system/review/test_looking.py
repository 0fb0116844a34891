"""Looking at images in a real Chromium: hanging, window, zoom, tools, marks."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_four_views_hang_with_their_chest_walls_together(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}")
    assert page.locator(".pane .view-name").all_inner_texts() == ["R CC", "L CC", "R MLO", "L MLO"]
    for right, left in ((0, 1), (2, 3)):
        boxes = [page.locator(".pane").nth(index).bounding_box() for index in (right, left)]
        assert boxes[0]["x"] + boxes[0]["width"] == pytest.approx(boxes[1]["x"], abs=1)
    assert len(set(re.findall(r"(\d+) %", " ".join(page.locator(".pane .scale").all_inner_texts())))) == 1
    page.keys("h")
    for index, name in enumerate(("right", "left", "right", "left")):
        seen = page.seen(f".pane:nth-child({index + 1})")
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
    page.pictured()
    assert page.locator(".pane .view-name").all_inner_texts() == ["L MLO"]
    page.keys("Escape")
    page.locator(".pane").nth(3).wait_for()
    page.keys("Escape")
    page.locator("a.card").first.wait_for()


def test_the_window_follows_the_hand_and_the_files_own_windows_come_back(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("h")
    before, told = page.seen(), page.locator(".pane .greys").inner_text()
    x, y = page.middle()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 120, steps=5)
    page.mouse.up()
    after = page.seen()
    assert after.mean() < before.mean() - 3
    assert page.locator(".pane .greys").inner_text() != told
    assert page.locator("#presets").evaluate("node => node.selectedOptions[0].text") == "By hand"
    page.keys("w")
    assert page.locator(".pane .greys").inner_text() == told
    assert np.abs(page.seen() - before).mean() < 1
    page.keys("i")
    inverted = page.seen()
    part = np.s_[
        before.shape[0] // 2 - 100 : before.shape[0] // 2 + 100, before.shape[1] // 2 - 100 : before.shape[1] // 2 + 100
    ]
    assert before[part].mean() > 40
    assert np.abs(255 - inverted[part] - before[part]).mean() < 2
    page.keys("i")
    page.keys("Shift+ArrowDown")
    assert page.locator(".pane .greys").inner_text() != told


def test_zoom_keeps_what_lies_under_the_pointer_and_the_right_button_pans(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    x, y = page.middle()
    x, y = x - 150, y + 60
    before = page.place_under(x, y)
    page.mouse.wheel(0, -600)
    after = page.place_under(x + 1, y)
    assert np.abs(np.subtract(before, after)).max() <= 1
    page.keys("z")
    assert "100 %" in page.locator(".pane .scale").inner_text()
    start = page.place_under(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up(button="right")
    assert np.abs(np.subtract(page.place_under(x + 60, y + 30), start)).max() <= 1
    page.keys("f")
    assert "100 %" not in page.locator(".pane .scale").inner_text()


def test_the_ruler_measures_millimetres(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("z")
    page.keys("l")
    x, y = page.middle()
    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    text = page.locator(".ruler text").text_content()
    assert float(text.removesuffix(" mm")) == pytest.approx(200 * 0.1, abs=0.15)
    page.keys("Escape")
    page.locator(".ruler").wait_for(state="detached")


def test_the_magnifier_shows_the_same_place_larger(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("h")
    before = page.seen()
    x, y = page.middle()
    page.keys("m")
    page.mouse.move(x - 200, y)
    page.wait_for_timeout(300)
    after = page.seen()
    row, column = before.shape[0] // 2, before.shape[1] // 2 - 200
    inside = after[row - 80 : row + 80, column - 80 : column + 80]
    # Three times as large, so what it shows lies in a third of the circle before; and in a window of its own.
    small = before[row - 27 : row + 27, column - 27 : column + 27]
    large = cv2.resize(small, inside.shape[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.corrcoef(large.ravel(), inside.ravel())[0, 1] > 0.8
    assert inside.std() > 1.3 * small.std()
    assert np.abs(after - before)[:100, -300:].mean() < 1


def test_no_mark_of_the_image_below_lies_in_the_magnifier(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("m")
    page.mouse.move(*page.middle(".ring.micro"))
    page.wait_for_timeout(300)
    x, y = page.middle(".marks .lens")
    box = page.locator(".pane").bounding_box()
    row, column = round(y - box["y"]), round(x - box["x"])
    seen = []
    for _ in range(2):
        seen.append(page.seen()[row - 70 : row + 70, column - 70 : column + 70])
        page.keys("h")
    assert seen[0].std() > 3
    assert np.abs(seen[0] - seen[1]).max() <= 1


def test_marks_hide_with_one_key_and_kinds_apart(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    ring = page.locator(".ring.micro").first
    assert ring.is_visible()
    for key in ("h", "1"):
        page.keys(key)
        assert not ring.is_visible()
        page.keys(key)
        assert ring.is_visible()
    page.keys("4")
    assert not page.locator(".hull").first.is_visible()
    assert ring.is_visible()
    page.keys("4")
    assert page.locator(".label", has_text="grouped").is_visible()


def test_micro_macro_and_vessels_hide_apart(
    visit: Any, serve: Any, reviewed: Path, recount: Any, uid: str, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    [file] = run.glob(f"results/**/{uid}.json")
    result = json.loads(file.read_text())
    for item, kind in zip(result["calcifications"], ("macro", "vascular"), strict=False):
        item["size"] = "macro" if kind == "macro" else "micro"
        item["flags"] = ["vascular"] if kind == "vascular" else []
    recount(result)
    file.write_text(json.dumps(result))
    page = visit("Ada", f"#/image/{uid}/large", at=serve(run, "--images", str(reviewed / "in")))
    kinds = ("micro", "macro", "vascular")
    for number, hidden in enumerate(kinds):
        page.keys(str(number + 1))
        for kind in kinds:
            rings = page.locator(f".ring.{kind}")
            assert rings.count() > 0
            assert rings.first.is_visible() == (kind != hidden)
        page.locator(f"[data-command={hidden}]").click()
        page.settle()
        assert page.locator(f".ring.{hidden}").first.is_visible()


def test_the_next_finding_is_centred_magnified_and_explained(visit: Any, uid: str, results: Any) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("j")
    cluster = results["L CC"]["clusters"][0]
    members = [one for one in results["L CC"]["calcifications"] if one["id"] in cluster["members"]]
    rows, columns = [one["row"] for one in members], [one["column"] for one in members]
    centre = (min(rows) + max(rows)) / 2, (min(columns) + max(columns)) / 2
    assert page.place_under(*page.middle()) == pytest.approx(centre, abs=2)
    [share] = re.findall(r"(\d+) %", page.locator(".pane .scale").inner_text())
    assert int(share) > 150
    told = page.locator("#detail").inner_text()
    for reason in [*cluster["distribution"]["reasons"], *cluster["morphology"]["reasons"]]:
        assert reason in told
    assert page.locator("#detail .bars").first.locator("dt").count() == 5
    page.keys("Shift+J")
    page.keys("h")
    item = members[0]
    assert page.place_under(*page.middle()) == pytest.approx((item["row"], item["column"]), abs=2)
    seen = page.seen()
    row, column = seen.shape[0] // 2, seen.shape[1] // 2
    around = seen[row - 60 : row + 60, column - 60 : column + 60]
    assert seen[row - 3 : row + 4, column - 3 : column + 4].mean() > np.median(around) + 15
    page.keys("k")
    assert "Calcification" in page.locator("#toast").inner_text() or "first" in page.locator("#toast").inner_text()


@pytest.mark.parametrize("is_large", [False, True], ids=["a case", "one view"])
def test_the_next_image_is_there_before_it_is_asked_for(
    visit: Any, serve: Any, reviewed: Path, results: Any, tmp_path: Path, is_large: bool
) -> None:
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    for name in ("R MLO", "L MLO"):  # of another patient, so that there are two cases
        image = results[name]["image"]
        [file] = run.glob(f"results/**/{image['sop_instance_uid']}.json")
        file.write_text(file.read_text().replace(image["study_instance_uid"], "2.25.77"))
    server = serve(run, "--images", str(reviewed / "in"))
    page = visit("Ada", at=server)
    page.locator("#order").select_option("case")
    page.locator("a.card").nth(len(results) - 1).wait_for()
    uids = [card.get_attribute("href").split("/")[2] for card in page.locator("a.card").all()]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pixels/" in request.url else None)
    page.goto(f"{server.address}#/image/{uids[0]}{'/large' if is_large else ''}")
    page.pictured()
    after = uids[1:2] if is_large else uids[2:]
    for _ in range(100):
        if all(any(uid in url for url in asked) for uid in after):
            break
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")
    assert all(any(uid in url for url in asked) for uid in after)
    asked.clear()
    page.evaluate("() => { document.querySelector('#stage').dataset.pictured = ''; }")
    page.keys("PageDown")
    page.pictured()
    assert after[0] in page.url
    assert page.seen().std() > 20
    assert [url for url in asked if any(uid in url for uid in after)] == []


def test_an_image_over_the_texture_limit_is_drawn_in_tiles_and_looks_the_same(visit: Any, uid: str) -> None:
    limit = (
        "const ask = WebGL2RenderingContext.prototype.getParameter;"
        "WebGL2RenderingContext.prototype.getParameter = function (name) {"
        " return name === WebGL2RenderingContext.MAX_TEXTURE_SIZE ? 256 : ask.call(this, name); };"
    )
    seen = []
    for script in ("", limit):
        page = visit("Ada", f"#/image/{uid}/large", script=script)
        page.keys("j")
        page.keys("h")
        page.wait_for_timeout(500)
        seen.append(page.seen())
    assert seen[0].std() > 10
    assert np.abs(seen[0] - seen[1]).max() <= 2


def test_an_image_that_was_moved_is_shown_from_its_overlay_and_says_so(
    visit: Any, serve: Any, reviewed: Path, uid: str, tmp_path: Path
) -> None:
    shutil.copytree(reviewed / "run", tmp_path / "alone" / "run")
    lonely = serve(tmp_path / "alone" / "run")
    page = visit("Ada", at=lonely)
    page.locator("a.card").first.wait_for()
    page.goto(f"{lonely.address}#/image/{uid}/large")
    picture = page.locator(".instead img")
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 200
    assert "picture of the run" in page.locator(".instead").inner_text()
    page.keys("j")
    page.keys("a")
    page.saved()
    assert lonely.state(uid, "Ada")["clusters"]


def test_a_browser_without_webgl_shows_the_pictures_of_the_run_and_says_why(visit: Any, uid: str) -> None:
    script = (
        "const ask = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext ="
        " function (kind, ...rest) { return kind === 'webgl2' ? null : ask.call(this, kind, ...rest); };"
    )
    page = visit("Ada", "#/", script=script)
    page.locator("a.card").first.wait_for()
    page.evaluate(f"() => {{ location.hash = '#/image/{uid}/large'; }}")
    picture = page.locator(".instead img")
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 200
    assert "no WebGL2" in page.locator(".instead").inner_text()
    page.keys("j")
    assert page.locator("#detail .bars").count() > 0
    page.keys("w", "z", "m", "Escape")


def test_a_tick_keeps_its_size_and_the_toolbar_its_height(visit: Any, uid: str) -> None:
    page = visit("Tick", f"#/image/{uid}/large", viewport={"width": 1280, "height": 720})
    page.keys("Shift+J", "a")
    page.saved()
    ticks = []
    for _ in range(2):
        box = page.locator(".ring.selected .tick").bounding_box()
        ring = page.locator(".ring.selected .line").first.bounding_box()
        assert box["x"] + box["width"] > ring["x"] + ring["width"] / 2  # to the upper right, mirrored or not
        assert box["y"] < ring["y"] + ring["height"] / 2
        ticks.append((box["width"], box["height"]))
        page.keys("-", "-", "-", "-")
    assert ticks[0] == pytest.approx(ticks[1], abs=0.3)
    page.keys("v")
    top = page.locator("#stage").bounding_box()["y"]
    assert page.locator("#tools").bounding_box()["height"] == 44
    page.evaluate("() => { for (const tab of document.querySelectorAll('.tab')) tab.textContent += ' (...12345678)'; }")
    page.settle()
    assert page.locator("#stage").bounding_box()["y"] == top
    assert all(
        page.locator(f"[data-command={name}]").bounding_box()["width"] >= 24 for name in ("large", "marks", "redo")
    )
    assert page.locator("[data-command=redo]").bounding_box()["x"] < page.locator(".panel").bounding_box()["x"] - 23
