"""
Make the pictures of the review page that README.md shows.

    python tests/benchmarks/screenshots.py [RUN IMAGES]

Judges sample_data and the four views of one more synthetic patient, opens the review in a headless Chromium and
writes review_worklist.jpg, review_views.jpg and review_cluster.jpg into docs/images. With RUN and IMAGES it takes a
copy of that run instead of judging again. Look at them at full size before they are committed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality, View

ROOT = Path(__file__).resolve().parents[2]
QUALITY = 86  # JPEG: grain and thin lines stay, and a picture weighs about 150 kB
CASE = (
    ("rcc", Kind.NONE, Laterality.RIGHT, View.CC, (190.0, 120.0)),
    ("lcc", Kind.SEGMENTAL, Laterality.LEFT, View.CC, (190.0, 120.0)),
    ("rmlo", Kind.MACRO_ONLY, Laterality.RIGHT, View.MLO, (220.0, 140.0)),
    ("lmlo", Kind.SEGMENTAL, Laterality.LEFT, View.MLO, (220.0, 140.0)),
)


def main() -> None:
    """Write the three pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        if len(sys.argv) > 2:
            shutil.copytree(sys.argv[1], folder / "sample_data", ignore=shutil.ignore_patterns("answers.sqlite*"))
            images = Path(sys.argv[2])
        else:
            images = _judge(folder)
        run = folder / "sample_data"
        command = [sys.executable, "-m", "mammocalc", "review", str(run), "--images", str(images), "--reader", "Ada"]
        process = subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True)
        said = ""
        for line in process.stdout or ():
            said += line
            if "Ctrl-C" in line:
                break
        address = re.findall(r"http://\S+", said)[0]
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-proxy-server"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        _take(page, address, run)
        browser.close()
        process.terminate()
        process.communicate(timeout=30)


def _judge(folder: Path) -> Path:
    images = folder / "in"
    scenes = tuple(
        Scene(name=name, kind=kind, seed=501 + number, patient=30, laterality=side, view=view, field_mm=field)
        for number, (name, kind, side, view, field) in enumerate(CASE)
    )
    simulate(images, Recipe(scenes=scenes))
    for path in (ROOT / "sample_data").glob("*.dcm"):
        shutil.copy(path, images)
    command = [sys.executable, "-m", "mammocalc", "run", str(images), "--out", str(folder / "sample_data"), "--quiet"]
    subprocess.run(command, check=True)
    return images


def _take(page: Any, address: str, run: Path) -> None:
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
    page.screenshot(path=str(ROOT / "docs" / "images" / f"{name}.jpg"), type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    main()
