"""
The published JSON Schemas of what a run writes.

``python -m mammocalc.results.schema`` prints that of a result, and with ``study`` or ``comparison`` that of
one of these. They follow from their forms; the files beside this one are what it prints.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import Any, Literal


def read_schema(kind: Literal["result", "study", "comparison"] = "result") -> dict[str, Any]:
    """
    Read a JSON Schema (draft 2020-12) from the package.

    Parameters
    ----------
    kind : {"result", "study", "comparison"}
        Of the document that it describes.
    """
    text = resources.files("mammocalc.results").joinpath(f"{kind}.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def schema_text(kind: str = "result") -> str:
    """Give the text of ``result.schema.json``, or of that of ``study`` or ``comparison``."""
    from mammocalc.results.comparison_form import make_comparison_schema  # noqa: PLC0415 - only who writes them needs it
    from mammocalc.results.result_form import make_schema  # noqa: PLC0415 - as above
    from mammocalc.results.study_form import make_study_schema  # noqa: PLC0415 - as above

    make = {"result": make_schema, "study": make_study_schema, "comparison": make_comparison_schema}[kind]
    return json.dumps(make(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text(*sys.argv[1:]))
