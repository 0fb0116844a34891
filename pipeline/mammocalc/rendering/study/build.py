"""Page of one study."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.study.view_map import draw_views
from mammocalc.rendering.wording import name_of
from mammocalc.results.layout import details_path
from mammocalc.vocabulary.lexicon import SHORT_NOTICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model import Finding, Link, Report
    from mammocalc.model.location import Location
    from mammocalc.results.study import Study

_BASIS = {
    "place_and_looks": "by place and looks",
    "looks": "by appearance only",
    "same_exposure": "one exposure",
}


def render_study(study: Study, reports: Mapping[str, Report], place: str) -> bytes:
    """
    Write the page of one study.

    It says what the document holds of findings, links and doubts, with a small
    map of each view, and adds nothing.

    Parameters
    ----------
    study : Study
    reports : mapping of str to Report
        Of its images, by SOP Instance UID.
    place : str
        Where the page lies, relative to the run's folder.

    Returns
    -------
    bytes
        HTML in UTF-8; equal arguments give equal bytes. It has no script, and
        its policy admits no style but its own.
    """
    here = posixpath.dirname(place)
    pages = {image.sop_instance_uid: posixpath.relpath(details_path(image.result), here) for image in study.images}
    page = fill_page(
        "rendering/study/study",
        study=study,
        notice=SHORT_NOTICE,
        views=draw_views(study, reports),
        pages=pages,
        cards=[_card(finding, pages) for finding in study.findings],
        json_path=posixpath.relpath(posixpath.splitext(place)[0] + ".json", here),
        doubts=_doubts(study),
    )
    return page.encode(errors="replace")


def _doubts(study: Study) -> list[str]:
    missing = [f"No image of {view} was analysed." for view in study.missing]
    return [*missing, *(f"{note[0].upper()}{note[1:]}." for note in study.notes)]


def _card(finding: Finding, pages: Mapping[str, str]) -> dict[str, Any]:
    """Give a finding in words."""
    views = {item.reference: f"{item.view} {item.letter}" for item in finding.sightings}
    return {
        "finding": finding,
        "called": name_of(finding.label),
        "where": _located(finding.location),
        "about_place": () if finding.location is None else finding.location.reasons,
        "sightings": [
            {
                "view": item.view,
                "letter": item.letter,
                "page": f"{pages[item.sop_instance_uid]}#cluster-{item.cluster}",
                "called": name_of(item.label),
                "place": _place(item.arc_mm, item.straight_mm),
            }
            for item in finding.sightings
        ],
        "links": [_link(link, f"{views[link.first]} and {views[link.second]}") for link in finding.links],
        "unseen": [
            {
                "view": item.view,
                "page": pages[item.sop_instance_uid],
                "where": _where(item.arc_mm, item.band_mm),
            }
            for item in finding.unseen
        ],
    }


def _located(location: Location | None) -> str:
    """Say where in the breast a finding lies, as far as that is known."""
    if location is None:
        return ""
    parts = [name_of(word) for word in (location.region, location.upper_lower, location.outer_inner) if word]
    clock = [] if location.clock is None else [f"{location.clock} o'clock"]
    depth = [] if location.depth is None else [f"{name_of(location.depth)} third"]
    return ", ".join([" ".join(parts), *clock, *depth] if parts else [*clock, *depth])


def _link(link: Link, between: str) -> dict[str, Any]:
    return {
        "between": between,
        "probability": link.probability,
        "basis": _BASIS[link.basis],
        "reasons": link.reasons,
        "calibrated_on": link.calibrated_on,
    }


def _place(arc_mm: float | None, straight_mm: float | None) -> str:
    if arc_mm is None:
        return "the nipple is not known"
    towards = "" if straight_mm is None else f", {straight_mm:.0f} mm of it towards the chest wall"
    return f"{arc_mm:.0f} mm from the nipple{towards}"


def _where(arc_mm: float | None, band_mm: float | None) -> str:
    if arc_mm is None or band_mm is None:
        return "where it would lie cannot be told"
    return f"it would lie {max(arc_mm - band_mm, 0):.0f} to {arc_mm + band_mm:.0f} mm from the nipple"
