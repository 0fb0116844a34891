"""One image through all stages in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mammocalc.analysis.classifiers import classifier_of, flag_untrained, vessel_model_of
from mammocalc.analysis.distribution import find_distribution, with_morphology
from mammocalc.analysis.search import search
from mammocalc.analysis.second_look import look_again, mark_second_look, taken_along
from mammocalc.config import medium_of, settings_for
from mammocalc.model import Breast, BreastSummary, Candidate, Cluster, Particle, Report, Vessel
from mammocalc.stages import classify, distribution, foreign_objects, landmarks, measure, morphology, vessels
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mammocalc.config import Config
    from mammocalc.model import Calcification, ImageIdentity, Landmarks, Mammogram
    from mammocalc.vocabulary.geometry import PixelSpacing


def analyse(mammogram: Mammogram, config: Config) -> Report:
    """
    Analyse one mammogram: every stage, in order.

    Parameters
    ----------
    mammogram : Mammogram
        One frame, as read from DICOM.
    config : Config
        The settings of all stages.

    Returns
    -------
    Report
        What was found. Without a spacing, lengths in mm are None and the
        distribution is not applicable.

    Raises
    ------
    ImageUnreadableError
        With reason ``no_breast`` where nothing can be analysed.
    """
    medium = medium_of(config, is_film=Flag.DIGITISED_FILM in mammogram.flags)
    config = settings_for(config, medium)
    seen = search(mammogram, config)
    breast, spacing = seen.breast, seen.spacing
    marks = landmarks.find_landmarks(breast, spacing, mammogram.identity.view)
    trees = classifier_of(config)
    particles = classify.classify_particles(seen.particles, seen.scales, breast, spacing, trees, medium)
    on_metal = foreign_objects.find_metal(particles, seen.scales, breast)
    particles, drawn = foreign_objects.leave_out_drawn(
        particles, on_metal, seen.density, seen.scales, breast, spacing, config.foreign
    )
    if drawn:  # what is drawn is no crowd that makes its neighbours likelier
        anew = sorted(particles, key=lambda p: (-p.strength_sigma, p.row_px, p.column_px))
        particles = classify.classify_particles(anew, seen.scales, breast, spacing, trees, medium)
    particles, metal = foreign_objects.leave_out_metal(particles, on_metal, config.foreign)
    distinct = classify.one_per_place(particles, seen.scales, spacing)
    joined = look_again(distinct, spacing, config)
    reported = [*(p for p in particles if p.score >= config.classify.threshold), *joined]
    flags = mammogram.flags | breast.flags | _flags_of(marks, mammogram.identity) | drawn | metal
    flags |= flag_untrained(config, trees, with_distribution=mammogram.spacing is not None)
    if len(reported) > config.detect.report_limit:
        reported = reported[: config.detect.report_limit]
        flags |= {Flag.TOO_MANY_FINDINGS}
    found = measure.measure_particles(reported, seen.scales, breast, marks, spacing, config.measure)
    found = foreign_objects.flag_areola(found, marks, spacing)
    found = tuple(mark_second_look(c, mammogram.frame, config) for c in found)
    clusters: tuple[Cluster, ...] = ()
    arteries: tuple[Vessel, ...] = ()
    call = distribution.not_calibrated()
    if mammogram.spacing is None:
        found = tuple(_without_mm(c) for c in found)
    else:
        if config.vessels.leave_out:
            model = vessel_model_of(config)
            found, arteries = vessels.flag_vessels(found, seen.scales, breast, marks, spacing, model, config.vessels)
            if arteries:
                fainter = vessels.may_lie_along([p for p in distinct if p not in joined], config.classify.threshold)
                likely = measure.measure_particles(fainter, seen.scales, breast, marks, spacing, config.measure)
                likely = tuple(mark_second_look(c, mammogram.frame, config) for c in likely)
                found, arteries = vessels.look_along(found, arteries, likely, seen.scales, breast, spacing, model)
                joined = (*joined, *taken_along(fainter, found))
        found = morphology.classify_morphology(found, seen.scales[0], breast, spacing, config.morphology)
        counting, apart, reasons = morphology.set_apart(found, config.morphology)
        counting, clusters, call = find_distribution(counting, apart, breast, marks, spacing, config)
        found = tuple(sorted((*counting, *apart), key=lambda c: c.number))
        clusters = with_morphology(clusters, found, spacing, mammogram.identity.view, config)
        call = replace(call, reasons=(*call.reasons, *reasons))
    return Report(
        identity=mammogram.identity,
        spacing=mammogram.spacing,
        spacing_source=mammogram.spacing_source,
        breast=BreastSummary(
            area_mm2=_area_mm2(breast, mammogram.spacing),
            outline_px=breast.outline_px,
            pectoral_px=marks.pectoral_px,
            nipple=marks.nipple,
            pectoral_confidence=marks.pectoral_confidence,
        ),
        presence=classify.presence(distinct, spacing, medium),
        calcifications=found,
        clusters=clusters,
        distribution=call,
        flags=flags,
        candidates=_candidates(distinct, joined, mammogram.frame, config),
        medium=medium,
        vessels=arteries,
    )


def _flags_of(marks: Landmarks, identity: ImageIdentity) -> frozenset[Flag]:
    """Hold the end at which the muscle is seen against Patient Orientation, where that says upside down."""
    if not identity.is_upside_down:
        return marks.flags
    is_at_top = len(marks.pectoral_px) > 0 and Flag.PECTORAL_UNCERTAIN not in marks.flags
    return marks.flags - {Flag.ORIENTATION_CONTRADICTED} | ({Flag.ORIENTATION_CONTRADICTED} if is_at_top else set())


def _without_mm(calcification: Calcification) -> Calcification:
    return replace(
        calcification,
        diameter_mm=None,
        length_mm=None,
        width_mm=None,
        area_mm2=None,
        size=None,
        flags=calcification.flags - {Flag.NEAR_SIZE_LIMIT, Flag.NEAR_SKIN, Flag.NEAR_NIPPLE},
    )


def _area_mm2(breast: Breast, spacing: PixelSpacing | None) -> float | None:
    if spacing is None:
        return None
    return float(breast.is_breast.sum()) * breast.cell_px**2 * spacing.pixel_area_mm2


def _candidates(
    particles: Sequence[Particle], joined: Sequence[Particle], frame: int, config: Config
) -> tuple[Candidate, ...]:
    """Keep what was seen but not reported, for curves; what a second look took up is reported."""
    taken = frozenset(joined)
    return tuple(
        Candidate(frame, p.row_px, p.column_px, None, p.score)
        for p in particles
        if p.score < config.classify.threshold and p not in taken
    )
