"""What the images of a study are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.model import ImageIdentity, Report


def names_of(images: Sequence[Report]) -> list[str]:
    """
    Name images by side and view; those of one view by the end of their UID as well.

    Parameters
    ----------
    images : sequence of Report

    Returns
    -------
    list of str
        In the same order, for example ``R MLO``.
    """
    names = [name_of(report.identity) for report in images]
    return [
        f"{name} (...{report.identity.sop_instance_uid[-8:]})" if names.count(name) > 1 else name
        for name, report in zip(names, images, strict=True)
    ]


def name_of(identity: ImageIdentity) -> str:
    """
    Name an image by side, view and view modifiers.

    Parameters
    ----------
    identity : ImageIdentity

    Returns
    -------
    str
        For example ``R MLO`` or ``L CC M``; ``unknown view`` where nothing is known.
    """
    words = (identity.laterality, identity.view, *identity.view_modifiers)
    known = [str(word) for word in words if str(word) != "unknown"]
    return " ".join(known) or "unknown view"
