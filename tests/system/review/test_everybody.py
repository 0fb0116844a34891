"""The review page for everybody: by keyboard alone, with a screen reader, on any screen, over large runs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_a_whole_reading_is_done_by_keyboard_alone(visit: Any, server: Any, uid: str, size: tuple[int, int]) -> None:
    reader = f"Ivy {size[0]}"
    page = visit(reader, viewport={"width": size[0], "height": size[1]})
    page.locator("a.card").nth(3).wait_for()
    page.keys("Tab")
    page.keys("Enter")
    for _ in range(4):
        if page.evaluate("document.activeElement.getAttribute('href')").endswith(uid):
            break
        page.keys("ArrowRight")
    page.keys("Enter")
    page.pictured()
    page.keys("v")
    page.keys("j")
    page.keys("d")
    page.keys("r")
    page.keys("Shift+J")
    page.keys(".")
    page.keys(".")
    page.keys("n")
    page.keys("Shift+ArrowRight")
    page.keys("Shift+ArrowRight")
    page.keys("Enter")
    page.locator(".ring.added").wait_for()
    page.keys("l")
    page.keys("Enter")
    page.keys("Shift+ArrowDown")
    page.keys("Enter")
    assert page.locator(".ruler text").text_content().endswith(" mm")
    page.keys("Escape")
    page.keys("t")
    page.keyboard.type("read by keys")
    page.keys("Control+Enter")
    page.keys("r")
    page.locator("#progress-text", has_text="1 of 4 read").wait_for()
    state = server.state(uid, reader)
    assert [item["distribution"] for item in state["clusters"].values()] == ["regional"]
    assert any("diameter_mm" in item for item in state["calcifications"].values())
    assert len(state["added"]) == 1
    assert state["comment"] == "read by keys"
    assert state["read"]
    page.keys("Escape")
    page.keys("Escape")
    page.locator("a.card.read").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith(uid)


def test_the_keys_are_shown_and_can_be_switched_off(visit: Any, uid: str) -> None:
    page = visit("Jo", f"#/image/{uid}/large", viewport={"width": 1280, "height": 720})
    page.keys("?")
    assert page.locator("#keys-list").evaluate("node => node.scrollWidth <= node.clientWidth")  # all of it, downwards
    text = page.locator("#keys-list").inner_text()
    for words in ("Next finding", "Agree with the whole image", "Magnifier", "Undo"):
        assert words in text
    page.locator("#single-keys").uncheck()
    page.keys("Escape")
    page.keys("h")
    assert page.locator(".ring").first.is_visible()
    page.locator("#help").click()
    page.locator("#single-keys").check()
    page.keys("Escape")
    page.keys("h")
    assert not page.locator(".ring").first.is_visible()


@pytest.mark.parametrize("place", ["worklist", "four views", "one view", "keys"])
def test_axe_finds_nothing_serious(visit: Any, uid: str, place: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = visit("Kim", {"worklist": "", "four views": f"#/image/{uid}"}.get(place, f"#/image/{uid}/large"))
    if place == "worklist":
        page.locator("a.card").nth(3).wait_for()
    else:
        page.keys("j" if place == "one view" else "?" if place == "keys" else "h")
    found = axe.Axe().run(page.page).response["violations"]
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']][:3]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


@pytest.mark.parametrize("width", [700, 1000, 1280, 1920])
def test_nothing_runs_out_of_a_window_of_any_width(visit: Any, uid: str, width: int) -> None:
    page = visit("Lou", f"#/image/{uid}")
    page.set_viewport_size({"width": width, "height": 800})
    page.keys("j")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in page.locator("#agree, .tool, .tab, #presets, #help").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        part.click(trial=True) if part.is_enabled() else None


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_view_glides_only_for_who_does_not_mind(visit: Any, uid: str, motion: str) -> None:
    page = visit("Mia", f"#/image/{uid}/large", reduced_motion=motion)
    page.evaluate(
        "() => { const told = window.told = new Set(); const scale = document.querySelector('.pane .scale');"
        " const watch = () => { told.add(scale.innerText); requestAnimationFrame(watch); }; watch(); }"
    )
    page.keys("j")
    page.wait_for_timeout(600)
    count = page.evaluate("window.told.size")
    assert count == 2 if motion == "reduce" else count > 2


def test_two_thousand_images_leave_the_document_small(
    visit: Any, serve: Any, reviewed: Path, uid: str, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    [source] = run.glob(f"results/**/{uid}.json")
    [row] = [line for line in (run / "files.jsonl").read_text().splitlines() if uid in line]
    with (run / "files.jsonl").open("a") as listed:
        for number in range(2000):
            other = f"2.25.{number + 1}"
            (source.parent / f"{other}.json").write_text(source.read_text().replace(uid, other))
            listed.write(row.replace(uid, other).replace("lcc", f"copy{number}") + "\n")
    many = serve(run, "--answers", str(tmp_path / "many.sqlite"))
    page = visit("Max", at=many)
    page.locator("#shown", has_text="2004 of 2004 images").wait_for()
    page.locator("a.card .thumb", has_text="no picture").first.wait_for()
    assert page.locator(".card").count() < 80
    page.locator("#scroll").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    page.locator(".card.failed").wait_for()
    assert page.locator(".card").count() < 80
    page.locator("#search").fill("2.25.1999")
    page.locator("#shown", has_text="1 of 2004 images").wait_for()
