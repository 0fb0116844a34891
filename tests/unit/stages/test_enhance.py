import numpy as np
import pytest
from pydantic import ValidationError

from mammocalc.stages.enhance import EnhanceSettings, average, remove_background, steps_px
from mammocalc.vocabulary.geometry import PixelSpacing


def test_averaging_drops_what_does_not_fill_a_square():
    image = np.arange(35, dtype=np.uint16).reshape(5, 7)
    assert average(image, 3).tolist() == [[8, 11]]
    assert average(image, 9) is image


def test_each_channel_has_pixels_of_its_own_size():
    settings = EnhanceSettings(lengths_mm=(0.8, 3.0), pixels_mm=(0.0, 0.25))
    steps = [steps_px(PixelSpacing(s, s), settings) for s in (0.05, 0.085, 0.14, 0.3)]
    assert steps == [(1, 5), (1, 3), (1, 2), (1, 1)]


def test_a_particle_is_left_by_the_lines_that_are_longer():
    image = np.full((120, 120), 1000, np.uint16)
    image[50:62, 50:62] = 2000
    spacing, settings = PixelSpacing(0.1, 0.1), EnhanceSettings()
    assert remove_background(image, 0.8, 1, spacing, settings).max() == 0
    assert remove_background(image, 3.0, 1, spacing, settings)[55, 55] == 1000


@pytest.mark.parametrize(
    "values",
    [
        {"lengths_mm": (0.8, 3.0), "pixels_mm": (0.0,)},
        {"lengths_mm": (3.0, 0.8, 7.0)},
        {"lengths_mm": (0.0, 0.8, 7.0)},
        {"pixels_mm": (0.0, -0.1, 0.5)},
    ],
)
def test_channels_must_go_from_fine_to_coarse(values):
    with pytest.raises(ValidationError):
        EnhanceSettings(**values)
