"""
How often the picture tells its own polarity: right, untold and wrong, on images as they are and as others alter them.

python tests/benchmarks/polarity.py FOLDER... [--every 1]

Each readable image is taken as its header says, altered (framed, padded, cropped, as raw exposures), and shown to
`find_air` twice: as it is, and inverted. An image that is told wrong as it is would be a false alarm; one that is
untold when inverted would be analysed upside down without a word. Windows that tissue fills have to stay untold.
Patients are split in two by their Patient ID (every other one): constants are set on one half and tried on the other.
"""

from __future__ import annotations

import argparse
import collections
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.dicom.pixels.air import AirEnd, find_air
from mammocalc.dicom.pixels.overview import shrink
from mammocalc.vocabulary.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mammocalc.model import Mammogram

    Altered = tuple[str, NDArray[np.float64], NDArray[np.bool_]]

LONGER_PX = 1024
"""Images are thinned to this: `find_air` averages over cells of four such pixels."""
LEVELS = 60000
QUANTA = 10_000
"""Value of air in the raw images, whose logarithm needs a scale; inverted, they are as detectors write them."""


def alter(density: NDArray[np.float64], is_padding: NDArray[np.bool_], rng: np.random.Generator) -> Iterator[Altered]:
    """Yield an image whose densities lie between 0 and 1 as it is, and as others alter it; denser stays larger."""
    rows, columns = density.shape
    yield "as it is", density, is_padding
    yield "darker (gamma 2)", density**2, is_padding
    yield "brighter (gamma 0.5)", density**0.5, is_padding
    field = 1 - 0.1 * np.linspace(0, 1, rows)[:, None]
    exposure = np.exp(-4 * density) * field
    exposure += rng.normal(0, 0.008, exposure.shape) * np.sqrt(exposure)
    yield "raw, linear", -QUANTA * np.maximum(exposure, 1e-3), is_padding
    yield "raw, logarithm", -np.log(np.maximum(exposure, 1e-3)), is_padding
    for name, value in (("black", 0.0), ("white", 1.0)):
        for share in (0.02, 0.08):
            width = int(share * max(rows, columns))
            framed = np.pad(density, width, constant_values=value)
            yield f"{name} frame of {share:.0%}", framed, np.pad(is_padding, width)
        below, beside = (max(rows, columns) - side for side in (rows, columns))
        squared = np.pad(density, ((0, below), (0, beside)), constant_values=value)
        yield f"{name} to a square", squared, np.pad(is_padding, ((0, below), (0, beside)))
        yield f"{name} padding, not declared", np.where(is_padding, value, density), np.zeros_like(is_padding)
    yield "air declared as padding", density, is_padding | (density < 0.02)
    labelled = density.copy()
    labelled[rows // 20 : 3 * rows // 20, 2 * columns // 5 : 3 * columns // 5] = 1
    labelled[7 * rows // 100 : 13 * rows // 100, 9 * columns // 20 : 11 * columns // 20] = 0
    yield "label in the air", labelled, is_padding
    yield from crop(density, is_padding, rng)


def crop(density: NDArray[np.float64], is_padding: NDArray[np.bool_], rng: np.random.Generator) -> Iterator[Altered]:
    """Yield parts of an image: the breast's box, halves of it, and windows that tissue fills (their names say spot)."""
    is_tissue = (density > 0.12) & ~is_padding
    rows, columns = (np.flatnonzero(is_tissue.mean(axis=axis) > 0.05) for axis in (1, 0))
    if min(rows.size, columns.size) < 50:
        return
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    yield "cropped to the breast", density[box], is_padding[box]
    height, width = density[box].shape
    for _ in range(3):
        top, left = rng.integers(0, height // 2), rng.integers(0, width // 2)
        part = slice(top, top + height // 2), slice(left, left + width // 2)
        yield "half of the breast", density[box][part], is_padding[box][part]
    inner = cv2.erode(is_tissue.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=16)
    distance = cv2.distanceTransform(np.pad(inner, 1), cv2.DIST_C, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(distance.argmax()), distance.shape)
    reach = int(0.7 * distance.max())
    if reach < 40:
        return
    spot = density[row - reach : row + reach, column - reach : column + reach]
    down, across = np.indices(spot.shape) - reach
    away = np.hypot(down, across)
    is_out, nothing = away > 0.95 * reach, np.zeros(spot.shape, bool)
    yield "spot", spot, nothing
    yield "spot, round, padded", spot, is_out
    for name, value in (("black", 0.0), ("white", 1.0)):
        yield f"spot, round, {name}", np.where(is_out, value, spot), nothing
        framed = np.pad(spot, reach // 3, constant_values=value)
        yield f"spot, square, {name}", framed, np.zeros(framed.shape, bool)
    yield "spot, square, padded", np.pad(spot, reach // 3), np.pad(nothing, reach // 3, constant_values=True)
    at_wall = np.pad(spot, ((reach // 3,) * 2, (0, reach // 3)))
    yield (
        "spot, square at one side, padded",
        at_wall,
        np.pad(nothing, ((reach // 3,) * 2, (0, reach // 3)), constant_values=True),
    )
    yield "spot, raw, round, lead", np.where(is_out, -0.001 * QUANTA, -QUANTA * np.exp(-4 * spot)), nothing


def tell(density: NDArray[np.float64], is_padding: NDArray[np.bool_]) -> AirEnd:
    """Say where the air of an image lies, stored as 16 bits."""
    low, high = density[~is_padding].min(), density[~is_padding].max()
    codes = np.rint((density - low) / max(high - low, 1e-9) * LEVELS).clip(0, LEVELS).astype(np.uint16) + np.uint16(1)
    codes[is_padding] = 0
    values = (np.arange(LEVELS + 2) - 1) / LEVELS * (high - low) + low
    return find_air(*shrink(codes, values, np.arange(LEVELS + 2) == 0)).end


def prepare(mammogram: Mammogram) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the densities of an image from 0 to 1, thinned, and its padding."""
    pixels = mammogram.pixels
    step = max(1, max(pixels.codes.shape) // LONGER_PX)
    codes = pixels.codes[::step, ::step]
    values = pixels.modality_values if pixels.denser_is_larger else -pixels.modality_values
    is_padding = pixels.is_padding[codes]
    density = values[codes].astype(np.float64)
    low, high = density[~is_padding].min(), density[~is_padding].max()
    return np.clip((density - low) / max(high - low, 1e-9), 0, 1), is_padding


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="look at every n-th image only")
    arguments = parser.parse_args()
    files = sorted(path for folder in arguments.folders for path in folder.rglob("*.dcm"))[:: arguments.every]
    halves: dict[str | None, int] = {}
    counts: collections.Counter[tuple[int, str, str]] = collections.Counter()
    flagged: collections.Counter[str] = collections.Counter()
    n_images = [0, 0]
    for path in files:
        try:
            mammogram = read_mammogram(path, DicomSettings())
        except ImageError:
            continue
        half = halves.setdefault(mammogram.identity.patient_key, len(halves) % 2)
        n_images[half] += 1
        doubts = [flag for flag in mammogram.flags if flag.endswith(("_polarity", "_intent", "_window"))]
        flagged.update(doubts)
        for flag in doubts:
            print(f"flagged: {path.name} {flag}")
        rng = np.random.default_rng(1)
        for name, density, is_padding in alter(*prepare(mammogram), rng):
            for kind, turned, right in (("as it is", density, AirEnd.SMALLEST), ("inverted", -density, AirEnd.LARGEST)):
                end = tell(turned, is_padding)
                word = "untold" if end is AirEnd.UNSEEN else "right" if end is right else "WRONG"
                counts[half, name, f"{kind} {word}"] += 1
    words = [f"{kind} {word}" for kind in ("as it is", "inverted") for word in ("right", "untold", "WRONG")]
    for half, of in enumerate(("tuning", "reporting")):
        print(f"\n{of} patients: {n_images[half]} images\n{'':32}" + "".join(f"{word:>17}" for word in words))
        for name in dict.fromkeys(name for _, name, _ in counts):
            print(f"{name:32}" + "".join(f"{counts[half, name, word]:17}" for word in words))
    print("flags of the images as they are:", dict(flagged) or "none")


if __name__ == "__main__":
    main()
