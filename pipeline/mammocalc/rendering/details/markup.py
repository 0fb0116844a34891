"""HTML in which no text can become markup: what is not made here is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

_VOID: Final = frozenset({"img", "meta"})


class Html(str):
    """Text that is HTML already; every other text is escaped where it is put into HTML."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: str) -> Html:
    """
    Make an element.

    Parameters
    ----------
    tag : str
    *children : str
        `Html` is taken as it is, any other text is escaped.
    **attributes : str
        Their values are escaped. Underscores stand for hyphens, and one at the end is dropped: ``class_``.

    Returns
    -------
    Html

    Examples
    --------
    >>> element("p", "2 < 3 ", element("b", "&"), class_="dim")
    '<p class="dim">2 &lt; 3 <b>&amp;</b></p>'
    """
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{words}>")
    return Html(f"<{tag}{words}>{together(*children)}</{tag}>")


def together(*children: str) -> Html:
    """Put parts one behind the other; what is not `Html` is escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def listing(items: tuple[str, ...] | list[str], class_: str) -> Html:
    """Make a list with an item for each text; nothing where there is none."""
    if not items:
        return Html()
    return element("ul", *(element("li", item) for item in items), class_=class_)
