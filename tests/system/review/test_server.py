"""The review server as a real process on the loopback, asked over real HTTP."""

from __future__ import annotations

import csv
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pydicom
import pytest

from mammocalc.cli import main

httpx = pytest.importorskip("httpx", reason="httpx is not installed: the review server is not tried")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN = {"X-Mammocalc": "1"}


@pytest.fixture(scope="module")
def judged(drawn: Path, judge: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over three mammograms and a file that cannot be read; tests work on copies."""
    top = tmp_path_factory.mktemp("judged")
    (top / "in").mkdir()
    for name in ("grouped", "macro_only", "none"):
        shutil.copy(drawn / f"{name}.dcm", top / "in")
    (top / "in" / "broken.dcm").write_bytes(b"")
    judge(top / "in", top / "run")
    return top


@pytest.fixture
def run(judged: Path, tmp_path: Path) -> Path:
    """A run of one's own, whose images lie elsewhere."""
    shutil.copytree(judged / "run", tmp_path / "reviews" / "run")
    return tmp_path / "reviews" / "run"


def uid_of(images: Path, name: str) -> str:
    return str(pydicom.dcmread(images / f"{name}.dcm").SOPInstanceUID)


@pytest.fixture
def grouped(judged: Path) -> str:
    return uid_of(judged / "in", "grouped")


def files_of(run: Path) -> dict[str, bytes]:
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def test_a_page_a_run_and_a_worklist_are_served(serve: Any, run: Path, judged: Path, grouped: str) -> None:
    server = serve(run, "--images", str(judged / "in"), "--reader", "Ada")
    page = server.get("")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    told = server.get("api/run").json()
    assert told["totals"] == {"images": 3, "read": 0, "failed": 1}
    assert (told["reader"], told["blinded"], told["name"]) == ("Ada", False, "run")
    listed = server.get("api/worklist").json()
    assert [row["reason"] for row in listed["failed"]] == ["empty_file"]
    own = next(image for image in listed["images"] if image["uid"] == grouped)
    result = json.loads((run / "results" / f"{grouped}.json").read_bytes())
    sizes = [item["size"] for item in result["calcifications"]]
    assert own["distribution"] == result["distribution"]["label"]
    counts = own["counts"]
    assert (counts["calcifications"], counts["micro"], counts["macro"], counts["clusters"]) == (
        len(sizes),
        sizes.count("micro"),
        sizes.count("macro"),
        len(result["clusters"]),
    )
    assert own["spacing_mm"] == [0.1, 0.1]
    assert (own["thumbnail"], own["overlay"], own["read"]) == (True, True, False)
    assert server.get(f"api/images/{grouped}/overlay").content == (run / "overlays" / f"{grouped}.jpg").read_bytes()
    assert server.get(f"api/images/{grouped}/thumbnail").headers["content-type"] == "image/jpeg"
    words = server.get("api/vocabulary").json()
    assert set(words["palette"]) == set(words["distributions"])
    assert words["flags"]["lossy"].endswith(".")


def test_the_stored_pixels_arrive_bit_by_bit(serve: Any, run: Path, judged: Path) -> None:
    server = serve(run, "--images", str(judged / "in"))
    for name in ("grouped", "none"):
        dataset = pydicom.dcmread(judged / "in" / f"{name}.dcm")
        uid = str(dataset.SOPInstanceUID)
        told = server.image(uid)["pixels"]
        assert told["available"]
        assert (told["rows"], told["columns"], told["bits"]) == (dataset.Rows, dataset.Columns, dataset.BitsStored)
        tile = server.get(f"api/images/{uid}/pixels/0/0/0")
        sent = np.frombuffer(tile.content, "<u2").reshape(dataset.Rows, dataset.Columns)
        values = float(tile.headers["X-Offset"]) + float(tile.headers["X-Slope"]) * sent
        stored = dataset.pixel_array * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
        np.testing.assert_array_equal(values, stored)
        half = told["levels"][1]
        assert (half["rows"], half["columns"]) == (-(-dataset.Rows // 2), -(-dataset.Columns // 2))
        assert len(server.get(f"api/images/{uid}/pixels/1/0/0").content) == 2 * half["rows"] * half["columns"]
        assert server.get(f"api/images/{uid}/pixels/0/0/9").status_code == 404
        assert server.get(f"api/images/{uid}/pixels/99/0/0").status_code == 404
        assert server.get(f"api/images/{uid}/pixels/x/0/0").json()["error"].endswith("Reload the page.")


def test_images_that_were_moved_are_found_by_their_uid(
    serve: Any, run: Path, judged: Path, grouped: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "other" / "deep"
    elsewhere.mkdir(parents=True)
    shutil.copy(judged / "in" / "grouped.dcm", elsewhere / "renamed")
    shutil.copy(judged / "in" / "grouped.dcm", tmp_path / "other" / "none.dcm")  # another image under its name
    server = serve(run, "--images", str(tmp_path / "other"))
    assert server.image(grouped)["pixels"]["available"]
    missing = server.image(uid_of(judged / "in", "none"))["pixels"]
    assert not missing["available"]
    assert "--images" in missing["why"]
    assert missing["rows"] > 0


def test_without_images_the_case_is_shown_from_its_overlay_and_says_so(serve: Any, run: Path, grouped: str) -> None:
    server = serve(run)
    assert "overlay" in server.said
    told = server.image(grouped)
    assert not told["pixels"]["available"]
    assert "--images" in told["pixels"]["why"]
    assert server.get(f"api/images/{grouped}/pixels/0/0/0").status_code == 404
    assert server.get(f"api/images/{grouped}/overlay").status_code == 200


def test_images_that_still_lie_beside_the_run_are_found(serve: Any, judged: Path, grouped: str) -> None:
    server = serve(judged / "run", "--answers", str(judged / "own.sqlite"))
    assert str(judged / "in") in server.said
    assert server.image(grouped)["pixels"]["available"]


def test_every_action_changes_the_answer_and_none_the_result(serve: Any, run: Path, grouped: str) -> None:
    before = files_of(run)
    server = serve(run)
    result = server.image(grouped)["result"]
    mark, cluster = result["calcifications"][0]["id"], result["clusters"][0]["id"]
    assert server.answer(grouped, type="judge_calcification", id=mark, verdict="reject")["calcifications"] == {
        str(mark): {"verdict": "reject"}
    }
    server.answer(grouped, type="judge_cluster", id=cluster, verdict="accept")
    added = server.answer(grouped, type="add_calcification", row=10.5, column=20.0, diameter_mm=0.3)["added"]
    key = added[0]["key"]
    server.answer(grouped, type="resize_calcification", key=key, diameter_mm=0.4)
    server.answer(grouped, type="resize_calcification", id=mark, diameter_mm=0.5)
    server.answer(grouped, type="set_distribution", cluster=cluster, label="linear")
    server.answer(grouped, type="set_distribution", cluster=None, label="segmental")
    server.answer(grouped, type="set_morphology", cluster=cluster, label="fine_linear")
    server.answer(grouped, type="set_morphology", calcification=mark, label="round")
    server.answer(grouped, type="comment", text="<b>&\u2028 seen")
    state = server.answer(grouped, type="mark_read", read=True)
    assert state["calcifications"] == {str(mark): {"verdict": "reject", "diameter_mm": 0.5, "morphology": "round"}}
    assert state["clusters"] == {
        str(cluster): {"verdict": "accept", "distribution": "linear", "morphology": "fine_linear"}
    }
    assert state["added"] == [{"key": key, "row": 10.5, "column": 20.0, "diameter_mm": 0.4}]
    assert (state["distribution"], state["comment"]) == ("segmental", "<b>&\u2028 seen")
    assert state["read"]
    assert not server.answer(grouped, type="agree_image")["agreed"]  # a mark was rejected
    assert server.answer(grouped, type="remove_added", key=key)["added"] == []
    assert server.answer(grouped, type="set_distribution", cluster=None, label=None)["distribution"] is None
    assert server.answer(grouped, type="judge_calcification", id=mark, verdict=None)["agreed"]
    assert server.get("api/worklist", params={"reader": "Ada"}).json()["images"] != []
    history = server.get(f"api/images/{grouped}/history", params={"reader": "Ada"}).json()["history"]
    assert len(history) == 15
    assert history[0]["action"] == {"type": "judge_calcification", "id": mark, "verdict": "reject"}
    assert {item["configuration_digest"] for item in history} == {result["provenance"]["configuration_digest"]}
    server.end()
    after = files_of(run)
    assert {name: content for name, content in after.items() if not name.startswith("answers.sqlite")} == before


def test_undo_and_redo_go_through_everything_and_stay_in_the_history(serve: Any, run: Path, grouped: str) -> None:
    server = serve(run)
    assert server.image(grouped)["answers"]["saved_at"] is None
    for label in ("grouped", "linear", "diffuse"):
        server.answer(grouped, type="set_distribution", cluster=None, label=label)
    labels = [server.answer(grouped, type="undo")["distribution"] for _ in range(3)]
    assert labels == ["linear", "grouped", None]
    refused = server.act(grouped, type="undo")
    assert (refused.status_code, refused.json()["error"]) == (422, "There is nothing to undo.")
    assert [server.answer(grouped, type="redo")["distribution"] for _ in range(2)] == ["grouped", "linear"]
    assert not server.answer(grouped, type="comment", text="on")["can_redo"]
    assert server.act(grouped, type="redo").status_code == 422
    history = server.get(f"api/images/{grouped}/history", params={"reader": "Ada"}).json()["history"]
    assert [item["undone_by"] for item in history] == [None, None, 4, *[None] * 6]


@pytest.mark.parametrize(
    "action",
    [
        {"type": "judge_calcification", "id": 99999, "verdict": "accept"},
        {"type": "judge_calcification", "id": "1", "verdict": "accept"},
        {"type": "judge_calcification", "id": 1, "verdict": "perhaps"},
        {"type": "judge_cluster", "id": -1, "verdict": "accept"},
        {"type": "add_calcification", "row": -1, "column": 5, "diameter_mm": 0.3},
        {"type": "add_calcification", "row": 5, "column": 1e9, "diameter_mm": 0.3},
        {"type": "add_calcification", "row": 5, "column": 5, "diameter_mm": None},
        {"type": "add_calcification", "row": 5, "column": 5, "diameter_mm": 0},
        {"type": "remove_added", "key": "a1"},
        {"type": "remove_added", "key": "../x"},
        {"type": "resize_calcification", "diameter_mm": 1},
        {"type": "resize_calcification", "id": 1, "key": "a1", "diameter_mm": 1},
        {"type": "set_distribution", "cluster": None, "label": "cloudy"},
        {"type": "set_morphology", "label": "round"},
        {"type": "comment", "text": "x" * 9000},
        {"type": "mark_read"},
        {"type": "mark_read", "read": True, "more": 1},
        {"type": "drop_table"},
        {},
        None,
        [],
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence_and_not_kept(action: Any, shared: Any, grouped: str) -> None:
    body = {"reader": "Ada", "action": action}
    response = shared.client.post(f"api/images/{grouped}/answers", json=body, headers=OWN)
    assert 400 <= response.status_code < 500
    assert len(response.json()["error"]) > 20
    assert shared.get(f"api/images/{grouped}/history", params={"reader": "Ada"}).json()["history"] == []


@pytest.fixture(scope="module")
def shared(judged: Path, open_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server for tests that change nothing."""
    answers = tmp_path_factory.mktemp("answers") / "answers.sqlite"
    server = open_server(judged / "run", "--images", str(judged / "in"), "--answers", str(answers))
    yield server
    server.end()


@pytest.mark.parametrize("reader", ["", " ", "a\nb", "x" * 65, "\u202egpj", 5, ["a"]])
def test_a_reader_needs_a_name_that_can_be_shown(reader: Any, shared: Any, grouped: str) -> None:
    action = {"type": "mark_read", "read": True}
    body = {"reader": reader, "action": action}
    response = shared.client.post(f"api/images/{grouped}/answers", json=body, headers=OWN)
    assert response.status_code == 422 or (reader == "" and response.json()["reader"] == "reader")


def test_a_killed_server_loses_no_answer(serve: Any, run: Path, grouped: str) -> None:
    server = serve(run)
    for number in range(12):
        state = server.answer(grouped, type="comment", text=f"comment {number}")
        if number in {3, 7}:
            server.end(signal.SIGKILL)
            server = serve(run)
            kept = server.image(grouped)["answers"]
            assert kept["comment"] == f"comment {number}"
            assert kept["saved_at"] == state["saved_at"]
    history = server.get(f"api/images/{grouped}/history", params={"reader": "Ada"}).json()["history"]
    assert [item["action"]["text"] for item in history] == [f"comment {number}" for number in range(12)]


def test_a_server_killed_while_it_saves_keeps_all_that_it_confirmed(serve: Any, run: Path, grouped: str) -> None:
    server = serve(run)
    confirmed: list[int] = []

    def write() -> None:
        for number in range(10_000):
            try:
                server.answer(grouped, type="comment", text=str(number))
            except httpx.HTTPError:
                return
            confirmed.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    while len(confirmed) < 20:
        time.sleep(0.01)
    server.process.kill()
    writer.join()
    server.process.communicate()
    again = serve(run)
    history = again.get(f"api/images/{grouped}/history", params={"reader": "Ada"}).json()["history"]
    kept = [int(item["action"]["text"]) for item in history]
    assert kept[: len(confirmed)] == confirmed
    assert len(kept) <= len(confirmed) + 1


def test_two_readers_at_once_each_keep_their_own(serve: Any, run: Path, grouped: str) -> None:
    """Both write at the same time, through two servers on one file."""
    servers = {"Ada": serve(run), "Grace": serve(run)}
    problems: list[str] = []

    def write(reader: str) -> None:
        for number in range(25):
            response = servers[reader].act(grouped, reader, type="comment", text=f"{reader} {number}")
            if response.status_code != 200 or response.json()["comment"] != f"{reader} {number}":
                problems.append(response.text)

    writers = [threading.Thread(target=write, args=(reader,)) for reader in servers]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    for reader, server in servers.items():
        assert server.image(grouped, reader)["answers"]["comment"] == f"{reader} 24"
    everybody = servers["Ada"].get(f"api/images/{grouped}/history").json()["history"]
    assert len(everybody) == 50
    assert servers["Ada"].get("api/run").json()["readers"] == ["Ada", "Grace"]
    servers["Grace"].answer(grouped, "Grace", type="mark_read", read=True)
    read = {
        reader: [
            image["read"] for image in servers["Ada"].get("api/worklist", params={"reader": reader}).json()["images"]
        ]
        for reader in servers
    }
    assert (sum(read["Ada"]), sum(read["Grace"])) == (0, 1)


def test_answers_on_another_result_are_kept_and_do_not_count(serve: Any, run: Path, grouped: str) -> None:
    server = serve(run)
    server.answer(grouped, type="judge_calcification", id=1, verdict="reject")
    path = run / "results" / f"{grouped}.json"
    result = json.loads(path.read_bytes())
    result["provenance"]["configuration_digest"] = "another"
    path.write_text(json.dumps(result))
    state = server.image(grouped)["answers"]
    assert (state["calcifications"], state["other_results"], state["can_undo"]) == ({}, 1, False)
    assert len(server.get(f"api/images/{grouped}/history").json()["history"]) == 1


# ---------------------------------------------------------------- blinded


def test_a_blinded_reader_gets_nothing_of_the_result_before_the_answer(
    serve: Any, run: Path, judged: Path, grouped: str
) -> None:
    server = serve(run, "--images", str(judged / "in"), "--blinded", "--reader", "Ada")
    result = json.loads((run / "results" / f"{grouped}.json").read_bytes())
    own = next(image for image in server.get("api/worklist").json()["images"] if image["uid"] == grouped)
    hidden = ("distribution", "presence_level", "counts", "seconds", "file")
    assert [own[name] for name in hidden] == [None] * len(hidden)  # a file may be called after what it shows
    assert (own["flags"], own["thumbnail"], own["overlay"]) == ([], False, False)
    told = server.image(grouped)
    assert told["result"] is None
    shown = ("laterality", "view", "patient_orientation", "rows", "columns", "pixel_spacing_mm")
    assert [told["image"][name] for name in shown] == [result["image"][name] for name in shown]
    assert told["pixels"]["available"]
    assert not told["answers"]["answered"]
    plain = server.get(f"api/images/{grouped}/plain")
    assert plain.headers["content-type"] == "image/jpeg"
    drawn = cv2.imdecode(np.frombuffer(plain.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert drawn is not None
    stored = pydicom.dcmread(judged / "in" / "grouped.dcm").pixel_array  # its window is the whole of its 12 bits
    small = cv2.resize(
        stored.astype(np.float32) / 4095 * 255, (drawn.shape[1], drawn.shape[0]), interpolation=cv2.INTER_AREA
    )
    assert max(drawn.shape) == 400
    assert np.abs(drawn - small).mean() < 2
    for kind in ("overlay", "thumbnail"):
        assert server.get(f"api/images/{grouped}/{kind}").status_code == 404
    for number in (result["calcifications"][0]["id"], 99999):  # the same words, whether there is such a mark or not
        refused = server.act(grouped, type="judge_calcification", id=number, verdict="accept")
        assert refused.status_code == 409
    assert len({server.act(grouped, type="judge_cluster", id=n, verdict="accept").text for n in (1, 777)}) == 1
    assert server.act(grouped, type="agree_image").status_code == 409
    for place in ("", f"images/{grouped}", "worklist", f"images/{grouped}/history"):
        refused = server.get(f"api/{place}", params={"reader": "Grace"})
        assert refused.status_code in ({403} if place else {404})
    server.answer(grouped, type="add_calcification", row=30, column=30, diameter_mm=0.5)
    server.answer(grouped, type="set_distribution", cluster=None, label="regional")
    assert server.image(grouped)["result"] is None
    assert server.answer(grouped, type="mark_read", read=True)["answered"]
    assert server.image(grouped)["result"] == result
    assert server.get(f"api/images/{grouped}/overlay").status_code == 200
    server.answer(grouped, type="undo")  # what was seen cannot be unseen
    assert server.image(grouped)["result"] == result
    server.answer(grouped, type="redo")
    server.answer(grouped, type="set_distribution", cluster=None, label="grouped")
    others = [image for image in server.get("api/worklist").json()["images"] if image["uid"] != grouped]
    assert {image["distribution"] for image in others} == {None}
    server.end()
    target = run.parent / "answers.json"
    command = [sys.executable, "-m", "mammocalc", "review", str(run), "--export", str(target)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    answer = json.loads(target.read_bytes())["images"][0]["answers"][0]
    assert (answer["distribution"], answer["blinded"]["distribution"]) == ("grouped", "regional")
    assert len(answer["blinded"]["calcifications"]) == 1


# ---------------------------------------------------------------- who is let in


def test_without_the_token_there_is_nothing(shared: Any) -> None:
    base, _, token = shared.address.rstrip("/").partition("/t/")
    for path in (
        "/",
        "/api/run",
        "/t/",
        "/t/x/api/run",
        f"/t/{token[:-1]}/api/run",
        f"/t/{token}x/api/run",
        f"/{token}/",
    ):
        response = httpx.get(base + path, trust_env=False)
        assert response.status_code == 404, path
        assert token not in response.text
    redirected = httpx.get(f"{base}/t/{token}", trust_env=False)
    assert (redirected.status_code, redirected.headers["location"]) == (307, f"/t/{token}/")


def test_another_name_or_a_page_of_another_site_is_refused(shared: Any, grouped: str) -> None:
    port = shared.address.split(":")[2].split("/")[0]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example", ""):
        assert shared.get("api/run", headers={"Host": host}).status_code in {400, 421}, host
    assert shared.get("api/run", headers={"Host": f"localhost:{port}"}).status_code == 200
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{port}", "http://127.0.0.1"):
        assert shared.get("api/run", headers={"Origin": origin}).status_code == 403, origin
    assert shared.get("api/run", headers={"Origin": f"http://127.0.0.1:{port}"}).status_code == 200
    assert shared.get("api/run", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    place = f"api/images/{grouped}/answers"
    body = json.dumps({"reader": "Eve", "action": {"type": "mark_read", "read": True}})
    for headers in (
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain", **OWN},
        {"Content-Type": "application/x-www-form-urlencoded", **OWN},
        {"Content-Type": "application/json", **OWN, "Origin": "http://evil.example"},
        {"Content-Type": "application/json", "X-Mammocalc": "0"},
    ):
        assert shared.client.post(place, content=body, headers=headers).status_code == 403, headers
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert shared.client.request(method, place, content=body).status_code in {403, 405}
    assert shared.image(grouped, "Eve")["answers"]["saved_at"] is None


def test_every_answer_forbids_what_the_page_does_not_need(shared: Any, grouped: str) -> None:
    for path in ("", "api/run", f"api/images/{grouped}", f"api/images/{grouped}/overlay", "api/nothing", "nothing.js"):
        headers = shared.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "../run.json",
        "..%2f..%2frun.json",
        "static/../../run.json",
        "static/%2e%2e/%2e%2e/__init__.py",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "run.json",
        "answers.sqlite",
        "static/reviewer.py",
        "review/server/reviewer.py",
        "review/page/../server/reviewer.py",
        "rendering/palette.py",
        "rendering/pages/bundle.py",
        "main.js",
        "api/images/..%2f..%2frun.json/overlay",
        "api/images/..%2frun",
        "api/images/%2fetc%2fpasswd/thumbnail",
        "api/images/1.2.3/pixels/0/0/0",
        "api/images/1.2.3",
        "api/images/%00",
        "docs",
        "openapi.json",
    ],
)
def test_no_path_of_a_browser_reaches_the_disk(path: str, shared: Any) -> None:
    host, _, token = shared.address.removeprefix("http://").rstrip("/").partition("/t/")
    connection = http.client.HTTPConnection(host)
    connection.putrequest("GET", f"/t/{token}/{path}")  # as it stands: a proper client would tidy it up
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 404
    assert json.loads(response.read()).keys() == {"error"}
    connection.close()


def test_a_request_that_is_too_large_or_without_a_length_is_refused(shared: Any, grouped: str) -> None:
    place = f"api/images/{grouped}/answers"
    headers = {"Content-Type": "application/json", **OWN}
    assert shared.client.post(place, content=b" " * 70_000, headers=headers).status_code == 413
    assert shared.client.post(place, content=iter([b"{}"]), headers=headers).status_code == 411
    assert shared.client.post(place, content=b"{", headers=headers).status_code == 422
    assert shared.client.post(place, content=b"[]", headers=headers).status_code == 422
    assert shared.client.post(place, content=b"\xff", headers=headers).status_code == 422


def test_a_group_is_served_only_with_a_token_file_and_is_told_what_it_exposes(
    serve: Any, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*arguments: str) -> str:
        assert main(["review", str(run), "--no-browser", *arguments]) == 2
        return capsys.readouterr().err

    token = tmp_path / "token"
    assert "--token-file" in refused("--host", "127.0.0.2")
    assert "one address" in refused("--host", "0.0.0.0", "--token-file", str(token))  # noqa: S104 - is refused
    assert "no address" in refused("--host", "no.such.name.invalid", "--token-file", str(token))
    first = serve(run, "--host", "127.0.0.2", "--token-file", str(token))
    assert re.search(r"http://127\.0\.0\.2:\d+/t/", first.said)
    assert token.read_text().strip() in first.address
    assert first.get("api/run").status_code == 200
    assert first.get("api/run", headers={"Host": "127.0.0.1"}).status_code == 421
    first.end()
    second = serve(run, "--token-file", str(token))
    assert token.read_text().strip() in second.address
    if os.name == "posix":
        assert token.stat().st_mode & 0o077 == 0
        token.chmod(0o644)
        assert "chmod 600" in refused("--token-file", str(token))
    token.write_text("short")
    token.chmod(0o600)
    assert "holds no token" in refused("--token-file", str(token))


def test_what_cannot_be_reviewed_ends_with_2_and_a_sentence(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.sqlite").write_bytes(b"not a database at all, but long enough to be read as one" * 100)
    for arguments, word in (
        ([str(tmp_path)], "holds no run"),
        ([str(run), "--images", str(tmp_path / "nowhere")], "is not a folder"),
        ([str(run), "--answers", str(tmp_path / "no" / "a.sqlite")], "does not exist"),
        ([str(run), "--answers", str(tmp_path / "other.sqlite")], "other.sqlite"),
        ([str(run), "--reader", "a\tb"], "printable"),
        ([str(run), "--export", str(tmp_path / "x.txt")], ".json or .csv"),
        ([str(run), "--export", str(tmp_path / "x.json")], "nobody has answered"),
        ([str(run), "--port", "99999"], "65535"),
    ):
        assert main(["review", *arguments, "--no-browser"]) == 2, arguments
        assert word in capsys.readouterr().err


# ---------------------------------------------------------------- export and evaluate


def test_answers_are_exported_and_taken_as_truth(serve: Any, run: Path, judged: Path, grouped: str) -> None:
    server = serve(run)
    uids = [image["uid"] for image in server.get("api/worklist").json()["images"]]
    marks = server.image(grouped)["result"]["calcifications"]
    for reader in ("Ada", "Grace"):
        for uid in uids:
            server.answer(uid, reader, type="agree_image")
    server.answer(grouped, "Grace", type="judge_calcification", id=marks[0]["id"], verdict="reject")
    server.answer(grouped, "Grace", type="comment", text='=cmd|"/c calc"!A1')
    for reader in ("Ada", "Grace"):
        server.answer(grouped, reader, type="add_calcification", row=11, column=12, diameter_mm=0.4)
    server.end(signal.SIGKILL)  # what lies in the log file beside the database is exported as well

    def mammocalc(*arguments: str) -> str:
        command = [sys.executable, "-m", "mammocalc", *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    target = run.parent / "answers.json"
    assert "answers to 3 images" in mammocalc("review", str(run), "--export", str(target))
    first = target.read_bytes()
    mammocalc("review", str(run), "--export", str(target))
    assert target.read_bytes() == first
    mammocalc("review", str(run), "--export", str(run.parent / "answers.csv"))
    with (run.parent / "answers.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(row["kind"] == "image" for row in rows) == 6
    assert sum(row["verdict"] == "reject" for row in rows) == 1
    assert all(not row["comment"].startswith("=") for row in rows)
    out = run.parent / "scores"
    said = mammocalc("evaluate", str(run), "--truth", str(target), "--out", str(out))
    assert "truth: readers, 3 images" in said
    assert "readers Ada and Grace: kappa of distribution" in said
    document = json.loads((out / "evaluation.json").read_bytes())
    n_marks = sum(len(json.loads(path.read_bytes())["calcifications"]) for path in (run / "results").glob("*.json"))
    # One mark was rejected by one of two, so it is no longer true; one was added by both.
    assert document["calcifications"]["true"] == n_marks - 1 + 1
    assert document["calcifications"]["at_operating_point"]["found"]["value"] == pytest.approx(
        (n_marks - 1) / n_marks, abs=1e-4
    )
    between = document["readers"]["between"][0]
    assert between["distribution"]["kappa"]["value"] == 1
    assert between["marks"]["n"] == n_marks
    grace = document["readers"]["with_program"][1]
    assert grace["marks_accepted"]["value"] == pytest.approx((n_marks - 1) / n_marks, abs=1e-4)
    assert grace["added"] == 1
    assert "<h2>Readers</h2>" in (out / "evaluation.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------- large and hostile runs


def test_hostile_texts_of_a_run_are_data(serve: Any, run: Path, grouped: str) -> None:
    """A run whose files were written by somebody else: text stays text, and no path of it leads out of the folder."""
    hostile = "<script>alert(1)</script>\u202e\"'&\u2028"
    path = run / "results" / f"{grouped}.json"
    result = json.loads(path.read_bytes())
    result["image"]["manufacturer"] = hostile
    result["overlay"]["path"] = "../secret.jpg"
    (run.parent / "secret.jpg").write_bytes(b"secret")
    path.write_text(json.dumps(result), encoding="utf-8")
    shutil.rmtree(run / "tables")
    with (run / "files.jsonl").open("a", encoding="utf-8") as rows:
        rows.write(
            json.dumps(
                {
                    "path": hostile,
                    "sop_instance_uid": None,
                    "status": "failed",
                    "reason": "unreadable",
                    "message": hostile,
                    "seconds": 0.1,
                }
            )
            + "\n{broken"
        )
    server = serve(run)
    own = next(image for image in server.get("api/worklist").json()["images"] if image["uid"] == grouped)
    assert not own["overlay"]
    assert server.get(f"api/images/{grouped}/overlay").status_code == 404
    answer = server.get(f"api/images/{grouped}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["result"]["image"]["manufacturer"] == hostile
    assert hostile in [row["message"] for row in server.get("api/worklist").json()["failed"]]


def test_a_run_of_two_thousand_images_is_served_whole(serve: Any, run: Path, judged: Path, grouped: str) -> None:
    """Built from one result: the worklist holds all images, and one answer changes one line of it."""
    template = (run / "results" / f"{grouped}.json").read_text(encoding="utf-8")
    with (run / "tables" / "images.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        rows, names = {row["sop_instance_uid"]: row for row in reader}, list(reader.fieldnames or ())
    files = (run / "files.jsonl").read_text(encoding="utf-8")
    with (run / "tables" / "images.csv").open("a", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, names, lineterminator="\n")
        for number in range(2000):
            uid = f"1.2.3.{number}"
            (run / "results" / f"{uid}.json").write_text(template.replace(grouped, uid), encoding="utf-8")
            writer.writerow({**rows[grouped], "sop_instance_uid": uid})
            files += (
                json.dumps(
                    {
                        "path": f"{number}.dcm",
                        "sop_instance_uid": uid,
                        "status": "analysed",
                        "reason": None,
                        "message": None,
                        "seconds": 1.0,
                    }
                )
                + "\n"
            )
    (run / "files.jsonl").write_text(files, encoding="utf-8")
    server = serve(run)
    listed = server.get("api/worklist").json()["images"]
    assert len(listed) == 2003
    assert len({image["study_uid"] for image in listed}) == 3
    server.answer("1.2.3.1999", type="agree_image")
    again = server.get("api/worklist", params={"reader": "Ada"}).json()["images"]
    assert [image["uid"] for image in again if image["read"]] == ["1.2.3.1999"]
    assert server.image("1.2.3.5")["result"]["image"]["sop_instance_uid"] == "1.2.3.5"
