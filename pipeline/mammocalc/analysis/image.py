"""One image through all stages in order, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from mammocalc.classifiers.files import load_classifier, load_distribution_classifier, load_vessel_model
from mammocalc.config import (
    before_distributions,
    before_particles,
    differences,
    medium_of,
    settings_for,
)
from mammocalc.model import (
    Breast,
    BreastSummary,
    Candidate,
    Channel,
    Cluster,
    Particle,
    Report,
    Tally,
    Vessel,
)
from mammocalc.stages import breast as breast_stage
from mammocalc.stages import (
    classify,
    cluster_features,
    clustering,
    detect,
    distribution,
    enhance,
    foreign_objects,
    landmarks,
    measure,
    morphology,
    normalise,
    rods,
    vessels,
)
from mammocalc.vocabulary.errors import ConfigurationError, Problem
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Flag, Medium

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.logistic import LogisticModel
    from mammocalc.classifiers.trees import BoostedClasses, BoostedTrees
    from mammocalc.config import Config
    from mammocalc.model import Calcification, Density, DistributionCall, Landmarks, Mammogram, Spread
    from mammocalc.vocabulary.lexicon import View

_LEAST_MEMBERSHIP = 0.05
"""Smaller shares are left out: more than four times the reach away."""
_SURE_ALONE = 0.99
"""Score from which a calcification counts for *scattered*. That word rests on single ones, whose odds are lower than
those of members of a cluster; with it, images that readers call free are called so (docs/distribution.md)."""


def analyse(mammogram: Mammogram, config: Config) -> Report:
    """
    Judge one mammogram: every stage, in order.

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
    UnreadableImage
        With reason ``no_breast`` where nothing can be judged.
    """
    medium = medium_of(config, is_film=Flag.DIGITISED_FILM in mammogram.flags)
    config = settings_for(config, medium)
    seen = search(mammogram, config)
    breast, spacing = seen.breast, seen.spacing
    marks = landmarks.find_landmarks(breast, spacing, mammogram.identity.view)
    trees = classifier_of(config)
    particles = classify.classify_particles(seen.particles, seen.channels, breast, spacing, trees, config.classify)
    on_metal = foreign_objects.find_metal(particles, seen.channels, breast)
    particles, drawn = foreign_objects.leave_out_drawn(
        particles, on_metal, seen.density, seen.channels, breast, spacing, config.foreign
    )
    if drawn:  # what is drawn is no crowd that makes its neighbours likelier
        anew = sorted(particles, key=lambda p: (-p.strength_sigma, p.row_px, p.column_px))
        particles = classify.classify_particles(anew, seen.channels, breast, spacing, trees, config.classify)
    particles, metal = foreign_objects.leave_out_metal(particles, on_metal, config.foreign)
    distinct = classify.one_per_place(particles, seen.channels, spacing)
    joined = _look_again(distinct, spacing, config)
    reported = [*(p for p in particles if p.score >= config.classify.threshold), *joined]
    flags = mammogram.flags | breast.flags | marks.flags | drawn | metal
    flags |= _untrained(config, trees, with_distribution=mammogram.spacing is not None)
    if len(reported) > config.detect.report_limit:
        reported = reported[: config.detect.report_limit]
        flags |= {Flag.TOO_MANY_FINDINGS}
    found = measure.measure_particles(reported, seen.channels, breast, marks, spacing, config.measure)
    found = foreign_objects.flag_areola(found, marks, spacing)
    found = tuple(_as_found(c, mammogram.frame, config) for c in found)
    clusters: tuple[Cluster, ...] = ()
    arteries: tuple[Vessel, ...] = ()
    call = distribution.not_calibrated()
    if mammogram.spacing is None:
        found = tuple(_without_mm(c) for c in found)
    else:
        if config.vessels.leave_out:
            model = vessel_model_of(config)
            found, arteries = vessels.flag_vessels(found, seen.channels, breast, marks, spacing, model, config.vessels)
            if arteries:
                fainter = vessels.may_lie_along([p for p in distinct if p not in joined], config.classify.threshold)
                likely = measure.measure_particles(fainter, seen.channels, breast, marks, spacing, config.measure)
                likely = tuple(_as_found(c, mammogram.frame, config) for c in likely)
                found, arteries = vessels.look_along(found, arteries, likely, seen.channels, breast, spacing, model)
                joined = (*joined, *_taken(fainter, found))
        found = morphology.classify_morphology(found, seen.channels[0], breast, spacing, config.morphology)
        counting, apart, reasons = morphology.set_apart(found, config.morphology)
        counting, clusters, call = _distribute(counting, apart, breast, marks, spacing, config)
        found = tuple(sorted((*counting, *apart), key=lambda c: c.number))
        clusters = _with_morphology(clusters, found, spacing, mammogram.identity.view, config)
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
        presence=classify.presence(distinct, spacing, config.classify),
        calcifications=found,
        clusters=clusters,
        distribution=call,
        flags=flags,
        candidates=_candidates(distinct, joined, mammogram.frame, config),
        medium=medium,
        vessels=arteries,
    )


def check_classifiers(config: Config) -> None:
    """
    Look at the classifiers that a configuration asks for, before any image.

    Raises
    ------
    ConfigurationError
        If a file cannot be used, or a classifier was trained under other
        settings and the configuration does not allow that.
    """
    media = list(Medium) if config.classify.medium == "auto" else [Medium(config.classify.medium)]
    for medium in media:
        classifier_of(settings_for(config, medium))
    if config.classify.file is not None and config.classify.by == "trees":
        own = load_classifier(config.classify.file, classify.FEATURES)
        apart = [differences(own.origin, before_particles(settings_for(config, medium))) for medium in media]
        if all(apart):
            _refuse("classify", apart[0], config.classify.on_other_settings)
    if config.vessels.leave_out:
        vessel_model_of(config)
    distribution_classifier_of(config)


def classifier_of(config: Config) -> BoostedTrees | None:
    """
    Give the classifier that a configuration asks for; None for the rule on strength.

    A file of one's own judges the medium under whose settings it was trained;
    images of the other one are judged by the classifier that comes with the
    program for it.

    Parameters
    ----------
    config : Config
        As `settings_for` gives it for the image's medium.

    Raises
    ------
    ConfigurationError
        If its file cannot be used, or if it was trained under other settings.
    """
    settings = config.classify
    if settings.by == "strength":
        return None
    upstream = before_particles(config)
    shipped = load_classifier(None, classify.FEATURES, medium_of(config, is_film=False))
    if settings.file is not None:
        own = load_classifier(settings.file, classify.FEATURES)
        if settings.on_other_settings == "flag" or not differences(own.origin, upstream):
            return own
    _refuse("classify", differences(shipped.origin, upstream), settings.on_other_settings)
    return shipped


def distribution_classifier_of(config: Config) -> BoostedClasses | None:
    """
    Give the classifier of distributions that a configuration asks for; None for the table alone.

    Raises
    ------
    ConfigurationError
        If its file cannot be used.
    """
    settings = config.distribution
    if settings.by == "table":
        return None
    trees = load_distribution_classifier(settings.file, distribution.FEATURES, distribution.CLASSES)
    _refuse("distribution", differences(trees.origin, before_distributions(config)), settings.on_other_settings)
    return trees


def vessel_model_of(config: Config) -> LogisticModel:
    """
    Give the model of arteries that a configuration asks for.

    It measures in millimetres and is asked under all settings of the search: those change which marks there are, and
    hardly what is measured of each.

    Raises
    ------
    ConfigurationError
        If its file cannot be used.
    """
    return load_vessel_model(config.vessels.file, vessels.FEATURES)


def _refuse(section: str, apart: tuple[str, ...], allowed: str) -> None:
    """Raise ConfigurationError if a classifier does not know the settings and that is not allowed."""
    if apart and allowed == "refuse":
        rule = {"classify": "strength", "distribution": "table"}[section]
        what_to_do = (
            f"train one for these settings (mammocalc train), take {section}.by={rule}, or allow it with a flag on "
            f"every image ({section}.on_other_settings=flag)"
        )
        reason = (
            f"the classifier was not trained under these settings: {'; '.join(apart)}. Take them back, {what_to_do}"
        )
        raise ConfigurationError(f"{section}.file", [Problem(f"{section}.on_other_settings", reason)])


def _untrained(config: Config, trees: BoostedTrees | None, *, with_distribution: bool) -> frozenset[Flag]:
    """Flag an image whose particles or patterns are judged by a classifier that does not know its settings."""
    unknown = trees is not None and bool(differences(trees.origin, before_particles(config)))
    if with_distribution and (classes := distribution_classifier_of(config)) is not None:
        unknown = unknown or bool(differences(classes.origin, before_distributions(config)))
    return frozenset({Flag.CLASSIFIER_UNTRAINED}) if unknown else frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What was found in one image before it is judged; the classifier is trained on the same."""

    density: Density
    breast: Breast
    spacing: PixelSpacing
    channels: tuple[Channel, ...]
    particles: tuple[Particle, ...]


def search(mammogram: Mammogram, config: Config) -> Search:
    """
    Find the breast and the particles in it: the stages up to the classifier.

    Parameters
    ----------
    mammogram : Mammogram
        One frame.
    config : Config
        The settings of all stages.

    Returns
    -------
    Search
        Its spacing is a nominal one where the image has none: filters must
        have some width.

    Raises
    ------
    UnreadableImage
        With reason ``no_breast`` where nothing can be judged.
    """
    nominal_mm = config.normalise.uncalibrated_pixel_mm
    spacing = mammogram.spacing or PixelSpacing(nominal_mm, nominal_mm)
    density = normalise.to_density(mammogram.pixels)
    breast = breast_stage.find_breast(density, spacing, config.breast)
    channels = _channels(density, breast, spacing, config)
    particles = detect.find_particles(channels, breast, config.detect)
    if mammogram.spacing is not None:  # a rod is one by its millimetres
        particles += rods.find_rods(channels, breast)
    return Search(density, breast, spacing, channels, particles)


def _channels(density: Density, breast: Breast, spacing: PixelSpacing, config: Config) -> tuple[Channel, ...]:
    """Make the top-hats of the breast's box, from fine to coarse, each with its noise."""
    image, step_px = normalise.blur(density, breast.box_px, spacing, config.normalise), 1
    finest, made = image, []
    for length_mm, next_px in zip(config.enhance.lengths_mm, enhance.steps_px(spacing, config.enhance), strict=True):
        is_multiple = next_px % step_px == 0  # then the last average is averaged again, which is much less to read
        image = enhance.average(image, next_px // step_px) if is_multiple else enhance.average(finest, next_px)
        step_px = next_px
        pixel_mm = spacing.mean_mm * step_px
        noise = normalise.measure_noise(image, breast, step_px, spacing, length_mm, config.normalise)
        residue = enhance.remove_background(image, length_mm, step_px, spacing, config.enhance)
        made.append(Channel(image, residue, noise, step_px, pixel_mm, length_mm, config.normalise.blur_mm))
    return tuple(made)


def _distribute(
    found: tuple[Calcification, ...],
    apart: tuple[Calcification, ...],
    breast: Breast,
    marks: Landmarks,
    spacing: PixelSpacing,
    config: Config,
) -> tuple[tuple[Calcification, ...], tuple[Cluster, ...], DistributionCall]:
    """Group the calcifications that count, and name the distribution of each cluster and of the image."""
    points_mm, trees = _points_mm(found, spacing), distribution_classifier_of(config)
    clusters: list[Cluster] = []
    groupings = clustering.find_clusters(points_mm, config.group)
    shapes = [
        cluster_features.describe_pattern(one.members, points_mm, breast, marks.known_nipple, spacing, config.pattern)
        for one in groupings
    ]
    for number, (grouping, shape) in enumerate(zip(groupings, shapes, strict=True), start=1):
        members = grouping.members
        hull_px = spacing.to_px(grouping.hull_mm)
        clusters.append(
            Cluster(
                number=number,
                members=tuple(found[i].number for i in members),
                extent_mm=grouping.extent_mm,
                area_mm2=grouping.area_mm2,
                density_per_cm2=grouping.density_per_cm2,
                hull_px=tuple((float(row), float(column)) for row, column in hull_px),
                distribution=_unless_vascular(
                    distribution.classify_pattern(shape, trees, config.distribution),
                    [found[i] for i in members],
                    apart,
                    spacing,
                    config.distribution.artery_near_mm,
                ),
            )
        )
    cluster_of = {member: cluster.number for cluster in clusters for member in cluster.members}
    shares = clustering.memberships(points_mm, groupings, config.group)
    found = tuple(
        replace(c, cluster=cluster_of.get(c.number), memberships=_firmest(row))
        for c, row in zip(found, shares, strict=True)
    )
    whole = None
    if len(groupings) == 1 and len(groupings[0].members) == len(found):  # described already
        [whole] = shapes
    elif len(found) >= 2:
        whole = cluster_features.describe_pattern(
            range(len(found)), points_mm, breast, marks.known_nipple, spacing, config.pattern
        )
    calls = [cluster.distribution for cluster in clusters]
    first = _of_first_look(found, config)
    spread = _spread(first, apart, clusters, breast, spacing, config)
    call = distribution.classify_image(spread, whole, calls, trees, config.distribution)
    second = len(found) - len(first)
    if second and all(call.reasons[0] != cluster.reasons[0] for cluster in calls):  # a cluster counts all its members
        reason = f"{second} that only a second look within a cluster reported {'is' if second == 1 else 'are'} listed"
        call = replace(call, reasons=(*call.reasons, f"{reason} and not counted for the word of the image"))
    return found, tuple(clusters), call


def _of_first_look(found: Sequence[Calcification], config: Config) -> list[Calcification]:
    """Leave out what only a cluster made a calcification; what a crowd made one on film was found without any."""
    limit = config.classify.crowd_score
    return [c for c in found if Flag.SECOND_LOOK not in c.flags or c.score >= limit]


def _spread(
    counting: Sequence[Calcification],
    apart: Sequence[Calcification],
    clusters: Sequence[Cluster],
    breast: Breast,
    spacing: PixelSpacing,
    config: Config,
) -> Spread:
    """Part the calcifications as the words of images do: in arteries, typically benign, and the rest."""
    settings = config.distribution
    tight = {Distribution.GROUPED, Distribution.LINEAR, Distribution.SEGMENTAL}
    in_pattern = {n for c in clusters if c.distribution.label in tight for n in c.members}
    doubtful = [c for c in counting if _is_arterial(c)]
    coarse = [
        c
        for c in counting
        if not _is_arterial(c)
        and c.number not in in_pattern
        and (c.diameter_mm or 0.0) >= settings.coarse_min_diameter_mm
    ]
    left = {c.number for c in counting} - {c.number for c in (*doubtful, *coarse)}
    arterial = sum(_is_arterial(c) for c in apart)
    return cluster_features.measure_spread(
        _points_mm(tuple(c for c in counting if c.number in left), spacing),
        Tally(
            arterial=arterial + len(doubtful),
            possibly_arterial=len(doubtful),
            benign=len(apart) - arterial + len(coarse),
            microcalcifications=sum(c.size is CalcificationSize.MICRO for c in counting),
            unsure=sum(c.number in left and c.score < _SURE_ALONE for c in counting),
        ),
        (config.pattern.circle_mm, settings.grouped_max_extent_mm),
        breast,
        spacing,
    )


def _is_arterial(calcification: Calcification) -> bool:
    return bool(calcification.flags & {Flag.VASCULAR, Flag.POSSIBLY_VASCULAR})


def _unless_vascular(
    call: DistributionCall,
    members: Sequence[Calcification],
    apart: Sequence[Calcification],
    spacing: PixelSpacing,
    near_mm: float,
) -> DistributionCall:
    """Withhold a descriptor where most of its members may lie in the wall of an artery, or one lies near a line."""
    doubtful = sum(Flag.POSSIBLY_VASCULAR in c.flags for c in members)
    if 2 * doubtful > len(members):
        reason = f"{doubtful} of {len(members)} lie in two short parallel rows, which may be the walls of an artery"
        return distribution.withhold(call, reason)
    arterial = tuple(c for c in apart if _is_arterial(c))
    if call.label not in {Distribution.LINEAR, Distribution.SEGMENTAL} or not arterial:
        return call
    away_mm = cdist(_points_mm(arterial, spacing), _points_mm(tuple(members), spacing)).min(axis=1)
    near = int((away_mm <= near_mm).sum())
    if not near:
        return call
    many = f"{near} calcification{' lies' if near == 1 else 's lie'}"
    return distribution.withhold(call, f"{many} on an artery within {near_mm:g} mm: these may be a part of it")


def _firmest(shares: NDArray[np.float64]) -> tuple[tuple[int, float], ...]:
    """Give the clusters that a calcification may belong to by number, the firmest first."""
    order = np.argsort(-shares, kind="stable")
    return tuple((int(k) + 1, float(shares[k])) for k in order if shares[k] >= _LEAST_MEMBERSHIP)


def _with_morphology(
    clusters: tuple[Cluster, ...], found: tuple[Calcification, ...], spacing: PixelSpacing, view: View, config: Config
) -> tuple[Cluster, ...]:
    """Say what kind of calcifications each cluster holds."""
    by_number = {c.number: c for c in found}
    return tuple(
        replace(
            cluster,
            morphology=morphology.classify_cluster(
                [by_number[number] for number in cluster.members], spacing, view, config.morphology
            ),
        )
        for cluster in clusters
    )


def _look_again(distinct: Sequence[Particle], spacing: PixelSpacing, config: Config) -> tuple[Particle, ...]:
    """Give what is to be reported as well because of the clusters of what is; ``distinct`` are the surest first."""
    sure = [(p.row_px, p.column_px) for p in distinct if p.score >= config.classify.threshold]
    clusters = clustering.find_clusters(spacing.to_mm(np.array(sure).reshape(-1, 2)), config.group)
    return classify.look_again(distinct, [cluster.members for cluster in clusters], spacing, config.classify)


def _taken(particles: Sequence[Particle], found: Sequence[Calcification]) -> list[Particle]:
    """Give the particles that a second look along arteries reports: its calcifications lie at their peaks."""
    along = [c for c in found if {Flag.SECOND_LOOK, Flag.VASCULAR} <= c.flags]
    return [min(particles, key=lambda p, c=c: abs(p.row_px - c.row_px) + abs(p.column_px - c.column_px)) for c in along]  # type: ignore[misc]


def _as_found(calcification: Calcification, frame: int, config: Config) -> Calcification:
    """Say of a calcification in which frame it is, and whether only its cluster made it one."""
    is_second = calcification.score < config.classify.threshold
    flags = calcification.flags | ({Flag.SECOND_LOOK} if is_second else frozenset())
    return replace(calcification, frame=frame, flags=flags)


def _points_mm(found: tuple[Calcification, ...], spacing: PixelSpacing) -> NDArray[np.float64]:
    return spacing.to_mm(np.array([(c.row_px, c.column_px) for c in found]).reshape(-1, 2))


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
        if config.detect.min_score <= p.score < config.classify.threshold and p not in taken
    )
