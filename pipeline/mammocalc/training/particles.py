"""Training of the particle classifier, on simulated mammograms and images of users."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mammocalc import __version__
from mammocalc.config import before_particles, medium_of, origin_of, settings_for
from mammocalc.dicom import read_mammogram
from mammocalc.dicom.reader.settings import DicomSettings
from mammocalc.simulation import simulate
from mammocalc.simulation.insertion.folder import insert_into_copies
from mammocalc.simulation.insertion.recipe import InsertRecipe
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.stages.classify import FEATURES
from mammocalc.training.fitting import boosting_library, carry_over, grow, grown_by, lines_of, open_trainers, write_file
from mammocalc.training.particle_examples import PlantedPoint, describe_image
from mammocalc.training.particle_scenes import training_scenes
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Medium, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.trees import BoostedTrees
    from mammocalc.config import Config

    _Described = tuple[NDArray[np.float32], NDArray[np.bool_]]

_MOST_DRAWS = 6
"""An image is put into at most so many times: its background is the same each time."""

_ROUNDS: Final = 500
_SHAPE: Final = MappingProxyType(
    {"objective": "binary", "num_leaves": 12, "min_data_in_leaf": 40, "learning_rate": 0.08, "lambda_l2": 1.0}
    | {"bagging_fraction": 0.7, "bagging_freq": 1, "feature_fraction": 0.5, "seed": 1}
)
"""In LightGBM's words. Each tree is grown on 7 of 10 particles and half of the features, drawn from a fixed seed: the
trees depend less on single particles (stochastic gradient boosting, Friedman 2002)."""


def train_on_simulations(
    count: int, seed: int, config: Config, workers: int, on_image: Callable[[int], None] = lambda _: None
) -> BoostedTrees:
    """
    Simulate mammograms, describe the particles in them and fit trees to tell which were planted.

    Parameters
    ----------
    count : int
        Number of images; two hundred are nearly enough, more of the same add little.
    seed : int
        Equal seeds give equal trees on one platform, for any number of processes.
    config : Config
        The settings of the search, which the classifier belongs to from then on, and the medium: film, else digital.
    workers : int
        Number of processes.
    on_image : callable
        Called with the number of images that are done.

    Returns
    -------
    BoostedTrees

    Raises
    ------
    UsageError
        If LightGBM cannot be used.
    """
    boosting_library()
    medium = medium_of(config, is_film=False)
    config = settings_for(config, medium)
    described = list(_counted(_describe_scenes(count, seed, config, medium, workers), 0, on_image))
    return _fit_all(described, seed, config, {"trained_on": f"simulated mammograms, {medium}", "images": count})


def train_on_images(
    into: Path,
    count: int,
    seed: int,
    config: Config,
    workers: int,
    only: frozenset[str] | None = None,
    on_image: Callable[[int], None] = lambda _: None,
) -> BoostedTrees:
    """
    Put calcifications into copies of real images, simulate others, and fit trees on both to tell which were planted.

    The copies teach what one's own detector and tissue look like, the
    simulated ones how calcifications look that nobody puts into an image:
    arteries, casts, rims. Copies are made with one seed after the other until
    there are about as many as simulated images.

    Parameters
    ----------
    into : Path
        A folder of mammograms without calcifications: what is in them
        already is learnt as not being one.
    count : int
        Number of simulated images.
    seed : int
        Equal seeds give equal trees on one platform.
    config : Config
        The settings of the search.
    workers : int
        Number of processes, for the simulated images.
    only : frozenset of str or None
        SOP Instance UIDs of the images that are used; None for all.
    on_image : callable
        Called with the number of images that are done.

    Returns
    -------
    BoostedTrees

    Raises
    ------
    UsageError
        If no image could be used, or LightGBM cannot be.
    """
    boosting_library()
    medium = medium_of(config, is_film=False)
    config = settings_for(config, medium)
    described = list(_counted(_describe_copies(into, seed, config, only), 0, on_image))
    if not described:
        message = "none of the images could be used; run mammocalc simulate --into to see why"
        raise UsageError(message)
    own, draws = len(described), min(max(round(count / len(described)), 1), _MOST_DRAWS)
    for draw in range(1, draws):
        copies = _describe_copies(into, seed + draw, config, only)
        described += _counted(copies, len(described), on_image)
    put_in = len(described)
    described += _counted(_describe_scenes(count, seed, config, medium, workers), put_in, on_image)
    origin = {
        "trained_on": f"calcifications put into {own} images, and simulated mammograms, {medium}",
        "images": len(described),
        "images_put_into": put_in,
    }
    return _fit_all(described, seed, config, origin)


def _fit_all(described: Sequence[_Described], seed: int, config: Config, origin: dict[str, Any]) -> BoostedTrees:
    table, is_planted = (np.concatenate(parts) for parts in zip(*described, strict=True))
    said = {
        **origin,
        "seed": seed,
        "particles": len(table),
        "planted": int(is_planted.sum()),
        "version": __version__,
        "grown_by": grown_by(),
        **origin_of(before_particles(config)),
    }
    return fit(table, is_planted, said)


def _counted(described: Iterable[_Described], before: int, on_image: Callable[[int], None]) -> Iterator[_Described]:
    """Pass images on, and tell how many there have been, with those before."""
    for done, one in enumerate(described, start=before + 1):
        on_image(done)
        yield one


def _describe_scenes(count: int, seed: int, config: Config, medium: Medium, workers: int) -> Iterator[_Described]:
    with open_trainers(workers) as pool:
        yield from pool.map(_describe_scene, training_scenes(count, seed, medium), itertools.repeat(config))


def _describe_copies(into: Path, seed: int, config: Config, only: frozenset[str] | None) -> Iterator[_Described]:
    """Put calcifications into copies of the images of a folder, one after the other, and describe them."""
    with tempfile.TemporaryDirectory() as folder:
        copies = Path(folder) / "copies"
        for row in insert_into_copies(copies, into, InsertRecipe(), seed, config, only):
            if row.status is not Status.ANALYSED or row.sop_instance_uid is None:
                continue
            [path] = copies.rglob(f"*{row.sop_instance_uid}.dcm")
            yield _describe_file(path, copies / "truth" / f"{row.sop_instance_uid}.json", config)
            path.unlink()  # full-size copies of a whole folder would fill the disk


def _describe_scene(scene: Scene, config: Config) -> _Described:
    """Simulate one scene, and read it as every image is read."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), Recipe(scenes=(scene,)))
        [truth] = (Path(folder) / "truth").glob("*.json")
        return _describe_file(Path(folder) / f"{scene.name}.dcm", truth, config)


def _describe_file(path: Path, truth: Path, config: Config) -> _Described:
    mammogram = read_mammogram(path, DicomSettings())
    planted = json.loads(truth.read_text(encoding="utf-8"))["points"]
    points = [PlantedPoint(p["row"], p["column"], p["length_mm"]) for p in planted]
    return describe_image(mammogram, points, config)


def fit(table: NDArray[np.float32], is_planted: NDArray[np.bool_], origin: dict[str, Any]) -> BoostedTrees:
    """
    Fit boosted trees to described particles.

    Parameters
    ----------
    table : ndarray of float32, shape (n, len(FEATURES))
    is_planted : ndarray of bool, shape (n,)
    origin : dict
        On what it was trained; stands in the file.

    Returns
    -------
    BoostedTrees
        Their sum is the logarithm of the odds on images like these.

    Raises
    ------
    UsageError
        If LightGBM cannot be used, or one of the two classes is missing.
    """
    if is_planted.all() or not is_planted.any():
        message = "the images hold no calcifications, or nothing else; there is nothing to learn from"
        raise UsageError(message)
    [trees] = carry_over(grow(table, is_planted, FEATURES, _ROUNDS, _SHAPE), FEATURES, origin)
    return trees


def write_classifier(trees: BoostedTrees, path: Path) -> None:
    """
    Write a classifier so that `mammocalc.classifiers.files.load_classifier` can read it.

    Parameters
    ----------
    trees : BoostedTrees
    path : Path
        Its folder is made if needed; an old file is replaced.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = trees.to_json()
    grown = lines_of(document.pop("trees"))
    write_file(path, document, f'"trees": [\n{grown}\n ]')
