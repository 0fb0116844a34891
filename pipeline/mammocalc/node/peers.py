"""Peers: application entities by their titles and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mammocalc.vocabulary.errors import UsageError

AE_TITLE: Final = re.compile(r"[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?")
"""1 to 16 characters of ASCII without controls and backslash, no space at either end (PS3.5 6.2)."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An application entity and its address."""

    ae_title: str
    host: str
    port: int

    def __str__(self) -> str:
        """Write it as it is given on the command line."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.ae_title}@{host}:{self.port}"


def check_ae_title(text: str, option: str) -> str:
    """
    Take an AE title.

    Raises
    ------
    UsageError
        Where it is none.

    Examples
    --------
    >>> check_ae_title("ARCHIVE", "--from")
    'ARCHIVE'
    """
    if AE_TITLE.fullmatch(text) is None:
        message = (
            f"{option} {text}: an AE title has 1 to 16 characters of ASCII, no backslash, and no space at either end."
        )
        raise UsageError(message)
    return text


def parse_peer(text: str, option: str) -> Peer:
    """
    Read AE@HOST:PORT.

    Raises
    ------
    UsageError
        Where a part is missing or wrong.

    Examples
    --------
    >>> parse_peer("ARCHIVE@127.0.0.1:4242", "--send-to")
    Peer(ae_title='ARCHIVE', host='127.0.0.1', port=4242)
    >>> parse_peer("ARCHIVE@[::1]:104", "--send-to").host
    '::1'
    """
    title, at, place = text.rpartition("@")
    host, colon, digits = place.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    port = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else 0
    if not (at and colon and host.strip()) or not 0 < port < 2**16:
        message = f"{option} {text}: write AE@HOST:PORT, such as ARCHIVE@127.0.0.1:4242."
        raise UsageError(message)
    return Peer(check_ae_title(title, option), host, port)
