"""OpenCV computes, scikit-image is the second opinion: both must agree to the last bit."""

import cv2
import numpy as np
import pytest
from skimage.morphology import disk, white_tophat

from mammocalc.imaging import tophat
from mammocalc.imaging.tophat import line_footprints, line_tophat
from mammocalc.vocabulary.geometry import PixelSpacing


@pytest.mark.parametrize("spacing", [PixelSpacing(0.05, 0.05), PixelSpacing(0.1, 0.1), PixelSpacing(0.07, 0.1)])
def test_the_tophat_is_the_smallest_white_tophat_of_scikit_image_with_the_same_footprints(spacing):
    image = np.random.default_rng(5).integers(0, 65536, (90, 110)).astype(np.uint16)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), dtype=np.uint16)
    footprints = line_footprints(spacing, 0.8, 8)
    expected = np.min([white_tophat(image, footprint, mode="ignore") for footprint in footprints], axis=0)
    np.testing.assert_array_equal(line_tophat(image, footprints), expected)


def test_a_disc_as_footprint_agrees_as_well():
    image = np.random.default_rng(6).integers(0, 4096, (70, 80)).astype(np.uint16)
    footprint = disk(7)
    np.testing.assert_array_equal(line_tophat(image, (footprint,)), white_tophat(image, footprint, mode="ignore"))


@pytest.mark.parametrize("columns", [1, 80, 2000])
def test_stripes_make_no_seams(monkeypatch, columns):
    image = np.random.default_rng(7).integers(0, 65536, (70, columns)).astype(np.uint16)
    footprints = line_footprints(PixelSpacing(0.05, 0.05), 0.6, 8)
    whole = line_tophat(image, footprints)
    monkeypatch.setattr(tophat, "_STRIPE_PX", 1000)
    np.testing.assert_array_equal(line_tophat(image, footprints), whole)
