"""
How arteries are told on patients left out of the fit: python tests/benchmarks/arteries_left_out.py FOLDER.

FOLDER is that of `arteries.py`. For each patient of a half a model is fitted on
all other patients of the half and on simulated images without arteries, and
scored on that patient's images as `arteries.py` does. Few patients have
arteries; so theirs are also thinned: of every traced course two to six marks
are kept at random, the others taken away as if they had not been found. Then
neither the rules for many plaques nor the second look are asked.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np
from arteries import OFF_MM, ON_MM, Read, figures, read_images, score
from patient_split import Half
from scipy.spatial import KDTree

from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import search
from mammocalc.classifiers.logistic import LogisticModel, fit
from mammocalc.config import Config
from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.simulation import Recipe, simulate
from mammocalc.stages.landmarks import find_landmarks
from mammocalc.stages.vessels import FEATURES
from mammocalc.stages.vessels.arms import find_arms
from mammocalc.stages.vessels.clarity import ClarityMap, map_clarity
from mammocalc.stages.vessels.joining import join_marks
from mammocalc.stages.vessels.marks import Marks, describe_marks, measure_points
from mammocalc.training.vessels import STRENGTH, scenes_without_arteries, weigh, write_model
from mammocalc.vocabulary.geometry import points_along

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mammocalc.simulation import Scene

FEWEST, MOST = 2, 6
"""So many marks of a course are kept."""
_STEP_MM = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The marks of one image, the vessels around them, and how far each mark is from each traced course."""

    patient: str
    is_sure: bool
    points: Marks
    clarity: ClarityMap
    nipple_mm: NDArray[np.float64] | None
    away_mm: NDArray[np.float64]

    @property
    def nearest_mm(self) -> NDArray[np.float64]:
        """How far each mark is from any course."""
        return np.asarray(self.away_mm.min(axis=0, initial=np.inf))

    @property
    def table(self) -> NDArray[np.float64]:
        """What the model is told of each mark."""
        return describe_marks(self.points, *find_arms(self.clarity, self.points.at_mm))

    @property
    def says_something(self) -> NDArray[np.bool_]:
        """Which marks are certainly arterial or certainly not."""
        return (self.nearest_mm <= ON_MM) | (self.nearest_mm > OFF_MM) & self.is_sure

    def only(self, kept: NDArray[np.bool_]) -> Seen:
        """Give the image as if only some marks had been found."""
        points = Marks(**{field.name: getattr(self.points, field.name)[kept] for field in fields(self.points)})
        return replace(self, points=points, away_mm=self.away_mm[:, kept])


def look(image: Read) -> Seen | None:
    """Find the marks of an image; None where there are none, or it has no spacing."""
    config = Config()
    mammogram = read_mammogram(image.path, DicomSettings())
    marks = analyse(mammogram, with_vessels(config, leave_out=False)).calcifications
    if mammogram.spacing is None or not marks:
        return None
    seen = search(mammogram, config)
    spacing, points = seen.spacing, measure_points(marks, seen.spacing)
    nipple = find_landmarks(seen.breast, spacing, mammogram.identity.view).nipple
    courses = [points_along(spacing.to_mm(course), _STEP_MM) for course in image.courses_px]
    away = [KDTree(course).query(points.at_mm)[0] for course in courses]
    return Seen(
        patient=image.patient,
        is_sure=image.is_sure,
        points=points,
        clarity=map_clarity(marks, seen.scales, seen.breast, spacing),
        nipple_mm=None if nipple is None else spacing.to_mm(np.array([nipple.row_px, nipple.column_px])),
        away_mm=np.array(away).reshape(len(courses), len(marks)),
    )


def look_at_scene(scene: Scene) -> Seen | None:
    """Find the marks of a simulated image."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), Recipe(scenes=(scene,)))
        return look(Read(Path(folder) / f"{scene.name}.dcm", "", (), is_sure=True))


def fit_without(patient: str, seen: Sequence[Seen]) -> LogisticModel:
    """Fit a model on all others."""
    others = [one for one in seen if one.patient != patient]
    chosen = [one.says_something for one in others]
    table = np.concatenate([one.table[some] for one, some in zip(others, chosen, strict=True)])
    is_arterial = np.concatenate([one.nearest_mm[some] <= ON_MM for one, some in zip(others, chosen, strict=True)])
    patients = np.concatenate([[one.patient] * int(some.sum()) for one, some in zip(others, chosen, strict=True)])
    return fit(table, is_arterial, weigh(is_arterial, patients), FEATURES, STRENGTH, {"trained_on": "all but one"})


def thinned(seen: Sequence[Seen], draws: int) -> Iterator[Seen]:
    """Give each image with courses so often, with a few marks of each course; none where there are too few."""
    generator = np.random.default_rng(1)
    for one, _ in itertools.product(seen, range(draws)):
        kept = one.nearest_mm > ON_MM
        if (~kept).sum() <= FEWEST:
            continue
        for away_mm in one.away_mm:
            on = np.flatnonzero(away_mm <= ON_MM)
            count = min(int(generator.integers(FEWEST, MOST + 1)), len(on))
            kept[generator.choice(on, count, replace=False)] = True
        if not kept.all():
            yield one.only(kept)


def flagged(seen: Seen, model: LogisticModel, config: Config) -> NDArray[np.bool_]:
    """Tell which marks a model and the rules of joining take for arterial."""
    near, far = find_arms(seen.clarity, seen.points.at_mm)
    odds = model.probabilities(describe_marks(seen.points, near, far))
    sets = join_marks(odds, (), seen.points, far, seen.clarity, seen.nipple_mm, config.vessels.sure)
    result = np.zeros(len(odds), bool)
    result[np.concatenate([np.zeros(0, np.intp), *sets])] = True
    return result


def thinned_figures(seen: Sequence[Seen], models: dict[str, LogisticModel], config: Config) -> Iterator[str]:
    """Give the lines of thinned arteries."""
    on: dict[str, list[NDArray[np.bool_]]] = defaultdict(list)
    off = [np.zeros(0, bool)]
    for one in seen:
        result = flagged(one, models[one.patient], config)
        on[one.patient].append(result[one.nearest_mm <= ON_MM])
        off.append(result[(one.nearest_mm > OFF_MM) & one.is_sure])
    shares = {patient: np.concatenate(some) for patient, some in on.items()}
    each = ", ".join(f"{some.mean():.2f} of {len(some)}" for some in sorted(shares.values(), key=len))
    mean = np.mean([some.mean() for some in shares.values()]) if shares else np.nan
    others = np.concatenate(off)
    yield f"thinned arteries, {len(seen)} images: mean over {len(shares)} patients {mean:.3f} ({each})"
    yield f"  beyond {OFF_MM:g} mm, flagged: {others.mean() if len(others) else 0:.4f} of {len(others)}"


def with_vessels(config: Config, **changes: object) -> Config:
    """Give a configuration with other settings of arteries."""
    return config.model_copy(update={"vessels": config.vessels.model_copy(update=changes)})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="images and readings")
    parser.add_argument("--half", choices=get_args(Half), default="tuning")
    parser.add_argument("--simulated", type=int, default=96, help="simulated images in each fit")
    parser.add_argument("--thinned", type=int, default=8, help="how often each image is thinned")
    parser.add_argument("--sure", type=float, help="in place of the usual vessels.sure")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    config = with_vessels(Config(), **({"sure": arguments.sure} if arguments.sure else {}))
    images = read_images(arguments.folder, arguments.half)
    patients = sorted({image.patient for image in images})
    with (
        ProcessPoolExecutor(arguments.workers, mp_context=get_context("spawn")) as pool,
        tempfile.TemporaryDirectory() as folder,
    ):
        real = [one for one in pool.map(look, images) if one is not None]
        scenes = scenes_without_arteries(arguments.simulated, seed=1)
        simulated = [one for one in pool.map(look_at_scene, scenes) if one is not None]
        models = {patient: fit_without(patient, [*real, *simulated]) for patient in patients}
        configs = {}
        for number, (patient, model) in enumerate(models.items()):
            file = Path(folder) / f"{number}.json"
            write_model(model, file)
            configs[patient] = with_vessels(config, file=str(file))
        scores = pool.map(score, images, [configs[image.patient] for image in images])
        print(f"{arguments.half}: {len(images)} images of {len(patients)} patients, each left out")
        print("\n".join(figures([one for one in scores if one is not None])), flush=True)
        print("\n".join(thinned_figures(list(thinned(real, arguments.thinned)), models, config)))


if __name__ == "__main__":
    main()
