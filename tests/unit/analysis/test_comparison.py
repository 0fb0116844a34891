"""Comparisons: what is refused, what is doubted, and which words are said of calcifications and clusters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from mammocalc.analysis.change_limits import limits_for
from mammocalc.analysis.comparison import (
    Entry,
    Sight,
    calcification_words,
    cluster_words,
    compare_images,
    layers,
    look_at,
    named_pairs,
    pair_up,
)
from mammocalc.analysis.comparison.joined import judged
from mammocalc.analysis.comparison.laid_out import lay_out
from mammocalc.analysis.comparison.layers import MIRRORED, match_in_layers
from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.model import Comparison, PairedBy, Report
from mammocalc.stages.registration import Anatomy, Matching, TissueMap, lay_over
from mammocalc.vocabulary.changes import Change
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Laterality, View

if TYPE_CHECKING:
    from mammocalc.analysis.comparison.laid_out import LaidOut

SAMPLE = Path(__file__).parents[3] / "sample_data" / "03_grouped.dcm"


@pytest.fixture(scope="module")
def report() -> Report:
    """Give an image with many calcifications and a known nipple."""
    return analyse(read_mammogram(SAMPLE, DicomSettings()), Config())


def prior_of(report: Report, **identity: Any) -> Report:
    """Give the same breast some millimetres lower, as another image."""
    changes = {"sop_instance_uid": "1.2.3", "study_day": 100, **identity}
    moved = tuple(replace(c, row_px=c.row_px + 25.0, column_px=c.column_px + 8.0) for c in report.calcifications)
    return replace(report, identity=replace(report.identity, **changes), calcifications=moved)


def without(report: Report, numbers: set[int]) -> Report:
    """Give what a search reports that missed some."""
    return replace(
        report,
        calcifications=tuple(c for c in report.calcifications if c.number not in numbers),
        clusters=tuple(replace(c, members=tuple(m for m in c.members if m not in numbers)) for c in report.clusters),
    )


def nothing_seen() -> Sight:
    return Sight(np.zeros((0, 2)), np.zeros(0), np.zeros(0))


def words(comparison: Comparison) -> dict[str, int]:
    return {str(word): count for word, count in comparison.counts.items() if count}


def test_the_same_calcifications_lower_in_the_image_are_matched(report: Report) -> None:
    found = compare_images(report, prior_of(report))
    assert found.registration.is_comparable
    assert found.counts[Change.MATCHED] >= 0.9 * len(report.calcifications)
    assert {c.change for c in found.clusters} <= {Change.MATCHED, Change.NOT_COMPARABLE}


@pytest.mark.parametrize("seen", [True, False])
def test_what_the_prior_lacks_is_new_only_if_its_pixels_were_looked_at(report: Report, *, seen: bool) -> None:
    cluster = max(report.clusters, key=lambda c: len(c.members))
    missing = set(cluster.members[::4])
    before = prior_of(report)
    before = without(before, missing)
    found = compare_images(report, before, sights=(None, nothing_seen() if seen else None))
    said = {item.calcification: item for item in found.calcifications if item.calcification in missing}
    assert all(item.change is not Change.MATCHED for item in said.values())
    assert any(item.change is Change.NEW for item in said.values()) is seen
    assert found.looked_at == (False, seen)
    for item in said.values():
        assert item.reason
    back = compare_images(before, report)  # the other way round nothing is gone without a look either
    assert back.counts[Change.GONE] == 0


def test_on_tissue_a_place_is_known_where_nothing_is_joined(report: Report) -> None:
    mammogram = read_mammogram(SAMPLE, DicomSettings())
    prior = replace(report, identity=replace(report.identity, sop_instance_uid="1.2.3"))
    sight = look_at(mammogram, report, Config())
    blind = replace(nothing_seen(), tissue=sight.tissue)
    alone = without(report, {c.number for c in report.calcifications[1:]})
    [tissue] = [one.tissue for one in (sight,) if one.tissue is not None]
    single = replace(sight, tissue=replace(tissue, crops=tissue.crops[:1]))
    found = compare_images(alone, prior, sights=(single, blind))
    made = found.registration
    assert (made.kind, made.joined, made.is_comparable) == ("tissue", 1, True)
    assert made.tissue_correlation is not None
    assert made.tissue_correlation > 0.5
    assert made.mirrored_correlation is not None
    assert made.mirrored_correlation < 0.5 * made.tissue_correlation
    assert "it is the same" in made.reasons[-1]
    [same] = [one for one in found.calcifications if one.calcification is not None]
    assert same.prior_calcification == same.calcification
    # The prior has none at all, and its pixels hold nothing: what is bright and away from the border is new.
    none = replace(without(prior, {c.number for c in report.calcifications}), clusters=())
    empty = replace(blind, tissue=replace(tissue, crops=tissue.crops[:0]))
    found = compare_images(report, none, sights=(sight, empty))
    assert found.registration.kind == "tissue"
    assert found.counts[Change.NEW] > 0.3 * len(report.calcifications)
    assert compare_images(report, none, sights=(sight, None)).counts[Change.NEW] == 0
    # A prior that was blurred need not show what is small, and one that is very noisy neither.
    for clarity in (replace(tissue.clarity, grain=0.03), replace(tissue.clarity, noise=50 * tissue.clarity.noise)):
        dim = replace(empty, tissue=replace(tissue, crops=tissue.crops[:0], clarity=clarity))
        assert compare_images(report, none, sights=(sight, dim)).counts[Change.NEW] == 0
    # One that is joined to none and lies within reach of its place may be it.
    near = replace(report.calcifications[0], column_px=report.calcifications[0].column_px + 40.0, diameter_mm=3.0)
    one = replace(none, calcifications=(near,))
    other = replace(empty, tissue=replace(tissue, crops=0 * tissue.crops[:1]))
    found = compare_images(alone, one, sights=(single, other))
    assert [str(item.change) for item in found.calcifications if item.calcification is not None] == ["new_faint"]


def test_something_faint_at_the_place_is_no_new_one(report: Report) -> None:
    before = prior_of(report)
    number = max(report.clusters, key=lambda c: len(c.members)).members[0]
    hidden = next(c for c in before.calcifications if c.number == number)
    before = without(before, {number})
    faint = Sight(np.array([[hidden.row_px, hidden.column_px]]), np.array([4.0]), np.array([0.1]))
    found = compare_images(report, before, sights=(None, faint))
    [item] = [item for item in found.calcifications if item.calcification == number]
    assert item.change in {Change.NEW_FAINT, Change.NOT_COMPARABLE}


def test_all_that_became_larger_alike_is_the_machine_and_one_that_did_more_has_grown(report: Report) -> None:
    larger = tuple(replace(c, diameter_mm=(c.diameter_mm or 0.1) * 1.2) for c in report.calcifications)
    now = replace(report, calcifications=larger)
    assert compare_images(now, prior_of(report)).counts[Change.GROWN] == 0
    number = max(report.clusters, key=lambda c: len(c.members)).members[1]
    one = tuple(
        replace(c, diameter_mm=(c.diameter_mm or 0.1) * (1.8 if c.number == number else 1.0))
        for c in report.calcifications
    )
    found = compare_images(replace(report, calcifications=one), prior_of(report))
    assert [c.calcification for c in found.calcifications if c.change is Change.GROWN] == [number]


@pytest.mark.parametrize(
    ("changes", "identity", "sentence"),
    [
        ({"spacing": None}, {}, "no believable pixel spacing"),
        ({}, {"laterality": Laterality.BOTH}, "one image is of the side"),
        ({}, {"view": View.XCCL}, "the views differ"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    report: Report, changes: dict[str, Any], identity: dict[str, Any], sentence: str
) -> None:
    found = compare_images(report, replace(prior_of(report, **identity), **changes))
    assert not found.registration.is_comparable
    assert sentence in found.registration.reasons[0]
    assert set(words(found)) == {"not_comparable"}


def test_one_image_twice_and_a_copy_of_it_are_told(report: Report) -> None:
    assert compare_images(report, report).registration.reasons == ("current and prior are the same image",)
    copy = replace(report, identity=replace(report.identity, sop_instance_uid="1.9"))
    assert "copies of one exposure" in compare_images(report, copy).registration.reasons[0]


def test_two_machines_and_pixel_sizes_are_noted(report: Report) -> None:
    other = prior_of(report, manufacturer="another")
    assert report.spacing is not None
    twice = PixelSpacing(report.spacing.row_mm * 1.5, report.spacing.column_mm * 1.5)
    notes = compare_images(report, replace(other, spacing=twice)).notes
    assert any("different machines" in note for note in notes)
    assert any("the finer show what the coarser cannot" in note for note in notes)


def test_a_mirrored_prior_is_turned_or_told(report: Report) -> None:
    before = prior_of(report)
    rows = report.identity.rows
    flipped = replace(
        before, calcifications=tuple(replace(c, row_px=rows - 1 - c.row_px) for c in before.calcifications)
    )
    found = compare_images(report, flipped)
    assert not found.registration.is_comparable or found.registration.joined < 0.5 * len(report.calcifications)


def test_an_image_without_calcifications_leaves_nothing_to_join(report: Report) -> None:
    empty = replace(prior_of(report), calcifications=(), clusters=())
    found = compare_images(report, empty)
    assert set(words(found)) == {"not_comparable"}
    assert "no calcification" in found.registration.reasons[0]
    assert compare_images(empty, replace(empty, identity=report.identity)).calcifications == ()


def entry(uid: str, day: int | None, **changes: Any) -> Entry:
    values = {"patient_key": "k", "laterality": "L", "view": "CC", "view_modifiers": (), "intent": "", "result": ""}
    return Entry(uid=uid, study_day=day, **{**values, **changes})


def test_each_image_is_paired_with_the_nearest_earlier_day_of_its_view() -> None:
    entries = [entry("1", 5), entry("2", 400), entry("3", 800), entry("4", 390, view="MLO"), entry("5", 2, view="MLO")]
    pairs, alone = pair_up(entries)
    assert [(p.current.uid, p.prior.uid) for p in pairs] == [("2", "1"), ("3", "2"), ("4", "5")]
    assert alone == ()
    assert pair_up(entries[::-1])[0] == pairs


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"patient_key": None}, "names no patient"),
        ({"laterality": "unknown"}, "side or view is not known"),
        ({"patient_key": "other"}, "no other image of this patient"),
        ({"view_modifiers": ("M",)}, "no other image of this patient is an L CC M"),
    ],
)
def test_an_image_without_a_pair_has_its_reason(changes: dict[str, Any], sentence: str) -> None:
    _, alone = pair_up([entry("1", 5), entry("2", 400, **changes)])
    assert any(sentence in item.reason for item in alone if item.entry.uid == "2")


def test_two_runs_without_dates_are_paired_with_a_note_and_never_backwards() -> None:
    undated, _ = pair_up([entry("1", None), entry("2", None, is_prior=True)])
    assert [(p.current.uid, p.prior.uid, p.paired_by) for p in undated] == [("1", "2", PairedBy.TWO_RUNS)]
    assert "a date is not known" in undated[0].notes[0]
    none, alone = pair_up([entry("1", 5), entry("2", 400, is_prior=True)])
    assert none == ()
    assert "exchange the two runs" in alone[0].reason


def test_named_pairs_say_what_does_not_fit() -> None:
    entries = [entry("1", 400), entry("2", 5, laterality="R"), entry("3", 800)]
    pairs, missing = named_pairs(entries, [("1", "2"), ("1", "3"), ("1", "1"), ("1", "9")])
    assert "the sides differ (L and R)" in pairs[0].notes
    assert "the prior is the later of the two: the list may have them exchanged" in pairs[1].notes
    assert [reason for _, _, reason in missing] == [
        "current and prior are the same image",
        "there is no result of the prior image",
    ]


@pytest.mark.parametrize("are_exchanged", [True, False])
def test_sides_that_were_exchanged_between_two_dates_are_told_and_nothing_is_new(
    report: Report, *, are_exchanged: bool
) -> None:
    """Of two priors one is this breast, and the other has as many marks elsewhere."""
    rng = np.random.default_rng(1)
    marks = tuple(
        replace(c, row_px=c.row_px + rng.normal(0, 90), column_px=c.column_px + rng.normal(0, 90))
        for c in report.calcifications
    )
    this, other = prior_of(report), replace(prior_of(report), calcifications=marks)
    first, second = (other, this) if are_exchanged else (this, other)
    turned = replace(second, identity=replace(second.identity, sop_instance_uid="1.2.4", laterality=Laterality.RIGHT))
    found = compare_images(report, first, sights=(nothing_seen(), nothing_seen()), rivals=[turned])
    assert found.registration.is_comparable is not are_exchanged
    said = "; ".join(found.registration.reasons)
    assert ("left and right may be exchanged on one of the two dates" in said) is are_exchanged
    assert (set(words(found)) == {"not_comparable"}) is are_exchanged
    assert ({cluster.change for cluster in found.clusters} == {Change.NOT_COMPARABLE}) is are_exchanged


def test_of_several_that_fit_better_the_best_is_named(report: Report) -> None:
    prior = prior_of(report)
    other_view = replace(prior.identity, view=View.MLO)
    wrong = without(prior, {c.number for c in report.calcifications[2:]})
    fits_less = without(prior, {c.number for c in report.calcifications[:4]})
    rivals = [replace(one, identity=other_view) for one in (fits_less, prior, fits_less)]
    reason = compare_images(report, wrong, rivals=rivals).registration.reasons[-1]
    assert reason.startswith(f"the MLO view on the prior's date fits better ({len(report.calcifications)} joined)")


def same_tissue(report: Report) -> tuple[Sight, Sight]:
    """Look at one image as the current one and as a prior without calcifications."""
    sight = look_at(read_mammogram(SAMPLE, DicomSettings()), report, Config())
    assert sight.tissue is not None
    return sight, replace(nothing_seen(), tissue=replace(sight.tissue, crops=sight.tissue.crops[:0]))


def test_nothing_is_new_where_two_images_cannot_be_laid_over_each_other(report: Report) -> None:
    empty = replace(prior_of(report), calcifications=(), clusters=())
    found = compare_images(report, empty, sights=(None, nothing_seen()))
    assert not found.registration.is_comparable
    assert set(words(found)) == {"not_comparable"}


@pytest.mark.parametrize(("flags", "is_one_part"), [(set(), True), ({Flag.ORIENTATION_CONTRADICTED}, False)])
def test_a_group_that_the_prior_has_nothing_of_is_new_unless_it_may_show_another_part(
    report: Report, flags: set[Flag], *, is_one_part: bool
) -> None:
    empty = replace(renamed(report), calcifications=(), clusters=(), flags=report.flags | flags)
    found = compare_images(report, empty, sights=same_tissue(report))
    assert found.registration.is_comparable
    assert (found.counts[Change.NEW] > 0) is is_one_part
    new = {one.calcification for one in found.calcifications if one.change is Change.NEW}
    for cluster, said in zip(report.clusters, found.clusters, strict=True):
        is_new = len(new & set(cluster.members)) >= 0.5 * len(cluster.members)
        assert said.change is (Change.NEW if is_new else Change.NOT_COMPARABLE)
    largest = max(found.clusters, key=lambda one: one.members)
    assert (largest.change is Change.NEW) is is_one_part


def test_nothing_is_new_where_the_prior_shows_no_tissue(report: Report) -> None:
    prior = replace(report, identity=replace(report.identity, sop_instance_uid="1.2.3"))
    empty = replace(prior, calcifications=(), clusters=())
    current, blind = same_tissue(report)
    assert blind.tissue is not None
    box = blind.tissue.image.values.copy()
    assert report.spacing is not None
    members = set(max(report.clusters, key=lambda c: len(c.members)).members)
    is_member = [c.number in members for c in report.calcifications]
    places = blind.tissue.image.to_px(lay_out(report, report.spacing).points_mm[is_member])
    (top, left), (bottom, right) = np.rint(places.min(axis=0)).astype(int), np.rint(places.max(axis=0)).astype(int)
    box[max(0, top - 20) : bottom + 20, max(0, left - 20) : right + 20] = 0
    hidden = replace(blind, tissue=replace(blind.tissue, image=replace(blind.tissue.image, values=box)))
    found = compare_images(report, empty, sights=(current, hidden))
    assert found.registration.is_comparable
    assert not any(item.change is Change.NEW for item in found.calcifications if item.calcification in members)
    assert any("shows no tissue at its place" in item.reason for item in found.calcifications)


def renamed(report: Report) -> Report:
    return replace(report, identity=replace(report.identity, sop_instance_uid="1.2.3"))


def test_a_piece_of_what_is_joined_is_neither_new_nor_gone(report: Report) -> None:
    """A coarse body is one mark on one date, and two on the other."""
    body = max(report.calcifications, key=lambda item: item.diameter_mm or 0)
    piece = replace(body, number=999, row_px=body.row_px + 3, diameter_mm=0.4, contrast_to_noise=20.0)
    pieces = replace(report, calcifications=(*report.calcifications, piece))
    whole_sight, pieces_sight = (same_tissue(one)[0] for one in (report, pieces))
    now = compare_images(pieces, renamed(report), sights=(pieces_sight, whole_sight))
    before = compare_images(report, renamed(pieces), sights=(whole_sight, pieces_sight))
    assert [item.change for item in now.calcifications if item.calcification == 999] == [Change.NEW_FAINT]
    assert [item.change for item in before.calcifications if item.prior_calcification == 999] == [Change.NOT_COMPARABLE]


def test_a_group_is_not_new_where_it_was_on_what_is_labelled_the_other_side(report: Report) -> None:
    this = replace(report, identity=replace(report.identity, sop_instance_uid="1.2.3"))
    empty = replace(this, calcifications=(), clusters=())
    turned = replace(this, identity=replace(this.identity, sop_instance_uid="1.2.4", laterality=Laterality.RIGHT))
    sights = same_tissue(report)
    assert compare_images(report, empty, sights=sights).counts[Change.NEW] > 0
    found = compare_images(report, empty, sights=sights, rivals=[turned])
    assert set(words(found)) == {"not_comparable"}
    assert "left and right may be exchanged" in found.registration.reasons[-1]


@pytest.mark.parametrize("seen_before", range(121))
def test_no_limit_is_narrower_than_what_positioning_alone_does(seen_before: int) -> None:
    limits = limits_for(seen_before)
    assert min(limits.fewer, limits.more) >= 36 * seen_before // 100
    assert limits.least_extent <= 0.75
    assert limits.most_extent >= 1.27
    assert limits.least_diameter <= 0.94
    assert limits.most_diameter >= 1.07


def test_a_cluster_has_grown_by_one_more_than_positioning_adds_and_not_at_the_limit(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its members some were not there before; the rest are joined, and all of them are seen to be new."""
    monkeypatch.setattr(calcification_words, "SURE_CONTRAST", 0.0)  # the faint ones, too
    cluster = max(report.clusters, key=lambda c: len(c.members))
    total = len(cluster.members)
    least = next(k for k in range(total) if k > limits_for(total - k).more)
    said = {}
    for count in (least - 1, least):
        missing = set(cluster.members[:: total // count][:count])
        found = compare_images(report, without(prior_of(report), missing), sights=(None, nothing_seen()))
        assert {c.change for c in found.calcifications if c.calcification in missing} == {Change.NEW}
        said[count] = next(change for change in found.clusters if change.cluster == cluster.number)
    assert said[least - 1].change is Change.MATCHED
    assert f"+{least - 1} is within what positioning does" in said[least - 1].reasons[0]
    assert said[least].change is Change.GROWN
    assert f"+{least} is beyond what positioning does" in said[least].reasons[0]
    for count, change in said.items():
        assert (change.members, change.prior_members, change.joined) == (total, total - count, total - count)


@pytest.mark.parametrize(("ratio", "change"), [(1.274, Change.MATCHED), (1.276, Change.GROWN)])
def test_what_is_told_as_being_at_the_limit_is_within_it(
    report: Report, ratio: float, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits of the diameter stand in: its ratio can be set, and is told as 1.27 and 1.28."""
    limits = replace(limits_for(20), least_diameter=0.75, most_diameter=1.27)
    monkeypatch.setattr(cluster_words, "limits_for", lambda _seen: limits)
    monkeypatch.setattr(cluster_words, "ERRORS", 0.0)
    cluster = max(report.clusters, key=lambda c: len(c.members))
    now = replace(
        report,
        calcifications=tuple(
            replace(c, diameter_mm=(c.diameter_mm or 0.0) * ratio) if c.number in cluster.members else c
            for c in report.calcifications
        ),
    )
    monkeypatch.setattr(calcification_words, "ENOUGH_PAIRS", 10_000)  # no ratio of the whole image is taken away
    found = compare_images(now, prior_of(report))
    [said] = [one for one in found.clusters if one.cluster == cluster.number]
    assert said.change is change
    assert (
        f"{ratio:.2f} is {'within' if change is Change.MATCHED else 'beyond'} what positioning does" in said.reasons[1]
    )


def join_two_layers(deep: int) -> int:
    """Join a breast to itself whose last calcifications went 22 mm along the wall, and their tissue nowhere."""
    rng = np.random.default_rng(3)
    near, group = rng.uniform((10, 10), (30, 30), (12, 2)), rng.uniform((80, 30), (95, 45), (10, 2))[:deep]
    now = np.concatenate([near, group])
    image = cast("LaidOut", SimpleNamespace(points_mm=now, traits=np.exp(rng.normal(0.0, 1.5, (22, 2)))[: len(now)]))
    crops = np.zeros((len(now), 49, 49), np.float32)
    places = now - np.where(np.arange(len(now)) < len(near), 0.0, 22.0)[:, None] * (1.0, 0.0)
    joined, mirrored = match_in_layers(image, image, places, (crops, crops))
    assert len(mirrored) == len(MIRRORED)
    assert (np.diff(joined.pairs[:, 0]) > 0).all()
    assert (joined.pairs[:, 0] == joined.pairs[:, 1]).all()
    return len(joined.pairs)


def test_a_group_that_lies_far_off_its_tissue_is_joined_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert join_two_layers(10) >= 20
    assert join_two_layers(2) == 12  # two that are left are too few
    monkeypatch.setattr(layers, "mirror", lambda points_mm: [points_mm] * len(MIRRORED))  # which then fits as well
    assert join_two_layers(10) == 12


@pytest.mark.parametrize(
    ("tissue_was_seen", "joined", "is_comparable"), [(False, 4, True), (True, 4, False), (True, 5, True)]
)
def test_four_joined_on_tissue_that_is_not_the_same_compare_nothing(
    *, tissue_was_seen: bool, joined: int, is_comparable: bool
) -> None:
    points = np.zeros((14, 2))
    frame = lay_over(*[Anatomy(points, points[:0], points[0])] * 2)
    other = TissueMap(frame, 0.09, 0.03, points, points[:, 0], np.zeros((2, 2, 2), np.float32), (0.0, 0.0))
    image = cast("LaidOut", SimpleNamespace(points_mm=points))
    found = Matching(np.stack([np.arange(joined)] * 2, axis=1), 0.3, 20.0)
    by_chance = [Matching(np.zeros((0, 2), np.intp), None, 0.0)]
    made = judged(image, image, frame, found, by_chance, other if tissue_was_seen else None).registration
    assert made.is_comparable is is_comparable
    assert is_comparable or "fewer than 5" in made.reasons[1]


@pytest.mark.parametrize(
    ("correlation", "joined", "said"),
    [
        (0.40, 0, "it is the same"),
        (0.30, 5, "it is the same by what is joined"),
        (0.30, 4, "it may be that of the other breast"),
        (0.10, 4, "it may not be the same"),
    ],
)
def test_what_is_joined_tells_whose_the_tissue_is(correlation: float, joined: int, said: str) -> None:
    points = np.zeros((14, 2))
    frame = lay_over(*[Anatomy(points, points[:0], points[0])] * 2)
    tissue = TissueMap(frame, correlation, 0.03, points, points[:, 0], np.zeros((2, 2, 2), np.float32), (0.0, 0.0))
    image = cast("LaidOut", SimpleNamespace(points_mm=points))
    found = Matching(np.stack([np.arange(joined)] * 2, axis=1), 0.3, 20.0)
    by_chance = [Matching(np.zeros((0, 2), np.intp), None, 0.0)]
    assert judged(image, image, tissue, found, by_chance, tissue).registration.reasons[-1].endswith(f": {said}")
