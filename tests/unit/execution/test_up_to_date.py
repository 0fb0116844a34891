"""Tables and studies are made anew where a result or a file of theirs is not what it was, and else stay."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.execution.run_folder import RunFolder
from mammocalc.execution.studies import write_tables_and_studies
from mammocalc.execution.up_to_date import Made
from mammocalc.results.result import Provenance, Result
from mammocalc.results.to_json import encode, to_json
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUP = ((500.0, 300.0), (508.0, 312.0), (515.0, 303.0), (504.0, 320.0), (518.0, 316.0), (510.0, 328.0))
STUDIES = ("1.9.1", "1.9.2")
FIRST, FIRST_PAGE, SECOND = "studies/1.9.1.json", "studies/1.9.1.html", "studies/1.9.2.json"


class JoinedRun:
    """The results of two studies of two views, and what joining makes of them."""

    def __init__(self, root: Path, make_example: Callable[..., Any]) -> None:
        self.folder = RunFolder(root)
        self.uids: set[str] = set()
        made = make_example(clusters=((Distribution.GROUPED, GROUP),), label=Distribution.GROUPED).report
        for study in STUDIES:
            for view in (View.CC, View.MLO):
                uid = f"{study}.{len(self.uids) + 1}"
                who = replace(made.identity, sop_instance_uid=uid, study_instance_uid=study, view=view)
                who = replace(who, laterality=Laterality.RIGHT, view_modifiers=())
                result = Result.of(replace(made, identity=who), Provenance("mammocalc", "1", "digest", "default"))
                self.uids.add(uid)
                self.folder.write(f"results/{uid}.json", encode(to_json(result)))

    def join(self) -> dict[str, bytes]:
        """Join, and give all that was written by its place."""
        paths = {uid: f"{uid}.dcm" for uid in self.uids}
        assert write_tables_and_studies(self.folder, paths) == len(STUDIES)
        places = [*self.folder.root.glob("*.jsonl"), *self.folder.root.glob("t*/*"), *self.folder.root.glob("s*/*")]
        return {path.relative_to(self.folder.root).as_posix(): path.read_bytes() for path in places}

    def believe(self, what: str, *places: str) -> None:
        """Let files that were changed by hand count as written by a run."""
        lines = [json.loads(line) for line in self.folder.read("made.jsonl").splitlines()]
        made = Made(self.folder)
        made.note(what, (), places)
        made.write()
        digest = json.loads(self.folder.read("made.jsonl"))["files_digest"]
        [own] = [line for line in lines if line["made"] == what]
        own["files_digest"] = digest
        self.folder.write("made.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines).encode())

    def change(self, place: str, old: str, new: str) -> None:
        """Put another text into a file, and leave its size and its dates as they were."""
        path = self.folder.root / place
        text, status = path.read_text(encoding="utf-8"), path.stat()
        assert old in text
        assert len(old) == len(new)
        path.write_text(text.replace(old, new), encoding="utf-8", newline="")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.fixture
def run(tmp_path: Path, make_example: Callable[..., Any]) -> JoinedRun:
    return JoinedRun(tmp_path, make_example)


def test_what_is_as_it_was_is_written_no_more(run: JoinedRun) -> None:
    before = run.join()
    dates = {place: (run.folder.root / place).stat().st_mtime_ns for place in before if place.startswith("studies/")}
    assert run.join() == before
    assert {place: (run.folder.root / place).stat().st_mtime_ns for place in dates} == dates
    assert [json.loads(line)["made"] for line in before["made.jsonl"].splitlines()] == ["tables", *STUDIES]


def test_what_is_as_it_was_is_read_back_and_not_joined(run: JoinedRun) -> None:
    before = run.join()
    told = b'"statements": ["'
    assert told in before[FIRST]
    other = before[FIRST].replace(told, b'"statements": ["By hand; ')
    run.folder.write(FIRST, other)
    run.believe("1.9.1", FIRST, FIRST_PAGE)
    after = run.join()
    assert after[FIRST] == other
    assert b"By hand; " in after["tables/studies.csv"]
    assert after[SECOND] == before[SECOND]


def test_tables_that_are_as_they_were_stay(run: JoinedRun) -> None:
    before = run.join()
    run.change("tables/clusters.csv", "grouped", "GROUPED")
    run.believe("tables", *(f"tables/{name}.csv" for name in ("images", "calcifications", "clusters")))
    assert b"GROUPED" in run.join()["tables/clusters.csv"]
    run.uids.remove("1.9.2.4")  # the path of one file is not known any more: the tables tell it
    assert run.join()["tables/clusters.csv"] == before["tables/clusters.csv"]


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("tables/images.csv", "1.9.1.2.dcm", "1.9.1.7.dcm"),
        ("tables/clusters.csv", "grouped", "GROUPED"),
        ("tables/findings.csv", "grouped", "GROUPED"),
        (FIRST, "1.9.1.2", "1.9.1.7"),
        (FIRST, "Research", "Hospital"),
        (FIRST_PAGE, "<title>", "<TITLE>"),
        ("made.jsonl", '"version": "', '"Version": "'),
        ("made.jsonl", '"sources_digest": "', '"sources_Digest": "'),
        ("made.jsonl", '"made": "tables"', '"made": ["able"]'),
        ("made.jsonl", "{", "["),
    ],
)
def test_what_was_changed_by_hand_is_written_again(run: JoinedRun, place: str, old: str, new: str) -> None:
    before = run.join()
    run.change(place, old, new)
    assert run.join() == before


@pytest.mark.parametrize("place", [FIRST, FIRST_PAGE, "tables/images.csv", "tables/calcifications.csv", "made.jsonl"])
def test_what_is_missing_is_written_again(run: JoinedRun, place: str) -> None:
    before = run.join()
    (run.folder.root / place).unlink()
    assert run.join() == before


def test_another_result_of_the_same_size_and_date_is_joined(run: JoinedRun) -> None:
    before = run.join()
    run.change("results/1.9.1.1.json", '"presence": 0.93', '"presence": 0.87')  # the rest of the number stays
    after = run.join()
    presence = [image["presence"] for image in json.loads(after[FIRST])["images"]]
    assert [round(value, 2) for value in presence] == [0.87, 0.93]
    assert {place for place in before if before[place] != after[place]} == {
        FIRST,
        "made.jsonl",
        "tables/images.csv",
    }


def test_a_study_that_grows_or_shrinks_has_the_bytes_of_one_at_once(run: JoinedRun) -> None:
    whole = run.join()
    late = "1.9.2.4"
    content = run.folder.read(f"results/{late}.json")
    run.folder.remove(f"results/{late}.json")
    run.uids.remove(late)
    part = run.join()
    assert part[SECOND] != whole[SECOND]
    assert part[FIRST] == whole[FIRST]
    run.folder.write(f"results/{late}.json", content)
    run.uids.add(late)
    assert run.join() == whole
