"""
How many short words drawn over a breast become calcifications, and how many without a flag: drawn_words.py FOLDER.

A word of one to four letters is drawn into copies of the images of a folder,
at places without findings: hard or smoothed, as dense as the densest pixel or
a little denser than what is around it, opaque, half transparent or blurred.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from mammocalc.analysis.image import analyse
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.stages.breast import find_breast
from mammocalc.stages.foreign_objects import ForeignSettings
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Medium

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import Mammogram, Report

WORDS = ("RCC", "LMLO", "R", "L", "CC", "A", "7", "2018")
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX)
HEIGHTS_MM = (0.5, 0.6, 0.7, 0.9, 1.1, 1.3)
NEAR_MM = 0.6
CLEAR_MM = 8.0
"""Words are drawn so far from what is found without them, and marks so near to a word are on it."""
KEPT_IN = Config(foreign=ForeignSettings(leave_out_drawn=False))


class Style(NamedTuple):
    """How all words of one row are drawn."""

    opacity: float
    blur_px: float


STYLES = {"opaque": Style(1.0, 0.0), "half transparent": Style(0.5, 0.0), "blurred by 0.8 pixels": Style(1.0, 0.8)}


def ink_of(height_px: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a word, 0 to 1, cut out as closely as it is; a third of them have hard edges."""
    word, font, thick = WORDS[rng.integers(len(WORDS))], FONTS[rng.integers(len(FONTS))], int(rng.integers(1, 3))
    scale = height_px / cv2.getTextSize(word, font, 1.0, thick)[0][1]
    canvas = np.zeros((round(3 * height_px) + 20, round(8 * height_px) + 40), np.uint8)
    cv2.putText(canvas, word, (10, round(2 * height_px) + 5), font, scale, 255, thick, cv2.LINE_AA)
    ink = canvas / 255.0 if rng.random() < 2 / 3 else np.asarray(canvas > 100, np.float64)
    rows, columns = np.nonzero(ink)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def draw(
    mammogram: Mammogram, report: Report, style: Style, rng: np.random.Generator
) -> tuple[Mammogram, NDArray[np.bool_]]:
    """Give a copy with a word, and where it is, shape (rows, columns)."""
    if mammogram.spacing is None:
        raise ValueError("letters have a height in mm, and the image has no spacing")
    pixel_mm, codes = mammogram.spacing.mean_mm, mammogram.pixels.codes
    density = to_density(mammogram.pixels).image
    ink = np.pad(ink_of(HEIGHTS_MM[rng.integers(len(HEIGHTS_MM))] / pixel_mm, rng), 4)
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), style.blur_px) if style.blur_px else ink, np.float64)
    breast = find_breast(to_density(mammogram.pixels), mammogram.spacing, Medium.DIGITAL)
    inside = cv2.erode(breast.is_searched.astype(np.uint8), np.ones((3, 3), np.uint8))
    for row, column in rng.permutation(np.argwhere(inside)) * breast.cell_px:
        here = slice(row, row + ink.shape[0]), slice(column, column + ink.shape[1])
        away = [np.hypot(c.row_px - row, c.column_px - column) * pixel_mm for c in report.calcifications]
        if min(away, default=np.inf) > CLEAR_MM and density[here].shape == ink.shape and density[here].min() > 0:
            break
    around = density[here]
    target = density.max() if rng.random() < 0.5 else around.max() + 0.1 * np.ptp(density)
    level = float(codes.flat[int(np.abs(density.astype(np.int64) - int(target)).argmin())])
    written, mask = codes.astype(np.float64), np.zeros(codes.shape, np.bool_)
    written[here] += style.opacity * ink * (level - written[here])
    mask[here] = ink > 0.1
    pixels = dataclasses.replace(mammogram.pixels, codes=np.rint(written).astype(codes.dtype))
    return dataclasses.replace(mammogram, pixels=pixels), mask


def on_it(report: Report, mask: NDArray[np.bool_], pixel_mm: float) -> int:
    """Count the calcifications on a word."""
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) * pixel_mm
    return sum(bool(away[round(c.row_px), round(c.column_px)] <= NEAR_MM) for c in report.calcifications)


def main() -> None:
    """Print a line for each style."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with DICOM images, such as sample_data")
    parser.add_argument("--words", type=int, default=10, help="for each image and style")
    arguments = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for number, file in enumerate(sorted(arguments.folder.glob("*.dcm"))):
        try:
            mammogram = read_mammogram(file, DicomSettings())
        except ImageUnreadableError as error:
            print(f"{file.name} is left out: {error}")
            continue
        if mammogram.spacing is None:
            continue
        plain = analyse(mammogram, Config())
        for name, style in STYLES.items():
            for word in range(arguments.words):
                written, mask = draw(mammogram, plain, style, np.random.default_rng([number, word]))
                pixel_mm = mammogram.spacing.mean_mm
                report = analyse(written, Config())
                counts[name, "marked if nothing is left out"] += bool(on_it(analyse(written, KEPT_IN), mask, pixel_mm))
                left = bool(on_it(report, mask, pixel_mm))
                counts[name, "without a flag"] += left and Flag.BURNED_IN_MARKS not in report.flags
                counts[name, "with a flag"] += left and Flag.BURNED_IN_MARKS in report.flags
    for name in STYLES:
        rows = ", ".join(f"{what} {n}" for (style, what), n in counts.items() if style == name)
        print(f"{name}: words {rows}")


if __name__ == "__main__":
    main()
