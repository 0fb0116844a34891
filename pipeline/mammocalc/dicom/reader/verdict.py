"""The weight of words by their subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.dicom.reader.statements import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.dicom.reader.statements import Heard


@dataclass(frozen=True, slots=True)
class Verdict:
    """Words that decide the kind of an image, and words that only raise a doubt; each names its attribute."""

    decides: str | None = None
    doubt: str | None = None


def weigh(heard: Iterable[Heard], *, image_speaks: bool) -> Verdict:
    """
    Weigh words by what they speak of.

    Parameters
    ----------
    heard : iterable of Heard
        Words of one kind, those of the image first.
    image_speaks : bool
        Whether the image itself says what it is. Then words of its processing and of its series are no more than a
        doubt: *specimen mode*, *high energy filter* name a setting.

    Returns
    -------
    Verdict
        Words of the image decide; those of its processing and of its series
        where the image says nothing else. Those of the study and of the patient, and those that are
        said of something beside (*with specimen*), are doubts.
    """
    doubt = None
    for item in heard:
        is_near = item.subject in {Subject.PROCESSING, Subject.SERIES}
        if not item.is_aside and (item.subject is Subject.IMAGE or (is_near and not image_speaks)):
            return Verdict(decides=str(item))
        doubt = doubt or str(item)
    return Verdict(doubt=doubt)
