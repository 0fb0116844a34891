"""What the images of a study are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Viewed(Protocol):
    """What says what an image shows, in the words of the vocabulary."""

    @property
    def laterality(self) -> str:
        """Of which breast."""

    @property
    def view(self) -> str:
        """In which view."""

    @property
    def view_modifiers(self) -> tuple[str, ...]:
        """And how."""


class Identified(Viewed, Protocol):
    """What says which image it is as well: an identity, or an image of a study."""

    @property
    def sop_instance_uid(self) -> str:
        """Which image."""


def names_of(images: Sequence[Identified]) -> list[str]:
    """
    Name images by side and view; those of one view by the end of their UID as well.

    Parameters
    ----------
    images : sequence of ImageIdentity or StudyImage

    Returns
    -------
    list of str
        In the same order, for example ``R MLO``.
    """
    names = [name_of(image) for image in images]
    return [
        f"{name} (...{image.sop_instance_uid[-8:]})" if names.count(name) > 1 else name
        for name, image in zip(names, images, strict=True)
    ]


def name_of(image: Viewed) -> str:
    """
    Name an image by side, view and view modifiers.

    Parameters
    ----------
    image : ImageIdentity, StudyImage, ComparedImage or Entry

    Returns
    -------
    str
        For example ``R MLO`` or ``L CC M``; ``unknown view`` where nothing is known.
    """
    words = (image.laterality, image.view, *image.view_modifiers)
    known = [str(word) for word in words if str(word) != "unknown"]
    return " ".join(known) or "unknown view"
