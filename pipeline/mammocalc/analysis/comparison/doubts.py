"""Reasons not to compare two images, and doubts about a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.analysis.cluster_traits import chest_wall_is_left
from mammocalc.analysis.view_geometry import shows_whole_breast
from mammocalc.vocabulary.lexicon import Flag, Laterality, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.model import Report

SPACINGS_DIFFER: Final = 1.2
"""Of pixel sizes that differ more the finer shows calcifications that the coarser cannot."""

_IN_DOUBT: Final = frozenset(
    {Flag.CONTRADICTORY_LATERALITY, Flag.CONTRADICTORY_VIEW, Flag.ORIENTATION_CONTRADICTED, Flag.VIEW_CONTRADICTED}
)
"""Of images whose side, view or up and down is in doubt."""


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
    yield from _doubt_sides({"current image": current, "prior": prior})
    yield from _doubt_views({"current image": current, "prior": prior})
    implants = [bool(r.identity.breast_implant_present) or Flag.IMPLANT in r.flags for r in (current, prior)]
    if implants[0] is not implants[1]:
        yield f"only the {'current image' if implants[0] else 'prior'} has an implant, which moves everything before it"
    if Laterality.UNKNOWN in {one.laterality, other.laterality} or View.UNKNOWN in {one.view, other.view}:
        yield "a side or a view is not known"


def may_show_another_part(current: Report, prior: Report) -> bool:
    """
    Tell whether it is in doubt that two images show the same part of the same breast.

    Parameters
    ----------
    current, prior : Report

    Returns
    -------
    bool
        Then a cluster that is seen in one of them alone need not be new or gone.
    """
    if any(report.flags & _IN_DOUBT for report in (current, prior)):
        return True
    if not (shows_whole_breast(current) and shows_whole_breast(prior)):
        return True
    is_flipped, _ = _is_flipped([current, prior])
    return is_flipped


def _is_flipped(images: Sequence[Report]) -> tuple[bool, bool]:
    """Whether two images show the chest wall at different edges, and Patient Orientation does not, or does, say so."""
    walls = [chest_wall_is_left(report) for report in images]
    if None in walls or walls[0] is walls[1]:
        return False, False
    towards = [(report.identity.patient_orientation or ("",))[0] for report in images]
    is_said = all(way == ("A" if wall else "P") for way, wall in zip(towards, walls, strict=True))
    return not is_said, is_said


def _flagged(images: Mapping[str, Report], flag: Flag) -> str:
    return " and the ".join(name for name, report in images.items() if flag in report.flags)


def _doubt_views(images: Mapping[str, Report]) -> Iterator[str]:
    """Say where pictures contradict what headers say of up and down and of the view, and what shows a part alone."""
    turned = _flagged(images, Flag.ORIENTATION_CONTRADICTED)
    if turned:
        yield (
            f"upside down: in the {turned} the muscle is seen at the other end than Patient Orientation, or the usual "
            "hanging, says"
        )
    oblique = _flagged(images, Flag.VIEW_CONTRADICTED)
    if oblique:
        yield f"the muscle of an oblique view is seen in the {oblique}, called CC: views may be exchanged"
    parts = [name for name, report in images.items() if not shows_whole_breast(report)]
    if parts:
        yield (
            f"the {' and the '.join(parts)} shows the breast in part, magnified, turned or pressed in part: what lies "
            "beside it need not be new or gone"
        )


def _doubt_sides(images: Mapping[str, Report]) -> Iterator[str]:
    """Say where headers disagree on the side, and where pictures show the chest wall at different edges."""
    torn = _flagged(images, Flag.CONTRADICTORY_LATERALITY)
    if torn:
        yield f"attributes disagree on the side of the {torn}: sides may be exchanged"
    is_flipped, is_turned = _is_flipped(list(images.values()))
    if is_turned:
        yield "one is stored the other way round (Patient Orientation); the prior is shown turned"
    if is_flipped:
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
