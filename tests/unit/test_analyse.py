from dataclasses import replace

import numpy as np
import pytest

from pipeline.analyse import analyse
from pipeline.config import Config
from pipeline.lexicon import CalcificationSize, Distribution, Flag
from pipeline.stages.classify import ClassifySettings
from pipeline.stages.detect import DetectSettings

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
    assert report.distribution.label is Distribution.NOT_APPLICABLE


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
    few = analyse(make_mammogram(GROUP), Config(classify=config.classify, detect=DetectSettings(min_score=0.9)))
    assert few.candidates == tuple(c for c in report.candidates if c.score >= 0.9)
    assert 0 < len(few.candidates) < len(report.candidates)


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
