"""How the particle classifier is trained: on simulated mammograms, and images of one's own, with a fixed seed."""

from __future__ import annotations

import itertools
import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mammocalc import __version__
from mammocalc.analysis.search import search
from mammocalc.config import before_particles, medium_of, origin_of, settings_for
from mammocalc.dicom import read_mammogram
from mammocalc.dicom.reader.settings import DicomSettings
from mammocalc.simulation import simulate
from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.insertion.folder import plant
from mammocalc.simulation.insertion.recipe import InsertRecipe
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Detector, Kind, Photometric
from mammocalc.stages.classify import FEATURES, describe_particles, most_prominent
from mammocalc.training.fitting import boosting_library, carry_over, lines_of, open_trainers, write_file
from mammocalc.vocabulary.errors import CallError, UnreadableImage
from mammocalc.vocabulary.lexicon import Laterality, Medium, PresentationIntent, Status, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from mammocalc.classifiers.trees import BoostedTrees
    from mammocalc.config import Config
    from mammocalc.model import Mammogram
    from mammocalc.vocabulary.geometry import PixelSpacing

    _Described = tuple[NDArray[np.float32], NDArray[np.bool_]]

_HIT_MM = 0.5
_RIM_MM = 0.15
_MOST_DRAWS = 6
"""An image is put into at most so many times: its background is the same each time."""


@dataclass(frozen=True, slots=True)
class PlantedPoint:
    """A planted calcification: its position in pixels and its length."""

    row_px: float
    column_px: float
    length_mm: float


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
        Equal seeds give equal trees on one platform.
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
    CallError
        If scikit-learn is missing.
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
    CallError
        If no image could be used, or scikit-learn is missing.
    """
    boosting_library()
    medium = medium_of(config, is_film=False)
    config = settings_for(config, medium)
    described = list(_counted(_describe_copies(into, seed, config, only), 0, on_image))
    if not described:
        message = "none of the images could be used; run mammocalc simulate --into to see why"
        raise CallError(message)
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
    counts = {"particles": len(table), "planted": int(is_planted.sum())}
    trained_under = origin_of(before_particles(config))
    return fit(table, is_planted, seed, {**origin, "seed": seed, **counts, "version": __version__, **trained_under})


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
        for row in plant(copies, into, InsertRecipe(), seed, config, only):
            if row.status is not Status.JUDGED or row.sop_instance_uid is None:
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


def training_scenes(count: int, seed: int, medium: Medium) -> tuple[Scene, ...]:
    """
    Draw scenes for training, wider than any one detector, dose or breast.

    Parameters
    ----------
    count : int
        How many; all kinds take turns. The first of many are the same as those of few.
    seed : int
        Equal seeds give equal scenes. Their own seeds begin at 5e8 + 1e6 x
        seed, those of films at 7.5e8 + 1e6 x seed, far from those of
        `default_recipe` and of `sample_data`, so that nothing is tested on
        what was trained on.
    medium : Medium
        Digital detectors, or digitised films.

    Returns
    -------
    tuple of Scene
    """
    return _film_scenes(count, seed) if medium is Medium.FILM else _digital_scenes(count, seed)


def _digital_scenes(count: int, seed: int) -> tuple[Scene, ...]:
    """Draw digital images: pixel sizes, doses, detectors, raw and processed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 20])))
    detectors = (Detector.DIRECT, Detector.SCINTILLATOR)
    scenes = []
    for number in range(count):
        pixel_mm = float(rng.choice([0.05, 0.06, 0.07, 0.085, 0.1, 0.114, 0.14]))
        height_mm = float(rng.uniform(95, 130) if pixel_mm > 0.06 else rng.uniform(80, 95))
        is_raw = bool(rng.random() < 0.3)
        scenes.append(
            Scene(
                **_common(number, 500_000_000 + 1_000_000 * seed, "training"),
                field_mm=(height_mm, 0.75 * height_mm),
                pixel_spacing_mm=pixel_mm,
                density=float(rng.uniform(0.1, 0.75)),
                knots=int(rng.integers(0, 9)),
                hot_pixels=int(rng.integers(0, 4)),
                snr=(4.0, float(rng.choice([40.0, 80.0, 120.0, 200.0]))),
                quanta_per_mm2=_log_uniform(rng, 1.5e5, 1.2e6),
                detector=detectors[int(rng.integers(len(detectors)))],
                intent=PresentationIntent.FOR_PROCESSING if is_raw else PresentationIntent.FOR_PRESENTATION,
                photometric=Photometric.MONOCHROME1 if is_raw else Photometric.MONOCHROME2,
                bits=14 if is_raw else int(rng.choice([10, 12])),
            )
        )
    return tuple(scenes)


def _film_scenes(count: int, seed: int) -> tuple[Scene, ...]:
    """Draw films: scanners, grains, dust and scratches of many kinds."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 21])))
    scenes = []
    for number in range(count):
        pixel_mm = float(rng.choice([0.05, 0.1, 0.2, 0.2]))
        height_mm = {0.05: 90.0, 0.1: 130.0, 0.2: 180.0}[pixel_mm]
        field_mm = (height_mm, 0.72 * height_mm)
        film = Film(
            gamma=float(rng.uniform(2.6, 3.9)),
            fog=float(rng.uniform(0.15, 0.3)),
            maximum_density=float(rng.uniform(2.9, 3.9)),
            median_density=float(rng.uniform(1.1, 1.7)),
            scanner_density=float(rng.uniform(3.0, 4.0)),
            screen_blur_mm=float(rng.uniform(0.03, 0.06)),
            scanner_blur_mm=float(rng.uniform(0.012, 0.04)),
            grain_mm2=_log_uniform(rng, 5e-7, 3e-6),
            grain_size_mm=float(rng.uniform(0.01, 0.04)),
            scanner_noise=_log_uniform(rng, 0.002, 0.01),
            dust=round(_log_uniform(rng, 0.05, 0.6) * field_mm[0] * field_mm[1] / 100),
            dust_diameter_mm=(0.04, float(rng.uniform(0.15, 0.3))),
            dark_dust_share=float(rng.uniform(0.1, 0.4)),
            scratches=int(rng.integers(0, 4)),
            scanner_edge_mm=float(rng.choice([0.0, 0.0, 1.0, 3.0])),
            label=bool(rng.random() < 0.5),
        )
        scenes.append(
            Scene(
                **_common(number, 750_000_000 + 1_000_000 * seed, "film"),
                field_mm=field_mm,
                pixel_spacing_mm=pixel_mm,
                density=float(rng.uniform(0.1, 0.75)),
                knots=int(rng.integers(0, 9)),
                snr=(4.0, float(rng.choice([40.0, 80.0, 120.0]))),
                quanta_per_mm2=_log_uniform(rng, 8e4, 3e5),
                detector=Detector.FILM,
                film=film,
                bits=8 if pixel_mm == 0.2 else int(rng.choice([8, 10, 12])),
            )
        )
    return tuple(scenes)


def _common(number: int, first_seed: int, name: str) -> dict[str, Any]:
    """Give what scenes of both sorts take in turns."""
    kinds = list(Kind)
    return {
        "name": f"{name}_{number:04d}",
        "kind": kinds[number % len(kinds)],
        "seed": first_seed + number,
        "view": (View.CC, View.MLO)[number % 2],
        "laterality": (Laterality.LEFT, Laterality.RIGHT)[number // 2 % 2],
        "micro_diameter_mm": (0.14, 0.9),
        "attenuation_per_mm": (0.3, 1.0),
    }


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def describe_image(
    mammogram: Mammogram, points: Iterable[PlantedPoint], config: Config
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """
    Describe the particles of one image, and tell which of them were planted.

    Parameters
    ----------
    mammogram : Mammogram
        A simulated image, or one with inserted specks.
    points : iterable of PlantedPoint
        What was planted in it.
    config : Config
        The settings of the search.

    Returns
    -------
    table : ndarray of float32, shape (n, len(FEATURES))
    is_planted : ndarray of bool, shape (n,)
        True within 0.5 mm of a planted point, or within half its length: the
        parts of a long plaque are calcification too. Both are empty where no
        breast was found.
    """
    try:
        seen = search(mammogram, config)
    except UnreadableImage:
        return np.zeros((0, len(FEATURES)), np.float32), np.zeros(0, bool)
    particles = most_prominent(seen.particles, seen.channels, config.classify)
    table = describe_particles(particles, seen.channels, seen.breast, seen.spacing)
    places = seen.spacing.to_mm(np.array([(p.row_px, p.column_px) for p in particles]).reshape(-1, 2))
    return table, _is_planted(places, points, seen.spacing)


def _is_planted(
    places_mm: NDArray[np.float64], points: Iterable[PlantedPoint], spacing: PixelSpacing
) -> NDArray[np.bool_]:
    planted = np.zeros(len(places_mm), bool)
    for point in points:
        centre = spacing.to_mm(np.array([point.row_px, point.column_px]))
        reach_mm = max(_HIT_MM, point.length_mm / 2 + _RIM_MM)
        planted |= np.hypot(*(places_mm - centre).T) < reach_mm
    return planted


def fit(table: NDArray[np.float32], is_planted: NDArray[np.bool_], seed: int, origin: dict[str, Any]) -> BoostedTrees:
    """
    Fit boosted trees to described particles.

    Parameters
    ----------
    table : ndarray of float32, shape (n, len(FEATURES))
    is_planted : ndarray of bool, shape (n,)
    seed : int
        Of the library's random numbers.
    origin : dict
        On what it was trained; stands in the file.

    Returns
    -------
    BoostedTrees
        Their sum is the logarithm of the odds on images like these.

    Raises
    ------
    CallError
        If scikit-learn is missing, or one of the two classes is.
    """
    fitter = boosting_library()
    if is_planted.all() or not is_planted.any():
        message = "the images hold no calcifications, or nothing else; there is nothing to learn from"
        raise CallError(message)
    model = fitter(
        max_iter=500,
        max_leaf_nodes=12,
        learning_rate=0.08,
        l2_regularization=1.0,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=seed,
    ).fit(table, is_planted)
    return carry_over(model, 0, FEATURES, origin)


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
