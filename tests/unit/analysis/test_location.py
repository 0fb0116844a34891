"""Where a finding lies: quadrant, clock position, depth and distance, and never one that no view can tell."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sr.codedict import codes

from mammocalc.analysis.cluster_traits import frame_of
from mammocalc.analysis.location import clock_position, locate
from mammocalc.analysis.view_place import ViewPlace, place_in_view
from mammocalc.model import Nipple
from mammocalc.vocabulary.codes import CLOCK_CODES, DEPTH_CODES, QUADRANT_CODES, REGION_CODES
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Laterality, View, ViewModifier
from mammocalc.vocabulary.location import Depth, OuterInner, Quadrant, Region, UpperLower

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mammocalc.model import Location, Report

R, L = Laterality.RIGHT, Laterality.LEFT
CC, MLO, ML = View.CC, View.MLO, View.ML
MM = st.floats(-90, 90).filter(lambda mm: abs(mm) > 0.5)


def from_above(outer_mm: float, depth: float | None = 0.5) -> ViewPlace:
    return ViewPlace("CC", outer_mm=outer_mm, depth_share=depth, from_nipple_mm=50.0)


def from_aside(upper_mm: float, depth: float | None = 0.5, *, over: bool = False, oblique: bool = False) -> ViewPlace:
    return ViewPlace(
        "MLO" if oblique else "ML", upper_mm=upper_mm, is_oblique=oblique, depth_share=depth,
        from_nipple_mm=60.0, is_over_muscle=over,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("side", "outer_mm", "upper_mm", "clock", "quadrant"),
    [
        (L, 30, 30, 2, Quadrant.UPPER_OUTER),
        (R, 30, 30, 10, Quadrant.UPPER_OUTER),
        (L, -30, 30, 10, Quadrant.UPPER_INNER),
        (R, -30, 30, 2, Quadrant.UPPER_INNER),
        (L, 30, -29, 4, Quadrant.LOWER_OUTER),
        (R, 30, -29, 8, Quadrant.LOWER_OUTER),
        (L, -30, -29, 8, Quadrant.LOWER_INNER),
        (R, -30, -29, 4, Quadrant.LOWER_INNER),
        (L, 40, 0, 3, None),
        (R, 40, 0, 9, None),
        (L, 0, 40, 12, None),
        (R, 0, -40, 6, None),
    ],
)
def test_quadrant_and_clock_as_the_observer_facing_the_patient_names_them(
    side: Laterality, outer_mm: float, upper_mm: float, clock: int, quadrant: Quadrant | None
) -> None:
    found = locate([from_above(outer_mm), from_aside(upper_mm)], side)
    # Half past one is as near to one as to two: a degree off the diagonal tells.
    assert clock_position(side, outer_mm * 1.01, upper_mm) == clock
    assert found.quadrant is quadrant
    assert found.region is None
    assert (found.depth, found.from_nipple_mm, found.views) == (Depth.MIDDLE, 55.0, ("CC", "ML"))


@given(MM, MM)
def test_the_other_breast_is_its_mirror_image(outer_mm: float, upper_mm: float) -> None:
    places = [from_above(outer_mm), from_aside(upper_mm, oblique=True)]
    left, right = (locate(places, side) for side in (L, R))
    assert (left.quadrant, left.region, left.depth, left.reasons) == (
        right.quadrant, right.region, right.depth, right.reasons,
    )  # fmt: skip
    clocks = clock_position(L, outer_mm, upper_mm), clock_position(R, outer_mm, upper_mm)
    assert clocks[0] is not None
    assert clocks[1] is not None
    assert (clocks[0] + clocks[1]) % 12 == 0
    # Inner in one breast is where outer is in the other, but for ties at half past.
    if math.degrees(math.atan2(outer_mm, upper_mm)) % 30 != 15:
        assert clock_position(L, -outer_mm, upper_mm) == clocks[1]


@given(MM, MM, st.sampled_from([L, R]))
def test_clock_and_quadrant_never_contradict(outer_mm: float, upper_mm: float, side: Laterality) -> None:
    found = locate([from_above(outer_mm), from_aside(upper_mm)], side)
    if found.quadrant is not None:
        outer_hours = {12, 1, 2, 3, 4, 5, 6} if side is L else {6, 7, 8, 9, 10, 11, 12}
        upper_hours = {9, 10, 11, 12, 1, 2, 3}
        assert (found.clock in outer_hours) or found.outer_inner is OuterInner.INNER
        assert (found.clock in upper_hours) or found.upper_lower is UpperLower.LOWER


@given(MM, MM, st.sampled_from([40.0, 45.0, 60.0]), st.sampled_from([L, R]))
def test_an_oblique_view_is_set_right_by_the_view_from_above(
    outer_mm: float, upper_mm: float, degrees: float, side: Laterality
) -> None:
    seen_mm = outer_mm * math.cos(math.radians(degrees)) + upper_mm * math.sin(math.radians(degrees))
    found = locate([from_above(outer_mm), from_aside(seen_mm, oblique=True)], side)
    if found.upper_lower is not None:
        assert (found.upper_lower is UpperLower.UPPER) is (upper_mm > 0)
    if found.outer_inner is not None:
        assert (found.outer_inner is OuterInner.OUTER) is (outer_mm > 0)
    if found.clock is not None:
        truth = clock_position(side, outer_mm, upper_mm)
        assert truth is not None
        assert (found.clock - truth + 6) % 12 in {5, 6, 7}


def test_one_view_says_what_one_view_can() -> None:
    above = locate([from_above(30)], L)
    assert (above.outer_inner, above.upper_lower, above.quadrant, above.clock) == (OuterInner.OUTER, None, None, None)
    aside = locate([from_aside(-30, oblique=True)], L)
    assert (aside.outer_inner, aside.upper_lower, aside.quadrant, aside.clock) == (None, UpperLower.LOWER, None, None)
    assert any("oblique" in reason for reason in aside.reasons)


@pytest.mark.parametrize(("offset_mm", "half"), [(5.0, None), (5.01, OuterInner.OUTER), (-5.01, OuterInner.INNER)])
def test_at_the_line_through_the_nipple_neither_half_is_named(offset_mm: float, half: OuterInner | None) -> None:
    found = locate([from_above(offset_mm)], R)
    assert found.outer_inner is half
    assert any("between outer and inner" in reason for reason in found.reasons) is (half is None)


@pytest.mark.parametrize(
    ("offset_mm", "depth", "region"),
    [(10.0, 0.2, Region.SUBAREOLAR), (10.0, 0.5, Region.CENTRAL), (-10.0, None, Region.CENTRAL), (10.1, 0.2, None)],
)
def test_behind_the_nipple_a_region_is_named_and_no_quadrant(
    offset_mm: float, depth: float | None, region: Region | None
) -> None:
    found = locate([from_above(0.0, depth), from_aside(offset_mm, depth)], L)
    assert found.region is region
    assert (found.clock is None) is (region is not None)
    assert found.quadrant is None


@pytest.mark.parametrize(
    ("share", "depth"),
    [
        (-0.1, Depth.ANTERIOR),
        (0.333, Depth.ANTERIOR),
        (1 / 3, Depth.MIDDLE),
        (0.666, Depth.MIDDLE),
        (1.4, Depth.POSTERIOR),
    ],
)
def test_depth_is_in_thirds(share: float, depth: Depth) -> None:
    assert locate([from_above(30, share)], L).depth is depth


def test_views_that_disagree_on_the_depth_are_named() -> None:
    found = locate([from_above(30, 0.3), from_aside(30, 0.5)], L)
    assert found.depth is Depth.MIDDLE
    assert any("anterior in CC, middle in ML" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("outer_mm", "upper_mm", "over", "region"),
    [(40, 70, True, Region.AXILLARY_TAIL), (40, 70, False, None), (-40, 70, True, None), (40, -70, True, None)],
)
def test_the_axillary_tail_is_upper_outer_over_the_muscle(
    outer_mm: float, upper_mm: float, over: bool, region: Region | None
) -> None:
    assert locate([from_above(outer_mm), from_aside(upper_mm, over=over)], L).region is region


def test_codes_are_those_of_the_context_groups_of_dicom() -> None:
    regions_and_hours: dict[Any, tuple[str, str]] = {**REGION_CODES, **CLOCK_CODES}
    groups: list[tuple[Any, dict[Any, tuple[str, str]], bool]] = [
        (codes.cid6020, {**QUADRANT_CODES}, True),
        (codes.cid6024, {**DEPTH_CODES}, True),
        (codes.cid6018, regions_and_hours, False),
    ]
    for group, table, is_whole in groups:
        all_of = [getattr(group, name) for name in group.dir()]
        there = {(code.scheme_designator, code.value): code.meaning.lower() for code in all_of}
        for word, code in table.items():
            for part in str(word).split("_"):
                assert part in there[code]
        assert not is_whole or set(table.values()) == set(there)


@pytest.fixture
def view(make_example: Callable[..., Any]) -> Callable[..., Report]:
    """Make the report of a view of 100 by 60 mm: the chest wall at the left, the nipple at (50, 55) mm."""

    def make(side: Laterality, view: View, orientation: Sequence[str], **changes: Any) -> Report:
        made: Report = make_example().report
        who = replace(
            made.identity, laterality=side, view=view, view_modifiers=(), patient_orientation=tuple(orientation),
            rows=1000, columns=700,
        )  # fmt: skip
        outline = ((0.0, 0.0), (0.0, 300.0), (500.0, 550.0), (999.0, 300.0), (999.0, 0.0))
        breast = replace(made.breast, outline_px=outline, nipple=Nipple(500.0, 550.0, 0.9), pectoral_px=())
        spacing = PixelSpacing(0.1, 0.1)
        report = replace(made, identity=who, breast=breast, spacing=spacing, flags=frozenset())
        return replace(report, **changes)

    return make


def flipped(report: Report) -> Report:
    """Turn the picture around its vertical."""
    last = report.identity.columns - 1
    turned: dict[str, Any] = {
        "outline_px": tuple((row, last - column) for row, column in report.breast.outline_px),
        "pectoral_px": tuple((row, last - column) for row, column in report.breast.pectoral_px),
    }
    nipple = report.breast.nipple
    assert nipple is not None
    turned["nipple"] = replace(nipple, column_px=last - nipple.column_px)
    return replace(report, breast=replace(report.breast, **turned))


def place(report: Report, down_mm: float, across_mm: float) -> ViewPlace:
    frame = frame_of(report)
    assert frame is not None
    return place_in_view(report, np.array([down_mm, across_mm]), frame, "it")


def where(report: Report, down_mm: float, across_mm: float) -> Location:
    return locate([place(report, down_mm, across_mm)], report.identity.laterality)


@pytest.mark.parametrize(
    ("side", "orientation", "is_flipped", "half"),
    [
        (L, ("A", "R"), False, OuterInner.OUTER),
        (L, ("A", "L"), False, OuterInner.INNER),
        (R, ("P", "L"), True, OuterInner.OUTER),
        (R, ("P", "R"), True, OuterInner.INNER),
        (L, (), False, None),
        (L, ("A", "F"), False, None),
        (L, ("P", "R"), False, None),  # the picture has its chest wall at the other edge
        (Laterality.UNKNOWN, ("A", "R"), False, None),
    ],
)
def test_which_half_is_outer_is_said_by_the_header_and_seen_in_the_picture(
    view: Callable[..., Report], side: Laterality, orientation: Sequence[str], is_flipped: bool, half: OuterInner | None
) -> None:
    report = view(side, CC, orientation)
    found = where(flipped(report) if is_flipped else report, 20.0, 69.9 - 30.0 if is_flipped else 30.0)
    assert found.outer_inner is half
    assert (found.reasons == ()) is (half is not None)
    assert found.depth is Depth.MIDDLE
    assert found.from_nipple_mm == pytest.approx(math.hypot(30, 25), abs=0.2)


def test_sides_in_doubt_have_neither_outer_nor_inner(view: Callable[..., Report]) -> None:
    report = view(L, CC, ("A", "R"), flags=frozenset({Flag.CONTRADICTORY_LATERALITY}))
    assert where(report, 20.0, 30.0).outer_inner is None


MUSCLE = tuple((float(row), 300.0 - 0.5 * row) for row in range(0, 601, 20))
"""From (0, 30) to (60, 0) mm: a right angle to it rises by one for two towards the chest wall."""


def oblique(view: Callable[..., Report], **changes: Any) -> Report:
    report = view(R, MLO, (), **changes)
    return replace(report, breast=replace(report.breast, pectoral_px=MUSCLE))


def test_upper_and_lower_are_told_by_the_line_at_a_right_angle_to_the_muscle(view: Callable[..., Report]) -> None:
    report = oblique(view)
    on_the_line = 50.0 - 15.0, 55.0 - 30.0
    assert place(report, *on_the_line).upper_mm == pytest.approx(0.0, abs=0.5)
    assert where(report, on_the_line[0] - 8.0, on_the_line[1]).upper_lower is UpperLower.UPPER
    assert where(report, on_the_line[0] + 8.0, on_the_line[1]).upper_lower is UpperLower.LOWER
    deep = where(flipped(report), on_the_line[0] + 8.0, 69.9 - on_the_line[1])
    assert (deep.upper_lower, deep.depth) == (UpperLower.LOWER, Depth.POSTERIOR)
    assert place(report, 10.0, 10.0).is_over_muscle
    assert not place(report, 30.0, 30.0).is_over_muscle


def test_depth_in_an_oblique_view_ends_at_the_muscle(view: Callable[..., Report]) -> None:
    report = oblique(view)
    # The line from the nipple meets the muscle at (33, 13.5) mm or the image's edge, whichever is nearer.
    whole = math.hypot(*np.subtract((50.0, 55.0), _crossing()))
    for share, depth in ((0.3, Depth.ANTERIOR), (0.36, Depth.MIDDLE), (0.64, Depth.MIDDLE), (0.7, Depth.POSTERIOR)):
        down, across = np.array([50.0, 55.0]) + share * whole * np.array([-1.0, -2.0]) / math.sqrt(5)
        assert where(report, down, across).depth is depth


def _crossing() -> tuple[float, float]:
    """Solve 30 - down / 2 = 55 - 2 (50 - down) for the point of the muscle's edge on the nipple's line."""
    down = (30.0 - 55.0 + 100.0) / 2.5
    return down, 30.0 - down / 2


def test_without_a_sure_muscle_up_is_that_of_the_header_and_no_depth_is_named(view: Callable[..., Report]) -> None:
    unsure = oblique(view, flags=frozenset({Flag.PECTORAL_UNCERTAIN}))
    unsure = replace(unsure, breast=replace(unsure.breast, pectoral_confidence=0.29))
    nothing = where(unsure, 20.0, 30.0)
    assert (nothing.upper_lower, nothing.depth) == (None, None)
    assert len(nothing.reasons) == 2
    named = replace(unsure, identity=replace(unsure.identity, patient_orientation=("P", "FL")))
    assert where(named, 20.0, 30.0).upper_lower is UpperLower.UPPER
    turned = replace(unsure, identity=replace(unsure.identity, patient_orientation=("P", "HR")))
    assert where(turned, 20.0, 30.0).upper_lower is UpperLower.LOWER
    drawn = where(replace(unsure, breast=replace(unsure.breast, pectoral_confidence=0.3)), 20.0, 30.0)
    assert (drawn.upper_lower, drawn.depth) == (UpperLower.UPPER, None)
    assert any("runs as usual" in reason for reason in drawn.reasons)
    # 30 mm deeper the parting line has risen by 5 to 17 mm, as the muscle may run.
    assert [where(named, 50.0 - up_mm, 25.0).upper_lower for up_mm in (0.0, 11.0, 28.0)] == [
        UpperLower.LOWER,
        None,
        UpperLower.UPPER,
    ]


def test_in_a_lateral_view_up_is_that_of_the_header(view: Callable[..., Report]) -> None:
    report = view(R, ML, ("P", "F"))
    assert [where(report, 50.0 - up_mm, 25.0).upper_lower for up_mm in (-6.0, 4.0, 6.0)] == [
        UpperLower.LOWER,
        None,
        UpperLower.UPPER,
    ]
    assert where(view(R, ML, ()), 20.0, 30.0).upper_lower is None


def test_a_muscle_at_the_end_that_the_header_calls_the_lower_one_is_no_guide(view: Callable[..., Report]) -> None:
    report = oblique(view)
    turned = replace(report, identity=replace(report.identity, patient_orientation=("P", "HR")))
    found = where(turned, 20.0, 30.0)
    assert found.upper_lower is None
    assert any("Patient Orientation" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"flags": frozenset({Flag.NIPPLE_UNCERTAIN})}, "nipple"),
        ({"modifiers": (ViewModifier.SPOT,)}, "in part"),
        ({"view": View.UNKNOWN}, "not known"),
        ({"view": View.XCCL}, "turned"),
    ],
)
def test_without_nipple_or_a_whole_view_nothing_is_named_but_the_reason(
    view: Callable[..., Report], change: dict[str, Any], word: str
) -> None:
    report = view(L, change.get("view", CC), ("A", "R"), flags=change.get("flags", frozenset()))
    report = replace(report, identity=replace(report.identity, view_modifiers=change.get("modifiers", ())))
    found = where(report, 20.0, 30.0)
    assert (found.upper_lower, found.outer_inner, found.region, found.clock, found.depth) == (None,) * 5
    assert found.from_nipple_mm is None
    assert found.views == ()
    assert word in found.reasons[0]


@pytest.mark.parametrize("side", [L, R])
def test_a_picture_that_is_flipped_with_its_header_has_the_same_place(
    view: Callable[..., Report], side: Laterality
) -> None:
    plain = view(side, CC, ("A", "R"))
    turned = flipped(view(side, CC, ("P", "R")))
    for down_mm in range(2, 99, 12):
        for across_mm in range(2, 60, 12):
            one, other = where(plain, down_mm, across_mm), where(turned, down_mm, 69.9 - across_mm)
            assert (one.outer_inner, one.depth) == (other.outer_inner, other.depth)
            assert one.from_nipple_mm == pytest.approx(other.from_nipple_mm)
