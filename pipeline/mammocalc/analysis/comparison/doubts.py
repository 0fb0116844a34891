"""What keeps two images from being compared, and what makes their comparison less than it seems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.analysis.cluster_traits import chest_wall_is_left
from mammocalc.vocabulary.lexicon import Flag, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.model import Report

SPACINGS_DIFFER: Final = 1.2
"""Of pixel sizes that differ more the finer shows calcifications that the coarser cannot."""


def refusal(current: Report, prior: Report) -> str | None:
    """
    Say why two images cannot be compared at all; None where they can.

    Parameters
    ----------
    current, prior : Report

    Returns
    -------
    str or None
        A sentence.
    """
    one, other = current.identity, prior.identity
    if one.sop_instance_uid == other.sop_instance_uid:
        return "current and prior are the same image"
    if _are_copies(current, prior):
        return "the two images have the very same marks: they are copies of one exposure"
    missing = [name for name, image in (("current image", current), ("prior", prior)) if image.spacing is None]
    if missing:
        return (
            f"the {' and the '.join(missing)} has no believable pixel spacing, and places are compared in millimetres"
        )
    if Laterality.UNKNOWN not in {one.laterality, other.laterality} and one.laterality is not other.laterality:
        return f"one image is of the side {one.laterality}, the other of {other.laterality}"
    if View.UNKNOWN not in {one.view, other.view} and one.view is not other.view:
        return f"the views differ ({one.view} and {other.view})"
    return None


def say_doubts(current: Report, prior: Report) -> Iterator[str]:
    """
    Say what makes a comparison less than it seems.

    Parameters
    ----------
    current, prior : Report

    Yields
    ------
    str
        Sentences.
    """
    one, other = current.identity, prior.identity
    if one.machine != other.machine:
        yield "the two were made by different machines: what one shows the other may not, and sizes may differ"
    if current.spacing is not None and prior.spacing is not None:
        sizes = sorted((current.spacing.mean_mm, prior.spacing.mean_mm))
        if sizes[1] > SPACINGS_DIFFER * sizes[0]:
            yield f"pixels of {sizes[0]:.3f} and {sizes[1]:.3f} mm: the finer show what the coarser cannot"
    if one.presentation_intent is not other.presentation_intent:
        yield "one is stored for presentation, the other for processing"
    if current.medium is not prior.medium:
        yield "one is a digitised film"
    yield from _doubt_sides(current, prior)
    implants = [bool(r.identity.breast_implant_present) or Flag.IMPLANT in r.flags for r in (current, prior)]
    if implants[0] is not implants[1]:
        yield f"only the {'current image' if implants[0] else 'prior'} has an implant, which moves everything before it"
    if Laterality.UNKNOWN in {one.laterality, other.laterality} or View.UNKNOWN in {one.view, other.view}:
        yield "a side or a view is not known"


def _doubt_sides(current: Report, prior: Report) -> Iterator[str]:
    """Say where headers disagree on the side, and where pictures show the chest wall at different edges."""
    images = {"current image": current, "prior": prior}
    torn = [name for name, report in images.items() if Flag.CONTRADICTORY_LATERALITY in report.flags]
    if torn:
        yield f"attributes disagree on the side of the {' and the '.join(torn)}: sides may be exchanged"
    walls = [chest_wall_is_left(report) for report in images.values()]
    if None in walls or walls[0] is walls[1]:
        return
    towards = [(report.identity.patient_orientation or ("",))[0] for report in images.values()]
    if all(way == ("A" if wall else "P") for way, wall in zip(towards, walls, strict=True)):
        yield "one is stored the other way round (Patient Orientation); the prior is shown turned"
    else:
        yield (
            "the two show the chest wall at different edges, and Patient Orientation does not say why: one of them is "
            "flipped or of the other breast"
        )


def _are_copies(current: Report, prior: Report) -> bool:
    marks = [
        [(item.row_px, item.column_px, item.diameter_px) for item in report.calcifications]
        for report in (current, prior)
    ]
    return len(marks[0]) > 0 and marks[0] == marks[1] and current.breast.outline_px == prior.breast.outline_px
