"""An image as read from DICOM: its pixels, the meaning of their codes, and its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import cv2
import numpy as np

from mammocalc.vocabulary.image_key import frame_in_words, image_key
from mammocalc.vocabulary.lexicon import FROM_ABOVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.vocabulary.geometry import PixelSpacing
    from mammocalc.vocabulary.lexicon import Flag, Laterality, PresentationIntent, SpacingSource, View, ViewModifier

_N_CODES: Final = 1 << 16
_Level = TypeVar("_Level", bound=np.generic)


def density_of(values: NDArray[np.float64], *, is_exposure: bool, denser_is_larger: bool) -> NDArray[np.float64]:
    """
    Give values that grow with density, and evenly so.

    Parameters
    ----------
    values : ndarray of float64, shape (n_codes,)
        The modality value of every code.
    is_exposure : bool
        Whether they are linear in X-ray exposure: then the logarithm is taken.
        Exposures that are stored upside down, larger for fewer X-rays, are
        counted from the largest value that there can be.
    denser_is_larger : bool
        Whether larger values mean denser tissue.

    Returns
    -------
    ndarray of float64, shape (n_codes,)
    """
    if is_exposure:
        exposure = values.max() - values if denser_is_larger else values
        return np.asarray(-np.log(np.maximum(exposure, 1.0)))
    return values if denser_is_larger else -values


@dataclass(frozen=True, slots=True)
class ImageIdentity:
    """
    Which image this is: what the header says, without anything that names a person.

    ``patient_key`` groups the images of one patient: a salted hash, or None
    where the file names no patient. ``study_day`` tells how many days lie
    between two examinations of one patient, and no date. Laterality and view are
    ``unknown`` where no attribute gives them. ``notes`` are sentences that
    name the attributes, and the words in them, that a doubt came from. ``frame``
    is the 0-based frame of a multi-frame object, None for an object of one image.
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
    notes: tuple[str, ...] = ()
    study_day: int | None = None
    frame: int | None = None

    @property
    def key(self) -> str:
        """The name of the image in files, pages and addresses."""
        return image_key(self.sop_instance_uid, self.frame)

    @property
    def frame_in_words(self) -> str:
        """Which frame it is, as ``frame 3 of 10``; empty for an object of one image."""
        return frame_in_words(self.frame, self.number_of_frames)

    @property
    def machine(self) -> tuple[str, str]:
        """Maker and model, to tell images of two machines."""
        return self.manufacturer, self.manufacturer_model_name

    @property
    def is_upside_down(self) -> bool:
        """Whether Patient Orientation says that the head, or from above the lateral side, is at the bottom."""
        if len(self.patient_orientation) != 2:
            return False
        down = self.patient_orientation[1].upper()
        return down == str(self.laterality) if self.view in FROM_ABOVE else "H" in down


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

    @property
    def densities(self) -> NDArray[np.float64]:
        """For each code a value that grows with density, and evenly so (`density_of`)."""
        return density_of(self.modality_values, is_exposure=self.is_exposure, denser_is_larger=self.denser_is_larger)

    def look_up(self, table: NDArray[_Level]) -> NDArray[_Level]:
        """
        Give what a table says of each pixel: ``table[codes]``, five times as fast.

        Parameters
        ----------
        table : ndarray of uint8, uint16 or bool, shape (n_codes,)

        Returns
        -------
        ndarray of the table's dtype, shape (rows, columns)
        """
        whole = np.zeros(_N_CODES, table.dtype)
        whole[: len(table)] = table
        found = cv2.LUT(self.codes, whole.view(np.uint8) if table.dtype == np.bool_ else whole)
        return np.asarray(found).view(table.dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Mammogram:
    """One frame to analyse; ``spacing`` is None without a believable one."""

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
