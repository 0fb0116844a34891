"""The rows of the tables of studies and of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.results.rounding import MILLIMETRE_DECIMALS, PROBABILITY_DECIMALS, rounded
from mammocalc.vocabulary.lexicon import Laterality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.model import Finding, Link, Sighting
    from mammocalc.results.columns import Row
    from mammocalc.results.study import Study


def study_row(study: Study) -> Row:
    """
    Give the row of a study.

    Returns
    -------
    mapping
        By the names of `mammocalc.results.columns.STUDY_COLUMNS`; what is said of a breast is None where no image
        shows it.
    """
    breasts = {call.laterality: call for call in study.breasts}
    right, left = breasts.get(Laterality.RIGHT), breasts.get(Laterality.LEFT)
    return {
        "study_instance_uid": study.uid,
        "joined_by": str(study.joined_by),
        "patient_key": study.patient_key,
        "study_day": study.study_day,
        "n_images": len(study.images),
        "distribution_right": right and str(right.label),
        "distribution_left": left and str(left.label),
        "both_breasts": study.both_breasts and str(study.both_breasts),
        "n_places_right": right and right.places,
        "n_places_left": left and left.places,
        "n_findings": len(study.findings),
        "n_linked": sum(bool(finding.links) for finding in study.findings),
        "missing_views": study.missing,
        "statements": tuple(sentence.removesuffix(".") for sentence in study.statements),  # joined by semicolons
        "notes": study.notes,
    }


def finding_rows(study: Study) -> Iterator[Row]:
    """
    Return a row for each finding of a study and each cluster that shows it.

    Yields
    ------
    mapping
        By the names of `mammocalc.results.columns.FINDING_COLUMNS`. The link is the surest one of the cluster; its
        columns are None where the finding is seen in this cluster alone.
    """
    for finding in study.findings:
        for sighting in finding.sightings:
            yield _row(study, finding, sighting)


def _row(study: Study, finding: Finding, sighting: Sighting) -> Row:
    link, place = _surest(finding, sighting), finding.location
    other = link and (link.second if link.first == sighting.reference else link.first)
    return {
        "study_instance_uid": study.uid,
        "patient_key": study.patient_key,
        "study_day": study.study_day,
        "finding": finding.name,
        "laterality": str(finding.laterality),
        "finding_label": str(finding.label),
        "quadrant": place.quadrant and str(place.quadrant),
        "region": place.region and str(place.region),
        "clock": place.clock,
        "depth": place.depth and str(place.depth),
        "from_nipple_mm": rounded(place.from_nipple_mm, MILLIMETRE_DECIMALS),
        "n_sightings": len(finding.sightings),
        "n_unseen": len(finding.unseen),
        "sop_instance_uid": sighting.sop_instance_uid,
        "view": sighting.view,
        "cluster": sighting.cluster,
        "letter": sighting.letter,
        "distribution": str(sighting.label),
        "arc_mm": rounded(sighting.arc_mm, MILLIMETRE_DECIMALS),
        "straight_mm": rounded(sighting.straight_mm, MILLIMETRE_DECIMALS),
        "linked_sop_instance_uid": other and other.sop_instance_uid,
        "linked_cluster": other and other.cluster,
        "p_link": link and rounded(link.probability, PROBABILITY_DECIMALS),
        "basis": link and str(link.basis),
        "reasons": link and link.reasons,
    }


def _surest(finding: Finding, sighting: Sighting) -> Link | None:
    """
    Give the surest link of a cluster, the first of those that are equally sure to what is written of them.

    One exposure that is there twice is surer than any probability.
    """
    own = [link for link in finding.links if sighting.reference in {link.first, link.second}]
    told = (rounded(link.probability, PROBABILITY_DECIMALS) for link in own)
    sure = [1.0 if probability is None else probability for probability in told]
    return own[sure.index(max(sure))] if own else None
