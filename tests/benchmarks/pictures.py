"""
The pictures of the README and of docs/outputs.md, from sample_data: python tests/benchmarks/pictures.py [--to DIR].

Runs the default settings on `sample_data` and writes the overlay of its
segmental distribution, and the page of the run with that image open, as it
stands in a Chromium (at /usr/bin/chromium).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
from playwright.sync_api import sync_playwright
from pydicom import dcmread

ROOT = Path(__file__).parents[2]
SHOWN = "05_segmental.dcm"
WIDTH_PX = 1155


def main() -> None:
    """Write both pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "mammocalc", "run", str(ROOT / "sample_data"), "--out", str(run), "--quiet"]
        subprocess.run(command, check=True)
        uid = str(dcmread(ROOT / "sample_data" / SHOWN, stop_before_pixels=True).SOPInstanceUID)
        shown = json.loads((run / "results" / f"{uid}.json").read_text(encoding="utf-8"))
        _write(arguments.to / "overlay.jpg", run / shown["overlay"]["path"])
        page = Path(folder) / "page.png"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            tab = browser.new_page(viewport={"width": 1400, "height": 875})
            tab.goto((run / "index.html").as_uri())
            tab.locator("button.card", has_text=SHOWN).click()
            tab.wait_for_timeout(1500)
            tab.screenshot(path=str(page))
            browser.close()
        _write(arguments.to / "page.jpg", page)


def _write(path: Path, source: Path) -> None:
    picture = cv2.imread(str(source))
    if picture is None:
        message = f"{source.name} was not written"
        raise SystemExit(message)
    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    small = cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
