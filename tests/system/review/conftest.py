"""A real server over a real run, and the page as a reader has it: a real Chromium."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pydicom
import pytest
from run_files import small_scene

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality, View

httpx = pytest.importorskip("httpx", reason="httpx is not installed: the review is not tried")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

HOSTILE = "<img src=x onerror='window.ran=1'>"
CASE = (
    ("rcc", Kind.MACRO_ONLY, Laterality.RIGHT, View.CC),
    ("lcc", Kind.GROUPED, Laterality.LEFT, View.CC),
    ("rmlo", Kind.NONE, Laterality.RIGHT, View.MLO),
    ("lmlo", Kind.GROUPED, Laterality.LEFT, View.MLO),
)
OWN = {"X-Mammocalc": "1"}


class Server:
    """The command in a process of its own, and what it says."""

    def __init__(
        self,
        run: Path,
        *arguments: str,
        program: tuple[str, str] = ("-m", "mammocalc"),
        opens_browser: bool = False,
    ) -> None:
        command = [sys.executable, *program, "review", str(run), *arguments]
        command += [] if opens_browser else ["--no-browser"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = ""
        self.told = ""
        """What it said after its start, once it has ended."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"http://\S+", self.said)
        assert found, self.said
        self.address = found.group()
        self.client = httpx.Client(base_url=self.address, timeout=60, trust_env=False)

    def get(self, place: str, **options: Any) -> Any:
        return self.client.get(place, **options)

    def image(self, uid: str, reader: str = "Ada") -> Any:
        return self.get(f"api/images/{uid}", params={"reader": reader}).json()

    def state(self, uid: str, reader: str) -> Any:
        return self.image(uid, reader)["answers"]

    def act(self, uid: str, reader: str = "Ada", **action: Any) -> Any:
        return self.client.post(f"api/images/{uid}/answers", json={"reader": reader, "action": action}, headers=OWN)

    def answer(self, uid: str, reader: str = "Ada", **action: Any) -> Any:
        response = self.act(uid, reader, **action)
        assert response.status_code == 200, response.text
        return response.json()

    def end(self, number: int = signal.SIGTERM) -> None:
        self.client.close()
        self.process.send_signal(number)
        self.told = self.process.communicate(timeout=30)[0]


class Reading:
    """The page of a reader: what a browser's page can, and what readers do with it."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def settle(self) -> None:
        """Wait until what was done is drawn."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def keys(self, *keys: str) -> None:
        """Press keys one after the other and wait until what they did is drawn."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def choose(self, selector: str, label: str) -> None:
        """Choose a label by the pointer; an empty one takes it back."""
        self.page.locator(selector).click()
        self.page.locator(f".choice[data-label='{label}']").click()
        self.page.locator("#choose").wait_for(state="hidden")

    def pictured(self) -> None:
        self.page.wait_for_selector("#stage[data-pictured=yes]")

    def saved(self) -> None:
        self.page.locator("#saved.good", has_text="Saved").wait_for()

    def until(self, truth: str) -> None:
        """Wait for something of the page; its policy lets no test evaluate texts by itself."""
        for _ in range(400):
            if self.page.evaluate(truth):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{truth}: {self.page.locator('body').inner_text()}")

    def seen(self, selector: str = ".pane") -> NDArray[np.float64]:
        """Give what is seen of an element, in grey."""
        self.settle()
        picture = self.page.locator(selector).first.screenshot()
        seen = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert seen is not None
        return seen.astype(np.float64)

    def middle(self, selector: str = ".pane") -> tuple[float, float]:
        """Give the middle of an element; in one step, for marks are drawn anew at every frame."""
        self.page.locator(selector).first.wait_for(state="attached")
        box = self.page.evaluate("(one) => document.querySelector(one).getBoundingClientRect().toJSON()", selector)
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def place_under(self, x: float, y: float) -> tuple[int, int]:
        """Say which pixel of the image lies under the pointer, in the words of the page."""
        self.settle()
        self.page.mouse.move(x, y)
        found = re.match(r"row (\d+), column (\d+)", self.page.locator(".pane .value").first.inner_text())
        assert found
        return int(found.group(1)), int(found.group(2))


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory, judge: Any) -> Path:
    """A run over one patient's four views and a file that cannot be read, whose name is meant to do harm."""
    top = tmp_path_factory.mktemp("reviewed")
    scenes = tuple(
        small_scene(name, kind, seed=11 + number, patient=7, laterality=side, view=view, field_mm=(80.0, 56.0))
        for number, (name, kind, side, view) in enumerate(CASE)
    )
    simulate(top / "in", Recipe(scenes=scenes))
    (top / "in" / f"{HOSTILE}.dcm").write_bytes(b"")
    judge(top / "in", top / "run")
    return top


@pytest.fixture(scope="session")
def dated(tmp_path_factory: pytest.TempPathFactory, judge: Any) -> Path:
    """A run over two examinations of one patient: four views, and two years earlier three of them, larger."""
    top = tmp_path_factory.mktemp("dated")
    for day, size in (("20240301", (80.0, 56.0)), ("20220301", (86.0, 62.0))):
        views = [one for one in CASE if day == "20240301" or one[0] != "rmlo"]
        scenes = tuple(
            small_scene(
                f"{name}_{day}",
                kind,
                seed=11 + len(name),
                patient=7,
                laterality=side,
                view=view,
                field_mm=size,
                pixel_spacing_mm=0.1 if day == "20240301" else 0.12,
                micro_diameter_mm=(0.25, 0.7),
                strays=(2, 2),
            )
            for name, kind, side, view in views
        )
        simulate(top / "in" / day, Recipe(scenes=scenes))
        for path in (top / "in" / day).glob("*.dcm"):
            dataset = pydicom.dcmread(path)
            dataset.StudyDate, dataset.StudyInstanceUID = day, f"2.25.{day}"
            dataset.save_as(path)
    judge(top / "in", top / "run")
    return top


@pytest.fixture(scope="session")
def dated_results(dated: Path) -> dict[str, dict[str, Any]]:
    """The results of both examinations by side, view and ``new`` or ``old``."""
    documents = [json.loads(path.read_bytes()) for path in sorted((dated / "run" / "results").rglob("*.json"))]
    newest = max(one["image"]["study_day"] for one in documents)
    return {
        f"{image['laterality']} {image['view']} {'new' if image['study_day'] == newest else 'old'}": one
        for one in documents
        for image in [one["image"]]
    }


@pytest.fixture(scope="session")
def compared(dated: Path) -> Path:
    """What the comparison of both examinations wrote."""
    out = dated / "compared"
    command = [sys.executable, "-m", "mammocalc", "compare", str(dated / "run"), "--out", str(out)]
    subprocess.run([*command, "--images", str(dated / "in")], check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def results(reviewed: Path) -> dict[str, dict[str, Any]]:
    """The results by side and view."""
    documents = [json.loads(path.read_bytes()) for path in sorted((reviewed / "run" / "results").rglob("*.json"))]
    return {f"{one['image']['laterality']} {one['image']['view']}": one for one in documents}


@pytest.fixture(scope="session")
def recount() -> Callable[[dict[str, Any]], None]:
    """Tell the counts of a result anew whose findings a test has changed: what does not fit together is not shown."""

    def recount(result: dict[str, Any]) -> None:
        items, clusters = result["calcifications"], result["clusters"]
        sizes = [item["size"] for item in items]
        result["counts"].update(
            micro=sizes.count("micro"),
            macro=sizes.count("macro"),
            vascular=sum("vascular" in item["flags"] for item in items),
            clusters=sum(not one["loose"] for one in clusters),
            loose_chains=sum(one["loose"] for one in clusters),
            vessels=len(result["vessels"]),
        )

    return recount


@pytest.fixture(scope="session")
def uid(results: dict[str, dict[str, Any]]) -> str:
    """The image that has a cluster."""
    assert results["L CC"]["clusters"]
    return str(results["L CC"]["image"]["sop_instance_uid"])


@pytest.fixture(scope="session")
def open_server() -> type[Server]:
    """Start a server that a fixture of one's own ends."""
    return Server


@pytest.fixture(scope="session")
def server(reviewed: Path) -> Iterator[Server]:
    """The server of the run; readers of different tests have different names."""
    answers = reviewed / "answers.sqlite"  # not in the run: other tests begin with copies that nobody has answered
    server = Server(reviewed / "run", "--images", str(reviewed / "in"), "--answers", str(answers))
    yield server
    server.end()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers of one's own; they are ended behind the test."""
    servers: list[Server] = []

    def serve(run: Path, *arguments: str, **options: Any) -> Server:
        servers.append(Server(run, *arguments, **options))
        return servers[-1]

    yield serve
    for server in servers:
        if server.process.poll() is None:
            server.end()


@pytest.fixture
def visit(browser: Any, server: Server, serve: Any) -> Iterator[Callable[..., Reading]]:
    """Open the page as a reader; nothing may go wrong in it unseen. Pages close before the servers of `serve` end."""
    contexts = []
    errors: list[str] = []

    def visit(
        reader: str, place: str = "", at: Server = server, script: str = "", forgiven: str = "\0", **options: Any
    ) -> Reading:
        context = browser.new_context(
            **{"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        known = "sessionStorage.getItem('mammocalc-reader')"
        remember = f"sessionStorage.setItem('mammocalc-reader', {json.dumps(reader)})"
        context.add_init_script(f"{known} ?? {remember}; {script}")
        page = Reading(context.new_page())
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda entry: errors.append(entry.text) if entry.type == "error" and forgiven not in entry.text else None,
        )
        page.goto(f"{at.address}{place}")
        if "image" in place:
            page.pictured()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
