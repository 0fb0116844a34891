"""The prior lies in a run of its own: its pixels and marks are shown beside, and its answers stay with that run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MAMMOCALC = [sys.executable, "-m", "mammocalc"]


@pytest.fixture(scope="module")
def two_runs(dated: Path, tmp_path_factory: pytest.TempPathFactory, judge: Any) -> Path:
    """Give a run of each of two dates, and their comparison."""
    top = tmp_path_factory.mktemp("two_runs")
    judge(dated / "in" / "20240301", top / "now")
    judge(dated / "in" / "20220301", top / "before")
    command = ["compare", str(top / "now"), str(top / "before"), "--out", str(top / "changes")]
    subprocess.run([*MAMMOCALC, *command, "--images", str(dated / "in")], check=True, capture_output=True)
    return top


def result_of(run: Path, laterality: str, view: str) -> dict[str, Any]:
    documents: list[dict[str, Any]] = [json.loads(path.read_bytes()) for path in (run / "results").rglob("*.json")]
    [found] = [one for one in documents if (one["image"]["laterality"], one["image"]["view"]) == (laterality, view)]
    return found


def uid_of(result: dict[str, Any]) -> str:
    return str(result["image"]["sop_instance_uid"])


def test_the_prior_of_another_run_is_shown_beside_with_its_pixels_and_marks(
    visit: Any, serve: Any, two_runs: Path, dated: Path, tmp_path: Path
) -> None:
    now, before = (result_of(two_runs / name, "L", "CC") for name in ("now", "before"))
    answers = tmp_path / "answers.sqlite"
    options = ("--comparison", str(two_runs / "changes"), "--prior-run", str(two_runs / "before"))
    server = serve(two_runs / "now", "--images", str(dated / "in"), "--answers", str(answers), *options)
    shown = server.image(uid_of(now))
    assert shown["prior"]["uid"] == uid_of(before)
    assert shown["comparison"]["why"] is None
    prior = server.image(uid_of(before))
    assert prior["pixels"]["available"]
    assert prior["result"]["calcifications"] == before["calcifications"]
    page = visit("Ada", f"#/image/{uid_of(now)}/large", at=server)
    page.keys("p")
    page.until("document.querySelectorAll('.pane .ring').length > 30")
    assert page.locator(".pane.prior .when").inner_text().startswith("24 months earlier")
    page.pictured()
    greys = page.seen(".pane.prior")
    assert len({int(grey) for grey in greys.ravel()}) > 50
    # What is said of the change stays; the prior itself is answered in its own run.
    row = next(one for one in shown["comparison"]["calcifications"] if one["change"] == "matched")
    pair = {"id": row["calcification"], "other_id": row["prior_calcification"], "other": uid_of(before)}
    said = server.answer(
        uid_of(now), "Ada", type="judge_pair", relation="change", of="calcification", answer="same", **pair
    )["pairs"]
    assert [one["claim"] for one in said] == ["matched"]
    refused = server.act(uid_of(before), "Ada", type="mark_read", read=True)
    assert refused.status_code == 409
    assert "Review that run to answer" in refused.text
    assert [one["uid"] for one in server.get("api/worklist?reader=Ada").json()["images"]].count(uid_of(before)) == 0
    exported = tmp_path / "answers.json"
    command = ["review", str(two_runs / "now"), "--answers", str(answers), "--export", str(exported)]
    subprocess.run([*MAMMOCALC, *command], check=True, capture_output=True)
    [kept] = json.loads(exported.read_text())["pairs"]
    assert (kept["relation"], kept["other_sop_instance_uid"], kept["claim"]) == ("change", uid_of(before), "matched")


def test_without_its_run_the_prior_is_not_shown_and_a_sentence_says_how(
    serve: Any, two_runs: Path, dated: Path, tmp_path: Path
) -> None:
    now = result_of(two_runs / "now", "L", "CC")
    options = ("--comparison", str(two_runs / "changes"), "--answers", str(tmp_path / "answers.sqlite"))
    shown = serve(two_runs / "now", "--images", str(dated / "in"), *options).image(uid_of(now))
    assert shown["prior"] is None
    assert shown["comparison"]["why"] == "The prior is in another run: name that with --prior-run to see it beside."


def test_where_its_file_is_not_found_the_prior_is_shown_from_its_overlay_and_a_sentence_says_why(
    serve: Any, two_runs: Path, dated: Path, tmp_path: Path
) -> None:
    before = result_of(two_runs / "before", "L", "CC")
    options = ("--comparison", str(two_runs / "changes"), "--prior-run", str(two_runs / "before"))
    images = str(dated / "in" / "20240301")
    server = serve(two_runs / "now", "--images", images, "--answers", str(tmp_path / "answers.sqlite"), *options)
    pixels = server.image(uid_of(before))["pixels"]
    assert not pixels["available"]
    assert "No file under --images has this image's UID" in json.dumps(pixels)
    assert server.get(f"api/images/{uid_of(before)}/overlay").content[:3] == b"\xff\xd8\xff"


def test_blinded_the_marks_of_the_prior_are_kept_back_as_those_of_its_image_are(
    serve: Any, two_runs: Path, dated: Path, tmp_path: Path
) -> None:
    before = uid_of(result_of(two_runs / "before", "L", "CC"))
    options = ("--comparison", str(two_runs / "changes"), "--prior-run", str(two_runs / "before"), "--blinded")
    answers = str(tmp_path / "answers.sqlite")
    server = serve(two_runs / "now", "--images", str(dated / "in"), "--answers", answers, "--reader", "Ada", *options)
    kept = server.image(before)
    assert kept["result"] is None
    assert kept["pixels"]["available"]
    assert server.get(f"api/images/{before}/overlay").status_code == 404
    for image in server.get("api/worklist?reader=Ada").json()["images"]:
        server.answer(image["uid"], "Ada", type="mark_read", read=True)
    assert server.image(before)["result"]["calcifications"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--prior-run", "before"), "--prior-run needs --comparison"),
        (("--comparison", "changes", "--prior-run", "now"), "holds no prior that the comparison names"),
        (("--comparison", "changes", "--prior-run", "changes"), "holds no run"),
    ],
)
def test_a_prior_run_that_cannot_be_used_is_refused(two_runs: Path, options: tuple[str, ...], sentence: str) -> None:
    command = ["review", "now", *options, "--no-browser"]
    ended = subprocess.run(
        [*MAMMOCALC, *command], cwd=two_runs, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert sentence in ended.stderr
