"""Simulated mammograms for the training of the particle classifier."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.vocabulary import Detector, Kind, Photometric
from mammocalc.vocabulary.lexicon import Laterality, Medium, PresentationIntent, View


def training_scenes(count: int, seed: int, medium: Medium) -> tuple[Scene, ...]:
    """
    Draw scenes for training, wider than any one detector, dose or breast.

    Parameters
    ----------
    count : int
        How many; all kinds take turns. The first of many are the same as those of few.
    seed : int
        Equal seeds give equal scenes. Their own seeds begin at 5e8 + 1e6 x
        seed, those of films at 7.5e8 + 1e6 x seed, far from those of
        `default_recipe` and of `sample_data`, so that nothing is tested on
        what was trained on.
    medium : Medium
        Digital detectors, or digitised films.

    Returns
    -------
    tuple of Scene
    """
    return _film_scenes(count, seed) if medium is Medium.FILM else _digital_scenes(count, seed)


def _digital_scenes(count: int, seed: int) -> tuple[Scene, ...]:
    """Draw digital images: pixel sizes, doses, detectors, raw and processed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 20])))
    detectors = (Detector.DIRECT, Detector.SCINTILLATOR)
    scenes = []
    for number in range(count):
        pixel_mm = float(rng.choice([0.05, 0.06, 0.07, 0.085, 0.1, 0.114, 0.14]))
        height_mm = float(rng.uniform(95, 130) if pixel_mm > 0.06 else rng.uniform(80, 95))
        is_raw = bool(rng.random() < 0.3)
        scenes.append(
            Scene(
                **_common(number, 500_000_000 + 1_000_000 * seed, "training"),
                field_mm=(height_mm, 0.75 * height_mm),
                pixel_spacing_mm=pixel_mm,
                density=float(rng.uniform(0.1, 0.75)),
                knots=int(rng.integers(0, 9)),
                hot_pixels=int(rng.integers(0, 4)),
                snr=(4.0, float(rng.choice([40.0, 80.0, 120.0, 200.0]))),
                quanta_per_mm2=_log_uniform(rng, 1.5e5, 1.2e6),
                detector=detectors[int(rng.integers(len(detectors)))],
                intent=PresentationIntent.FOR_PROCESSING if is_raw else PresentationIntent.FOR_PRESENTATION,
                photometric=Photometric.MONOCHROME1 if is_raw else Photometric.MONOCHROME2,
                bits=14 if is_raw else int(rng.choice([10, 12])),
            )
        )
    return tuple(scenes)


def _film_scenes(count: int, seed: int) -> tuple[Scene, ...]:
    """Draw films: scanners, grains, dust and scratches of many kinds."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 21])))
    scenes = []
    for number in range(count):
        pixel_mm = float(rng.choice([0.05, 0.1, 0.2, 0.2]))
        height_mm = {0.05: 90.0, 0.1: 130.0, 0.2: 180.0}[pixel_mm]
        field_mm = (height_mm, 0.72 * height_mm)
        film = Film(
            gamma=float(rng.uniform(2.6, 3.9)),
            fog=float(rng.uniform(0.15, 0.3)),
            maximum_density=float(rng.uniform(2.9, 3.9)),
            median_density=float(rng.uniform(1.1, 1.7)),
            scanner_density=float(rng.uniform(3.0, 4.0)),
            screen_blur_mm=float(rng.uniform(0.03, 0.06)),
            scanner_blur_mm=float(rng.uniform(0.012, 0.04)),
            grain_mm2=_log_uniform(rng, 5e-7, 3e-6),
            grain_size_mm=float(rng.uniform(0.01, 0.04)),
            scanner_noise=_log_uniform(rng, 0.002, 0.01),
            dust=round(_log_uniform(rng, 0.05, 0.6) * field_mm[0] * field_mm[1] / 100),
            dust_diameter_mm=(0.04, float(rng.uniform(0.15, 0.3))),
            dark_dust_share=float(rng.uniform(0.1, 0.4)),
            scratches=int(rng.integers(0, 4)),
            scanner_edge_mm=float(rng.choice([0.0, 0.0, 1.0, 3.0])),
            label=bool(rng.random() < 0.5),
        )
        scenes.append(
            Scene(
                **_common(number, 750_000_000 + 1_000_000 * seed, "film"),
                field_mm=field_mm,
                pixel_spacing_mm=pixel_mm,
                density=float(rng.uniform(0.1, 0.75)),
                knots=int(rng.integers(0, 9)),
                snr=(4.0, float(rng.choice([40.0, 80.0, 120.0]))),
                quanta_per_mm2=_log_uniform(rng, 8e4, 3e5),
                detector=Detector.FILM,
                film=film,
                bits=8 if pixel_mm == 0.2 else int(rng.choice([8, 10, 12])),
            )
        )
    return tuple(scenes)


def _common(number: int, first_seed: int, name: str) -> dict[str, Any]:
    """Give what scenes of both sorts take in turns."""
    kinds = list(Kind)
    return {
        "name": f"{name}_{number:04d}",
        "kind": kinds[number % len(kinds)],
        "seed": first_seed + number,
        "view": (View.CC, View.MLO)[number % 2],
        "laterality": (Laterality.LEFT, Laterality.RIGHT)[number // 2 % 2],
        "micro_diameter_mm": (0.14, 0.9),
        "attenuation_per_mm": (0.3, 1.0),
    }


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))
