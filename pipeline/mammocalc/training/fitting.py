"""Parts that all training shares: the library, conversion of its trees, workers, and the file."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from mammocalc.classifiers.trees import BoostedTrees, blank_nodes
from mammocalc.files.replacing import write_whole
from mammocalc.vocabulary.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from lightgbm import Booster
    from numpy.typing import NDArray

_REPRODUCIBLE: Final = MappingProxyType(
    {"deterministic": True, "force_row_wise": True, "num_threads": 1, "use_missing": False, "verbosity": -1}
)
"""
Of every training: sums are taken in one order however many processors there are, and 30 seconds on one thread are
little beside an hour of images. A missing value is a zero, as it is where the trees are asked.
"""

_AS_ZERO: Final = float(np.float32(1e-35))
"""The library takes numbers up to this one, and those above its negative, for zeros."""


def boosting_library() -> ModuleType:
    """
    Give LightGBM, which nothing but training needs.

    Raises
    ------
    UsageError
        If it is missing, or the OpenMP of the system that its wheels leave out.
    """
    try:
        import lightgbm  # noqa: PLC0415 - an extra, for training alone
    except ImportError as error:
        message = "training needs LightGBM: pip install 'mammocalc[train]'"
        raise UsageError(message) from error
    except OSError as error:
        message = (
            "LightGBM is installed but cannot be loaded: it needs the OpenMP library of the system. Install it: "
            "apt-get install libgomp1 on Debian and Ubuntu, brew install libomp on macOS"
        )
        raise UsageError(message) from error
    return lightgbm


def grown_by() -> str:
    """Name the library and its version, for the file: other versions may grow other trees."""
    return f"LightGBM {boosting_library().__version__}"


def grow(
    table: NDArray[np.float32], answer: NDArray[Any], features: tuple[str, ...], rounds: int, shape: Mapping[str, Any]
) -> Booster:
    """
    Grow boosted trees. What is drawn by chance has a fixed seed: equal rows give equal trees on one platform.

    Parameters
    ----------
    table : ndarray of float32, shape (n, len(features))
    answer : ndarray, shape (n,)
        The class of each row: truth values, or numbers from 0 on.
    features : tuple of str
        Names of the columns.
    rounds : int
        Number of trees of each class.
    shape : mapping
        Parameters of LightGBM: the objective, and how large the trees are.

    Returns
    -------
    lightgbm.Booster

    Raises
    ------
    UsageError
        If LightGBM cannot be used.
    """
    library = boosting_library()
    parameters = {**shape, **_REPRODUCIBLE, "bin_construct_sample_cnt": len(table)}  # limits are set from all rows
    rows = library.Dataset(table, answer, feature_name=list(features), params=parameters)
    booster: Booster = library.train(parameters, rows, num_boost_round=rounds)
    return booster


def carry_over(booster: Booster, features: tuple[str, ...], origin: Mapping[str, Any]) -> tuple[BoostedTrees, ...]:
    """
    Carry trees over from the library.

    Parameters
    ----------
    booster : lightgbm.Booster
    features : tuple of str
        Names of the columns it was grown on.
    origin : mapping
        On what it was trained.

    Returns
    -------
    tuple of BoostedTrees
        One for each class; one alone for two classes, whose sum is that of the second. They begin with 0: the library
        adds what it begins with to the first tree.
    """
    dumped = booster.dump_model()
    classes = dumped["num_tree_per_iteration"]
    roots = [tree["tree_structure"] for tree in dumped["tree_info"]]
    return tuple(_carry_class(roots[number::classes], features, origin) for number in range(classes))


def _carry_class(roots: Sequence[Any], features: tuple[str, ...], origin: Mapping[str, Any]) -> BoostedTrees:
    trees = [_nodes_of(root) for root in roots]
    feature, threshold, left, right, value = blank_nodes(len(trees), max(len(nodes) for nodes in trees))
    for t, nodes in enumerate(trees):
        following = 1  # nodes are listed level by level: the two that follow one come after those that follow others
        for n, node in enumerate(nodes):
            if "leaf_value" in node:
                value[t, n] = node["leaf_value"]
                continue
            feature[t, n], threshold[t, n] = node["split_feature"], _narrow(node["threshold"])
            left[t, n], right[t, n] = following, following + 1
            following += 2
    return BoostedTrees(features, 0.0, feature, threshold, left, right, value, origin)


def _nodes_of(root: Any) -> list[Any]:
    """List the nodes of a dumped tree, level by level."""
    nodes = [root]
    for node in nodes:
        if "leaf_value" not in node:
            nodes += [node["left_child"], node["right_child"]]
    return nodes


def _narrow(threshold: float) -> np.float32:
    """Give the largest narrow number that the library takes to the left: all narrow values go where they went."""
    below = np.nextafter(-_AS_ZERO, -np.inf) if -_AS_ZERO <= threshold < 0 else threshold
    nearest = np.float32(below)
    return nearest if float(nearest) <= below else np.float32(np.nextafter(nearest, np.float32(-np.inf)))


def open_trainers(workers: int) -> ProcessPoolExecutor:
    """Start worker processes by ``spawn``, each with one thread of OpenCV."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,))


def lines_of(trees: list[Any]) -> str:
    """Give trees as JSON, one a line."""
    return ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)


def write_file(path: Path, document: Mapping[str, Any], grown: str) -> None:
    """
    Write a classifier's file.

    Parameters
    ----------
    path : Path
        Its folder is made if needed; an old file is replaced.
    document : mapping
        All but the trees, as JSON values.
    grown : str
        The key that holds the trees and its value, as JSON, the last of the file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    head = json.dumps(document, indent=1).removesuffix("\n}")
    _write(path, f"{head},\n {grown}\n}}\n")


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """
    Write a model that consists of JSON values.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    _write(path, json.dumps(document, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    """Write a file; its folder is made if needed, an old file is replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise OutputError(path, f"cannot be written ({type(error).__name__})") from error
