from dataclasses import replace

import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.stages import normalise
from mammocalc.stages.classify import ClassifySettings
from mammocalc.stages.detect import DetectSettings
from mammocalc.stages.distribution import DistributionSettings
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag

GROUP = [(34 + 2 * (i % 3), 18 + 2 * (i // 3), 0.4) for i in range(9)]


def test_a_group_is_found_counted_and_named(make_mammogram):
    report = analyse(make_mammogram(GROUP), Config())
    assert len(report.calcifications) == 9
    [cluster] = report.clusters
    assert cluster.members == tuple(range(1, 10))
    assert cluster.extent_mm == pytest.approx(np.hypot(4, 4), abs=0.2)
    assert cluster.distribution.label is Distribution.GROUPED
    assert report.distribution.label is Distribution.GROUPED
    assert {c.cluster for c in report.calcifications} == {1}
    assert {c.size for c in report.calcifications} == {CalcificationSize.MICRO}
    assert report.breast.area_mm2 == pytest.approx(np.pi / 2 * 30 * 45, rel=0.03)


def test_an_empty_breast_has_empty_lists_and_no_distribution(make_mammogram):
    report = analyse(make_mammogram(), Config())
    assert report.calcifications == ()
    assert report.clusters == ()
    assert report.distribution.label is Distribution.NONE


def test_without_a_spacing_nothing_is_in_millimetres_and_nothing_is_lost(make_mammogram):
    report = analyse(make_mammogram(GROUP, is_calibrated=False), Config())
    assert len(report.calcifications) == 9
    for found in report.calcifications:
        assert (found.diameter_mm, found.length_mm, found.width_mm, found.area_mm2, found.size) == (None,) * 5
        assert found.diameter_px == pytest.approx(4, abs=1)
        assert not found.flags & {Flag.NEAR_SIZE_LIMIT, Flag.NEAR_SKIN}
    assert report.breast.area_mm2 is None
    assert report.distribution.label is Distribution.NOT_APPLICABLE
    assert Flag.UNCALIBRATED in report.flags


def test_what_lies_below_the_threshold_is_kept_as_a_candidate(make_mammogram):
    config = Config(classify=ClassifySettings(threshold=0.99999999))
    report = analyse(make_mammogram(GROUP), config)
    assert report.calcifications == ()
    assert len(report.candidates) >= 9
    assert report.presence == analyse(make_mammogram(GROUP), Config()).presence


def test_a_storm_of_marks_is_cut_to_the_strongest_and_flagged(make_mammogram):
    report = analyse(make_mammogram(GROUP), Config(detect=DetectSettings(report_limit=4)))
    assert len(report.calcifications) <= 4
    assert Flag.TOO_MANY_FINDINGS in report.flags


def test_equal_input_gives_an_equal_report(make_mammogram):
    assert analyse(make_mammogram(GROUP), Config()) == analyse(make_mammogram(GROUP), Config())


def test_the_input_is_not_modified(make_mammogram):
    mammogram = make_mammogram(GROUP)
    mammogram.pixels.codes.setflags(write=False)
    before = mammogram.pixels.codes.copy()
    analyse(mammogram, Config())
    np.testing.assert_array_equal(mammogram.pixels.codes, before)


def test_the_frame_is_passed_on(make_mammogram):
    report = analyse(replace(make_mammogram(GROUP), frame=3), Config())
    assert {c.frame for c in report.calcifications} == {3}


@pytest.fixture
def doubting(monkeypatch):
    """Say of the first so many calcifications that they may lie in an artery, as the stage of vessels would."""

    def doubt(count):
        def flagged(found, *_others):
            doubted = (c.flags | {Flag.POSSIBLY_VASCULAR} if c.number <= count else c.flags for c in found)
            return tuple(replace(c, flags=flags) for c, flags in zip(found, doubted, strict=True)), ()

        monkeypatch.setattr("mammocalc.analysis.image.vessels.flag_vessels", flagged)

    return doubt


@pytest.mark.parametrize(("doubtful", "is_withheld"), [(4, False), (5, True), (9, True)])
def test_a_descriptor_is_withheld_where_more_than_half_may_be_arterial(make_mammogram, doubting, doubtful, is_withheld):
    doubting(doubtful)
    report = analyse(make_mammogram(GROUP), Config())
    [cluster] = report.clusters
    assert (cluster.distribution.label is Distribution.GROUPED) is not is_withheld
    sentence = f"{doubtful} of 9 lie in two short parallel rows, which may be the walls of an artery"
    assert (sentence in cluster.distribution.reasons) is is_withheld
    assert report.distribution.label is (Distribution.VASCULAR if is_withheld else Distribution.GROUPED)
    if is_withheld:
        reason = f"{doubtful} of 9 calcifications lie on arteries, {doubtful} of these in short rows that may be one"
        assert report.distribution.reasons[0] == reason


def test_a_descriptor_stands_where_half_may_be_arterial(make_mammogram, doubting):
    doubting(4)
    [cluster] = analyse(make_mammogram(GROUP[:8]), Config()).clusters
    assert len(cluster.members) == 8
    assert cluster.distribution.label is Distribution.GROUPED


def test_single_ones_that_are_unsure_make_no_word(make_mammogram, monkeypatch):
    single = [(20, 12, 0.5), (40, 20, 0.5), (60, 12, 0.5)]
    called = analyse(make_mammogram(single), Config()).distribution
    assert called.label is Distribution.SCATTERED
    monkeypatch.setattr("mammocalc.analysis.distribution._SURE_ALONE", 1.01)
    called = analyse(make_mammogram(single), Config()).distribution
    assert called.label is Distribution.NONE
    assert called.reasons == (
        "3 calcifications, 3 of them too unsure to count by themselves: fewer than the 3 that are called scattered",
    )


def test_firm_memberships_are_told_and_those_far_away_are_not(make_mammogram):
    """Two groups 27 to 31 mm apart: at a reach of 7 mm a share in the other one falls below 0.05 at 30.3 mm."""
    near = [(20 + 2 * (i % 3), 12 + 2 * (i // 3), 0.4) for i in range(6)]
    far = [(51 + 2 * (i % 3), 12 + 2 * (i // 3), 0.4) for i in range(6)]
    report = analyse(make_mammogram(near + far), Config())
    assert len(report.clusters) == 2
    told = {c.number: dict(c.memberships) for c in report.calcifications}
    row_mm = {c.number: c.row_px / 10 for c in report.calcifications}
    for number, shares in told.items():
        own = report.calcifications[number - 1].cluster
        assert own is not None
        assert shares[own] >= 0.5
        other_mm = min(
            abs(row_mm[number] - mm) for n, mm in row_mm.items() if report.calcifications[n - 1].cluster != own
        )
        expected = 0.5 ** (other_mm / 7)
        assert (len(shares) == 2) is (expected >= 0.05), (number, other_mm)
    assert {len(shares) for shares in told.values()} == {1, 2}


def test_what_its_cluster_made_a_calcification_says_so(request):
    """The line of the samples has a plain speck that reaches the threshold only with those beside it."""
    line = read_mammogram(request.config.rootpath / "sample_data" / "04_linear.dcm", DicomSettings())
    alone, together = (analyse(line, Config(classify=ClassifySettings(cluster_odds=odds))) for odds in (1.0, 9.0))
    threshold = Config().classify.threshold
    joined = [c for c in together.calcifications if Flag.SECOND_LOOK in c.flags]
    assert len(joined) == 1
    assert all(0.59 < c.score < threshold and c.cluster is not None for c in joined)
    assert all(c.score >= threshold for c in together.calcifications if c not in joined)
    assert not any(Flag.SECOND_LOOK in c.flags for c in alone.calcifications)
    assert len(together.calcifications) == len(alone.calcifications) + 1
    assert len(together.candidates) == len(alone.candidates) - 1
    assert len(together.clusters) == len(alone.clusters)


@pytest.mark.parametrize(("settings", "counts"), [({"cluster_odds": 9.0}, False), ({"crowd_score": 0.2}, True)])
def test_what_a_crowd_made_a_calcification_counts_and_what_a_cluster_made_one_does_not(request, settings, counts):
    line = read_mammogram(request.config.rootpath / "sample_data" / "04_linear.dcm", DicomSettings())
    report = analyse(line, Config(classify=ClassifySettings(**{"cluster_odds": 1.0, **settings})))
    second = sum(Flag.SECOND_LOOK in c.flags for c in report.calcifications)
    evidence = report.distribution.evidence
    counted = sum(evidence[f"image_{name}"] for name in ("counting", "arterial", "benign"))
    assert second
    assert counted == len(report.calcifications) - (0 if counts else second)


@pytest.mark.parametrize(("name", "said"), [("03_grouped", ["1"]), ("04_linear", []), ("08_none", [])])
def test_where_the_word_counts_fewer_than_are_listed_a_reason_says_so(request, name, said):
    """The word grouped counts 11 of 12; a line's own reason counts all its members."""
    image = read_mammogram(request.config.rootpath / "sample_data" / f"{name}.dcm", DicomSettings())
    reasons = analyse(image, Config()).distribution.reasons
    assert [reason.split()[0] for reason in reasons if "second look" in reason] == said


def test_a_candidate_is_never_reported_as_well(make_mammogram):
    report = analyse(make_mammogram(GROUP), Config())
    assert report.calcifications
    assert all(candidate.score < Config().classify.threshold for candidate in report.candidates)


def test_the_pixel_that_is_taken_without_a_spacing_matters(make_mammogram, monkeypatch):
    """At twice the true size the breast is judged as twice as large, and what is found in pixels differs."""
    mammogram = make_mammogram(GROUP, is_calibrated=False)
    sizes = []
    for pixel_mm in (0.1, 0.2):
        monkeypatch.setattr(normalise, "UNCALIBRATED_PIXEL_MM", pixel_mm)
        sizes.append([c.diameter_px for c in analyse(mammogram, Config()).calcifications])
    assert sizes[0]
    assert sizes[0] != sizes[1]


LINE = [(22.0 + 3.0 * i, 12.0 + 1.5 * i, 0.4) for i in range(9)]


@pytest.mark.parametrize(("near_mm", "is_withheld"), [(10.0, True), (3.0, False)])
def test_a_line_beside_an_artery_is_withheld(make_mammogram, monkeypatch, near_mm, is_withheld):
    def flagged(found, *_):
        return tuple(replace(c, flags=c.flags | ({Flag.VASCULAR} if c.row_px < 190 else set())) for c in found), ()

    monkeypatch.setattr("mammocalc.analysis.image.vessels.flag_vessels", flagged)
    monkeypatch.setattr("mammocalc.analysis.distribution._ARTERY_NEAR_MM", near_mm)
    settings = DistributionSettings(by="table")
    report = analyse(make_mammogram([(17.0, 12.0, 0.4), *LINE]), Config(distribution=settings))
    [cluster] = report.clusters
    assert (cluster.distribution.label is Distribution.INDETERMINATE) is is_withheld
    assert any("on an artery within" in reason for reason in cluster.distribution.reasons) is is_withheld


@pytest.mark.parametrize(("coarse_mm", "word"), [(0.5, Distribution.TYPICALLY_BENIGN), (5.0, Distribution.SCATTERED)])
def test_single_coarse_ones_count_as_typically_benign(make_mammogram, monkeypatch, coarse_mm, word):
    monkeypatch.setattr("mammocalc.analysis.distribution._COARSE_MIN_DIAMETER_MM", coarse_mm)
    apart = [(15.0 + 14 * i, 10.0 + 9 * (i % 2), 0.7) for i in range(4)]
    report = analyse(make_mammogram(apart), Config())
    assert len(report.calcifications) == 4
    assert report.distribution.label is word
