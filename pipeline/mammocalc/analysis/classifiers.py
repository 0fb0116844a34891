"""The classifiers of an image, and whether they were trained under its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.classifiers.files import load_classifier, load_distribution_classifier, load_vessel_model
from mammocalc.config import before_distributions, before_particles, differences, medium_of, settings_for
from mammocalc.stages import classify, distribution, vessels
from mammocalc.vocabulary.errors import ConfigurationError, Problem
from mammocalc.vocabulary.lexicon import Flag, Medium

if TYPE_CHECKING:
    from mammocalc.classifiers.logistic import LogisticModel
    from mammocalc.classifiers.trees import BoostedClasses, BoostedTrees
    from mammocalc.config import Config


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

    A file of one's own is for the medium under whose settings it was trained;
    images of the other one are analysed by the classifier that comes with the
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
    Give the classifier of distributions that a configuration asks for; None for the table only.

    Raises
    ------
    ConfigurationError
        If its file cannot be used.
    """
    settings = config.distribution
    if settings.by == "table":
        return None
    trees = load_distribution_classifier(settings.file, distribution.FEATURES, distribution.CLASSES)
    _refuse("distribution", differences(trees.origin, before_distributions()), settings.on_other_settings)
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


def flag_untrained(config: Config, trees: BoostedTrees | None, *, with_distribution: bool) -> frozenset[Flag]:
    """Flag an image whose classifiers were trained under other settings."""
    unknown = trees is not None and bool(differences(trees.origin, before_particles(config)))
    if with_distribution and (classes := distribution_classifier_of(config)) is not None:
        unknown = unknown or bool(differences(classes.origin, before_distributions()))
    return frozenset({Flag.CLASSIFIER_UNTRAINED}) if unknown else frozenset()
