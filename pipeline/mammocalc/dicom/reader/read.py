"""Reading of a file: a `Mammogram`, or an error with its reason."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.pixels.decode import find_syntax, read_codes, refuse_missing_frames
from mammocalc.dicom.pixels.frames import number_of_frames
from mammocalc.dicom.pixels.greyscale import describe_pixels
from mammocalc.dicom.pixels.layout import read_layout
from mammocalc.dicom.pixels.masks import refuse_mask
from mammocalc.dicom.pixels.windows import list_windows
from mammocalc.dicom.privacy.identifiers import do_uids_tell, tokens_of, uid_tokens
from mammocalc.dicom.privacy.pseudonyms import Pseudonyms, patient_key, public_uid
from mammocalc.dicom.privacy.study_day import study_day
from mammocalc.dicom.privacy.uids import decide_uids
from mammocalc.dicom.reader.eligibility import admit, hear_picture
from mammocalc.dicom.reader.field import hold_against_field
from mammocalc.dicom.reader.identity import decide_intent, describe_identity
from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.dicom.reader.spacing import decide_spacing, is_magnified
from mammocalc.dicom.view.view import decide_view
from mammocalc.model import Mammogram
from mammocalc.vocabulary.errors import ImageError, ImageSkippedError, ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag, Reason, SpacingSource

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.dicom.pixels.layout import PixelLayout
    from mammocalc.dicom.pixels.windows import Window
    from mammocalc.dicom.reader.open_file import OpenFile
    from mammocalc.dicom.reader.settings import DicomSettings

BYTES_PER_PIXEL: Final = 2
AT_DETECTOR: Final = frozenset({SpacingSource.IMAGER, SpacingSource.IMAGER_OVER_MAGNIFICATION})
"""Sources of a spacing that holds in the breast only as far as the magnification is known."""


def read_mammogram(path: Path, settings: DicomSettings, frame: int | None = None) -> Mammogram:
    """
    Read one file, or one frame of it, as a mammogram.

    Parameters
    ----------
    path : Path
        A DICOM file of any name.
    settings : DicomSettings
        What is admitted, believed and read.
    frame : int or None
        0-based frame of a multi-frame object; None for an object of one image.

    Returns
    -------
    Mammogram
        With read-only arrays, and with everything doubtful as a flag.

    Raises
    ------
    ImageSkippedError
        The object is readable and not to be analysed.
    ImageUnreadableError
        The file cannot be read as an image. Whatever the file holds, no
        other exception leaves this function.

    References
    ----------
    DICOM PS3.3 A.26 (Digital Mammography), PS3.5 A (transfer syntaxes),
    PS3.10 (file format).
    """
    return _read(path, settings, frame, with_windows=False)[0]


def read_for_display(
    path: Path, settings: DicomSettings, frame: int | None = None
) -> tuple[Mammogram, tuple[Window, ...]]:
    """
    Read one file as `read_mammogram` does, with every window that it brings.

    Parameters
    ----------
    path : Path
    settings : DicomSettings
    frame : int or None
        As for `read_mammogram`.

    Returns
    -------
    Mammogram
    tuple of Window
        In modality values; empty where the file brings none.

    Raises
    ------
    ImageSkippedError, ImageUnreadableError
        As `read_mammogram`.
    """
    return _read(path, settings, frame, with_windows=True)


def _read(
    path: Path, settings: DicomSettings, frame: int | None, *, with_windows: bool
) -> tuple[Mammogram, tuple[Window, ...]]:
    """Read a file; whatever it holds, no exception but an `ImageError` leaves."""
    try:
        with open_dicom(path, settings.read.max_pixels * BYTES_PER_PIXEL) as opened:
            at_frame = opened.at_frame(frame or 0)
            mammogram = _judge(at_frame, path, settings, frame)
            windows = list_windows(at_frame.header, mammogram.pixels.modality_values) if with_windows else ()
            return mammogram, windows
    except ImageError:
        raise
    except OSError as error:
        message = f"The file cannot be read: {error.strerror or 'input/output error'}. Check its disk and try again."
        raise ImageUnreadableError(Reason.UNREADABLE, message) from None
    except MemoryError:
        message = "There is not enough memory for this image. Use fewer workers, or lower read.max_pixels."
        raise ImageUnreadableError(Reason.TOO_LARGE, message) from None
    except Exception:  # noqa: BLE001 - one broken header must not end a run of a hundred thousand
        message = "The header is damaged in a way that stops its reading. Export the image again from the source."
        raise ImageUnreadableError(Reason.UNREADABLE, message) from None


def read_sop_instance_uid(path: Path) -> str | None:
    """
    Read a file's SOP Instance UID, as `read_mammogram` will find it, without its pixels.

    Parameters
    ----------
    path : Path
        A file, which need not be DICOM.

    Returns
    -------
    str or None
        A derived one where an image has none, or one that is not a UID. None
        where the file cannot be read, and where an object without pixels has
        none: `read_mammogram` will say what is wrong with it.
    """
    with suppress(Exception), open_dicom(path, 0, header_only=True) as opened:
        return decide_uids(opened, path).sop_instance or None
    return None


@dataclass(frozen=True, slots=True)
class Claim:
    """
    Who a file says that it is.

    ``pseudonyms`` is None where it says no SOP Instance UID that can be used. ``tokens`` are what may not be shown
    of its path; see `mammocalc.dicom.privacy.identifiers`. ``number_of_frames`` is None unless they are to be analysed
    one by one.
    """

    pseudonyms: Pseudonyms | None
    tokens: frozenset[str]
    number_of_frames: int | None = None


def read_claim(path: Path, settings: DicomSettings) -> Claim:
    """
    Read the identity that a file claims, from its header only.

    Parameters
    ----------
    path : Path
    settings : DicomSettings

    Returns
    -------
    Claim
        An empty one where the file cannot be read: `read_mammogram` will say what is wrong with it.
    """
    with suppress(Exception), open_dicom(path, settings.read.max_pixels * BYTES_PER_PIXEL, header_only=True) as opened:
        tokens = tokens_of(opened.header.dataset)  # first, while all values are as the file has them
        uids = decide_uids(opened, path)
        if not uids.sop_instance:
            return Claim(None, tokens)
        if settings.privacy.uids == "hash":
            tokens |= uid_tokens(opened.header)
        names = Pseudonyms(
            original_uid=uids.sop_instance,
            sop_instance_uid=public_uid(uids.sop_instance, settings.privacy),
            series_instance_uid=public_uid(uids.series_instance, settings.privacy),
            study_instance_uid=public_uid(uids.study_instance, settings.privacy),
            patient_key=patient_key(opened.header, settings.privacy),
            study_day=study_day(opened.header, settings.privacy),
        )
        return Claim(names, tokens, _frames_to_analyse(opened, settings))
    return Claim(None, frozenset())


def _frames_to_analyse(opened: OpenFile, settings: DicomSettings) -> int | None:
    """Count the frames that are to be analysed one by one; None for any object of which that is not so."""
    header = opened.header
    count = number_of_frames(header)
    if count == 1 or not settings.admit.multiframe:
        return None
    try:
        admit(header, opened.pixels, decide_view(header), settings.admit)
        refuse_missing_frames(opened, read_layout(header, settings.read), count)
    except ImageError:
        return None
    return count


def _which_frame(opened: OpenFile, layout: PixelLayout, frame: int | None) -> tuple[int, int]:
    """Give the frame to be read and how many there are, or say that there is none of this number."""
    count = number_of_frames(opened.header)
    if count > 1:
        refuse_missing_frames(opened, layout, count)
    if count > 1 and frame is None:
        message = f"The object holds {count} frames, and which one is to be read was not said. Name it by its number."
        raise ImageSkippedError(Reason.MULTIFRAME, message)
    if frame is not None and not (count > 1 and 0 <= frame < count):
        message = f"There is no frame {frame + 1}: the object holds {count}. Was the file exchanged?"
        raise ImageUnreadableError(Reason.CHANGED, message)
    return frame or 0, count


def _judge(opened: OpenFile, path: Path, settings: DicomSettings, frame: int | None) -> Mammogram:
    """Read an open file, cheap questions first."""
    header = opened.header
    view = decide_view(header)
    admission = admit(header, opened.pixels, view, settings.admit)
    flags = admission.flags | view.flags
    find_syntax(opened.transfer_syntax)
    if opened.pixels is not None and opened.pixels.is_float:
        message = "The pixels are floating-point numbers, which mammograms do not have. Export the original mammogram."
        raise ImageUnreadableError(Reason.UNSUPPORTED_PIXELS, message)
    layout = read_layout(header, settings.read)
    intent, intent_flags = decide_intent(header)
    uids = decide_uids(opened, path)
    notes = (*uids.notes, *view.notes, *admission.notes)
    codes, layout, code_flags = read_codes(opened, layout, *_which_frame(opened, layout, frame))
    refuse_mask(codes)
    pixels, polarity = describe_pixels(codes, header, layout, intent)
    hear_picture(admission, polarity.flags, settings.admit)
    spacing = decide_spacing(header, settings.spacing)
    spacing = hold_against_field(spacing, header, codes.shape, view.view, polarity.air)
    notes = (*notes, *polarity.notes, *spacing.notes)
    identity = describe_identity(header, uids, view, intent, layout, settings.privacy, notes)
    if frame is not None:
        identity = replace(identity, frame=frame, number_of_frames=number_of_frames(header))
    if header.text("LossyImageCompression") in {"01", "1"} or header.text("LossyImageCompressionMethod"):
        flags |= {Flag.LOSSY}
    if opened.is_mislabelled:
        flags |= {Flag.MISLABELLED_SYNTAX}
    if settings.privacy.uids == "keep" and do_uids_tell(
        header, (uids.sop_instance, uids.series_instance, uids.study_instance)
    ):
        flags |= {Flag.UID_TELLS}
    if is_magnified(header, settings.spacing):
        flags |= {Flag.MAGNIFICATION_VIEW}
    elif Flag.MAGNIFICATION_VIEW in flags and spacing.source in AT_DETECTOR:
        flags |= {Flag.MAGNIFICATION_UNKNOWN}
    return Mammogram(
        identity=identity,
        frame=frame or 0,
        pixels=pixels,
        spacing=spacing.spacing,
        spacing_source=spacing.source,
        flags=flags | uids.flags | intent_flags | spacing.flags | code_flags | polarity.flags,
    )
