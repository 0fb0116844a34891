"""Side and view, from every place that carries them."""

# ruff: noqa: E501 - a table is read along its lines

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.view.codes import MODIFIER_CODES, SIDE_CODES, VIEW_CODES
from mammocalc.dicom.view.view import decide_view
from mammocalc.vocabulary.lexicon import Flag, Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS = DicomSettings()


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


def in_the_old_scheme(new: str, table: Mapping[str, Any]) -> str:
    """Find the SNOMED RT code of a table that pydicom takes for the same as a SNOMED CT code."""
    [old] = [value for value in table if Code(value, "SRT", "") == Code(new, "SCT", "")]
    return old


@pytest.mark.parametrize(("group", "table"), [(codes.cid4014, VIEW_CODES), (codes.cid4015, MODIFIER_CODES)])
def test_every_code_of_the_context_group_is_known_in_both_schemes(group: Any, table: dict[str, Any]) -> None:
    without_abbreviation = {"441752004"}  # anterior compression
    known = {concept.value for concept in group.concepts.values()} - without_abbreviation
    assert len(known) >= 11
    for value in known:
        assert table[value] == table[in_the_old_scheme(value, table)]


@pytest.mark.parametrize("new", ["80248007", "73056007", "63762007", "7771000", "24028007", "51440002"])
def test_sides_mean_the_same_in_both_schemes(new: str) -> None:
    assert SIDE_CODES[new] == SIDE_CODES[in_the_old_scheme(new, SIDE_CODES)]


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


# fmt: off
WRITTEN: list[tuple[str, str, str, tuple[str, ...]]] = [
    # View Position        side       view        modifiers
    ("MLO-R",              "R",       "MLO",      ()),
    ("R-MLO",              "R",       "MLO",      ()),
    ("RMLO",               "R",       "MLO",      ()),
    ("LEFT CC",            "L",       "CC",       ()),
    ("LEFTCC",             "L",       "CC",       ()),
    ("CC LEFT",            "L",       "CC",       ()),
    ("cc_rt",              "R",       "CC",       ()),
    ("CC RECHTS",          "R",       "CC",       ()),
    ("MLO gauche",         "L",       "MLO",      ()),
    ("CC DX",              "R",       "CC",       ()),
    ("LtCC",               "L",       "CC",       ()),
    ("RtMLO",              "R",       "MLO",      ()),
    ("CC1",                "unknown", "CC",       ()),
    ("ML90",               "unknown", "ML",       ()),
    ("kraniokaudal",       "unknown", "CC",       ()),
    ("CC\\MLO",            "unknown", "unknown",  ()),
    ("MLO\\ID",            "unknown", "MLO",      ("ID",)),
    ("CCSpot",             "unknown", "CC",       ("S",)),
    ("CC SPOT MAG",        "unknown", "CC",       ("S", "M")),
    ("SMCC",               "unknown", "CC",       ("S", "M")),
    ("RCCM",               "R",       "CC",       ("M",)),
    ("MCC",                "unknown", "CC",       ("M",)),
    ("MMLO",               "unknown", "MLO",      ("M",)),
    ("ML MAG",             "unknown", "ML",       ("M",)),
    ("RMML",               "R",       "ML",       ("M",)),
    ("XCCL",               "unknown", "XCCL",     ()),
    ("RXCCL",              "R",       "XCCL",     ()),
    ("XCC L",              "unknown", "XCCL",     ()),
    ("XCC-M",              "unknown", "XCCM",     ()),
    ("XCC",                "unknown", "XCCL",     ()),
    ("RXCC",               "R",       "XCCL",     ()),
    ("CCRL",               "unknown", "CC",       ("RL",)),
    ("LCCRM",              "L",       "CC",       ("RM",)),
    ("CC ROLLED LATERAL",  "unknown", "CC",       ("RL",)),
    ("CCR",                "R",       "CC",       ()),
    ("MLOL",               "L",       "MLO",      ()),
    ("LMLO-ID",            "L",       "MLO",      ("ID",)),
    ("L MLO Implant Displaced", "L",  "MLO",      ("ID",)),
    ("CC Eklund",          "unknown", "CC",       ("ID",)),
    ("CC TAN",             "unknown", "CC",       ("TAN",)),
    ("MLO AT",             "unknown", "MLO",      ("AT",)),
    ("RAT",                "R",       "MLO",      ("AT",)),
    ("CV",                 "unknown", "CC",       ("CV",)),
    ("LML",                "L",       "ML",       ()),
    ("RLM",                "R",       "LM",       ()),
    ("LM",                 "unknown", "LM",       ()),
    ("RLMO",               "R",       "LMO",      ()),
    ("M LO",               "unknown", "MLO",      ()),
    ("CRANIO-CAUDAL",      "unknown", "CC",       ()),
    ("Left medio-lateral oblique", "L", "MLO",    ()),
    ("LATEROMEDIAL",       "unknown", "LM",       ()),
    ("CC NORMAL",          "unknown", "CC",       ()),
    ("LAT",                "unknown", "unknown",  ()),
    ("LATERAL",            "unknown", "unknown",  ()),
    ("OBLIQUE",            "unknown", "unknown",  ()),
    ("CC MLO",             "unknown", "unknown",  ()),
    ("AP",                 "unknown", "unknown",  ()),
    ("L",                  "unknown", "unknown",  ()),
    ("MLO-X",              "unknown", "MLO",      ()),
]
# fmt: on


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom warns of what this test writes
@pytest.mark.parametrize(("written", "side", "view", "modifiers"), WRITTEN)
def test_views_are_read_as_they_are_written(written: str, side: str, view: str, modifiers: tuple[str, ...]) -> None:
    call = decide_view(header(ViewPosition=written))
    assert (call.laterality, call.view, call.modifiers) == (side, view, modifiers)
    assert (Flag.UNKNOWN_VIEW in call.flags) == (view == "unknown")
    assert (Flag.VIEW_INFERRED in call.flags) == (written in {"XCC", "RXCC", "RAT", "CV"})
    assert not {Flag.CONTRADICTORY_VIEW, Flag.CONTRADICTORY_LATERALITY} & call.flags


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom warns of what this test writes
@pytest.mark.parametrize(
    ("attributes", "flags"),
    [
        ({"ImageLaterality": "L", "ViewPosition": "R-MLO"}, {Flag.CONTRADICTORY_LATERALITY}),
        ({"ImageLaterality": "L", "ViewPosition": "LEFT CC"}, set()),
        ({"ViewPosition": "L CC R"}, {Flag.CONTRADICTORY_LATERALITY}),
        ({"ImageLaterality": "R", "ViewPosition": "XCC", "ViewCodeSequence": [code("399101009")]}, set()),
        (
            {"ImageLaterality": "R", "ViewPosition": "MLO-R", "ViewCodeSequence": [code("399162004")]},
            {Flag.CONTRADICTORY_VIEW},
        ),
    ],
)
def test_what_is_written_in_view_position_is_held_against_the_rest(
    attributes: dict[str, Any], flags: set[Flag]
) -> None:
    assert decide_view(header(**attributes)).flags == flags


# fmt: off
ORIENTED: list[tuple[str, str, list[str], set[Flag]]] = [
    # side, view, Patient Orientation
    ("L", "CC",  ["A", "R"],  set()),
    ("R", "CC",  ["P", "L"],  set()),
    ("L", "MLO", ["A", "FR"], set()),
    ("R", "MLO", ["P", "FL"], set()),
    ("R", "MLO", ["P", "L"],  set()),                                # as de-identified files of one maker have it
    ("L", "MLO", ["A", "F"],  set()),                                # as scanned films have it
    ("L", "MLO", ["P", "HL"], set()),                                # turned by 180 degrees
    ("L", "MLO", ["P", "FR"], set()),                                # mirrored
    ("L", "SIO", ["A", "FL"], set()),                                # the other oblique
    ("L", "ML",  ["A", "F"],  set()),
    ("L", "CC",  ["P", "R"],  set()),                                # mirrored
    ("R", "CC",  ["A", "R"],  {Flag.CONTRADICTORY_LATERALITY}),
    ("L", "CC",  ["P", "L"],  {Flag.CONTRADICTORY_LATERALITY}),
    ("R", "MLO", ["A", "FR"], {Flag.CONTRADICTORY_LATERALITY}),
    ("L", "MLO", ["P", "FL"], {Flag.CONTRADICTORY_LATERALITY}),
    ("L", "CC",  ["A", "FR"], {Flag.CONTRADICTORY_VIEW}),
    ("R", "XCCL", ["P", "F"], {Flag.CONTRADICTORY_VIEW}),
    ("L", "CC",  ["L", "F"],  set()),                                # a front view: not a mammogram's
    ("L", "CC",  ["A"],       set()),
    ("L", "CC",  ["CC"],      set()),
    ("",  "CC",  ["P", "L"],  {Flag.VIEW_INFERRED}),
    ("L", "",    ["A", "FR"], {Flag.VIEW_INFERRED}),
    ("",  "",    ["A", "FR"], {Flag.VIEW_INFERRED}),
    ("",  "",    ["MLO"],     {Flag.VIEW_INFERRED, Flag.UNKNOWN_LATERALITY}),
    ("",  "",    ["R", "F"],  {Flag.UNKNOWN_VIEW, Flag.UNKNOWN_LATERALITY}),
]
# fmt: on


@pytest.mark.parametrize(("side", "view", "orientation", "flags"), ORIENTED)
def test_patient_orientation_is_a_witness(side: str, view: str, orientation: list[str], flags: set[Flag]) -> None:
    call = decide_view(header(ImageLaterality=side, ViewPosition=view, PatientOrientation=orientation))
    assert call.flags == flags
    assert call.laterality == (side or {"L": "R", "FR": "L"}.get(orientation[-1], "unknown"))
    assert call.view == (view or {"FR": "MLO", "MLO": "MLO"}.get(orientation[-1], "unknown"))


def test_a_raw_image_may_be_turned_at_will() -> None:
    attributes = {"ImageLaterality": "L", "ViewPosition": "CC", "PatientOrientation": ["P", "L"]}
    assert decide_view(header(PresentationIntentType="FOR PROCESSING", **attributes)).flags == set()


@pytest.mark.parametrize(
    ("paddle", "modifiers", "flags"),
    [
        ("18X24", (), set()),
        ("10CM CONTACT", (), set()),
        ("SPOT", ("S",), {Flag.SPOT_VIEW}),
        ("7.5CM SPOT MAG", ("S", "M"), {Flag.SPOT_VIEW, Flag.MAGNIFICATION_VIEW}),
        ("MAGNIFICATION", ("M",), {Flag.MAGNIFICATION_VIEW}),
        ("IMAGE", (), set()),
    ],
)
def test_the_paddle_is_a_witness(paddle: str, modifiers: tuple[str, ...], flags: set[Flag]) -> None:
    call = decide_view(header(ImageLaterality="L", ViewPosition="CC", PaddleDescription=paddle))
    assert (call.modifiers, call.view) == (modifiers, View.CC)
    assert call.flags == flags
    assert len(call.notes) == len(modifiers)


@pytest.mark.parametrize(
    ("attributes", "side", "view"),
    [
        ({"SeriesDescription": "R MLO"}, "R", "MLO"),
        ({"ProtocolName": "LCC routine"}, "L", "CC"),
        ({"SeriesDescription": "CC et MLO"}, "unknown", "unknown"),
        ({"SeriesDescription": "Left specimen"}, "unknown", "unknown"),
        ({"PatientID": "Mass-Training_P_00001_LEFT_CC"}, "L", "CC"),
        ({"PatientID": "Calc-Test_P_00038_RIGHT_MLO_1"}, "R", "MLO"),
        ({"PatientID": "WRIGHT CC"}, "unknown", "unknown"),
    ],
)
def test_descriptions_and_identifiers_are_heard_where_nothing_else_speaks(
    attributes: dict[str, Any], side: str, view: str
) -> None:
    call = decide_view(header(**attributes))
    assert (call.laterality, call.view) == (side, view)
    assert (Flag.VIEW_INFERRED in call.flags) == (view != "unknown")
    stated = decide_view(header(ImageLaterality="L", ViewPosition="ML", **attributes))
    assert (stated.laterality, stated.view) == ("L", "ML")
    assert stated.flags == set()


def test_the_meaning_of_a_private_code_is_read() -> None:
    private = item(CodeValue="V77", CodingSchemeDesignator="99X", CodeMeaning="cranio-caudal exaggerated laterally")
    assert decide_view(header(ViewCodeSequence=[private])).view == View.XCCL


def test_magnification_without_a_factor_is_a_doubt_about_every_length(make: Any) -> None:
    flags = [
        read_mammogram(make(PaddleDescription="MAG", EstimatedRadiographicMagnificationFactor=factor), SETTINGS).flags
        for factor in (1.8, 1.0, None)
    ]
    assert [Flag.MAGNIFICATION_UNKNOWN in found for found in flags] == [False, True, True]
    assert all(Flag.MAGNIFICATION_VIEW in found for found in flags)
