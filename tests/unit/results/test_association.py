from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mammocalc.results.association import association_of, published_evidence
from mammocalc.results.association_form import ASSOCIATION
from mammocalc.results.result import Provenance, Result
from mammocalc.results.schema import read_schema
from mammocalc.results.tables import write_tables
from mammocalc.results.to_json import encode, to_json
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Callable

PROVENANCE = Provenance("mammocalc", "0.1.0", "0123456789abcdef", "default")
POINTS = ((500.0, 300.0), (520.0, 310.0), (510.0, 330.0))
WITHOUT = [label for label in Distribution if label not in DESCRIPTORS]
DOCUMENT = Path(__file__).parents[3] / "docs" / "evidence" / "associations.md"


def association(label: Distribution) -> dict[str, Any]:
    found = association_of(label)
    assert found is not None
    document: dict[str, Any] = ASSOCIATION.write(found)
    return document


@pytest.mark.parametrize("label", DESCRIPTORS)
def test_the_range_holds_every_study_and_ends_at_two_of_them(label: Distribution) -> None:
    found = association(label)
    shares = [study["malignant_share"] for study in found["studies"]]
    assert found["malignant_share_range"] == [min(shares), max(shares)]
    assert found["n"] == sum(study["n"] for study in found["studies"])
    assert found["descriptor"] == label
    assert all(word in found["meaning"] for word in ("Not a probability for this patient", "not an assessment"))


@pytest.mark.parametrize("label", WITHOUT)
def test_without_a_descriptor_there_is_no_association(label: Distribution, make_example: Callable[..., Any]) -> None:
    assert association_of(label) is None
    document = to_json(Result.of(make_example(((label, POINTS),), label=label).report, PROVENANCE))
    assert document["clusters"][0]["published_association"] is None


# What the abstracts print as counts, against the shares that they print.
@pytest.mark.parametrize(
    ("study", "label", "malignant", "n"),
    [
        ("Chulalongkorn Med J 59(5)", Distribution.GROUPED, 79, 112),
        ("Chulalongkorn Med J 59(5)", Distribution.REGIONAL, 6, 8),
        ("Chulalongkorn Med J 59(5)", Distribution.SEGMENTAL, 26, 34),
        ("Chulalongkorn Med J 59(5)", Distribution.LINEAR, 20, 22),
        ("Chulalongkorn Med J 59(5)", None, 131, 176),
        ("Liberman 1998", None, 225, 492),
        ("Eur J Radiol 2017;86:221", None, 275, 849),
        ("Kim 2018", None, 54, 305),
    ],
)
def test_printed_counts_and_shares_agree(study: str, label: Distribution | None, malignant: int, n: int) -> None:
    (told,) = [item for item in published_evidence().studies if item.study == study]
    share = told if label is None else told.distributions[label]
    assert share.n == n
    assert share.malignant_share == pytest.approx(malignant / n, abs=0.005)


def test_no_study_describes_more_findings_than_it_has() -> None:
    for study in published_evidence().studies:
        known = {share.described_as: share.n or 0 for share in study.distributions.values()}
        assert sum(known.values()) <= study.n + 1  # one abstract's counts add up to one more than its patients


def test_the_shipped_counts_add_up() -> None:
    counts = published_evidence().collection.counts
    assert set(counts.distributions) == set(counts.named_at_all) == set(DESCRIPTORS)
    parts = [*counts.distributions.values(), *counts.several.values(), counts.unnamed]
    assert sum(part.lesions for part in parts) == counts.all.lesions == 1045
    assert sum(part.malignant for part in parts) == counts.all.malignant
    assert counts.all.patients == 753
    for part in (*parts, *counts.named_at_all.values(), counts.all):
        assert part.patients <= part.lesions
        share = part.malignant / part.lesions
        assert part.malignant_share == pytest.approx(share, abs=0.0005)
        if part.interval is not None:
            assert part.interval[0] < share < part.interval[1]


def test_the_count_of_the_collection_is_named_for_what_it_is() -> None:
    collection = association(Distribution.LINEAR)["collection"]
    assert collection["meaning"] == "share within an enriched collection, 36 % malignant; not a predictive value"
    assert "CC BY 3.0" in collection["source"]


@pytest.mark.parametrize("label", DESCRIPTORS)
def test_a_result_bears_it_per_cluster_and_never_per_image(
    label: Distribution, make_example: Callable[..., Any]
) -> None:
    document = to_json(Result.of(make_example(((label, POINTS),), label=label).report, PROVENANCE))
    jsonschema.Draft202012Validator(read_schema()).validate(json.loads(encode(document)))
    (cluster,) = document.pop("clusters")
    assert cluster["published_association"] == association(label)
    assert "malignant" not in json.dumps(document)


@pytest.mark.parametrize("label", DESCRIPTORS)
def test_it_holds_no_category_no_advice_and_nothing_that_says_benign(label: Distribution) -> None:
    text = json.dumps(association(label))
    assert not re.search(r"BI-RADS|category|benign|recommend|should|must|risk|\b[0-6][ABC]\b", text, re.IGNORECASE)
    assert not re.search(r"6.months|annual|follow-up", text, re.IGNORECASE)


@pytest.mark.parametrize("label", [Distribution.SEGMENTAL, Distribution.INDETERMINATE])
def test_the_table_of_clusters_bears_range_size_and_source(
    label: Distribution, tmp_path: Path, make_example: Callable[..., Any]
) -> None:
    document = to_json(Result.of(make_example(((label, POINTS),), label=label).report, PROVENANCE))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "1.json").write_bytes(encode(document))
    write_tables(tmp_path)
    with (tmp_path / "tables" / "clusters.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    told = [row[f"published_{name}"] for name in ("malignant_share_low", "malignant_share_high", "n", "source")]
    if label is Distribution.INDETERMINATE:
        assert told == [""] * 4
    else:
        found = association(label)
        assert [float(told[0]), float(told[1])] == found["malignant_share_range"]
        assert (int(told[2]), told[3]) == (found["n"], found["source"])


@pytest.mark.parametrize("label", DESCRIPTORS)
def test_the_table_in_the_documents_is_what_is_shipped(label: Distribution) -> None:
    def percent(share: float) -> str:
        return f"{100 * share:.3g}"

    text = DOCUMENT.read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    published, counted = [row for row in cells if row[0] == label]
    for study in association(label)["studies"]:
        assert f"{percent(study['malignant_share'])} %" in " ".join(published)
    count = published_evidence().collection.counts.distributions[label]
    assert count.interval is not None
    assert count.malignant_share is not None
    assert counted[1:4] == [str(count.lesions), str(count.patients), str(count.malignant)]
    low, high = (percent(end) for end in count.interval)
    assert counted[4] == f"{percent(count.malignant_share)} % ({low} to {high})"
