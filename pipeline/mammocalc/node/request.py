"""Request of a node: its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.loopback import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.config import ResolvedConfig
    from mammocalc.node.certificates import Certificates
    from mammocalc.node.objects import ObjectsWanted
    from mammocalc.node.peers import Peer
    from mammocalc.node.web_server import WebServer


@dataclass(frozen=True, slots=True)
class ListenRequest:
    """
    What a node is to do.

    ``port`` 0 takes any that is free. ``send_to`` and ``web_to`` are None where objects stay in the spool;
    ``web_from`` is None where nothing is fetched. ``ask`` is the archive that is asked whether all of a study came, or
    None.
    """

    spool: Path
    ae_title: str
    port: int
    resolved: ResolvedConfig
    wanted: ObjectsWanted
    workers: int
    host: str = LOOPBACK
    callers: tuple[str, ...] = ()
    send_to: Peer | None = None
    certificates: Certificates | None = None
    send_with_tls: bool = False
    web_from: WebServer | None = None
    web_to: WebServer | None = None
    web_days: int = 1
    rest_seconds: float = 30.0
    keep_hours: float = 24.0
    ask: Peer | None = None
