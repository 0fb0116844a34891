from dataclasses import replace

import numpy as np
import pytest

from mammocalc.model import StoredPixels
from mammocalc.stages import normalise
from mammocalc.stages.normalise import measure_noise, to_density
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Reason


def _pixels(codes, **changes):
    codes = np.asarray(codes, dtype=np.uint16)
    table = np.arange(4096, dtype=np.float64)
    pixels = StoredPixels(codes, table, np.zeros(4096, bool), np.zeros(4096, np.uint8), False, True)
    return replace(pixels, **changes)


def test_the_darkest_and_the_densest_value_span_the_scale():
    density = to_density(_pixels([[100, 200], [300, 1100]]))
    assert density.image.tolist() == [[0, 6554], [13107, 65535]]
    assert density.is_padding is None
    assert not density.image.flags.writeable


def test_an_inverted_image_gives_the_same_density():
    codes = np.random.default_rng(0).integers(0, 4096, (20, 30)).astype(np.uint16)
    upright = to_density(_pixels(codes))
    inverted = to_density(_pixels(4095 - codes, denser_is_larger=False))
    np.testing.assert_array_equal(upright.image, inverted.image)


def test_equal_ratios_of_exposure_are_equal_steps_of_density():
    density = to_density(_pixels([[10, 100, 1000]], is_exposure=True, denser_is_larger=False))
    assert density.image[0] == pytest.approx([65535, 32767.5, 0], abs=1)


def test_padding_is_neither_dense_nor_part_of_the_scale():
    is_padding = np.zeros(4096, bool)
    is_padding[4095] = True
    density = to_density(_pixels([[4095, 10], [20, 30]], is_padding=is_padding))
    assert density.image.tolist() == [[0, 0], [32768, 65535]]
    assert density.is_padding is not None
    assert density.is_padding.tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize("codes", [np.full((5, 5), 7), np.full((5, 5), 9)])
def test_an_image_of_one_value_is_refused(codes):
    is_padding = np.zeros(4096, bool)
    is_padding[9] = True
    with pytest.raises(ImageUnreadableError) as caught:
        to_density(_pixels(codes, is_padding=is_padding))
    assert caught.value.reason is Reason.NO_BREAST


def test_the_noise_that_was_planted_is_measured(scene, monkeypatch):
    monkeypatch.setattr(normalise, "NOISE_FLOOR", 0.0)
    made = scene(noise=25.0)
    scale = 65535 / float(np.ptp(made.pixels().codes))
    found = made.breast()
    top, left, bottom, right = found.box_px
    noise = measure_noise(made.density().image[top:bottom, left:right], found, 1, made.spacing, 3.0)
    assert np.median(noise.sigma) / scale == pytest.approx(25.0, rel=0.05)


def test_noise_is_never_zero_even_in_a_noiseless_image(scene):
    made = scene(noise=0.0)
    found = made.breast()
    top, left, bottom, right = found.box_px
    noise = measure_noise(made.density().image[top:bottom, left:right], found, 1, made.spacing, 0.8)
    assert (noise.sigma >= 1.0).all()
