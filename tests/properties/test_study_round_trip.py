"""Whatever the schemas of a study and of a comparison admit is read, and written again as it was."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mammocalc.results.columns import FINDING_COLUMNS, STUDY_COLUMNS
from mammocalc.results.comparison_form import ComparisonProvenance
from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.comparison_to_json import change_rows, comparison_to_json
from mammocalc.results.schema import read_schema
from mammocalc.results.study_from_json import study_from_json
from mammocalc.results.study_tables import finding_rows, study_row
from mammocalc.results.study_to_json import study_to_json
from mammocalc.results.to_json import encode
from mammocalc.vocabulary.changes import STABILITY_NOTICE, Change
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

UIDS = ("1.2.1", "1.2.2", "1.2.3")
few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def made_by(schema: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Make whatever a schema admits; UIDs are a few, and numbers have two decimals, as many as every form keeps."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.sampled_from(UIDS) if name == "uid" else made_by(named[name], named)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema:
        return st.one_of([made_by(one, named) for one in schema["oneOf"]])
    if isinstance(schema["type"], list):
        return st.one_of([made_by({**schema, "type": one}, named) for one in schema["type"]])
    return _plain(schema, named)


def _plain(schema: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a type each
    low = schema.get("minimum", 0.01 if schema.get("exclusiveMinimum") == 0 else -1000)
    high = schema.get("maximum", 1000)
    match schema["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(low, high)
        case "number":
            return st.integers(math.ceil(100 * low), math.floor(100 * high)).map(lambda number: number / 100)
        case "string":
            return st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else texts
        case "array":
            most = schema.get("maxItems", max(2, schema.get("minItems", 0)))
            return st.lists(made_by(schema["items"], named), min_size=schema.get("minItems", 0), max_size=most)
        case _ if "properties" in schema:
            return st.fixed_dictionaries({key: made_by(one, named) for key, one in schema["properties"].items()})
        case _:
            return st.dictionaries(texts, made_by(schema["additionalProperties"], named), max_size=2)


SCHEMAS = {kind: read_schema(kind) for kind in ("study", "comparison")}


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    document: dict[str, Any] = draw(made_by(SCHEMAS["study"], SCHEMAS["study"]["$defs"]))
    document["images"] = [{**document["images"][0], "sop_instance_uid": uid} for uid in UIDS]
    for finding in document["findings"]:
        place = finding["location"]
        halves = (place["upper_lower"], place["outer_inner"])
        place["quadrant"] = None if None in halves else "_".join(halves)
    return document


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    document: dict[str, Any] = draw(made_by(SCHEMAS["comparison"], SCHEMAS["comparison"]["$defs"]))
    now, before = document["current"], document["prior"]
    is_known = None not in {now["study_day"], before["study_day"]} and now["patient_key"] == before["patient_key"]
    document["interval_days"] = now["study_day"] - before["study_day"] if is_known else None
    words = [item["change"] for item in document["calcifications"]]
    document["counts"] = {str(change): words.count(change) for change in Change}
    document |= {"notice": NOTICE, "stability_notice": STABILITY_NOTICE}
    return document


@few
@given(studies())
def test_a_study_is_read_and_written_again_as_it_was(document: dict[str, Any]) -> None:
    jsonschema.validate(document, SCHEMAS["study"], cls=jsonschema.Draft202012Validator)
    study = study_from_json(json.loads(encode(document)))
    assert study_to_json(study) == document
    assert set(study_row(study)) == set(STUDY_COLUMNS)
    rows = list(finding_rows(study))
    assert all(set(row) == set(FINDING_COLUMNS) for row in rows)
    assert len(rows) == sum(len(finding["sightings"]) for finding in document["findings"])


@few
@given(comparisons())
def test_a_comparison_is_read_and_written_again_as_it_was(document: dict[str, Any]) -> None:
    jsonschema.validate(document, SCHEMAS["comparison"], cls=jsonschema.Draft202012Validator)
    comparison = comparison_from_json(json.loads(encode(document)))
    assert comparison_to_json(comparison, ComparisonProvenance(**document["provenance"])) == document
    assert [row["change"] for row in change_rows(comparison)] == [item["change"] for item in document["calcifications"]]


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
@few
@given(data=st.data())
def test_what_lacks_a_key_is_refused_with_its_path(kind: str, data: st.DataObject) -> None:
    document = data.draw(studies() if kind == "study" else comparisons())
    key = data.draw(st.sampled_from(sorted(set(document) - {"schema_version"})))
    del document[key]
    with pytest.raises(ResultError, match=f"^{key}: missing$"):
        (study_from_json if kind == "study" else comparison_from_json)(document)
