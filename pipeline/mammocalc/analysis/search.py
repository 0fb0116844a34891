"""The breast and the particles in it: the stages up to the classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.config import medium_of
from mammocalc.model import Breast, Particle, Scale
from mammocalc.stages import breast as breast_stage
from mammocalc.stages import detect, enhance, large_bodies, normalise, rods
from mammocalc.vocabulary.geometry import PixelSpacing

if TYPE_CHECKING:
    from mammocalc.config import Config
    from mammocalc.model import Density, Mammogram
    from mammocalc.vocabulary.lexicon import Medium


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """Candidates of one image before classification; the classifier is trained on the same."""

    density: Density
    breast: Breast
    spacing: PixelSpacing
    scales: tuple[Scale, ...]
    particles: tuple[Particle, ...]


def search(mammogram: Mammogram, config: Config) -> Search:
    """
    Find the breast and the particles in it: the stages up to the classifier.

    Parameters
    ----------
    mammogram : Mammogram
        One frame.
    config : Config
        The settings of all stages, for the image's medium.

    Returns
    -------
    Search
        Its spacing is a nominal one where the image has none: filters must
        have some width.

    Raises
    ------
    ImageUnreadableError
        With reason ``no_breast`` where nothing can be analysed.
    """
    medium = medium_of(config, is_film=False)
    nominal_mm = normalise.UNCALIBRATED_PIXEL_MM
    spacing = mammogram.spacing or PixelSpacing(nominal_mm, nominal_mm)
    density = normalise.to_density(mammogram.pixels)
    breast = breast_stage.find_breast(density, spacing, medium)
    scales = _scales(density, breast, spacing, medium)
    particles = detect.find_particles(scales, breast, config.detect)
    if mammogram.spacing is not None:  # a rod is one by its millimetres, and so is what is large
        particles += rods.find_rods(scales, breast) + large_bodies.find_large_bodies(scales, breast)
    return Search(density, breast, spacing, scales, particles)


def _scales(density: Density, breast: Breast, spacing: PixelSpacing, medium: Medium) -> tuple[Scale, ...]:
    """Make the top-hats of the breast's box, from fine to coarse, each with its noise."""
    image, step_px = normalise.blur(density, breast.box_px, spacing, medium), 1
    finest, made = image, []
    for length_mm, next_px in zip(enhance.LENGTHS_MM, enhance.steps_px(spacing), strict=True):
        is_multiple = next_px % step_px == 0  # then the last average is averaged again, which is much less to read
        image = enhance.average(image, next_px // step_px) if is_multiple else enhance.average(finest, next_px)
        step_px = next_px
        pixel_mm = spacing.mean_mm * step_px
        noise = normalise.measure_noise(image, breast, step_px, spacing, length_mm)
        tophat = enhance.remove_background(image, length_mm, step_px, spacing)
        made.append(Scale(image, tophat, noise, step_px, pixel_mm, length_mm, normalise.BLUR_MM[medium]))
    return tuple(made)
