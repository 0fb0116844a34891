"""Eligibility: which objects are analysed, which are skipped, and with which flags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.pixels.contrast import why_recombined
from mammocalc.dicom.pixels.frames import number_of_frames
from mammocalc.dicom.reader.body_part import is_breast
from mammocalc.dicom.reader.film import is_film
from mammocalc.dicom.reader.header import label
from mammocalc.dicom.reader.screenshots import is_workstation_capture, why_derived, why_screenshot
from mammocalc.dicom.reader.sop_classes import MAMMOGRAPHY_CLASSES, RADIOGRAPHIC_CLASSES, VOLUME_CLASSES
from mammocalc.dicom.reader.statements import Heard, Subject, listen, read_statements
from mammocalc.dicom.reader.verdict import Verdict, weigh
from mammocalc.dicom.reader.vocabulary import (
    BIOPSY,
    NAMED_QUALITY_CONTROL,
    QUALITY_CONTROL,
    SPECIMEN,
    STEREOTACTIC,
    SYNTHETIC,
    SYNTHETIC_TYPE,
)
from mammocalc.dicom.reader.volumes import refuse_frames, series_in_words, why_part_of_volume
from mammocalc.vocabulary.errors import ImageSkippedError, ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason, View
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.dicom.reader.header import Header
    from mammocalc.dicom.reader.open_file import PixelElement
    from mammocalc.dicom.reader.settings import AdmitSettings
    from mammocalc.dicom.reader.statements import Statement
    from mammocalc.dicom.view.view import ViewCall

MODALITY: Final = "MG"

CODE: Final = re.compile(r"[A-Z0-9_]{1,16}")

NEUTRAL_MODALITIES: Final = frozenset({"", "RG", "CR", "DX", "OT", "FILM"})
"""Modalities that do not contradict mammography: missing, general radiography, scanned film."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Flags of an eligible image, and the sentences that name their attributes."""

    flags: frozenset[Flag]
    notes: tuple[str, ...]


def admit(header: Header, pixels: PixelElement | None, view: ViewCall, settings: AdmitSettings) -> Admission:
    """
    Decide whether an object is analysed.

    What speaks of this image decides: its type, its view, its specimen, what
    it was made for. What names its series decides only where the image says
    nothing else. Words of the study, of a procedure or of the patient never
    leave an image out: they are doubts, and become flags.

    Parameters
    ----------
    header : Header
        Of the object.
    pixels : PixelElement or None
        Where its pixels are; None where it has none.
    view : ViewCall
        As decided from the same header.
    settings : AdmitSettings
        Which kinds are admitted beside ordinary mammograms.

    Returns
    -------
    Admission
        How the image was made, under which setting it was admitted, and which
        words raise a doubt.

    Raises
    ------
    ImageSkippedError
        ``no_pixels``, ``not_mammography``, ``tomosynthesis``, ``crop``,
        ``mask``, ``screenshot``, ``quality_control``, ``specimen``,
        ``contrast_recombined`` or ``multiframe``. The message names the
        attribute that decided, and the word where it was one.
    ImageUnreadableError
        ``missing_tag`` without a SOP class, ``truncated`` where a
        mammography image has lost its pixels.
    """
    if not header.text("SOPClassUID"):
        message = "SOP Class UID (0008,0016) is missing, so nothing says what this is. Export the image again."
        raise ImageUnreadableError(Reason.MISSING_TAG, message)
    statements = read_statements(header)
    flags = _admit_modality(header, pixels, statements, settings)
    _refuse_volume(header, statements)
    notes: list[str] = []
    _refuse_derived(header, statements)
    has_view = view.is_stated and view.view is not View.SPECIMEN
    verdicts = (
        (
            why_screenshot(header, view, statements, is_breast=is_breast(header), settings=settings),
            settings.screenshots,
            Kind(Reason.SCREENSHOT, "a secondary capture that is not a mammogram", "admit.screenshots"),
            (Flag.SCREENSHOT_ADMITTED, Flag.POSSIBLE_SCREENSHOT),
        ),
        (
            _why_quality_control(header, statements, has_view=has_view),
            settings.quality_control,
            Kind(Reason.QUALITY_CONTROL, "a quality-control image", "admit.quality_control"),
            (Flag.QUALITY_CONTROL_ADMITTED, Flag.POSSIBLE_QUALITY_CONTROL),
        ),
        (
            _why_specimen(header, view, statements, has_view=has_view),
            settings.specimens,
            Kind(Reason.SPECIMEN, "the radiograph of a specimen", "admit.specimens"),
            (Flag.SPECIMEN_ADMITTED, Flag.POSSIBLE_SPECIMEN),
        ),
        (
            why_recombined(header, statements),
            settings.contrast_recombined,
            Kind(Reason.CONTRAST_RECOMBINED, "a recombined contrast image", "admit.contrast_recombined"),
            (Flag.CONTRAST_ADMITTED, Flag.POSSIBLE_CONTRAST_RECOMBINED),
        ),
    )
    for verdict, is_admitted, kind, (admitted, possible) in verdicts:
        if verdict.decides is not None:
            kind.skip_unless(verdict.decides, is_admitted=is_admitted)
            flags |= {admitted}
            notes.append(f"{verdict.decides}.")
        elif verdict.doubt is not None:
            flags |= {possible}
            notes.append(f"{verdict.doubt}, which is not said of this image alone.")
    if (frames := number_of_frames(header)) > 1:
        refuse_frames(frames, header, statements, settings)
        flags |= {Flag.MULTIFRAME_ADMITTED}
    particular, heard = _particularities(header, view, statements)
    return Admission(flags | particular, (*notes, *(f"{item}." for item in heard)))


def hear_picture(admission: Admission, seen: frozenset[Flag], settings: AdmitSettings) -> None:
    """
    Skip what words beside the image call a phantom where its picture shows no tissue either.

    Parameters
    ----------
    admission : Admission
        What the header says.
    seen : frozenset of Flag
        What the picture shows.
    settings : AdmitSettings
        Whether quality-control images are analysed.

    Raises
    ------
    ImageSkippedError
        ``quality_control``: neither witness would do alone.
    """
    if Flag.POSSIBLE_QUALITY_CONTROL in admission.flags and Flag.NO_TISSUE in seen:
        kind = Kind(Reason.QUALITY_CONTROL, "a quality-control image", "admit.quality_control")
        why = f"{' '.join(admission.notes)} Nothing in the picture has the texture of tissue"
        kind.skip_unless(why, is_admitted=settings.quality_control)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of image that is skipped unless a setting admits it."""

    reason: Reason
    name: str
    setting: str

    def skip_unless(self, why: str, *, is_admitted: bool) -> None:
        """Refuse an image of this kind, saying what made it one."""
        if not is_admitted:
            message = f"This is {self.name}: {why}. Set {self.setting} to true if it is to be analysed all the same."
            raise ImageSkippedError(self.reason, message)


def _admit_modality(
    header: Header, pixels: PixelElement | None, statements: Sequence[Statement], settings: AdmitSettings
) -> frozenset[Flag]:
    """Let mammography objects with pixels pass."""
    is_mammography, flags = _judge_modality(header)
    if pixels is None:
        if is_mammography:
            message = "The object is an image, and its Pixel Data is missing: the file was cut off or stripped."
            raise ImageUnreadableError(Reason.TRUNCATED, f"{message} Copy it again from its source.")
        message = "The object holds no pixels (a report, a presentation state, an index). Nothing is to be done."
        raise ImageSkippedError(Reason.NO_PIXELS, message)
    if not is_mammography:
        if header.text("SOPClassUID") in VOLUME_CLASSES:
            _refuse_volume(header, statements)
        why = ", ".join(f"{label(keyword)} is {_shown(header.text(keyword))}" for keyword in _KINDS)
        kind = Kind(Reason.NOT_MAMMOGRAPHY, "not a mammogram", "admit.not_mammography")
        kind.skip_unless(why, is_admitted=settings.not_mammography)
        flags |= {Flag.NOT_MAMMOGRAPHY_ADMITTED}
    return flags


_KINDS: Final = ("SOPClassUID", "Modality", "BodyPartExamined")


def _judge_modality(header: Header) -> tuple[bool, frozenset[Flag]]:
    """Whether SOP class, modality and body part together say mammography."""
    sop_class, modality = header.text("SOPClassUID"), header.text("Modality").upper()
    missing = frozenset({Flag.MISSING_MODALITY} if modality != MODALITY else ())
    if sop_class in MAMMOGRAPHY_CLASSES:
        is_mammography = modality == MODALITY or modality in NEUTRAL_MODALITIES
    elif sop_class in RADIOGRAPHIC_CLASSES:
        is_mammography = modality == MODALITY or (modality in NEUTRAL_MODALITIES and is_breast(header))
    else:
        is_mammography = False
    return is_mammography, missing if is_mammography else frozenset()


def _refuse_volume(header: Header, statements: Sequence[Statement]) -> None:
    """Skip a slice or a projection of tomosynthesis; several frames in one object are another matter."""
    if number_of_frames(header) > 1:
        return
    why = why_part_of_volume(header, statements, is_breast=is_breast(header))
    if why is not None:
        series = series_in_words(header)
        message = (
            f"This is a slice or a projection of tomosynthesis{f' ({series})' if series else ''}: {why}. "
            "Volumes are not analysed yet. Use the 2D images of the study."
        )
        raise ImageSkippedError(Reason.TOMOSYNTHESIS, message)


def _refuse_derived(header: Header, statements: Sequence[Statement]) -> None:
    """Skip what was made from a mammogram for a computer: cut-outs and masks."""
    derived = why_derived(header, statements)
    if derived is not None:
        reason, heard = derived
        name = "a mask" if reason is Reason.MASK else "a part that was cut out of a mammogram"
        message = f"This is {name}: {heard}. Only whole images are analysed: use the one that it was made from."
        raise ImageSkippedError(reason, message)


def _why_quality_control(header: Header, statements: Sequence[Statement], *, has_view: bool) -> Verdict:
    """Whether an image shows a phantom; *BOTH* in Quality Control Image is a patient's image as well."""
    if header.text("QualityControlImage").upper() == "YES":
        return Verdict(decides=f"{label('QualityControlImage')} is YES")
    heard = listen(statements, QUALITY_CONTROL, Subject.IMAGE, Subject.SERIES, Subject.STUDY)
    named = listen(statements, NAMED_QUALITY_CONTROL, Subject.PATIENT)
    return weigh((*heard, *named), image_speaks=has_view)


def _why_specimen(header: Header, view: ViewCall, statements: Sequence[Statement], *, has_view: bool) -> Verdict:
    """Whether an image shows tissue outside of the body."""
    if view.view is View.SPECIMEN:
        return Verdict(decides=f"{label('ViewCodeSequence')} or {label('ViewPosition')} is SPECIMEN")
    for keyword in ("SpecimenDescriptionSequence", "SpecimenSequence"):
        if header.items(keyword):
            return Verdict(decides=f"{label(keyword)} is there")
    return weigh(listen(statements, SPECIMEN), image_speaks=has_view)


def _particularities(
    header: Header, view: ViewCall, statements: Sequence[Statement]
) -> tuple[frozenset[Flag], tuple[Heard, ...]]:
    """Flag how an image was made; what a study is about is told from what an image is."""
    near = (Subject.IMAGE, Subject.PROCESSING, Subject.SERIES)
    stereotactic = listen(statements, STEREOTACTIC, *near)
    biopsy = listen(statements, BIOPSY, *near)
    of_study = listen(statements, (*BIOPSY, *STEREOTACTIC), Subject.STUDY) if not (biopsy or stereotactic) else ()
    synthetic = _synthetic(header, statements)
    is_flagged = {
        Flag.STEREOTACTIC_VIEW: bool(stereotactic),
        Flag.BIOPSY_VIEW: bool(biopsy) or view.is_biopsy_paddle,
        Flag.BIOPSY_STUDY: bool(of_study),
        Flag.SYNTHETIC_VIEW: bool(synthetic) or header.text("ConversionType").upper() == "SYN",
        Flag.PARTIAL_VIEW: header.text("PartialView").upper() == "YES",
        Flag.IMPLANT: header.text("BreastImplantPresent").upper() == "YES",
        Flag.BURNED_IN_ANNOTATION: header.text("BurnedInAnnotation").upper() == "YES",
        Flag.DIGITISED_FILM: is_film(header, statements),
        Flag.WORKSTATION_CAPTURE: is_workstation_capture(header),
    }
    flags = frozenset(flag for flag, holds in is_flagged.items() if holds)
    return flags, (*stereotactic[:1], *biopsy[:1], *of_study[:1], *synthetic[:1])


def _synthetic(header: Header, statements: Sequence[Statement]) -> tuple[Heard, ...]:
    """Find what says that an image was computed from tomosynthesis; the name of a series holds for what is derived."""
    of_image = listen(statements, SYNTHETIC_TYPE, Subject.IMAGE) or listen(statements, SYNTHETIC, Subject.PROCESSING)
    if of_image or header.text("ImageType").upper() == "ORIGINAL":
        return of_image
    return tuple(heard for heard in listen(statements, SYNTHETIC, Subject.SERIES) if not heard.is_aside)


def _shown(text: str) -> str:
    """Show a code of the header, or that there is none; no other text, which could name somebody."""
    if not text:
        return "missing"
    return text if is_uid(text) or CODE.fullmatch(text) else "no code"
