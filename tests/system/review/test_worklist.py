"""The worklist in a real Chromium."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "<img src=x onerror='window.ran=1'>"
PRESENCE = (9.5, 6.0, 2.0, None)
FLAGS = ("implausible_spacing low_contrast", "implausible_spacing", "", "")
SECONDS = (3.0, 9.0, 1.0, 5.0)


@pytest.fixture
def varied(serve: Any, reviewed: Path, results: Any, tmp_path: Path) -> Any:
    """A server of a run whose images differ in all that is filtered and ordered by."""
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    uids = [one["image"]["sop_instance_uid"] for one in results.values()]
    table = run / "tables" / "images.csv"
    with table.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        number = uids.index(row["sop_instance_uid"])
        row["presence_level"] = "" if PRESENCE[number] is None else str(PRESENCE[number])
        row["flags"] = FLAGS[number]
    with table.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    listed = run / "files.jsonl"
    texts = []
    for line in listed.read_text().splitlines():
        found = [number for number, uid in enumerate(uids) if uid in line]
        seconds = SECONDS[found[0]] if found else 0
        texts.append(line.replace('"seconds": ', f'"seconds": {seconds}, "before": '))
    listed.write_text("\n".join(texts) + "\n")
    server = serve(run, "--answers", str(tmp_path / "answers.sqlite"))
    server.answer(uids[1], "Ada", type="agree_image")
    server.answer(uids[2], "Ada", type="mark_read", read=True)
    return server


def listed(page: Any) -> list[str]:
    return [str(card.get_attribute("href")).split("/")[2] for card in page.locator("a.card").all()]


FILTERS: dict[str, Callable[[Any], bool]] = {
    "7 of 10 and more": lambda image: (image["presence_level"] or 0) >= 7,
    "5 to 7": lambda image: 5 <= (image["presence_level"] or 0) < 7,
    "below 5": lambda image: image["presence_level"] is not None and image["presence_level"] < 5,
    "grouped": lambda image: image["distribution"] == "grouped",
    "implausible spacing": lambda image: "implausible_spacing" in image["flags"],
    "L": lambda image: image["laterality"] == "L",
    "MLO": lambda image: image["view"] == "MLO",
    "unread": lambda image: not image["read"] and not image["agreed"],
    "agreed": lambda image: image["agreed"],
}


def test_every_filter_leaves_the_images_that_are_like_that(visit: Any, varied: Any) -> None:
    images = varied.get("api/worklist", params={"reader": "Ada"}).json()["images"]
    page = visit("Ada", at=varied)
    page.locator("a.card").nth(3).wait_for()
    for name, is_like_that in FILTERS.items():
        option = page.locator("label.option").filter(has=page.get_by_text(name, exact=True))
        option.click()
        wanted = {image["uid"] for image in images if is_like_that(image)}
        assert 0 < len(wanted) < 4
        assert set(listed(page)) == wanted, name
        assert option.locator(".number").inner_text() == str(len(wanted))
        page.locator("#clear").click()
    assert len(listed(page)) == 4
    page.locator("label.option").filter(has=page.get_by_text("L", exact=True)).click()
    page.locator("label.option").filter(has=page.get_by_text("MLO", exact=True)).click()
    assert len(listed(page)) == 1
    page.locator("#clear").click()
    page.locator("label.option").filter(has=page.get_by_text("failed", exact=True)).click()
    assert listed(page) == []
    assert HOSTILE in page.locator(".card.failed").inner_text()
    assert "empty file" in page.locator(".card.failed").inner_text()


def test_every_order_begins_with_what_it_promises(visit: Any, varied: Any) -> None:
    images = {image["uid"]: image for image in varied.get("api/worklist", params={"reader": "Ada"}).json()["images"]}
    labels = varied.get("api/vocabulary").json()["distributions"]
    page = visit("Ada", at=varied)
    page.locator("a.card").nth(3).wait_for()
    keys: dict[str, Callable[[Any], float]] = {
        "presence": lambda image: -1 if image["presence_level"] is None else image["presence_level"],
        "count": lambda image: image["counts"]["calcifications"],
        "time": lambda image: image["seconds"],
        "distribution": lambda image: -labels.index(image["distribution"]),
    }
    for order, key in keys.items():
        page.locator("#order").select_option(order)
        values = [key(images[uid]) for uid in listed(page)]
        assert len(set(values)) > 1
        assert values == sorted(values, reverse=True), order
    page.locator("#order").select_option("case")
    assert page.locator("a.card .view-name").all_inner_texts() == ["R CC", "L CC", "R MLO", "L MLO"]


def test_an_image_is_found_by_the_name_of_its_file(visit: Any, server: Any) -> None:
    page = visit("Finn")
    page.locator("a.card").nth(3).wait_for()
    page.locator("#search").fill("LMLO.dcm")
    page.locator("#shown", has_text="1 of 4 images").wait_for()
    [found] = [one for one in server.get("api/worklist").json()["images"] if one["file"] == "lmlo.dcm"]
    assert listed(page) == [found["uid"]]


def test_thumbnails_search_and_progress_outlive_a_reload(visit: Any, varied: Any, uid: str) -> None:
    page = visit("Ada", at=varied)
    page.locator(".card").nth(4).wait_for()
    assert page.locator(".thumb img").first.evaluate("node => node.decode().then(() => node.naturalWidth)") > 50
    assert page.locator("#progress-text").inner_text() == "2 of 4 read"
    assert page.locator("#progress").get_attribute("aria-valuenow") == "2"
    page.keys("/")
    page.locator("#search").fill(uid[-12:])
    assert listed(page) == [uid]
    page.reload()
    page.locator("a.card").wait_for()
    assert listed(page) == [uid]
