"""Classifier files, read and checked: those that come with the program, and users' own."""

from __future__ import annotations

import functools
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mammocalc.classifiers.logistic import LogisticModel
from mammocalc.classifiers.logistic import from_json as model_from_json
from mammocalc.classifiers.trees import BoostedClasses, BoostedTrees, classes_from_json, from_json
from mammocalc.vocabulary.errors import ConfigurationError, Problem
from mammocalc.vocabulary.lexicon import Medium

if TYPE_CHECKING:
    from collections.abc import Callable

_Classifier = TypeVar("_Classifier", BoostedTrees, BoostedClasses, LogisticModel)

SHIPPED = {Medium.DIGITAL: "particle_classifier.json", Medium.FILM: "film_particle_classifier.json"}
SHIPPED_DISTRIBUTION = "distribution_classifier.json"
SHIPPED_VESSELS = "vessel_model.json"


@functools.cache
def load_classifier(file: str | None, features: tuple[str, ...], medium: Medium = Medium.DIGITAL) -> BoostedTrees:
    """
    Read a classifier.

    Parameters
    ----------
    file : str or None
        Path of a file made by ``mammocalc train``; None for the shipped one.
    features : tuple of str
        The features that the program computes; the classifier must ask for
        just these.
    medium : Medium
        Which of the shipped ones.

    Returns
    -------
    BoostedTrees

    Raises
    ------
    ConfigurationError
        If the file cannot be read or was made for other features.
    """
    return _read(file, SHIPPED[medium], "classify.file", from_json, lambda trees: trees.features == features)


@functools.cache
def load_distribution_classifier(
    file: str | None, features: tuple[str, ...], classes: tuple[str, ...]
) -> BoostedClasses:
    """
    Read a classifier of distributions.

    Parameters
    ----------
    file : str or None
        Path of a file made by ``mammocalc train --distribution``; None for the
        shipped one.
    features, classes : tuple of str
        What the program computes and understands; the classifier must have
        just these.

    Returns
    -------
    BoostedClasses

    Raises
    ------
    ConfigurationError
        If the file cannot be read or was made for other features.
    """
    made_for = features, classes
    return _read(
        file,
        SHIPPED_DISTRIBUTION,
        "distribution.file",
        classes_from_json,
        lambda trees: (trees.features, trees.classes) == made_for,
    )


@functools.cache
def load_vessel_model(file: str | None, features: tuple[str, ...]) -> LogisticModel:
    """
    Read a model of arteries.

    Parameters
    ----------
    file : str or None
        Path of a file made by ``mammocalc train --vessels``; None for the shipped one.
    features : tuple of str
        What the program measures; the model must ask for just these.

    Returns
    -------
    LogisticModel

    Raises
    ------
    ConfigurationError
        If the file cannot be read or was made for other features.
    """
    return _read(file, SHIPPED_VESSELS, "vessels.file", model_from_json, lambda model: model.features == features)


def _read(
    file: str | None,
    shipped: str,
    setting: str,
    parse: Callable[[Any], _Classifier],
    fits: Callable[[_Classifier], bool],
) -> _Classifier:
    try:
        if file is None:
            text = resources.files("mammocalc.classifiers").joinpath("data", shipped).read_text(encoding="utf-8")
        else:
            text = Path(file).read_text(encoding="utf-8")
        classifier = parse(json.loads(text))
    except (OSError, ValueError) as error:
        reason = f"cannot be used ({error if isinstance(error, ValueError) else type(error).__name__})"
        raise ConfigurationError(setting, [Problem(setting, reason)]) from error
    if not fits(classifier):
        reason = "was made by another version, which measured other features; train it anew"
        raise ConfigurationError(setting, [Problem(setting, reason)])
    return classifier
