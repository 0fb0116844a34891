"""A run and its answers that somebody else had in hand: each damage is a sentence, and all else is served."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.cli import main
from mammocalc.review.server.answers import Answers
from mammocalc.review.server.answers_file import APPLICATION, AnswersError

if TYPE_CHECKING:
    from collections.abc import Callable

DEEP = "[" * 10_000 + "]" * 10_000
STEER = "\x1b[31m\x9b2J\u202egpj"


@pytest.fixture
def run(reviewed: Path, tmp_path: Path) -> Path:
    """A run of one's own, whose images lie elsewhere."""
    shutil.copytree(reviewed / "run", tmp_path / "reviews" / "run")
    return tmp_path / "reviews" / "run"


def result_of(run: Path, uid: str) -> Path:
    [found] = (run / "results").rglob(f"{uid}.json")
    return found


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "no distribution": lambda result: result.pop("distribution"),
    "no calcifications": lambda result: result.pop("calcifications"),
    "a list": lambda result: result.update(clusters={}),
    "ids": lambda result: result["calcifications"][0].update(id="1"),
    "rows": lambda result: result["image"].update(rows=-3),
    "columns": lambda result: result["image"].update(columns=10**30),
    "spacing": lambda result: result["image"].update(pixel_spacing_mm=[0, "x"]),
    "flags": lambda result: result.update(flags=None),
    "label": lambda result: result["distribution"].update(label=7),
    "orientation": lambda result: result["image"].update(patient_orientation="LA"),
    "another image": lambda result: result["image"].update(sop_instance_uid="1.2.3"),
}


@pytest.mark.parametrize("with_tables", [True, False])
def test_a_damaged_result_is_a_row_or_a_refusal_and_the_others_are_served(
    serve: Any, run: Path, results: dict[str, Any], with_tables: bool
) -> None:
    folder = run / "results"
    template = results["L CC"]
    own = template["image"]["sop_instance_uid"]
    texts = {}
    for number, change in enumerate(WRONG.values()):
        document = json.loads(json.dumps(template).replace(own, f"1.2.{number}"))
        change(document)
        texts[f"1.2.{number}"] = json.dumps(document)
    whole = result_of(run, own).read_text(encoding="utf-8")
    texts["1.3.1"] = DEEP
    texts["1.3.2"] = whole.replace(own, "1.3.2").replace('"presence_level":', f'"more": {DEEP}, "presence_level":')
    texts["1.3.3"] = whole.replace(own, "1.3.3").replace('"presence_level":', '"more": NaN, "presence_level":')
    texts["1.3.4"] = whole.replace(own, "1.3.4").replace('"presence_level":', '"more": 1e999, "presence_level":')
    texts["1.3.5"] = "{}"
    texts["1.3.6"] = "[1]"
    texts["1.3.7"] = ""
    texts["1.3.8"] = whole[: len(whole) // 2].replace(own, "1.3.8")
    texts["1.3.9"] = whole.replace(own, "1.3.9").replace('"presence_level":', '"more": "\\ud800", "presence_level":')
    for uid, text in texts.items():
        (folder / f"{uid}.json").write_text(text, encoding="utf-8")
    table = run / "tables" / "images.csv"
    if with_tables:  # then only the heads of results are read at the start
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        [row] = [one for one in rows if one["sop_instance_uid"] == own]
        with table.open("a", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, row, lineterminator="\n")
            writer.writerows({**row, "sop_instance_uid": uid} for uid in texts)
    else:
        shutil.rmtree(table.parent)
    server = serve(run)
    told = server.get("api/worklist")
    assert told.status_code == 200
    listed = {image["uid"] for image in told.json()["images"]}
    problems = {row["path"]: row["message"] for row in told.json()["failed"]}
    for uid in texts:
        if uid in listed:
            answer = server.get(f"api/images/{uid}")
            assert answer.status_code == (200 if uid == "1.3.9" else 404), (uid, answer.text)
            refused = server.act(uid, type="agree_image")
            assert refused.status_code == (200 if uid == "1.3.9" else 404)
        else:
            assert "cannot be shown" in problems[f"results/{uid}.json"]
    assert server.image(own)["result"]["clusters"]
    server.answer(own, type="agree_image")
    server.end()
    assert server.told == "Stopped. Every answer is saved.\n"


@pytest.mark.skipif(os.name != "posix", reason="links need rights on this system")
def test_links_of_a_run_lead_nowhere(serve: Any, run: Path, uid: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "picture.jpg").write_bytes(b"\xff\xd8\xff secret")
    [overlay] = (run / "overlays").rglob(f"{uid}.jpg")
    overlay.unlink()
    overlay.symlink_to(secret / "picture.jpg")
    others = [path for path in (run / "results").rglob("*.json") if path.stem != uid]
    shutil.move(others[0], secret / "result.json")
    others[0].symlink_to(secret / "result.json")
    (run / "results" / "9.9.json").symlink_to("9.9.json")
    os.mkfifo(run / "results" / "9.8.json")
    server = serve(run)
    told = server.get("api/worklist").json()
    assert len(told["images"]) == 3
    words = {row["path"].rpartition("/")[2]: row["message"] for row in told["failed"]}
    assert "leads out of the run" in words[others[0].name]
    assert "leads out of the run" in words["9.9.json"]
    assert "no ordinary file" in words["9.8.json"]
    assert server.get(f"api/images/{uid}/overlay").status_code == 404
    # Also what becomes a link while the server runs, and what is not a picture.
    still = others[1].stem
    [overlay] = (run / "overlays").rglob(f"{still}.jpg")
    assert server.get(f"api/images/{still}/overlay").status_code == 200
    kept = overlay.read_bytes()
    overlay.write_bytes(b"root:x:0:0")
    assert server.get(f"api/images/{still}/overlay").status_code == 404
    overlay.unlink()
    overlay.symlink_to(secret / "picture.jpg")
    assert server.get(f"api/images/{still}/overlay").status_code == 404
    overlay.unlink()
    overlay.write_bytes(kept)
    assert server.get(f"api/images/{still}/overlay").content == kept
    server.end()
    (run / "run.json").rename(secret / "run.json")
    (run / "run.json").symlink_to(secret / "run.json")
    assert main(["review", str(run), "--no-browser"]) == 2


@pytest.mark.parametrize(
    "place", ["/etc/passwd", "../secret.jpg", "overlays/../../secret.jpg", "..\\secret.jpg", "", "\0"]
)
def test_an_overlay_that_a_result_names_outside_of_the_run_is_not_sent(
    serve: Any, run: Path, uid: str, place: str
) -> None:
    (run.parent / "secret.jpg").write_bytes(b"\xff\xd8\xff secret")
    path = result_of(run, uid)
    document = json.loads(path.read_bytes())
    document["overlay"]["path"] = place
    path.write_text(json.dumps(document))
    shutil.rmtree(run / "tables")
    server = serve(run)
    for kind in ("overlay", "thumbnail"):
        assert server.get(f"api/images/{uid}/{kind}").status_code == 404


def test_rows_tables_and_records_that_are_none_are_said(serve: Any, run: Path, uid: str) -> None:
    lines = [DEEP, "[]", '{"status": 7}', '{"status": "failed", "path": {"a": 1}, "seconds": NaN}', "{broken"]
    lines += ['{"status": "analysed", "sop_instance_uid": ["x"], "path": 7, "seconds": "long"}', "9" * 10_000]
    lines += [json.dumps({"status": "failed", "path": f"{STEER}.dcm", "message": "\ud800", "seconds": 1})]
    with (run / "files.jsonl").open("a", encoding="utf-8") as rows:
        rows.write("\n".join(lines) + "\n{unfinished")
    with (run / "tables" / "images.csv").open("a", encoding="utf-8") as table:
        table.write('short\n"' + "x" * 200_000)
    record = json.loads((run / "run.json").read_text())
    record["version"], record["state"] = {"deep": [STEER]}, "\ud800"
    (run / "run.json").write_text(json.dumps(record))
    server = serve(run)
    assert server.get("api/run").status_code == 200
    told = server.get("api/worklist").json()
    assert len(told["images"]) == 4
    assert sum(row["path"] == "files.jsonl" for row in told["failed"]) == 6
    assert server.image(uid)["result"]
    server.end()
    assert server.told == "Stopped. Every answer is saved.\n"


BODIES = (
    DEEP,
    '{"reader": "Ada", "action": ' + DEEP + "}",
    '{"reader": "Ada", "action": {"type": "comment", "text": ' + DEEP[:40_000] + "}}",
    '{"reader": "Ada", "action": {"type": "add_calcification", "row": NaN, "column": 1, "diameter_mm": 1}}',
    '{"reader": "Ada", "action": {"type": "add_calcification", "row": 1e999, "column": 1, "diameter_mm": 1}}',
    '{"reader": "Ada", "action": {"type": "judge_cluster", "id": ' + "9" * 5000 + ', "verdict": "accept"}}',
    '{"reader": "\\ud800", "action": {"type": "mark_read", "read": true}}',
    '{"reader": "Ada", "action": {"type": "comment", "text": "\\ud800"}}',
    '{"reader": "\\u001b[31m", "action": {"type": "mark_read", "read": true}}',
    '{"reader": ["Ada"], "action": {"type": "mark_read", "read": true}}',
    '{"action": {"type": "mark_read", "read": true}}',
    '{"reader": "", "action": {"type": "mark_read", "read": true}}',
    "null",
    "\ufeff{}",
    "\x00",
)


def test_a_hostile_answer_is_refused_with_a_sentence(serve: Any, run: Path, uid: str) -> None:
    server = serve(run)
    headers = {"Content-Type": "application/json", "X-Mammocalc": "1"}
    for body in BODIES:
        told = server.client.post(f"api/images/{uid}/answers", content=body.encode("utf-8"), headers=headers)
        assert told.status_code == 422, (body[:80], told.text)
        assert told.json()["error"].endswith(".")
    for name in ("\x1b", "x" * 65, " "):
        assert server.get("api/worklist", params={"reader": name}).status_code == 422
    for place in ("pixels/9/9/9", "pixels/-1/0/0", f"pixels/0/{'9' * 400}/0", "pixels/0/0/1e3", "nothing", "plain/x"):
        assert 400 <= server.get(f"api/images/{uid}/{place}").status_code < 500, place
    server.end()
    assert server.told == "Stopped. Every answer is saved.\n"


# ---------------------------------------------------------------- the file of the answers


def test_another_programs_file_keeps_every_byte(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE bookmarks (place)")
    database.close()
    changed = tmp_path / "changed.sqlite"
    Answers(changed).close()
    with sqlite3.connect(changed) as database:
        database.execute("CREATE TRIGGER theirs AFTER INSERT ON actions BEGIN SELECT 1; END")
    database.close()
    text = tmp_path / "text.sqlite"
    text.write_text("no database")
    for file, word in ((foreign, "another program"), (changed, "changed by another"), (text, "cannot be read")):
        before, names = file.read_bytes(), set(tmp_path.iterdir())
        assert main(["review", str(run), "--no-browser", "--answers", str(file)]) == 2
        assert word in capsys.readouterr().err
        assert file.read_bytes() == before
        assert set(tmp_path.iterdir()) == names


@pytest.mark.skipif(os.name != "posix", reason="links need rights on this system")
@pytest.mark.parametrize(
    "name", ["answers.sqlite", "answers.sqlite-wal", "answers.sqlite-journal", "answers.sqlite-shm"]
)
def test_nothing_is_written_through_a_link_that_lies_in_a_run(
    run: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "precious"
    if name != "answers.sqlite":
        target.write_text("keep me")
    (run / name).symlink_to(target)
    assert main(["review", str(run), "--no-browser"]) == 2
    assert "is a link" in capsys.readouterr().err
    assert (target.read_text() if target.exists() else "keep me") == "keep me"


def remove(file: Path) -> None:
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()


def replace(file: Path) -> None:
    remove(file)
    Answers(file).close()


LOSSES: dict[str, Callable[[Path], object]] = {
    "removed": remove,
    "renamed": lambda file: file.rename(file.with_name("away.sqlite")),
    "replaced": replace,
    "its folder renamed": lambda file: file.parent.rename(file.parent.with_name("elsewhere")),
    "its log removed": lambda file: file.with_name(f"{file.name}-wal").unlink(),
}


@pytest.mark.parametrize("how", LOSSES)
def test_an_answer_that_is_not_in_the_file_is_not_confirmed(
    serve: Any, run: Path, uid: str, tmp_path: Path, how: str
) -> None:
    file = tmp_path / "kept" / "answers.sqlite"
    file.parent.mkdir()
    server = serve(run, "--answers", str(file))
    server.answer(uid, type="comment", text="kept")
    LOSSES[how](file)
    lost = server.act(uid, type="comment", text="lost")
    assert lost.status_code == 503
    assert "NOT SAVED" in lost.json()["error"]


def test_the_page_says_that_an_answer_was_not_saved(
    visit: Any, serve: Any, run: Path, uid: str, tmp_path: Path
) -> None:
    server = serve(run, "--answers", str(tmp_path / "a.sqlite"))
    page = visit("Ada", f"#/image/{uid}/large", at=server, forgiven="503", script="")
    remove(tmp_path / "a.sqlite")
    page.keys("r")
    page.locator("#toast", has_text="NOT SAVED").wait_for()


def test_a_damaged_row_is_named_and_all_others_are_exported(
    serve: Any, run: Path, uid: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(run)
    server.answer(uid, "Ada", type="agree_image")
    server.answer(uid, "Ada", type="comment", text=f"=cmd|x{STEER}")
    server.answer(uid, "Ada", type="comment", text=f"{STEER}=1+1")
    server.end()
    file = run / "answers.sqlite"
    actions = [
        DEEP,
        "{}",
        "not json",
        '{"type": "comment", "text": NaN}',
        b"\xff\xfe",
        '{"type": "mark_read", "read": 1}',
    ]
    with sqlite3.connect(file) as database:
        row = database.execute("SELECT uid, configuration_digest, result_digest, time FROM actions").fetchone()
        for action in actions:
            database.execute(
                "INSERT INTO actions (uid, reader, configuration_digest, result_digest, blinded, time, action)"
                " VALUES (?, 'Ada', ?, ?, 0, ?, ?)",
                (*row, action),
            )
        database.execute(
            "INSERT INTO actions (uid, reader, configuration_digest, result_digest, blinded, time, action)"
            " VALUES (?, ?, ?, ?, 0, ?, ?)",
            (row[0], STEER, *row[1:], '{"type": "mark_read", "read": true}'),
        )
    database.close()
    assert main(["review", str(run), "--export", str(run.parent / "answers.json")]) == 1
    said = capsys.readouterr()
    assert "\x1b" not in said.err + said.out
    assert "\x9b" not in said.err + said.out
    assert said.err.count("is damaged and left out") == len(actions) + 1
    text = (run.parent / "answers.json").read_text(encoding="utf-8")
    assert not any(sign in text for sign in "\x1b\x9b\u202e")
    document = json.loads(text)
    assert [row["row"] for row in document["damaged"]] == list(range(4, 5 + len(actions)))
    [answer] = document["images"][0]["answers"]
    assert answer["agreed"]
    assert answer["comment"] == f"{STEER}=1+1"
    assert main(["review", str(run), "--export", str(run.parent / "answers.csv")]) == 1
    table = (run.parent / "answers.csv").read_text(encoding="utf-8")
    assert not any(sign in table for sign in "\x1b\x9b\u202e")
    again = serve(run)
    assert f"{len(actions) + 1} rows of the answers cannot be read" in again.said
    assert again.image(uid, "Ada")["answers"]["comment"] == f"{STEER}=1+1"
    assert again.get("api/run").status_code == 200
    assert again.get(f"api/images/{uid}/history").status_code == 200
    again.answer(uid, "Ada", type="mark_read", read=True)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "a.sqlite")
    answers._database.execute("PRAGMA max_page_count = 8")

    def prepare(_: Any) -> tuple[str, str, bool, dict[str, Any]]:
        return "c", "r", False, {"type": "comment", "text": "x" * 4000}

    with pytest.raises(AnswersError, match=r"NOT SAVED.*full"):  # noqa: PT012 - how many fit is SQLite's
        for _ in range(50):
            answers.take("1.2", "Ada", prepare)
    kept = len(answers.of_image("1.2"))
    answers.close()
    again = Answers(tmp_path / "a.sqlite")
    assert len(again.of_image("1.2")) == kept
    again.close()
    assert APPLICATION.to_bytes(4, "big") in (tmp_path / "a.sqlite").read_bytes()[:100]


# ---------------------------------------------------------------- who reads, and what is said at the start


def test_who_gave_no_name_is_asked_and_two_are_two(visit: Any, serve: Any, run: Path, uid: str) -> None:
    server = serve(run)
    assert server.get("api/run").json()["reader"] is None
    assert server.act(uid, reader="", type="mark_read", read=True).status_code == 422
    for name in ("Ada", "Grace"):
        page = visit("", at=server, script="sessionStorage.removeItem('mammocalc-reader')")
        page.locator("#who").wait_for()
        page.locator("#who-name").fill(name)
        page.keyboard.press("Enter")
        page.locator("#reader", has_text=name).wait_for()
        page.evaluate(f"location.hash = '#/image/{uid}/large'")
        page.pictured()
        page.keys("r")
        page.saved()
    assert server.get("api/run").json()["readers"] == ["Ada", "Grace"]
    assert server.answer(uid, "Ame\u0301lie", type="mark_read", read=True)["reader"] == "Am\u00e9lie"
    assert {row["reader"] for row in server.get(f"api/images/{uid}/history").json()["history"]} == {
        "Ada",
        "Grace",
        "Am\u00e9lie",
    }


def test_a_wrong_folder_of_images_is_said_at_the_start(serve: Any, run: Path, reviewed: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "some").mkdir()
    shutil.copy(reviewed / "in" / "lcc.dcm", tmp_path / "some" / "x.dcm")
    assert "WRONG --images?" in serve(run, "--images", str(tmp_path / "wrong")).said
    assert "1 of 4 images" in serve(run, "--images", str(tmp_path / "some")).said
    right = serve(run, "--images", str(reviewed / "in")).said
    assert "images of this run lie" not in right
    assert "WRONG" not in right


def test_the_token_stands_on_no_command_line(run: Path, tmp_path: Path, open_server: Any, monkeypatch: Any) -> None:
    noted = tmp_path / "noted.json"
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport json, pathlib, stat, sys, urllib.parse, urllib.request\n"
        "place = pathlib.Path(urllib.request.url2pathname(urllib.parse.urlsplit(sys.argv[1]).path))\n"
        "modes = [stat.S_IMODE(one.stat().st_mode) for one in (place, place.parent)]\n"
        f"note = pathlib.Path({str(noted)!r})\n"
        "note.with_suffix('.part').write_text(json.dumps([sys.argv, modes, str(place), place.read_text()]))\n"
        "note.with_suffix('.part').rename(note)\n"
    )
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    server = open_server(run, opens_browser=True)
    for _ in range(200):
        if noted.exists():
            break
        server.get("api/run")
    arguments, modes, place, page = json.loads(noted.read_text())
    token = server.address.rstrip("/").rpartition("/")[2]
    assert not any(token in word for word in arguments)
    assert modes == [0o600, 0o700]
    assert server.address in page
    server.end()
    assert not Path(place).parent.exists()
