"""The page's own words for what a run writes, ``*_types.d.ts``, against the schemas of these."""

import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, Literal

import pytest

from mammocalc.results.schema import read_schema

Kind = Literal["result", "study", "comparison"]

PARTS: dict[str, tuple[Kind, *tuple[str, ...]]] = {
    "Result": ("result",),
    "ResultImage": ("result", "image"),
    "ResultBreast": ("result", "breast"),
    "ResultNipple": ("result", "breast", "nipple"),
    "ResultCounts": ("result", "counts"),
    "ResultDistribution": ("result", "distribution"),
    "ResultOverlay": ("result", "overlay"),
    "ResultCalcification": ("result", "calcifications"),
    "ResultMorphology": ("result", "calcifications", "morphology"),
    "ResultCluster": ("result", "clusters"),
    "ResultAssociation": ("result", "clusters", "published_association"),
    "ResultVessel": ("result", "vessels"),
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
"""Where each record of the page lies: in which kind of document, and there; a list stands for its items."""
RECORD = re.compile(r"^export interface (Result\w*|Study\w+|Comparison\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)


def fields() -> dict[str, dict[str, str]]:
    """The fields that the page declares for each record, and their types."""
    page = resources.files("mammocalc.review") / "page"
    files = [page / f"{name}_types.d.ts" for name in ("result", "relation")]
    found = [record for file in files for record in RECORD.findall(file.read_text(encoding="utf-8"))]
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


def properties(path: Sequence[str], whole: dict[str, Any]) -> dict[str, Any]:
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


def test_every_record_of_the_page_has_its_place_in_a_document():
    assert fields().keys() == PARTS.keys()


@pytest.mark.parametrize("record", PARTS)
def test_what_the_page_reads_is_in_the_schema(record):
    kind, *path = PARTS[record]
    declared, known = fields()[record], properties(path, read_schema(kind))
    assert declared
    assert sorted(declared.keys() - known.keys()) == []


@pytest.mark.parametrize("record", PARTS)
def test_what_may_be_null_is_said_to_be(record):
    kind, *path = PARTS[record]
    whole = read_schema(kind)
    known = properties(path, whole)
    for name, told in fields()[record].items():
        if not told.endswith("[]"):
            parts = resolve(known[name], whole)
            may_be_null = any("null" in part.get("type", ()) or None in part.get("enum", ()) for part in parts)
            if may_be_null or kind == "result":  # what a study of another version lacks is null on the page as well
                assert told.endswith("| null") == may_be_null, name
