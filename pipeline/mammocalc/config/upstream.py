"""Which settings stand before a learned classifier: it knows those that it was trained under, and no others."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from mammocalc.stages import clustering
from mammocalc.stages.cluster_features import features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.config.composition import Config

_PARTICLES: Final = (
    "normalise.blur_mm",
    "normalise.hot_pixel_mm",
    "normalise.hot_pixel_share",
    "normalise.hot_pixel_sigma",
    "normalise.noise_floor",
    "normalise.noise_levels",
    "normalise.noise_window_share",
    "enhance.lengths_mm",
    "enhance.pixels_mm",
    "enhance.angles",
    "detect.directions",
    "detect.separation_mm",
    "classify.trees_up_to_mm",
)
"""What changes how a particle looks in numbers. The margins of the breast change only where particles may be."""

_PARTICLE_FLOORS: Final = ("detect.candidate_sigma", "detect.threshold_sigma")
"""Limits that leave particles out. Higher ones take weak particles away and leave the others as they are; lower ones
bring in what the classifier has never seen."""


def before_particles(config: Config) -> dict[str, Any]:
    """
    Give the settings that a particle classifier depends on.

    Parameters
    ----------
    config : Config
        That of the medium which is analysed.

    Returns
    -------
    dict
        Values by the path of their setting, such as ``normalise.blur_mm``.
    """
    return _values(config, (*_PARTICLES, *_PARTICLE_FLOORS))


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
    Fingerprint settings that stand before a classifier.

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
    return tuple(
        f"{path} is {json.dumps(upstream.get(path))}, trained with {json.dumps(trained.get(path))}"
        for path in sorted({*trained, *upstream})
        if not _is_covered(path, upstream.get(path), trained.get(path))
    )


def _is_covered(path: str, value: Any, trained: Any) -> bool:
    if path in _PARTICLE_FLOORS and value is not None and trained is not None:
        return bool(value >= trained)
    return bool(value == trained)


def _values(config: Config, paths: tuple[str, ...]) -> dict[str, Any]:
    document = config.model_dump(mode="json")
    values = {}
    for path in paths:
        section, _, key = path.partition(".")
        values[path] = document[section][key]
    return values
