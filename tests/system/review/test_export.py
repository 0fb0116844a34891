"""What readers said is exported, and nothing that they were not shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mammocalc.review.server.answers import Answers
from mammocalc.review.server.export import collect
from mammocalc.review.server.run_index import read_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_who_agrees_with_an_image_agrees_with_no_loose_chain(
    tmp_path: Path, mammograms: Path, judge: Callable[..., Any]
) -> None:
    """Its marks are accepted one by one, for so they are shown."""
    judge(mammograms / "grouped.dcm", tmp_path / "run", "outputs.overlays=none")
    [file] = (tmp_path / "run").glob("results/**/*.json")
    result = json.loads(file.read_text())
    first = result["clusters"][0]
    number = 1 + max(cluster["id"] for cluster in result["clusters"])
    result["clusters"].append({**first, "id": number, "letter": "Z", "loose": True, "members": first["members"][-1:]})
    moved = next(item for item in result["calcifications"] if item["id"] == first["members"][-1])
    moved["cluster"] = number
    first["members"] = first["members"][:-1]
    result["counts"]["loose_chains"] += 1
    file.write_text(json.dumps(result))
    index = read_index(tmp_path / "run")
    uid = result["image"]["sop_instance_uid"]
    store = Answers(tmp_path / "answers.sqlite")
    agree = {"type": "agree_image", "agreed": True}
    taken = store.take(uid, "Ada", lambda _before: ("digest", index.result(uid)[1], False, agree))
    store.close()
    [image] = collect(index, taken)["images"]
    shown = [cluster["id"] for cluster in result["clusters"] if not cluster["loose"]]
    assert [cluster["id"] for cluster in image["program"]["clusters"]] == shown
    [answer] = image["answers"]
    assert {cluster["id"]: cluster["verdict"] for cluster in answer["clusters"]} == dict.fromkeys(shown, "accept")
    [alone] = [mark for mark in answer["calcifications"] if mark["id"] == moved["id"]]
    assert alone["verdict"] == "accept"
