"""Settings upstream of a learned classifier, which accepts only those it was trained under."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from mammocalc.stages import clustering, detect, enhance, normalise
from mammocalc.stages.classify import particles
from mammocalc.stages.cluster_features import features
from mammocalc.vocabulary.lexicon import Medium

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.config.composition import Config

_PARTICLE_FLOORS: Final = ("detect.candidate_sigma", "detect.threshold_sigma")
"""Limits that leave particles out. Higher ones take weak particles away and leave the others as they are; lower ones
bring in what the classifier has never seen."""


def before_particles(config: Config) -> dict[str, Any]:
    """
    Give the numbers that a particle classifier depends on: what changes how a particle looks, and which are left out.

    Not among them are the margins of the breast, which change only where particles may be.

    Parameters
    ----------
    config : Config
        That of the medium which is analysed.

    Returns
    -------
    dict
        Values by name, such as ``normalise.blur_mm``; all but ``detect.threshold_sigma`` are constants. Where one is
        changed in the program, its particle classifiers are refused until they are trained again
        (``mammocalc train``).
    """
    medium = Medium.DIGITAL if config.classify.medium == "auto" else Medium(config.classify.medium)
    return {
        "normalise.blur_mm": normalise.BLUR_MM[medium],
        "normalise.hot_pixel_mm": normalise.HOT_PIXEL_MM,
        "normalise.hot_pixel_share": normalise.HOT_PIXEL_SHARE[medium],
        "normalise.hot_pixel_sigma": normalise.HOT_PIXEL_SIGMA,
        "normalise.noise_floor": normalise.NOISE_FLOOR,
        "normalise.noise_levels": normalise.NOISE_LEVELS,
        "normalise.noise_window_share": normalise.NOISE_WINDOW_SHARE,
        "enhance.lengths_mm": list(enhance.LENGTHS_MM),
        "enhance.pixels_mm": list(enhance.PIXELS_MM),
        "enhance.angles": enhance.ANGLES,
        "detect.directions": detect.DIRECTIONS,
        "detect.separation_mm": detect.SEPARATION_MM,
        "classify.trees_up_to_mm": particles.TREES_UP_TO_MM,
        "detect.candidate_sigma": min(detect.CANDIDATE_SIGMA, config.detect.threshold_sigma),
        "detect.threshold_sigma": config.detect.threshold_sigma,
    }


def before_distributions() -> dict[str, Any]:
    """
    Give the numbers that a classifier of distributions depends on: which points are a set, and what is measured of it.

    All of them are constants. Not among them are the circle of the definitions, for the trees count in their own, and
    the fewest members of a cluster, which leaves whole clusters out.

    Returns
    -------
    dict
        Values by name, such as ``group.longest_reach_mm``. Where one is changed in the program, its classifiers of
        distributions are refused until they are trained again (``mammocalc train --distribution``).
    """
    return {
        "group.reach_factor": clustering.REACH_FACTOR,
        "group.shortest_reach_mm": clustering.SHORTEST_REACH_MM,
        "group.longest_reach_mm": clustering.LONGEST_REACH_MM,
        "pattern.thinning_mm": features.THINNING_MM,
        "pattern.cover_mm": features.COVER_MM,
        "pattern.straight_mm": features.STRAIGHT_MM,
        "pattern.rim_mm": features.RIM_MM,
    }


def origin_of(upstream: Mapping[str, Any]) -> dict[str, Any]:
    """
    Give what a classifier's file records of the settings that it was trained under.

    Parameters
    ----------
    upstream : mapping
        Values by the path of their setting: `before_particles` or `before_distributions`.

    Returns
    -------
    dict
        The values themselves, and a digest of them.
    """
    return {"settings_digest": digest_of(upstream), "settings": dict(upstream)}


def digest_of(upstream: Mapping[str, Any]) -> str:
    """
    Compute the digest of the settings upstream of a classifier.

    Returns
    -------
    str
        The first 16 hexadecimal digits of the SHA-256 of their canonical JSON.
    """
    canonical = json.dumps(upstream, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:16]


def differences(origin: Mapping[str, Any], upstream: Mapping[str, Any]) -> tuple[str, ...]:
    """
    Name the settings that are not those a classifier was trained under.

    Parameters
    ----------
    origin : mapping
        Of the classifier: what `origin_of` gave when it was trained.
    upstream : mapping
        What the configuration says.

    Returns
    -------
    tuple of str
        A phrase for each, such as ``normalise.blur_mm is 0.2, trained with
        0.055``. Empty where the classifier may be asked.
    """
    trained, fingerprint = origin.get("settings"), origin.get("settings_digest")
    if not isinstance(trained, dict) or fingerprint is None:
        return ("its file does not say under which settings it was trained",)
    if fingerprint == digest_of(upstream):
        return ()
    if fingerprint != digest_of(trained):
        return ("its file was changed: the settings in it do not have the digest in it",)
    differ = [
        path for path in sorted({*trained, *upstream}) if not _is_covered(path, upstream.get(path), trained.get(path))
    ]
    lower, named = _PARTICLE_FLOORS
    if {lower, named} <= set(differ) and upstream[lower] == upstream[named]:
        differ.remove(lower)  # it follows the other, which is the one that somebody can set
    return tuple(
        f"{path} is {json.dumps(upstream.get(path))}, trained with {json.dumps(trained.get(path))}" for path in differ
    )


def _is_covered(path: str, value: Any, trained: Any) -> bool:
    if path in _PARTICLE_FLOORS and value is not None and trained is not None:
        return bool(value >= trained)
    return bool(value == trained)
