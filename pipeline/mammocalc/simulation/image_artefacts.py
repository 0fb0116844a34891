"""Artefacts of a digital image: letters, collimator and bad pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.anatomy import nipple_thickness
from mammocalc.simulation.grids import Grid, blur
from mammocalc.simulation.marker import draw_text
from mammocalc.vocabulary.lexicon import Laterality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.acquisition import Beam
    from mammocalc.simulation.processing import BreastMap
    from mammocalc.simulation.recipe import Scene

_LEAD = 4.0
"""Attenuation of the lead letters and of the collimator: a fiftieth of the open beam passes."""

_DOT_MM = 0.55
"""Letters are seven dots high: 4 mm."""

_PLATE_MM = 2.5
"""Rim of the plate around the letters on film."""


def letter_mask(scene: Scene, pixels: Grid, breast: BreastMap) -> NDArray[np.bool_]:
    """Mask of the lead letters in a corner opposite the chest wall where no tissue is; empty if there is no room."""
    mask = np.zeros(pixels.shape, dtype=bool)
    letters = draw_text(f"{scene.laterality} {scene.view}", max(1, round(_DOT_MM / pixels.step_mm)))
    if scene.laterality is Laterality.RIGHT:  # the whole image is mirrored later
        letters = letters[:, ::-1]
    grid = breast.grid
    tissue = (breast.skin_distance > -1.0) | (nipple_thickness(breast.anatomy, grid) > 0)
    if scene.used_film is not None and scene.used_film.label:
        letters = ~np.pad(letters, round(_PLATE_MM / pixels.step_mm))
    margin = round((4.0 + scene.collimation_mm) / pixels.step_mm)
    rows, columns = letters.shape
    left = pixels.columns - margin - columns
    for top in (margin, pixels.rows - margin - rows):
        low, high, start = (int(edge * pixels.step_mm / grid.step_mm) for edge in (top, top + rows, max(left, 0)))
        if left > 0 and not tissue[low : high + 2, start:].any():
            mask[top : top + rows, left : left + columns] = letters
            break
    return mask


def collimator_attenuation(scene: Scene, pixels: Grid) -> NDArray[np.float32] | None:
    """Attenuation of the collimator along the borders other than the chest wall, with a soft edge; None without one."""
    if scene.collimation_mm == 0:
        return None
    y, x = pixels.centres_mm()
    to_border = np.minimum(np.minimum(y, scene.field_mm[0] - y), scene.field_mm[1] - x)
    return blur((to_border < scene.collimation_mm).astype(np.float32), 0.15 / pixels.step_mm)


def spoil_pixels(
    quanta: NDArray[np.float32], scene: Scene, beam: Beam, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Make pixels hot and dead in place; their (row, column)."""
    count = scene.hot_pixels + scene.dead_pixels
    where = np.stack([rng.integers(0, n, count, dtype=np.intp) for n in quanta.shape], axis=1)
    hot, dead = where[: scene.hot_pixels], where[scene.hot_pixels :]
    quanta[hot[:, 0], hot[:, 1]] += np.float32(0.5 * beam.open_quanta)
    quanta[dead[:, 0], dead[:, 1]] *= rng.uniform(0.0, 0.4, len(dead)).astype(np.float32)
    return where.astype(np.float64)
