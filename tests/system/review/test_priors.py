"""The earlier examination of a patient in a real Chromium: beside or in place, at one scale and the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RINGS = """(uid) => {
  const pane = document.querySelector(`.pane[data-uid="${uid}"]`);
  const frame = pane.getBoundingClientRect();
  return [...pane.querySelectorAll(".ring")].map((ring) => {
    const { x, y, width, height } = ring.querySelector(".line").getBoundingClientRect();
    const away = [x + width / 2 - frame.x - frame.width / 2, y + height / 2 - frame.y - frame.height / 2];
    return [ring.dataset.key.replace("calcification-", ""), ...away];
  });
}"""
"""Where the marks of a view lie on the screen, from its middle."""
CUT = """[...document.querySelectorAll(".prior .when")].filter((one) =>
  one.offsetLeft < 0 || one.offsetLeft + one.offsetWidth > one.parentElement.offsetWidth).map((one) => one.innerText)"""
"""What is said of priors and does not fit into their views."""


UNDER_WORDS = """[...document.querySelectorAll(".pane")].flatMap((pane) => {
  const shown = (name) => [...pane.querySelectorAll(name)].map((one) => one.getBoundingClientRect());
  const boxes = (name) => shown(name).filter((box) => box.width > 0);
  const meets = (one, other) => (
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom);
  const words = boxes(":scope > .view-name, :scope > .scale, :scope > .when");
  return boxes(".label").filter((label) => words.some((word) => meets(label, word)));
}).length"""
"""Labels that lie under what is said of a view."""


@pytest.fixture(scope="module")
def prior_server(dated: Path, open_server: Any) -> Iterator[Any]:
    server = open_server(dated / "run", "--images", str(dated / "in"), "--answers", str(dated / "answers.sqlite"))
    yield server
    server.end()


def uid_of(result: dict[str, Any]) -> str:
    return str(result["image"]["sop_instance_uid"])


def middle_mm(page: Any, result: dict[str, Any]) -> tuple[np.ndarray, float]:
    """What of an image lies in the middle of its view, in mm from the nipple (right, down), and CSS pixels per mm."""
    places = {str(mark["id"]): (mark["column"], mark["row"]) for mark in result["calcifications"]}
    rings = page.evaluate(RINGS, uid_of(result))
    assert len(rings) > 1
    screen = np.array([ring[1:] for ring in rings])
    spacing = np.array(result["image"]["pixel_spacing_mm"])[::-1]
    nipple = result["breast"]["nipple"]
    stored = (np.array([places[ring[0]] for ring in rings]) - [nipple["column"], nipple["row"]]) * spacing
    scale = np.linalg.norm(np.ptp(screen, axis=0)) / np.linalg.norm(np.ptp(stored, axis=0))
    return (stored - screen / scale).mean(axis=0), float(scale)


def depth_mm(result: dict[str, Any]) -> float:
    columns = np.array(result["breast"]["outline"])[:, 1]
    nipple = result["breast"]["nipple"]["column"]
    wall = columns.max() if result["image"]["laterality"] == "R" else columns.min()
    return float(abs(nipple - wall) * result["image"]["pixel_spacing_mm"][1])


def check_same_place(page: Any, new: dict[str, Any], old: dict[str, Any]) -> None:
    (here, scale), (there, other_scale) = middle_mm(page, new), middle_mm(page, old)
    assert other_scale == pytest.approx(scale, rel=0.02)
    ratio = depth_mm(old) / depth_mm(new)
    assert there == pytest.approx([here[0] * ratio, here[1]], abs=0.25)


def test_a_case_is_one_examination_and_its_priors_are_named(prior_server: Any, dated_results: Any) -> None:
    new = [uid_of(one) for name, one in dated_results.items() if name.endswith("new")]
    for name, result in dated_results.items():
        shown = prior_server.image(uid_of(result))
        assert set(shown["case"]) == (
            set(new) if name.endswith("new") else {*map(uid_of, dated_results.values())} - {*new}
        )
        twin = dated_results.get(name.replace("new", "old")) if name.endswith("new") else None
        assert shown["prior"] == (None if twin is None else {"uid": uid_of(twin), "days_earlier": 731})


def test_the_worklist_shows_the_newest_examination_first_and_says_the_interval(
    visit: Any, prior_server: Any, dated_results: Any
) -> None:
    page = visit("Ann", at=prior_server)
    page.locator("a.card").first.wait_for()
    assert page.locator("#order").input_value() == "case"
    cards = [card.inner_text().split("\n")[:2] for card in page.locator("a.card").all()]
    assert cards == [
        *[[name, "newest of 2"] for name in ("R CC", "L CC", "R MLO", "L MLO")],
        *[[name, "24 months earlier"] for name in ("R CC", "L CC", "L MLO")],
    ]


def test_the_prior_hangs_beside_at_one_scale_and_the_same_place(
    visit: Any, prior_server: Any, dated_results: Any
) -> None:
    new, old = dated_results["L CC new"], dated_results["L CC old"]
    page = visit("Bob", f"#/image/{uid_of(new)}/large", at=prior_server)
    page.keys("p")
    page.until("document.querySelectorAll('.pane .ring').length > 20")
    assert page.locator(".pane.prior .when").inner_text() == "24 months earlier · placed by nipple"
    check_same_place(page, new, old)
    # They stay together whichever of them is moved.
    page.keys("+", "+", "+", "ArrowRight", "ArrowDown")
    check_same_place(page, new, old)
    page.mouse.move(*page.middle(".pane.prior"))
    page.mouse.wheel(0, -240)
    page.mouse.down(button="right")
    x, y = page.middle(".pane.prior")
    page.mouse.move(x - 60, y + 25, steps=4)
    page.mouse.up(button="right")
    page.settle()
    check_same_place(page, new, old)
    page.keys("j")
    check_same_place(page, new, old)
    page.until("[...document.querySelectorAll('.pane .greys')].every((one) => one.innerText.endsWith('Local'))")


def test_all_views_hang_over_their_priors_and_a_missing_one_is_said(
    visit: Any, prior_server: Any, dated_results: Any
) -> None:
    page = visit("Cid", f"#/image/{uid_of(dated_results['L CC new'])}", at=prior_server)
    assert page.locator(".pane").count() == 4
    page.keys("p")
    page.locator(".absent").wait_for()
    assert page.locator(".pane").count() == 7
    assert page.locator(".absent").inner_text() == "No prior of R MLO"
    for name in ("L CC", "L MLO"):
        check_same_place(page, dated_results[f"{name} new"], dated_results[f"{name} old"])
    boxes = page.evaluate("[...document.querySelectorAll('.pane')].map((one) => one.getBoundingClientRect().x)")
    assert [round(boxes[at]) for at in (4, 5, 6)] == [round(boxes[at]) for at in (0, 1, 3)]
    page.set_viewport_size({"width": 1000, "height": 640})
    page.settle()
    # Half a number is another number.
    assert page.evaluate(CUT) == []
    page.keys("Escape")
    assert page.locator(".pane").count() == 4


def test_one_key_shows_the_prior_in_place_and_the_same_key_leads_back(
    visit: Any, prior_server: Any, dated_results: Any
) -> None:
    new, old = dated_results["L CC new"], dated_results["L CC old"]
    page = visit("Dan", f"#/image/{uid_of(new)}/large", at=prior_server)
    page.keys("j")
    before = middle_mm(page, new)
    frame = page.middle(".pane")
    page.keys("b")
    page.until(f"document.querySelector('.pane').dataset.uid === '{uid_of(old)}'")
    assert page.middle(".pane") == frame
    page.until("document.querySelectorAll('.pane .ring').length > 4")
    there = middle_mm(page, old)
    ratio = depth_mm(old) / depth_mm(new)
    assert there[0] == pytest.approx([before[0][0] * ratio, before[0][1]], abs=0.25)
    assert there[1] == pytest.approx(before[1], rel=0.02)
    page.keys("b")
    assert page.locator(".pane").get_attribute("data-uid") == uid_of(new)
    assert middle_mm(page, new)[0] == pytest.approx(before[0], abs=0.05)
    assert page.locator(".findings [aria-current=true]").count() == 1  # what was selected still is
    assert page.evaluate("location.hash").startswith(f"#/image/{uid_of(new)}")


def test_a_label_gives_way_to_the_words_of_its_view(visit: Any, prior_server: Any, dated_results: Any) -> None:
    new, old = dated_results["L CC new"], dated_results["L CC old"]
    page = visit("Lea", f"#/image/{uid_of(new)}/large", at=prior_server)
    page.keys("b")
    page.until(f"document.querySelector('.pane').dataset.uid === '{uid_of(old)}'")
    page.until("document.querySelectorAll('.pane .label').length > 0")
    label, words = (page.locator(name).first.bounding_box() for name in (".label", ".when"))
    steps = round((words["x"] + words["width"] / 2 - label["x"] - label["width"] / 2) / 60)
    page.keys(*["ArrowLeft" if steps > 0 else "ArrowRight"] * abs(steps))
    for _ in range(14):
        page.keys("ArrowDown")
        assert page.evaluate(UNDER_WORDS) == 0


def test_all_views_zoom_and_pan_together_where_the_reader_wants_it(
    visit: Any, prior_server: Any, dated_results: Any
) -> None:
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    page = visit("Eva", f"#/image/{uid_of(cc)}", at=prior_server)
    apart = middle_mm(page, mlo)[0] - middle_mm(page, cc)[0]
    page.keys("+", "ArrowRight")
    assert middle_mm(page, mlo)[1] < 0.9 * middle_mm(page, cc)[1]
    page.keys("f", "Shift+Q", "+", "+", "ArrowRight", "ArrowDown")
    together = middle_mm(page, mlo)
    assert together[1] == pytest.approx(middle_mm(page, cc)[1], rel=0.02)
    assert together[0] - middle_mm(page, cc)[0] == pytest.approx(apart, abs=0.25)


def test_where_there_is_no_prior_it_is_said(visit: Any, prior_server: Any, dated_results: Any) -> None:
    page = visit("Fay", f"#/image/{uid_of(dated_results['R MLO new'])}/large", at=prior_server)
    page.keys("p")
    assert "There is no prior of R MLO" in page.locator("#toast").inner_text()
    assert page.locator(".pane").count() == 1


def test_a_blinded_reader_may_see_the_pixels_of_the_prior_and_nothing_that_was_found(
    visit: Any, serve: Any, dated: Path, dated_results: Any, tmp_path: Path
) -> None:
    server = serve(dated / "run", "--images", str(dated / "in"), "--answers", str(tmp_path / "a.sqlite"), "--blinded")
    page = visit("Hal", f"#/image/{uid_of(dated_results['L CC new'])}/large", at=server)
    page.keys("p")
    page.locator(".pane.prior").wait_for()
    assert page.locator(".pane.prior .when").inner_text() == "24 months earlier · placed by image edges"
    assert page.locator(".ring, .hull, .label, .placed > *").count() == 0
    assert page.seen(".pane.prior").std() > 10
    uids = [uid_of(one) for one in dated_results.values()]
    assert server.image(uids[0], "Hal")["answers"]["images_of_case"] == 7
    for uid in uids[:-1]:
        server.answer(uid, "Hal", type="mark_read", read=True)
        assert all(server.image(one, "Hal")["result"] is None for one in uids)
