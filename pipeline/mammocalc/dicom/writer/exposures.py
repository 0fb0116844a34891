"""Two images of one exposure, for processing and for presentation: the one that an object refers to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.lexicon import PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mammocalc.dicom.writer.records import StudyContent, StudyImage
    from mammocalc.dicom.writer.source import SourceImage


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """An image for processing, and one for presentation that says it was made from it."""

    processing: StudyImage
    presentation: StudyImage


def pair_exposures(images: Sequence[StudyImage]) -> tuple[Exposure, ...]:
    """
    Find the images of a study that are of one exposure.

    Returns
    -------
    tuple of Exposure
        By what Source Image Sequence says, and by nothing else: each image in one at most.
    """
    raw = {image.source.key: image for image in images if _is_for(image, PresentationIntent.FOR_PROCESSING)}
    pairs = []
    for image in images:
        found = sorted(image.source.derived_from & raw.keys())
        if _is_for(image, PresentationIntent.FOR_PRESENTATION) and len(found) == 1:
            pairs.append(Exposure(raw.pop(found[0]), image))
    return tuple(pairs)


def analysed_twice(images: Sequence[StudyImage]) -> tuple[Exposure, ...]:
    """Give the exposures of which both images were analysed."""
    return tuple(pair for pair in pair_exposures(images) if pair.processing.result and pair.presentation.result)


def marked_elsewhere(content: StudyContent) -> tuple[tuple[StudyImage, SourceImage], ...]:
    """Give the analysed images whose marks hold for another that was not analysed, each with that one."""
    analysed = [image for image in content.images if image.result is not None]
    return tuple(
        (image, other) for image in analysed for other in content.others if other.keeps_places_of(image.source)
    )


def say_exposures(content: StudyContent) -> Iterator[str]:
    """
    Say where two images of a study are of one exposure, and what follows.

    Parameters
    ----------
    content : StudyContent

    Yields
    ------
    str
        A sentence without its full stop.
    """
    twice, elsewhere = analysed_twice(content.images), marked_elsewhere(content)
    if twice:
        yield (
            f"{2 * len(twice)} of its images are two and two of one exposure, so reports speak of one of them: the "
            "Mammography CAD SR of that for processing, TID 1500 of that for presentation"
        )
    if elsewhere:
        yield (
            f"presentation states mark {len(elsewhere)} images for presentation as well, which were not analysed and "
            "are of one exposure with images for processing that were"
        )


def one_of_each(images: Sequence[StudyImage], left_out: Iterable[StudyImage]) -> tuple[StudyImage, ...]:
    """Give the images of a study without those that another one of the same exposure stands for."""
    uids = {image.source.key for image in left_out}
    return tuple(image for image in images if image.source.key not in uids)


def _is_for(image: StudyImage, intent: PresentationIntent) -> bool:
    """Whether the header of an image says what it is for, and that it is this."""
    return image.source.header.text("PresentationIntentType").upper() == intent
