"""Boosted regression trees: read from a readable file, evaluated without the library that made them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from mammocalc.classifiers.questions import MOST_LEAVES, Questions, to_questions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FORMAT = "mammocalc boosted trees 1"
CLASSES_FORMAT = "mammocalc boosted classes 1"


@dataclass(frozen=True, slots=True, eq=False)
class BoostedTrees:
    """
    A sum of small decision trees.

    Attributes
    ----------
    features : tuple of str
        Names of the columns that are asked for, in order.
    baseline : float
        What the sum begins with.
    feature, left, right : ndarray of int32, shape (trees, nodes)
        The column a node asks about, and the nodes that follow; a leaf follows
        itself.
    threshold : ndarray of float32, shape (trees, nodes)
        A value up to the threshold goes to the left.
    value : ndarray of float32, shape (trees, nodes)
        What a leaf adds.
    origin : mapping
        On what it was trained, in words and numbers; carried along, not used.
    """

    features: tuple[str, ...]
    baseline: float
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    origin: Mapping[str, Any]

    def decide(self, table: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """
        Add up the trees for each row of a table.

        Parameters
        ----------
        table : ndarray of float32, shape (n, len(features))
            Wider numbers are narrowed first. A missing one (NaN) counts as 0, as where the trees were grown.

        Returns
        -------
        ndarray of float64, shape (n,)
            Logarithms of odds, if the trees were trained for them.
        """
        values = _questions_of(self).ask(table)
        return np.asarray(self.baseline + values.sum(axis=1))

    def to_json(self) -> dict[str, Any]:
        """Give the trees as JSON values, one list of nodes per tree; `from_json` reads them, and they are the same."""
        trees = []
        for feature, threshold, left, right, value in zip(
            self.feature, self.threshold, self.left, self.right, self.value, strict=True
        ):
            used = 1 + int(max(left.max(), right.max()))
            trees.append(
                [
                    [_shortest(value[i])]
                    if left[i] == i
                    else [self.features[feature[i]], _shortest(threshold[i]), int(left[i]), int(right[i])]
                    for i in range(used)
                ]
            )
        return {
            "format": FORMAT,
            "origin": dict(self.origin),
            "features": list(self.features),
            "baseline": self.baseline,
            "trees": trees,
        }


def _shortest(number: np.float32) -> float:
    """Give the shortest decimal number that is read as this narrow one again."""
    return float(str(number))


@functools.lru_cache(maxsize=32)
def _questions_of(trees: BoostedTrees) -> Questions:
    return to_questions(trees.feature, trees.threshold, trees.left, trees.right, trees.value)


def blank_nodes(
    trees: int, width: int
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """
    Make the arrays of `BoostedTrees` before any node is known: each is a leaf without a value.

    Returns
    -------
    tuple of ndarray, shape (trees, width)
        ``feature``, ``threshold``, ``left``, ``right``, ``value``. A leaf leads to itself, whatever is asked.
    """
    shape = (trees, width)
    left = np.tile(np.arange(width, dtype=np.int32), (trees, 1))
    return np.zeros(shape, np.int32), np.full(shape, np.inf, np.float32), left, left.copy(), np.zeros(shape, np.float32)


def _expect_format(document: Any, expected: str, kind: str) -> None:
    found = document.get("format") if isinstance(document, dict) else None
    if found != expected:
        message = f"not a file of boosted {kind}: its format is {found!r}, not {expected!r}"
        raise ValueError(message)


def _expect_finite(*numbers: Any) -> None:
    if not all(np.isfinite(number).all() for number in numbers):
        message = "a number in it is invalid or too large"
        raise ValueError(message)


def _check_tree(number: int, tree: Sequence[Sequence[Any]]) -> None:
    """Refuse nodes that two others lead to, no leaves, and more of them than there are bits."""
    following = [node for parent in tree if len(parent) > 1 for node in parent[2:]]
    if len(set(following)) < len(following):
        message = f"two nodes of tree {number} lead to the same one"
        raise ValueError(message)
    leaves = sum(len(node) == 1 for node in tree)
    if not 1 <= leaves <= MOST_LEAVES:
        message = f"tree {number} has {leaves} leaves, and not 1 to {MOST_LEAVES}"
        raise ValueError(message)


def from_json(document: Mapping[str, Any]) -> BoostedTrees:
    """
    Read trees from JSON values.

    Parameters
    ----------
    document : mapping
        As given by `BoostedTrees.to_json`: every node is either ``[value]``,
        a leaf, or ``[feature, threshold, left, right]``.

    Returns
    -------
    BoostedTrees

    Raises
    ------
    ValueError
        If the document is not of that form.
    """
    _expect_format(document, FORMAT, "trees")
    try:
        features = tuple(str(name) for name in document["features"])
        trees = document["trees"]
        feature, threshold, left, right, value = blank_nodes(len(trees), max(len(tree) for tree in trees))
        with np.errstate(over="ignore"):  # what is too large is infinite, and refused below
            for t, tree in enumerate(trees):
                for n, node in enumerate(tree):
                    if len(node) == 1:
                        value[t, n] = node[0]
                        continue
                    name, limit, low, high = node
                    low, high = index(low), index(high)
                    if not (n < low < len(tree) and n < high < len(tree)):
                        message = f"node {n} of tree {t} leads out of the tree"
                        raise ValueError(message)
                    feature[t, n], threshold[t, n] = features.index(name), limit
                    left[t, n], right[t, n] = low, high
                _check_tree(t, tree)
        baseline, origin = float(document["baseline"]), dict(document.get("origin", {}))
        _expect_finite(baseline, value, threshold[left > np.arange(left.shape[1])])
    except (KeyError, TypeError, IndexError) as error:
        message = f"a file of boosted trees is damaged ({type(error).__name__})"
        raise ValueError(message) from error
    return BoostedTrees(features, baseline, feature, threshold, left, right, value, origin)


@dataclass(frozen=True, slots=True, eq=False)
class BoostedClasses:
    """
    Boosted trees that tell several classes apart: one sum for each, turned into probabilities.

    Attributes
    ----------
    classes : tuple of str
    trees : tuple of BoostedTrees
        One for each class, all with the same features.
    temperature : float
        What the sums are divided by first: fitted on what the trees have not
        seen, it makes the probabilities neither too sure nor too shy.
    origin : mapping
        On what it was trained and calibrated.
    """

    classes: tuple[str, ...]
    trees: tuple[BoostedTrees, ...]
    temperature: float
    origin: Mapping[str, Any]

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that are asked for, in order."""
        return self.trees[0].features

    def sums(self, table: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Give the sum of each class, shape (n, classes), before they become probabilities."""
        return np.stack([one.decide(table) for one in self.trees], axis=1)

    def decide(self, table: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """
        Give the probability of each class for each row of a table.

        Parameters
        ----------
        table : ndarray of float32, shape (n, len(features))
            As for `BoostedTrees.decide`.

        Returns
        -------
        ndarray of float64, shape (n, len(classes))
            Rows sum to 1.
        """
        return softmax(self.sums(table), self.temperature)

    def to_json(self) -> dict[str, Any]:
        """Give all as JSON values; `classes_from_json` reads them."""
        return {
            "format": CLASSES_FORMAT,
            "origin": dict(self.origin),
            "temperature": round(self.temperature, 4),
            "classes": {name: one.to_json() for name, one in zip(self.classes, self.trees, strict=True)},
        }


def softmax(sums: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Turn sums, shape (n, classes), into probabilities."""
    cooled = sums / temperature
    powers = np.exp(cooled - cooled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def classes_from_json(document: Mapping[str, Any]) -> BoostedClasses:
    """
    Read boosted classes from JSON values.

    Parameters
    ----------
    document : mapping
        As given by `BoostedClasses.to_json`.

    Returns
    -------
    BoostedClasses

    Raises
    ------
    ValueError
        If the document is not of that form.
    """
    _expect_format(document, CLASSES_FORMAT, "classes")
    try:
        trees = {str(name): from_json(one) for name, one in document["classes"].items()}
        temperature, origin = float(document["temperature"]), dict(document.get("origin", {}))
    except (KeyError, TypeError, AttributeError) as error:
        message = f"a file of boosted classes is damaged ({type(error).__name__})"
        raise ValueError(message) from error
    if not trees or not 0 < temperature < np.inf or len({one.features for one in trees.values()}) > 1:
        message = "a file of boosted classes is damaged (its classes do not fit together)"
        raise ValueError(message)
    return BoostedClasses(tuple(trees), tuple(trees.values()), temperature, origin)
