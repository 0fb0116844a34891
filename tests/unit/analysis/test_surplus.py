"""What is left over around a calcification that is joined to none, here and in the other image."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from mammocalc.analysis.comparison.calcification_words import words_of_one_sided
from mammocalc.analysis.comparison.one_sided import OneSided, Unexplained
from mammocalc.analysis.comparison.surplus import REGION_MM, count_surplus
from mammocalc.stages.registration import TissueImage
from mammocalc.vocabulary.changes import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.analysis.comparison.laid_out import LaidOut

MIDDLE = np.array([50.0, 50.0])
SIZE_MM = 100.0


def near(count: int) -> NDArray[np.float64]:
    """Give places within a few millimetres of the middle."""
    return MIDDLE + np.random.default_rng(count).uniform(-3, 3, (count, 2))


def tissue(*, hidden_above_mm: float = 0.0) -> TissueImage:
    """Give tissue that is full of detail, but for what lies above."""
    cells = 250
    values = np.random.default_rng(1).normal(0, 1, (cells, cells)).astype(np.float32)
    values[: int(hidden_above_mm / SIZE_MM * cells)] = 0.0
    usual = np.ones_like(values)
    return TissueImage(values, usual, 0 * usual, (0.0, 0.0), (SIZE_MM / cells, SIZE_MM / cells))


def side(
    ours: NDArray[np.float64],
    others: Unexplained,
    *,
    is_known: bool = True,
    contrast: float = 20.0,
    shown: TissueImage | None = None,
    border_mm: float = 0.0,
    of_current: bool = True,
    vessel: int | None = None,
    joined: Sequence[tuple[float, float]] = (),
) -> OneSided:
    """Give calcifications that lie in the other image where they lie in their own, which ends at a border."""
    mark = {"contrast_to_noise": contrast, "vessel": vessel, "number": 1, "diameter_mm": 1.0, "cluster": None}
    points = np.concatenate([ours, np.reshape(joined, (-1, 2))])
    here = SimpleNamespace(
        points_mm=points,
        diameter_mm=np.ones(len(points)),
        report=SimpleNamespace(calcifications=[SimpleNamespace(**mark)] * len(points)),
    )
    there = SimpleNamespace(
        shows=lambda places, _margin: places[:, 0] >= border_mm,
        points_mm=np.zeros((0, 2)),
        diameter_mm=np.zeros(0),
        to_px=lambda places: places,
    )
    return OneSided(
        here=cast("LaidOut", here),
        there=cast("LaidOut", there),
        of_current=of_current,
        index=np.arange(len(ours)),
        place_mm=ours,
        off_mm=np.full(len(ours), 5.0 if is_known else np.inf),
        contrast_ratio=1.0,
        unexplained=others,
        is_looked_at=True,
        is_blurred=False,
        detail=np.ones(len(ours)),
        tissue=shown,
    )


def seen(count: int, *, contrast: float = 20.0, score: float = 1.0) -> Unexplained:
    return Unexplained(near(count), np.full(count, contrast), np.full(count, score))


@pytest.mark.parametrize(
    ("ours", "theirs", "is_known", "is_new"),
    [
        (1, 0, True, False),
        (2, 0, True, True),
        (2, 1, True, False),
        (3, 1, True, True),
        (3, 2, True, False),
        (4, 0, False, False),
        (5, 0, False, True),
        (10, 4, False, True),
        (10, 5, False, False),
    ],
)
def test_new_are_those_of_which_the_other_image_has_far_too_few(
    ours: int, theirs: int, *, is_known: bool, is_new: bool
) -> None:
    found = count_surplus(side(near(ours), seen(theirs), is_known=is_known))
    assert found.ours.tolist() == [ours] * ours
    assert found.theirs.tolist() == [theirs] * ours
    assert found.is_new.tolist() == [is_new] * ours


@pytest.mark.parametrize(("theirs", "is_gone"), [(2, True), (3, False)])
def test_fewer_may_be_left_of_what_is_gone(theirs: int, *, is_gone: bool) -> None:
    assert count_surplus(side(near(10), seen(theirs))).is_new.all()
    assert count_surplus(side(near(10), seen(theirs), of_current=False)).is_new.tolist() == [is_gone] * 10


def test_plaques_of_an_artery_do_not_go_but_may_be_new() -> None:
    words = {
        (of_current, vessel): {
            said.change
            for said in words_of_one_sided(
                side(near(6), seen(0), of_current=of_current, vessel=vessel), is_one_part=True
            )
        }
        for of_current in (True, False)
        for vessel in (None, 1)
    }
    assert words == {
        (True, None): {Change.NEW},
        (True, 1): {Change.NEW},
        (False, None): {Change.GONE},
        (False, 1): {Change.NOT_COMPARABLE},
    }


@pytest.mark.parametrize(("away_mm", "is_new"), [(1.1, False), (1.3, True)])
def test_what_touches_a_joined_one_may_be_a_part_of_it(away_mm: float, *, is_new: bool) -> None:
    """Both are 1 mm wide."""
    ours = MIDDLE + np.array([(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)])
    said = words_of_one_sided(side(ours, seen(0), joined=[(50.0, 50.0 - away_mm)]), is_one_part=True)
    assert [one.change is Change.NEW for one in said] == [is_new, True, True]


@pytest.mark.parametrize(
    ("contrast", "score", "each"),
    [(1.0, 1.0, 1.0), (10.0, 0.3, 0.3), (10.0, 0.9, 0.9), (9.9, 0.9, 0.0), (10.0, 0.29, 0.0)],
)
def test_what_is_reported_counts_and_else_by_its_score_what_is_half_as_bright_and_looks_like_one(
    contrast: float, score: float, each: float
) -> None:
    found = count_surplus(side(near(4), seen(2, contrast=contrast, score=score)))
    assert found.theirs == pytest.approx([2 * each] * 4)
    assert found.is_new.tolist() == [2 * each <= 1.6] * 4


def test_what_the_other_image_may_overlook_makes_no_surplus() -> None:
    found = count_surplus(side(near(6), seen(0), contrast=7.4))
    assert not found.ours.any()
    assert not found.is_new.any()


def test_a_surplus_is_that_of_the_region_around_each() -> None:
    away = np.array([0.0, REGION_MM + 7.0])
    found = count_surplus(side(np.concatenate([near(4), near(4) + away]), seen(3)))
    assert found.ours.tolist() == [4] * 8
    assert found.theirs.tolist() == [3] * 4 + [0] * 4
    assert found.is_new.tolist() == [False] * 4 + [True] * 4


@pytest.mark.parametrize("reach_mm", [12.0, 18.0])
def test_the_share_of_the_surroundings_that_is_hidden_or_lies_beyond_the_image_is_told(reach_mm: float) -> None:
    edge = 10.0 / reach_mm
    cap = (np.arccos(edge) - edge * np.sqrt(1 - edge**2)) / np.pi
    for hidden_above_mm, least, most in ((0.0, 0.0, 0.0), (54.0, 0.4, 0.6), (SIZE_MM, 1.0, 1.0)):
        here = side(MIDDLE[None], seen(0), shown=tissue(hidden_above_mm=hidden_above_mm))
        [hidden], [beyond] = here.unseen_within(reach_mm)
        assert least <= hidden <= most
        assert beyond == 0.0
        ending = side(MIDDLE[None], seen(0), shown=here.tissue, border_mm=40.0)
        [rest], [beyond] = ending.unseen_within(reach_mm)
        assert beyond == pytest.approx(cap, abs=0.06)
        assert rest == pytest.approx(max(hidden - beyond, 0.0))
    assert [share.tolist() for share in side(MIDDLE[None], seen(0)).unseen_within(reach_mm)] == [[0.0], [0.0]]


@pytest.mark.parametrize(
    ("hidden_above_mm", "border_mm", "known", "unknown"),
    [(30.0, 0.0, True, True), (41.0, 0.0, True, False), (50.0, 0.0, False, False), (0.0, 41.0, False, False)],
)
def test_nothing_is_new_where_the_other_image_hides_its_region(
    hidden_above_mm: float, border_mm: float, *, known: bool, unknown: bool
) -> None:
    for is_known, is_new in ((True, known), (False, unknown)):
        found = count_surplus(
            side(
                MIDDLE + np.zeros((6, 2)),
                seen(0),
                is_known=is_known,
                shown=tissue(hidden_above_mm=hidden_above_mm),
                border_mm=border_mm,
            )
        )
        assert found.is_new.tolist() == [is_new] * 6


def test_what_the_other_image_hides_is_no_surplus_of_what_it_shows() -> None:
    above = MIDDLE - np.array([14.0, 0.0]) + np.zeros((9, 2))
    both = side(np.concatenate([above, near(4)]), seen(2), shown=tissue(hidden_above_mm=40.0))
    found = count_surplus(replace(both, detail=np.repeat([0.0, 1.0], [9, 4])))
    assert found.ours[-4:].tolist() == [4] * 4
    assert not found.is_new.any()


def test_a_region_that_is_hidden_in_part_may_hold_as_large_a_share() -> None:
    for hidden_above_mm, is_new in ((0.0, True), (40.0, False)):
        found = count_surplus(side(near(10), seen(4), shown=tissue(hidden_above_mm=hidden_above_mm)))
        assert found.is_new.tolist() == [is_new] * 10
