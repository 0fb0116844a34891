"""The word of an image: one table, read from the top."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mammocalc.model import Breast, Spread, Tally
from mammocalc.stages.cluster_features import measure_spread
from mammocalc.stages.distribution import (
    DistributionSettings,
    classify_image,
    classify_pattern,
    image_words,
)
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Distribution
from tests.unit.stages.test_distribution import AREA, GROUP, LINE, NO_NIPPLE
from tests.unit.stages.test_distribution import WEDGE as THIN_WEDGE

SETTINGS = DistributionSettings()
SPACING = PixelSpacing(0.1, 0.1)
D = Distribution
WEDGE: dict[str, Any] = {**THIN_WEDGE, "hull_share": 0.05}

# Ten specks by themselves, far from every limit; each line of the table changes what it is about.
SPECKS = Spread(
    arterial=0,
    possibly_arterial=0,
    benign=0,
    counting=10,
    unsure=0,
    microcalcifications=10,
    circle_mm=10.0,
    most_in_circle=2,
    most_in_wide_circle=3,
    dense_patch_mm=0.0,
    cells_with=9,
    cells_of_breast=50,
)
MANY: dict[str, Any] = {"counting": 48, "cells_with": 20, "most_in_circle": 6, "most_in_wide_circle": 9}
REGION: dict[str, Any] = {**MANY, "cells_with": 8, "most_in_wide_circle": 24, "dense_patch_mm": 30.0}
KNOWN = replace(GROUP, count=10, most_in_circle=2, extent_mm=90.0, hull_share=0.5)


def named(whole=KNOWN, clusters=(), **changes):
    return classify_image(replace(SPECKS, **changes), whole, list(clusters), None, SETTINGS)


def cluster(**changes):
    return classify_pattern(replace(GROUP, **changes), None, SETTINGS)


@pytest.mark.parametrize(
    ("case", "changes", "word"),
    [
        ("nothing", {"counting": 0, "cells_with": 0}, D.NONE),
        ("two specks", {"counting": 2}, D.NONE),
        ("three specks", {"counting": 3}, D.SCATTERED),
        ("three specks, one of them unsure", {"counting": 3, "unsure": 1}, D.NONE),
        ("five specks, two of them unsure", {"counting": 5, "unsure": 2}, D.SCATTERED),
        ("unsure ones within 10 mm", {"most_in_circle": 5, "unsure": 10}, D.GROUPED),
        ("ten specks", {}, D.SCATTERED),
        ("four within 10 mm", {"most_in_circle": 4}, D.SCATTERED),
        ("five within 10 mm", {"most_in_circle": 5}, D.GROUPED),
        ("many, throughout", MANY, D.DIFFUSE),
        ("in 15 of 50 cells", {**MANY, "cells_with": 15}, D.DIFFUSE),
        ("in 14 of 50 cells", {**MANY, "cells_with": 14}, D.GROUPED),
        ("14 throughout", {**MANY, "counting": 14, "most_in_circle": 4}, D.SCATTERED),
        ("half of them in one place", {**MANY, "most_in_wide_circle": 24}, D.GROUPED),
        ("a region", REGION, D.REGIONAL),
        ("a region of 19", {**REGION, "most_in_wide_circle": 19}, D.GROUPED),
        ("a region 20 mm wide", {**REGION, "dense_patch_mm": 20.0}, D.GROUPED),
        ("a dense place in a diffuse image", {**REGION, "counting": 90, "cells_with": 30}, D.DIFFUSE),
        ("12 of 17 on arteries", {"arterial": 12, "counting": 5}, D.VASCULAR),
        ("half on arteries", {"arterial": 10, "counting": 10}, D.VASCULAR),
        ("less than half", {"arterial": 9, "counting": 10}, D.SCATTERED),
        ("three on arteries alone", {"arterial": 3, "counting": 0}, D.NONE),
        ("a region beside arteries", {**REGION, "arterial": 60}, D.REGIONAL),
        ("one rim of four", {"benign": 1, "counting": 3}, D.TYPICALLY_BENIGN),
        ("one rim of five", {"benign": 1, "counting": 4}, D.SCATTERED),
        ("one rim", {"benign": 1, "counting": 0}, D.TYPICALLY_BENIGN),
        ("as many rims as on arteries", {"arterial": 12, "counting": 5, "benign": 12}, D.VASCULAR),
        ("more rims than on arteries", {"arterial": 12, "counting": 5, "benign": 13}, D.TYPICALLY_BENIGN),
    ],
)
def test_the_first_row_that_holds_gives_the_word(case, changes, word):
    assert named(**changes).label is word, case


@pytest.mark.parametrize(
    ("case", "changes", "word"),
    [
        ("a wedge", WEDGE, D.SEGMENTAL),
        ("a wedge 26 degrees off", {**WEDGE, "axis_to_nipple_degrees": 26.0}, D.SCATTERED),
        ("a wedge that is hardly longer than wide", {**WEDGE, "radial_over_transverse": 1.2}, D.SCATTERED),
        ("a wedge among as many others", {**WEDGE, "image_share": 0.49}, D.SCATTERED),
        ("a loose wedge", {**WEDGE, "hull_share": 0.11}, D.SCATTERED),
        ("a line to the nipple", {**LINE, "axis_miss_mm": 3.0}, D.LINEAR),
        ("a line past the nipple", {**LINE, "axis_miss_mm": 16.0}, D.SCATTERED),
        ("a line and no nipple", {**LINE, **NO_NIPPLE}, D.SCATTERED),
        ("a thin region that is nearly all there is", AREA, D.REGIONAL),
        ("a thin region among others", {**AREA, "image_share": 0.7}, D.SCATTERED),
        ("a group", {}, D.GROUPED),
    ],
)
def test_what_a_cluster_alone_can_give_to_the_image(case, changes, word):
    call = named(clusters=[cluster(**changes)], microcalcifications=30)
    assert call.label is word, (case, call)


def test_a_dense_region_is_one_without_a_nipple_as_well_and_says_so():
    call = named(replace(KNOWN, **NO_NIPPLE), **REGION)
    assert call.label is D.REGIONAL
    assert "the nipple is not known, and without it nothing is called segmental" in call.reasons[0]
    assert not call.probabilities


def test_a_thin_region_without_a_nipple_may_be_a_segment():
    call = named(replace(KNOWN, **NO_NIPPLE), [cluster(**AREA, **NO_NIPPLE)])
    assert call.label is D.INDETERMINATE
    assert set(call.between) == {D.REGIONAL, D.SEGMENTAL}
    assert "the nipple is not known" in call.reasons[0]


def test_reasons_are_in_a_users_words():
    assert named(arterial=12, counting=5).reasons[0] == "12 of 17 calcifications lie on arteries"
    assert named(**MANY).reasons[0].startswith("48 calcifications in 20 of 50 cells of 20 mm")
    assert named(most_in_circle=7).reasons[0].startswith("7 of 10 calcifications within 10 mm")
    assert "2 set apart" in named(benign=2).reasons[0]


def test_a_word_of_the_table_claims_no_probability():
    for changes in ({}, MANY, {"arterial": 12}, {"benign": 9}, {"counting": 0}):
        call = named(**changes)
        assert not call.probabilities
        assert call.margin is None
        assert call.calibrated_on is None


def test_a_word_that_a_cluster_bears_has_the_probabilities_of_that_cluster():
    own = cluster()
    call = named(clusters=[own], most_in_circle=10)
    assert call.label is D.GROUPED
    assert (call.probabilities, call.margin) == (own.probabilities, own.margin)
    assert call.evidence["clusters"] == 1


def test_the_numbers_that_were_looked_at_are_evidence():
    evidence = named(arterial=12, counting=5).evidence
    assert (evidence["image_arterial"], evidence["image_counting"], evidence["image_cells_of_breast"]) == (12, 5, 50)


def test_the_cluster_of_most_concern_is_named_where_the_image_is_something_else():
    call = named(clusters=[cluster(), cluster(**LINE, **NO_NIPPLE)], arterial=40)
    assert call.label is D.VASCULAR
    assert "by itself the cluster of most concern, of 2, is linear" in call.reasons[1]


def test_similar_clusters_throughout_the_breast_are_diffuse():
    own = cluster(image_hull_share=0.4, image_share=0.2)
    assert named(clusters=[own] * 4, most_in_circle=10).label is D.DIFFUSE
    assert named(clusters=[own] * 3, most_in_circle=10).label is D.GROUPED


@pytest.mark.parametrize(
    ("setting", "value", "changes", "word"),
    [
        ("vascular_min_count", 13, {"arterial": 12}, D.SCATTERED),
        ("vascular_min_share", 0.9, {"arterial": 12}, D.SCATTERED),
        ("benign_min_count", 10, {"benign": 9}, D.SCATTERED),
        ("benign_min_share", 0.5, {"benign": 9}, D.SCATTERED),
        ("region_min_count", 25, REGION, D.GROUPED),
        ("diffuse_min_count", 49, MANY, D.GROUPED),
        ("diffuse_min_cell_share", 0.5, MANY, D.GROUPED),
        ("scattered_min_count", 11, {}, D.NONE),
    ],
)
def test_every_number_of_the_table_that_is_a_setting_matters(setting, value, changes, word):
    spread = replace(SPECKS, **changes)
    usual = classify_image(spread, KNOWN, [], None, SETTINGS).label
    changed = classify_image(spread, KNOWN, [], None, DistributionSettings(**{setting: value})).label
    assert usual is not word
    assert changed is word


def test_arteries_keep_the_word_where_more_benign_ones_are_too_few_for_theirs():
    spread = replace(SPECKS, arterial=12, counting=5, benign=13)
    assert classify_image(spread, KNOWN, [], None, DistributionSettings(benign_min_share=0.8)).label is D.VASCULAR


@pytest.mark.parametrize(
    ("constant", "value", "changes"),
    [
        ("_STANDS_OUT_MIN_SHARE", 0.95, {**WEDGE, "image_share": 0.9}),
        ("_STANDS_OUT_MIN_TIMES", 50.0, WEDGE),
        ("_LINEAR_MAX_MISS_MM", 2.0, {**LINE, "axis_miss_mm": 3.0}),
        ("_THIN_REGION_MIN_SHARE", 0.95, {**AREA, "image_share": 0.9}),
    ],
)
def test_how_far_a_pattern_must_stand_out_matters(monkeypatch, constant, value, changes):
    calls = [cluster(**changes)]
    assert classify_image(SPECKS, KNOWN, calls, None, SETTINGS).label in {D.SEGMENTAL, D.LINEAR, D.REGIONAL}
    monkeypatch.setattr(image_words, constant, value)
    assert classify_image(SPECKS, KNOWN, calls, None, SETTINGS).label is D.SCATTERED


@pytest.mark.parametrize(
    ("constant", "value", "changes"),
    [
        ("_REGION_MIN_SHARE", 0.6, REGION),
        ("_COMPACT_MIN_SHARE", 0.1, {**MANY, "most_in_wide_circle": 12}),
    ],
)
def test_how_much_of_all_lies_in_one_place_matters(monkeypatch, constant, value, changes):
    spread = replace(SPECKS, **changes)
    assert classify_image(spread, KNOWN, [], None, SETTINGS).label is not D.GROUPED
    monkeypatch.setattr(image_words, constant, value)
    assert classify_image(spread, KNOWN, [], None, SETTINGS).label is D.GROUPED


def breast(rows=200, columns=150, cell_px=10):
    inside = np.ones((rows, columns), bool)
    return Breast(
        cell_px=cell_px,
        cell_density=inside.astype(np.uint16),
        is_breast=inside,
        is_searched=inside,
        skin_distance_px=inside.astype(np.float32),
        box_px=(0, 0, rows * cell_px, columns * cell_px),
        outline_px=(),
        chest_wall_is_left=True,
        has_background=True,
    )


def measured(points, tally=Tally()):  # noqa: B008 - frozen
    return measure_spread(np.array(points, float).reshape(-1, 2), tally, (10.0, 20.0), breast(), SPACING)


def test_a_breast_is_cut_into_cells_of_20_mm():
    spread = measured([(100.0, 75.0), (101.0, 75.0), (140.0, 75.0)])
    assert spread.cells_with == 2
    assert spread.cells_of_breast == 11 * 7  # 200 x 150 mm with a cell in the middle, and a third of one at each end


def test_a_dense_patch_is_wide_and_loose_specks_are_none():
    steps = np.arange(0.0, 42.0, 3.0)
    patch = [(60.0 + y, 60.0 + x) for y in steps[:4] for x in steps]
    assert measured(patch).dense_patch_mm == pytest.approx(np.hypot(9.0, 39.0))
    assert measured([(60.0, 20.0 * n) for n in range(7)]).dense_patch_mm == 0.0
    assert measured([]).counting == 0


def test_a_mirrored_breast_has_the_same_cells():
    rng = np.random.default_rng(3)
    points = rng.uniform((5, 5), (195, 145), (40, 2))
    mirrored = points * (1, -1) + (0, 150.0 - 0.1)
    assert measured(points).cells_with == measured(mirrored).cells_with
