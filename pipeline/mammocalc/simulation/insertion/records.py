"""Records of what was inserted into an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.simulation.truth import PlantedCalcification

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertedCalcification(PlantedCalcification):
    """
    One inserted calcification: a planted one, and its contrast to its surroundings.

    ``peak_grey_levels`` is its height in stored grey levels, ``noise_grey_levels`` the noise
    of single pixels around it, ``peak_sigma`` their ratio, all without the
    image's own noise. ``matched_filter_snr`` is what `Canvas.matched_filter_snr`
    says, ``effective_snr`` what `Spectrum.ratio` says of what it changes, for the
    spectrum of the image that it was put into. ``local_density`` ranks its place
    among all allowed ones, 1 the densest.
    """

    peak_grey_levels: float
    noise_grey_levels: float
    local_density: float

    @property
    def peak_sigma(self) -> float:
        """Height of the peak over the noise of single pixels."""
        return self.peak_grey_levels / self.noise_grey_levels


@dataclass(frozen=True, slots=True, eq=False)
class Insertion:
    """
    An image with inserted calcifications.

    Attributes
    ----------
    codes : ndarray of uint16, shape (rows, columns)
        Equal to the source's wherever no calcification lies.
    calcifications : tuple of InsertedCalcification
        Numbered from 0; groups first.
    groups : tuple of tuple of int
        Members of each group, by number.
    """

    codes: NDArray[np.uint16]
    calcifications: tuple[InsertedCalcification, ...]
    groups: tuple[tuple[int, ...], ...]
