"""The page of a run, opened from the disk in a real Chromium."""

from __future__ import annotations

import csv
import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from run_files import wait_until

from mammocalc.model import Counts, FileRow
from mammocalc.rendering.details import render_details
from mammocalc.rendering.index import write_page
from mammocalc.rendering.palette import APPEARANCES, css_colour, svg_path
from mammocalc.rendering.wording import name_of
from mammocalc.results.columns import IMAGE_COLUMNS
from mammocalc.results.from_json import from_json
from mammocalc.results.layout import thumbnail_path
from mammocalc.results.schema_version import SCHEMA_VERSION
from mammocalc.results.tables import write_tables
from mammocalc.vocabulary.lexicon import DESCRIPTORS, SHORT_NOTICE, Distribution, Flag, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">'
LABELS = [*DESCRIPTORS, Distribution.INDETERMINATE, Distribution.NOT_APPLICABLE]
COUNTS = [field.name for field in fields(Counts)]


def result(index: int, label: Distribution, micro: int = 3, **changes: Any) -> dict[str, Any]:
    """Give a result with so many calcifications."""
    calcification: dict[str, Any] = {
        "letter": None, "frame": 0, "row": 1.0, "column": 2.0, "diameter_mm": 0.4, "length_mm": 0.5,
        "outline": [], "memberships": [],
        "width_mm": 0.3, "area_mm2": 0.1, "diameter_px": 4.0, "size": "micro", "score": 0.9,
        "contrast_to_noise": 9.0, "cluster": None, "vessel": None,
        "morphology": None, "left_out": None, "flags": [],
    }  # fmt: skip
    uid = f"1.2.{index:05d}"
    image = {
        "sop_instance_uid": uid, "sop_class_uid": "1.1", "patient_key": "k", "patient_orientation": [],
        "breast_implant_present": None, "number_of_frames": 1, "laterality": "LR"[index % 2],
        "view": ("CC", "MLO")[index // 2 % 2],
        "presentation_intent": "FOR PRESENTATION", "manufacturer": "Maker", "manufacturer_model_name": "M1",
        "pixel_spacing_mm": [0.07, 0.07], "spacing_source": "imager", "view_modifiers": [], "notes": [],
        "series_instance_uid": "1.3", "study_instance_uid": "1.4", "study_day": None, "rows": 10, "columns": 10,
    } | changes  # fmt: skip
    return {
        "schema_version": SCHEMA_VERSION,
        "image": image,
        "breast": {"area_mm2": 9000.0, "outline": [], "pectoral": [], "pectoral_confidence": None, "nipple": None},
        "presence": round(index / 100 % 1, 2),
        "presence_level": index / 10 % 10,
        "counts": {**dict.fromkeys(COUNTS, 0), "calcifications": micro, "micro": micro},
        "calcifications": [{"id": number, **calcification} for number in range(micro)],
        "clusters": [],
        "vessels": [],
        "distribution": call(label),
        "overlay": {"path": f"overlays/{uid[-2:]}/{uid}.jpg", "scale": 1.0, "offset": [0.0, 0.0]},
        "flags": [str(Flag.LOSSY)] if index == 3 else [],
        "provenance": {
            "software": "mammocalc",
            "version": "0.1.0",
            "configuration_digest": "0123",
            "operating_point": "default",
            "source_digest": None,
            "medium": "digital",
        },
        "notice": "Research use only.",
    }


def call(label: Distribution) -> dict[str, Any]:
    """Give a distribution as results hold it."""
    between = ["regional", "segmental"] if label is Distribution.INDETERMINATE else []
    named = label is not Distribution.NOT_APPLICABLE
    first = between[0] if between else str(label)
    shares = {str(item): 0.6 if item == first else 0.1 for item in DESCRIPTORS}
    return {
        "label": str(label), "between": between, "probabilities": shares if named else None,
        "calibrated_on": "simulated" if named else None, "margin": 0.5 if named else None,
        "reasons": [f"it lies as {label} does {HOSTILE}"], "evidence": {},
    }  # fmt: skip


def write_run(folder: Path, thumbnail: bytes) -> list[FileRow]:
    """Write a small run: seven judged images, one skipped, one failed; the seventh is hostile."""
    rows = []
    for index, label in enumerate(LABELS):
        hostile = {"manufacturer": HOSTILE} if index == 6 else {}
        document = result(index, label, micro=index, **hostile)
        uid = document["image"]["sop_instance_uid"]
        for path, content in (
            (f"results/{uid[-2:]}/{uid}.json", json.dumps(document).encode()),
            (f"details/{uid[-2:]}/{uid}.html", render_details(from_json(document), f"results/{uid[-2:]}/{uid}.json")),
            (document["overlay"]["path"], thumbnail),
            (thumbnail_path(document["overlay"]["path"]), thumbnail),
        ):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        name = HOSTILE.replace("/", "") if index == 6 else f"image {index}#%.dcm"
        rows.append(FileRow(f"patient {index % 2}/{name}", uid, Status.ANALYSED, None, None, 0.5 + index))
    rows.append(FileRow("qc/phantom.dcm", "1.2.9", Status.SKIPPED, Reason.QUALITY_CONTROL, "A phantom image.", 0.01))
    rows.append(
        FileRow("bad\udcff.dcm", None, Status.FAILED, Reason.TRUNCATED, f"The file ends early. {HOSTILE}", 0.01)
    )
    return rows


@pytest.fixture
def thumbnail() -> bytes:
    cv2 = pytest.importorskip("cv2")
    numpy = pytest.importorskip("numpy")
    return bytes(cv2.imencode(".jpg", numpy.full((320, 240, 3), 90, dtype=numpy.uint8))[1])


@pytest.fixture
def page(browser: Any, tmp_path: Path, thumbnail: bytes) -> Iterator[Any]:
    rows = write_run(tmp_path, thumbnail)
    write_tables(tmp_path)
    write_page(tmp_path, rows, {"version": "0.1.0", "configuration": f"default {HOSTILE}"})
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    opened = context.new_page()
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.on("console", lambda entry: opened.errors.append(entry.text) if entry.type == "error" else None)
    opened.goto((tmp_path / "index.html").as_uri())
    yield opened
    assert opened.errors == []
    context.close()


def cards(page: Any) -> list[str]:
    return [str(text) for text in page.locator(".card").all_inner_texts()]


def test_the_page_counts_files_and_says_what_it_is_not_for(page: Any) -> None:
    totals = dict(
        zip(page.locator("#totals dt").all_inner_texts(), page.locator("#totals dd").all_inner_texts(), strict=True)
    )
    assert totals["files"] == "9"
    assert (totals["analysed"], totals["skipped"], totals["failed"]) == ("7", "1", "1")
    assert totals["with calcifications"] == "6"
    assert totals["micro"] == str(sum(range(7)))
    assert page.locator("#notice").inner_text() == SHORT_NOTICE
    assert page.locator("#facts").inner_text().startswith("version")


def test_a_small_window_shows_filters_and_whole_cards_side_by_side(page: Any) -> None:
    page.set_viewport_size({"width": 800, "height": 600})
    first = page.locator(".card").first.bounding_box()
    assert first["x"] > page.locator("#search").bounding_box()["width"]
    assert first["y"] + first["height"] < 600
    assert page.evaluate("document.documentElement.scrollWidth") == 800


def test_every_thumbnail_loads_from_the_disk(page: Any) -> None:
    pictures = page.locator(".card img")
    wait_until(lambda: pictures.evaluate_all("nodes => nodes.every(node => node.complete)"))
    widths = pictures.evaluate_all("nodes => nodes.map(node => node.naturalWidth)")
    assert widths == [240] * 7


def test_filters_combine_and_their_counts_say_what_a_click_would_show(page: Any) -> None:
    page.get_by_label("analysed", exact=False).check()
    page.locator("input[data-facet=laterality][value=R]").check()
    assert page.locator("#count").inner_text() == "3 of 9 files"
    label = page.locator("label", has=page.locator("input[data-facet=distribution][value=regional]"))
    assert label.locator(".number").inner_text() == "1"
    page.locator("input[data-facet=distribution][value=regional]").check()
    assert len(cards(page)) == 1
    assert "regional" in cards(page)[0]
    page.get_by_role("button", name="Clear all filters").click()
    assert page.locator("#count").inner_text() == "9 files"


def test_flags_can_be_filtered_and_say_what_they_mean(page: Any) -> None:
    box = page.locator("input[data-facet=flags][value=lossy]")
    box.check()
    assert len(cards(page)) == 1
    title = page.locator("label", has=box).locator(".name").get_attribute("title")
    assert "Lossy compression" in str(title)


def test_search_finds_a_uid(page: Any) -> None:
    page.get_by_label("Search").fill("1.2.00004")
    assert len(cards(page)) == 1
    assert "segmental" in cards(page)[0]


def test_failures_stand_with_their_reasons(page: Any) -> None:
    page.locator("input[data-facet=status][value=failed]").check()
    assert "The file ends early." in cards(page)[0]
    assert "truncated" in cards(page)[0]


def test_the_table_sorts_by_a_click_on_its_head_and_empty_values_come_last(page: Any) -> None:
    page.get_by_role("button", name="Table").click()
    page.get_by_role("button", name="Micro").click()
    micro = page.locator(".items .row > div:nth-child(11)")
    assert micro.all_inner_texts() == ["6", "5", "4", "3", "2", "1", "0", "", ""]
    assert page.locator("[data-key=micro]").get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Micro").click()
    assert micro.all_inner_texts() == ["0", "1", "2", "3", "4", "5", "6", "", ""]


def test_overlay_and_json_open_from_the_table(page: Any, tmp_path: Path) -> None:
    page.get_by_role("button", name="Table").click()
    targets = page.locator(".items .row a").evaluate_all("nodes => nodes.map(node => node.href)")
    assert len(targets) == 21
    for target in targets:
        assert target.startswith("file://")
        assert Path(target.removeprefix("file://")).is_file()
        assert Path(target.removeprefix("file://")).is_relative_to(tmp_path)


def test_the_keyboard_reaches_and_opens_an_image(page: Any) -> None:
    page.locator("input[data-facet=status][value=analysed]").check()
    page.locator(".card").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog")
    assert dialog.is_visible()
    before = page.locator("#detail-text").inner_text()
    picture = page.frame_locator("dialog iframe").locator(".picture img")
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") == 240
    page.keyboard.press("ArrowRight")
    assert page.locator("#detail-text").inner_text() != before
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_keys_that_are_pressed_inside_an_image_turn_the_leaves_and_close_it(page: Any) -> None:
    page.locator("input[data-facet=distribution][value=diffuse]").check()
    page.locator("input[data-facet=distribution][value=grouped]").check()
    page.locator(".card").first.click()
    inside = page.frame_locator("dialog iframe")
    assert inside.locator("h1").inner_text() == "diffuse"
    inside.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.locator("#detail-title", has_text="grouped").wait_for()
    inside.locator("h1", has_text="grouped").click()  # the frame follows a little later than the title
    page.keyboard.press("ArrowLeft")
    page.locator("#detail-title", has_text="diffuse").wait_for()
    inside.locator("h1", has_text="diffuse").click()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    page.locator("dialog iframe").wait_for(state="detached")


def test_leafing_through_images_leaves_nothing_in_the_history(page: Any) -> None:
    page.locator("input[data-facet=status][value=analysed]").check()
    before = page.evaluate("history.length")
    page.locator(".card").first.click()
    for _ in range(3):
        page.locator("#next").click()
        page.frame_locator("dialog iframe").locator("h1").wait_for()
    assert page.evaluate("history.length") == before


def test_messages_that_are_no_keys_of_the_shown_image_are_not_heard(page: Any) -> None:
    page.locator("input[data-facet=status][value=analysed]").check()
    page.locator(".card").first.click()
    before = page.locator("#detail-title").inner_text()
    page.evaluate("window.postMessage({ mammocalcKey: 'ArrowRight' }, '*')")
    page.evaluate("window.postMessage(null, '*')")
    page.wait_for_timeout(50)
    assert page.locator("#detail-title").inner_text() == before


def test_every_image_shows_its_label_its_candidates_and_small_bars(page: Any) -> None:
    shown = {label: page.locator(".card", has=page.get_by_text(name_of(label), exact=True)) for label in LABELS}
    for label, card in shown.items():
        assert card.locator(".symbol path").get_attribute("fill") == css_colour(APPEARANCES[label].colour)
        assert card.locator(".symbol path").get_attribute("d") == svg_path(APPEARANCES[label].symbol)
    assert "regional or segmental" in shown[Distribution.INDETERMINATE].inner_text()
    assert shown[Distribution.NOT_APPLICABLE].locator(".chart").count() == 0
    chart = shown[Distribution.LINEAR].locator(".chart")
    assert chart.get_attribute("aria-label") == (
        "Probabilities: linear about 60 %, diffuse about 10 %, regional about 10 %, grouped about 10 %, "
        "segmental about 10 %"
    )
    bars = chart.locator("rect[fill]")
    heights = [float(text) for text in bars.evaluate_all("nodes => nodes.map(n => n.getAttribute('height'))")]
    assert heights == pytest.approx([1.6, 1.6, 1.6, 9.6, 1.6])
    assert bars.evaluate_all("nodes => nodes.map(n => n.getAttribute('fill'))") == [
        css_colour(APPEARANCES[label].colour) for label in DESCRIPTORS
    ]


def test_the_table_holds_the_margin_and_the_candidates(page: Any) -> None:
    page.get_by_role("button", name="Table").click()
    row = page.locator(".items .row", has_text="indeterminate")
    assert "regional or segmental" in row.inner_text()
    assert row.locator(":scope > div").nth(7).inner_text() == "0.50"


@pytest.mark.parametrize("layout", ["Pictures", "Table"])
def test_on_paper_are_all_images_and_not_only_those_in_sight(page: Any, layout: str) -> None:
    page.set_viewport_size({"width": 800, "height": 400})
    page.get_by_role("button", name=layout).click()
    images = page.locator("#items > *")
    assert images.count() < 9
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert images.count() == 9
    assert images.last.is_visible()
    boxes = images.evaluate_all(
        "nodes => nodes.map((node) => { const b = node.getBoundingClientRect(); return [b.x, b.y]; })"
    )
    assert len({tuple(place) for place in boxes}) == 9
    assert page.locator("#unprinted").inner_text() == ""
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert images.count() < 9


def test_hostile_text_is_shown_and_never_run(page: Any) -> None:
    page.get_by_role("button", name="Table").click()
    assert page.get_by_text("onerror=").count() >= 3
    page.locator(".items .row", has_text="analysed").filter(has_text="onerror=").locator(".open").click()
    inside = page.frame_locator("dialog iframe")
    assert HOSTILE in inside.locator(".reasons").first.inner_text()
    assert inside.locator("img[src='x']").count() == 0
    assert page.frames[1].evaluate("window.hacked") is None
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src='x']").count() == 0


def test_the_page_forbids_all_but_its_own_script(page: Any, tmp_path: Path) -> None:
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.count("<script") == 2
    added = "const node = document.createElement('script'); node.textContent = 'window.ran = 1';"
    page.evaluate(f"() => {{ {added} document.body.append(node); }}")
    assert page.evaluate("window.ran") is None
    assert len(page.errors) == 1
    assert "Content Security Policy" in page.errors.pop()


def test_the_page_asks_for_nothing_outside_its_folder(browser: Any, tmp_path: Path, thumbnail: bytes) -> None:
    rows = write_run(tmp_path, thumbnail)
    write_tables(tmp_path)
    write_page(tmp_path, rows, {})
    opened = browser.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto((tmp_path / "index.html").as_uri())
    opened.wait_for_load_state("networkidle")
    opened.close()
    assert len(asked) >= 8
    assert all(url.startswith(tmp_path.as_uri()) for url in asked)


def test_a_run_of_nothing_gives_a_page_that_says_so(browser: Any, tmp_path: Path) -> None:
    write_tables(tmp_path)
    write_page(tmp_path, [], {})
    opened = browser.new_page()
    opened.goto((tmp_path / "index.html").as_uri())
    assert opened.locator("#empty").is_visible()
    opened.close()


def test_fifty_thousand_images_can_be_filtered_and_sorted(browser: Any, tmp_path: Path) -> None:
    count = 50_000  # of which paper takes the first thousand, and says so
    (tmp_path / "tables").mkdir()
    rows = []
    with (tmp_path / "tables" / "images.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, IMAGE_COLUMNS, restval="")
        table.writeheader()
        for index in range(count):
            uid = f"1.2.826.0.1.3680043.8.498.{index:020d}"
            folder = f"{index % 256:02x}"
            image = {
                "sop_instance_uid": uid, "laterality": "LR"[index % 2], "view": "CC", "manufacturer": "Maker",
                "manufacturer_model_name": f"M{index % 5}", "presence_level": index % 1000 / 100, "n_macro": 0,
                "n_calcifications": index % 50, "n_micro": index % 50, "n_clusters": 1,
                "n_size_unknown": 0, "n_vascular": 0, "n_vessels": 0,
                "distribution": LABELS[index % len(LABELS)], "flags": "lossy",
                "result": f"results/{folder}/{uid}.json", "overlay": f"overlays/{folder}/{uid}.jpg",
            }  # fmt: skip
            table.writerow(image)
            rows.append(FileRow(f"site {index % 7}/{index:06d}.dcm", uid, Status.ANALYSED, None, None, 0.5))
    write_page(tmp_path, rows, {})
    opened = browser.new_page(viewport={"width": 1400, "height": 900})
    opened.goto((tmp_path / "index.html").as_uri())
    assert opened.locator("#count").inner_text() == "50,000 files"
    assert opened.locator(".card").count() < 100  # only what can be seen is in the document
    opened.locator("input[data-facet=distribution][value=linear]").check()
    expected = len([index for index in range(count) if LABELS[index % len(LABELS)] is Distribution.LINEAR])
    assert opened.locator("#count").inner_text() == f"{expected:,} of 50,000 files"
    opened.get_by_role("button", name="Table").click()
    opened.get_by_role("button", name="Presence, of 10").click()
    shown = [float(text) for text in opened.locator(".items .row > div:nth-child(9)").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == pytest.approx(10.0, abs=0.1)
    opened.locator(".items .open").first.focus()
    opened.keyboard.press("End")
    assert opened.locator(f".items [aria-rowindex='{expected + 1}']").count() == 1
    opened.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert str(opened.locator("#unprinted").text_content()).startswith(
        f"{expected - 1000:,} more files are not printed"
    )
    opened.close()
