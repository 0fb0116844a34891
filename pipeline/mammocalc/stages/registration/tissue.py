"""Registration of the tissue of two dates: a smooth map on which vessels, fibres and lobes agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from mammocalc.stages.registration.blocks import compare_blocks, held_out, settle
from mammocalc.stages.registration.tissue_image import PIXEL_MM, structure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.registration.frame import FrameMap
    from mammocalc.stages.registration.tissue_image import TissueImage

NODE_MM: Final = 4.0
"""Between two places at which the way is kept; it is smooth in between."""
BEYOND_MM: Final = 24.0
"""The way is known beyond the image as well, so that what moves in from there has one."""
ROUNDS: Final = 30
"""The way back is found by going forth and mending what is left."""
MEND: Final = 0.8
LEAST_CORRELATION: Final = 0.21
"""Mean correlation of blocks where the others expect them, from which tissue is believed to be the same. INbreast: 19
of 19 pairs of dates have 0.23 to 0.60; breasts of two patients at most 0.19 (docs/evidence/comparison.md)."""
OF_ONE_BREAST: Final = 0.33
"""And from which it is not that of the patient's other breast, which has up to 0.31."""
OVER_MIRRORED: Final = 1.2
"""And over what the same reaches with the prior mirrored, which is much where a breast is alike above and below."""
AROUND_MM: Final = 8.0
"""Blocks around a place tell whether the tissue is the same there."""


@dataclass(frozen=True, slots=True)
class Level:
    """
    One round of looking, from coarse to fine.

    Attributes
    ----------
    every : int
        Pixels of the tissue image that one is made of.
    band_mm : tuple of float
        Structure that is looked at.
    half_mm, reach_mm, step_mm : float
        Half the side of a block, how far it is looked for, and from block to block.
    width_mm : float
        How far blocks go together.
    """

    every: int
    band_mm: tuple[float, float]
    half_mm: float
    reach_mm: float
    step_mm: float
    width_mm: float


LEVELS: Final = (
    Level(3, (1.0, 6.0), 18.0, 20.4, 10.0, 20.0),
    Level(2, (0.6, 4.0), 12.0, 8.0, 8.0, 12.0),
    Level(1, (0.4, 3.0), 7.0, 3.2, 8.0, 8.0),
)
JUDGED: Final = 1
"""The level at which it is judged whether the tissue is the same: blocks are large enough to differ, and small enough
to be many."""


@dataclass(frozen=True, slots=True, eq=False)
class TissueMap:
    """
    The way from the prior image into the current one by their tissue.

    Attributes
    ----------
    correlation : float
        Mean over blocks of how alike they are where the others expect them, -1 to 1.
    mirrored : float
        The same with the prior mirrored along the wall.
    """

    frame: FrameMap
    correlation: float
    mirrored: float
    _places_mm: NDArray[np.float64]
    _correlations: NDArray[np.float64]
    _nodes_mm: NDArray[np.float32]
    _first_mm: tuple[float, float]

    @property
    def is_sure(self) -> bool:
        """Whether places may be looked for by it: no other patient's is as much alike."""
        return self.correlation >= max(LEAST_CORRELATION, OVER_MIRRORED * self.mirrored)

    @property
    def is_of_one_breast(self) -> bool:
        """Whether it is that of the same breast, and not of the patient's other one, which may be much alike."""
        return self.is_sure and self.correlation >= OF_ONE_BREAST

    def to_prior(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry places of the current image over, in mm."""
        if not len(points_mm):
            return points_mm
        at = ((points_mm - self._first_mm) / NODE_MM).astype(np.float32)
        return np.asarray(_between(self._nodes_mm, at[None, :, 0], at[None, :, 1])[0], np.float64)

    def agreement(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the correlation of the blocks around places of the current image, shape (n,)."""
        apart2 = cdist(points_mm, self._places_mm, "sqeuclidean")
        near = np.exp(-0.5 * (apart2 - apart2.min(axis=1, initial=np.inf, keepdims=True)) / AROUND_MM**2)
        return np.asarray(near @ self._correlations / near.sum(axis=1))

    def to_current(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry places of the prior over, in mm."""
        wanted = self.frame.to_current(points_mm)
        found = wanted
        for _ in range(ROUNDS):
            found = found + MEND * (wanted - self.frame.to_current(self.to_prior(found)))
        return found


def register_tissue(current: TissueImage, prior: TissueImage, frame: FrameMap) -> TissueMap | None:
    """
    Lay the tissue of two dates over each other.

    Blocks are looked for around where the frame expects them, from coarse to fine; the shifts that go together are
    believed. Then the same is done with the prior mirrored along the wall.

    Parameters
    ----------
    current, prior : TissueImage
    frame : FrameMap
        The way by nipple and chest wall.

    Returns
    -------
    TissueMap or None
        None where the two have no tissue in one place. Whether it is the same is said by `TissueMap.is_sure`.
    """
    found = _register(current, prior, _Way.of(current, frame), LEVELS)
    if found is None:
        return None
    way, places, correlations = found
    rows = np.flatnonzero((current.inside > 0.5).any(axis=1))
    middle_mm = float(current.to_mm(np.array([[rows[0] + rows[-1], 0.0]]) / 2)[0, 0])
    mirrored = _register(current, prior, _Way.of(current, frame, middle_mm), LEVELS[: JUDGED + 1])
    by_chance = 0.0 if mirrored is None else float(mirrored[2].mean())
    return TissueMap(frame, float(correlations.mean()), by_chance, places, correlations, way.nodes_mm, way.first_mm)


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """Where in the prior the nodes of a lattice over the current image lie."""

    nodes_mm: NDArray[np.float32]
    first_mm: tuple[float, float]

    @classmethod
    def of(cls, current: TissueImage, frame: FrameMap, mirror_mm: float | None = None) -> _Way:
        """Take the way of the frame; of a prior that is mirrored about a row where that is named."""
        end = current.to_mm(np.array([current.values.shape], np.float64))[0] + BEYOND_MM
        axes = [np.arange(-BEYOND_MM, last + NODE_MM, NODE_MM) for last in end.tolist()]
        nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        if mirror_mm is not None:
            nodes = nodes * (-1, 1) + (2 * mirror_mm, 0)
        there = frame.to_prior(nodes.reshape(-1, 2)).reshape(nodes.shape)
        return cls(there.astype(np.float32), (-BEYOND_MM, -BEYOND_MM))

    def places(self) -> NDArray[np.float64]:
        """Give the nodes themselves, in the current image; shape (n, m, 2)."""
        rows, columns = self.nodes_mm.shape[:2]
        grid = np.meshgrid(np.arange(rows, dtype=np.float64), np.arange(columns, dtype=np.float64), indexing="ij")
        return np.asarray(np.stack(grid, axis=-1) * NODE_MM + self.first_mm)

    def moved(self, places_mm: NDArray[np.float64], shifts_mm: NDArray[np.float64], width_mm: float) -> _Way:
        """Go on from what blocks were shifted by."""
        nodes = self.places()
        apart2 = cdist(nodes.reshape(-1, 2), places_mm, "sqeuclidean")
        near = np.exp(-0.5 * (apart2 - apart2.min(axis=1, keepdims=True)) / width_mm**2)
        shift = (near @ shifts_mm / near.sum(axis=1, keepdims=True)).reshape(nodes.shape)
        at = ((nodes + shift - self.first_mm) / NODE_MM).astype(np.float32)
        # Beyond the lattice its last step goes on.
        high = np.array(nodes.shape[:2], np.float32) - 1
        held = np.clip(at, 0, high)
        over = (at - held) * np.float32(NODE_MM)
        return _Way(_between(self.nodes_mm, held[..., 0], held[..., 1]) + over, self.first_mm)

    def carry(
        self, current: TissueImage, prior: TissueImage, every: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Draw the prior, and what of it is breast, in the pixels of the current image, so many of which are one."""
        rows, columns = (length // every for length in current.values.shape)
        at = [
            ((np.arange(count) + 0.5) * every - 0.5) * size + origin
            for count, size, origin in zip((rows, columns), current.pixel_mm, current.origin_mm, strict=True)
        ]
        down, across = ((axis - first) / NODE_MM for axis, first in zip(at, self.first_mm, strict=True))
        grid = np.meshgrid(down.astype(np.float32), across.astype(np.float32), indexing="ij")
        there = (prior.to_px(_between(self.nodes_mm, *grid).astype(np.float64)) + 0.5) / every - 0.5
        y, x = (np.ascontiguousarray(there[..., axis], np.float32) for axis in (0, 1))
        values, inside = (
            np.asarray(cv2.remap(_coarser(image, every), x, y, cv2.INTER_LINEAR), np.float32)
            for image in (prior.values, prior.inside)
        )
        return values, inside


def _register(
    current: TissueImage, prior: TissueImage, way: _Way, levels: tuple[Level, ...]
) -> tuple[_Way, NDArray[np.float64], NDArray[np.float64]] | None:
    places, correlations = np.zeros((0, 2)), np.zeros(0)
    for number, level in enumerate(levels):
        pixel_mm = PIXEL_MM * level.every
        theirs = structure(*way.carry(current, prior, level.every), pixel_mm, level.band_mm)
        values, inside = (_coarser(image, level.every) for image in (current.values, current.inside))
        ours = structure(values, inside, pixel_mm, level.band_mm)
        half, reach = round(level.half_mm / pixel_mm), round(level.reach_mm / pixel_mm)
        alike = compare_blocks(ours, theirs, (half, reach, level.step_mm / pixel_mm), pixel_mm)
        if not len(alike.places_mm) or not theirs[1].any():
            return None
        smooth, own, trust = settle(alike, level.width_mm)
        # Blocks lie in pixels of one size; those of the image differ a little, and begin elsewhere.
        middles = (alike.places_mm / PIXEL_MM + (level.every - 1) / 2) * current.pixel_mm + current.origin_mm
        if number == JUDGED:
            places, correlations = middles, held_out(alike, own, trust, level.width_mm, 2 * level.half_mm)
        way = way.moved(middles, smooth, level.width_mm / 2)
    return way, places, correlations


def _coarser(image: NDArray[np.float32], every: int) -> NDArray[np.float32]:
    if every == 1:
        return image
    rows, columns = (length // every for length in image.shape)
    trimmed = image[: rows * every, : columns * every]
    return np.asarray(cv2.resize(trimmed, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def _between(nodes: NDArray[np.float32], down: NDArray[np.float32], across: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y = np.ascontiguousarray(across), np.ascontiguousarray(down)
    drawn = [
        cv2.remap(np.ascontiguousarray(nodes[..., k]), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for k in (0, 1)
    ]
    return np.stack(drawn, axis=-1)
