import numpy as np
import pytest

from mammocalc.imaging.tophat import line_footprints, line_tophat
from mammocalc.vocabulary.geometry import PixelSpacing


def _tophat(image, spacing_mm=0.1, length_mm=0.8, angles=8):
    return line_tophat(image, line_footprints(PixelSpacing(spacing_mm, spacing_mm), length_mm, angles))


def test_a_particle_narrower_than_the_lines_is_left_whole():
    image = np.full((60, 60), 1000, np.uint16)
    image[30:34, 30:34] += 500
    tophat = _tophat(image)
    assert tophat[31, 31] == 500
    assert tophat.sum() == 16 * 500


@pytest.mark.parametrize("direction", [(0, 1), (1, 0), (1, 1), (1, -1)])
def test_a_line_is_removed_in_every_direction(direction):
    image = np.full((80, 80), 1000, np.uint16)
    for step in range(-25, 26):
        image[40 + step * direction[0], 40 + step * direction[1]] += 500
    assert _tophat(image)[30:50, 30:50].max() == 0


def test_what_is_wider_than_the_lines_is_background():
    image = np.full((80, 80), 1000, np.uint16)
    image[30:50, 30:50] += 500
    assert _tophat(image)[35:45, 35:45].max() == 0


@pytest.mark.parametrize(("spacing_mm", "longest_px"), [(0.05, 17), (0.1, 9), (0.2, 5)])
def test_lines_have_the_same_length_in_millimetres_at_any_pixel_size(spacing_mm, longest_px):
    prints = line_footprints(PixelSpacing(spacing_mm, spacing_mm), 0.8, 4)
    assert [max(p.shape) for p in prints[::2]] == [longest_px] * 2
    assert all(p.sum() == max(p.shape) for p in prints)


def test_lines_follow_rows_and_columns_of_different_size():
    across, _, down, _ = line_footprints(PixelSpacing(row_mm=0.1, column_mm=0.2), 0.8, 4)
    assert across.shape == (1, 5)
    assert down.shape == (9, 1)


def test_lines_are_symmetric_about_their_centre():
    for footprint in line_footprints(PixelSpacing(0.07, 0.07), 0.8, 8):
        np.testing.assert_array_equal(footprint, footprint[::-1, ::-1])
