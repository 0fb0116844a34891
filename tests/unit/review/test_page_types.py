"""The page's own words for what a run writes, ``*_types.d.ts``, against the schemas of these."""

import re
from importlib import resources
from typing import Any

import pytest

from mammocalc.results.schema import read_schema

PARTS = {
    "Result": (),
    "ResultImage": ("image",),
    "ResultBreast": ("breast",),
    "ResultNipple": ("breast", "nipple"),
    "ResultCounts": ("counts",),
    "ResultDistribution": ("distribution",),
    "ResultOverlay": ("overlay",),
    "ResultCalcification": ("calcifications",),
    "ResultMorphology": ("calcifications", "morphology"),
    "ResultCluster": ("clusters",),
    "ResultAssociation": ("clusters", "published_association"),
    "ResultVessel": ("vessels",),
}
"""Where in a result each record of the page lies; a list stands for its items."""


RELATIONS: dict[str, tuple[Any, ...]] = {
    "StudyFinding": ("study", "findings"),
    "StudySighting": ("study", "findings", "sightings"),
    "StudyLink": ("study", "findings", "links"),
    "StudyCluster": ("study", "findings", "links", "first"),
    "StudyUnseen": ("study", "findings", "unseen"),
    "StudyLocation": ("study", "findings", "location"),
    "ComparisonRegistration": ("comparison", "registration"),
    "ComparisonCluster": ("comparison", "clusters"),
    "ComparisonCalcification": ("comparison", "calcifications"),
}
"""The same of studies and comparisons, with the kind of document first."""


def fields(name: str = "result_types", records: str = r"Result\w*") -> dict[str, dict[str, str]]:
    """The fields that the page declares for each record, and their types."""
    text = (resources.files("mammocalc.review") / "page" / f"{name}.d.ts").read_text(encoding="utf-8")
    found = re.findall(rf"^export interface ({records}) \{{\n(.*?)^\}}", text, re.MULTILINE | re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+): (.+);$", body, re.MULTILINE)) for name, body in found}


def resolve(part: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow references, alternatives and items to everything that an element may be."""
    if "$ref" in part:
        return resolve(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole)
    found = [part]
    for kind in ("oneOf", "anyOf", "allOf"):
        found += [inner for option in part.get(kind, []) for inner in resolve(option, whole)]
    if isinstance(part.get("items"), dict):
        found += resolve(part["items"], whole)
    return found


def properties(path: tuple[str, ...], whole: dict[str, Any]) -> dict[str, Any]:
    """The properties of the record at a path."""
    here = resolve(whole, whole)
    for name in path:
        here = [
            inner
            for part in here
            for found in [part.get("properties", {}).get(name)]
            if found
            for inner in resolve(found, whole)
        ]
    return {name: found for part in here for name, found in part.get("properties", {}).items()}


def test_every_record_of_the_page_has_its_place_in_a_result():
    assert fields().keys() == PARTS.keys()


@pytest.mark.parametrize("record", PARTS)
def test_what_the_page_reads_is_in_the_schema_of_results(record):
    declared, known = fields()[record], properties(PARTS[record], read_schema())
    assert declared
    assert sorted(declared.keys() - known.keys()) == []


@pytest.mark.parametrize("record", PARTS)
def test_what_may_be_null_is_said_to_be(record):
    whole = read_schema()
    known = properties(PARTS[record], whole)
    for name, kind in fields()[record].items():
        if not kind.endswith("[]"):
            types = [part.get("type") for part in resolve(known[name], whole)]
            assert kind.endswith("| null") == any(one == "null" or "null" in (one or ()) for one in types), name


@pytest.mark.parametrize("record", RELATIONS)
def test_what_the_page_reads_is_in_the_schemas_of_studies_and_comparisons(record):
    kind, *path = RELATIONS[record]
    declared = fields("relation_types", r"(?:Study|Comparison)\w+")[record]
    known = properties(tuple(path), read_schema(kind))
    assert declared
    assert sorted(declared.keys() - known.keys()) == []
