"""Clusters of one breast become findings: linked where they are alike, never merged, and never without a word."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.study import join_study
from mammocalc.model import LinkBasis, Nipple
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution, Flag, Laterality, PresentationIntent, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Report, StudyReport

    Points = tuple[tuple[float, float], ...]

R, L = Laterality.RIGHT, Laterality.LEFT
CC, MLO = View.CC, View.MLO
G = Distribution.GROUPED
TIGHT = ((0, 0), (8, 12), (15, 3), (4, 20), (18, 16), (10, 28))
"""Offsets in pixels of a small group."""
WIDE = tuple((40.0 * (n % 5), 45.0 * (n // 5)) for n in range(25))
"""Offsets of a large one."""
NIPPLE = (600.0, 650.0)


def at(row: float, column: float, offsets: Points = TIGHT) -> Points:
    return tuple((row + down, column + across) for down, across in offsets)


@pytest.fixture
def image(make_example: Callable[..., Any]) -> Callable[..., Report]:
    """Make the report of an image with groups of calcifications."""

    def make(uid: str, side: Laterality, view: View, *groups: Points, **changes: Any) -> Report:
        made: Report = make_example(clusters=tuple((G, group) for group in groups), label=G).report
        usual = {"study_instance_uid": "1.2.9", "patient_key": "k", "study_day": 7, "view_modifiers": ()}
        identity = {**usual, **{key: value for key, value in changes.items() if hasattr(made.identity, key)}}
        report = {key: value for key, value in changes.items() if key not in identity}
        who = replace(made.identity, sop_instance_uid=uid, laterality=side, view=view, **identity)
        breast = replace(made.breast, nipple=Nipple(*NIPPLE, 0.9))
        return replace(made, **{"identity": who, "breast": breast, **report})

    return make


def seen(study: StudyReport) -> dict[str, list[tuple[str, str]]]:
    return {f.name: [(item.view, item.letter) for item in f.sightings] for f in study.findings}


def test_alike_clusters_at_one_distance_from_the_nipple_are_one_finding(image: Callable[..., Report]) -> None:
    views = [
        image("1.1", R, CC, at(500, 300), at(200, 60, WIDE)),
        image("1.2", R, MLO, at(700, 100, WIDE), at(640, 290)),
        image("1.3", L, CC, at(500, 300)),
        image("1.4", L, MLO),
    ]
    studies = [join_study(order) for order in permutations(views)]
    assert all(study == studies[0] for study in studies)
    study = studies[0]
    assert seen(study) == {
        "R1": [("R CC", "A"), ("R MLO", "A")],
        "R2": [("R CC", "B"), ("R MLO", "B")],
        "L1": [("L CC", "A")],
    }
    assert [call.places for call in study.breasts] == [2, 1]
    right = study.findings[1]
    [link] = right.links
    assert (link.first, link.second) == tuple(item.reference for item in right.sightings)
    assert link.basis is LinkBasis.PLACE_AND_LOOKS
    assert link.probability is not None
    assert link.probability > 0.7
    assert link.calibrated_on is not None
    assert any(reason.startswith("from the nipple") for reason in link.reasons)
    lone = study.findings[2]
    assert lone.links == ()
    [unseen] = lone.unseen
    assert (unseen.view, unseen.band_mm) == ("L MLO", 20.0)
    assert unseen.arc_mm == lone.sightings[0].arc_mm
    assert study.statements[-2:] == (
        "Right breast: 2 places with clustered calcifications, 2 seen in more than one image and 0 in one.",
        "Left breast: 1 place with clustered calcifications, 0 seen in more than one image and 1 in one.",
    )


def test_unlike_clusters_stay_two_findings_and_none_is_dropped(image: Callable[..., Report]) -> None:
    study = join_study([image("1.1", R, CC, at(560, 500)), image("1.2", R, MLO, at(150, 40, WIDE))])
    assert seen(study) == {"R1": [("R MLO", "A")], "R2": [("R CC", "A")]}


def test_without_a_nipple_looks_alone_link_less_surely(image: Callable[..., Report]) -> None:
    larger = tuple((2.5 * down, 2.5 * across) for down, across in TIGHT)
    sure = join_study([image("1.1", R, CC, at(500, 300)), image("1.2", R, MLO, at(500, 300, larger))])
    blind = image("1.2", R, MLO, at(500, 300, larger))
    blind = replace(blind, flags=blind.flags | {Flag.NIPPLE_UNCERTAIN})
    unsure = join_study([image("1.1", R, CC, at(500, 300)), blind])
    [[known], [unknown]] = [study.findings[0].links for study in (sure, unsure)]
    assert unknown.basis is LinkBasis.LOOKS
    assert (unknown.probability or 0) < (known.probability or 0)
    assert unknown.reasons[0] == "the nipple is not known in one of the images: compared by appearance only"
    assert any("nipple is not known in 1 of 2 images (R MLO)" in note for note in unsure.notes)
    assert unsure.findings[0].sightings[1].arc_mm is None


@pytest.mark.parametrize(
    ("change", "basis"),
    [
        ({"view_modifiers": (ViewModifier.SPOT,)}, LinkBasis.LOOKS),
        ({"view_modifiers": (ViewModifier.MAGNIFICATION,)}, LinkBasis.LOOKS),
        ({"view_modifiers": (ViewModifier.IMPLANT_DISPLACED,)}, LinkBasis.LOOKS),
        ({"view_modifiers": (ViewModifier.NIPPLE_IN_PROFILE,)}, LinkBasis.PLACE_AND_LOOKS),
        ({"view": View.UNKNOWN}, LinkBasis.LOOKS),
        ({"view": View.ML}, LinkBasis.PLACE_AND_LOOKS),
    ],
)
def test_places_are_compared_where_views_can_be(
    image: Callable[..., Report], change: dict[str, Any], basis: LinkBasis
) -> None:
    other = image("1.2", R, MLO, at(500, 300))
    other = replace(other, identity=replace(other.identity, **change))
    [finding] = join_study([image("1.1", R, CC, at(500, 300)), other]).findings
    assert [link.basis for link in finding.links] == [basis]


def test_repeat_exposures_show_one_finding_and_not_two(image: Callable[..., Report]) -> None:
    study = join_study(
        [image("1.1", R, CC, at(500, 300)), image("1.2", R, CC, at(520, 320)), image("1.3", R, MLO, at(520, 310))]
    )
    [finding] = study.findings
    assert len(finding.sightings) == len(finding.links) == 3
    assert "apart_mm" in finding.links[0].evidence
    assert study.breasts[0].places == 1


def test_one_exposure_in_two_renditions_is_one_picture(image: Callable[..., Report]) -> None:
    raw = image("1.2", R, CC, at(500, 300), at(503, 420), presentation_intent=PresentationIntent.FOR_PROCESSING)
    study = join_study([image("1.1", R, CC, at(500, 300), at(503, 420)), raw])
    assert len(study.findings) == 2
    for finding in study.findings:
        [link] = finding.links
        assert (link.basis, link.probability, link.calibrated_on) == (LinkBasis.SAME_EXPOSURE, None, None)


def test_nothing_is_linked_across_patients_days_or_sides(image: Callable[..., Report]) -> None:
    one = image("1.1", R, CC, at(500, 300))
    others: tuple[dict[str, Any], ...] = (
        {"patient_key": "other"},
        {"patient_key": None},
        {"study_day": 8},
        {"study_day": None},
        {"laterality": L},
        {"laterality": Laterality.UNKNOWN},
    )
    for change in others:
        other = image("1.2", R, MLO, at(500, 300))
        study = join_study([one, replace(other, identity=replace(other.identity, **change))])
        assert [finding.links for finding in study.findings] == [(), ()]
        assert len({finding.name for finding in study.findings}) == 2
        if change != {"laterality": L}:
            assert study.notes


def test_two_images_of_unknown_side_may_be_two_breasts(image: Callable[..., Report]) -> None:
    study = join_study([image(f"1.{n}", Laterality.UNKNOWN, CC, at(500, 300)) for n in (1, 2)])
    assert [finding.name for finding in study.findings] == ["U1", "U2"]
    assert "the side is not known in 2 of 2 images: their clusters are linked to none" in study.notes


def test_both_breasts_have_no_word_in_common_where_there_are_two_patients(image: Callable[..., Report]) -> None:
    study = join_study([image("1.1", R, CC, at(500, 300)), image("1.2", L, CC, at(500, 300), patient_key="other")])
    assert study.both_breasts is None


def test_an_image_without_spacing_is_named_and_links_nothing(image: Callable[..., Report]) -> None:
    bare = replace(image("1.2", R, MLO), spacing=None)
    study = join_study([image("1.1", R, CC, at(500, 300)), bare])
    assert len(study.findings) == 1
    assert "R MLO without a believable pixel spacing: nothing there is grouped or linked" in study.notes


def test_a_flipped_view_and_a_doubtful_side_are_said_on_the_link(image: Callable[..., Report]) -> None:
    one, other = image("1.1", R, CC, at(500, 300)), image("1.2", R, MLO, at(500, 600))
    columns = other.identity.columns
    flipped = tuple((row, columns - 1 - column) for row, column in other.breast.outline_px)
    nipple = Nipple(NIPPLE[0], columns - 1 - NIPPLE[1], 0.9)
    other = replace(
        other,
        breast=replace(other.breast, outline_px=flipped, nipple=nipple),
        flags=other.flags | {Flag.CONTRADICTORY_LATERALITY},
    )
    study = join_study([one, other])
    [link] = study.findings[0].links
    assert any("flipped or of the other breast" in reason for reason in link.reasons)
    assert "attributes disagree on the side of R MLO" in link.reasons
    assert any(note.startswith("the images of the right breast show the chest wall") for note in study.notes)
    assert any(note.startswith("attributes disagree on the side of R MLO") for note in study.notes)


def test_exchanged_sides_are_told_by_where_the_chest_wall_is(image: Callable[..., Report]) -> None:
    right, left = image("1.1", R, CC), image("1.2", L, CC)
    columns = left.identity.columns
    flipped = tuple((row, columns - 1 - column) for row, column in left.breast.outline_px)
    exchanged = join_study([right, replace(left, breast=replace(left.breast, outline_px=flipped))])
    assert any(note.endswith("all are flipped, or the sides are exchanged") for note in exchanged.notes)
    hung = replace(right, breast=replace(right.breast, outline_px=flipped))
    [note] = join_study([hung, left]).notes
    assert note.startswith("R CC: the chest wall is at the other edge than Patient Orientation says")
    said = replace(hung, identity=replace(hung.identity, patient_orientation=("P", "L")))
    assert join_study([said, left]).notes == ()


def test_a_cluster_that_is_torn_in_one_view_is_one_finding(image: Callable[..., Report]) -> None:
    upper, lower = WIDE[:13], tuple((down, across + 75) for down, across in WIDE[13:])
    torn = image("1.2", R, MLO, at(300, 150, upper), at(300, 150, lower))
    study = join_study([image("1.1", R, CC, at(300, 150, upper) + at(300, 150, lower)), torn])
    [finding] = study.findings
    assert [item.view for item in finding.sightings] == ["R CC", "R MLO", "R MLO"]
    assert len(finding.links) == 2
    assert all("in two parts" in link.reasons[-1] for link in finding.links)


def test_machines_and_implants_are_said(image: Callable[..., Report]) -> None:
    other = image("1.2", R, MLO, at(500, 300), manufacturer="Another", breast_implant_present=True)
    study = join_study([image("1.1", R, CC, at(500, 300)), other])
    assert any("different machines" in note for note in study.notes)
    assert any("there is an implant" in note for note in study.notes)
    assert any("two machines" in reason for reason in study.findings[0].links[0].reasons)


def test_pixels_of_another_size_change_nothing(image: Callable[..., Report]) -> None:
    fine = image("1.2", R, MLO, at(500, 300))
    half = tuple(replace(item, row_px=2 * item.row_px, column_px=2 * item.column_px) for item in fine.calcifications)
    double = replace(
        fine,
        spacing=PixelSpacing(0.05, 0.05),
        calcifications=half,
        breast=replace(
            fine.breast,
            nipple=Nipple(2 * NIPPLE[0], 2 * NIPPLE[1], 0.9),
            outline_px=tuple((2 * row, 2 * column) for row, column in fine.breast.outline_px),
        ),
        identity=replace(fine.identity, columns=2 * fine.identity.columns),
    )
    one = image("1.1", R, CC, at(500, 320))
    [first], [second] = (join_study([one, other]).findings[0].links for other in (fine, double))
    assert first.evidence == pytest.approx(second.evidence)
    assert first.reasons == second.reasons
