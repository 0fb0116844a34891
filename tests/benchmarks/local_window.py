"""
How far the specks stand out on the screen of the review: with the file's window, and with that of their place.

    python tests/benchmarks/local_window.py RUN IMAGES [MOST]

Opens the review of a run in a headless Chromium, goes to every single calcification (`Shift+J`) of up to MOST images
(all of them unless given), and takes from what is seen the brightest of the speck's pixels above the median of its
surroundings, 0.75 to 2 mm away; first in the window of its place, then, after `E`, in that of the file.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from served import chromium, served

NEAR_MM, FAR_MM = 0.75, 2.0
WHITE = 250


def main() -> None:
    """Print a row per image and the medians of all specks."""
    run, images = Path(sys.argv[1]), sys.argv[2]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 10**6
    results = [json.loads(path.read_bytes()) for path in sorted(run.glob("results/**/*.json"))]
    results = [one for one in results if one["calcifications"] and one["image"]["pixel_spacing_mm"]][:most]
    every: dict[str, list[tuple[float, bool]]] = {"file": [], "local": []}
    with (
        tempfile.TemporaryDirectory() as name,
        served(run, images, "--answers", f"{name}/answers.sqlite") as address,
        chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        for result in results:
            own = _image(page, address, result)
            for kind, values in own.items():
                every[kind] += values
            print(_row(result["image"]["sop_instance_uid"][-24:], own))
    print(_row("all", every))


def _row(name: str, told: dict[str, list[tuple[float, bool]]]) -> str:
    parts = [f"{name:24s} {len(told['file']):4d}"]
    for kind, values in told.items():
        steps = [step for step, _ in values]
        white = np.mean([is_white for _, is_white in values])
        parts.append(f"{kind}: median {np.median(steps):4.0f} greys, below 10 {np.mean(np.array(steps) < 10):4.0%}, ")
        parts.append(f"on white {white:4.0%}")
    return " ".join(parts)


def _image(page: Any, address: str, result: dict[str, Any]) -> dict[str, list[tuple[float, bool]]]:
    uid = result["image"]["sop_instance_uid"]
    page.goto(f"{address}#/image/{uid}/large")
    page.wait_for_selector(f".pane[data-uid='{uid}']")
    page.wait_for_selector("#stage[data-pictured=yes]")
    page.keyboard.press("h")
    told: dict[str, list[tuple[float, bool]]] = {"file": [], "local": []}
    spacing = result["image"]["pixel_spacing_mm"]
    for item in result["calcifications"]:
        page.keyboard.press("Shift+J")
        for kind in ("local", "file"):
            if kind == "file":
                page.keyboard.press("e")
            page.wait_for_timeout(250)
            told[kind].append(_steps(page, item, spacing))
        page.keyboard.press("e")
    page.keyboard.press("h")
    page.keyboard.press("Escape")
    return told


def _steps(page: Any, item: dict[str, Any], spacing: list[float]) -> tuple[float, bool]:
    """Grey steps of the speck over its surroundings, and whether these are white."""
    pane = page.locator(".pane")
    [share] = re.findall(r"(\d+) %", pane.locator(".scale").inner_text())
    seen = cv2.imdecode(np.frombuffer(pane.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    per_mm = int(share) / 100 / min(spacing)
    rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]]
    away_mm = np.hypot(rows - seen.shape[0] / 2, columns - seen.shape[1] / 2) / per_mm
    speck = seen[away_mm <= max(item["diameter_mm"] / 2, 0.15)]
    around = np.median(seen[(away_mm > NEAR_MM) & (away_mm < FAR_MM)])
    return float(np.percentile(speck, 90) - around), bool(around >= WHITE)


if __name__ == "__main__":
    main()
