"""
The published JSON Schemas of what a run writes.

``python -m mammocalc.results.schema`` prints that of a result, which follows from its forms; the file beside this one
is what it prints.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import Any, Literal


def read_schema(kind: Literal["result", "study"] = "result") -> dict[str, Any]:
    """
    Read a JSON Schema (draft 2020-12) from the package.

    Parameters
    ----------
    kind : {"result", "study"}
        Of the document that it describes.

    Returns
    -------
    dict
    """
    text = resources.files("mammocalc.results").joinpath(f"{kind}.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def schema_text() -> str:
    """Give the text of ``result.schema.json``."""
    from mammocalc.results.result_form import make_schema  # noqa: PLC0415 - only who writes the file needs it

    return json.dumps(make_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
