import numpy as np

from pipeline.geometry import PixelSpacing
from pipeline.stages.enhance import EnhanceSettings, average, coarse_step_px


def test_averaging_drops_what_does_not_fill_a_square():
    image = np.arange(35, dtype=np.uint16).reshape(5, 7)
    assert average(image, 3).tolist() == [[8, 11]]
    assert average(image, 9) is image


def test_the_coarse_channel_has_pixels_of_its_own_size():
    settings = EnhanceSettings(coarse_pixel_mm=0.25)
    assert [coarse_step_px(PixelSpacing(s, s), settings) for s in (0.05, 0.085, 0.14, 0.3)] == [5, 3, 2, 1]
