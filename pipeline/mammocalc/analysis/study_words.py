"""Words of a study: the word of most concern for each breast, and doubts in sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.cluster_traits import chest_wall_is_left
from mammocalc.model.view_names import name_of, names_of
from mammocalc.stages.distribution import CONCERN
from mammocalc.vocabulary.lexicon import Distribution, Flag, Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mammocalc.model import BreastCall, Finding, Report

MOST_CONCERN_FIRST: Final = (
    *CONCERN,
    Distribution.INDETERMINATE,
    Distribution.SCATTERED,
    Distribution.TYPICALLY_BENIGN,
    Distribution.VASCULAR,
    Distribution.NOT_APPLICABLE,
    Distribution.NONE,
)
"""Descriptors by the published shares of malignant biopsies, then the words that no descriptor fits. An image without
a spacing may hold anything, so a breast is called free only where all of its images are."""
USUAL_VIEWS: Final = (View.CC, View.MLO)
"""The views of a screening examination (ACR practice parameter for the performance of screening mammography)."""
_SIDES: Final = {Laterality.RIGHT: "right breast", Laterality.LEFT: "left breast"}


def state(breasts: Sequence[BreastCall], both: Distribution | None, findings: Sequence[Finding]) -> Iterator[str]:
    """
    Say what the images show together.

    Parameters
    ----------
    breasts : sequence of BreastCall
    both : Distribution or None
        The word that both breasts have.
    findings : sequence of Finding

    Yields
    ------
    str
        Sentences: what is on both sides, then how many places each breast has, and in how many views they are seen.
    """
    if both is Distribution.NONE:
        yield "No calcifications to speak of in either breast."
    elif both is not None:
        yield f"Both breasts are called {str(both).replace('_', ' ')}."
    for call in breasts:
        own = [finding for finding in findings if finding.laterality is call.laterality]
        name = _SIDES.get(call.laterality, "images of unknown side")
        views = [len({sighting.view for sighting in finding.sightings}) for finding in own]
        places = f"{len(own)} place{'' if len(own) == 1 else 's'} with clustered calcifications"
        if not own:
            yield f"{name.capitalize()}: no clustered calcifications."
        elif len(call.images) == 1:
            yield f"{name.capitalize()}: {places}, in its only image."
        else:
            several = sum(count > 1 for count in views)
            where = f"{several} seen in more than one image and {len(own) - several} in one"
            yield f"{name.capitalize()}: {places}, {where}."


def doubt(images: Sequence[Report]) -> Iterator[str]:
    """
    Say what makes a study less than it seems.

    Parameters
    ----------
    images : sequence of Report
        In the order of the study.

    Yields
    ------
    str
        Sentences without a full stop.
    """
    names = names_of([report.identity for report in images])
    patients = {report.identity.patient_key for report in images}
    days = {report.identity.study_day for report in images}
    apart = "so findings are linked within each of them alone"
    if len(patients) > 1:  # their days cannot be compared: each patient's are shifted by another number
        yield f"its images name {len(patients)} different patients, or some of them none, {apart}"
    elif len(days) > 1:
        yield f"its images are of {len(days)} different days, or some of them of none, {apart}"
    elif None in days and (several := _several_of_one_view(images)):
        yield f"no image names a day, and there are several of {_listed(several)}: they may be of different days"
    yield from _doubt_sides(images, names)
    without = [name for name, report in zip(names, images, strict=True) if report.spacing is None]
    if without:
        yield f"{_listed(without)} without a believable pixel spacing: nothing there is grouped or linked"
    unknown = [name for name, report in zip(names, images, strict=True) if report.known_nipple is None]
    if unknown:
        yield (
            f"the nipple is not known in {len(unknown)} of {len(images)} images ({_listed(unknown)}): "
            "links with these rest on appearance only"
        )
    if len({report.identity.machine for report in images}) > 1:
        yield "its images come from different machines (manufacturer or model): sizes and contrasts are less comparable"
    if any(Flag.IMPLANT in report.flags or report.identity.breast_implant_present for report in images):
        yield _say_implants(images)


def _several_of_one_view(images: Sequence[Report]) -> list[str]:
    """Name the views of which there is more than one image for the same purpose."""
    views = Counter((name_of(report.identity), report.identity.presentation_intent) for report in images)
    return list(dict.fromkeys(name for (name, _), count in views.items() if count > 1))


def _doubt_sides(images: Sequence[Report], names: Sequence[str]) -> Iterator[str]:
    """Say where the side is not known or in doubt, by the headers and by what the pictures show."""
    named = list(zip(names, images, strict=True))
    unknown = [name for name, report in named if report.identity.laterality not in _SIDES]
    if unknown:
        yield f"the side is not known in {len(unknown)} of {len(images)} images: their clusters are linked to none"
    torn = [name for name, report in named if Flag.CONTRADICTORY_LATERALITY in report.flags]
    if torn:
        yield f"attributes disagree on the side of {_listed(torn)}: links there rest on the one that was taken"
    turned = [name for name, report in named if Flag.ORIENTATION_CONTRADICTED in report.flags]
    if turned:
        yield (
            f"{_listed(turned)}: upside down, for the muscle is seen at the other end than Patient Orientation, or the "
            "usual hanging, says"
        )
    oblique = [name for name, report in named if Flag.VIEW_CONTRADICTED in report.flags]
    if oblique:
        yield (
            f"{_listed(oblique)}: the muscle of an oblique view is seen, so views may be exchanged, and links there "
            "rest on looks alone"
        )
    flipped = [name for name, report in named if _is_flipped(report)]
    if flipped:
        yield (
            f"{_listed(flipped)}: the chest wall is at the other edge than Patient Orientation says, so flipped or of "
            "the other breast"
        )
    walls = {side: {chest_wall_is_left(r) for r in images if r.identity.laterality is side} - {None} for side in _SIDES}
    for side, edges in walls.items():
        if len(edges) > 1:
            yield (
                f"the images of the {_SIDES[side]} show the chest wall at different edges: one of them is flipped or "
                "of the other breast"
            )
    if walls[Laterality.RIGHT] == {True} and walls[Laterality.LEFT] == {False}:
        yield (
            "right images show the chest wall at the left edge, left ones at the right, which is the other way round "
            "than usual: all are flipped, or the sides are exchanged"
        )


def _is_flipped(report: Report) -> bool:
    towards, is_left = (report.identity.patient_orientation or ("",))[0], chest_wall_is_left(report)
    return towards in {"A", "P"} and is_left is not None and is_left is not (towards == "A")


def _say_implants(images: Sequence[Report]) -> str:
    displaced = {ViewModifier.IMPLANT_DISPLACED in report.identity.view_modifiers for report in images}
    if len(displaced) > 1:
        return "there is an implant: views in which it is displaced are compared with the others by appearance only"
    return "there is an implant: places in front of it are less comparable between views"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
