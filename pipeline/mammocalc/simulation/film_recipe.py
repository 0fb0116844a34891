"""The film section of a recipe: response to light, scanner, and artefacts."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from mammocalc.model.settings import Settings


class Film(Settings):
    """
    A screen-film mammogram and its scan.

    The defaults resemble the films of mini-MIAS and a film scanned in pixels
    of 50 µm, where `Scene.quanta_per_mm2` is between 1e5 and 2.5e5.
    """

    fog: float = Field(default=0.2, ge=0.0, le=0.6)
    """Optical density of film that saw no light: base and fog. 0.15 to 0.25 is usual, old film has more."""
    maximum_density: float = Field(default=3.2, ge=2.0, le=4.5)
    """Optical density that the shoulder of the characteristic curve approaches; air is that black. 3 to 4 is usual."""
    gamma: float = Field(default=3.2, ge=1.5, le=5.0)
    """Largest slope of optical density against the decimal logarithm of exposure; 3 to 4 for mammography film."""
    median_density: float = Field(default=1.35, ge=0.5, le=2.5)
    """Optical density behind the median of the breast, which the exposure control aims at; 1.3 to 1.8 is usual. The
    median grey level of the breast in mini-MIAS, 152 of 255 from density 3.2 to 0, is a density of 1.3."""
    screen_blur_mm: float = Field(default=0.04, ge=0.0, le=0.15)
    """Standard deviation of the screen's light, in the breast. 0.04 mm halves the contrast of 4.7 line pairs per mm."""
    grain_mm2: float = Field(default=1e-6, ge=0.0, le=2e-5)
    """Noise power of the grain at low frequencies and at a density of 1, in squared density times mm2; it grows in
    proportion to the density (Selwyn). 1e-6 is an rms granularity of 24 through the usual aperture of 48 µm."""
    grain_size_mm: float = Field(default=0.02, ge=0.0, le=0.1)
    """Standard deviation of the Gaussian that correlates the grain. The mottle of the quanta has the screen's blur
    besides: of 0.04 mm its autocorrelation is 0.13 mm wide."""

    scanner_blur_mm: float = Field(default=0.02, ge=0.0, le=0.15)
    """Standard deviation of the scanner's spot. A spot of 50 µm has 0.015 to 0.025 mm."""
    scanner_noise: float = Field(default=0.003, ge=0.0, le=0.1)
    """Standard deviation of the scanner's own noise in one pixel, in optical density."""
    scanner_density: float = Field(default=3.2, ge=1.5, le=4.5)
    """Optical density at which the scanner's scale ends: the scale is linear in density from 0 to here, and whatever
    is darker is black. 3.2 is the range of the scanner of MIAS."""
    scanner_edge_mm: float = Field(default=0.0, ge=0.0, le=10.0)
    """Largest width of the light box beside the film along the borders other than the chest wall. Its edge is not
    straight in the image, and its light is white."""
    label: bool = True
    """Whether side and view are dark letters on a white plate, as on many films, not white letters; needs `marker`."""

    dust: int = Field(default=30, ge=0, le=2000)
    """Hard negatives: specks and short hairs, sharper than the screen can draw. Beside the breast 0.1 in one cm2
    stand out by more than 15 of 255 grey levels on mini-MIAS (0 to 0.3 from film to film), and about half of those
    that are drawn do; on 18 by 13 cm that makes 30."""
    dust_diameter_mm: tuple[float, float] = Field(default=(0.04, 0.2), strict=False)
    """Smallest and largest diameter of specks of dust; small ones are the most frequent. In mini-MIAS, whose pixels
    are 0.2 mm, they fill one or two pixels by a tenth to a half."""
    dark_dust_share: float = Field(default=0.2, ge=0.0, le=1.0)
    """Share of the dust that lay on the scanner's glass or the film, and is dark; dust in the cassette keeps the
    light from the film, and is bright. Of the specks above 15 grey levels on mini-MIAS a quarter is dark."""
    scratches: int = Field(default=1, ge=0, le=100)
    """Hard negatives: thin straight lines, most of them along the way of the film through rollers."""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        """Refuse a film that has no meaning."""
        if self.median_density < self.fog + 0.2 or self.median_density > self.maximum_density - 0.2:
            raise ValueError("median_density must lie between fog and maximum_density, and 0.2 from both")
        low, high = self.dust_diameter_mm
        if not 0.01 <= low <= high <= 1.0:
            raise ValueError("dust_diameter_mm must be two rising numbers between 0.01 and 1 mm")
        return self
