"""Side and view, from every place that carries them."""

# ruff: noqa: E501 - a table is read along its lines

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from pipeline.dicom.header import Header
from pipeline.dicom.view import MODIFIER_CODES, SIDE_CODES, VIEW_CODES, decide_view
from pipeline.lexicon import Flag, Laterality, View, ViewModifier


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def header(**attributes: Any) -> Header:
    return Header(item(**attributes))


def code(value: str, scheme: str = "SCT", **sequences: Any) -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning="meaning", **sequences)


def in_groups(kind: str, sequence: str, **attributes: Any) -> dict[str, Any]:
    return {kind: [item(**{sequence: [item(**attributes)]})]}


@pytest.mark.parametrize(("context_group", "table"), [(4014, VIEW_CODES), (4015, MODIFIER_CODES)])
def test_every_code_of_the_context_group_is_known_in_both_schemes(context_group: int, table: dict[str, Any]) -> None:
    without_abbreviation = {"441752004"}  # anterior compression
    codes: dict[str, dict[str, Any]] = concepts["SCT"]  # type: ignore[assignment]  # written as object there
    known = [
        value
        for keyword in cid_concepts[context_group]["SCT"]
        for value in codes[keyword]
        if value not in without_abbreviation
    ]
    assert len(known) >= 11
    for value in known:
        assert table[value] == table[mapping["SCT"][value]]


@pytest.mark.parametrize("new", ["80248007", "73056007", "63762007", "7771000", "24028007", "51440002"])
def test_sides_mean_the_same_in_both_schemes(new: str) -> None:
    assert SIDE_CODES[new] == SIDE_CODES[mapping["SCT"][new]]


# fmt: off
SIDES: list[tuple[dict[str, Any], Laterality]] = [
    ({"ImageLaterality": "L"}, Laterality.LEFT),
    ({"ImageLaterality": "R"}, Laterality.RIGHT),
    ({"ImageLaterality": "B"}, Laterality.BOTH),
    ({"Laterality": "R"}, Laterality.RIGHT),
    ({"FrameLaterality": "L"}, Laterality.LEFT),
    ({"ImageLaterality": "", "Laterality": "L"}, Laterality.LEFT),
    (in_groups("SharedFunctionalGroupsSequence", "FrameAnatomySequence", FrameLaterality="R"), Laterality.RIGHT),
    (in_groups("PerFrameFunctionalGroupsSequence", "FrameAnatomySequence", FrameLaterality="L"), Laterality.LEFT),
    ({"AnatomicRegionSequence": [code("73056007")]}, Laterality.RIGHT),
    ({"AnatomicRegionSequence": [code("T-04030", "SRT")]}, Laterality.LEFT),
    ({"AnatomicRegionSequence": [code("T-04000", "SRT", AnatomicRegionModifierSequence=[code("G-A100", "SRT")])]}, Laterality.RIGHT),
]
VIEWS: list[tuple[dict[str, Any], View]] = [
    *(({"ViewPosition": view.value}, view) for view in View if view != View.UNKNOWN),
    ({"ViewPosition": "M LO "}, View.MLO),
    ({"ViewCodeSequence": [code("399368009")]}, View.MLO),
    ({"ViewCodeSequence": [code("R-10242", "SNM3")]}, View.CC),
    ({"ViewCodeSequence": [code("R-10226", "SRT")]}, View.MLO),
    ({"ViewCodeSequence": [code("Y-X1770", "SNM3")]}, View.XCCL),
    ({"ViewPosition": "XYZ", "ViewCodeSequence": [code("399162004")]}, View.CC),
    ({"ViewPosition": "CC", "ViewCodeSequence": [code("something", "99X")]}, View.CC),
    (in_groups("SharedFunctionalGroupsSequence", "FrameAnatomySequence", ViewCodeSequence=[code("399260004")]), View.ML),
]
MODIFIERS: list[tuple[dict[str, Any], tuple[ViewModifier, ...], set[Flag]]] = [
    ({"ViewPosition": "CC"}, (), set()),
    ({"ViewPosition": "CCID"}, (ViewModifier.IMPLANT_DISPLACED,), {Flag.IMPLANT}),
    ({"ViewPosition": "MLO ID"}, (ViewModifier.IMPLANT_DISPLACED,), {Flag.IMPLANT}),
    ({"ViewCodeSequence": [code("399162004", ViewModifierCodeSequence=[code("399163009")])]}, (ViewModifier.MAGNIFICATION,), {Flag.MAGNIFICATION_VIEW}),
    ({"ViewCodeSequence": [code("R-10242", "SRT", ViewModifierCodeSequence=[code("R-102D7", "SRT"), code("R-102D6", "SRT")])]}, (ViewModifier.SPOT, ViewModifier.MAGNIFICATION), {Flag.SPOT_VIEW, Flag.MAGNIFICATION_VIEW}),
    ({"ViewPosition": "CC", "ViewModifierCodeSequence": [code("399055006")]}, (ViewModifier.SPOT,), {Flag.SPOT_VIEW}),
    ({"ViewPosition": "CC", "ViewModifierCodeSequence": [code("no", "99X")]}, (), set()),
]
# fmt: on


@pytest.mark.parametrize(("attributes", "expected"), SIDES)
def test_the_side_is_found_wherever_it_stands(attributes: dict[str, Any], expected: Laterality) -> None:
    call = decide_view(header(**attributes))
    assert call.laterality == expected
    assert call.flags == {Flag.UNKNOWN_VIEW}


@pytest.mark.parametrize(("attributes", "expected"), VIEWS)
def test_the_view_is_found_wherever_it_stands(attributes: dict[str, Any], expected: View) -> None:
    call = decide_view(header(**attributes))
    assert call.view == expected
    assert call.flags == {Flag.UNKNOWN_LATERALITY}


@pytest.mark.parametrize(("attributes", "expected", "flags"), MODIFIERS)
def test_modifiers_are_found_and_flagged(
    attributes: dict[str, Any], expected: tuple[ViewModifier, ...], flags: set[Flag]
) -> None:
    call = decide_view(header(ImageLaterality="L", **attributes))
    assert call.view == View.CC or attributes["ViewPosition"].startswith("MLO")
    assert call.modifiers == expected
    assert call.flags == flags


@pytest.mark.parametrize(
    ("written", "side", "view"),
    [
        ("LCC", Laterality.LEFT, View.CC),
        ("R MLO", Laterality.RIGHT, View.MLO),
        ("R XCCL", Laterality.RIGHT, View.XCCL),
        ("LML", Laterality.LEFT, View.ML),
        ("RLM", Laterality.RIGHT, View.LM),
        ("LM", Laterality.UNKNOWN, View.LM),
        ("L", Laterality.UNKNOWN, View.UNKNOWN),
    ],
)
def test_a_side_before_the_view_counts_where_nothing_else_says_it(written: str, side: Laterality, view: View) -> None:
    call = decide_view(header(ViewPosition=written))
    assert (call.laterality, call.view) == (side, view)
    assert decide_view(header(ViewPosition=written, ImageLaterality="B")).laterality == Laterality.BOTH


def test_what_no_attribute_says_is_unknown_and_flagged() -> None:
    call = decide_view(header())
    assert (call.laterality, call.view) == (Laterality.UNKNOWN, View.UNKNOWN)
    assert call.flags == {Flag.UNKNOWN_LATERALITY, Flag.UNKNOWN_VIEW}


def test_sides_that_disagree_are_flagged_and_the_one_of_the_image_counts() -> None:
    call = decide_view(header(ImageLaterality="L", Laterality="R", ViewPosition="CC"))
    assert call.laterality == Laterality.LEFT
    assert call.flags == {Flag.CONTRADICTORY_LATERALITY}


def test_views_that_disagree_are_flagged_and_the_code_counts() -> None:
    call = decide_view(header(ImageLaterality="L", ViewPosition="CC", ViewCodeSequence=[code("399368009")]))
    assert call.view == View.MLO
    assert call.flags == {Flag.CONTRADICTORY_VIEW}


def test_a_letter_that_is_no_side_is_unknown() -> None:
    assert decide_view(header(ImageLaterality="X", ViewPosition="CC")).laterality == Laterality.UNKNOWN
