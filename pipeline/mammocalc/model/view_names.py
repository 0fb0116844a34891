"""What the images of a study are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


_FEWEST: Final = 8
"""Characters of a UID that are hardly ever the same in one study."""


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
    Name images by side and view; those of one view by the end of their UID as well, as long as it takes to tell them apart.

    Parameters
    ----------
    images : sequence of ImageIdentity or StudyImage

    Returns
    -------
    list of str
        In the same order, for example ``R MLO``.
    """
    names = [name_of(image) for image in images]
    uids: dict[str, set[str]] = {}
    for name, image in zip(names, images, strict=True):
        uids.setdefault(name, set()).add(image.sop_instance_uid)
    ends = {name: _digits(of_name) for name, of_name in uids.items()}
    return [
        f"{name} (...{image.sop_instance_uid[-ends[name] :]})" if names.count(name) > 1 else name
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


def _digits(uids: set[str]) -> int:
    """Give how many characters at the end tell UIDs apart."""
    longest = max(_FEWEST, *map(len, uids))
    return next(count for count in range(_FEWEST, longest + 1) if len({uid[-count:] for uid in uids}) == len(uids))
