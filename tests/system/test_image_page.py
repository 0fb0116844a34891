"""The page of one image of a real run, opened from the disk in a real Chromium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.rendering.wording import percent
from mammocalc.results.layout import details_path
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, drawn: Path, judge: Callable[..., Any]) -> Path:
    out = tmp_path_factory.mktemp("finished") / "out"
    judge(drawn, out)
    return out


@pytest.fixture
def open_page(browser: Any, finished: Path) -> Iterator[Callable[..., Any]]:
    """Open the page of the first image that a test on its result lets through."""
    pages = []
    errors: list[str] = []

    def open_page(wanted: Callable[[dict[str, Any]], bool], width: int = 1400) -> tuple[Any, dict[str, Any]]:
        for path in sorted((finished / "results").glob("*.json")):
            document = json.loads(path.read_bytes())
            if wanted(document):
                page = browser.new_page(viewport={"width": width, "height": 900})
                page.errors = errors
                pages.append(page)
                page.on("pageerror", lambda error: errors.append(str(error)))
                page.on("console", lambda entry: errors.append(entry.text) if entry.type == "error" else None)
                page.goto((finished / details_path(f"results/{path.name}")).as_uri())
                return page, document
        message = "no image of the run is like that"
        raise LookupError(message)

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


def has_cluster(document: dict[str, Any]) -> bool:
    return bool(document["clusters"])


def bars(part: Any) -> dict[str, str]:
    names, values = part.locator(".bars .name").all_inner_texts(), part.locator(".bars .value").all_inner_texts()
    return dict(zip(names, values, strict=True))


def test_a_page_says_what_the_result_says(open_page: Callable[..., Any]) -> None:
    page, document = open_page(has_cluster)
    call = document["distribution"]
    assert page.locator("h1").inner_text() == call["label"]
    image = page.locator("section", has_text="Distribution of the image").first
    assert bars(image) == {str(label): percent(call["probabilities"][label]) for label in DESCRIPTORS}
    assert image.locator(".reasons li").all_inner_texts() == call["reasons"]
    cards = page.locator(".card")
    assert cards.count() == len(document["clusters"])
    cluster = document["clusters"][0]
    card = page.locator(f"#cluster-{cluster['id']}")
    reasons = [*cluster["distribution"]["reasons"], *cluster["morphology"]["reasons"]]
    assert card.locator(".reasons li").all_inner_texts() == reasons
    assert f"{len(cluster['members'])} calcifications" in card.inner_text()


def test_bars_are_as_long_as_the_probabilities(open_page: Callable[..., Any]) -> None:
    page, document = open_page(has_cluster)
    image = page.locator("section", has_text="Distribution of the image").first
    track = image.locator(".bar").first.bounding_box()["width"]
    lengths = [node.bounding_box()["width"] / track for node in image.locator(".bar rect[fill]").all()]
    expected = [document["distribution"]["probabilities"][label] for label in DESCRIPTORS]
    assert lengths == pytest.approx(expected, abs=0.01)


def test_published_evidence_is_closed_and_its_caution_always_in_sight(open_page: Callable[..., Any]) -> None:
    page, document = open_page(has_cluster)
    evidence = page.locator(".evidence").first
    assert evidence.locator("table").is_hidden()
    assert evidence.locator("summary").is_visible()
    caution = evidence.locator(".caution")
    assert caution.is_visible()
    assert "not a predictive value" in caution.inner_text()
    evidence.locator("summary").focus()
    page.keyboard.press("Enter")
    assert evidence.locator("table").is_visible()
    studies = document["clusters"][0]["published_association"]["studies"]
    assert evidence.locator("tbody tr").count() == len(studies)


def test_what_is_left_out_is_told_with_why(open_page: Callable[..., Any]) -> None:
    def has_some(document: dict[str, Any]) -> bool:
        return any(item["left_out"] for item in document["calcifications"])

    page, document = open_page(has_some)
    told = page.locator(".apart").inner_text()
    for item in document["calcifications"]:
        if item["left_out"]:
            assert item["left_out"] in told


def test_the_overlay_is_the_picture_and_loads_from_the_disk(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(has_cluster)
    picture = page.locator(".picture img")
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") > 500
    assert picture.get_attribute("alt").startswith("The image with its findings: ")


def test_on_paper_it_is_dark_on_white_and_whole(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(lambda one: any(cluster["published_association"] for cluster in one["clusters"]))
    page.emulate_media(media="print")
    look = page.evaluate(
        "() => ['main', 'h1', '.card'].map((one) => { const style = getComputedStyle(document.querySelector(one));"
        " return [style.color, style.overflowY, style.backgroundColor]; })"
    )
    assert [color for color, *_ in look] == ["rgb(0, 0, 0)"] * 3
    assert look[0][1] == "visible"
    assert look[2][2] == "rgb(255, 255, 255)"
    box = page.locator("main").evaluate("node => [node.scrollHeight, node.clientHeight]")
    assert box[0] == box[1]
    assert page.locator("details table").first.is_visible()


@pytest.mark.parametrize("width", [360, 700, 1000, 1400])
def test_nothing_runs_out_of_a_window_of_any_width(open_page: Callable[..., Any], width: int) -> None:
    page, _ = open_page(has_cluster, width)
    page.evaluate("() => { for (const node of document.querySelectorAll('details')) node.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inside = page.locator("main").evaluate("node => node.scrollWidth - node.clientWidth")
    assert inside <= 0


def test_no_script_but_the_pages_own_is_run(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(has_cluster)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"].startswith("'sha256-")
    assert directives["style-src"].startswith("'sha256-")
    added = "const node = document.createElement('script'); node.textContent = 'window.ran = 1';"
    with page.expect_event("console"):
        page.evaluate(f"() => {{ {added} document.body.append(node); }}")
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in page.errors.pop()
