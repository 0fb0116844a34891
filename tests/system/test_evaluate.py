from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mammocalc.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

Judge = Callable[..., Any]


def test_a_run_is_scored_against_its_simulation(
    drawn: Path, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(drawn, tmp_path / "run", "outputs.candidates=true", "outputs.overlays=none")
    judge(drawn, tmp_path / "high", "outputs.overlays=none", "name=high")
    call = ["evaluate", str(tmp_path / "run"), "--truth", str(drawn / "truth"), "--out", str(tmp_path / "scores")]
    assert main([*call, "--mark", str(tmp_path / "high")]) == 0
    assert "calcifications: found" in capsys.readouterr().out
    document = json.loads((tmp_path / "scores" / "evaluation.json").read_text(encoding="utf-8"))
    assert document["truth"]["analysed"] == document["truth"]["images"] == 3
    section = document["calcifications"]
    assert section["at_operating_point"]["found"]["value"] > 0.5  # they are bright
    assert section["candidates_were_kept"]
    assert section["other_operating_points"][0]["name"].startswith("high")
    assert abs(document["sizes"]["all"]["bias_mm"]["value"]) < 0.2
    assert document["presence"]["as_labelled"]["area"]["value"] == 1.0
    (tmp_path / "one").mkdir()
    shutil.copy(drawn / "grouped.dcm", tmp_path / "one")
    judge(tmp_path / "one", tmp_path / "other", "outputs.overlays=none")
    assert main([*call, "--mark", str(tmp_path / "other")]) == 2
    assert "of the 3 images that are scored it lacks 2" in capsys.readouterr().err
    rows = (tmp_path / "scores" / "froc.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "curve,threshold,false_marks,found"
    assert main([*call, "--json"]) == 0
    again = capsys.readouterr()
    assert json.loads(again.out)["calcifications"]["true"] == section["true"]
    assert again.err == ""
    assert main([call[0], str(tmp_path / "high"), *call[2:]]) == 0
    assert "was of another run or truth; it is replaced" in capsys.readouterr().err


def test_the_page_opens_in_a_browser_without_a_complaint(
    browser: Any, drawn: Path, judge: Judge, tmp_path: Path
) -> None:
    judge(drawn, tmp_path / "run", "outputs.candidates=true", "outputs.overlays=none")
    arguments = [str(tmp_path / "run"), "--truth", str(drawn), "--out", str(tmp_path / "scores")]
    assert main(["evaluate", *arguments]) == 0
    complaints: list[str] = []
    asked: list[str] = []
    for scheme, width in (("light", 1280), ("dark", 420)):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "scores" / "evaluation.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("section svg[role=img]").count() >= 5
        colours = page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert colours[0] != colours[1]
        page.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("file:")] == []


def test_a_wrong_call_says_what_is_wrong_and_does_nothing(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "mammocalc", "evaluate"]
    (tmp_path / "truth.csv").write_text("a,b\n1,2\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sizes.csv").write_text("shoes\n")
    assert main(["evaluate", str(drawn), "--truth", str(drawn), "--out", str(tmp_path / "mine")]) == 2
    assert "holds sizes.csv, and not of an evaluation" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["sizes.csv"]
    tries = {
        "holds no run": [str(drawn), "--truth", str(drawn / "truth")],
        "none holds no run": [str(tmp_path / "none"), "--truth", str(drawn / "truth")],
    }
    for said, arguments in tries.items():
        ended = subprocess.run(
            [*command, *arguments, "--out", str(tmp_path / "o")], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr
        assert not (tmp_path / "o").exists()


def test_a_truth_that_cannot_be_used_ends_with_2(
    drawn: Path, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(drawn / "grouped.dcm", tmp_path / "run", "outputs.overlays=none")
    (tmp_path / "truth.csv").write_text("a,b\n1,2\n")
    call = [
        "evaluate",
        str(tmp_path / "run"),
        "--out",
        str(tmp_path / "scores"),
        "--truth",
        str(tmp_path / "truth.csv"),
    ]
    assert main(call) == 2
    assert "has the columns a, b" in capsys.readouterr().err
    assert not (tmp_path / "scores").exists()
