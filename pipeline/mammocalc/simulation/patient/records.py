"""Records of a simulated patient: calcifications, findings, images, and what each image shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.positioning import Positioning
    from mammocalc.simulation.patient.projection import Projection
    from mammocalc.simulation.patient.vessels import PatientArtery
    from mammocalc.simulation.placement_region import Role
    from mammocalc.simulation.vocabulary import Shape
    from mammocalc.vocabulary.lexicon import Distribution, Laterality, View


class Fate(StrEnum):
    """What became of a calcification since the date before."""

    SAME = "same"
    GROWN = "grown"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True, eq=False)
class PatientCalcification:
    """
    One calcification of a patient.

    Attributes
    ----------
    id : str
        The same in all images of the patient: side, then a number, as ``L0007``.
    finding : str
        Id of the finding that it belongs to; singles each have a finding of their own.
    place_mm : ndarray of float64, shape (3,)
        (x, y, z) in the breast before compression.
    shape, aspect : Shape, float
        What it looks like; length over width.
    axis : ndarray of float64, shape (3,)
        Unit vector along its long axis.
    role : Role
    density : float
        How many times the usual attenuation of its role it has.
    diameters_mm : tuple of float or None
        On each date; None where it is not there.
    seed : int
        Of its body, so that it looks alike in every image.
    """

    id: str
    finding: str
    place_mm: NDArray[np.float64]
    shape: Shape
    aspect: float
    axis: NDArray[np.float64]
    role: Role
    density: float
    diameters_mm: tuple[float | None, ...]
    seed: int

    def fate(self, date: int) -> Fate | None:
        """Say what became of it since the date before; None on the first date, and where it was on neither."""
        if date == 0:
            return None
        before, now = self.diameters_mm[date - 1], self.diameters_mm[date]
        if before is None:
            return None if now is None else Fate.NEW
        if now is None:
            return Fate.GONE
        return Fate.GROWN if now > before else Fate.SAME


@dataclass(frozen=True, slots=True)
class PatientFinding:
    """
    Calcifications that belong together.

    Attributes
    ----------
    id : str
        The same in all images: side, ``F``, number, as ``LF2``.
    laterality : Laterality
    kind : str
        A kind of `Kind`, or a word of `Beside`.
    label : Distribution or None
        Its descriptor; None for what has none: singles, benign ones, arteries.
    members : tuple of str
        Ids of its calcifications, on all dates.
    """

    id: str
    laterality: Laterality
    kind: str
    label: Distribution | None
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCalcification:
    """A calcification in one image: its id, finding, place (row, column) in mm, diameter and fate."""

    id: str
    finding: str
    row_mm: float
    column_mm: float
    diameter_mm: float
    fate: Fate | None


@dataclass(frozen=True, slots=True, eq=False)
class PatientImage:
    """
    One image of a patient, without pixels. Places are (row, column) in mm, the chest wall on the left for both sides.

    Attributes
    ----------
    laterality, view : Laterality, View
    date : int
        0 is the first examination.
    study_day : int
        Days since the first examination.
    field_mm : tuple of float
        Height and width.
    nipple_mm : tuple of float
        Where the nipple is; it may lie outside the field.
    found_nipple_mm : tuple of float
        Where a search would find it: 3 mm beside, in each direction.
    wall_mm : tuple of two points
        The chest wall: the border of a CC view, the straight line through the muscle's edge of an MLO view.
    skin_line_mm, muscle_mm : ndarray of float64, shape (n, 2)
    positioning : Positioning
    projection : Projection
    shown : tuple of ShownCalcification
        In the order of their ids.
    gone : tuple of ShownCalcification
        Where those that are gone since the date before would lie, with the size that they had.
    outside : tuple of str
        Ids of those that are there on this date, and not within the field.
    """

    laterality: Laterality
    view: View
    date: int
    study_day: int
    field_mm: tuple[float, float]
    nipple_mm: tuple[float, float]
    found_nipple_mm: tuple[float, float]
    wall_mm: tuple[tuple[float, float], tuple[float, float]]
    skin_line_mm: NDArray[np.float64]
    muscle_mm: NDArray[np.float64]
    positioning: Positioning
    projection: Projection
    shown: tuple[ShownCalcification, ...]
    gone: tuple[ShownCalcification, ...]
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PatientPoints:
    """
    A patient without pixels.

    Attributes
    ----------
    seed, number : int
        Which patient.
    breasts : dict of Laterality to Breast
    calcifications : tuple of PatientCalcification
        In the order of their ids within each side.
    findings : tuple of PatientFinding
    arteries : tuple of PatientArtery
        Vessels that carry plaques.
    study_days : tuple of int
        Of each date.
    images : tuple of PatientImage
        By date, side and view.
    """

    seed: int
    number: int
    breasts: dict[Laterality, Breast]
    calcifications: tuple[PatientCalcification, ...]
    findings: tuple[PatientFinding, ...]
    arteries: tuple[PatientArtery, ...]
    study_days: tuple[int, ...]
    images: tuple[PatientImage, ...]

    def image(self, laterality: Laterality, view: View, date: int) -> PatientImage:
        """Give one image; KeyError where there is none."""
        for image in self.images:
            if (image.laterality, image.view, image.date) == (laterality, view, date):
                return image
        message = f"no image {laterality} {view} of date {date}"
        raise KeyError(message)
