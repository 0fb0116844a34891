"""Whether a file can have a path at all."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SHOWN: Final = 60
"""Characters of a path that are quoted."""


def why_impossible(path: Path) -> str | None:
    r"""
    Say why no file can have a path.

    Returns
    -------
    str or None
        A sentence without its full stop; None for any path that a file could have, whether one is there or not.

    Examples
    --------
    >>> from pathlib import Path
    >>> why_impossible(Path("a\0b"))
    "'a\\x00b' holds a character that no path can hold"
    """
    try:
        path.lstat()
    except ValueError:
        return f"{str(path)[:SHOWN]!r} holds a character that no path can hold"
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return f"{str(path)[:SHOWN]!r}... is longer than a path can be"
    return None
