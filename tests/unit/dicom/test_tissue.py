"""Phantoms and flat fields have no tissue; breasts and spot views have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.overview import shrink
from mammocalc.dicom.pixels.tissue import shows_no_tissue
from mammocalc.dicom.reader.settings import AdmitSettings
from mammocalc.simulation import Scene, render
from mammocalc.simulation.vocabulary import Kind
from mammocalc.vocabulary.errors import ImageSkippedError
from mammocalc.vocabulary.lexicon import Flag, PresentationIntent, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

SHAPE = 900, 700


def tell(stored: NDArray[np.float64]) -> bool:
    codes = np.clip(np.rint(stored), 0, 4095).astype(np.uint16)
    return shows_no_tissue(*shrink(codes, np.arange(4096.0), np.zeros(4096, bool)))


def noise(level: float, sigma: float = 12.0) -> NDArray[np.float64]:
    return np.random.default_rng(3).normal(level, sigma, SHAPE)


def block() -> NDArray[np.float64]:
    """A block of plastic at the chest wall, with groups of specks, discs and fibres in it."""
    stored = noise(300)
    stored[200:700, :480] += 1500
    row, column = np.indices(SHAPE)
    for number, (top, left) in enumerate((a, b) for a in (280, 450, 600) for b in (80, 200, 320)):
        away = np.hypot(row - top, column - left)
        stored += np.where(away < 12, 60.0 + 20 * number, 0)
        stored[top + 20 : top + 24, left : left + 60] += 80
    return stored


PHANTOMS = {
    "flat field": noise(1500),
    "flat field, darker at one side": noise(1500) * np.linspace(1, 0.9, 900)[:, None],
    "block": block(),
    "block in air that is one value": np.where(block() > 900, block(), 300.0),
    "plate that fills the field, with a white border": np.pad(noise(1500)[20:-20, 20:-20], 20, constant_values=4000),
}


@pytest.mark.parametrize("name", PHANTOMS)
def test_phantoms_show_no_tissue(name: str) -> None:
    assert tell(PHANTOMS[name])
    assert tell(4095 - PHANTOMS[name])


@pytest.mark.parametrize("intent", list(PresentationIntent))
@pytest.mark.parametrize("density", [0.05, 0.9])
def test_breasts_and_spot_views_show_tissue(intent: PresentationIntent, density: float) -> None:
    scene = Scene(
        name="a", kind=Kind.NONE, seed=8, field_mm=(110, 80), pixel_spacing_mm=0.1, density=density, intent=intent
    )
    stored = render(scene).pixels.astype(np.float64)
    assert not tell(stored)
    assert not tell(stored[350:650, 60:360])


def test_a_breast_in_air_that_is_noise_shows_tissue() -> None:
    phantom = render(Scene(name="a", kind=Kind.NONE, seed=8, field_mm=(110, 80), pixel_spacing_mm=0.1))
    stored = phantom.pixels[: SHAPE[0], : SHAPE[1]].astype(np.float64)
    is_air = stored < 1500  # the thin rim as well, whose slope has structure
    assert 0.2 < is_air.mean() < 0.8
    assert not tell(np.where(is_air, noise(600, 150), stored))


@pytest.mark.parametrize(
    "stored", [np.full(SHAPE, 7.0), np.where(np.indices(SHAPE)[0] > 400, 7.0, 90.0), noise(50)[:5, :5]]
)
def test_nothing_is_said_of_what_has_no_texture(stored: NDArray[np.float64]) -> None:
    assert not tell(stored)


def test_a_phantom_by_a_word_and_by_the_picture_is_skipped(make: Callable[..., Path]) -> None:
    stored = np.rint(block()).astype(np.uint16)
    with pytest.raises(ImageSkippedError, match="says PHANTOM") as caught:
        read_mammogram(make(stored, StudyDescription="ACR PHANTOM"), DicomSettings())
    assert caught.value.reason is Reason.QUALITY_CONTROL
    assert Flag.NO_TISSUE in read_mammogram(make(stored), DicomSettings()).flags
    admitted = DicomSettings(admit=AdmitSettings(quality_control=True))
    assert Flag.NO_TISSUE in read_mammogram(make(stored, StudyDescription="ACR PHANTOM"), admitted).flags
    breast = render(Scene(name="a", kind=Kind.NONE, seed=8, field_mm=(110.0, 80.0), pixel_spacing_mm=0.1)).pixels
    flags = read_mammogram(make(breast, StudyDescription="ACR PHANTOM"), DicomSettings()).flags
    assert Flag.POSSIBLE_QUALITY_CONTROL in flags
    assert Flag.NO_TISSUE not in flags
