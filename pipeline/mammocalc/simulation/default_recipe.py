"""The default recipe: an image of each kind, with further findings as patients have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Beside, Coding, Detector, Kind, Photometric
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View

if TYPE_CHECKING:
    from typing import Any

_ALONE: tuple[tuple[str, tuple[Beside, ...]], ...] = (
    ("scattered", (Beside.SINGLES,)),
    ("rods", (Beside.RODS,)),
    ("fat_necrosis", (Beside.SCAR, Beside.RIMS)),
    ("benign_mix", (Beside.RIMS, Beside.ROUNDS, Beside.SKIN, Beside.ARTERY)),
)
"""Breasts without a pattern that hold something else."""
_BESIDE = {
    Beside.ARTERY: 0.2,
    Beside.RIMS: 0.15,
    Beside.ROUNDS: 0.15,
    Beside.RODS: 0.05,
    Beside.SCAR: 0.05,
    Beside.SKIN: 0.1,
    Beside.SINGLES: 0.2,
    Beside.GROUP: 0.1,
}
"""How often each lies beside a pattern. Of 76 read images of 23 patients (INbreast) 43 hold coarse benign ones; 6
patients have calcified arteries, and most single specks."""
_PATTERNS = frozenset({Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL})
_SCATTERED_ALREADY = frozenset({Kind.DIFFUSE})
"""Single specks, or a group, make no difference in it that a reader could see."""


def default_recipe(seed: int = 1) -> Recipe:
    """
    Give one image of each kind, then scattered specks, rods, calcified fat, and a mixture of benign ones.

    View, side, pixel size, detector, processing, coding, density and fibres
    are drawn for each image by itself, whatever its kind: nothing but the
    calcifications tells the kinds apart. Half of the patterns have something
    else beside them.

    Parameters
    ----------
    seed : int
        Not negative; equal seeds give equal recipes, and the scenes of different seeds differ.

    Returns
    -------
    Recipe
        Twelve scenes, the eight kinds first.
    """
    wanted: list[tuple[str, Kind, tuple[Beside, ...] | None]] = [(kind.value, kind, None) for kind in Kind]
    wanted += [(name, Kind.NONE, beside) for name, beside in _ALONE]
    scenes = []
    for number, (name, kind, beside) in enumerate(wanted):
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))
        looks = _looks(rng)
        scenes.append(
            Scene(
                name=f"{number + 1:02d}_{name}",
                kind=kind,
                seed=seed * 1000 + number,
                patient=(max(seed - 1, 0) * len(wanted) + number) % 9999 + 1,
                beside=_drawn_beside(kind, rng) if beside is None else beside,
                **looks,
            )
        )
    return Recipe(scenes=tuple(scenes))


def _looks(rng: np.random.Generator) -> dict[str, Any]:
    """Draw everything that does not depend on the kind."""
    is_raw = rng.random() < 1 / 3
    return {
        "view": (View.CC, View.MLO)[int(rng.integers(2))],
        "laterality": (Laterality.LEFT, Laterality.RIGHT)[int(rng.integers(2))],
        "pixel_spacing_mm": (0.05, 0.07, 0.085, 0.1)[int(rng.integers(4))],
        "density": round(float(rng.uniform(0.15, 0.55)), 2),
        "fibres": round(float(np.exp(rng.uniform(0.0, np.log(3.5)))), 2),
        "knots": int(rng.integers(3, 20)),
        "intent": PresentationIntent.FOR_PROCESSING if is_raw else PresentationIntent.FOR_PRESENTATION,
        "photometric": Photometric.MONOCHROME1 if is_raw else Photometric.MONOCHROME2,
        "bits": 14 if is_raw else 12,
        "detector": (Detector.DIRECT, Detector.SCINTILLATOR)[int(rng.integers(2))],
        "transfer_syntax": (Coding.JPEG_LS, Coding.JPEG_2000, Coding.RLE)[int(rng.integers(3))],
    }


def _drawn_beside(kind: Kind, rng: np.random.Generator) -> tuple[Beside, ...]:
    """Draw what lies beside a pattern: one or more things in half of the scenes."""
    chosen = tuple(thing for thing, share in _BESIDE.items() if rng.random() < share)
    if kind not in _PATTERNS:
        return ()
    if kind in _SCATTERED_ALREADY:
        return tuple(thing for thing in chosen if thing not in {Beside.SINGLES, Beside.GROUP})
    return chosen
