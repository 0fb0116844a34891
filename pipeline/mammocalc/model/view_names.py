"""Names of the images of a study."""

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
    Name images by side and view; those of one view by the end of their UID as well, as long as tells them apart.

    Returns
    -------
    list of str
        In the same order, for example ``R MLO``.
    """
    names = [name_of(image) for image in images]
    alike: dict[str, list[str]] = {}
    for name, image in zip(names, images, strict=True):
        alike.setdefault(name, []).append(image.sop_instance_uid)
    ends = {name: iter(ends_of(uids)) for name, uids in alike.items()}
    return [f"{name} (...{next(ends[name])})" if len(alike[name]) > 1 else name for name in names]


def ends_of(uids: Sequence[str]) -> list[str]:
    """
    Give the ends of UIDs, as long as it takes to tell them apart.

    Examples
    --------
    >>> ends_of(["1.2.10000001", "1.2.10000002"])
    ['10000001', '10000002']
    >>> ends_of(["1.2.310000001", "1.2.410000001"])
    ['310000001', '410000001']
    """
    longest = max(map(len, uids), default=0)
    counts = range(_FEWEST, max(_FEWEST, longest) + 1)
    distinct = len(set(uids))
    count = next(count for count in counts if len({uid[-count:] for uid in uids}) == distinct)
    return [uid[-count:] for uid in uids]


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
