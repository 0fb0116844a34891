"""Two images of one exposure, for processing and for presentation: of which of them an object speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.dicom.writer.records import StudyImage
    from mammocalc.dicom.writer.source import SourceImage

FOR_PROCESSING: Final = "FOR PROCESSING"
FOR_PRESENTATION: Final = "FOR PRESENTATION"


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """An image for processing, and one for presentation that says it was made from it."""

    processing: StudyImage
    presentation: StudyImage


def pair_exposures(images: Sequence[StudyImage]) -> tuple[Exposure, ...]:
    """
    Find the images of a study that are of one exposure.

    Parameters
    ----------
    images : sequence of StudyImage

    Returns
    -------
    tuple of Exposure
        By what Source Image Sequence says, and by nothing else: each image in one at most.
    """
    raw = {image.source.sop_instance_uid: image for image in images if intent_of(image.source) == FOR_PROCESSING}
    pairs = []
    for image in images:
        found = sorted(image.source.derived_from & raw.keys())
        if intent_of(image.source) == FOR_PRESENTATION and len(found) == 1:
            pairs.append(Exposure(raw.pop(found[0]), image))
    return tuple(pairs)


def one_of_each(images: Sequence[StudyImage], left_out: Iterable[StudyImage]) -> tuple[StudyImage, ...]:
    """Give the images of a study without those that another one of the same exposure stands for."""
    uids = {image.source.sop_instance_uid for image in left_out}
    return tuple(image for image in images if image.source.sop_instance_uid not in uids)


def intent_of(source: SourceImage) -> str:
    """Give what an image is for, as its header has it."""
    return source.header.text("PresentationIntentType").upper()
