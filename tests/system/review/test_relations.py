"""Links over views and changes over dates in a real Chromium: lit, listed, answered, exported and evaluated."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEEN = """(uid) => {
  const pane = document.querySelector(`.pane[data-uid="${uid}"]`);
  const frame = pane.getBoundingClientRect();
  const middle = (box) => [box.x + box.width / 2 - frame.x, box.y + box.height / 2 - frame.y];
  const ring = (one) => [one.dataset.key, ...middle(one.querySelector(".line").getBoundingClientRect())];
  const lit = (name) => [...pane.querySelectorAll(`.light .${name}`)].map((one) => {
    const box = one.getBBox();
    return { middle: [box.x + box.width / 2, box.y + box.height / 2], width: box.width };
  });
  return {
    frame: [frame.x, frame.y],
    rings: Object.fromEntries([...pane.querySelectorAll(".ring")].map(ring).map(([key, ...at]) => [key, at])),
    bracket: lit("bracket"), spot: lit("spot"), arc: lit("arc"), band: lit("band"),
  };
}"""
"""Where the marks of a view and what is lit in it lie in its pane, in CSS pixels."""


@pytest.fixture(scope="module")
def related(dated: Path, compared: Path, open_server: Any) -> Iterator[Any]:
    answers = dated / "related.sqlite"
    options = ("--images", str(dated / "in"), "--answers", str(answers), "--comparison", str(compared))
    server = open_server(dated / "run", *options)
    server.answers = answers
    yield server
    server.end()


def uid_of(result: dict[str, Any]) -> str:
    return str(result["image"]["sop_instance_uid"])


def seen(page: Any, result: dict[str, Any]) -> Any:
    page.settle()
    return page.evaluate(SEEN, uid_of(result))


def nipple_on_screen(page: Any, result: dict[str, Any]) -> tuple[np.ndarray, float]:
    """Where the nipple lies in its pane, by the marks around, and CSS pixels per mm."""
    rings = seen(page, result)["rings"]
    marks = [mark for mark in result["calcifications"] if f"calcification-{mark['id']}" in rings]
    screen = np.array([rings[f"calcification-{mark['id']}"] for mark in marks])
    spacing = np.array(result["image"]["pixel_spacing_mm"])[::-1]
    nipple = np.array([result["breast"]["nipple"]["column"], result["breast"]["nipple"]["row"]])
    stored = (np.array([[mark["column"], mark["row"]] for mark in marks]) - nipple) * spacing
    scale = np.linalg.norm(np.ptp(screen, axis=0)) / np.linalg.norm(np.ptp(stored, axis=0))
    return (screen - stored * scale).mean(axis=0), float(scale)


def point_at(page: Any, result: dict[str, Any], key: str) -> None:
    shown = seen(page, result)
    (x, y), (left, top) = shown["rings"][key], shown["frame"]
    page.mouse.move(left + x, top + y)
    page.settle()


def cluster_of(result: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in result["clusters"] if not one["loose"])


def centre_of(page: Any, result: dict[str, Any]) -> np.ndarray:
    rings = seen(page, result)["rings"]
    places = np.array([rings[f"calcification-{number}"] for number in cluster_of(result)["members"]])
    return np.array((places.min(axis=0) + places.max(axis=0)) / 2)


def test_pointing_at_a_mark_lights_its_partner_in_the_other_view(visit: Any, related: Any, dated_results: Any) -> None:
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    page = visit("Ann", f"#/image/{uid_of(cc)}", at=related)
    page.until("document.querySelectorAll('.pane .ring').length > 20")
    assert seen(page, mlo)["bracket"] == []
    for here, there in ((cc, mlo), (mlo, cc)):
        point_at(page, here, f"calcification-{cluster_of(here)['members'][0]}")
        [bracket] = seen(page, there)["bracket"]
        assert np.hypot(*(np.array(bracket["middle"]) - centre_of(page, there))) < 4
        assert seen(page, here)["bracket"] == []
        assert seen(page, there)["arc"] == []
    label = page.locator(f".pane[data-uid='{uid_of(cc)}'] .label.cluster").bounding_box()
    page.mouse.move(label["x"] + label["width"] / 2, label["y"] + label["height"] / 2)
    assert len(seen(page, mlo)["bracket"]) == 1  # of the whole cluster, whatever mark lies beneath
    page.mouse.move(5, 5)
    assert seen(page, mlo)["bracket"] == []


def test_without_a_partner_the_arc_and_its_band_are_drawn_around_the_nipple(
    visit: Any, related: Any, dated_results: Any
) -> None:
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    alone = next(one for one in cc["calcifications"] if one["cluster"] is None)
    page = visit("Bob", f"#/image/{uid_of(cc)}", at=related)
    page.until("document.querySelectorAll('.pane .ring').length > 20")
    point_at(page, cc, f"calcification-{alone['id']}")
    shown = seen(page, mlo)
    [arc], [band] = shown["arc"], shown["band"]
    nipple, scale = nipple_on_screen(page, mlo)
    away = np.array([alone["column"], alone["row"]]) - [cc["breast"]["nipple"][name] for name in ("column", "row")]
    radius = float(np.hypot(*(away * np.array(cc["image"]["pixel_spacing_mm"])[::-1])))
    assert np.hypot(*(np.array(arc["middle"]) - nipple)) < 2
    assert arc["width"] / 2 / scale == pytest.approx(radius, rel=0.02)
    assert band["width"] / 2 / scale == pytest.approx(radius + 15, rel=0.02)
    right = dated_results["R MLO new"]
    assert seen(page, right)["arc"] == []  # the other breast


def test_on_the_other_date_the_partner_is_lit_or_the_place_where_it_would_lie(
    visit: Any, related: Any, dated_results: Any
) -> None:
    new, old = dated_results["L CC new"], dated_results["L CC old"]
    rows = related.image(uid_of(new))["comparison"]["calcifications"]
    matched = next(row for row in rows if row["change"] == "matched")
    page = visit("Cid", f"#/image/{uid_of(new)}/large", at=related)
    page.keys("p")
    page.until("document.querySelectorAll('.pane .ring').length > 30")
    assert page.locator(".pane.prior .when").inner_text() == "24 months earlier · registered"
    point_at(page, new, f"calcification-{matched['calcification']}")
    shown = seen(page, old)
    [bracket] = shown["bracket"]
    place = shown["rings"][f"calcification-{matched['prior_calcification']}"]
    assert np.hypot(*(np.array(bracket["middle"]) - place)) < 2
    # Registered: what was joined lies at the same place of both panes.
    frames = [seen(page, one) for one in (new, old)]
    half = [page.locator(f".pane[data-uid='{uid_of(one)}']").bounding_box()["width"] / 2 for one in (new, old)]
    here = np.array(frames[0]["rings"][f"calcification-{matched['calcification']}"]) - [half[0], 0]
    assert np.hypot(*(here - (np.array(place) - [half[1], 0]))) < 12
    unmatched = next(row for row in rows if row["calcification"] and not row["prior_calcification"])
    page.keys("f")
    point_at(page, new, f"calcification-{unmatched['calcification']}")
    assert len(seen(page, old)["spot"]) == 1


def test_links_and_changes_are_answered_by_key_and_by_click_and_taken_back(
    visit: Any, related: Any, dated_results: Any
) -> None:
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    page = visit("Dan", f"#/image/{uid_of(cc)}/large", at=related)
    page.locator(f"[data-keep='open-cluster-{cluster_of(cc)['id']}']").click()
    letter, other = cluster_of(cc)["letter"], cluster_of(mlo)["letter"]
    page.keys("s")
    assert "Same in the other view?" in page.locator("#choose-title").inner_text()
    page.keys("Escape")
    assert related.state(uid_of(cc), "Dan")["pairs"] == []  # nothing is saved that nobody said
    page.keys("s", "n")
    page.saved()
    toast = f"Saved, L CC: cluster {letter} and cluster {other} in L MLO: not the same."
    page.until(f"document.querySelector('#toast').innerText === {json.dumps(toast)}")
    [said] = related.state(uid_of(cc), "Dan")["pairs"]
    assert (said["relation"], said["other"], said["answer"]) == ("link", uid_of(mlo), "not_the_same")
    same = page.locator(".pair[data-relation=link] .word.same")
    assert page.locator(".pair[data-relation=link] .word.not_the_same").get_attribute("aria-pressed") == "true"
    same.click()
    page.until("document.querySelector('.pair[data-relation=link] .word.same').ariaPressed === 'true'")
    # The other side of the link shows the same word.
    page.locator(f".tab[data-uid='{uid_of(mlo)}']").click()
    page.locator(f"[data-keep='open-cluster-{cluster_of(mlo)['id']}']").click()
    page.until("document.querySelector('.pair[data-relation=link] .word.same').ariaPressed === 'true'")
    page.locator(f".tab[data-uid='{uid_of(cc)}']").click()
    page.keys("u")
    page.until("document.querySelector('#toast').innerText.startsWith('Undone, L CC')")
    assert [one["answer"] for one in related.state(uid_of(cc), "Dan")["pairs"]] == ["not_the_same"]
    page.locator(f"[data-keep='open-cluster-{cluster_of(cc)['id']}']").click()
    page.keys("Shift+S", "a", "a")  # a key that bounces accepts nothing
    assert related.state(uid_of(cc), "Dan")["clusters"] == {}
    page.until("document.querySelector('.pair[data-relation=change] .word.same').ariaPressed === 'true'")
    assert [one["relation"] for one in related.state(uid_of(cc), "Dan")["pairs"]] == ["link", "change"]
    # Whichever views are open, the history calls findings by their letters.
    page.reload()
    page.pictured()
    page.keys("y")
    page.locator("#past").wait_for()
    assert f"cluster {letter} and cluster {other} in L MLO: not the same" in page.locator("#past-list").inner_text()
    before = cluster_of(dated_results["L CC old"])["letter"]
    assert (
        f"cluster {letter} and cluster {before} in L CC, 24 months earlier" in page.locator("#past-list").inner_text()
    )


def test_a_link_that_the_program_did_not_make_is_begun_in_one_view_and_ended_in_the_other(
    visit: Any, dated: Path, serve: Any, dated_results: Any, tmp_path: Path
) -> None:
    """Of a run without studies, so that it links nothing."""
    shutil.copytree(dated / "run", tmp_path / "run", ignore=shutil.ignore_patterns("studies"))
    server = serve(tmp_path / "run", "--images", str(dated / "in"))
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    here, there = ((one, f"[data-keep='open-cluster-{cluster_of(one)['id']}']") for one in (cc, mlo))
    page = visit("Lia", f"#/image/{uid_of(cc)}/large", at=server)
    page.locator(here[1]).click()
    page.keys("s")
    assert "now select the same cluster in another view" in page.locator("#toast").inner_text()
    page.keys("s")
    assert page.locator("#toast").inner_text() == "No link is made."
    page.get_by_role("button", name="Link…").click()
    assert page.locator(".pair").count() == 0
    page.locator(f".tab[data-uid='{uid_of(mlo)}']").click()
    page.locator(there[1]).click()
    assert "L CC: cluster " in page.locator(".pair[data-relation=link]").inner_text()
    page.keys("s", "a")
    page.saved()
    [said] = server.state(uid_of(mlo), "Lia")["pairs"]
    assert (said["other"], said["answer"], said["claim"]) == (uid_of(cc), "same", None)
    # The other view shows it too, and the two light each other.
    page.locator(f".tab[data-uid='{uid_of(cc)}']").click()
    page.locator(here[1]).click()
    page.until("document.querySelector('.pair[data-relation=link] .word.same').ariaPressed === 'true'")
    assert "L MLO: no partner" not in page.locator("#relations").inner_text()
    page.keys("v")
    page.until("document.querySelectorAll('.pane .ring').length > 20")
    point_at(page, cc, f"calcification-{cluster_of(cc)['members'][0]}")
    assert len(seen(page, mlo)["bracket"]) == 1
    page.locator(f".tab[data-uid='{uid_of(mlo)}']").click()
    page.keys("u")
    page.until("document.querySelector('#toast').innerText.startsWith('Undone, L MLO')")
    assert server.state(uid_of(mlo), "Lia")["pairs"] == []
    page.keys("Shift+U")
    page.until("document.querySelector('#toast').innerText.startsWith('Done again, L MLO')")
    exported, scores = tmp_path / "answers.json", tmp_path / "scores"
    mammocalc = [sys.executable, "-m", "mammocalc"]
    subprocess.run([*mammocalc, "review", str(tmp_path / "run"), "--export", str(exported)], check=True)
    evaluate = ["evaluate", str(tmp_path / "run"), "--truth", str(exported), "--out", str(scores)]
    ended = subprocess.run([*mammocalc, *evaluate], check=True, capture_output=True, text=True)
    assert "links of clusters that Lia made or confirmed: 0.000 of 1 found, 1 missed" in ended.stdout


def test_a_partner_is_reached_by_its_name(visit: Any, related: Any, dated_results: Any) -> None:
    cc, mlo, old = (dated_results[name] for name in ("L CC new", "L MLO new", "L CC old"))
    page = visit("Kim", f"#/image/{uid_of(cc)}/large", at=related)
    page.locator(f"[data-keep='open-cluster-{cluster_of(cc)['id']}']").click()
    page.locator(".pair[data-relation=link] .link").click()
    page.until(f"document.querySelector('.pane').dataset.uid === '{uid_of(mlo)}'")
    assert page.locator(".findings [aria-current=true]").count() == 1
    page.locator(".pair[data-relation=link] .link").click()
    page.until(f"document.querySelector('.pane').dataset.uid === '{uid_of(cc)}'")
    page.locator(".pair[data-relation=change] .link").click()
    page.until(f"document.querySelector('.pane.active')?.dataset.uid === '{uid_of(old)}'")
    assert "current image: cluster" in page.locator("#relations").inner_text()
    told = "[...document.querySelectorAll('.pane .greys')].map((one) => one.textContent.includes('Local'))"
    page.until(f"{told}.length === 2 && {told}.every(Boolean)")  # both dates in the window of the place


def test_the_change_table_lists_what_changed_first_and_leads_there(
    visit: Any, related: Any, dated_results: Any
) -> None:
    new = dated_results["L CC new"]
    rows = related.image(uid_of(new))["comparison"]["calcifications"]
    page = visit("Eva", f"#/image/{uid_of(new)}", at=related)
    summary = page.locator("#changes summary")
    assert "prior 24 months earlier" in summary.inner_text()
    assert f"{sum(row['change'] == 'matched' for row in rows)} matched" in summary.inner_text()
    summary.click()
    table = page.locator(".changes tbody tr")
    assert table.count() == len(rows) + len(related.image(uid_of(new))["comparison"]["clusters"])
    assert "24.8 %" in page.locator("#changes").inner_text()  # unchanged is never said without it
    row = page.locator(".changes tr[data-change=matched] .link").last
    row.click()
    page.locator(".pane.prior").wait_for()
    page.until("document.querySelector('.pane .bracket') !== null")
    assert "24 months earlier" in page.locator("#relations").inner_text()


def test_without_a_comparison_nothing_is_said_of_changes(
    visit: Any, dated: Path, serve: Any, dated_results: Any
) -> None:
    server = serve(dated / "run", "--images", str(dated / "in"), "--answers", str(dated / "plain.sqlite"))
    assert server.image(uid_of(dated_results["L CC new"]))["comparison"] is None
    page = visit("Fay", f"#/image/{uid_of(dated_results['L CC new'])}/large", at=server)
    page.keys("j", "Shift+S")
    assert page.locator("#choose").is_hidden()
    assert "was compared with no prior" in page.locator("#toast").inner_text()
    assert page.locator("#changes").inner_text() == ""


def test_a_comparison_of_another_result_is_not_shown(
    serve: Any, dated: Path, compared: Path, dated_results: Any, tmp_path: Path
) -> None:
    other = tmp_path / "compared"
    shutil.copytree(compared, other)
    for path in (other / "comparisons").rglob("*.json"):
        document = json.loads(path.read_bytes())
        document["prior"]["calcifications"] += 1
        path.write_text(json.dumps(document))
    broken = next((other / "comparisons").rglob("*.json"))
    (broken.parent / "2.25.1.json").write_text('{"schema_version": "9.0"}')
    answers = ("--answers", str(tmp_path / "a.sqlite"))
    server = serve(dated / "run", *answers, "--comparison", str(other))
    assert "2.25.1.json is left out" in server.said
    assert server.image(uid_of(dated_results["L CC new"]))["comparison"] == {
        "why": "The comparison is of another result of this image or of its prior. Compare again."
    }


def test_a_folder_without_a_comparison_of_this_run_is_refused(reviewed: Path, compared: Path, tmp_path: Path) -> None:
    for folder, why in ((tmp_path, "holds no comparisons"), (compared, "holds no comparison of an image of this run")):
        command = [sys.executable, "-m", "mammocalc", "review", str(reviewed / "run"), "--comparison", str(folder)]
        ended = subprocess.run([*command, "--no-browser"], capture_output=True, text=True, check=False)
        assert ended.returncode == 2
        assert why in ended.stderr


def test_a_comparison_that_cannot_be_read_is_refused_for_its_own_reason(
    dated: Path, compared: Path, tmp_path: Path
) -> None:
    other = tmp_path / "compared"
    shutil.copytree(compared, other)
    for path in (other / "comparisons").rglob("*.json"):
        path.write_text('{"schema_version": "9.0"}')
    command = [sys.executable, "-m", "mammocalc", "review", str(dated / "run"), "--comparison", str(other)]
    ended = subprocess.run([*command, "--no-browser"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "9.0 is newer" in ended.stderr
    assert "of this run" not in ended.stderr


def test_pairs_that_are_not_there_and_words_that_do_not_fit_are_refused(related: Any, dated_results: Any) -> None:
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    pair = {"type": "judge_pair", "relation": "link", "of": "cluster", "other": uid_of(mlo), "answer": "same"}
    ids = {"id": cluster_of(cc)["id"], "other_id": cluster_of(mlo)["id"]}
    for wrong, code in (
        ({"id": 999}, 422),
        ({"other_id": 999}, 422),
        ({"other": "2.25.9"}, 404),
        ({"other": uid_of(cc), "other_id": cluster_of(cc)["id"]}, 422),
        ({"other": uid_of(dated_results["L CC old"]), "other_id": cluster_of(dated_results["L CC old"])["id"]}, 422),
        ({"relation": "change"}, 422),
        ({"answer": "new"}, 422),
        ({"other_id": None}, 422),
    ):
        assert related.act(uid_of(cc), "Gil", **{**pair, **ids, **wrong}).status_code == code, wrong
    assert related.state(uid_of(cc), "Gil")["pairs"] == []
    said = related.answer(uid_of(cc), "Gil", **pair, **ids)["pairs"]
    assert [(one["answer"], one["claim"]) for one in said] == [("same", "linked")]


def test_a_blinded_reader_gets_no_link_and_no_change_before_the_case_is_read(
    visit: Any, serve: Any, dated: Path, compared: Path, dated_results: Any, tmp_path: Path
) -> None:
    options = ("--images", str(dated / "in"), "--answers", str(tmp_path / "a.sqlite"), "--comparison", str(compared))
    server = serve(dated / "run", *options, "--blinded")
    cc, mlo = dated_results["L CC new"], dated_results["L MLO new"]
    shown = server.image(uid_of(cc), "Hal")
    assert (shown["study"], shown["comparison"], shown["result"]) == (None, None, None)
    pair = {"type": "judge_pair", "relation": "link", "of": "cluster", "other": uid_of(mlo), "answer": "same"}
    ids = {"id": cluster_of(cc)["id"], "other_id": cluster_of(mlo)["id"]}
    assert server.act(uid_of(cc), "Hal", **pair, **ids).status_code == 409
    page = visit("Hal", f"#/image/{uid_of(cc)}/large", at=server)
    page.keys("p")
    page.locator(".pane.prior").wait_for()
    assert page.locator("#relations, #changes").all_inner_texts() == ["", ""]
    for result in dated_results.values():
        server.answer(uid_of(result), "Hal", type="mark_read", read=True)
    assert server.image(uid_of(cc), "Hal")["comparison"]["clusters"]
    server.answer(uid_of(cc), "Hal", **pair, **ids)


def test_answers_on_pairs_are_exported_once_and_evaluated(
    related: Any, dated: Path, dated_results: Any, tmp_path: Path
) -> None:
    cc, mlo, old = (dated_results[name] for name in ("L CC new", "L MLO new", "L CC old"))
    link = {"type": "judge_pair", "relation": "link", "of": "cluster"}
    ids = {"id": cluster_of(cc)["id"], "other_id": cluster_of(mlo)["id"]}
    turned = {"id": ids["other_id"], "other_id": ids["id"]}
    related.answer(uid_of(cc), "Ida", **link, **ids, other=uid_of(mlo), answer="not_the_same")
    related.answer(uid_of(mlo), "Ida", **link, **turned, other=uid_of(cc), answer="same")
    related.answer(uid_of(cc), "Jon", **link, **ids, other=uid_of(mlo), answer="not_the_same")
    rows = [row for row in related.image(uid_of(cc))["comparison"]["calcifications"] if row["change"] == "matched"]
    change = {"type": "judge_pair", "relation": "change", "of": "calcification", "other": uid_of(old)}
    for number, row in enumerate(rows[:4]):
        pair = {"id": row["calcification"], "other_id": row["prior_calcification"]}
        related.answer(uid_of(cc), "Ida", **change, **pair, answer="same" if number else "not_the_same")
    exported, table = tmp_path / "answers.json", tmp_path / "answers.csv"
    mammocalc = [sys.executable, "-m", "mammocalc"]
    for target in (exported, table):
        export = ["review", str(dated / "run"), "--answers", str(related.answers), "--export", str(target)]
        subprocess.run([*mammocalc, *export], check=True, capture_output=True)
    pairs = json.loads(exported.read_text())["pairs"]
    [linked] = [one for one in pairs if one["relation"] == "link"]
    said = {one["reader"]: one["answer"] for one in linked["answers"]}
    assert (linked["claim"], said["Ida"], said["Jon"]) == ("linked", "same", "not_the_same")
    with table.open(newline="") as lines:
        listed = [row for row in csv.DictReader(lines) if row["kind"] in {"link", "change"}]
    assert len(listed) == sum(len(one["answers"]) for one in pairs)
    assert {row["answer"] for row in listed if row["reader"] == "Ida"} == {"same", "not_the_same"}
    scores = tmp_path / "scores"
    evaluate = ["evaluate", str(dated / "run"), "--truth", str(exported), "--out", str(scores)]
    subprocess.run([*mammocalc, *evaluate], check=True, capture_output=True)
    confirmed = json.loads((scores / "evaluation.json").read_text())["pairs"]["confirmed"]
    figures = {(one["reader"], one["claim"], one["of"]): one["share"] for one in confirmed}
    assert figures["Ida", "links", "cluster"]["value"] == 1
    assert figures["Jon", "links", "cluster"]["value"] == 0
    matches = figures["Ida", "matches", "calcification"]
    assert (matches["value"], matches["n"]) == (0.75, 4)
    assert "Links and changes" in next(scores.glob("*.html")).read_text()
