"""Scenes of known content: a half-elliptical breast at the left border, with discs and lines in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mammocalc.model import Breast, Density, Mammogram, Scale, StoredPixels
from mammocalc.simulation.vocabulary import Photometric
from mammocalc.stages import breast, enhance, normalise
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Medium, PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mammocalc.simulation import SimulatedImage

Disc = tuple[float, float, float, float]
"""Row and column in mm, diameter in mm, height in grey levels."""


class Scene:
    """A breast of 60 x 45 mm with noise of a known size, on a background of 0."""

    def __init__(self, spacing_mm: float = 0.1, noise: float = 20.0, seed: int = 1) -> None:
        self.spacing = PixelSpacing(spacing_mm, spacing_mm)
        self.shape = (round(70 / spacing_mm), round(55 / spacing_mm))
        row, column = np.indices(self.shape) * spacing_mm
        self.is_breast = ((row - 35) / 30) ** 2 + (column / 45) ** 2 <= 1
        self.values: NDArray[np.float64] = np.where(self.is_breast, 2000.0, 0.0)
        self.noise = np.random.default_rng(seed).normal(0, noise, self.shape)

    def add_discs(self, discs: Sequence[Disc]) -> Scene:
        """Add discs that cover pixels in part at their rim."""
        scale, half = 8, 0.0
        for row_mm, column_mm, diameter_mm, height in discs:
            pitch = self.spacing.row_mm
            half = diameter_mm / pitch + 2
            top, left = int(row_mm / pitch - half), int(column_mm / pitch - half)
            side = int(2 * half) + 2
            fine = (np.arange(side * scale) + 0.5) / scale - 0.5
            r, c = (fine + top) * pitch - row_mm, (fine + left) * pitch - column_mm
            inside = (r[:, None] ** 2 + c[None, :] ** 2 <= (diameter_mm / 2) ** 2).astype(float)
            share = inside.reshape(side, scale, side, scale).mean(axis=(1, 3))
            self.values[top : top + side, left : left + side] += height * share
        return self

    def from_place(self, place_mm: tuple[float, float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give how far down and across from a place each pixel lies, in mm."""
        row, column = np.indices(self.shape) * self.spacing.row_mm
        return row - place_mm[0], column - place_mm[1]

    def add_layer(self, layer: NDArray[np.float64], height: float, blur_mm: float = 0.0) -> Scene:
        """Add what covers each pixel by a share; a blur makes tissue of it."""
        soft = cv2.GaussianBlur(layer, (0, 0), blur_mm / self.spacing.row_mm) if blur_mm else layer
        self.values += height * soft
        return self

    def add_line(
        self, start_mm: tuple[float, float], end_mm: tuple[float, float], width_mm: float, height: float
    ) -> Scene:
        """Add a straight fibre."""
        layer = np.zeros(self.shape, np.float32)
        points = [tuple(round(16 * v / self.spacing.row_mm) for v in p[::-1]) for p in (start_mm, end_mm)]
        cv2.line(layer, points[0], points[1], 1.0, max(1, round(width_mm / self.spacing.row_mm)), cv2.LINE_AA, 4)
        self.values += height * cv2.GaussianBlur(layer, (0, 0), 1.0)
        return self

    def pixels(self, *, inverted: bool = False, is_exposure: bool = False) -> StoredPixels:
        """Give the scene as 12-bit stored pixels, blurred a little as by a detector."""
        blurred = cv2.GaussianBlur(self.values, (0, 0), 0.03 / self.spacing.row_mm + 1e-3)
        codes = np.clip(np.rint(blurred + np.where(self.is_breast, self.noise, 0)), 0, 4095).astype(np.uint16)
        if inverted:
            codes = (4095 - codes).astype(np.uint16)
        table = np.arange(4096, dtype=np.float64)
        return StoredPixels(
            codes, table, np.zeros(4096, bool), np.zeros(4096, np.uint8), is_exposure, denser_is_larger=not inverted
        )

    def density(self) -> Density:
        return normalise.to_density(self.pixels())

    def breast(self) -> Breast:
        return breast.find_breast(self.density(), self.spacing, Medium.DIGITAL)

    def scales(self) -> tuple[Scale, ...]:
        """Give the scales of the default settings."""
        found = self.breast()
        blurred = normalise.blur(self.density(), found.box_px, self.spacing, Medium.DIGITAL)
        made = []
        for length_mm, step_px in zip(enhance.LENGTHS_MM, enhance.steps_px(self.spacing), strict=True):
            image = enhance.average(blurred, step_px)
            pixel_mm = self.spacing.mean_mm * step_px
            noise = normalise.measure_noise(image, found, step_px, self.spacing, length_mm)
            tophat = enhance.remove_background(image, length_mm, step_px, self.spacing)
            made.append(Scale(image, tophat, noise, step_px, pixel_mm, length_mm, normalise.BLUR_MM[Medium.DIGITAL]))
        return tuple(made)


@pytest.fixture
def scene() -> Callable[..., Scene]:
    return Scene


@pytest.fixture
def as_mammogram(make_mammogram: Callable[..., Mammogram]) -> Callable[[SimulatedImage], Mammogram]:
    """Give the mammogram that the DICOM door would make of a scene."""
    any_mammogram = make_mammogram()

    def as_mammogram(simulated: SimulatedImage) -> Mammogram:
        scene = simulated.scene
        values = np.arange(2**scene.bits, dtype=np.float64)
        identity = replace(
            any_mammogram.identity,
            presentation_intent=scene.intent,
            rows=scene.shape[0],
            columns=scene.shape[1],
        )
        pixels = StoredPixels(
            codes=simulated.pixels,
            modality_values=values,
            is_padding=np.zeros(len(values), bool),
            display_grey=np.zeros(len(values), np.uint8),
            is_exposure=scene.intent is PresentationIntent.FOR_PROCESSING,
            denser_is_larger=scene.photometric is Photometric.MONOCHROME2,
        )
        spacing = PixelSpacing(scene.pixel_spacing_mm, scene.pixel_spacing_mm)
        return replace(any_mammogram, identity=identity, pixels=pixels, spacing=spacing)

    return as_mammogram
