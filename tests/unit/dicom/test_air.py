"""Where the air of a picture lies, whatever is around it; nowhere, where it cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.dicom.pixels.air import AirEnd, find_air
from mammocalc.dicom.pixels.overview import shrink

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Picture = NDArray[np.float64]

SHAPE = 600, 450
RNG_SEED = 4


def draw(*, depth: float = 0.75, noise: float = 0.004) -> Picture:
    """Draw the density of a breast at the left border, thinner towards its skin, with tissue of all sizes in it."""
    rng = np.random.default_rng(RNG_SEED)
    row, column = np.indices(SHAPE)
    radius = np.hypot((row / SHAPE[0] - 0.5) / 0.4, column / SHAPE[1] / depth)
    thickness = np.sqrt(np.clip(1 - radius**4, 0, None))
    tissue = np.zeros(SHAPE)
    for side in (4, 9, 20, 45):
        coarse = rng.normal(0, 0.07, (SHAPE[0] // side + 2, SHAPE[1] // side + 2))
        tissue += np.kron(coarse, np.ones((side, side)))[: SHAPE[0], : SHAPE[1]]
    density: Picture = 0.6 * thickness * (1 + tissue)
    density += rng.normal(0, noise, SHAPE)
    return density


def tell(density: Picture, is_padding: NDArray[np.bool_] | None = None) -> AirEnd:
    """Say where air lies in densities that are stored as 12 bits; padding is code 0."""
    low, high = density.min(), density.max()
    codes = np.rint(1 + (density - low) / (high - low) * 4094).astype(np.uint16)
    if is_padding is not None:
        codes[is_padding] = 0
    return find_air(*shrink(codes, np.arange(4096.0), np.arange(4096) == 0)).end


def framed(density: Picture, value: float) -> Picture:
    return np.pad(density, 30, constant_values=value)


def lettered(density: Picture) -> Picture:
    lettered = density.copy()
    lettered[30:90, 330:420] = 1.2
    lettered[50:70, 350:400] = -0.2
    return lettered


ALTERED: list[Callable[[Picture], Picture]] = [
    lambda density: density,
    lambda density: np.maximum(density, 0) ** 2,
    lambda density: np.maximum(density, 0) ** 0.6,
    lambda density: framed(density, 0.0),
    lambda density: framed(density, 1.5),
    lambda density: np.pad(density, ((0, 0), (0, 150)), constant_values=1.5),
    lettered,
    lambda density: density[50:550, :360],
    lambda density: density[:, ::-1],
    lambda density: density.T,
]


@pytest.mark.parametrize("alter", ALTERED)
def test_air_is_told_at_either_end(alter: Callable[[Picture], Picture]) -> None:
    density = alter(draw())
    assert tell(density) is AirEnd.SMALLEST
    assert tell(-density) is AirEnd.LARGEST


@pytest.mark.parametrize("attenuation", [3.0, 5.0])
def test_air_of_a_linear_exposure_is_its_largest_value(attenuation: float) -> None:
    exposure = np.exp(-attenuation * draw(noise=0)) * np.linspace(1, 0.93, SHAPE[0])[:, None]
    exposure += np.random.default_rng(2).normal(0, 0.01, SHAPE) * np.sqrt(exposure)
    assert tell(exposure) is AirEnd.LARGEST
    assert tell(-exposure) is AirEnd.SMALLEST


def test_the_rim_tells_where_padding_took_the_place_of_air() -> None:
    density = draw()
    is_padding = draw(noise=0) < 0.05
    assert tell(density, is_padding) is AirEnd.SMALLEST
    assert tell(-density, is_padding) is AirEnd.LARGEST


def _spot() -> Picture:
    return draw()[180:420, 20:240]


def _disc(outside: float) -> Picture:
    spot = _spot()
    row, column = np.indices(spot.shape)
    return np.where(np.hypot(row - 120, column - 110) > 105, outside, spot)


UNTOLD: list[Picture] = [
    _spot(),
    _disc(0.0),
    _disc(1.5),
    framed(_spot(), 0.0),
    framed(_spot(), 1.5),
    np.exp(-4 * _disc(3.0)),
    np.random.default_rng(1).normal(0, 1, SHAPE),
    np.repeat(np.geomspace(40, 4000, 600)[:, None], 450, axis=1),
    np.indices(SHAPE).sum(axis=0).astype(np.float64),
    np.pad(np.zeros((200, 200)), ((150, 250), (0, 250)), constant_values=1.0) + draw() * 0.001,
    draw()[:20, :20],
]


@pytest.mark.parametrize("density", UNTOLD)
def test_nothing_is_told_of_what_shows_no_air(density: Picture) -> None:
    assert tell(density) is AirEnd.UNSEEN
    assert tell(-density) is AirEnd.UNSEEN


@pytest.mark.parametrize("slope", [1e-9, 1.0, 1e90, 1e300])
def test_values_of_any_size_can_be_looked_at(slope: float) -> None:
    codes = np.rint(draw() * 3000 + 500).astype(np.uint16)
    end = find_air(*shrink(codes, slope * (np.arange(4096.0) + 1e6), np.zeros(4096, bool))).end
    assert end is (AirEnd.SMALLEST if slope < 1e99 else AirEnd.UNSEEN)


@pytest.mark.parametrize("value", [0, 7])
def test_an_image_of_one_value_and_one_of_padding_show_nothing(value: int) -> None:
    codes = np.full(SHAPE, value, np.uint16)
    assert find_air(*shrink(codes, np.arange(4096.0), np.arange(4096) == 0)).end is AirEnd.UNSEEN
