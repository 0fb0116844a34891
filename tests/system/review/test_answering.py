"""Answers in a real Chromium: kept at once, for each reader apart, over reloads, restarts and kills."""

from __future__ import annotations

import shutil
import signal
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<img src=x onerror='window.ran=1'>"


def test_every_answer_is_saved_at_once_and_survives_a_reload(visit: Any, server: Any, uid: str, results: Any) -> None:
    page = visit("Bea", f"#/image/{uid}/large")
    page.keys("j")
    page.keys("a")
    page.saved()
    cluster = str(results["L CC"]["clusters"][0]["id"])
    assert server.state(uid, "Bea")["clusters"][cluster]["verdict"] == "accept"
    page.keys("Shift+J")
    page.keys("x")
    page.locator(".ring.selected.reject, .ring.reject").first.wait_for()
    member = str(results["L CC"]["clusters"][0]["members"][0])
    assert server.state(uid, "Bea")["calcifications"][member]["verdict"] == "reject"
    page.keys("k")
    page.keys("j")
    page.choose("#detail [data-keep=distribution]", "linear")
    page.locator(".label", has_text="linear").wait_for()
    page.choose("#detail [data-keep=morphology]", "amorphous")
    page.choose("#image-distribution", "segmental")
    page.locator("#comment").fill("Two clips beside it")
    page.keys("Control+Enter")
    page.until(
        "document.querySelector('#comment-save').hidden && document.querySelector('#saved').textContent === 'Saved'"
    )
    state = server.state(uid, "Bea")
    assert state["clusters"][cluster] == {"verdict": "accept", "distribution": "linear", "morphology": "amorphous"}
    assert state["distribution"] == "segmental"
    assert state["comment"] == "Two clips beside it"
    page.reload()
    page.pictured()
    assert page.locator("#comment").input_value() == "Two clips beside it"
    assert page.locator("#image-distribution").get_attribute("data-label") == "segmental"
    assert page.locator(".verdict.accept[aria-pressed=true]").count() == 1
    page.keys("y")
    page.locator("#past-list li").nth(5).wait_for()
    assert page.locator("#past-list li").count() == 6
    assert page.locator("#past-list").inner_text().count("Bea") == 6


def test_a_missed_one_is_added_by_clicking_sized_by_dragging_undone_and_redone(
    visit: Any, server: Any, uid: str
) -> None:
    page = visit("Cleo", f"#/image/{uid}/large")
    page.keys("z")
    x, y = page.middle()
    x -= 120
    place = page.place_under(x, y)
    page.keys("n")
    page.mouse.click(x, y)
    page.locator(".ring.added").wait_for()
    [added] = server.state(uid, "Cleo")["added"]
    assert (added["row"], added["column"]) == pytest.approx(place, abs=1)
    assert added["diameter_mm"] == pytest.approx(0.3)
    page.keys("Escape")
    grip = page.middle(".sized .grip")
    page.mouse.move(*grip)
    page.mouse.down()
    page.mouse.move(grip[0] + 8, grip[1], steps=4)
    page.mouse.up()
    page.saved()
    page.until("!document.querySelector('#diameter').value.startsWith('0.30')")
    [resized] = server.state(uid, "Cleo")["added"]
    assert resized["diameter_mm"] > added["diameter_mm"] + 0.8
    page.keys("u")
    page.until("document.querySelector('#diameter').value === '0.30'")
    page.keys("u")
    page.locator(".ring.added").wait_for(state="detached")
    assert server.state(uid, "Cleo")["added"] == []
    page.keys("Shift+U")
    page.locator(".ring.added").wait_for()
    assert [one["diameter_mm"] for one in server.state(uid, "Cleo")["added"]] == [pytest.approx(0.3)]


def test_the_size_of_a_found_one_is_corrected_by_dragging_and_by_number(
    visit: Any, server: Any, uid: str, results: Any
) -> None:
    page = visit("Nora", f"#/image/{uid}/large")
    page.keys("Shift+J")
    first = str(results["L CC"]["clusters"][0]["members"][0])
    page.mouse.move(*page.middle(".sized .grip"))
    page.mouse.down()
    x, y = page.middle(".sized .grip")
    page.mouse.move(x + 12, y, steps=4)
    assert page.locator(".sized text").text_content().endswith(" mm")
    page.mouse.up()
    page.saved()
    [(number, said)] = server.state(uid, "Nora")["calcifications"].items()
    measured = {str(one["id"]): one["diameter_mm"] for one in results["L CC"]["calcifications"]}
    assert number == first
    assert said["diameter_mm"] > measured[number]
    page.locator("#detail", has_text=f"measured {measured[number]:.2f} mm").wait_for()
    page.locator("#diameter").fill("0.42")
    page.keys("Enter")
    page.saved()
    page.until("document.querySelector('#diameter').value === '0.42'")
    assert server.state(uid, "Nora")["calcifications"][number]["diameter_mm"] == pytest.approx(0.42)


def test_the_whole_image_is_agreed_with_one_key_and_the_worklist_knows(visit: Any, server: Any, uid: str) -> None:
    page = visit("Dora", f"#/image/{uid}/large")
    assert "0 of 4 read" in page.locator("#progress-text").inner_text()
    page.keys("g")
    page.locator("#progress-text", has_text="1 of 4 read").wait_for()
    state = server.state(uid, "Dora")
    assert state["agreed"]
    assert state["read"]
    page.keys("PageDown")
    page.until(f"!location.hash.includes('{uid}')")
    page.locator("#home").click()
    page.locator(".card.agreed").wait_for()
    assert page.locator(".card.agreed").get_attribute("href").endswith(uid)
    page.locator("label.option", has_text="unread").click()
    assert page.locator("a.card").count() == 3


def test_two_readers_at_once_keep_their_answers_apart(visit: Any, server: Any, uid: str) -> None:
    one, other = visit("Eve", f"#/image/{uid}/large"), visit("Finn", f"#/image/{uid}/large")
    for page, key in ((one, "a"), (other, "x")):
        page.keys("j")
        page.keys(key)
    one.saved()
    other.saved()
    verdicts = [[item["verdict"] for item in server.state(uid, who)["clusters"].values()] for who in ("Eve", "Finn")]
    assert verdicts == [["accept"], ["reject"]]
    one.reload()
    one.pictured()
    assert one.locator(".verdict.accept[aria-pressed=true]").count() == 1
    assert one.locator(".verdict.reject[aria-pressed=true]").count() == 0


def test_nothing_is_lost_when_the_server_is_killed_between_two_answers(
    visit: Any, serve: Any, reviewed: Path, uid: str, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    options = ("--images", str(reviewed / "in"), "--port", str(port), "--token-file", str(tmp_path / "token"))
    first = serve(run, *options)
    page = visit("Gil", f"#/image/{uid}/large", at=first, forgiven="ERR_CONNECTION")
    page.keys("j")
    page.keys("a")
    page.saved()
    first.end(signal.SIGKILL)
    page.keys("g")
    page.locator("#saved.bad", has_text="Not saved").wait_for()
    second = serve(run, *options)
    page.saved()
    state = second.state(uid, "Gil")
    assert [item["verdict"] for item in state["clusters"].values()] == ["accept"]
    assert state["agreed"]
    page.reload()
    page.pictured()
    assert page.locator("#agree").get_attribute("aria-pressed") == "true"


def test_hostile_texts_are_shown_as_text(visit: Any, server: Any, uid: str) -> None:
    page = visit(HOSTILE, f"#/image/{uid}/large")
    page.keys("t")
    page.keyboard.insert_text(f"</textarea>{HOSTILE}<script>window.ran=1</script>")
    page.keys("Control+Enter")
    page.saved()
    page.keys("y")
    page.locator("#past-list li").first.wait_for()
    assert HOSTILE in page.locator("#past-list").inner_text()
    assert HOSTILE in page.locator("#reader").inner_text()
    page.keys("Escape")
    page.reload()
    page.pictured()
    assert server.state(uid, HOSTILE)["comment"].endswith("</script>")
    assert page.locator("#comment").input_value().endswith("</script>")
    page.locator("#home").click()
    page.locator(".card.failed").wait_for()
    assert page.evaluate("window.ran") is None
