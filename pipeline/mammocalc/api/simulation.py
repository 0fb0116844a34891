"""`mc.simulate`: synthetic mammograms with their truth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mammocalc.api.arguments import as_whole
from mammocalc.api.paths import require_folder_path
from mammocalc.model.mistakes import problems_of
from mammocalc.simulation import Recipe, default_recipe, load_recipe
from mammocalc.simulation import simulate as write_images
from mammocalc.simulation.patient import PatientRecipe, simulate_studies
from mammocalc.simulation.recipe import load_settings
from mammocalc.vocabulary.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def simulate(
    folder: str | os.PathLike[str],
    recipe: str
    | os.PathLike[str]
    | Mapping[str, Any]
    | Sequence[Mapping[str, Any]]
    | Recipe
    | PatientRecipe
    | None = None,
    *,
    seed: int | None = None,
    studies: int | None = None,
) -> tuple[Path, ...]:
    """
    Write synthetic mammograms as DICOM, with the truth of each.

    Parameters
    ----------
    folder : str or Path
        The folder, made if needed. The truths are written to its subfolder ``truth``, where `evaluate` finds them.
    recipe : str, Path, mapping, sequence of mappings or None
        A YAML file, or its content: ``{"scenes": [{"name": "a", "kind": "grouped"}]}``, or only the scenes.
        None draws twelve images, one of each kind. With ``studies`` a recipe of patients, or None for
        both breasts in CC and MLO on two dates.
    seed : int or None
        From 0 to 4294967295. Other seeds give other images; equal ones give equal bytes. None is 1, or the seeds of the
        recipe.
    studies : int or None
        Number of patients whose studies are written. Each breast is the same in all images; its calcifications stay,
        grow, appear and disappear. None writes single images.

    Returns
    -------
    tuple of Path
        The images, in the order of the recipe.

    Raises
    ------
    ConfigurationError
        If the recipe has mistakes.
    UsageError
        If the folder holds truths of other images, or the seed or the number of patients is not valid.
    OutputError
        If the folder cannot be written to.

    Examples
    --------
    >>> simulate("folder", [{"name": "a", "seed": 1, "kind": "gruoped"}])
    Traceback (most recent call last):
        ...
    mammocalc.vocabulary.errors.ConfigurationError: the recipe: 1 problem
      scenes.0.kind: must be ...
    """
    given = None if seed is None else as_whole(seed)
    if seed is not None and (given is None or not 0 <= given < 2**32):
        message = f"seed={seed!r}: give a whole number from 0 to 4294967295"
        raise UsageError(message)
    place = require_folder_path(folder, "folder")
    if studies is not None:
        count = as_whole(studies)
        if count is None or count < 1:
            message = f"studies={studies!r}: give the number of patients, at least 1"
            raise UsageError(message)
        patients = _read_patients(recipe)
        return simulate_studies(place, count, patients, seed=1 if given is None else given, is_alone=True)
    if isinstance(recipe, PatientRecipe):
        raise UsageError("a PatientRecipe makes patients: say how many by studies=")
    if recipe is None:
        scenes = default_recipe(1 if given is None else given)
    else:
        scenes = _read(recipe)
        reseeded = [scene.model_copy(update={"seed": scene.seed + (given or 0)}) for scene in scenes.scenes]
        scenes = scenes.model_copy(update={"scenes": tuple(reseeded)})
    return write_images(place, scenes, is_alone=True)


def _read_patients(recipe: object) -> PatientRecipe:
    """Give a recipe of patients; ConfigurationError with all its mistakes."""
    if isinstance(recipe, PatientRecipe):
        return recipe
    if isinstance(recipe, str | os.PathLike):
        return load_settings(Path(recipe), PatientRecipe)
    try:
        return PatientRecipe.model_validate({} if recipe is None else recipe)
    except ValidationError as error:
        raise ConfigurationError("the recipe", problems_of(error, PatientRecipe, "recipe")) from None


def _read(recipe: object) -> Recipe:
    """Give a recipe; ConfigurationError with all its mistakes."""
    if isinstance(recipe, Recipe):
        return recipe
    if isinstance(recipe, str | os.PathLike):
        return load_recipe(Path(recipe))
    if not isinstance(recipe, Mapping):
        recipe = {"scenes": recipe}
    try:
        return Recipe.model_validate(recipe)
    except ValidationError as error:
        raise ConfigurationError("the recipe", problems_of(error, Recipe, "recipe")) from None
