"""Inserted calcifications: where, as large and as bright as the truth says, and nothing else changed."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from mammocalc.model import StoredPixels
from mammocalc.simulation.insertion.recipe import InsertRecipe
from mammocalc.simulation.insertion.records import Insertion
from mammocalc.simulation.insertion.render import insert
from mammocalc.simulation.insertion.target_image import Canvas
from mammocalc.simulation.recipe import load_settings
from mammocalc.vocabulary.errors import ConfigurationError, ImageUnreadableError

SHAPE = (400, 360)
ONE: dict[str, Any] = {"singles": (1, 1), "groups": (0, 0), "macros": (0, 0)}


def stored(codes: NDArray[Any], *, bits: int = 14, exposure: bool = True, denser: bool = False) -> StoredPixels:
    count = 1 << bits
    return StoredPixels(
        codes=codes.astype(np.uint16),
        modality_values=np.arange(count, dtype=np.float64),
        is_padding=np.zeros(count, bool),
        display_grey=np.zeros(count, np.uint8),
        is_exposure=exposure,
        denser_is_larger=denser,
    )


def noisy(level: float, sigma: float, seed: int = 0) -> NDArray[np.float64]:
    return np.rint(np.random.default_rng(seed).normal(level, sigma, SHAPE))


def everywhere(margin: int = 20) -> NDArray[np.bool_]:
    allowed = np.zeros(SHAPE, bool)
    allowed[margin:-margin, margin:-margin] = True
    return allowed


def put(
    pixels: StoredPixels, *, pixel_mm: float = 0.07, seed: int = 1, allowed: Any = None, **recipe: Any
) -> Insertion:
    room = everywhere() if allowed is None else allowed
    return insert(pixels, pixel_mm, room, InsertRecipe(**recipe), np.random.default_rng(seed))


def change(pixels: StoredPixels, made: Insertion) -> NDArray[np.float64]:
    return made.codes.astype(np.float64) - pixels.codes


@pytest.mark.parametrize("seed", range(6))
def test_a_speck_has_the_place_the_size_and_the_height_that_the_truth_says(seed: int) -> None:
    pixels = stored(np.full(SHAPE, 12000))
    made = put(pixels, seed=seed, blur_mm=0.0, micro_diameter_mm=(0.5, 1.0), peak_sigma=(0.1, 1e9), **ONE)
    (point,) = made.calcifications
    removed = -change(pixels, made)
    rows, columns = np.nonzero(removed >= removed.max() / 2)
    assert abs(rows.mean() - point.row_px) < 0.6
    assert abs(columns.mean() - point.column_px) < 0.6
    assert 2 * np.sqrt(rows.size / np.pi) * 0.07 == pytest.approx(point.diameter_mm, abs=0.05)
    assert removed.max() == pytest.approx(point.peak_grey_levels, abs=1)
    attenuation = -np.log(made.codes.min() / 12000)
    assert 0.75 * point.contrast < attenuation <= 1.001 * point.contrast


def test_on_raw_images_contrast_multiplies_the_exposure() -> None:
    thin, thick = (stored(np.full(SHAPE, level)) for level in (12000, 3000))
    shares = [
        change(pixels, put(pixels, peak_sigma=(0.1, 1e9), **ONE)) / pixels.codes.astype(float)
        for pixels in (thin, thick)
    ]
    np.testing.assert_allclose(shares[0], shares[1], atol=1 / 3000)
    assert shares[0].min() < -0.03


def test_exposure_that_is_stored_upside_down_is_multiplied_too() -> None:
    largest = (1 << 14) - 1
    straight = stored(noisy(6000, 40))
    turned = stored(largest - straight.codes, denser=True)
    first, second = change(straight, put(straight)), change(turned, put(turned))
    np.testing.assert_allclose(first, -second, atol=1)
    assert first.min() < -300


def test_on_processed_images_denser_is_brighter_and_inverted_images_are_the_same_inverted() -> None:
    straight = stored(noisy(1500, 20), bits=12, exposure=False, denser=True)
    inverted = stored(4095 - straight.codes, bits=12, exposure=False)
    first, second = change(straight, put(straight)), change(inverted, put(inverted))
    np.testing.assert_allclose(first, -second, atol=1)
    assert first.max() > 60
    assert first.min() >= -1


@pytest.mark.parametrize("exposure", [True, False])
def test_nothing_is_changed_away_from_the_calcifications_nor_where_it_is_not_allowed(exposure: bool) -> None:
    allowed = everywhere()
    allowed[:, 150:180] = False
    pixels = stored(noisy(6000, 40), exposure=exposure, denser=not exposure)
    made = put(pixels, allowed=allowed, groups=(1, 1), macros=(1, 1), gap_mm=1.0)
    changed = change(pixels, made) != 0
    assert len(made.calcifications) >= 10
    assert not changed[~allowed].any()
    grid = np.moveaxis(np.indices(SHAPE), 0, -1)
    near = np.zeros(SHAPE, bool)
    for point in made.calcifications:
        away = np.hypot(*np.moveaxis(grid - (point.row_px, point.column_px), -1, 0)) * 0.07
        here = away < 0.8 * point.length_mm + 0.5
        assert changed[here].any()
        near |= here
    assert not changed[~near].any()


def test_equal_generators_give_equal_images_and_others_give_others() -> None:
    pixels = stored(noisy(6000, 40))
    first, again, other = (put(pixels, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.codes, again.codes)
    assert first.calcifications == again.calcifications
    assert not np.array_equal(first.codes, other.codes)
    assert pixels.codes.mean() == pytest.approx(6000, abs=1)


@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_the_noise_is_that_of_single_pixels_whatever_the_slope_of_the_tissue(slope: float) -> None:
    pixels = stored(noisy(5000, 25) + np.rint(slope * np.arange(SHAPE[1])))
    for point in put(pixels).calcifications:
        assert point.noise_grey_levels == pytest.approx(25, rel=0.1)
        assert point.peak_sigma == pytest.approx(point.peak_grey_levels / point.noise_grey_levels)


def test_the_signal_to_noise_ratio_is_that_of_a_matched_filter_on_this_noise() -> None:
    recipe: dict[str, Any] = {**ONE, "micro_diameter_mm": (0.2, 0.25)}
    pixels = stored(noisy(5000, 25))
    (point,) = put(pixels, **recipe).calcifications
    flat = stored(np.full(SHAPE, 5000))
    signal = change(flat, put(flat, **{**recipe, "peak_sigma": (point.peak_grey_levels / 0.2887,) * 2}))
    template = signal - signal.mean()
    noise = np.random.default_rng(5).normal(0, 25, (300, *SHAPE)).reshape(300, -1) @ template.ravel()
    reached = (template.ravel() ** 2).sum() / noise.std()
    # What the low frequencies would add is left out of the truth: a tenth, at this size.
    assert 0.75 < point.matched_filter_snr / reached < 1.05


def test_noise_that_looks_like_a_speck_lowers_the_signal_to_noise_ratio() -> None:
    white = np.random.default_rng(0).normal(size=SHAPE)
    smooth = gaussian_filter(white, 1.5)
    ratios = []
    for noise in (white, smooth):
        pixels = stored(np.rint(5000 + 25 * noise / noise.std()))
        (point,) = put(pixels, peak_sigma=(6.0, 6.0), **ONE).calcifications
        ratios.append(point.matched_filter_snr)
    assert ratios[1] < 0.6 * ratios[0]


def test_peaks_stay_between_the_limits_of_the_recipe() -> None:
    pixels = stored(noisy(1500, 20), bits=12, exposure=False, denser=True)
    made = put(pixels, pixel_mm=0.1, macros=(0, 0), peak_sigma=(8.0, 9.0))
    assert len(made.calcifications) >= 5
    assert all(7.9 < point.peak_sigma < 9.1 for point in made.calcifications)


def test_contrast_slackens_towards_white_instead_of_being_cut_off() -> None:
    bright = stored(noisy(3900, 20), bits=12, exposure=False, denser=True)
    made = put(bright, macros=(2, 2), singles=(0, 0), groups=(0, 0), gap_mm=1.0)
    assert made.calcifications
    assert made.codes.max() <= 4095
    assert 100 < max(point.peak_grey_levels for point in made.calcifications) < 195


def test_where_a_speck_would_be_too_faint_there_is_none() -> None:
    white = stored(np.full(SHAPE, 4095), bits=12, exposure=False, denser=True)
    assert put(white).calcifications == ()


def test_padding_stays_padding_and_nothing_becomes_padding() -> None:
    codes = noisy(60, 3)
    codes[100:140, 100:140] = 10
    pixels = stored(codes)
    pixels.is_padding[:31] = True
    made = put(pixels, groups=(2, 2), macros=(2, 2), gap_mm=1.0)
    was, is_now = pixels.is_padding[pixels.codes], pixels.is_padding[made.codes]
    np.testing.assert_array_equal(was, is_now)
    np.testing.assert_array_equal(made.codes[was], pixels.codes[was])
    assert change(pixels, made).min() < 0


def test_groups_are_grouped_and_the_others_keep_their_distance() -> None:
    made = put(stored(noisy(6000, 40)), pixel_mm=0.1, groups=(1, 1), group_members=(6, 6), gap_mm=3.0)
    (members,) = made.groups
    assert len(members) == 6
    where = np.array([(point.row_px, point.column_px) for point in made.calcifications]) * 0.1
    apart = np.hypot(*(where[:, None] - where[None]).T)
    inside = list(members)
    outside = [n for n in range(len(where)) if n not in members]
    assert len(outside) >= 3
    assert apart[np.ix_(inside, inside)].max() <= 9.0
    assert apart[np.ix_(inside, outside)].min() >= 3.0
    assert (apart[np.ix_(outside, outside)] + 9 * np.eye(len(outside))).min() >= 3.0
    assert [point.cluster for point in made.calcifications] == [0] * 6 + [None] * len(outside)
    assert [point.number for point in made.calcifications] == list(range(len(where)))


def test_macrocalcifications_are_rings_popcorn_and_rods_and_rings_are_lucent_inside() -> None:
    pixels = stored(noisy(8000, 20))
    recipe: dict[str, Any] = {
        "singles": (0, 0),
        "groups": (0, 0),
        "macros": (1, 1),
        "macro_diameter_mm": (2.5, 3.0),
        "ring_share": 1.0,
    }
    made = put(pixels, **recipe)
    (ring,) = made.calcifications
    assert ring.shape == "rim"
    assert ring.size == "macro"
    removed = -change(pixels, made)
    middle = removed[
        round(ring.row_px) - 2 : round(ring.row_px) + 3, round(ring.column_px) - 2 : round(ring.column_px) + 3
    ]
    assert middle.mean() < 0.8 * removed.max()
    recipe["ring_share"] = 0.0
    shapes = {point.shape for seed in range(8) for point in put(pixels, seed=seed, **recipe).calcifications}
    assert shapes == {"popcorn", "rod"}


def test_the_density_of_a_place_is_its_rank_in_the_breast() -> None:
    codes = noisy(6000, 10)
    codes[:, 180:] -= 2000
    for point in put(stored(codes), gap_mm=1.0).calcifications:
        if abs(point.column_px - 180) > 20:  # less exposure is denser
            assert (point.local_density > 0.4) == (point.column_px > 180)


def test_contrasts_below_one_grey_level_are_kept_on_average() -> None:
    codes = np.full(SHAPE, 100)
    pixels = stored(codes, bits=8, exposure=False, denser=True)
    canvas = Canvas(pixels, np.ones(SHAPE, bool), 0.07, 4e5)
    around = canvas.surroundings(200, 180)
    faint = np.full(SHAPE, 0.01, np.float32)
    expected = float(canvas.contrast(faint, around)[0, 0])
    canvas.draw(faint, np.s_[: SHAPE[0], : SHAPE[1]], around, np.random.default_rng(0))
    assert 0.05 < expected < 0.4
    assert (canvas.codes - 100.0).mean() == pytest.approx(expected, rel=0.05)


def test_without_any_place_nothing_is_inserted() -> None:
    pixels = stored(noisy(6000, 40))
    made = put(pixels, allowed=np.zeros(SHAPE, bool))
    assert made.calcifications == ()
    np.testing.assert_array_equal(made.codes, pixels.codes)


def test_values_without_a_way_back_to_their_codes_are_refused() -> None:
    pixels = stored(noisy(6000, 40))
    pixels.modality_values[100:200] = 100
    with pytest.raises(ImageUnreadableError, match="mean the same"):
        put(pixels)


def test_a_recipe_is_read_with_all_its_mistakes(tmp_path: Any) -> None:
    (tmp_path / "good.yaml").write_text("singles: [3, 4]\npeak_sigma: [4, 20]\n")
    assert load_settings(tmp_path / "good.yaml", InsertRecipe).singles == (3, 4)
    (tmp_path / "empty.yaml").write_text("")
    assert load_settings(tmp_path / "empty.yaml", InsertRecipe) == InsertRecipe()
    (tmp_path / "bad.yaml").write_text("singles: [4, 3]\nspecks: 2\nmicro_diameter_mm: [0, 1]\ngroups: [-1, 2]\n")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path / "bad.yaml", InsertRecipe)
    assert len(caught.value.problems) == 4
