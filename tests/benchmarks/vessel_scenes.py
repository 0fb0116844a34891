"""What arteries are tried on: specks along lines and arcs, over tubes in noise, in a breast that fills the image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.model import Breast, Calcification, Landmarks, Nipple, NoiseTable, Scale
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import CalcificationSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SIDE_MM = 120.0
SPACING = PixelSpacing(0.07, 0.07)


def arc(centre: tuple[float, float], radius: float, begin: float, end: float) -> NDArray[np.float64]:
    """Give points (down, across) in mm along a part of a circle, 0.1 mm apart; angles in degrees."""
    angles = np.radians(np.linspace(begin, end, round(radius * math.radians(abs(end - begin)) / 0.1) + 1))
    return np.stack([centre[0] + radius * np.sin(angles), centre[1] + radius * np.cos(angles)], axis=1)


def straight(start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float64]:
    share = np.linspace(0, 1, round(math.dist(start, end) / 0.1) + 1)[:, None]
    return np.asarray(np.array(start) * (1 - share) + np.array(end) * share)


def speck(at: Sequence[float], angle: float, ratio: float, spacing: PixelSpacing = SPACING) -> Calcification:
    """Give a calcification 0.3 mm wide, ``ratio`` times as long, whose length lies at an angle from across to down."""
    turn = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    long, wide = 0.15 * ratio * np.cos(turn), 0.15 * np.sin(turn)
    outline_mm = np.stack(
        [
            at[0] + long * math.sin(angle) + wide * math.cos(angle),
            at[1] + long * math.cos(angle) - wide * math.sin(angle),
        ],
        axis=1,
    )
    row, column = spacing.to_px(np.array(at)).tolist()
    return Calcification(
        number=1,
        frame=0,
        row_px=row,
        column_px=column,
        outline_px=tuple((float(r), float(c)) for r, c in spacing.to_px(outline_mm)),
        diameter_px=5.0,
        diameter_mm=0.3,
        length_mm=0.3 * ratio,
        width_mm=0.3,
        area_mm2=0.1,
        size=CalcificationSize.MICRO,
        score=0.9,
        contrast_to_noise=10.0,
    )


def along(
    line: NDArray[np.float64],
    every_mm: float,
    ratio: float,
    offsets_mm: Sequence[float],
    spacing: PixelSpacing = SPACING,
) -> list[Calcification]:
    """Set specks along a line, in its direction, by turns at some distances beside it."""
    direction = np.gradient(line, axis=0)
    direction = np.asarray(direction / np.hypot(direction[:, 0], direction[:, 1])[:, None])
    specks = []
    for turn, at in enumerate(range(0, len(line), round(every_mm / 0.1))):
        row, column = direction[at]
        point = line[at] + offsets_mm[turn % len(offsets_mm)] * np.array([column, -row])
        specks.append(speck(point.tolist(), math.atan2(row, column), ratio, spacing))
    return specks


def scale_with(lines: Iterable[NDArray[np.float64]], height: float = 60.0) -> Scale:
    """Give a scale of 0.28 mm pixels with tubes 2 mm wide in noise as correlated as tissue."""
    size = round(SIDE_MM / 0.28)
    noise = np.random.default_rng(4).normal(0, 1, (size, size))
    image = 2000 + 15 * cv2.GaussianBlur(noise, (0, 0), 3.0) / 0.094
    for line in lines:
        layer = np.zeros((size, size))
        corners = np.round(line[:, ::-1] / 0.28 * 16).astype(np.int32)
        cv2.polylines(layer, [corners], isClosed=False, color=1.0, thickness=7, lineType=cv2.LINE_AA, shift=4)
        image = image + height * cv2.GaussianBlur(layer, (0, 0), 1.5)
    noise_table = NoiseTable(np.array([0.0, 4000.0]), np.array([10.0, 10.0]))
    grey = np.rint(image).astype(np.uint16)
    return Scale(grey, np.zeros_like(grey), noise_table, 4, 0.28, 3.5, 0.1)


def breast() -> Breast:
    """Give a breast that fills the image."""
    side = round(SIDE_MM / 0.07)
    cells = np.ones((side // 8, side // 8), bool)
    return Breast(
        cell_px=8,
        cell_density=np.full(cells.shape, 2000, np.uint16),
        is_breast=cells,
        is_searched=cells,
        skin_distance_px=np.full(cells.shape, 500, np.float32),
        box_px=(0, 0, side, side),
        outline_px=(),
        chest_wall_is_left=True,
        has_background=False,
    )


def landmarks(nipple_mm: tuple[float, float] | None = None) -> Landmarks:
    nipple = None
    if nipple_mm is not None:
        nipple = Nipple(nipple_mm[0] / 0.07, nipple_mm[1] / 0.07, confidence=0.9)
    return Landmarks(np.zeros((1, 1), bool), (), nipple)


VESSEL = arc((90.0, 60.0), 50.0, -140.0, -40.0)
