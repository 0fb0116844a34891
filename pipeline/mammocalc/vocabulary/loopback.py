"""Loopback addresses, by which only this machine reaches itself."""

from __future__ import annotations

import ipaddress
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """
    Whether an address or name is a loopback of this machine.

    Examples
    --------
    >>> is_loopback("::1"), is_loopback("localhost"), is_loopback("10.0.0.5"), is_loopback("archive.example")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
