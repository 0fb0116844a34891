"""Tissue of two dates: found again where it moved, and not believed where it is another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mammocalc.stages.registration import (
    Anatomy,
    Clarity,
    Guide,
    TissueImage,
    clarity_of,
    coarsen,
    cut_crops,
    detail_at,
    expect,
    lay_over,
    log_odds_of_looks,
    match_points,
    register_tissue,
    smoothed_in_part,
)
from mammocalc.stages.registration.confirmed import confirmed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration import FrameMap

SHAPE = (300, 200)
PIXEL_MM = (0.4, 0.4)


def texture(seed: int) -> NDArray[np.float32]:
    """Give structure of all sizes from 1 mm on, beyond the image by a hundred pixels on each side."""
    rng = np.random.default_rng(seed)
    rough = rng.normal(size=(SHAPE[0] + 200, SHAPE[1] + 200)).astype(np.float32)
    blurred = [cv2.GaussianBlur(rough, (0, 0), sigma) * sigma for sigma in (2.0, 4.0, 9.0)]
    return np.asarray(1000 + 300 * sum(blurred), np.float32)


def shift_at(places_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give where tissue of the current image lies in the prior's, less where it lies itself: up to 18 pixels."""
    down, across = places_px[..., 0], places_px[..., 1]
    return np.stack([12 + 6 * np.sin(across / 60), -8 + 5 * np.cos(down / 70)], axis=-1)


def seen(field: NDArray[np.float32], *, is_moved: bool) -> TissueImage:
    grid = np.stack(np.meshgrid(*(np.arange(n, dtype=np.float64) for n in SHAPE), indexing="ij"), axis=-1)
    there = grid + 100 + (shift_at(grid) if is_moved else 0)
    y, x = (np.ascontiguousarray(there[..., axis], np.float32) for axis in (0, 1))
    rng = np.random.default_rng(9)
    values = cv2.remap(field, x, y, cv2.INTER_CUBIC) + rng.normal(0, 30, SHAPE).astype(np.float32)
    down, across = grid[..., 0] - 150, grid[..., 1]
    inside = ((down / 140) ** 2 + (across / 180) ** 2 < 1).astype(np.float32)
    return TissueImage(np.asarray(values, np.float32), inside, np.zeros(SHAPE, np.float32), (0.0, 0.0), PIXEL_MM)


@pytest.fixture(scope="module")
def frame() -> FrameMap:
    outline = np.array([(4.0, 0.0), (60.0, 72.0), (116.0, 0.0)])
    breast = Anatomy(outline, np.zeros((0, 2)), np.array([60.0, 72.0]))
    return lay_over(breast, breast)


def test_tissue_that_moved_is_found_again_to_half_a_millimetre(frame: FrameMap) -> None:
    field = texture(1)
    found = register_tissue(seen(field, is_moved=True), seen(field, is_moved=False), frame)
    assert found is not None
    assert found.is_sure
    assert found.correlation > 0.5
    assert found.mirrored < 0.2
    places = np.stack(np.meshgrid(np.arange(60.0, 240, 20), np.arange(20.0, 110, 15), indexing="ij"), -1).reshape(-1, 2)
    expected = (places + shift_at(places)) * PIXEL_MM
    off = np.hypot(*(found.to_prior(places * PIXEL_MM) - expected).T)
    assert np.median(off) < 0.3
    assert np.quantile(off, 0.9) < 0.8
    back = found.to_current(found.to_prior(places * PIXEL_MM))
    assert np.abs(back - places * PIXEL_MM).max() < 0.02
    assert (found.agreement(places * PIXEL_MM) > 0.3).mean() > 0.9
    # The other breast of a patient may be much alike: then places are looked for, and nothing is called comparable.
    other = replace(found, correlation=0.28)
    assert (found.is_of_one_breast, other.is_sure, other.is_of_one_breast) == (True, True, False)
    # A breast that is much alike above and below is still told from itself upside down.
    assert replace(other, mirrored=0.23).is_sure
    assert not replace(other, mirrored=0.24).is_sure
    again = register_tissue(seen(field, is_moved=True), seen(field, is_moved=False), frame)
    assert again is not None
    assert np.array_equal(again.to_prior(places), found.to_prior(places))


def test_another_breast_is_not_believed_however_freely_its_blocks_move(frame: FrameMap) -> None:
    for seed in (2, 3):
        found = register_tissue(seen(texture(1), is_moved=True), seen(texture(seed), is_moved=False), frame)
        assert found is not None
        assert not found.is_sure
        assert abs(found.correlation) < 0.15


def test_images_without_tissue_or_structure_are_not_laid_over_each_other(frame: FrameMap) -> None:
    image = seen(texture(1), is_moved=False)
    empty = replace(image, inside=np.zeros(SHAPE, np.float32))
    assert register_tissue(empty, image, frame) is None
    assert register_tissue(image, empty, frame) is None
    flat = replace(image, values=np.full(SHAPE, 700, np.float32))
    found = register_tissue(image, flat, frame)
    assert found is None or not found.is_sure


def test_calcifications_are_cut_out_of_the_tissue() -> None:
    rng = np.random.default_rng(4)
    plain = (2000 + 50 * cv2.GaussianBlur(rng.normal(size=(400, 300)), (0, 0), 6) * 12).astype(np.uint16)
    marked = plain.copy()
    corners = np.array([(100, 100), (100, 106), (106, 106), (106, 100)], np.float64)
    marked[100:107, 100:107] = 9000
    outline = np.array([(0, 0), (0, 299), (399, 299), (399, 0)], np.float64)
    without = coarsen(plain, outline, [], (0.1, 0.1)).values
    assert np.abs(coarsen(marked, outline, [corners], (0.1, 0.1)).values - without).max() < 30
    assert np.abs(coarsen(marked, outline, [], (0.1, 0.1)).values - without).max() > 1000
    image = coarsen(plain, outline, [], (0.1, 0.1))
    assert image.values.shape == (100, 75)
    assert image.to_px(np.array([[0.15, 0.15]])).tolist() == pytest.approx(np.zeros((1, 2)), abs=1e-9)


def test_tissue_that_is_saturated_or_covered_hides_what_lies_there() -> None:
    rng = np.random.default_rng(3)
    smooth = cv2.GaussianBlur(rng.normal(0, 1, (600, 500)), (0, 0), 25)
    density = (20_000 + 2_000 * smooth / smooth.std() + rng.normal(0, 100, smooth.shape)).astype(np.uint16)
    density[300:380, 200:260] = 0
    bright, dull = (np.argwhere(smooth == edge) * 0.1 for edge in (smooth.max(), smooth.min()))
    places = np.concatenate([bright, dull, [[34.0, 23.0]]])  # the last one in the box
    whole, saturated = (
        detail_at(coarsen(np.minimum(density, limit), np.zeros((0, 2)), [], (0.1, 0.1)), places)
        for limit in (65_535, np.uint16(np.quantile(density, 0.8)))
    )
    assert (whole > 0.3).tolist() == [True, True, False]
    assert (saturated > 0.3).tolist() == [False, True, False]


def test_looks_tell_which_of_two_is_the_same() -> None:
    rng = np.random.default_rng(7)
    density = (3000 + 900 * cv2.GaussianBlur(rng.normal(size=(600, 400)), (0, 0), 3)).astype(np.uint16)
    places = np.array([(20.0, 15.0), (24.0, 18.0), (0.1, 39.9)])
    crops = cut_crops(density, places, (0.1, 0.1))
    moved = places + np.array([0.5, -0.4])
    later = cut_crops(np.roll(density, (5, -4), (0, 1)), moved, (0.1, 0.1))
    odds = log_odds_of_looks(crops, later, places, moved)
    assert odds[0, 0] == odds[1, 1] == 3.0
    assert max(odds[0, 1], odds[1, 0]) < 1.0
    assert odds[0, 2] == 0.0  # too far from each other to be compared
    assert log_odds_of_looks(crops[:0], later, places[:0], places).shape == (0, 3)


def test_one_alone_is_joined_on_tissue_where_nothing_else_is_like_it() -> None:
    current, prior = np.array([(50.0, 40.0)]), np.array([(51.0, 38.5), (80.0, 20.0)])
    traits, theirs = np.array([[0.4, 20.0]]), np.array([[0.42, 19.0], [0.41, 20.0]])
    assert not len(match_points(current, prior, traits, theirs).pairs)
    found = match_points(current, prior, traits, theirs, Guide(np.zeros((1, 2))))
    assert found.pairs.tolist() == [[0, 0]]
    assert not len(match_points(current, prior + 15.0, traits, theirs, Guide(np.zeros((1, 2)))).pairs)
    assert not len(match_points(current, prior[:0], traits, theirs[:0], Guide(np.zeros((1, 0)))).pairs)


def test_a_small_group_off_its_tissue_is_joined_though_its_surroundings_look_different() -> None:
    right = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        prior = rng.uniform((50, 40), (58, 48), (6, 2))
        current = prior + rng.normal((9.0, -6.0), 0.3, (6, 2))
        traits = np.exp(rng.normal((-1.2, 2.5), 0.4, (6, 2)))
        found = match_points(
            current, prior, traits, traits * np.exp(rng.normal(0, 0.25, (6, 2))), Guide(np.full((6, 6), -1.0))
        )
        right += int((found.pairs[:, 0] == found.pairs[:, 1]).sum())
    assert right >= 0.6 * 48


GUIDE = Guide(np.zeros((30, 30)))


def log_ratios(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(ours).T[:, :, None] - np.log(theirs).T[:, None])


def scattered(rng: np.random.Generator, *, jitter_mm: float) -> tuple[NDArray[np.float64], ...]:
    """Thirty that fill a breast, each at a depth of its own: they lie off their tissue, and along the wall apart."""
    prior = rng.uniform((20, 15), (130, 70), (30, 2))
    current = prior + (3.0, -2.5) + rng.normal(0, 1, (30, 2)) * (jitter_mm, 0.3)
    traits = np.exp(rng.normal((-1.2, 2.5), 0.4, (30, 2)))
    return current, prior, traits, traits * np.exp(rng.normal(0, 0.1, (30, 2)))


def test_scattered_ones_that_lie_off_their_tissue_are_joined_as_all_around_them_go() -> None:
    right = joined = 0
    for seed in range(4):
        current, prior, traits, theirs = scattered(np.random.default_rng(seed), jitter_mm=1.5)
        found = match_points(current, prior, traits, theirs, Guide(np.zeros((30, 30))))
        right += int((found.pairs[:, 0] == found.pairs[:, 1]).sum())
        joined += len(found.pairs)
    assert right >= 0.8 * 120
    assert right >= 0.93 * joined


def test_a_pair_is_believed_among_many_that_are_joined_and_not_where_none_is() -> None:
    rng = np.random.default_rng(3)
    current, prior, traits, theirs = scattered(rng, jitter_mm=1.0)
    among = confirmed(np.stack([np.arange(30)] * 2, axis=1), current, prior, log_ratios(traits, theirs), GUIDE)
    assert len(among) >= 27
    strangers = rng.uniform((20, 15), (130, 70), (30, 2)), np.exp(rng.normal((-1.2, 2.5), 0.4, (30, 2)))
    # The same three pairs are all that is joined of two sets that otherwise have nothing in common.
    mixed = np.concatenate([prior[:3], strangers[0]]), np.concatenate([theirs[:3], strangers[1]])
    alone = confirmed(
        np.stack([np.arange(3)] * 2, axis=1), current, mixed[0], log_ratios(traits, mixed[1]), Guide(np.zeros((30, 33)))
    )
    assert len(alone) < 3
    assert not len(confirmed(np.zeros((0, 2), np.intp), current, prior, log_ratios(traits, theirs), GUIDE))


def test_what_is_expected_is_uncertain_as_far_as_pairs_scatter_and_in_their_direction() -> None:
    current, prior, _, _ = scattered(np.random.default_rng(8), jitter_mm=2.0)
    places, spread = expect(prior[:5], prior[5:], current[5:], on_tissue=True)
    off_mm = np.abs(places - prior[:5] - (3.0, -2.5))
    assert off_mm.max() < 2.5
    down, across = np.sqrt(spread[:, 0, 0]), np.sqrt(spread[:, 1, 1])
    assert (down > 1.5 * across).all()
    assert ((down > 1.0) & (down < 3.5)).all()
    nowhere, first = expect(prior[:2], prior[:0], current[:0], on_tissue=True)
    assert (nowhere == prior[:2]).all()
    assert np.sqrt(first[:, 0, 0]).tolist() == [2.5, 2.5]
    assert not len(expect(prior[:0], prior, current, on_tissue=False)[0])


def test_a_smoothed_or_noisy_image_is_told_by_its_grain_and_noise() -> None:
    rng = np.random.default_rng(9)
    tissue = cv2.GaussianBlur(rng.normal(0, 1, (800, 600)), (0, 0), 12)
    seen = 20000 + 2500 * tissue / tissue.std()

    def clarity(noise: float, sigma: float) -> Clarity:
        image = seen + rng.normal(0, noise, seen.shape)
        density = (image if not sigma else cv2.GaussianBlur(image, (0, 0), sigma)).astype(np.uint16)
        return clarity_of(density, coarsen(density, np.zeros((0, 2)), (), (0.1, 0.1)))

    usual, blurred, noisy = clarity(300, 0), clarity(300, 3), clarity(900, 0)
    assert blurred.differs_from(usual)
    assert usual.differs_from(blurred)
    assert not noisy.differs_from(usual)
    assert not blurred.differs_from(clarity(300, 3))
    assert noisy.contrast_over(usual) == pytest.approx(1 / 3, rel=0.15)
    assert usual.contrast_over(noisy) == 1.0
    empty = np.zeros((100, 80), np.uint16)
    assert clarity_of(empty, coarsen(empty, np.zeros((0, 2)), (), (0.1, 0.1))) == Clarity(1.0, 0.0)


def test_a_part_that_was_smoothed_is_found_and_nothing_else() -> None:
    rng = np.random.default_rng(7)
    tissue = cv2.GaussianBlur(rng.normal(0, 1, (800, 600)), (0, 0), 12)
    whole = 20000 + 2500 * tissue / tissue.std() + rng.normal(0, 300, (800, 600))
    part = whole.copy()
    part[200:600, 150:450] = cv2.GaussianBlur(whole, (0, 0), 4)[200:600, 150:450]

    def smoothed(values: NDArray[np.float64]) -> NDArray[np.bool_]:
        density = values.astype(np.uint16)
        found = smoothed_in_part(density, coarsen(density, np.zeros((0, 2)), (), (0.1, 0.1)))
        return cv2.resize(found.astype(np.uint8), (600, 800), interpolation=cv2.INTER_NEAREST) > 0

    assert not smoothed(whole).any()
    assert smoothed(part)[220:580, 170:430].mean() > 0.95
    assert not smoothed(part)[:170].any()
    assert not smoothed(part)[:, :120].any()
    assert not smoothed(np.zeros((100, 80))).any()
