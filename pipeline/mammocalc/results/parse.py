"""Parser of JSON from untrusted files."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def parse_json(text: str | bytes, *, checks_floats: bool = True) -> Any:
    """
    Parse JSON from an untrusted file.

    Parameters
    ----------
    text : str or bytes
        UTF-8.
    checks_floats : bool
        Refuse numbers that are larger than any float. Without it they become infinite, at a third of the time: for
        readers that take every number through `mammocalc.results.field.Field`, which refuses these too.

    Returns
    -------
    JSON value
        Without NaN and infinite numbers.

    Raises
    ------
    ResultError
        If it is not JSON, or deeper than anything that this program writes.

    Examples
    --------
    >>> parse_json('{"presence": 0.5}')
    {'presence': 0.5}
    >>> parse_json("[1e999]")
    Traceback (most recent call last):
        ...
    mammocalc.vocabulary.errors.ResultError: it contains an invalid number: 1e999
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite if checks_floats else None)
    except RecursionError:
        message = "it is nested too deeply"
    except (ValueError, MemoryError):
        message = "it is not JSON"
    raise ResultError("", message)


def record_in(path: Path) -> Mapping[str, Any]:
    """
    Read the JSON object of a file that an earlier command may have written.

    Parameters
    ----------
    path : Path

    Returns
    -------
    mapping
        Empty where there is no such file, or none that holds an object.
    """
    try:
        record = parse_json(path.read_bytes())
    except (OSError, ResultError):
        return {}
    return record if isinstance(record, dict) else {}


def _refuse(word: str) -> NoReturn:
    raise ResultError("", f"it contains an invalid number: {word[:20]}")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)
