"""The frames of a multi-frame file in the review: each has its address, its pixels and its answers."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def framed(
    drawn: Path, tmp_path_factory: pytest.TempPathFactory, judge: Any, write_multiframe: Any
) -> tuple[Path, str]:
    """A run over a file with two frames and a single image, and the UID of the former."""
    top = tmp_path_factory.mktemp("framed")
    (top / "in").mkdir()
    shutil.copy(drawn / "macro_only.dcm", top / "in")
    uid = write_multiframe(top / "in" / "two.dcm", [drawn / "none.dcm", drawn / "grouped.dcm"])
    judge(top / "in", top / "run", "admit.multiframe=true")
    return top, uid


def test_each_frame_has_its_address_its_pixels_and_its_answers(
    framed: tuple[Path, str], serve: Any, visit: Any, tmp_path: Path
) -> None:
    top, uid = framed
    run = shutil.copytree(top / "run", tmp_path / "run")
    server = serve(run, "--images", str(top / "in"))
    first, second = (f"{uid}-frame000{number}" for number in (1, 2))
    plain = [server.get(f"api/images/{key}/plain").content for key in (first, second)]
    assert plain[0] != plain[1]
    assert server.image(second)["case"] == [second]

    page = visit("Ada", f"#/image/{second}", at=server)
    assert "frame 2 of 2" in page.locator(".pane").first.get_attribute("aria-label")
    assert "frame 2 of 2" in page.locator("#summary").inner_text()
    assert "Cluster" in page.locator("#findings").inner_text()
    page.goto(f"{server.address}#/image/{first}")
    page.pictured()
    page.until("document.querySelector('.pane').getAttribute('aria-label').includes('frame 1 of 2')")
    page.goto(server.address)
    card = page.locator(f"a.card[href='#/image/{first}']")
    assert "frame 1 of 2" in card.inner_text()

    server.answer(second, type="set_distribution", cluster=None, label="regional")
    assert server.state(second, "Ada")["distribution"] == "regional"
    assert server.state(first, "Ada")["distribution"] is None
    server.end()
    for name in ("answers.json", "answers.csv"):
        assert main(["review", str(run), "--export", str(tmp_path / name)]) == 0
    [image] = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))["images"]
    assert (image["sop_instance_uid"], image["frame"]) == (uid, 1)
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["sop_instance_uid"], row["frame"]) for row in rows} == {(uid, "1")}
