"""A study is read back as it was written, and what is no study is refused with the path of what is wrong."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mammocalc.analysis.study import join_study
from mammocalc.model import LinkBasis
from mammocalc.results.columns import FINDING_COLUMNS, STUDY_COLUMNS
from mammocalc.results.result import Provenance, Result
from mammocalc.results.schema import read_schema, schema_text
from mammocalc.results.schema_version import STUDY_HISTORY
from mammocalc.results.study import Study
from mammocalc.results.study_from_json import read_study, study_from_json
from mammocalc.results.study_tables import finding_rows, study_row
from mammocalc.results.study_to_json import study_to_json
from mammocalc.results.to_json import encode
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUP = ((500.0, 300.0), (508.0, 312.0), (515.0, 303.0), (504.0, 320.0), (518.0, 316.0), (510.0, 328.0))


@pytest.fixture
def document(make_example: Callable[..., Any]) -> dict[str, Any]:
    """Give a study of two views with one finding in both."""
    results = {}
    for uid, view in (("1.1", View.CC), ("1.2", View.MLO)):
        made = make_example(clusters=((Distribution.GROUPED, GROUP),), label=Distribution.GROUPED).report
        who = replace(made.identity, sop_instance_uid=uid, laterality=Laterality.RIGHT, view=view, view_modifiers=())
        results[uid] = Result.of(replace(made, identity=who), Provenance("mammocalc", "1", "digest", "default"))
    study = Study.of(
        join_study(result.report for result in results.values()),
        results,
        {uid: f"results/{uid}.json" for uid in results},
    )
    document = study_to_json(study)
    jsonschema.validate(document, read_schema("study"), cls=jsonschema.Draft202012Validator)
    return document


def test_a_study_is_read_back_as_it_was_written(document: dict[str, Any], tmp_path: Path) -> None:
    assert study_to_json(study_from_json(document)) == document
    (tmp_path / "1.2.4.json").write_bytes(encode(document))
    study = read_study(tmp_path / "1.2.4.json")
    assert encode(study_to_json(study)) == (tmp_path / "1.2.4.json").read_bytes()
    [finding] = study.findings
    assert [item.view for item in finding.sightings] == ["R CC", "R MLO"]
    assert finding.links[0].second == finding.sightings[1].reference


def test_a_study_of_the_first_version_has_no_findings(document: dict[str, Any]) -> None:
    older = {key: value for key, value in document.items() if key not in {"findings", "statements"}}
    older["schema_version"] = "1.0"
    older["breasts"] = [{key: value for key, value in item.items() if key != "places"} for item in document["breasts"]]
    study = study_from_json(older)
    assert (study.findings, study.statements, study.breasts[0].places) == ((), (), None)
    jsonschema.validate(study_to_json(study), read_schema("study"), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), "9.0", r"schema_version: 9.0 is newer than 1\."),
        (("schema_version",), None, "schema_version: a version such as"),
        (("findings",), None, "findings: a list is needed"),
        (("breasts",), 3, "breasts: a list is needed"),
        (
            ("findings", 0, "links", 0, "probability"),
            1.5,
            r"findings\[0\].links\[0\].probability: a number from 0 to 1",
        ),
        (("findings", 0, "links", 0, "basis"), "guess", r"links\[0\].basis: .* is not one of place_and_looks"),
        (("findings", 0, "links", 0, "first", "sop_instance_uid"), "1.9", "the study has no such image"),
        (("findings", 0, "sightings", 1, "sop_instance_uid"), "1.9", r"sightings\[1\].sop_instance_uid: the study"),
        (("findings", 0, "location", "quadrant"), "lower_inner", r"location.quadrant: the quadrant is another one"),
    ],
)
def test_what_is_no_study_is_refused(
    document: dict[str, Any], path: tuple[str | int, ...], value: Any, message: str
) -> None:
    broken: Any = copy.deepcopy(document)
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ResultError, match=message):
        study_from_json(broken)


def test_the_tables_say_what_the_document_says(document: dict[str, Any]) -> None:
    study = study_from_json(document)
    [finding] = document["findings"]
    first, second = finding_rows(study)
    assert set(first) == set(FINDING_COLUMNS)
    assert (first["sop_instance_uid"], first["linked_sop_instance_uid"], first["linked_cluster"]) == ("1.1", "1.2", 1)
    assert (second["sop_instance_uid"], second["linked_sop_instance_uid"]) == ("1.2", "1.1")
    assert first["p_link"] == second["p_link"] == finding["links"][0]["probability"]
    assert [row["arc_mm"] for row in (first, second)] == [item["arc_mm"] for item in finding["sightings"]]
    row = study_row(study)
    assert set(row) == set(STUDY_COLUMNS)
    assert (row["distribution_right"], row["distribution_left"], row["n_places_left"]) == ("grouped", None, None)
    assert (row["n_places_right"], row["n_findings"], row["n_linked"]) == (1, 1, 1)


def test_a_finding_in_one_view_has_a_row_without_a_link(document: dict[str, Any]) -> None:
    [finding] = document["findings"]
    lone = {**finding, "sightings": finding["sightings"][:1], "links": []}
    [row] = finding_rows(study_from_json({**document, "findings": [lone]}))
    assert [row[name] for name in ("linked_sop_instance_uid", "linked_cluster", "p_link", "basis", "reasons")] == [
        None
    ] * 5
    assert row["cluster"] == 1


def test_the_schema_beside_the_code_is_what_the_forms_say() -> None:
    assert json.loads(schema_text("study")) == read_schema("study")


def test_schema_and_history_name_one_version_and_one_vocabulary() -> None:
    schema = read_schema("study")
    assert schema["properties"]["schema_version"]["const"] == tuple(STUDY_HISTORY)[-1]
    link = schema["properties"]["findings"]["items"]["properties"]["links"]["items"]["properties"]
    assert link["basis"]["enum"] == [str(basis) for basis in LinkBasis]
    assert json.dumps(schema).count("woman") == 0
