"""Names and headers written to break out of the output folder, a page, a table, a terminal: none of them does."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import struct
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import jsonschema
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword

from mammocalc.results.schema import read_schema
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Rows = Callable[[Path], dict[str, dict[str, Any]]]

SCRIPT = "<img src=x onerror=window.hacked=1><script>window.hacked=2</script></script>"
HOSTILE: dict[str, str | bytes] = {
    "slashes": "../../../../escaped/../../tmp/escaped",
    "dots": "..",
    "nul": "a\0b\0/escaped",
    "newline": "one\ntwo\r\nthree\u2028four",
    "script": f"\"'>{SCRIPT}]]>-->",
    "formula": '=cmd|"/c calc"!A1',
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "later": "Maker;=1+1,=2+2\t=3+3",
    "wide": "＝1+1",
    "override": "\u202egpj.exe\u2066\u202a",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "long": "A" * 10_000,
    "surrogate": b"caf\xe9 \xed\xa0\x80 \xff\xfe",
    "template": "{{7*7}} ${x} %s%n {0} [red]@DATA@",
}
TEXTS = ("PatientID", "Manufacturer", "ManufacturerModelName", "StudyDescription", "SeriesDescription", "ViewPosition")
JUDGED = 2 * len(HOSTILE) - 1
"""Two of these texts differ in their first white space alone, and are one UID."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def as_name(value: str | bytes) -> str:
    """Give as much of a text as a file's name can hold."""
    kept = as_bytes(value).replace(b"\0", b"").replace(b"/", b"\\")[:200]
    return os.fsdecode(kept.rsplit(b"\xe2", 1)[0] if kept.endswith((b"\xe2", b"\xe2\x80")) else kept) + ".dcm"


def plant(original: Path, target: Path, uid: bytes, text: bytes) -> None:
    """Write a copy whose header says the same hostile thing in many places, byte for byte."""
    dataset = pydicom.dcmread(original)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("SOPInstanceUID", *TEXTS):
        dataset.pop(keyword, None)
    dataset.save_as(target)
    planted = b""
    for keyword, value in {"SOPInstanceUID": uid, **dict.fromkeys(TEXTS, text)}.items():
        even = value + b" " * (len(value) % 2)
        tag = tag_for_keyword(keyword) or 0
        planted += struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, b"UN", 0, len(even)) + even
    content = target.read_bytes()
    at = content.index(b"\x28\0\x02\0US")
    target.write_bytes(content[:at] + planted + content[at:])


@pytest.fixture(scope="module")
def run_folder(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over files that are hostile in every place, by the command itself; its words lie beside it."""
    top = tmp_path_factory.mktemp("hostile")
    inputs = top / "deep" / "in"
    inputs.mkdir(parents=True)
    for number, (kind, text) in enumerate(HOSTILE.items()):
        name = as_name(text)
        plant(drawn / "none.dcm", inputs / name, f"1.2.3.{number}".encode(), as_bytes(text))
        plant(drawn / "none.dcm", inputs / f"uid {kind}.dcm", as_bytes(text)[:60_000], b"")
        (inputs / f"x{name}").write_bytes(b"")
    out = top / "deep" / "out"
    command = [sys.executable, "-m", "mammocalc", "run", str(inputs), "--out", str(out), "--workers", "1"]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1:strict"}
    ended = subprocess.run(command, capture_output=True, check=False, env=environment)
    (top / "words").write_bytes(ended.stdout + ended.stderr)
    assert ended.returncode == 1, ended.stderr.decode("latin-1")
    return out


def test_nothing_is_written_outside_of_the_output_folder(run_folder: Path) -> None:
    top = run_folder.parents[1]
    assert sorted(path.name for path in top.iterdir()) == ["deep", "words"]
    assert sorted(path.name for path in (top / "deep").iterdir()) == ["in", "out"]
    assert len(list((top / "deep" / "in").rglob("*"))) == 3 * len(HOSTILE)
    for name in ("results", "overlays", "thumbnails"):
        written = list((run_folder / name).rglob("*"))
        assert {path.stem for path in written} >= {f"1.2.3.{number}" for number in range(len(HOSTILE))}
        assert len(written) == JUDGED
        assert all(is_uid(path.stem) for path in written)


def test_every_file_has_its_row(run_folder: Path, rows_of: Rows) -> None:
    rows = rows_of(run_folder)
    assert len(rows) == 3 * len(HOSTILE)
    judged = {row["sop_instance_uid"] for row in rows.values() if row["status"] == "analysed"}
    assert judged >= {f"1.2.3.{number}" for number in range(len(HOSTILE))}
    assert len(judged) == JUDGED
    assert {row["reason"] for row in rows.values() if row["status"] == "failed"} == {"empty_file", "uid_collision"}
    for row in rows.values():
        assert not row["path"].startswith("/")
        assert ".." not in row["path"].split("/")


def test_no_output_holds_a_character_that_steers_a_terminal_or_a_text(run_folder: Path, rows_of: Rows) -> None:
    words = (run_folder.parents[1] / "words").read_bytes().decode("latin-1")
    rows = rows_of(run_folder)
    with (run_folder / "tables" / "images.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    for text in (*words.splitlines(), *rows, *(row["message"] or "" for row in rows.values()), *cells):
        assert all(unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text), text
    assert len(words.splitlines()) < 40
    assert "Traceback" not in words


def test_tables_are_whole_and_run_no_formula(run_folder: Path) -> None:
    for name in ("images", "calcifications", "clusters"):
        with (run_folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head, *lines = csv.reader(file)
        assert all(len(line) == len(head) for line in lines)
        assert name != "images" or len(lines) == JUDGED
        for cell in (cell for line in lines for cell in line):
            for part in re.split("[;,]", cell):  # where spreadsheets of other countries cut
                assert not part.startswith(FORMULA) or part.lstrip("-").replace(".", "").isdigit(), cell
            assert len(cell) < 2000


def test_results_are_json_as_published(run_folder: Path) -> None:
    json.loads((run_folder / "run.json").read_bytes())
    for path in (run_folder / "results").rglob("*.json"):
        document = json.loads(path.read_bytes())
        jsonschema.validate(document, read_schema())
        assert len(document["image"]["manufacturer"]) <= 64
        assert "A" * 65 not in path.read_text(encoding="utf-8")


def test_the_page_shows_them_and_runs_nothing(browser: Any, run_folder: Path) -> None:
    problems: list[str] = []
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else problems.append(asked.url))
    page.goto((run_folder / "index.html").as_uri())
    assert page.locator("#count").inner_text() == f"{3 * len(HOSTILE)} files"
    page.get_by_role("button", name="Table").click()
    assert page.locator(".items .row").count() > 10
    page.get_by_role("button", name="Pictures").click()
    page.locator("input[data-facet=status][value=analysed]").check()
    page.locator(".card").first.focus()
    for _ in HOSTILE:
        page.keyboard.press("Enter")
        assert re.search(r"1\.2\.3\.|2\.25\.", page.locator("#detail-text").inner_text())
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowRight")
    assert page.evaluate("window.hacked") is None
    assert page.locator("script:not([type]), img[src='x']").count() <= 1
    context.close()
    assert problems == []


def test_what_is_no_file_in_the_input_is_told_and_not_opened(mammograms: Path, rows_of: Rows) -> None:
    """The output lies inside of the input as well, and the same command is given twice."""
    os.mkfifo(mammograms / "pipe.dcm")
    os.mkfifo(mammograms / "DICOMDIR")
    (mammograms / "null.dcm").symlink_to("/dev/zero")
    (mammograms / "deep" / "up.dcm").symlink_to("..")
    (mammograms / "deep" / "gone.dcm").symlink_to("nowhere")
    (mammograms / "deep" / "one").symlink_to("two")
    (mammograms / "deep" / "two").symlink_to("one")
    out = mammograms / "deep" / "out"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(mammograms / "socket.dcm"))
        for _ in range(2):
            command = [sys.executable, "-m", "mammocalc", "run", str(mammograms), "--out", str(out), "--workers", "1"]
            ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            assert ended.returncode == 1, ended.stderr
            rows = rows_of(out)
            assert {path: row["status"] for path, row in rows.items()} == {
                "grouped.dcm": "analysed",
                "macro_only.dcm": "analysed",
                "deep/er/none.dcm": "analysed",
                "deep/up.dcm": "skipped",
                "deep/one": "skipped",
                "deep/two": "skipped",
                "deep/gone.dcm": "failed",
                "null.dcm": "failed",
                "pipe.dcm": "failed",
                "socket.dcm": "failed",
            }
            assert json.loads((out / "run.json").read_bytes())["totals"]["passed_over"] == 1
    command = [*command[:4], str(mammograms / "pipe.dcm"), "--out", str(mammograms / "other")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert rows_of(mammograms / "other")["pipe.dcm"]["status"] == "failed"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_write_a_name_does_not_end_the_run(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "日本＝.dcm").write_bytes(b"")
    command = [sys.executable, "-m", "mammocalc", "run", str(tmp_path / "in"), "--out", str(tmp_path / "輸出")]
    environment = os.environ | {"PYTHONIOENCODING": f"{encoding}:strict"}
    ended = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert ended.returncode == 1, ended.stderr
    assert rb"\u65e5\u672c\uff1d.dcm: The file is empty." in ended.stdout
    assert ended.stderr.isascii()
