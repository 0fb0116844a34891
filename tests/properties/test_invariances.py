"""The same scene gives the same findings, however the detector and the file put it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mammocalc.analysis.image import analyse
from mammocalc.config import Config

PLACES = [(34 + 2.2 * (i % 3) + 0.4 * (i // 3), 18 + 2.2 * (i // 3), 0.3 + 0.05 * (i % 4)) for i in range(9)] + [
    (48.0, 12.0, 1.1)  # a larger disc, flat and sharp as these are, is metal
]
CONFIG = Config()


def _with_codes(mammogram, codes, **changes):
    pixels = replace(mammogram.pixels, codes=np.ascontiguousarray(codes), **changes)
    return replace(mammogram, pixels=pixels)


def _found(mammogram):
    return [(c.row_px, c.column_px, c.diameter_mm, c.size) for c in analyse(mammogram, CONFIG).calcifications]


def test_an_inverted_image_gives_the_same_report(make_mammogram):
    upright = make_mammogram(PLACES)
    inverted = _with_codes(upright, 4095 - upright.pixels.codes, denser_is_larger=False)
    assert analyse(inverted, CONFIG) == analyse(upright, CONFIG)


@settings(max_examples=5, derandomize=True)
@given(slope=st.floats(0.01, 100), intercept=st.floats(-1e4, 1e4))
def test_gain_and_offset_change_nothing(make_mammogram, slope, intercept):
    plain = make_mammogram(PLACES)
    scaled = _with_codes(plain, plain.pixels.codes, modality_values=plain.pixels.modality_values * slope + intercept)
    expected, found = _found(plain), _found(scaled)
    assert len(found) == len(expected) == 10
    for one, other in zip(found, expected, strict=True):
        assert one[:3] == pytest.approx(other[:3], abs=0.02)
        assert one[3] is other[3]


@pytest.mark.parametrize(("rows", "columns"), [(1, -1), (-1, 1), (-1, -1)])
def test_a_mirrored_image_gives_mirrored_findings(make_mammogram, rows, columns):
    plain = make_mammogram(PLACES)
    mirrored = _with_codes(plain, plain.pixels.codes[::rows, ::columns])
    height, width = plain.pixels.codes.shape
    expected = sorted(
        (r if rows == 1 else height - 1 - r, c if columns == 1 else width - 1 - c, d) for r, c, d, _ in _found(plain)
    )
    found = sorted(item[:3] for item in _found(mirrored))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=0.6)


@pytest.mark.parametrize("spacing_mm", [0.05, 0.07, 0.085])
def test_the_same_scene_at_another_pixel_size_has_the_same_findings(make_mammogram, spacing_mm):
    expected = analyse(make_mammogram(PLACES), CONFIG)
    finer = analyse(make_mammogram(PLACES, spacing_mm=spacing_mm), CONFIG)
    assert finer.distribution.label is expected.distribution.label
    assert [c.size for c in finer.calcifications] == [c.size for c in expected.calcifications]
    for one, other in zip(finer.calcifications, expected.calcifications, strict=True):
        assert one.row_px * spacing_mm == pytest.approx(other.row_px * 0.1, abs=0.1)
        assert one.column_px * spacing_mm == pytest.approx(other.column_px * 0.1, abs=0.1)
        assert one.diameter_mm == pytest.approx(other.diameter_mm, abs=0.12)


@settings(max_examples=6, derandomize=True)
@given(threshold=st.floats(0.01, 0.999))
def test_a_higher_threshold_never_finds_more(make_mammogram, threshold):
    mammogram = make_mammogram(PLACES)
    higher = CONFIG.model_copy(
        update={"classify": CONFIG.classify.model_copy(update={"threshold": (1 + threshold) / 2})}
    )
    lower = CONFIG.model_copy(update={"classify": CONFIG.classify.model_copy(update={"threshold": threshold})})
    assert len(analyse(mammogram, higher).calcifications) <= len(analyse(mammogram, lower).calcifications)
