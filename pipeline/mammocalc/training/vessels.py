"""Fitting of the model of arteries, on traced courses, with simulated ducts as counterexamples."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc import __version__
from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import search
from mammocalc.classifiers.logistic import LogisticModel, fit
from mammocalc.config import before_particles, medium_of, origin_of, settings_for
from mammocalc.dicom import read_mammogram, read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.dicom.reader.settings import DicomSettings
from mammocalc.simulation import default_recipe, simulate
from mammocalc.simulation.recipe import Recipe, Scene
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.stages.vessels import FEATURES, describe_calcifications
from mammocalc.training.artery_courses import Traced, read_courses
from mammocalc.training.fitting import open_trainers, write_document
from mammocalc.vocabulary.errors import ImageError, UsageError
from mammocalc.vocabulary.geometry import points_along

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Mammogram

ON_MM, OFF_MM = 3.0, 8.0
"""Marks nearer to a course are arterial, marks farther from every course are not; what lies between says nothing."""

_STEP_MM: Final = 0.25
"""Between the points of a course to which marks are held."""

STRENGTH: Final = 150.0
"""Of the fit (`mammocalc.classifiers.logistic.fit`), for weights that sum to 1. Flat over a factor of ten."""

SIMULATED_SHARE: Final = 0.4
"""Share of the weight of what is not arterial that simulated marks have: with more the model learns the simulator."""

_FIRST_SEED: Final = 800_000
"""Of the simulated scenes, in thousands: far from those of every other training and of the samples."""

_NO_ARTERIES: Final = (Kind.LINEAR, Kind.SEGMENTAL, Kind.LINEAR, Kind.SEGMENTAL, Kind.GROUPED, Kind.REGIONAL,
                       Kind.DIFFUSE, Kind.MACRO_ONLY)  # fmt: skip
"""Casts in ducts and wedges are what must never be flagged, and rare among real images: they come twice."""

_NOTHING_TRACED: Final = (
    "nothing to learn from: no mark lies on a traced course, or all do. Do the UIDs of --courses name images "
    "of the folder, and are rows and columns in stored pixels?"
)


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """
    The marks of one image.

    ``patient`` groups the images of one, and is empty for simulated ones.
    ``table`` has a row for each mark that says something, ``is_arterial`` what.
    """

    patient: str
    table: NDArray[np.float64]
    is_arterial: NDArray[np.bool_]


def train_on_courses(
    folder: Path,
    courses: Path,
    simulated: int,
    seed: int,
    config: Config,
    workers: int,
    on_image: Callable[[int], None] = lambda _: None,
) -> LogisticModel:
    """
    Analyse images, describe the marks on and off traced arteries, and fit a model that tells them apart.

    Parameters
    ----------
    folder : Path
        Mammograms.
    courses : Path
        What a reader traced in them (`read_courses`).
    simulated : int
        So many simulated images without arteries are added: lines and wedges in ducts, groups and others.
    seed : int
        Of these.
    config : Config
        The settings by which marks are found.
    workers : int
        Number of processes.
    on_image : callable
        Called with the number of images that are done.

    Returns
    -------
    LogisticModel
        Its file holds fifteen weights and how they came to be: no pixel, and nothing of one image alone.

    Raises
    ------
    UsageError
        If none of the images is traced or can be used, or no mark lies on a course.
    """
    traced = read_courses(courses)
    jobs: list[tuple[Path | Scene, Traced]] = []
    seen = set()
    for file in discover([folder]).files:
        uid = read_sop_instance_uid(file.path)
        if uid in traced and uid not in seen:
            seen.add(uid)
            jobs.append((file.path, traced[uid]))
    real = len(jobs)
    if not jobs:  # before anything is simulated
        raise UsageError(_NOTHING_TRACED)
    jobs += [(scene, Traced((), is_certain=True)) for scene in scenes_without_arteries(simulated, seed)]
    found: list[Described] = []
    with open_trainers(workers) as pool:
        described = pool.map(_describe, *zip(*jobs, strict=True), itertools.repeat(config))
        for done, one in enumerate(described, start=1):
            found += [one] if one is not None else []
            on_image(done)
    return _fit_all(found, {"images": real, "simulated_images": simulated, "seed": seed}, config)


def scenes_without_arteries(count: int, seed: int) -> Iterator[Scene]:
    """Give so many scenes; kinds take turns, and pixel size, view and coding do so independently."""
    for number in range(count):
        recipe = default_recipe(_FIRST_SEED + 1000 * seed + number).scenes
        kind = _NO_ARTERIES[number % len(_NO_ARTERIES)]
        turn = (number + number // len(_NO_ARTERIES)) % len(recipe)
        beside = tuple(one for one in recipe[turn].beside if one is not Beside.ARTERY)
        yield recipe[turn].model_copy(update={"kind": kind, "beside": beside, "name": f"duct_{number:04d}"})


def _describe(source: Path | Scene, traced: Traced, config: Config) -> Described | None:
    """Describe the marks of a file, or of a scene that is simulated; None for what is no mammogram with a spacing."""
    if isinstance(source, Path):
        return describe_file(source, traced, config)
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), Recipe(scenes=(source,)))
        one = describe_file(Path(folder) / f"{source.name}.dcm", traced, config)
    return None if one is None else Described("", one.table, one.is_arterial)


def describe_file(path: Path, traced: Traced, config: Config) -> Described | None:
    """
    Analyse one image, and compute the features of marks that are known to be arterial or not.

    Returns
    -------
    Described or None
        None where the image is not analysed, or has no spacing.
    """
    settings_of_reader = DicomSettings(
        admit=config.admit, spacing=config.spacing, read=config.read, privacy=config.privacy
    )
    try:
        mammogram = read_mammogram(path, settings_of_reader)
        if mammogram.spacing is None:
            return None
        return _describe_mammogram(mammogram, traced, config)
    except ImageError:
        return None


def _describe_mammogram(mammogram: Mammogram, traced: Traced, config: Config) -> Described:
    blind = config.model_copy(update={"vessels": config.vessels.model_copy(update={"leave_out": False})})
    marks = analyse(mammogram, blind).calcifications
    seen = search(mammogram, settings_for(config, medium_of(config, is_film=False)))
    table = describe_calcifications(marks, seen.scales, seen.breast, seen.spacing)
    at_mm = seen.spacing.to_mm(np.array([(one.row_px, one.column_px) for one in marks]).reshape(-1, 2))
    away = np.full(len(marks), np.inf)
    for course in traced.courses_px:
        away = np.minimum(away, KDTree(points_along(seen.spacing.to_mm(course), _STEP_MM)).query(at_mm)[0])
    is_arterial = away <= ON_MM
    says_something = is_arterial | (away > OFF_MM) & traced.is_certain
    patient = mammogram.identity.patient_key or mammogram.identity.sop_instance_uid
    return Described(patient, table[says_something], is_arterial[says_something])


def _fit_all(found: list[Described], origin: dict[str, int], config: Config) -> LogisticModel:
    if not any(one.is_arterial.any() for one in found) or all(one.is_arterial.all() for one in found):
        raise UsageError(_NOTHING_TRACED)
    table = np.concatenate([one.table for one in found])
    is_arterial = np.concatenate([one.is_arterial for one in found])
    patients = np.concatenate([[one.patient] * len(one.table) for one in found])
    weights = weigh(is_arterial, patients)
    said = {
        "trained_on": "marks on and off traced arteries, and simulated ones without arteries",
        **origin,
        "patients": len({one.patient for one in found if one.patient}),
        "patients_with_arteries": len({one.patient for one in found if one.is_arterial.any()}),
        "marks": int((patients != "").sum()),
        "arterial": int(is_arterial.sum()),
        "simulated_marks": int((patients == "").sum()),
        "version": __version__,
        **origin_of(before_particles(config) | {"classify.threshold": config.classify.threshold}),
    }
    return fit(table, is_arterial, weights, FEATURES, STRENGTH, said)


def weigh(is_arterial: NDArray[np.bool_], patients: NDArray[np.str_]) -> NDArray[np.float64]:
    """
    Weigh marks so that no patient with hundreds of them dominates.

    Parameters
    ----------
    is_arterial : ndarray of bool, shape (n,)
        Some True, some False.
    patients : ndarray of str, shape (n,)
        Of whom each mark is; empty for simulated ones.

    Returns
    -------
    ndarray of float64, shape (n,)
        Each patient weighs the square root of their marks of a class; both
        classes weigh 0.5. Of what is not arterial simulated marks have
        `SIMULATED_SHARE`, all alike.
    """
    weights = np.zeros(len(patients))
    for is_class in (True, False):
        of_class = is_arterial == is_class
        for patient in set(patients[of_class].tolist()) - {""}:
            theirs = of_class & (patients == patient)
            weights[theirs] = 1 / np.sqrt(theirs.sum())
        is_simulated = of_class & (patients == "")
        if is_simulated.any():
            total = float(weights[of_class].sum()) or 1.0
            weights[is_simulated] = SIMULATED_SHARE / (1 - SIMULATED_SHARE) * total / is_simulated.sum()
        weights[of_class] *= 0.5 / weights[of_class].sum()
    return weights


def write_model(model: LogisticModel, path: Path) -> None:
    """
    Write a model so that `mammocalc.classifiers.files.load_vessel_model` can read it.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_document(path, model.to_json())
