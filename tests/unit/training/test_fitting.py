"""Trees that are carried over from the library: what they decide, and that they are the same each time."""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from mammocalc.classifiers.trees import from_json
from mammocalc.training.fitting import boosting_library, carry_over, grow
from mammocalc.vocabulary.errors import UsageError

FEATURES = ("steps", "missing", "neighbours", "noise")
TWO = {"objective": "binary", "num_leaves": 12, "min_data_in_leaf": 5, "lambda_l2": 1.0}
THREE = {**TWO, "objective": "multiclass", "num_class": 3}
DRAWN = {**TWO, "bagging_fraction": 0.7, "bagging_freq": 1, "feature_fraction": 0.5, "seed": 1}


def _examples(count=3000):
    """Columns of few values, of missing ones, of narrow numbers next to each other, and of noise; with classes."""
    random = np.random.default_rng(4)
    table = random.normal(size=(count, len(FEATURES))).astype(np.float32)
    table[:, 0] = random.integers(-3, 4, count)
    table[random.random(count) < 0.2, 1] = np.nan
    ladder = np.arange(np.float32(1).view(np.int32), np.float32(1).view(np.int32) + 16, dtype=np.int32)
    table[:, 2] = random.choice(ladder.view(np.float32), count)
    odd = table[:, 2].view(np.int32) % 2
    answer = (table[:, 0] > 0).astype(int) + ((np.nan_to_num(table[:, 1]) > 0.3) ^ (odd == 1))
    return table, np.where(random.random(count) < 0.05, 1, answer)


def _asked(table, trees):
    """Give rows as in training, some at, just below and just above every threshold, and some with nothing known."""
    rows = np.repeat(table[:200], 4, axis=0)
    inner = trees.left != np.arange(trees.left.shape[1])
    at = np.stack([trees.feature[inner], np.arange(inner.sum())], axis=1)
    edges = np.resize(table, (int(inner.sum()), table.shape[1]))
    edges[at[:, 1], at[:, 0]] = trees.threshold[inner]
    above, below = edges.copy(), edges.copy()
    above[at[:, 1], at[:, 0]] = np.nextafter(trees.threshold[inner], np.float32(np.inf))
    below[at[:, 1], at[:, 0]] = np.nextafter(trees.threshold[inner], np.float32(-np.inf))
    unknown = np.full((1, table.shape[1]), np.nan, np.float32)
    endless = np.full((1, table.shape[1]), np.inf, np.float32)
    return np.concatenate([rows, edges, above, below, unknown, endless, -endless])


@pytest.mark.parametrize("shape", [TWO, THREE], ids=["two classes", "three classes"])
def test_trees_decide_as_the_library_that_grew_them(shape):
    table, answer = _examples()
    booster = grow(table, answer > 0 if shape is TWO else answer, FEATURES, 60, shape)
    classes = carry_over(booster, FEATURES, {})
    assert len(classes) == (1 if shape is TWO else 3)
    rows = np.concatenate([_asked(table, trees) for trees in classes])
    assert len(rows) > 2000
    theirs: list[Any] = np.asarray(booster.predict(rows, raw_score=True)).reshape(len(rows), -1).T.tolist()
    for number, trees in enumerate(classes):
        for width in (np.float32, np.float64):
            np.testing.assert_allclose(trees.decide(rows.astype(width)), theirs[number], rtol=1e-6, atol=1e-6)
        again = from_json(json.loads(json.dumps(trees.to_json())))
        np.testing.assert_array_equal(again.decide(rows), trees.decide(rows))


def test_a_tree_that_found_nothing_to_ask_is_one_leaf():
    table, _ = _examples(200)
    [trees] = carry_over(
        grow(table, np.arange(200) % 4 == 0, FEATURES, 3, {**TWO, "min_data_in_leaf": 150}), FEATURES, {}
    )
    np.testing.assert_allclose(trees.decide(table), np.log(1 / 3), atol=1e-6)


def _grown():
    table = np.random.default_rng(1).normal(size=(30000, 4)).astype(np.float32)
    answer = table[:, 0] * table[:, 1] + table[:, 2] > 0.3 * table[:, 3]
    [trees] = carry_over(grow(table, answer, FEATURES, 30, DRAWN), FEATURES, {})
    return json.dumps(trees.to_json())


def test_equal_rows_give_equal_bytes_for_any_number_of_threads_and_nothing_is_printed():
    surroundings = {**os.environ, "OMP_NUM_THREADS": "3"}
    other = subprocess.run([sys.executable, __file__], env=surroundings, capture_output=True, check=True, text=True)
    assert (other.stdout, other.stderr) == (_grown() + "\n", "")


def test_a_library_that_is_missing_or_lacks_openmp_is_told_with_the_way_to_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(UsageError, match=r"pip install 'mammocalc\[train\]'"):
        boosting_library()
    monkeypatch.delitem(sys.modules, "lightgbm")
    (tmp_path / "lightgbm.py").write_text('raise OSError("libgomp.so.1: cannot open shared object file")')
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match="libgomp1"):
        boosting_library()


if __name__ == "__main__":
    print(_grown())  # noqa: T201 - for the test that starts this as a program
