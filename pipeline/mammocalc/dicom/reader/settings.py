"""Settings of the DICOM reader: admission, believed spacings and limits."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mammocalc.model.settings import Settings

Share = Annotated[float, Field(gt=0, lt=1)]
Millimetres = Annotated[float, Field(gt=0)]


class AdmitSettings(Settings):
    """Which kinds of objects are analysed beside ordinary mammograms; each is skipped by default."""

    quality_control: bool = False
    """Analyse quality-control and phantom images. Off: they hold speck groups of their own, which are no findings."""

    specimens: bool = False
    """Analyse radiographs of specimens. Off: a specimen has no quadrants, no skin line and no BI-RADS distribution."""

    contrast_recombined: bool = False
    """Analyse recombined (subtracted) and high-energy contrast images. Off: calcifications are subtracted in them."""

    screenshots: bool = False
    """Analyse secondary captures that look like screenshots or dose reports. Off: letters look like calcifications."""

    not_mammography: bool = False
    """Analyse greyscale images of other modalities and body parts. Off: no threshold is made for them."""

    multiframe: bool = False
    """
    Analyse the frames of multi-frame objects, each as an image by itself. Off: the slices of a tomosynthesis volume
    are no mammograms, and a calcification is reported in each slice that shows it.
    """

    film_min_side_px: Annotated[int, Field(ge=1)] = 700
    """
    A secondary capture whose shorter side has fewer pixels counts as a screenshot, not as a film.
    700: the shorter side of an 18 x 24 cm film at 0.25 mm, the coarsest believable pixel, has 720.
    """


class AssumedSpacing(Settings):
    """A pixel spacing for the images of one source that carry no spacing at all."""

    manufacturer: str
    """Manufacturer (0008,0070), compared without regard to case; empty for images that name none."""

    model: str | None = None
    """Manufacturer's Model Name (0008,1090), compared without regard to case; null for any model."""

    row_mm: Millimetres
    """Distance between the centres of neighbouring rows, in the breast."""

    column_mm: Millimetres
    """Distance between the centres of neighbouring columns, in the breast."""


class SpacingSettings(Settings):
    """Which spacings and magnifications are believed."""

    min_mm: Millimetres = 0.03
    """Smallest believable pixel spacing. 0.03: the finest detectors and film scanners in use have 0.04 to 0.05 mm."""

    max_mm: Millimetres = 0.25
    """Largest believable pixel spacing. 0.25: above it a calcification of the usual size is a part of one pixel."""

    min_magnification: Annotated[float, Field(gt=0)] = 0.9
    """Smallest believable magnification factor. 0.9: the physical limit is 1, and headers round."""

    max_magnification: Annotated[float, Field(gt=0)] = 2.5
    """Largest believable magnification factor. 2.5: magnification stands give 1.5 to 2.0."""

    assume: Annotated[tuple[AssumedSpacing, ...], Field(strict=False)] = ()
    """
    Spacings for images without any spacing attribute, by source; the first match counts.
    None by default: a spacing is never guessed.
    """

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        """Refuse ranges that are empty."""
        if self.min_mm >= self.max_mm:
            message = "min_mm must be smaller than max_mm"
            raise ValueError(message)
        if self.min_magnification >= self.max_magnification:
            message = "min_magnification must be smaller than max_magnification"
            raise ValueError(message)
        return self


class ReadSettings(Settings):
    """What may be read into memory."""

    max_pixels: Annotated[int, Field(ge=1)] = 200_000_000
    """
    Images with more pixels are refused before memory is taken.
    200 million: seven times the largest mammogram in use (5355 x 4915), 400 MB at two bytes each.
    """


class PrivacySettings(Settings):
    """The names of patients, images and files in the outputs."""

    patient_key_salt: Annotated[str, Field(repr=False)] = "mammocalc"
    """
    Secret that is mixed into the hashes of Patient ID, UIDs and names. The default is public: whoever knows a Patient
    ID or a UID can then find its images in the results. Set a secret of your own before results leave your site (with
    --salt-file, for command lines are seen by others), and keep it: images are grouped only under one salt.
    """

    uids: Literal["keep", "hash"] = "keep"
    """
    Whether results bear the UIDs of their files, by which they are found in an archive and which can hold
    identifiers and dates (flag uid_tells), or 2.25 and a hash of each under the salt.
    """

    file_names: Literal["hide", "keep"] = "hide"
    """
    Whether parts of paths that name a person are replaced by hashes in the outputs. keep: for public collections
    and for outputs that stay at your site.
    """


class DicomSettings(Settings):
    """All settings of the DICOM reader."""

    admit: AdmitSettings = AdmitSettings()
    """Which kinds of objects are analysed."""

    spacing: SpacingSettings = SpacingSettings()
    """Which spacings are believed."""

    read: ReadSettings = ReadSettings()
    """What may be read into memory."""

    privacy: PrivacySettings = PrivacySettings()
    """How the images of a patient are grouped without a name."""
