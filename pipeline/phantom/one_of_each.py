"""The recipe of those who name none: one image of each kind."""

from __future__ import annotations

from pipeline.lexicon import Laterality, PresentationIntent, View
from pipeline.phantom.recipe import Recipe, Scene
from pipeline.phantom.vocabulary import Coding, Detector, Kind, Photometric


def default_recipe(seed: int = 1) -> Recipe:
    """
    Give one image of each kind, in changing views, sides, pixel sizes and codings.

    Parameters
    ----------
    seed : int
        Not negative; equal seeds give equal recipes, and the scenes of different seeds differ.

    Returns
    -------
    Recipe
        Eight scenes.
    """
    views = (View.CC, View.MLO)
    sides = (Laterality.LEFT, Laterality.RIGHT)
    spacings = (0.07, 0.085, 0.05, 0.1)
    codings = (Coding.JPEG_LS, Coding.JPEG_2000, Coding.RLE)
    scenes = []
    for number, kind in enumerate(Kind):
        processing = number % 3 == 2  # every third image is raw
        scenes.append(
            Scene(
                name=f"{number + 1:02d}_{kind.value}",
                kind=kind,
                seed=seed * 1000 + number,
                patient=(max(seed - 1, 0) * len(Kind) + number) % 9999 + 1,
                view=views[number % 2],
                laterality=sides[(number // 2) % 2],
                pixel_spacing_mm=spacings[number % 4],
                intent=PresentationIntent.FOR_PROCESSING if processing else PresentationIntent.FOR_PRESENTATION,
                photometric=Photometric.MONOCHROME1 if processing else Photometric.MONOCHROME2,
                bits=14 if processing else 12,
                detector=Detector.DIRECT if number % 2 == 0 else Detector.SCINTILLATOR,
                transfer_syntax=codings[number % 3],
            )
        )
    return Recipe(scenes=tuple(scenes))
