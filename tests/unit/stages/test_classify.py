from dataclasses import replace

import cv2
import numpy as np
import pytest

from mammocalc.classifiers.files import load_classifier
from mammocalc.model import Particle
from mammocalc.stages.classify import (
    FEATURES,
    ClassifySettings,
    classify_particles,
    describe_particles,
    look_again,
    most_prominent,
    one_per_place,
    particles,
    presence,
)
from mammocalc.stages.detect import DetectSettings, find_particles
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Medium

PLACES = [(20.0, 10.0), (25.0, 30.0), (35.0, 20.0), (44.0, 33.0), (50.0, 12.0)]
TREES = load_classifier(None, FEATURES)


def _classified(made, trees):
    scales, breast = made.scales(), made.breast()
    found = find_particles(scales, breast, DetectSettings())
    return classify_particles(found, scales, breast, made.spacing, trees, Medium.DIGITAL)


def _presence(made, trees, medium=Medium.DIGITAL):
    """Score presence; as on film only in how many it takes, for the particles are those of a digital image."""
    distinct = one_per_place(_classified(made, trees), made.scales(), made.spacing)
    return presence(distinct, made.spacing, medium)


@pytest.mark.parametrize("trees", [TREES, None], ids=["trees", "strength"])
@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.1])
def test_specks_are_surer_than_everything_else(scene, trees, spacing_mm):
    made = scene(spacing_mm).add_discs([(row, column, 0.4, 500.0) for row, column in PLACES])
    made.add_line((15, 20), (55, 26), 0.3, 200.0).add_line((58, 15), (48, 38), 0.3, 200.0)
    sure = [p for p in _classified(made, trees) if p.scale < 2 and p.score >= 0.93]
    places = one_per_place(sure, made.scales(), made.spacing)
    found = sorted((p.row_px * spacing_mm, p.column_px * spacing_mm) for p in places)
    assert len(found) == len(PLACES)
    for place, position in zip(PLACES, found, strict=True):
        assert position == pytest.approx(place, abs=0.2)


@pytest.mark.parametrize("trees", [TREES, None], ids=["trees", "strength"])
def test_noise_is_not_sure(scene, trees):
    assert max((p.score for p in _classified(scene(noise=40.0), trees)), default=0.0) < 0.93


def test_the_rule_rises_with_strength_alone(scene, monkeypatch):
    monkeypatch.setattr(particles, "TREES_UP_TO_MM", 1.0)  # so that no second scale sees them
    made = scene().add_discs([(row, column, 0.4, 60.0 * k) for k, (row, column) in enumerate(PLACES, start=1)])
    fine = [p for p in _classified(made, None) if p.scale == 0]
    strengths = [p.strength_sigma for p in fine]
    assert strengths == sorted(strengths, reverse=True)


def test_particles_come_surest_first_and_the_weak_are_left_out(scene, monkeypatch):
    made = scene().add_discs([(row, column, 0.4, 300.0) for row, column in PLACES])
    scores = [p.score for p in _classified(made, TREES)]
    assert scores == sorted(scores, reverse=True)
    monkeypatch.setattr(particles, "_MOST", 3)
    few = [p for p in _classified(made, TREES) if p.scale == 0]
    assert len(few) == 3


def test_a_description_is_finite_and_does_not_depend_on_grey_levels(scene):
    made, brighter = (scene().add_discs([(35.0, 20.0, 0.4, h)]) for h in (300.0, 300.0))
    brighter.values = brighter.values * 1.5
    brighter.noise = brighter.noise * 1.5
    tables = []
    for one in (made, brighter):
        scales, breast = one.scales(), one.breast()
        described = most_prominent(find_particles(scales, breast, DetectSettings()), scales[:1])[:1]
        tables.append(describe_particles(described, scales, breast, one.spacing))
    assert tables[0].shape == (1, len(FEATURES))
    assert np.isfinite(tables[0]).all()
    np.testing.assert_allclose(tables[0], tables[1], rtol=0.05, atol=0.3)


def test_no_particles_have_an_empty_description(scene):
    made = scene()
    assert describe_particles((), made.scales(), made.breast(), made.spacing).shape == (0, len(FEATURES))
    assert classify_particles((), made.scales(), made.breast(), made.spacing, TREES, Medium.DIGITAL) == ()


def test_presence_is_higher_with_calcifications(scene):
    made = scene().add_discs([(r, c, 0.4, 400.0) for r, c in PLACES])
    threshold = ClassifySettings().threshold
    assert 0 <= _presence(scene(), TREES) < threshold < _presence(made, TREES) < 1
    assert presence((), made.spacing, Medium.DIGITAL) == 0


def test_on_film_a_single_speck_is_no_evidence_and_a_group_is(scene):
    single = scene().add_discs([(35.0, 20.0, 0.4, 800.0)])
    group = scene().add_discs([(33 + 2 * (k % 3), 18 + 2 * (k // 3), 0.4, 400.0) for k in range(6)])
    assert _presence(single, TREES, Medium.FILM) < 0.5
    assert _presence(group, TREES, Medium.FILM) > 0.9


def test_specks_far_apart_are_evidence_together_and_none_within_a_circle(scene, monkeypatch):
    made = scene().add_discs([(25.0, 12.0, 0.4, 500.0), (45.0, 28.0, 0.4, 500.0)])
    monkeypatch.setattr(particles, "_PRESENCE_MEMBERS", {Medium.FILM: 2})
    assert _presence(made, TREES, Medium.FILM) < 0.9
    monkeypatch.setattr(particles, "_PRESENCE_CIRCLE_MM", 40.0)
    assert _presence(made, TREES, Medium.FILM) > 0.9


def test_what_two_scales_see_at_one_place_has_one_score_and_counts_once(scene, monkeypatch):
    made = scene().add_discs([(35.0, 20.0, 0.5, 500.0)])
    classified = _classified(made, TREES)
    here = [p for p in classified if np.hypot(p.row_px * 0.1 - 35, p.column_px * 0.1 - 20) < 0.3]
    fine = [p for p in here if p.scale < 2]
    assert {p.scale for p in fine} == {0, 1}
    assert len({p.score for p in fine}) == 1
    kept = one_per_place(classified, made.scales(), made.spacing)
    assert len([p for p in kept if p in here]) == 1
    monkeypatch.setattr(particles, "_PRESENCE_MEMBERS", {Medium.DIGITAL: 1, Medium.FILM: 2})
    assert _presence(made, TREES, Medium.FILM) < 0.9 < _presence(made, TREES)


def test_the_surer_of_two_scales_is_kept(scene):
    made = scene().add_discs([(35.0, 20.0, 0.5, 500.0)])
    fine, coarse = (next(p for p in _classified(made, None) if p.scale == k) for k in (0, 1))
    for low, high in ((fine, coarse), (coarse, fine)):
        pair = (replace(high, score=0.9), replace(low, score=0.2))
        assert one_per_place(pair, made.scales(), made.spacing) == pair[:1]
    equal = (replace(coarse, score=0.9), replace(fine, score=0.9))
    assert one_per_place(equal, made.scales(), made.spacing) == equal[1:]


def test_a_large_calcification_over_coarse_texture_is_told_by_its_edge(scene, monkeypatch):
    made = scene(noise=20.0)
    rng = np.random.default_rng(5)
    made.values += np.where(made.is_breast, cv2.GaussianBlur(rng.normal(0, 1, made.shape), (0, 0), 12) * 12000, 0.0)
    lumpy = max((p.score for p in _classified(made, TREES) if p.scale >= 2), default=0.0)
    made.add_discs([(35.0, 20.0, 3.0, 700.0)])
    by_edge = max(p.score for p in _classified(made, TREES) if p.scale >= 2)
    monkeypatch.setattr(particles, "_COARSE_EDGE_HALF_SIGMA", {Medium.DIGITAL: 1000.0})
    by_strength = max(p.score for p in _classified(made, TREES) if p.scale >= 2)
    assert lumpy < 0.5
    assert by_strength < 0.93 <= by_edge < 0.96


def _particle(row_mm, column_mm, score, strength=10.0):
    return Particle(row_mm / 0.1, column_mm / 0.1, 0, strength, strength, strength, score)


ROW_OF_FIVE = [_particle(20.0, column, 0.99) for column in (10.0, 12.0, 14.0, 18.0, 20.0)]
"""With a gap in the middle, where one may be missing."""


@pytest.mark.parametrize(
    ("doubtful", "is_taken"),
    [
        (_particle(20.0, 16.0, 0.7), True),
        (_particle(20.9, 16.0, 0.7), True),  # nobody draws a line so straight
        (_particle(21.1, 16.0, 0.7), False),  # beside it
        (_particle(20.0, 9.1, 0.7), True),  # just before its first
        (_particle(20.0, 16.0, 0.6), True),
        (_particle(20.0, 16.0, 0.59), False),  # 0.93 has 13 to 1, 0.59 has 1.4 to 1
        (_particle(20.0, 16.0, 0.7, strength=5.1), True),
        (_particle(20.0, 16.0, 0.7, strength=4.9), False),  # unlike them: half as strong
        (_particle(20.0, 16.0, 0.7, strength=20.1), False),
        (_particle(40.0, 16.0, 0.7), False),
    ],
)
def test_what_lies_in_a_cluster_and_looks_like_it_is_taken_at_lower_odds(doubtful, is_taken):
    found = look_again([*ROW_OF_FIVE, doubtful], [range(5)], PixelSpacing(0.1, 0.1), ClassifySettings())
    assert found == ((doubtful,) if is_taken else ())


def test_no_second_look_makes_a_group_of_fewer_than_five():
    doubtful = _particle(20.0, 16.0, 0.9)
    particles = [*ROW_OF_FIVE[:4], doubtful]
    assert look_again(particles, [range(4)], PixelSpacing(0.1, 0.1), ClassifySettings()) == ()
    assert look_again(particles, [], PixelSpacing(0.1, 0.1), ClassifySettings()) == ()


def test_an_empty_hull_vouches_for_nothing():
    corners = [_particle(row, column, 0.99) for row in (10.0, 22.0) for column in (10.0, 22.0)]
    particles = [*corners, _particle(10.0, 16.0, 0.99), _particle(16.0, 16.0, 0.9)]
    assert look_again(particles, [range(5)], PixelSpacing(0.1, 0.1), ClassifySettings()) == ()


@pytest.mark.parametrize(("odds", "taken"), [(1.0, 0), (4.0, 1), (9.0, 2), (100.0, 3)])
def test_the_odds_are_a_setting(odds, taken):
    doubtful = [_particle(20.0, column, score) for column, score in ((16.0, 0.8), (15.0, 0.65), (17.0, 0.3))]
    settings = ClassifySettings(cluster_odds=odds)
    found = look_again([*ROW_OF_FIVE, *doubtful], [range(5)], PixelSpacing(0.1, 0.1), settings)
    assert found == tuple(doubtful[:taken])


@pytest.mark.parametrize(("score", "taken"), [(1.0, 0), (0.25, 3), (0.35, 0)])
def test_on_film_three_close_together_are_taken_whatever_they_are_alone(score, taken):
    together = [_particle(20.0, column, 0.3) for column in (10.0, 11.4, 12.8)]
    apart = [_particle(40.0, column, 0.3) for column in (10.0, 12.8, 15.9)]
    settings = ClassifySettings(crowd_score=score)
    assert look_again([*together, *apart], [], PixelSpacing(0.1, 0.1), settings) == tuple(together[:taken])
    assert look_again([], [], PixelSpacing(0.1, 0.1), settings) == ()
