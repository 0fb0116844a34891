"""What is shown at a place: its own window, the run's picture where there are no pixels, an artery as one finding."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


def steps_over_surroundings(page: Any, spacing_mm: float, diameter_mm: float) -> float:
    """Grey steps between what lies in the middle of the view and what lies 0.75 to 2 mm around it."""
    page.wait_for_timeout(400)
    [share] = re.findall(r"(\d+) %", page.locator(".pane .scale").inner_text())
    seen = page.seen()
    rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]]
    away_mm = np.hypot(rows - seen.shape[0] / 2, columns - seen.shape[1] / 2) * spacing_mm * 100 / int(share)
    around = np.median(seen[(away_mm > 0.75) & (away_mm < 2)])
    return float(np.percentile(seen[away_mm <= diameter_mm / 2], 90) - around)


def test_a_finding_is_shown_in_the_window_of_its_place_and_one_key_leads_back(
    visit: Any, uid: str, results: Any
) -> None:
    page = visit("Yan", f"#/image/{uid}/large")
    whole = page.locator(".pane .greys").inner_text()
    local = page.locator("[data-command=local]")
    assert local.get_attribute("aria-pressed") == "false"
    page.keys("h", "Shift+J")
    page.until("document.querySelector('.pane .greys').innerText.endsWith('Local')")
    assert local.get_attribute("aria-pressed") == "true"
    assert page.locator("#presets").evaluate("node => node.selectedOptions[0].text") == "Local"
    cluster = results["L CC"]["clusters"][0]
    first = next(one for one in results["L CC"]["calcifications"] if one["id"] in cluster["members"])
    near = steps_over_surroundings(page, 0.1, first["diameter_mm"])
    page.keys("e")
    assert page.locator(".pane .greys").inner_text() == whole
    assert local.get_attribute("aria-pressed") == "false"
    far = steps_over_surroundings(page, 0.1, first["diameter_mm"])
    assert near > 1.5 * far > 0
    # Who has gone back stays there, until the key is pressed again.
    page.keys("Shift+J")
    page.wait_for_timeout(300)
    assert page.locator(".pane .greys").inner_text() == whole
    page.keys("e")
    page.until("document.querySelector('.pane .greys').innerText.endsWith('Local')")
    page.keys("f")
    assert page.locator(".pane .greys").inner_text() == whole
    page.keys("j")
    page.until("document.querySelector('.pane .greys').innerText.endsWith('Local')")
    page.keys("Escape")
    assert all(not one.endswith("Local") for one in page.locator(".pane .greys").all_inner_texts())


@pytest.fixture
def lonely(serve: Any, reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server of a run whose images are nowhere."""
    shutil.copytree(reviewed / "run", tmp_path / "alone" / "run")
    monkeypatch.chdir(tmp_path / "alone" / "run")
    return serve(tmp_path / "alone" / "run")


def test_without_pixels_places_and_lengths_are_those_of_the_picture_that_is_shown(
    visit: Any, lonely: Any, uid: str, results: Any
) -> None:
    page = visit("Zoe", at=lonely)
    page.locator("a.card").first.wait_for()
    page.goto(f"{lonely.address}#/image/{uid}/large")
    page.until("document.querySelector('.sheet')?.naturalWidth > 200")
    result = results["L CC"]
    overlay, first = result["overlay"], result["calcifications"][0]

    def laid() -> tuple[Any, Any]:
        page.settle()
        box = page.locator(".sheet").evaluate("one => one.getBoundingClientRect().toJSON()")
        natural = page.locator(".sheet").evaluate("one => one.naturalWidth")
        return box, box["width"] / natural

    for keys in ((), ("j",), ("z",), ("+", "ArrowLeft"), ("f",)):
        page.keys(*keys)
        page.wait_for_timeout(100)
        box, shrink = laid()
        bar = page.locator(".pane .scale .line").bounding_box()["width"]
        told = int(re.findall(r"(\d+) mm", page.locator(".pane .scale").inner_text())[0])
        per_mm = overlay["scale"] * shrink / result["image"]["pixel_spacing_mm"][1]
        assert bar == pytest.approx(told * per_mm, rel=0.02), keys
    page.keys("Shift+J")
    page.wait_for_timeout(300)
    box, shrink = laid()
    x = box["x"] + (overlay["offset"][0] + overlay["scale"] * (first["column"] + 0.5)) * shrink
    y = box["y"] + (overlay["offset"][1] + overlay["scale"] * (first["row"] + 0.5)) * shrink
    assert (x, y) == pytest.approx(page.middle(), abs=1.5)
    page.keys("l")
    x, y = page.middle()
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=3)
    page.mouse.up()
    length = float(page.locator(".ruler text").text_content().removesuffix(" mm"))
    assert length == pytest.approx(120 / (overlay["scale"] * shrink) * 0.1, rel=0.02)


@pytest.fixture
def artery(serve: Any, reviewed: Path, recount: Any, uid: str, tmp_path: Path) -> Any:
    """A server of a run in which all marks of an image lie in an artery, save one far away."""
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    [file] = run.glob(f"results/**/{uid}.json")
    result = json.loads(file.read_text())
    for item in result["calcifications"]:
        item["flags"], item["cluster"], item["vessel"], item["memberships"] = ["vascular"], None, 1, []
    result["clusters"] = []
    result["calcifications"][-1].update(row=780.0, column=20.0, vessel=2)
    result["vessels"] = [
        {
            "id": number,
            "letter": f"V{number}",
            "members": [item["id"] for item in members],
            "length_mm": 30.0,
            "course": [[item["row"], item["column"]] for item in members],
        }
        for number, members in ((1, result["calcifications"][:-1]), (2, result["calcifications"][-1:]))
    ]
    recount(result)
    file.write_text(json.dumps(result))
    server = serve(run, "--images", str(reviewed / "in"))
    server.count = len(result["calcifications"]) - 1
    return server


def test_an_artery_is_one_finding_that_opens_and_one_answer(visit: Any, artery: Any, uid: str) -> None:
    page = visit("Abe", f"#/image/{uid}/large", at=artery)
    rows = page.locator("#findings li")
    assert rows.count() == 2
    assert page.locator(".course").count() == 1
    assert page.locator("#findings .name").all_inner_texts() == ["Artery V1", "Artery V2"]
    assert page.locator(".label.vessel").all_text_contents() == ["V1 vascular", "V2 vascular"]
    page.locator(".opener").first.click()
    assert rows.count() == 2 + artery.count
    page.locator(".opener").first.click()
    page.keys("j")
    assert "Artery V1" in page.locator("#toast").inner_text()
    page.keys("x")
    page.locator("#toast", has_text=f"artery V1: {artery.count} calcifications rejected").wait_for()
    said = artery.state(uid, "Abe")["calcifications"]
    assert [one["verdict"] for one in said.values()] == ["reject"] * artery.count
    assert page.locator(".verdict.reject[aria-pressed=true]").count() == 1
    page.keys("u")
    page.until("!document.querySelector('.verdict.reject[aria-pressed=true]')")
    assert artery.state(uid, "Abe")["calcifications"] == {}
    page.keys("Shift+J")
    assert "Calcification" in page.locator("#toast").inner_text()
    assert rows.count() == 2 + artery.count  # it is open while one of its members is selected
    page.keys("j")
    assert "Artery V2" in page.locator("#toast").inner_text()
    page.keys("j")
    assert "L CC" not in page.locator("#toast").inner_text()


def test_a_mark_in_the_air_is_added_only_after_a_question_and_none_twice(visit: Any, server: Any, uid: str) -> None:
    page = visit("Cyd", f"#/image/{uid}/large")
    page.keys("n")
    box = page.locator(".pane").bounding_box()
    air = (box["x"] + box["width"] - 5, box["y"] + box["height"] - 60)
    while not page.locator(".pane .value").inner_text():  # where the image ends
        air = (air[0] - 10, air[1])
        page.mouse.move(*air)
        page.settle()
    for key in ("Escape", "Enter"):  # "No" has the focus
        page.mouse.click(*air)
        page.locator("#ask").wait_for()
        assert "outlined" in page.locator("#ask").inner_text()
        page.keys(key)
        page.locator("#toast", has_text="Nothing was added").wait_for()
    assert server.state(uid, "Cyd")["added"] == []
    page.mouse.click(*air)
    page.locator("#ask-yes").click()
    page.locator(".ring.added").wait_for()
    page.mouse.dblclick(*page.middle())
    page.until("document.querySelectorAll('.ring.added').length === 2")
    page.wait_for_timeout(500)
    page.saved()
    assert len(server.state(uid, "Cyd")["added"]) == 2
