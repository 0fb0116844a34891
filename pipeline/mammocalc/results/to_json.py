"""Writer of results, and of what scored below the threshold, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mammocalc.results.finding_forms import CANDIDATE
from mammocalc.results.result_form import RESULT, Document
from mammocalc.results.schema_version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.model import Report
    from mammocalc.results.result import Result


def to_json(result: Result) -> dict[str, Any]:
    """
    Give a result as the document that its schema describes.

    Parameters
    ----------
    result : Result
        Of one image.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order, but for ``image.frame``, which only the
        result of one frame of several has. Numbers are rounded to what they mean.
        Calcifications and clusters keep the report's order.

    Raises
    ------
    ValueError
        If a number is not finite, or probabilities do not sum to 1.

    See Also
    --------
    mammocalc.results.from_json.from_json : The inverse.
    """
    document: dict[str, Any] = RESULT.write(Document.of(result))
    return document


def candidates_to_json(report: Report) -> dict[str, Any]:
    """Give what scored below the reporting threshold, as a document of its own; the order is the report's."""
    return {
        "schema_version": SCHEMA_VERSION,
        "sop_instance_uid": report.identity.sop_instance_uid,
        "candidates": [CANDIDATE.write(item) for item in report.candidates],
    }


def encode(document: Mapping[str, Any]) -> bytes:
    """
    Write a document as UTF-8 JSON: one line per top-level key and per listed finding.

    Equal documents give equal bytes. The keys keep their order.

    Raises
    ------
    ValueError
        If the document holds a number that JSON cannot express.

    Examples
    --------
    >>> print(encode({"flags": [], "clusters": [{"id": 1}, {"id": 2}]}).decode(), end="")
    {
     "flags": [],
     "clusters": [
      {"id": 1},
      {"id": 2}
     ]
    }
    """
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            text = "[\n" + ",\n".join(f"  {_dump(item)}" for item in value) + "\n ]"
        else:
            text = _dump(value)
        lines.append(f" {_dump(key)}: {text}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode(errors="replace")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
