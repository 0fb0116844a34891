from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from mammocalc.evaluation.matching import Outcome, match_nearest, match_ranked, neighbours


def largest_by_trying(near: list[list[int]]) -> int:
    """Number of pairs in the largest one-to-one matching, by trying all of them."""
    if not near:
        return 0
    rest = largest_by_trying(near[1:])
    taken = [
        1 + largest_by_trying([[truth for truth in own if truth != choice] for own in near[1:]]) for choice in near[0]
    ]
    return max([rest, *taken])


@pytest.mark.parametrize("seed", range(25))
def test_at_every_threshold_as_many_are_matched_as_can_be(seed: int) -> None:
    generator = np.random.default_rng(seed)
    marks, truths = generator.uniform(0, 2, (7, 2)), generator.uniform(0, 2, (5, 2))
    scores = generator.permutation(7) / 7
    near = neighbours(marks, truths, np.full(5, 0.6))
    match = match_ranked(near, scores, 5)
    for threshold in scores:
        above = [own for own, score in zip(near, scores, strict=True) if score >= threshold]
        assert (match.hit_score >= threshold).sum() == largest_by_trying(above)
        assert ((match.outcome == Outcome.HIT) & (scores >= threshold)).sum() == largest_by_trying(above)


@pytest.mark.parametrize("seed", range(25))
def test_pairs_are_the_most_and_of_those_the_nearest(seed: int) -> None:
    generator = np.random.default_rng(100 + seed)
    marks, truths = generator.uniform(0, 1.5, (5, 2)), generator.uniform(0, 1.5, (4, 2))
    radius = np.array([0.5, 0.5, 0.9, 0.3])
    apart = np.hypot(*np.moveaxis(marks[:, None] - truths[None], -1, 0))
    best = (0, 0.0)
    for size in range(1, 5):
        for chosen in combinations(range(4), size):
            for own in permutations(range(5), size):
                if all(apart[m, t] <= radius[t] for m, t in zip(own, chosen, strict=True)):
                    total = sum(apart[m, t] for m, t in zip(own, chosen, strict=True))
                    best = max(best, (size, -total))
    pairs = match_nearest(marks, truths, radius)
    assert len(pairs) == best[0]
    assert sum(apart[pair] for pair in pairs) == pytest.approx(-best[1])
    assert len({mark for mark, _ in pairs}) == len({truth for _, truth in pairs}) == len(pairs)


def test_the_radius_itself_still_counts_and_a_little_more_does_not() -> None:
    truths, radius = np.array([[0.0, 0.0]]), np.array([0.5])
    assert match_nearest(np.array([[0.3, 0.4]]), truths, radius) == [(0, 0)]
    assert match_nearest(np.array([[0.3, 0.41]]), truths, radius) == []


def test_a_second_mark_on_a_calcification_is_a_duplicate_and_one_beside_it_false() -> None:
    marks = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0]])
    near = neighbours(marks, np.array([[0.0, 0.05]]), np.array([0.5]))
    match = match_ranked(near, np.array([0.3, 0.9, 0.8]), 1)
    assert match.outcome.tolist() == [Outcome.DUPLICATE, Outcome.HIT, Outcome.FALSE]
    assert match.hit_score.tolist() == [0.9]


def test_nothing_matches_nothing() -> None:
    none = np.zeros((0, 2))
    assert match_nearest(none, np.zeros((2, 2)), np.ones(2)) == []
    assert match_ranked(neighbours(none, none, np.zeros(0)), np.zeros(0), 0).hit_score.tolist() == []
    assert match_ranked([], np.zeros(0), 2).hit_score.tolist() == [-np.inf, -np.inf]
