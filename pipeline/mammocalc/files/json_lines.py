"""Lines of JSON, as far as they were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """
    Read a file with one JSON object on each line, such as ``files.jsonl``.

    Parameters
    ----------
    file : Path
        Encoded as UTF-8. It need not exist.

    Yields
    ------
    dict
        Every object, in the file's order; none where there is no file. A line that is not an object is passed over: it
        is the one that a killed run left unfinished.

    Raises
    ------
    UsageError
        If the file cannot be read.

    Notes
    -----
    Only line feeds end a line. Names of files may hold what Unicode also calls the end of one, and `str.splitlines`
    would break them there.
    """
    try:
        with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            for line in lines:
                try:
                    values = json.loads(line)
                except (ValueError, RecursionError):  # somebody else may have written deeper than we read
                    continue
                if isinstance(values, dict):
                    yield values
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror or 'input/output error'}). Bring it back, or take it away."
        raise UsageError(message) from None
