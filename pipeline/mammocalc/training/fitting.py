"""What training of every classifier shares: the library, its trees carried over, workers, and the readable file."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from mammocalc.classifiers.trees import BoostedTrees, blank_nodes
from mammocalc.files.replacing import write_whole
from mammocalc.vocabulary.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def boosting_library() -> type[Any]:
    """
    Give scikit-learn's boosted trees, which nothing but training needs.

    Raises
    ------
    UsageError
        If scikit-learn is missing.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - an extra, for training alone
    except ImportError as error:
        message = "training needs scikit-learn: pip install 'mammocalc[train]'"
        raise UsageError(message) from error
    return HistGradientBoostingClassifier  # type: ignore[no-any-return]


def carry_over(model: Any, number: int, features: tuple[str, ...], origin: Mapping[str, Any]) -> BoostedTrees:
    """
    Carry the trees of one class of a fitted model over from the library.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        Fitted.
    number : int
        Which class; 0 for a model of two, whose one sum is that of the second.
    features : tuple of str
        Names of the columns it was fitted on.
    origin : mapping
        On what it was trained.

    Returns
    -------
    BoostedTrees
    """
    stages = [stage[number].nodes for stage in model._predictors]  # noqa: SLF001 - the library gives no other way out
    feature, threshold, left, right, value = blank_nodes(len(stages), max(len(nodes) for nodes in stages))
    for t, nodes in enumerate(stages):
        for n, node in enumerate(nodes):
            if node["is_leaf"]:
                value[t, n] = node["value"]
                continue
            feature[t, n], threshold[t, n] = node["feature_idx"], node["num_threshold"]
            left[t, n], right[t, n] = node["left"], node["right"]
    baseline = float(np.ravel(model._baseline_prediction)[number])  # noqa: SLF001 - as above
    return BoostedTrees(features, baseline, feature, threshold, left, right, value, origin)


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
    Write a model that is all JSON values.

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
