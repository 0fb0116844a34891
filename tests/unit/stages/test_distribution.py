"""The definitions of BI-RADS, 5th edition, as a table that a radiologist can read."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mammocalc.classifiers.trees import CLASSES_FORMAT, FORMAT, classes_from_json
from mammocalc.model import Pattern
from mammocalc.stages.distribution import (
    CHANCE_EVIDENCE,
    CLASSES,
    FEATURES,
    DistributionSettings,
    classify_pattern,
    not_calibrated,
    withhold,
)
from mammocalc.stages.distribution.reasons import breaks_definition
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

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
    cells_with=1,
    cells_of_breast=40,
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
THIN: dict[str, Any] = {"count": 7, "most_in_circle": 3, "extent_mm": 47.0, "length_mm": 42.0, "elongation": 2.5}
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
    "cells_with": 20,
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
        ("14 throughout the breast", {**WHOLE, "count": 14}, D.INDETERMINATE),
        ("15 throughout the breast", {**WHOLE, "count": 15}, D.DIFFUSE),
        ("in 12 of 40 cells", {**WHOLE, "cells_with": 12}, D.DIFFUSE),
        ("in 11 of 40 cells", {**WHOLE, "cells_with": 11}, D.REGIONAL),
        ("the corners of the breast only", {**WHOLE, "count": 8}, D.INDETERMINATE),
    ],
)
def test_definition(case, changes, label):
    call = classify_pattern(replace(GROUP, **changes), None, SETTINGS)
    assert call.label is label, (case, call)


def test_a_region_without_a_known_nipple_may_be_a_segment_and_says_so():
    call = classify_pattern(replace(GROUP, **{**WEDGE, **NO_NIPPLE}), None, SETTINGS)
    assert call.label is D.INDETERMINATE
    assert set(call.between) == {D.REGIONAL, D.SEGMENTAL}
    assert call.probabilities[D.REGIONAL] == call.probabilities[D.SEGMENTAL]
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
    call = classify_pattern(replace(GROUP, **{**WEDGE, "angular_span_degrees": 75.0}), None, SETTINGS)
    assert call.label is D.INDETERMINATE
    assert set(call.between) == {D.SEGMENTAL, D.REGIONAL}
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
        ("a wedge across the ducts", {**WEDGE, "axis_to_nipple_degrees": 45.1}, {"segmental": 1.0}, D.REGIONAL),
        ("just as wide as long", {**WEDGE, "radial_over_transverse": 1.0}, {"segmental": 1.0}, D.SEGMENTAL),
        ("wider than long", {**WEDGE, "radial_over_transverse": 0.99}, {"segmental": 1.0}, D.REGIONAL),
        ("a wedge, no nipple known", {**WEDGE, **NO_NIPPLE}, {"segmental": 1.0}, D.INDETERMINATE),
        ("a crooked line", {"elongation": 2.5, "line_share": 0.9}, {"linear": 0.8, "grouped": 0.2}, D.LINEAR),
        ("a crooked, thin line", {**THIN, "line_share": 0.9}, {"linear": 1.0}, D.INDETERMINATE),
        (
            "a straight, thin line",
            {**THIN, "line_share": 0.9, "width_mm": 3.0, "elongation": 6.0},
            {"linear": 1.0},
            D.LINEAR,
        ),
        ("an area, not a line", {"elongation": 2.5}, {"linear": 0.8, "grouped": 0.2}, D.GROUPED),
        ("no line of three", {"count": 3, "most_in_circle": 3}, {"linear": 1.0}, D.INDETERMINATE),
        ("no group of four", {"count": 4, "most_in_circle": 4}, {"grouped": 1.0}, D.INDETERMINATE),
        ("no group across 20.01 mm", {"count": 12, "extent_mm": 20.01}, {"grouped": 1.0}, D.INDETERMINATE),
        ("no region within 20 mm", {"count": 12, "extent_mm": 20.0}, {"regional": 1.0}, D.GROUPED),
        ("five across 15 mm", {"count": 5, "most_in_circle": 4, "extent_mm": 15.0}, {"grouped": 1}, D.INDETERMINATE),
        ("a small margin", WEDGE, {"regional": 0.55, "segmental": 0.45}, D.INDETERMINATE),
        ("a margin that suffices", WEDGE, {"regional": 0.7, "segmental": 0.3}, D.REGIONAL),
        ("half by chance", {}, {"grouped": 0.499, "chance": 0.501}, D.INDETERMINATE),
        ("hardly by chance", {}, {"grouped": 0.6, "chance": 0.4}, D.GROUPED),
    ],
)
def test_the_trees_settle_what_the_numbers_of_the_definitions_leave_open(case, changes, shares, label):
    call = classify_pattern(replace(GROUP, **changes), _trees(**shares), SETTINGS)
    assert call.label is label, (case, call)
    assert call.calibrated_on == ("simulated" if call.probabilities else None)
    assert (len(call.between) == 2) == (label is D.INDETERMINATE)
    assert not call.probabilities or sum(call.probabilities.values()) == pytest.approx(1.0)


def test_what_lies_across_the_ducts_is_no_segment_and_the_reason_holds_the_numbers():
    across = {**WEDGE, "axis_to_nipple_degrees": 60.0, "radial_over_transverse": 0.8, "extent_mm": 19.0}
    call = classify_pattern(replace(GROUP, **across), _trees(segmental=0.9, linear=0.1), SETTINGS)
    assert call.label is not D.SEGMENTAL
    assert call.probabilities[D.SEGMENTAL] == 0.0
    missing = breaks_definition(D.SEGMENTAL, replace(GROUP, **across), SETTINGS)
    assert "60 degrees off the nipple, 0.8 times as long towards it as across" in missing
    assert "a segment points to the nipple" in missing


@pytest.mark.parametrize(
    ("case", "changes", "is_loose"),
    [
        ("three in a chain", {"count": 3, "most_in_circle": 2, "extent_mm": 20.0}, True),
        ("nine across 35 mm, four together", {**AREA, "count": 9, "most_in_circle": 4}, True),
        ("nine across 35 mm, five together", {**AREA, "count": 9, "most_in_circle": 5}, False),
        ("a group", {}, False),
        ("a thin region", {**AREA, "most_in_circle": 3}, False),
    ],
)
def test_a_chain_without_a_word_is_loose_unless_five_lie_together(case, changes, is_loose):
    assert classify_pattern(replace(GROUP, **changes), None, SETTINGS).loose is is_loose, case


def test_the_table_alone_claims_no_calibration():
    call = _call()
    assert call.calibrated_on is None
    assert CHANCE_EVIDENCE not in call.evidence


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
