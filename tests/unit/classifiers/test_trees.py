import json
from typing import Any

import numpy as np
import pytest

from mammocalc.classifiers.files import load_classifier, load_distribution_classifier
from mammocalc.classifiers.trees import CLASSES_FORMAT, FORMAT, classes_from_json, from_json, softmax
from mammocalc.stages import distribution
from mammocalc.stages.classify import FEATURES
from mammocalc.vocabulary.errors import ConfigurationError

DOCUMENT = {
    "format": FORMAT,
    "origin": {"trained_on": "nothing"},
    "features": ["a", "b"],
    "baseline": -1.0,
    "trees": [
        [["a", 2.0, 1, 2], [0.5], ["b", 0.0, 3, 4], [10.0], [20.0]],
        [[0.25]],
    ],
}


def test_trees_are_walked_and_added_up():
    table = np.array([[2.0, 9.0], [2.1, 0.0], [3.0, 0.1]], np.float32)
    assert from_json(DOCUMENT).decide(table).tolist() == [-0.25, 9.25, 19.25]


def walked(tree: list[list[Any]], row: dict[str, float]) -> float:
    node = tree[0]
    while len(node) > 1:
        name, limit, low, high = node
        node = tree[low if row[name] <= limit else high]
    return float(node[0])


@pytest.mark.parametrize("n_leaves", [2, 3, 8, 9, 16, 17, 33, 64])
def test_every_row_ends_in_the_leaf_that_a_walk_from_node_to_node_leads_to(n_leaves: int) -> None:
    random = np.random.default_rng(n_leaves)
    trees = []
    for _ in range(5):
        tree: list[list[Any]] = [[0.0]]
        for _ in range(n_leaves - 1):  # any leaf becomes a node: trees of any depth
            leaf = int(random.choice([n for n, node in enumerate(tree) if len(node) == 1]))
            tree[leaf] = [str(random.choice(["a", "b"])), float(random.integers(0, 9)), len(tree), len(tree) + 1]
            tree += [[0.0], [0.0]]
        trees.append([node if len(node) > 1 else [float(n)] for n, node in enumerate(tree)])
    table = random.integers(0, 9, (40, 2)).astype(np.float32)  # many values lie on a threshold
    decided = from_json({**DOCUMENT, "baseline": 0.0, "trees": trees}).decide(table)
    rows = [dict(zip("ab", row, strict=True)) for row in table.tolist()]
    assert decided.tolist() == [sum(walked(tree, row) for tree in trees) for row in rows]


def test_a_missing_value_is_a_zero_and_wide_numbers_are_narrowed_first():
    trees = from_json({**DOCUMENT, "trees": [[["a", 0.1, 1, 2], [1.0], [2.0]]], "baseline": 0.0})
    rows = [[np.nan, 0.0], [float(np.float32(0.1)), 0.0], [0.1 + 1e-9, 0.0], [0.11, 0.0]]
    assert trees.decide(np.array(rows)).tolist() == [1.0, 1.0, 1.0, 2.0]
    assert trees.decide(np.array(rows, np.float32)).tolist() == [1.0, 1.0, 1.0, 2.0]


def test_no_rows_give_no_decisions():
    assert from_json(DOCUMENT).decide(np.zeros((0, 2), np.float32)).shape == (0,)


def test_what_is_written_can_be_read_again():
    trees = from_json(DOCUMENT)
    again = from_json(json.loads(json.dumps(trees.to_json())))
    table = np.random.default_rng(0).normal(1, 2, (50, 2)).astype(np.float32)
    np.testing.assert_array_equal(again.decide(table), trees.decide(table))
    assert again.origin == {"trained_on": "nothing"}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "something else"},
        {"features": ["a"]},
        {"trees": []},
        {"trees": [[["a", 2.0, 1, 9], [0.5]]]},
        {"trees": [[["a", 2.0, 0, 0]]]},
        {"trees": [[["a", 2.0, 1.5, 2], [0.5], [1.0]]]},
        {"trees": [[["a", float("nan"), 1, 2], [0.5], [1.0]]]},
        {"trees": [[[1e300]]]},
        {"trees": [[]]},
        {"baseline": None},
        {"baseline": float("inf")},
        {"origin": 3},
        {"trees": [[["a", 2.0, 1, 2], ["b", 1.0, 2, 3], [0.5], [1.0]]]},
        {"trees": [[*(["a", 2.0, 2 * n + 1, 2 * n + 2] for n in range(64)), *([0.5] for _ in range(65))]]},
    ],
)
def test_a_damaged_document_is_refused(changes):
    with pytest.raises(ValueError, match=r"."):
        from_json({**DOCUMENT, **changes})


@pytest.mark.parametrize("read", [from_json, classes_from_json])
@pytest.mark.parametrize("document", [[], None, 3, "trees"])
def test_json_that_is_no_object_is_refused(read, document):
    with pytest.raises(ValueError, match="its format is None"):
        read(document)


def test_the_shipped_classifier_asks_for_the_features_that_are_computed():
    assert load_classifier(None, FEATURES).features == FEATURES


def test_a_classifier_of_other_features_or_no_file_is_a_configuration_error(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="train it anew"):
        load_classifier(str(path), FEATURES)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        load_classifier(str(tmp_path / "none.json"), FEATURES)


CLASSES = {
    "format": CLASSES_FORMAT,
    "origin": {"calibrated_on": "nothing"},
    "temperature": 2.0,
    "classes": {"yes": DOCUMENT, "no": {**DOCUMENT, "baseline": 3.0}},
}


def test_sums_of_classes_become_probabilities():
    table = np.array([[2.0, 9.0]], np.float32)
    [[yes, no]] = classes_from_json(CLASSES).decide(table)
    assert yes + no == pytest.approx(1.0)
    assert no / yes == pytest.approx(np.exp(4.0 / 2.0))


def test_large_sums_do_not_overflow():
    assert softmax(np.array([[1e4, -1e4]]), 1.0).tolist() == [[1.0, 0.0]]


def test_classes_that_are_written_can_be_read_again():
    classes = classes_from_json(CLASSES)
    again = classes_from_json(json.loads(json.dumps(classes.to_json())))
    table = np.random.default_rng(0).normal(1, 2, (50, 2)).astype(np.float32)
    np.testing.assert_array_equal(again.decide(table), classes.decide(table))
    assert again.origin == {"calibrated_on": "nothing"}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": FORMAT},
        {"temperature": 0.0},
        {"temperature": None},
        {"temperature": float("nan")},
        {"origin": None},
        {"classes": {}},
        {"classes": []},
        {"classes": {"yes": DOCUMENT, "no": {**DOCUMENT, "features": ["a", "b", "c"]}}},
        {"classes": {"yes": {**DOCUMENT, "trees": []}}},
    ],
)
def test_a_damaged_document_of_classes_is_refused(changes):
    with pytest.raises(ValueError, match=r"."):
        classes_from_json({**CLASSES, **changes})


def test_the_shipped_classifier_of_distributions_fits_the_program_and_says_what_it_was_calibrated_on():
    trees = load_distribution_classifier(None, distribution.FEATURES, distribution.CLASSES)
    assert trees.origin["calibrated_on"] == "simulated"
    assert trees.origin["scenes"] >= 5000


def test_a_classifier_of_other_classes_is_a_configuration_error(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(CLASSES), encoding="utf-8")
    for file in (str(path), str(tmp_path / "none.json")):
        with pytest.raises(ConfigurationError, match=r"distribution\.file"):
            load_distribution_classifier(file, distribution.FEATURES, distribution.CLASSES)
