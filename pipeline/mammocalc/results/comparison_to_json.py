"""Writer of comparisons, as JSON and as rows of a table."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.columns import Kind
from mammocalc.results.comparison_form import COMPARISON, ComparisonDocument, ComparisonProvenance
from mammocalc.results.rounding import MILLIMETRE_DECIMALS, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mammocalc.model import Comparison
    from mammocalc.results.columns import Columns, Row

CHANGE_COLUMNS: Final[Columns] = MappingProxyType(
    {
        "sop_instance_uid": Kind.TEXT,
        "prior_sop_instance_uid": Kind.TEXT,
        "calcification": Kind.COUNT,
        "prior_calcification": Kind.COUNT,
        "change": Kind.TEXT,
        "diameter_mm": Kind.NUMBER,
        "prior_diameter_mm": Kind.NUMBER,
        "cluster": Kind.COUNT,
        "prior_cluster": Kind.COUNT,
        "reason": Kind.TEXT,
    }
)
"""The columns of ``changes.csv``."""


def comparison_to_json(comparison: Comparison, provenance: ComparisonProvenance) -> dict[str, Any]:
    """
    Give a comparison as the document that ``comparison.schema.json`` describes.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always present, in a fixed order.

    See Also
    --------
    mammocalc.results.comparison_from_json.comparison_from_json : The inverse.
    """
    document: dict[str, Any] = COMPARISON.write(ComparisonDocument.of(comparison, provenance))
    return document


def change_rows(comparison: Comparison) -> Iterator[Row]:
    """Give the rows of ``changes.csv``: one for each calcification of either image."""
    for item in comparison.calcifications:
        yield {
            "sop_instance_uid": comparison.current.sop_instance_uid,
            "prior_sop_instance_uid": comparison.prior.sop_instance_uid,
            "calcification": item.calcification,
            "prior_calcification": item.prior_calcification,
            "change": str(item.change),
            "diameter_mm": rounded(item.diameter_mm, MILLIMETRE_DECIMALS),
            "prior_diameter_mm": rounded(item.prior_diameter_mm, MILLIMETRE_DECIMALS),
            "cluster": item.cluster,
            "prior_cluster": item.prior_cluster,
            "reason": item.reason,
        }
