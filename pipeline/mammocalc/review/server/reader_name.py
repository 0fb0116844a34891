"""Names of readers."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from mammocalc.review.server.action import ActionError

READER_CHARACTERS: Final = 64


def check_reader(name: Any) -> str:
    """
    Check a reader's name.

    Returns
    -------
    str
        Without blanks around it, and composed: equal names are one reader whatever keyboard wrote them.

    Raises
    ------
    ActionError
        If it is no printable text of 1 to 64 characters.
    """
    text = unicodedata.normalize("NFC", name.strip()) if isinstance(name, str) else ""
    if not 0 < len(text) <= READER_CHARACTERS or not text.isprintable():
        message = f"A reader's name is 1 to {READER_CHARACTERS} printable characters. Give one."
        raise ActionError(message)
    return text
