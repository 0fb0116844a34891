"""Decoding of an untrusted file, in a process that may be lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom import DicomSettings, read_for_display, read_sop_instance_uid
from mammocalc.dicom.reader.settings import AdmitSettings
from mammocalc.review.server.pixels import make_picture, make_thumbnail
from mammocalc.vocabulary.errors import ImageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.dicom import Window
    from mammocalc.model import Mammogram
    from mammocalc.review.server.pixels import Picture

_ADMIT_ALL: Final = AdmitSettings(
    quality_control=True,
    specimens=True,
    contrast_recombined=True,
    screenshots=True,
    not_mammography=True,
    multiframe=True,
)
"""The run has decided what was analysed; whatever that was is shown."""


class NoPixelsError(UsageError):
    """The pixels of an image cannot be shown; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReadUid:
    """Ask for the SOP Instance UID of a file; None where it has none that can be read."""

    path: Path


@dataclass(frozen=True, slots=True)
class Draw:
    """
    Ask for the picture of an image, or for its thumbnail.

    Parameters
    ----------
    path : Path
    uid : str
        What the file must hold.
    frame : int or None
        Which of its frames, from 0; None for a file of one image.
    shape : tuple of int
        Rows and columns that the marks of the result lie in.
    is_small : bool
        A thumbnail is wanted.
    side_px : int
        Of the thumbnail; else of the smallest level.
    """

    path: Path
    uid: str
    frame: int | None
    shape: tuple[int, int]
    is_small: bool
    side_px: int


def perform(task: ReadUid | Draw) -> str | Picture | bytes | None:
    """
    Do one task; called in a worker process.

    Raises
    ------
    NoPixelsError
        If the file cannot be read, or is not the image.
    """
    if isinstance(task, ReadUid):
        return read_sop_instance_uid(task.path)
    mammogram, windows = _read(task)
    if task.is_small:
        return make_thumbnail(mammogram.pixels, task.side_px)
    return make_picture(mammogram, windows, task.side_px)


def _read(task: Draw) -> tuple[Mammogram, tuple[Window, ...]]:
    try:
        mammogram, windows = read_for_display(task.path, DicomSettings(admit=_ADMIT_ALL), task.frame)
    except ImageError as error:
        raise NoPixelsError(error.message) from None
    if mammogram.identity.sop_instance_uid != task.uid:  # exchanged since it was found
        message = "The file of this image was replaced by another one. Start mammocalc review again."
        raise NoPixelsError(message)
    shape = mammogram.pixels.codes.shape
    if shape != task.shape:
        message = (
            f"The file has this image's UID but {shape[0]} rows and {shape[1]} columns, and the image that was "
            f"analysed has {task.shape[0]} and {task.shape[1]}: marks would lie in wrong places. Name the folder of "
            "the images that were analysed with --images."
        )
        raise NoPixelsError(message)
    return mammogram, windows
