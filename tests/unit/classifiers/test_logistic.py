"""A logistic regression separates what can be separated, and is written and read without a loss."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mammocalc.classifiers.logistic import FORMAT, LogisticModel, fit, from_json


def example(strength: float = 100.0) -> tuple[LogisticModel, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    table = rng.normal(0, 1, (400, 3)) * (1.0, 10.0, 1.0) + (0.0, 50.0, 7.0)
    is_class = table[:, 1] + rng.normal(0, 5, 400) > 55
    return fit(table, is_class, np.full(400, 1 / 400), ("a", "b", "c"), strength, {"seed": 1}), table, is_class


def test_the_column_that_matters_has_the_weight_and_a_larger_strength_a_larger_one() -> None:
    model, table, is_class = example()
    said = model.probabilities(table)
    assert ((said > 0.5) == is_class).mean() > 0.85
    assert abs(model.weight[1]) > 5 * abs(model.weight[[0, 2]]).max()
    assert abs(example(1.0)[0].weight[1]) < abs(model.weight[1])


def test_weights_count_as_repeated_rows_do() -> None:
    rng = np.random.default_rng(2)
    table = rng.normal(0, 1, (60, 2))
    is_class = table[:, 0] + rng.normal(0, 1, 60) > 0
    times = rng.integers(1, 4, 60)
    weighed = fit(table, is_class, times / times.sum(), ("a", "b"), 10.0, {})
    repeated = fit(
        np.repeat(table, times, axis=0),
        np.repeat(is_class, times),
        np.full(times.sum(), 1 / times.sum()),
        ("a", "b"),
        10.0,
        {},
    )
    assert np.allclose(weighed.weight, repeated.weight)
    assert weighed.intercept == pytest.approx(repeated.intercept)


def test_a_column_that_never_changes_is_left_aside() -> None:
    _, table, is_class = example()
    table[:, 2] = 4.0
    model = fit(table, is_class, np.full(400, 1 / 400), ("a", "b", "c"), 100.0, {})
    assert abs(model.weight[2]) < 1e-6
    assert np.isfinite(model.probabilities(table)).all()


def test_it_is_written_and_read_without_a_loss() -> None:
    model, table, _ = example()
    again = from_json(json.loads(json.dumps(model.to_json())))
    assert again.features == model.features
    assert again.origin == {"seed": 1}
    assert np.array_equal(again.probabilities(table), model.probabilities(table))
    assert model.probabilities(table * 1e9).max() < 1 + 1e-12


@pytest.mark.parametrize(
    "change",
    [
        {"format": "another"},
        {"terms": None},
        {"terms": [{"feature": "a", "mean": 0, "spread": 0, "weight": 1}]},
        {"terms": [{"feature": "a", "mean": 0, "spread": 1, "weight": "x"}]},
        {"terms": [{"feature": "a", "mean": 0, "spread": 1}]},
        {"intercept": float("nan")},
        {"origin": None},
    ],
)
def test_what_is_no_model_is_refused(change: dict[str, Any]) -> None:
    document = {
        "format": FORMAT,
        "origin": {},
        "intercept": 0.0,
        "terms": [{"feature": "a", "mean": 0.0, "spread": 1.0, "weight": 2.0}],
    }
    assert from_json(document).probabilities(np.zeros((1, 1))).tolist() == [0.5]
    with pytest.raises(ValueError, match=r"^(it|a number)"):
        from_json(document | change)
    with pytest.raises(ValueError, match="format"):
        from_json([document])
