"""The worklist in a real Chromium."""

from __future__ import annotations

import re
from typing import Any

HOSTILE = "<img src=x onerror='window.ran=1'>"


def test_the_worklist_filters_orders_searches_and_names_what_failed(visit: Any, results: Any, uid: str) -> None:
    page = visit("Ada")
    page.locator(".card").nth(4).wait_for()
    assert page.locator("a.card").count() == 4
    assert page.locator(".thumb img").first.evaluate("node => node.decode().then(() => node.naturalWidth)") > 50
    failed = page.locator(".card.failed")
    assert HOSTILE in failed.inner_text()
    assert "empty file" in failed.inner_text()
    page.locator("label.option", has_text="grouped").click()
    grouped = [name for name, one in results.items() if one["distribution"]["label"] == "grouped"]
    assert sorted(page.locator("a.card .view-name").all_inner_texts()) == sorted(grouped)
    page.locator("#clear").click()
    page.locator("#order").select_option("count")
    counts = [sum(map(int, re.findall(r"\d+", text))) for text in page.locator("a.card .line.dim").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    page.keys("/")
    page.locator("#search").fill(uid[-12:])
    assert page.locator("a.card .view-name").all_inner_texts() == ["L CC"]
    page.reload()
    page.locator("a.card").wait_for()
    assert page.locator("a.card").count() == 1
