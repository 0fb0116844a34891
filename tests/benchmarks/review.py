"""
How long the review page takes to show an image, and how often it draws while a window is dragged.

    python tests/benchmarks/review.py [RUN IMAGES]

Without arguments it simulates one patient's four views of 3328 x 2560 pixels and judges them. A real server is asked by
a real headless Chromium (window of 1440 x 900), which draws WebGL2 by software (SwiftShader): a GPU is faster.

Prints medians. Of five: from a click on an image in the worklist to its sharp picture, alone and as the views of its
case, cold (the server has not decoded it) and fetched before (the page has the greys already). Of three: the frames
per second while the pointer drags the window, one move for each frame, of the case, of one view, at 1:1 and at 3:1,
and the processor time that a frame takes in all processes of the browser, which depends less on what else is running.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
from command import call
from served import chromium, served

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality, View

TIMES = 5
DRAGGED = (
    ("the case", "", ""),
    ("one view", "/large", ""),
    ("1:1 pixels", "/large", "z"),
    ("3:1 pixels", "/large", "z+++++"),  # five times a quarter more: 305 %
)
SINCE = "'pictured opened'.split(' ').map((name) => performance.getEntriesByName(name).at(-1).startTime)"
DRAG_S = 3
DRAG = """async () => {
  const stage = document.querySelector('#stage');
  const box = stage.getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const send = (type, dx, dy) => stage.dispatchEvent(new PointerEvent(type, { pointerId: 1, bubbles: true,
    clientX: x + dx, clientY: y + dy, button: type === 'pointermove' ? -1 : 0, buttons: 1 }));
  stage.setPointerCapture = () => {};
  send('pointerdown', 0, 0);
  const gl = document.querySelector('#canvas').getContext('webgl2');
  const start = performance.now();
  let frames = 0;
  while (performance.now() - start < 3000) {
    await new Promise(requestAnimationFrame);
    gl.finish();
    frames += 1;
    send('pointermove', 60 * Math.sin(frames / 9), 60 * Math.cos(frames / 7));
  }
  send('pointerup', 0, 0);
  return frames / (performance.now() - start) * 1000;
}"""


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        run, images = map(Path, sys.argv[1:3]) if len(sys.argv) > 2 else _made(Path(name))
        answers = ("--answers", str(Path(name) / "answers.sqlite"))
        for place in ("/large", ""):
            cold, warm = [], []
            for _ in range(TIMES):
                with served(run, images, *answers) as address:
                    page, uid = _worklist(browser, address)
                    cold.append(_opened(page, uid, place))
                    page.goto(f"{address}#/")
                    page.locator("a.card").first.wait_for()
                    warm.append(_opened(page, uid, place))
                    page.close()
            title = "one view" if place else "its case"
            print(f"{title}: first picture {_told(cold)} cold, {_told(warm)} fetched before", flush=True)
        with served(run, images, *answers) as address:
            page, uid = _worklist(browser, address)
            for title, place, keys in DRAGGED:
                _opened(page, uid, place)
                for key in keys:
                    page.keyboard.press(key)
                page.wait_for_timeout(1500)
                rates, costs = zip(*(_dragged(page) for _ in range(3)), strict=True)
                rate, cost = statistics.median(rates), statistics.median(costs)
                print(f"dragging the window, {title}: {rate:.0f} frames per second, {cost:.0f} ms each", flush=True)


def _made(folder: Path) -> tuple[Path, Path]:
    views = (
        (Laterality.RIGHT, View.CC),
        (Laterality.LEFT, View.CC),
        (Laterality.RIGHT, View.MLO),
        (Laterality.LEFT, View.MLO),
    )
    scenes = tuple(
        Scene(
            name=f"view{number}",
            kind=Kind.SEGMENTAL,
            seed=number + 1,
            laterality=side,
            view=view,
            field_mm=(232.96, 179.2),
            pixel_spacing_mm=0.07,
        )
        for number, (side, view) in enumerate(views)
    )
    simulate(folder / "in", Recipe(scenes=scenes))
    call("run", folder / "in", "--out", folder / "run", "--quiet")
    return folder / "run", folder / "in"


def _worklist(browser: Any, address: str) -> tuple[Any, str]:
    """Open the worklist; gives the page and the UID of the first image."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    page.locator("a.card").first.wait_for()
    return page, str(page.locator("a.card").first.get_attribute("href")).split("/")[2]


def _opened(page: Any, uid: str, place: str) -> float:
    page.evaluate("() => { location.hash = '#/'; }")
    page.locator("a.card").first.wait_for()
    page.evaluate("() => { performance.clearMarks(); document.querySelector('#stage').dataset.pictured = ''; }")
    page.evaluate(f"() => {{ location.hash = '#/image/{uid}{place}'; }}")
    page.wait_for_selector("#stage[data-pictured=yes]")
    pictured, opened = page.evaluate(SINCE)
    return float(pictured - opened) / 1000


def _dragged(page: Any) -> tuple[float, float]:
    """Give frames per second, and milliseconds of processor time for each."""
    before = _processor_s()
    rate = float(page.evaluate(DRAG))
    return rate, 1000 * (_processor_s() - before) / (rate * DRAG_S)


def _processor_s() -> float:
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "chrom" in process.name():
                times = process.cpu_times()
                total += times.user + times.system
    return total


def _told(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"


if __name__ == "__main__":
    main()
