"""Reader of comparisons: the inverse of `comparison_to_json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.results.comparison_form import COMPARISON
from mammocalc.results.field import Field
from mammocalc.results.schema_version import COMPARISON_HISTORY, check_version

if TYPE_CHECKING:
    from mammocalc.model import Comparison
    from mammocalc.results.comparison_form import ComparisonDocument


def comparison_from_json(document: Any) -> Comparison:
    """
    Read a comparison.

    Parameters
    ----------
    document : JSON value
        As `json.loads` gives it.

    Raises
    ------
    ResultError
        If it is of a version that is not known, or not what `mammocalc compare` writes. The sentence begins with the
        path of the field.

    See Also
    --------
    mammocalc.results.comparison_to_json.comparison_to_json : The inverse.
    """
    root = Field(document)
    check_version(root.at("schema_version").value, COMPARISON_HISTORY)
    read: ComparisonDocument = COMPARISON.read(root)
    return read.comparison()
