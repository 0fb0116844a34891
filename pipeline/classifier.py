"""The door to classifier files: the one that comes with the program, and users' own."""

from __future__ import annotations

import functools
import json
from importlib import resources
from pathlib import Path

from pipeline.boosting import BoostedTrees, from_json
from pipeline.errors import ConfigurationError, Problem
from pipeline.lexicon import Medium

SHIPPED = {Medium.DIGITAL: "particle_classifier.json", Medium.FILM: "film_particle_classifier.json"}


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
    try:
        if file is None:
            text = resources.files("pipeline").joinpath(SHIPPED[medium]).read_text(encoding="utf-8")
        else:
            text = Path(file).read_text(encoding="utf-8")
        trees = from_json(json.loads(text))
    except (OSError, ValueError) as error:
        reason = f"cannot be used ({error if isinstance(error, ValueError) else type(error).__name__})"
        raise ConfigurationError("classify.file", [Problem("classify.file", reason)]) from error
    if trees.features != features:
        reason = "was made by another version, which described particles by other features; train it anew"
        raise ConfigurationError("classify.file", [Problem("classify.file", reason)])
    return trees
