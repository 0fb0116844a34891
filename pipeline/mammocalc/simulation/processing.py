"""Processing: from quanta to stored values, raw or for presentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import breast_thickness, nipple_thickness
from mammocalc.simulation.grids import Grid, blur, refine, smoothstep
from mammocalc.simulation.tissue import FAT_PER_MM
from mammocalc.simulation.vocabulary import Relationship
from mammocalc.vocabulary.lexicon import PresentationIntent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.acquisition import Beam
    from mammocalc.simulation.anatomy import Anatomy
    from mammocalc.simulation.recipe import Scene

_SATURATION = 0.8
"""Share of the open beam at which the detector is full: air is white or black, the skin line is not."""
_EQUALISATION = 0.7
"""Share of the missing thickness at the breast's edge that processing makes up for."""
_SHARPENING, _SHARPENING_SIGMA_MM = 0.4, 0.9
"""Mild unsharp masking, as all vendors apply."""


_LOGIT_LOW, _LOGIT_HIGH = -1.0, 1.5
"""The sigmoid shows fat at about 0.27 and the densest tissue at 0.82 of the scale, as mammograms usually are."""
_DEEP_MM = 6.0
"""Only tissue this far from the skin decides about the grey scale."""
_FAINTEST = 1e-5
"""Share of the open beam below which a pixel counts as black."""


@dataclass(frozen=True, slots=True, eq=False)
class BreastMap:
    """A breast and the distance in mm of each cell of a coarse grid to its skin line; positive inside."""

    anatomy: Anatomy
    grid: Grid
    skin_distance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Stored values, and the window that shows them: (centre, width), or None for raw images."""

    values: NDArray[np.uint16]
    window: tuple[float, float] | None


def store(
    quanta: NDArray[np.float32], shadow: NDArray[np.float32] | None, scene: Scene, beam: Beam, breast: BreastMap
) -> Stored:
    """
    Turn quanta into the values of a file, in the chest-wall-left orientation.

    Parameters
    ----------
    quanta : ndarray of float32, shape (rows, columns)
    shadow : ndarray of float32, shape (rows, columns), or None
        1 in the shadow of the collimator, which processing turns black; None without one.
    scene : Scene
    beam : Beam
    breast : BreastMap

    Returns
    -------
    Stored
        Values of ``scene.bits`` bits.
    """
    full = np.float32(_SATURATION * beam.open_quanta)
    if scene.intent is PresentationIntent.FOR_PROCESSING:
        if scene.stored_relationship is Relationship.LIN:
            share = np.minimum(quanta / full, np.float32(1))
        else:
            # Seven natural units of exposure below the open beam fill the scale.
            share = 1 + np.log(np.clip(quanta / full, np.float32(np.exp(-7.0)), 1)) / np.float32(7)
        brighter_is_exposed = True
    else:
        lit = np.ones_like(quanta) if shadow is None else 1 - shadow
        exposure = (np.minimum(quanta, full) / full).astype(np.float32, copy=False)
        share = _present(exposure, lit, scene.pixel_spacing_mm, breast)
        brighter_is_exposed = False
    return store_share(share, scene, brighter_is_exposed=brighter_is_exposed)


def store_share(share: NDArray[np.float32], scene: Scene, *, brighter_is_exposed: bool) -> Stored:
    """Round shares of the grey scale, 0 to 1, to the values of a file, with the sign that the scene asks for."""
    largest = 2**scene.bits - 1
    if brighter_is_exposed != (scene.stored_sign == 1):
        share = 1 - share
    values = np.rint(share * np.float32(largest)).astype(np.uint16)
    if scene.intent is PresentationIntent.FOR_PROCESSING:
        return Stored(values, None)
    centre = (largest + 1) / 2
    return Stored(values, (round(largest - centre if scene.stored_sign == 1 else centre, 0), float(largest + 1)))


def _present(
    exposure: NDArray[np.float32], lit: NDArray[np.float32], spacing_mm: float, breast: BreastMap
) -> NDArray[np.float32]:
    """Logarithm, peripheral equalisation, sharpening, and a sigmoid to 0 (air) .. 1 (dense)."""
    anatomy, coarse, distance = breast.anatomy, breast.grid, breast.skin_distance
    dense = -np.log(np.maximum(exposure, np.float32(_FAINTEST)))
    nipple = nipple_thickness(anatomy, coarse)
    missing = anatomy.thickness_mm - np.maximum(breast_thickness(anatomy, distance), nipple)
    tissue = np.maximum(smoothstep(distance, -1.0, 2.0), smoothstep(nipple, 0.0, 4.0))
    dense += refine(_EQUALISATION * FAT_PER_MM * missing * tissue, coarse, Grid(spacing_mm, *exposure.shape))
    detail = dense - blur(dense, _SHARPENING_SIGMA_MM / spacing_mm)
    # The limit keeps the skin line and labels free of halos.
    dense += np.float32(_SHARPENING * 0.25) * np.tanh(detail * np.float32(4))
    stride = max(1, round(0.6 / spacing_mm))
    sample = dense[::stride, ::stride]
    deep = refine(distance, coarse, Grid(stride * spacing_mm, *sample.shape)) > _DEEP_MM
    low, high = np.quantile(sample[deep & (lit[::stride, ::stride] == 1)], (0.02, 0.995))
    slope = (_LOGIT_HIGH - _LOGIT_LOW) / (high - low)
    middle = low - _LOGIT_LOW / slope
    floor = np.float32(1 / (1 + np.exp(slope * (middle - 0.25 * low))))
    curve = 1 / (1 + np.exp((np.float32(middle) - dense) * np.float32(slope)))
    return np.asarray(np.clip((curve - floor) / (1 - floor), 0, 1) * lit, dtype=np.float32)
