"""
The pictures of README.md and of the manual's pages, from sample_data and the four views of one more synthetic patient.

    python tests/benchmarks/screenshots.py [RUN IMAGES]

Judges them and writes into docs/images: overlay.jpg, the overlay of the segmental sample; page.jpg, the page of the
run with that image open; and review_worklist.jpg, review_views.jpg and review_cluster.jpg, the review. All pages stand
in a headless Chromium. With RUN and IMAGES it takes a copy of that run instead of judging again. Look at them at full
size before they are committed.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
from command import call
from pydicom import dcmread
from served import chromium, served

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality, View

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
SHOWN = "05_segmental.dcm"
WIDTH_PX = 1155
QUALITY = 86  # JPEG: grain and thin lines stay, and a picture weighs about 150 kB
CASE = (
    ("rcc", Kind.NONE, Laterality.RIGHT, View.CC, (190.0, 120.0)),
    ("lcc", Kind.SEGMENTAL, Laterality.LEFT, View.CC, (190.0, 120.0)),
    ("rmlo", Kind.MACRO_ONLY, Laterality.RIGHT, View.MLO, (220.0, 140.0)),
    ("lmlo", Kind.SEGMENTAL, Laterality.LEFT, View.MLO, (220.0, 140.0)),
)


def main() -> None:
    """Write the five pictures."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        run = folder / "sample_data"
        if len(sys.argv) > 2:
            shutil.copytree(sys.argv[1], run, ignore=shutil.ignore_patterns("answers.sqlite*"))
            images = Path(sys.argv[2])
        else:
            images = _judge(folder)
        _take_page(browser, folder, run)
        with served(run, images) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            _take_review(page, address, run)


def _judge(folder: Path) -> Path:
    images = folder / "in"
    scenes = tuple(
        Scene(name=name, kind=kind, seed=501 + number, patient=30, laterality=side, view=view, field_mm=field)
        for number, (name, kind, side, view, field) in enumerate(CASE)
    )
    simulate(images, Recipe(scenes=scenes))
    for path in (ROOT / "sample_data").glob("*.dcm"):
        shutil.copy(path, images)
    call("run", images, "--out", folder / "sample_data", "--quiet")
    return images


def _take_page(browser: Any, folder: Path, run: Path) -> None:
    uid = str(dcmread(ROOT / "sample_data" / SHOWN, stop_before_pixels=True).SOPInstanceUID)
    shown = json.loads((run / "results" / f"{uid}.json").read_text(encoding="utf-8"))
    _write("overlay", run / shown["overlay"]["path"])
    page = browser.new_page(viewport={"width": 1400, "height": 875})
    page.goto((run / "index.html").as_uri())
    page.locator("button.card", has_text=SHOWN).click()
    page.wait_for_timeout(1500)
    page.screenshot(path=str(folder / "page.png"))
    _write("page", folder / "page.png")


def _write(name: str, source: Path) -> None:
    picture = cv2.imread(str(source))
    if picture is None:
        message = f"{source.name} was not written"
        raise SystemExit(message)
    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    small = cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(IMAGES / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def _take_review(page: Any, address: str, run: Path) -> None:
    results = [json.loads(path.read_bytes()) for path in sorted(run.glob("results/**/*.json"))]
    by_key: dict[str, list[dict[str, Any]]] = {}
    for one in results:
        by_key.setdefault(str(one["image"]["patient_key"]), []).append(one)
    case = next(ones for ones in by_key.values() if len(ones) == len(CASE))
    left = next(one for one in case if (one["image"]["laterality"], one["image"]["view"]) == ("L", "CC"))
    linear = next(one for one in results if one["distribution"]["label"] == "linear")

    _open(page, address, f"{linear['image']['sop_instance_uid']}")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.locator("#saved", has_text="Saved").wait_for()
    _shoot(page, "review_cluster")

    _open(page, address, left["image"]["sop_instance_uid"])
    _shoot(page, "review_views")

    for uid in [one["image"]["sop_instance_uid"] for one in results[:4]]:
        _open(page, address, uid)
        page.keyboard.press("g")
        page.locator("#saved", has_text="Saved").wait_for()
    page.goto(f"{address}#/")
    page.locator(".card.agreed").first.wait_for()
    page.mouse.move(700, 60)
    _shoot(page, "review_worklist")


def _open(page: Any, address: str, uid: str) -> None:
    page.goto(f"{address}#/image/{uid}")
    page.wait_for_selector(f".pane[data-uid='{uid}']")
    page.wait_for_selector("#stage[data-pictured=yes]")


def _shoot(page: Any, name: str) -> None:
    page.evaluate("() => document.querySelector('#toast').classList.remove('shown')")
    page.wait_for_timeout(1200)
    page.screenshot(path=str(IMAGES / f"{name}.jpg"), type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    main()
