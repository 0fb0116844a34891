"""Blinded reading: nothing of a patient is told before all of their images are read, by the server or by the page."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.review.server.blinding import same_patient
from mammocalc.review.server.run_index import read_index

if TYPE_CHECKING:
    from pathlib import Path

TELLING = ("grouped", "macro", "presence", "segmental", "cluster a", "calcification a")


@pytest.fixture
def blinded(serve: Any, reviewed: Path, tmp_path: Path) -> Any:
    answers = tmp_path / "a.sqlite"
    return serve(reviewed / "run", "--images", str(reviewed / "in"), "--answers", str(answers), "--blinded")


@pytest.fixture
def secrets(results: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """What of each result tells something: places, scores and labels as they stand in JSON."""
    return {
        one["image"]["sop_instance_uid"]: [
            json.dumps(value)
            for item in one["calcifications"]
            for value in (item["row"], item["score"], item["diameter_mm"])
        ]
        for one in results.values()
    }


def everything(server: Any, uids: list[str]) -> str:
    """All that the server tells a reader, and whether it has pictures."""
    places = ["api/run", "api/worklist?reader=Hal"]
    places += [
        f"api/images/{uid}{end}?reader=Hal" for uid in uids for end in ("", "/history", "/overlay", "/thumbnail")
    ]
    places += ["api/worklist?reader=Hal&order=presence", "api/worklist?reader=Hal&distribution=grouped"]
    return "\n".join(server.get(place).text for place in places)


def test_no_answer_of_the_server_tells_anything_before_the_last_view_is_read(
    blinded: Any, results: Any, secrets: dict[str, list[str]]
) -> None:
    uids = list(secrets)
    assert sum(map(len, secrets.values())) > 20
    for number, uid in enumerate(uids):
        told = everything(blinded, uids)
        assert not any(secret in told for secret in (f": {one}" for ones in secrets.values() for one in ones))
        listed = blinded.get("api/worklist?reader=Hal").json()["images"]
        for image in listed:
            for name in ("distribution", "presence_level", "counts", "seconds", "file"):
                assert image[name] is None
            assert (image["flags"], image["thumbnail"], image["overlay"], image["agreed"]) == ([], False, False, False)
        for other in uids:
            shown = blinded.image(other, "Hal")
            assert shown["result"] is None
            assert shown["answers"]["answered"] is False
            assert (shown["answers"]["unread_of_case"], shown["answers"]["images_of_case"]) == (4 - number, 4)
            assert blinded.get(f"api/images/{other}/overlay?reader=Hal").status_code == 404
        mark = blinded.act(uids[0], "Hal", type="judge_calcifications", ids=[1], verdict="accept")
        assert mark.status_code == 409
        blinded.answer(uid, "Hal", type="mark_read", read=True)
    told = everything(blinded, uids)
    for uid, ones in secrets.items():
        assert all(one in told for one in ones)
        assert blinded.image(uid, "Hal")["result"] is not None
    # What was seen cannot be unseen; and another reader has still seen nothing.
    blinded.answer(uids[0], "Hal", type="undo")
    assert blinded.image(uids[1], "Hal")["result"] is not None
    assert blinded.image(uids[1], "Ida")["result"] is None
    history = [blinded.get(f"api/images/{uid}/history?reader=Hal").json()["history"] for uid in uids]
    assert [entry["blinded"] for entries in history for entry in entries] == [True, False, True, True, True]


def test_files_without_a_result_are_not_named_while_anything_is_kept_back(
    serve: Any, reviewed: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(reviewed / "run", run)
    row = {"path": "benign.dcm", "status": "skipped", "reason": "duplicate", "message": "A copy of linear.dcm."}
    with (run / "files.jsonl").open("a") as rows:
        rows.write(json.dumps(row) + "\n")
    server = serve(run, "--images", str(reviewed / "in"), "--blinded")
    told = {"status": "skipped", "reason": "duplicate"}
    failed = server.get("api/worklist?reader=Hal").json()["failed"]
    assert failed[-1] == {"path": None, "message": None, **told}
    for image in server.get("api/worklist?reader=Hal").json()["images"]:
        server.answer(image["uid"], "Hal", type="mark_read", read=True)
    assert server.get("api/worklist?reader=Hal").json()["failed"][-1] == row


def test_images_of_one_patient_are_told_by_patient_then_by_study(reviewed: Path) -> None:
    images = dict(read_index(reviewed / "run").images)
    uids = list(images)
    assert all(set(group) == set(uids) for group in same_patient(images).values())

    def changed(**other: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        named = {uid: replace(images[uid].identity, **other.get(f"at{at}", {})) for at, uid in enumerate(uids)}
        return same_patient({uid: replace(images[uid], identity=identity) for uid, identity in named.items()})

    prior = changed(at3={"study_instance_uid": "2.25.9"})
    assert len(prior[uids[3]]) == 4
    other = changed(at3={"patient_key": "other"})
    assert (len(other[uids[0]]), other[uids[3]]) == (3, (uids[3],))
    nameless = changed(at3={"patient_key": None})
    assert len(nameless[uids[3]]) == 4
    alone = changed(at3={"patient_key": None, "study_instance_uid": ""})
    assert alone[uids[3]] == (uids[3],)


def test_the_page_shows_the_marks_when_the_last_view_of_the_case_is_read(
    visit: Any, blinded: Any, uid: str, results: Any
) -> None:
    script = (
        "sessionStorage.setItem('mammocalc-worklist',"
        " JSON.stringify({order: 'presence', text: '', chosen: {presence: ['below 0.5'], flags: ['x']}}));"
    )
    page = visit("Hal", at=blinded, script=script)
    page.locator("a.card").nth(3).wait_for()
    page.until("[...document.querySelectorAll('.thumb img')].every((one) => one.naturalWidth > 50)")
    sources = page.locator(".thumb img").evaluate_all("all => all.map(one => one.src)")
    assert all(source.endswith("/plain") for source in sources)
    assert page.locator("#order option").all_inner_texts() == ["Patient, newest examination first"]
    legends = page.locator("legend").all_inner_texts()
    assert not {"Presence", "Distribution", "Flags"} & set(legends)
    names = [f"{one['image']['laterality']} {one['image']['view']}" for one in results.values()]
    page.goto(f"{blinded.address}#/image/{uid}/large")
    page.pictured()
    assert page.locator("#agree").is_disabled()
    page.keys("n")
    page.mouse.click(*page.middle())
    page.locator(".ring.added").wait_for()
    page.keys("Escape", "j", "h", "h")
    for number in range(4):
        assert page.locator(".ring.micro, .ring.macro, .ring.vascular, .hull").count() == 0
        text = page.locator("body").inner_text().lower() + page.title().lower()
        assert not [word for word in TELLING if word in text.replace("presence, surest", "")], number
        left = f"; {4 - number} {'is' if number == 3 else 'are'} not"
        page.until(f"document.querySelector('#summary').innerText.includes('{left}')")
        page.keys("r")
        page.until("document.querySelector('#toast').innerText.includes(': read.')")
        page.until(f"!document.querySelector('#summary').innerText.includes('{left}')")
        page.keys("]") if number < 3 else None
    page.locator("#findings .open").first.wait_for()
    for name in names:
        page.locator(".tab", has_text=name).click()
        page.settle()
        result = results[name]
        assert page.locator(".ring:not(.added)").count() == len(result["calcifications"])
    page.keys("Escape")
    page.locator("#home").click()
    page.locator("a.card .label", has_text="grouped").first.wait_for()
    assert len(blinded.state(uid, "Hal")["added"]) == 1
