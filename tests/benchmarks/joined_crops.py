"""
Joined pairs of a comparison, side by side, to be looked at: is it the same calcification?

    python tests/benchmarks/joined_crops.py DIR SHEET.png [--count 40] [--seed 1] [--change new]

Draws pairs at random from the folder of a comparison that was made with --images, ten to a row: the current one above,
the prior below, 9.6 mm across, twice enlarged.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from mammocalc.execution.comparing.folder import COMPARISONS, PICTURES
from mammocalc.rendering.comparison.pictures import CROP_PX, CROPS_PER_ROW

JOINED = ("matched", "grown", "smaller")
ZOOM = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--change", action="append", help="words to draw from (default: those of joined ones)")
    given = parser.parse_args()
    wanted = given.change or JOINED
    found = []
    for path in sorted((given.folder / COMPARISONS).rglob("*.json")):
        marks = json.loads(path.read_bytes())["calcifications"]
        found += [(path, number) for number, mark in enumerate(marks) if mark["change"] in wanted]
    rng = np.random.default_rng(given.seed)
    chosen = [found[k] for k in sorted(rng.permutation(len(found))[: given.count])]
    side, columns = CROP_PX * ZOOM, 10
    rows = -(-len(chosen) // columns)
    sheet = np.zeros((rows * (2 * side + 24), columns * (side + 4)), np.uint8)
    for place, (path, number) in enumerate(chosen):
        top, left = place // columns * (2 * side + 24), place % columns * (side + 4)
        for half, name in enumerate(("current", "prior")):
            relative = path.relative_to(given.folder / COMPARISONS).with_suffix("")
            crops = cv2.imread(str(given.folder / PICTURES / f"{relative}.{name}_crops.jpg"), cv2.IMREAD_GRAYSCALE)
            if crops is None:
                continue
            down, across = (CROP_PX * k for k in divmod(number, CROPS_PER_ROW))
            crop = cv2.resize(crops[down : down + CROP_PX, across : across + CROP_PX], None, fx=ZOOM, fy=ZOOM)
            start = top + 20 + half * side
            sheet[start : start + side, left : left + side] = crop
            middle = (left + side // 2, start + side // 2)
            cv2.circle(sheet, middle, 16, 255, 1)
        cv2.putText(sheet, str(place + 1), (left, top + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255)
        print(place + 1, path.name, number)
    cv2.imwrite(str(given.sheet), sheet)


if __name__ == "__main__":
    main()
