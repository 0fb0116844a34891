"""What is drawn into the pixels over the breast is left out and flagged; what a detector saw stays."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.stages.foreign_objects import ForeignSettings
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mammocalc.model import Mammogram, Report

    Mask = NDArray[np.uint8]
    Draw = Callable[[Mask], object]

PIXEL_MM = 0.1
TEXT = "RCC 12.05 A"
GROUP = [(20.3, 16.2, 0.35), (21.9, 17.8, 0.45), (23.4, 15.1, 0.3), (22.2, 13.9, 0.5), (24.1, 18.7, 0.4)]
KEPT_IN = Config(foreign=ForeignSettings(leave_out_drawn=False))


def text(
    height_mm: float, font: int = cv2.FONT_HERSHEY_SIMPLEX, thick: int = 1, line: int = cv2.LINE_8, words: str = TEXT
) -> Draw:
    def draw(mask: Mask) -> None:
        height = cv2.getTextSize(words, font, 1.0, thick)[0][1]
        cv2.putText(mask, words, (120, 440), font, height_mm / PIXEL_MM / height, 255, thick, line)

    return draw


def dotted_region(mask: Mask) -> None:
    mask[400:490:10, 120] = mask[400:490:10, 240] = mask[400, 120:240:10] = mask[490, 120:241:10] = 255
    mask[:] = cv2.dilate(mask, np.ones((2, 2), np.uint8))


def ruler(mask: Mask) -> None:
    cv2.line(mask, (150, 380), (150, 520), 255)
    for mm in range(15):
        cv2.line(mask, (150, 380 + 10 * mm), (160 if mm % 5 == 0 else 156, 380 + 10 * mm), 255)


def smoothed_scale(mask: Mask) -> None:
    """Draw a scale of 10 mm, with a digit beside it that alone is told for certain."""
    cv2.line(mask, (150, 380), (150, 480), 255, 1, cv2.LINE_AA)
    for mm in range(11):
        cv2.line(mask, (150, 380 + 10 * mm), (158 if mm % 5 == 0 else 154, 380 + 10 * mm), 255, 1, cv2.LINE_AA)
    cv2.putText(mask, "5", (162, 436), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1, cv2.LINE_AA)


def ring(mask: Mask) -> None:
    cv2.circle(mask, (180, 440), 50, 255)


def dotted_ring(mask: Mask) -> None:
    for k in range(24):
        place = round(180 + 50 * math.cos(math.pi * k / 12)), round(440 + 50 * math.sin(math.pi * k / 12))
        cv2.circle(mask, place, 1, 255, -1)


def crosses(mask: Mask) -> None:
    for k in range(7):
        cv2.drawMarker(mask, (120 + 20 * k, 410 + 40 * (k % 3)), 255, cv2.MARKER_CROSS, 9)


def dashes(mask: Mask) -> None:
    for k in range(12):
        cv2.line(mask, (120 + 6 * k, 400 + 10 * k), (123 + 6 * k, 405 + 10 * k), 255, 2)


def marks_of_another_program(mask: Mask) -> None:
    for k in range(6):
        x, y = 120 + 25 * k, 420 + 50 * (k % 2)
        cv2.fillPoly(mask, [np.array([[x, y], [x + 8, y], [x + 4, y - 8]], np.int32)], 255)


def row_of_dots(mask: Mask) -> None:
    for k in range(12):
        mask[440:443, 120 + 10 * k : 123 + 10 * k] = 255


def scattered_numbers(mask: Mask) -> None:
    for k in range(8):
        place = 90 + 40 * (k % 4), 390 + 45 * (k // 4) + 9 * k
        cv2.putText(mask, str(k + 1), place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1, cv2.LINE_AA)


def opaque(values: NDArray[np.float64], ink: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    return values * (1 - ink) + ink * level


def half_transparent(values: NDArray[np.float64], ink: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    return opaque(values, 0.5 * ink, level)


def drawn_into(
    mammogram: Mammogram, draw: Draw, lay: Callable[..., NDArray[np.float64]] = opaque, level: float = 4095
) -> tuple[Mammogram, Mask]:
    values = mammogram.pixels.codes.astype(np.float64)
    mask = np.zeros(values.shape, np.uint8)
    draw(mask)
    codes = np.rint(lay(values, mask / 255.0, level)).astype(np.uint16)
    return dataclasses.replace(mammogram, pixels=dataclasses.replace(mammogram.pixels, codes=codes)), mask


def on_it(report: Report, mask: Mask) -> int:
    away_px = cv2.distanceTransform((mask < 30).astype(np.uint8), cv2.DIST_L2, 5)
    return sum(bool(away_px[round(c.row_px), round(c.column_px)] <= 10) for c in report.calcifications)


DRAWINGS = [
    ("letters of 0.9 mm", text(0.9)),
    ("letters of 1.1 mm, smoothed", text(1.1, line=cv2.LINE_AA)),
    ("bold letters of 1.5 mm", text(1.5, thick=2)),
    ("letters with serifs", text(1.1, cv2.FONT_HERSHEY_TRIPLEX)),
    ("dotted region", dotted_region),
    ("ruler", ruler),
    ("scale with a digit", smoothed_scale),
    ("ring", ring),
    ("dotted ring", dotted_ring),
    ("crosses", crosses),
    ("dashes", dashes),
    ("triangles", marks_of_another_program),
    ("row of dots", row_of_dots),
    ("scattered numbers", scattered_numbers),
]


@pytest.mark.parametrize("draw", [d for _, d in DRAWINGS], ids=[name for name, _ in DRAWINGS])
@pytest.mark.parametrize("level", [4095, 2900])
def test_nothing_on_a_drawing_is_a_calcification_and_the_image_says_so(make_mammogram, draw: Draw, level: int) -> None:
    plain = make_mammogram(GROUP)
    mammogram, mask = drawn_into(plain, draw, level=level)
    assert on_it(analyse(mammogram, KEPT_IN), mask) >= 1  # it would be marked: a ruler as one, letters each
    report = analyse(mammogram, Config())
    assert on_it(report, mask) == 0
    assert Flag.BURNED_IN_MARKS in report.flags
    assert len(report.calcifications) == len(GROUP)  # and what is there stays


@pytest.mark.parametrize(
    ("words", "height_mm", "level"),
    [("RCC", 0.6, 4095), ("CC", 0.6, 2900), ("L", 0.9, 2900), ("7", 0.9, 4095), ("A", 0.9, 2900)],
)
def test_a_short_word_is_no_calcification(make_mammogram, words: str, height_mm: float, level: float) -> None:
    mammogram, mask = drawn_into(make_mammogram(GROUP), text(height_mm, words=words), level=level)
    assert on_it(analyse(mammogram, KEPT_IN), mask) >= 1  # it would be marked
    report = analyse(mammogram, Config())
    assert on_it(report, mask) == 0
    assert Flag.BURNED_IN_MARKS in report.flags
    assert len(report.calcifications) == len(GROUP)


@pytest.mark.parametrize("draw", [text(1.1), text(1.5, thick=2), ruler, row_of_dots, dotted_ring])
def test_a_drawing_may_be_half_transparent(make_mammogram, draw: Draw) -> None:
    mammogram, mask = drawn_into(make_mammogram(GROUP), draw, half_transparent)
    report = analyse(mammogram, Config())
    assert on_it(report, mask) == 0
    assert Flag.BURNED_IN_MARKS in report.flags
    assert len(report.calcifications) == len(GROUP)


@pytest.mark.parametrize("grey_levels", [4096, 256, 64])
@pytest.mark.parametrize("clipped_at", [4095, 2350])
def test_calcifications_stay_where_a_window_clipped_or_quantised_them(
    make_mammogram, grey_levels: int, clipped_at: int
) -> None:
    """They share the largest value then, and have no noise: but their edges are as blurred as the detector."""
    mammogram = make_mammogram()
    values = mammogram.pixels.codes.astype(np.float64)
    specks = np.zeros(values.shape)
    rng = np.random.default_rng(4)
    for row, column in rng.uniform((250, 80), (450, 300), (25, 2)):
        distance = np.hypot(*(np.indices(values.shape) - np.array([row, column])[:, None, None]))
        specks += rng.uniform(800, 1500) * np.clip(rng.uniform(1, 3) - distance + 0.5, 0, 1)
    values = np.clip(values + cv2.GaussianBlur(specks, (0, 0), 0.9), 0, clipped_at)
    step = clipped_at / (grey_levels - 1)
    codes = np.rint(np.rint(values / step) * step).astype(np.uint16)
    mammogram = dataclasses.replace(mammogram, pixels=dataclasses.replace(mammogram.pixels, codes=codes))
    report, before = analyse(mammogram, Config()), analyse(mammogram, KEPT_IN)
    assert len(before.calcifications) > 15
    assert Flag.BURNED_IN_MARKS not in report.flags
    assert report.calcifications == before.calcifications


@pytest.mark.parametrize(("blur_px", "gain"), [(0.6, 4500), (0.6, 6000), (0.8, 4500)])
def test_branching_calcifications_whose_tops_a_window_clips_are_no_drawing(
    make_mammogram, blur_px: float, gain: float
) -> None:
    plain = make_mammogram(GROUP)
    mask = np.zeros(plain.pixels.codes.shape, np.uint8)
    for k in range(6):
        x, y = 120 + 25 * (k % 3), 400 + 28 * (k // 3)
        cv2.polylines(mask, [np.array([[x, y], [x + 5, y + 4 + k], [x + 12, y + 6]], np.int32)], False, 110, 2)
        cv2.line(mask, (x + 5, y + 4 + k), (x + 4, y + 14), 110, 2)
        cv2.circle(mask, (x + 5, y + 4 + k), 2, 255, -1)
    seen = cv2.GaussianBlur(mask.astype(np.float64) / 255, (0, 0), blur_px)
    codes = np.rint(np.minimum(plain.pixels.codes + gain * seen, 4095)).astype(np.uint16)
    clipped = dataclasses.replace(plain, pixels=dataclasses.replace(plain.pixels, codes=codes))
    report = analyse(clipped, Config())
    assert Flag.BURNED_IN_MARKS not in report.flags
    assert on_it(report, mask) == 6


def test_a_row_of_marks_of_different_greys_is_a_drawing(make_mammogram) -> None:
    mammogram = make_mammogram(GROUP)
    mask = np.zeros(mammogram.pixels.codes.shape, np.uint8)
    for k in range(8):

        def cross(canvas: Mask, k: int = k) -> None:
            cv2.drawMarker(canvas, (120 + 15 * k, 440 + 8 * (k % 2)), 255, cv2.MARKER_CROSS, 5)

        mammogram, one = drawn_into(mammogram, cross, level=2500 + 200 * k)
        mask = cv2.bitwise_or(mask, one).astype(np.uint8)
    report = analyse(mammogram, Config())
    assert on_it(analyse(mammogram, KEPT_IN), mask) > 3
    assert on_it(report, mask) == 0
    assert Flag.BURNED_IN_MARKS in report.flags
