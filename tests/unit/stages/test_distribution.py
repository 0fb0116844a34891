"""The definitions of BI-RADS, 5th edition, as a table that a radiologist can read."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.boosting import CLASSES_FORMAT, FORMAT, classes_from_json
from pipeline.lexicon import DESCRIPTORS, Distribution
from pipeline.model import Pattern
from pipeline.stages.distribution import (
    CHANCE_EVIDENCE,
    CLASSES,
    FEATURES,
    DistributionSettings,
    classify_image,
    classify_pattern,
    not_calibrated,
    withhold,
)

SETTINGS = DistributionSettings()
D = Distribution

# A tight group of ten, far from every limit; each line of the table changes what it is about.
GROUP = Pattern(
    count=10,
    extent_mm=8.0,
    most_within_10_mm=10,
    circle_mm=10.0,
    most_in_circle=10,
    length_mm=7.0,
    width_mm=5.0,
    elongation=1.4,
    line_share=0.7,
    hull_share=0.01,
    covered_share=0.04,
    cover_mm=10.0,
    path_width_mm=1.8,
    straightness=0.55,
    taper=0.1,
    nearest_mm=1.1,
    evenness=0.9,
    image_count=10,
    image_share=1.0,
    image_hull_share=0.01,
    chance_exponent=15.0,
    axis_to_nipple_degrees=60.0,
    angular_span_degrees=8.0,
    radial_over_transverse=0.8,
    widening=1.0,
    axis_miss_mm=30.0,
    span_over_disc=0.9,
)
AREA: dict[str, Any] = {
    "count": 25,
    "extent_mm": 35.0,
    "length_mm": 30.0,
    "width_mm": 20.0,
    "hull_share": 0.08,
    "covered_share": 0.15,
}
WEDGE: dict[str, Any] = {
    **AREA,
    "axis_to_nipple_degrees": 8.0,
    "angular_span_degrees": 35.0,
    "radial_over_transverse": 1.9,
}
NO_NIPPLE: dict[str, Any] = dict.fromkeys(
    ("axis_to_nipple_degrees", "angular_span_degrees", "radial_over_transverse", "widening", "axis_miss_mm")
)
LINE: dict[str, Any] = {"extent_mm": 20.0, "length_mm": 19.0, "width_mm": 1.5, "elongation": 9.0, "line_share": 1.0}
WHOLE: dict[str, Any] = {
    **AREA,
    "count": 60,
    "extent_mm": 140.0,
    "hull_share": 0.65,
    "covered_share": 0.6,
    "image_hull_share": 0.65,
}


@pytest.mark.parametrize(
    ("case", "changes", "label"),
    [
        ("ten within 8 mm", {}, D.GROUPED),
        ("five within 10 mm", {"count": 5, "most_in_circle": 5, "extent_mm": 10.0}, D.GROUPED),
        ("four within 10 mm", {"count": 4, "most_in_circle": 4, "extent_mm": 10.0}, D.INDETERMINATE),
        ("five across 15 mm", {"count": 5, "most_in_circle": 4, "extent_mm": 15.0}, D.INDETERMINATE),
        ("five, but only four within 10 mm", {"count": 5, "most_in_circle": 4, "extent_mm": 10.01}, D.INDETERMINATE),
        ("numerous within exactly 20 mm", {"count": 12, "extent_mm": 20.0}, D.GROUPED),
        ("a little more than 20 mm", {"count": 12, "extent_mm": 20.01}, D.INDETERMINATE),
        ("ten within 20 mm", {"most_in_circle": 4, "extent_mm": 20.0}, D.GROUPED),
        ("nine within 20 mm", {"count": 9, "most_in_circle": 4, "extent_mm": 20.0}, D.INDETERMINATE),
        ("numerous across 24 mm, no duct", {"count": 12, "extent_mm": 24.0}, D.REGIONAL),
        ("six across 24 mm", {"count": 6, "most_in_circle": 3, "extent_mm": 24.0}, D.INDETERMINATE),
        ("an area of 35 mm", AREA, D.REGIONAL),
        ("a wedge towards the nipple", WEDGE, D.SEGMENTAL),
        ("a wedge across the ducts", {**WEDGE, "axis_to_nipple_degrees": 70.0}, D.REGIONAL),
        ("as wide as it is long", {**WEDGE, "radial_over_transverse": 1.0}, D.REGIONAL),
        ("wider than a lobe", {**WEDGE, "angular_span_degrees": 110.0}, D.REGIONAL),
        ("a line", LINE, D.LINEAR),
        ("a short line of four", {**LINE, "count": 4, "most_in_circle": 4, "extent_mm": 9.0}, D.LINEAR),
        ("three in a row", {**LINE, "count": 3, "most_in_circle": 3, "extent_mm": 9.0}, D.INDETERMINATE),
        ("a line that is too wide", {**LINE, "width_mm": 6.0, "extent_mm": 19.0}, D.GROUPED),
        ("throughout the breast", WHOLE, D.DIFFUSE),
        ("nine across 35 mm", {**AREA, "count": 9}, D.INDETERMINATE),
        ("ten across 35 mm", {**AREA, "count": 10}, D.REGIONAL),
        ("nine in a wedge", {**WEDGE, "count": 9}, D.INDETERMINATE),
        ("24 throughout the breast", {**WHOLE, "count": 24}, D.INDETERMINATE),
        ("25 throughout the breast", {**WHOLE, "count": 25}, D.DIFFUSE),
        ("a large area, not throughout", {**WHOLE, "hull_share": 0.3}, D.REGIONAL),
        ("the corners of the breast only", {**WHOLE, "count": 8, "covered_share": 0.1}, D.INDETERMINATE),
    ],
)
def test_definition(case, changes, label):
    call = classify_pattern(replace(GROUP, **changes), None, SETTINGS)
    assert call.label is label, (case, call)


def test_a_region_without_a_known_nipple_may_be_a_segment_and_says_so():
    call = classify_pattern(replace(GROUP, **{**WEDGE, **NO_NIPPLE}), None, SETTINGS)
    assert call.label in {D.INDETERMINATE, D.REGIONAL}
    assert {D.REGIONAL, D.SEGMENTAL} == set(sorted(DESCRIPTORS, key=lambda d: -call.probabilities[d])[:2])
    assert any("nipple is not known" in reason for reason in call.reasons)


@pytest.mark.parametrize("changes", [{}, AREA, WEDGE, LINE, WHOLE, {"extent_mm": 20.5, "count": 12}])
def test_probabilities_sum_to_one_and_the_margin_is_their_difference(changes):
    call = classify_pattern(replace(GROUP, **changes), None, SETTINGS)
    assert set(call.probabilities) == set(DESCRIPTORS)
    assert sum(call.probabilities.values()) == pytest.approx(1.0)
    first, second = sorted(call.probabilities.values(), reverse=True)[:2]
    assert call.margin == pytest.approx(first - second)


def test_reasons_hold_the_numbers_that_were_measured():
    [reason] = classify_pattern(GROUP, None, SETTINGS).reasons
    assert "10 calcifications within 8.0 mm" in reason
    assert "BI-RADS" in reason


def test_an_indeterminate_call_names_its_two_candidates():
    call = classify_pattern(replace(GROUP, count=12, extent_mm=21.6), None, SETTINGS)
    assert call.label is D.INDETERMINATE
    assert set(call.between) == {D.GROUPED, D.REGIONAL}
    assert len(call.reasons) == 2


def test_growing_a_group_turns_it_into_a_region_once():
    labels = [
        classify_pattern(replace(GROUP, count=20, extent_mm=5 + step), None, SETTINGS).label for step in range(40)
    ]
    changes = [b for a, b in itertools.pairwise(labels) if a != b]
    assert labels[0] is D.GROUPED
    assert changes in ([D.REGIONAL], [D.INDETERMINATE, D.REGIONAL])


def _call(**changes):
    return classify_pattern(replace(GROUP, **changes), None, SETTINGS)


def test_an_image_without_calcifications_has_no_distribution():
    call = classify_image(None, [], 0, None, SETTINGS)
    assert call.label is D.NOT_APPLICABLE
    assert call.evidence == {"microcalcifications": 0.0, "clusters": 0.0}
    assert not call.probabilities


def test_macrocalcifications_alone_have_no_distribution():
    whole = replace(GROUP, count=3, most_in_circle=1, extent_mm=60.0)
    assert classify_image(whole, [], 0, None, SETTINGS).label is D.NOT_APPLICABLE


def test_one_group_gives_the_image_its_label():
    call = classify_image(GROUP, [_call()], 10, None, SETTINGS)
    assert call.label is D.GROUPED
    assert call.evidence["clusters"] == 1


def test_the_cluster_of_most_concern_decides():
    calls = [_call(**AREA), _call(**LINE), _call()]
    call = classify_image(replace(GROUP, **AREA), calls, 45, None, SETTINGS)
    assert call.label is D.LINEAR
    assert "most concern among 3" in call.reasons[-1]


def test_calcifications_throughout_the_breast_are_diffuse_whatever_their_clusters():
    assert classify_image(replace(GROUP, **WHOLE), [_call()], 60, None, SETTINGS).label is D.DIFFUSE


def test_several_clusters_throughout_the_breast_are_diffuse():
    whole = replace(GROUP, count=40, extent_mm=120.0, hull_share=0.4, image_hull_share=0.4, covered_share=0.15)
    assert classify_image(whole, [_call()] * 4, 40, None, SETTINGS).label is D.DIFFUSE
    assert classify_image(whole, [_call()] * 3, 40, None, SETTINGS).label is D.GROUPED


def test_a_few_scattered_specks_have_no_distribution():
    few = _call(count=4, most_in_circle=2, extent_mm=18.0)
    whole = replace(GROUP, count=7, most_in_circle=2, extent_mm=70.0)
    assert classify_image(whole, [few], 7, None, SETTINGS).label is D.NOT_APPLICABLE


def test_five_specks_across_15_mm_are_indeterminate_in_the_image_as_well():
    across: dict[str, Any] = {"count": 5, "most_in_circle": 4, "extent_mm": 15.0}
    call = classify_image(replace(GROUP, **across), [_call(**across)], 5, None, SETTINGS)
    assert call.label is D.INDETERMINATE
    assert len(call.between) == 2


def _trees(**shares):
    """Trees without a question: every pattern gets these shares."""
    leaves = {name: np.log(shares.get(name, 1e-9)) for name in CLASSES}
    one = {"format": FORMAT, "features": list(FEATURES), "baseline": 0.0}
    classes = {name: {**one, "trees": [[[leaf]]]} for name, leaf in leaves.items()}
    return classes_from_json({"format": CLASSES_FORMAT, "temperature": 1.0, "classes": classes})


@pytest.mark.parametrize(
    ("case", "changes", "shares", "label"),
    [
        ("both say grouped", {}, {"grouped": 0.9, "linear": 0.1}, D.GROUPED),
        ("a wedge too wide for the table", {**WEDGE, "angular_span_degrees": 90.0}, {"segmental": 1.0}, D.SEGMENTAL),
        ("a wedge just 45 degrees off", {**WEDGE, "axis_to_nipple_degrees": 45.0}, {"segmental": 1.0}, D.SEGMENTAL),
        ("a wedge across the ducts", {**WEDGE, "axis_to_nipple_degrees": 45.1}, {"segmental": 1.0}, D.INDETERMINATE),
        ("just as wide as long", {**WEDGE, "radial_over_transverse": 1.0}, {"segmental": 1.0}, D.SEGMENTAL),
        ("wider than long", {**WEDGE, "radial_over_transverse": 0.99}, {"segmental": 1.0}, D.INDETERMINATE),
        ("a wedge, no nipple known", {**WEDGE, **NO_NIPPLE}, {"segmental": 1.0}, D.SEGMENTAL),
        ("a crooked line", {"elongation": 2.5}, {"linear": 0.8, "grouped": 0.2}, D.LINEAR),
        ("no line of three", {"count": 3, "most_in_circle": 3}, {"linear": 1.0}, D.INDETERMINATE),
        ("no group of four", {"count": 4, "most_in_circle": 4}, {"grouped": 1.0}, D.INDETERMINATE),
        ("no group across 20.01 mm", {"count": 12, "extent_mm": 20.01}, {"grouped": 1.0}, D.INDETERMINATE),
        ("no region within 20 mm", {"count": 12, "extent_mm": 20.0}, {"regional": 1.0}, D.INDETERMINATE),
        ("five across 15 mm", {"count": 5, "most_in_circle": 4, "extent_mm": 15.0}, {"grouped": 1}, D.INDETERMINATE),
        ("a small margin", AREA, {"regional": 0.55, "segmental": 0.45}, D.INDETERMINATE),
        ("a margin that suffices", AREA, {"regional": 0.7, "segmental": 0.3}, D.REGIONAL),
        ("half by chance", {}, {"grouped": 0.499, "chance": 0.501}, D.INDETERMINATE),
        ("hardly by chance", {}, {"grouped": 0.6, "chance": 0.4}, D.GROUPED),
    ],
)
def test_the_trees_settle_what_the_numbers_of_the_definitions_leave_open(case, changes, shares, label):
    call = classify_pattern(replace(GROUP, **changes), _trees(**shares), SETTINGS)
    assert call.label is label, (case, call)
    assert call.calibrated_on == "simulated"
    assert (len(call.between) == 2) == (label is D.INDETERMINATE)
    assert sum(call.probabilities.values()) == pytest.approx(1.0)


def test_where_table_and_trees_disagree_the_result_says_so():
    area = {**AREA, "axis_to_nipple_degrees": 30.0, "radial_over_transverse": 1.2}
    call = classify_pattern(replace(GROUP, **area), _trees(segmental=0.9, regional=0.1), SETTINGS)
    assert call.label is D.SEGMENTAL
    assert call.evidence["table_agrees"] == 0
    assert "the definitions by themselves would say regional" in call.reasons[-1]
    agreed = classify_pattern(replace(GROUP, **AREA), _trees(regional=0.9, segmental=0.1), SETTINGS)
    assert agreed.evidence["table_agrees"] == 1
    assert len(agreed.reasons) == 1


@pytest.mark.parametrize(("whole", "label"), [(WEDGE, D.SEGMENTAL), ({**WEDGE, **NO_NIPPLE}, D.NOT_APPLICABLE)])
def test_scattered_specks_are_a_torn_segment_only_where_the_table_says_so_too(whole, label):
    trees = _trees(segmental=1.0)
    pieces = [classify_pattern(replace(GROUP, count=4, most_in_circle=2), trees, SETTINGS)] * 2
    assert {piece.label for piece in pieces} == {D.INDETERMINATE}
    call = classify_image(replace(GROUP, **whole), pieces, 25, trees, SETTINGS)
    assert call.label is label
    assert any("taken together" in reason for reason in call.reasons) == (label is D.SEGMENTAL)


def test_what_lies_across_the_ducts_is_no_segment_and_the_reason_holds_the_numbers():
    call = classify_pattern(replace(GROUP, **AREA), _trees(segmental=0.9, regional=0.1), SETTINGS)
    assert call.label is D.INDETERMINATE
    assert call.between == (D.SEGMENTAL, D.REGIONAL)
    assert "60 degrees off the nipple, 0.8 times as long towards it as across" in call.reasons[0]
    assert "a segment points to the nipple" in call.reasons[0]


def test_the_table_alone_claims_no_calibration():
    call = _call()
    assert call.calibrated_on is None
    assert CHANCE_EVIDENCE not in call.evidence


def test_a_cluster_by_chance_says_so_and_gives_the_image_no_descriptor():
    trees = _trees(grouped=0.1, chance=0.9)
    cluster = classify_pattern(GROUP, trees, SETTINGS)
    assert cluster.evidence[CHANCE_EVIDENCE] == pytest.approx(0.9)
    assert "by chance" in cluster.reasons[1]
    assert classify_image(GROUP, [cluster], 10, trees, SETTINGS).label is D.NOT_APPLICABLE


def test_the_image_keeps_what_its_cluster_was_calibrated_on():
    trees = _trees(grouped=0.9, linear=0.1)
    call = classify_image(GROUP, [classify_pattern(GROUP, trees, SETTINGS)], 10, trees, SETTINGS)
    assert call.calibrated_on == "simulated"
    assert call.evidence["clusters"] == 1


def test_clusters_of_unlike_size_throughout_the_breast_are_not_diffuse():
    whole = replace(GROUP, count=40, extent_mm=120.0, hull_share=0.4, image_hull_share=0.4, covered_share=0.15)
    unlike = [_call(extent_mm=extent) for extent in (2.0, 2.0, 8.0, 19.0)]
    assert classify_image(whole, unlike, 40, None, SETTINGS).label is D.GROUPED


def test_what_is_diffuse_names_a_line_in_it_as_well():
    call = classify_image(replace(GROUP, **WHOLE), [_call(**LINE), _call()], 60, None, SETTINGS)
    assert call.label is D.DIFFUSE
    assert "by itself the cluster of most concern, of 2, is linear" in call.reasons[-1]


def test_similar_clusters_are_diffuse_together_and_grouped_by_themselves():
    whole = replace(GROUP, count=40, extent_mm=120.0, hull_share=0.4, image_hull_share=0.4, covered_share=0.15)
    call = classify_image(whole, [_call()] * 4, 40, None, SETTINGS)
    assert "4 similar clusters" in call.reasons[0]
    assert "is grouped" in call.reasons[1]


def test_without_a_spacing_there_is_no_distribution():
    assert not_calibrated().label is D.NOT_APPLICABLE
    assert "millimetres" in not_calibrated().reasons[0]


def test_a_withheld_descriptor_is_indeterminate_between_the_two_most_probable() -> None:
    call = _call()
    doubted = withhold(call, "because")
    first, second = sorted(call.probabilities.values(), reverse=True)[:2]
    assert doubted.label is D.INDETERMINATE
    assert [doubted.probabilities[label] for label in doubted.between] == [first, second]
    assert doubted.reasons == ("because", *call.reasons)
    assert withhold(doubted, "again") is doubted
