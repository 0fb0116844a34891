"""Nothing is saved that nobody said: keys, fields and lists of the page in a real Chromium."""

from __future__ import annotations

import random
import re
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MODE = {"f": "diffuse", "r": "regional", "g": "grouped", "l": "linear", "s": "segmental", "i": "indeterminate"}
OTHERS = ("b", "p", "h", "w", "i", "q", "1", "m", "Escape", "Control+b", "Alt+g", "Meta+r", "Control+a", "e", "z", "f")
ECHO_MS = 700  # longer than what the page takes for a second press of one key


def chosen(page: Any) -> bool:
    return bool(page.evaluate("document.querySelector('#choose').open"))


def history(server: Any, uid: str, reader: str) -> list[dict[str, Any]]:
    asked = server.get(f"api/images/{uid}/history", params={"reader": reader}).json()["history"]
    return [entry["action"] for entry in asked]


def test_a_label_chosen_by_key_is_not_changed_by_the_keys_that_follow(
    visit: Any, server: Any, uid: str, results: Any
) -> None:
    page = visit("Olga", f"#/image/{uid}/large")
    cluster = str(results["L CC"]["clusters"][0]["id"])
    page.keys("j", "d", "l")
    page.locator("#toast", has_text="distribution of cluster A: linear").wait_for()
    assert page.locator("#toast").get_attribute("role") == "status"
    assert page.evaluate("document.activeElement.classList.contains('pane')")
    page.wait_for_timeout(1000)
    page.keys("g", "r", "d", "Escape")
    page.saved()
    state = server.state(uid, "Olga")
    assert state["clusters"][cluster] == {"distribution": "linear"}
    assert (state["rest_accepted"], state["read"], state["distribution"]) == (True, True, None)
    kinds = [action["type"] for action in history(server, uid, "Olga")]
    assert kinds == ["set_distribution", "agree_image"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_saved_is_what_was_said_whatever_is_pressed(
    visit: Any, server: Any, uid: str, results: Any, seed: int
) -> None:
    dice = random.Random(seed)
    reader = f"Random {seed}"
    page = visit(reader, f"#/image/{uid}/large")
    cluster = str(results["L CC"]["clusters"][0]["id"])
    label, verdict, is_read, is_agreed = None, None, False, False
    for _ in range(30):
        page.locator(".findings .open").first.click()
        kind = dice.choice(["label", "none", "verdict", "agree", "read", "other", "other"])
        if kind == "label":
            key, label = dice.choice(list(MODE.items()))
            page.keys("d", dice.choice(["d", "3", "Control+g", "x", "Shift+ArrowUp", "k"]), key)
            page.wait_for_timeout(ECHO_MS)
        elif kind == "none":
            mode, key = dice.choice(["d", "o"]), dice.choice(["0", "j", "k", "x", "1", "Enter", " "])
            page.keys(mode, key, "Escape")
            label = None if (mode, key) == ("d", "0") else label
        elif kind == "verdict":
            key, verdict = dice.choice([("a", "accept"), ("x", "reject"), ("c", None)])
            page.keys(key)
        elif kind == "agree":
            page.keys("g")
            is_agreed = is_read = True
        elif kind == "read":
            page.keys("r")
            is_read = True
        else:
            page.keys(*dice.choices(OTHERS, k=2))
        if not page.url.endswith("/large"):
            page.goto(f"{server.address}#/image/{uid}/large")
            page.pictured()
    page.saved()
    state = server.state(uid, reader)
    said = {"distribution": label, "verdict": verdict}
    assert state["clusters"].get(cluster, {}) == {name: value for name, value in said.items() if value is not None}
    assert (state["read"], state["rest_accepted"]) == (is_read, is_agreed)
    assert (state["calcifications"], state["added"], state["comment"], state["distribution"]) == ({}, [], "", None)
    for other in (one["image"]["sop_instance_uid"] for one in results.values()):
        assert other == uid or history(server, other, reader) == []


def test_keys_with_others_held_or_composed_say_nothing(visit: Any, server: Any, uid: str) -> None:
    page = visit("Pia", f"#/image/{uid}/large")
    page.keys("j")
    for key in ("g", "r", "a", "x", "d", ".", "n"):
        page.keys(f"Alt+{key}", f"Control+{key}", f"Meta+{key}")
        for options in ({"isComposing": True}, {"keyCode": 229}, {"repeat": True}):
            page.evaluate(
                "([key, more]) => { document.activeElement.dispatchEvent("
                "new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true, ...more})); }",
                [key, options],
            )
    page.wait_for_timeout(500)
    assert not chosen(page)
    assert history(server, uid, "Pia") == []


def test_a_held_key_and_a_second_press_or_click_say_a_thing_once(visit: Any, server: Any, uid: str) -> None:
    page = visit("Quin", f"#/image/{uid}/large")
    page.keys("j")
    for key in ("a", "r", "g"):
        for _ in range(4):
            page.keyboard.down(key)  # the second one on is what a held key sends
        page.keyboard.up(key)
        page.keys(key, key)
    for selector in (".verdict.reject", "#read"):
        page.locator(selector).first.dblclick()
    page.saved()
    kinds = [action["type"] for action in history(server, uid, "Quin")]
    assert kinds == ["judge_cluster", "mark_read", "agree_image", "judge_cluster", "mark_read"]
    for _ in range(4):
        page.keyboard.down("t")
    page.keyboard.up("t")
    assert page.locator("#comment").input_value() == ""
    page.keys("Escape", "d", "g", "g")  # the second G would agree
    page.saved()
    assert history(server, uid, "Quin")[-1] == {"type": "set_distribution", "cluster": 1, "label": "grouped"}


def test_no_field_saves_but_by_its_key(visit: Any, server: Any, uid: str) -> None:
    page = visit("Rob", f"#/image/{uid}/large", forgiven="beforeunload")
    page.keys("Shift+J")
    field = page.locator("#diameter")
    before = field.input_value()
    field.click()
    page.keys("ArrowUp", "ArrowUp", "PageUp")
    page.mouse.wheel(0, -400)
    assert field.input_value() == before
    field.fill("7.5")
    page.keys("Tab")
    assert field.input_value() == before
    field.fill("grg")
    page.keys("Enter")
    assert "0.05 to 50" in page.locator("#toast").inner_text()
    page.keys("Escape")
    page.locator("#presets").focus()
    page.keys("g", "b", "e")
    assert [action["type"] for action in history(server, uid, "Rob")] == [
        "agree_image"
    ]  # a key of the page, in any list
    page.locator("#comment").fill("not yet")
    page.keys("Escape", "PageDown")
    page.until(f"!location.hash.includes('{uid}')")
    assert page.locator("#comment").input_value() == ""
    assert "Comment not saved" in page.locator("#saved").inner_text()
    page.keys("PageUp")
    page.until(f"location.hash.includes('{uid}') && document.querySelector('#comment').value === 'not yet'")
    assert [action["type"] for action in history(server, uid, "Rob")] == ["agree_image"]
    page.locator("#comment-save").click()
    page.saved()
    assert server.state(uid, "Rob")["comment"] == "not yet"


def test_a_pressed_button_does_not_keep_the_keys(visit: Any, server: Any, uid: str) -> None:
    page = visit("Sue", f"#/image/{uid}/large")
    page.keys("j")
    for selector in ("#agree", ".verdict.accept", "#read", "[data-command=undo]"):
        page.locator(selector).first.click()
        page.saved()
        said = len(history(server, uid, "Sue"))
        page.keys(" ", "Enter", "Enter", " ")
        assert len(history(server, uid, "Sue")) == said, selector


def test_a_key_while_a_size_is_dragged_saves_neither(visit: Any, server: Any, uid: str) -> None:
    page = visit("Tom", f"#/image/{uid}/large")
    page.keys("Shift+J")
    for key in ("Shift+J", "Escape"):
        x, y = page.middle(".sized .grip")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 15, y, steps=3)
        page.keys(key)
        page.mouse.up()
    page.wait_for_timeout(300)
    assert history(server, uid, "Tom") == []


def test_an_answer_whose_confirmation_is_lost_is_saved_once(visit: Any, server: Any, uid: str) -> None:
    page = visit("Uma", f"#/image/{uid}/large", forgiven="ERR_FAILED")
    lost: list[str] = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()  # the server has it, and the page never hears of it
            route.abort()
        else:
            route.continue_()

    page.route("**/answers", lose)
    page.keys("n")
    page.mouse.click(*page.middle())
    page.locator("#saved.bad", has_text="Not saved").wait_for()
    page.keys("r")
    page.saved()
    page.locator(".ring.added").wait_for()
    assert [action["type"] for action in history(server, uid, "Uma")] == ["add_calcification", "mark_read"]


def test_undo_says_what_it_takes_back(visit: Any, server: Any, uid: str) -> None:
    page = visit("Vic", f"#/image/{uid}/large")
    page.keys("j", "a")
    page.saved()
    page.keys("r")
    page.locator("#toast", has_text="Saved, L CC: read.").wait_for()
    page.keys("u")
    page.locator("#toast", has_text="Undone, L CC: read.").wait_for()
    page.keys("Control+z")
    page.locator("#toast", has_text="Undone, L CC: cluster A accepted.").wait_for()
    page.keys("Control+Shift+Z")
    page.locator("#toast", has_text="Done again, L CC: cluster A accepted.").wait_for()
    assert server.state(uid, "Vic")["clusters"] == {"1": {"verdict": "accept"}}


def test_one_escape_leaves_any_mode_and_saves_nothing(visit: Any, server: Any, uid: str) -> None:
    page = visit("Wim", f"#/image/{uid}/large")
    page.keys("Shift+J")
    for keys in (("d",), ("o",), ("d", "ArrowDown", "ArrowDown"), ("t", "x"), ("?",), ("y",)):
        page.keys(*keys)
        page.wait_for_timeout(100)
        page.keys("Escape")
        assert page.evaluate("document.querySelectorAll('dialog[open]').length") == 0, keys
        assert page.evaluate("document.activeElement.classList.contains('pane')"), keys
    for key, is_on in (("n", "add"), ("l", "ruler"), ("m", "magnifier")):
        page.keys(key)
        assert page.locator(f"[data-command={is_on}]").get_attribute("aria-pressed") == "true"
        page.keys("Escape")
        assert page.locator(f"[data-command={is_on}]").get_attribute("aria-pressed") == "false"
    assert page.url.endswith("/large")
    assert history(server, uid, "Wim") == []


def test_the_keys_of_every_mode_are_shown_and_differ(visit: Any, server: Any, uid: str) -> None:
    page = visit("Xia", f"#/image/{uid}/large")
    vocabulary = server.get("api/vocabulary").json()
    page.keys("?")
    text = page.locator("#keys-list").inner_text()
    page.keys("Escape")
    for opening, name in (("d", "distributions"), ("d", "cluster_distributions"), ("o", "morphologies")):
        page.keys(opening)
        keys = page.locator("#choose .choice kbd").all_inner_texts()
        labels = [label.replace("_", " ") for label in vocabulary[name]]
        assert len(set(keys)) == len(keys) == len(labels)
        assert opening.upper() not in keys
        assert all(f"{key}\n{label}" in text for key, label in zip(keys, labels, strict=True))
        page.keys("Escape")
        if name == "distributions":  # of the image; the other words are of its first cluster
            page.keys("j")


def test_what_is_said_while_the_server_is_slow_is_saved_as_it_was_said(
    visit: Any, serve: Any, reviewed: Path, tmp_path: Path, uid: str
) -> None:
    server = serve(reviewed / "run", "--images", str(reviewed / "in"), "--answers", str(tmp_path / "a.sqlite"))
    page = visit("Vic", f"#/image/{uid}/large", at=server)
    page.keys("j", "x")
    page.saved()
    server.process.send_signal(signal.SIGSTOP)
    page.keys("a", "x", "c", "c", "g", "u", "g")  # the second C says nothing new; the undo may have taken back the G
    server.process.send_signal(signal.SIGCONT)
    page.saved()
    said = [action.get("verdict", action["type"]) for action in history(server, uid, "Vic")]
    assert said == ["reject", "accept", "reject", None, "agree_image", "undo", "agree_image"]
    page.keys("Shift+J")
    before = float(page.locator("#diameter").input_value())
    server.process.send_signal(signal.SIGSTOP)
    for _ in range(2):
        page.keys(".")
        page.wait_for_timeout(500)  # longer than presses of one correction are apart
    server.process.send_signal(signal.SIGCONT)
    page.saved()
    sizes = [
        action["diameter_mm"] for action in history(server, uid, "Vic") if action["type"] == "resize_calcification"
    ]
    assert sizes == pytest.approx([before + 0.05, before + 0.1], abs=0.006)


def test_no_key_answers_for_an_image_that_is_not_seen_yet(visit: Any, server: Any) -> None:
    page = visit("Early")
    page.locator("a.card").nth(3).wait_for()
    first, second, third, _ = [str(card.get_attribute("href")).split("/")[2] for card in page.locator("a.card").all()]
    held: list[Any] = []
    is_held = threading.Event()
    is_held.set()

    def meet(route: Any) -> None:
        if is_held.is_set():
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile(rf"/images/({second}|{third})[?/](?!thumbnail)"), meet)
    page.evaluate("(place) => { location.hash = place; }", f"#/image/{first}/large")
    page.pictured()
    page.keys("PageDown", "g", "d", "l", "PageDown")  # the next step waits; what belongs to the D is no key of its own
    assert page.locator("#toast").inner_text() == "That came before the image was seen: nothing was answered."
    is_held.clear()
    for route in held:
        route.continue_()
    page.until(f"location.hash.includes('{third}') && document.querySelector('#stage').dataset.pictured === 'yes'")
    assert not chosen(page)
    assert [action for uid in (first, second, third) for action in history(server, uid, "Early")] == []
    page.wait_for_timeout(ECHO_MS)
    page.keys("g")
    page.saved()
    assert [action["type"] for action in history(server, third, "Early")] == ["agree_image"]


def test_a_dialog_leaves_with_its_image(visit: Any, server: Any, uid: str) -> None:
    page = visit("Back")
    page.locator(f"a.card[href*='{uid}']").click()
    page.pictured()
    page.keys("d")
    assert chosen(page)
    page.go_back()
    page.locator("a.card").first.wait_for()
    assert not chosen(page)
    page.keys("g", "l")
    assert history(server, uid, "Back") == []


def test_keys_typed_fast_are_for_what_was_opened_last(visit: Any, server: Any, uid: str) -> None:
    page = visit("Fast", f"#/image/{uid}/large")
    page.keys("j")
    # All in one task of the page, so that no event of a closing dialog comes between.
    page.evaluate(
        "(keys) => { for (const key of keys) document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); }",
        ["d", "l", "o", "r"],
    )
    page.saved()
    assert not chosen(page)
    said = history(server, uid, "Fast")
    assert [(action["type"], action["label"]) for action in said] == [
        ("set_distribution", "linear"),
        ("set_morphology", "rod"),
    ]


def test_who_goes_on_leaves_the_list_that_was_open(visit: Any, server: Any, uid: str) -> None:
    page = visit("Gone", f"#/image/{uid}/large")
    page.keys("d", "PageDown", "g")
    page.until(f"!location.hash.includes('{uid}') && document.querySelector('#stage').dataset.pictured === 'yes'")
    assert not chosen(page)
    assert history(server, uid, "Gone") == []
