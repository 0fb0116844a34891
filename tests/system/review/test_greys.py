"""The greys on the screen of a real Chromium are those that the file asks for, at their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from mammocalc.simulation import simulate
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.lexicon import Laterality, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SMALL_TEXTURES = (
    "const ask = WebGL2RenderingContext.prototype.getParameter;"
    "WebGL2RenderingContext.prototype.getParameter = function (name) {"
    " return name === WebGL2RenderingContext.MAX_TEXTURE_SIZE ? 256 : ask.call(this, name); };"
)
SHOWN = 21
"""So many tests, counted with their values, open an image with pixels of their own: a server opens a file once."""
ORIENTATIONS = {"as hung": ("A", "R"), "mirrored": ("P", "R"), "upside down": ("A", "L"), "turned": ("P", "L")}


def write(dataset: Dataset, file: Path, pixels: NDArray[Any], **tags: Any) -> None:
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.PixelData = np.ascontiguousarray(pixels).astype("<u2").tobytes()
    dataset["PixelData"].is_undefined_length = False
    for name, value in tags.items():
        setattr(dataset, name, value)
    file.parent.mkdir(exist_ok=True)
    dataset.save_as(file)


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, judge: Any) -> dict[str, Any]:
    """A run over one left breast of odd sides, stored in every orientation and without one; UIDs by what was done."""
    top = tmp_path_factory.mktemp("turned")
    scene = Scene(
        name="one",
        kind=Kind.NONE,
        seed=5,
        laterality=Laterality.LEFT,
        view=View.CC,
        field_mm=(80.1, 55.9),
        pixel_spacing_mm=0.1,
    )
    simulate(top / "made", Recipe(scenes=(scene,)))
    source = top / "made" / "one.dcm"
    upright = pydicom.dcmread(source).pixel_array
    assert (upright.shape[0] % 2, upright.shape[1] % 2) == (1, 1)
    uids = {}
    spare = [f"spare {number}" for number in range(SHOWN)]
    stored_as = {**ORIENTATIONS, "unsaid and mirrored": ("P", "R"), **dict.fromkeys(spare, ("A", "R"))}
    for name, (along, down) in stored_as.items():
        dataset = pydicom.dcmread(source)
        uids[name] = generate_uid()
        for keyword in ("SOPInstanceUID", "StudyInstanceUID", "PatientID"):
            setattr(dataset, keyword, uids[name] if keyword == "SOPInstanceUID" else generate_uid())
        dataset.file_meta.MediaStorageSOPInstanceUID = uids[name]
        stored = upright[:: 1 if down == "R" else -1, :: 1 if along == "A" else -1]
        said = [] if name.startswith("unsaid") else [along, down]
        write(dataset, top / "in" / f"{name}.dcm", stored, PatientOrientation=said)
    judge(top / "in", top / "run")
    for name in spare:  # or the page of another test would have fetched it before its own has written it
        (top / "in" / f"{name}.dcm").unlink()
    return {"run": top / "run", "in": top / "in", "uids": uids, "spare": spare}


@pytest.fixture(scope="module")
def hung(turned: dict[str, Any], open_server: Any) -> Iterator[Any]:
    """The server of that run."""
    server = open_server(turned["run"], "--images", str(turned["in"]))
    yield server
    server.end()


@pytest.fixture
def show(turned: dict[str, Any], hung: Any, visit: Any) -> Callable[..., Any]:
    """Open an image that nobody has opened, with other pixels and windows in its file than those analysed."""

    def show(
        pixels: Any = None, script: str = "", size: tuple[int, int] = (1400, 900), ratio: float = 1, **tags: Any
    ) -> Any:
        name = turned["spare"].pop()
        uid = turned["uids"][name]
        dataset = pydicom.dcmread(turned["in"] / "as hung.dcm")
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        for keyword in ("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"):
            delattr(dataset, keyword)
        stored = dataset.pixel_array if pixels is None else pixels
        write(dataset, turned["in"] / f"{name}.dcm", stored, **tags)
        view = {"width": size[0], "height": size[1]}
        place = f"#/image/{uid}/large"
        page = visit("Ada", place, at=hung, script=script, viewport=view, device_scale_factor=ratio)
        page.server, page.uid = hung, uid
        return page

    return show


def noise(turned: dict[str, Any]) -> NDArray[Any]:
    shape = pydicom.dcmread(turned["in"] / "as hung.dcm").pixel_array.shape
    return np.random.default_rng(1).integers(600, 3496, shape)  # noise over the whole range would be wrapped values


def at_one_to_one(page: Any, stored: NDArray[Any]) -> tuple[Array, NDArray[Any]]:
    """Give what is seen of the middle at 1:1, and what is stored there, by the place that the page tells."""
    page.keys("z", "h")
    page.pictured()
    page.wait_for_timeout(300)
    box = page.locator(".pane").first.bounding_box()
    ratio = page.evaluate("devicePixelRatio")
    across, down = int(box["width"] * ratio / 2), int(box["height"] * ratio / 2)
    row, column = page.place_under(box["x"] + (across + 0.5) / ratio, box["y"] + (down + 0.5) / ratio)
    page.mouse.move(5, 5)
    page.settle()
    # Whole pixels of the screen, or the browser would mix them for the screenshot.
    clip = {"x": box["x"], "y": box["y"], "width": box["width"] // 4 * 4, "height": box["height"] // 4 * 4}
    seen = cv2.imdecode(np.frombuffer(page.screenshot(clip=clip), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    reach = min(across, down, row, column, stored.shape[0] - row - 1, stored.shape[1] - column - 1) - 60
    assert reach > 50
    part = seen[down - reach : down + reach, across - reach : across + reach]
    return part.astype(np.float64), stored[row - reach : row + reach, column - reach : column + reach]


def linear(stored: NDArray[Any], centre: float, width: float) -> Array:
    """Give the linear window of PS3.3 C.11.2.1.2.1 as greys."""
    return 255 * np.clip((stored - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)


@pytest.mark.parametrize(
    ("script", "size", "ratio"),
    [
        ("", (1400, 900), 1),
        (SMALL_TEXTURES, (1401, 901), 1),
        (SMALL_TEXTURES, (1400, 900), 1),
        ("", (1401, 901), 1),
        ("", (1100, 700), 1.25),
        ("", (1100, 700), 1.5),  # an emulated screen of a part of a pixel would be mixed by the emulation
        ("", (901, 701), 2),
    ],
)
def test_at_one_to_one_every_pixel_is_shown_once_and_unblurred(
    show: Any, turned: Any, script: str, size: Any, ratio: float
) -> None:
    stored = noise(turned)
    page = show(stored, script, size, ratio, WindowCenter=2048, WindowWidth=4096)
    # A browser lays elements on a grid of 1/64 px, which thirds and fifths of a pixel miss by little.
    allowed = 1 if ratio in {1, 2} else 4
    seen, under = at_one_to_one(page, stored)
    assert np.abs(seen - linear(under, 2048, 4096)).max() <= allowed
    page.keys("ArrowLeft", "ArrowUp", "ArrowUp")
    page.mouse.move(600, 400)
    page.mouse.down(button="right")
    page.mouse.move(613, 391, steps=3)
    page.mouse.up(button="right")
    seen, under = at_one_to_one(page, stored)
    assert np.abs(seen - linear(under, 2048, 4096)).max() <= allowed


@pytest.mark.parametrize("interpretation", ["MONOCHROME2", "MONOCHROME1"])
def test_windows_and_values_are_told_as_the_file_has_them(show: Any, turned: Any, interpretation: str) -> None:
    stored = noise(turned)
    tags = {"RescaleSlope": 2, "RescaleIntercept": -1000, "WindowCenter": 3096, "WindowWidth": 8192}
    page = show(stored, PhotometricInterpretation=interpretation, PresentationLUTShape="", **tags)
    assert page.locator(".pane .greys").inner_text().startswith("L 3096  W 8192")
    page.keys("z")
    page.wait_for_timeout(300)
    x, y = page.middle()
    row, column = page.place_under(x - 40, y + 30)
    assert page.locator(".pane .value").inner_text().endswith(f": {2 * stored[row, column] - 1000}")


@pytest.mark.parametrize("script", ["", SMALL_TEXTURES], ids=["one texture", "small textures"])
@pytest.mark.parametrize("keys", ["f", "z", "z++", "z+++++", "z++++++++"])
def test_marks_lie_on_the_pixels_that_they_mark_at_any_zoom(show: Any, turned: Any, keys: str, script: str) -> None:
    stored = np.full_like(noise(turned), 50)
    stored[650:] = np.linspace(50, 3000, stored.shape[1])  # of two values alone it would be a mask
    spots = [(300, 200), (401, 277), (500, 131), (256, 254)]
    for row, column in spots:
        stored[row - 2 : row + 3, column - 2 : column + 3] = 4095
    page = show(stored, script, (900, 560), WindowCenter=2048, WindowWidth=4096)
    for row, column in spots:
        page.server.answer(page.uid, type="add_calcification", row=row, column=column, diameter_mm=0.3)
    page.reload()
    page.pictured()
    page.keys("j", "e", *keys)  # the window of the file, in which both are grey
    page.wait_for_timeout(300)
    zoom = int(page.locator(".pane .scale").inner_text().split(" ")[0]) / 100
    pane = page.locator(".pane").bounding_box()
    marks = [one.bounding_box() for one in page.locator(".ring.added .line").all()]
    page.keys("h")
    page.mouse.move(5, 5)
    seen = page.seen()
    found = 0
    for mark in marks:
        x = mark["x"] + mark["width"] / 2 - pane["x"] - 0.5
        y = mark["y"] + mark["height"] / 2 - pane["y"] - 0.5
        reach = 3 + 4 * zoom
        rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]]
        near = (np.abs(rows - y) <= reach) & (np.abs(columns - x) <= reach)
        weight = np.clip(seen - seen.min() - 2, 0, None) * near
        corners = {"width": seen.shape[1] - reach, "height": seen.shape[0] - reach}
        if not (reach < x < corners["width"] and 60 < y < corners["height"] - 60):
            continue
        found += 1
        centroid = (weight * rows).sum() / weight.sum(), (weight * columns).sum() / weight.sum()
        # Each pixel of the screen shows one of the image, so an edge lies up to half of one off.
        assert centroid == pytest.approx((y, x), abs=0.5)
    assert found >= 1


def test_the_files_voi_luts_are_presets_and_shown_as_they_are(show: Any, turned: Any) -> None:
    stored = noise(turned)
    part = np.arange(4096) / 4095
    curves = {"SOFTER": part**0.6, "HARDER": 1 / (1 + np.exp(-12 * (part - 0.45)))}
    luts = []
    for name, curve in curves.items():
        lut = Dataset()
        lut.add_new("LUTDescriptor", "US", [4096, 0, 12])
        lut.add_new("LUTData", "US", np.rint(4095 * curve).astype(int).tolist())
        lut.LUTExplanation = name
        luts.append(lut)
    page = show(stored, VOILUTSequence=luts)
    names = page.locator("#presets option").all_inner_texts()
    assert names[:2] == list(curves)
    for name, curve in curves.items():
        page.locator("#presets").select_option(label=name)
        assert name in page.locator(".pane .greys").inner_text()
        seen, under = at_one_to_one(page, stored)
        assert np.abs(seen - 255 * np.rint(4095 * curve)[under] / 4095).max() <= 1.5
        page.keys("i")
        page.settle()
        inverted, _ = at_one_to_one(page, stored)
        assert np.abs(255 - inverted - seen).max() <= 1
        page.keys("i")


def test_a_sigmoid_window_is_shown_as_the_standard_says(show: Any, turned: Any) -> None:
    stored = noise(turned)
    page = show(stored, WindowCenter=[1800, 2200], WindowWidth=[900, 3000], VOILUTFunction="SIGMOID")
    for centre, width in ((1800, 900), (2200, 3000)):
        seen, under = at_one_to_one(page, stored)
        assert np.abs(seen - 255 / (1 + np.exp(-4 * (under - centre) / width))).max() <= 1
        page.keys("w")


@pytest.mark.parametrize("name", ["mirrored", "upside down", "turned", "unsaid and mirrored"])
def test_an_image_hangs_alike_however_it_is_stored(turned: Any, hung: Any, visit: Any, name: str) -> None:
    seen = []
    for one in ("as hung", name):
        page = visit("Ada", f"#/image/{turned['uids'][one]}/large", at=hung)
        page.keys("h", "z")
        page.wait_for_timeout(300)
        seen.append(page.seen()[80:-80, 10:-10])
    # The outlines of the breast may differ by a pixel, and with them the middles of the views.
    best = min(
        np.abs(seen[0][4:-4, 4:-4] - seen[1][4 + down : -4 + down or None, 4 + right : -4 + right or None]).mean()
        for down in range(-4, 4)
        for right in range(-4, 4)
    )
    assert seen[0].std() > 20
    assert best < 1


def test_the_picture_comes_back_when_the_graphics_card_was_lost(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large")
    page.keys("z", "h", "i")
    page.wait_for_timeout(300)
    before = page.seen()[:-100]
    page.evaluate(
        "() => { const gl = document.querySelector('#canvas').getContext('webgl2');"
        " window.card = gl.getExtension('WEBGL_lose_context'); window.card.loseContext(); }"
    )
    page.locator("#toast.bad", has_text="graphics card").wait_for()
    page.evaluate("() => window.card.restoreContext()")
    page.wait_for_timeout(500)
    after = page.seen()[:-100]
    assert before.std() > 20
    assert np.abs(after - before).max() <= 1


def test_two_fingers_zoom_and_keep_what_lies_between_them(visit: Any, uid: str) -> None:
    page = visit("Ada", f"#/image/{uid}/large", has_touch=True)
    page.keys("z")
    x, y = page.middle()
    before = page.place_under(x + 40, y)
    fingers = page.context.new_cdp_session(page.page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + 40 + one, "y": y, "id": number} for number, one in enumerate(apart)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -50)
    touch("touchStart", -50, 50)
    for reach in range(55, 101, 5):
        touch("touchMove", -reach, reach)
    touch("touchEnd")
    assert "200 %" in page.locator(".pane .scale").inner_text()
    assert np.abs(np.subtract(page.place_under(x + 40, y), before)).max() <= 1
    assert page.locator("#presets").evaluate("node => node.selectedOptions[0].text") != "By hand"
