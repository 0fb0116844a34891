"""Comparisons as documents: written, described by the schema, and read back."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mammocalc.model import (
    CalcificationChange,
    ClusterChange,
    ComparedImage,
    Comparison,
    PairedBy,
    Registration,
    RegistrationKind,
)
from mammocalc.results.comparison_form import ComparisonProvenance
from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.comparison_to_json import CHANGE_COLUMNS, change_rows, comparison_to_json
from mammocalc.results.schema import read_schema, schema_text
from mammocalc.vocabulary.changes import STABILITY_NOTICE, Change
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Laterality, View, ViewModifier

MADE = ComparisonProvenance("mammocalc", "0", "ab")


def image(uid: str, day: int | None) -> ComparedImage:
    return ComparedImage(
        uid, "1.2", "key", day, Laterality.LEFT, View.CC, (ViewModifier.SPOT,), "maker", "model", 100, 80,
        PixelSpacing(0.1, 0.1), 2, "results/1.json", "0", "digest",
    )  # fmt: skip


def comparison(day: int | None = 400) -> Comparison:
    return Comparison(
        current=image("1.3", day),
        prior=image("1.4", 35),
        paired_by=PairedBy.NEAREST_EARLIER_DAY,
        registration=Registration(
            RegistrationKind.NEIGHBOURS,
            "image_edge",
            "nipple",
            1.1,
            1,
            0.25,
            0.5,
            0.0,
            0.4117,
            -0.0214,
            is_comparable=True,
            reasons=("x",),
        ),
        clusters=(ClusterChange(1, (2,), Change.MATCHED, 5, 6, 4, 7.5, 7.0, 1.0714, 0.98, ("within",)),),
        calcifications=(
            CalcificationChange(1, 2, Change.MATCHED, 0.3, 0.31, 1, 2, None, "same"),
            CalcificationChange(2, None, Change.NEW_FAINT, 0.2, None, None, None, (10.25, 20.5), "faint"),
            CalcificationChange(None, 1, Change.GONE, None, 0.2, None, 2, (11.0, 21.0), "gone"),
        ),
        looked_at=(True, False),
        diameter_ratio=None,
        diameter_spread=0.2,
        notes=("a note",),
    )


@pytest.mark.parametrize("day", [400, 30, None])
def test_a_comparison_is_read_back_as_it_was_written(day: int | None) -> None:
    written = comparison_to_json(comparison(day), MADE)
    jsonschema.validate(written, read_schema("comparison"), cls=jsonschema.Draft202012Validator)
    read = comparison_from_json(json.loads(json.dumps(written)))
    assert read == comparison(day)
    assert read.interval_days == (None if day is None else day - 35)
    assert written["stability_notice"] == STABILITY_NOTICE
    assert sum(written["counts"].values()) == 3


def test_the_schema_beside_the_code_is_what_the_forms_say() -> None:
    assert json.loads(schema_text("comparison")) == read_schema("comparison")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": "7.0"}, "newer than"),
        ({"schema_version": None}, "a version such as"),
        ({"calcifications": 3}, "calcifications: a list is needed"),
        ({"paired_by": "luck"}, "paired_by: .* is not one of"),
    ],
)
def test_what_is_no_comparison_is_refused_with_the_place(change: dict[str, object], message: str) -> None:
    with pytest.raises(ResultError, match=message):
        comparison_from_json({**comparison_to_json(comparison(), MADE), **change})


def test_the_table_has_a_row_for_each_calcification_of_either_image() -> None:
    rows = list(change_rows(comparison()))
    assert [row["change"] for row in rows] == ["matched", "new_faint", "gone"]
    assert all(set(row) == set(CHANGE_COLUMNS) for row in rows)
    assert rows[2]["calcification"] is None
