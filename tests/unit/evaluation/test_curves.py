from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from mammocalc.evaluation import ScoringSettings
from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.froc import Events, draw_froc, restrict
from mammocalc.evaluation.ideal_observer import ideal_share
from mammocalc.evaluation.matching import Outcome
from mammocalc.evaluation.presence_metrics import draw_roc, marks_where_so_many_are_found
from mammocalc.evaluation.threshold_sweep import TabulatedCurve, thresholds_of

EVENTS = Events(  # two images with calcifications and one without
    score=np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]),
    mark_case=np.array([0, 2, 0, 1, 2, 0]),
    outcome=np.array([Outcome.HIT, Outcome.FALSE, Outcome.DUPLICATE, Outcome.HIT, Outcome.FALSE, Outcome.HIT], np.int8),
    hit_score=np.array([0.9, 0.4, 0.6, -np.inf]),
    true_case=np.array([0, 0, 1, 1]),
)


@pytest.fixture
def three(settings: ScoringSettings) -> Bootstrap:
    return Bootstrap(["a", "b", "c"], settings)


def test_found_shares_are_those_counted_by_hand(three: Bootstrap) -> None:
    curve = draw_froc(EVENTS, three, np.ones(3))
    shares, thresholds = curve.found_at([0.0, 1 / 3, 2 / 3, 5.0], np.ones(3))
    assert shares.tolist() == [0.25, 0.5, 0.75, 0.75]
    assert thresholds.tolist() == [0.9, 0.6, 0.4, 0.4]
    assert curve.reaches(2 / 3)
    assert not curve.reaches(0.7)


def test_second_marks_can_count_as_false(three: Bootstrap) -> None:
    curve = draw_froc(EVENTS, three, np.ones(3), duplicates_are_false=True)
    assert curve.found_at([1 / 3, 2 / 3, 1.0], np.ones(3))[0].tolist() == [0.25, 0.5, 0.75]


def test_false_marks_of_normal_images_alone(three: Bootstrap) -> None:
    curve = draw_froc(EVENTS, three, np.array([0.0, 0.0, 1.0]), among=np.array([False, False, True]))
    assert curve.found_at([0.5, 1.0, 2.0], np.ones(3))[0].tolist() == [0.25, 0.5, 0.75]


def test_a_curve_of_some_of_the_true_ones(three: Bootstrap) -> None:
    curve = draw_froc(EVENTS, three, np.ones(3))
    some = restrict(curve, EVENTS, three, np.array([False, False, True, True]))
    assert some.found_at([0.0, 1 / 3], np.ones(3))[0].tolist() == [0.0, 0.5]


def test_marks_of_equal_score_count_together(three: Bootstrap) -> None:
    events = Events(
        score=np.array([0.5, 0.5]),
        mark_case=np.array([0, 1]),
        outcome=np.array([Outcome.FALSE, Outcome.HIT], np.int8),
        hit_score=np.array([0.5]),
        true_case=np.array([1]),
    )
    shares, _ = draw_froc(events, three, np.ones(3)).found_at([0.0, 1.0], np.ones(3))
    assert shares.tolist() == [0.0, 1.0]


def test_weights_draw_patients_more_than_once(three: Bootstrap) -> None:
    curve = draw_froc(EVENTS, three, np.ones(3))
    shares, _ = curve.found_at([0.0], np.array([2.0, 1.0, 0.0]))  # four of six truths, and no false mark
    assert shares.tolist() == [pytest.approx(5 / 6)]


def test_images_of_one_patient_are_drawn_together(settings: ScoringSettings) -> None:
    bootstrap = Bootstrap(["a", "b", "a"], settings)
    assert bootstrap.count == 2
    assert bootstrap.sums(np.array([1.0, 10.0, 100.0])).tolist() == [101.0, 10.0]
    assert (bootstrap.weights.sum(axis=1) == 2).all()


def test_equal_seeds_give_equal_intervals_that_hold_the_value() -> None:
    settings = ScoringSettings(replicates=400)
    names = [f"patient {number}" for number in range(40)]
    hits, all_of_them = np.tile([1.0, 0.0, 1.0, 1.0], 10), np.ones(40)
    first = Bootstrap(names, settings).ratio(hits, all_of_them)
    assert first == Bootstrap(names, settings).ratio(hits, all_of_them)
    assert first.value == 0.75
    assert first.low is not None
    assert first.high is not None
    spread = np.sqrt(0.75 * 0.25 / 40)  # the binomial one, for every patient has one image
    assert first.low == pytest.approx(0.75 - 1.96 * spread, abs=0.04)
    assert first.high == pytest.approx(0.75 + 1.96 * spread, abs=0.04)


def test_no_interval_is_claimed_where_all_draws_agree(three: Bootstrap) -> None:
    figure = three.ratio(np.ones(3), np.ones(3))
    assert (figure.value, figure.low, figure.high) == (1.0, None, None)
    assert three.ratio(np.zeros(3), np.zeros(3)).value is None


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_the_share_of_pairs_in_the_right_order(seed: int, settings: ScoringSettings) -> None:
    generator = np.random.default_rng(seed)
    scores, has = generator.integers(0, 6, 30) / 6, generator.random(30) < 0.6
    bootstrap = Bootstrap([str(number // 2) for number in range(30)], settings)
    roc = draw_roc(scores, has, np.arange(30), bootstrap)
    assert roc is not None
    pairs = [(own > other) + (own == other) / 2 for own, other in product(scores[has], scores[~has])]
    assert roc.area.value == pytest.approx(np.mean(pairs))
    trapezoids = np.diff(roc.false_share) * (roc.found_share[1:] + roc.found_share[:-1]) / 2
    assert trapezoids.sum() == pytest.approx(np.mean(pairs))


def test_one_kind_of_images_has_no_curve(three: Bootstrap) -> None:
    assert draw_roc(np.ones(3), np.ones(3, dtype=bool), np.arange(3), three) is None


def test_marks_are_counted_where_nine_of_ten_are_marked() -> None:
    best = np.array([*np.linspace(0.1, 1.0, 10), -np.inf, 0.5])
    scores = [*(np.array([value]) for value in best[:10]), np.zeros(0), np.array([0.5, 0.2, 0.1])]
    has = np.array([True] * 10 + [False] * 2)
    threshold, mean, median = marks_where_so_many_are_found(best, scores, has, 0.9)
    assert threshold == pytest.approx(0.2)
    assert (mean, median) == (1.0, 1.0)
    assert np.isnan(marks_where_so_many_are_found(np.full(12, -np.inf), scores, has, 0.9)).all()


def test_the_ideal_filter_finds_half_at_its_threshold_and_less_in_a_larger_breast() -> None:
    snr = np.array([3.0])
    one_in_740 = 1 - 0.998650102  # what a Gaussian exceeds by three standard deviations
    assert ideal_share(snr, 1.0, 1 / one_in_740, 1.0) == pytest.approx(0.5, abs=1e-6)
    shares = [ideal_share(snr, rate, area, 0.2) or 0 for rate, area in ((1.0, 10_000), (1.0, 1_000), (3.0, 1_000))]
    assert 0 < shares[0] < shares[1] < shares[2] < 1
    assert ideal_share(np.zeros(0), 1.0, 1000, 0.2) is None


def test_a_listed_curve_takes_the_best_threshold_within_a_rate(three: Bootstrap) -> None:
    curve = TabulatedCurve(
        thresholds=np.array([0.9, 0.8, 0.7, 0.6]),
        found=np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1]], dtype=np.float64),
        false=np.array([[0, 0, 0], [0, 1, 0], [0, 1, 1], [3, 3, 3]], dtype=np.float64),
        true_per_unit=np.ones(3),
        per_unit=np.ones(3),
    )
    figures, thresholds = curve.figures_at([0.0, 2 / 3, 3.0], three)
    assert [figure.value for figure in figures] == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0]
    assert thresholds == [0.9, 0.8, 0.6]


def test_thresholds_are_scores_of_marks() -> None:
    scores = [np.linspace(0, 1, 50), np.linspace(0.2, 0.9, 30)]
    chosen = thresholds_of(scores)
    assert (np.diff(chosen) < 0).all()
    assert set(chosen) <= set(np.concatenate(scores))
    assert chosen[-1] == 0.0
    assert len(thresholds_of([])) == 0


def test_an_interval_leaves_out_a_fortieth_at_each_end() -> None:
    hits, all_of_them = np.tile([1.0, 0.0, 1.0, 1.0], 100), np.ones(400)
    figure = Bootstrap([str(patient) for patient in range(400)], ScoringSettings(replicates=4000)).ratio(
        hits, all_of_them
    )
    spread = np.sqrt(0.75 * 0.25 / 400)
    assert (figure.low, figure.high) == pytest.approx((0.75 - 1.96 * spread, 0.75 + 1.96 * spread), abs=0.004)
