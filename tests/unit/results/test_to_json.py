from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mammocalc.model import Calcification, Cluster, DistributionCall, MorphologyCall, Vessel
from mammocalc.rendering.overlay import OverlaySettings
from mammocalc.rendering.overlay.insets import choose_places
from mammocalc.results.association import Association
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.schema import read_schema, schema_text
from mammocalc.results.to_json import candidates_to_json, encode, to_json
from mammocalc.vocabulary.lexicon import (
    CLUSTER_WORDS,
    DESCRIPTORS,
    NOTICE,
    CalcificationSize,
    Distribution,
    Flag,
    Laterality,
    PresentationIntent,
    SpacingSource,
    View,
    ViewModifier,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROVENANCE = Provenance("mammocalc", "0.1.0", "0123456789abcdef", "default")
POINTS = ((500.0, 300.0), (520.123456, 310.0), (510.0, 330.0))


@pytest.fixture
def document(make_example: Callable[..., Any]) -> dict[str, Any]:
    example = make_example(
        ((Distribution.INDETERMINATE, POINTS),),
        ((700.0, 200.0, 15.0),),
        label=Distribution.GROUPED,
        flags=frozenset({Flag.LOSSY, Flag.IMPLANT}),
    )
    return to_json(
        Result.of(example.report, PROVENANCE, OverlayPlacement("overlays/1.jpg", 0.6009615384, (0.0, 139.0)))
    )


def validate(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(read_schema()).validate(document)


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


def test_a_full_result_satisfies_the_published_schema(document: dict[str, Any]) -> None:
    validate(json.loads(encode(document)))


@pytest.mark.parametrize("label", list(Distribution))
def test_every_label_satisfies_the_schema(make_example: Callable[..., Any], label: Distribution) -> None:
    of_cluster = label if label in CLUSTER_WORDS else Distribution.GROUPED
    validate(to_json(Result.of(make_example(((of_cluster, POINTS),), label=label).report, PROVENANCE)))


@pytest.mark.parametrize("label", [label for label in Distribution if label not in CLUSTER_WORDS])
def test_words_of_images_are_no_labels_of_clusters(make_example: Callable[..., Any], label: Distribution) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate(to_json(Result.of(make_example(((label, POINTS),)).report, PROVENANCE)))


def test_a_result_without_spacing_findings_or_outline_satisfies_the_schema(make_example: Callable[..., Any]) -> None:
    report = make_example(singles=((600.0, 300.0, 4.0),), spacing=None, outline=False).report
    breast = replace(report.breast, area_mm2=None, nipple=None)
    result = to_json(Result.of(replace(report, breast=breast, presence=None), PROVENANCE))
    validate(result)
    (calcification,) = result["calcifications"]
    assert [calcification[name] for name in ("diameter_mm", "length_mm", "width_mm", "area_mm2", "size")] == [None] * 5
    assert calcification["diameter_px"] == 4.0
    assert result["image"]["pixel_spacing_mm"] is None


def test_the_schema_is_itself_valid_and_strict() -> None:
    document = read_schema()
    jsonschema.Draft202012Validator.check_schema(document)
    described = [node for node in objects(document) if "properties" in node and "type" in node]
    assert len(described) > 8
    for node in described:
        assert node["additionalProperties"] is False
        only_of_frames = {"frame"} if "number_of_frames" in node["properties"] else set()
        assert {*node["required"], *only_of_frames} == node["properties"].keys()
        assert node["description"]


def test_the_schema_and_the_lexicon_name_the_same_words() -> None:
    document = read_schema()
    image = document["properties"]["image"]["properties"]
    definitions = document["$defs"]
    calcification = definitions["calcification"]["properties"]
    for node, vocabulary in (
        (image["laterality"], Laterality),
        (image["view"], View),
        (image["view_modifiers"]["items"], ViewModifier),
        (image["presentation_intent"], PresentationIntent),
        (image["spacing_source"], SpacingSource),
        (definitions["distribution"]["properties"]["label"], Distribution),
        (definitions["descriptor"], DESCRIPTORS),
        (definitions["flags"]["items"], Flag),
        ({"enum": [value for value in calcification["size"]["enum"] if value]}, CalcificationSize),
    ):
        assert sorted(node["enum"]) == sorted(str(word) for word in vocabulary)


def test_unknown_keys_are_refused_by_the_schema(document: dict[str, Any]) -> None:
    document["image"]["patient_name"] = "somebody"
    with pytest.raises(jsonschema.ValidationError, match="patient_name"):
        validate(document)


def test_an_indeterminate_call_must_name_its_two_candidates(document: dict[str, Any]) -> None:
    assert document["clusters"][0]["distribution"]["between"] == ["linear", "segmental"]
    document["clusters"][0]["distribution"]["between"] = []
    with pytest.raises(jsonschema.ValidationError):
        validate(document)


def test_numbers_are_rounded_to_what_they_mean(document: dict[str, Any]) -> None:
    calcification = document["calcifications"][1]
    assert calcification["row"] == 520.12
    assert calcification["score"] == 0.987654
    assert calcification["contrast_to_noise"] in {12.34, 12.35}
    assert document["breast"]["area_mm2"] == 5000.123
    assert document["overlay"] == {"path": "overlays/1.jpg", "scale": 0.600962, "offset": [0.0, 139.0]}
    assert document["distribution"]["evidence"] == {"clusters": 2, "largest_extent_mm": 8.3}


def test_flags_are_sorted_and_the_notice_stands_on_it(document: dict[str, Any]) -> None:
    assert document["flags"] == ["implant", "lossy"]
    assert document["calcifications"][0]["flags"] == ["in_pectoral", "near_skin"]
    assert document["notice"] == NOTICE


def test_rounded_probabilities_still_sum_to_one(make_example: Callable[..., Any]) -> None:
    report = make_example(label=Distribution.GROUPED).report
    thirds = dict(zip(DESCRIPTORS, (1 / 3, 1 / 3, 1 / 3, 0.0, 0.0), strict=True))
    call = replace(report.distribution, probabilities=thirds)
    probabilities = to_json(Result.of(replace(report, distribution=call), PROVENANCE))["distribution"]["probabilities"]
    assert sum(round(value * 10_000) for value in probabilities.values()) == 10_000
    assert all(abs(probabilities[str(label)] - share) < 1e-4 for label, share in thirds.items())


def test_probabilities_that_do_not_sum_to_one_are_refused(make_example: Callable[..., Any]) -> None:
    report = make_example(label=Distribution.GROUPED).report
    call = replace(report.distribution, probabilities=dict.fromkeys(DESCRIPTORS, 0.3))
    with pytest.raises(ValueError, match="sum to 1"):
        to_json(Result.of(replace(report, distribution=call), PROVENANCE))


def test_a_call_without_probabilities_has_null(make_example: Callable[..., Any]) -> None:
    assert to_json(Result.of(make_example().report, PROVENANCE))["distribution"]["probabilities"] is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_never_reaches_a_file(make_example: Callable[..., Any], bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        to_json(Result.of(replace(make_example().report, presence=bad), PROVENANCE))
    with pytest.raises(ValueError, match="JSON"):
        encode({"presence": bad})


def test_encoding_is_stable_and_reads_back(document: dict[str, Any]) -> None:
    data = encode(document)
    assert data == encode(json.loads(data))
    assert data.endswith(b"}\n")
    assert json.loads(data) == document
    assert max(len(line) for line in data.split(b"\n")) < 6000  # one line for a finding


def test_negative_zero_is_zero(make_example: Callable[..., Any]) -> None:
    report = make_example().report
    breast = replace(report.breast, outline_px=((-0.0, 1.0), (2.0, 3.0), (4.0, 5.0)))
    assert str(to_json(Result.of(replace(report, breast=breast), PROVENANCE))["breast"]["outline"][0]) == "[0.0, 1.0]"


@pytest.mark.parametrize(
    ("presence", "written", "level"),
    [
        (-0.0, 1e-6, 0.1),
        (1e-9, 1e-6, 0.1),
        (0.5, 0.5, 2.5),
        (0.99331, 0.99331, 5.0),
        (1 - 3e-7, 0.999999, 9.9),
        (1.0, 0.999999, 9.9),
    ],
)
def test_nothing_is_written_as_certain(
    make_example: Callable[..., Any], presence: float, written: float, level: float
) -> None:
    report = make_example(singles=((500.0, 300.0, 4.0),)).report
    found = tuple(replace(item, score=presence) for item in report.calcifications)
    document = to_json(Result.of(replace(report, presence=presence, calcifications=found), PROVENANCE))
    assert document["presence"] == document["calcifications"][0]["score"] == written
    assert document["presence_level"] == pytest.approx(level, abs=0.005)


def test_counts_add_up_and_tell_arteries_and_unknown_sizes(make_example: Callable[..., Any]) -> None:
    points = ((500.0, 300.0), (520.0, 310.0), (510.0, 330.0))
    example = make_example(((Distribution.GROUPED, points),), singles=((700.0, 300.0, 4.0), (800.0, 300.0, 15.0)))
    found = list(example.report.calcifications)
    found[3] = replace(found[3], flags=frozenset({Flag.VASCULAR}), left_out="lies on an artery")
    counted = to_json(Result.of(replace(example.report, calcifications=tuple(found)), PROVENANCE))["counts"]
    assert counted == {
        "calcifications": 5, "micro": 4, "macro": 1, "size_unknown": 0, "vascular": 1, "left_out": 1, "clusters": 1,
        "loose_chains": 0, "vessels": 0,
    }  # fmt: skip
    blind = to_json(Result.of(make_example(singles=((700.0, 300.0, 4.0),), spacing=None).report, PROVENANCE))["counts"]
    assert (blind["calcifications"], blind["micro"], blind["macro"], blind["size_unknown"]) == (1, 0, 0, 1)


def test_each_finding_bears_the_letter_that_the_overlay_draws(make_example: Callable[..., Any]) -> None:
    few, many = ((100.0, 100.0), (110.0, 100.0)), ((600.0, 100.0), (610.0, 100.0), (605.0, 110.0))
    clusters = ((Distribution.GROUPED, few), (Distribution.GROUPED, many))
    report = make_example(clusters, singles=((500.0, 300.0, 4.0), (500.0, 400.0, 4.0))).report
    document = to_json(Result.of(report, PROVENANCE))
    assert [item["letter"] for item in document["clusters"]] == ["B", "A"]
    assert [item["letter"] for item in document["calcifications"]] == [None] * 5 + ["C", "D"]
    assert [place.key for place in choose_places(report, OverlaySettings())] == ["A", "B", "C", "D"]


def test_what_is_counted_is_what_is_shown(make_example: Callable[..., Any], put_in_vessel: Callable[..., Any]) -> None:
    few, many = ((100.0, 100.0), (110.0, 100.0)), ((600.0, 100.0), (610.0, 100.0), (605.0, 110.0))
    singles = ((500.0, 300.0, 4.0), (500.0, 400.0, 4.0), (500.0, 500.0, 4.0))
    report = make_example(((Distribution.GROUPED, few), (Distribution.GROUPED, many)), singles).report
    chain = replace(report.clusters[0], distribution=replace(report.clusters[0].distribution, loose=True))
    report = put_in_vessel(replace(report, clusters=(chain, report.clusters[1])), 6, 7)
    document = to_json(Result.of(report, PROVENANCE))
    counts = document["counts"]
    assert (counts["clusters"], counts["loose_chains"], counts["vessels"]) == (1, 1, 1)
    assert counts["clusters"] == sum(not cluster["loose"] for cluster in document["clusters"])
    assert [vessel["letter"] for vessel in document["vessels"]] == ["V1"]
    assert [item["letter"] for item in document["calcifications"]] == ["B", "C", None, None, None, "D", None, None]
    keys = [place.key for place in choose_places(report, OverlaySettings())]
    assert keys == ["A", "V1", "B", "C"]  # one for the vessel, and none for its members


def test_candidates_have_a_document_of_their_own(make_example: Callable[..., Any]) -> None:
    document = candidates_to_json(make_example().report)
    assert document["candidates"] == [
        {"frame": 0, "row": 10.12, "column": 20.5, "diameter_mm": None, "score": 0.2},
    ]
    assert document["sop_instance_uid"].startswith("1.2.")


def test_the_published_schema_is_that_of_the_forms() -> None:
    published = resources.files("mammocalc.results").joinpath("result.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write it: python -m mammocalc.results.schema > .../result.schema.json"


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (Calcification, "calcification"),
        (Cluster, "cluster"),
        (Vessel, "vessel"),
        (DistributionCall, "distribution"),
        (MorphologyCall, "morphology"),
        (Association, "association"),
    ],
)
def test_every_field_of_a_record_has_its_key(record: type, name: str) -> None:
    """Otherwise a new field would be lost on its way through the file without a word."""
    written = set(read_schema()["$defs"][name]["properties"]) | ({"loose"} if name == "distribution" else set())
    fields_of_record = {"id" if field.name == "number" else field.name for field in fields(record)}
    assert {field for field in fields_of_record if not {field, field.removesuffix("_px")} & written} == set()
