"""Training of the classifier of distributions, on simulated points."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize_scalar

from mammocalc import __version__
from mammocalc.classifiers.trees import BoostedClasses, softmax
from mammocalc.config import before_distributions, origin_of
from mammocalc.model import Breast, Nipple
from mammocalc.simulation.point_scenes import draw_breast, wide_scene
from mammocalc.stages.cluster_features import describe_pattern
from mammocalc.stages.clustering import find_clusters
from mammocalc.stages.distribution import CHANCE, CLASSES, FEATURES, table_of
from mammocalc.training.fitting import boosting_library, carry_over, grow, grown_by, lines_of, open_trainers, write_file
from mammocalc.vocabulary.errors import ConfigurationError, UsageError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.model import Pattern
    from mammocalc.simulation.point_scenes import PointBreast, PointScene

SPACING = PixelSpacing(0.1, 0.1)
"""Of the pixels that simulated points are given in; the points themselves are exact."""

PER_BREAST = 24
"""Scenes in one breast: drawing its outline takes far longer than drawing points."""

_CELL_PX = 10
_PURE = 0.5
"""A set with at least this share of pattern points is a part of the pattern."""
_WHOLE = 0.3
"""A part with a smaller share of the pattern's points shows too little of it to be learned from."""
_FEWEST_DIFFUSE = 25
"""Fewer points that are scattered evenly cannot be told from a search's false points, of which a bad image has 20."""
_ROUNDS: Final = 150
_SHAPE: Final = MappingProxyType(
    {
        "objective": "multiclass",
        "num_class": len(CLASSES),
        "num_leaves": 8,
        "min_data_in_leaf": 30,
        "learning_rate": 0.096,
        "lambda_l2": 1.0,
    }
)
"""In LightGBM's words. Among six classes its steps are five sixths as long as those of scikit-learn, which grew the
trees that come with the program at a rate of 0.08, and with the same numbers otherwise."""
_HELD_OUT = 6
"""Every sixth breast is held out for the temperature."""
_LABELS = (*DESCRIPTORS, Distribution.NOT_APPLICABLE)


def train_on_points(
    scenes: int, seed: int, config: Config, workers: int, on_scenes: Callable[[int], None] = lambda _: None
) -> BoostedClasses:
    """
    Simulate points, group and describe them as in every image, and fit trees that name their distribution.

    Parameters
    ----------
    scenes : int
        Number of simulated images; a sixth of them is held out to calibrate.
    seed : int
        Equal seeds give equal trees on one platform, for any number of processes.
    config : Config
        Its sections ``group`` and ``pattern``, which a classifier belongs to.
    workers : int
        Number of processes.
    on_scenes : callable
        Called with the number of scenes that are done.

    Returns
    -------
    BoostedClasses

    Raises
    ------
    UsageError
        If LightGBM cannot be used, or the scenes do not hold all classes.
    """
    boosting_library()
    breasts = -(-scenes // PER_BREAST)
    tables, answers, held_out = [], [], []
    with open_trainers(workers) as pool:
        described = pool.map(_examples_of, itertools.repeat(seed), range(breasts), itertools.repeat(config))
        for number, (table, answer) in enumerate(described):
            tables.append(table)
            answers.append(answer)
            held_out.append(np.full(len(answer), number % _HELD_OUT == _HELD_OUT - 1))
            on_scenes((number + 1) * PER_BREAST)
    table, answer, is_held_out = np.concatenate(tables), np.concatenate(answers), np.concatenate(held_out)
    if len(np.unique(answer[~is_held_out])) < len(CLASSES) or not is_held_out.any():
        message = f"{scenes} scenes do not hold every distribution; take more"
        raise UsageError(message)
    origin = {
        "trained_on": "simulated points",
        "scenes": breasts * PER_BREAST,
        "seed": seed,
        "patterns": int((~is_held_out).sum()),
        "calibrated_on": "simulated",
        "calibration_patterns": int(is_held_out.sum()),
        "version": __version__,
        "grown_by": grown_by(),
        **origin_of(before_distributions()),
    }
    return _fit(table, answer, is_held_out, origin)


def breast_record(home: PointBreast) -> Breast:
    """Give the record of a simulated breast, as the search would have it."""
    inside = home.is_breast
    rows, columns = inside.shape
    return Breast(
        cell_px=_CELL_PX,
        cell_density=inside.astype(np.uint16),
        is_breast=inside,
        is_searched=inside,
        skin_distance_px=inside.astype(np.float32),
        box_px=(0, 0, rows * _CELL_PX, columns * _CELL_PX),
        outline_px=(),
        chest_wall_is_left=True,
        has_background=True,
    )


def patterns_of(scene: PointScene, breast: Breast, config: Config) -> list[tuple[tuple[int, ...], Pattern]]:
    """
    Describe the sets of points that are classified in a scene: all together first, then every cluster.

    Parameters
    ----------
    scene : PointScene
    breast : Breast
    config : Config

    Returns
    -------
    list of (members, Pattern)
        Empty for fewer than two points.
    """
    points, count = scene.points_mm, len(scene.points_mm)
    if count < 2:
        return []
    nipple = None
    if scene.nipple_mm is not None:
        row, column = SPACING.to_px(scene.nipple_mm).tolist()
        nipple = Nipple(row, column, 1.0)
    sets = [tuple(range(count)), *(group.members for group in find_clusters(points, config.group))]
    return [(members, describe_pattern(members, points, breast, nipple, SPACING, config.pattern)) for members in sets]


def _examples_of(seed: int, number: int, config: Config) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Describe the sets of points of one breast's scenes, with their classes."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 30, number])))
    home = draw_breast(rng)
    breast = breast_record(home)
    patterns, answers = [], []
    for index in range(PER_BREAST):
        try:
            scene = wide_scene(home, _LABELS[index % len(_LABELS)], rng)
        except ConfigurationError:  # the breast is too small for this one
            continue
        for set_number, (members, pattern) in enumerate(patterns_of(scene, breast, config)):
            answer = _answer(scene, members, is_whole=set_number == 0)
            if answer is not None:
                patterns.append(pattern)
                answers.append(CLASSES.index(answer))
    return table_of(patterns), np.array(answers, dtype=np.int64)


def _answer(scene: PointScene, members: tuple[int, ...], *, is_whole: bool) -> str | None:
    """Say what a set of points is; None where it is nothing that could be learned from."""
    if scene.part is Distribution.DIFFUSE and scene.is_pattern.sum() < _FEWEST_DIFFUSE:
        return None  # false points look the same
    is_pattern = scene.is_pattern[list(members)]
    if is_pattern.mean() < _PURE:
        return CHANCE
    if is_whole:
        return scene.label.value
    if scene.label is not Distribution.DIFFUSE and is_pattern.sum() < _WHOLE * scene.is_pattern.sum():
        return None
    return scene.part.value


def _fit(
    table: NDArray[np.float32],
    answer: NDArray[np.int64],
    is_held_out: NDArray[np.bool_],
    origin: dict[str, Any],
) -> BoostedClasses:
    booster = grow(table[~is_held_out], answer[~is_held_out], FEATURES, _ROUNDS, _SHAPE)
    classes = BoostedClasses(CLASSES, carry_over(booster, FEATURES, {}), 1.0, origin)
    return replace(classes, temperature=_temperature(classes, table[is_held_out], answer[is_held_out]))


def _temperature(classes: BoostedClasses, table: NDArray[np.float32], answer: NDArray[np.int64]) -> float:
    """Find the temperature at which the classes of patterns that were not trained on are most probable."""
    sums, rows = classes.sums(table), np.arange(len(answer))

    def surprise(logarithm: float) -> float:
        return float(-np.log(softmax(sums, float(np.exp(logarithm)))[rows, answer] + 1e-12).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-1.5, 1.5), method="bounded").x))


def write_distribution_classifier(classes: BoostedClasses, path: Path) -> None:
    """
    Write a classifier so that `mammocalc.classifiers.files.load_distribution_classifier` can read it, one tree a line.

    Parameters
    ----------
    classes : BoostedClasses
    path : Path
        Its folder is made if needed; an old file is replaced.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = classes.to_json()
    parts = []
    for name, one in document.pop("classes").items():
        grown = lines_of(one.pop("trees"))
        parts.append(f'{json.dumps(name)}: {json.dumps(one)[:-1]}, "trees": [\n{grown}\n]}}')
    joined = ",\n".join(parts)
    write_file(path, document, f'"classes": {{\n{joined}\n }}')
