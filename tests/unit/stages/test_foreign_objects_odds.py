"""What a pen leaves is told from what a detector sees by a single mark: no blur, no noise, no bounds of physics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mammocalc.model import Density, Particle
from mammocalc.stages.foreign_objects.marks import Grain, measure_marks
from mammocalc.stages.foreign_objects.odds import decades_drawn
from mammocalc.vocabulary.geometry import PixelSpacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACING = PixelSpacing(0.1, 0.1)
GRAIN = Grain(sigma=10.0, step=1.0, alike=0.03)
DENSEST = 65535.0
AN_L = ((slice(50, 62), slice(54, 56)), (slice(60, 62), slice(54, 62)))
A_SQUARE = ((slice(56, 62), slice(54, 60)),)


def shape(parts: tuple[tuple[slice, slice], ...]) -> NDArray[np.float64]:
    ink = np.zeros((120, 120))
    for part in parts:
        ink[part] = 1.0
    return ink


def decades(ink: NDArray[np.float64], level: float, *, noise_on_top: bool = False, clipped: float = DENSEST) -> float:
    noise = np.random.default_rng(5).normal(0, 10, ink.shape)
    image = 1000 + noise + ink * (level - 1000 - (0 if noise_on_top else noise))
    seen = Density(np.rint(np.minimum(image, clipped) * (DENSEST / clipped)).astype(np.uint16), None)
    grain = Grain(GRAIN.sigma * DENSEST / clipped, DENSEST / clipped, GRAIN.alike)
    row, column = np.argwhere(ink > ink.max() / 2).mean(axis=0)
    [mark] = measure_marks([Particle(row, column, 0, 10.0, 10.0, 10.0, 0.5)], seen, SPACING, grain)
    assert mark is not None
    return decades_drawn(mark, grain, SPACING)


@pytest.mark.parametrize(
    ("ink", "level"),
    [
        pytest.param(shape(AN_L), 1200, id="faint"),
        pytest.param(shape(AN_L), 5000, id="bright"),
        pytest.param(shape(AN_L), DENSEST, id="saturated"),
        pytest.param(0.5 * shape(AN_L), 2000, id="half transparent"),
        pytest.param(shape(A_SQUARE), 1200, id="a dot of one grey level"),
    ],
)
def test_what_is_drawn_is_told_by_one_mark(ink: NDArray[np.float64], level: float) -> None:
    assert decades(ink, level) >= 5


@pytest.mark.parametrize("height", [200, 600])
@pytest.mark.parametrize("parts", [AN_L, A_SQUARE], ids=["branching", "square"])
@pytest.mark.parametrize("clipped_at", [1.0, 0.6])
def test_what_a_detector_saw_is_none_though_a_window_clips_it(
    parts: tuple[tuple[slice, slice], ...], height: float, clipped_at: float
) -> None:
    """A window leaves no noise on top, and steeper slopes."""
    ink = np.asarray(cv2.GaussianBlur(shape(parts), (0, 0), 0.9), np.float64)
    assert decades(ink, 1000 + height, noise_on_top=True, clipped=1000 + clipped_at * height) < 3


def test_a_compact_speck_may_end_within_a_pixel() -> None:
    assert decades(shape(A_SQUARE), 1500, noise_on_top=True) == pytest.approx(0, abs=0.5)
    assert decades(shape(AN_L), 1500, noise_on_top=True) >= 5
