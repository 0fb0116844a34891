"""
Ten simulated cases in pictures, for docs/evidence/distribution.md: python tests/benchmarks/cases.py [--to DIR].

Judges the mixed default recipe of fixed seeds with the default settings, and
chooses ten by rule, not by eye: of the wrong ones up to five, one of each
planted word first, and of the right ones the first of each planted word, in
the order of the seeds. So the ten hold more wrong ones than the recipe does:
how many were wrong of how many is printed. Above stands what was planted (dots:
yellow what counts, red on arteries, blue typically benign ones), below what
the program shows. The table is printed for the page; the causes are for those
who look.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
from patterns import judge

from mammocalc.config import Config
from mammocalc.rendering.overlay import OverlaySettings, render_overlay
from mammocalc.rendering.overlay.picture import plain
from mammocalc.rendering.overlay.text import draw_text, line_height, wrapped
from mammocalc.rendering.palette import APPEARANCES, ARTERY, BACKGROUND, DIM, TEXT
from mammocalc.rendering.wording import called, name_of
from mammocalc.simulation import default_recipe
from mammocalc.simulation.placement_region import Role
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from patterns import Judged

ROOT: Final = Path(__file__).parents[2]
FIRST_SEED, RECIPES = 9300, 3
"""The recipes that `distribution.py` counts, too; no number was set on them."""
PER_SHEET: Final = 5
SIDE_PX: Final = 320
"""Of a picture; the longer side of the image is drawn so long."""
WRONG: Final = 5
EM: Final = 17
_LINES: Final = 2
"""Of a caption."""
COUNTING: Final = APPEARANCES[Distribution.GROUPED].colour
COLOURS: Final = {Role.ARTERIAL: ARTERY, Role.MACRO: APPEARANCES[Distribution.DIFFUSE].colour}
"""Of the dots where calcifications were planted, by their role."""


@dataclass(frozen=True, slots=True)
class Case:
    """One image: its name, what was planted, what it is called and why, and both pictures."""

    name: str
    planted: Distribution
    called: str
    is_right: bool
    why: str
    counts: str
    pictures: tuple[NDArray[np.uint8], NDArray[np.uint8]]


def cases(seeds: Sequence[int], config: Config) -> Iterator[Case]:
    """Judge every scene of the recipes."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            for scene in default_recipe(seed).scenes:
                yield _case(f"{seed} {scene.name}", judge(scene, Path(folder), config))


def _case(name: str, judged: Judged) -> Case:
    call, truth = judged.report.distribution, judged.truth
    found = judged.report.counts
    planted = len(truth.calcifications)
    counts = f"{planted} planted, {found.calcifications} reported, {found.vascular} of them on arteries"
    return Case(
        name,
        truth.distribution,
        called(call.label, call.between),
        call.label is truth.distribution,
        call.reasons[0] if call.reasons else "",
        counts,
        _pictures(judged),
    )


def _pictures(judged: Judged) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw what was planted, and what is shown."""
    settings = OverlaySettings(insets=0)
    nothing = replace(judged.report, calcifications=(), clusters=(), vessels=())
    bare, shown = (render_overlay(judged.mammogram, report, settings).thumbnail for report in (nothing, judged.report))
    scale = max(shown.shape[:2]) / max(judged.mammogram.pixels.codes.shape)
    for point in judged.truth.calcifications:
        across, down = round((point.column_px + 0.5) * scale), round((point.row_px + 0.5) * scale)
        radius = max(3, round(point.diameter_mm / judged.scene.pixel_spacing_mm * scale / 2))
        cv2.circle(bare, (across, down), radius, COLOURS.get(point.role, COUNTING), -1, cv2.LINE_AA)
    return bare, shown


def choose(found: Sequence[Case]) -> list[Case]:
    """Give five wrong ones, one of each planted word before a second of any, and the first right ones of each word."""
    wrong = _one_of_each([case for case in found if not case.is_right])[:WRONG]
    right = _one_of_each([case for case in found if case.is_right])[: 2 * PER_SHEET - len(wrong)]
    return [*right, *wrong]


def _one_of_each(found: Sequence[Case]) -> list[Case]:
    """Sort so that the first of each planted word come first, then the second, and so on."""
    seen: Counter[Distribution] = Counter()
    turns = []
    for place, case in enumerate(found):
        turns.append((seen[case.planted], place, case))
        seen[case.planted] += 1
    return [case for _, _, case in sorted(turns, key=lambda turn: turn[:2])]


def sheet(shown: Sequence[Case], first: int) -> NDArray[np.uint8]:
    """Put cases beside each other, what was planted above what is shown."""
    line, pad = line_height(EM), EM // 2
    width = max(case.pictures[0].shape[1] for case in shown)
    height = max(case.pictures[0].shape[0] for case in shown)
    tall = 2 * (height + _LINES * line + 2 * pad)
    canvas = plain(tall, len(shown) * (width + pad) + pad, BACKGROUND)
    for place, case in enumerate(shown):
        left = pad + place * (width + pad)
        planted = f"{first + place}  planted: {name_of(case.planted)}"
        wrong = "" if case.is_right else " (wrong)"
        texts = (planted, f"called: {case.called}{wrong}")
        for words, colour, picture, top in zip(texts, (DIM, TEXT), case.pictures, (0, tall // 2), strict=True):
            lines = wrapped(words, EM, width, _LINES)
            below = top + pad + (_LINES - len(lines)) * line
            for text in lines:
                draw_text(canvas, text, left, below, EM, colour)
                below += line
            below += pad
            canvas[below : below + picture.shape[0], left : left + picture.shape[1]] = picture
    return canvas


def main() -> None:
    """Print the table, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first recipe")
    parser.add_argument("--recipes", type=int, default=RECIPES)
    arguments = parser.parse_args()
    found = list(cases(range(arguments.seed, arguments.seed + arguments.recipes), Config()))
    wrong = [case for case in found if not case.is_right]
    print(f"{len(wrong)} of {len(found)} wrong: " + "; ".join(f"{c.name} {c.planted} -> {c.called}" for c in wrong))
    chosen = choose(found)
    print("\n| | image | planted | called, with the program's reason | counts |\n|---|---|---|---|---|")
    for number, case in enumerate(chosen, start=1):
        print(f"| {number} | {case.name} | {name_of(case.planted)} | {case.called}: {case.why} | {case.counts} |")
    for number in range(0, len(chosen), PER_SHEET):
        part = chosen[number : number + PER_SHEET]
        picture = cv2.cvtColor(sheet(part, number + 1), cv2.COLOR_RGB2BGR)
        name = arguments.to / f"cases_{number // PER_SHEET + 1}.jpg"
        cv2.imwrite(str(name), picture, [cv2.IMWRITE_JPEG_QUALITY, 70])


if __name__ == "__main__":
    main()
