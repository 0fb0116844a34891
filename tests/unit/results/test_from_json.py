from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.results.from_json import candidates_from_json, from_json, read_result
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.to_json import candidates_to_json, encode, to_json
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.lexicon import Distribution, Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROVENANCE = Provenance("mammocalc", "0.1.0", "0123456789abcdef", "default", "0" * 32)
SAMPLES = Path(__file__).parents[3] / "sample_data"
POINTS = ((500.0, 300.0), (520.0, 310.0), (510.0, 330.0))


@pytest.fixture
def document(make_example: Callable[..., Any], put_in_vessel: Callable[..., Any]) -> dict[str, Any]:
    example = make_example(
        ((Distribution.GROUPED, POINTS),), ((700.0, 200.0, 15.0), (710.0, 200.0, 5.0)), label=Distribution.GROUPED
    )
    result = Result.of(put_in_vessel(example.report, 4), PROVENANCE, OverlayPlacement("overlays/1.jpg", 0.5, (0, 139)))
    return to_json(result)


def test_the_records_hold_what_the_document_says(document: dict[str, Any]) -> None:
    result = from_json(document)
    report = result.report
    assert report.identity.sop_instance_uid == document["image"]["sop_instance_uid"]
    assert [item.number for item in report.calcifications] == [item["id"] for item in document["calcifications"]]
    assert report.clusters[0].distribution.label is Distribution.GROUPED
    assert result.letters.clusters == {1: "A"}
    assert result.letters.vessels == {1: "V1"}
    assert result.letters.calcifications == {3: "B"}
    assert Flag.VASCULAR in report.calcifications[4].flags
    assert result.associations[1] is not None
    assert result.provenance == PROVENANCE
    assert result.overlay == OverlayPlacement("overlays/1.jpg", 0.5, (0.0, 139.0))
    assert report.candidates == ()


def test_a_result_whose_association_counts_under_an_older_name_is_read(document: dict[str, Any]) -> None:
    older = copy.deepcopy(document)
    collection = older["clusters"][0]["published_association"]["collection"]
    collection["women"] = collection.pop("patients")
    assert from_json(older) == from_json(document)
    del collection["women"]
    with pytest.raises(ResultError, match=re.escape("published_association.collection.patients: missing")):
        from_json(older)


@pytest.mark.parametrize("left_out", [("outline", "memberships"), ("outline", "morphology", "memberships")])
def test_outlines_may_be_left_out(document: dict[str, Any], left_out: tuple[str, ...], tmp_path: Path) -> None:
    whole, bare = from_json(document), from_json(document, leave_out=left_out)
    nothing: dict[str, Any] = {"outline_px": (), "memberships": ()}
    if "morphology" in left_out:
        nothing["morphology"] = None
    without = [replace(item, **nothing) for item in whole.report.calcifications]
    assert list(bare.report.calcifications) == without
    assert bare == replace(whole, report=replace(whole.report, calcifications=tuple(without)))
    file = tmp_path / "1.json"
    file.write_text(json.dumps(document).replace('"presence": 0.93', '"presence": 1e999, "other": 0.93'))
    with pytest.raises(ResultError, match="presence: a number is needed"):
        read_result(file, leave_out=left_out)


@pytest.mark.parametrize("name", ["05_segmental", "07_arterial", "08_none"])
def test_results_of_samples_are_read_back_as_they_were_written(name: str) -> None:
    report = analyse(read_mammogram(SAMPLES / f"{name}.dcm", DicomSettings()), Config())
    document = json.loads(encode(to_json(Result.of(report, PROVENANCE))))
    assert to_json(from_json(document)) == document


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d["calcifications"][1].update(row=1e300), "calcifications[1].row: a number is needed, not 1e+300"),
        (
            lambda d: d["breast"]["outline"].append([1.0, -1e300]),
            "breast.outline[90][1]: a number is needed, not -1e+300",
        ),
        (lambda d: d["calcifications"][1].update(row="12"), "calcifications[1].row: a number is needed, not a text"),
        (lambda d: d["calcifications"][1].pop("row"), "calcifications[1].row: missing"),
        (lambda d: d["image"].update(rows=0), "image.rows: a whole number of at least 1 is needed, not 0"),
        (lambda d: d["image"].update(pixel_spacing_mm=[0.0, 0.1]), "image.pixel_spacing_mm: a spacing must be larger"),
        (lambda d: d["image"].update(pixel_spacing_mm=[0.1]), "image.pixel_spacing_mm: 2 values are needed, not 1"),
        (lambda d: d["distribution"].update(label="cluster"), "distribution.label: 'cluster' is not one of diffuse, "),
        (lambda d: d["clusters"][0]["members"].append(77), "clusters[0].members[3]: there is no 77"),
        (lambda d: d["calcifications"][0].update(id=1), "calcifications[1].id: 1 is used twice"),
        (lambda d: d["calcifications"][0].update(cluster=5), "calcifications[0].cluster: there is no 5"),
        (lambda d: d["calcifications"][0].update(vessel=5), "calcifications[0].vessel: there is no 5"),
        (lambda d: d["counts"].update(micro=99), "counts.micro: 99 are told, but "),
        (lambda d: d["breast"]["outline"].append([1.0, None]), "breast.outline[90][1]: a number is needed, not null"),
        (lambda d: d.update(presence=1.5), "presence: a number from 0 to 1 is needed, not 1.5"),
        (lambda d: d.update(flags=["odd"]), "flags[0]: 'odd' is not one of "),
        (lambda d: d.update(clusters={}), "clusters: a list is needed, not an object"),
        (lambda d: d["clusters"][0].update(letter=None), "clusters[0].letter: a text is needed, not null"),
        (lambda d: d.pop("schema_version"), "schema_version: missing"),
        (lambda d: d.update(schema_version=[]), "schema_version: a version such as "),
        (lambda d: d.update(schema_version="99.0"), "schema_version: 99.0 is newer than "),
        (lambda d: d.update(schema_version="0.1"), "schema_version: there is no version 0.1; "),
    ],
)
def test_a_mistake_is_told_with_its_path(
    change: Callable[[dict[str, Any]], object], sentence: str, document: dict[str, Any]
) -> None:
    change(document)
    with pytest.raises(ResultError) as refused:
        from_json(document)
    assert str(refused.value).startswith(sentence)


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the paths of all values: of objects and lists, and of what is in them."""
    if path:
        yield path
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield from places(node[key], (*path, key))


def written(path: Sequence[str | int]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def owner_of(path: tuple[str | int, ...], document: Any) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


def test_every_field_of_the_document_is_demanded(document: dict[str, Any]) -> None:
    for path in list(places(document)):
        if isinstance(path[-1], int) or "evidence" in path[:-1]:
            continue  # one less of many is no mistake
        changed = copy.deepcopy(document)
        del owner_of(path, changed)[path[-1]]
        with pytest.raises(ResultError) as refused:
            from_json(changed)
        assert str(refused.value) == f"{written(path)}: missing"


def test_every_field_of_the_document_is_what_it_should_be(document: dict[str, Any]) -> None:
    for path in list(places(document)):
        changed = copy.deepcopy(document)
        owner = owner_of(path, changed)
        owner[path[-1]] = [] if isinstance(owner[path[-1]], dict) else {}
        with pytest.raises(ResultError) as refused:
            from_json(changed)
        assert refused.value.path.startswith(written(path))


@pytest.mark.parametrize("wrong", [None, [], "text", 3])
def test_what_is_no_object_is_told(wrong: object) -> None:
    with pytest.raises(ResultError, match=r"^an object is needed"):
        from_json(wrong)


def test_candidates_are_read_back(make_example: Callable[..., Any]) -> None:
    (candidate,) = candidates_from_json(candidates_to_json(make_example().report))
    assert (candidate.row_px, candidate.column_px, candidate.diameter_mm, candidate.score) == (10.12, 20.5, None, 0.2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "it is not JSON"),
        (b'{"presence": NaN}', "it contains an invalid number: NaN"),
        (b'{"presence": -1e999}', "it contains an invalid number: -1e999"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"\xff\xfe{}", "it is not JSON"),
        (b"7" * 5000, "it is not JSON"),
    ],
)
def test_a_file_that_is_no_json_is_told(text: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "1.2.json"
    file.write_bytes(text)
    with pytest.raises(ResultError, match=f"^{re.escape(sentence)}$"):
        read_result(file)


def test_a_result_is_read_from_its_file(document: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "1.2.json"
    file.write_bytes(encode(document))
    assert to_json(read_result(file)) == document
