"""Delays between attempts of a node."""

from __future__ import annotations

from typing import Final

FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 600.0


def wait_seconds(tries: int) -> float:
    """
    Give the wait before the next try: twice the last, up to ten minutes.

    Examples
    --------
    >>> [wait_seconds(tries) for tries in (1, 2, 3, 20)]
    [2.0, 4.0, 8.0, 600.0]
    """
    return min(FIRST_WAIT_S * 2.0 ** min(tries - 1, 20), LONGEST_WAIT_S)
