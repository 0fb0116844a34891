"""`mc.from_array`: an image from an array, with what its owner says of it."""

from __future__ import annotations

import numbers
import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from mammocalc.api.configuration import DEFAULT, reading_settings, resolve
from mammocalc.api.image import Image
from mammocalc.dicom import Statements, mammogram_from_array
from mammocalc.model.settings import Settings
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Laterality, Medium, PresentationIntent, View
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum
    from typing import SupportsFloat

    from numpy.typing import ArrayLike, NDArray

_Word = TypeVar("_Word", bound="StrEnum")
PHOTOMETRIC: Final = ("MONOCHROME1", "MONOCHROME2")
RELATIONSHIPS: Final = ("LIN", "LOG")
SAME: Final = {
    "LEFT": "L",
    "RIGHT": "R",
    "BOTH": "B",
    "PRESENTATION": "FOR PRESENTATION",
    "PROCESSING": "FOR PROCESSING",
}
"""Words that people write in place of those of the standard."""


def from_array(
    pixels: ArrayLike,
    spacing_mm: SupportsFloat | Iterable[SupportsFloat] | None = None,
    *,
    laterality: str | None = None,
    view: str | None = None,
    photometric: str | None = None,
    intent: str = "FOR PRESENTATION",
    relationship: str | None = None,
    medium: str = "digital",
    sop_instance_uid: str | None = None,
    config: object = DEFAULT,
    **settings: Any,
) -> Image:
    """
    Make an image from an array.

    Nothing is guessed: what is not given is unknown, flagged, and not used.

    Parameters
    ----------
    pixels : array_like of integers or floats, shape (rows, columns)
        Stored values. Floats of more than 65,536 different values are rounded to as many even steps.
    spacing_mm : float, (float, float) or None
        Distance of neighbouring rows and of neighbouring columns, in the breast; one number for both. None if it is
        unknown: then nothing is in millimetres, and there is no distribution.
    laterality : {"L", "R", "B"} or None
        Which breast.
    view : str or None
        As abbreviated in DICOM CID 4014: CC, MLO, ML, LM, ...
    photometric : {"MONOCHROME1", "MONOCHROME2"} or None
        Photometric Interpretation: MONOCHROME2 where larger values are brighter, so that dense tissue has larger
        values; MONOCHROME1 where they are darker. None lets the air in the picture decide.
    intent : {"FOR PRESENTATION", "FOR PROCESSING"}
        Presentation Intent Type: processed for the eye, or raw.
    relationship : {"LIN", "LOG"} or None
        Pixel Intensity Relationship of a raw image: linear in exposure, or its logarithm.
    medium : {"digital", "film"}
        Film is digitised film, which has a classifier of its own.
    sop_instance_uid : str or None
        UID of the result. None derives one from pixels and arguments, so equal input gives equal UIDs.
    config : str, Path or Config
        As in `read`; only the sections ``spacing`` and ``read`` are used.
    **settings
        Single settings by their paths.

    Returns
    -------
    Image
        Of a copy of the pixels.

    Raises
    ------
    UsageError
        If the array is not a greyscale image, an argument is not one of its values, the spacing is not between
        ``spacing.min_mm`` and ``spacing.max_mm``, or neither an argument nor the picture tells which values are dense.
    """
    if "spacing" in settings and not isinstance(settings["spacing"], Mapping | Settings):
        message = "the spacing of an array is called spacing_mm: from_array(pixels, spacing_mm=(0.07, 0.07))"
        raise UsageError(message)
    statements = Statements(
        spacing_mm=_spacing(spacing_mm),
        laterality=Laterality.UNKNOWN if laterality is None else _word("laterality", laterality, Laterality),
        view=View.UNKNOWN if view is None else _word("view", view, View),
        photometric=_one_of("photometric", photometric, PHOTOMETRIC),
        intent=_word("intent", intent, PresentationIntent),
        relationship=_one_of("relationship", relationship, RELATIONSHIPS),
        medium=_word("medium", medium, Medium),
        sop_instance_uid=_uid(sop_instance_uid),
    )
    if statements.relationship is not None and statements.intent is not PresentationIntent.FOR_PROCESSING:
        message = "relationship is said of raw images: leave it out, or say intent='FOR PROCESSING'"
        raise UsageError(message)
    reading = reading_settings(resolve(config, settings).config)
    return Image(mammogram_from_array(_array(pixels), statements, reading), reading)


def _array(pixels: ArrayLike) -> NDArray[Any]:
    """Give an array; UsageError where there is none to be had, or where one would lose its mask."""
    if isinstance(pixels, np.ma.MaskedArray):
        message = "the array is masked. Say what stands in the masked pixels: pixels.filled(0)"
        raise UsageError(message)
    if isinstance(pixels, str | os.PathLike):
        message = f"{os.fspath(pixels)!r} is a path: read(path) reads DICOM files, and from_array takes the pixels"
        raise UsageError(message)
    if isinstance(pixels, Image):
        message = "this is an image already: analyse takes it as it is"
        raise UsageError(message)
    try:
        return np.asarray(pixels)
    except (TypeError, ValueError) as error:
        message = f"the pixels are no array of numbers ({type(pixels).__name__})"
        raise UsageError(message) from error


def _spacing(spacing_mm: object) -> tuple[float, float] | None:
    """Give row and column spacing."""
    if spacing_mm is None:
        return None
    is_one = isinstance(spacing_mm, numbers.Real) or getattr(spacing_mm, "shape", None) == ()
    sides: Any = (spacing_mm, spacing_mm) if is_one else spacing_mm
    try:
        if isinstance(sides, Mapping | AbstractSet):
            raise TypeError  # noqa: TRY301 - which of them is that of the rows is not said
        row, column = sides
        if any(isinstance(side, str | bool | np.bool_) for side in (row, column)):
            raise TypeError  # noqa: TRY301 - as any other text
        return float(row), float(column)
    except (TypeError, ValueError):
        message = (
            f"spacing_mm={spacing_mm!r} is no spacing. Give one number in mm, or two, (row, column), such as "
            "(0.07, 0.07), or None where it is not known"
        )
        raise UsageError(message) from None


def _word(name: str, value: object, words: type[_Word]) -> _Word:
    """Give a word of a vocabulary, in whatever case it is written."""
    known = {word.value.upper(): word for word in words}
    said = str(value).strip().upper().replace("_", " ")
    found = known.get(said) or known.get(SAME.get(said, ""))
    if not isinstance(value, str) or found is None:
        listed = ", ".join(repr(word.value) for word in words)
        message = f"{name}={value!r} is not one of {listed}"
        raise UsageError(message)
    return found


def _one_of(name: str, value: object, words: tuple[Any, ...]) -> Any:
    """Give one of a few words, or None."""
    if value is None:
        return None
    said = value.strip().upper() if isinstance(value, str) else value
    if said not in words:
        message = f"{name}={value!r} is not one of {', '.join(map(repr, words))} and None"
        raise UsageError(message)
    return said


def _uid(text: object) -> str | None:
    """Give a UID; UsageError where it is none."""
    if text is not None and not (isinstance(text, str) and is_uid(text)):
        message = f"sop_instance_uid={text!r} is not a UID: at most 64 digits and dots, such as 1.2.840.10008"
        raise UsageError(message)
    return text
