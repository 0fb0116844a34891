"""The records that flow from the DICOM door through the stages to the outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pipeline.geometry import PixelSpacing
    from pipeline.lexicon import (
        CalcificationSize,
        Distribution,
        Flag,
        Laterality,
        PresentationIntent,
        Reason,
        SpacingSource,
        Status,
        View,
        ViewModifier,
    )

Point = tuple[float, float]
"""A position: 0-based (row, column) in pixels of the stored image; (0, 0) is the centre of the top-left pixel."""


@dataclass(frozen=True, slots=True)
class ImageIdentity:
    """
    Which image this is: what the header says, without anything that names a person.

    ``patient_key`` groups the images of one woman: a salted hash, or None
    where the file names no patient. Laterality and view are
    ``unknown`` where no attribute gives them.
    """

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    study_instance_uid: str
    patient_key: str | None
    laterality: Laterality
    view: View
    view_modifiers: tuple[ViewModifier, ...]
    patient_orientation: tuple[str, ...]
    breast_implant_present: bool | None
    presentation_intent: PresentationIntent
    manufacturer: str
    manufacturer_model_name: str
    rows: int
    columns: int
    number_of_frames: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredPixels:
    """
    The pixels as they are stored, with tables that say what each code means.

    Every step from a stored value to its meaning (Modality LUT, rescale, VOI
    LUT, polarity) looks at one pixel at a time, so each is a table over the
    codes, and the image itself is never copied for it.

    Attributes
    ----------
    codes : ndarray of uint16, shape (rows, columns), read-only
        Stored values, shifted so that the smallest possible one is 0.
    modality_values : ndarray of float64, shape (n_codes,)
        The value of each code after the Modality LUT or rescale.
    is_padding : ndarray of bool, shape (n_codes,)
        True for codes in the pixel padding range, which are never tissue.
    display_grey : ndarray of uint8, shape (n_codes,)
        The grey level (0 black, 255 white) at which a viewer shows each code,
        by the file's own VOI LUT or window and its photometric interpretation.
    is_exposure : bool
        True where modality values are linear in X-ray exposure, so that the
        logarithm has to be taken before contrasts can be compared.
    denser_is_larger : bool
        True where a larger modality value means denser tissue.
    """

    codes: NDArray[np.uint16]
    modality_values: NDArray[np.float64]
    is_padding: NDArray[np.bool_]
    display_grey: NDArray[np.uint8]
    is_exposure: bool
    denser_is_larger: bool


@dataclass(frozen=True, slots=True, eq=False)
class Mammogram:
    """One frame that is to be judged; ``spacing`` is None where no believable one was found."""

    identity: ImageIdentity
    frame: int
    pixels: StoredPixels
    spacing: PixelSpacing | None
    spacing_source: SpacingSource
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """
    The image on one scale: larger is denser, and contrast is additive.

    Attributes
    ----------
    image : ndarray of uint16, shape (rows, columns), read-only
        0 is the least dense value in use, 65535 the densest.
    is_padding : ndarray of bool, shape (rows, columns), or None
        True where the file says that there is no image. None for nowhere.
    """

    image: NDArray[np.uint16]
    is_padding: NDArray[np.bool_] | None


@dataclass(frozen=True, slots=True)
class Nipple:
    """Where the nipple is, in pixels, and how far that is to be trusted (0 to 1)."""

    row_px: float
    column_px: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Breast:
    """
    Where the breast is, and where in it particles may be judged.

    The maps are coarse: cell (i, j) covers the pixels ``[i * cell_px,
    (i + 1) * cell_px)`` of the rows and likewise of the columns.

    Attributes
    ----------
    cell_px : int
        Side of a cell in pixels.
    cell_density : ndarray of uint16, shape (cell_rows, cell_columns)
        Mean density of each cell.
    is_breast : ndarray of bool, same shape
        The breast with its skin; the pectoral muscle included.
    is_judged : ndarray of bool, same shape
        Where particles are reported: the breast without the margins of the
        image, of the skin line and of padding.
    skin_distance_px : ndarray of float32, same shape
        Distance of a cell's centre to the skin line; 0 outside the breast.
        The edges of the image do not count as skin.
    box_px : tuple of int
        First row, first column, last row + 1, last column + 1 of the breast.
    outline_px : tuple of Point
        The outline of the breast, in order.
    chest_wall_is_left : bool
        True where the chest wall is at the left of the image.
    has_background : bool
        False where the breast fills the field, so that there is no skin line.
    flags : frozenset of Flag
        What is doubtful about this outline.
    """

    cell_px: int
    cell_density: NDArray[np.uint16]
    is_breast: NDArray[np.bool_]
    is_judged: NDArray[np.bool_]
    skin_distance_px: NDArray[np.float32]
    box_px: tuple[int, int, int, int]
    outline_px: tuple[Point, ...]
    chest_wall_is_left: bool
    has_background: bool
    flags: frozenset[Flag] = frozenset()

    def cell_of(self, row_px: float, column_px: float) -> tuple[int, int]:
        """Give the cell that holds a pixel position, clipped to the map."""
        rows, columns = self.is_breast.shape
        return (
            min(max(int(row_px + 0.5) // self.cell_px, 0), rows - 1),
            min(max(int(column_px + 0.5) // self.cell_px, 0), columns - 1),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """
    The pectoral muscle and the nipple.

    ``is_pectoral`` has the shape of the breast's maps. ``pectoral_px`` is the
    edge of the muscle from its upper end down; empty where none was found.
    ``nipple`` is None where it was not looked for or not found.
    """

    is_pectoral: NDArray[np.bool_]
    pectoral_px: tuple[Point, ...]
    nipple: Nipple | None
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class NoiseTable:
    """
    Standard deviation of the noise by grey level.

    Attributes
    ----------
    levels : ndarray of float64, shape (n,)
        Increasing densities.
    sigma : ndarray of float64, shape (n,)
        The noise at each of them, in units of density; always positive.
    """

    levels: NDArray[np.float64]
    sigma: NDArray[np.float64]

    def at(self, density: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the noise at some densities, interpolated between the levels."""
        return np.asarray(np.interp(density, self.levels, self.sigma), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """
    What a top-hat of one size left of the breast's box.

    Attributes
    ----------
    image : ndarray of uint16, shape (rows, columns)
        The image that was opened.
    residue : ndarray of uint16, same shape
        ``image`` minus its background; 0 where nothing is narrow.
    noise : NoiseTable
        The noise of ``image``.
    step_px : int
        Side of one of its pixels, in pixels of the stored image.
    pixel_mm : float
        The same in millimetres.
    length_mm : float
        Particles narrower than this are left in the residue.
    blur_mm : float
        Standard deviation of the Gaussian blur that ``image`` has seen.
    """

    image: NDArray[np.uint16]
    residue: NDArray[np.uint16]
    noise: NoiseTable
    step_px: int
    pixel_mm: float
    length_mm: float
    blur_mm: float

    def to_stored(self, index: NDArray[np.int_]) -> NDArray[np.float64]:
        """Give the positions of some rows or columns in pixels of the box."""
        return np.asarray(index * float(self.step_px) + (self.step_px - 1) / 2, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Particle:
    """
    A bright and compact spot, before it is judged.

    ``contrast_to_noise`` is its height above the background in standard
    deviations of the noise at its grey level; ``edge_to_noise`` the smallest of
    the steepest drops around it, likewise; ``strength_sigma`` their geometric
    mean. ``score`` (0 to 1) is 0 until the particle was classified. ``channel``
    is the index of the top-hat that found it, from fine to coarse.
    """

    row_px: float
    column_px: float
    channel: int
    contrast_to_noise: float
    edge_to_noise: float
    strength_sigma: float
    score: float


@dataclass(frozen=True, slots=True)
class Calcification:
    """
    One reported particle.

    Millimetres are None where the image has no spacing, and then ``size`` is
    None too. ``diameter_mm`` is that of the circle of equal area, ``length_mm``
    and ``width_mm`` are the largest and smallest Feret diameters.
    ``contrast_to_noise`` is the height above the surroundings in standard
    deviations of the noise at that grey level. ``cluster`` is the number of
    its cluster, or None.
    """

    number: int
    frame: int
    row_px: float
    column_px: float
    outline_px: tuple[Point, ...]
    diameter_px: float
    diameter_mm: float | None
    length_mm: float | None
    width_mm: float | None
    area_mm2: float | None
    size: CalcificationSize | None
    score: float
    contrast_to_noise: float
    cluster: int | None = None
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    The shape of a set of calcifications, in numbers.

    Lengths are in mm, angles in degrees, shares between 0 and 1. The last four
    are seen from the nipple, and None where it is not known well enough.

    Attributes
    ----------
    count : int
        Number of calcifications.
    extent_mm : float
        Largest distance between two of them.
    most_within_10_mm : int
        Most of them within a circle of 10 mm diameter.
    length_mm, width_mm : float
        5th to 95th percentile along and across the main axis.
    elongation : float
        Standard deviation along the main axis over that across it.
    line_share : float
        Longest path through the minimum spanning tree over its whole length,
        after points closer than 2.5 mm were merged: 1 for a line, small for
        an area.
    hull_share : float
        Area of the convex hull over that of the breast.
    covered_share : float
        Share of the breast within 10 mm of a calcification.
    axis_to_nipple_degrees : float or None
        Angle between the main axis and the direction to the nipple, 0 to 90.
    angular_span_degrees : float or None
        5th to 95th percentile of the direction as seen from the nipple.
    radial_over_transverse : float or None
        Standard deviation towards the nipple over that across.
    widening : float or None
        Transverse spread of the third farthest from the nipple over that of
        the nearest third.
    """

    count: int
    extent_mm: float
    most_within_10_mm: int
    length_mm: float
    width_mm: float
    elongation: float
    line_share: float
    hull_share: float
    covered_share: float
    axis_to_nipple_degrees: float | None
    angular_span_degrees: float | None
    radial_over_transverse: float | None
    widening: float | None


@dataclass(frozen=True, slots=True)
class DistributionCall:
    """
    A distribution descriptor with what speaks for it.

    ``probabilities`` holds the five descriptors and sums to 1, or is empty
    where no descriptor applies. ``between`` names the two candidates of an
    indeterminate call. ``margin`` is the first probability minus the second.
    ``calibrated_on`` says what the probabilities were calibrated on
    (``simulated``), and is None where there are none.
    """

    label: Distribution
    reasons: tuple[str, ...]
    probabilities: Mapping[Distribution, float] = field(default_factory=lambda: MappingProxyType({}))
    margin: float | None = None
    between: tuple[Distribution, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    calibrated_on: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    Neighbouring calcifications, described in millimetres.

    ``extent_mm`` is the largest distance between two members, ``hull_px`` the
    corners of their convex hull in order.
    """

    number: int
    members: tuple[int, ...]
    extent_mm: float
    area_mm2: float
    density_per_cm2: float
    hull_px: tuple[Point, ...]
    distribution: DistributionCall


@dataclass(frozen=True, slots=True)
class BreastSummary:
    """What a result keeps of a `Breast`."""

    area_mm2: float | None
    outline_px: tuple[Point, ...]
    pectoral_px: tuple[Point, ...]
    nipple: Nipple | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A particle that was not reported, kept for curves: where, and its score."""

    frame: int
    row_px: float
    column_px: float
    diameter_mm: float | None
    score: float


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything that was found in one image.

    ``presence`` grows with the certainty that the breast holds at least one
    calcification of any kind (0 to 1).
    """

    identity: ImageIdentity
    spacing: PixelSpacing | None
    spacing_source: SpacingSource
    breast: BreastSummary
    presence: float | None
    calcifications: tuple[Calcification, ...]
    clusters: tuple[Cluster, ...]
    distribution: DistributionCall
    flags: frozenset[Flag]
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRow:
    """
    What became of one input file: a line of ``files.jsonl``.

    ``path`` is relative to the input it was found under, with forward slashes.
    ``reason`` and ``message`` are None for judged files.
    """

    path: str
    sop_instance_uid: str | None
    status: Status
    reason: Reason | None
    message: str | None
    seconds: float
