import numpy as np

from mammocalc.stages.enhance import LENGTHS_MM, PIXELS_MM, average, remove_background, steps_px
from mammocalc.vocabulary.geometry import PixelSpacing


def test_averaging_drops_what_does_not_fill_a_square():
    image = np.arange(35, dtype=np.uint16).reshape(5, 7)
    assert average(image, 3).tolist() == [[8, 11]]
    assert average(image, 9) is image


def test_each_scale_has_pixels_of_its_own_size():
    steps = [steps_px(PixelSpacing(s, s)) for s in (0.05, 0.085, 0.14, 0.3)]
    assert steps == [(1, 3, 6, 11), (1, 2, 3, 7), (1, 1, 2, 4), (1, 1, 1, 2)]


def test_a_particle_is_left_by_the_lines_that_are_longer():
    image = np.full((120, 120), 1000, np.uint16)
    image[50:62, 50:62] = 2000
    spacing = PixelSpacing(0.1, 0.1)
    assert remove_background(image, 0.8, 1, spacing).max() == 0
    assert remove_background(image, 3.0, 1, spacing)[55, 55] == 1000


def test_scales_go_from_fine_to_coarse():
    assert len(LENGTHS_MM) == len(PIXELS_MM)
    assert list(LENGTHS_MM) == sorted(set(LENGTHS_MM))
