r"""Text of unknown origin, made harmless for terminals and for the direction of text."""

from __future__ import annotations

import unicodedata


def escaped(text: str, *, keep: str = "\n") -> str:
    r"""
    Write controls, overrides of direction and half characters as backslash sequences, as JSON and Python read them.

    Parameters
    ----------
    text : str
    keep : str
        Characters that stay whatever they are.

    Examples
    --------
    >>> escaped("\x1b[31mred\u202egpj.exe")
    '\\u001b[31mred\\u202egpj.exe'
    >>> escaped("São Paulo, 乳房"), escaped("a\nb", keep="")
    ('São Paulo, 乳房', 'a\\u000ab')
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in keep or unicodedata.category(one) == "Zs" else _sequence(one) for one in text
    )


def _sequence(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
